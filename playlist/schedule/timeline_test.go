package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func ids(of []Bound) string {
	var out []string
	for _, b := range of {
		out = append(out, b.Rule.ID)
	}
	return strings.Join(out, ",")
}

// randomSet makes rules that overlap, some of which have nothing to play.
func randomSet(r *rand.Rand, base Date, n int) (rules []Bound, plays []bool) {
	for i := range n {
		rule := oracleRule(r, base)
		if rule.ID = fmt.Sprint("r", i); r.IntN(4) == 0 {
			rule.Recurrence = oracleRecurrence(r, base, !rule.From.IsZero())
		}
		rules = append(rules, Bound{Rule: rule, Channel: "c", Distance: r.IntN(3)})
		plays = append(plays, r.IntN(8) > 0)
	}
	return rules, plays
}

// TestTimelineIsWhatAtSays walks timelines over changes of summer time: each
// stretch must be what At says at its beginning and until when.
func TestTimelineIsWhatAtSays(t *testing.T) {
	zones := map[string]string{"Asia/Shanghai": "2026-09-18", "Europe/Berlin": "2026-10-20", "America/New_York": "2026-03-01", "Africa/Cairo": "2026-04-20"}
	for name, start := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(5, 6))
		for range 60 {
			rules, plays := randomSet(r, date(start).AddDays(r.IntN(12)), 1+r.IntN(8))
			s := NewSet(rules, nil, china, zone)
			from := date(start).In(zone).Add(time.Duration(r.IntN(24*60)) * time.Minute)
			to := from.Add(12 * 24 * time.Hour)
			open := from
			for v := range s.Timeline(from, to, plays) {
				if !v.From.Equal(open) || !v.Until.After(v.From) || v.Until.After(to) {
					t.Fatalf("stretch from %s until %s after %s", v.From, v.Until, open)
				}
				d := s.Among(v.From, plays)
				until := d.Until
				if until.IsZero() || until.After(to) {
					until = to
				}
				if ids(d.Chosen) != ids(v.Chosen) || d.Level != v.Level || !v.Until.Equal(until) {
					t.Fatalf("at %s %s until %s, the timeline has %s until %s", v.From, ids(d.Chosen), until, ids(v.Chosen), v.Until)
				}
				for i, why := range d.Reasons {
					if why.Verdict == Beaten && !strings.Contains(ids(v.Beaten)+",", rules[i].Rule.ID+",") {
						t.Fatalf("at %s %s is beaten, but the timeline names only %s", v.From, rules[i].Rule.ID, ids(v.Beaten))
					}
					if (why.Verdict == Beaten) != (len(why.By) > 0) {
						t.Fatalf("%s is beaten by %v", why.Verdict, why.By)
					}
				}
				open = v.Until
			}
			if !open.Equal(to) {
				t.Fatalf("the timeline ends at %s, not %s", open, to)
			}
		}
	}
	s := NewSet(nil, nil, nil, nil)
	now := at("2026-11-22 10:00")
	if n := len(slices.Collect(s.Timeline(now, now, nil))); n != 0 {
		t.Errorf("%d stretches of no time", n)
	}
	for range s.Timeline(now, now.Add(time.Hour), nil) {
		break // who has seen enough may stop
	}
}

// TestSetIsSafeForConcurrentUse asks one Set from several goroutines and in
// another order than the set it is compared with.
func TestSetIsSafeForConcurrentUse(t *testing.T) {
	rules, plays := randomSet(rand.New(rand.NewPCG(7, 8)), date("2026-11-22"), 24)
	shared := NewSet(rules, nil, china, shanghai)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 60 {
				now := at("2026-01-01 00:00").Add(time.Duration((i*37+worker*11)%400) * 23 * time.Hour)
				got, want := shared.Among(now, plays), NewSet(rules, nil, china, shanghai).Among(now, plays)
				if chosen(got) != chosen(want) || !got.Until.Equal(want.Until) {
					t.Errorf("at %s %s until %s, alone %s until %s", now, chosen(got), got.Until, chosen(want), want.Until)
				}
			}
		})
	}
	wg.Wait()
}

