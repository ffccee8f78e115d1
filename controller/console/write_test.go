package console_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/playlist"
)

// files posts a form with files.
func (p *person) files(path string, fields []string, named map[string][]byte, as string) *person {
	p.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			p.Fatal(err)
		}
	}
	for name, data := range named {
		w, err := m.CreateFormFile(as, name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			p.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		p.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+path, &body)
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	return p.do(r)
}

func drawn(t *testing.T) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 400, 300))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var roster = []string{
	"site", "liuxi", "column", "news", "title", "十二月值班表", "issuer", "柳溪村村民委员会", "issued", "2026-11-20", "duty_phone", "0000-6210311", "night", "18:00",
	"row_day", "2026-12-01", "row_lead", "陈刚", "row_staff", "王芳", "row_night", "李明", "row_phone", "",
	"row_day", "12月2日", "row_lead", "刘洋", "row_staff", "赵强", "row_night", "", "row_phone", "13800000000",
}

// TestFormsKeepWhatWasTyped sends every form with every field bad: all of it
// stands in the page that comes back.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	for form, own := range map[string][]string{
		"announcement": {"genre", "公告", "text", "# \n正文<b>"}, "media": {"text", "说明<b>"}, "led": {"led", "停水<b>", "genre", "标语"},
		"roster": {"duty_phone", "没有<", "place", "传达室<", "night", "天黑", "note", "备注<", "row_day", "哪天<", "row_lead", "甲<", "row_staff", "乙<", "row_night", "丙<", "row_phone", "丁<", "names", "张三<", "leads", "李四<", "cells", "格<"},
		"guide":  {}, "fund": {},
	} {
		p.get("/write/" + form).wants(200)
		named := map[string]bool{} // of the inputs that the form has
		for _, m := range regexp.MustCompile(`(?:input|textarea|select)[^>]* name="([a-z_]+)"`).FindAllStringSubmatch(p.body, -1) {
			named[m[1]] = true
		}
		var bad []string
		for _, f := range []string{"title", "issuer", "document", "issued", "summary", "hotline", "from", "until", "posting_from", "posting_days", "objection"} {
			if named[f] {
				bad = append(bad, f, f+" 不对<"+f+">")
			}
		}
		bad = append(bad, own...)
		p.post("/write/"+form, append([]string{"site", "liuxi", "do", "submit"}, bad...)...)
		if p.status != 422 {
			t.Errorf("%s: status %d", form, p.status)
		}
		for i := 0; i < len(bad); i += 2 {
			if want := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(bad[i+1]); !strings.Contains(p.body, want) {
				t.Errorf("%s: the field %s with %q is lost", form, bad[i], bad[i+1])
			}
		}
		if n := strings.Count(p.body, `class="finding stop"`); n < 2 {
			t.Errorf("%s: %d findings", form, n)
		}
	}
}

// TestAutosave: what is typed comes back to its writer alone, on any device, until
// it is saved.
func TestAutosave(t *testing.T) {
	o := open(t, nil)
	p, other := o.comes("wang", "", accounts.Drafter, accounts.Releaser), o.comes("li", "", accounts.Drafter, accounts.Releaser)
	typed := with(announcement, "once", "FORM1", "title", "没写完的<标题>", "text", "第一段\n\n  第二段", "urgent", "1", "until", "明天")
	p.post("/write/announcement/autosave", typed...).wants(200, "已自动保存")
	p.post("/write/announcement/autosave", with(typed, "title", "还没写完")...).wants(200)
	elsewhere := o.visitor()
	elsewhere.post("/signin", "login", "wang", "password", password)
	elsewhere.get("/write").wants(200, "还没写完", "接着写")
	elsewhere.get("/write/announcement").wants(200, "自动保存的内容", "还没写完")
	restore := "/write/announcement?" + url.Values{"restore": {"new:announcement:FORM1"}}.Encode()
	elsewhere.get(restore).wants(200, `value="还没写完"`, "第一段\n\n  第二段", `value="明天"`, `name="urgent" value="1" checked`, "已恢复", `value="FORM1"`)
	other.get("/write").wants(200)
	if strings.Contains(other.body, "还没写完") {
		t.Error("others are offered what somebody types")
	}
	if other.get(restore); strings.Contains(other.body, "还没写完") {
		t.Error("others restore what somebody types")
	}
	p.post("/write/announcement", with(announcement, "once", "FORM1", "do", "draft")...).wants(200, "草稿已保存")
	id := string(p.id())
	if p.get("/write"); strings.Contains(p.body, "还没写完") {
		t.Error("what was saved is still offered")
	}
	// Of a notice, beside its newest version.
	p.post("/write/announcement/autosave", with(announcement, "id", id, "version", "1", "title", "改了一半")...).wants(200)
	p.get("/notices/"+id+"/revise").wants(200, "改了一半", "关于停水的通知")
	p.post("/write/announcement/discard", "key", "notice:"+id).wants(200, "关于停水的通知")
	if strings.Contains(p.body, "改了一半") {
		t.Error("what was discarded is still offered")
	}
	stranger := o.visitor()
	if stranger.post("/write/announcement/autosave", announcement...); stranger.status != 401 || strings.Contains(stranger.body, "<html") {
		t.Errorf("a stranger gets %d", stranger.status)
	}
	// A form that is sent twice makes one draft.
	twice := with(announcement, "once", "FORM2", "do", "draft")
	if a, b := p.post("/write/announcement", twice...).id(), p.post("/write/announcement", twice...).id(); a != b {
		t.Errorf("a form sent twice makes %s and %s", a, b)
	}
}

