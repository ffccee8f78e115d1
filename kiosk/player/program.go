package player

import (
	"context"
	"image"
	"time"

	"mingbai/playlist/scene"
)

// EventKind says what a finger, a mouse or a key did.
type EventKind uint8

// The kinds of input that a Program understands.
const (
	Down EventKind = iota + 1
	Move
	Up
	Cancel // the gesture was taken away, for example by a lost window
)

// Event is one input in whole pixels of the frame. ID tells fingers apart; the
// mouse is finger 0.
type Event struct {
	Kind EventKind
	ID   int
	At   image.Point
	Time time.Time
}

// Program is what a screen runs: the touchscreen or the LED board. Only the
// presenter's goroutine calls it.
type Program interface {
	// Step takes the input since the last call and returns the frame for now and
	// the instant at which the next one is due by itself: now or earlier while
	// something moves, scene.Still when nothing will change without input.
	Step(now time.Time, input []Event) (frame *scene.Frame, next time.Time)
	// Presented says that the frame really reached the display at that instant.
	// It is called for every Step whose frame is on the display, painted anew or
	// already standing there.
	Presented(frame *scene.Frame, at time.Time)
}

// Presenter puts a Program's frames on a display. The ebiten window and the
// headless one are the two implementations.
type Presenter interface {
	// Run presents until ctx ends or the display is lost for good.
	Run(ctx context.Context, p Program) error
	// Wake asks for a Step soon, from any goroutine: content has changed.
	Wake()
	// Screenshot returns the pixels that are on the display now.
	Screenshot(ctx context.Context) (*image.RGBA, error)
}
