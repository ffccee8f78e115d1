package console_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// listFile writes an .xlsx of rows of texts separated by bars.
func listFile(t *testing.T, title string, rows ...string) []byte {
	t.Helper()
	page := sheet.Page{Name: "名单", Title: title, Headings: strings.Split(rows[0], "|")}
	for _, r := range rows[1:] {
		var row []sheet.Value
		for _, cell := range strings.Split(r, "|") {
			row = append(row, sheet.T(cell))
		}
		page.Rows = append(page.Rows, row)
	}
	var b strings.Builder
	if err := sheet.Write(&b, []sheet.Page{page}); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

var (
	chosenUse = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	useSelect = regexp.MustCompile(`(?s)<select name="use".*?</select>`)
	foundHead = regexp.MustCompile(`name="found" value="(\d+)"`)
)

// agrees sends the page that asks what columns mean as it was guessed.
func (p *person) agrees(more ...string) *person {
	p.Helper()
	upload := p.path
	head := foundHead.FindStringSubmatch(p.body)
	if p.status != 200 || head == nil {
		p.Fatalf("the page of columns: %d at %s\n%s", p.status, p.path, p.body)
	}
	say := append(more, "site", "qinghe", "column", "news", "issuer", "县政务办", "sheet", "0", "heading", head[1], "found", head[1], "do", "check")
	for _, s := range useSelect.FindAllString(p.body, -1) {
		use := ""
		if m := chosenUse.FindStringSubmatch(s); m != nil {
			use = m[1]
		}
		say = append(say, "use", use)
	}
	p.post(upload, say...)
	if p.status != 200 || p.path != upload+"/check" {
		p.Fatalf("the dry run: %d at %s\n%s", p.status, p.path, p.body)
	}
	return p
}

func (p *person) says(texts ...string) *person {
	p.Helper()
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.Errorf("%s does not say %q", p.path, text)
		}
	}
	return p
}

func (p *person) hides(texts ...string) *person {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			p.Errorf("%s says %q", p.path, text)
		}
	}
	return p
}