// screenRules are the rules of a screen as a county has them: of the county, the
// town and the village, with one of every sort.
func screenRules() []Bound {
	rule := func(channel string, distance int, r Rule) Bound {
		r.Name, r.Playlist = r.ID, "p"
		return Bound{Rule: r, Channel: channel, Distance: distance}
	}
	return []Bound{
		rule("county", 2, Rule{ID: "news", Level: Normal, Spans: spans("06:00-22:00")}),
		rule("county", 2, Rule{ID: "guides", Level: Filler}),
		rule("county", 2, Rule{ID: "disclosure", Level: Campaign, Recurrence: "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15", Spans: spans("08:00-18:00")}),
		rule("county", 2, Rule{ID: "holidays", Level: Normal, Days: Holiday}),
		rule("town", 1, Rule{ID: "office", Level: Normal, Days: WorkingDay, Spans: spans("08:30-12:00", "14:00-17:30")}),
		rule("town", 1, Rule{ID: "market", Level: Normal, Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", Spans: spans("08:00-12:00")}),
		rule("town", 1, Rule{ID: "clinic", Level: Normal, From: date("2026-11-04"), Weeks: 2, Weekdays: []time.Weekday{3}, Spans: spans("09:00-11:30")}),
		rule("village", 0, Rule{ID: "posting", Level: Normal, From: date("2026-11-16"), Period: &Period{Days: 7, Working: true}}),
		rule("village", 0, Rule{ID: "night", Level: Normal, Spans: spans("22:00-06:00"), Weekdays: []time.Weekday{5, 6}}),
		rule("village", 0, Rule{ID: "always", Level: Normal}),
	}
}

// BenchmarkDay is a day's forecast for a thousand screens, rules made ready and
// all, against the floor: looking at every minute of as many days in a table.
func BenchmarkDay(b *testing.B) {
	const screens = 1000
	rules, cal, from := screenRules(), NewCalendar(DefaultDays()), at("2026-11-22 00:00")
	to := from.Add(24 * time.Hour)
	table := make([]uint16, 24*60) // which rules play in each minute
	s := NewSet(rules, nil, cal, shanghai)
	for v := range s.Timeline(from, to, nil) {
		for m := v.From; m.Before(v.Until); m = m.Add(time.Minute) {
			table[int(m.Sub(from).Minutes())] = uint16(len(v.Chosen))
		}
	}
	var spent, floor time.Duration
	stretches, changes := 0, 0
	for b.Loop() {
		start := time.Now()
		for range screens {
			for range NewSet(rules, nil, cal, shanghai).Timeline(from, to, nil) {
				stretches++
			}
		}
		spent += time.Since(start)
		start = time.Now()
		for range screens {
			for m := 1; m < len(table); m++ {
				if table[m] != table[m-1] {
					changes++
				}
			}
		}
		floor += time.Since(start)
	}
	if stretches == 0 || changes == 0 {
		b.Fatal("nothing ever changes")
	}
	b.ReportMetric(float64(spent)/float64(floor), "ratio")
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "ms/1000-screens")
}

// BenchmarkMonth is thirty days of one screen whose rules are ready, against the
// same floor.
func BenchmarkMonth(b *testing.B) {
	s, from := NewSet(screenRules(), nil, china, shanghai), at("2026-11-22 00:00")
	to := from.Add(30 * 24 * time.Hour)
	table := make([]uint16, 30*24*60)
	for i := range table {
		table[i] = uint16(i / 240)
	}
	var spent, floor time.Duration
	stretches, changes := 0, 0
	for b.Loop() {
		start := time.Now()
		for range s.Timeline(from, to, nil) {
			stretches++
		}
		spent += time.Since(start)
		start = time.Now()
		for m := 1; m < len(table); m++ {
			if table[m] != table[m-1] {
				changes++
			}
		}
		floor += time.Since(start)
	}
	if stretches == 0 || changes == 0 {
		b.Fatal("nothing ever changes")
	}
	b.ReportMetric(float64(spent)/float64(floor), "ratio")
}
