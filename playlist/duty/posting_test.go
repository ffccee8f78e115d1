package duty_test

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/schedule"
)

func TestKept(t *testing.T) {
	cal := autumn(t)
	days := func(all ...string) (out []schedule.Date) {
		for _, s := range all {
			out = append(out, day(t, s))
		}
		return out
	}
	posting := &playlist.Notice{Posting: &playlist.Posting{From: day(t, "2026-09-25"), Days: 7, Working: true}}
	for _, c := range []struct {
		name             string
		n                *playlist.Notice
		shown            []schedule.Date
		today            string
		wanted, counted  int
		last             string
		over, enough, ok bool
	}{
		{"the Sunday before the holidays is worked", posting, days("2026-09-27", "2026-09-25", "2026-09-27", "2026-09-26"), "2026-09-28", 7, 2, "2026-10-09", false, false, true},
		{"holidays do not count", posting, days("2026-09-25", "2026-09-27", "2026-09-28", "2026-09-29", "2026-09-30", "2026-10-01", "2026-10-08", "2026-10-09"), "2026-10-10", 7, 7, "2026-10-09", true, true, true},
		{"what was shown before does not count", posting, days("2026-09-23", "2026-09-24"), "2026-10-10", 7, 0, "2026-10-09", true, false, true},
		{"days", &playlist.Notice{Posting: &playlist.Posting{From: day(t, "2026-10-01"), Days: 3}}, days("2026-10-01", "2026-10-02", "2026-10-04"), "2026-10-03", 3, 3, "2026-10-03", false, true, true},
		{"money without a period", &playlist.Notice{Fund: &playlist.Fund{}}, days("2026-10-01", "2026-10-02"), "2026-10-03", 10, 2, "", false, false, true},
		{"nothing is wanted", &playlist.Notice{}, days("2026-10-01"), "2026-10-03", 0, 0, "", false, true, false},
	} {
		k, ok := duty.KeptOf(c.n, c.shown, cal, day(t, c.today))
		if ok != c.ok || k.Wanted != c.wanted || k.Counted != c.counted || k.Last != day(t, c.last) || k.Over != c.over || k.Enough() != c.enough {
			t.Errorf("%s: %+v, %t", c.name, k, ok)
		}
	}
}
