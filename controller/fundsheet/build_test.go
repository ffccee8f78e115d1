package fundsheet

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingbai/playlist"
)

// sheetOf makes a sheet of lines with cells between bars. A line of nothing is an
// empty row; "^" in a cell is merged with the one above.
func sheetOf(lines ...string) *Sheet {
	s := &Sheet{Name: "Sheet1"}
	for i, line := range lines {
		r := Row{Number: i + 1}
		if line != "" {
			r.Cells = strings.Split(line, "|")
		}
		for c, text := range r.Cells {
			if text == "^" {
				r.Cells[c] = ""
				k := slices.IndexFunc(s.Merged, func(m Merge) bool { return m.Left == c && m.Bottom == i-1 })
				if k < 0 {
					s.Merged = append(s.Merged, Merge{i - 1, c, i, c})
				} else {
					s.Merged[k].Bottom = i
				}
			}
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

var villages = []playlist.Site{
	{ID: "wangchuan", Kind: playlist.Town, Name: "望川镇"},
	{ID: "liuxi", Kind: playlist.Village, Name: "柳溪村"},
	{ID: "dongling", Kind: playlist.Village, Name: "东岭村"},
	{ID: "wangchuan-sq", Kind: playlist.Village, Name: "望川社区"},
}

// The list of the source documents (B21, B22): nine lines that add up to 313.4,
// one of them in 万亿, number 9 skipped.
var culture = []string{
	"公共文化服务专项资金使用情况（2026年第三季度）",
	"单位：万元",
	"序号|项目|来源|金额|单位|用途与去向",
	"1|农家书屋更新|中央|12.0|万元|图书补充",
	"2|公共文化服务体系建设|中央|150|万元|村级文化中心",
	"3|乡镇文化站补助|省级|6.4|万元|设备",
	"4|体育场馆免费开放|中央|31|万元|开放补助",
	"5|公共数字文化|中央|30|万元|平台运行",
	"6|提前下达免费开放经费|中央|41.0|万元|三馆一站全年免费开放",
	"7|三馆一站免费开放经费|中央|9.0|万元|水电、人员、活动",
	"8|送戏下乡补贴|省级|4.0|万亿|22 个村每村 2 场",
	"10|农村文化建设奖励资金|中央|30.0|万元|按考核结果奖补",
	"合计|||313.4|万元|",
	"制表人：王芳",
}

func build(t *testing.T, s *Sheet) Result {
	t.Helper()
	return Build(s, Guess(s, villages), villages, nil)
}

func (r *Result) found(code string) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.Code == code {
			out = append(out, f)
		}
	}
	return out
}

func columnsOf(t playlist.FundTable) string {
	var out []string
	for _, c := range t.Columns {
		s := c.Name
		if c.Unit != "" {
			s += "/" + c.Unit
		}
		s += ":" + string(c.Type)
		if c.Money {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestListWithTrillionsAndASkippedNumber(t *testing.T) {
	r := build(t, sheetOf(culture...))
	if got, want := columnsOf(r.Table), "序号:text 项目:text 来源:text 金额/万元:sum! 单位:text 用途与去向:text"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	if len(r.Table.Rows) != 9 || r.Period != "2026年第三季度" {
		t.Errorf("%d rows of %q", len(r.Table.Rows), r.Period)
	}
	if !r.HasTotal || r.Total != 3134*playlist.Wan/10 {
		t.Errorf("total %v %v", r.Total, r.HasTotal)
	}
	if r.Table.Rows[7][3] != "4.0" || r.Table.Rows[7][4] != "万亿" {
		t.Errorf("row 8 was changed in silence: %v", r.Table.Rows[7])
	}
	unit := r.found("unit")
	if len(unit) != 1 || unit[0].Row != 7 || unit[0].Line != 11 || unit[0].Severity != playlist.Doubt || !strings.Contains(unit[0].Message, "相差一亿倍") {
		t.Errorf("unit: %+v", unit)
	}
	seq := r.found("sequence")
	if len(seq) != 1 || seq[0].Row != 8 || !strings.Contains(seq[0].Message, "序号从 8 跳到 10") || seq[0].Severity != playlist.Wrong {
		t.Errorf("sequence: %+v", seq)
	}
	if len(r.Findings) != 2 {
		t.Errorf("findings: %+v", r.Findings)
	}
	if fmt.Sprint(r.Sources) != fmt.Sprint([]playlist.FundSource{{Name: "中央", Amount: 303 * playlist.Wan}, {Name: "省级", Amount: 104 * playlist.Wan / 10}}) {
		t.Errorf("sources %v (B21: 中央 303 万元, 省级 10.4 万元)", r.Sources)
	}

	m := Mended{Table: r.Table, Lines: r.Lines, Printed: r.Printed}
	if !m.Apply(MendUnit, "unit", 7, 4) || m.Table.Rows[7][4] != "万元" {
		t.Errorf("unit not mended: %v", m.Table.Rows[7])
	}
	if !m.Apply(MendNumber, "sequence", 8, 0) {
		t.Error("not numbered anew")
	}
	if left := Check(0, &m.Table, m.Printed); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	f := playlist.Fund{Total: r.Total, Sources: r.Sources, Tables: []playlist.FundTable{m.Table}}
	if again := f.Recompute(); !again.Agree || again.Checks != 2 {
		t.Errorf("recomputed: %+v", again)
	}
}

func TestCleanListLosesNumbersAndUnits(t *testing.T) {
	lines := slices.Clone(culture)
	lines[10] = strings.Replace(lines[10], "万亿", "万元", 1)
	lines[11] = "9" + lines[11][2:]
	r := build(t, sheetOf(lines...))
	if got, want := columnsOf(r.Table), "项目:text 来源:text 金额/万元:sum! 用途与去向:text"; got != want || len(r.Findings) != 0 {
		t.Errorf("columns %s, want %s; %v", got, want, r.Findings)
	}
}

func TestInsertedRow(t *testing.T) {
	r := build(t, sheetOf(culture...))
	m := Mended{Table: r.Table, Lines: r.Lines, Printed: r.Printed}
	if !m.Apply(MendInsert, "sequence", 8, 0) || len(m.Table.Rows) != 10 || m.Table.Rows[8][0] != "9" || m.Table.Rows[8][4] != "万元" || m.Lines[8] != 0 {
		t.Fatalf("rows %v", m.Table.Rows)
	}
	m.Table.Rows[8][3] = "5"
	left := Check(0, &m.Table, m.Printed)
	if len(left) != 2 || left[1].Code != "printed_13" || !strings.Contains(left[1].Message, "313.4，实际 318.4") {
		t.Errorf("left %+v", left)
	}
}

func TestTotalsOfEverySort(t *testing.T) {
	r := build(t, sheetOf(
		"村|项目|金额（元）",
		"柳溪村|道路|1,000.50",
		"^|路灯|200",
		"柳溪村小计||1250.50",
		"东岭村|道路|300",
		"小计||300",
		"总计||1500.50"))
	var got []string
	for _, p := range r.Printed {
		got = append(got, fmt.Sprintf("%d %s %s %d-%d", p.Line, p.Label, p.Value, p.From, p.To))
	}
	want := "4 柳溪村小计 1250.5 0-2;6 小计 300 2-3;7 总计 1500.5 0-3"
	if strings.Join(got, ";") != want {
		t.Errorf("printed %s, want %s", strings.Join(got, ";"), want)
	}
	if fmt.Sprint(r.Table.Rows) != "[[柳溪村 道路 1000.50] [柳溪村 路灯 200.00] [东岭村 道路 300.00]]" {
		t.Errorf("rows %v", r.Table.Rows)
	}
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Message, "第 4 行 柳溪村小计“金额”1250.5，实际 1200.5") {
		t.Errorf("findings %+v", r.Findings)
	}
	if r.Table.Sites != nil || r.Table.By != "village" {
		t.Errorf("sites %v by %s", r.Table.Sites, r.Table.By)
	}
	// A total above the rows, as budgets have it, and subtotals above theirs.
	r = build(t, sheetOf("项目|金额（万元）", "合计|10", "教育小计|6", "校车|2", "午餐|4", "卫生小计|5", "疫苗|4"))
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Message, "第 6 行 卫生小计“金额”5，实际 4") || !r.HasTotal {
		t.Errorf("totals above: %+v %v", r.Findings, r.Printed)
	}
}

func TestTwoHeadingRowsWithShares(t *testing.T) {
	s := sheetOf("2026年衔接资金项目表", "单位:万元", "序号|项目名称|资金||备注", "|| 中央 |省级|", "1|灌溉渠|30|12.5|", "2|产业路|20|0.5|")
	s.Merged = append(s.Merged, Merge{2, 2, 2, 3}, Merge{2, 0, 3, 0}, Merge{2, 1, 3, 1}, Merge{2, 4, 3, 4})
	m := Guess(s, nil)
	if m.Head != 2 || m.Heads != 2 {
		t.Fatalf("heading %d+%d", m.Head, m.Heads)
	}
	r := Build(s, m, nil, nil)
	if got, want := columnsOf(r.Table), "项目名称:text 中央/万元:sum 省级/万元:sum 合计/万元:sum!"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	if fmt.Sprint(r.Table.Rows) != "[[灌溉渠 30 12.5 42.5] [产业路 20 0.5 20.5]]" {
		t.Errorf("rows %v", r.Table.Rows)
	}
	if len(r.Sources) != 2 || r.Sources[0] != (playlist.FundSource{Name: "中央", Amount: 50 * playlist.Wan}) || r.Sources[1].Name != "省级" {
		t.Errorf("sources %v", r.Sources)
	}
}

func TestHouseholds(t *testing.T) {
	s := sheetOf("耕地地力保护补贴发放表", "村|户主姓名|身份证号|面积（亩）|标准（元/亩）|金额（元）|一卡通号|联系电话",
		"柳溪|欧阳娜娜|11010519491231002X|3.5|95|332.50|6222021234567890128|13812345678",
		"柳溪村委会|张三|110105194912310021|2|95|190|6222021234567890128|13812345678",
		"石岭|李四|110105194912310021|2|95|200|6222021234567890128|13812345678")
	s.Rows[3].Hidden = true
	r := build(t, s)
	if got, want := columnsOf(r.Table), "村:text 户主姓名:text 面积/亩:sum 标准/元/亩:number 金额/元:sum!"; got != want {
		t.Fatalf("columns %s, want %s", got, want)
	}
	if r.Table.Rows[0][1] != "欧**娜" || r.Table.Rows[1][1] != "张*" {
		t.Errorf("names %v", r.Table.Rows)
	}
	if r.Table.Sites != nil {
		t.Errorf("a village has several rows, and a screen would take one for all: %v", r.Table.Sites)
	}
	if ids, unknown := Places(r.Table.Rows, 0, villages, nil); fmt.Sprint(ids) != "[liuxi liuxi ]" || fmt.Sprint(unknown) != "[石岭]" {
		t.Errorf("sites %v, unknown %v", ids, unknown)
	}
	if p := r.Table.Product; p == nil || *p != (playlist.Product{Quantity: 2, Rate: 3, Result: 4}) {
		t.Errorf("product %+v", r.Table.Product)
	}
	if !slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Line == 4 && strings.Contains(n.Zh, "隐藏") }) {
		t.Errorf("notes %+v", r.Notes)
	}
	for _, row := range r.Table.Rows {
		if strings.Contains(strings.Join(row, " "), "110105") {
			t.Errorf("an ID number was taken: %v", row)
		}
	}
	s = sheetOf("村|金额（元）", "柳溪村委会|5", "望川镇东岭村|7", "石岭|8")
	r = Build(s, Guess(s, villages), villages, nil)
	if fmt.Sprint(r.Table.Sites) != "[liuxi dongling ]" || fmt.Sprint(r.Unknown) != "[石岭]" || r.Table.By != "village" {
		t.Errorf("by village: %v, unknown %v", r.Table.Sites, r.Unknown)
	}
	r = Build(s, Guess(s, villages), villages, map[string]playlist.SiteID{"石岭": "wangchuan-sq"})
	if fmt.Sprint(r.Table.Sites) != "[liuxi dongling wangchuan-sq]" || len(r.Unknown) != 0 {
		t.Errorf("chosen: %v %v", r.Table.Sites, r.Unknown)
	}
}

