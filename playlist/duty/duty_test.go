package duty_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/schedule"
)

func day(t testing.TB, s string) schedule.Date {
	t.Helper()
	if s == "" {
		return schedule.Date{}
	}
	d, err := schedule.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// autumn has the National Day week of 2026 with its make-up days.
func autumn(t testing.TB) *schedule.Calendar {
	var days []schedule.Exception
	for d := day(t, "2026-10-01"); !d.After(day(t, "2026-10-07")); d = d.AddDays(1) {
		days = append(days, schedule.Exception{Date: d, Name: "国庆节"})
	}
	return schedule.NewCalendar(append(days,
		schedule.Exception{Date: day(t, "2026-09-27"), Working: true}, schedule.Exception{Date: day(t, "2026-10-10"), Working: true}))
}

func TestStandings(t *testing.T) {
	cal := autumn(t)
	for _, c := range []struct {
		cadence     playlist.Cadence
		fresh       int
		last, today string
		shown       int
		state       duty.State
		by          string
		days        int
	}{
		{playlist.Monthly, 0, "2026-11-03", "2026-11-22", 3, duty.Good, "2026-12-15", 17},
		{playlist.Monthly, 0, "2026-10-31", "2026-11-05", 3, duty.Near, "2026-11-15", 6}, // the 15th is a Sunday
		{playlist.Monthly, 0, "2026-10-31", "2026-11-13", 3, duty.Near, "2026-11-15", 0},
		{playlist.Monthly, 0, "2026-10-31", "2026-11-15", 3, duty.Near, "2026-11-15", 0},
		{playlist.Monthly, 0, "2026-10-31", "2026-11-16", 3, duty.Overdue, "2026-11-15", 1},
		{playlist.Monthly, 0, "2026-10-31", "2026-11-23", 3, duty.Overdue, "2026-11-15", 6},
		{playlist.Monthly, 0, "2026-11-18", "2026-11-22", 3, duty.Good, "2026-12-15", 17}, // late, but it is there
		{playlist.Monthly, 0, "2026-01-31", "2026-02-28", 1, duty.Overdue, "2026-02-15", 10},
		{playlist.Monthly, 0, "2025-12-01", "2026-01-02", 1, duty.Good, "2026-01-15", 9},
		{playlist.Monthly, 0, "2026-09-30", "2026-09-30", 1, duty.Near, "2026-10-15", 7}, // the holidays are no time to work
		{playlist.Monthly, 0, "", "2026-11-10", 0, duty.Empty, "2026-11-15", 3},
		{playlist.Monthly, 0, "2026-11-03", "2026-11-22", 0, duty.Empty, "2026-12-15", 17}, // all of it expired
		{playlist.Quarterly, 0, "2026-07-15", "2026-10-08", 1, duty.Near, "2026-10-15", 6},
		{playlist.Quarterly, 0, "2026-09-30", "2026-10-16", 1, duty.Overdue, "2026-10-15", 1},
		{playlist.Quarterly, 0, "2026-10-20", "2026-11-22", 1, duty.Good, "2027-01-15", 40},
		{playlist.Quarterly, 0, "2025-12-31", "2026-01-01", 1, duty.Good, "2026-01-15", 10},
		{playlist.Yearly, 0, "2025-03-20", "2026-03-31", 1, duty.Near, "2026-03-31", 0},
		{playlist.Yearly, 0, "2025-03-20", "2026-04-01", 1, duty.Overdue, "2026-03-31", 1},
		{playlist.Yearly, 0, "2026-01-09", "2026-11-22", 1, duty.Good, "2027-03-31", 93},
		{playlist.Standing, 0, "2024-02-29", "2025-03-03", 1, duty.Overdue, "2025-02-28", 1},
		{playlist.Standing, 0, "2026-05-06", "2026-11-22", 1, duty.Good, "2027-05-06", 119},
		{playlist.Standing, 0, "", "2026-11-22", 0, duty.Empty, "", 0},
		{playlist.AdHoc, 0, "2020-01-01", "2026-11-22", 1, duty.Good, "", 0},
		{playlist.AdHoc, 14, "2026-11-08", "2026-11-22", 1, duty.Good, "", 0},
		{playlist.AdHoc, 14, "2026-11-07", "2026-11-22", 1, duty.Stale, "", 0},
		{playlist.Monthly, 14, "2026-10-31", "2026-11-23", 1, duty.Overdue, "2026-11-15", 6},
	} {
		got := duty.Of(playlist.Column{Cadence: c.cadence, Fresh: c.fresh}, duty.Filled{Last: day(t, c.last), Shown: c.shown}, cal, day(t, c.today))
		if got.State != c.state || got.By != day(t, c.by) || got.Days != c.days {
			t.Errorf("%q after %s on %s: %s by %s, %d days; want %s by %s, %d", c.cadence, c.last, c.today, got.State, got.By, got.Days, c.state, c.by, c.days)
		}
	}
}

// TestAgainstWalking compares with somebody who leafs through a calendar day by
// day.
func TestAgainstWalking(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 26))
	start := day(t, "2023-01-01")
	for range 5000 {
		var off []schedule.Exception
		for range rng.IntN(60) {
			off = append(off, schedule.Exception{Date: start.AddDays(rng.IntN(1500)), Working: rng.IntN(3) == 0})
		}
		cal := schedule.NewCalendar(off)
		cadence := []playlist.Cadence{playlist.Monthly, playlist.Quarterly, playlist.Yearly}[rng.IntN(3)]
		last := start.AddDays(rng.IntN(1000))
		today := last.AddDays(rng.IntN(500))
		same := func(a, b schedule.Date) bool {
			q := func(d schedule.Date) int { return (int(d.Month) - 1) / 3 }
			return a.Year == b.Year && (cadence == playlist.Yearly || cadence == playlist.Quarterly && q(a) == q(b) || a.Month == b.Month)
		}
		by := last
		for same(by, last) || !isDeadline(cadence, by) {
			by = by.AddDays(1)
		}
		days, from, to := 0, today, by
		if by.Before(today) {
			from, to = by, today
		}
		for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
			if cal.IsWorking(d) {
				days++
			}
		}
		want := duty.Good
		switch {
		case by.Before(today):
			want = duty.Overdue
		case days <= 7:
			want = duty.Near
		}
		got := duty.Of(playlist.Column{Cadence: cadence}, duty.Filled{Last: last, Shown: 1}, cal, today)
		if got.State != want || got.By != by || got.Days != days {
			t.Fatalf("%s after %s on %s: %+v, want %s by %s, %d days", cadence, last, today, got, want, by, days)
		}
	}
}

