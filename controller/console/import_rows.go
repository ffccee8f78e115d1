package console

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fundsheet"
	"mingbai/controller/listing"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Lists that go into one notice as a whole: households into the table of a fund
// notice, days into a duty roster. The dry run compares with what the notice has.

// mostTakers is how many notices are offered to take a list, the last changed first.
const mostTakers = 60

// takers lists the notices that may take an upload: those of its kind that the
// person may change and that are not on their way, and a new one.
func (v *visit) takers(u *upload) ([]option, error) {
	out := []option{{Label: u.kind.words(v).Fresh}}
	viewer, err := v.viewer()
	if err != nil {
		return nil, err
	}
	sites, err := v.own()
	if err != nil {
		return nil, err
	}
	f := store.NoticeFilter{Kind: u.kind.into, Viewer: viewer, Limit: mostTakers}
	for _, s := range sites {
		f.Sites = append(f.Sites, s.ID)
	}
	rows, err := v.Store.Notices(v.ctx, f)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Status != store.TakenDown && row.Status != store.InReview && v.mayChange(writes, row) {
			out = append(out, option{Value: string(row.ID), Label: v.t("%s（%s，%s 修改）", row.Title, v.siteName(row.Site), v.clock(row.Updated)), Chosen: row.ID == u.state.Notice})
		}
	}
	return out, nil
}

// taker is the notice that takes an upload, with what it has now: the one that was
// chosen, or a new one.
func (v *visit) taker(u *upload, title string) (n playlist.Notice, found bool, err error) {
	state := &u.state
	if state.Notice == "" {
		return playlist.Notice{Kind: u.kind.into, Title: title, Site: state.Site, Column: state.Column, Issuer: state.Issuer, Issued: schedule.DateOf(v.local(v.Now()))}, false, nil
	}
	row, err := v.noticeRow(state.Notice)
	if err != nil {
		return n, false, err
	}
	if !v.mayChange(writes, row) {
		return n, false, errSite
	}
	if row.Kind != u.kind.into || row.Status == store.TakenDown {
		return n, false, store.ErrNotFound
	}
	version, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Version)
	if err != nil {
		return n, false, err
	}
	old, err := version.Decode()
	if err != nil {
		return n, false, err
	}
	return *old, true, nil
}

// takeIn saves a notice that took a list as a draft, forgets the file, which may hold
// numbers of persons, and returns where it goes on: the notice's form.
func (v *visit) takeIn(u *upload, n playlist.Notice) (string, error) {
	saved, _, err := v.Desk.Draft(v.ctx, v.who(), n)
	if err != nil {
		return "", err
	}
	if err := v.Store.Update(v.ctx, func(t *store.Tx) error { return t.DropUpload(v.ctx, u.ID, v.person.Login) }); err != nil {
		return "", err
	}
	v.books.forget(u.ID)
	return "/notices/" + string(saved.ID) + "/revise", nil
}

// householdHeads are the columns of the template; what columns mean is guessed by
// package fundsheet.
var householdHeads = []listing.Described{
	{Field: "order", Heading: "序号", En: "No.", Sample: "1"},
	{Field: "village", Heading: "村（社区）", En: "Village", Sample: "柳溪村"},
	{Field: "name", Heading: "户主姓名", En: "Householder", Sample: "张三"},
	{Field: "number", Heading: "面积（亩）", En: "Area (mu)", Sample: "3.5"},
	{Field: "money", Heading: "补贴金额（元）", En: "Amount (yuan)", Sample: "332.50"},
	{Field: "text", Heading: "备注", En: "Remark", Sample: ""},
}

