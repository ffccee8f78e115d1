package console_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// brings uploads a file to the import pages of service guides.
func (p *person) brings(name string, data []byte) *person {
	p.Helper()
	return p.bringsTo("/import", "", name, data)
}

// bringsTo uploads a list of one sort.
func (p *person) bringsTo(base, kind, name string, data []byte) *person {
	p.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("kind", kind); err != nil {
		p.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		p.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+base, &body)
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return p.do(r)
}

// guideList writes an .xlsx of guides.
func guideList(t *testing.T, headings string, rows ...string) []byte {
	t.Helper()
	page := sheet.Page{Name: "事项", Title: "青禾县政务服务事项清单", Headings: strings.Split(headings, "|")}
	for _, r := range rows {
		var row []sheet.Value
		for _, cell := range strings.Split(r, "|") {
			row = append(row, sheet.T(strings.ReplaceAll(cell, "/", "\n")))
		}
		page.Rows = append(page.Rows, row)
	}
	var b bytes.Buffer
	if err := sheet.Write(&b, []sheet.Page{page}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// guides lists the titles of a site's guides, with the state of each.
func (o *office) guides(site playlist.SiteID) map[string]store.Notice {
	o.Helper()
	list, err := o.c.Store.Notices(o.Context(), store.NoticeFilter{Sites: []playlist.SiteID{site}, Kind: playlist.KindGuide, Limit: 1000})
	if err != nil {
		o.Fatal(err)
	}
	out := map[string]store.Notice{}
	for _, n := range list {
		out[n.Title] = n
	}
	return out
}

func TestGuidesComeFromASheet(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	first := guideList(t, "序号|事项名称|栏目|实施机构|承诺办结时限|申请材料|备用",
		"1|占道挖掘许可|通知|城管局|5个工作日|申请表/施工方案复印件2份|a", "2||通知|城管局|||b", "3|夜间施工|没有的栏目|||申请表|c", "4|户外广告|||3天||d")
	p.brings(`C:\事项.xlsx`, first)
	upload := p.path
	if p.status != 200 || !strings.HasPrefix(upload, "/import/") || !strings.Contains(p.body, "找到 4 行数据") || !strings.Contains(p.body, `value="limit" selected`) || !strings.Contains(p.body, "占道挖掘许可") {
		t.Fatalf("after the upload: %d at %s", p.status, upload)
	}
	use := []string{"use", "", "use", "title", "use", "column", "use", "issuer", "use", "limit", "use", "materials", "use", "tips"}
	say := append([]string{"site", "qinghe", "column", "news", "issuer", "县政务办", "sheet", "0", "heading", "2", "found", "2", "do", "check"}, use...)
	p.post(upload, say...)
	if p.status != 200 || p.path != upload+"/check" {
		t.Fatalf("the dry run: %d at %s", p.status, p.path)
	}
	for _, want := range []string{"全部 4", "有错 2", "新增 2", "没有事项名称", "没有叫“没有的栏目”的栏目", "B4：", "存成 2 条草稿", "有错的 2 行不导入"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the dry run does not say %q", want)
		}
	}
	if len(o.guides("qinghe")) != 0 {
		t.Fatal("the dry run wrote something")
	}

	// The wrong rows come back with their reasons and can be read again.
	p.get(upload + "/wrong.xlsx")
	wrong, err := sheet.Read(strings.NewReader(p.body), int64(len(p.body)), "x.xlsx", sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s := &wrong.Sheets[0]
	if last := len(s.Rows[0]) - 1; len(s.Rows) != 3 || s.At(0, last).Text != "原因" || !strings.Contains(s.At(1, last).Text, "没有事项名称") || s.At(2, 1).Text != "夜间施工" {
		t.Errorf("wrong rows: %+v", s.Rows)
	}

	p.post(upload+"/do", "once", "1")
	if p.status != 200 || !strings.Contains(p.body, "新增 2 条，修改 0 条；没有导入 2 条") || !strings.Contains(p.body, "没有要改的") {
		t.Errorf("after saving: %d", p.status)
	}
	have := o.guides("qinghe")
	if n := have["占道挖掘许可"]; len(have) != 2 || n.Status != store.Draft || n.Live != 0 || n.Column != "news" || n.Author != "wang" {
		t.Errorf("guides are %+v", have)
	}
	p.post(upload + "/do")
	if again := o.guides("qinghe"); len(again) != 2 || again["占道挖掘许可"].Version != 1 {
		t.Error("sent twice it wrote twice")
	}

	// The next file of this shape is read as the last one was, and shows what changes.
	p.brings("事项2.xlsx", guideList(t, "序号|事项名称|栏目|实施机构|承诺办结时限|申请材料|备用",
		"1|占道挖掘许可|通知|城管局|3个工作日|申请表/施工方案复印件2份|a", "2|户外广告|||3天||d"))
	if !strings.Contains(p.body, `value="tips" selected`) {
		t.Error("the meaning of the last column was not remembered")
	}
	second := p.path
	p.post(second, append([]string{"site", "qinghe", "column", "news", "issuer", "县政务办", "sheet", "0", "heading", "2", "found", "2", "do", "check"}, use...)...)
	if !strings.Contains(p.body, "<del>5个工作日</del> → <ins>3个工作日</ins>") || !strings.Contains(p.body, "不变 1") {
		t.Error("the change from 5 to 3 days is not shown")
	}
	p.post(second + "/do")
	n := o.guides("qinghe")["占道挖掘许可"]
	version, err := o.c.Store.NoticeVersion(t.Context(), n.ID, n.Version)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := version.Decode(); err != nil || body.Guide.Limit != "3个工作日" || len(body.Guide.Materials) != 2 || n.Live != 0 {
		t.Errorf("the changed guide is %+v, %v", body, err)
	}

	// Nobody else sees the file.
	other := o.comes("li", "", everything...)
	for _, path := range []string{upload, upload + "/check", upload + "/wrong.xlsx"} {
		if other.get(path); other.status != 404 {
			t.Errorf("%s shows the file to others: %d", path, other.status)
		}
	}
	if other.post(upload + "/do"); other.status != 404 {
		t.Errorf("others may import it: %d", other.status)
	}
}

func TestGuidesOfASheetEach(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	var pages []sheet.Page
	for _, title := range []string{"占道挖掘许可", "夜间施工"} {
		pages = append(pages, sheet.Page{Name: title, Headings: []string{title + "办事指南", ""}, Rows: [][]sheet.Value{
			{sheet.T("实施机构"), sheet.T("县城管局")}, {sheet.T("申请条件"), sheet.T("1.有施工方案\n2.交警同意")}, {sheet.T("申请材料"), sheet.T("申请表（原件1份）")},
			{sheet.T("办理流程"), sheet.T("受理→发证")}, {sheet.T("承诺时限"), sheet.T("5个工作日")}, {sheet.T("咨询电话"), sheet.T("0000-6208001")}}})
	}
	var b bytes.Buffer
	if err := sheet.Write(&b, pages); err != nil {
		t.Fatal(err)
	}
	p.brings("指南.xlsx", b.Bytes())
	upload := p.path
	p.post(upload, "site", "qinghe", "column", "news", "issuer", "", "cards", "1", "do", "check")
	p.post(upload + "/do")
	have := o.guides("qinghe")
	if len(have) != 2 || have["夜间施工"].Status != store.Draft {
		t.Errorf("guides are %+v", have)
	}
}

func TestImportRefusesInASentence(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"old.xls":   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 999)), "另存为"},
		"bomb.xlsx": {[]byte("PK\x03\x04" + strings.Repeat("x", 999)), "损坏"},
		"a.pdf":     {[]byte("%PDF-1.7"), "PDF"},
		"empty.csv": {nil, "请先选择文件"},
		"blank.csv": {[]byte(",,\n"), "没有内容"},
		"wide.csv":  {[]byte(strings.Repeat("a,", 1000)), "120 列"},
		"big.csv":   {bytes.Repeat([]byte("a\n"), 5<<20+9), "太大"},
	} {
		p.brings(name, c.data)
		if p.status < 400 || p.status >= 500 || !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d, does not say %q", name, p.status, c.says)
		}
	}
	if p.brings("huge.csv", bytes.Repeat([]byte("a"), 13<<20)); p.status != 413 {
		t.Errorf("13 MB: %d", p.status)
	}
	if p.get("/import/nothing"); p.status != 404 {
		t.Errorf("an import that is not: %d", p.status)
	}
	if p.get("/import"); p.status != 200 {
		t.Errorf("the server does not live on: %d", p.status)
	}
	reader := o.comes("liu", "", accounts.Technician)
	if reader.get("/import"); reader.status != 403 {
		t.Errorf("who may not write may import: %d", reader.status)
	}
	town := o.comes("zhao", "wangchuan", everything...)
	town.brings("x.csv", []byte("事项名称,承诺时限\n甲,1天\n"))
	if town.post(town.path, "site", "shiling", "do", "check", "use", "title", "use", "limit"); town.status != 403 {
		t.Errorf("another town's guides may be written: %d", town.status)
	}
}

