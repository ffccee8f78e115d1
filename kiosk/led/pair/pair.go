// Package pair keeps the boards of a pair on one time where their machines have
// no NTP: every board asks the others for their time, as NTP does, and the board
// with the lowest screen ID is the one that the others follow.
//
// It promises that what comes in over the network shifts the time by which pages
// turn and nothing else: kiosk/led decides what may be shown by the machine's own
// moment when the two are apart. Packets are bounded, parsed strictly, taken
// only from configured addresses, answered at a bounded rate, and carry an HMAC.
// With a key file of its own a pair takes no word from anybody else; without one
// the key is the name of the pair, which keeps neighbours apart but no attacker
// out: the worst that he can do is that the boards are out of step.
//
// A leader that falls silent is followed on by the machine's own quartz for ten
// minutes, which is longer than a machine takes to start again.
package pair

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	every    = 500 * time.Millisecond // between two questions to a board
	patience = 400 * time.Millisecond // an answer that took longer says little
	silent   = 5 * time.Second        // after which another leads
	memory   = 10 * time.Minute       // for which a silent leader is followed on
	kept     = 8                      // answers of a board, of which the quickest counts
	most     = 64                     // questions of all boards that are answered in a second
	slip     = 2 * time.Millisecond   // more than the paths explain: the board has another time now
)

// MaxPeers is how many other boards may be in a pair.
const MaxPeers = 8

// Options says where the other boards are.
type Options struct {
	Listen string   // address and port of this board
	Peers  []string // those of the others; addresses, not names
	Key    []byte   // what only the boards of the pair know; may be empty
	Log    *slog.Logger
}

// Clock knows what time the leader of the pair has. It is safe for several
// goroutines.
type Clock struct {
	conn  net.PacketConn
	peers []netip.AddrPort
	key   []byte
	log   *slog.Logger

	mu       sync.Mutex // guards what follows
	id       string
	pairKey  []byte
	at, now  time.Time // the board's time at a reading of the machine's
	pending  []question
	known    map[string]*peer
	answered int       // questions since second
	second   time.Time // when counting began
	leader   string
}

// question is one that was asked and not answered yet.
type question struct {
	number uint64
	asked  time.Time
	to     netip.AddrPort
}

// peer is what is known of another board.
type peer struct {
	heard   time.Time
	samples []sample // the newest last
}

// sample is one answer: the board's time at is read by the machine's clock.
type sample struct {
	at, read time.Time
	delay    time.Duration
}

