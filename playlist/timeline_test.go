package playlist

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

// anyRule makes a rule whose edges lie in the thirty days from base.
func anyRule(r *rand.Rand, id, list string, base schedule.Date) schedule.Rule {
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	v := schedule.Rule{ID: id, Name: "规则" + id, Playlist: list, Share: pick(0, 0, 0, 1, 3),
		Level: []schedule.Level{schedule.Urgent, schedule.Campaign, schedule.Normal, schedule.Normal, schedule.Filler}[r.IntN(5)]}
	for range pick(0, 0, 1, 2) {
		from := schedule.Clock(pick(0, 360, 510, 720, 1050, 1320))
		v.Spans = append(v.Spans, schedule.Span{From: from, To: from + schedule.Clock(pick(30, 90, 240, 600))%schedule.Midnight})
		if s := &v.Spans[len(v.Spans)-1]; s.To > schedule.Midnight {
			s.To -= schedule.Midnight
		}
	}
	if r.IntN(2) == 0 {
		v.From = base.AddDays(r.IntN(20) - 5)
		switch r.IntN(4) {
		case 0:
			v.Until = v.From.AddDays(r.IntN(9))
		case 1:
			v.Period = &schedule.Period{Days: 1 + r.IntN(8), Working: r.IntN(2) == 0}
		case 2:
			v.Weeks = 2
		case 3:
			v.Recurrence = []string{"FREQ=DAILY;INTERVAL=3", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;BYDAY=MO,WE"}[r.IntN(3)]
		}
	}
	for _, d := range r.Perm(7)[:pick(0, 0, 0, 2)] {
		v.Weekdays = append(v.Weekdays, time.Weekday(d))
	}
	v.Days = []schedule.DayKind{schedule.AnyDay, schedule.AnyDay, schedule.WorkingDay, schedule.DayOff}[r.IntN(4)]
	return v
}

// anyLibrary is what a screen with many rules and windows has.
func anyLibrary(t testing.TB, r *rand.Rand, kind ScreenKind, base schedule.Date) *Library {
	t.Helper()
	zone := at8("2026-11-15 09:00").Location()
	start := base.In(zone)
	edge := func() time.Time { return start.Add(time.Duration(r.IntN(30*24*60)) * time.Minute) }
	var loaded []Loaded
	for _, site := range siteNames {
		in := CompileInput{Channel: ChannelID{Site: site}, Revision: 1, Created: at8("2026-09-01 09:00")}
		for i := range 4 + r.IntN(8) {
			n := dated(fmt.Sprint("n-", site, "-", i), fmt.Sprintf("2026-08-%02d", 1+i), site)
			if r.IntN(3) == 0 {
				n.NotBefore = edge()
			}
			if r.IntN(3) == 0 {
				n.NotAfter = edge()
				if !n.NotBefore.IsZero() && !n.NotBefore.Before(n.NotAfter) {
					n.NotAfter = n.NotBefore.Add(36 * time.Hour)
				}
			}
			in.Notices = append(in.Notices, n)
		}
		for i := range 1 + r.IntN(4) {
			p := Playlist{ID: fmt.Sprint("p", i), Name: "p"}
			for _, n := range in.Notices {
				if r.IntN(4) == 0 {
					p.Items = append(p.Items, Item{Notice: n.ID, Dwell: r.IntN(3) * 15})
				}
			}
			if r.IntN(2) == 0 {
				p.Latest = &Select{Count: 1 + r.IntN(9)}
			}
			in.Playlists = append(in.Playlists, p)
			rule := anyRule(r, fmt.Sprint("r", i), p.ID, base)
			in.Rules = append(in.Rules, rule)
		}
		loaded = append(loaded, compiled(t, in))
	}
	var warnings []*Notice
	for i := range 3 {
		w := alert(fmt.Sprint("w", i), "liuxi", Red, "2026-09-18 10:00", "2026-09-18 11:00")
		w.NotBefore = edge()
		w.NotAfter = w.NotBefore.Add(time.Duration(1+r.IntN(600)) * time.Minute)
		w.Alert.Start = w.NotBefore
		warnings = append(warnings, w)
	}
	loaded = append(loaded, compiled(t, CompileInput{Channel: ChannelID{Site: "liuxi", Alert: true}, Revision: 1, Created: at8("2026-09-01 09:00"), Notices: warnings}))
	l, err := NewLibrary(settingsOf(kind), loaded, WithPace(func(n *Notice, _ bool) time.Duration {
		return time.Duration(9+len(n.ID)%3*11) * time.Second
	}))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestTimelineAgreesWithEveryMinute asks for thirty days at once and then for
// random minutes, and for the instants about every change.
func TestTimelineAgreesWithEveryMinute(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	changes := 0
	for round := range 12 {
		base := schedule.Date{Year: 2026, Month: 9, Day: 18}.AddDays(r.IntN(30)) // National Day with its make-up days
		l := anyLibrary(t, r, []ScreenKind{LED, Touch}[round%2], base)
		from := base.In(l.Zone()).Add(time.Duration(r.IntN(1440)) * time.Minute)
		until := from.AddDate(0, 0, 30)
		stretches := slices.Collect(l.Timeline(from, until))
		changes += len(stretches)
		agree := func(s Stretch, at time.Time) {
			t.Helper()
			m := schedule.Sure(at)
			c := l.Loop(m)
			d := s.Cycle.Decision
			if c.Decision.Level != d.Level || !slices.EqualFunc(c.Decision.Chosen, d.Chosen, sameRule) || !slices.Equal(c.Slots, s.Cycle.Slots) ||
				!slices.Equal(c.LeftOut, s.Cycle.LeftOut) || c.Over != s.Cycle.Over || c.Length != s.Cycle.Length || !slices.Equal(l.Alerts(m), s.Alerts) {
				t.Fatalf("round %d: at %s the loop is\n%s\nin the timeline from %s until %s\n%s", round, at, told(c), s.From, s.Until, told(s.Cycle))
			}
			for _, why := range c.Decision.Reasons {
				if why.Verdict == schedule.Beaten && !slices.ContainsFunc(s.Beaten, func(b schedule.Bound) bool { return b.Rule.ID == why.Rule && b.Channel == why.Channel }) {
					t.Fatalf("round %d: at %s rule %s of %s is beaten, the timeline does not know", round, at, why.Rule, why.Channel)
				}
			}
		}
		at := from
		for _, s := range stretches {
			if !s.From.Equal(at) || !s.Until.After(s.From) {
				t.Fatalf("round %d: a stretch from %s until %s after one until %s", round, s.From, s.Until, at)
			}
			at = s.Until
			agree(s, s.From)
			agree(s, s.Until.Add(-time.Nanosecond))
			agree(s, s.From.Add(time.Duration(r.Int64N(int64(s.Until.Sub(s.From))))))
		}
		if !at.Equal(until) {
			t.Fatalf("round %d: it ends at %s, not %s", round, at, until)
		}
		for range 200 {
			at := from.Add(time.Duration(r.IntN(30*24*60)) * time.Minute)
			i := slices.IndexFunc(stretches, func(s Stretch) bool { return at.Before(s.Until) })
			agree(stretches[i], at)
		}
		// Where it goes wrong, Overruns says so too.
		for _, o := range l.Overruns(from, until) {
			c := l.Loop(schedule.Sure(o.From))
			for _, ch := range o.Starved {
				if slices.ContainsFunc(c.Slots, func(s Slot) bool { return s.Channel == ch }) || !slices.ContainsFunc(c.LeftOut, func(s Slot) bool { return s.Channel == ch }) {
					t.Fatalf("round %d: %s is said to have no turn at %s: %s", round, ch, o.From, told(c))
				}
			}
			if c.Over == (len(o.Starved) > 0) || c.Must() != o.Length {
				t.Fatalf("round %d: an overrun of %s at %s: %s", round, o.Length, o.From, told(c))
			}
		}
	}
	if changes < 250 {
		t.Errorf("only %d stretches", changes)
	}
}
