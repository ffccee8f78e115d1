package hub

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// narrow dials with a small receive buffer, so that a device which does not read
// is noticed after few bytes.
func narrow() websocket.Dialer {
	return websocket.Dialer{NetDial: func(network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(32 << 10)
		}
		return c, err
	}}
}

func (p *place) callNarrow(t *testing.T, n int) *device {
	t.Helper()
	d := &device{t: t, key: keyOf(n), hello: wire.Hello{Version: 1, Key: []byte(pubOf(n))}}
	d.dial(p, narrow())
	d.answer()
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	return d
}

// slow has devices call that do not read: more of them than write at a time.
func (p *place) slow(t *testing.T) (all []playlist.ScreenID) {
	t.Helper()
	for n := range 2 * newCrew(nil, toWrite, nil).most {
		all = append(all, p.county.know(n, liuxi))
		p.callNarrow(t, n)
	}
	return all
}

// However long devices do not read, the others have everything at once (R17).
func TestSlowConsumers(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	p := open(t, c, Options{WriteTimeout: time.Hour, PongWait: time.Hour, SendBuffer: 32 << 10})
	slow := p.slow(t)
	var healthy []*device
	for n := 1000; n < 1010; n++ {
		c.know(n, liuxi)
		d := p.call(t, n, nil)
		d.expect(wire.TypeWelcome, &wire.Welcome{})
		healthy = append(healthy, d)
	}
	poll(t, "all are in their places", func() bool { return len(slices.Collect(p.Connected())) == 10+len(slow) })
	if n := p.Announce(prepare(t, push(liuxi, 1, 400_000))); n != 10+len(slow) {
		t.Errorf("announced to %d", n)
	}
	for _, d := range healthy {
		d.expectPush(liuxi, 1)
	}
	c.with(func() {
		if len(c.gone) > 0 {
			t.Errorf("gone are %v", c.gone)
		}
	})
}

// Devices that do not read are cut after the write deadline.
func TestSlowConsumersAreCut(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	p := open(t, c, Options{WriteTimeout: 300 * time.Millisecond, SendBuffer: 32 << 10})
	slow := p.slow(t)
	poll(t, "all are in their places", func() bool { return len(slices.Collect(p.Connected())) == len(slow) })
	p.Announce(prepare(t, push(liuxi, 1, 400_000)))
	c.until(t, "the slow ones are cut", func() bool { return len(c.gone) == len(slow) })
	c.with(func() {
		for _, id := range slow {
			if c.gone[id] != "did not read in time" {
				t.Errorf("%s is gone: %s", id, c.gone[id])
			}
		}
	})
}

// What waits for a device that reads slowly is only the latest of each channel,
// and an alert overtakes it.
func TestLatestWinsAndAlertOvertakes(t *testing.T) {
	c := newCounty()
	id := c.know(1, liuxi, shiqiao, liuxiNow)
	p := open(t, c, Options{WriteTimeout: time.Hour, PongWait: time.Hour, SendBuffer: 32 << 10})
	d := p.callNarrow(t, 1)
	poll(t, "the screen is in its place", func() bool { return p.IsConnected(id) })
	const last = 20
	for rev := playlist.Revision(1); rev <= last; rev++ {
		p.Announce(prepare(t, push(liuxi, rev, 400_000)))
		p.Announce(prepare(t, push(shiqiao, rev, 400_000)))
	}
	p.Announce(prepare(t, push(liuxiNow, 1, 100)))
	var order []string
	have := map[playlist.ChannelID]playlist.Revision{}
	for have[liuxi] < last || have[shiqiao] < last || have[liuxiNow] < 1 {
		var push wire.Push
		d.expect(wire.TypePush, &push)
		if push.Revision <= have[push.Channel] {
			t.Errorf("%s went from %s to %s", push.Channel, have[push.Channel], push.Revision)
		}
		have[push.Channel] = push.Revision
		order = append(order, fmt.Sprintf("%s@%s", push.Channel, push.Revision))
	}
	// One push was being written when the others came; it can be of any revision.
	alert := slices.Index(order, "liuxi!@1")
	if len(order) > 5 || alert > 2 {
		t.Errorf("the device was sent %v", order)
	}
}

// Above the limit of handshakes a device is refused at once and told when to
// come back; those that wait are not disturbed (R16).
func TestStormGate(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	c.with(func() { c.hold = make(chan struct{}) })
	p := open(t, c, Options{Handshakes: 4, Share: 4})
	var in []*device
	for n := range 4 {
		c.know(n, liuxi)
		in = append(in, p.call(t, n, nil))
	}
	for range 10 {
		_, resp, err := websocket.DefaultDialer.Dial(p.url(), nil)
		if !errors.Is(err, websocket.ErrBadHandshake) || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Fatalf("the storm was answered with %v", err)
		}
	}
	c.with(func() { close(c.hold); c.hold = nil })
	for _, d := range in {
		d.expect(wire.TypeWelcome, &wire.Welcome{})
	}
	poll(t, "the gate is free", func() bool { return p.Strain().Handshakes == 0 }) // a moment after the welcome
	c.know(9, liuxi)
	p.call(t, 9, nil).expect(wire.TypeWelcome, &wire.Welcome{})
}

