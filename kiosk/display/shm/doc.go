// Package shm puts a player.Program on an X11 screen without a graphics card:
// it paints on the CPU with scene.Diff and scene.Target into memory that it
// shares with the X server. No cgo, no OpenGL, a fifth of the memory.
//
// It promises what kiosk/display promises, and more of it: frames that do not
// differ are not painted, what has moved is copied, only what differs goes to
// the server; the server never reads a half-painted frame, and never shows
// anything in the window but frames, neither a black nor a white one first;
// Presented is called when the server has said that it has read the pixels;
// every touch and mouse press arrives once; nothing turns while nothing moves
// but a heartbeat a second.
//
// It leaves to others what the frames say, and DPMS. A server that dies ends Run with an error, for the
// service manager to start the program again.
package shm

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"sync"

	"mingbai/kiosk/display/hands"
	"mingbai/kiosk/display/mount"
)

// Options says which window to open and how frames are laid into it. The fields
// mean what those of kiosk/display.Options mean.
type Options struct {
	Display string // as in $DISPLAY; empty takes that
	Title   string

	Width, Height int // size of a frame in pixels, upright

	Fullscreen bool
	Monitor    string // name of the output; empty is the primary one
	Borderless bool
	X, Y       int // position on the screen, for a window that is not fullscreen

	Scale int        // pixels of the window for one of the frame; 0 fits the frame into the window
	Dots  bool       // each pixel of the frame is a round lamp of Scale pixels
	Turn  mount.Turn // how far the panel hangs turned

	HideCursor bool
	FPSCap     int // most frames a second while something moves; 0 is 60

	Log      *slog.Logger // nil is slog.Default
	Watchdog func()       // called about once a second while the loop turns; may be nil
}

// ErrClosed is what Run returns when a person closed the window.
var ErrClosed = errors.New("the window was closed")

// ErrScreenshot is what Screenshot returns when Run is not running.
var ErrScreenshot = errors.New("there is no window to take a picture of")

// Display is a window that presents one program. It implements player.Presenter.
type Display struct {
	opts  Options
	log   *slog.Logger
	wake  chan struct{} // something below has changed; capacity 1
	done  chan struct{} // closed when Run has returned
	input hands.Queue

	mu    sync.Mutex // guards what follows
	woken bool
	shots []chan *image.RGBA
}

// New checks the options. The window opens in Run.
func New(o Options) (*Display, error) {
	switch {
	case o.Width <= 0 || o.Height <= 0 || o.Width > 1<<14 || o.Height > 1<<14:
		return nil, fmt.Errorf("a display of %d×%d pixels cannot be opened", o.Width, o.Height)
	case o.Scale < 0 || o.Scale > 64:
		return nil, fmt.Errorf("a display cannot be scaled by %d", o.Scale)
	case o.Dots && o.Scale < 3:
		return nil, fmt.Errorf("dots need a scale of 3 or more, not %d", o.Scale)
	case o.FPSCap < 0:
		return nil, fmt.Errorf("a display cannot show %d frames a second", o.FPSCap)
	}
	if err := o.Turn.Valid(); err != nil {
		return nil, err
	}
	if o.FPSCap == 0 {
		o.FPSCap = 60
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Display{opts: o, log: o.Log, wake: make(chan struct{}, 1), done: make(chan struct{})}, nil
}

// Wake asks for a Step soon. Any goroutine may call it, before Run as well.
func (d *Display) Wake() {
	d.mu.Lock()
	d.woken = true
	d.mu.Unlock()
	d.nudge()
}

func (d *Display) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// takeWoken reports whether Wake was called since the last time.
func (d *Display) takeWoken() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.woken
	d.woken = false
	return w
}

// Screenshot returns the pixels that the X server was given last, upright and
// cut to the area that the frame covers. At 1:1 these are the frame's own.
func (d *Display) Screenshot(ctx context.Context) (*image.RGBA, error) {
	shot := make(chan *image.RGBA, 1)
	d.mu.Lock()
	d.shots = append(d.shots, shot)
	d.mu.Unlock()
	d.nudge()
	select {
	case m := <-shot:
		return m, nil
	case <-d.done:
		return nil, ErrScreenshot
	case <-ctx.Done():
		return nil, fmt.Errorf("taking a picture of the screen: %w", ctx.Err())
	}
}

func (d *Display) takeShots() []chan *image.RGBA {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.shots
	d.shots = nil
	return s
}
