package hub

import (
	"bufio"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// ServeHTTP is the websocket endpoint, for GET /device/v1/ws. It has to be
// reached over HTTP/1.1. Above the limit of handshakes it answers 503 with
// Retry-After at once: work on a handshake that the device has given up on
// would only make a storm longer.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case h.gate <- struct{}{}:
	default:
		h.busy(w, "too many devices connect at once")
		return
	}
	opened := sync.OnceFunc(func() { <-h.gate })
	if !h.hasRoom() {
		opened()
		h.busy(w, "the controller takes no more devices now")
		return
	}
	conn, err := h.upgrader.Upgrade(&hijacker{ResponseWriter: w, hub: h}, r, nil)
	if err != nil { // Upgrade has answered
		opened()
		return
	}
	s := &session{hub: h, conn: conn, line: conn.NetConn().(*pacedConn), remote: r.RemoteAddr, since: time.Now()}
	// It is complete before anybody else can see it.
	if !h.add(s) {
		opened()
		conn.Close()
		return
	}
	// Not on net/http's goroutine, whose stack the request has grown.
	go s.run(opened)
}

// busy refuses a connection for now. The hint differs from answer to answer, so
// that those who get it do not come back together.
func (h *Hub) busy(w http.ResponseWriter, why string) {
	w.Header().Set("Retry-After", strconv.Itoa(1+rand.IntN(5)))
	http.Error(w, why, http.StatusServiceUnavailable)
}

// noOrigin refuses browsers: no page has business here.
func noOrigin(r *http.Request) bool { return r.Header.Get("Origin") == "" }

func refuseUpgrade(w http.ResponseWriter, _ *http.Request, status int, reason error) {
	w.Header().Set("Sec-Websocket-Version", "13")
	http.Error(w, reason.Error(), status)
}

// hijacker gives the websocket a paced connection.
type hijacker struct {
	http.ResponseWriter
	hub *Hub
}

func (j *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(j.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	// A device that does not read must not pin megabytes of kernel memory.
	raw := c
	if t, ok := c.(*tls.Conn); ok {
		raw = t.NetConn()
	}
	if t, ok := raw.(*net.TCPConn); ok {
		t.SetWriteBuffer(j.hub.opt.SendBuffer) // a hint: it works without
	}
	return &pacedConn{Conn: c, hub: j.hub}, rw, nil
}

// pacedConn gives every chunk of a long write its own deadline, and once the
// device is proven counts every byte from it as a sign of life: a device on a
// thin line that takes or sends something big slowly is alive, one that takes
// nothing is not.
type pacedConn struct {
	net.Conn
	hub  *Hub
	live atomic.Bool // PongWait counts from the last byte; else the deadline stands
}

const chunk = 32 << 10 // bytes

func (c *pacedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.alive(time.Now())
	}
	return n, err
}

func (c *pacedConn) Write(p []byte) (int, error) {
	n := 0
	for {
		k, err := c.Conn.Write(p[n:min(n+chunk, len(p))])
		n += k
		if err != nil || n == len(p) {
			return n, err
		}
		now := time.Now()
		c.Conn.SetWriteDeadline(now.Add(c.hub.opt.WriteTimeout))
		c.alive(now) // the device's pong waits behind these bytes
	}
}

func (c *pacedConn) alive(now time.Time) {
	if c.live.Load() {
		c.Conn.SetReadDeadline(now.Add(c.hub.opt.PongWait))
	}
}

// last sets the deadline that nothing moves any more.
func (c *pacedConn) last(t time.Time) {
	c.live.Store(false)
	c.Conn.SetReadDeadline(t)
}
