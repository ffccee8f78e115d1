// Package duty tells how a column of the catalogue stands against its duty to be
// renewed: how fresh it is, by when something must be published next, and since
// when it is late.
//
// It promises to be a pure function of dates and the working-day calendar, so
// that the same catalogue gives the same answer on every machine. Deadlines are
// those of the law and are not moved when they fall on a day off: who publishes
// early is never late (DOMAIN L05, L07, L12, L20). What was published, and who is
// told, is left to others.
package duty

import (
	"fmt"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// State is how a column stands, in one word.
type State string

// The states, the worst first.
const (
	Overdue State = "overdue" // 超期
	Empty   State = "empty"   // 空白: nothing is up
	Stale   State = "stale"   // 长期未更新: nothing new for longer than Column.Fresh
	Near    State = "near"    // 快到期: due within Notice working days
	Good    State = "good"    // 正常
)

// States lists all in their order.
var States = []State{Overdue, Empty, Stale, Near, Good}

// Notice is how many working days before a deadline people are told of it, the
// first time; Last is the last time (DOMAIN D03: T-7 and T-1).
const (
	Notice = 7
	Last   = 1
)

// Filled is what is known of a column at one place.
type Filled struct {
	Last  schedule.Date // when something was published last; zero for never
	Shown int           // how many notices are up today
}

// Standing is how a column stands on a day.
type Standing struct {
	State State
	// By is the last day for the next publication; zero where the column has no
	// duty to be renewed.
	By schedule.Date
	// Days counts working days: those left after today up to By, or those gone
	// since By when it is past.
	Days int
	// Idle is how many days ago something was published last; -1 for never.
	Idle int
}

// Late reports whether a deadline is past.
func (s Standing) Late(today schedule.Date) bool { return !s.By.IsZero() && s.By.Before(today) }

// Of judges a column on a day.
func Of(c playlist.Column, f Filled, cal *schedule.Calendar, today schedule.Date) Standing {
	s := Standing{State: Good, Idle: -1, By: next(c.Cadence, f.Last, today)}
	if !f.Last.IsZero() {
		s.Idle = today.DaysSince(f.Last)
	}
	late := s.Late(today)
	switch {
	case late:
		s.Days = cal.WorkingDaysBetween(s.By, today)
	case !s.By.IsZero():
		s.Days = cal.WorkingDaysBetween(today, s.By)
	}
	switch {
	case f.Shown == 0:
		s.State = Empty
	case late:
		s.State = Overdue
	case c.Fresh > 0 && s.Idle > c.Fresh:
		s.State = Stale
	case !s.By.IsZero() && s.Days <= Notice:
		s.State = Near
	}
	return s
}

// Deadline is the last day for publishing what was formed or changed on a day
// (条例 26): the day itself is not counted.
func Deadline(c playlist.Column, formed schedule.Date, cal *schedule.Calendar) schedule.Date {
	n := c.Within
	if n <= 0 {
		n = playlist.LawWithin
	}
	return cal.AddWorkingDays(formed, n)
}

// next returns the last day for the publication after last: in the period after
// that of last, or in the present one where nothing was ever published.
func next(c playlist.Cadence, last, today schedule.Date) schedule.Date {
	switch {
	case c == playlist.Standing && last.IsZero():
		return schedule.Date{}
	case c == playlist.Standing: // looked through once a year
		d := schedule.Date{Year: last.Year + 1, Month: last.Month, Day: last.Day}
		if !d.Valid() { // 29 February
			d.Day--
		}
		return d
	case !renewed(c):
		return schedule.Date{}
	case last.IsZero():
		return deadline(c, period(c, today))
	}
	return deadline(c, period(c, last)+1)
}

func renewed(c playlist.Cadence) bool {
	return c == playlist.Monthly || c == playlist.Quarterly || c == playlist.Yearly
}

// period numbers the months, quarters or years.
func period(c playlist.Cadence, d schedule.Date) int {
	switch c {
	case playlist.Monthly:
		return d.Year*12 + int(d.Month) - 1
	case playlist.Quarterly:
		return d.Year*4 + (int(d.Month)-1)/3
	}
	return d.Year
}

// deadline is the last day of a period's duty: the 15th of every month, the 15th
// of the first month of every quarter (重庆市公开办法 28–31; L12), 31 March of every
// year (条例 49, 50; L07).
func deadline(c playlist.Cadence, n int) schedule.Date {
	switch c {
	case playlist.Monthly:
		return schedule.Date{Year: n / 12, Month: time.Month(n%12 + 1), Day: 15}
	case playlist.Quarterly:
		return schedule.Date{Year: n / 4, Month: time.Month(n%4*3 + 1), Day: 15}
	}
	return schedule.Date{Year: n, Month: time.March, Day: 31}
}

// Period is one period of a duty in the past and what was done.
type Period struct {
	From schedule.Date // first day of the month, quarter or year
	By   schedule.Date
	When schedule.Date // the first publication in it; zero for none
}

// OnTime reports whether something was published by the deadline.
func (p Period) OnTime() bool { return !p.When.IsZero() && !p.When.After(p.By) }

// History tells of the last n periods up to the present one, the oldest first,
// which were kept. published need not be in order. Columns without a duty to be
// renewed have none.
func History(c playlist.Cadence, published []schedule.Date, today schedule.Date, n int) []Period {
	if !renewed(c) {
		return nil
	}
	first := map[int]schedule.Date{}
	for _, d := range published {
		at := period(c, d)
		if have, ok := first[at]; !ok || d.Before(have) {
			first[at] = d
		}
	}
	now := period(c, today)
	var out []Period
	for at := now - n + 1; at <= now; at++ {
		from := deadline(c, at)
		from.Day = 1
		if c == playlist.Yearly {
			from.Month = time.January
		}
		out = append(out, Period{From: from, By: deadline(c, at), When: first[at]})
	}
	return out
}

// Words says a duty as people who keep it say it.
func Words(c playlist.Column) (zh, en string) {
	switch c.Cadence {
	case playlist.Monthly:
		return "每月 15 日前", "by the 15th of every month"
	case playlist.Quarterly:
		return "每季度首月 15 日前", "by the 15th of the first month of every quarter"
	case playlist.Yearly:
		return "每年 3 月 31 日前", "by 31 March of every year"
	case playlist.Standing:
		return "常年公开，每年核对", "always up, looked through every year"
	}
	n := c.Within
	if n <= 0 {
		n = playlist.LawWithin
	}
	return fmt.Sprintf("形成后 %d 个工作日内", n), fmt.Sprintf("within %d working days of being formed", n)
}