// TestLongListIsPaged imports more guides than one file may hold and looks at
// pages of it.
func TestLongListIsPaged(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	var csv strings.Builder
	csv.WriteString("事项名称,承诺时限,申请材料\n")
	for i := range many {
		fmt.Fprintf(&csv, "事项%d,%d天,申请表\n", i, i%30)
	}
	p.brings("x.csv", []byte(csv.String()))
	upload := p.path
	p.post(upload, "site", "qinghe", "column", "news", "sheet", "0", "heading", "1", "found", "1", "do", "check", "use", "title", "use", "limit", "use", "materials")
	if !strings.Contains(p.body, "新增 2000") || !strings.Contains(p.body, fmt.Sprintf("有错 %d", many-2000)) || strings.Count(p.body, "<tr>") != 51 {
		t.Errorf("%d, %d rows", p.status, strings.Count(p.body, "<tr>"))
	}
	p.get(upload + "/check?show=new&offset=1950")
	if !strings.Contains(p.body, "第 1951–2000 条") || !strings.Contains(p.body, "事项1999") {
		t.Error("the last page is not shown")
	}
	for _, q := range []string{"?offset=99999", "?offset=-1", "?show=x", "?show=new&offset=13"} {
		if p.get(upload + "/check" + q); p.status != 200 || !strings.Contains(p.body, "<tr>") {
			t.Errorf("%s: %d", q, p.status)
		}
	}
}
