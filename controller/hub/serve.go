package hub

import (
	"bufio"
	"crypto/tls"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// ServeHTTP is the websocket endpoint, for GET /device/v1/ws. It has to be
// reached over HTTP/1.1. Above the limit of handshakes it answers 503 with
// Retry-After at once: work on a handshake that the device has given up on
// would only make a storm longer.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	opened, ok := h.gate.enter(r.RemoteAddr)
	if !ok {
		h.turnedAway.Add(1)
		h.busy(w, "too many devices connect at once")
		return
	}
	if !h.hasRoom() {
		opened()
		h.turnedAway.Add(1)
		h.busy(w, "the controller takes no more devices now")
		return
	}
	conn, err := h.upgrader.Upgrade(&hijacker{ResponseWriter: w, hub: h}, r, nil)
	if err != nil { // Upgrade has answered
		opened()
		return
	}
	s := &session{hub: h, conn: conn, line: conn.NetConn().(*pacedConn), remote: r.RemoteAddr, since: time.Now()}
	s.line.wake = s.wake
	// It is complete before anybody else can see it.
	if !h.add(s) {
		opened()
		conn.Close()
		return
	}
	// Not on net/http's goroutine, whose stack the request has grown.
	h.hands.give(&arrival{s, opened})
}

// arrival is a session that begins.
type arrival struct {
	session *session
	opened  func()
}

func (a *arrival) do() { a.session.run(a.opened) }

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
	line := &pacedConn{Conn: c, hub: j.hub, fd: -1}
	raw := c
	if t, ok := c.(*tls.Conn); ok {
		raw = t.NetConn()
		line.below, _ = raw.(*Quiet)
	}
	if t, ok := raw.(interface{ SetWriteBuffer(bytes int) error }); ok {
		// A device that does not read must not pin megabytes of kernel memory.
		t.SetWriteBuffer(j.hub.opt.SendBuffer) // a hint: it works without
	}
	if t, ok := raw.(syscall.Conn); ok && (raw == c || line.below != nil) {
		line.raw, _ = t.SyscallConn() // nil: the session waits within a read
		if line.tcp = raw; line.below != nil {
			line.tcp = line.below.TCPConn
		}
		if line.raw != nil {
			line.fd = descriptor(line.raw)
		}
		keepUnsent(line.raw, unsent)
	}
	if line.below != nil {
		line.below.line = line
	}
	if rw.Reader.Buffered() == 0 { // or the websocket refuses it
		line.came = bufio.NewReaderSize(line, readBuffer)
		rw.Reader = line.came
	}
	return line, rw, nil
}