// householdList brings the households of a fund notice.
func householdList() *importKind {
	return &importKind{
		name: "households", heads: householdHeads, filed: true, into: playlist.KindFund,
		words: func(v *visit) importWords {
			return importWords{
				Name: v.t("分户名单"), Title: v.t("从表格导入分户名单"), Sentence: v.t("放进一条资金公示的分户表。身份证号、手机号、银行卡号不导入，姓名遮盖；先看清楚新增、变动、减少了哪些户。"),
				Shapes: []importShape{
					{v.t("一行一户"), v.t("表头写村（社区）、户主姓名、面积、金额……，两行表头、合并的格子、合计行都可以。村名和站点核对，写错的指出来。"), true},
					{v.t("重新导入"), v.t("选已有的资金公示，就和它现在的名单比：新增、变动、减少的户一行一行列出来，确认后整张换成新的。"), false},
				},
				Template: v.t("分户名单模板"), Row: v.t("户"), Nameless: v.t("（没有姓名）"),
				Do:    func(n int) string { return v.t("放进公示草稿（改 %d 户）", n) },
				Fresh: v.t("新写一条资金公示"),
			}
		},
		guess: func(v *visit, s *sheet.Sheet, t *sheet.Table) []string {
			_, m := v.householdMapping(s, t)
			out := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				out[i] = string(fundsheet.Drop)
				if c.Index < len(m.Columns) {
					out[i] = string(m.Columns[c.Index].Use)
				}
			}
			return out
		},
		uses: func(v *visit) []option {
			out := []option{{Value: string(fundsheet.Drop), Label: v.useWords(fundsheet.Drop)}}
			for _, u := range fundsheet.Uses {
				if u != fundsheet.Drop {
					out = append(out, option{Value: string(u), Label: v.useWords(u)})
				}
			}
			return out
		},
		plan: planHouseholds,
	}
}

// householdMapping reads a sheet as package fundsheet does, with the heading that
// the page found or was told.
func (v *visit) householdMapping(s *sheet.Sheet, t *sheet.Table) (*fundsheet.Sheet, fundsheet.Mapping) {
	f := fundsheet.From(s)
	head, heads := 0, 0
	if len(t.Heading) > 0 {
		head, heads = t.Heading[0], len(t.Heading)
	}
	m := fundsheet.GuessAt(f, head, heads, v.fundSites())
	m.By, m.Mask = "household", true
	return f, m
}

func planHouseholds(v *visit, d *dryRun) error {
	state := &d.upload.state
	f, m := v.householdMapping(d.sheet, &d.table)
	money := false
	for i := range m.Columns {
		m.Columns[i].Use = fundsheet.Drop
	}
	for i, c := range d.table.Columns {
		if i < len(state.Use) && c.Index < len(m.Columns) {
			use := fundsheet.Use(state.Use[i])
			if use == fundsheet.Money {
				if money {
					use = fundsheet.Sum
				}
				money = true
			}
			m.Columns[c.Index].Use = use
		}
	}
	if !money {
		d.notes = append(d.notes, v.t("没有一列是“%s”，请回到上一步指出来。", v.useWords(fundsheet.Money)))
	}
	r := fundsheet.Build(f, m, v.fundSites(), nil)
	title := r.Title
	if title == "" {
		title = strings.TrimSuffix(d.upload.Name, ".xlsx")
	}
	n, found, err := v.taker(&d.upload, title)
	if err != nil {
		return err
	}
	if n.Fund == nil {
		n.Fund = &playlist.Fund{}
	}
	at := slices.IndexFunc(n.Fund.Tables, func(t playlist.FundTable) bool { return t.By == "household" })
	before := playlist.FundTable{By: "household"}
	if at >= 0 {
		before = n.Fund.Tables[at]
	}
	for _, note := range r.Notes {
		d.notes = append(d.notes, v.words(note.Zh, v.noteEn(note)))
	}
	now := &r.Table
	fundsheet.Tidy(now)
	reasons, doubts := map[int][]string{}, map[int][]string{}
	for _, p := range r.Findings {
		text := v.words(p.Message, sentence(p.MessageEn))
		switch {
		case p.Row < 0:
			d.notes = append(d.notes, text)
		case p.Severity == playlist.Wrong || p.Code == "number":
			reasons[p.Row] = append(reasons[p.Row], text)
		default:
			doubts[p.Row] = append(doubts[p.Row], text)
		}
	}
	v.wrongAmounts(now, reasons)
	if village := fundsheet.VillageColumn(now); village >= 0 {
		_, unknown := fundsheet.Places(now.Rows, village, v.fundSites(), nil)
		for i, row := range now.Rows {
			if slices.Contains(unknown, row[village]) {
				doubts[i] = append(doubts[i], v.t("没有叫“%s”的村（社区）", row[village]))
			}
		}
	}
	kept := playlist.FundTable{Title: now.Title, By: "household", Columns: now.Columns, Product: now.Product}
	for _, c := range fundsheet.MatchRows(&before, now) {
		row := dryRow{Row: -1, Title: c.Name}
		switch {
		case c.Now < 0:
			row.State = rowGone
		case c.Before < 0:
			row.State = rowNew
		default:
			row.State = rowSame
		}
		if c.Now >= 0 {
			row.Row, row.Where = r.Lines[c.Now]-1, strconv.Itoa(r.Lines[c.Now])
			row.Reasons, row.Doubts = reasons[c.Now], doubts[c.Now]
			var old []string
			if c.Before >= 0 {
				old = before.Rows[c.Before]
			}
			row.Changes = cellChanges(&before, now, old, now.Rows[c.Now])
			if c.Before >= 0 && len(row.Changes) > 0 {
				row.State = rowChanged
			}
			if len(row.Reasons) == 0 {
				kept.Rows = append(kept.Rows, now.Rows[c.Now])
			}
		}
		d.add(row)
	}
	d.save = func() (string, error) {
		fund := *n.Fund
		fund.Tables = slices.Clone(fund.Tables)
		was, summed := fundsheet.Total(fund.Tables)
		if at >= 0 {
			kept.Title = before.Title
			fund.Tables[at] = kept
		} else {
			fund.Tables = append(fund.Tables, kept)
		}
		// A total that was the sum stays the sum; one that was not is somebody's word.
		if sum, ok := fundsheet.Total(fund.Tables); ok && (fund.Total == 0 || summed && was == fund.Total) {
			fund.Total = sum
			if len(fund.Sources) == 0 {
				fund.Sources = fundsheet.SourcesOf(&kept)
			}
		}
		if !found {
			if fund.Period = r.Period; fund.Period == "" {
				fund.Period = periods(schedule.DateOf(v.local(v.Now())))[0]
			}
			n.Posting = &playlist.Posting{From: n.Issued, Days: 10, Objection: "对公示内容有异议的，请在公示期内拨打监督电话，或者向发布机构反映。"}
		}
		n.Fund = &fund
		return v.takeIn(&d.upload, n)
	}
	return nil
}

