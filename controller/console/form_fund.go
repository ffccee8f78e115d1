package console

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fundsheet"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// fundForm writes fund notices: what money, for what, by which standard, and where
// it went, as tables (B17).
func fundForm() *kindForm {
	return &kindForm{
		name: "fund", kind: playlist.KindFund, page: "write_fund", pictures: true,
		words: func(v *visit) formWords {
			return formWords{Name: v.t("资金公示"), Sentence: v.t("资金的来源、数量、标准、用途和去向。表格可以从 Excel 拖进来，自动核算。")}
		},
		fresh: func(v *visit, f fields) {
			today := schedule.DateOf(v.local(v.Now()))
			f.Set("period", periods(today)[0])
			f.Set("money_unit", "万元")
			f.Set("posting_from", today.String())
			f.Set("posting_days", "10")
			f.Set("objection", "对公示内容有异议的，请在公示期内拨打监督电话，或者向发布机构反映。")
			f.Set("tables", "1")
			g := v.emptyGrid()
			_ = v.putGrid(f, 0, &g) // a small table is not kept apart
		},
		fill: func(v *visit, f fields, n *playlist.Notice) { v.fillFund(f, n.Fund) },
		read: func(v *visit, f fields, n *playlist.Notice) []playlist.Problem { return v.readFund(f, n) },
		field: func(v *visit, f fields, path string) (string, string, bool) {
			return fundInput(path)
		},
		view: func(v *visit, f fields, n *playlist.Notice) (any, error) { return v.fundView(f, n) },
		find: func(v *visit, f fields, n *playlist.Notice, found []playlist.Problem) ([]playlist.Problem, error) {
			return v.findFund(f, n, found), nil
		},
		mends: func(v *visit, f fields, problems []playlist.Problem) []mending { return v.mendsOfFund(f, problems) },
		act:   func(v *visit, f fields, n *playlist.Notice, do string) (acted, error) { return v.actFund(f, n, do) },
		tell:  func(v *visit, f fields, n *playlist.Notice, out *checked) { v.tellFund(f, n, out) },
	}
}

var fundPath = regexp.MustCompile(`^fund\.tables\[(\d+)\](?:\.rows\[(\d+)\](?:\[(\d+)\])?|\.columns\[(\d+)\])?`)

// fundInput says beside which input a problem of a fund notice stands.
func fundInput(path string) (input, before string, ok bool) {
	rest, ok := strings.CutPrefix(path, "fund.")
	if !ok {
		return "", "", false
	}
	if m := fundPath.FindStringSubmatch(path); m != nil {
		return "t" + m[1], "", true
	}
	switch name, _, _ := strings.Cut(strings.ReplaceAll(rest, "[", "."), "."); name {
	case "sources":
		return "sources", "", true
	case "tables":
		return "t0", "", true
	case "status":
		return "paid", "", true
	default:
		return name, "", true
	}
}

// periods offers the periods that notices are about these days, the likeliest
// first: the quarter that ended last.
func periods(today schedule.Date) []string {
	year, month := today.Year, int(today.Month)
	quarter := func(y, q int) string {
		if q < 1 {
			y, q = y-1, q+4
		}
		return fmt.Sprintf("%d年第%c季度", y, []rune("一二三四")[q-1])
	}
	q := (month-1)/3 + 1
	last, lastYear := month-1, year
	if last == 0 {
		last, lastYear = 12, year-1
	}
	half := fmt.Sprintf("%d年上半年", year)
	if month <= 6 {
		half = fmt.Sprintf("%d年下半年", year-1)
	}
	return []string{quarter(year, q-1), quarter(year, q), fmt.Sprintf("%d年%d月", lastYear, last), fmt.Sprintf("%d年%d月", year, month), half, fmt.Sprintf("%d年度", year)}
}

// paidStates are how far the money has gone, as it stands in a notice.
var paidStates = []string{"已拨付", "部分拨付", "未拨付"}

// fillFund fills the form from a notice.
func (v *visit) fillFund(f fields, fund *playlist.Fund) {
	f.Set("period", fund.Period)
	f.Set("purpose", fund.Purpose)
	f.Set("standard", fund.Standard)
	f.Set("approver", fund.Approver)
	state, note, _ := strings.Cut(fund.Status, "：")
	if !slices.Contains(paidStates, state) {
		state, note = "", fund.Status
	}
	f.Set("paid", state)
	f.Set("paid_note", note)
	unit := playlist.Yuan
	f.Set("money_unit", "元")
	if fund.Total >= playlist.Wan {
		unit = playlist.Wan
		f.Set("money_unit", "万元")
	}
	if sum, ok := fundsheet.Total(fund.Tables); !ok || sum != fund.Total {
		f.Set("total", inUnit(fund.Total, unit))
	}
	for _, s := range fund.Sources {
		f.Add("source", s.Name)
		f.Add("source_amount", inUnit(s.Amount, unit))
	}
	grids := make([]grid, len(fund.Tables))
	for i, t := range fund.Tables {
		grids[i].Table = t
		grids[i].Places = placesOf(&t)
	}
	if err := v.putGrids(f, grids); err != nil {
		v.Log.Error("a large table could not be kept for the form", "err", err)
	}
}

