package durable_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
)

// filled returns a log of n records, one Append each, and the offset of each
// frame's end.
func filled(t testing.TB, n int) (fsys *crashfs.FS, want []string, ends []int64) {
	t.Helper()
	fsys = crashfs.New()
	l, _, err := openLog(fsys, "log")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ends = append(ends, l.Size())
	for i := range n {
		want = append(want, fmt.Sprintf("record %d", i))
		if err := l.Append([]byte(want[i])); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, l.Size())
	}
	return fsys, want, ends
}

func TestLogTornAtEveryByte(t *testing.T) {
	whole, want, ends := filled(t, 5)
	raw, err := durable.ReadFile(whole, "log")
	if err != nil {
		t.Fatal(err)
	}
	for cut := int(ends[0]); cut <= len(raw); cut++ {
		fsys := crashfs.New()
		write(t, fsys, "log", string(raw[:cut]))
		l, got, err := openLog(fsys, "log")
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		n := 0
		for n < 5 && ends[n+1] <= int64(cut) {
			n++
		}
		if !slices.Equal(got, want[:n]) || l.Size() != ends[n] {
			t.Errorf("cut at %d: %q, size %d, want %q, size %d", cut, got, l.Size(), want[:n], ends[n])
		}
		l.Close()
	}
}

func TestLogEveryFlippedBitIsNoticed(t *testing.T) {
	whole, want, ends := filled(t, 3)
	for bit := range ends[3] * 8 {
		fsys := whole.Clone()
		fsys.Flip("log", bit)
		l, got, err := openLog(fsys, "log")
		corrupt, damaged := errors.AsType[*durable.CorruptLogError](err)
		switch last := bit/8 >= ends[2]; {
		case last && (err != nil || !slices.Equal(got, want[:2])):
			// The last frame cannot be told from a torn one.
			t.Errorf("bit %d in the last frame: %q, %v", bit, got, err)
		case !last && !damaged:
			t.Errorf("bit %d: %q, %v, want a CorruptLogError", bit, got, err)
		case !last && (corrupt.Salvaged != len(got) || len(got) < 2 || corrupt.Lost == 0 || corrupt.Offset > bit/8):
			t.Errorf("bit %d: %q, %+v", bit, got, corrupt)
		}
		if l != nil {
			l.Close()
		}
	}
}

func TestSalvageLog(t *testing.T) {
	base, _, ends := filled(t, 4)
	base.Flip("log", ends[1]*8+100)
	want := []string{"record 0", "record 2", "record 3"}
	op := func(fsys *crashfs.FS) error {
		var got []string
		l, corrupt, err := durable.SalvageLog(fsys, "log", func(r []byte) error { got = append(got, string(r)); return nil })
		if err != nil {
			return err
		}
		defer l.Close()
		if !slices.Equal(got, want) {
			return fmt.Errorf("salvaged %q", got)
		}
		if corrupt == nil {
			return errors.New("damage was not told")
		}
		return nil
	}
	if err := op(base.Clone()); err != nil {
		t.Fatal(err)
	}
	err := crashfs.Exhaust(base, crashfs.Faults, 16, op, func(_ crashfs.Trial, fsys *crashfs.FS, did error) error {
		var got []string
		l, _, err := durable.SalvageLog(fsys, "log", func(r []byte) error { got = append(got, string(r)); return nil })
		if err != nil {
			return err
		}
		l.Close()
		if !slices.Equal(got, want) {
			return fmt.Errorf("after a second attempt: %q", got)
		}
		if did == nil {
			_, err = fsys.Stat("log.damaged")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLogQuotedInLog puts the bytes of a log into a record of a log and tears
// the last Append: the quoted frames must not look like frames after damage.
func TestLogQuotedInLog(t *testing.T) {
	inner, _, _ := filled(t, 3)
	raw, err := durable.ReadFile(inner, "log")
	if err != nil {
		t.Fatal(err)
	}
	fsys, want, ends := filled(t, 1)
	l, _, err := openLog(fsys, "log")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Append(raw); err != nil {
		t.Fatal(err)
	}
	l.Close()
	fsys.Flip("log", (ends[1]+13)*8)
	_, got, err := openLog(fsys, "log")
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestLogManyRecords(t *testing.T) {
	fsys := durable.OS
	path := filepath.Join(t.TempDir(), "log")
	l, _, err := openLog(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("明白"), 100<<10)
	var want []string
	var records [][]byte
	for i := range 40 {
		records = append(records, fmt.Appendf(nil, "%d %s", i, big))
		want = append(want, string(records[i]))
	}
	if err := l.Rewrite(records); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 {
				if err := l.Append([]byte("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Append(make([]byte, 65<<20)); !errors.Is(err, durable.ErrRecordTooLarge) {
		t.Errorf("append of 65 MiB: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Append([]byte("x")); err == nil {
		t.Error("append to a closed log succeeded")
	}
	for range 32 {
		want = append(want, "x")
	}
	l, got, err := openLog(fsys, path)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("read %d records, %v, want %d", len(got), err, len(want))
	}
	l.Close()
}

func FuzzOpenLog(f *testing.F) {
	whole, _, _ := filled(f, 3)
	raw, err := durable.ReadFile(whole, "log")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:len(raw)-3])
	f.Add([]byte("MBLOG 1\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		fsys := crashfs.New()
		write(t, fsys, "log", string(raw))
		var got []string
		l, _, err := durable.SalvageLog(fsys, "log", func(r []byte) error { got = append(got, string(r)); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Append([]byte("more")); err != nil {
			t.Fatal(err)
		}
		l.Close()
		l, again, err := openLog(fsys, "log")
		if err != nil || !slices.Equal(again, append(got, "more")) {
			t.Errorf("salvaged %q, then read %q, %v", got, again, err)
		}
		l.Close()
	})
}

// BenchmarkLogAppend prints the ratio to writing and syncing the same bytes at
// the end of a plain file.
func BenchmarkLogAppend(b *testing.B) {
	record := bytes.Repeat([]byte("r"), 200)
	l, _, err := openLog(durable.OS, filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	f, err := durable.OS.OpenFile(filepath.Join(b.TempDir(), "floor"), createNew, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	ratio(b, func() error { return l.Append(record) }, func() error {
		if _, err := f.Write(record); err != nil {
			return err
		}
		return f.Sync()
	})
}
