// Package power switches the monitor of an X server off and on, by the server's
// extension DPMS (VESA Display Power Management Signaling; the protocol is that of
// X.Org's xextproto, dpms.xml).
//
// It promises that what it says of the monitor is what the server answered
// afterwards, never what was asked for; that the server switches nothing off by
// itself any more, neither by DPMS nor by its screen saver; and that a server that
// hangs holds nobody longer than the caller's context. It keeps no connection: what
// somebody else has set meanwhile, a login's settings or a touch, is found and
// mended by the next Switch.
//
// It leaves to others when the monitor should be dark.
package power

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"mingbai/kiosk/display/x11"
)

// Requests of the extension.
const (
	dpmsCapable     = 1
	dpmsGetTimeouts = 2
	dpmsSetTimeouts = 3
	dpmsEnable      = 4
	dpmsForceLevel  = 6
	dpmsInfo        = 7
)

// Levels of the extension; between them are standby and suspend, which are dark, too.
const (
	levelOn  = 0
	levelOff = 3
)

// Requests of the core protocol.
const (
	setScreenSaver   = 107
	getScreenSaver   = 108
	forceScreenSaver = 115
)

// Monitor is what hangs on an X server.
type Monitor struct{ display string }

// New returns the monitor of the display named as in $DISPLAY; empty takes that.
func New(display string) *Monitor { return &Monitor{display: display} }

// Switch lights the monitor or switches it off, and returns whether it is lit then,
// as the server says. A server that cannot switch its monitor is
// errors.ErrUnsupported.
func (m *Monitor) Switch(ctx context.Context, light bool) (lit bool, err error) {
	name := m.display
	if name == "" {
		name = os.Getenv("DISPLAY")
	}
	if name == "" {
		return false, fmt.Errorf("switching the monitor: there is no X server: %w", errors.ErrUnsupported)
	}
	c, err := x11.Open(ctx, name)
	if err != nil {
		return false, fmt.Errorf("switching the monitor: %w", err)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	s := server{c: c}
	if lit, err = s.change(light); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return false, fmt.Errorf("switching the monitor: %w", err)
	}
	return lit, nil
}

// server is one connection to a server with the extension.
type server struct {
	c    *x11.Conn
	dpms x11.Extension
}

func (s *server) change(light bool) (lit bool, err error) {
	if s.dpms, err = s.c.Extension("DPMS"); err != nil {
		return false, err
	}
	able, err := s.c.Ask(s.dpms.Major, dpmsCapable, nil)
	if err != nil {
		return false, err
	}
	if able[8] == 0 {
		return false, fmt.Errorf("the X server's driver has no DPMS: %w", errors.ErrUnsupported)
	}
	if err := s.still(); err != nil {
		return false, err
	}
	level, enabled, err := s.state()
	if err != nil {
		return false, err
	}
	switch {
	case light && (!enabled || level == levelOn):
		return true, nil
	case light:
		err = s.force(levelOn)
	case enabled && level == levelOff:
		return false, nil
	default:
		if !enabled {
			if err := s.c.Send(s.dpms.Major, dpmsEnable, nil); err != nil {
				return false, err
			}
		}
		err = s.force(levelOff)
	}
	if err != nil {
		return false, err
	}
	level, enabled, err = s.state()
	return !enabled || level == levelOn, err
}

// still keeps the server from switching anything off by itself.
func (s *server) still() error {
	r, err := s.c.Ask(s.dpms.Major, dpmsGetTimeouts, nil)
	if err != nil {
		return err
	}
	if half(r[8:]) != 0 || half(r[10:]) != 0 || half(r[12:]) != 0 {
		if err := s.c.Send(s.dpms.Major, dpmsSetTimeouts, x11.Halves(0, 0, 0)); err != nil {
			return err
		}
	}
	if r, err = s.c.Ask(getScreenSaver, 0, nil); err != nil {
		return err
	}
	if half(r[8:]) == 0 {
		return nil
	}
	const no, reset = 0, 0
	if err := s.c.Send(setScreenSaver, 0, append(x11.Halves(0, half(r[10:])), no, r[13], 0, 0)); err != nil {
		return err
	}
	return s.c.Send(forceScreenSaver, reset, nil)
}

func (s *server) force(level int) error {
	if err := s.c.Send(s.dpms.Major, dpmsForceLevel, x11.Halves(level)); err != nil {
		return err
	}
	return s.c.Sync()
}

func (s *server) state() (level int, enabled bool, err error) {
	r, err := s.c.Ask(s.dpms.Major, dpmsInfo, nil)
	if err != nil {
		return 0, false, err
	}
	return half(r[8:]), r[10] != 0, nil
}

func half(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }
