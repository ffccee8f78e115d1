package console

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

type patrolPage struct {
	frame
	Day, Words      string // the day for the field, and as people say it
	Earlier, Later  string // the days beside it, as addresses
	Today           bool
	Problem         string
	Looked, Wanted  int // screens that looked themselves over, of those that should
	Well, Bad, None int
	Checks          []patrolCheck
	Missing         []patrolMissing
	MissingCut      patrolCut
	Fine            []patrolScreen
	FineCut         patrolCut
	All             string // the address of the day when only one part of it is open
	Export          string
	Head            string // of the audit log, of today's page only
}

// patrolCheck is one check with the screens where it found something.
type patrolCheck struct {
	Name  string
	Lines []patrolLine
	patrolCut
}

// patrolCut is which lines of a list of screens are on the page: the first few
// among the other lists, or one page of it when it was opened.
type patrolCut struct {
	Total, First, Last   int
	More, Newer, Further string // addresses
	Open                 bool   // it is the one that was opened
}

// patrolShown is how many screens of a list stand on the page of the day.
const patrolShown = 10

// patrolCut cuts a list of n screens to what the page has of it.
func (v *visit) patrolCut(day schedule.Date, name string, n int) (part patrolCut, from, to int) {
	at := func(from int) string {
		q := url.Values{"day": {day.String()}, "only": {name}}
		if from > 0 {
			q.Set("from", strconv.Itoa(from))
		}
		return "/patrol?" + q.Encode()
	}
	part.Total = n
	switch only := v.query("only"); {
	case only == "":
		if to = min(n, patrolShown); to < n {
			part.More = at(0)
		}
	case only == name:
		part.Open = true
		if from = v.count("from", 1<<20); from >= n {
			from = 0
		}
		to = min(n, from+perPage)
		if from > 0 {
			part.Newer = at(max(from-perPage, 0))
		}
		if to < n {
			part.Further = at(to)
		}
	}
	part.First, part.Last = from+1, to
	return part, from, to
}

// The lists of a day beside those of the checks.
const (
	patrolMissed = "missing"
	patrolWell   = "well"
)

type patrolLine struct {
	patrolScreen
	Found, Detail, At string
}

type patrolMissing struct {
	patrolScreen
	Why, Tone string
}

type patrolScreen struct {
	ID             playlist.ScreenID
	Name, SiteName string
}

// checks is the order in which the findings stand: what residents notice first.
var checks = []wire.PatrolCheck{
	wire.PatrolDisplay, wire.PatrolTouch, wire.PatrolContent, wire.PatrolLedger, wire.PatrolDisk, wire.PatrolClock, wire.PatrolHeat, wire.PatrolBrightness, wire.PatrolSound,
}

func (v *visit) checkName(c wire.PatrolCheck) string {
	switch c {
	case wire.PatrolContent:
		return v.t("内容完整")
	case wire.PatrolLedger:
		return v.t("显示记录")
	case wire.PatrolClock:
		return v.words("时钟", "Clock")
	case wire.PatrolDisk:
		return v.words("磁盘", "Disk")
	case wire.PatrolDisplay:
		return v.t("显示画面")
	case wire.PatrolBrightness:
		return v.words("亮度", "Brightness")
	case wire.PatrolTouch:
		return v.words("触摸", "Touch")
	case wire.PatrolSound:
		return v.words("声音", "Sound")
	case wire.PatrolHeat:
		return v.words("温度", "Temperature")
	}
	return string(c)
}

// patrolled is what is known of one day.
type patrolled struct {
	day     schedule.Date
	rows    []store.Patrol
	screens map[playlist.ScreenID]*enrolment
	missing []*enrolment // that did not look themselves over
}

// patrolDay reads the day of the address; problem says what is wrong with it.
func (v *visit) patrolDay() (schedule.Date, string) {
	today := v.today()
	text := v.query("day")
	if text == "" {
		return today, ""
	}
	d, err := schedule.ParseDate(text)
	switch {
	case err != nil:
		return today, v.t("日期要写成 2026-11-22 的样子。")
	case today.Before(d):
		return today, v.t("这一天还没有到。")
	}
	return d, ""
}

func (v *visit) patrolled(day schedule.Date) (patrolled, error) {
	p := patrolled{day: day, screens: map[playlist.ScreenID]*enrolment{}}
	sees, err := v.oversees()
	if err != nil {
		return p, err
	}
	rows, err := v.Store.PatrolsShort(v.ctx, day.String())
	if err != nil {
		return p, err
	}
	r, err := v.roll()
	if err != nil {
		return p, err
	}
	looked := map[playlist.ScreenID]bool{}
	for _, row := range rows {
		if e := r.of(row.Screen); e != nil && (sees == nil || sees[e.Site]) {
			p.rows, p.screens[row.Screen], looked[row.Screen] = append(p.rows, row), e, true
		}
	}
	end := day.AddDays(1).In(v.Zone)
	for _, e := range r.all {
		if sees != nil && !sees[e.Site] || looked[e.ID] || e.Rank == rankPending {
			continue
		}
		if e.enrolled < end.Unix() { // it was there on that day
			p.missing = append(p.missing, e)
		}
	}
	return p, nil
}

func (v *visit) patrolScreen(e *enrolment) patrolScreen {
	return patrolScreen{e.ID, e.Name, v.siteName(e.Site)}
}

