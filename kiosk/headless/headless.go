// Package headless presents a player.Program without a window: it paints on
// the CPU with scene.Paint. Tests, simulated screens and machines without a
// display use it.
//
// It keeps the promises of kiosk/display: frames that do not differ are not
// painted, nothing turns while nothing is due, input is delivered once and in
// order, and Presented follows every Step whose frame is in the picture. It
// opens no connection and needs no display server.
package headless

import (
	"context"
	"fmt"
	"image"
	"sync"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

const (
	// frameEvery is the pace of a program that is always in motion.
	frameEvery = time.Second / 60
	// slack is how much sooner, as a part of the pace, a frame may come that the
	// program wants at an exact instant: timers come late, and what follows one
	// that came late is not late for that.
	slack = 4
)

// Presenter implements player.Presenter on a picture in memory.
type Presenter struct {
	wake chan struct{} // something below has changed; capacity 1

	mu      sync.Mutex // guards what follows
	input   []player.Event
	woken   bool
	picture *image.RGBA
	painted int
}

// New returns a presenter whose picture has the given size in pixels until the
// first frame says otherwise.
func New(size image.Point) *Presenter {
	return &Presenter{
		wake:    make(chan struct{}, 1),
		picture: image.NewRGBA(image.Rectangle{Max: size}),
	}
}

// Run steps p until ctx ends, which is not an error.
func (s *Presenter) Run(ctx context.Context, p player.Program) error {
	var standing *scene.Frame
	var slot time.Time // when the last frame was due
	due := false       // the program's own time has come
	next := scene.Still
	for {
		now := time.Now()
		if slot = now; due && now.Sub(next) < frameEvery {
			slot = next
		}
		var frame *scene.Frame
		frame, next = p.Step(now, s.take())
		if frame != nil {
			if !frame.Equal(standing) {
				s.paint(standing, frame)
			}
			standing = frame
			p.Presented(frame, time.Now())
		}
		// A program in motion asks for "now"; the pace is ours.
		if first := slot.Add(frameEvery); next != scene.Still && next.Before(first.Add(-frameEvery/slack)) {
			next = first
		}
		var on bool
		if due, on = s.wait(ctx, next); !on {
			return nil
		}
	}
}

// wait returns when the next Step is due and reports whether there is one, and
// whether its time has come rather than somebody asked.
func (s *Presenter) wait(ctx context.Context, next time.Time) (due, on bool) {
	if ctx.Err() != nil {
		return false, false
	}
	var came <-chan time.Time
	if !next.IsZero() {
		t := time.NewTimer(time.Until(next))
		defer t.Stop()
		came = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return false, false
		case <-came:
			return true, true
		case <-s.wake:
			if s.asked() {
				return false, true
			}
		}
	}
}

// asked reports whether a Wake or input waits for a Step. What the last Step
// already took leaves a token in the channel that means nothing.
func (s *Presenter) asked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.woken || len(s.input) > 0
}

func (s *Presenter) take() []player.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.input
	s.input, s.woken = nil, false
	return in
}

func (s *Presenter) paint(old, frame *scene.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.picture.Rect.Size() != frame.Size {
		s.picture = image.NewRGBA(image.Rectangle{Max: frame.Size})
		old = nil
	}
	scene.PaintDamage(s.picture, old, frame)
	s.painted++
}

// Wake asks for a Step soon, from any goroutine.
func (s *Presenter) Wake() {
	s.mu.Lock()
	s.woken = true
	s.mu.Unlock()
	s.nudge()
}

// Input hands events to the program's next Step, from any goroutine. An event
// without a time happened now.
func (s *Presenter) Input(events ...player.Event) {
	now := time.Now()
	s.mu.Lock()
	for _, e := range events {
		if e.Time.IsZero() {
			e.Time = now
		}
		s.input = append(s.input, e)
	}
	s.mu.Unlock()
	s.nudge()
}

func (s *Presenter) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Painted returns how many frames were painted so far.
func (s *Presenter) Painted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.painted
}

// Screenshot returns a copy of the picture as it is now. Before the first frame
// it is transparent.
func (s *Presenter) Screenshot(ctx context.Context) (*image.RGBA, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("taking a picture of the screen: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := *s.picture
	m.Pix = append([]uint8(nil), s.picture.Pix...)
	return &m, nil
}

var _ player.Presenter = (*Presenter)(nil)
