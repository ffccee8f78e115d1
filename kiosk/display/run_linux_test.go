package display

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/display/xinput"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	pages "mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

var pageSize = image.Pt(720, 540)

var probes = map[string]probe{
	"still": {
		options: Options{Title: "still", Width: pageSize.X, Height: pageSize.Y},
		step: func() func(time.Time, int) (*scene.Frame, time.Time) {
			f := marked(pageSize)
			return func(time.Time, int) (*scene.Frame, time.Time) { return f, scene.Still }
		}(),
		drive: func(ctx context.Context, d *Display, p *program) {
			start := time.Now()
			shoot(ctx, d, p)
			// On a busy machine the loop may be late for a beat.
			until(ctx, func() bool { return p.beats.Load() >= 2 })
			wait(ctx, 1200*time.Millisecond)
			p.note(func(f *findings) { f.Wall = time.Since(start) })
		},
	},
	"touched": {
		// Undecorated at a place of its own, so that root positions are known.
		options: Options{Title: "touched", Width: pageSize.X, Height: pageSize.Y, Borderless: true, X: handAt.X, Y: handAt.Y},
		step: func() func(time.Time, int) (*scene.Frame, time.Time) {
			f := marked(pageSize)
			return func(time.Time, int) (*scene.Frame, time.Time) { return f, scene.Still }
		}(),
		drive: func(ctx context.Context, d *Display, p *program) {
			until(ctx, d.input.served)
			if err := tap(ctx, 20*time.Millisecond); err != nil {
				p.fail(err)
			}
			until(ctx, func() bool { return len(p.snapshot().Events) >= 2*taps+1 })
		},
	},
	"polled": {
		options: Options{Title: "polled", Width: pageSize.X, Height: pageSize.Y, Borderless: true, X: handAt.X, Y: handAt.Y},
		step: func() func(time.Time, int) (*scene.Frame, time.Time) {
			f := marked(pageSize)
			return func(time.Time, int) (*scene.Frame, time.Time) { return f, scene.Still }
		}(),
		drive: func(ctx context.Context, _ *Display, p *program) {
			// A machine that is busy with other tests samples late: the hand
			// stays where it is until the sample before was of it.
			if err := tapSeen(ctx, 20*time.Millisecond, func(events int) {
				until(ctx, func() bool { return len(p.snapshot().Events) >= events })
			}); err != nil {
				p.fail(err)
			}
			until(ctx, func() bool { return len(p.snapshot().Events) >= 2*taps+1 })
		},
	},
	"woken": {
		options: Options{Title: "woken", Width: pageSize.X, Height: pageSize.Y},
		step: func(now time.Time, n int) (*scene.Frame, time.Time) {
			f := marked(pageSize)
			if n > 1 {
				f.Ground.R = 7
			}
			if n == 2 {
				return f, now.Add(400 * time.Millisecond)
			}
			return f, scene.Still
		},
		drive: func(ctx context.Context, d *Display, p *program) {
			wait(ctx, 500*time.Millisecond)
			start := time.Now()
			d.Wake()
			until(ctx, func() bool { return p.snapshot().Presented == 2 })
			p.note(func(f *findings) { f.Latency = time.Since(start) })
			until(ctx, func() bool { return p.snapshot().Presented == 3 })
			p.note(func(f *findings) { f.Wall = time.Since(start) })
			shoot(ctx, d, p)
		},
	},
	"board": {
		options: Options{Title: "board", Width: 96, Height: 32, Scale: 6, Dots: true, Borderless: true},
		step:    func(time.Time, int) (*scene.Frame, time.Time) { return marked(image.Pt(96, 32)), scene.Still },
		drive:   func(ctx context.Context, d *Display, p *program) { shoot(ctx, d, p) },
	},
	"raw board": {
		options: Options{Title: "raw board", Width: 96, Height: 32, Scale: 1, Borderless: true, Fullscreen: true},
		step:    func(time.Time, int) (*scene.Frame, time.Time) { return marked(image.Pt(96, 32)), scene.Still },
		drive:   func(ctx context.Context, d *Display, p *program) { shoot(ctx, d, p) },
	},
	"fitted": {
		options: Options{Title: "fitted", Width: pageSize.X, Height: pageSize.Y, Fullscreen: true},
		step:    func(time.Time, int) (*scene.Frame, time.Time) { return marked(pageSize), scene.Still },
		drive: func(ctx context.Context, d *Display, p *program) {
			until(ctx, d.input.served)
			shoot(ctx, d, p)
			if err := tap(ctx, 20*time.Millisecond); err != nil {
				p.fail(err)
			}
			until(ctx, func() bool { return len(p.snapshot().Events) >= 2*taps+1 })
		},
	},
	"marquee": {
		options: Options{Title: "marquee", Width: 192, Height: 64, Scale: 1, Borderless: true},
		step:    marquee,
		drive: func(ctx context.Context, _ *Display, p *program) {
			wait(ctx, time.Second)
			p.measure(ctx, 4*time.Second)
		},
	},
	"dots": {
		options: Options{Title: "dots", Width: 192, Height: 64, Scale: 5, Dots: true, Borderless: true},
		step:    marquee,
		drive: func(ctx context.Context, _ *Display, p *program) {
			wait(ctx, time.Second)
			p.measure(ctx, 4*time.Second)
		},
	},
	"idle": {
		options: Options{Title: "idle", Width: rig.Panel.X, Height: rig.Panel.Y, HideCursor: true},
		step: func() func(time.Time, int) (*scene.Frame, time.Time) {
			f := rig.List(0)
			return func(time.Time, int) (*scene.Frame, time.Time) { return f, scene.Still }
		}(),
		drive: func(ctx context.Context, _ *Display, p *program) {
			wait(ctx, 4*time.Second) // until all buffers of the display are filled
			p.measure(ctx, 5*time.Second)
		},
	},
	"turned": {
		options: Options{Title: "turned", Width: pageSize.X, Height: pageSize.Y, Borderless: true, X: handAt.X, Y: handAt.Y, Turn: 90},
		step: func() func(time.Time, int) (*scene.Frame, time.Time) {
			f := marked(pageSize)
			return func(time.Time, int) (*scene.Frame, time.Time) { return f, scene.Still }
		}(),
		drive: func(ctx context.Context, d *Display, p *program) {
			until(ctx, d.input.served)
			shoot(ctx, d, p)
			wait(ctx, 200*time.Millisecond)
			if err := p.look(ctx, image.Rectangle{Max: mount.Turn(90).Size(pageSize)}.Add(handAt)); err != nil {
				p.fail(err)
			}
			if err := tap(ctx, 20*time.Millisecond); err != nil {
				p.fail(err)
			}
			until(ctx, func() bool { return len(p.snapshot().Events) >= 2*taps+1 })
		},
	},
	"touches": {
		options: Options{Title: "touches", Width: pageSize.X, Height: pageSize.Y, Fullscreen: true},
		step: func() func(time.Time, int) (*scene.Frame, time.Time) {
			f := marked(pageSize)
			return func(time.Time, int) (*scene.Frame, time.Time) { return f, scene.Still }
		}(),
		drive: func(ctx context.Context, d *Display, p *program) {
			until(ctx, d.input.served)
			fmt.Fprintln(os.Stderr, ready) // the parent's fingers begin
			until(ctx, func() bool { return len(p.snapshot().Events) >= 2*taps+5 })
		},
	},
	"walk": {
		options: Options{Title: "walk", Width: walkPanel.Width, Height: walkPanel.Height, Fullscreen: true},
		step:    nil, // set by walkStep, which takes a while
		drive: func(ctx context.Context, _ *Display, p *program) {
			until(ctx, func() bool { return p.snapshot().Steps > walkFrames+2 })
			wait(ctx, 300*time.Millisecond)
		},
	},
	"flash": {
		options: Options{Title: "flash", Width: rig.Panel.X, Height: rig.Panel.Y, Borderless: true, X: handAt.X, Y: handAt.Y},
		drive: func(ctx context.Context, d *Display, p *program) {
			until(ctx, d.input.served)
			wait(ctx, 500*time.Millisecond)
			taps, err := rig.Taps(ctx, os.Getenv("DISPLAY"), handAt, 20)
			if err != nil {
				p.fail(err)
			}
			p.note(func(f *findings) { f.Taps = taps })
		},
	},
	"scroll": {
		options: Options{Title: "scroll", Width: rig.Panel.X, Height: rig.Panel.Y, HideCursor: true},
		step: func(now time.Time, n int) (*scene.Frame, time.Time) {
			return rig.List(n * 9), now
		},
		drive: func(ctx context.Context, _ *Display, p *program) {
			wait(ctx, time.Second)
			p.measure(ctx, 5*time.Second)
		},
	},
}

