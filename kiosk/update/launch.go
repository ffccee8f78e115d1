package update

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/assets/durable"
	"mingbai/playlist/release"
)

// ExitTakeover is the code with which a child ends to be started again at once, as
// itself or as another version.
const ExitTakeover = 75

// Plan is how a launcher works. Zero durations take the defaults.
type Plan struct {
	FS      durable.FS
	Dir     string   // of the slots
	Program string   // the built-in program
	Args    []string // of every program
	Version string   // of the built-in program
	Log     *slog.Logger
	Stdout  io.Writer // what a child writes beside its beats; nil drops it
	Stderr  io.Writer

	// Alive is called while all is as it should be: the child's picture moves, or it
	// has not run out of time yet. started is false until the first beat.
	Alive func(started bool)

	First   time.Duration // from a start to the first beat (50 s)
	Silence time.Duration // between two beats (25 s)
	Grace   time.Duration // from the wish that a child ends to its being killed (10 s)
	Backoff time.Duration // after a child that ended by itself; doubles up to 30 times that (1 s)
	Lived   time.Duration // a child that ran longer did not end early (1 min)
}

// early is how many times in a row a committed program may end early before another
// that was well is given a turn.
const early = 5

// Launcher starts the program that should run, for as long as Run goes on.
type Launcher struct {
	plan  Plan
	bad   int  // early ends in a row
	began bool // a beat was heard
}

// NewLauncher returns a launcher.
func NewLauncher(p Plan) *Launcher {
	for _, d := range []struct {
		v   *time.Duration
		def time.Duration
	}{{&p.First, 50 * time.Second}, {&p.Silence, 25 * time.Second}, {&p.Grace, 10 * time.Second}, {&p.Backoff, time.Second}, {&p.Lived, time.Minute}} {
		if *d.v <= 0 {
			*d.v = d.def
		}
	}
	if p.Stdout == nil {
		p.Stdout = io.Discard
	}
	if p.Stderr == nil {
		p.Stderr = io.Discard
	}
	if p.Alive == nil {
		p.Alive = func(bool) {}
	}
	return &Launcher{plan: p}
}

// choice is what is started.
type choice struct {
	slot Slot
	held held
	try  bool // on trial
}

// end is how a child ended.
type end struct {
	started bool
	beats   int
	frozen  bool // it was killed for not beating
	code    int  // -1 when it did not exit by itself
	err     error
	said    string // the last line that it wrote on standard error
	lived   time.Duration
}

func (e end) String() string {
	s := "it ended without an error"
	if e.err != nil {
		s = e.err.Error()
	}
	if e.said != "" {
		s += ": " + e.said
	}
	return s
}

// Run starts programs until ctx ends.
func (l *Launcher) Run(ctx context.Context) {
	runtime.LockOSThread() // see tie
	defer runtime.UnlockOSThread()
	for ctx.Err() == nil {
		c := l.choose()
		l.plan.Log.Info("A program is started.", "slot", string(c.slot), "version", c.held.Version, "trial", c.try)
		e := l.child(ctx, c)
		if ctx.Err() != nil {
			l.uncount(c)
			return
		}
		l.settle(c, e)
		l.pause(ctx, c, e)
	}
}

// choose decides what is started, and counts the start of a program on trial before
// it happens.
func (l *Launcher) choose() choice {
	p := l.plan
	s, err := load(p.FS, p.Dir, p.Log)
	if err != nil {
		p.Log.Error("The state of the slots cannot be read; the installed program runs.", "error", err)
		return choice{held: held{Version: p.Version}}
	}
	if s.Installed != p.Version {
		if s.Installed != "" {
			p.Log.Info("Another program was installed by hand; it runs from now on.", "version", p.Version)
			s.Current, s.Before, s.Ready, s.Trial = BuiltIn, BuiltIn, BuiltIn, nil
		}
		s.Installed = p.Version
		if err := s.save(p.FS, p.Dir); err != nil {
			p.Log.Error("What is installed could not be noted.", "error", err)
		}
	}
	if s.Trial != nil {
		if c, ok := l.try(&s); ok {
			return c
		}
	}
	order := []Slot{s.Current, s.Before, BuiltIn}
	if l.bad > 0 && l.bad%early == 0 && s.Current != BuiltIn {
		order = order[1:]
		p.Log.Warn("The program ends again and again; another one that was well gets a turn.", "times", l.bad)
	}
	for _, slot := range order {
		if slot == BuiltIn {
			break
		}
		h, ok := s.Slots[slot]
		err := errOther
		if ok {
			err = whole(p.FS, p.Dir, slot, h.Blob)
		}
		if err == nil {
			return choice{slot: slot, held: h}
		}
		p.Log.Error("The program in a slot cannot be started; another one runs.", "slot", string(slot), "version", h.Version, "error", err)
		if slot == s.Current && lost(err) {
			s.Current, s.Before = s.Before, BuiltIn
			s.failed(held{Version: h.Version}, release.Damaged, "the program in slot "+string(slot)+" is damaged on the disk", time.Now())
			s.Slots = without(s.Slots, slot)
			if err := s.save(p.FS, p.Dir); err != nil {
				p.Log.Error("That a slot is damaged could not be noted.", "error", err)
			}
		}
	}
	return choice{held: held{Version: p.Version}}
}

