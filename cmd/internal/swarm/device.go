package swarm

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// What devices say of their program in a hello. Seed stores the same, so that a
// first hello changes nothing.
const (
	program = "kiosk 1.4.0"
	system  = "linux/amd64"
)

// ledEvery: every fourth device is an LED board.
const ledEvery = 4

// shapeOf is the kind and panel of device i.
func shapeOf(i int) (playlist.ScreenKind, playlist.Panel) {
	if i%ledEvery == ledEvery-1 {
		return playlist.LED, playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}
	}
	return playlist.Touch, playlist.Panel{Width: 1080, Height: 1920, WidthMM: 530, HeightMM: 940}
}

func hostOf(i int) string { return fmt.Sprintf("swarm-%05d", i) }

// held is a revision that a device shows.
type held struct {
	channel  playlist.ChannelID
	revision playlist.Revision
}

// device is a light device.
type device struct {
	swarm  *Swarm
	i      int
	manner Manner

	rtt atomic.Int64 // of the last pong, nanoseconds

	sending  sync.Mutex // held while rows of the ledger go, before mu: they go in order
	mu       sync.Mutex // guards what follows
	screen   playlist.ScreenID
	line     *line  // while welcome
	stop     func() // ends what the manner started for this connection
	token    string
	settings playlist.Revision
	have     []held
	showing  *content // the newest edition that has notices
	since    time.Time
	ledger   record
}

func newDevice(s *Swarm, i int) *device {
	return &device{swarm: s, i: i, manner: s.cfg.Manner(i), screen: s.cfg.screenOf(i)}
}

