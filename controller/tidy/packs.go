package tidy

import (
	"context"
	"errors"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// packsATurn is how many steps of packing are taken in one turn, so that a database of
// years, whose rows were never packed, is packed in days while the rest goes on.
const (
	packsATurn   = 200
	packFailures = 10 // end a pass: it is not the rows
)

// packing is a pass over the ledgers of all screens.
type packing struct {
	before time.Time         // rows that ended earlier are packed
	screen playlist.ScreenID // the last that was begun; empty before the first
	within bool              // it is not finished
	at     store.LedgerMark
	failed int // steps
}

// beginPacking has rows of display packed that ended before yesterday: most screens have
// sent those by then, and what others send later goes into packs of its own. A pass that
// is under way goes on.
func (t *Tidy) beginPacking(now time.Time) {
	if t.packs == nil {
		t.packs = &packing{}
	}
	y, m, d := now.In(t.cfg.Zone).Date()
	t.packs.before = time.Date(y, m, d-1, 0, 0, 0, 0, t.cfg.Zone)
}

// pack goes on with the pass that is under way, if there is one. A screen whose rows
// cannot be packed keeps them.
func (t *Tidy) pack(ctx context.Context, now time.Time) {
	for range packsATurn {
		p := t.packs
		if p == nil {
			return
		}
		if err := t.packStep(ctx, p, now); err != nil && ctx.Err() == nil {
			t.cfg.Log.Error("Rows of display could not be packed; they stay as they are, and it is tried again tomorrow.", "screen", string(p.screen), "error", err)
			if p.within, p.failed = false, p.failed+1; p.failed == packFailures {
				t.packs = nil
			}
		}
		if err := breathe(ctx); err != nil {
			return
		}
	}
}

// packStep packs in one transaction, or goes to the next screen.
func (t *Tidy) packStep(ctx context.Context, p *packing, now time.Time) error {
	if !p.within {
		screen, err := t.cfg.Store.UnpackedScreen(ctx, p.screen)
		if errors.Is(err, store.ErrNotFound) {
			t.packs = nil
			return nil
		}
		if err != nil {
			t.packs = nil
			return err
		}
		p.screen, p.within, p.at = screen, true, store.LedgerMark{Epoch: -1}
	}
	return t.cfg.Store.Update(ctx, func(tx *store.Tx) (err error) {
		_, p.at, p.within, err = tx.PackLedger(ctx, p.screen, p.at, p.before, now, t.cfg.Zone)
		return err
	})
}
