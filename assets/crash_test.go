package assets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"mingbai/assets/durable/crashfs"
)

// promised is what a run stored: blobs whose Put, Add or Commit returned nil,
// and blobs that Has said are there, after which an owner builds on them.
type promised []Ref

// storeOp uses a store in every way; a step that fails is followed by the
// others all the same.
func storeOp(fsys *crashfs.FS) (done promised) {
	s, err := Open(fsys, "d/blobs")
	if err != nil {
		return nil
	}
	small, large, video := blob(1, 100), blob(2, 1500), blob(3, 1200)
	for _, data := range [][]byte{small, large, small} {
		if ref, err := s.PutBytes(data); err == nil {
			done = append(done, ref)
		}
	}
	if ref := RefOf(large); s.Add(ref, int64(len(large)), bytes.NewReader(large)) == nil {
		done = append(done, ref)
	}
	ref, size := RefOf(video), int64(len(video))
	for _, upto := range []int64{600, 900, size, size} {
		w, err := s.Resume(ref, size)
		if err != nil {
			continue
		}
		if off := w.Offset(); off < upto {
			w.Write(video[off:upto])
		}
		if upto == size && w.Commit() == nil {
			done = append(done, ref)
		}
		w.Close()
	}
	for _, ref := range []Ref{RefOf(small), RefOf(large), ref} {
		if s.Has(ref) {
			done = append(done, ref)
		}
	}
	gone := blob(4, 30)
	if _, err := s.PutBytes(gone); err == nil {
		s.Sweep(func(ref Ref) bool { return ref != RefOf(gone) })
	}
	held := blob(5, 40)
	if _, err := s.PutBytes(held); err == nil {
		w := s.BeginSweep()
		if s.Hold(RefOf(held), int64(len(held))) {
			w.Remove(RefOf(held)) // somebody is about to name it
			done = append(done, RefOf(held))
		}
		w.End()
	}
	return done
}

func TestStoreSurvives(t *testing.T) {
	recovered := func(at crashfs.Trial, fsys *crashfs.FS, did promised) error {
		s, err := Open(fsys, "d/blobs")
		if err != nil {
			return err
		}
		if err := check(s, did...); err != nil {
			return err
		}
		if at.Crash && at.Seed%3 != 2 {
			return nil
		}
		// Work goes on as if nothing had happened, from whatever is left.
		for _, ref := range storeOp(fsys) {
			if !s.Has(ref) {
				return fmt.Errorf("blob %s stored after recovery is not there", ref.Short())
			}
		}
		return check(s, RefOf(blob(1, 100)), RefOf(blob(2, 1500)), RefOf(blob(3, 1200)))
	}
	if err := crashfs.Exhaust(crashfs.New(), crashfs.Faults, 8, storeOp, recovered); err != nil {
		t.Error(err)
	}
}

// TestKilledProcess: names that were visible to a process that was killed, but
// not synced, count for the next process and must then survive a power cut.
func TestKilledProcess(t *testing.T) {
	for call, reached := 1, true; reached; call++ {
		fsys := crashfs.New()
		fsys.FailAt(call, crashfs.PowerCut)
		storeOp(fsys)
		reached = fsys.Failed()
		fsys.FailAt(0, "")
		s, err := Open(fsys, "d/blobs")
		if err != nil {
			t.Fatal(err)
		}
		var seen promised
		for _, data := range [][]byte{blob(1, 100), blob(2, 1500), blob(3, 1200)} {
			if ref := RefOf(data); s.Has(ref) {
				seen = append(seen, ref)
			}
		}
		for seed := range int64(8) {
			s, err := Open(fsys.Crash(seed), "d/blobs")
			if err != nil {
				t.Fatal(err)
			}
			if err := check(s, seen...); err != nil {
				t.Fatalf("killed at call %d, crash with seed %d: %v", call, seed, err)
			}
		}
	}
}

func TestResume(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		data := blob(1, 10_000)
		ref := RefOf(data)
		start := func() *Writer {
			t.Helper()
			w, err := s.Resume(ref, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		w := start()
		if _, err := s.Resume(ref, 10_000); !errors.Is(err, ErrBusy) {
			t.Errorf("second writer: %v", err)
		}
		w.Write(data[:4000])
		if err := w.Commit(); !errors.Is(err, ErrIncomplete) {
			t.Errorf("commit too early: %v", err)
		}
		if s.Has(ref) || s.Partial(ref) != 4000 {
			t.Errorf("has %v, partial %d", s.Has(ref), s.Partial(ref))
		}
		w = start()
		if w.Offset() != 4000 {
			t.Fatalf("offset %d", w.Offset())
		}
		w.Write(data[4000:9000])
		w.Close()
		if _, err := w.Write(data[9000:]); err == nil {
			t.Error("write after close")
		}

		// Wrong bytes: found at Commit, and the next attempt starts anew.
		w = start()
		w.Write(make([]byte, 1000))
		if err := w.Commit(); !errors.Is(err, ErrMismatch) || s.Partial(ref) != 0 {
			t.Errorf("commit wrong bytes: %v, partial %d", err, s.Partial(ref))
		}
		// Too many bytes.
		w = start()
		if _, err := w.Write(make([]byte, 10_001)); !errors.Is(err, ErrMismatch) {
			t.Errorf("too many bytes: %v", err)
		}
		if err := w.Commit(); !errors.Is(err, ErrMismatch) {
			t.Errorf("commit after too many bytes: %v", err)
		}
		// A source that cannot start in the middle.
		w = start()
		w.Write(data[:100])
		w.Close()
		w = start()
		if err := w.Restart(); err != nil || w.Offset() != 0 {
			t.Fatalf("restart: %v", err)
		}
		for chunk := range slices.Chunk(data, 999) {
			if _, err := w.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil || s.Partial(ref) != 10_000 {
			t.Errorf("close after commit: %v, partial %d", err, s.Partial(ref))
		}
		w = start()
		if w.Offset() != 10_000 || w.Commit() != nil {
			t.Error("resume of a complete blob")
		}
		if err := check(s, ref); err != nil {
			t.Error(err)
		}
	})
}

// TestRottenPartial: what lies in a partial file is not trusted.
func TestRottenPartial(t *testing.T) {
	fsys := crashfs.New()
	s := open(t, fsys, "b")
	data := blob(1, 5000)
	ref := RefOf(data)
	w, err := s.Resume(ref, 5000)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data[:3000])
	w.Close()
	fsys.Flip(s.partialPath(ref), 77)
	if w, err = s.Resume(ref, 5000); err != nil {
		t.Fatal(err)
	}
	w.Write(data[w.Offset():])
	if err := w.Commit(); !errors.Is(err, ErrMismatch) {
		t.Fatalf("commit: %v", err)
	}
	if w, err = s.Resume(ref, 5000); err != nil || w.Offset() != 0 {
		t.Fatalf("offset %d, %v", w.Offset(), err)
	}
	w.Write(data)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	// A partial file longer than the blob is not a beginning of it.
	short := blob(2, 10)
	w, _ = s.Resume(RefOf(short), 4000)
	w.Write(data[:2000])
	w.Close()
	if w, err = s.Resume(RefOf(short), 10); err != nil || w.Offset() != 0 {
		t.Fatalf("offset %d, %v", w.Offset(), err)
	}
	w.Write(short)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(context.Background(), func(Ref, error) {}); err != nil {
		t.Error(err)
	}
}