// Households are told to be there twice by what the notice does not show: numbers
// that are left out, names before they are masked.
func TestHouseholdsTwice(t *testing.T) {
	s := sheetOf("村|户主姓名|身份证号|金额（元）",
		"柳溪村|张三|11010519491231002X|10", "柳溪村|李四|440308199901010012|20", "东岭村|张叁|11010519491231002X|30", "柳溪村|王五丰||10", "柳溪村|王五丰||11", "东岭村|王五丰||11", "东岭村|王武丰||11")
	r := build(t, s)
	m := Mended{Table: r.Table, Lines: r.Lines, Printed: r.Printed, Pairs: r.Pairs}
	var got []string
	for _, f := range m.Check(0) {
		got = append(got, fmt.Sprintf("%d %s", f.Row, f.Message))
	}
	want := "2 第 3 行与第 1 行身份证号相同（Excel 第 4 行和第 2 行），是否重复发放？; 4 第 5 行与第 4 行姓名相同（Excel 第 6 行和第 5 行），是否重复发放？"
	if strings.Join(got, "; ") != want {
		t.Errorf("found %s\nwant %s", strings.Join(got, "; "), want)
	}
	m.Swap(3, 4)
	m.Remove(0)
	if left := m.Check(0); len(left) != 1 || left[0].Row != 2 {
		t.Errorf("after rows were moved: %+v", left)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		cell, want, unit string
		ok               bool
	}{
		{"1,234.50", "1234.5", "", true}, {"￥12", "12", "", true}, {"１２．５", "12.5", "", true}, {"—", "0", "", true}, {"", "0", "", true},
		{"303万元", "303", "万元", true}, {"-4.25", "-4.25", "", true}, {"12.299999999999999", "12.3", "", true}, {"0.30000000000000004", "0.3", "", true},
		{"1,23", "", "", false}, {"三万", "", "", false}, {"1.1234567", "", "", false}, {"4.5.6", "", "", false}, {"1e3", "1000", "", true}, {"(5)", "", "", false},
	} {
		v, unit, ok := number(c.cell)
		if ok != c.ok || ok && (format(v, 0) != c.want || unit != c.unit) {
			t.Errorf("%q: %v %q %v", c.cell, v, unit, ok)
		}
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA"} {
		if Letter(i) != want {
			t.Errorf("column %d is %s, want %s", i, Letter(i), want)
		}
	}
}

