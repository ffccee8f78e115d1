package console_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/controller/accounts"
	"mingbai/playlist"
)

// workbook makes an .xlsx of lines with cells between bars; numbers are numbers.
func workbook(t *testing.T, change func(*excelize.File), lines ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for r, line := range lines {
		for c, text := range strings.Split(line, "|") {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			if text == "" {
				continue
			}
			if v, err := strconv.ParseFloat(text, 64); err == nil && len(text) < 15 {
				err = f.SetCellFloat("Sheet1", cell, v, -1, 64)
				if err != nil {
					t.Fatal(err)
				}
			} else if err := f.SetCellStr("Sheet1", cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if change != nil {
		change(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func merge(t *testing.T, pairs ...string) func(*excelize.File) {
	return func(f *excelize.File) {
		for i := 0; i < len(pairs); i += 2 {
			if err := f.MergeCell("Sheet1", pairs[i], pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

var (
	inputTag  = regexp.MustCompile(`<(input|select|textarea)([^>]*)>`)
	attribute = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	oneOption = regexp.MustCompile(`<option value="([^"]*)"([^>]*)>`)
)

// filled reads what a browser would send of the page's form, without a button.
func (p *person) filled() url.Values {
	p.Helper()
	_, body, ok := strings.Cut(p.body, "<main")
	if !ok {
		p.Fatalf("%s has no main part", p.path)
	}
	if at := strings.Index(body, `<form method="post" action="/write`); at >= 0 {
		body = body[at:]
		body, _, _ = strings.Cut(body, "</form>")
	}
	out := url.Values{}
	for _, m := range inputTag.FindAllStringSubmatchIndex(body, -1) {
		tag, attrs := body[m[2]:m[3]], map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(body[m[4]:m[5]], -1) {
			attrs[a[1]] = html.UnescapeString(a[2])
		}
		name, rest := attrs["name"], body[m[1]:]
		_, off := attrs["disabled"]
		if name == "" || off || attrs["type"] == "file" {
			continue
		}
		switch {
		case tag == "textarea":
			text, _, _ := strings.Cut(rest, "</textarea>")
			out.Add(name, html.UnescapeString(text))
		case tag == "select":
			list, _, _ := strings.Cut(rest, "</select>")
			value, first := "", true
			for _, o := range oneOption.FindAllStringSubmatch(list, -1) {
				if first || strings.Contains(o[2], "selected") {
					value, first = html.UnescapeString(o[1]), false
				}
			}
			out.Add(name, value)
		case attrs["type"] == "checkbox" || attrs["type"] == "radio":
			if _, on := attrs["checked"]; on {
				out.Add(name, attrs["value"])
			}
		default:
			out.Add(name, attrs["value"])
		}
	}
	return out
}

// presses sends the page's form as it is with a button of it.
func (p *person) presses(path, do string, changes ...string) *person {
	p.Helper()
	f := p.filled()
	for i := 0; i+1 < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	f.Set("do", do)
	return p.sends(path, f)
}

func (p *person) sends(path string, f url.Values) *person {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+path, strings.NewReader(f.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

// uploads sends the page's form with a file.
func (p *person) uploads(path, do, field, name string, data []byte) *person {
	p.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f := p.filled()
	f.Set("do", do)
	for k, list := range f {
		for _, v := range list {
			if err := w.WriteField(k, v); err != nil {
				p.Fatal(err)
			}
		}
	}
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		p.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+path, io.Reader(&body))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return p.do(r)
}

// button finds the value of the button with a label.
func (p *person) button(label string) string {
	p.Helper()
	m := regexp.MustCompile(`name="do" value="([^"]*)"[^>]*>` + regexp.QuoteMeta(label) + `<`).FindStringSubmatch(p.body)
	if m == nil {
		p.Fatalf("%s has no button %q", p.path, label)
	}
	return html.UnescapeString(m[1])
}

func (p *person) fund() *playlist.Fund {
	p.Helper()
	row, err := p.c.Store.Notice(p.Context(), p.id())
	if err != nil {
		p.Fatal(err)
	}
	v, err := p.c.Store.NoticeVersion(p.Context(), row.ID, row.Version)
	if err != nil {
		p.Fatal(err)
	}
	n, err := v.Decode()
	if err != nil {
		p.Fatal(err)
	}
	return n.Fund
}

var cultureSheet = []string{
	"公共文化服务专项资金使用情况（2026年第三季度）",
	"单位：万元",
	"序号|项目|来源|金额|单位|用途与去向",
	"1|农家书屋更新|中央|12|万元|图书补充",
	"2|公共文化服务体系建设|中央|150|万元|村级文化中心",
	"3|乡镇文化站补助|省级|6.4|万元|设备",
	"4|体育场馆免费开放|中央|31|万元|开放补助",
	"5|公共数字文化|中央|30|万元|平台运行",
	"6|提前下达免费开放经费|中央|41|万元|三馆一站全年免费开放",
	"7|三馆一站免费开放经费|中央|9|万元|水电、人员、活动",
	"8|送戏下乡补贴|省级|4|万亿|22 个村每村 2 场",
	"10|农村文化建设奖励资金|中央|30|万元|按考核结果奖补",
	"合计|||320|万元",
}

// A clerk uploads the list of the source documents, with a wrong sum, mends it with
// four presses and has a draft that adds up.
func TestFundFromAWorkbook(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "qinghe", accounts.Drafter)
	p.get("/write/fund").wants(200, "把 Excel 文件拖到这里", "2026年第", "资金用途")
	p.body = strings.Replace(p.body, `name="purpose" value=""`, `name="purpose" value="三馆一站免费开放"`, 1)
	p.uploads("/write/fund", "import:0", "t0.file", "文化.xlsx", workbook(t, merge(t, "A1", "F1", "A2", "F2"), cultureSheet...))
	p.wants(200, "表格各列是什么", "三馆一站免费开放", `value="map:0:`)
	p.presses("/write/fund", p.button("导入这张表"))
	p.wants(200, "已导入 9 行", "公共文化服务专项资金使用情况", "2026年第三季度", "三馆一站免费开放",
		"第 8 行：单位“万亿”与其余各行“万元”相差一亿倍", "序号从 8 跳到 10，少一行还是编号写错？", "改为万元", "补一行", "重新编号", "保留并说明理由", "采用计算结果", "313.4", "中央 303.00 万元，省级 10.40 万元")
	p.presses("/write/fund", p.button("改为万元")).wants(200, "序号从 8 跳到 10")
	if strings.Contains(p.body, "相差一亿倍") {
		t.Error("the unit is still wrong")
	}
	p.presses("/write/fund", p.button("重新编号")).wants(200)
	if strings.Contains(p.body, "序号从") {
		t.Error("the gap is still there")
	}
	p.presses("/write/fund", p.button("采用计算结果")).wants(200)
	if strings.Contains(p.body, "不符") {
		t.Error("the total is still wrong")
	}
	p.presses("/write/fund", "draft", "column", "news").wants(200, "草稿已保存")
	fund := p.fund()
	if r := fund.Recompute(); !r.Agree || fund.Total != 3134*playlist.Wan/10 || len(fund.Sources) != 2 || r.Checks != 2 {
		t.Errorf("recomputed %+v of %v from %v", r, fund.Total, fund.Sources)
	}
	if rows := fund.Tables[0].Rows; len(rows) != 9 || rows[8][0] != "9" || rows[7][4] != "万元" {
		t.Errorf("rows %v", rows)
	}
	id := p.id()
	p.get("/notices/"+string(id)+"/revise").wants(200, "送戏下乡补贴", "22 个村每村 2 场")

	// The next sheet of the same form goes straight through.
	p.get("/write/fund")
	next := append([]string{strings.Replace(cultureSheet[0], "三", "四", 1)}, cultureSheet[1:]...)
	p.uploads("/write/fund", "import:0", "t0.file", "文化四.xlsx", workbook(t, nil, next...))
	p.wants(200, "各列的意思和上次一样，没有再问", "2026年第四季度", "相差一亿倍")
	p.presses("/write/fund", p.button("下次重新问")).wants(200, "相差一亿倍")
	p.uploads("/write/fund", "import:0", "t0.file", "文化四.xlsx", workbook(t, nil, next...)).wants(200, "表格各列是什么")
	p.presses("/write/fund", "unmap:0").wants(200, "相差一亿倍", "2026年第四季度")
}

func TestFundEdits(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "qinghe", accounts.Drafter)
	p.get("/write/fund")
	f := p.filled()
	f["t0.cell"] = []string{"甲", "中央", "1,200.5", "修路", "乙", "县级", "3", "<b>", "", "", "", ""}
	for name, text := range map[string]string{"title": "测试", "total": "很多", "paid": "未拨付", "period": "", "posting_days": "x", "issued": "some day", "hotline": "请打电话"} {
		f.Set(name, text)
	}
	f["source"], f["source_amount"] = []string{"中央", ""}, []string{"一些", "5"}
	f.Set("do", "draft")
	p.sends("/write/fund", f).wants(422, `value="1,200.5"`, `value="很多"`, "不是金额", `value="一些"`, "请说明原因", "&lt;b&gt;", `value="x"`, `value="请打电话"`, "1203.5")
	for _, step := range []struct{ do, first, second string }{
		{"row:0:0:down", "乙", "甲"}, {"row:0:1:up", "甲", "乙"}, {"row:0:0:add", "甲", ""}, {"row:0:1:del", "甲", "乙"},
		{"col:0:0:right", "中央", "1,200.5"}, {"col:0:1:left", "甲", "中央"}, {"col:0:0:add", "甲", ""}, {"col:0:1:del", "甲", "中央"},
	} {
		p.presses("/write/fund", step.do).wants(200)
		got := p.filled()["t0.cell"]
		second := got[1]
		if strings.HasPrefix(step.do, "row") {
			second = got[4]
		}
		if step.do == "col:0:0:right" {
			second = got[2]
		}
		if got[0] != step.first || second != step.second {
			t.Errorf("%s: %q and %q", step.do, got[0], second)
		}
	}
	p.get("/write/fund")
	f = p.filled()
	f["t0.cell"] = []string{"身份证 11010519491231002X 的一户", "中央", "1", "修路"}
	f.Set("do", "page:0:0")
	p.sends("/write/fund", f).wants(200, "含有完整的身份证号码")
	p.presses("/write/fund", p.button("改为 110105********002X")).wants(200, `value="身份证 110105********002X 的一户"`)
	f["t0.cell"] = []string{"甲", "中央", "1,200.5", "修路", "乙", "县级", "3", "<b>"}
	f["source"], f["source_amount"] = []string{"中央", ""}, []string{"一些", "5"}
	f.Set("title", "测试")
	p.sends("/write/fund", f)
	p.presses("/write/fund", "table:add").wants(200, `id="table1"`)
	p.presses("/write/fund", "table:1:del").wants(200)
	if strings.Contains(p.body, `id="table1"`) {
		t.Error("the table is still there")
	}
	for _, do := range []string{"row:9:1:up", "row:0:99:del", "col:0:-7:left", "mend:0:unit:unit:5:5", "mend:0", "page:0:x", "map:0:none", "import:0", "import:77", "table:9:del"} {
		p.presses("/write/fund", do)
		if p.status != 200 {
			t.Errorf("%s: %d", do, p.status)
		}
	}
	p.presses("/write/fund", "draft", "total", "", "source_amount", "1203.5万元", "posting_days", "10", "issued", "2026-11-22", "paid", "").wants(200, "草稿已保存")
	if got := p.fund().Tables[0].Rows; fmt.Sprint(got) != "[[甲 中央 1200.5 修路] [乙 县级 3.0 <b>]]" {
		t.Errorf("rows %v", got)
	}
	p.get("/write/fund")
	f = p.filled()
	f.Del("tables")
	f.Set("do", "draft")
	p.sends("/write/fund", f).wants(200)
}

// A file that cannot be read is told of alone; what is not filled in yet is said
// when the notice is sent.
func TestFundFileRefused(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "qinghe", accounts.Drafter)
	p.get("/write/fund").uploads("/write/fund", "import:0", "t0.file", "坏.xlsx", []byte("PK\x03\x04 broken"))
	p.wants(200, "文件不完整或已损坏")
	if strings.Contains(p.body, "请填写标题") {
		t.Error("a title is asked for by the way")
	}
	p.post("/write/fund", "site", "qinghe", "do", "submit").wants(422, "请填写标题")
}

// Thousands of households: ID numbers stay out, names are masked, rows are paged,
// and only the wrong one can be typed over.
func TestFundOfManyHouseholds(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "qinghe", accounts.Drafter)
	lines := []string{"村,户主姓名,身份证号,面积（亩）,标准（元/亩）,金额（元）"}
	for i := range many {
		area := i%9 + 1
		sum := strconv.Itoa(area * 95)
		if i == 1324 {
			sum = "1"
		}
		lines = append(lines, fmt.Sprintf("柳溪村,赵%c%c,11010519491231002X,%d,95,%s", rune('一'+i%500), rune('丁'+i/500), area, sum))
	}
	p.get("/write/fund").uploads("/write/fund", "import:0", "t0.file", "发放表.csv", []byte(strings.Join(lines, "\n")))
	p.wants(200, "表格各列是什么", "有 1 列是身份证号")
	if strings.Contains(p.body, "11010519491231002X") {
		t.Error("the page shows an ID number")
	}
	p.presses("/write/fund", p.button("导入这张表"))
	p.wants(200, fmt.Sprintf("已导入 %d 行", many), fmt.Sprintf("共 %d 行", many), "第 1325 行：2 × 95 应为 190，表中为 1")
	if strings.Contains(p.body, `"t0.cell"`) || strings.Count(p.body, "<tr") > 150 {
		t.Errorf("the page has %d rows", strings.Count(p.body, "<tr"))
	}
	p.presses("/write/fund", "page:0:13").wants(200, `name="t0.fix.1324.4" value="1"`)
	p.presses("/write/fund", "page:0:13", "t0.fix.1324.4", "190").wants(200)
	if strings.Contains(p.body, "t0.fix") || strings.Contains(p.body, "1325 行：2") {
		t.Error("the mended row is still wrong")
	}
	p.presses("/write/fund", "draft", "title", "耕地地力保护补贴", "column", "news").wants(200, "草稿已保存")
	fund := p.fund()
	if r := fund.Recompute(); len(fund.Tables[0].Rows) != many || r.Checks != many+1 || len(r.Problems) != 0 || fund.Tables[0].Rows[0][1] != "赵*丁" {
		t.Errorf("%d rows, recomputed %d: %v", len(fund.Tables[0].Rows), r.Checks, r.Problems)
	}
	id := p.id()
	p.get("/notices/"+string(id)+"/revise").wants(200, fmt.Sprintf("共 %d 行", many))
}

// A pasted table of one row, one of none, and the comparison with the period that
// was published before.
func TestFundPastedAndCompared(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "qinghe", accounts.Drafter, accounts.Releaser)
	fields := []string{"title", "2026年第二季度计生补助公示", "period", "2026年第二季度", "column", "news", "purpose", "补助", "standard", "每户", "approver", "县政府", "hotline", "0000-12317", "issued", "2026-11-20"}
	p.get("/write/fund").presses("/write/fund", "import:0", "t0.paste", "村\t金额（元）").wants(200, "表格各列是什么")
	p.presses("/write/fund", p.button("导入这张表")).wants(200, "已导入 0 行", "还没有一行")
	p.presses("/write/fund", "import:0", "t0.paste", "村\t金额（元）\n柳溪村\t100").wants(200, "表格各列是什么")
	p.presses("/write/fund", p.button("导入这张表")).wants(200, "已导入 1 行")
	p.presses("/write/fund", "import:0", "t0.paste", "村\t金额（元）\n柳溪村\t100").wants(200, "已导入 1 行", "各列的意思和上次一样")
	p.presses("/write/fund", "row:0:0:add")
	f := p.filled()
	f["t0.cell"] = []string{"柳溪村", "100", "东岭村", "50"}
	for i := 0; i < len(fields); i += 2 {
		f.Set(fields[i], fields[i+1])
	}
	f["source"], f["source_amount"] = []string{"县级"}, []string{"150"}
	f.Set("t0.title", "各村补助")
	f.Set("do", "publish")
	p.sends("/write/fund", f)
	if p.status != 200 || !strings.HasPrefix(p.path, "/notices/") {
		t.Fatalf("not published: %d at %s: %v", p.status, p.path, regexp.MustCompile(`class="finding stop"[^>]*>[^<]*|class="stop"><span>[^<]*`).FindAllString(p.body, -1))
	}
	first := p.id()
	f.Set("title", "2026年第三季度计生补助公示")
	f.Set("period", "2026年第三季度")
	f.Set("once", "another")
	f["t0.cell"] = []string{"柳溪村", "160", "石桥村", "50"}
	f["source_amount"] = []string{"210"}
	f.Set("do", "compare")
	p.sends("/write/fund", f).wants(200, "/notices/"+string(first), "上期 150，本期 210，相差 &#43;60", "&#43;40%", "新增 1 行，减少 1 行，变化 1 行，不变 0 行", "本期没有", `value="160"`)
	p.presses("/write/fund", "compare").wants(200, `value="160"`)
	if strings.Contains(p.body, "&#43;40%") {
		t.Error("the comparison is still there")
	}
	f.Set("column", "")
	p.sends("/write/fund", f).wants(200, "上期")
	f.Set("title", "别的公示")
	p.sends("/write/fund", f).wants(200, "没有找到上期")
}

// What cannot be read is refused in words, with all that was typed.
func TestFundFilesThatAreNone(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "qinghe", accounts.Drafter)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a.xls":  {[]byte("\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 2000)), "旧版 Excel"},
		"b.pdf":  {[]byte("%PDF-1.7 ..."), "PDF"},
		"c.xlsx": {[]byte("PK\x03\x04 cut off"), ""},
		"d.csv":  {nil, "请先选择文件"},
	} {
		p.get("/write/fund")
		p.body = strings.Replace(p.body, `name="purpose" value=""`, `name="purpose" value="三馆一站"`, 1)
		p.uploads("/write/fund", "import:0", "t0.file", name, c.data).wants(200, c.want, `value="三馆一站"`, `class="box bad" role="alert"`)
	}
}
