package console

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fundsheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// fundView is what the template of fund notices needs beside the fields.
type fundView struct {
	Tables  []gridView
	Periods []string
	Paid    []option
	Units   []option
	Sources []fundSource
	Auto    string // where the money comes from by the tables, when nobody wrote it
	Total   string // of the tables
	Compare *compareView
	From    []string // names of sources that are offered
	Names   []string // units that are offered
}

// What is offered while somebody types; it is content, not words of the page.
var (
	sourceNames = []string{"中央", "省级", "市级", "县级", "乡镇", "村集体", "自筹"}
	unitNames   = []string{"元", "万元", "亩", "户", "人", "元/亩", "元/人", "平方米", "公里"}
)

type fundSource struct{ Name, Amount string }

// gridView is one table as the page shows it.
type gridView struct {
	I        int
	Input    string // under which its findings are
	Title    string
	By       []option
	Columns  []columnView
	Rows     []rowView
	Totals   []cellView
	Lead     int // columns before the first sum
	Label    string
	Count    int
	Large    bool
	Pages    []option
	Hidden   []hiddenField
	Unknown  []unknownPlace
	Notes    []string
	Told     string // what was imported just now
	Refused  string // why a file was not taken
	Again    string // shape of a mapping that was used without asking
	Numbered bool   // the table has its own numbers of rows
	Empty    bool   // nothing was written yet
}

type columnView struct {
	Name, Unit, Kind string
	Kinds            []option
	Number           bool
}

type rowView struct {
	I     int
	Cells []cellView
}

type cellView struct {
	Text   string
	Number bool
	Typed  bool   // an input of its own in a large table
	Name   string // of that input
	Wide   bool
	Label  string
}

type unknownPlace struct {
	Name  string
	Sites []option
}

// Mark says how a row is marked by findings: stop, look or nothing.
func (g gridView) Mark(found []finding, row int) string {
	prefix, mark := strconv.Itoa(row)+".", ""
	for _, f := range found {
		if strings.HasPrefix(f.Place, prefix) {
			if f.Stop && !strings.HasPrefix(f.Code, "sequence") {
				return "stop"
			}
			mark = "look"
		}
	}
	return mark
}

// Bad tells whether a cell is what a finding is about.
func (g gridView) Bad(found []finding, row, col int) bool {
	place := strconv.Itoa(row) + "." + strconv.Itoa(col)
	return slices.ContainsFunc(found, func(f finding) bool { return f.Place == place && f.Stop })
}

// Stops counts the findings of a table that stop publication.
func (g gridView) Stops(found []finding) int {
	n := 0
	for _, f := range found {
		if f.Stop {
			n++
		}
	}
	return n
}

const keptPerPage = 100

