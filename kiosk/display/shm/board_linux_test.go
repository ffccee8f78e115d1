package shm

import (
	"context"
	"image"
	"image/color"
	"testing"
	"time"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// A board shown large: squares or round lamps, upright and turned, also after
// its line has moved on.
func TestBoards(t *testing.T) {
	display := rig.Xvfb(t, image.Pt(700, 700))
	eye := rig.NewEye(t, display)
	size := image.Pt(96, 32)
	line := func(x int) *scene.Frame {
		f := marked(size, 240)
		for i := range 30 {
			m := rig.Glyph(i)
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, m.W, m.H).Add(image.Pt(i*20+x, 2)), Color: color.RGBA{255, 60, 20, 255}})
		}
		return f
	}
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"squares", Options{Scale: 4}},
		{"turned squares", Options{Scale: 3, Turn: 270}},
		{"lamps", Options{Scale: 6, Dots: true}},
		{"turned lamps", Options{Scale: 5, Dots: true, Turn: 90}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProgram(func(_ time.Time, n int, _ []player.Event) (*scene.Frame, time.Time) {
				return line(-3 * n), scene.Still
			})
			c.o.Display, c.o.Width, c.o.Height, c.o.X, c.o.Y = display, size.X, size.Y, 20, 30
			d := present(t, c.o, p)
			for n := 1; n <= 3; n++ {
				if n > 1 {
					d.Wake()
					p.until(t, "the line has moved", func() bool { return p.presented == n })
				}
				checkBoard(t, eye, c.o, painted(line(-3*n)))
			}
		})
	}
}

// checkBoard looks at the middle and at the corner of each lamp or square.
func checkBoard(t *testing.T, eye *rig.Eye, o Options, frame *image.RGBA) {
	t.Helper()
	k := o.Scale
	upright := frame.Rect.Size()
	area := image.Rectangle{Max: o.Turn.Size(upright).Mul(k)}.Add(image.Pt(o.X, o.Y))
	got, err := eye.See(area)
	if err != nil {
		t.Fatal(err)
	}
	for y := range upright.Y {
		for x := range upright.X {
			at := o.Turn.Rect(image.Rect(x, y, x+1, y+1), upright).Min.Mul(k).Add(area.Min)
			want := frame.RGBAAt(x, y)
			middle := got.RGBAAt(at.X+k/2, at.Y+k/2)
			corner := got.RGBAAt(at.X, at.Y)
			if !o.Dots {
				if middle != want || corner != want {
					t.Fatalf("the square of %d,%d is %v and %v, want %v", x, y, middle, corner, want)
				}
				continue
			}
			want = color.RGBA{max(want.R, offRed), max(want.G, offGreen), max(want.B, offBlue), 255}
			if middle != want || max(corner.R, corner.G, corner.B) > 40 {
				t.Fatalf("the lamp of %d,%d is %v in its middle and %v at its corner, want %v on a dark board", x, y, middle, corner, want)
			}
		}
	}
}

// A frame that does not have the window's size fills what it can of it.
func TestFitted(t *testing.T) {
	display := rig.Xvfb(t, image.Pt(600, 300))
	eye := rig.NewEye(t, display)
	f := &scene.Frame{Size: image.Pt(400, 100), Ground: color.RGBA{10, 200, 100, 255}}
	f.Ops = append(f.Ops, scene.Op{Kind: scene.OpFill, Dst: image.Rect(200, 0, 400, 100), Color: color.RGBA{200, 20, 10, 255}})
	p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) { return f, scene.Still })
	present(t, Options{Display: display, Width: 400, Height: 100, Fullscreen: true}, p)
	got, err := eye.See(image.Rect(0, 0, 600, 300))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]color.RGBA{
		{X: 3, Y: 150}: f.Ground, {X: 290, Y: 80}: f.Ground, {X: 310, Y: 220}: f.Ops[0].Color, {X: 597, Y: 150}: f.Ops[0].Color,
		{X: 300, Y: 70}: {A: 255}, {X: 300, Y: 230}: {A: 255},
	} {
		if got.RGBAAt(at.X, at.Y) != want {
			t.Errorf("at %v the screen shows %v, want %v", at, got.RGBAAt(at.X, at.Y), want)
		}
	}
	press(t, display, image.Pt(450, 150))
	p.until(t, "the press arrives", func() bool { return len(p.events) == 2 })
	p.get(func() {
		if at := p.events[0].At; !near(at, image.Pt(300, 50)) {
			t.Errorf("a press right of the middle is at %v", at)
		}
	})
}

// 4K works, and so does a panel of that size that hangs turned.
func TestFourK(t *testing.T) {
	screen := image.Pt(3840, 2160)
	display := rig.Xvfb(t, screen)
	eye := rig.NewEye(t, display)
	for _, turn := range []mount.Turn{0, 90} {
		f := marked(turn.Size(screen), 77)
		t.Run(string(rune('0'+turn/90)), func(t *testing.T) {
			p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) { return f, scene.Still })
			d := present(t, Options{Display: display, Width: f.Size.X, Height: f.Size.Y, Fullscreen: true, Turn: turn}, p)
			checkSeen(t, eye, image.Point{}, turned(turn, painted(f)))
			checkShot(t, d, painted(f))
		})
	}
}

func TestNewRefusesNonsense(t *testing.T) {
	for _, o := range []Options{
		{}, {Width: 100}, {Width: 100, Height: -1}, {Width: 9, Height: 9, Scale: -1}, {Width: 9, Height: 9, FPSCap: -1},
		{Width: 9, Height: 9, Dots: true, Scale: 2}, {Width: 9, Height: 9, Turn: 45}, {Width: 1 << 20, Height: 9},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestScreenshotAfterTheEnd(t *testing.T) {
	d, err := New(Options{Display: ":no", Width: 9, Height: 9})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Run(t.Context(), scrolling()); err == nil {
		t.Error("a display that is not there was opened")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := d.Screenshot(ctx); err != ErrScreenshot {
		t.Errorf("a picture of no window gives %v", err)
	}
}
