package console

import (
	"net/url"
	"strconv"

	"mingbai/playlist"
	"mingbai/playlist/duty"
)

type columnsPage struct {
	frame
	None   bool   // the visitor has no column to keep
	View   string // tree, missed or near
	Tabs   []option
	Counts dutyCounts
	Tree   []columnRow
	Rows   []dutyRow
	First  int
	Last   int
	Total  int
	Older  string // address of the page before, empty when there is none
	Newer  string
	Manage bool
	Write  bool
}

type dutyCounts struct{ Overdue, Empty, Stale, Near, Good int }

func (c *dutyCounts) add(s duty.State) {
	switch s {
	case duty.Overdue:
		c.Overdue++
	case duty.Empty:
		c.Empty++
	case duty.Stale:
		c.Stale++
	case duty.Near:
		c.Near++
	default:
		c.Good++
	}
}

// columnRow is one line of the tree.
type columnRow struct {
	playlist.Column
	Name        string
	Depth       int
	Branch      bool
	Duty        string
	Owner       string
	LastAt      string
	Idle        string
	State, Tone string
	Counts      dutyCounts // of a branch, or of a column that many sites fill
	Many        bool
	Write       string
}

// dutyRow is one column at one place.
type dutyRow struct {
	dutyAt
	Name, Path  string // of the column, and of those above it
	SiteName    string
	Duty, Owner string
	LastAt      string
	State, Tone string
	Write       string
}

func listColumns(v *visit) error {
	p := columnsPage{frame: v.page(v.t("栏目与时限")), View: v.query("view"), Manage: v.has(manages) && v.catalogue() == nil, Write: v.has(writes)}
	if p.View != "missed" && p.View != "near" {
		p.View = "tree"
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	own, err := v.ownDuties()
	if err != nil {
		return err
	}
	p.None = len(own) == 0 && p.View == "tree"
	for _, d := range own {
		p.Counts.add(d.State)
	}
	p.Tabs = []option{
		{Value: "/columns", Label: v.t("全部栏目"), Chosen: p.View == "tree"},
		{Value: "/columns?view=missed", Label: v.t("空白和超期 %d", p.Counts.Overdue+p.Counts.Empty+p.Counts.Stale), Chosen: p.View == "missed"},
		{Value: "/columns?view=near", Label: v.t("快到期 %d", p.Counts.Near), Chosen: p.View == "near"},
	}
	if p.View == "tree" {
		all, err := v.allDuties()
		if err != nil {
			return err
		}
		p.Tree, err = v.columnTree(columns, all)
		if err != nil {
			return err
		}
		return v.show("columns", p)
	}
	var rows []dutyAt
	for _, s := range duty.States {
		for _, d := range own {
			if d.State == s && (s == duty.Near) == (p.View == "near") && s != duty.Good {
				rows = append(rows, d)
			}
		}
	}
	from := min(v.count("from", 1<<30), len(rows))
	p.Total = len(rows)
	rows = rows[from:min(from+perPage, len(rows))]
	if len(rows) > 0 {
		p.First, p.Last = from+1, from+len(rows)
	}
	if p.Rows, err = v.dutyRows(columns, rows); err != nil {
		return err
	}
	at := func(from int) string {
		return "/columns?" + url.Values{"view": {p.View}, "from": {strconv.Itoa(from)}}.Encode()
	}
	if from > 0 {
		p.Older = at(max(from-perPage, 0))
	}
	if p.Last < p.Total && len(rows) > 0 {
		p.Newer = at(from + perPage)
	}
	return v.show("columns", p)
}

func (v *visit) columnTree(columns []playlist.Column, all []dutyAt) ([]columnRow, error) {
	departments, err := v.departmentNames()
	if err != nil {
		return nil, err
	}
	of := map[playlist.ColumnID][]dutyAt{}
	for _, d := range all {
		of[d.Column.ID] = append(of[d.Column.ID], d)
	}
	var out []columnRow
	var walk func(parent playlist.ColumnID, depth int) dutyCounts
	walk = func(parent playlist.ColumnID, depth int) (sum dutyCounts) {
		for _, c := range columns {
			if c.Parent != parent {
				continue
			}
			r := columnRow{Column: c, Name: v.columnLabel(c), Depth: depth, Branch: isBranch(columns, c.ID), Owner: v.ownerOf(c, departments)}
			at := len(out)
			out = append(out, r)
			r.Counts = walk(c.ID, depth+1)
			if !r.Branch {
				r.Duty = v.dutyWords(c)
				v.fillColumnRow(&r, of[c.ID])
			}
			out[at] = r
			sum.Overdue, sum.Empty, sum.Stale = sum.Overdue+r.Counts.Overdue, sum.Empty+r.Counts.Empty, sum.Stale+r.Counts.Stale
			sum.Near, sum.Good = sum.Near+r.Counts.Near, sum.Good+r.Counts.Good
		}
		return sum
	}
	walk("", 0)
	return out, nil
}

func (v *visit) fillColumnRow(r *columnRow, at []dutyAt) {
	r.Many = len(r.Kinds) > 0
	for _, d := range at {
		r.Counts.add(d.State)
	}
	switch {
	case r.Many:
		var last dutyAt
		for _, d := range at {
			if d.Last.After(last.Last) {
				last = d
			}
		}
		r.LastAt = v.lastAt(last)
	case len(at) == 1:
		r.State, r.Tone = v.standing(at[0].Standing)
		r.LastAt, r.Write = v.lastAt(at[0]), writeFor(r.Column, "")
	}
}

func (v *visit) lastAt(d dutyAt) string {
	if d.Last.IsZero() {
		return v.t("从未发布")
	}
	return v.t("%s，%s", v.clock(d.Last), v.ago(d.Last))
}

func (v *visit) dutyRows(columns []playlist.Column, all []dutyAt) ([]dutyRow, error) {
	departments, err := v.departmentNames()
	if err != nil {
		return nil, err
	}
	byID := map[playlist.ColumnID]playlist.Column{}
	for _, c := range columns {
		byID[c.ID] = c
	}
	var out []dutyRow
	for _, d := range all {
		r := dutyRow{dutyAt: d, Name: v.columnLabel(d.Column), Duty: v.dutyWords(d.Column), Owner: v.ownerOf(d.Column, departments), LastAt: v.lastAt(d), Write: writeFor(d.Column, d.Site)}
		if up, ok := byID[d.Column.Parent]; ok {
			r.Path = v.columnLabel(up)
		}
		if d.Site != "" {
			r.SiteName = v.siteName(d.Site)
		}
		r.State, r.Tone = v.standing(d.Standing)
		out = append(out, r)
	}
	return out, nil
}

func (v *visit) departmentNames() (map[string]string, error) {
	all, err := v.Store.Departments(v.ctx)
	names := make(map[string]string, len(all))
	for _, d := range all {
		names[string(d.ID)] = v.words(d.Name, d.NameEn)
	}
	return names, err
}

// ownerOf is who keeps a column: the department, or the office as it was written.
func (v *visit) ownerOf(c playlist.Column, departments map[string]string) string {
	if name := departments[c.Department]; name != "" {
		return name
	}
	return c.Owner
}
