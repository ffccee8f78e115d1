package hub

import (
	"crypto/ed25519"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sys/unix"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// callThin is call over a line in which little is on its way at a time.
func (p *place) callThin(t *testing.T, n int) *device {
	t.Helper()
	d := &device{t: t, key: keyOf(n)}
	d.hello = wire.Hello{Version: wire.Version, Key: d.key.Public().(ed25519.PublicKey), Kind: playlist.Touch}
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			for level, set := range map[int][2]int{unix.SOL_SOCKET: {unix.SO_RCVBUF, 16 << 10}, unix.IPPROTO_TCP: {unix.TCP_MAXSEG, 1400}} {
				if err := unix.SetsockoptInt(int(fd), level, set[0], set[1]); err != nil {
					t.Error(err)
				}
			}
		})
	}}
	d.dial(p, websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, NetDialContext: dialer.DialContext})
	d.answer()
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	return d
}

// takeUntil reads so many bytes at a time, ten times a second, until over is closed.
func (d *device) takeUntil(size int, over <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	buf := make([]byte, size)
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			if _, err := io.ReadFull(d.conn.NetConn(), buf); err != nil {
				return // the hub's opinion counts
			}
		}
	}
}

// TestThinLines sends a big edition over a thin line and to a device that reads a
// byte now and then. What the line takes in one write deadline is less than the
// system keeps back before it lets a writer go on; it is waited for. The other is
// cut, so that it holds nobody's memory.
func TestThinLines(t *testing.T) {
	t.Parallel()
	c := newCounty()
	p := open(t, c, Options{WriteTimeout: 4 * time.Second})
	thin, crawling := c.know(1, liuxi), c.know(2, liuxi)
	over := make(chan struct{})
	var reading sync.WaitGroup
	for i, size := range []int{8 << 10, 1} {
		d := p.callThin(t, i+1)
		reading.Go(func() { d.takeUntil(size, over) })
	}
	p.Announce(prepare(t, push(liuxi, 1, 2<<20)))
	c.until(t, "who crawls is cut", func() bool { _, ok := c.gone[crawling]; return ok })
	for range 2 { // more than one deadline
		<-time.After(p.opt.WriteTimeout)
	}
	c.with(func() {
		if why, ok := c.gone[thin]; ok {
			t.Errorf("a slow but steady line was cut: %s", why)
		}
	})
	close(over)
	reading.Wait()
}