// try counts a start of the program on trial. It is false when that has had its
// chances, or when the count cannot be saved: a program that could be started for
// ever without a count is not started.
func (l *Launcher) try(s *state) (choice, bool) {
	p, t := l.plan, *s.Trial
	h, ok := s.Slots[t.Slot]
	err := errOther
	if ok {
		err = whole(p.FS, p.Dir, t.Slot, h.Blob)
	}
	switch {
	case t.Boots >= maxBoots:
		s.failed(h, release.Crashed, fmt.Sprintf("it was started %d times and ended each time before it had shown that it is well", t.Boots), time.Now())
	case err != nil && !lost(err):
		p.Log.Error("The new program cannot be read now; the old one runs.", "error", err)
		return choice{}, false
	case err != nil:
		s.failed(h, release.Damaged, "the program in slot "+string(t.Slot)+" is damaged on the disk", time.Now())
		s.Slots = without(s.Slots, t.Slot)
	default:
		t.Boots++
		s.Trial = &t
		if err := s.save(p.FS, p.Dir); err != nil {
			p.Log.Error("The start of a new program could not be counted; the old one runs.", "error", err)
			return choice{}, false
		}
		return choice{slot: t.Slot, held: h, try: true}, true
	}
	p.Log.Warn("A new program was not well; the old one runs again.", "version", h.Version, "error", s.Last.Error)
	if err := s.save(p.FS, p.Dir); err != nil {
		p.Log.Error("That a new program was not well could not be saved.", "error", err)
	}
	return choice{}, false
}

// lost reports whether a program is surely not what it should be: a disk that does
// not read now may read later.
func lost(err error) bool { return errors.Is(err, errOther) || errors.Is(err, fs.ErrNotExist) }

// uncount takes a start back that the launcher itself cut short: a machine that is
// turned off in the evening is no failure of the program.
func (l *Launcher) uncount(c choice) {
	if !c.try {
		return
	}
	s, err := load(l.plan.FS, l.plan.Dir, l.plan.Log)
	if err != nil || s.Trial == nil || s.Trial.Slot != c.slot || s.Trial.Boots == 0 {
		return
	}
	s.Trial.Boots--
	if err := s.save(l.plan.FS, l.plan.Dir); err != nil {
		l.plan.Log.Error("A start could not be taken back.", "error", err)
	}
}

// settle judges how a program on trial ended. What it committed or gave up itself
// stands.
func (l *Launcher) settle(c choice, e end) {
	p := l.plan
	if !c.try {
		return
	}
	s, err := load(p.FS, p.Dir, p.Log)
	if err != nil || s.Trial == nil || s.Trial.Slot != c.slot {
		return
	}
	switch {
	case !e.started:
		s.failed(c.held, release.NotStarted, e.String(), time.Now())
	case e.frozen && e.beats == 0:
		s.failed(c.held, release.Frozen, fmt.Sprintf("it showed nothing for %v after its start", p.First), time.Now())
	case e.frozen:
		s.failed(c.held, release.Frozen, fmt.Sprintf("its picture stood still for %v", p.Silence), time.Now())
	case s.Trial.Boots >= maxBoots:
		s.failed(c.held, release.Crashed, e.String(), time.Now())
	default:
		return // one more boot
	}
	p.Log.Warn("A new program was not well; the old one runs again.", "version", c.held.Version, "error", s.Last.Error)
	if err := s.save(p.FS, p.Dir); err != nil {
		p.Log.Error("That a new program was not well could not be saved.", "error", err)
	}
}