// until passes the time until ok, asking often.
func until(ctx context.Context, ok func() bool) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

const taps = 10

var (
	handAt = image.Pt(40, 30)        // where the window lies
	tapAt  = image.Pt(40+100, 30+60) // where the hand taps, on the root window
)

// tap presses the mouse several times for hold each, and drags the last time.
func tap(ctx context.Context, hold time.Duration) error {
	return tapSeen(ctx, hold, func(int) {})
}

// tapSeen is tap that calls seen with the number of events so far after each of
// them, and goes on when seen returns.
func tapSeen(ctx context.Context, hold time.Duration, seen func(events int)) error {
	c, err := xinput.Open(ctx, os.Getenv("DISPLAY"))
	if err != nil {
		return err
	}
	defer c.Close()
	h, err := xinput.NewHand(c)
	if err != nil {
		return err
	}
	if err := h.Move(tapAt); err != nil {
		return err
	}
	for i := range taps {
		wait(ctx, 60*time.Millisecond+hold)
		if err := h.Press(); err != nil {
			return err
		}
		wait(ctx, hold)
		seen(2*i + 1)
		if i == taps-1 {
			if err := h.Move(tapAt.Add(image.Pt(30, 0))); err != nil {
				return err
			}
			wait(ctx, hold)
			seen(2 * taps)
		}
		if err := h.Release(); err != nil {
			return err
		}
		if i < taps-1 {
			seen(2*i + 2)
		}
	}
	return nil
}