func TestPaste(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Drafter)
	p.post("/write/announcement/paste", "html", "<h1>题</h1><p>各村：</p><table><tr><td>a<td>b<tr><td>c<td>d</table>").wants(200, `# 题\n`, `| a | b |\n| c | d |`, "1 张表")
	document, err := os.ReadFile("../richtext/testdata/docx/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	p.files("/write/announcement/paste", nil, map[string][]byte{"a.docx": document}, "file").wants(200, "不是 Word 文件")
	p.files("/write/announcement/paste", nil, map[string][]byte{"a.doc": []byte("\xd0\xcf\x11\xe0....")}, "file").wants(200, "另存为 .docx")
	p.get("/write/announcement")
	q := o.comes("auditor", "", accounts.Auditor)
	q.post("/write/announcement/paste", "html", "<p>x").wants(403)
}

func TestPictures(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	p.files("/write/media/pictures", []string{"role", "scan"}, map[string][]byte{"图.png": drawn(t)}, "file").wants(200, `name="picture"`, "400×300", `value="scan" selected`)
	hidden := regexp.MustCompile(`name="picture" value="([^"]+)"`).FindStringSubmatch(p.body)
	src := regexp.MustCompile(`src="([^"]+)"`).FindStringSubmatch(p.body)
	if hidden == nil || src == nil {
		t.Fatal(p.body)
	}
	if p.get(src[1]); p.status != 200 {
		t.Errorf("the picture: status %d", p.status)
	}
	p.files("/write/media/pictures", nil, map[string][]byte{"扫描.pdf": []byte("%PDF-1.7")}, "file").wants(422, "“扫描.pdf”是 PDF", "另存为图片")
	p.files("/write/media/pictures", nil, map[string][]byte{"坏的.jpg": []byte("not a picture")}, "file").wants(422, "“坏的.jpg”")
	p.post("/write/media/pictures").wants(422, "没有收到文件")
	for _, path := range []string{"/write/pictures/x", "/write/pictures/sha256:" + strings.Repeat("0", 64)} {
		if p.get(path); p.status != 404 {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
	page := []string{"site", "liuxi", "column", "news", "title", "丰收节", "issuer", "柳溪村", "issued", "2026-11-20", "text", "照片"}
	p.post("/write/media", append(page, "do", "publish")...).wants(422, "请至少上传一张图片")
	// Without a script files come with the form; a wrong one is named and nothing is lost.
	p.files("/write/media", append(page, "do", "publish"), map[string][]byte{"好的.png": drawn(t), "坏的.png": []byte("x")}, "files").wants(422, "“坏的.png”", `name="picture"`, `value="丰收节"`)
	json := strings.ReplaceAll(hidden[1], "&#34;", `"`)
	p.post("/write/media", append(page, "do", "publish", "picture", json, "picture_caption", "晒谷场", "picture_role", "")...).wants(200, "已发布")
	row, err := o.c.Store.Notice(t.Context(), p.id())
	if err != nil {
		t.Fatal(err)
	}
	ver, err := o.c.Store.NoticeVersion(t.Context(), row.ID, row.Version)
	if err != nil {
		t.Fatal(err)
	}
	n, err := ver.Decode()
	if err != nil || n.Kind != playlist.KindMedia || len(n.Pictures) != 1 || n.Pictures[0].Caption != "晒谷场" {
		t.Errorf("it is %+v, %v", n, err)
	}
	p.get("/notices/"+string(row.ID)+"/revise").wants(200, `value="晒谷场"`, "400×300")
	p.post("/write/media", append(page, "picture", `{"renditions":"x"}`)...).wants(422, "没有传完整")
}

func TestRosterAndBoards(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	p.post("/write/roster", append(roster, "do", "publish")...).wants(200, "已发布")
	p.get("/notices/"+string(p.id())+"/revise").wants(200, `value="2026-12-02"`, `value="赵强"`, `value="13800000000"`)
	p.post("/write/roster", with(roster, "do", "fill", "month", "2026-12", "names", "甲、乙 丙", "leads", "领导")...).wants(200, `value="2026-12-31"`, `value="陈刚"`, `value="领导"`)
	p.post("/write/roster", with(roster, "do", "fill", "month", "2026-12")...).wants(200, "请先填写轮班的名单", `value="陈刚"`)
	p.post("/write/roster", with(roster, "do", "rows", "cells", "日期\t带班\t值班\n12月3日\t陈刚\t李明\n2026/12/4\t刘洋\t王芳\t赵强\t110")...).wants(200, `value="12月3日"`, `value="110"`)
	p.post("/write/roster", with(roster, "do", "rows", "cells", "一句话")...).wants(200, "没有读到一行", "一句话")

	board := []string{"site", "liuxi", "column", "news", "issuer", "柳溪村", "issued", "2026-11-20", "genre", "提示", "led", "今夜大风降温，请关好门窗。"}
	p.post("/write/led/check", with(board, "led", strings.Repeat("请大家提前储水，注意用水的安全。", 10))...).wants(200, "别的内容要等很久")
	p.post("/write/led/check", with(board, "led", "\U000F0001")...).wants(200, `"missing":["`)
	p.post("/write/led/preview.png?kind=led&panel=192x64", board...).wants(200, "\x89PNG")
	p.post("/write/led", append(board, "do", "publish")...).wants(200, "已发布", "今夜大风降温")
	p.get("/notices/"+string(p.id())+"/revise").wants(200, "大屏上的话", "今夜大风降温，请关好门窗。")
}
