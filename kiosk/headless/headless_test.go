package headless

import (
	"context"
	"image"
	"image/color"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// script is a program that records what is asked of it. It runs on the
// presenter's goroutine; tests read it only while that goroutine waits.
type script struct {
	steps     []time.Duration
	input     []player.Event
	presented []*scene.Frame
	start     time.Time
	step      func(now time.Time, n int) (*scene.Frame, time.Time)
}

func (s *script) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	s.steps = append(s.steps, now.Sub(s.start))
	s.input = append(s.input, input...)
	return s.step(now, len(s.steps))
}

func (s *script) Presented(f *scene.Frame, _ time.Time) { s.presented = append(s.presented, f) }

func plain(c color.RGBA) *scene.Frame {
	return &scene.Frame{Size: image.Pt(8, 4), Ground: c}
}

var (
	red  = color.RGBA{200, 0, 0, 255}
	blue = color.RGBA{0, 0, 200, 255}
)

// run starts p on a presenter and returns after it waits for the first time.
func run(t *testing.T, p *script) (*Presenter, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	s := New(image.Pt(8, 4))
	p.start = time.Now()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, p) }()
	synctest.Wait()
	return s, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

// pass lets d go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestStillProgramIsSteppedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &script{step: func(time.Time, int) (*scene.Frame, time.Time) { return plain(red), scene.Still }}
		s, stop := run(t, p)
		pass(24 * time.Hour)
		if len(p.steps) != 1 || len(p.presented) != 1 || s.Painted() != 1 {
			t.Errorf("a still program was stepped %d times, presented %d, painted %d; want 1 each",
				len(p.steps), len(p.presented), s.Painted())
		}
		stop()
	})
}

func TestWakeAndInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &script{}
		p.step = func(_ time.Time, n int) (*scene.Frame, time.Time) {
			if n >= 3 {
				return plain(blue), scene.Still
			}
			return plain(red), scene.Still
		}
		s, stop := run(t, p)
		s.Wake()
		s.Wake()
		synctest.Wait()
		if len(p.steps) != 2 || s.Painted() != 1 || len(p.presented) != 2 {
			t.Errorf("after a wake: %d steps, %d painted, %d presented; want 2, 1, 2", len(p.steps), s.Painted(), len(p.presented))
		}
		down := player.Event{Kind: player.Down, At: image.Pt(3, 2)}
		up := player.Event{Kind: player.Up, At: image.Pt(3, 2)}
		s.Input(down, up)
		synctest.Wait()
		if len(p.steps) != 3 || s.Painted() != 2 {
			t.Errorf("after input: %d steps, %d painted; want 3, 2", len(p.steps), s.Painted())
		}
		kinds := []player.EventKind{}
		for _, e := range p.input {
			kinds = append(kinds, e.Kind)
			if e.Time.IsZero() {
				t.Error("an event arrived without a time")
			}
		}
		if !slices.Equal(kinds, []player.EventKind{player.Down, player.Up}) {
			t.Errorf("input arrived as %v, want Down, Up once each", kinds)
		}
		m, err := s.Screenshot(t.Context())
		if err != nil || m.RGBAAt(3, 2) != blue {
			t.Errorf("the picture shows %v (%v), want %v", m.RGBAAt(3, 2), err, blue)
		}
		stop()
	})
}

func TestNextIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &script{}
		p.step = func(now time.Time, n int) (*scene.Frame, time.Time) {
			switch n {
			case 1:
				return plain(red), now.Add(5 * time.Second)
			case 2:
				return plain(blue), now // in motion
			case 3:
				return plain(red), now.Add(-time.Hour) // late, still in motion
			}
			return plain(red), scene.Still
		}
		_, stop := run(t, p)
		pass(time.Minute)
		want := []time.Duration{0, 5 * time.Second, 5*time.Second + frameEvery, 5*time.Second + 2*frameEvery}
		if !slices.Equal(p.steps, want) {
			t.Errorf("steps came at %v, want %v", p.steps, want)
		}
		stop()
	})
}

func TestMotionRunsAtSixty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &script{step: func(now time.Time, n int) (*scene.Frame, time.Time) {
			return plain(color.RGBA{uint8(n), 0, 0, 255}), now
		}}
		s, stop := run(t, p)
		pass(10 * time.Second)
		if n := len(p.steps); n < 599 || n > 602 {
			t.Errorf("%d frames in ten seconds, want 600", n)
		}
		if len(p.presented) != len(p.steps) || s.Painted() < 599 {
			t.Errorf("%d presented and %d painted of %d steps", len(p.presented), s.Painted(), len(p.steps))
		}
		stop()
	})
}

func TestProgramWithoutFrameIsNotPresented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &script{step: func(time.Time, int) (*scene.Frame, time.Time) { return nil, scene.Still }}
		s, stop := run(t, p)
		if len(p.presented) != 0 || s.Painted() != 0 {
			t.Error("a missing frame was presented")
		}
		stop()
	})
}

func TestFrameOfAnotherSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &script{}
		p.step = func(_ time.Time, n int) (*scene.Frame, time.Time) {
			f := plain(red)
			if n > 1 {
				f.Size = image.Pt(30, 20)
			}
			return f, scene.Still
		}
		s, stop := run(t, p)
		s.Wake()
		synctest.Wait()
		m, err := s.Screenshot(t.Context())
		if err != nil || m.Rect.Size() != image.Pt(30, 20) || m.RGBAAt(29, 19) != red {
			t.Errorf("the picture is %v %v (%v), want 30×20 in red", m.Rect, m.RGBAAt(29, 19), err)
		}
		stop()
	})
}