func TestStillPage(t *testing.T) {
	f := spawn(t, "still")
	t.Logf("first pixel after %v", f.FirstPixel)
	if f.Steps != 1 || f.Presented != 1 {
		t.Errorf("a still program was stepped %d times and presented %d times, want once", f.Steps, f.Presented)
	}
	if most := int((f.FirstPixel+f.Wall)/beatEvery) + 4; f.Beats < 2 || f.Beats > most {
		t.Errorf("%d heartbeats in %v after the first pixel, which took %v", f.Beats, f.Wall, f.FirstPixel)
	}
	checkShot(t, f, marked(pageSize))
}

// checkTaps checks that every tap arrived once, in order, at the right place.
func checkTaps(t *testing.T, events []player.Event, at image.Point, moves bool) {
	t.Helper()
	downs, ups := 0, 0
	for i, e := range events {
		switch e.Kind {
		case player.Down:
			if downs++; e.At != at || downs != ups+1 {
				t.Errorf("event %d is press %d at %v after %d releases, want at %v", i, downs, e.At, ups, at)
			}
		case player.Up:
			if ups++; ups != downs {
				t.Errorf("event %d is release %d after %d presses", i, ups, downs)
			}
		case player.Move:
			if downs != taps || e.At == at {
				t.Errorf("event %d is a move to %v during tap %d", i, e.At, downs)
			}
			moves = false
		}
		if e.ID != 0 || e.Time.IsZero() {
			t.Errorf("event %d has finger %d and time %v", i, e.ID, e.Time)
		}
	}
	if downs != taps || ups != taps || moves {
		t.Errorf("%d presses and %d releases arrived of %d taps: %v", downs, ups, taps, events)
	}
}

func TestTapsArriveOnce(t *testing.T) {
	f := spawn(t, "touched")
	checkTaps(t, f.Events, tapAt.Sub(handAt), true)
}

func TestPolledTapsArriveOnce(t *testing.T) {
	t.Setenv(pollVariable, "1")
	f := spawn(t, "polled")
	checkTaps(t, f.Events, tapAt.Sub(handAt), true)
}

// TestTurnedWindow looks at the screen itself: the picture hangs turned there, and
// a press on the screen means the pixel under it.
func TestTurnedWindow(t *testing.T) {
	f := spawn(t, "turned")
	checkShot(t, f, marked(pageSize))
	size := mount.Turn(90).Size(pageSize)
	seen := mount.Turn(90).Raise(&image.RGBA{Pix: f.Seen, Stride: size.X * 4, Rect: image.Rectangle{Max: size}})
	f.Shot, f.ShotSize = seen.Pix, seen.Rect.Size()
	checkShot(t, f, marked(pageSize))
	at := mount.Mount{Frame: pageSize, Window: size, Turn: 90}.FramePoint(100.5, 60.5)
	if at != image.Pt(60, pageSize.Y-1-100) {
		t.Fatalf("the hand is on %v", at)
	}
	checkTaps(t, f.Events, at, true)
}

