package hub

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// hesitant is a county that keeps everybody waiting who reports a load of a processor
// of 50, as one does whose lock is held.
type hesitant struct {
	*county
	came chan struct{}
	lock chan struct{}
}

func (h *hesitant) Report(ctx context.Context, s playlist.ScreenID, r wire.Report) error {
	if r.Vitals.CPU == 50 {
		h.came <- struct{}{}
		<-h.lock
	}
	return h.county.Report(ctx, s, r)
}

// TestReadersThatWait: when all who read wait for something and did not say that they
// would, the other devices are heard nevertheless.
func TestReadersThatWait(t *testing.T) {
	held := 2 * max(2, runtime.GOMAXPROCS(0))
	c := newCounty()
	b := &hesitant{c, make(chan struct{}, held), make(chan struct{})}
	h := New(b, Options{Log: slog.New(slog.DiscardHandler)})
	p := &place{h, c, httptest.NewServer(h)}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Errorf("close the hub: %v", err)
		}
		p.server.Close()
	})
	release := sync.OnceFunc(func() { close(b.lock) })
	t.Cleanup(release)
	for n := range held {
		c.know(n+1, liuxi)
		d := p.call(t, n+1, nil)
		d.expect(wire.TypeWelcome, &wire.Welcome{})
		d.say(wire.TypeReport, wire.Report{Vitals: wire.Vitals{CPU: 50}})
	}
	for range held { // who comes after the first few has others come for them
		select {
		case <-b.came:
		case <-time.After(3 * time.Minute):
			t.Fatal("a device is not heard while the backend keeps others waiting")
		}
	}
	id := c.know(1000, liuxi)
	d := p.call(t, 1000, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.say(wire.TypeReport, wire.Report{Vitals: wire.Vitals{CPU: 7}})
	c.until(t, "a report is heard", func() bool { return c.reports[id].Vitals.CPU == 7 })
	release()
	c.until(t, "all are heard", func() bool { return len(c.reports) == held+1 })
	poll(t, "the crew is as large as before", func() bool {
		h.ears.mu.Lock()
		defer h.ears.mu.Unlock()
		return h.ears.active == 0
	})
}

// TestMessagesWithoutEnd: devices whose message never ends, and holds nothing, keep
// nobody out and are sent away.
func TestMessagesWithoutEnd(t *testing.T) {
	c := newCounty()
	p := open(t, c, Options{})
	endless := max(2, runtime.GOMAXPROCS(0)) + 1
	pong := append([]byte{0x8a, 0x80 | 125, 0, 0, 0, 0}, make([]byte, 125)...)
	pongs := bytes.Repeat(pong, 500)
	for n := range endless {
		c.know(n+1, liuxi)
		d := p.call(t, n+1, nil)
		d.expect(wire.TypeWelcome, &wire.Welcome{})
		raw := d.conn.NetConn()
		go io.Copy(io.Discard, raw)
		raw.Write([]byte{0x02, 0x80, 0, 0, 0, 0}) // a message of which more comes
		go func() {
			for {
				if _, err := raw.Write(pongs); err != nil {
					return
				}
			}
		}()
	}
	id := c.know(1000, liuxi)
	d := p.call(t, 1000, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.say(wire.TypeReport, wire.Report{Vitals: wire.Vitals{CPU: 7}})
	c.until(t, "a report is heard", func() bool { return c.reports[id].Vitals.CPU == 7 })
	c.until(t, "who never ends is gone", func() bool { return len(c.gone) == endless })
	c.with(func() {
		for id, why := range c.gone {
			if why != "a message is too big" {
				t.Errorf("%s is gone because %s", id, why)
			}
		}
	})
}
