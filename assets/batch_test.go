package assets

import (
	"fmt"
	"testing"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
)

// TestPutAllSurvives fails every call of a batch and cuts the power after each.
func TestPutAllSurvives(t *testing.T) {
	blobs := [][]byte{blob(1, 100), blob(2, 600), blob(3, 40), blob(1, 100)}
	base := crashfs.New()
	if s, err := Open(base, "d/blobs"); err != nil {
		t.Fatal(err)
	} else if _, err := s.PutBytes(blobs[1]); err != nil {
		t.Fatal(err)
	}
	op := func(fsys *crashfs.FS) (done promised) {
		s, err := Open(fsys, "d/blobs")
		if err != nil {
			return nil
		}
		s.batch = 2
		done = promised{RefOf(blobs[1])} // stored before
		err = s.PutAll(blobs)
		for _, data := range blobs {
			if ref := RefOf(data); err == nil || s.Has(ref) {
				done = append(done, ref)
			}
		}
		return done
	}
	recovered := func(_ crashfs.Trial, fsys *crashfs.FS, did promised) error {
		s, err := Open(fsys, "d/blobs")
		if err != nil {
			return err
		}
		if err := check(s, did...); err != nil {
			return err
		}
		s.batch = 2
		if err := s.PutAll(blobs); err != nil {
			return fmt.Errorf("again after recovery: %w", err)
		}
		return check(s, RefOf(blobs[0]), RefOf(blobs[1]), RefOf(blobs[2]))
	}
	if err := crashfs.Exhaust(base, crashfs.Faults, 16, op, recovered); err != nil {
		t.Error(err)
	}
}

func TestPutAllOnARealDisk(t *testing.T) {
	s, err := Open(durable.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var blobs [][]byte
	for i := range 3 * batchFrom {
		blobs = append(blobs, blob(i, 50+i))
	}
	for range 2 { // the second time they are there
		if err := s.PutAll(blobs); err != nil {
			t.Fatal(err)
		}
	}
	for _, data := range blobs {
		got, err := s.Read(RefOf(data), 1000)
		if err != nil || string(got) != string(data) {
			t.Fatalf("read back %d bytes of %d: %v", len(got), len(data), err)
		}
	}
}