// TestTouchesArrive sends real touches through a real X server: two fingers at
// once, and taps of 20 ms.
func TestTouchesArrive(t *testing.T) {
	display, fingers := rig.Xorg(t, pageSize)
	t.Setenv("DISPLAY", display)
	var failed error
	f := spawnWith(t, "touches", func() {
		touch := func(finger int, phase rig.Phase, x, y float64) {
			if err := fingers.Touch(finger, phase, x, y); err != nil && failed == nil {
				failed = err
			}
		}
		touch(1, rig.Begin, 100, 100)
		touch(2, rig.Begin, 200, 200)
		touch(1, rig.Update, 90, 90)
		touch(2, rig.End, 200, 200)
		touch(1, rig.End, 90, 90)
		for i := range taps {
			touch(10+i, rig.Begin, 300, 300)
			wait(t.Context(), 20*time.Millisecond)
			touch(10+i, rig.End, 300, 300)
		}
	})
	if failed != nil {
		t.Fatal(failed)
	}
	var kinds []player.EventKind
	for _, e := range f.Events {
		if e.ID == 1 && e.At.X > 290 {
			kinds = append(kinds, e.Kind)
		}
	}
	if len(kinds) != 2*taps {
		t.Errorf("of %d taps of 20 ms %v arrived", taps, kinds)
	}
	for i, k := range kinds {
		if want := []player.EventKind{player.Down, player.Up}[i%2]; k != want {
			t.Errorf("the taps arrived as %v", kinds)
			break
		}
	}
	if e := f.Events; len(e) < 5 || e[0].ID != 1 || e[1].ID != 2 || e[0].Kind != player.Down || e[1].Kind != player.Down {
		t.Errorf("two fingers did %+v", e)
	}
}

// walkPanel is quick to paint, with the letters of a large panel.
var walkPanel = playlist.Panel{Width: 540, Height: 960, WidthMM: 529, HeightMM: 941}

const walkFrames = 120

// walkStep is pages turning: each slides or fades into the next.
func walkStep() (func(now time.Time, n int) (*scene.Frame, time.Time), error) {
	s := specimen.Settings("liuxi", walkPanel)
	lib, err := specimen.Library(s, specimen.Alert())
	if err != nil {
		return nil, err
	}
	b := pages.New(typeset.Default(), s, specimen.Pictures)
	var film []*scene.Frame
	var last *scene.Frame
	views := specimen.Views()
	for i := 0; len(film) < walkFrames; i++ {
		f, info := b.Draw(views[i%len(views)], lib, specimen.Now(), specimen.Online())
		for k := 1; last != nil && k < 8; k++ {
			if part := float64(k) / 8; i%3 == 0 {
				film = append(film, pages.Fade(last, f, part))
			} else {
				film = append(film, pages.Slide(last, f, info.Page, pages.Forward, part))
			}
		}
		film = append(film, f)
		last = f
	}
	return func(now time.Time, n int) (*scene.Frame, time.Time) {
		return film[min(n, len(film)-1)], now
	}, nil
}

// TestNoFlashBetweenPages watches the screen from outside while fifteen pages turn.
func TestNoFlashBetweenPages(t *testing.T) {
	// On a busy machine the eye sees little of one walk, so it watches another.
	pictures := 0
	for walks := 0; pictures < 10 && walks < 30 && !t.Failed(); walks++ {
		pictures += watchWalk(t)
	}
	if pictures < 10 {
		t.Errorf("only %d pictures were seen", pictures)
	}
}

// watchWalk looks at a whole walk and returns how often the screen was different.
func watchWalk(t *testing.T) int {
	t.Helper()
	size := image.Pt(walkPanel.Width, walkPanel.Height)
	display := rig.Xvfb(t, size)
	if err := rig.PaintBackdrop(t.Context(), display); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	var seen rig.Seen
	var err error
	t.Setenv("DISPLAY", display)
	f := spawnWith(t, "walk", func() {
		watching.Go(func() { seen, err = rig.Watch(ctx, display, image.Rectangle{Max: size}) })
		wait(ctx, walkFrames*time.Second/70)
		cancel()
	})
	cancel()
	watching.Wait()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range seen.Faults {
		t.Error(fault)
	}
	t.Logf("%d frames; the screen was looked at %d times and was different %d times", f.Frames, seen.Looks, seen.Pictures)
	return seen.Pictures
}

