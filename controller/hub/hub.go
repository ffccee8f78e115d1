// Package hub keeps the live sessions of devices over websockets, and serves
// blobs by Ref.
//
// What it promises: an edition that is announced goes to every connected screen
// that shows its channel, encoded and compressed once; a screen that comes back
// gets all that is newer than what it has; no device delays another; what waits
// for a device is bounded, because for each channel only the latest matters; an
// alert channel overtakes everything; a device that does not read is cut and
// comes back. What it leaves to others: who a device is and what it may have,
// which a Backend says, and whether an edition is durable before it is announced.
//
// One goroutine waits for all connections, by epoll; where there is none, one for
// each does. As many as there are cores read and handle what has
// come, and as many write what there is to send; they serve all
// sessions in turn, so that an idle device costs a read buffer
// of 512 bytes and its entry in the indexes.
package hub

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Errors of Hub, for errors.Is.
var (
	// ErrNotConnected: no session of that screen or device is open.
	ErrNotConnected = errors.New("the screen is not connected")
	// ErrQueueFull: the screen has not taken its earlier commands yet.
	ErrQueueFull = errors.New("too many commands are waiting for the screen")
	// ErrClosed: the hub is closed.
	ErrClosed = errors.New("the hub is closed")
)

// Options are the limits of a Hub. Zero values take the defaults.
type Options struct {
	Handshakes   int           // at once; more are refused with 503 (256)
	Share        int           // of them from one address (three quarters)
	HelloTimeout time.Duration // from upgrade to hello (10 s)
	WriteTimeout time.Duration // for each 32 KB to one device, then it is cut (10 s)
	PingEvery    time.Duration // of devices that do not ping by themselves (15 s)
	PongWait     time.Duration // longest silence of a device (24 s)
	SendBuffer   int           // bytes of kernel send buffer for each device (256 KB)
	MaxScreens   int           // sessions, lobby included (20,000)
	Fair         Fair          // what one device may take
	// Told hears what a known screen's device did and should not, Metered how many
	// bytes came from it and went to it since it was told last; nil tells nobody.
	Told    func(screen playlist.ScreenID, d Deed, at time.Time)
	Metered func(screen playlist.ScreenID, received, sent int64)
	Log     *slog.Logger // slog.Default()

	noLookout bool          // each session waits by itself, as where there is none
	grace     time.Duration // that a device has to answer a close (closeGrace)
}

