package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Limits in bytes of what a device sends in one message, after decompression.
const (
	strangerLimit = 64 << 10
	knownLimit    = 4<<20 + 64<<10 // a screenshot
)

// session is one connection of a device. Its reader owns it: it is the one that
// ends it, whoever asked for the end.
type session struct {
	hub    *Hub
	conn   *websocket.Conn
	line   *pacedConn
	remote string
	since  time.Time
	slot   uint32
	key    deviceKey // guarded by Hub.mu; zero until proven
	before *session  // guarded by Hub.mu; of the same device, until this one takes its place

	flow sync.Mutex // one admission at a time: of the reader, Enrolled or a renewed code

	writer sync.WaitGroup

	mu      sync.Mutex // guards what follows
	screen  playlist.ScreenID
	lobby   *lobby // while a person has not confirmed the code
	out     outbox
	writing bool
	ended   bool // a close was sent or the reader is gone
	why     string
}

// lobby is what a session of an unknown device remembers.
type lobby struct {
	hello   wire.Hello
	expires time.Time
	busy    bool // a renewal is under way
}

func (s *session) screenID() playlist.ScreenID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen
}

// run is the life of a session; opened releases the place in the gate.
func (s *session) run(opened func()) {
	defer s.hub.wg.Done()
	err := s.handshake(opened)
	opened()
	for err == nil {
		err = s.turn()
	}
	s.finish(err)
}

// handshake challenges the device and admits it.
func (s *session) handshake(opened func()) error {
	s.conn.SetReadLimit(knownLimit)
	s.conn.SetReadDeadline(time.Now().Add(s.hub.opt.HelloTimeout))
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails
	err := s.reply(wire.TypeChallenge, wire.Challenge{Version: wire.Version, Nonce: nonce, Time: time.Now().UTC()})
	if err != nil {
		return err
	}
	var hello wire.Hello
	err = s.receive(func(m wire.Message) error {
		if m.Type != wire.TypeHello {
			return closing(wire.CloseBadMessage, "a %s came before the hello", m.Type)
		}
		return m.Into(&hello)
	})
	if err != nil {
		return err
	}
	if hello.Version < 1 || hello.Version > wire.Version {
		return closing(wire.CloseVersion, "protocol version %d is not spoken here, 1 to %d are", hello.Version, wire.Version)
	}
	if err := wire.CheckHello(nonce, hello); err != nil {
		return closing(wire.CloseBadHello, "%v", err)
	}
	s.hub.prove(s, deviceKey(hello.Key))
	s.line.live.Store(true)
	s.line.alive(time.Now())

	s.flow.Lock()
	defer s.flow.Unlock()
	_, err = s.admit(s.hub.ctx, hello, opened)
	return err
}

// admit puts the session where the backend says: in the lobby, or in its
// screen's place with all that is newer than what the device has. The caller
// holds flow.
func (s *session) admit(ctx context.Context, hello wire.Hello, answered func()) (playlist.ScreenID, error) {
	for {
		asked := time.Now()
		v, err := s.ask(ctx, hello)
		if err != nil {
			return "", err
		}
		if v.Screen == "" {
			answered()
			s.hub.succeed(s)
			return "", nil
		}
		channels := make([]want, 0, len(v.Channels))
		for _, ch := range v.Channels {
			channels = append(channels, want{id: ch, sent: hello.Have[ch]})
		}
		s.mu.Lock()
		s.out.channels = channels
		s.mu.Unlock()
		s.hub.index(s, v.Screen, v.Channels)
		// Who changed something about the screen between the backend's answer and
		// now has found nobody to tell.
		if !s.hub.missedSince(v.Screen, asked) {
			answered()
			return v.Screen, s.catchUp(ctx, hello, v)
		}
	}
}

// ask lets the backend judge a hello and answers with a welcome or a code. The
// caller holds flow.
func (s *session) ask(ctx context.Context, hello wire.Hello) (Verdict, error) {
	v, err := s.hub.backend.Hello(ctx, hello, s.remote)
	if errors.Is(err, ErrRemoved) {
		return v, closing(wire.CloseRemoved, "this screen was removed")
	}
	if err != nil {
		return v, fmt.Errorf("ask who the device is: %w", err)
	}
	if v.Screen == "" {
		hello.Key, hello.Signature = bytes.Clone(hello.Key), nil
		s.mu.Lock()
		s.lobby = &lobby{hello: hello, expires: v.Pairing.Expires}
		s.mu.Unlock()
		return v, s.reply(wire.TypePairing, v.Pairing)
	}
	s.mu.Lock()
	// From the welcome on the device is heard as this screen, even if it answers
	// before the session is in its place.
	s.screen, s.lobby = v.Screen, nil
	s.out.sentSet = hello.Settings
	s.mu.Unlock()
	v.Welcome.Screen, v.Welcome.Time = v.Screen, time.Now().UTC()
	// The welcome is in the outbox before the session can be announced to.
	if err := s.reply(wire.TypeWelcome, v.Welcome); err != nil {
		return v, err
	}
	return v, nil
}

