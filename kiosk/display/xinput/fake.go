package xinput

import (
	"encoding/binary"
	"fmt"
	"image"

	"mingbai/kiosk/display/x11"
)

// Requests of the XTEST extension.
const xtestFakeInput = 2

// Hand moves and presses the X server's mouse and strikes its keys through the
// XTEST extension, as a person would. Tests and demonstrations drive real windows with it.
type Hand struct {
	conn   *x11.Conn
	opcode uint8
}

// NewHand takes hold of the mouse of c's server.
func NewHand(c *Conn) (*Hand, error) {
	e, err := c.x.Extension("XTEST")
	if err != nil {
		return nil, fmt.Errorf("taking hold of the mouse: %w", err)
	}
	return &Hand{conn: c.x, opcode: e.Major}, nil
}

// Move puts the pointer at a pixel of the root window.
func (h *Hand) Move(to image.Point) error { return h.fake(xiMotion, 0, to) }

// Press presses the first mouse button where the pointer is.
func (h *Hand) Press() error { return h.fake(xiButtonPress, firstButton, image.Point{}) }

// Release lets the first mouse button go.
func (h *Hand) Release() error { return h.fake(xiButtonRelease, firstButton, image.Point{}) }

// Strike presses a key and lets it go; code is its place as the server counts.
func (h *Hand) Strike(code uint8) error {
	const release = 3
	if err := h.fake(xiKeyPress, code, image.Point{}); err != nil {
		return err
	}
	return h.fake(release, code, image.Point{})
}

// Turn turns the wheel by one notch, towards the person or away.
func (h *Hand) Turn(towards bool) error {
	var button uint8 = wheelAway
	if towards {
		button = wheelTowards
	}
	if err := h.fake(xiButtonPress, button, image.Point{}); err != nil {
		return err
	}
	return h.fake(xiButtonRelease, button, image.Point{})
}

func (h *Hand) fake(kind, detail uint8, at image.Point) error {
	b := []byte{kind, detail, 0, 0}
	b = binary.LittleEndian.AppendUint32(b, 0) // no delay
	b = binary.LittleEndian.AppendUint32(b, 0) // the current root
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(at.X))
	b = binary.LittleEndian.AppendUint16(b, uint16(at.Y))
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	if err := h.conn.Send(h.opcode, xtestFakeInput, b); err != nil {
		return fmt.Errorf("moving the mouse: %w", err)
	}
	// The answer to anything says that the server has done it.
	if err := h.conn.Sync(); err != nil {
		return fmt.Errorf("moving the mouse: %w", err)
	}
	return nil
}
