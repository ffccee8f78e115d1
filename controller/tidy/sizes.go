package tidy

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
)

// month is what growth is counted by.
const month = 30 * 24 * time.Hour

// disk is what the disk of the data folder had at a look; at is zero when it could
// not be read.
type disk struct {
	at          time.Time
	free, total int64
	low         level
	since       time.Time // of low
}

// Use is one thing that takes room.
type Use struct {
	What  store.Held
	Bytes int64
	Count int64
	// Month is by how many bytes it grew in the last month, as far as Known.
	Month int64
	Known bool
}

// State is what takes the room on the disk.
type State struct {
	Measured    time.Time // of Uses; zero before the first time
	Uses        []Use
	Free, Total int64 // of the disk of the data folder; Total is 0 when not known
}

// recall reads what was measured.
func (t *Tidy) recall(ctx context.Context) error {
	sizes, err := t.cfg.Store.Sizes(ctx, t.cfg.Now().Add(-2*month))
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sizes = sizes
	if n := len(sizes); n > 0 {
		t.last = sizes[n-1].At
	}
	return nil
}

// measure notes how large everything is.
func (t *Tidy) measure(ctx context.Context, now time.Time) error {
	sizes := map[store.Held][2]int64{}
	var errs []error
	take := func(what store.Held, bytes, count int64, err error) {
		sizes[what] = [2]int64{bytes, count}
		errs = append(errs, err)
	}
	database, err := t.cfg.Store.Size(ctx)
	take(store.HeldDatabase, database, 0, err)
	unused, err := t.cfg.Store.Unused(ctx)
	take(store.HeldFree, unused, 0, err)
	bytes, count, err := t.cfg.Store.EditionBytes(ctx)
	take(store.HeldEditions, bytes, count, err)
	bytes, count, err = t.cfg.Store.PackBytes(ctx)
	take(store.HeldPacks, bytes, count, err)
	bytes, count, err = t.cfg.Store.SpeechBytes(ctx)
	take(store.HeldSpeech, bytes, count, err)
	bytes, count = 0, 0
	err = t.cfg.Blobs.Each(func(_ assets.Ref, info fs.FileInfo) error {
		bytes, count = bytes+info.Size(), count+1
		return ctx.Err()
	})
	take(store.HeldBlobs, bytes, count, err)
	bytes, count, err = folder(ctx, t.cfg.Shots)
	take(store.HeldShots, bytes, count, err)
	bytes, count, err = folder(ctx, t.cfg.Backup)
	take(store.HeldBackups, bytes, count, err)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	err = t.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		for what, z := range sizes {
			if err := tx.PutSize(ctx, store.Size{At: now, What: what, Bytes: z[0], Count: z[1]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.recall(ctx)
}

// folder adds up the files below a folder; files that share their bytes, as those of
// backups do, count once where the system tells.
func folder(ctx context.Context, dir string) (bytes, count int64, err error) {
	seen := map[[2]uint64]bool{}
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		var info fs.FileInfo
		if err == nil && e.Type().IsRegular() {
			info, err = e.Info()
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was removed meanwhile
		}
		if err != nil || info == nil {
			return err
		}
		if id, shared := identity(info); shared {
			if seen[id] {
				return nil
			}
			seen[id] = true
		}
		bytes, count = bytes+info.Size(), count+1
		return nil
	})
	if dir == "" || errors.Is(err, os.ErrNotExist) {
		return 0, 0, nil
	}
	return bytes, count, err
}

// State says what takes the room on the disk.
func (t *Tidy) State() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := State{Free: t.disk.free, Total: t.disk.total}
	if t.disk.at.IsZero() {
		if free, total, err := t.cfg.Disk(t.cfg.Data); err == nil {
			s.Free, s.Total = free, total
		}
	}
	if len(t.sizes) == 0 {
		return s
	}
	s.Measured = t.sizes[len(t.sizes)-1].At
	for _, z := range t.sizes {
		if z.At.Equal(s.Measured) {
			u := Use{What: z.What, Bytes: z.Bytes, Count: z.Count}
			u.Month, u.Known = growth(t.sizes, z)
			s.Uses = append(s.Uses, u)
		}
	}
	return s
}

// growth is by how many bytes something grows in a month: from the oldest look of the
// last month until now. Less than a week says nothing.
func growth(all []store.Size, now store.Size) (int64, bool) {
	for _, z := range all {
		age := now.At.Sub(z.At)
		if z.What != now.What || age > month+24*time.Hour {
			continue
		}
		if age < 7*24*time.Hour {
			return 0, false
		}
		return int64(float64(now.Bytes-z.Bytes) * float64(month) / float64(age)), true
	}
	return 0, false
}
