package link

import (
	"context"
	"sync"
	"time"
)

// Blobs are fetched in pieces, so that on a thin line no more than about a second of
// them is on its way at any time: a message from the controller does not wait behind
// more. The first is small, and those after it grow while they come quickly, as TCP's
// own window does; a while later nobody knows what the line is like any more.
const (
	leastPiece = 8 << 10  // bytes: a second at 64 kbit/s
	firstPiece = 16 << 10 // bytes
	mostPiece  = 16 << 20 // bytes
	quickPiece = 250 * time.Millisecond
	slowPiece  = time.Second
	overdue    = 1500 * time.Millisecond // a piece is given up that has as long before it again
	gaugeKept  = 10 * time.Second
)

// gauge shares the line among the blobs that are fetched.
type gauge struct {
	mu      sync.Mutex // guards what follows
	window  int64      // bytes that may be on their way
	under   int64      // bytes that are
	used    time.Time
	waiting [2][]chan struct{} // urgent ones first, in order; closed when it is their turn to look
}

// take returns how many of n bytes may be asked for now, at least one; it waits
// until there is room. give has to follow.
func (g *gauge) take(ctx context.Context, n int64) (int64, error) {
	rank := 1
	if urgent(ctx) {
		rank = 0
	}
	for first := true; ; first = false {
		g.mu.Lock()
		if g.under == 0 && time.Since(g.used) > gaugeKept {
			g.window = firstPiece
		}
		piece := max(min(n, g.window), 1)
		// Who comes now stands behind those who wait already.
		behind := first && (len(g.waiting[0]) > 0 || rank == 1 && len(g.waiting[1]) > 0)
		if !behind && (g.under == 0 || g.under+piece <= g.window) {
			g.under += piece
			g.used = time.Now()
			g.wake() // there may be room for one more
			g.mu.Unlock()
			return piece, nil
		}
		turn := make(chan struct{})
		if first {
			g.waiting[rank] = append(g.waiting[rank], turn)
		} else {
			g.waiting[rank] = append([]chan struct{}{turn}, g.waiting[rank]...)
		}
		g.mu.Unlock()
		select {
		case <-turn:
		case <-ctx.Done():
			g.leave(rank, turn)
			return 0, ctx.Err()
		}
	}
}

// wake lets the next of those who wait look. The caller holds mu.
func (g *gauge) wake() {
	for rank := range g.waiting {
		if w := g.waiting[rank]; len(w) > 0 {
			g.waiting[rank] = w[1:]
			close(w[0])
			return
		}
	}
}

// leave takes one out that waits no longer.
func (g *gauge) leave(rank int, turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, c := range g.waiting[rank] {
		if c == turn {
			g.waiting[rank] = append(g.waiting[rank][:i:i], g.waiting[rank][i+1:]...)
			return
		}
	}
	g.wake() // it was its turn already
}

// give says that a piece has come, or will not: came bytes in so long, from the
// first of them on.
func (g *gauge) give(piece, came int64, took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.under -= piece
	g.used = time.Now()
	switch {
	case took > slowPiece:
		g.window = max(leastPiece, min(g.window, int64(float64(came)*float64(slowPiece)/float64(took))))
	case came >= piece && piece >= g.window/4 && took < quickPiece:
		g.window = min(4*g.window, mostPiece)
	}
	g.wake()
}
