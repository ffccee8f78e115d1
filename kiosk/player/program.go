package player

import (
	"context"
	"image"
	"time"

	"mingbai/playlist/scene"
)

// EventKind says what a finger, a mouse or a keyboard did.
type EventKind uint8

// The kinds of input that a Program understands.
const (
	Down EventKind = iota + 1
	Move
	Up
	Cancel // the gesture was taken away, for example by a lost window
	Press  // a key of a keyboard went down, or repeats: Event.Key says which
	Wheel  // the wheel of a mouse has turned: Event.Turn says how far
)

// Key names a key of a keyboard: a small letter, a digit, or one of these.
type Key string

// The keys that have no character.
const (
	KeyBackspace Key = "backspace"
	KeyEnter     Key = "enter"
	KeyEscape    Key = "escape"
	KeyTab       Key = "tab"
	KeyBackTab   Key = "backtab" // with the shift key
	KeySpace     Key = "space"
	KeyUp        Key = "up"
	KeyDown      Key = "down"
	KeyLeft      Key = "left"
	KeyRight     Key = "right"
	KeyPageUp    Key = "pageup"
	KeyPageDown  Key = "pagedown"
	KeyFirst     Key = "first" // Pos1
	KeyDelete    Key = "delete"
)

// Event is one input in whole pixels of the frame. ID tells fingers apart; the
// mouse is finger 0.
type Event struct {
	Kind EventKind
	ID   int
	At   image.Point
	Time time.Time
	Key  Key // of a Press
	Turn int // of a Wheel: notches, towards the person is positive
}

// Program is what a screen runs: the touchscreen or the LED board. Only the
// presenter's goroutine calls it.
type Program interface {
	// Step takes the input since the last call and returns the frame for now and
	// the instant at which the next one is due by itself: now or earlier while
	// something moves as fast as the display can, scene.Still when nothing will
	// change without input. An instant in the future is kept as exactly as the
	// display can, and that one frame was late does not make the next one late.
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