func TestDepartmentsAndPeopleComeFromSheets(t *testing.T) {
	o := open(t, nil)
	admin := o.comes("boss", "", accounts.Administrator)
	admin.bringsTo("/people/import", "departments", "部门.xlsx", listFile(t, "部门一览",
		"序号|单位名称|所属乡镇|分管领导|联系电话",
		"1|县民政局||李明|0000-6208001", "2|经济发展办|望川镇|王五|", "3|县民政局|||", "4||望川镇||", "5|农业办|没有的镇||"))
	admin.agrees()
	upload := strings.TrimSuffix(admin.path, "/check")
	admin.says("新增 2", "有错 3", "和第 3 行重复", "没有部门名称", "没有叫“没有的镇”的站点", "保存 2 个部门")
	if all, err := o.c.Store.Departments(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("the dry run wrote %v, %v", all, err)
	}
	admin.post(upload+"/do").says("新增 2 个，修改 0 个；没有导入 3 个", "不变 2")
	all, err := o.c.Store.Departments(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("departments are %v, %v", all, err)
	}
	admin.get(upload + "/wrong.xlsx")
	if book, err := sheet.Read(strings.NewReader(admin.body), int64(len(admin.body)), "x.xlsx", sheet.Limits{}); err != nil || len(book.Sheets[0].Rows) != 4 {
		t.Errorf("wrong rows: %v", err)
	}
	// The lead changes; the telephone, of which the list says nothing, stays.
	admin.bringsTo("/people/import", "departments", "部门.csv", []byte("部门,分管领导,电话\n县民政局,赵六,\n")).agrees().says("修改 1", "<del>李明</del> → <ins>赵六</ins>")
	admin.post(strings.TrimSuffix(admin.path, "/check") + "/do")
	if all, err = o.c.Store.Departments(t.Context()); err != nil || len(all) != 2 {
		t.Fatalf("departments are %v, %v", all, err)
	}
	for _, d := range all {
		if d.Name == "县民政局" && (d.Lead != "赵六" || d.Phone != "0000-6208001" || d.Site != "qinghe") {
			t.Errorf("the department is %+v", d)
		}
	}

	admin.bringsTo("/people/import", "people", "人员.xlsx", listFile(t, "人员名单",
		"姓名|账号|所属部门|站点|角色|手机|是否外聘",
		"张三|zhangsan|县民政局||起草、初审|13800000000|否",
		"李四|lisi|经济发展办|望川镇|发布|",
		"王五|wangwu|没有的局||起草||",
		"赵六|zhaoliu|||管理员，发布人||",
		"钱七|zhangsan|||起草||",
		"孙八|s|||起草||",
		"周九|zhoujiu|||局长||",
		"吴十|wushi|经济发展办|望川镇|起草、发布||是"))
	admin.agrees()
	upload = strings.TrimSuffix(admin.path, "/check")
	admin.says("新增 2", "有错 6", "没有叫“没有的局”的部门", "管理员不能同时", "账号和第 3 行一样", "账号要 2 到 40 个字符", "没有叫“局长”的角色", "外聘人员只能起草", "保存 2 个账号")
	admin.post(upload+"/do").says("开了 2 个账号", "zhangsan", "lisi", "按“继续”就没有了", "data-print")
	cards := admin.body
	if admin.get(upload + "/progress?left=6"); admin.body != cards {
		t.Error("the first passwords cannot be seen again after the browser went away")
	}
	passwords := regexp.MustCompile(`<b class="typed">([^<]+)</b>`).FindAllStringSubmatch(admin.body, -1)
	if len(passwords) != 2 || passwords[0][1] == passwords[1][1] {
		t.Fatalf("passwords: %v", passwords)
	}
	acc, err := o.c.Store.AccountByLogin(t.Context(), "zhangsan")
	if err != nil || !acc.MustChange || acc.Name != "张三" || acc.Phone != "13800000000" || acc.Department == "" || strings.Join(acc.Roles, " ") != "drafter first_reviewer" {
		t.Errorf("the account is %+v, %v", acc, err)
	}
	visitor := o.visitor()
	if visitor.post("/signin", "login", "zhangsan", "password", passwords[0][1]); visitor.status != 200 || !strings.HasPrefix(visitor.path, "/me") {
		t.Errorf("the first password does not sign in: %d at %s", visitor.status, visitor.path)
	}
	other := o.comes("boss2", "", accounts.Administrator)
	other.get(upload + "/progress").wants(404)
	other.post(upload + "/finish").wants(404)
	admin.post(upload+"/finish", "left", "6").says("新增 2 个，修改 0 个；没有导入 6 个", "不变 2").hides(passwords[0][1])
	admin.get(upload + "/progress").says("不变 2").hides(passwords[0][1])
	admin.get(upload + "/progress/live").wants(404)
	if admin.post(upload + "/do"); strings.Contains(admin.body, "typed") {
		t.Error("accounts are made twice")
	}
	admin.get("/audit").says("zhangsan")

	// Who writes has no such page, and who administers not that of the other.
	drafter := o.comes("wang", "", everything...)
	drafter.get("/people/import").wants(403)
	drafter.bringsTo("/import", "people", "x.csv", []byte("姓名,账号,角色\n甲,jia,管理\n")).wants(404)
	drafter.get("/import/" + upload[strings.LastIndex(upload, "/")+1:]).wants(404)
	admin.get("/import").wants(403)
	// An administrator of a town makes no account above it.
	town := o.comes("zhen", "wangchuan", accounts.Administrator)
	town.bringsTo("/people/import", "people", "x.csv", []byte("姓名,账号,角色,站点\n甲,jia,起草,青禾县\n乙,yi,起草,望川镇\n丙,bing,起草,\n"))
	town.agrees("site", "wangchuan")
	town.says("没有叫“青禾县”的站点", "有错 1", "新增 2")
}

// TestFiveHundredDepartments brings the departments of a city.
func TestFiveHundredDepartments(t *testing.T) {
	o := open(t, nil)
	admin := o.comes("boss", "", accounts.Administrator)
	rows := []string{"部门名称|分管领导"}
	for i := range 530 {
		rows = append(rows, fmt.Sprintf("第%d局|领导%d", i, i))
	}
	admin.bringsTo("/people/import", "departments", "x.xlsx", listFile(t, "", rows...)).agrees().says("新增 530", "第 1–50 条，共 530 条")
	admin.post(strings.TrimSuffix(admin.path, "/check")+"/do").says("新增 530 个", "不变 530")
}

