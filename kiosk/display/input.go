package display

import (
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/display/hands"
	"mingbai/kiosk/player"
)

// inputQueue carries input from the reader's goroutine to the render loop.
type inputQueue struct {
	hands.Queue
	live atomic.Bool // a reader delivers touches and the mouse
}

// served reports that a reader delivers, so that nobody must ask ebiten.
func (q *inputQueue) served() bool { return q.live.Load() }

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
	at := s.mount(s.whole()).FramePoint(float64(x), float64(y))
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
