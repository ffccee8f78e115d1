package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

var shanghai = time.FixedZone("CST", 8*3600)

// recorder makes the ledgers of a few screens by chance, as devices do: in the order of
// the ends, some in zones, with clocks that jump, times that are written oddly, and
// ledgers that begin anew.
type recorder struct {
	*rand.Rand
	at    time.Time
	epoch map[playlist.ScreenID]int
	seq   map[playlist.ScreenID]uint64
	chain map[playlist.ScreenID]assets.Ref
}

func newRecorder(seed uint64, at time.Time) *recorder {
	return &recorder{rand.New(rand.NewPCG(seed, 16)), at, map[playlist.ScreenID]int{}, map[playlist.ScreenID]uint64{}, map[playlist.ScreenID]assets.Ref{}}
}

var recorded = []playlist.ScreenID{"s-1", "s-2", "大厅"}

// some makes n rows.
func (r *recorder) some(n int) (rows []store.LedgerRow) {
	for range n {
		id := recorded[r.IntN(len(recorded))]
		if r.epoch[id] == 0 || r.IntN(300) == 0 {
			r.epoch[id]++
			r.seq[id], r.chain[id] = uint64(r.IntN(2)*r.IntN(50)), assets.Ref{}
			if r.seq[id] > 0 {
				r.chain[id] = assets.RefOf([]byte("unknown")) // rows before it are missing
			}
		}
		r.at = r.at.Add(time.Duration(r.IntN(20_000)) * time.Millisecond)
		from, until := r.at.Add(-time.Duration(r.IntN(30_000))*time.Millisecond), r.at
		switch r.IntN(200) {
		case 0:
			from, until = from.In(shanghai), until.Add(123*time.Nanosecond) // odd, and true all the same
		case 1:
			until = from // no time
		case 2:
			from, until = from.AddDate(60, 0, 0), until.AddDate(60, 0, 0) // a clock ahead
		case 3:
			from = until.Add(time.Hour) // backwards
		case 4:
			r.at = r.at.Add(time.Duration(r.IntN(30)) * time.Hour) // switched off
		}
		r.seq[id]++
		row := wire.Row{
			Seq: r.seq[id], Notice: playlist.NoticeID(fmt.Sprintf("公示-%d", r.IntN(5))), Version: r.IntN(4), Channel: playlist.ChannelID{Site: "liuxi", Alert: r.IntN(3) == 0},
			Revision: playlist.Revision(r.Uint64() >> r.IntN(64)), From: from, Until: until, Page: []string{"loop", "zone", "", `"<&>`}[r.IntN(4)],
		}
		row.Chain = wire.Link(r.chain[id], row)
		r.chain[id] = row.Chain
		rows = append(rows, store.LedgerRow{Screen: id, Epoch: r.epoch[id], Row: row})
	}
	return rows
}

