package tidy

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
)

// sweep is the removing of blobs that nothing names. It looks twice at what is named,
// Config.Quiet apart, and removes what was named neither time, is older than
// Config.Grace, and was neither put nor held between. Whoever writes a blob's name
// down puts or holds the blob first (assets.Store.Hold): so either it did so after the
// first look, and the sweep leaves the blob alone, or before, and then what it wrote
// is seen by the second look, unless it takes longer than Quiet between the two;
// nothing does that a person or a program waits for. Who holds a blob after it was
// removed is told that it is gone and puts it again.
//
// A backup copies the database first and then the blobs. It and the removing wait for
// each other, also when the backup is made by the command, in a process of its own
// (backup.Keeper.Quietly).
type sweep struct {
	of    *assets.Sweeping
	at    time.Time
	stale map[assets.Ref]bool
}

// beginSweep takes the first look.
func (t *Tidy) beginSweep(ctx context.Context, now time.Time) error {
	if t.sweep != nil {
		return nil // that one waits for its end
	}
	s := &sweep{of: t.cfg.Blobs.BeginSweep(), at: now, stale: map[assets.Ref]bool{}}
	err := t.cfg.Blobs.Each(func(ref assets.Ref, info fs.FileInfo) error {
		if now.Sub(info.ModTime()) >= t.cfg.Grace {
			s.stale[ref] = true
		}
		return ctx.Err()
	})
	if err == nil {
		err = t.named(ctx, now, s.stale)
	}
	if err != nil || len(s.stale) == 0 {
		s.of.End()
		return err
	}
	t.sweep = s
	return nil
}

// named takes those that are named out of stale.
func (t *Tidy) named(ctx context.Context, now time.Time, stale map[assets.Ref]bool) error {
	return t.cfg.Store.References(ctx, now.Add(-t.cfg.Grace), func(ref assets.Ref) { delete(stale, ref) })
}

// sweepAt is how many blobs are removed between two rests.
const sweepAt = 32

// finishSweep takes the second look and removes. While a backup is made, or screens
// have editions that the controller lost, it waits: those may name more.
func (t *Tidy) finishSweep(ctx context.Context, now time.Time) error {
	if t.cfg.Fleet != nil {
		lost, err := t.cfg.Fleet.Lost(ctx)
		if err != nil || len(lost) > 0 {
			return err
		}
	}
	quiet, err := t.cfg.Backups.Quietly(func() error { return t.remove(ctx, now) })
	if quiet {
		t.End() // what could not be removed is looked at again tomorrow
	}
	return err
}

func (t *Tidy) remove(ctx context.Context, now time.Time) error {
	if err := t.named(ctx, now, t.sweep.stale); err != nil {
		return err
	}
	var refs []assets.Ref
	for ref := range t.sweep.stale {
		refs = append(refs, ref)
	}
	removed, bytes := 0, int64(0)
	for len(refs) > 0 {
		some := refs[:min(sweepAt, len(refs))]
		refs = refs[len(some):]
		err := t.cfg.Store.Update(ctx, func(tx *store.Tx) error {
			for _, ref := range some {
				if err := tx.ForgetUploader(ctx, ref, now.Add(-t.cfg.Grace)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, ref := range some {
			size, gone, err := t.sweep.of.Remove(ref)
			if err != nil {
				t.cfg.Log.Warn("A blob that nothing names could not be removed.", "blob", ref.Short(), "error", err) // somebody reads it, on Windows
				continue
			}
			if gone {
				removed, bytes = removed+1, bytes+size
			}
		}
		if err := breathe(ctx); err != nil {
			return err
		}
	}
	if removed == 0 {
		return nil
	}
	t.cfg.Log.Info("Blobs that nothing names were removed.", "blobs", removed, "bytes", bytes)
	return t.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(ctx, store.Record{At: now, Actor: actor, Action: "blob.sweep", Subject: "blobs", Detail: fmt.Sprintf("%d %d", removed, bytes)})
	})
}