// pause waits before the next start, longer each time.
func (l *Launcher) pause(ctx context.Context, c choice, e end) {
	if e.code == ExitTakeover && e.started && !e.frozen {
		l.bad = 0
		return
	}
	l.plan.Log.Warn("The program has ended; it is started again.", "slot", string(c.slot), "how", e.String(), "lived", e.lived)
	if c.try {
		return // the old one, or one more boot
	}
	if l.bad++; e.lived >= l.plan.Lived {
		l.bad = 1
	}
	wait := min(l.plan.Backoff<<min(l.bad-1, 10), 30*l.plan.Backoff)
	end := time.NewTimer(wait)
	defer end.Stop()
	tick := time.NewTicker(l.plan.Backoff)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-tick.C:
			l.plan.Alive(l.began) // waiting is what it should do
		}
	}
}

// child runs a program until it ends, is frozen, or ctx ends.
func (l *Launcher) child(ctx context.Context, c choice) end {
	p := l.plan
	path, name := p.Program, builtInName
	if c.slot != BuiltIn {
		path, name = programFile(p.Dir, c.slot), string(c.slot)
	}
	cmd := exec.Command(path, p.Args...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		// The child speaks to the launcher, not to the service manager.
		return strings.HasPrefix(v, slotVariable+"=") || strings.HasPrefix(v, "NOTIFY_SOCKET=") || strings.HasPrefix(v, "WATCHDOG_")
	}), slotVariable+"="+name)
	last := &lastLine{to: p.Stderr}
	cmd.Stderr = last
	tie(cmd)
	cmd.WaitDelay = 2 * time.Second // its own children may hold its output open
	rein, err := cmd.StdinPipe()
	if err != nil {
		return end{err: err}
	}
	beats := make(chan struct{}, 1)
	out, in := io.Pipe()
	cmd.Stdout = in
	var heard sync.WaitGroup
	heard.Go(func() {
		listen(out, func() {
			select {
			case beats <- struct{}{}:
			default:
			}
		}, p.Stdout)
	})
	defer heard.Wait()
	defer in.Close()
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return end{err: err}
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	e := l.watch(ctx, cmd, rein, beats, gone)
	e.started, e.said, e.lived = true, last.line(), time.Since(started)
	e.code = cmd.ProcessState.ExitCode()
	return e
}

// watch waits for the end of a child and brings it about when its time is up.
func (l *Launcher) watch(ctx context.Context, cmd *exec.Cmd, rein io.Closer, beats <-chan struct{}, gone <-chan error) (e end) {
	p := l.plan
	late := time.NewTimer(p.First)
	defer late.Stop()
	tick := time.NewTicker(min(p.First, p.Silence) / 5)
	defer tick.Stop()
	for {
		select {
		case e.err = <-gone:
			return e
		case <-beats:
			e.beats++
			l.began = true
			late.Reset(p.Silence)
			p.Alive(true)
		case <-tick.C:
			if e.beats == 0 {
				p.Alive(l.began)
			}
		case <-late.C:
			e.frozen = true
			p.Log.Error("The picture of the program stands still; it is ended.", "beats", e.beats)
			rein.Close()
			cmd.Process.Kill() // the only other outcome is that it has ended
			e.err = <-gone
			return e
		case <-ctx.Done():
			rein.Close()
			end := time.NewTimer(p.Grace)
			defer end.Stop()
			select {
			case e.err = <-gone:
			case <-end.C:
				cmd.Process.Kill() // likewise
				e.err = <-gone
			}
			return e
		}
	}
}

// lastLine passes on what a child says and remembers its last words, which often
// say why it ended: the first line of a panic, or else the last line of all.
type lastLine struct {
	to io.Writer

	mu    sync.Mutex // guards what follows
	part  []byte     // of a line that is not ended
	last  string
	panic string
}

// mostWords is how much of a line is remembered, in bytes.
const mostWords = 300

func (w *lastLine) Write(b []byte) (int, error) {
	w.mu.Lock()
	w.part = append(w.part, b...)
	for {
		line, rest, ok := bytes.Cut(w.part, []byte{'\n'})
		if !ok {
			break
		}
		w.note(line)
		w.part = rest
	}
	if len(w.part) > 64<<10 { // no line at all
		w.part = nil
	}
	w.mu.Unlock()
	return w.to.Write(b)
}

// note remembers a line. The lock is held.
func (w *lastLine) note(line []byte) {
	line = bytes.TrimSpace(line)
	s := strings.ToValidUTF8(string(line[:min(len(line), mostWords)]), "")
	switch {
	case s == "":
	case w.panic == "" && (strings.HasPrefix(s, "panic: ") || strings.HasPrefix(s, "fatal error: ")):
		w.panic = s
	default:
		w.last = s
	}
}

func (w *lastLine) line() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(w.part)
	return cmp.Or(w.panic, w.last)
}
