package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// dialWithin is a device's patience with a connection that is not welcomed yet.
const dialWithin = 25 * time.Second

// loop is the plain connections of some devices on one thread, by epoll.
type loop struct {
	crowd *crowd
	ep    int
	lines map[int32]*line // by descriptor; only the loop's thread
	calls []call          // to be made, the soonest first once sorted
	most  int             // connections that are not welcomed yet
	busy  int
}

// call is a connection that a device is to make.
type call struct {
	k       int // the device, in the crowd
	attempt int
	at      time.Time
}

// line is one plain connection.
type line struct {
	fd    int
	ep    int
	d     *device
	k     int
	began time.Time
	tries int
	home  bool // past its handshake

	mu      sync.Mutex // guards the writing side and whether it is stalled
	up      bool       // connected
	left    []byte     // what could not be written at once
	stalled bool
	closed  bool
}

func newLoop(c *crowd) (*loop, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return &loop{crowd: c, ep: ep, lines: map[int32]*line{}}, err
}

// tick is how often a loop looks for calls that are due, in milliseconds.
const tick = 20

func (l *loop) run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer func() {
		for _, n := range l.lines {
			n.hangUp()
		}
		unix.Close(l.ep)
	}()
	events := make([]unix.EpollEvent, 512)
	buf, out := make([]byte, 128<<10), make([]byte, 0, 4096)
	last := time.Time{}
	for l.crowd.ctx.Err() == nil {
		if now := time.Now(); now.Sub(last) > tick*time.Millisecond || l.busy < l.most && len(l.calls) > 0 && !l.calls[0].at.After(now) {
			last = now
			l.dial(now)
		}
		n, err := unix.EpollWait(l.ep, events, tick)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			ln := l.lines[e.Fd]
			if ln == nil {
				continue
			}
			if err := l.serve(ln, e.Events, buf, out); err != nil {
				l.drop(ln, err)
			}
		}
	}
	return nil
}

// dial makes the calls that are due, and gives up those that take too long.
func (l *loop) dial(now time.Time) {
	slices.SortStableFunc(l.calls, func(a, b call) int { return a.at.Compare(b.at) })
	if l.crowd.mayCall() != nil {
		return
	}
	for len(l.calls) > 0 && (l.busy < l.most || l.crowd.rush.Load()) && !l.calls[0].at.After(now) {
		c := l.calls[0]
		l.calls = l.calls[1:]
		ln, err := l.connect(c, now)
		if err != nil {
			l.crowd.gone(l.crowd.devices[c.k], err)
			l.again(c, err)
			continue
		}
		l.busy++
		l.lines[int32(ln.fd)] = ln
	}
	if l.busy == 0 {
		return
	}
	for _, ln := range l.lines {
		if !ln.home && now.Sub(ln.began) > dialWithin {
			l.drop(ln, errors.New("no welcome in time"))
		}
	}
}

func (l *loop) again(c call, err error) {
	c.at = time.Now().Add(back(l.crowd.cfg.First+c.k, c.attempt, err))
	c.attempt++
	l.calls = append(l.calls, c)
}

func (l *loop) connect(c call, now time.Time) (*line, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	ln := &line{fd: fd, ep: l.ep, d: l.crowd.devices[c.k], k: c.k, began: now, tries: c.attempt}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.SetsockoptInt(fd, unix.SOL_TCP, unix.TCP_NODELAY, 1),
		unix.Bind(fd, &unix.SockaddrInet4{Addr: locals[c.k%len(locals)].As4()}),
	)
	if err == nil {
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: l.crowd.addr.Addr().As4(), Port: int(l.crowd.addr.Port())})
	}
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		unix.Close(fd)
		return nil, err
	}
	ln.d.begin(l.crowd.cfg.Framed)
	if err := unix.EpollCtl(l.ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLOUT, Fd: int32(fd)}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return ln, nil
}

// serve does what an event asks for.
func (l *loop) serve(ln *line, events uint32, buf, out []byte) error {
	if !ln.up {
		if no, err := unix.GetsockoptInt(ln.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || no != 0 {
			return errors.Join(err, unix.Errno(no))
		}
		return l.isUp(ln)
	}
	if events&unix.EPOLLOUT != 0 {
		if err := ln.send(nil); err != nil {
			return err
		}
	}
	if events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR) == 0 {
		return nil
	}
	n, err := unix.Read(ln.fd, buf)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return err
	case n == 0:
		return io.EOF
	}
	out, err = ln.d.feed(buf[:n], out[:0], &l.crowd.hear)
	if len(out) > 0 {
		err = errors.Join(err, ln.send(out))
	}
	l.isHome(ln)
	return err
}

func (l *loop) isUp(ln *line) error {
	ln.mu.Lock()
	ln.up = true
	ln.mu.Unlock()
	l.crowd.setEnd(ln.k, ln)
	if l.crowd.cfg.Framed {
		l.crowd.hear.welcomed(ln.d)
		ln.d.look(&l.crowd.hear)
		l.isHome(ln)
		return ln.send(nil)
	}
	return ln.send(upgrade(l.crowd.cfg.Addr))
}

