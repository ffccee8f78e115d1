package display

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/player"
)

// windowEvent is input in pixels of the window.
type windowEvent struct {
	kind player.EventKind
	id   int
	x, y float64
	time time.Time
}

// inputQueue carries input from the reader's goroutine to the render loop.
type inputQueue struct {
	live atomic.Bool // a reader delivers touches and the mouse

	mu   sync.Mutex // guards held
	held []windowEvent
}

// maxHeld bounds the queue of a render loop that has stopped.
const maxHeld = 4096

// served reports that a reader delivers, so that nobody must ask ebiten.
func (q *inputQueue) served() bool { return q.live.Load() }

// add queues e. Of moves of one finger that nobody has seen yet the latest wins.
func (q *inputQueue) add(e windowEvent) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e.kind == player.Move {
		for i := len(q.held) - 1; i >= 0; i-- {
			h := &q.held[i]
			if h.id != e.id {
				continue
			}
			if h.kind == player.Move {
				*h = e
				return
			}
			break
		}
		if len(q.held) >= maxHeld {
			return
		}
	}
	q.held = append(q.held, e)
}

// take returns everything queued since the last call.
func (q *inputQueue) take() []windowEvent {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.held
	q.held = nil
	return h
}

// mouse turns ebiten's polled mouse into events. ebiten samples at every turn
// and every event turns it, so a press of 20 ms or more is seen.
type mouse struct {
	pressed bool
	x, y    int
}

// poll adds what the mouse did since the last poll to out.
func (m *mouse) poll(out []player.Event, s *stage, now time.Time) []player.Event {
	x, y := ebiten.CursorPosition()
	pressed := ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft)
	at := s.framePoint(float64(x), float64(y))
	switch {
	case pressed && !m.pressed:
		out = append(out, player.Event{Kind: player.Down, At: at, Time: now})
	case !pressed && m.pressed:
		out = append(out, player.Event{Kind: player.Up, At: at, Time: now})
	case pressed && (x != m.x || y != m.y):
		out = append(out, player.Event{Kind: player.Move, At: at, Time: now})
	}
	m.pressed, m.x, m.y = pressed, x, y
	return out
}
