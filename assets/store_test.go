package assets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
)

const limit = 64 << 20

// check states what is always true of a store: every blob that can be seen
// hashes to its name, and the blobs in must are there.
func check(s *Store, must ...Ref) error {
	var bad error
	err := s.Verify(context.Background(), func(ref Ref, err error) {
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("visible blob %s: %w", ref.Short(), err))
		}
	})
	if err := errors.Join(err, bad); err != nil {
		return err
	}
	for _, ref := range must {
		if data, err := s.Read(ref, limit); err != nil || RefOf(data) != ref {
			return fmt.Errorf("blob %s must be there: %w", ref.Short(), err)
		}
	}
	return nil
}

func open(t testing.TB, fsys durable.FS, dir string) *Store {
	t.Helper()
	s, err := Open(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := check(s); err != nil {
			t.Error(err)
		}
	})
	return s
}

func blob(seed, n int) []byte {
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// each runs a test on both file systems.
func each(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("os", func(t *testing.T) { test(t, open(t, durable.OS, filepath.Join(t.TempDir(), "blobs"))) })
	t.Run("memory", func(t *testing.T) { test(t, open(t, crashfs.New(), "blobs")) })
}

func TestPutAndRead(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, n := range []int{0, 1, 511, copyBuffer, copyBuffer + 1, 1 << 20} {
			data := blob(n, n)
			ref, size, err := s.Put(context.Background(), iotest.OneByteReader(bytes.NewReader(data[:min(n, 5000)])), int64(n))
			if err != nil || size != int64(min(n, 5000)) || ref != RefOf(data[:min(n, 5000)]) {
				t.Fatalf("put %d bytes: %s, %d, %v", n, ref.Short(), size, err)
			}
			if ref, err = s.PutBytes(data); err != nil || ref != RefOf(data) {
				t.Fatal(err)
			}
			if again, err := s.PutBytes(data); err != nil || again != ref {
				t.Fatalf("put again: %v", err)
			}
			if got, err := s.Read(ref, int64(n)); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("read %d bytes: %v", n, err)
			}
			if size, ok := s.Size(ref); !ok || size != int64(n) || !s.Has(ref) {
				t.Errorf("size %d, %v", size, ok)
			}
		}
		if err := check(s); err != nil {
			t.Error(err)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		data, other := blob(1, 1000), blob(2, 1000)
		ref := RefOf(data)
		if err := s.Add(ref, 1000, bytes.NewReader(other)); !errors.Is(err, ErrMismatch) {
			t.Errorf("other bytes: %v", err)
		}
		if err := s.Add(ref, 1000, bytes.NewReader(data[:999])); !errors.Is(err, ErrMismatch) {
			t.Errorf("too few bytes: %v", err)
		}
		if err := s.Add(ref, 999, bytes.NewReader(data)); !errors.Is(err, ErrMismatch) {
			t.Errorf("too many bytes: %v", err)
		}
		if err := s.Add(ref, 1000, iotest.TimeoutReader(iotest.HalfReader(bytes.NewReader(data)))); !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("a reader that fails: %v", err)
		}
		if err := s.Add(Ref{}, 0, nil); !errors.Is(err, ErrZeroRef) {
			t.Errorf("zero ref: %v", err)
		}
		if _, _, err := s.Put(context.Background(), bytes.NewReader(data), 999); !errors.Is(err, ErrTooLarge) {
			t.Errorf("over the limit: %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, _, err := s.Put(ctx, bytes.NewReader(data), 1000); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if s.Has(ref) || s.Has(RefOf(other)) || s.Has(Ref{}) {
			t.Error("something was stored")
		}
		if _, err := s.Read(ref, limit); !errors.Is(err, ErrNotFound) {
			t.Errorf("read: %v", err)
		}
		if _, _, err := s.File(ref); !errors.Is(err, ErrNotFound) {
			t.Errorf("file: %v", err)
		}
		if err := s.Add(ref, 1000, bytes.NewReader(data)); err != nil {
			t.Error(err)
		}
		if err := s.Add(ref, 1000, nil); err != nil {
			t.Errorf("add what is there: %v", err)
		}
		if _, err := s.Read(ref, 999); !errors.Is(err, ErrTooLarge) {
			t.Errorf("read over the limit: %v", err)
		}
		if temps, err := s.fsys.ReadDir(filepath.Join(s.dir, tempDir)); err != nil || len(temps) > 0 {
			t.Errorf("temporary files left: %v, %v", temps, err)
		}
	})
}

