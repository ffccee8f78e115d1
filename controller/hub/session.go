package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
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

	measure measure // what it has taken
	inline  Bucket  // what went at once lately, see fitting; the writer's

	writer sync.WaitGroup
	queued [tasks]bool // each guarded by its crew's mu: it waits for the crew

	place  int32        // in the lookout's list
	reader atomic.Int32 // what the reader is at, see heed

	mu       sync.Mutex // guards what follows
	screen   playlist.ScreenID
	lobby    *lobby // while a person has not confirmed the code
	out      outbox
	writing  bool
	ended    bool // a close was sent or the reader is gone
	replaced bool // it was sent as the same device connected again
	why      string
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

// run begins the life of a session; opened releases the place in the gate. The
// session has one reader at any time, but not one goroutine: see rest.
func (s *session) run(opened func()) {
	err := s.handshake(opened)
	opened()
	if err == nil && s.hub.lookout.watch(s) {
		return
	}
	s.rest(err)
}

// What a reader is at. It begins with being busy.
const (
	busy  int32 = iota // it reads
	again              // it reads, and something came meanwhile
	idle               // nothing is there to read
)

// heed takes note of something to be read, or of an end. Who gets true has the session
// read, and nobody else has.
func (s *session) heed() bool {
	for {
		switch at := s.reader.Load(); at {
		case again:
			return false
		case idle:
			if s.reader.CompareAndSwap(idle, busy) {
				return true
			}
		default:
			if s.reader.CompareAndSwap(busy, again) {
				return false
			}
		}
	}
}

// wake has a session on the lookout read, whatever there is.
func (s *session) wake() {
	if s.heed() {
		s.hub.ears.add(s)
	}
}

// turnsAtOnce is how many messages of a device are handled before others have their
// turn.
const turnsAtOnce = 32

// listen handles all that has come, for a session on the lookout.
func (s *session) listen() {
	s.line.crewed = true
	for n := 0; ; {
		s.line.dry = false
		before := n
		for s.line.fetch() {
			if n++; n > turnsAtOnce {
				s.hub.ears.add(s)
				return
			}
			if err := s.turn(); err != nil {
				s.leave(err)
				return
			}
		}
		if n == before && s.line.late(time.Now()) {
			s.leave(&lost{os.ErrDeadlineExceeded})
			return
		}
		if s.reader.CompareAndSwap(busy, idle) {
			return
		}
		s.reader.Store(busy)
	}
}

// leave ends a session that one of the crew has read: saying farewell takes time.
func (s *session) leave(err error) {
	s.line.crewed = false
	go s.rest(err)
}

// apart does what may wait, for a reader.
func (s *session) apart(f func() error) error {
	if s.line.crewed {
		s.hub.ears.waits()
		defer s.hub.ears.goesOn()
	}
	return f()
}

// do handles what has come, a message at least, for a session that is not on the
// lookout.
func (s *session) do() {
	err := s.turn()
	for err == nil && s.line.has() {
		err = s.turn()
	}
	s.rest(err)
}

// rest ends what a session's goroutine does, with the session if err is not nil.
func (s *session) rest(err error) {
	switch {
	case err != nil:
		defer s.hub.wg.Done()
		s.finish(err)
	case s.line.has():
		s.hub.hands.give(s)
	default:
		// Handling a message grows a stack to many times of what waiting takes,
		// and a stack that was grown stays so for long.
		go s.wait()
	}
}

// wait waits for the device to say something.
func (s *session) wait() {
	if err := s.line.wait(); err != nil {
		go s.rest(&lost{err})
		return
	}
	s.hub.hands.give(s)
}

// handshake challenges the device and admits it.
func (s *session) handshake(opened func()) error {
	s.conn.SetReadLimit(knownLimit)
	s.conn.SetPingHandler(s.asked)
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
	if err := s.hub.refuse(whose(hello), false); err != nil {
		return err
	}
	if err := wire.CheckHello(nonce, hello); err != nil {
		return closing(wire.CloseBadHello, "%v", err)
	}
	if err := s.hub.refuse(whose(hello), true); err != nil {
		return err
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
			channels = append(channels, want{id: ch, sent: hello.Have[ch], has: hello.Have[ch], made: v.Welcome.Latest[ch]})
		}
		s.mu.Lock()
		s.out.channels, s.out.patches, s.out.pulls = channels, hello.Patches, hello.Patches && hello.Pulls
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
	s.out.sentSet, s.out.hasSet, s.out.madeSet = hello.Settings, hello.Settings, v.Welcome.Settings
	s.out.silent = hello.Settings == 0 && len(hello.Have) == 0
	s.mu.Unlock()
	s.hub.records.known(whose(hello), v.Screen)
	v.Welcome.Screen, v.Welcome.Time = v.Screen, time.Now().UTC()
	// The welcome is in the outbox before the session can be announced to.
	if err := s.reply(wire.TypeWelcome, v.Welcome); err != nil {
		return v, err
	}
	if v.Offer == nil {
		return v, nil
	}
	b, err := wire.Encode(wire.TypeOffer, *v.Offer)
	if err == nil {
		s.propose(b)
	}
	return v, err
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

// asked answers a ping of the device. Like everything that is written it waits
// in the outbox: the reader waits for no device.
func (s *session) asked(said string) error {
	s.line.asked.Store(time.Now().UnixNano())
	s.post(func(o *outbox) bool { o.pong, o.asked = true, said; return true })
	return nil
}

// beat is called once in every ping interval. Devices that ping are alive
// without being asked.
func (s *session) beat(now time.Time) {
	if now.Sub(time.Unix(0, s.line.asked.Load())) > s.hub.opt.PongWait/2 {
		s.post(func(o *outbox) bool { o.ping = true; return true })
	}
	s.meter()
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