// Open listens. Run does the rest.
func Open(o Options) (*Clock, error) {
	if len(o.Peers) == 0 || len(o.Peers) > MaxPeers {
		return nil, fmt.Errorf("a pair has 1 to %d other boards, not %d", MaxPeers, len(o.Peers))
	}
	c := &Clock{key: o.Key, log: o.Log, known: map[string]*peer{}}
	for _, p := range o.Peers {
		a, err := netip.ParseAddrPort(p)
		if err != nil {
			return nil, fmt.Errorf("the address of the other board: %w", err)
		}
		c.peers = append(c.peers, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	var err error
	if c.conn, err = net.ListenPacket("udp", o.Listen); err != nil {
		return nil, fmt.Errorf("listen for the other board: %w", err)
	}
	return c, nil
}

// Addr is where the clock listens.
func (c *Clock) Addr() string { return c.conn.LocalAddr().String() }

// Name says which screen this is and of which pair. Until then, and with an empty
// pair, nothing is asked and nothing answered.
func (c *Clock) Name(id, pair string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if pair == "" || len(id) > maxID {
		id = ""
	}
	secret := sum([]byte("mingbai pair "+pair), c.key)
	if c.id == id && string(secret) == string(c.pairKey) {
		return
	}
	c.id, c.pairKey, c.pending = id, secret, nil
	clear(c.known)
}

// Tell says what time the board runs by when the machine's clock, with its
// monotonic reading, is at now.
func (c *Clock) Tell(at, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.now = at.Round(0), now
}

// board returns the board's time. The caller holds mu.
func (c *Clock) board(now time.Time) time.Time { return c.at.Add(now.Sub(c.now)) }

// Lead returns the time of the leader when the machine's clock is at now; false
// when this board leads.
func (c *Clock) Lead(now time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, p := c.leads(now)
	if name != c.leader {
		c.leader = name
		c.log.Info("Another board of the pair leads now.", "leader", name, "screen", c.id)
	}
	if p == nil {
		return time.Time{}, false
	}
	s := p.best()
	return s.at.Add(now.Sub(s.read)), true
}

// leads finds the board to follow: the lowest ID of those that are heard, or the
// last leader while it is remembered. The caller holds mu.
func (c *Clock) leads(now time.Time) (name string, leader *peer) {
	for _, within := range []time.Duration{silent, memory} {
		for id, p := range c.known {
			if id < c.id && now.Sub(p.heard) < within && (leader == nil || id < name) {
				name, leader = id, p
			}
		}
		if leader != nil {
			return name, leader
		}
	}
	return c.id, nil
}

// best is the answer that took the least time.
func (p *peer) best() sample {
	return slices.MinFunc(p.samples, func(a, b sample) int { return int(a.delay - b.delay) })
}

// take notes an answer. What contradicts it by more than the ways of both
// explain was before the board changed its time.
func (p *peer) take(s sample) {
	p.heard = s.read
	p.samples = slices.DeleteFunc(p.samples, func(o sample) bool {
		moved := s.at.Sub(o.at) - s.read.Sub(o.read)
		return moved.Abs() > (s.delay+o.delay)/2+slip
	})
	if p.samples = append(p.samples, s); len(p.samples) > kept {
		p.samples = p.samples[1:]
	}
}

// Run asks and answers until ctx ends. It closes the socket.
func (c *Clock) Run(ctx context.Context) {
	var reading sync.WaitGroup
	reading.Go(func() { c.listen(ctx) })
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		c.ask(time.Now())
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	_ = c.conn.Close() // which ends listen
	reading.Wait()
}

func (c *Clock) listen(ctx context.Context) {
	buf := make([]byte, maxBytes+1)
	for {
		n, from, err := c.conn.ReadFrom(buf)
		now := time.Now()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			// An answer that nobody took comes back as an error; a broken socket
			// gives one every time.
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
			continue
		}
		if a, ok := from.(*net.UDPAddr); ok {
			c.hear(buf[:n], a.AddrPort(), now)
		}
	}
}

// ask sends a question to every other board.
func (c *Clock) ask(now time.Time) {
	c.mu.Lock()
	id, key := c.id, c.pairKey
	c.pending = slices.DeleteFunc(c.pending, func(q question) bool { return now.Sub(q.asked) > patience })
	c.mu.Unlock()
	if id == "" {
		return
	}
	for _, to := range c.peers {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		q := question{number: binary.BigEndian.Uint64(b[:]), to: to, asked: time.Now()}
		c.mu.Lock()
		c.pending = append(c.pending, q)
		c.mu.Unlock()
		c.send(packet{kind: asks, id: id, number: q.number}.seal(key), to)
	}
}

func (c *Clock) send(b []byte, to netip.AddrPort) {
	// A board that is off is no news; its silence is noticed.
	_, _ = c.conn.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

// hear takes a packet that came at now.
func (c *Clock) hear(b []byte, from netip.AddrPort, now time.Time) {
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	if !slices.ContainsFunc(c.peers, func(p netip.AddrPort) bool { return p.Addr() == from.Addr() }) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id == "" || !c.allow(now) {
		return
	}
	p, err := open(b, c.pairKey)
	if err != nil || p.id == c.id {
		return
	}
	if p.kind == asks {
		if !c.now.IsZero() {
			p = packet{kind: answers, id: c.id, number: p.number, received: c.board(now), sent: c.board(time.Now())}
			c.send(p.seal(c.pairKey), from)
		}
		return
	}
	at := slices.IndexFunc(c.pending, func(q question) bool { return q.number == p.number && q.to.Addr() == from.Addr() })
	if at < 0 {
		return // nobody asked, or it was answered already
	}
	q := c.pending[at]
	c.pending = slices.Delete(c.pending, at, at+1)
	took := now.Sub(q.asked)
	delay := max(took-p.sent.Sub(p.received), 0)
	if delay > patience || len(c.known) >= MaxPeers && c.known[p.id] == nil {
		return
	}
	if c.known[p.id] == nil {
		c.known[p.id] = &peer{}
	}
	// Half of the way lies before what the other board did and half behind.
	c.known[p.id].take(sample{
		at: p.received.Add(p.sent.Sub(p.received) / 2), read: q.asked.Add(took / 2), delay: delay,
	})
}

// allow bounds what strangers can make this board compute. The caller holds mu.
func (c *Clock) allow(now time.Time) bool {
	if now.Sub(c.second) >= time.Second || now.Before(c.second) {
		c.second, c.answered = now, 0
	}
	c.answered++
	return c.answered <= most
}

// KeySize is how many bytes a key should have at least.
const KeySize = sha256.Size / 2
