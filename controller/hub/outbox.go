package hub

import (
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

const (
	maxCommands = 16  // that wait for one screen
	maxHeard    = 500 // acknowledgements that wait; who does not read them says it again
)

// want is the desired state of one channel on one screen.
type want struct {
	id   playlist.ChannelID
	sent playlist.Revision // what the device has or was sent on this connection
	next *Prepared         // newer than sent, not yet written
}

// outbox is what a session has to send. Pushes are a state and not a queue: for
// each channel only the newest matters, so a slow device costs the same however
// long it is slow.
type outbox struct {
	replies  [][]byte // of the handshake, in order
	settings *Prepared
	sentSet  playlist.Revision // settings that the device has or was sent
	channels []want
	ping     bool
	taken    uint64 // ledger acknowledgement to send, when tell
	tell     bool
	heard    wire.Heard // acknowledgements to send
	commands [][]byte
	code     wire.CloseCode // non-zero: close with it
	reason   string
}

// parcel is one thing to write: raw bytes, a push, a ping or a close.
type parcel struct {
	raw  []byte
	push *Prepared
	ping bool
	code wire.CloseCode
	text string
}

// next takes the most urgent parcel. Settings come before alerts because they
// say whose signature on an alert is good.
func (o *outbox) next() (parcel, bool) {
	switch {
	case o.code != 0:
		p := parcel{code: o.code, text: o.reason}
		*o = outbox{channels: o.channels}
		return p, true
	case len(o.replies) > 0:
		p := parcel{raw: o.replies[0]}
		if o.replies = o.replies[1:]; len(o.replies) == 0 {
			o.replies = nil
		}
		return p, true
	case o.settings != nil:
		p := parcel{push: o.settings}
		o.sentSet, o.settings = p.push.revision, nil
		return p, true
	}
	if p := o.edition(true); p != nil {
		return parcel{push: p}, true
	}
	switch {
	case o.ping:
		o.ping = false
		return parcel{ping: true}, true
	case o.tell:
		o.tell = false
		if b, err := wire.Encode(wire.TypeTaken, wire.Taken{Seq: o.taken}); err == nil {
			return parcel{raw: b}, true
		}
	}
	if len(o.heard.Voices)+len(o.heard.Days) > 0 {
		h := o.heard
		o.heard = wire.Heard{}
		if b, err := wire.Encode(wire.TypeHeard, h); err == nil {
			return parcel{raw: b}, true
		}
	}
	if len(o.commands) > 0 {
		p := parcel{raw: o.commands[0]}
		if o.commands = o.commands[1:]; len(o.commands) == 0 {
			o.commands = nil
		}
		return p, true
	}
	if p := o.edition(false); p != nil {
		return parcel{push: p}, true
	}
	return parcel{}, false
}

// edition takes the next push of an alert channel or of another.
func (o *outbox) edition(alert bool) *Prepared {
	for i := range o.channels {
		if w := &o.channels[i]; w.next != nil && w.id.Alert == alert {
			p := w.next
			w.sent, w.next = p.revision, nil
			return p
		}
	}
	return nil
}

// put makes p the desired state of its channel, if it is newer.
func (o *outbox) put(p *Prepared) bool {
	for i := range o.channels {
		w := &o.channels[i]
		if w.id != p.channel {
			continue
		}
		if p.revision <= w.sent || w.next != nil && p.revision <= w.next.revision {
			return false
		}
		w.next = p
		return true
	}
	return false
}

// post changes the outbox and sees to it that a writer is running.
func (s *session) post(change func(o *outbox) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || !change(&s.out) {
		return false
	}
	if !s.writing {
		s.writing = true
		s.writer.Add(1)
		go s.write()
	}
	return true
}

// want tells the session of a new edition.
func (s *session) want(p *Prepared) bool {
	return s.post(func(o *outbox) bool { return o.put(p) })
}

func (s *session) wantSettings(p *Prepared) {
	s.post(func(o *outbox) bool {
		if p.revision <= o.sentSet || o.settings != nil && p.revision <= o.settings.revision {
			return false
		}
		o.settings = p
		return true
	})
}

func (s *session) reply(typ wire.Type, body any) error {
	b, err := wire.Encode(typ, body)
	if err != nil {
		return err
	}
	s.post(func(o *outbox) bool { o.replies = append(o.replies, b); return true })
	return nil
}

func (s *session) acknowledge(seq uint64) {
	s.post(func(o *outbox) bool { o.taken, o.tell = seq, true; return true })
}

func (s *session) heard(h wire.Heard) {
	s.post(func(o *outbox) bool {
		if len(o.heard.Voices)+len(o.heard.Days) >= maxHeard {
			return false
		}
		o.heard.Voices = append(o.heard.Voices, h.Voices...)
		o.heard.Days = append(o.heard.Days, h.Days...)
		return true
	})
}

func (s *session) command(b []byte) error {
	full := false
	ok := s.post(func(o *outbox) bool {
		if full = len(o.commands) >= maxCommands; full {
			return false
		}
		o.commands = append(o.commands, b)
		return true
	})
	switch {
	case full:
		return ErrQueueFull
	case !ok:
		return ErrNotConnected
	}
	return nil
}

// end closes the session with a code. What still waits is not sent: the device
// says what it has when it comes back.
func (s *session) end(code wire.CloseCode, reason string) {
	s.mu.Lock()
	if s.why == "" {
		s.why = reason
	}
	s.mu.Unlock()
	s.post(func(o *outbox) bool {
		if o.code == 0 {
			o.code, o.reason = code, reason
		}
		return true
	})
}

// write sends until there is nothing left to send.
func (s *session) write() {
	defer s.writer.Done()
	for {
		s.mu.Lock()
		p, ok := s.out.next()
		if !ok || s.ended {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.ended = p.code != 0
		s.mu.Unlock()
		if err := s.send(p); err != nil {
			s.cut("did not read in time")
		}
	}
}

// closeGrace is how long a device has to answer a close before it is cut.
const closeGrace = 3 * time.Second

func (s *session) send(p parcel) error {
	deadline := time.Now().Add(s.hub.opt.WriteTimeout)
	switch {
	case p.code != 0:
		if len(p.text) > 120 {
			p.text = p.text[:120]
		}
		err := s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(p.code), p.text), deadline)
		// The reader goes on until the device's close has come, so that the code
		// is not lost in a reset.
		s.line.last(time.Now().Add(closeGrace))
		return err
	case p.ping:
		return s.conn.WriteControl(websocket.PingMessage, nil, deadline)
	}
	s.conn.SetWriteDeadline(deadline)
	if p.push == nil {
		s.conn.EnableWriteCompression(false)
		return s.conn.WriteMessage(websocket.BinaryMessage, p.raw)
	}
	s.conn.EnableWriteCompression(p.push.size >= compressFrom)
	return s.conn.WritePreparedMessage(p.push.msg)
}