// wrongAmounts finds cells of amounts that hold no number.
func (v *visit) wrongAmounts(t *playlist.FundTable, reasons map[int][]string) {
	for i, row := range t.Rows {
		for c, col := range t.Columns {
			if col.Type == playlist.SumColumn && c < len(row) {
				if row[c] == "" {
					if col.Money {
						reasons[i] = append(reasons[i], v.t("没有%s", col.Name))
					}
				} else if _, err := playlist.ParseAmount(row[c] + "元"); err != nil {
					reasons[i] = append(reasons[i], v.t("%s“%s”不是数字", col.Name, row[c]))
				}
			}
		}
	}
}

// cellChanges compares two rows cell by cell, by the names of their columns.
func cellChanges(before, now *playlist.FundTable, old, row []string) (out []dryChange) {
	for c, col := range now.Columns {
		if col.Name == "序号" || c >= len(row) {
			continue
		}
		was := ""
		if at := slices.IndexFunc(before.Columns, func(b playlist.FundColumn) bool { return b.Name == col.Name }); at >= 0 && at < len(old) {
			was = old[at]
		}
		if was != row[c] && (col.Type == playlist.TextColumn || trimmed(was) != trimmed(row[c])) {
			out = append(out, dryChange{Label: col.Name, Before: was, After: row[c]})
		}
	}
	return out
}