func isDeadline(c playlist.Cadence, d schedule.Date) bool {
	switch c {
	case playlist.Monthly:
		return d.Day == 15
	case playlist.Quarterly:
		return d.Day == 15 && (d.Month == time.January || d.Month == time.April || d.Month == time.July || d.Month == time.October)
	}
	return d.Month == time.March && d.Day == 31
}

func TestDeadlineOfTheLaw(t *testing.T) {
	cal := autumn(t)
	for _, c := range []struct {
		within       int
		formed, want string
	}{
		{0, "2026-09-18", "2026-10-21"}, // 20 working days over the National Day week
		{10, "2026-09-18", "2026-10-08"},
		{5, "2026-10-07", "2026-10-13"}, // the Saturday is worked
	} {
		if got := duty.Deadline(playlist.Column{Within: c.within}, day(t, c.formed), cal); got != day(t, c.want) {
			t.Errorf("%d working days after %s: %s, want %s", c.within, c.formed, got, c.want)
		}
	}
}

func TestHistory(t *testing.T) {
	published := []schedule.Date{day(t, "2026-11-20"), day(t, "2026-11-16"), day(t, "2026-10-15"), day(t, "2026-08-01")}
	got := duty.History(playlist.Monthly, published, day(t, "2026-11-22"), 4)
	want := []struct {
		from, when string
		kept       bool
	}{{"2026-08-01", "2026-08-01", true}, {"2026-09-01", "", false}, {"2026-10-01", "2026-10-15", true}, {"2026-11-01", "2026-11-16", false}}
	if len(got) != len(want) {
		t.Fatalf("%d periods", len(got))
	}
	for i, w := range want {
		if got[i].From != day(t, w.from) || got[i].When != day(t, w.when) || got[i].OnTime() != w.kept {
			t.Errorf("period %d is %+v, want %+v", i, got[i], w)
		}
	}
	if got := duty.History(playlist.Quarterly, published, day(t, "2026-11-22"), 2); got[0].From != day(t, "2026-07-01") || got[1].By != day(t, "2026-10-15") {
		t.Errorf("quarters are %+v", got)
	}
	if got := duty.History(playlist.Standing, published, day(t, "2026-11-22"), 2); got != nil {
		t.Errorf("a standing column has periods %+v", got)
	}
}