func (o Options) withDefaults() Options {
	set(&o.Handshakes, 256)
	set(&o.Share, max(1, o.Handshakes*3/4))
	set(&o.HelloTimeout, 10*time.Second)
	set(&o.WriteTimeout, 10*time.Second)
	set(&o.PingEvery, 15*time.Second)
	set(&o.PongWait, 24*time.Second)
	set(&o.SendBuffer, 256<<10)
	set(&o.MaxScreens, 20_000)
	set(&o.grace, closeGrace)
	o.Fair = o.Fair.withDefaults()
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

func set[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

type deviceKey [32]byte

// Hub is the live sessions of one controller. Its methods may be called from
// any goroutine.
type Hub struct {
	backend  Backend
	opt      Options
	log      *slog.Logger
	upgrader websocket.Upgrader
	gate     *gate
	hands    *hands
	crew     *crew         // writes
	ears     *crew         // reads what the lookout has seen
	lookout  *lookout      // nil where the system has none
	slot     atomic.Uint32 // spreads pings over the interval

	// ctx ends with the hub; backend calls get it.
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // sessions and the ticker

	catchup catchup
	parcels parcels

	received, sent atomic.Int64 // bytes, of all sessions

	began               time.Time
	fair                costs
	records             *records
	turnedAway, refused atomic.Uint64 // see Strain

	// mu guards what follows. It is taken before session.mu, never after.
	mu        sync.RWMutex
	closed    bool
	sessions  map[*session]struct{}
	byKey     map[deviceKey]*session // proven devices: known and in the lobby
	byScreen  map[playlist.ScreenID]*session
	byChannel map[playlist.ChannelID]map[*session]struct{}
	newest    map[playlist.ChannelID]playlist.Revision // as announced
	missed    map[playlist.ScreenID]time.Time          // changes that found nobody to tell
}

// New returns a running hub; Close ends it.
func New(b Backend, opt Options) *Hub {
	opt = opt.withDefaults()
	h := &Hub{
		backend: b, opt: opt, log: opt.Log,
		gate:      newGate(opt.Handshakes, opt.Share),
		began:     time.Now(),
		fair:      opt.Fair.costs(),
		records:   newRecords(opt.Fair),
		sessions:  map[*session]struct{}{},
		byKey:     map[deviceKey]*session{},
		byScreen:  map[playlist.ScreenID]*session{},
		byChannel: map[playlist.ChannelID]map[*session]struct{}{},
		newest:    map[playlist.ChannelID]playlist.Revision{},
		missed:    map[playlist.ScreenID]time.Time{},
	}
	h.hands = &hands{}
	h.crew = newCrew(h.hands, toWrite, (*session).write)
	h.ears = newCrew(h.hands, toRead, (*session).listen)
	if !opt.noLookout {
		h.lookout = newLookout(h)
	}
	h.upgrader = websocket.Upgrader{
		WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{}, // the read buffer is hijacker's
		EnableCompression: true,
		CheckOrigin:       noOrigin,
		Error:             refuseUpgrade,
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.wg.Add(1)
	go h.tick()
	return h
}

// Announce gives a new edition to every session that shows its channel and has
// no newer one, and returns to how many. It never waits for a device.
func (h *Hub) Announce(p *Prepared) int {
	h.mu.Lock()
	if p.revision <= h.newest[p.channel] {
		h.mu.Unlock()
		h.overtaken(p)
		return 0
	}
	h.newest[p.channel] = p.revision
	h.mu.Unlock()
	h.catchup.announced(p)

	// The sessions are told under the read lock: telling one only marks what it
	// should have, and starts its writer.
	h.mu.RLock()
	defer h.mu.RUnlock()
	n := 0
	for s := range h.byChannel[p.channel] {
		if s.want(p) {
			n++
		}
	}
	return n
}

// overtaken sees to it that an urgent edition which a later one was announced
// before loses nothing by it: the later one holds what is urgent, too.
func (h *Hub) overtaken(p *Prepared) {
	if !p.urgent {
		return
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.byChannel[p.channel] {
		s.urge(p)
	}
}

// SendSettings asks the backend for the screen's settings and sends them;
// channels that are new to the screen follow. ErrNotConnected when it is not
// here.
func (h *Hub) SendSettings(ctx context.Context, screen playlist.ScreenID) error {
	s := h.sessionOrMiss(screen)
	if s == nil {
		return ErrNotConnected
	}
	err := s.refresh(ctx)
	if err != nil {
		s.fail(err) // it comes back, and gets them then
	}
	return err
}

// Enrolled tells a device in the lobby who it is and welcomes it: the backend's
// Hello is asked again and must know the device now. ErrNotConnected when no
// device with that key is in the lobby; it is then welcomed when it comes.
func (h *Hub) Enrolled(ctx context.Context, key []byte, e wire.Enrolled) error {
	var k deviceKey
	copy(k[:], key)
	h.mu.RLock()
	s := h.byKey[k]
	h.mu.RUnlock()
	if s == nil || len(key) != len(k) {
		return ErrNotConnected
	}
	return s.enrolled(ctx, e)
}

// Command sends a command to a screen. ErrNotConnected or ErrQueueFull.
func (h *Hub) Command(screen playlist.ScreenID, c wire.Command) error {
	s := h.session(screen)
	if s == nil {
		return ErrNotConnected
	}
	b, err := wire.Encode(wire.TypeCommand, c)
	if err != nil {
		return err
	}
	return s.command(b)
}

// Offer tells a screen which program it should run, after all content that waits
// for it; of several offers that wait the newest counts. ErrNotConnected.
func (h *Hub) Offer(screen playlist.ScreenID, o wire.Offer) error {
	s := h.sessionOrMiss(screen)
	if s == nil {
		return ErrNotConnected
	}
	b, err := wire.Encode(wire.TypeOffer, o)
	if err != nil {
		return err
	}
	if !s.propose(b) {
		return ErrNotConnected
	}
	return nil
}

// Kick closes the session of a screen with a close code and a reason of at most
// 120 bytes, and reports whether there was one.
func (h *Hub) Kick(screen playlist.ScreenID, code wire.CloseCode, reason string) bool {
	s := h.sessionOrMiss(screen)
	if s == nil {
		return false
	}
	s.end(code, reason)
	return true
}

// Live is a connected screen.
type Live struct {
	Screen playlist.ScreenID
	Remote string // address and port
	Since  time.Time
}

// Connected yields the screens that are connected now, in no order. Devices in
// the lobby are not among them.
func (h *Hub) Connected() iter.Seq[Live] {
	h.mu.RLock()
	all := slices.Collect(maps.Values(h.byScreen))
	h.mu.RUnlock()
	return func(yield func(Live) bool) {
		for _, s := range all {
			if !yield(Live{Screen: s.screenID(), Remote: s.remote, Since: s.since}) {
				return
			}
		}
	}
}

// Traffic is how many sessions are open, those in the lobby included, and how many
// bytes came and went over all sessions so far.
func (h *Hub) Traffic() (sessions int, received, sent int64) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.sessions), h.received.Load(), h.sent.Load()
}

// IsConnected reports whether a session of the screen is open.
func (h *Hub) IsConnected(screen playlist.ScreenID) bool { return h.session(screen) != nil }

func (h *Hub) session(screen playlist.ScreenID) *session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byScreen[screen]
}

// sessionOrMiss notes a miss in the same breath as it finds nobody.
func (h *Hub) sessionOrMiss(screen playlist.ScreenID) *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.byScreen[screen]
	if s == nil {
		h.missed[screen] = time.Now()
	}
	return s
}

