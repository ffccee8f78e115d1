package crashfs_test

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
)

const create = os.O_RDWR | os.O_CREATE

func put(t *testing.T, fsys *crashfs.FS, name, content string, sync bool) {
	t.Helper()
	f, err := fsys.OpenFile(name, create, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
}

// outcomes collects what read finds after crashes with many seeds.
func outcomes(fsys *crashfs.FS, read func(*crashfs.FS) string) []string {
	var out []string
	for seed := range int64(300) {
		out = append(out, read(fsys.Crash(seed)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func content(name string) func(*crashfs.FS) string {
	return func(fsys *crashfs.FS) string {
		data, err := durable.ReadFile(fsys, name)
		if err != nil {
			return "none"
		}
		return string(data)
	}
}

func TestForgetsNamesThatAreNotSynced(t *testing.T) {
	fsys := crashfs.New()
	put(t, fsys, "a", "x", true)
	if got := outcomes(fsys, content("a")); !slices.Equal(got, []string{"none", "x"}) {
		t.Errorf("a new file: %q", got)
	}
	if err := fsys.SyncDir("/"); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(fsys, content("a")); !slices.Equal(got, []string{"x"}) {
		t.Errorf("a synced file: %q", got)
	}
	if err := fsys.Rename("a", "b"); err != nil {
		t.Fatal(err)
	}
	both := func(fsys *crashfs.FS) string { return content("a")(fsys) + content("b")(fsys) }
	if got := outcomes(fsys, both); !slices.Equal(got, []string{"nonex", "xnone"}) {
		t.Errorf("a rename must happen or not: %q", got)
	}
}

func TestTearsInSectors(t *testing.T) {
	fsys := crashfs.New()
	old, fresh := strings.Repeat("o", 1024), strings.Repeat("n", 1024)
	put(t, fsys, "f", old, true)
	if err := fsys.SyncDir("/"); err != nil {
		t.Fatal(err)
	}
	put(t, fsys, "f", fresh, false)
	want := []string{fresh, fresh[:512] + old[:512], old[:512] + fresh[:512], old}
	slices.Sort(want)
	if got := outcomes(fsys, content("f")); !slices.Equal(got, want) {
		t.Errorf("%d outcomes of a torn write, want the 4 mixtures of two sectors", len(got))
	}
}

func TestFailedSyncLosesForGood(t *testing.T) {
	fsys := crashfs.New()
	put(t, fsys, "f", "", true)
	if err := fsys.SyncDir("/"); err != nil {
		t.Fatal(err)
	}
	f, err := fsys.OpenFile("f", create, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	fsys.FailAt(1, crashfs.EIO)
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Fatalf("sync: %v", err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(fsys, content("f")); !slices.Equal(got, []string{"\x00", "x"}) {
		t.Errorf("after a failed and a good sync: %q", got)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault crashfs.Fault
		n     int
		err   error
	}{
		{crashfs.EIO, 0, syscall.EIO}, {crashfs.ENOSPC, 0, syscall.ENOSPC}, {crashfs.Short, 2, syscall.ENOSPC},
		{crashfs.Late, 4, syscall.EIO}, {crashfs.PowerCut, 0, crashfs.ErrPowerCut},
	} {
		fsys := crashfs.New()
		f, err := fsys.OpenFile("f", create, 0)
		if err != nil {
			t.Fatal(err)
		}
		fsys.FailAt(1, c.fault)
		if n, err := f.Write([]byte("1234")); n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: wrote %d, %v", c.fault, n, err)
		}
		if got, _ := f.Seek(0, io.SeekEnd); c.fault != crashfs.PowerCut && got != int64(c.n) {
			t.Errorf("%s: %d bytes in the file", c.fault, got)
		}
		if _, err := f.Write([]byte("5")); (err != nil) != (c.fault == crashfs.PowerCut) {
			t.Errorf("%s: the next write: %v", c.fault, err)
		}
	}
}

// TestExhaustFindsMissingSyncs runs two ways of writing a file that are wrong.
func TestExhaustFindsMissingSyncs(t *testing.T) {
	for name, syncFile := range map[string]bool{"no sync of the file": false, "no sync of the folder": true} {
		op := func(fsys *crashfs.FS) error {
			f, err := fsys.OpenFile("tmp", create, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			if _, err := f.Write([]byte("data")); err != nil {
				return err
			}
			if syncFile {
				if err := f.Sync(); err != nil {
					return err
				}
				return fsys.Rename("tmp", "f")
			}
			if err := fsys.Rename("tmp", "f"); err != nil {
				return err
			}
			return fsys.SyncDir("/")
		}
		err := crashfs.Exhaust(crashfs.New(), crashfs.Faults, 16, op, func(_ crashfs.Trial, fsys *crashfs.FS, did error) error {
			if got := content("f")(fsys); did == nil && got != "data" {
				return errors.New("lost")
			}
			return nil
		})
		if err == nil {
			t.Errorf("%s was not found", name)
		}
	}
}
