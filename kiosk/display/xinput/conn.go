package xinput

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"mingbai/kiosk/display/x11"
)

// Conn is a connection to an X server with the input extension. One goroutine
// uses it; Close may come from any.
type Conn struct {
	x     *x11.Conn
	input Input
}

// Input is the input extension of one server.
type Input struct{ Major uint8 }

// Requests of the extension.
const (
	xiSelectEvents = 46
	xiQueryVersion = 47
)

// Find checks that the server of c has the input extension 2.2 or later.
func Find(c *x11.Conn) (Input, error) {
	e, err := c.Extension("XInputExtension")
	if err != nil {
		return Input{}, err
	}
	r, err := c.Ask(e.Major, xiQueryVersion, x11.Halves(2, 2))
	if err != nil {
		return Input{}, err
	}
	major, minor := binary.LittleEndian.Uint16(r[8:]), binary.LittleEndian.Uint16(r[10:])
	if major < 2 || major == 2 && minor < 2 {
		return Input{}, fmt.Errorf("the input extension is %d.%d, and touch needs 2.2", major, minor)
	}
	return Input{Major: e.Major}, nil
}

// Select asks for the touches, the mouse and the keyboard of window. From then on the server
// sends nobody else on this window mouse events, neither real ones nor those
// that it makes from touches.
func (in Input) Select(c *x11.Conn, window uint32) error {
	const allMasters = 1
	var mask uint32
	for _, kind := range []int{xiKeyPress, xiButtonPress, xiButtonRelease, xiMotion, xiTouchBegin, xiTouchUpdate, xiTouchEnd} {
		mask |= 1 << kind
	}
	b := x11.Words(window, 1) // one mask
	b = append(b, x11.Halves(allMasters, 1)...)
	return c.Send(in.Major, xiSelectEvents, append(b, x11.Words(mask)...))
}

// Open connects to the display named as in $DISPLAY and checks that it has the
// input extension 2.2 or later.
func Open(ctx context.Context, display string) (*Conn, error) {
	x, err := x11.Open(ctx, display)
	if err != nil {
		return nil, err
	}
	c := &Conn{x: x}
	if c.input, err = c.find(); err != nil {
		_ = x.Close()
		return nil, fmt.Errorf("greeting the X server: %w", err)
	}
	return c, nil
}

func (c *Conn) find() (Input, error) {
	if err := c.x.Limit(); err != nil {
		return Input{}, err
	}
	in, err := Find(c.x)
	if err != nil {
		return Input{}, err
	}
	return in, c.x.Unlimit()
}

// Close ends the connection; a waiting Next returns.
func (c *Conn) Close() error { return c.x.Close() }

// FindWindow returns the window whose WM_CLASS instance name is given, 0 if
// there is none yet. Window managers put a few frames around it at most.
func (c *Conn) FindWindow(instance string) (uint32, error) {
	if err := c.x.Limit(); err != nil {
		return 0, err
	}
	w, err := c.findBelow(c.x.Screen.Root, instance, 4)
	if err != nil {
		return 0, fmt.Errorf("looking for the window: %w", err)
	}
	return w, c.x.Unlimit()
}

func (c *Conn) findBelow(window uint32, instance string, depth int) (uint32, error) {
	const queryTree = 15
	r, err := c.x.Ask(queryTree, 0, x11.Words(window))
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			return 0, err
		}
		return 0, nil // the window vanished meanwhile
	}
	n := min(int(binary.LittleEndian.Uint16(r[16:])), (len(r)-32)/4)
	for i := range n {
		child := binary.LittleEndian.Uint32(r[32+4*i:])
		name, err := c.instance(child)
		if err != nil {
			return 0, err
		}
		if name == instance {
			return child, nil
		}
		if depth > 1 {
			if w, err := c.findBelow(child, instance, depth-1); w != 0 || err != nil {
				return w, err
			}
		}
	}
	return 0, nil
}

// instance returns the first half of a window's WM_CLASS.
func (c *Conn) instance(window uint32) (string, error) {
	const (
		atomString  = 31
		atomWMClass = 67
	)
	r, err := c.x.Property(window, atomWMClass, atomString, 256)
	if err != nil {
		var network net.Error
		if errors.As(err, &network) || errors.Is(err, io.EOF) {
			return "", err
		}
		return "", nil // the window vanished meanwhile
	}
	name, _, _ := bytes.Cut(r, []byte{0})
	return string(name), nil
}

// Watch asks for the touches, the mouse and the uncovering of window.
func (c *Conn) Watch(window uint32) error {
	if err := c.x.Limit(); err != nil {
		return err
	}
	const (
		changeAttributes   = 2
		attributeEventMask = 1 << 11
		maskExposure       = 1 << 15
		maskStructure      = 1 << 17
	)
	if err := c.x.Send(changeAttributes, 0, x11.Words(window, attributeEventMask, maskExposure|maskStructure)); err != nil {
		return fmt.Errorf("watching the window: %w", err)
	}
	if err := c.input.Select(c.x, window); err != nil {
		return fmt.Errorf("watching the window: %w", err)
	}
	if err := c.x.Sync(); err != nil {
		return fmt.Errorf("watching the window: %w", err)
	}
	return c.x.Unlimit()
}

// Next waits for the next event of the watched window.
func (c *Conn) Next() (Event, error) {
	for {
		m, err := c.x.Next()
		if _, refused := errors.AsType[*x11.Error](err); refused {
			continue
		}
		if err != nil {
			return Event{}, err
		}
		e, err := ParseEvent(m, c.input.Major)
		if errors.Is(err, ErrOther) {
			continue
		}
		return e, err
	}
}
