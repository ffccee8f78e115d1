package runs

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist/wire"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, path, boot string, now time.Time) *Record {
	t.Helper()
	r, err := Open(durable.OS, path, boot, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func check(t *testing.T, r *Record, now time.Time, starts, crashes int, before wire.Ending) {
	t.Helper()
	var p wire.Program
	r.Tell(&p, now)
	if p.Starts != starts || p.Crashes != crashes || p.Before != before {
		t.Errorf("%d starts, %d crashes, before %q; want %d, %d, %q", p.Starts, p.Crashes, p.Before, starts, crashes, before)
	}
}

func TestEndings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.json")
	r := open(t, path, "boot-1", noon)
	check(t, r, noon, 1, 0, "")
	r = open(t, path, "boot-1", noon.Add(time.Minute)) // killed
	check(t, r, noon.Add(time.Minute), 2, 1, wire.EndedCrashed)
	if err := r.End(wire.EndedAsked); err != nil {
		t.Fatal(err)
	}
	if err := r.End(wire.EndedStopped); err != nil { // what was asked stands
		t.Fatal(err)
	}
	r = open(t, path, "boot-1", noon.Add(2*time.Minute))
	check(t, r, noon.Add(2*time.Minute), 3, 1, wire.EndedAsked)
	r = open(t, path, "boot-2", noon.Add(3*time.Minute)) // the plug was pulled
	check(t, r, noon.Add(3*time.Minute), 4, 1, wire.EndedPower)
	if err := r.End(wire.EndedStopped); err != nil {
		t.Fatal(err)
	}
	r = open(t, path, "boot-3", noon.Add(26*time.Hour))
	check(t, r, noon.Add(26*time.Hour), 1, 0, wire.EndedStopped)
}

// A clock that was years ahead must not make a device look as if it had been
// started today for ever.
func TestWrongClock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.json")
	open(t, path, "b", noon.AddDate(9, 0, 0))
	r := open(t, path, "b", noon)
	check(t, r, noon, 1, 0, wire.EndedCrashed)
}

func TestDamagedFileIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.json")
	if err := os.WriteFile(path, []byte(`{"runs": [{"st`), 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, open(t, path, "b", noon), noon, 1, 0, "")
	if b, err := os.ReadFile(path + ".damaged"); err != nil || len(b) != 14 {
		t.Errorf("the damaged file is not set aside: %q, %v", b, err)
	}
	check(t, open(t, path, "b", noon.Add(time.Hour)), noon.Add(time.Hour), 2, 1, wire.EndedCrashed)
}

func TestAFolderThatTakesNothing(t *testing.T) {
	r, err := Open(durable.OS, filepath.Join(t.TempDir(), "missing", "starts.json"), "b", noon, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Error("a start that cannot be noted is no error")
	}
	check(t, r, noon, 1, 0, "")
}

func TestFileStaysSmall(t *testing.T) {
	fsys := crashfs.New()
	again := func(at time.Time) *Record {
		r, err := Open(fsys, "starts.json", "b", at, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var r *Record
	for i := range most + 20 {
		r = again(noon.Add(time.Duration(i) * time.Second))
	}
	check(t, r, noon.Add(time.Hour), most, most-1, wire.EndedCrashed)
	if err := r.SawTouch(); err != nil || !again(noon).HadTouch() {
		t.Error("the touch panel was forgotten", err)
	}
}

func TestBootNames(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{{"x", "x", true}, {"x", "y", false}, {"@1000", "@1003", true}, {"@1000", "@9000", false}, {"@1", "x", false}, {"@x", "@y", false}} {
		if sameBoot(tt.a, tt.b) != tt.same {
			t.Errorf("sameBoot(%q, %q) = %v", tt.a, tt.b, !tt.same)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"runs":[{"start":"2026-11-22T12:00:00Z","boot":"b","ending":"crashed"}]}`))
	f.Add([]byte(`{"runs":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "starts.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var p wire.Program
		open(t, path, "b", noon).Tell(&p, noon)
		if p.Starts < 1 || p.Crashes > p.Starts {
			t.Errorf("%+v", p)
		}
	})
}
