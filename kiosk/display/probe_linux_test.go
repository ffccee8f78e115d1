package display

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/display/x11"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// One process can open one ebiten window, and the tests' own is taken. What
// needs a Display therefore runs in a child process, a probe: this binary again
// with probeVariable naming what to do. It prints its findings as JSON.
const (
	probeVariable = "MINGBAI_DISPLAY_PROBE"
	pollVariable  = "MINGBAI_DISPLAY_POLLED" // not empty: without the touch reader
	bornVariable  = "MINGBAI_DISPLAY_BORN"   // when the parent started it, Unix nanoseconds
)

// patience is how long a probe may take. It only ends one that would never end: a
// busy machine may take its time.
const patience = 3 * time.Minute

// findings is what a probe saw.
type findings struct {
	FirstPixel time.Duration // from process start to the first Presented
	Steps      int
	Presented  int
	Frames     int // different frames presented
	Measured   int // of them, while CPU and Wall were measured
	CPU        time.Duration
	Wall       time.Duration
	Latency    time.Duration
	Taps       []time.Duration // from press to changed pixel
	RSS, PSS   int64           // bytes
	Beats      int
	Events     []player.Event
	Shot       []byte // RGBA
	ShotSize   image.Point
	Seen       []byte // RGBA, of the screen itself
	Error      string
}

// program is the probes' player.Program. It runs on the render loop; what it
// gathers is read after Run has returned.
type program struct {
	mu          sync.Mutex // guards found
	found       findings
	born        time.Time
	last        *scene.Frame
	first       chan struct{}
	step        func(now time.Time, n int) (*scene.Frame, time.Time)
	light, dark *scene.Frame // for flash
	flash       bool         // show whether a finger is down instead
	beats       atomic.Int64 // of the watchdog
}

func (p *program) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found.Steps++
	p.found.Events = append(p.found.Events, input...)
	if p.flash {
		down := p.last != nil && p.last == p.dark
		for _, e := range input {
			down = e.Kind == player.Down || down && e.Kind != player.Up
		}
		p.last = p.light
		if down {
			p.last = p.dark
		}
		return p.last, scene.Still
	}
	return p.step(now, p.found.Steps)
}

func (p *program) Presented(f *scene.Frame, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found.Presented++; p.found.Presented == 1 {
		p.found.FirstPixel = at.Sub(p.born)
		close(p.first)
	}
	if !f.Equal(p.last) {
		p.found.Frames++
		p.last = f
	}
}

// note writes into the findings.
func (p *program) note(write func(*findings)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	write(&p.found)
}

func (p *program) fail(err error) { p.note(func(f *findings) { f.Error = err.Error() }) }

func (p *program) snapshot() findings {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found
}

// runProbe is the child's main.
func runProbe(name string) int {
	probe, ok := probes[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "there is no probe called", name)
		return 2
	}
	born, err := strconv.ParseInt(os.Getenv(bornVariable), 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	p := &program{born: time.Unix(0, born), first: make(chan struct{})}
	opts := probe.options
	opts.Watchdog = func() { p.beats.Add(1) }
	p.step = probe.step
	switch {
	case name == "walk":
		if p.step, err = walkStep(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		fmt.Fprintln(os.Stderr, ready)
	case probe.step == nil:
		p.flash, p.light, p.dark = true, rig.Flash(false), rig.Flash(true)
	}
	d, err := New(opts)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	d.polled = os.Getenv(pollVariable) != ""
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var done sync.WaitGroup
	done.Go(func() {
		defer cancel()
		select {
		case <-p.first:
			probe.drive(ctx, d, p)
		case <-ctx.Done():
		}
	})
	err = d.Run(ctx, p)
	cancel()
	done.Wait()
	if err != nil {
		p.found.Error = err.Error()
	}
	p.found.Beats = int(p.beats.Load())
	if err := json.NewEncoder(os.Stdout).Encode(p.found); err != nil {
		return 2
	}
	return 0
}

// ready is what a probe says on its standard error when its parent may begin.
const ready = "READY"

// spawn runs a probe in a child process and returns what it found.
func spawn(t testing.TB, name string) findings { return spawnWith(t, name, nil) }

// spawnWith is spawn with something to do once the probe says that it is ready.
func spawnWith(t testing.TB, name string, do func()) findings {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience+time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), probeVariable+"="+name, bornVariable+"="+strconv.FormatInt(time.Now().UnixNano(), 10))
	var out, errs bytes.Buffer
	cmd.Stdout = &out
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var doing sync.WaitGroup
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if lines.Text() == ready && do != nil {
			doing.Go(do)
			continue
		}
		fmt.Fprintln(&errs, lines.Text())
	}
	doing.Wait()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the probe %s failed: %v\n%s", name, err, errs.Bytes())
	}
	var f findings
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatalf("the probe %s said %q: %v\n%s", name, out.Bytes(), err, errs.Bytes())
	}
	if f.Error != "" {
		t.Fatalf("the probe %s failed: %s", name, f.Error)
	}
	if errs.Len() > 0 {
		t.Logf("the probe %s logged:\n%s", name, errs.Bytes())
	}
	return f
}

// look notes what is on the screen at area.
func (p *program) look(ctx context.Context, area image.Rectangle) error {
	c, err := x11.Open(ctx, os.Getenv("DISPLAY"))
	if err != nil {
		return err
	}
	defer c.Close()
	m, err := rig.Look(c).See(area)
	if err != nil {
		return err
	}
	p.note(func(f *findings) { f.Seen = m.Pix })
	return nil
}

// probe is one thing to do with a window.
type probe struct {
	options Options
	step    func(now time.Time, n int) (*scene.Frame, time.Time) // nil shows whether a finger is down
	drive   func(ctx context.Context, d *Display, p *program)    // ends the probe by returning
}

var markedMask = rig.Soft(40, 30, 77)

// marked is a frame on which a wrong offset, a flip or a swapped channel shows.
func marked(size image.Point) *scene.Frame {
	f := &scene.Frame{Size: size, Ground: color.RGBA{240, 241, 243, 255}}
	m := markedMask
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(0, 0, 40, 20), Color: color.RGBA{200, 20, 20, 255}},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(size.X-30, size.Y-10, size.X, size.Y), Color: color.RGBA{20, 20, 200, 255}},
		scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(50, 40, 90, 70), Color: color.RGBA{0, 90, 40, 255}},
	)
	return f
}

// shoot takes a picture of the window into the findings.
func shoot(ctx context.Context, d *Display, p *program) {
	m, err := d.Screenshot(ctx)
	if err != nil {
		p.fail(err)
		return
	}
	p.note(func(f *findings) { f.Shot, f.ShotSize = m.Pix, m.Rect.Size() })
}
