package console

import (
	"slices"
	"strconv"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/schedule"
)

type columnPage struct {
	frame
	Column  playlist.Column
	Path    []playlist.Column
	Names   []string // of Path, in the visitor's language
	Below   []columnRow
	Facts   []fact
	State   string
	Tone    string
	Counts  dutyCounts
	Many    bool
	Rows    []dutyRow // one for each site that must fill it
	First   int
	Last    int
	Total   int
	Older   string
	Newer   string
	Periods []periodPiece
	Kept    int // periods of Periods kept in time
	Filed   []filedRow
	Manage  bool
	Add     string // address of the form, empty for who does not write
}

// periodPiece is one period of the duty in a row of pieces.
type periodPiece struct {
	Name, Tone string
}

type filedRow struct {
	store.Filed
	By             string
	SiteName, When string
}

// filedShown is how many publications a column's page lists.
const filedShown = 12

// column finds the column of the address.
func (v *visit) column() (playlist.Column, []playlist.Column, error) {
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return playlist.Column{}, nil, err
	}
	i := slices.IndexFunc(columns, func(c playlist.Column) bool { return string(c.ID) == v.r.PathValue("column") })
	if i < 0 {
		return playlist.Column{}, nil, store.ErrNotFound
	}
	return columns[i], columns, nil
}

func showColumn(v *visit) error {
	c, columns, err := v.column()
	if err != nil {
		return err
	}
	p := columnPage{frame: v.page(v.columnLabel(c)), Column: c, Many: len(c.Kinds) > 0, Manage: v.has(manages) && v.catalogue() == nil}
	for up := c.Parent; up != "" && len(p.Path) < 16; {
		i := slices.IndexFunc(columns, func(x playlist.Column) bool { return x.ID == up })
		if i < 0 {
			break
		}
		p.Path, p.Names = append([]playlist.Column{columns[i]}, p.Path...), append([]string{v.columnLabel(columns[i])}, p.Names...)
		up = columns[i].Parent
	}
	all, err := v.allDuties()
	if err != nil {
		return err
	}
	mine := slices.DeleteFunc(slices.Clone(all), func(d dutyAt) bool { return d.Column.ID != c.ID })
	for _, d := range mine {
		p.Counts.add(d.State)
	}
	if isBranch(columns, c.ID) {
		tree, err := v.columnTree(columns, all)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(tree, func(r columnRow) bool { return r.ID == c.ID })
		p.Counts = tree[at].Counts
		for _, r := range tree[at+1:] {
			if r.Depth <= tree[at].Depth {
				break
			}
			r.Depth -= tree[at].Depth + 1
			p.Below = append(p.Below, r)
		}
	} else if err := v.oneColumn(&p, columns, mine); err != nil {
		return err
	}
	if err := v.columnFacts(&p); err != nil {
		return err
	}
	if v.has(writes) {
		p.Add = writeFor(c, "")
	}
	return v.show("column", p)
}

// oneColumn adds how a column that notices are filed in stands, and what was
// published there.
func (v *visit) oneColumn(p *columnPage, columns []playlist.Column, at []dutyAt) error {
	if !p.Many && len(at) == 1 {
		p.State, p.Tone = v.standing(at[0].Standing)
	}
	if p.Many {
		slices.SortStableFunc(at, func(a, b dutyAt) int {
			return slices.Index(duty.States, a.State) - slices.Index(duty.States, b.State)
		})
		from := min(v.count("from", 1<<30), len(at))
		p.Total = len(at)
		at = at[from:min(from+perPage, len(at))]
		p.First, p.Last = from+1, from+len(at)
		page := func(from int) string { return "/columns/" + string(p.Column.ID) + "?from=" + strconv.Itoa(from) }
		if from > 0 {
			p.Older = page(max(from-perPage, 0))
		}
		if p.Last < p.Total {
			p.Newer = page(from + perPage)
		}
		rows, err := v.dutyRows(columns, at)
		if err != nil {
			return err
		}
		p.Rows = rows
	}
	filed, err := v.Store.FiledIn(v.ctx, p.Column.ID, nil, time.Time{}, filedShown)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, f := range filed {
		p.Filed = append(p.Filed, filedRow{Filed: f, By: v.nameOf(names, f.Author), SiteName: v.siteName(f.Site), When: v.clock(f.At)})
	}
	if p.Many {
		return nil
	}
	return v.periods(p)
}

// periods adds which periods of the duty were kept.
func (v *visit) periods(p *columnPage) error {
	n := map[playlist.Cadence]int{playlist.Monthly: 12, playlist.Quarterly: 8, playlist.Yearly: 3}[p.Column.Cadence]
	if n == 0 {
		return nil
	}
	since := v.Now().AddDate(-3, 0, 0)
	filed, err := v.Store.FiledIn(v.ctx, p.Column.ID, nil, since, 1000)
	if err != nil {
		return err
	}
	var days []schedule.Date
	for _, f := range filed {
		days = append(days, schedule.DateOf(v.local(f.At)))
	}
	for _, period := range duty.History(p.Column.Cadence, days, v.today(), n) {
		piece := periodPiece{Tone: "poor", Name: v.t("%s：没有发布", v.periodName(p.Column.Cadence, period.From))}
		switch {
		case period.OnTime():
			piece = periodPiece{Tone: "good", Name: v.t("%s：%s 发布，按时", v.periodName(p.Column.Cadence, period.From), period.When)}
			p.Kept++
		case !period.When.IsZero():
			piece = periodPiece{Tone: "late", Name: v.t("%s：%s 发布，迟了", v.periodName(p.Column.Cadence, period.From), period.When)}
		case !period.By.Before(v.today()):
			piece = periodPiece{Tone: "fair", Name: v.t("%s：还没有到期", v.periodName(p.Column.Cadence, period.From))}
		}
		p.Periods = append(p.Periods, piece)
	}
	return nil
}

func (v *visit) periodName(c playlist.Cadence, from schedule.Date) string {
	switch c {
	case playlist.Monthly:
		return v.t("%d年%d月", from.Year, int(from.Month))
	case playlist.Quarterly:
		return v.t("%d年第%d季度", from.Year, (int(from.Month)+2)/3)
	}
	return v.t("%d年", from.Year)
}

func (v *visit) columnFacts(p *columnPage) error {
	departments, err := v.departmentNames()
	if err != nil {
		return err
	}
	add := func(label, text string) {
		if text != "" {
			p.Facts = append(p.Facts, fact{label, []string{text}})
		}
	}
	add(v.t("时限"), v.dutyWords(p.Column))
	add(v.t("责任单位"), v.ownerOf(p.Column, departments))
	if p.Many {
		add(v.t("谁要公开"), v.kindsWords(p.Column.Kinds))
	}
	if p.Column.Fresh > 0 {
		add(v.t("最长未更新"), v.t("%d 天", p.Column.Fresh))
	}
	return nil
}

func (v *visit) kindsWords(kinds []playlist.SiteKind) string {
	text := ""
	for i, k := range kinds {
		if i > 0 {
			text += v.t("、")
		}
		text += v.siteKind(k)
	}
	return text
}

func (v *visit) siteKind(k playlist.SiteKind) string {
	switch k {
	case playlist.Province:
		return v.t("省")
	case playlist.County:
		return v.t("每个县（区）")
	case playlist.Town:
		return v.t("每个镇（街道）")
	case playlist.Village:
		return v.t("每个村（社区）")
	case playlist.Hall:
		return v.t("每个大厅")
	}
	return string(k)
}
