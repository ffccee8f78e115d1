package hub

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist/wire"
)

// farewell is an error that says with which code a session ends.
type farewell struct {
	code wire.CloseCode
	text string
}

func (f *farewell) Error() string { return f.text }

func closing(code wire.CloseCode, format string, args ...any) error {
	return &farewell{code, fmt.Sprintf(format, args...)}
}

// lost is an error of the connection itself.
type lost struct{ err error }

func (l *lost) Error() string { return "the connection was lost: " + l.err.Error() }
func (l *lost) Unwrap() error { return l.err }

// farewellFor is the one place that turns an error into a close code; nil when
// there is nobody to tell.
func farewellFor(err error) *farewell {
	if f, ok := errors.AsType[*farewell](err); ok {
		return f
	}
	if r, ok := errors.AsType[*wire.Refusal](err); ok {
		code := wire.CloseBadMessage
		if r.Reason == wire.ReasonOversized {
			code = wire.CloseTooBig
		}
		return &farewell{code, r.Detail}
	}
	if l, ok := errors.AsType[*lost](err); ok {
		if ne, ok := errors.AsType[net.Error](l.err); ok && ne.Timeout() {
			return &farewell{wire.CloseSilent, "nothing came in time"}
		}
		if errors.Is(l.err, websocket.ErrReadLimit) {
			return &farewell{wire.CloseTooBig, "a message is too big"}
		}
		return nil
	}
	return &farewell{wire.CloseBusy, "the controller cannot answer now"}
}

// fail ends a session for an error that another goroutine than its reader met.
func (s *session) fail(err error) {
	f := farewellFor(err)
	if f == nil {
		f = &farewell{wire.CloseBusy, "the controller cannot answer now"}
	}
	s.hub.log.Warn("device session failed", "screen", s.screenID(), "remote", s.remote, "error", err)
	s.end(f.code, f.text)
}

// cut ends a session at once, for a device that does not take anything.
func (s *session) cut(why string) {
	s.mu.Lock()
	if s.why == "" {
		s.why = why
	}
	s.mu.Unlock()
	s.line.drop()
}

// drainLimit is how many bytes are read and thrown away after a close was sent.
const drainLimit = 32 << 20

// finish ends the session for the error that ended its reader, and tells the
// backend.
func (s *session) finish(err error) {
	at, current := s.hub.remove(s)
	f := farewellFor(err)
	s.hub.judged(s, f, err)
	s.meter()
	if f != nil {
		s.end(f.code, f.text)
	}
	s.mu.Lock()
	if s.why == "" {
		s.why = err.Error()
	}
	why, screen := s.why, s.screen
	s.mu.Unlock()
	if current {
		// At once: a farewell takes seconds where nobody is left to hear it, and
		// the device may be back before it is over.
		s.hub.backend.Gone(screen, at, why)
	}
	if f != nil {
		s.writer.Wait() // until the close is written or the write has timed out
		// What still comes is taken, or the reset that answers unread bytes could
		// overtake the close.
		s.line.spent = -drainLimit
		s.line.last(time.Now().Add(s.hub.opt.grace))
		io.CopyN(io.Discard, s.conn.NetConn(), drainLimit) // whatever ends it
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.hub.lookout.forget(s)
	s.conn.Close()
	s.writer.Wait()
	s.meter() // what was written on the way out
	if f != nil && screen != "" {
		s.hub.log.Warn("device session ended by an error", "screen", screen, "remote", s.remote, "error", err)
	}
}