func showPatrol(v *visit) error {
	day, problem := v.patrolDay()
	d, err := v.patrolled(day)
	if err != nil {
		return err
	}
	p := patrolPage{
		frame: v.page(v.t("每日巡检")), Day: day.String(), Words: v.day(day), Today: day == v.today(), Problem: problem,
		Earlier: "/patrol?day=" + day.AddDays(-1).String(), Export: "/patrol.xlsx?day=" + day.String(),
		Looked: len(d.rows), Wanted: len(d.rows) + len(d.missing), None: len(d.missing),
	}
	if p.Today {
		head, err := v.Store.AuditHead(v.ctx)
		if err != nil {
			return err
		}
		if head.Line > 0 {
			p.Head = head.String()
		}
	}
	if !p.Today {
		p.Later = "/patrol?day=" + day.AddDays(1).String()
	}
	type finding struct {
		of   *store.Patrol
		item wire.PatrolItem
	}
	found := map[wire.PatrolCheck][]finding{}
	var well []*enrolment
	for i := range d.rows {
		row := &d.rows[i]
		if row.Bad == 0 {
			well = append(well, d.screens[row.Screen])
			continue
		}
		p.Bad++
		for _, item := range row.Found.Items {
			if !item.OK {
				found[item.Check] = append(found[item.Check], finding{row, item})
			}
		}
	}
	p.Well = len(well)
	order := slices.Clone(checks)
	for _, c := range slices.Sorted(maps.Keys(found)) { // of a newer program
		if !slices.Contains(order, c) {
			order = append(order, c)
		}
	}
	for _, c := range order {
		part, from, to := v.patrolCut(day, string(c), len(found[c]))
		check := patrolCheck{Name: v.checkName(c), patrolCut: part}
		for _, f := range found[c][from:to] {
			check.Lines = append(check.Lines, patrolLine{v.patrolScreen(d.screens[f.of.Screen]), sentence(v.words(f.item.Zh, f.item.En)), f.item.Detail, v.local(f.of.At).Format("15:04")})
		}
		if len(check.Lines) > 0 {
			p.Checks = append(p.Checks, check)
		}
	}
	slices.SortStableFunc(d.missing, func(a, b *enrolment) int { return cmp.Compare(a.Rank, b.Rank) })
	var from, to int
	p.MissingCut, from, to = v.patrolCut(day, patrolMissed, len(d.missing))
	for _, e := range d.missing[from:to] {
		why, tone := v.whyMissing(e, p.Today)
		p.Missing = append(p.Missing, patrolMissing{v.patrolScreen(e), why, tone})
	}
	p.FineCut, from, to = v.patrolCut(day, patrolWell, len(well))
	for _, e := range well[from:to] {
		p.Fine = append(p.Fine, v.patrolScreen(e))
	}
	if v.query("only") != "" {
		p.All = "/patrol?day=" + day.String()
	}
	return v.show("patrol", p)
}

// whyMissing says why a screen did not look itself over, as far as that is known.
func (v *visit) whyMissing(e *enrolment, today bool) (why, tone string) {
	switch {
	case e.Seen > 0:
		return v.t("离线，最后一次心跳 %s", e.Last), "bad"
	case e.troubled():
		return e.Title, e.Tone
	case today:
		return v.t("在线，今天还没有轮到"), "quiet"
	}
	return v.t("现在在线；那天没有报告"), "quiet"
}

// patrolSheet sends a day as a file for Excel.
func patrolSheet(v *visit) error {
	day, _ := v.patrolDay()
	d, err := v.patrolled(day)
	if err != nil {
		return err
	}
	title := v.t("%s 巡检", v.day(day))
	screens := sheet.Page{Name: v.t("各屏"), Title: title, Headings: []string{v.t("屏幕"), v.t("站点"), v.t("编号"), v.t("结果"), v.t("发现几处"), v.t("时间")}}
	items := sheet.Page{Name: v.t("发现"), Title: title, Headings: []string{v.t("检查"), v.t("屏幕"), v.t("站点"), v.t("发现了什么"), v.t("细节")}}
	for _, row := range d.rows {
		s := v.patrolScreen(d.screens[row.Screen])
		result := v.t("没有问题")
		if row.Bad > 0 {
			result = v.t("有问题")
		}
		screens.Rows = append(screens.Rows, []sheet.Value{sheet.T(s.Name), sheet.T(s.SiteName), sheet.T(string(s.ID)), sheet.T(result), sheet.N(strconv.Itoa(row.Bad), 0), sheet.At(v.local(row.At))})
		for _, item := range row.Found.Items {
			if !item.OK {
				items.Rows = append(items.Rows, []sheet.Value{sheet.T(v.checkName(item.Check)), sheet.T(s.Name), sheet.T(s.SiteName), sheet.T(sentence(v.words(item.Zh, item.En))), sheet.T(item.Detail)})
			}
		}
	}
	for _, e := range d.missing {
		s := v.patrolScreen(e)
		why, _ := v.whyMissing(e, day == v.today())
		screens.Rows = append(screens.Rows, []sheet.Value{sheet.T(s.Name), sheet.T(s.SiteName), sheet.T(string(s.ID)), sheet.T(v.t("没有巡检：%s", why)), sheet.T(""), sheet.T("")})
	}
	return v.sheet(title, screens, items)
}
