package console_test

import (
	"bytes"
	"html"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/playlist/review"
)

// picture uploads a picture into a form and returns the address of one size.
func (p *person) picture(shade uint8) string {
	p.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		img.SetGray(x, 3, color.Gray{shade})
	}
	var body, file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		p.Fatal(err)
	}
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "a.png")
	if err != nil {
		p.Fatal(err)
	}
	if _, err := part.Write(file.Bytes()); err != nil {
		p.Fatal(err)
	}
	if err := w.Close(); err != nil {
		p.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+"/write/announcement/pictures", &body)
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	p.do(r).wants(200)
	ref := regexp.MustCompile(`sha256-[0-9a-f]{64}`).FindString(p.body)
	if ref == "" {
		p.Fatalf("no picture in %.300s", p.body)
	}
	return ref
}

// TestPicturesOfDraftsAreTheirs asks for a picture by its content address: only who
// uploaded it, who sees the draft that has it, and everybody once it was published
// gets it, on the pages and through the API.
func TestPicturesOfDraftsAreTheirs(t *testing.T) {
	o := under(t, review.Single)
	o.departments()
	wen := o.arrives(accounts.Details{Login: "wen", Name: "文", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Drafter, accounts.Releaser}})
	min := o.arrives(accounts.Details{Login: "min", Name: "民", Site: "qinghe", Department: "minzheng", Roles: []accounts.Role{accounts.Drafter}})
	county := o.comes("county", "", accounts.Drafter)
	far, near := o.token("far", "shiling", accounts.Drafter), o.token("near", "", accounts.Drafter)
	ref := wen.picture(7)
	entry := regexp.MustCompile(`name="picture" value="([^"]*)"`).FindStringSubmatch(wen.body)
	if entry == nil {
		t.Fatalf("no entry of the form in %s", wen.body)
	}
	check := func(when string, want map[*person]bool, farGets, nearGets bool) {
		t.Helper()
		for p, may := range want {
			if p.get("/write/pictures/" + ref); (p.status == 200) != may {
				t.Errorf("%s: status %d, wanted %v", when, p.status, may)
			}
		}
		for _, k := range []struct {
			token token
			may   bool
		}{{far, farGets}, {near, nearGets}} {
			if status, _ := k.token.asks("GET", "/blobs/"+ref, nil); (status == 200) != k.may {
				t.Errorf("%s: the API answers %d, wanted %v", when, status, k.may)
			}
		}
	}
	check("uploaded", map[*person]bool{wen: true, min: false, county: false}, false, false)
	fields := with(announcement, "site", "qinghe", "picture", html.UnescapeString(entry[1]))
	min.post("/write/announcement", with(fields, "do", "draft")...).wants(422, "没有传完整")
	wen.post("/write/announcement", with(fields, "do", "draft")...).wants(200)
	id := wen.id()
	check("drafted", map[*person]bool{wen: true, min: false, county: true}, false, true)
	wen.deed(id, "release").wants(200, "已发布")
	check("published", map[*person]bool{wen: true, min: true, county: true}, true, true)
}