// catchUp sends what is newer than what the device has.
func (s *session) catchUp(ctx context.Context, hello wire.Hello, v Verdict) error {
	if v.Welcome.Settings > hello.Settings {
		set, err := s.hub.backend.Settings(ctx, v.Screen)
		if err != nil {
			return fmt.Errorf("get the screen's settings: %w", err)
		}
		if err := s.deliver(set); err != nil {
			return err
		}
	}
	for _, alert := range []bool{true, false} {
		for _, ch := range v.Channels {
			if ch.Alert != alert {
				continue
			}
			// What was announced since the backend answered counts too.
			if err := s.bring(ctx, ch, hello.Have[ch], max(v.Welcome.Latest[ch], s.hub.newestOf(ch))); err != nil {
				return err
			}
		}
	}
	return nil
}

// bring sends the newest edition of a channel if the device has an older one.
func (s *session) bring(ctx context.Context, ch playlist.ChannelID, have, latest playlist.Revision) error {
	if latest <= have {
		return nil
	}
	p, err := s.hub.catchup.get(ctx, s.hub.backend, ch, have, latest)
	if err != nil {
		return fmt.Errorf("get the edition of %s since %s: %w", ch, have, err)
	}
	if p != nil {
		s.want(p)
	}
	return nil
}

func (s *session) deliver(set Settings) error {
	if set.Push == nil {
		return nil
	}
	p, err := Prepare(*set.Push)
	if err != nil {
		return err
	}
	s.wantSettings(p)
	return nil
}

// refresh sends the screen's settings anew and what its new channels have.
func (s *session) refresh(ctx context.Context) error {
	s.flow.Lock()
	defer s.flow.Unlock()
	screen := s.screenID()
	set, err := s.hub.backend.Settings(ctx, screen)
	if err != nil {
		return fmt.Errorf("get the screen's settings: %w", err)
	}
	s.mu.Lock()
	before := map[playlist.ChannelID]bool{}
	for _, w := range s.out.channels {
		before[w.id] = true
	}
	s.mu.Unlock()
	if err := s.deliver(set); err != nil {
		return err
	}
	s.hub.index(s, screen, set.Channels)
	for _, ch := range set.Channels {
		if !before[ch] {
			if err := s.bring(ctx, ch, 0, max(1, s.hub.newestOf(ch))); err != nil {
				return err
			}
		}
	}
	return nil
}

// setChannels makes screen and channels what the session is for, keeping what
// is known of those that stay, and returns those that left.
func (s *session) setChannels(screen playlist.ScreenID, channels []playlist.ChannelID) (left []playlist.ChannelID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.screen = screen
	was := s.out.channels
	now := make([]want, 0, len(channels))
	for _, ch := range channels {
		w := want{id: ch}
		for _, old := range was {
			if old.id == ch {
				w = old
			}
		}
		now = append(now, w)
	}
	s.out.channels = now
	for _, old := range was {
		if !contains(channels, old.id) {
			left = append(left, old.id)
		}
	}
	return left
}

func contains(list []playlist.ChannelID, ch playlist.ChannelID) bool {
	for _, c := range list {
		if c == ch {
			return true
		}
	}
	return false
}

// enrolled tells a device in the lobby its name and admits it.
func (s *session) enrolled(ctx context.Context, e wire.Enrolled) error {
	s.flow.Lock()
	defer s.flow.Unlock()
	s.mu.Lock()
	l := s.lobby
	s.mu.Unlock()
	if l == nil {
		return ErrNotConnected
	}
	if err := s.reply(wire.TypeEnrolled, e); err != nil {
		return err
	}
	hello := l.hello
	hello.Screen = e.Screen
	screen, err := s.admit(ctx, hello, func() {})
	if err != nil {
		s.fail(err)
		return err
	}
	if screen != e.Screen {
		return fmt.Errorf("a device was enrolled as %q, but its hello is answered as %q", e.Screen, screen)
	}
	return nil
}