func (o *office) newest(kind playlist.Kind) *playlist.Notice {
	o.Helper()
	list, err := o.c.Store.Notices(o.Context(), store.NoticeFilter{Kind: kind, Limit: 10})
	if err != nil || len(list) != 1 {
		o.Fatalf("there are %d notices, %v", len(list), err)
	}
	version, err := o.c.Store.NoticeVersion(o.Context(), list[0].ID, list[0].Version)
	if err != nil {
		o.Fatal(err)
	}
	n, err := version.Decode()
	if err != nil {
		o.Fatal(err)
	}
	return n
}

func TestHouseholdsComeFromASheet(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	const heading = "序号|村|户主姓名|身份证号|银行卡号|面积（亩）|补贴金额（元）"
	p.bringsTo("/import", "households", "名单.xlsx", listFile(t, "2026年第三季度耕地地力保护补贴分户表", heading,
		"1|柳溪村|张三丰|11010519491231002X|6222021234567890128|3.5|332.50",
		"2|柳溪村|李四|110105194912310038||2|190.00",
		"3|石桥村|王五六|110105194912310046||2|百元",
		"4|石桥村|赵七||||190.00", "5|石桥村|钱八九||||190.00", "6|石桥村|孙十||||190.00", "7|没有的村|周十一||||190.00",
		"合计|||||7.5|1282.50"))
	p.hides("11010519491231002X")
	p.agrees()
	upload := strings.TrimSuffix(p.path, "/check")
	p.says("新增 6", "有错 1", "不是数字", "没有叫“没有的村”的村", "张*丰", "个人信息，没有导入").hides("11010519491231002X", "6222021234567890128", "张三丰")
	p.post(upload + "/do")
	if p.status != 200 || !strings.HasPrefix(p.path, "/notices/") {
		t.Fatalf("after saving: %d at %s", p.status, p.path)
	}
	n := o.newest(playlist.KindFund)
	table := n.Fund.Tables[0]
	if n.Site != "qinghe" || n.Fund.Period != "2026年第三季度" || len(table.Rows) != 6 || table.By != "household" || n.Fund.Total.Plain() != "1282.50" {
		t.Errorf("the notice is %+v", n.Fund)
	}
	if p.get(upload + "/check"); p.status != 404 {
		t.Errorf("the file with numbers of persons stays: %d", p.status)
	}

	// The next list is compared with the notice that takes it.
	p.bringsTo("/import", "households", "名单2.xlsx", listFile(t, "2026年第三季度耕地地力保护补贴分户表", heading,
		"1|柳溪村|张三丰|11010519491231002X|6222021234567890128|3.6|342.00", "2|石桥村|王五六|110105194912310046||2|190.00", "3|石桥村|赵七||||190.0"))
	p.says(`<option value="` + string(n.ID) + `"`)
	p.agrees("notice", string(n.ID)).says("新增 1", "修改 1", "减少 4", "不变 1", "<del>332.50</del> → <ins>342</ins>", "李*")
	p.post(strings.TrimSuffix(p.path, "/check") + "/do")
	n = o.newest(playlist.KindFund)
	if table = n.Fund.Tables[0]; len(table.Rows) != 3 || n.Fund.Total.Plain() != "722" && n.Fund.Total.Plain() != "722.00" {
		t.Errorf("the notice is version %d with %+v", n.Version, n.Fund)
	}
	// Another department's notice takes nothing.
	other := o.comes("zhao", "liuxi", everything...)
	other.bringsTo("/import", "households", "x.xlsx", listFile(t, "", heading, "1|柳溪村|张三丰|||3.6|342.00"))
	other.post(other.path, "site", "liuxi", "notice", string(n.ID), "sheet", "0", "heading", "1", "found", "1", "do", "check")
	if other.status != 403 && other.status != 404 {
		t.Errorf("another site's notice takes a list: %d", other.status)
	}
}

