package assets

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// list calls each with the Ref of every visible blob, in order. Files with
// other names are not ours and are left alone.
func (s *Store) list(each func(Ref) error) error {
	shards, err := s.fsys.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	for _, shard := range shards {
		if !shard.IsDir() || !isShard(shard.Name()) {
			continue
		}
		files, err := s.fsys.ReadDir(filepath.Join(s.dir, shard.Name()))
		if err != nil {
			return fmt.Errorf("list blobs: %w", err)
		}
		for _, f := range files {
			ref, ok := refFromHex(shard.Name() + f.Name())
			if !ok || f.IsDir() {
				continue
			}
			if err := each(ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// Verify reads and hashes every blob and calls each with its Ref and nil,
// ErrCorrupt (the file was removed: fetch it again) or what prevented reading.
// It takes as long as reading the whole folder takes; ctx stops it between
// blobs. Blobs that vanish meanwhile are not reported.
func (s *Store) Verify(ctx context.Context, each func(Ref, error)) error {
	return s.list(func(ref Ref) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.verify(ref)
		if !errors.Is(err, ErrNotFound) {
			each(ref, err)
		}
		return nil
	})
}

func (s *Store) verify(ref Ref) error {
	f, _, err := s.File(ref)
	if err != nil {
		return err
	}
	good, err := hashes(f, ref)
	if err != nil {
		return fmt.Errorf("verify blob %s: %w", ref.Short(), err)
	}
	if !good {
		return s.corrupt(ref)
	}
	return nil
}

// hashes closes f.
func hashes(f io.ReadCloser, ref Ref) (bool, error) {
	defer f.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(onlyWriter{sum}, f, make([]byte, copyBuffer)); err != nil {
		return false, err
	}
	return refOfSum(sum) == ref, nil
}

// corrupt removes the file of a blob that was found damaged. It looks once
// more while nobody can change the name, because another goroutine may have
// found the same and put good bytes there since.
func (s *Store) corrupt(ref Ref) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := fmt.Errorf("%s: %w", ref.Short(), ErrCorrupt)
	f, ferr := s.fsys.Open(s.path(ref))
	if ferr != nil {
		return err
	}
	if good, herr := hashes(f, ref); herr != nil || good {
		return err
	}
	// If this fails, the next Read finds the damage again.
	s.fsys.Remove(s.path(ref))
	return err
}

// Sweep removes the blobs and unfinished blobs for which keep says false, and
// files that unfinished Puts left. keep must say true for everything that is
// or may soon be wanted; blobs put while Sweep runs are kept without asking.
// keep is called without locks held. It returns how many blobs were removed.
func (s *Store) Sweep(keep func(Ref) bool) (removed int, err error) {
	w := s.BeginSweep()
	defer w.End()
	err = s.list(func(ref Ref) error {
		if keep(ref) {
			return nil
		}
		_, gone, err := w.Remove(ref)
		if gone {
			removed++
		}
		return err
	})
	if err != nil {
		return removed, err
	}
	if err := s.sweepPartials(keep); err != nil {
		return removed, err
	}
	return removed, s.sweepTemps()
}

// Sweeping is a sweep that takes its time. From BeginSweep until End every blob
// that is put or held is remembered, and Remove leaves it alone. So who finds out
// which blobs are wanted after BeginSweep, and removes the others before End, takes
// nothing away from those who hold a blob first and write down afterwards that they
// want it.
type Sweeping struct{ store *Store }

// BeginSweep begins a sweep. End must be called.
func (s *Store) BeginSweep() *Sweeping {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweeps++
	if s.fresh == nil {
		s.fresh = map[Ref]bool{}
	}
	return &Sweeping{s}
}

// End ends the sweep; once is enough.
func (w *Sweeping) End() {
	s := w.store
	if s == nil {
		return
	}
	w.store = nil
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sweeps--; s.sweeps == 0 {
		s.fresh = nil
	}
}

// Remove removes a blob unless it was put or held since the sweep began. It returns
// its size in bytes and whether it is gone; one that was not there is. It need not
// be durable: a blob that comes back after a crash is swept again.
func (w *Sweeping) Remove(ref Ref) (size int64, gone bool, err error) {
	s := w.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh[ref] {
		return 0, false, nil
	}
	if info, err := s.fsys.Stat(s.path(ref)); err == nil {
		size = info.Size()
	}
	if err := s.fsys.Remove(s.path(ref)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, false, fmt.Errorf("sweep blob %s: %w", ref.Short(), err)
	}
	return size, true, nil
}

// Each calls do with every blob and its file, in order. Blobs that vanish meanwhile
// are passed over. An error of do ends it.
func (s *Store) Each(do func(Ref, fs.FileInfo) error) error {
	return s.list(func(ref Ref) error {
		info, err := s.fsys.Stat(s.path(ref))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look up blob %s: %w", ref.Short(), err)
		}
		return do(ref, info)
	})
}

// sweepPartials removes unfinished blobs that are not wanted, or that came
// complete in another way.
func (s *Store) sweepPartials(keep func(Ref) bool) error {
	files, err := s.fsys.ReadDir(filepath.Join(s.dir, partialDir))
	if err != nil {
		return fmt.Errorf("sweep %s: %w", partialDir, err)
	}
	wanted := map[Ref]bool{}
	for _, f := range files {
		if ref, ok := refFromHex(f.Name()); ok {
			wanted[ref] = keep(ref)
		}
	}
	return s.sweepDir(partialDir, files, func(name string) bool {
		ref, ok := refFromHex(name)
		return ok && (s.writers[ref] != nil || s.fresh[ref] || !s.here(ref) && wanted[ref])
	})
}

func (s *Store) here(ref Ref) bool {
	_, err := s.fsys.Stat(s.path(ref))
	return err == nil
}

func (s *Store) sweepTemps() error {
	files, err := s.fsys.ReadDir(filepath.Join(s.dir, tempDir))
	if err != nil {
		return fmt.Errorf("sweep %s: %w", tempDir, err)
	}
	return s.sweepDir(tempDir, files, func(name string) bool {
		return s.temps[filepath.Join(s.dir, tempDir, name)]
	})
}

// sweepDir removes those files of a folder that are not used. used is called
// with mu held.
func (s *Store) sweepDir(sub string, files []fs.DirEntry, used func(name string) bool) error {
	var failed error
	for _, f := range files {
		s.mu.Lock()
		if !used(f.Name()) {
			err := s.fsys.Remove(filepath.Join(s.dir, sub, f.Name()))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = fmt.Errorf("sweep %s: %w", sub, err)
			}
		}
		s.mu.Unlock()
	}
	return failed
}