// Close tells all devices to come back later, waits for the sessions to end and
// cuts those that are left when ctx ends. It returns ctx's error if it had to.
func (h *Hub) Close(ctx context.Context) error {
	defer h.hands.close()
	defer h.lookout.close()
	h.mu.Lock()
	h.closed = true
	all := slices.Collect(maps.Keys(h.sessions))
	h.mu.Unlock()
	for _, s := range all {
		s.end(wire.CloseGoingAway, "the controller stops")
	}
	done := make(chan struct{})
	go func() { // ends with the sessions, which end below at the latest
		h.wg.Wait()
		close(done)
	}()
	h.cancel()
	silence := time.NewTicker(max(h.opt.PongWait/24, time.Millisecond)) // for tick, which has ended
	defer silence.Stop()
	for ctx.Err() == nil {
		select {
		case <-done:
			return nil
		case now := <-silence.C:
			h.wakeLate(now)
		case <-ctx.Done():
		}
	}
	for _, s := range all {
		s.cut("the controller stops")
	}
	<-done
	return ctx.Err()
}

// pingSlots is how many groups of sessions are pinged one after the other
// during one interval, so that ten thousand pings are not sent at once.
const pingSlots = 15

// tick pings, renews pairing codes that have expired, and notices silence.
func (h *Hub) tick() {
	defer h.wg.Done()
	ticker := time.NewTicker(max(h.opt.PingEvery/pingSlots, time.Millisecond))
	defer ticker.Stop()
	silence := time.NewTicker(max(h.opt.PongWait/24, time.Millisecond))
	defer silence.Stop()
	stuck := time.NewTicker(stuckAfter)
	defer stuck.Stop()
	for slot := uint32(0); ; {
		select {
		case <-h.ctx.Done():
			return
		case <-stuck.C:
			h.crew.look()
			h.ears.look()
		case now := <-silence.C:
			h.wakeLate(now)
		case now := <-ticker.C:
			slot = (slot + 1) % pingSlots
			h.mu.RLock()
			for s := range h.sessions {
				if s.slot == slot {
					s.beat(now)
				}
			}
			h.mu.RUnlock()
			h.catchup.forget(now)
			h.parcels.forget(now)
			h.forgetMisses(now)
			h.records.forget(int64(now.Sub(h.began)))
		}
	}
}