// renew asks for a new code when the one on the screen has expired.
func (s *session) renew() {
	s.flow.Lock()
	defer s.flow.Unlock()
	s.mu.Lock()
	l := s.lobby
	s.mu.Unlock()
	if l == nil {
		return
	}
	if _, err := s.admit(s.hub.ctx, l.hello, func() {}); err != nil {
		s.fail(err)
	}
}

// beat is called once in every ping interval.
func (s *session) beat(now time.Time) {
	s.post(func(o *outbox) bool { o.ping = true; return true })
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lobby
	if l == nil || l.busy || l.expires.IsZero() || now.Before(l.expires) || s.ended {
		return
	}
	l.busy = true
	s.writer.Add(1) // finish waits for it as for the writer
	go func() {
		defer s.writer.Done()
		s.renew()
	}()
}

// buffers hold one message each while it is read and handled.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keepBuffer is the largest buffer that goes back to the pool, in bytes.
const keepBuffer = 64 << 10

// receive reads one message and hands it on; the message is gone afterwards.
func (s *session) receive(handle func(wire.Message) error) error {
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return &lost{err}
	}
	if kind != websocket.BinaryMessage {
		return closing(wire.CloseBadMessage, "a text message came, all are binary")
	}
	limit := int64(strangerLimit)
	if s.screenID() != "" {
		limit = knownLimit
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= keepBuffer {
			buffers.Put(buf)
		}
	}()
	// The websocket's own limit counts bytes before they are inflated.
	n, err := buf.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return &lost{err}
	}
	if n > limit {
		return closing(wire.CloseTooBig, "a message has more than %d bytes", limit)
	}
	m, err := wire.Decode(buf.Bytes())
	if err != nil {
		return err
	}
	return handle(m)
}

// turn handles one message of an admitted device.
func (s *session) turn() error {
	return s.receive(func(m wire.Message) error {
		s.mu.Lock()
		screen, ended := s.screen, s.ended
		s.mu.Unlock()
		if screen == "" || ended {
			return nil // a device in the lobby or on its way out has nothing to say that counts
		}
		return s.handle(screen, m)
	})
}

func (s *session) handle(screen playlist.ScreenID, m wire.Message) error {
	ctx, b := s.hub.ctx, s.hub.backend
	switch m.Type {
	case wire.TypeAdopted:
		return hand(m, func(v wire.Adopted) error { return b.Adopted(ctx, screen, v) })
	case wire.TypeRefused:
		return hand(m, func(v wire.Refused) error { return b.Refused(ctx, screen, v) })
	case wire.TypeReport:
		return hand(m, func(v wire.Report) error { return b.Report(ctx, screen, v) })
	case wire.TypeLedger:
		return hand(m, func(v wire.Ledger) error {
			taken, err := b.Ledger(ctx, screen, v.Rows)
			if err == nil {
				s.acknowledge(taken)
			}
			return err
		})
	case wire.TypeVoices:
		return hand(m, func(v wire.Voices) error {
			if len(v.Voices) > wire.MaxVoices {
				return closing(wire.CloseBadMessage, "%d voices came at once, at most %d are allowed", len(v.Voices), wire.MaxVoices)
			}
			heard, err := b.Voices(ctx, screen, v.Voices)
			if err == nil && len(heard) > 0 {
				s.heard(wire.Heard{Voices: heard})
			}
			return err
		})
	case wire.TypeUsage:
		return hand(m, func(u wire.Usage) error {
			err := b.Usage(ctx, screen, u)
			if err == nil {
				s.heard(wire.Heard{Days: []schedule.Date{u.Day}})
			}
			return err
		})
	case wire.TypeResult:
		return hand(m, func(v wire.Result) error {
			blobs, err := m.Blobs(v.Attached)
			if err != nil {
				return err
			}
			for i := range blobs { // the buffer is used again
				blobs[i] = bytes.Clone(blobs[i])
			}
			return b.Result(ctx, screen, v, blobs)
		})
	}
	return nil // of a later version
}

// hand parses a message and gives it to the backend.
func hand[T any](m wire.Message, to func(T) error) error {
	var v T
	if err := m.Into(&v); err != nil {
		return err
	}
	if err := to(v); err != nil {
		return fmt.Errorf("take a %s: %w", m.Type, err)
	}
	return nil
}
