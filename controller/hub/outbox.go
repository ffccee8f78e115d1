package hub

import (
	"errors"
	"net"
	"slices"
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
	has  playlist.Revision // what it said last that it has and was believed
	made playlist.Revision // the newest that was known to exist when the device came; 0: none
	next *Prepared         // newer than sent, not yet written
	// urgent says that next takes something down, or that what it took the place
	// of did: it goes before what waits of other channels.
	urgent bool
	// patched says that what was sent last may have been a patch, plain that the
	// device gets none any more: it could not use one.
	patched, plain bool
	// pulled says that the device has to fetch what was sent last, whole that it
	// could not, and nothing is left to be fetched any more.
	pulled, whole bool
}

// rank is how soon an edition goes: alerts, take-downs, others.
func (w *want) rank() int {
	switch {
	case w.id.Alert:
		return 0
	case w.urgent:
		return 1
	}
	return 2
}

// outbox is what a session has to send. Pushes are a state and not a queue: for
// each channel only the newest matters, so a slow device costs the same however
// long it is slow.
type outbox struct {
	replies  [][]byte // of the handshake, in order
	settings *Prepared
	sentSet  playlist.Revision // settings that the device has or was sent
	hasSet   playlist.Revision // settings that it said last and was believed
	madeSet  playlist.Revision // settings that were known to exist
	silent   bool              // its hello said that it has nothing, and nothing was said since
	channels []want
	patches  bool // the device can take patches
	pulls    bool // and fetch what is large
	ping     bool
	pong     bool   // the device asked for a sign of life
	asked    string // what its ping said
	taken    uint64 // ledger acknowledgement to send, when tell
	tell     bool
	heard    wire.Heard // acknowledgements to send
	commands [][]byte
	offer    []byte         // the newest, not yet written
	code     wire.CloseCode // non-zero: close with it
	reason   string
}

// parcel is one thing to write: raw bytes, a push, a ping, its answer or a close.
type parcel struct {
	raw  []byte
	push *Prepared
	from playlist.Revision // what the device has and a patch may begin with; 0: none
	pull bool              // it may be told where the rest lies
	ping bool
	pong bool // that repeats text
	code wire.CloseCode
	text string
}

// next takes the most urgent parcel. Settings come before alerts because they
// say whose signature on an alert is good.
func (o *outbox) next() (parcel, bool) {
	switch {
	case o.code != 0:
		p := parcel{code: o.code, text: o.reason}
		*o = outbox{channels: o.channels, sentSet: o.sentSet, hasSet: o.hasSet, madeSet: o.madeSet} // what it says on its way out is judged as before
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
	for rank := range 2 {
		if p, ok := o.edition(rank); ok {
			return p, true
		}
	}
	switch {
	case o.pong:
		o.pong = false
		return parcel{pong: true, text: o.asked}, true
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
	if p, ok := o.edition(2); ok {
		return p, true
	}
	if p := (parcel{raw: o.offer}); p.raw != nil {
		o.offer = nil
		return p, true
	}
	return parcel{}, false
}

// edition takes the next push of a rank. It is only now that a patch can be thought
// of: what was sent before this is what the device makes it of.
func (o *outbox) edition(rank int) (parcel, bool) {
	for i := range o.channels {
		if w := &o.channels[i]; w.next != nil && w.rank() == rank {
			p := parcel{push: w.next}
			if o.patches && !w.plain {
				p.from = w.sent
				if w.pulled && w.has < w.sent && w.rank() < 2 {
					p.from = w.has // it may take minutes until the device has the other
				}
			}
			p.pull = o.pulls && !w.whole
			w.sent, w.next, w.urgent, w.patched, w.pulled = p.push.revision, nil, false, p.from > 0, false
			return p, true
		}
	}
	return parcel{}, false
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
		w.next, w.urgent = p, w.urgent || p.urgent
		w.made = max(w.made, p.revision)
		return true
	}
	return false
}

// post changes the outbox and sees to it that it is written.
func (s *session) post(change func(o *outbox) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || !change(&s.out) {
		return false
	}
	if !s.writing {
		s.writing = true
		s.writer.Add(1)
		s.hub.crew.add(s)
	}
	return true
}

// urge makes what waits of a channel urgent, because it holds an edition that is.
func (s *session) urge(p *Prepared) {
	s.mu.Lock()
	w := s.out.channel(p.channel)
	holds := w != nil && w.next != nil && w.sent < p.revision
	if holds {
		w.urgent = true
	}
	s.mu.Unlock()
	if holds {
		s.hub.crew.hasten(s)
	}
}

// want tells the session of a new edition.
func (s *session) want(p *Prepared) bool {
	ok := s.post(func(o *outbox) bool { return o.put(p) })
	if ok && (p.urgent || p.channel.Alert) {
		s.hub.crew.hasten(s)
	}
	return ok
}

func (s *session) wantSettings(p *Prepared) {
	s.post(func(o *outbox) bool {
		if p.revision <= o.sentSet || o.settings != nil && p.revision <= o.settings.revision {
			return false
		}
		o.settings, o.madeSet = p, p.revision
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

// propose makes an offer the one that the device should hear of: of several that
// wait only the newest counts.
func (s *session) propose(b []byte) bool {
	return s.post(func(o *outbox) bool { o.offer = b; return true })
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
	for {
		s.mu.Lock()
		p, ok := s.out.next()
		if !ok || s.ended {
			s.writing = false
			s.mu.Unlock()
			s.writer.Done()
			return
		}
		s.ended, s.replaced = p.code != 0, p.code == wire.CloseReplaced
		s.mu.Unlock()
		if err := s.send(p); err != nil {
			if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
				s.hub.deed(s, Stalled)
			}
			s.cut("did not read in time")
		}
		if s.givesWay() {
			s.hub.crew.add(s) // the rest comes after what is urgent
			return
		}
	}
}

// givesWay reports whether what is left to send should wait for what is urgent of
// others: not behind them all, if there is something urgent among it.
func (s *session) givesWay() bool {
	if !s.hub.crew.pressed() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(s.out.channels, func(w want) bool { return w.next != nil && w.rank() < 2 })
}

// closeGrace is how long a device has to answer a close before it is cut.
const closeGrace = 3 * time.Second

func (s *session) send(p parcel) error {
	control := func(kind int, said []byte) error {
		return s.conn.WriteControl(kind, said, time.Now().Add(s.hub.opt.WriteTimeout))
	}
	switch {
	case p.code != 0:
		if len(p.text) > 120 {
			p.text = p.text[:120]
		}
		err := control(websocket.CloseMessage, websocket.FormatCloseMessage(int(p.code), p.text))
		// The reader goes on until the device's close has come, so that the code
		// is not lost in a reset.
		s.line.last(time.Now().Add(s.hub.opt.grace))
		return err
	case p.ping:
		return control(websocket.PingMessage, nil)
	case p.pong:
		return control(websocket.PongMessage, []byte(p.text))
	}
	if p.push == nil {
		s.conn.EnableWriteCompression(false)
		return s.conn.WriteMessage(websocket.BinaryMessage, p.raw)
	}
	push := s.fitting(p.push.since(s.hub.ctx, p.from), p.pull)
	// The frame is the same for all: the websocket has nothing to add to it. Nobody
	// else writes messages meanwhile, and what the reader may have to say of itself,
	// which is the answer to a close, stands before or behind.
	frame, err := push.frames.of(s.line.deflates && push.size >= compressFrom)
	if err != nil {
		return err
	}
	_, err = s.line.Write(frame)
	return err
}
