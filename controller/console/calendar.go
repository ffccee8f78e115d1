package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// calendarPage is a month of what a site or one screen plays, and one day of it
// by the hour.
type calendarPage struct {
	frame
	Name, Where string // of the site or the screen
	Home        string // the page of the programme or the screen
	Path        string
	Sites       []option // empty for a screen
	Month       string
	Prev, Next  string
	This        string // this month, when another is shown
	Weekdays    []string
	Weeks       [][]dayCell
	Always      []calendarRule // hold on every day at the same times
	Day         string
	DayNote     string // why it is off, or a working Saturday
	Rows        []hourRow
	Hours       []int
	Clashes     []string
	Screen      playlist.ScreenID // empty for a site
	At          string            // of the day's forecast
	Change      bool
}

// dayCell is one day of the month.
type dayCell struct {
	Date    string
	Number  int
	Outside bool // of another month
	Today   bool
	Chosen  bool
	Off     bool
	Note    string
	Entries []calendarEntry
	More    int
}

// calendarEntry is one rule on one day.
type calendarEntry struct {
	Name, When, Level string
	Lost              bool // to higher levels, all of that day
}

// calendarRule is a rule with the times of the month in which it holds and those
// in which it plays.
type calendarRule struct {
	schedule.Rule
	Site      playlist.Site
	LevelName string
	Link      string
	When      string // of each day, where it is the same on all; empty for the whole day
	holds     []schedule.Spell
	plays     []schedule.Spell // holds without what higher levels take on all of its screens
}

// hourRow is a rule on the chosen day, drawn over hourWidth.
type hourRow struct {
	calendarRule
	Bars []hourBar
	Say  string
}

type hourBar struct {
	X, W float64
	Lost bool
}

// cellEntries is how many rules a day of the month names.
const cellEntries = 4

func siteCalendar(v *visit) error {
	it, err := v.programme()
	if err != nil {
		return err
	}
	tree, err := v.sites()
	if err != nil {
		return err
	}
	p := calendarPage{
		Name: v.siteLabel(it.Site), Home: "/programme/" + string(it.Site.ID), Path: "/programme/" + string(it.Site.ID) + "/calendar",
		Sites: v.siteOptions(tree.Sites(), it.Site.ID), Change: v.may(releases, it.Site.ID),
	}
	return v.calendarOf(p, it.Site.ID, it.Screens)
}

func screenCalendar(v *visit) error {
	row, err := v.named()
	if err != nil {
		return err
	}
	id := row.ID
	p := calendarPage{
		Name: row.Name, Where: v.siteName(row.Site), Home: "/screens/" + string(id), Path: "/screens/" + string(id) + "/calendar", Screen: id,
	}
	return v.calendarOf(p, row.Site, []store.Screen{row})
}

// calendarOf fills the page from the rules of a site and of all above it, as far
// as they are for any of the screens. A site without screens shows all.
func (v *visit) calendarOf(p calendarPage, site playlist.SiteID, screens []store.Screen) error {
	today := schedule.DateOf(v.local(v.Now()))
	chosen, err := schedule.ParseDate(v.query("day"))
	if err != nil || chosen.DaysSince(today) > 3660 || today.DaysSince(chosen) > 3660 {
		chosen = today
	}
	month := v.local(chosen.In(v.Zone))
	first := schedule.DateOf(time.Date(month.Year(), month.Month(), 1, 12, 0, 0, 0, v.Zone))
	begin := first.AddDays(-(int(first.Weekday()) + 6) % 7)
	after := first.AddDays(31)
	after = schedule.DateOf(time.Date(after.In(v.Zone).Year(), after.In(v.Zone).Month(), 1, 12, 0, 0, 0, v.Zone))
	weeks := (after.DaysSince(begin) + 6) / 7
	from, to := begin.In(v.Zone), begin.AddDays(7*weeks).In(v.Zone)
	days, err := v.calendar()
	if err != nil {
		return err
	}
	rules, err := v.rulesOver(site, screens, days, from, to)
	if err != nil {
		return err
	}

	p.frame = v.page(v.t("播放日历"))
	p.Month = v.monthName(month)
	p.Prev, p.Next = first.AddDays(-1).String(), after.String()
	if !today.Before(after) || today.Before(first) {
		p.This = today.String()
	}
	for i := range 7 {
		p.Weekdays = append(p.Weekdays, v.weekday(time.Weekday((i+1)%7), true))
	}
	var daily []calendarRule
	for _, r := range rules {
		if when, same := v.everyDay(r, begin, 7*weeks); same {
			r.When = when
			p.Always = append(p.Always, r)
		} else {
			daily = append(daily, r)
		}
	}
	for w := range weeks {
		var week []dayCell
		for d := range 7 {
			date := begin.AddDays(7*w + d)
			cell := v.dayCell(date, daily, days)
			cell.Outside = date.Before(first) || !date.Before(after)
			cell.Today, cell.Chosen = date == today, date == chosen
			week = append(week, cell)
		}
		p.Weeks = append(p.Weeks, week)
	}
	v.hoursOf(&p, chosen, rules, days)
	p.Clashes = v.clashesOn(rules, screens, chosen)
	return v.show("calendar", p)
}

func (v *visit) monthName(t time.Time) string {
	if v.lang == english {
		return t.Format("January 2006")
	}
	return t.Format("2006年1月")
}

