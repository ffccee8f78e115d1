package tidy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// How many rows are dropped in one transaction, and what stays in any case.
const (
	voicesAt = 100
	rowsAt   = 200
	// spareRows of a screen's ledger are kept however old they are: a device that
	// comes back after years may send again what it did not hear acknowledged.
	spareRows  = 5000
	keepSpeech = 400 * 24 * time.Hour
	keepVoices = 3650 * 24 * time.Hour // that there was one
	keepSizes  = 800 * 24 * time.Hour
)

// actor is who does this, in the audit log.
const actor = "system"

// voices removes the words of residents that were dealt with long ago. Each removal
// is on record, with how many there were and by when they were dealt with, in the
// transaction that removes them.
func (t *Tidy) voices(ctx context.Context, now time.Time) error {
	before := now.Add(-t.cfg.Voices)
	for more := t.cfg.Voices > 0; more; {
		err := t.cfg.Store.Update(ctx, func(tx *store.Tx) error {
			gone, err := tx.ForgetVoices(ctx, before, now, voicesAt)
			if err != nil {
				return err
			}
			sum := 0
			for _, site := range slices.Sorted(maps.Keys(gone)) {
				sum += gone[site]
				if err := tx.Audit(ctx, store.Record{
					At: now, Actor: actor, Action: "voice.forget", Subject: string(site), Site: site,
					Detail: fmt.Sprintf("%d %s", gone[site], before.In(t.cfg.Zone).Format("2006-01-02")),
				}); err != nil {
					return err
				}
			}
			more = sum == voicesAt
			return nil
		})
		if err != nil {
			return err
		}
		if err := breathe(ctx); err != nil {
			return err
		}
	}
	return t.steps(ctx, func(tx *store.Tx) (bool, error) {
		n, err := tx.DropVoices(ctx, now.Add(-max(keepVoices, t.cfg.Voices)), rowsAt)
		return n == rowsAt, err
	})
}

// steps calls do in transactions of its own until there is no more.
func (t *Tidy) steps(ctx context.Context, do func(*store.Tx) (more bool, err error)) error {
	for more := true; more; {
		err := t.cfg.Store.Update(ctx, func(tx *store.Tx) (err error) {
			more, err = do(tx)
			return err
		})
		if err != nil {
			return err
		}
		if err := breathe(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ledger drops rows of display that the law asks for no more.
func (t *Tidy) ledger(ctx context.Context, now time.Time) error {
	if t.cfg.Ledger <= 0 {
		return nil
	}
	before := now.Add(-t.cfg.Ledger)
	return t.cfg.Store.LedgerScreens(ctx, func(screen playlist.ScreenID) error {
		at := store.LedgerMark{Epoch: -1}
		return t.steps(ctx, func(tx *store.Tx) (more bool, err error) {
			_, next, more, err := tx.TrimLedger(ctx, screen, at, before, now, spareRows, rowsAt)
			if err == nil {
				at = next
			}
			return more, err
		})
	})
}

// rows drops what is bounded by age and small.
func (t *Tidy) rows(ctx context.Context, now time.Time) error {
	return t.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetOld(ctx, now); err != nil {
			return err
		}
		if _, err := tx.ForgetOldSpeech(ctx, now.Add(-keepSpeech)); err != nil {
			return err
		}
		return tx.ForgetSizes(ctx, now.Add(-keepSizes))
	})
}
