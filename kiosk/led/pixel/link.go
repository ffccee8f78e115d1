package pixel

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// How long a controller is left alone after it could not be sent to, and how long
// nothing may go wrong until it counts as well again.
const (
	redialAfter = time.Second
	wellAfter   = 10 * time.Second
	// patience is how long a packet may wait for room in the system's buffers.
	patience = 20 * time.Millisecond
)

// link is the way to one controller, or to all groups of universes. Only the
// goroutine of the output uses it, but for failing.
type link struct {
	to    netip.AddrPort // invalid: every packet goes to the group of its universe
	local netip.Addr
	log   *slog.Logger

	conn  *net.UDPConn // nil while the system has no way there
	queue []*packet    // of the picture that is being sent
	held  []*packet    // of the queue: what makes the controller show the picture

	failing bool
	wrong   time.Time // the last error
	again   time.Time // nothing is tried before
}

func (l *link) name() string {
	if !l.to.IsValid() {
		return "multicast"
	}
	return l.to.String()
}

// ready reports whether packets can be sent, and opens the socket when it is
// time.
func (l *link) ready(ctx context.Context, now time.Time) bool {
	if now.Before(l.again) {
		return false
	}
	if l.conn == nil {
		if err := l.dial(ctx); err != nil {
			l.failed(now, err, true)
			return false
		}
	}
	if err := l.patient(); err != nil {
		l.failed(now, err, true)
		return false
	}
	return true
}

// patient gives what is written next its time.
func (l *link) patient() error { return l.conn.SetWriteDeadline(time.Now().Add(patience)) }

func (l *link) dial(ctx context.Context) error {
	from := net.UDPAddrFromAddrPort(netip.AddrPortFrom(l.local, 0))
	if !l.local.IsValid() {
		from = nil
	}
	if l.to.IsValid() {
		d := net.Dialer{}
		if from != nil {
			d.LocalAddr = from
		}
		c, err := d.DialContext(ctx, "udp", l.to.String())
		if err != nil {
			return err
		}
		l.conn = c.(*net.UDPConn)
		return nil
	}
	// The system sends to a group through the card that has the local address.
	c, err := net.ListenUDP("udp4", from)
	if err != nil {
		return err
	}
	l.conn = c
	return nil
}

// send lets one datagram go. to is the group for links without a peer. It
// reports whether the others of the picture may follow.
func (l *link) send(now time.Time, b []byte, to netip.AddrPort) bool {
	err := l.write(b, to)
	if errors.Is(err, syscall.ECONNREFUSED) {
		// That is the answer to an earlier datagram; this one did not leave.
		l.failed(now, err, false)
		err = l.write(b, to)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && l.patient() == nil {
		// The packets before may have used the time up without any waiting: only
		// one that waits for as long by itself is stuck.
		err = l.write(b, to)
	}
	switch {
	case err == nil || errors.Is(err, syscall.ECONNREFUSED):
		return true
	case errors.Is(err, os.ErrDeadlineExceeded):
		l.failed(now, err, true)
	default:
		_ = l.conn.Close() // the network may have changed: a new socket finds out
		l.conn = nil
		l.failed(now, err, true)
	}
	return false
}

func (l *link) write(b []byte, to netip.AddrPort) error {
	if l.to.IsValid() {
		_, err := l.conn.Write(b)
		return err
	}
	_, err := l.conn.WriteToUDPAddrPort(b, to)
	return err
}

// failed notes an error and says so once. pause leaves the controller alone for a
// while, because trying again costs time.
func (l *link) failed(now time.Time, err error, pause bool) {
	l.wrong = now
	if pause {
		l.again = now.Add(redialAfter)
	}
	if l.failing {
		return
	}
	l.failing = true
	l.log.Warn("A pixel controller cannot be sent to; it is tried again and again.", "controller", l.name(), "error", err)
}

// judge notes that a controller has been well for a while.
func (l *link) judge(now time.Time) {
	if l.failing && l.conn != nil && now.Sub(l.wrong) >= wellAfter {
		l.failing = false
		l.log.Info("A pixel controller can be sent to again.", "controller", l.name())
	}
}

func (l *link) close() {
	if l.conn != nil {
		_ = l.conn.Close() // nothing waits to be written
		l.conn = nil
	}
}
