package durable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
)

const seeds = 64

// write writes a file on fsys without going through the package under test.
func write(t testing.TB, fsys *crashfs.FS, name, content string) {
	t.Helper()
	if err := durable.WriteFile(fsys, name, []byte(content)); err != nil {
		t.Fatal(err)
	}
}

func TestWriteFileIsOldOrNew(t *testing.T) {
	base := crashfs.New()
	old, fresh := strings.Repeat("old ", 500), strings.Repeat("fresh! ", 700)
	write(t, base, "state", old)
	op := func(fsys *crashfs.FS) error { return durable.WriteFile(fsys, "state", []byte(fresh)) }
	err := crashfs.Exhaust(base, crashfs.Faults, seeds, op, func(_ crashfs.Trial, fsys *crashfs.FS, did error) error {
		got, err := durable.ReadFile(fsys, "state")
		switch {
		case err != nil:
			return err
		case did == nil && string(got) != fresh:
			return errors.New("WriteFile returned nil and the new content is not there")
		case string(got) != fresh && string(got) != old:
			return fmt.Errorf("%d bytes that are neither the old nor the new content", len(got))
		}
		if err := durable.RemoveTemp(fsys, "/"); err != nil {
			return err
		}
		if entries, err := fsys.ReadDir("/"); err != nil || len(entries) != 1 {
			return fmt.Errorf("after RemoveTemp there are %v, %v", entries, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestMkdirAllAndRename(t *testing.T) {
	op := func(fsys *crashfs.FS) error {
		if err := durable.MkdirAll(fsys, "a/b/c"); err != nil {
			return err
		}
		if err := durable.MkdirAll(fsys, "a/d"); err != nil {
			return err
		}
		if err := durable.WriteFile(fsys, "a/b/c/f", []byte("x")); err != nil {
			return err
		}
		return durable.Rename(fsys, "a/b/c/f", "a/d/g")
	}
	check := func(_ crashfs.Trial, fsys *crashfs.FS, did error) error {
		if did != nil {
			return op(fsys) // a second attempt gets through, wherever the first ended
		}
		if _, err := fsys.Stat("a/b/c/f"); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the old name is still there: %v", err)
		}
		_, err := fsys.Stat("a/d/g")
		return err
	}
	if err := crashfs.Exhaust(crashfs.New(), crashfs.Faults, seeds, op, check); err != nil {
		t.Error(err)
	}
}

func TestOSFileSystem(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x", "y")
	if err := durable.MkdirAll(durable.OS, path); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, "f")
	for _, content := range []string{"one", "two"} {
		if err := durable.WriteFile(durable.OS, file, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := durable.ReadFile(durable.OS, file); err != nil || string(got) != content {
			t.Fatalf("read %q, %v, want %q", got, err, content)
		}
	}
	if err := os.WriteFile(file+".tmp-123", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := durable.RemoveTemp(durable.OS, path); err != nil {
		t.Fatal(err)
	}
	if err := durable.Rename(durable.OS, file, filepath.Join(dir, "g")); err != nil {
		t.Fatal(err)
	}
	if entries, err := durable.OS.ReadDir(path); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := durable.Remove(durable.OS, filepath.Join(dir, "g")); err != nil {
		t.Error(err)
	}
	if err := durable.Remove(durable.OS, filepath.Join(dir, "g")); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
	if _, err := durable.OS.Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open missing file: %v", err)
	}
	if f, err := durable.OS.Open(filepath.Join(dir, "none")); f != nil || err == nil {
		t.Errorf("a file that is not nil beside an error: %v", f)
	}
	if err := durable.MkdirAll(durable.OS, filepath.Join(dir, "x")); err != nil {
		t.Errorf("a folder that exists: %v", err)
	}
}

func openLog(fsys durable.FS, path string) (*durable.Log, []string, error) {
	var got []string
	l, err := durable.OpenLog(fsys, path, func(r []byte) error {
		got = append(got, string(r))
		return nil
	})
	return l, got, err
}

// story is what a run of logOp did: must is what the log has as far as its
// owner knows; may is that and what steps that failed since may have left.
type story struct {
	must []string
	may  [][]string
}

func (s *story) did(err error, result []string) {
	if err == nil {
		s.must, s.may = result, nil
	}
	s.may = append(s.may, result)
}

// logOp appends, rewrites and appends; each step that fails is followed by the
// next ones all the same, as an owner that goes on would do.
func logOp(fsys *crashfs.FS) story {
	s := story{must: []string{"base"}, may: [][]string{{"base"}}}
	l, _, err := openLog(fsys, "log")
	if err != nil {
		if l, _, err = openLog(fsys, "log"); err != nil {
			return s
		}
	}
	defer func() { l.Close() }()
	add := func(records ...string) bool {
		var raw [][]byte
		for _, r := range records {
			raw = append(raw, []byte(r))
		}
		err := l.Append(raw...)
		s.did(err, append(slices.Clone(s.must), records...))
		return err == nil
	}
	add("first")
	add("second", strings.Repeat("long ", 400), "third")
	err = l.Rewrite([][]byte{[]byte("kept"), nil})
	s.did(err, []string{"kept", ""})
	if err != nil {
		acked := add("blind") // the log goes on after a failed Rewrite
		l.Close()
		again, got, err := openLog(fsys, "log")
		if err != nil {
			s.may = append(s.may, []string{"kept", "", "blind"})
			return s
		}
		l = again
		s.must, s.may = got, [][]string{got}
		if acked && got[len(got)-1] != "blind" {
			s.may = nil // nothing is right any more
		}
	}
	add("fourth")
	add("fifth")
	return s
}

func TestLogKeepsWhatItPromised(t *testing.T) {
	base := crashfs.New()
	l, _, err := openLog(base, "log")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Append([]byte("base")); err != nil {
		t.Fatal(err)
	}
	l.Close()
	check := func(_ crashfs.Trial, fsys *crashfs.FS, did story) error {
		l, got, err := openLog(fsys, "log")
		if err != nil {
			return err
		}
		defer l.Close()
		if !slices.ContainsFunc(did.may, func(may []string) bool { return slices.Equal(got, may) }) {
			return fmt.Errorf("the log has %.60q, want one of %.60q", got, did.may)
		}
		if err := l.Append([]byte("after")); err != nil {
			return fmt.Errorf("append after recovery: %w", err)
		}
		return nil
	}
	if err := crashfs.Exhaust(base, crashfs.Faults, seeds, logOp, check); err != nil {
		t.Error(err)
	}
}

func TestNewLogSurvives(t *testing.T) {
	op := func(fsys *crashfs.FS) bool {
		l, _, err := openLog(fsys, "log")
		if err != nil {
			return false
		}
		defer l.Close()
		return l.Append([]byte("one")) == nil
	}
	err := crashfs.Exhaust(crashfs.New(), crashfs.Faults, seeds, op, func(_ crashfs.Trial, fsys *crashfs.FS, acked bool) error {
		l, got, err := openLog(fsys, "log")
		if err != nil {
			return err
		}
		defer l.Close()
		if acked && !slices.Equal(got, []string{"one"}) {
			return fmt.Errorf("acknowledged, and the log has %q", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