// trimmed is a number without zeros at its end: 190.00 is no change from 190.
func trimmed(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// The fields of a roster's list.
const (
	shiftDay   listing.Field = "day"
	shiftLead  listing.Field = "lead"
	shiftStaff listing.Field = "staff"
	shiftNight listing.Field = "night"
	shiftPhone listing.Field = "phone"
)

var shiftHeads = []listing.Described{
	{Field: shiftDay, Heading: "日期", En: "Day", Sample: "2026-12-01", Words: regexp.MustCompile(`日期|^(值班)?(时间|日)$`)},
	{Field: shiftLead, Heading: "带班领导", En: "Leader", Sample: "李明", Words: regexp.MustCompile(`带班|领导`)},
	{Field: shiftNight, Heading: "夜班人员", En: "At night", Sample: "", Words: regexp.MustCompile(`夜班|夜间|晚班`)},
	{Field: shiftStaff, Heading: "值班人员", En: "On duty", Sample: "张三", Words: regexp.MustCompile(`值班|白班|人员|姓名`)},
	{Field: shiftPhone, Heading: "电话", En: "Telephone", Sample: "", Words: regexp.MustCompile(`电话|联系方式|手机`)},
}

// rosterList brings the days of a duty roster.
func rosterList() *importKind {
	return &importKind{
		name: "rosters", heads: shiftHeads, must: []listing.Field{shiftDay, shiftStaff}, filed: true, into: playlist.KindRoster,
		words: func(v *visit) importWords {
			return importWords{
				Name: v.t("值班表"), Title: v.t("从表格导入值班表"), Sentence: v.t("先看清楚哪些天是新的、哪些天换了人；确认后存成草稿，照常送审。"),
				Shapes: []importShape{
					{v.t("一行一天"), v.t("第一行是表头：日期、带班领导、值班人员、夜班人员、电话。日期写 12月1日、2026-12-01 都可以。"), true},
					{v.t("接着排"), v.t("选已有的值班表，只换表里有的那些天，其余的天不动。"), false},
				},
				Template: v.t("值班表模板"), Row: v.t("日期"), Nameless: v.t("（没有日期）"),
				Do:    func(n int) string { return v.t("放进值班表草稿（%d 天）", n) },
				Fresh: v.t("新写一张值班表"),
			}
		},
		plan: planRoster,
	}
}

func shiftTexts(s playlist.Shift) map[listing.Field]string {
	return map[listing.Field]string{shiftLead: s.Lead, shiftStaff: s.Staff, shiftNight: s.Night, shiftPhone: s.Phone}
}

func planRoster(v *visit, d *dryRun) error {
	title := d.table.Title
	if title == "" {
		title = "值班表"
	}
	n, _, err := v.taker(&d.upload, title)
	if err != nil {
		return err
	}
	roster := playlist.Roster{Night: "18:00"}
	if n.Roster != nil {
		roster = *n.Roster
	}
	have := map[schedule.Date]playlist.Shift{}
	for _, s := range roster.Shifts {
		have[s.Day] = s
	}
	seen := map[schedule.Date]int{}
	today := schedule.DateOf(v.local(v.Now()))
	for _, rec := range listing.Records(d.sheet, &d.table, fieldsOf(d.upload.state.Use)) {
		row := dryRow{Row: rec.Row, Where: strconv.Itoa(rec.Row + 1), Title: rec.Text[shiftDay], State: rowNew, Reasons: append(v.failedCells(&rec), v.tooLong(&rec, shiftHeads, 60)...)}
		day, err := dayOfList(rec.Text[shiftDay], today)
		before, there := have[day]
		switch {
		case row.Title == "":
			row.Reasons = append(row.Reasons, v.t("没有日期"))
		case err != nil:
			row.Reasons = append(row.Reasons, v.t("日期应写成 2026-12-01 或 12月1日"))
		case seen[day] > 0:
			row.Reasons = append(row.Reasons, v.t("和第 %d 行是同一天", seen[day]))
		case !rec.Has(shiftStaff) && before.Staff == "":
			row.Reasons = append(row.Reasons, v.t("没有值班人员"))
		case !there && len(have) >= mostShifts:
			row.Reasons = append(row.Reasons, v.t("一张值班表最多 %d 天", mostShifts))
		default:
			seen[day], row.Title = rec.Row+1, day.String()
		}
		after := before
		after.Day = day
		for f, to := range map[listing.Field]*string{shiftLead: &after.Lead, shiftStaff: &after.Staff, shiftNight: &after.Night, shiftPhone: &after.Phone} {
			if rec.Has(f) {
				*to = rec.Text[f]
			}
		}
		row.Changes = v.differs(shiftHeads, shiftTexts(before), shiftTexts(after))
		switch {
		case there && len(row.Changes) == 0:
			row.State = rowSame
		case there:
			row.State = rowChanged
		}
		if len(row.Reasons) == 0 {
			have[day] = after
		}
		d.add(row)
	}
	d.save = func() (string, error) {
		roster.Shifts = nil
		for _, s := range have {
			roster.Shifts = append(roster.Shifts, s)
		}
		slices.SortFunc(roster.Shifts, func(a, b playlist.Shift) int { return a.Day.Compare(b.Day) })
		n.Roster = &roster
		return v.takeIn(&d.upload, n)
	}
	return nil
}

var errNoDay = errors.New("no day")

// dayOfList reads a day of a roster. One without a year is the next such day, or
// one of the last half year: a roster for January is written in December.
func dayOfList(text string, today schedule.Date) (schedule.Date, error) {
	day, err := parseDay(text, today.Year)
	if err != nil || day == (schedule.Date{}) {
		return day, errors.Join(err, errNoDay)
	}
	if m := looseDay.FindStringSubmatch(text); m != nil && m[1] == "" && today.Compare(day.AddDays(182)) > 0 {
		return parseDay(text, today.Year+1)
	}
	return day, nil
}