// rulesOver reads the rules for the screens, nearest site first, and when they
// hold and play.
func (v *visit) rulesOver(site playlist.SiteID, screens []store.Screen, days *schedule.Calendar, from, to time.Time) ([]calendarRule, error) {
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	var out []calendarRule
	for _, id := range tree.PathIDs(site) {
		s, err := tree.Site(id)
		if err != nil {
			return nil, err
		}
		rules, err := v.Store.Rules(v.ctx, id)
		if err != nil {
			return nil, err
		}
		for _, r := range rules {
			if len(screens) > 0 && !slices.ContainsFunc(screens, func(x store.Screen) bool { return carries(x, r.Tags) }) {
				continue
			}
			c := calendarRule{Rule: r, Site: s, LevelName: v.levelName(cmp.Or(r.Level, schedule.Normal)), holds: r.Spells(days, v.Zone, from, to)}
			c.Level = cmp.Or(r.Level, schedule.Normal)
			if v.may(releases, id) {
				c.Link = fmt.Sprintf("/programme/%s/rules/%s", id, r.ID)
			}
			out = append(out, c)
		}
	}
	for i := range out {
		var higher [][]schedule.Spell
		for _, o := range out {
			if o.Level.Beats(out[i].Level) && covers(screens, o.Rule, out[i].Rule) {
				higher = append(higher, o.holds)
			}
		}
		out[i].plays = schedule.Without(out[i].holds, higher...)
	}
	slices.SortStableFunc(out, func(a, b calendarRule) int { return cmp.Compare(levelOrder[a.Level], levelOrder[b.Level]) })
	return out, nil
}

// everyDay reports whether a rule holds at the same times on each of some days,
// and says when.
func (v *visit) everyDay(r calendarRule, first schedule.Date, days int) (string, bool) {
	same := ""
	for i := range days {
		from, to := first.AddDays(i).In(v.Zone), first.AddDays(i+1).In(v.Zone)
		spells := schedule.Common(r.holds, []schedule.Spell{{From: from, Until: to}})
		lost := len(schedule.Without(spells, r.plays)) > 0
		if len(spells) == 0 || lost && len(schedule.Common(spells, r.plays)) > 0 {
			return "", false
		}
		words := v.spans(spells)
		if lost {
			words += v.t("让位") // the whole day; a day on which it does not differs
		}
		if i > 0 && words != same {
			return "", false
		}
		same = words
	}
	return strings.TrimSpace(strings.TrimPrefix(same, "00:00–24:00 ")), true
}

// covers reports whether every screen that a rule is for is one of another's too.
func covers(screens []store.Screen, by, r schedule.Rule) bool {
	if len(screens) == 0 {
		return len(by.Tags) == 0
	}
	return !slices.ContainsFunc(screens, func(s store.Screen) bool { return carries(s, r.Tags) && !carries(s, by.Tags) })
}

func (v *visit) dayCell(date schedule.Date, rules []calendarRule, days *schedule.Calendar) dayCell {
	cell := dayCell{Date: date.String(), Number: date.In(v.Zone).Day(), Off: !days.IsWorking(date), Note: v.dayNote(date, days)}
	whole := []schedule.Spell{{From: date.In(v.Zone), Until: date.AddDays(1).In(v.Zone)}}
	for _, r := range rules {
		holds := schedule.Common(r.holds, whole)
		if len(holds) == 0 {
			continue
		}
		if len(cell.Entries) == cellEntries {
			cell.More++
			continue
		}
		e := calendarEntry{Name: cmp.Or(r.Name, r.ID), Level: string(r.Level), Lost: len(schedule.Common(r.plays, whole)) == 0}
		if holds[0] != whole[0] {
			e.When = v.hours(holds[0])
		}
		cell.Entries = append(cell.Entries, e)
	}
	return cell
}

// dayNote says what is special about a day by the calendar of the county.
func (v *visit) dayNote(date schedule.Date, days *schedule.Calendar) string {
	e, special := days.Exception(date)
	switch {
	case special && e.Working:
		return v.t("上班")
	case special && v.lang != english:
		return cmp.Or(e.Name, v.t("休"))
	case special || !days.IsWorking(date):
		return v.t("休")
	}
	return ""
}

// hours writes a time of a day: 8:30–17:30.
func (v *visit) hours(s schedule.Spell) string {
	from, until := v.local(s.From), v.local(s.Until)
	end := until.Format("15:04")
	if end == "00:00" {
		end = "24:00"
	}
	return from.Format("15:04") + "–" + end
}

// hourWidth is the width of the drawing of a day.
const hourWidth = 960

func (v *visit) hoursOf(p *calendarPage, date schedule.Date, rules []calendarRule, days *schedule.Calendar) {
	from, to := date.In(v.Zone), date.AddDays(1).In(v.Zone)
	p.Day, p.DayNote, p.At = v.dayName(from), v.dayNote(date, days), from.Add(9*time.Hour).Format(dayTime)
	if date == schedule.DateOf(v.local(v.Now())) {
		p.At = v.local(v.Now()).Format(dayTime)
	}
	whole := []schedule.Spell{{From: from, Until: to}}
	length := to.Sub(from).Seconds()
	for _, r := range rules {
		row := hourRow{calendarRule: r}
		var said []string
		plays := schedule.Common(r.plays, whole)
		draw := func(spells []schedule.Spell, lost bool) {
			for _, s := range spells {
				row.Bars = append(row.Bars, hourBar{X: s.From.Sub(from).Seconds() / length * hourWidth, W: max(s.Until.Sub(s.From).Seconds()/length*hourWidth, 1), Lost: lost})
			}
		}
		holds := schedule.Common(r.holds, whole)
		for _, s := range holds {
			said = append(said, v.hours(s))
		}
		draw(plays, false)
		draw(schedule.Without(holds, plays), true)
		if len(row.Bars) == 0 {
			continue
		}
		row.Say = strings.Join(said, v.t("、"))
		p.Rows = append(p.Rows, row)
	}
	for h := 0; h <= 24; h += 3 {
		p.Hours = append(p.Hours, h)
	}
}
