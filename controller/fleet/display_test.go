package fleet_test

import (
	"database/sql"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mingbai/controller/store"
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
// epochs and clocks that go back, against a map of seconds; of every second ledger the
// rows are packed again and again.
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
			if seed%2 == 1 && r.IntN(3) == 0 {
				y.pack(s.ID)
			}
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

// pack packs all rows of a screen.
func (y *yard) pack(id playlist.ScreenID) (n int) {
	y.t.Helper()
	at := store.LedgerMark{Epoch: -1}
	for more := true; more; {
		y.update(func(tx *store.Tx) (err error) {
			var some int
			some, at, more, err = tx.PackLedger(y.t.Context(), id, at, y.now.AddDate(1, 0, 0), y.now.AddDate(1, 0, 0), time.UTC)
			n += some
			return err
		})
	}
	return n
}

// TestLateRowsOfPackedDays is a screen that sends rows again which are packed, and after
// months rows of the days that are: the first are known, the others follow, and the sums
// are right. A row that is another than the packed one begins a new ledger.
func TestLateRowsOfPackedDays(t *testing.T) {
	y := newYard(t)
	_, s := y.enrol("liuxi")
	var c chain
	var rows []wire.Row
	for i := range 300 {
		rows = append(rows, c.at(y, "n-1", "zone", 10*i, 10*i+10))
	}
	y.take(s.ID, 200, rows[:200]...)
	if n := y.pack(s.ID); n != 200 {
		t.Fatalf("%d rows were packed", n)
	}
	y.take(s.ID, 200, rows[:200]...) // the answer was lost
	y.take(s.ID, 200, rows[150], rows[20])
	y.set(y.now.AddDate(0, 5, 0))
	y.take(s.ID, 300, rows[190:]...)
	y.take(s.ID, 300, append(slices.Clone(rows[250:]), rows[299], rows[100])...)
	y.set(y.now.AddDate(0, -5, 0))
	if n := y.pack(s.ID); n != 100 {
		t.Errorf("%d late rows were packed", n)
	}
	if got, times := y.of("n-1", s.ID); got != 3000*time.Second || times != 1 {
		t.Errorf("shown for %v in %d times", got, times)
	}
	epoch := func() int {
		row, err := y.store.Screen(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		return row.Epoch
	}
	before := epoch()
	other := rows[100]
	other.Version++
	other.Chain = wire.Link(rows[99].Chain, other)
	y.take(s.ID, 101, other)
	if got, _ := y.of("n-1", s.ID); got != 3000*time.Second || epoch() != before+1 {
		t.Errorf("another row: shown for %v, epoch %d after %d", got, epoch(), before)
	}
	if stored, err := y.store.LedgerRows(t.Context(), s.ID, before, 0, 1000); err != nil || len(stored) != 300 {
		t.Errorf("%d rows, %v", len(stored), err)
	}
	if _, err := y.store.CheckLedger(t.Context(), y.now, func(err error) { t.Error(err) }); err != nil {
		t.Error(err)
	}
}

// TestRowsBesideDamagedPacks: packed rows that the disk has damaged keep no screen from
// sending on. Its rows are stored; those of the time that nobody can read any more are not
// added to the sums, which never say more than was shown.
func TestRowsBesideDamagedPacks(t *testing.T) {
	y := newYard(t)
	_, s := y.enrol("liuxi")
	var c chain
	var rows []wire.Row
	for i := range 20 {
		rows = append(rows, c.at(y, "n-1", "zone", 10*i, 10*i+10))
	}
	y.take(s.ID, 10, rows[:10]...)
	y.pack(s.ID)
	db, err := sql.Open("sqlite", y.path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `UPDATE ledger_packs SET body = 'x'`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	y.take(s.ID, 20, rows[10:]...)
	again := rows[4] // of the packed, for the second time: nobody knows
	y.take(s.ID, 5, again)
	if got, _ := y.of("n-1", s.ID); got != 190*time.Second { // row 11 begins where the packed end
		t.Errorf("shown for %v", got)
	}
	if n, err := y.store.LedgerCount(t.Context(), s.ID); err != nil || n != 21 {
		t.Errorf("%d rows, %v", n, err)
	}
	faults := 0
	if _, err := y.store.CheckLedger(t.Context(), y.now, func(error) { faults++ }); err != nil || faults != 1 {
		t.Errorf("%d faults, %v", faults, err)
	}
}