// run connects and connects again until ctx ends or the screen was removed.
func (d *device) run(ctx context.Context) {
	backoff := d.swarm.cfg.Backoff
	backoff.Seed += uint64(d.i)*2 + 1
	for attempt := 0; ; attempt++ {
		began := time.Now()
		err := d.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		wait, stop := d.swarm.counts.ended(err)
		d.swarm.cfg.Log.Debug("A simulated connection ended.", "device", d.i, "error", err)
		if stop {
			return
		}
		switch {
		case time.Since(began) > backoff.Max || d.manner == Flapping:
			attempt = 0
		case d.manner == Garbling:
			wait = 0 // who sends garbage does not listen either
		}
		t := time.NewTimer(max(backoff.Delay(attempt), wait))
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// connect makes one connection and serves it until it ends, always with an error.
func (d *device) connect(ctx context.Context) error {
	s := d.swarm
	select {
	case s.dials <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	opened := sync.OnceFunc(func() { <-s.dials })
	defer opened()
	began := time.Now()
	l, err := s.dial(ctx, d.i, d.manner.shape)
	if err != nil {
		return err
	}
	defer l.conn.Close()
	over := context.AfterFunc(ctx, func() { l.bye() })
	defer over()
	late := time.AfterFunc(s.cfg.Timeout, func() { l.conn.Close() })
	defer late.Stop()
	if err := d.greet(l); err != nil {
		return err
	}
	s.counts.connects.Add(1)
	s.counts.connect.add(time.Since(began))
	greeted := time.Now()
	h := handling{d, ctx, l, greeted, func() {
		late.Stop()
		opened()
	}}
	defer d.gone(l)
	for {
		if err := l.read(h.take, d.pong); err != nil {
			return err
		}
		if d.manner == Stalled && d.isWelcome() {
			return d.stall(ctx)
		}
	}
}

// bye says that the device stops, in case the line still takes it.
func (l *line) bye() {
	if ok, _ := l.tryWrite(opClose, binary.BigEndian.AppendUint16(nil, 1000)); ok {
		l.conn.SetReadDeadline(time.Now()) // the reader ends; it closes
	}
	l.conn.Close()
}

// greet answers the challenge.
func (d *device) greet(l *line) error {
	var ch wire.Challenge
	err := l.read(func(data []byte, deflated bool) error {
		m, err := decode(data, deflated)
		if err != nil {
			return err
		}
		if m.Type != wire.TypeChallenge {
			return fmt.Errorf("a %s came before the challenge", m.Type)
		}
		return m.Into(&ch)
	}, d.pong)
	if err != nil {
		return err
	}
	key := Key(d.swarm.cfg.Seed, d.i)
	kind, panel := shapeOf(d.i)
	h := wire.Hello{
		Version: min(ch.Version, wire.Version), Key: key.Public().(ed25519.PublicKey), Signature: wire.SignHello(ch.Nonce, key),
		Program: program, System: system, Kind: kind, Panel: panel, Host: hostOf(d.i), Patches: d.swarm.cfg.Patches,
	}
	d.mu.Lock()
	h.Screen = d.screen
	if h.Screen != "" {
		h.Settings, h.Have = d.settings, d.claims()
	}
	d.mu.Unlock()
	return l.say(wire.TypeHello, h)
}

// claims is what the device says it shows. The caller holds mu.
func (d *device) claims() map[playlist.ChannelID]playlist.Revision {
	have := make(map[playlist.ChannelID]playlist.Revision, len(d.have))
	for _, h := range d.have {
		have[h.channel] = h.revision
		if d.manner == Lying {
			have[h.channel] += 1000
		}
	}
	return have
}

// say sends a message.
func (l *line) say(typ wire.Type, body any) error {
	b, err := wire.Encode(typ, body)
	if err != nil {
		return err
	}
	return l.write(opBinary, b)
}

// tell sends a message on the open line, if there is one and nothing is being
// written; a line that fails is cut. It reports whether the message went.
func (d *device) tell(typ wire.Type, body any) bool {
	d.mu.Lock()
	l := d.line
	d.mu.Unlock()
	if l == nil {
		return false
	}
	b, err := wire.Encode(typ, body)
	if err != nil {
		d.swarm.cfg.Log.Error("A simulated message cannot be written.", "type", string(typ), "error", err)
		return false
	}
	went, err := l.tryWrite(opBinary, b)
	if err != nil {
		d.cut()
		return false
	}
	return went
}

func (d *device) isWelcome() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.line != nil
}

// cut ends the connection without a word, and reports whether there was one.
func (d *device) cut() bool {
	d.mu.Lock()
	l := d.line
	d.mu.Unlock()
	if l == nil {
		return false
	}
	l.conn.Close()
	d.gone(l) // at once: the reader may need a while to find out
	return true
}

// gone notes the end of a connection.
func (d *device) gone(l *line) {
	d.mu.Lock()
	was := d.line == l
	var stop func()
	if was {
		d.line = nil
		stop, d.stop = d.stop, nil
	}
	d.mu.Unlock()
	if stop != nil {
		stop()
	}
	if was {
		d.swarm.welcomed(-1)
	}
}

// errStalled ends a stalled device's connection once it cannot say anything more.
var errStalled = errors.New("the controller took no more from who does not read")

func (d *device) stall(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d.mu.Lock()
	d.stop = cancel
	d.mu.Unlock()
	<-ctx.Done()
	return errStalled
}

// ping asks how the line is.
func (d *device) ping() {
	d.mu.Lock()
	l := d.line
	d.mu.Unlock()
	if l == nil {
		return
	}
	said := binary.BigEndian.AppendUint64(make([]byte, 0, 8), uint64(time.Since(d.swarm.began)))
	went, err := l.tryWrite(opPing, said)
	if err != nil {
		d.cut()
		return
	}
	if went {
		d.swarm.counts.pings.Add(1)
	}
}

func (d *device) pong(said []byte) {
	if len(said) != 8 {
		return
	}
	took := time.Since(d.swarm.began) - time.Duration(binary.BigEndian.Uint64(said))
	d.rtt.Store(int64(took))
	d.swarm.counts.ping.add(took)
}

// handling is a connection's way with messages.
type handling struct {
	*device
	ctx      context.Context // of Run: downloads end with it
	line     *line
	greeted  time.Time
	answered func() // the handshake is over
}

// take handles one message. What is the same for many is decoded once.
func (h *handling) take(data []byte, deflated bool) error {
	c, err := h.swarm.contents.of(data, deflated)
	if err != nil {
		return err
	}
	if c.edition != nil {
		if c.patched {
			h.swarm.counts.patched.Add(1)
		}
		h.adopt(c)
		return nil
	}
	m := c.message
	switch m.Type {
	case wire.TypePairing:
		h.answered()
	case wire.TypeEnrolled:
		return into(m, func(e wire.Enrolled) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.screen = e.Screen
		})
	case wire.TypeWelcome:
		return into(m, h.welcome)
	case wire.TypePush:
		var failed error
		err := into(m, func(p wire.Push) {
			if p.Patch != nil { // what it begins with is not kept
				failed = h.line.say(wire.TypeRefused, wire.Refused{Channel: p.Channel, Revision: p.Revision, Reason: wire.ReasonNoBase})
				return
			}
			h.mu.Lock()
			h.settings = max(h.settings, p.Revision)
			h.mu.Unlock()
			h.adopted(h.line, nil)
		})
		return cmp.Or(err, failed)
	case wire.TypeTaken:
		return into(m, func(t wire.Taken) { h.taken(t.Seq) })
	case wire.TypeCommand:
		return into(m, func(c wire.Command) {
			h.swarm.counts.commands.Add(1)
			h.tell(wire.TypeResult, wire.Result{ID: c.ID, Error: "a simulated screen does nothing"})
		})
	}
	return nil
}

func into[T any](m wire.Message, to func(T)) error {
	var v T
	if err := m.Into(&v); err != nil {
		return err
	}
	to(v)
	return nil
}

func (h *handling) welcome(w wire.Welcome) {
	h.answered()
	d := h.device
	d.swarm.counts.welcome.add(time.Since(h.greeted))
	d.swarm.report.Store(int64(w.Report))
	d.sending.Lock() // a row that ends now goes after those that wait
	defer d.sending.Unlock()
	d.mu.Lock()
	d.screen, d.token = w.Screen, w.BlobToken
	d.ledger.welcome(w.Ledger)
	first := d.line == nil
	d.line = h.line
	d.mu.Unlock()
	if first {
		d.swarm.welcomed(1)
		d.misbehave(h.ctx, h.line)
	}
	d.send()
}

// adopt takes an edition, once all that it needs is here.
func (h *handling) adopt(c *content) {
	d := h.device
	d.mu.Lock()
	had := d.revision(c.edition.Channel)
	d.mu.Unlock()
	if c.edition.Revision <= had {
		return
	}
	if missing := c.missing(&d.swarm.contents, had); d.swarm.cfg.Blobs && len(missing) > 0 {
		d.swarm.wg.Go(func() {
			if d.fetchAll(h.ctx, h.line, missing) {
				d.adopted(h.line, c)
			}
		})
		return
	}
	d.adopted(h.line, c)
}

func (d *device) revision(ch playlist.ChannelID) playlist.Revision {
	for _, h := range d.have {
		if h.channel == ch {
			return h.revision
		}
	}
	return 0
}

// adopted makes an edition the one that the device shows, and says so; nil says
// that the settings are other ones.
func (d *device) adopted(l *line, c *content) {
	d.mu.Lock()
	if c != nil && d.manner != Mute {
		d.show(c)
	}
	a := wire.Adopted{Settings: d.settings, Have: d.claims()}
	d.mu.Unlock()
	if d.manner == Mute {
		return
	}
	if err := l.say(wire.TypeAdopted, a); err != nil {
		l.conn.Close() // the reader finds out
		return
	}
	d.swarm.counts.acks.Add(1)
	if c != nil {
		d.swarm.acknowledged(d.i, c.edition.Channel, c.edition.Revision)
	}
}

// show notes an edition. The caller holds mu.
func (d *device) show(c *content) {
	e := c.edition
	if c.notice != "" && d.showing != c {
		d.showing, d.since = c, time.Now()
	}
	for i := range d.have {
		if d.have[i].channel == e.Channel {
			d.have[i].revision = max(d.have[i].revision, e.Revision)
			return
		}
	}
	d.have = append(d.have, held{e.Channel, e.Revision})
}

// misbehave starts what the manner does besides on a connection that was just
// welcomed.
func (d *device) misbehave(ctx context.Context, l *line) {
	ctx, cancel := context.WithCancel(ctx) // ends with the connection
	switch d.manner {
	case Flapping:
		t := time.AfterFunc(time.Second+rand.N(9*time.Second), func() { l.conn.Close() })
		d.ends(func() { t.Stop(); cancel() })
	case Storming:
		d.ends(cancel)
		d.swarm.wg.Go(func() {
			for ctx.Err() == nil && d.reportOn(l) == nil {
			}
			l.conn.Close()
		})
	case Greedy:
		d.ends(cancel)
		d.swarm.wg.Go(func() { d.gorge(ctx) })
	case Garbling:
		d.ends(cancel)
		d.swarm.wg.Go(func() { d.garble(ctx, l) })
	default:
		cancel()
	}
}

// ends lets stop be called when the connection ends.
func (d *device) ends(stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stop = stop
}

// kindOf names the kind of an error in a few words.
func kindOf(err error) string {
	if e, ok := errors.AsType[*closeError](err); ok {
		return "closed: " + e.code.String()
	}
	if e, ok := errors.AsType[*refusedError](err); ok {
		return "refused: " + e.status
	}
	if e, ok := errors.AsType[*wire.Refusal](err); ok {
		return "unreadable: " + string(e.Reason)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "certificate"
	}
	switch n, ok := errors.AsType[net.Error](err); {
	case errors.Is(err, errStalled):
		return "stalled"
	case errors.Is(err, os.ErrDeadlineExceeded), ok && n.Timeout():
		return "silence"
	case errors.Is(err, net.ErrClosed):
		return "cut here"
	}
	return "broken"
}

// hashed is the blobs of an edition by address.
type hashed map[assets.Ref]struct{}