func TestUnitsAreConvertedOnlyIfTheyFit(t *testing.T) {
	r := build(t, sheetOf("项目|金额|单位", "a|30|万元", "b|125000|元", "c|4|元", "d|12|万元", "e|7|万元"))
	if fmt.Sprint(r.Table.Rows) != "[[a 30.0 万元] [b 12.5 万元] [c 4.0 元] [d 12.0 万元] [e 7.0 万元]]" {
		t.Errorf("rows %v", r.Table.Rows)
	}
	if u := r.found("unit"); len(u) != 1 || u[0].Row != 2 || !strings.Contains(u[0].Message, "一万倍") {
		t.Errorf("unit %+v", u)
	}
	r = build(t, sheetOf("项目|金额（千元）", "a|30.5", "b|2", "合计|32.5"))
	if columnsOf(r.Table) != "项目:text 金额/元:sum!" || r.Table.Rows[0][1] != "30500" || r.Total != 32500*playlist.Yuan || len(r.Findings) != 0 {
		t.Errorf("%s %v %v", columnsOf(r.Table), r.Table.Rows, r.Total)
	}
}

func TestRowsTwiceAndSharesThatDisagree(t *testing.T) {
	r := build(t, sheetOf("项目|中央（元）|县级（元）|合计（元）", "a|1|2|3", "b|1|1|3", "a|1|2|3"))
	if d := r.found("duplicate"); len(d) != 1 || d[0].Row != 2 || d[0].Line != 4 {
		t.Errorf("duplicate %+v", d)
	}
	if s := r.found("shares"); len(s) != 1 || s[0].Row != 1 || s[0].Letter != "D" {
		t.Errorf("shares %+v", s)
	}
	m := Mended{Table: r.Table, Lines: r.Lines}
	if !m.Apply(MendComputed, "shares", 1, 3) || m.Table.Rows[1][3] != "2" || !m.Apply(MendRemove, "duplicate", 2, 0) || len(m.Table.Rows) != 2 {
		t.Errorf("mended %v", m.Table.Rows)
	}
}

