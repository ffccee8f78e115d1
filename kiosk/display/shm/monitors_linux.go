package shm

import (
	"encoding/binary"
	"fmt"
	"image"

	"mingbai/kiosk/display/x11"
)

// Requests of the extension RandR.
const (
	randrQueryVersion = 0
	randrSelectInput  = 4
	randrMonitors     = 42
)

// monitor is one output that shows a part of the screen.
type monitor struct {
	name    string
	primary bool
	area    image.Rectangle
}

// randr finds the extension in a version that knows monitors, and asks to be
// told when they change.
func randr(c *x11.Conn) (x11.Extension, error) {
	e, err := c.Extension("RANDR")
	if err != nil {
		return e, err
	}
	r, err := c.Ask(e.Major, randrQueryVersion, x11.Words(1, 5))
	if err != nil {
		return e, err
	}
	if major, minor := binary.LittleEndian.Uint32(r[8:]), binary.LittleEndian.Uint32(r[12:]); major < 1 || major == 1 && minor < 5 {
		return e, fmt.Errorf("the extension RANDR is %d.%d; monitors need 1.5", major, minor)
	}
	const screen, crtc, output = 1, 2, 4
	return e, c.Send(e.Major, randrSelectInput, append(x11.Words(c.Screen.Root), x11.Halves(screen|crtc|output, 0)...))
}

// monitors asks which monitors there are.
func monitors(c *x11.Conn, e x11.Extension) ([]monitor, error) {
	r, err := c.Ask(e.Major, randrMonitors, append(x11.Words(c.Screen.Root), 1, 0, 0, 0))
	if err != nil {
		return nil, fmt.Errorf("asking for the monitors: %w", err)
	}
	var out []monitor
	for _, m := range parseMonitors(r) {
		name, err := atomName(c, m.atom)
		if err != nil {
			return nil, fmt.Errorf("asking for the monitors: %w", err)
		}
		m.name = name
		out = append(out, m.monitor)
	}
	return out, nil
}

type namedMonitor struct {
	monitor
	atom uint32
}

// parseMonitors reads the server's answer and stops where it is cut off.
func parseMonitors(r []byte) (out []namedMonitor) {
	if len(r) < 32 {
		return nil
	}
	n := binary.LittleEndian.Uint32(r[12:])
	b := r[32:]
	for range n {
		if len(b) < 24 {
			return out
		}
		x, y := int(int16(half(b[8:]))), int(int16(half(b[10:])))
		out = append(out, namedMonitor{
			monitor: monitor{primary: b[4] != 0, area: image.Rect(x, y, x+half(b[12:]), y+half(b[14:]))},
			atom:    binary.LittleEndian.Uint32(b),
		})
		outputs := half(b[6:]) * 4
		if len(b) < 24+outputs {
			return out
		}
		b = b[24+outputs:]
	}
	return out
}

func atomName(c *x11.Conn, atom uint32) (string, error) {
	const getAtomName = 17
	r, err := c.Ask(getAtomName, 0, x11.Words(atom))
	if err != nil {
		return "", err
	}
	n := min(half(r[8:]), len(r)-32)
	return string(r[32 : 32+n]), nil
}

// choose returns the area of the monitor of that name, else of the primary one,
// else of the first, and whether it is the one that was asked for.
func choose(all []monitor, name string) (area image.Rectangle, found bool) {
	for i, m := range all {
		if name != "" && m.name == name {
			return m.area, true
		}
		if m.primary || i == 0 {
			area = m.area
		}
	}
	return area, name == ""
}