func (v *visit) fundView(f fields, n *playlist.Notice) (fundView, error) {
	p := fundView{Periods: periods(schedule.DateOf(v.local(v.Now()))), From: sourceNames, Names: unitNames}
	p.Paid = append(p.Paid, option{Value: "", Label: v.t("请选择"), Chosen: f.text("paid") == ""})
	for _, s := range paidStates {
		p.Paid = append(p.Paid, option{Value: s, Label: v.paidLabel(s), Chosen: f.text("paid") == s})
	}
	for _, u := range []string{"万元", "元"} {
		p.Units = append(p.Units, option{Value: u, Label: v.unitLabel(u), Chosen: f.text("money_unit") == u})
	}
	amounts := f.Values["source_amount"]
	for i, name := range f.Values["source"] {
		s := fundSource{Name: name}
		if i < len(amounts) {
			s.Amount = amounts[i]
		}
		if s != (fundSource{}) {
			p.Sources = append(p.Sources, s)
		}
	}
	if len(p.Sources) == 0 && n.Fund != nil && len(n.Fund.Sources) > 0 {
		var parts []string
		for _, s := range n.Fund.Sources {
			parts = append(parts, s.Name+" "+s.Amount.Short())
		}
		p.Auto = strings.Join(parts, v.t("，"))
	}
	for len(p.Sources) < 3 || p.Sources[len(p.Sources)-1] != (fundSource{}) {
		p.Sources = append(p.Sources, fundSource{})
	}
	sites, err := v.villages()
	if err != nil {
		return p, err
	}
	grids := v.grids(f)
	var found map[string][]finding
	for i := range grids {
		if grids[i].Kept {
			// A large table shows which of its rows are wrong; what was typed over
			// them is kept with the rows from now on.
			told := map[string]string{}
			for _, name := range []string{"notes", "taken", "remembered", "refused"} {
				told[name] = f.Get(gridField(i, name))
			}
			if err := v.putGrid(f, i, &grids[i]); err != nil {
				return p, err
			}
			for name, text := range told {
				f.Set(gridField(i, name), text)
			}
			if found == nil {
				problems, err := v.Desk.Check(v.ctx, *n)
				if err != nil {
					return p, err
				}
				found, _ = v.findings(fundForm(), f, v.findFund(f, n, problems))
			}
		}
		p.Tables = append(p.Tables, v.gridView(f, i, &grids[i], sites, found["t"+strconv.Itoa(i)]))
	}
	if sum, ok := fundsheet.Total(n.Fund.Tables); ok {
		p.Total = sum.Short()
	}
	if f.text("compare") != "" {
		if p.Compare, err = v.comparison(n); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (v *visit) paidLabel(s string) string {
	switch s {
	case "已拨付":
		return v.t("已拨付")
	case "部分拨付":
		return v.t("部分拨付")
	}
	return v.t("未拨付")
}

func (v *visit) unitLabel(u string) string {
	if u == "万元" {
		return v.t("万元")
	}
	return v.t("元")
}

func (v *visit) gridView(f fields, i int, g *grid, sites []playlist.Site, found []finding) gridView {
	t := &g.Table
	name := func(s string) string { return gridField(i, s) }
	p := gridView{I: i, Input: "t" + strconv.Itoa(i), Title: t.Title, Count: len(t.Rows), Large: g.Kept, Refused: f.text(name("refused")), Again: f.text(name("remembered"))}
	for _, by := range []struct{ value, label string }{{"item", v.t("按项目")}, {"village", v.t("按村（社区）")}, {"household", v.t("按户")}} {
		p.By = append(p.By, option{Value: by.value, Label: by.label, Chosen: t.By == by.value})
	}
	for _, c := range t.Columns {
		kind := string(c.Type)
		if c.Money {
			kind = "money"
		}
		col := columnView{Name: c.Name, Unit: c.Unit, Number: c.Type != playlist.TextColumn}
		for _, k := range []struct{ value, label string }{{"text", v.t("文字")}, {"number", v.t("数字，不相加")}, {"sum", v.t("数字，相加")}, {"money", v.t("金额，与总额核对")}} {
			col.Kinds = append(col.Kinds, option{Value: k.value, Label: k.label, Chosen: k.value == kind})
			if k.value == kind {
				col.Kind = k.label
			}
		}
		p.Columns = append(p.Columns, col)
		p.Numbered = p.Numbered || c.Name == "序号"
	}
	p.Empty = !slices.ContainsFunc(t.Rows, func(row []string) bool {
		return slices.ContainsFunc(row, func(s string) bool { return s != "" })
	})
	rows, first := t.Rows, 0
	if g.Kept {
		pages := (len(rows) + keptPerPage - 1) / keptPerPage
		g.Page = min(max(g.Page, 0), max(pages-1, 0))
		first = g.Page * keptPerPage
		rows = rows[min(first, len(rows)):min(first+keptPerPage, len(rows))]
		p.Pages = pagesOf(g.Page, pages)
		f.Set(name("page"), strconv.Itoa(g.Page))
		for _, h := range []string{"kept", "page"} {
			if text := f.Get(name(h)); text != "" {
				p.Hidden = append(p.Hidden, hiddenField{name(h), text})
			}
		}
	} else if text := f.Get(name("lines")); text != "" {
		p.Hidden = append(p.Hidden, hiddenField{name("lines"), text})
	}
	for _, h := range []string{"printed", "pairs", "places", "product"} {
		if text := f.Get(name(h)); text != "" {
			p.Hidden = append(p.Hidden, hiddenField{name(h), text})
		}
	}
	wrong := map[int]bool{}
	for _, x := range found {
		if row, _, ok := strings.Cut(x.Place, "."); ok && row != "" {
			r, _ := strconv.Atoi(row)
			wrong[r] = true
		}
	}
	for k, cells := range rows {
		row := rowView{I: first + k}
		for c, text := range cells {
			cell := cellView{Text: text, Number: p.Columns[c].Number, Label: v.t("第 %d 行，%s", row.I+1, p.Columns[c].Name)}
			if g.Kept && wrong[row.I] {
				cell.Typed, cell.Name = true, fmt.Sprintf("%s%d.%d", name("fix."), row.I, c)
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Rows = append(p.Rows, row)
	}
	tidy, unknown := g.table(sites)
	p.totals(&tidy)
	for _, u := range unknown[:min(len(unknown), 30)] {
		p.Unknown = append(p.Unknown, unknownPlace{u, v.siteOptions(sites, "")})
	}
	if text := f.text(name("notes")); text != "" {
		p.Notes = strings.Split(text, "\n")
	}
	if n, err := strconv.Atoi(f.text(name("taken"))); err == nil {
		p.Told = v.t("已导入 %d 行。", n)
	}
	return p
}

// totals makes the line below the table: one label over the columns before the
// first sum, then the sums.
func (p *gridView) totals(t *playlist.FundTable) {
	sums := t.Totals()
	p.Lead = slices.IndexFunc(sums, func(s string) bool { return s != "" })
	if p.Lead < 0 {
		p.Lead = len(sums)
	}
	for c := p.Lead; c < len(sums); c++ {
		cell := cellView{Text: sums[c], Number: sums[c] != ""}
		p.Totals = append(p.Totals, cell)
	}
}

// pagesOf lists the pages of a large table around the one that is shown.
func pagesOf(now, all int) []option {
	var out []option
	for k := range all {
		if all <= 9 || k == 0 || k == all-1 || k >= now-2 && k <= now+2 {
			out = append(out, option{Value: strconv.Itoa(k), Label: strconv.Itoa(k + 1), Chosen: k == now})
		}
	}
	return out
}

// tellFund tells a script the sums while someone types.
func (v *visit) tellFund(f fields, n *playlist.Notice, out *checked) {
	if out.Facts == nil {
		out.Facts = map[string]string{}
	}
	if sum, ok := fundsheet.Total(n.Fund.Tables); ok {
		out.Facts["total"] = sum.Short()
	}
	var parts []string
	for _, s := range n.Fund.Sources {
		parts = append(parts, s.Name+" "+s.Amount.Short())
	}
	out.Facts["sources"] = strings.Join(parts, v.t("，"))
}

// compareView is the table compared with that of the period before.
type compareView struct {
	Title  string
	ID     playlist.NoticeID
	None   string // why there is nothing to compare
	Tables []fundsheet.Difference
}

// comparison finds the notice of the period before and compares the tables, first
// with first.
func (v *visit) comparison(n *playlist.Notice) (*compareView, error) {
	before, err := v.periodBefore(n)
	if err != nil {
		return nil, err
	}
	if before == nil {
		return &compareView{None: v.t("没有找到上期：同一站点、同一栏目里没有标题相近的资金公示。")}, nil
	}
	p := &compareView{Title: before.Title, ID: before.ID}
	for i := range min(len(before.Fund.Tables), len(n.Fund.Tables)) {
		if d, ok := fundsheet.Compare(&before.Fund.Tables[i], &n.Fund.Tables[i]); ok {
			p.Tables = append(p.Tables, d)
		}
	}
	if len(p.Tables) == 0 {
		p.None = v.t("上期《%s》的表没有金额列，无法比较。", before.Title)
	}
	return p, nil
}

// periodBefore finds the last published fund notice of the site and the column
// whose title is the same but for the period; nil if there is none.
func (v *visit) periodBefore(n *playlist.Notice) (*playlist.Notice, error) {
	sees, err := v.viewer()
	if err != nil {
		return nil, err
	}
	rows, err := v.Store.Notices(v.ctx, store.NoticeFilter{Viewer: sees, Sites: []playlist.SiteID{n.Site}, Kind: playlist.KindFund, Column: n.Column, Limit: 200})
	if err != nil {
		return nil, err
	}
	want := fundsheet.WithoutPeriod(n.Title)
	for _, row := range rows {
		if row.ID == n.ID || row.Live == 0 || fundsheet.WithoutPeriod(row.Title) != want {
			continue
		}
		version, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Live)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		old, err := version.Decode()
		if err != nil {
			return nil, err
		}
		if old.Fund != nil && old.Fund.Period != n.Fund.Period {
			return old, nil
		}
	}
	return nil, nil
}
