package pair

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// board is a board whose machine's clock is off by a time.
type board struct {
	*Clock
	id  string
	off time.Duration
}

// told tells the clock what time its board has, as the board does with every frame.
func (b *board) told() {
	now := time.Now()
	b.Tell(now.Add(b.off), now)
}

// lead is how far the leader's time is from the true one, as this board knows it.
func (b *board) lead() (time.Duration, bool) {
	now := time.Now()
	at, ok := b.Lead(now)
	return at.Sub(now.Round(0)), ok
}

// couple starts boards on the loopback that know of each other.
func couple(t *testing.T, key func(i int) []byte, ids ...string) []*board {
	t.Helper()
	conns := make([]net.PacketConn, len(ids))
	for i := range ids {
		var err error
		if conns[i], err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	t.Cleanup(func() { cancel(); running.Wait() })
	var out []*board
	for i, id := range ids {
		var peers []string
		for j, c := range conns {
			if j != i {
				peers = append(peers, c.LocalAddr().String())
			}
		}
		c, err := Open(Options{Listen: "127.0.0.1:0", Peers: peers, Key: key(i), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		_ = c.conn.Close()
		c.conn = conns[i]
		b := &board{Clock: c, id: id, off: time.Duration(i*7) * time.Second}
		b.Name(id, "hall/gate")
		b.told()
		out = append(out, b)
		running.Go(func() { c.Run(ctx) })
	}
	return out
}

func same(int) []byte { return []byte("0123456789abcdef") }

// until asks often for something that has to come.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(3 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waiting in vain until %s", what)
		}
	}
}

func near(a, b time.Duration) bool { return (a - b).Abs() < 20*time.Millisecond }

// TestTheLowestLeads: the others take its time, to within what a loaded machine
// takes to answer, however wrong their own clocks are.
func TestTheLowestLeads(t *testing.T) {
	t.Parallel()
	all := couple(t, same, "gate-1", "gate-2", "gate-3")
	until(t, "both follow the first", func() bool {
		for _, b := range all {
			b.told()
		}
		_, first := all[0].lead()
		second, ok := all[1].lead()
		third, ok3 := all[2].lead()
		return !first && ok && ok3 && near(second, 0) && near(third, 0)
	})
	// The leader's clock is set: the old answers do not count any more.
	all[0].off = -3 * time.Second
	until(t, "the others have its new time", func() bool {
		for _, b := range all {
			b.told()
		}
		second, _ := all[1].lead()
		third, _ := all[2].lead()
		return near(second, -3*time.Second) && near(third, -3*time.Second)
	})
}

// TestSilence: a leader that is gone is followed on for a while, then the next one
// leads.
func TestSilence(t *testing.T) {
	began := time.Unix(1.8e9, 0)
	c := &Clock{id: "c", known: map[string]*peer{}, log: slog.New(slog.DiscardHandler)}
	answer := func(id string, at time.Time, off time.Duration) {
		if c.known[id] == nil {
			c.known[id] = &peer{}
		}
		c.known[id].take(sample{at: at.Add(off), read: at, delay: time.Millisecond})
	}
	answer("a", began, time.Second)
	answer("b", began, 2*time.Second)
	answer("d", began, 3*time.Second)
	for _, step := range []struct {
		after time.Duration
		off   time.Duration
		led   bool
	}{
		{time.Second, time.Second, true}, {4 * time.Second, time.Second, true}, {silent + time.Second, 2 * time.Second, true},
		{silent + 5*time.Minute, 2 * time.Second, true}, {5*time.Second + memory, 0, false},
	} {
		now := began.Add(step.after)
		if step.after == silent+time.Second {
			answer("b", now.Add(-time.Second), 2*time.Second)
		}
		if step.after == silent+5*time.Minute {
			// Nobody is heard: the lowest that is remembered.
			step.off = time.Second
		}
		if at, led := c.Lead(now); led != step.led || led && at.Sub(now) != step.off {
			t.Errorf("after %v the time is %v off, led: %v; want %v, %v", step.after, at.Sub(now), led, step.off, step.led)
		}
	}
}