func TestWakeAndNext(t *testing.T) {
	f := spawn(t, "woken")
	if f.Steps != 3 || f.Presented != 3 || f.Frames != 2 {
		t.Errorf("%d steps, %d presented, %d frames; want 3, 3, 2", f.Steps, f.Presented, f.Frames)
	}
	// Without the wake nothing would ever have been presented again: the program
	// stood still.
	if f.Wall < 400*time.Millisecond {
		t.Errorf("the frame due 400 ms after a wake came after %v", f.Wall)
	}
	t.Logf("wake to presented: %v", f.Latency)
	want := marked(pageSize)
	want.Ground.R = 7
	checkShot(t, f, want)
}

func TestRawBoardStartsAtTheCorner(t *testing.T) {
	checkShot(t, spawn(t, "raw board"), marked(image.Pt(96, 32)))
}

func TestBoardOfDots(t *testing.T) {
	f := spawn(t, "board")
	if f.ShotSize != image.Pt(96*6, 32*6) {
		t.Fatalf("the picture is %v, want 576×192", f.ShotSize)
	}
	save(t, "board", f)
	at := func(x, y int) color.RGBA {
		i := (y*f.ShotSize.X + x) * 4
		return color.RGBA{f.Shot[i], f.Shot[i+1], f.Shot[i+2], f.Shot[i+3]}
	}
	for _, c := range []struct {
		lamp image.Point
		want color.RGBA
	}{{image.Pt(2, 2), color.RGBA{200, 20, 20, 255}}, {image.Pt(95, 31), color.RGBA{20, 20, 200, 255}}, {image.Pt(60, 10), color.RGBA{240, 241, 243, 255}}} {
		// An unlit channel keeps the faint colour of a lamp that is off.
		if got := at(c.lamp.X*6+3, c.lamp.Y*6+3); got.R != max(c.want.R, 19) || got.G != max(c.want.G, 20) || got.B != max(c.want.B, 22) {
			t.Errorf("the lamp at %v is %v in its middle, want %v", c.lamp, got, c.want)
		}
		if got := at(c.lamp.X*6, c.lamp.Y*6); max(got.R, got.G, got.B) > 40 {
			t.Errorf("the lamp at %v is %v at its corner, want the dark board", c.lamp, got)
		}
	}
}

func TestFittedIntoTheMonitor(t *testing.T) {
	f := spawn(t, "fitted")
	save(t, "fitted", f)
	if f.ShotSize.X*pageSize.Y/pageSize.X-f.ShotSize.Y > 2 {
		t.Errorf("a frame of %v is shown with %v", pageSize, f.ShotSize)
	}
	last := len(f.Shot) - 4
	if f.Shot[0] < 190 || f.Shot[1] > 30 || f.Shot[last] > 30 || f.Shot[last+2] < 190 {
		t.Errorf("the corners are %v and %v, want red and blue", f.Shot[:4], f.Shot[last:])
	}
	if len(f.Events) < 2*taps+1 {
		t.Errorf("%d events arrived of %d taps", len(f.Events), taps)
	}
}

// checkShot compares the window's pixels with the CPU painter's.
func checkShot(t *testing.T, f findings, frame *scene.Frame) {
	t.Helper()
	want := image.NewRGBA(image.Rectangle{Max: frame.Size})
	scene.Paint(want, frame)
	if f.ShotSize != frame.Size {
		t.Fatalf("the picture is %v, want %v", f.ShotSize, frame.Size)
	}
	for i := range want.Pix {
		if d := int(want.Pix[i]) - int(f.Shot[i]); d > tolerance || d < -tolerance {
			t.Fatalf("the window shows %v at %v, want %v", f.Shot[i], image.Pt(i%want.Stride/4, i/want.Stride), want.Pix[i])
		}
	}
}

// save writes the picture to the folder that a person named, to be looked at.
func save(t *testing.T, name string, f findings) {
	folder := os.Getenv("MINGBAI_DISPLAY_SHOTS")
	if folder == "" || f.ShotSize == (image.Point{}) {
		return
	}
	var b bytes.Buffer
	m := &image.RGBA{Pix: f.Shot, Stride: f.ShotSize.X * 4, Rect: image.Rectangle{Max: f.ShotSize}}
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
