// Package xinput reads touches and the mouse of one X11 window: all fingers,
// with their identities and sub-pixel positions, through the X Input Extension
// 2.2. ebiten has no touch on desktop systems and samples the mouse; this
// reader has its own connection to the X server and misses nothing. It also
// tells when the window's pixels were uncovered and must be painted again.
//
// It is pure Go over the X protocol. Parsing is pure and never panics, whatever
// the server sends. It leaves to others which window that is and what a touch
// means.
package xinput

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kind says what an Event reports.
type Kind uint8

// The kinds of events.
const (
	TouchBegin Kind = iota + 1
	TouchUpdate
	TouchEnd
	PointerDown // first mouse button
	PointerMove
	PointerUp
	KeyPress  // a key of a keyboard went down, or repeats
	WheelTurn // the wheel of a mouse has turned by one notch
	Exposed   // part of the window was uncovered
	Gone      // the window was destroyed
)

// Event is one input or window event. Positions are in pixels of the window.
type Event struct {
	Kind   Kind
	Finger uint32 // names a touch while it lasts; 0 for the mouse
	X, Y   float64
	Code   uint32 // KeyPress: the key by its place, as the X server counts; WheelTurn: 4 is away from the person, 5 towards
	Shift  bool   // KeyPress: with the shift key
	Time   uint32 // milliseconds of the X server's clock
}

// ErrOther is what ParseEvent returns for an event that is well formed but
// means nothing to us.
var ErrOther = errors.New("xinput: another event")

// Event codes of the core protocol and of the extension.
const (
	coreExpose        = 12
	coreDestroyNotify = 17
	coreGeneric       = 35

	xiKeyPress      = 2
	xiButtonPress   = 4
	xiButtonRelease = 5
	xiMotion        = 6
	xiTouchBegin    = 18
	xiTouchUpdate   = 19
	xiTouchEnd      = 20

	firstButton     = 1
	wheelAway       = 4
	wheelTowards    = 5
	pointerEmulated = 1 << 16 // flag: the server made this mouse event from a touch
)

// Modifier keys of an event.
const (
	shift   = 1 << 0
	control = 1 << 2
	alt     = 1 << 3
	super   = 1 << 6
)

// deviceEventSize is the fixed part of a device event of the extension.
const deviceEventSize = 80

// ParseEvent reads one event as it came from the server: 32 bytes and, for a
// generic event, the bytes that its length announces. opcode is the
// extension's major opcode. It returns ErrOther for events that are not ours.
func ParseEvent(b []byte, opcode uint8) (Event, error) {
	if len(b) < 32 {
		return Event{}, fmt.Errorf("xinput: an event of %d bytes is too short", len(b))
	}
	switch b[0] & 0x7f { // the top bit says that another client sent it
	case coreExpose:
		return Event{Kind: Exposed}, nil
	case coreDestroyNotify:
		return Event{Kind: Gone}, nil
	case coreGeneric:
	default:
		return Event{}, ErrOther
	}
	if b[1] != opcode {
		return Event{}, ErrOther
	}
	var e Event
	switch binary.LittleEndian.Uint16(b[8:]) {
	case xiKeyPress:
		e.Kind = KeyPress
	case xiButtonPress:
		e.Kind = PointerDown
	case xiButtonRelease:
		e.Kind = PointerUp
	case xiMotion:
		e.Kind = PointerMove
	case xiTouchBegin:
		e.Kind = TouchBegin
	case xiTouchUpdate:
		e.Kind = TouchUpdate
	case xiTouchEnd:
		e.Kind = TouchEnd
	default:
		return Event{}, ErrOther
	}
	if len(b) < deviceEventSize {
		return Event{}, fmt.Errorf("xinput: a device event of %d bytes is too short", len(b))
	}
	e.Time = binary.LittleEndian.Uint32(b[12:])
	detail := binary.LittleEndian.Uint32(b[16:])
	e.X = fixed(b[40:])
	e.Y = fixed(b[44:])
	flags := binary.LittleEndian.Uint32(b[56:])
	switch e.Kind {
	case TouchBegin, TouchUpdate, TouchEnd:
		e.Finger = detail
	case KeyPress:
		mods := binary.LittleEndian.Uint32(b[72:])
		if mods&(control|alt|super) != 0 {
			return Event{}, ErrOther // a command to somebody else
		}
		e.Code, e.Shift = detail, mods&shift != 0
	case PointerDown, PointerUp:
		if e.Kind == PointerDown && (detail == wheelAway || detail == wheelTowards) {
			// Also when the server made it of a finer wheel.
			e.Kind, e.Code = WheelTurn, detail
			break
		}
		if detail != firstButton || flags&pointerEmulated != 0 {
			return Event{}, ErrOther
		}
	case PointerMove:
		if flags&pointerEmulated != 0 {
			return Event{}, ErrOther
		}
	}
	return e, nil
}

// fixed reads the protocol's 16.16 fixed-point number.
func fixed(b []byte) float64 {
	return float64(int32(binary.LittleEndian.Uint32(b))) / 65536
}