func TestCompare(t *testing.T) {
	before := build(t, sheetOf("村|金额（元）", "柳溪村|100", "东岭村|50", "河口村|7")).Table
	now := build(t, sheetOf("村|金额（万元）", "柳溪村|0.015", "东岭村|0.005", "新村|1")).Table
	d, ok := Compare(&before, &now)
	if !ok || d.New != 1 || d.Gone != 1 || d.Same != 1 || d.Changed != 1 {
		t.Fatalf("%+v", d)
	}
	if c := d.Changes[0]; c.Rate != "+50%" || !c.Big || c.Before != "0.01" || c.Diff != "+0.005" {
		t.Errorf("%+v", c)
	}
	if f := d.Findings(0, &now); len(f) != 1 || f[0].Row != 0 {
		t.Errorf("%+v", f)
	}
}

func TestNothing(t *testing.T) {
	for _, s := range []*Sheet{{}, sheetOf(""), sheetOf("a"), sheetOf("a|b"), sheetOf("1|2", "3|4"), sheetOf("项目|金额")} {
		r := build(t, s)
		for _, row := range r.Table.Rows {
			if len(row) != len(r.Table.Columns) {
				t.Errorf("%v: row %v of %d columns", s.Rows, row, len(r.Table.Columns))
			}
		}
	}
}