// wakeLate ends the sessions whose devices were not heard in time.
func (h *Hub) wakeLate(now time.Time) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.sessions {
		if s.line.late(now) {
			s.wake()
		}
	}
}

func (h *Hub) forgetMisses(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.missed, func(_ playlist.ScreenID, t time.Time) bool { return now.Sub(t) > missedFor })
}

// hasRoom reports whether another device may connect. Those that are being
// upgraded are not counted yet; the gate bounds them.
func (h *Hub) hasRoom() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return !h.closed && len(h.sessions) < h.opt.MaxScreens
}

// add takes a new connection into account; false when the hub is closed.
func (h *Hub) add(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	s.slot = h.slot.Add(1) % pingSlots
	h.sessions[s] = struct{}{}
	h.wg.Add(1)
	return true
}

// prove indexes a session under its proven key. An older one of the same device
// stays until this one takes its place: the backend may not answer.
func (h *Hub) prove(s *session, key deviceKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.key, s.before = key, h.byKey[key]
	h.byKey[key] = s
}

// succeed ends the older session of the same device.
func (h *Hub) succeed(s *session) {
	h.mu.Lock()
	old := s.before
	s.before = nil
	h.mu.Unlock()
	if old != nil {
		old.end(wire.CloseReplaced, "the same device connected again")
	}
}

// index makes a session the one of its screen, for these channels. A session
// that has ended meanwhile is not, and the backend, which has just heard its
// hello, is told so; nor is one whose device has connected again and has its place
// already.
func (h *Hub) index(s *session, screen playlist.ScreenID, channels []playlist.ChannelID) {
	h.mu.Lock()
	old := h.byScreen[screen]
	_, here := h.sessions[s]
	if old != nil && old != s && old.key == s.key && h.byKey[s.key] == old {
		here = false
	}
	if here {
		h.byScreen[screen] = s
		for _, ch := range s.setChannels(screen, channels) {
			h.drop(ch, s)
		}
		for _, ch := range channels {
			if h.byChannel[ch] == nil {
				h.byChannel[ch] = map[*session]struct{}{}
			}
			h.byChannel[ch][s] = struct{}{}
		}
	}
	h.mu.Unlock()
	if !here {
		if old == nil {
			h.backend.Gone(screen, time.Now(), "the connection ended before the welcome")
		}
		return
	}
	h.succeed(s)
	if old != nil && old != s {
		old.end(wire.CloseReplaced, "this screen connected again")
	}
}

// missedSince reports whether something about a screen changed at or after t
// and found nobody to tell.
func (h *Hub) missedSince(screen playlist.ScreenID, t time.Time) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return !h.missed[screen].Before(t)
}

// missedFor is how long a miss is remembered: longer than an admission takes.
const missedFor = time.Minute

// remove forgets a session. It reports whether it was the one of its screen, and
// since when the screen is gone if it was: a newer session of it, about which the
// backend has been asked already and which is not in its place yet, asks again.
func (h *Hub) remove(s *session) (at time.Time, current bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at = time.Now()
	delete(h.sessions, s)
	if h.byKey[s.key] == s {
		delete(h.byKey, s.key)
	}
	screen := s.screenID()
	if screen != "" && h.byScreen[screen] == s {
		delete(h.byScreen, screen)
		h.missed[screen] = at
		current = true
	}
	for _, ch := range s.setChannels(screen, nil) {
		h.drop(ch, s)
	}
	return at, current
}

// drop takes a session out of a channel. The caller holds mu.
func (h *Hub) drop(ch playlist.ChannelID, s *session) {
	delete(h.byChannel[ch], s)
	if len(h.byChannel[ch]) == 0 {
		delete(h.byChannel, ch)
	}
}

func (h *Hub) newestOf(ch playlist.ChannelID) playlist.Revision {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.newest[ch]
}
