package shm

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/display/xinput"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// program is what the tests present.
type program struct {
	mu        sync.Mutex // guards what follows
	step      func(now time.Time, n int, input []player.Event) (*scene.Frame, time.Time)
	steps     int
	presented int
	standing  *scene.Frame
	events    []player.Event
	changed   chan struct{} // capacity 1: something above did
}

func newProgram(step func(now time.Time, n int, input []player.Event) (*scene.Frame, time.Time)) *program {
	return &program{step: step, changed: make(chan struct{}, 1)}
}

func (p *program) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	p.events = append(p.events, input...)
	return p.step(now, p.steps, input)
}

func (p *program) Presented(f *scene.Frame, _ time.Time) {
	p.mu.Lock()
	p.presented++
	p.standing = f
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *program) get(read func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	read()
}

// until waits for ok, which is asked whenever something was presented and often
// besides.
func (p *program) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	late := time.After(3 * time.Minute) // a guard against hanging; a film of page turns takes its time on a busy machine
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		good := false
		p.get(func() { good = ok() })
		if good {
			return
		}
		select {
		case <-p.changed:
		case <-tick.C:
		case <-late:
			t.Fatalf("waiting in vain until %s", what)
		}
	}
}

// present runs p on a display of its own until the test ends, and waits for
// the first frame.
func present(t testing.TB, o Options, p *program) *Display {
	t.Helper()
	return presentProgram(t, o, p, p)
}

// presentProgram is present for a program that tells p what was presented.
func presentProgram(t testing.TB, o Options, run player.Program, p *program) *Display {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := d.Run(ctx, run); err != nil {
			t.Errorf("presenting ended: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	p.until(t, "the first frame is presented", func() bool { return p.presented > 0 })
	return d
}

var soft = rig.Soft(40, 30, 77)

// marked is a frame on which a wrong offset, a flip or a swapped channel shows.
func marked(size image.Point, ground uint8) *scene.Frame {
	return &scene.Frame{Size: size, Ground: color.RGBA{ground, 241, 243, 255}, Ops: []scene.Op{
		{Kind: scene.OpFill, Dst: image.Rect(0, 0, 40, 20), Color: color.RGBA{200, 20, 20, 255}},
		{Kind: scene.OpFill, Dst: image.Rect(size.X-30, size.Y-10, size.X, size.Y), Color: color.RGBA{20, 20, 200, 255}},
		{Kind: scene.OpMask, Mask: soft, Dst: image.Rect(50, 40, 90, 70), Color: color.RGBA{0, 90, 40, 255}},
	}}
}

func painted(f *scene.Frame) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(m, f)
	return m
}

// checkSeen compares what is on the screen at area with m.
func checkSeen(t *testing.T, eye *rig.Eye, at image.Point, m *image.RGBA) {
	t.Helper()
	got, err := eye.See(image.Rectangle{Max: m.Rect.Size()}.Add(at))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Pix, m.Pix) {
		for i := range m.Pix {
			if got.Pix[i] != m.Pix[i] {
				p := image.Pt(i%m.Stride/4, i/m.Stride)
				t.Fatalf("the screen shows %v at %v, want %v", got.RGBAAt(p.X+at.X, p.Y+at.Y), p, m.RGBAAt(p.X, p.Y))
			}
		}
	}
}

func checkShot(t *testing.T, d *Display, m *image.RGBA) {
	t.Helper()
	shot, err := d.Screenshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if shot.Rect != m.Rect || !bytes.Equal(shot.Pix, m.Pix) {
		t.Errorf("the picture of the window (%v) is not the frame (%v)", shot.Rect, m.Rect)
	}
}

// turned turns a picture clockwise.
func turned(by mount.Turn, m *image.RGBA) *image.RGBA { return ((360 - by) % 360).Raise(m) }

