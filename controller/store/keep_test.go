package store_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestTrimLedger drops the old rows of two devices that a screen had: those of a clock
// that ran ahead are passed over, and the newest of the present device stay however
// old they are, as do the sums of days.
func TestTrimLedger(t *testing.T) {
	const screen, spare, limit = "s-1", 30, 7
	ctx := t.Context()
	s := storetest.Open(t, filepath.Join(t.TempDir(), "x.db"))
	now := time.Date(2032, 1, 1, 12, 0, 0, 0, time.UTC)
	before := now.Add(-1830 * 24 * time.Hour)
	old, young, ahead := before.Add(-time.Hour), before.Add(time.Hour), now.Add(48*time.Hour)
	put := func(tx *store.Tx, epoch, from, to int, at time.Time) error {
		var errs []error
		for seq := from; seq <= to; seq++ {
			row := wire.Row{Seq: uint64(seq), Notice: "tingshui", Version: 1, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, From: at.Add(-time.Minute), Until: at, Page: "loop"}
			errs = append(errs, tx.PutLedgerRow(ctx, store.LedgerRow{Screen: screen, Epoch: epoch, Row: row}))
		}
		return errors.Join(errs...)
	}
	err := s.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(
			tx.PutScreen(ctx, playlist.Screen{ID: screen, Site: "liuxi", Kind: playlist.LED, Name: "村口"}, "zh"),
			tx.BindDevice(ctx, screen, bytes.Repeat([]byte{1}, 32), old),
			put(tx, 1, 1, 40, old),
			tx.BindDevice(ctx, screen, bytes.Repeat([]byte{2}, 32), old),
			put(tx, 2, 1, 20, old), put(tx, 2, 21, 25, ahead), put(tx, 2, 26, 90, old), put(tx, 2, 91, 100, young),
			tx.SetLedgerHead(ctx, screen, 100, ""),
			tx.AddDisplay(ctx, store.DisplayDay{Notice: "tingshui", Screen: screen, Day: "2026-12-28", Shown: time.Hour, Times: 135, First: old, Last: old, Version: 1}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	dropped, at := 0, store.LedgerMark{Epoch: -1}
	for more := true; more; {
		err := s.Update(ctx, func(tx *store.Tx) (err error) {
			var n int
			n, at, more, err = tx.TrimLedger(ctx, screen, at, before, now, spare, limit)
			if n > limit {
				t.Errorf("%d rows in one step", n)
			}
			dropped += n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if dropped != 40+20+45 { // up to number 70: the newest 30 stay
		t.Errorf("%d rows were dropped", dropped)
	}
	if rows, err := s.LedgerRows(ctx, screen, 1, 0, 1000); err != nil || len(rows) != 0 {
		t.Errorf("of the device before: %d rows, %v", len(rows), err)
	}
	rows, err := s.LedgerRows(ctx, screen, 2, 0, 1000)
	if err != nil || len(rows) != 5+30 || rows[0].Seq != 21 || rows[5].Seq != 71 {
		t.Errorf("of the present device: %d rows, %v", len(rows), err)
	}
	if days, err := s.DisplayOf(ctx, "tingshui"); err != nil || len(days) != 1 || days[0].Times != 135 {
		t.Errorf("sums: %+v, %v", days, err)
	}
}
