package swarm

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mingbai/playlist"
)

// Watched waits for the acknowledgements of a revision. Its methods may be called
// from any goroutine.
type Watched struct {
	swarm    *Swarm
	channel  playlist.ChannelID
	revision playlist.Revision

	mu      sync.Mutex // guards what follows
	mark    time.Time
	only    func(i int) bool      // nil: all count
	took    map[int]time.Duration // by device
	waiters []waiter
}

// Watch begins to count who acknowledges a revision of a channel or a later one.
// It is called before that is published; the time counts from here, or from the
// last Mark.
func (s *Swarm) Watch(ch playlist.ChannelID, rev playlist.Revision) *Watched {
	w := &Watched{swarm: s, channel: ch, revision: rev, mark: time.Now(), took: make(map[int]time.Duration, s.cfg.Count)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watches = append(s.watches, w)
	return w
}

// Mark lets the time count from now: what is prepared between Watch and the press
// of the button is no delay.
func (w *Watched) Mark() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mark = time.Now()
}

// Only lets none but these devices count, of those that acknowledge from now on.
func (w *Watched) Only(which func(i int) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.only = which
}

// Stop ends counting; what was counted stays.
func (w *Watched) Stop() {
	w.swarm.mu.Lock()
	defer w.swarm.mu.Unlock()
	w.swarm.watches = slices.DeleteFunc(w.swarm.watches, func(o *Watched) bool { return o == w })
}

// Wait waits until n devices have acknowledged.
func (w *Watched) Wait(ctx context.Context, n int) error {
	w.mu.Lock()
	if len(w.took) >= n {
		w.mu.Unlock()
		return nil
	}
	done := make(chan struct{})
	w.waiters = append(w.waiters, waiter{n, done})
	w.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d of %d devices acknowledged revision %s of %s: %w", len(w.Times()), n, w.revision, w.channel, ctx.Err())
	}
}

// Times is how long each device that has acknowledged took, the quickest first.
func (w *Watched) Times() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Values(w.took))
}

// Has reports whether device i has acknowledged.
func (w *Watched) Has(i int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.took[i]
	return ok
}

// acknowledged tells the watches that a device has said what it shows.
func (s *Swarm) acknowledged(i int, ch playlist.ChannelID, rev playlist.Revision) {
	now := time.Now()
	s.mu.Lock()
	all := slices.Clone(s.watches)
	s.mu.Unlock()
	for _, w := range all {
		if w.channel == ch && rev >= w.revision {
			w.note(i, now)
		}
	}
}

func (w *Watched) note(i int, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, again := w.took[i]; again || w.only != nil && !w.only(i) {
		return
	}
	w.took[i] = now.Sub(w.mark)
	w.swarm.counts.publish.add(w.took[i])
	left := w.waiters[:0]
	for _, o := range w.waiters {
		if len(w.took) >= o.n {
			close(o.done)
		} else {
			left = append(left, o)
		}
	}
	w.waiters = left
}
