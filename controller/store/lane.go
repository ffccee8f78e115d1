package store

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// urgency is the key of a context whose transactions go first.
type urgency struct{}

// Urgently returns a context whose transactions go before all others that wait
// for the single writer: those of alerts and take-downs.
func Urgently(ctx context.Context) context.Context { return context.WithValue(ctx, urgency{}, true) }

// errPressed ends the attempt of a long transaction that gives way.
var errPressed = errors.New("an urgent transaction goes first")

// mostWays is how often one long transaction gives way. Alerts and take-downs are
// made by people: more of them than this while one import runs are a mistake or
// malice, and an import has to end some time.
const mostWays = 16

// UpdateLong is Update for a transaction that takes long, such as an import. do
// calls Tx.GiveWay between its steps and returns its error: then what was done so
// far is undone, what is urgent goes first, and do is called anew. It gives way at
// most 16 times.
func (s *Store) UpdateLong(ctx context.Context, do func(*Tx) error) error {
	for tries := 0; ; tries++ {
		err := s.update(ctx, tries < mostWays, do)
		if !errors.Is(err, errPressed) {
			return err
		}
	}
}

// GiveWay returns an error when the transaction should be ended because something
// urgent waits and it can be begun anew: in UpdateLong.
func (t *Tx) GiveWay() error {
	if t.gives && t.Pressed() {
		return errPressed
	}
	return nil
}

// Pressed reports whether something urgent waits for this transaction to end. Who
// writes rows that do not belong together commits what it has then.
func (t *Tx) Pressed() bool { return t.lane != nil && t.lane.pressed() }

// awaited reports whether another transaction waits for this one to end.
func (t *Tx) awaited() bool { return t.lane != nil && t.lane.awaited() }

// lane gives the single writer to one transaction after the other: the urgent
// first, then in the order in which they came.
type lane struct {
	mu     sync.Mutex // guards what follows
	taken  bool
	urgent []chan struct{} // closed when it is their turn
	others []chan struct{}
}

// enter waits for the turn; leave must be called after it.
func (l *lane) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	queue := &l.others
	if ctx.Value(urgency{}) != nil {
		queue = &l.urgent
	}
	l.mu.Lock()
	if !l.taken {
		l.taken = true
		l.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	*queue = append(*queue, turn)
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	i := slices.Index(*queue, turn)
	if i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
	}
	l.mu.Unlock()
	if i < 0 {
		l.leave() // its turn came at the same moment
	}
	return ctx.Err()
}

func (l *lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, queue := range []*[]chan struct{}{&l.urgent, &l.others} {
		if len(*queue) > 0 {
			close((*queue)[0])
			*queue = (*queue)[1:]
			return
		}
	}
	l.taken = false
}

func (l *lane) awaited() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.urgent)+len(l.others) > 0
}

func (l *lane) pressed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.urgent) > 0
}