// Who connects a thousand times and says nothing holds no more than the share of
// one address, is cut after HelloTimeout, and keeps no screen elsewhere out.
func TestHalfOpenConnections(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	c.know(0, liuxi)
	p := open(t, c, Options{Handshakes: 40, Share: 30, HelloTimeout: 5 * time.Second})
	elsewhere := websocket.Dialer{NetDialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext}
	var held []*websocket.Conn
	refused := 0
	began := time.Now()
	for range 1000 {
		conn, resp, err := websocket.DefaultDialer.Dial(p.url(), nil)
		switch {
		case err == nil:
			held = append(held, conn)
			defer conn.Close()
		case errors.Is(err, websocket.ErrBadHandshake) && resp.StatusCode == http.StatusServiceUnavailable:
			refused++
		default:
			t.Fatal(err)
		}
		if len(held)+refused == 500 {
			d := &device{t: t, key: keyOf(0), hello: wire.Hello{Version: 1, Key: []byte(pubOf(0))}}
			d.dial(p, elsewhere)
			d.answer()
			d.expect(wire.TypeWelcome, &wire.Welcome{})
		}
	}
	// The dials may have taken longer than the timeout of the first ones.
	if most := 30 * (2 + int(time.Since(began)/p.opt.HelloTimeout)); len(held) < 30 || len(held) > most {
		t.Errorf("%d connections are held, at most %d should be; %d were refused", len(held), most, refused)
	}
	for _, conn := range held {
		conn.SetReadDeadline(time.Now().Add(3 * time.Minute))
		for n := 0; ; n++ {
			if _, _, err := conn.ReadMessage(); err != nil {
				if n > 1 || errors.Is(err, os.ErrDeadlineExceeded) { // the challenge at most
					t.Errorf("a connection ended after %d messages: %v", n, err)
				}
				break
			}
		}
	}
	poll(t, "the gate is free", func() bool {
		p.gate.mu.Lock()
		defer p.gate.mu.Unlock()
		return p.gate.in == 0 && len(p.gate.from) == 0
	})
}

// Many devices that were away for the same time are one question to the backend.
func TestCatchUpIsSharedByAll(t *testing.T) {
	c := newCounty()
	c.with(func() { c.latest[liuxi] = Content{Push: push(liuxi, 8, 50_000)} })
	p := open(t, c, Options{})
	var wg sync.WaitGroup
	for n := range 40 {
		c.know(n, liuxi)
		d := p.call(t, n, map[playlist.ChannelID]playlist.Revision{liuxi: playlist.Revision(n % 2 * 5)})
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				_, b, err := d.conn.ReadMessage()
				if err != nil {
					t.Error(err)
					return
				}
				if m, err := wire.Decode(b); err == nil && m.Type == wire.TypePush {
					return
				}
			}
		}()
	}
	wg.Wait()
	c.with(func() {
		if c.asked[catchupKey{liuxi, 0}] != 1 || c.asked[catchupKey{liuxi, 5}] != 1 {
			t.Errorf("the backend was asked %v", c.asked)
		}
	})
	// A new revision makes the kept answers old.
	c.with(func() { c.latest[liuxi] = Content{Push: push(liuxi, 9, 10)} })
	p.Announce(prepare(t, push(liuxi, 9, 10)))
	c.know(100, liuxi)
	d := p.call(t, 100, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.expectPush(liuxi, 9)
	c.know(101, liuxi)
	d = p.call(t, 101, map[playlist.ChannelID]playlist.Revision{liuxi: 8})
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.expectPush(liuxi, 9)
	c.with(func() {
		if c.asked[catchupKey{liuxi, 0}] != 2 || c.asked[catchupKey{liuxi, 8}] != 0 {
			t.Errorf("the backend was asked %v", c.asked)
		}
	})
}

// A failure of the backend is one device's failure, and is not remembered.
func TestCatchUpFails(t *testing.T) {
	c := newCounty()
	id := c.know(1, liuxi)
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	poll(t, "the screen is in its place", func() bool { return p.IsConnected(id) })
	c.with(func() { c.fail = errors.New("the disk is full") })
	d.say(wire.TypeLedger, wire.Ledger{Rows: []wire.Row{{Seq: 1, Channel: liuxi}}})
	d.expectClose(wire.CloseBusy) // and not acknowledged
	c.with(func() { c.fail = nil; c.latest[liuxi] = Content{Push: push(liuxi, 1, 10)} })
	d = p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.expectPush(liuxi, 1)
	d.say(wire.TypeLedger, wire.Ledger{Rows: []wire.Row{{Seq: 1, Channel: liuxi}}})
	var taken wire.Taken
	if d.expect(wire.TypeTaken, &taken); taken.Seq != 1 {
		t.Errorf("taken %d", taken.Seq)
	}
}

// Commands are bounded.
func TestCommandQueue(t *testing.T) {
	c := newCounty()
	id := c.know(1, liuxi)
	p := open(t, c, Options{WriteTimeout: time.Hour, PongWait: time.Hour, SendBuffer: 32 << 10})
	d := p.callNarrow(t, 1)
	poll(t, "the screen is in its place", func() bool { return p.IsConnected(id) })
	p.Announce(prepare(t, push(liuxi, 1, 400_000)))
	s := p.session(id)
	poll(t, "its writer is busy", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.out.channels[0].sent == 1
	})
	full := 0
	for range 100 {
		switch err := p.Command(id, wire.Command{ID: "x", Kind: wire.CommandIdentify}); {
		case errors.Is(err, ErrQueueFull):
			full++
		case err != nil:
			t.Fatal(err)
		}
	}
	if full != 100-maxCommands {
		t.Errorf("%d of 100 commands were refused", full)
	}
	d.expectPush(liuxi, 1)
	for range 100 - full {
		d.expect(wire.TypeCommand, &wire.Command{})
	}
}

// Sessions come and go while the hub pings as fast as it can, and none is seen
// before it is complete.
func TestPingsDuringStorm(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	p := open(t, c, Options{PingEvery: 54 * time.Millisecond, Handshakes: 1000, Share: 1000})
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 100 {
				conn, _, err := websocket.DefaultDialer.Dial(p.url(), nil)
				if err != nil {
					t.Error(err)
					return
				}
				conn.Close()
			}
		}()
	}
	wg.Wait()
}
