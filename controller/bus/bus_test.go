package bus

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/playlist"
)

var (
	liuxi    = playlist.ChannelID{Site: "liuxi"}
	liuxiNow = playlist.ChannelID{Site: "liuxi", Alert: true}
	shiqiao  = playlist.ChannelID{Site: "shiqiao"}
)

func TestLatestWinsAndAlertsFirst(t *testing.T) {
	b := New()
	s := b.Subscribe()
	for _, a := range []Announcement{{Channel: liuxi, Revision: 3}, {Channel: shiqiao, Revision: 1}, {Channel: liuxi, Revision: 5}, {Channel: liuxi, Revision: 4}, {Channel: liuxiNow, Revision: 2}, {Channel: shiqiao, Revision: 1}} {
		b.Publish(a)
	}
	for _, want := range []Announcement{{Channel: liuxiNow, Revision: 2}, {Channel: liuxi, Revision: 5}, {Channel: shiqiao, Revision: 1}} {
		if got, err := s.Next(t.Context()); err != nil || got != want {
			t.Errorf("Next = %v, %v, want %v", got, err, want)
		}
	}
	b.Publish(Announcement{Channel: liuxi, Revision: 5}) // known
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Next = %v, %v", got, err)
	}
}

// An announcement that takes something down overtakes all that waits, also when a
// later ordinary one of its channel takes its place.
func TestTakeDownsOvertake(t *testing.T) {
	b := New()
	s := b.Subscribe()
	for _, a := range []Announcement{
		{Channel: shiqiao, Revision: 1}, {Channel: liuxi, Revision: 1}, {Channel: liuxi, Revision: 2, Urgent: true}, {Channel: liuxi, Revision: 3}, {Channel: liuxiNow, Revision: 1},
	} {
		b.Publish(a)
	}
	for _, want := range []Announcement{{Channel: liuxi, Revision: 3, Urgent: true}, {Channel: liuxiNow, Revision: 1}} {
		if got, err := s.Urgent(t.Context()); err != nil || got != want {
			t.Errorf("Urgent = %v, %v, want %v", got, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := s.Urgent(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Urgent takes %v, %v of the ordinary ones", got, err)
	}
	if got, err := s.Ordinary(t.Context()); err != nil || got != (Announcement{Channel: shiqiao, Revision: 1}) {
		t.Errorf("Ordinary = %v, %v", got, err)
	}
	if got, err := s.Ordinary(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Ordinary = %v, %v: what was overtaken is still there", got, err)
	}
}

func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		s := b.Subscribe()
		go func() {
			<-time.After(time.Hour)
			b.Publish(Announcement{Channel: liuxi, Revision: 1})
			<-time.After(time.Hour)
			b.Close()
		}()
		if a, err := s.Next(t.Context()); err != nil || a.Revision != 1 {
			t.Errorf("Next = %v, %v", a, err)
		}
		if _, err := s.Next(t.Context()); err != ErrClosed {
			t.Errorf("Next on a closed bus: %v", err)
		}
		if _, err := b.Subscribe().Next(t.Context()); err != ErrClosed {
			t.Errorf("Next on a subscription to a closed bus: %v", err)
		}
		b.Publish(Announcement{Channel: liuxi, Revision: 2}) // to nobody
		s.Close()
		s.Close()
	})
}

func TestClosedSubscription(t *testing.T) {
	b := New()
	s, other := b.Subscribe(), b.Subscribe()
	b.Publish(Announcement{Channel: liuxi, Revision: 1})
	s.Close()
	if _, err := s.Next(t.Context()); err != ErrClosed {
		t.Errorf("Next after Close: %v", err)
	}
	if a, err := other.Next(t.Context()); err != nil || a.Revision != 1 {
		t.Errorf("the other subscription: %v, %v", a, err)
	}
}

// Whatever the interleaving, every subscriber ends with the newest revision of
// every channel and never goes back.
func TestEverySubscriberConverges(t *testing.T) {
	b := New()
	const last = 500
	var wg sync.WaitGroup
	channels := []playlist.ChannelID{liuxi, liuxiNow, shiqiao}
	for range 5 {
		s := b.Subscribe()
		wg.Add(1)
		go func() {
			defer wg.Done()
			have := map[playlist.ChannelID]playlist.Revision{}
			for have[liuxi] < last || have[liuxiNow] < last || have[shiqiao] < last {
				a, err := s.Next(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if a.Revision <= have[a.Channel] {
					t.Errorf("%s went from %s to %s", a.Channel, have[a.Channel], a.Revision)
				}
				have[a.Channel] = a.Revision
			}
		}()
	}
	for _, ch := range channels {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rng := rand.New(rand.NewPCG(1, 2))
			for rev := playlist.Revision(1); rev <= last; rev++ {
				b.Publish(Announcement{Channel: ch, Revision: rev})
				if rng.IntN(3) == 0 {
					b.Publish(Announcement{Channel: ch, Revision: rev / 2})
				}
			}
		}()
	}
	wg.Wait()
}
