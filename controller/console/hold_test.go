package console_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

var heldField = regexp.MustCompile(`name="held" value="([^"]*)"`)

// forgets loses the session as when it has expired; the browser still knows who
// was there.
func (p *person) forgets() {
	p.Helper()
	at, err := url.Parse(p.base)
	if err != nil {
		p.Fatal(err)
	}
	p.Jar.SetCookies(at, []*http.Cookie{{Name: "mingbai-session", Value: "expired", Path: "/"}})
}

func (p *person) held() string {
	p.Helper()
	m := heldField.FindStringSubmatch(p.body)
	if m == nil {
		p.Fatalf("%s holds nothing: %s", p.path, p.body)
	}
	return html.UnescapeString(m[1])
}

// TestExpiryLosesNothing sends a long form without a session, signs in, and
// finds every byte of it where it was going.
func TestExpiryLosesNothing(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	o.comes("li", "", everything...)
	text := "\r\n第一段 “引号” <b>&amp; 100%\r\n\r\n# 标题\r\n- 一组 二组  \r\n- " + strings.Repeat("望川镇柳溪村一组村民张某", 2000/12) + "\r\n最后一段没有行尾\n只有换行"
	fields := with(announcement, "text", text, "do", "draft", "title", "会话过期时写的长文")
	for name, sent := range map[string]func() *person{
		"a form": func() *person { return wang.post("/write/announcement", fields...) },
		"a form with files": func() *person {
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			for i := 0; i < len(fields); i += 2 {
				if err := w.WriteField(fields[i], fields[i+1]); err != nil {
					t.Fatal(err)
				}
			}
			f, err := w.CreateFormFile("picture", "现场照片.jpg")
			if err == nil {
				_, err = f.Write(bytes.Repeat([]byte("JPEG"), 1000))
			}
			if err != nil || w.Close() != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequestWithContext(t.Context(), "POST", wang.base+"/write/announcement", &body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", w.FormDataContentType())
			return wang.do(r)
		},
	} {
		before, err := o.c.Store.CountNotices(t.Context(), store.NoticeFilter{})
		if err != nil {
			t.Fatal(err)
		}
		wang.forgets()
		sent().wants(401, "刚才填的内容没有丢", `value="wang"`)
		if name != "a form" {
			wang.wants(401, "现场照片.jpg")
		}
		held := wang.held()
		wang.post("/signin", "login", "wang", "password", "wrong wrong wrong", "held", held).wants(422, "密码不对")
		if again := wang.held(); again != held {
			t.Errorf("%s: a wrong password changes what is held", name)
		}
		wang.post("/signin", "login", "wang", "password", password, "held", held).wants(200, "会话过期时写的长文")
		if !strings.HasPrefix(wang.path, "/notices/") {
			t.Fatalf("%s: in the end %s is shown", name, wang.path)
		}
		after, err := o.c.Store.CountNotices(t.Context(), store.NoticeFilter{})
		if err != nil || after != before+1 {
			t.Errorf("%s: %d notices became %d, %v", name, before, after, err)
		}
		v, err := o.c.Store.NoticeVersion(t.Context(), wang.id(), 1)
		if err != nil {
			t.Fatal(err)
		}
		// The same text sent while signed in makes the same notice.
		wang.post("/write/announcement", fields...).wants(200)
		w, err := o.c.Store.NoticeVersion(t.Context(), wang.id(), 1)
		if err != nil {
			t.Fatal(err)
		}
		one, two := strings.ReplaceAll(string(v.Body), string(v.Notice), ""), strings.ReplaceAll(string(w.Body), string(w.Notice), "")
		if one != two {
			t.Errorf("%s: held it became\n%s\nand not\n%s", name, one, two)
		}
	}
}

// TestHeldIsByteForByte sends a form whose page shows the text again exactly as
// it was sent, through every kind of line end.
func TestHeldIsByteForByte(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	for _, text := range []string{"a\r\nb", "a\nb", "a\rb", "\n\na", "a\r\n\r\n", " \t a  ", "a\x00b", "\xff\xfe", "😀𠮷\u200d", "%0D%0A&x=1+2"} {
		p.forgets()
		p.post("/write/announcement", with(announcement, "text", text, "column", "", "title", "")...).wants(401)
		p.post("/signin", "login", "wang", "password", password, "held", p.held()).wants(422, "请选择栏目")
		held := p.body
		p.post("/write/announcement", with(announcement, "text", text, "column", "", "title", "")...).wants(422)
		area := regexp.MustCompile(`(?s)<textarea[^>]*name="text"[^>]*>.*?</textarea>`)
		if a, b := area.FindString(held), area.FindString(p.body); a != b || a == "" {
			t.Errorf("%q came back as %q and not %q", text, a, b)
		}
	}
}

func TestHeldIsNotSentForAnother(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	o.comes("li", "", everything...)
	o.arrives(accounts.Details{Login: "du", Name: "督查", Roles: []accounts.Role{accounts.Auditor}})
	notices := func() int {
		t.Helper()
		n, err := o.c.Store.CountNotices(t.Context(), store.NoticeFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	wang.forgets()
	wang.post("/write/announcement", announcement...).wants(401)
	held := wang.held()
	wang.post("/signin", "login", "li", "password", password, "held", held).wants(200, "wang 正在提交", "用我的名义提交")
	if notices() != 0 {
		t.Error("what wang wrote was sent as li")
	}
	wang.post("/resume", "held", wang.held()).wants(200, "关于停水的通知")
	row, err := o.c.Store.Notice(t.Context(), wang.id())
	if err != nil || row.Author != "li" {
		t.Errorf("said so it is by %q, %v", row.Author, err)
	}
	// A stranger's browser does not know who sent it: whoever signs in is asked.
	stranger := o.visitor()
	stranger.post("/write/announcement", announcement...).wants(401, "没有丢")
	stranger.post("/signin", "login", "li", "password", password, "held", stranger.held()).wants(200, "用我的名义提交")
	// It gives nobody what his roles do not.
	du := o.visitor()
	du.post("/signin", "login", "du", "password", password).wants(200)
	du.post("/resume", "held", held).wants(403)
	// And goes nowhere else.
	for _, bad := range []string{"", "x", "!!", "eyJ0byI6Imh0dHBzOi8vZXZpbC5leGFtcGxlLyIsImZvcm0iOiIifQ", "eyJ0byI6Ii8vZXZpbC5leGFtcGxlIiwiZm9ybSI6IiJ9"} {
		du.post("/resume", "held", bad)
		if du.path == "/resume" && du.status == 200 || strings.Contains(du.body, "evil") {
			t.Errorf("%q leads to %s, status %d", bad, du.path, du.status)
		}
	}
	// A password is typed again.
	wang.forgets()
	wang.post("/people", "login", "x", "password", "geheim geheim").wants(401)
	if _, m, ok := strings.Cut(wang.body, `name="held" value="`); ok {
		value, _, _ := strings.Cut(m, `"`)
		if v := wang.post("/signin", "login", "wang", "password", password, "held", value); strings.Contains(v.body, "geheim") {
			t.Error("a password was held")
		}
	}
	// Too much is said to be too much, not half of it kept.
	wang.forgets()
	wang.post("/write/announcement", with(announcement, "text", strings.Repeat("a", 7<<20))...).wants(401, "再做一次")
	if heldField.MatchString(wang.body) {
		t.Error("half of too much is held")
	}
}
