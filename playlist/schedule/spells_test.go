package schedule_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

func minutes(from, to int) schedule.Spell {
	t0 := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	return schedule.Spell{From: t0.Add(time.Duration(from) * time.Minute), Until: t0.Add(time.Duration(to) * time.Minute)}
}

// TestSpellsAgainstMinutes compares with what one gets by asking every minute.
func TestSpellsAgainstMinutes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const day = 200
	some := func() (out []schedule.Spell, on [day]bool) {
		for at := rng.IntN(20); at < day-1; {
			end := min(at+1+rng.IntN(30), day)
			out = append(out, minutes(at, end))
			for i := at; i < end; i++ {
				on[i] = true
			}
			at = end + 1 + rng.IntN(30)
		}
		return out, on
	}
	check := func(what string, got []schedule.Spell, want func(int) bool) {
		t.Helper()
		var on [day]bool
		for i, s := range got {
			if !s.From.Before(s.Until) || i > 0 && s.From.Before(got[i-1].Until) {
				t.Fatalf("%s: %v is empty or out of order", what, got)
			}
			for m := range day {
				if x := minutes(m, m+1); !x.From.Before(s.From) && x.From.Before(s.Until) {
					on[m] = true
				}
			}
		}
		for m := range day {
			if on[m] != want(m) {
				t.Fatalf("%s: minute %d is %v", what, m, on[m])
			}
		}
	}
	for range 3000 {
		a, inA := some()
		b, inB := some()
		c, inC := some()
		check("common", schedule.Common(a, b), func(m int) bool { return inA[m] && inB[m] })
		check("without", schedule.Without(a, b, c), func(m int) bool { return inA[m] && !inB[m] && !inC[m] })
	}
}

func TestSpellsOfARule(t *testing.T) {
	cal := schedule.NewCalendar(schedule.DefaultDays())
	morning, err := schedule.ParseSpan("08:30-12:00")
	if err != nil {
		t.Fatal(err)
	}
	r := schedule.Rule{ID: "r", Days: schedule.WorkingDay, Spans: []schedule.Span{morning}, Tags: []string{"anything"}}
	from := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC) // a Saturday
	got := r.Spells(cal, time.UTC, from, from.AddDate(0, 0, 9))
	if len(got) != 5 || got[0].From.Hour() != 8 || got[0].From.Weekday() != time.Monday || got[4].Until.Weekday() != time.Friday {
		t.Errorf("mornings of working days: %v", got)
	}
	if !schedule.Campaign.Beats(schedule.Level("")) || schedule.Normal.Beats("") || schedule.Filler.Beats(schedule.Normal) {
		t.Error("levels are out of order")
	}
}