func TestEveryTurnOnTheScreen(t *testing.T) {
	screen := image.Pt(900, 700)
	display := rig.Xvfb(t, screen)
	eye := rig.NewEye(t, display)
	for _, turn := range []mount.Turn{0, 90, 180, 270} {
		size := turn.Size(image.Pt(640, 360))
		first, second := marked(size, 10), marked(size, 10)
		second.Ops = append(second.Ops, scene.Op{Kind: scene.OpMask, Mask: soft, Dst: image.Rect(100, 140, 140, 170), Color: color.RGBA{90, 0, 40, 255}})
		p := newProgram(func(_ time.Time, n int, _ []player.Event) (*scene.Frame, time.Time) {
			if n == 1 {
				return first, scene.Still
			}
			return second, scene.Still
		})
		at := image.Pt(33, 44)
		t.Run(string(rune('0'+turn/90)), func(t *testing.T) {
			d := present(t, Options{Display: display, Width: size.X, Height: size.Y, X: at.X, Y: at.Y, Turn: turn, Title: "turned"}, p)
			checkSeen(t, eye, at, turned(turn, painted(first)))
			checkShot(t, d, painted(first))
			d.Wake()
			p.until(t, "the second frame is presented", func() bool { return p.presented == 2 })
			checkSeen(t, eye, at, turned(turn, painted(second)))
			checkShot(t, d, painted(second))
			// A finger on the screen means the pixel under it.
			want := image.Pt(77, 55)
			under := turn.Rect(image.Rectangle{want, want.Add(image.Pt(1, 1))}, size).Min.Add(at)
			press(t, display, under)
			p.until(t, "the press and the release arrive", func() bool { return len(p.events) == 2 })
			p.get(func() {
				for i, kind := range []player.EventKind{player.Down, player.Up} {
					if e := p.events[i]; e.Kind != kind || e.At != want || e.ID != 0 {
						t.Errorf("turned by %d event %d is %+v, want %v at %v", turn, i, e, kind, want)
					}
				}
			})
		})
	}
}

// press presses the mouse once at a place of the screen.
func press(t *testing.T, display string, at image.Point) {
	t.Helper()
	c, err := xinput.Open(t.Context(), display)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h, err := xinput.NewHand(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{func() error { return h.Move(at) }, h.Press, h.Release} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSuits(t *testing.T) {
	display := rig.Xvfb(t, image.Pt(320, 240))
	if err := Works(t.Context(), display); err != nil {
		t.Errorf("shared memory does not work on Xvfb: %v", err)
	}
	// A virtual screen has no graphics card, whatever the machine has.
	if suits, why := Suits(t.Context(), display); !suits || why == "" {
		t.Errorf("shared memory does not suit Xvfb (%s)", why)
	}
	for _, name := range []string{"", ":987", "10.255.255.1:0", "nonsense"} {
		if suits, why := Suits(t.Context(), name); suits || why == "" {
			t.Errorf("shared memory suits the display %q (%s)", name, why)
		}
	}
}

// Keys and the wheel of a real server reach the program in their order.
func TestKeyboardAndWheelArrive(t *testing.T) {
	display := rig.Xvfb(t, image.Pt(400, 300))
	p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) {
		return marked(image.Pt(240, 160), 3), scene.Still
	})
	present(t, Options{Display: display, Width: 240, Height: 160, Title: "keys"}, p)
	p.until(t, "a frame is presented", func() bool { return p.presented > 0 })
	c, err := xinput.Open(t.Context(), display)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h, err := xinput.NewHand(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{
		func() error { return h.Move(image.Pt(60, 60)) },
		func() error { return h.Strike(40) }, // D
		func() error { return h.Strike(56) }, // B
		func() error { return h.Turn(true) },
		func() error { return h.Strike(36) }, // enter
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	p.until(t, "all of it arrives", func() bool { return len(p.events) == 4 })
	p.get(func() {
		want := []player.Event{
			{Kind: player.Press, Key: "d"}, {Kind: player.Press, Key: "b"}, {Kind: player.Wheel, Turn: 1}, {Kind: player.Press, Key: player.KeyEnter},
		}
		for i, e := range p.events {
			if e.Kind != want[i].Kind || e.Key != want[i].Key || e.Turn != want[i].Turn {
				t.Errorf("event %d is %+v, want %+v", i, e, want[i])
			}
		}
	})
}

// A technician who has forgotten to turn the picture reads so in the log.
func TestWrongTurnIsLogged(t *testing.T) {
	display := rig.Xvfb(t, image.Pt(640, 360))
	for _, turn := range []mount.Turn{0, 90} {
		f := marked(image.Pt(360, 640), 20)
		p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) { return f, scene.Still })
		var log bytes.Buffer
		t.Run(string(rune('0'+turn/90)), func(t *testing.T) {
			present(t, Options{Display: display, Width: 360, Height: 640, Fullscreen: true, Scale: 1, Turn: turn,
				Log: slog.New(slog.NewTextHandler(&log, nil))}, p)
		})
		if said := strings.Contains(log.String(), "does not fit"); said != (turn == 0) {
			t.Errorf("turned by %d the log says: %s", turn, log.String())
		}
	}
}