// placesOf keeps which sites the rows of a table were said to be of.
func placesOf(t *playlist.FundTable) map[string]playlist.SiteID {
	col := fundsheet.VillageColumn(t)
	if col < 0 || len(t.Sites) == 0 {
		return nil
	}
	out := map[string]playlist.SiteID{}
	for i, row := range t.Rows {
		if i < len(t.Sites) && t.Sites[i] != "" && col < len(row) {
			out[row[col]] = t.Sites[i]
		}
	}
	return out
}

// inUnit writes an amount as a plain number of a unit.
func inUnit(a, unit playlist.Amount) string {
	if unit == playlist.Wan {
		return strings.ReplaceAll(strings.TrimSuffix(a.Wan(), " 万元"), ",", "")
	}
	return a.Plain()
}

// readFund puts the fields into the notice.
func (v *visit) readFund(f fields, n *playlist.Notice) (problems []playlist.Problem) {
	fund := playlist.Fund{Period: f.text("period"), Purpose: f.text("purpose"), Standard: f.text("standard"), Approver: f.text("approver"), Sources: []playlist.FundSource{}, Tables: []playlist.FundTable{}}
	fund.Status = f.text("paid")
	if note := f.text("paid_note"); note != "" {
		if fund.Status != "" {
			fund.Status += "："
		}
		fund.Status += note
	} else if fund.Status == "未拨付" || fund.Status == "部分拨付" {
		problems = append(problems, playlist.Problem{Field: "fund.status", Code: "reason", Message: "没有全部拨付的，请说明原因", MessageEn: "say why it has not all been paid", Severity: playlist.Wrong})
	}
	sites, err := v.villages()
	if err != nil {
		v.Log.Error("sites could not be read for a fund notice", "err", err)
	}
	for i, g := range v.grids(f) {
		t, _ := g.table(sites)
		if g.Lost {
			problems = append(problems, invalid(fmt.Sprintf("fund.tables[%d]", i), "这张表的内容没有找到，请从 Excel 重新导入", "the rows of this table are gone; import it again"))
		}
		fund.Tables = append(fund.Tables, t)
	}
	unit := f.text("money_unit")
	money := func(field, text string) playlist.Amount {
		a, err := typedAmount(text, unit)
		if err != nil {
			problems = append(problems, invalid(field, "“"+text+"”不是金额，请只写数字", "this is not an amount; write the number alone"))
		}
		return a
	}
	if text := f.text("total"); text != "" {
		fund.Total = money("fund.total", text)
	} else if sum, ok := fundsheet.Total(fund.Tables); ok {
		fund.Total = sum
	}
	amounts := f.Values["source_amount"]
	for i, name := range f.Values["source"] {
		text := ""
		if i < len(amounts) {
			text = strings.TrimSpace(amounts[i])
		}
		if name = strings.TrimSpace(name); name == "" && text == "" {
			continue
		}
		s := playlist.FundSource{Name: name}
		if text == "" {
			problems = append(problems, playlist.Problem{Field: "fund.sources", Code: "amount", Message: "“" + name + "”没有写金额", MessageEn: "a source has no amount", Severity: playlist.Wrong})
		} else {
			s.Amount = money("fund.sources", text)
		}
		fund.Sources = append(fund.Sources, s)
	}
	if len(fund.Sources) == 0 {
		for i := range fund.Tables {
			if s := fundsheet.SourcesOf(&fund.Tables[i]); s != nil {
				fund.Sources = s
				break
			}
		}
	}
	n.Fund = &fund
	return problems
}

// typedAmount reads an amount that may carry its own unit; without one it is in the
// form's.
func typedAmount(text, unit string) (playlist.Amount, error) {
	text = strings.ReplaceAll(text, " ", "")
	if !strings.ContainsAny(text, "元万亿") {
		text += unit
	}
	return playlist.ParseAmount(text)
}

// villages lists the sites that rows may be of: those at which the person acts.
func (v *visit) villages() ([]playlist.Site, error) { return v.own() }

// findFund adds what only the form finds: units, gaps in the numbers, printed totals.
// Where both found the same the words of the form stand, with the graver severity.
func (v *visit) findFund(f fields, n *playlist.Notice, found []playlist.Problem) []playlist.Problem {
	out := slices.Clone(found)
	for i, g := range v.grids(f) {
		if i >= len(n.Fund.Tables) {
			break
		}
		t := &n.Fund.Tables[i]
		g.Table = *t
		for _, own := range g.Check(i) {
			at := slices.IndexFunc(out, func(p playlist.Problem) bool { return p.Field == own.Field && p.Code == own.Code })
			if at < 0 {
				out = append(out, own.Problem)
				continue
			}
			if out[at].Severity == playlist.Wrong {
				own.Problem.Severity = playlist.Wrong
			}
			out[at] = own.Problem
		}
		for k := range out {
			out[k] = named(out[k], i, t)
		}
	}
	return out
}