// covered hides a column of an .xlsx, counted from 1, as the office did before it
// saved the file.
func covered(t *testing.T, data []byte, column int) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	done := false
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(part, []byte("<sheetData>")); at >= 0 {
			part = slices.Concat(part[:at], fmt.Appendf(nil, `<cols><col min="%d" max="%[1]d" width="9" hidden="1"/></cols>`, column), part[at:])
			done = true
		}
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(part)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil || !done {
		t.Fatalf("no column was hidden: %v", err)
	}
	return out.Bytes()
}

// TestHiddenColumnsStayHidden brings a roster whose telephones the office hid: they
// are left out unless somebody says otherwise. Of an account, which is for nobody's
// eyes but the administrator's, a hidden column counts.
func TestHiddenColumnsStayHidden(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	data := covered(t, listFile(t, "望川镇值班表", "日期|带班领导|值班人员|夜班人员|电话", "2026-12-01|李明|王芳|赵六|13800000000"), 5)
	p.bringsTo("/import", "rosters", "值班表.xlsx", data)
	p.says("Excel 里隐藏的，默认不导入")
	p.agrees().says("新增 1", "王芳").hides("13800000000")
	p.post(strings.TrimSuffix(p.path, "/check") + "/do")
	if n := o.newest(playlist.KindRoster); len(n.Roster.Shifts) != 1 || n.Roster.Shifts[0].Staff != "王芳" || n.Roster.Shifts[0].Phone != "" {
		t.Errorf("the roster is %+v", n.Roster)
	}
	boss := o.comes("boss", "", accounts.Administrator)
	boss.bringsTo("/people/import", "people", "人员.xlsx", covered(t, listFile(t, "", "姓名|账号|角色|电话", "张三|zhangsan|起草|0000-6208001"), 4))
	boss.hides("Excel 里隐藏的")
	boss.agrees().says("0000-6208001")
}

func TestRosterComesFromASheet(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	p.bringsTo("/import", "rosters", "值班.csv", []byte("日期,带班领导,值班人员,夜班,联系电话\n2026年12月1日,李明,张三,王五,\n2026-12-02,李明,李四,,0000-1\n12月32日,,甲,,\n2026-12-01,,乙,,\n2026-12-04,李明,,,\n"))
	p.agrees().says("新增 2", "有错 3", "日期应写成", "是同一天", "没有值班人员")
	p.post(strings.TrimSuffix(p.path, "/check") + "/do")
	n := o.newest(playlist.KindRoster)
	if r := n.Roster; len(r.Shifts) != 2 || r.Shifts[0].Staff != "张三" || r.Shifts[0].Night != "王五" || r.Shifts[1].Phone != "0000-1" {
		t.Fatalf("the roster is %+v", n.Roster)
	}
	p.bringsTo("/import", "rosters", "值班.csv", []byte("日期,值班人员\n2026-12-02,赵六\n2026-12-01,张三\n2026-12-03,钱七\n"))
	p.agrees("notice", string(n.ID)).says("新增 1", "修改 1", "不变 1", "<del>李四</del> → <ins>赵六</ins>")
	p.post(strings.TrimSuffix(p.path, "/check") + "/do")
	n = o.newest(playlist.KindRoster)
	if r := n.Roster; len(r.Shifts) != 3 || r.Shifts[1].Staff != "赵六" || r.Shifts[1].Lead != "李明" {
		t.Errorf("the roster is %+v", n.Roster)
	}
}

// TestTemplatesComeBack downloads the template of every list and brings it as it is.
func TestTemplatesComeBack(t *testing.T) {
	o := open(t, nil)
	writer, admin := o.comes("wang", "", everything...), o.comes("boss", "", accounts.Administrator)
	for _, c := range []struct {
		p          *person
		base, kind string
	}{{writer, "/import", "guides"}, {writer, "/import", "households"}, {writer, "/import", "rosters"}, {admin, "/people/import", "departments"}, {admin, "/people/import", "people"}} {
		c.p.get(c.base + "?kind=" + c.kind).wants(200)
		c.p.get(c.base + "/template.xlsx?kind=" + c.kind).wants(200)
		data := []byte(c.p.body)
		c.p.bringsTo(c.base, c.kind, "模板.xlsx", data)
		c.p.agrees().says("新增 1", "有错 0")
	}
	writer.get("/import?kind=nothing").wants(404)
	writer.get("/import/template.xlsx?kind=people").wants(404)
}
