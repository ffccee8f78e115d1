package shm

import (
	"encoding/binary"
	"errors"
	"image"
	"sync"
	"time"

	"mingbai/kiosk/display/hands"
	"mingbai/kiosk/display/x11"
	"mingbai/kiosk/display/xinput"
)

// errGone is a window that somebody destroyed.
var errGone = errors.New("the window is gone")

// reader passes on what the server says. Its goroutine alone reads.
type reader struct {
	d    *Display
	w    *window
	read chan struct{} // the server has read a frame to its end; capacity 1
	fail chan error    // capacity 1

	blank chan blank // the display has begun a picture; capacity 1

	mu      sync.Mutex // guards what follows
	size    image.Point
	exposed bool
}

// run reads until the connection or the window is gone.
func (r *reader) run() {
	h := hands.New(&r.d.input)
	defer func() {
		h.Cancel(time.Now())
		r.d.nudge()
	}()
	for {
		m, err := r.w.c.Next()
		if refused, ok := errors.AsType[*x11.Error](err); ok && refused.Major != r.w.shm.Major {
			r.d.log.Warn("The X server refused a request.", "error", refused)
			continue
		}
		if err == nil {
			err = r.take(m, h)
		}
		if err != nil {
			r.fail <- err
			return
		}
	}
}

// Events of the core protocol.
const (
	expose        = 12
	destroyed     = 17
	configured    = 22
	clientMessage = 33
)

// take passes one event on.
func (r *reader) take(m []byte, h *hands.Hands) error {
	switch code := m[0] & 0x7f; {
	case code == r.w.shm.FirstEvent && code >= 64:
		select {
		case r.read <- struct{}{}:
		default:
		}
		return nil
	case code == expose:
		r.note(func() { r.exposed = true })
		return nil
	case code == configured && binary.LittleEndian.Uint32(m[8:]) == r.w.id:
		r.note(func() { r.size = image.Pt(half(m[20:]), half(m[22:])) })
		return nil
	case code == destroyed:
		return errGone
	case code == clientMessage:
		// Nobody closes a kiosk by a key combination.
		if binary.LittleEndian.Uint32(m[8:]) == r.w.protocols && binary.LittleEndian.Uint32(m[12:]) == r.w.closing && !r.d.opts.Fullscreen {
			return ErrClosed
		}
		return nil
	case r.w.outputs.Major != 0 && (code == r.w.outputs.FirstEvent || code == r.w.outputs.FirstEvent+1):
		return r.monitorsChanged(m)
	}
	if b, ok := parseBlank(m, r.w.present.Major); ok && r.w.present.Major != 0 {
		select {
		case r.blank <- b:
		default:
		}
		return nil
	}
	e, err := xinput.ParseEvent(m, r.w.input.Major)
	if errors.Is(err, xinput.ErrOther) {
		return nil
	}
	if err != nil {
		return err
	}
	if h.Take(e, time.Now()) {
		r.d.nudge()
	}
	return nil
}

// monitorsChanged brings the window to where its monitor is now.
func (r *reader) monitorsChanged(m []byte) error {
	if m[0]&0x7f == r.w.outputs.FirstEvent && len(m) >= 28 {
		r.w.c.Screen.Width, r.w.c.Screen.Height = half(m[24:]), half(m[26:])
	}
	return r.w.move(r.w.place())
}

func (r *reader) note(change func()) {
	r.mu.Lock()
	change()
	r.mu.Unlock()
	r.d.nudge()
}

// news returns the window's size and whether it was uncovered since the last time.
func (r *reader) news() (image.Point, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.exposed
	r.exposed = false
	return r.size, e
}