// named calls a row by its own number where a table has numbers.
func named(p playlist.Problem, table int, t *playlist.FundTable) playlist.Problem {
	m := fundPath.FindStringSubmatch(p.Field)
	if m == nil || m[1] != strconv.Itoa(table) || m[2] == "" {
		return p
	}
	row, _ := strconv.Atoi(m[2])
	if name := fundsheet.RowName(t, row); name != strconv.Itoa(row+1) && p.Code != "sequence" && p.Code != "unit" && p.Code != "duplicate" && p.Code != "shares" {
		p.Message = strings.Replace(p.Message, fmt.Sprintf("第 %d 行", row+1), "第 "+name+" 行", 1)
		p.MessageEn = strings.Replace(p.MessageEn, fmt.Sprintf("row %d", row+1), "row "+name, 1)
	}
	if name := fundsheet.RowName(t, row); !strings.Contains(p.Message, "行") && p.Code != "sequence" {
		p.Message, p.MessageEn = "第 "+name+" 行："+p.Message, "row "+name+": "+p.MessageEn
	}
	return p
}

// mendsOfFund says where problems are in the tables and what mends them.
func (v *visit) mendsOfFund(f fields, problems []playlist.Problem) []mending {
	out := make([]mending, len(problems))
	var grids []grid
	for i, p := range problems {
		if p.Field == "fund.sources" && p.Code == "sum" {
			out[i].Mends = []mend{{Do: "sources", Label: v.t("按表格重新计算")}}
		}
		if p.Field == "fund.total" && f.text("total") != "" {
			out[i].Mends = []mend{{Do: "total", Label: v.t("采用计算结果")}}
		}
		m := fundPath.FindStringSubmatch(p.Field)
		if m == nil {
			continue
		}
		if grids == nil {
			grids = v.grids(f)
		}
		table, _ := strconv.Atoi(m[1])
		if table >= len(grids) {
			continue
		}
		row, col := -1, -1
		if m[2] != "" {
			row, _ = strconv.Atoi(m[2])
			col, _ = strconv.Atoi(m[3])
			out[i].Place = strconv.Itoa(row) + "." + strconv.Itoa(col)
		} else if m[4] != "" {
			col, _ = strconv.Atoi(m[4])
			out[i].Place = "." + m[4]
		}
		if p.Code == "sum" && f.text("total") != "" {
			out[i].Mends = []mend{{Do: "total", Label: v.t("采用计算结果")}}
		}
		for _, do := range fundsheet.Mends(&grids[table].Table, p.Code, row, col) {
			out[i].Mends = append(out[i].Mends, mend{
				Do:    fmt.Sprintf("mend:%d:%s:%s:%d:%d", table, do, p.Code, row, col),
				Label: v.mendLabel(do, &grids[table].Table, p.Code),
			})
		}
		if len(out[i].Mends) == 0 && m[3] != "" {
			out[i].Mends = v.cellMends(p, table, row, col)
		}
	}
	return out
}

// cellMends offers what the desk would put into a cell: a masked number, a word in its
// right writing.
func (v *visit) cellMends(p playlist.Problem, table, row, col int) []mend {
	var out []mend
	for _, f := range v.inspected.found[p.Field+"."+p.Code] {
		whole, ok := v.inspected.notice.Text(p.Field)
		if !ok || f.To > len(whole) || f.From > f.To {
			continue
		}
		for _, fix := range f.Fixes {
			if fix.Row == 0 && len(fix.More) == 0 {
				out = append(out, mend{Do: fmt.Sprintf("set:%d:%d:%d:%s", table, row, col, whole[:f.From]+fix.Text+whole[f.To:]), Label: v.words(fix.Label, fix.LabelEn)})
			}
		}
	}
	return out[:min(len(out), 3)]
}

func (v *visit) mendLabel(do fundsheet.Mend, t *playlist.FundTable, code string) string {
	switch do {
	case fundsheet.MendUnit:
		if i := slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return c.Money }); i >= 0 && v.lang == chinese {
			return v.t("改为%s", t.Columns[i].Unit)
		}
		return v.t("改成和其余各行一样")
	case fundsheet.MendInsert:
		return v.t("补一行")
	case fundsheet.MendNumber:
		return v.t("重新编号")
	case fundsheet.MendComputed:
		return v.t("采用计算结果")
	case fundsheet.MendRemove:
		if code == "duplicate" {
			return v.t("删除重复行")
		}
		return v.t("删除这一行")
	case fundsheet.MendMask:
		return v.t("遮盖")
	}
	return string(do)
}
