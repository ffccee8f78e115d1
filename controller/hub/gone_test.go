package hub

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestSilenceIsToldAtOnce: the backend knows that a device fell silent before the
// hub has waited for its answer to a farewell.
func TestSilenceIsToldAtOnce(t *testing.T) {
	c := newCounty()
	p := open(t, c, Options{PongWait: 100 * time.Millisecond, PingEvery: time.Hour, grace: time.Hour})
	id := c.know(1)
	d := p.call(t, 1, nil) // it never answers the farewell
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	c.until(t, "the screen is gone", func() bool { return c.gone[id] != "" })
	d.conn.Close()
	c.with(func() {
		if c.gone[id] != "nothing came in time" {
			t.Errorf("it is gone: %s", c.gone[id])
		}
	})
}

// TestKeptPushesSayNoTime: what is kept for devices that come back minutes later
// must not set their clocks.
func TestKeptPushesSayNoTime(t *testing.T) {
	c := newCounty()
	p := open(t, c, Options{})
	c.know(1, liuxi)
	old := push(liuxi, 3, 10)
	old.Time = time.Now().Add(-5 * time.Minute)
	c.with(func() { c.latest[liuxi] = Content{Push: old} })
	for range 2 {
		d := p.call(t, 1, map[playlist.ChannelID]playlist.Revision{})
		var w wire.Welcome
		d.expect(wire.TypeWelcome, &w)
		if got := d.expectPush(liuxi, 3); !got.Time.IsZero() {
			t.Errorf("the push says it is %v", got.Time)
		}
		d.conn.Close()
	}
}

// comings is a county that notes in which order screens come and go.
type comings struct {
	*county
	mu      sync.Mutex // guards what follows
	said    []string
	between func() // called once, when a hello is answered and the hub has not heard it
}

func (c *comings) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, what)
}

func (c *comings) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.said) == 0 {
		return ""
	}
	return c.said[len(c.said)-1]
}

func (c *comings) Hello(ctx context.Context, h wire.Hello, remote string) (Verdict, error) {
	v, err := c.county.Hello(ctx, h, remote)
	c.note("here")
	c.mu.Lock()
	between := c.between
	c.between = nil
	c.mu.Unlock()
	if between != nil {
		between()
	}
	return v, err
}

func (c *comings) Gone(s playlist.ScreenID, at time.Time, why string) {
	c.county.Gone(s, at, why)
	c.note("gone")
}

// TestWhoIsHereIsNotGone ends the older connection of a screen when the backend has
// been asked about the newer one, which is not in its place yet: the last word of the
// backend is that the screen is here.
func TestWhoIsHereIsNotGone(t *testing.T) {
	c := &comings{county: newCounty()}
	h := New(c, Options{Log: slog.New(slog.DiscardHandler)})
	server := httptest.NewServer(h)
	defer server.Close()
	defer func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	p := &place{h, c.county, server}
	id := c.know(1, liuxi)
	old := p.call(t, 1, nil)
	old.expect(wire.TypeWelcome, &wire.Welcome{})
	poll(t, "it is in its place", func() bool { return h.IsConnected(id) })
	c.mu.Lock()
	c.between = func() {
		old.conn.Close()
		poll(t, "the older one has ended", func() bool { return c.last() == "gone" })
	}
	c.mu.Unlock()
	p.call(t, 1, nil).expect(wire.TypeWelcome, &wire.Welcome{})
	poll(t, "the backend has heard last that the screen is here", func() bool { return c.last() == "here" && h.IsConnected(id) })
}

// TestOlderConnectionTakesNoPlace holds the older connection of a device back between
// the backend's answer and its place, until the newer one has the place: it stays
// there.
func TestOlderConnectionTakesNoPlace(t *testing.T) {
	c := &comings{county: newCounty()}
	h := New(c, Options{Log: slog.New(slog.DiscardHandler)})
	server := httptest.NewServer(h)
	defer server.Close()
	defer func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	p := &place{h, c.county, server}
	id := c.know(1, liuxi)
	asked, release := make(chan struct{}), make(chan struct{})
	c.between = func() { close(asked); <-release }
	old := p.call(t, 1, nil)
	<-asked
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	poll(t, "the newer one is in its place", func() bool { return h.IsConnected(id) })
	close(release)
	old.expectClose(wire.CloseReplaced)
	poll(t, "the older one has ended", func() bool { n, _, _ := p.Traffic(); return n == 1 })
	if n := p.Announce(prepare(t, push(liuxi, 1, 10))); n != 1 {
		t.Errorf("announced to %d sessions", n)
	}
	d.expectPush(liuxi, 1)
}
