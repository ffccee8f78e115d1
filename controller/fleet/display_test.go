package fleet_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// at makes a row of a page from second from to second until after y.now.
func (c *chain) at(y *yard, n playlist.NoticeID, page string, from, until int) wire.Row {
	c.seq++
	r := wire.Row{Seq: c.seq, Notice: n, Version: 1, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, Page: page,
		From: y.now.Add(time.Duration(from) * time.Second), Until: y.now.Add(time.Duration(until) * time.Second)}
	r.Chain = wire.Link(c.last, r)
	c.last = r.Chain
	return r
}

// of returns the sums of a notice on a screen.
func (y *yard) of(n playlist.NoticeID, s playlist.ScreenID) (shown time.Duration, times int) {
	y.t.Helper()
	days, err := y.store.DisplayOf(y.t.Context(), n)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, d := range days {
		if d.Screen == s {
			shown, times = shown+d.Shown, times+d.Times
		}
	}
	return shown, times
}

// TestZoneAndLoopCountOnce is a board that has a notice in a zone for two minutes,
// past midnight, and in its loop twice meanwhile; another screen shows it too.
func TestZoneAndLoopCountOnce(t *testing.T) {
	y := newYard(t) // half a minute before midnight
	_, s := y.enrol("liuxi")
	_, other := y.enrol("shiqiao")
	var c, d chain
	rows := []wire.Row{
		c.at(y, "n-2", "loop", 0, 10), c.at(y, "n-1", "loop", 10, 20), c.at(y, "n-1", "zone", 0, 30),
		c.at(y, "n-2", "loop", 20, 50), c.at(y, "n-1", "zone", 30, 60), c.at(y, "n-1", "loop", 50, 70),
		c.at(y, "n-1", "zone", 60, 90), c.at(y, "n-1", "zone", 90, 120), c.at(y, "n-1", "loop", 110, 130),
	}
	y.take(s.ID, 4, rows[:4]...)
	y.take(s.ID, 9, rows...)
	y.take(s.ID, 9, rows...) // and again
	y.take(other.ID, 1, d.at(y, "n-1", "loop", 100, 130))
	if got := y.shown("n-1"); got["2026-11-22"] != 30*time.Second || got["2026-11-23"] != 130*time.Second {
		t.Errorf("shown: %v", got)
	}
	if got, _ := y.of("n-1", s.ID); got != 130*time.Second {
		t.Errorf("the board had it for %v, want 130 s", got)
	}
	if got, times := y.of("n-2", s.ID); got != 40*time.Second || times != 2 {
		t.Errorf("the loop's other notice: %v in %d times", got, times)
	}
}

// TestWhatStandsCameOnce: rows end after half a minute, what stands goes on.
func TestWhatStandsCameOnce(t *testing.T) {
	y := newYard(t)
	_, s := y.enrol("liuxi")
	var c chain
	for i := range 10 {
		y.take(s.ID, uint64(i+1), c.at(y, "n-1", "zone", 30*i, 30*i+30))
	}
	y.take(s.ID, 11, c.at(y, "n-1", "zone", 301, 310)) // it was away for a second
	if got, times := y.of("n-1", s.ID); got != 309*time.Second || times != 2 {
		t.Errorf("shown for %v in %d times, want 309 s in 2", got, times)
	}
}

// TestSumsAreThoseOfEverySecond holds the sums of rows by chance, of several zones,
// epochs and clocks that go back, against a map of seconds.
func TestSumsAreThoseOfEverySecond(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 3))
		y := newYard(t)
		_, s := y.enrol("liuxi")
		var c chain
		lit := map[playlist.NoticeID]map[int]bool{"n-1": {}, "n-2": {}}
		now := 0
		for range 60 {
			if r.IntN(12) == 0 {
				c = chain{} // it lost its ledger
			}
			if now += r.IntN(20); r.IntN(10) == 0 {
				now -= r.IntN(200)
			}
			n := []playlist.NoticeID{"n-1", "n-2"}[r.IntN(2)]
			from := now - 1 - r.IntN(40)
			row := c.at(y, n, []string{"loop", "zone", "alert"}[r.IntN(3)], from, now)
			y.take(s.ID, row.Seq, row)
			for sec := from; sec < now; sec++ {
				lit[n][sec] = true
			}
		}
		for n, seconds := range lit {
			if got, _ := y.of(n, s.ID); got != time.Duration(len(seconds))*time.Second {
				t.Errorf("seed %d: %s was on for %d seconds, the sum says %v", seed, n, len(seconds), got)
			}
		}
	}
}
