package schedule

import (
	"testing"
	"time"
)

func TestWithin(t *testing.T) {
	day := func(s string) time.Time {
		v, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	from, to := day("2026-11-01"), day("2026-12-01")
	before, inside, after := day("2026-10-15"), day("2026-11-15"), day("2026-12-15")
	nearly := to.Add(-time.Nanosecond)
	zero := time.Time{}
	cases := []struct {
		name string
		m    Moment
		want string // which of Strict, Ordinary, Lenient show it
	}{
		{"sure and inside", Sure(inside), "SOL"},
		{"sure and before", Sure(before), ""},
		{"sure and after", Sure(after), ""},
		{"the first instant", Sure(from), "SOL"},
		{"the last instant", Sure(nearly), "SOL"},
		{"the instant of expiry", Sure(to), ""},
		{"machine in 1970: its clock is not plausible", Moment{Lo: inside, Now: inside}, "OL"},
		{"machine in 1970, and the floor is past expiry", Moment{Lo: after, Now: after}, ""},
		{"machine in 1970, and the floor is before the window", Moment{Lo: before, Now: before}, ""},
		{"machine a year ahead", Moment{Lo: inside, Hi: inside.AddDate(1, 0, 0), Now: inside}, "L"},
		{"machine past 2038", Moment{Lo: inside, Hi: day("2040-01-01"), Now: inside}, "L"},
		{"off for long: the floor is old, the machine right", Moment{Lo: before, Hi: inside, Now: inside}, "OL"},
		{"off for long, expired by the machine's clock", Moment{Lo: inside, Hi: after, Now: after}, "L"},
		{"machine behind the floor inside the window", Moment{Lo: inside, Hi: inside.Add(-time.Hour), Now: inside}, "SOL"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for _, k := range []Caution{Strict, Ordinary, Lenient} {
				if c.m.Within(from, to, k) {
					got += " SOL"[k : k+1]
				}
			}
			if got != c.want {
				t.Errorf("shown by %q, want %q", got, c.want)
			}
		})
	}
	for _, k := range []Caution{Strict, Ordinary, Lenient} {
		for _, m := range []Moment{Sure(inside), {Lo: inside, Now: inside}, Sure(day("2040-01-01"))} {
			if !m.Within(zero, zero, k) {
				t.Errorf("caution %d hides what has no window at %v", k, m)
			}
		}
		if Sure(before).Within(from, zero, k) || !Sure(day("2040-01-01")).Within(from, zero, k) {
			t.Errorf("caution %d with an open end is wrong", k)
		}
	}
}