// Whatever a sheet holds, the table is square and the lines belong to its rows.
func FuzzBuild(f *testing.F) {
	f.Add(strings.Join(culture, "\n"), uint8(0), false)
	f.Add("村|户主姓名|身份证号|金额（元）\n柳溪村|张三|11010519491231002X|10\n^|李四||=1\n小计|||5\n合计|||11", uint8(1), true)
	f.Add("||\n|1|\n|一|\n合计||", uint8(3), false)
	f.Fuzz(func(t *testing.T, text string, head uint8, at bool) {
		if len(text) > 5000 {
			return
		}
		s := sheetOf(strings.Split(text, "\n")...)
		m := Guess(s, villages)
		if at {
			m = GuessAt(s, int(head), int(head%5), villages)
		}
		r := Build(s, m, villages, nil)
		if len(r.Lines) != len(r.Table.Rows) {
			t.Fatalf("%d lines of %d rows", len(r.Lines), len(r.Table.Rows))
		}
		for _, row := range r.Table.Rows {
			if len(row) != len(r.Table.Columns) {
				t.Fatalf("a row of %d cells in %d columns", len(row), len(r.Table.Columns))
			}
		}
		for i, c := range r.Table.Columns {
			if c.Money && c.Type != playlist.SumColumn {
				t.Fatalf("money column %d is %s", i, c.Type)
			}
		}
		whole := Mended{Table: r.Table, Lines: r.Lines, Printed: r.Printed, Pairs: r.Pairs}
		for range 20 {
			found := whole.Check(0)
			if len(found) == 0 {
				break
			}
			done := false
			for _, x := range found {
				for _, do := range Mends(&whole.Table, x.Code, x.Row, x.Column) {
					done = done || !done && whole.Apply(do, x.Code, x.Row, x.Column)
				}
			}
			if !done {
				break
			}
		}
		Tidy(&whole.Table)
		if d, ok := Compare(&r.Table, &whole.Table); ok && len(d.Changes) > len(r.Table.Rows)+len(whole.Table.Rows) {
			t.Fatalf("%d changes", len(d.Changes))
		}
	})
}
