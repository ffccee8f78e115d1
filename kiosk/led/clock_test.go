package led

import (
	"context"
	"image"
	"maps"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/kiosk/headless"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
)

// gate is a board of one line, on which texts pass.
var gate = playlist.Panel{Width: 320, Height: 16, Colours: playlist.FullColour}

// passing is a notice that passes in one line.
func passing() *playlist.Notice {
	for _, n := range specimen.Notices() {
		if n.Announcement != nil {
			c := *n
			c.ID, c.LED = "passing", "明日八时至十七时柳溪村全村停水，请提前储水备用，恢复供水时间另行通知"
			return &c
		}
	}
	return nil
}

// strides checks the frames of a line that passes: from one to the next it moves
// by the dots that its size has for a frame.
type strides struct {
	t      *testing.T
	p      *Program
	page   *led.Page
	began  time.Time
	stands map[*scene.Mask]int // where the characters stand that come once
	count  int
	bad    bool // it was seen to move otherwise
	allow0 bool // frames that nobody had to draw may show the same
}

func (s *strides) see(f *scene.Frame) {
	s.t.Helper()
	page, began := s.p.now[0].page, s.p.now[0].on.began
	if !page.Marquee {
		s.page = nil
		return
	}
	stands := map[*scene.Mask]int{}
	twice := map[*scene.Mask]bool{}
	for _, op := range f.Ops {
		_, has := stands[op.Mask]
		twice[op.Mask] = has || twice[op.Mask]
		stands[op.Mask] = op.Dst.Min.X
	}
	maps.DeleteFunc(stands, func(m *scene.Mask, _ int) bool { return twice[m] })
	if s.page == page && s.began.Equal(began) {
		moves := false
		for m, x := range stands {
			was, ok := s.stands[m]
			if !ok {
				continue
			}
			moves = true
			if moved, want := was-x, led.Step(page.Lines[0].Size); moved != want && (!s.allow0 || moved != 0) {
				s.bad = true
				s.t.Errorf("after %d frames the line moves by %d dots, want %d", s.count, moved, want)
			} else if moved == 0 {
				moves = false
				break
			}
		}
		if moves {
			s.count++
		}
	}
	s.page, s.began, s.stands = page, began, stands
}

// TestNoStepIsDoubledOrSkipped draws ten thousand frames of passing lines with a
// presenter that wakes up to nearly a frame late, one that also follows a display
// of its own rhythm, and one that is woken at any time besides.
func TestNoStepIsDoubledOrSkipped(t *testing.T) {
	const all = 10_000
	for name, c := range map[string]struct {
		late   func(r *rand.Rand) time.Duration // after the instant that was asked for
		wakes  bool
		allow0 bool
	}{
		"late":     {late: func(r *rand.Rand) time.Duration { return time.Duration(r.Int64N(int64(16 * time.Millisecond))) }},
		"punctual": {late: func(*rand.Rand) time.Duration { return 0 }},
		"at the edge": {late: func(r *rand.Rand) time.Duration {
			// A display that begins its pictures about when the next frame is due.
			return time.Second/60 + time.Duration(r.Int64N(int64(4*time.Millisecond))) - 2*time.Millisecond
		}},
		"woken": {late: func(r *rand.Rand) time.Duration { return time.Duration(r.Int64N(int64(9 * time.Millisecond))) }, wakes: true, allow0: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 11))
			p, d, now := newBoard(t, gate, passing())
			s := &strides{t: t, p: p, allow0: c.allow0}
			for steps := 0; s.count < all && !s.bad; steps++ {
				if steps > 20*all {
					t.Fatalf("only %d frames of %d moved", s.count, steps)
				}
				d.status.Moment = schedule.Sure(now)
				f, next := p.Step(now, nil)
				s.see(f)
				p.Presented(f, now)
				before := now
				if now = next.Add(c.late(r)); c.wakes && r.IntN(3) == 0 {
					now = before.Add(time.Duration(r.Int64N(int64(now.Sub(before)))))
				}
				if !now.After(before) {
					now = before.Add(time.Microsecond)
				}
			}
			if off := index(now) - p.frames.last; off < -1 || off > 2 {
				t.Errorf("after all that the line is %d frames behind", off)
			}
		})
	}
}

// slow is a program whose frames take a while to come.
type slow struct {
	*Program
	r   *rand.Rand
	d   *device
	see func(*scene.Frame)
	n   int

	began time.Time // of the test, when it is specimen.Now on the board
}

func (s *slow) Step(_ time.Time, in []player.Event) (*scene.Frame, time.Time) {
	takes := time.Duration(s.r.Int64N(int64(9 * time.Millisecond)))
	if s.n++; s.n%7 == 0 {
		takes = time.Second/rate + time.Duration(s.r.Int64N(int64(3*time.Millisecond)))
	}
	<-time.After(takes)
	now := time.Now()
	s.d.status.Moment = schedule.Sure(specimen.Now().Now.Add(now.Sub(s.began)))
	f, next := s.Program.Step(now, in)
	s.see(f)
	return f, next
}

// TestPresenterKeepsTheFrames does the same with the real presenter. Every frame
// takes up to half its time, and every seventh more than all of it, which must not
// make those after it late.
func TestPresenterKeepsTheFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d, _ := newBoard(t, gate, passing())
		ctx, cancel := context.WithCancel(t.Context())
		s := &strides{t: t, p: p}
		began := time.Now()
		prog := &slow{began: began, Program: p, r: rand.New(rand.NewPCG(1, 2)), d: d, see: func(f *scene.Frame) {
			if s.see(f); s.count >= 1500 || s.bad || time.Since(began) > time.Hour {
				cancel()
			}
		}}
		done := make(chan error, 1)
		go func() { done <- headless.New(image.Pt(gate.Width, gate.Height)).Run(ctx, prog) }()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if s.count < 1500 && !s.bad {
			t.Errorf("only %d frames moved in an hour", s.count)
		}
	})
}
