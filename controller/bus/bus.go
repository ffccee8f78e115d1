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
	"sync"

	"mingbai/playlist"
)

// ErrClosed is returned by Next once the bus is closed.
var ErrClosed = errors.New("the bus is closed")

// Announcement says that a revision of a channel is durable.
type Announcement struct {
	Channel  playlist.ChannelID
	Revision playlist.Revision
}

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
	s := &Subscription{bus: b, wake: make(chan struct{}, 1), seen: map[playlist.ChannelID]playlist.Revision{}}
	if b.closed {
		s.closed = true
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

// Subscription holds the announcements that its reader has not taken yet: at
// most one for each channel.
type Subscription struct {
	bus  *Bus
	wake chan struct{} // holds one token when there may be something to take

	mu     sync.Mutex // guards what follows
	seen   map[playlist.ChannelID]playlist.Revision
	alerts []Announcement
	others []Announcement
	closed bool
}

// Next waits for an announcement. It returns ErrClosed when the subscription or
// the bus is closed, and the context's error when ctx ends.
func (s *Subscription) Next(ctx context.Context) (Announcement, error) {
	for {
		a, ok, err := s.take()
		if ok || err != nil {
			return a, err
		}
		select {
		case <-ctx.Done():
			return Announcement{}, ctx.Err()
		case <-s.wake:
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
	s.closed, s.alerts, s.others = true, nil, nil
	s.mu.Unlock()
	s.poke()
}

func (s *Subscription) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Subscription) put(a Announcement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || a.Revision <= s.seen[a.Channel] {
		return
	}
	s.seen[a.Channel] = a.Revision
	queue := &s.others
	if a.Channel.Alert {
		queue = &s.alerts
	}
	for i := range *queue {
		if (*queue)[i].Channel == a.Channel {
			(*queue)[i] = a
			return
		}
	}
	*queue = append(*queue, a)
	s.poke()
}

// take returns the next announcement, if there is one, and leaves a token when
// more are waiting.
func (s *Subscription) take() (Announcement, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.poke() // for any other reader
		return Announcement{}, false, ErrClosed
	}
	queue := &s.alerts
	if len(*queue) == 0 {
		queue = &s.others
	}
	if len(*queue) == 0 {
		return Announcement{}, false, nil
	}
	a := (*queue)[0]
	*queue = (*queue)[1:]
	if len(s.alerts)+len(s.others) > 0 {
		s.poke()
	}
	return a, true, nil
}
