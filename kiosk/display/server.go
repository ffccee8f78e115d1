package display

import (
	"context"
	"os"
	"runtime"
	"time"

	"mingbai/kiosk/display/hands"
	"mingbai/kiosk/display/xinput"
)

const (
	findEvery  = 20 * time.Millisecond // while the window is not there yet
	retryAfter = time.Second           // when the reader's connection broke
)

// watchServer reads touches, the mouse and uncovered areas from the X server
// until ctx ends. Where there is no X server or no touch in it, the render loop
// polls ebiten's mouse instead.
func (d *Display) watchServer(ctx context.Context, instance string) {
	name := os.Getenv("DISPLAY")
	if runtime.GOOS == "windows" || name == "" {
		return
	}
	for ctx.Err() == nil {
		c, err := xinput.Open(ctx, name)
		if err != nil {
			d.log.Warn("Touches cannot be read; using the mouse alone.", "error", err)
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = c.Close() })
		err = d.watchWindow(ctx, c, instance)
		stop()
		_ = c.Close()
		if ctx.Err() != nil {
			return
		}
		d.log.Warn("Reading touches was interrupted; trying again.", "error", err)
		wait(ctx, retryAfter)
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// watchWindow finds our window and passes its events on until one fails.
func (d *Display) watchWindow(ctx context.Context, c *xinput.Conn, instance string) error {
	var window uint32
	for window == 0 {
		var err error
		if window, err = c.FindWindow(instance); err != nil {
			return err
		}
		if window == 0 {
			wait(ctx, findEvery)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	if err := c.Watch(window); err != nil {
		return err
	}
	d.input.live.Store(true)
	d.nudge()
	h := hands.New(&d.input.Queue)
	defer func() {
		d.input.live.Store(false)
		h.Cancel(time.Now())
		d.nudge()
	}()
	for {
		e, err := c.Next()
		if err != nil {
			return err
		}
		if e.Kind == xinput.Exposed {
			d.scanout.Store(true)
			d.nudge()
			continue
		}
		if h.Take(e, time.Now()) {
			d.nudge()
		}
	}
}
