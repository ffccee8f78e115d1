package display

import (
	"context"
	"os"
	"runtime"
	"time"

	"mingbai/kiosk/display/xinput"
	"mingbai/kiosk/player"
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
	h := hands{queue: &d.input, fingers: map[uint32]int{}}
	defer func() {
		d.input.live.Store(false)
		h.cancel(time.Now())
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
		if h.take(e, time.Now()) {
			d.nudge()
		}
	}
}

// mouseFinger is the mouse in player.Event.ID.
const mouseFinger = 0

// hands numbers the fingers that are down: the mouse is 0, touches take the
// smallest free number from 1.
type hands struct {
	queue   *inputQueue
	fingers map[uint32]int // by the X server's name for the touch
	mouse   bool           // pressed
}

// take queues e and reports whether it means anything.
func (h *hands) take(e xinput.Event, now time.Time) bool {
	w := windowEvent{x: e.X, y: e.Y, time: now}
	switch e.Kind {
	case xinput.PointerDown:
		h.mouse = true
		w.kind, w.id = player.Down, mouseFinger
	case xinput.PointerMove:
		if !h.mouse {
			return false
		}
		w.kind, w.id = player.Move, mouseFinger
	case xinput.PointerUp:
		if !h.mouse {
			return false
		}
		h.mouse = false
		w.kind, w.id = player.Up, mouseFinger
	case xinput.TouchBegin:
		w.kind, w.id = player.Down, h.free()
		h.fingers[e.Finger] = w.id
	case xinput.TouchUpdate, xinput.TouchEnd:
		id, ok := h.fingers[e.Finger]
		if !ok {
			return false
		}
		w.kind, w.id = player.Move, id
		if e.Kind == xinput.TouchEnd {
			w.kind = player.Up
			delete(h.fingers, e.Finger)
		}
	default:
		return false
	}
	h.queue.add(w)
	return true
}

func (h *hands) free() int {
	used := map[int]bool{}
	for _, id := range h.fingers {
		used[id] = true
	}
	id := mouseFinger + 1
	for used[id] {
		id++
	}
	return id
}

// cancel takes all gestures away, since their ends will not be heard of.
func (h *hands) cancel(now time.Time) {
	if h.mouse {
		h.queue.add(windowEvent{kind: player.Cancel, id: mouseFinger, time: now})
	}
	for _, id := range h.fingers {
		h.queue.add(windowEvent{kind: player.Cancel, id: id, time: now})
	}
	h.mouse, h.fingers = false, map[uint32]int{}
}
