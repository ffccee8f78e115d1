package update

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// This binary is every program of these tests. Started by a launcher it is a device
// program that does what the last line of its own file says; without such a line it
// is the installed one. What it is offered lies beside its slots.
const (
	behaviour  = "\nmingbai test program: "
	launchMode = "MINGBAI_TEST_LAUNCHER" // names the folder that this binary launches programs in
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(launchMode); dir != "" {
		os.Unsetenv(launchMode)
		NewLauncher(plan(dir, os.Stdout)).Run(context.Background())
		os.Exit(0)
	}
	if rein := Take(); rein != nil {
		os.Exit(act(rein, os.Args[1]))
	}
	os.Exit(m.Run())
}

// act is a device program with nothing to show.
func act(rein *Rein, dir string) int {
	how := behaviourOf(os.Args[0])
	switch how {
	case "crash":
		panic("a mistake in the new program")
	case "mute": // it never shows anything, but hears when it should end
		<-rein.Gone()
		return 0
	case "freeze":
		rein.Beat()
		select {} // as a render loop in a lock, deaf to everything
	}
	slot, _ := rein.Slot()
	s := newStand(durable.OS, slot)
	s.opt.Dir, s.opt.Version, s.opt.Trial, s.opt.Look = dir, "old", 20*time.Millisecond, 5*time.Millisecond
	if how == "dark" {
		s.health.Content = false
	}
	s.opt.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	s.opt.Fetch = func(_ context.Context, store *assets.Store, b playlist.Blob) error {
		f, err := os.Open(filepath.Join(dir, "..", "offered"))
		if err != nil {
			return errNone
		}
		defer f.Close()
		return store.Add(b.Ref, b.Size, f)
	}
	u, err := New(s.opt)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-rein.Gone()
		cancel()
	}()
	go func() {
		tick := time.NewTicker(beatEvery / 4)
		for range tick.C {
			rein.Beat()
		}
	}()
	rein.Beat()
	fmt.Printf("running %s\n", how)
	if b, err := os.ReadFile(filepath.Join(dir, "..", "offer.json")); err == nil {
		var o wire.Offer
		if err := json.Unmarshal(b, &o); err != nil {
			return 1
		}
		u.Offer(o)
	}
	if u.Run(ctx) != nil {
		return ExitTakeover
	}
	return 0
}

func behaviourOf(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return "unreadable"
	}
	tail := b[max(0, len(b)-100):]
	if i := bytes.LastIndex(tail, []byte(behaviour)); i >= 0 {
		return string(tail[i+len(behaviour):])
	}
	return "installed"
}

func plan(dir string, out io.Writer) Plan {
	return Plan{
		FS: durable.OS, Dir: dir, Program: os.Args[0], Args: []string{dir}, Version: "old",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Stdout: out,
		Stderr: os.Stderr, First: 4 * time.Second, Silence: 4 * time.Second, Backoff: 10 * time.Millisecond,
	}
}

// heard collects what programs say.
type heard struct {
	mu    sync.Mutex // guards lines
	lines []string
	more  chan struct{}
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	h.lines = append(h.lines, strings.TrimSpace(string(b)))
	h.mu.Unlock()
	select {
	case h.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.lines...)
}

// put lays an offer of a program that behaves so beside the slots.
func put(t *testing.T, dir, how string) wire.Offer {
	t.Helper()
	b, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, behaviour+how...)
	if how == "other system" {
		b = []byte("not a program at all")
	}
	o := offered(t, b, "1.0-"+strings.ReplaceAll(how, " ", "-"), 1)
	j, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"offered": b, "offer.json": j} {
		if err := os.WriteFile(filepath.Join(dir, "..", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// until waits for the state of the slots to be so, and returns it.
func until(t *testing.T, dir string, ok func(state) bool) state {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := load(durable.OS, dir, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err == nil && ok(st) {
			return st
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the state stays %+v, %v", st, err)
		}
	}
}

func TestProcesses(t *testing.T) {
	for how, want := range map[string]release.Reason{
		"good": "", "crash": release.Crashed, "mute": release.Frozen, "freeze": release.Frozen,
		"dark": release.Dark, "other system": release.NotStarted,
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "slots")
			if err := os.Mkdir(dir, 0o750); err != nil {
				t.Fatal(err)
			}
			o := put(t, dir, how)
			said := &heard{more: make(chan struct{}, 1)}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				NewLauncher(plan(dir, said)).Run(ctx)
			}()
			defer func() { cancel(); <-ended }()
			st := until(t, dir, func(s state) bool {
				return s.Trial == nil && (s.Last.Step == wire.UpdateDone || s.Last.Step == wire.UpdateFailed)
			})
			last := "running installed"
			if want == "" {
				last = "running good"
				if st.Current != A || st.Floor.Sequence != 1 {
					t.Errorf("the state is %+v", st)
				}
			} else if !hasReason(st.Last, wire.UpdateFailed, want) || !contains(st.Failed, o) || st.Current != BuiltIn {
				t.Errorf("the state is %+v, want %s", st, want)
			}
			if how == "crash" && !strings.Contains(st.Last.Error, "panic: a mistake in the new program") {
				t.Errorf("it does not say how it crashed: %s", st.Last.Error)
			}
			// The program that is right runs now, and tries nothing again.
			for lines := said.all(); len(lines) < 2 || lines[len(lines)-1] != last; lines = said.all() {
				select {
				case <-said.more:
				case <-time.After(3 * time.Minute):
					t.Fatalf("it said %q, want %q at last", lines, last)
				}
			}
			if again := stateOf(t, &stand{opt: Options{FS: durable.OS, Dir: dir, Log: slog.Default()}}); again.Trial != nil {
				t.Errorf("it is tried again: %+v", again)
			}
		})
	}
}

// Launcher and program are killed together, again and again, while one program
// takes over from the other. What starts next is always whole, and in the end the
// new one runs.
func TestKilledAtAnyPoint(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "slots")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	o := put(t, dir, "good")
	for kill := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), launchMode+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.NewTimer(time.Duration(40*(kill+1)) * time.Millisecond)
		<-late.C
		cmd.Process.Kill() // and the program with it, see tie
		cmd.Wait()
		s := newStand(durable.OS, BuiltIn)
		s.opt.Dir = dir
		st := stateOf(t, s)
		for slot, h := range st.Slots {
			if err := whole(durable.OS, dir, slot, h.Blob); err != nil {
				t.Fatalf("after kill %d slot %s: %v", kill, slot, err)
			}
		}
	}
	// Two starts may have been used up by the kills: it is offered anew.
	o.Again = 1
	j, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "..", "offer.json"), j, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		NewLauncher(plan(dir, io.Discard)).Run(ctx)
	}()
	defer func() { cancel(); <-ended }()
	until(t, dir, func(s state) bool { return s.Current == A && s.Trial == nil })
}
