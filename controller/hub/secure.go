package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

// SecureOptions are the limits of Secure. Zero values take the defaults.
type SecureOptions struct {
	Handshakes int           // at once; who comes beyond waits (256)
	Share      int           // of them from one address (three quarters)
	Waiting    int           // connections that wait; beyond they are closed at once (4096; none when negative)
	Patience   time.Duration // who waited longer is closed: its device may have given up (5 s)
	Timeout    time.Duration // of each (10 s)
	Log        *slog.Logger  // slog.Default()
}

// Secure accepts the connections of a listener over TLS, for HTTP/1.1. A handshake
// costs the controller more than all else that a device asks for when it comes, so
// few are under way at any time. Who comes beyond that waits for a moment, which
// costs a descriptor; who cannot be heard soon is sent away unheard, and comes back
// later, and at another moment than the others. Handshakes that fail or
// take too long never reach Accept. Closing it closes the listener and ends the
// handshakes; it returns when they have ended.
func Secure(l net.Listener, cfg *tls.Config, opt SecureOptions) net.Listener {
	set(&opt.Handshakes, 256)
	set(&opt.Share, max(1, opt.Handshakes*3/4))
	set(&opt.Timeout, 10*time.Second)
	set(&opt.Patience, 5*time.Second)
	if opt.Waiting == 0 {
		opt.Waiting = 4096
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	s := &secure{Listener: l, cfg: cfg, opt: opt, gate: newGate(opt.Handshakes, opt.Share), ready: make(chan net.Conn), failed: make(chan error), from: map[string]int{}}
	s.ctx, s.cancel = context.WithCancel(context.Background()) // ends with Close
	s.work.Go(s.accept)
	return s
}

type secure struct {
	net.Listener
	cfg    *tls.Config
	opt    SecureOptions
	gate   *gate
	ready  chan net.Conn
	failed chan error // of the listener
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	hands  hands // a handshake takes a stack of many times of what a goroutine begins with

	mu      sync.Mutex // guards what follows
	waiting []waiting  // who came first is the first
	from    map[string]int
}

// waiting is a connection that nothing was read from.
type waiting struct {
	conn net.Conn
	host string
	came time.Time
}

// Accept returns a connection whose handshake is done.
func (s *secure) Accept() (net.Conn, error) {
	select {
	case c := <-s.ready:
		return c, nil
	case err := <-s.failed:
		return nil, err
	case <-s.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close is part of net.Listener.
func (s *secure) Close() error {
	s.cancel()
	err := s.Listener.Close()
	s.work.Wait()
	s.hands.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.waiting {
		refuse(w.conn)
	}
	s.waiting = nil
	return err
}

func (s *secure) accept() {
	for {
		c, err := s.Listener.Accept()
		if err != nil {
			select {
			case s.failed <- err: // who accepts knows whether and when to go on
			case <-s.ctx.Done():
			}
			if errors.Is(err, net.ErrClosed) || s.ctx.Err() != nil {
				return
			}
			continue
		}
		if !s.queue(c) {
			refuse(c)
			continue
		}
		s.next()
	}
}

// queue puts a connection behind those that wait. One address may have as large a
// part of the places as of the handshakes.
func (s *secure) queue(c net.Conn) bool {
	w := waiting{c, hostOf(c.RemoteAddr().String()), time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if most := max(s.opt.Waiting, 0); len(s.waiting) > 0 || !s.gate.room(w.host) {
		if len(s.waiting) >= most || s.from[w.host] >= most*s.opt.Share/s.opt.Handshakes {
			return false
		}
	}
	s.waiting = append(s.waiting, w)
	s.from[w.host]++
	return true
}

// next begins the handshakes for which there is room.
func (s *secure) next() {
	s.mu.Lock()
	defer s.mu.Unlock()
	tired := time.Now().Add(-s.opt.Patience)
	kept := s.waiting[:0]
	for i, w := range s.waiting {
		if s.gate.full() {
			if len(kept) == 0 { // nearly always
				clear(s.waiting[:i])
				s.waiting = s.waiting[i:]
				return
			}
			kept = append(kept, s.waiting[i:]...)
			break
		}
		late := w.came.Before(tired) || s.ctx.Err() != nil
		leave, ok := func() {}, false
		if !late {
			if leave, ok = s.gate.enter(w.conn.RemoteAddr().String()); !ok {
				kept = append(kept, w) // its address has its share
				continue
			}
		}
		if s.from[w.host]--; s.from[w.host] == 0 {
			delete(s.from, w.host)
		}
		if late {
			refuse(w.conn)
			continue
		}
		s.work.Add(1)
		s.hands.give(&handshake{s, w.conn, leave})
	}
	clear(s.waiting[len(kept):])
	s.waiting = kept
}

// handshake is one that has its place in the gate.
type handshake struct {
	of    *secure
	conn  net.Conn
	leave func()
}

func (h *handshake) do() {
	defer h.of.work.Done()
	h.of.shake(h.conn)
	h.leave()
	h.of.next()
}

// refuse resets a connection, so that the other end knows at once and nothing of
// it is left here.
func refuse(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0) // without it the end is told more slowly
	}
	c.Close()
}

func (s *secure) shake(c net.Conn) {
	below := c
	if t, ok := c.(*net.TCPConn); ok {
		below = &Quiet{TCPConn: t}
	}
	conn := tls.Server(below, s.cfg)
	ctx, cancel := context.WithTimeout(s.ctx, s.opt.Timeout)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		if s.ctx.Err() == nil {
			s.opt.Log.Debug("a TLS handshake failed", "remote", c.RemoteAddr().String(), "error", err)
		}
		c.Close()
		return
	}
	select {
	case s.ready <- conn:
	case <-s.ctx.Done():
		c.Close()
	}
}
