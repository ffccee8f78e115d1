// Package hands keeps what fingers, the mouse and the keyboard do to a window between the
// goroutine that reads it and the loop that answers it.
//
// It promises that every press and every release is delivered once and in
// order, that a finger keeps its number while it is down, and that moves which
// nobody has seen yet cost no memory. It leaves to others where a position in
// the window lies in the frame.
package hands

import (
	"sync"
	"time"

	"mingbai/kiosk/display/xinput"
	"mingbai/kiosk/player"
)

// Event is input in pixels of the window.
type Event struct {
	Kind player.EventKind
	ID   int // of the finger; 0 is the mouse
	X, Y float64
	Time time.Time
	Key  player.Key // of a player.Press
	Turn int        // of a player.Wheel
}

// Queue carries input from one goroutine to another. Its zero value is empty.
type Queue struct {
	mu   sync.Mutex // guards held
	held []Event
}

// maxHeld bounds the queue of a loop that has stopped.
const maxHeld = 4096

// Add queues e. Of moves of one finger that nobody has seen yet the latest wins.
func (q *Queue) Add(e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e.Kind == player.Move {
		for i := len(q.held) - 1; i >= 0; i-- {
			h := &q.held[i]
			if h.ID != e.ID {
				continue
			}
			if h.Kind == player.Move {
				*h = e
				return
			}
			break
		}
		if len(q.held) >= maxHeld {
			return
		}
	}
	if len(q.held) >= maxHeld && (e.Kind == player.Press || e.Kind == player.Wheel) {
		return
	}
	q.held = append(q.held, e)
}

// Take returns everything queued since the last call.
func (q *Queue) Take() []Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.held
	q.held = nil
	return h
}

// mouse is the mouse in Event.ID.
const mouse = 0

// Hands numbers the fingers that are down: the mouse is 0, touches take the
// smallest free number from 1. One goroutine uses it.
type Hands struct {
	queue   *Queue
	fingers map[uint32]int // by the X server's name for the touch
	mouse   bool           // pressed
}

// New returns hands that touch nothing and fill q.
func New(q *Queue) *Hands { return &Hands{queue: q, fingers: map[uint32]int{}} }

// Take queues e and reports whether it means anything.
func (h *Hands) Take(e xinput.Event, now time.Time) bool {
	w := Event{X: e.X, Y: e.Y, Time: now}
	switch e.Kind {
	case xinput.PointerDown:
		h.mouse = true
		w.Kind, w.ID = player.Down, mouse
	case xinput.PointerMove:
		if !h.mouse {
			return false
		}
		w.Kind, w.ID = player.Move, mouse
	case xinput.PointerUp:
		if !h.mouse {
			return false
		}
		h.mouse = false
		w.Kind, w.ID = player.Up, mouse
	case xinput.TouchBegin:
		w.Kind, w.ID = player.Down, h.free()
		h.fingers[e.Finger] = w.ID
	case xinput.TouchUpdate, xinput.TouchEnd:
		id, ok := h.fingers[e.Finger]
		if !ok {
			return false
		}
		w.Kind, w.ID = player.Move, id
		if e.Kind == xinput.TouchEnd {
			w.Kind = player.Up
			delete(h.fingers, e.Finger)
		}
	case xinput.KeyPress:
		w.Kind, w.Key = player.Press, keyAt(e.Code, e.Shift)
		if w.Key == "" {
			return false
		}
	case xinput.WheelTurn:
		w.Kind, w.Turn = player.Wheel, 1
		if e.Code == 4 {
			w.Turn = -1
		}
	default:
		return false
	}
	h.queue.Add(w)
	return true
}

func (h *Hands) free() int {
	used := map[int]bool{}
	for _, id := range h.fingers {
		used[id] = true
	}
	id := mouse + 1
	for used[id] {
		id++
	}
	return id
}

// Cancel takes all gestures away, since their ends will not be heard of.
func (h *Hands) Cancel(now time.Time) {
	if h.mouse {
		h.queue.Add(Event{Kind: player.Cancel, ID: mouse, Time: now})
	}
	for _, id := range h.fingers {
		h.queue.Add(Event{Kind: player.Cancel, ID: id, Time: now})
	}
	h.mouse, h.fingers = false, map[uint32]int{}
}