func (l *loop) isHome(ln *line) {
	if !ln.home && ln.d.settled {
		ln.home, ln.tries = true, 0
		l.busy--
	}
}

func (l *loop) drop(ln *line, err error) {
	delete(l.lines, int32(ln.fd))
	if !ln.home {
		l.busy--
	}
	l.crowd.setEnd(ln.k, nil)
	ln.hangUp()
	l.crowd.gone(ln.d, err)
	l.again(call{k: ln.k, attempt: ln.tries}, err)
}

// send writes b behind what is left of before, as far as it goes.
func (n *line) send(b []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return net.ErrClosed
	}
	n.left = append(n.left, b...)
	for len(n.left) > 0 {
		k, err := unix.Write(n.fd, n.left)
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		n.left = n.left[max(k, 0):]
	}
	if len(n.left) == 0 {
		n.left = nil
	}
	return n.watch()
}

// watch tells the loop what the line waits for. The caller holds mu.
func (n *line) watch() error {
	e := unix.EpollEvent{Fd: int32(n.fd)}
	if !n.stalled {
		e.Events |= unix.EPOLLIN
	}
	if len(n.left) > 0 {
		e.Events |= unix.EPOLLOUT
	}
	return unix.EpollCtl(n.ep, unix.EPOLL_CTL_MOD, n.fd, &e)
}

func (n *line) stall(on bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return net.ErrClosed
	}
	n.stalled = on
	return n.watch()
}

func (n *line) hangUp() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		n.closed = true
		unix.Close(n.fd)
	}
}

// lateBind leaves the choice of a port to the time when the other end is known, so
// that ports run out for each destination and not for all.
func lateBind(_, _ string, raw syscall.RawConn) error {
	var err error
	ctl := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	})
	return errors.Join(ctl, err)
}

// sealed is one TLS connection.
type sealed struct {
	*tls.Conn
	mu    sync.Mutex    // guards still
	still chan struct{} // closed when the device reads again; nil while it does
}

func (s *sealed) send(b []byte) error { _, err := s.Write(b); return err }

func (s *sealed) stall(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case on && s.still == nil:
		s.still = make(chan struct{})
	case !on && s.still != nil:
		close(s.still)
		s.still = nil
	}
	return nil
}

// reads returns what to wait for before the next read; nil for nothing.
func (s *sealed) reads() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.still
}

// live is the life of a device over TLS, with a goroutine of its own.
func (c *crowd) live(k int) {
	d := c.devices[k]
	for attempt := 0; ; attempt++ {
		err := c.one(d, k)
		if d.settled {
			attempt = 0
		}
		c.gone(d, err)
		if held := c.mayCall(); held != nil {
			select {
			case <-held:
				continue
			case <-c.ctx.Done():
				return
			}
		}
		t := time.NewTimer(back(d.i, attempt, err))
		select {
		case <-t.C:
		case <-c.ctx.Done():
			t.Stop()
			return
		}
	}
}

// one is one connection of a device over TLS.
func (c *crowd) one(d *device, k int) error {
	d.begin(c.cfg.Framed)
	release := func() {}
	if c.slots != nil && !c.rush.Load() {
		select {
		case c.slots <- struct{}{}:
			release = sync.OnceFunc(func() { <-c.slots })
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
	defer release()
	local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(locals[k%len(locals)], 0))
	ctx, cancel := context.WithTimeout(c.ctx, dialWithin)
	defer cancel()
	plain, err := (&net.Dialer{LocalAddr: local, KeepAlive: -1, Control: lateBind}).DialContext(ctx, "tcp4", c.cfg.Addr)
	if err != nil {
		return err
	}
	defer plain.Close()
	s := &sealed{Conn: tls.Client(plain, c.tls)}
	if err := s.HandshakeContext(ctx); err != nil {
		return err
	}
	stop := context.AfterFunc(c.ctx, func() { plain.Close() })
	defer stop()
	plain.SetDeadline(time.Now().Add(dialWithin))
	c.setEnd(k, s)
	defer c.setEnd(k, nil)
	if c.cfg.Framed {
		c.hear.welcomed(d)
		d.look(&c.hear)
	} else if err := s.send(upgrade(c.cfg.Addr)); err != nil {
		return err
	}
	buf, home := make([]byte, 2048), false
	var out []byte
	for {
		if !home && d.settled {
			home = true
			plain.SetDeadline(time.Time{})
			release()
		}
		if still := s.reads(); still != nil {
			select {
			case <-still:
			case <-c.ctx.Done():
				return c.ctx.Err()
			}
		}
		n, err := s.Read(buf)
		if n > 0 {
			var wrong error
			if out, wrong = d.feed(buf[:n], out[:0], &c.hear); len(out) > 0 {
				wrong = errors.Join(wrong, s.send(out))
			}
			if wrong != nil {
				return wrong
			}
		}
		if err != nil {
			return err
		}
	}
}
