// Package bus carries "channel X has revision N" from the controller that
// published to every controller whose screens show the channel.
//
// An announcement is a hint; the store is the truth. So the bus may drop and
// merge: each subscriber gets, for every channel, the latest revision, alert
// channels before others, and never an older one after a newer one. What is not
// delivered when a process ends is found again by what screens say they have.
// This is the delivery inside one process.
package bus

import (
	"context"
	"errors"
	"slices"
	"sync"

	"mingbai/playlist"
)

// ErrClosed is returned by Next once the bus is closed.
var ErrClosed = errors.New("the bus is closed")

// Announcement says that a revision of a channel is durable.
type Announcement struct {
	Channel  playlist.ChannelID
	Revision playlist.Revision
	// Urgent says that a notice is taken down by it. Alert channels always are
	// urgent.
	Urgent bool
}

func (a Announcement) urgent() bool { return a.Urgent || a.Channel.Alert }

// Bus delivers announcements to subscriptions. Its methods may be called from
// several goroutines and never wait for a subscriber.
type Bus struct {
	mu     sync.Mutex // guards what follows
	subs   map[*Subscription]struct{}
	closed bool
}

// New returns a Bus without subscriptions.
func New() *Bus { return &Bus{subs: map[*Subscription]struct{}{}} }

// Publish tells every subscription. It never blocks.
func (b *Bus) Publish(a Announcement) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		s.put(a)
	}
}

// Subscribe returns what is published from now on. The caller closes it.
func (b *Bus) Subscribe() *Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &Subscription{bus: b, changed: make(chan struct{}), seen: map[playlist.ChannelID]playlist.Revision{}}
	if b.closed {
		s.end()
		return s
	}
	b.subs[s] = struct{}{}
	return s
}

// Close ends every subscription.
func (b *Bus) Close() {
	b.mu.Lock()
	subs := b.subs
	b.subs, b.closed = map[*Subscription]struct{}{}, true
	b.mu.Unlock()
	for s := range subs {
		s.end()
	}
}

// Subscription holds the announcements that its readers have not taken yet: at
// most one for each channel.
type Subscription struct {
	bus *Bus

	mu      sync.Mutex    // guards what follows
	changed chan struct{} // closed and replaced at every change
	seen    map[playlist.ChannelID]playlist.Revision
	urgent  []Announcement
	others  []Announcement
	closed  bool
}

// Next waits for an announcement, an urgent one if there is any. It returns
// ErrClosed when the subscription or the bus is closed, and the context's error
// when ctx ends.
func (s *Subscription) Next(ctx context.Context) (Announcement, error) {
	return s.wait(ctx, &s.urgent, &s.others)
}

// Urgent is Next for urgent announcements only: who reads them with it, and the
// rest with Ordinary, handles none of them behind another channel's.
func (s *Subscription) Urgent(ctx context.Context) (Announcement, error) {
	return s.wait(ctx, &s.urgent)
}

// Ordinary is Next for announcements that are not urgent.
func (s *Subscription) Ordinary(ctx context.Context) (Announcement, error) {
	return s.wait(ctx, &s.others)
}

func (s *Subscription) wait(ctx context.Context, queues ...*[]Announcement) (Announcement, error) {
	for {
		a, changed, err := s.take(queues)
		if changed == nil || err != nil {
			return a, err
		}
		select {
		case <-ctx.Done():
			return Announcement{}, ctx.Err()
		case <-changed:
		}
	}
}

// Close ends the subscription; a waiting Next returns ErrClosed.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	delete(s.bus.subs, s)
	s.bus.mu.Unlock()
	s.end()
}

func (s *Subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed, s.urgent, s.others = true, nil, nil
		close(s.changed)
	}
}

func (s *Subscription) put(a Announcement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || a.Revision <= s.seen[a.Channel] {
		return
	}
	s.seen[a.Channel] = a.Revision
	of := func(w Announcement) bool { return w.Channel == a.Channel }
	defer func() {
		close(s.changed)
		s.changed = make(chan struct{})
	}()
	if i := slices.IndexFunc(s.urgent, of); i >= 0 {
		a.Urgent = a.Urgent || s.urgent[i].Urgent // it holds what was urgent, too
		s.urgent[i] = a
		return
	}
	i := slices.IndexFunc(s.others, of)
	switch {
	case a.urgent():
		if i >= 0 {
			s.others = slices.Delete(s.others, i, i+1)
		}
		s.urgent = append(s.urgent, a)
	case i >= 0:
		s.others[i] = a
	default:
		s.others = append(s.others, a)
	}
}

// take returns the next announcement of the first queue that has one, or what is
// closed when there may be one.
func (s *Subscription) take(queues []*[]Announcement) (Announcement, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Announcement{}, nil, ErrClosed
	}
	for _, q := range queues {
		if len(*q) > 0 {
			a := (*q)[0]
			*q = (*q)[1:]
			return a, nil, nil
		}
	}
	return Announcement{}, s.changed, nil
}