func TestRotIsFoundAndHeals(t *testing.T) {
	fsys := crashfs.New()
	s := open(t, fsys, "blobs")
	data := blob(1, 700)
	ref, err := s.PutBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	for bit := int64(0); bit < 700*8; bit += 97 {
		fsys.Flip(s.path(ref), bit)
		if bit%2 == 0 {
			if _, err := s.Read(ref, limit); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("bit %d: %v", bit, err)
			}
		} else if err := check(s); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		if s.Has(ref) {
			t.Fatal("a damaged blob is still there")
		}
		if _, err := s.PutBytes(data); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServeContentGetsAFile(t *testing.T) {
	s := open(t, durable.OS, t.TempDir())
	data := blob(1, 5000)
	ref, err := s.PutBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	f, size, err := s.File(ref)
	if err != nil || size != 5000 {
		t.Fatal(size, err)
	}
	defer f.Close()
	if _, ok := f.(*os.File); !ok {
		t.Errorf("File returned a %T; sendfile needs an *os.File", f)
	}
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("Range", "bytes=100-199")
	rec := httptest.NewRecorder()
	http.ServeContent(rec, req, "", time.Time{}, f)
	if rec.Code != http.StatusPartialContent || !bytes.Equal(rec.Body.Bytes(), data[100:200]) {
		t.Errorf("status %d, %d bytes", rec.Code, rec.Body.Len())
	}
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var refs []Ref
		for i := range 20 {
			ref, err := s.PutBytes(blob(i, 100+i))
			if err != nil {
				t.Fatal(err)
			}
			refs = append(refs, ref)
		}
		wanted, unwanted, active := blob(100, 50), blob(101, 50), blob(102, 50)
		for _, data := range [][]byte{wanted, unwanted, active} {
			w, err := s.Resume(RefOf(data), 50)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(data[:20]); err != nil {
				t.Fatal(err)
			}
			if RefOf(data) != RefOf(active) {
				w.Close()
			} else {
				defer w.Close()
			}
		}
		keep := map[Ref]bool{refs[3]: true, refs[7]: true, RefOf(wanted): true}
		var late Ref
		removed, err := s.Sweep(func(ref Ref) bool {
			if late.IsZero() {
				// Put again what will be asked for later, or was refused.
				late = refs[12]
				if _, err := s.PutBytes(blob(12, 112)); err != nil {
					t.Error(err)
				}
			}
			return keep[ref]
		})
		if err != nil || removed != 17 {
			t.Errorf("removed %d, %v, want 17", removed, err)
		}
		for i, ref := range refs {
			if want := i == 3 || i == 7 || i == 12; s.Has(ref) != want {
				t.Errorf("blob %d there: %v", i, !want)
			}
		}
		for data, want := range map[*[]byte]int64{&wanted: 20, &unwanted: 0, &active: 20} {
			if have := s.Partial(RefOf(*data)); have != want {
				t.Errorf("partial has %d bytes, want %d", have, want)
			}
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 30 {
					data := blob(i, 3000)
					ref, err := s.PutBytes(data)
					if err != nil {
						t.Error(err)
						return
					}
					if g == 0 && i%10 == 0 {
						if _, err := s.Sweep(func(Ref) bool { return true }); err != nil {
							t.Error(err)
						}
					}
					if got, err := s.Read(ref, limit); err != nil || !bytes.Equal(got, data) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// BenchmarkPut and BenchmarkRead print the ratio to hashing and plain file
// access of the same bytes: 300 KB, a picture for a screen.
func BenchmarkPut(b *testing.B) {
	s := open(b, durable.OS, b.TempDir())
	dir, n := b.TempDir(), 0
	data := blob(1, 300<<10)
	ratio(b, func() error {
		n++
		data[0], data[1], data[2] = byte(n), byte(n>>8), byte(n>>16)
		_, _, err := s.Put(context.Background(), bytes.NewReader(data), limit)
		return err
	}, func() error {
		RefOf(data)
		f, err := os.Create(filepath.Join(dir, fmt.Sprint(n)))
		if err != nil {
			return err
		}
		if _, err := f.Write(data); err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

func BenchmarkRead(b *testing.B) {
	s := open(b, durable.OS, b.TempDir())
	ref, err := s.PutBytes(blob(1, 300<<10))
	if err != nil {
		b.Fatal(err)
	}
	ratio(b, func() error {
		_, err := s.Read(ref, limit)
		return err
	}, func() error {
		data, err := os.ReadFile(s.path(ref))
		RefOf(data)
		return err
	})
}

// ratio runs work and floor in turns, so that both meet the same disk, and
// reports time of work over time of floor.
func ratio(b *testing.B, work, floor func() error) {
	var tw, tf time.Duration
	for b.Loop() {
		t0 := time.Now()
		if err := work(); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if err := floor(); err != nil {
			b.Fatal(err)
		}
		tw, tf = tw+t1.Sub(t0), tf+time.Since(t1)
	}
	b.ReportMetric(float64(tw)/float64(tf), "ratio")
}

var _ io.WriteCloser = (*Writer)(nil)