// TestStrangersAreNotHeard: packets with another key, of another pair, from other
// addresses, or that nobody asked for change nothing.
func TestStrangersAreNotHeard(t *testing.T) {
	t.Parallel()
	all := couple(t, func(i int) []byte { return bytes.Repeat([]byte{byte(i + 1)}, 16) }, "gate-1", "gate-2")
	c := all[1].Clock
	home := c.peers[0]
	now := time.Now()
	c.mu.Lock()
	key := c.pairKey
	c.pending = append(c.pending, question{number: 5, asked: now.Add(-time.Millisecond), to: home})
	c.mu.Unlock()
	good := packet{kind: answers, id: "gate-0", number: 5, received: now, sent: now}
	for name, p := range map[string]struct {
		bytes []byte
		from  netip.AddrPort
	}{
		"another key":     {good.seal([]byte("another key that is long enough")), home},
		"another address": {good.seal(key), netip.MustParseAddrPort("192.0.2.1:7460")},
		"not asked for":   {packet{kind: answers, id: "gate-0", number: 6, received: now, sent: now}.seal(key), home},
		"itself":          {packet{kind: answers, id: "gate-2", number: 5, received: now, sent: now}.seal(key), home},
		"nonsense":        {[]byte("mbp1"), home},
	} {
		c.hear(p.bytes, p.from, now)
		if _, led := c.Lead(now); led {
			t.Fatalf("%s: the board follows", name)
		}
	}
	c.hear(good.seal(key), home, now)
	if _, led := c.Lead(now); !led {
		t.Fatal("a good answer is not taken")
	}
	c.hear(packet{kind: answers, id: "gate-0", number: 5, received: now.Add(time.Hour), sent: now.Add(time.Hour)}.seal(key), home, now)
	if at, _ := c.Lead(now); at.Sub(now).Abs() > time.Second {
		t.Error("an answer was taken twice")
	}
	for range 10 * most {
		c.hear([]byte("mbp1"), home, now)
	}
	c.mu.Lock()
	flooded, later := c.allow(now), c.allow(now.Add(time.Second))
	c.mu.Unlock()
	if flooded || !later {
		t.Error("a flood is not bounded to a second's share")
	}
}

func TestPackets(t *testing.T) {
	at := time.Unix(1.8e9, 12345)
	key := []byte("key")
	for _, p := range []packet{
		{kind: asks, id: "s", number: 1},
		{kind: answers, id: string(bytes.Repeat([]byte("s"), maxID)), number: 1 << 63, received: at, sent: at.Add(time.Millisecond)},
	} {
		b := p.seal(key)
		got, err := open(b, key)
		if err != nil || got.id != p.id || got.number != p.number || got.kind != p.kind || !got.sent.Equal(p.sent) || !got.received.Equal(p.received) {
			t.Errorf("%+v comes back as %+v, %v", p, got, err)
		}
		for i := range b {
			c := bytes.Clone(b)
			c[i] ^= 1
			if _, err := open(c, key); err == nil {
				t.Fatalf("with byte %d changed it is taken", i)
			}
		}
		if _, err := open(append(b, 0), key); err == nil {
			t.Error("a longer packet is taken")
		}
	}
	for _, p := range []packet{
		{kind: 3, id: "s"}, {kind: asks, id: "s", sent: at}, {kind: answers, id: "s"},
		{kind: answers, id: "s", received: at, sent: at.Add(-1)}, {kind: answers, id: "s", received: at, sent: at.Add(time.Second)},
		{kind: answers, id: "s", received: time.Unix(1, 0), sent: time.Unix(1, 0)},
	} {
		if _, err := open(p.seal(key), key); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}

func FuzzOpen(f *testing.F) {
	at := time.Unix(1.8e9, 0)
	f.Add(packet{kind: asks, id: "gate-1", number: 9}.seal(nil), true)
	f.Add(packet{kind: answers, id: "gate-1", number: 9, received: at, sent: at}.seal(nil), true)
	f.Add([]byte("mbp1\x01\xff"), false)
	f.Fuzz(func(t *testing.T, b []byte, sign bool) {
		if sign && len(b) >= 32 {
			// So that what lies behind the signature is tried as well.
			b = append(bytes.Clone(b[:len(b)-32]), sum(b[:len(b)-32], nil)...)
		}
		p, err := open(b, nil)
		if err != nil {
			return
		}
		if again := p.seal(nil); !bytes.Equal(again, b) {
			t.Errorf("%x is taken, and sealed again it is %x", b, again)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	for _, o := range []Options{
		{Listen: "127.0.0.1:0"}, {Listen: "127.0.0.1:0", Peers: make([]string, MaxPeers+1)},
		{Listen: "127.0.0.1:0", Peers: []string{"gate:7460"}}, {Listen: "300.0.0.1:0", Peers: []string{"127.0.0.1:7460"}},
	} {
		if _, err := Open(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