func putRows(t *testing.T, s *store.Store, rows []store.LedgerRow) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for _, r := range rows {
			if err := tx.PutLedgerRow(t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// packAll packs all rows that ended before an instant, in steps, and returns how many.
func packAll(t *testing.T, s *store.Store, before, now time.Time, after func()) (sum int) {
	t.Helper()
	for screen := playlist.ScreenID(""); ; {
		var err error
		if screen, err = s.UnpackedScreen(t.Context(), screen); errors.Is(err, store.ErrNotFound) {
			return sum
		} else if err != nil {
			t.Fatal(err)
		}
		at := store.LedgerMark{Epoch: -1}
		for more := true; more; {
			if err := s.Update(t.Context(), func(tx *store.Tx) (err error) {
				var n int
				n, at, more, err = tx.PackLedger(t.Context(), screen, at, before, now, shanghai)
				sum += n
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if after != nil {
				after()
			}
		}
	}
}

// alike holds what two stores say of the same rows against each other.
func alike(t *testing.T, r *rand.Rand, packed, plain store.Reader, from, until time.Time) {
	t.Helper()
	ctx := t.Context()
	for _, screen := range append([]playlist.ScreenID{""}, recorded...) {
		a, err := packed.LedgerCount(ctx, screen)
		b, err2 := plain.LedgerCount(ctx, screen)
		if a != b || err != nil || err2 != nil {
			t.Fatalf("%d rows of %q, not %d: %v, %v", a, screen, b, err, err2)
		}
	}
	var screens [2][]playlist.ScreenID
	for i, s := range []store.Reader{packed, plain} {
		if err := s.LedgerScreens(ctx, func(id playlist.ScreenID) error { screens[i] = append(screens[i], id); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(screens[0], screens[1]) {
		t.Fatalf("screens %v, not %v", screens[0], screens[1])
	}
	for i := range 30 {
		screen, epoch, after, limit := recorded[r.IntN(len(recorded))], 1+r.IntN(4), uint64(0), 100_000
		if i >= 12 {
			after, limit = uint64(r.IntN(1500)), 1+r.IntN(400)
		}
		a, err := packed.LedgerRows(ctx, screen, epoch, after, limit)
		b, err2 := plain.LedgerRows(ctx, screen, epoch, after, limit)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		x, err := json.Marshal(a)
		y, err2 := json.Marshal(b)
		if err := errors.Join(err, err2); err != nil || !bytes.Equal(x, y) {
			t.Fatalf("rows of %s, epoch %d, after %d: %d and %d differ, %v", screen, epoch, after, len(a), len(b), err)
		}
		at := from.Add(time.Duration(r.Int64N(int64(until.Sub(from)))))
		long := time.Duration(r.IntN(7200)) * time.Second
		notice := playlist.NoticeID(fmt.Sprintf("公示-%d", r.IntN(5)))
		latest, err := packed.PackedUntil(ctx, screen)
		if err != nil {
			t.Fatal(err)
		}
		p, err := packed.Displayed(ctx, screen, notice, at, at.Add(long), 25*time.Hour, latest)
		q, err2 := plain.Displayed(ctx, screen, notice, at, at.Add(long), 25*time.Hour, time.Time{})
		if err := errors.Join(err, err2); err != nil || len(p)+len(q) > 0 && !reflect.DeepEqual(p, q) {
			t.Fatalf("%s on %s at %s: %v and %v, %v", notice, screen, at, p, q, err)
		}
	}
}

// checked walks all rows and wants no fault, or those given.
func checked(t *testing.T, s store.Reader, now time.Time, want ...string) store.LedgerFound {
	t.Helper()
	var faults []error
	found, err := s.CheckLedger(t.Context(), now, func(err error) { faults = append(faults, err) })
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != len(want) {
		t.Fatalf("faults: %v, want %q", faults, want)
	}
	for i, w := range want {
		if !strings.Contains(faults[i].Error(), w) {
			t.Errorf("fault %v, want %q", faults[i], w)
		}
	}
	return found
}

// TestPackedLedgerReadsAlike packs rows by chance, some that come late among them, and
// trims them: whatever is asked has the same answer, to the byte, as where nothing is
// packed.
func TestPackedLedgerReadsAlike(t *testing.T) {
	begin := time.Date(2027, 3, 1, 15, 0, 0, 0, time.UTC)
	for seed := range uint64(3) {
		packed := storetest.Open(t, filepath.Join(t.TempDir(), "x.db"))
		plain := storetest.Open(t, filepath.Join(t.TempDir(), "y.db"))
		r := newRecorder(seed, begin)
		sum, all := 0, 0
		for part := range 4 {
			rows := r.some(600)
			putRows(t, packed, rows)
			putRows(t, plain, rows)
			now := r.at.Add(time.Duration(r.IntN(5*24)) * time.Hour)
			before := now.AddDate(0, 0, -2)
			steps := 0
			sum += packAll(t, packed, before, now, func() {
				if steps++; steps%12 == 0 {
					alike(t, r.Rand, packed.Reader, plain.Reader, begin, r.at)
				}
			})
			alike(t, r.Rand, packed.Reader, plain.Reader, begin, r.at)
			all += len(rows)
			a, b := checked(t, packed.Reader, now), checked(t, plain.Reader, now)
			if a != b || a.Rows != int64(all) {
				t.Fatalf("seed %d, part %d: walked %+v and %+v of %d rows", seed, part, a, b, all)
			}
			again := rows[r.IntN(len(rows))]
			if err := packed.Update(t.Context(), func(tx *store.Tx) error { return tx.PutLedgerRow(t.Context(), again) }); !errors.Is(err, store.ErrConflict) {
				t.Errorf("a row that is there: %v", err)
			}
		}
		sum += packAll(t, packed, r.at.AddDate(0, 0, 3), r.at.AddDate(0, 0, 4), nil)
		if sum != all {
			t.Errorf("seed %d: %d rows of %d are packed", seed, sum, all)
		}
		alike(t, r.Rand, packed.Reader, plain.Reader, begin, r.at)
		if bytes, rows, err := packed.PackBytes(t.Context()); err != nil || rows != int64(all) || bytes == 0 {
			t.Errorf("%d rows in %d bytes, %v", rows, bytes, err)
		}
		trimAlike(t, packed, plain, begin.Add(r.at.Sub(begin)/2), r.at)
	}
}

// trimAlike trims both: of what is packed nothing younger goes, and nothing stays that is
// a day older.
func trimAlike(t *testing.T, packed, plain *store.Store, before, now time.Time) {
	t.Helper()
	ctx := t.Context()
	var left [2]map[string]time.Time
	for i, s := range []*store.Store{packed, plain} {
		left[i] = map[string]time.Time{}
		if err := s.LedgerScreens(ctx, func(screen playlist.ScreenID) error {
			at := store.LedgerMark{Epoch: -1}
			for more := true; more; {
				if err := s.Update(ctx, func(tx *store.Tx) (err error) {
					_, at, more, err = tx.TrimLedger(ctx, screen, at, before, now, 10, 7)
					return err
				}); err != nil {
					return err
				}
			}
			for epoch := 1; epoch < 20; epoch++ {
				rows, err := s.LedgerRows(ctx, screen, epoch, 0, 100_000)
				if err != nil {
					return err
				}
				for _, r := range rows {
					left[i][fmt.Sprint(screen, epoch, r.Seq)] = r.Until
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		checked(t, s.Reader, now)
	}
	for id := range left[1] {
		if _, has := left[0][id]; !has {
			t.Errorf("row %s is gone", id)
		}
	}
	for id, until := range left[0] {
		if _, has := left[1][id]; !has && until.Before(before.AddDate(0, 0, -1)) {
			t.Errorf("row %s of %s is still there", id, until)
		}
	}
	if len(left[1]) == 0 || len(left[0]) > len(left[1])*3/2 {
		t.Errorf("%d rows are left where packed, else %d", len(left[0]), len(left[1]))
	}
}
