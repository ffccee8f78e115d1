package hub

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// gossip is what a hub told of devices.
type gossip struct {
	mu      sync.Mutex // guards what follows
	deeds   map[playlist.ScreenID][]Deed
	in, out map[playlist.ScreenID]int64
}

func (g *gossip) options(opt Options) Options {
	g.deeds, g.in, g.out = map[playlist.ScreenID][]Deed{}, map[playlist.ScreenID]int64{}, map[playlist.ScreenID]int64{}
	opt.Told = func(s playlist.ScreenID, d Deed, _ time.Time) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.deeds[s] = append(g.deeds[s], d)
	}
	opt.Metered = func(s playlist.ScreenID, in, out int64) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.in[s] += in
		g.out[s] += out
	}
	return opt
}

func (g *gossip) has(s playlist.ScreenID, d Deed) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Contains(g.deeds[s], d)
}

// A device that reports as fast as it can is slowed down and then sent away; the
// one beside it is heard as before.
func TestStormIsSlowedThenCut(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	bad, good := c.know(1, liuxi), c.know(2, liuxi)
	var g gossip
	p := open(t, c, g.options(Options{Fair: Fair{Messages: 50, MessagesBurst: 20, Patience: 400 * time.Millisecond}}))
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	began := time.Now()
	done := make(chan int, 1)
	go func() { // ends when the connection does
		b, err := wire.Encode(wire.TypeReport, wire.Report{LedgerHead: 1})
		n := 0
		for ; err == nil; n++ {
			err = d.conn.WriteMessage(websocket.BinaryMessage, b)
		}
		done <- n
	}()
	e := p.call(t, 2, nil)
	e.expect(wire.TypeWelcome, &wire.Welcome{})
	for i := range 10 {
		e.say(wire.TypeReport, wire.Report{LedgerHead: uint64(i + 1)})
		c.until(t, "the good one is heard", func() bool { return c.reports[good].LedgerHead == uint64(i+1) })
	}
	d.expectClose(wire.CloseTooMuch)
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("it was cut after %v, before it was slowed", took)
	}
	if !g.has(bad, Stormed) || g.has(good, Stormed) {
		t.Errorf("told of %v", g.deeds)
	}
	<-done
	c.until(t, "the screen is gone", func() bool { return c.gone[bad] != "" })
	if c.gone[good] != "" {
		t.Error("the good one was cut, too")
	}
	e.say(wire.TypeReport, wire.Report{LedgerHead: 99})
	c.until(t, "the good one is heard", func() bool { return c.reports[good].LedgerHead == 99 })
}

// Who connects again and again is refused after its burst, and nobody else.
func TestFlappingIsRefused(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	bad := c.know(1, liuxi)
	c.know(2, liuxi)
	var g gossip
	p := open(t, c, g.options(Options{Fair: Fair{Connects: 1, ConnectsBurst: 3}}))
	for range 3 {
		d := p.call(t, 1, nil)
		d.expect(wire.TypeWelcome, &wire.Welcome{})
		d.conn.Close()
	}
	d := p.call(t, 1, nil)
	d.expectClose(wire.CloseTooOften)
	if !g.has(bad, Flapped) || p.Strain().Refused != 1 {
		t.Errorf("told of %v, %+v", g.deeds, p.Strain())
	}
	p.call(t, 2, nil).expect(wire.TypeWelcome, &wire.Welcome{})
}

// Garbage ends the session with a code; who sends it again and again is refused for
// a while, before anybody looks at its proof.
func TestGarbageIsRefusedForAWhile(t *testing.T) {
	for name, send := range map[string]func(*device) error{
		"message": func(d *device) error { return d.conn.WriteMessage(websocket.BinaryMessage, []byte("not a message")) },
		"text":    func(d *device) error { return d.conn.WriteMessage(websocket.TextMessage, []byte("{}")) },
		"frame":   func(d *device) error { _, err := d.conn.NetConn().Write([]byte{0xff, 0xff, 0xff, 0xff}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			checkLeaks(t)
			c := newCounty()
			bad := c.know(1, liuxi)
			var g gossip
			p := open(t, c, g.options(Options{Fair: Fair{Wrongs: 2, WrongsIn: time.Hour, Banned: time.Hour}}))
			for range 2 {
				d := p.call(t, 1, nil)
				d.expect(wire.TypeWelcome, &wire.Welcome{})
				if err := send(d); err != nil {
					t.Fatal(err)
				}
				c.until(t, "the screen is gone", func() bool { return c.gone[bad] != "" })
				c.with(func() { delete(c.gone, bad) })
				d.conn.Close()
			}
			d := p.call(t, 1, nil)
			d.expectClose(wire.CloseBadMessage)
			if !g.has(bad, Garbled) || p.Strain().Refused != 1 {
				t.Errorf("told of %v, %+v", g.deeds, p.Strain())
			}
		})
	}
}

// What a device claims to have and was never sent is not believed.
func TestBoastingIsNotBelieved(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi)
	c.with(func() { c.latest[liuxi] = Content{Push: push(liuxi, 7, 100)} })
	var g gossip
	p := open(t, c, g.options(Options{}))
	d := p.call(t, 1, map[playlist.ChannelID]playlist.Revision{liuxi: 6})
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.expectPush(liuxi, 7)
	d.say(wire.TypeAdopted, wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{liuxi: 7, shiqiao: 5}})
	c.until(t, "it is believed", func() bool { return c.adopted[id].Have[liuxi] == 7 })
	if len(c.adopted[id].Have) != 1 || g.has(id, Boasted) {
		t.Errorf("a channel of others is remembered: %v; told of %v", c.adopted[id].Have, g.deeds)
	}
	d.say(wire.TypeAdopted, wire.Adopted{Settings: 9, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 900}})
	poll(t, "it is heard", func() bool { return g.has(id, Boasted) })
	d.say(wire.TypeReport, wire.Report{LedgerHead: 1})
	c.until(t, "what it said before was taken", func() bool { return c.reports[id].LedgerHead == 1 })
	c.with(func() {
		if a := c.adopted[id]; len(a.Have) != 1 || a.Have[liuxi] != 7 || a.Settings != 0 {
			t.Errorf("believed %+v", a)
		}
	})
}

// A device that asks for everything again withholds in its hello what it has. It is
// not blamed when it says so afterwards, not even beside a controller that was
// restored from a backup; and what it says next is judged.
func TestReloadIsNoBoast(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi, liuxiNow)
	c.with(func() {
		c.settings[id] = 4
		c.latest[liuxi] = Content{Push: push(liuxi, 7, 100)} // it was 9
		c.latest[liuxiNow] = Content{Push: push(liuxiNow, 2, 100)}
	})
	var g gossip
	p := open(t, c, g.options(Options{}))
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	has := wire.Adopted{Settings: 6, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 9, liuxiNow: 2}}
	d.say(wire.TypeAdopted, has)
	c.until(t, "it is believed", func() bool { return reflect.DeepEqual(c.adopted[id], has) })
	if g.has(id, Boasted) {
		t.Errorf("told of %v", g.deeds)
	}
	d.say(wire.TypeAdopted, wire.Adopted{Settings: 6, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 9, liuxiNow: 3}})
	poll(t, "the next claim is judged", func() bool { return g.has(id, Boasted) })
}

// What is not believed leaves what was: a screen that adopts something new while it
// says hello has not lost the rest.
func TestDoubtLeavesWhatWasBelieved(t *testing.T) {
	o := outbox{channels: []want{{id: liuxi, sent: 6, has: 6, made: 7}, {id: shiqiao, made: 3}}, sentSet: 4, hasSet: 4, madeSet: 5}
	a := wire.Adopted{Settings: 5, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 7, shiqiao: 3}}
	boasted := o.believe(&a)
	if want := (wire.Adopted{Settings: 4, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 6}}); boasted || !reflect.DeepEqual(a, want) {
		t.Errorf("believed %+v, blamed: %v", a, boasted)
	}
	o.code = wire.CloseReplaced
	if p, ok := o.next(); !ok || p.code == 0 {
		t.Fatal("no close was written")
	}
	a = wire.Adopted{Settings: 4, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 6}}
	if o.believe(&a) || a.Settings != 4 {
		t.Errorf("what was heard while the close was written is judged otherwise: %+v", a)
	}
}

// What the connection before this one brought may be adopted while the device says
// hello: nobody is blamed for that.
func TestLateAdoptionIsNoBoast(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi)
	c.with(func() { c.latest[liuxi] = Content{Push: push(liuxi, 7, 100)} })
	var g gossip
	p := open(t, c, g.options(Options{}))
	d := p.call(t, 1, map[playlist.ChannelID]playlist.Revision{liuxi: 6})
	d.say(wire.TypeAdopted, wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{liuxi: 7}})
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.expectPush(liuxi, 7) // it is sent again, and believed then
	d.say(wire.TypeAdopted, wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{liuxi: 7}})
	c.until(t, "it is believed", func() bool { return c.adopted[id].Have[liuxi] == 7 })
	if g.has(id, Boasted) {
		t.Errorf("told of %v", g.deeds)
	}
}

// Every byte of a session is told of once, those of a session that has ended too.
func TestTrafficIsMetered(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi)
	c.with(func() { c.latest[liuxi] = Content{Push: push(liuxi, 1, 20_000)} })
	var g gossip
	p := open(t, c, g.options(Options{PingEvery: 30 * time.Millisecond}))
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.expectPush(liuxi, 1)
	poll(t, "it is told while the session lasts", func() bool { g.mu.Lock(); defer g.mu.Unlock(); return g.out[id] > 20_000 })
	d.say(wire.TypeReport, wire.Report{LedgerHead: 5})
	c.until(t, "the report", func() bool { return c.reports[id].LedgerHead == 5 })
	d.conn.Close()
	poll(t, "all was told", func() bool {
		_, in, out := p.Traffic()
		g.mu.Lock()
		defer g.mu.Unlock()
		return p.empty() && g.in[id] == in && g.out[id] == out
	})
}

// The measures hold in the long run, cost nothing to who stays within, and are
// forgotten.
func TestRecords(t *testing.T) {
	r := newRecords(Fair{}.withDefaults())
	var clock time.Duration // that records are told
	now := func() int64 { return int64(clock) }
	key := deviceKey{1}
	came := 0
	for range 600 { // ten a second for a minute
		if _, ok := r.connected(key, now()); ok {
			came++
		}
		clock += 100 * time.Millisecond
	}
	if came < 29 || came > 31 {
		t.Errorf("%d connections in a minute, want 20 at once and 10 more", came)
	}
	if _, ok := r.connected(deviceKey{2}, now()); !ok {
		t.Error("another device was refused")
	}
	for i := range 2 {
		r.wrong(key, wire.CloseBadMessage, now())
		if r.banned(key, now()) != 0 {
			t.Errorf("banned after %d times", i+1)
		}
	}
	r.wrong(key, wire.CloseBadMessage, now())
	if r.banned(key, now()) != wire.CloseBadMessage {
		t.Error("not banned")
	}
	clock += 5*time.Minute + time.Second
	if code := r.banned(key, now()); code != 0 {
		t.Errorf("still banned: %s", code)
	}
	for i := range 10_000 {
		r.connected(deviceKey{byte(i), byte(i >> 8), 3}, now())
	}
	clock += time.Minute
	if r.forget(now()); len(r.of) != 0 {
		t.Errorf("%d records are left", len(r.of))
	}
}

// BenchmarkModerate is what the measure adds to every message.
func BenchmarkModerate(b *testing.B) {
	f := Fair{Messages: 1e9, MessagesBurst: 1e9}.withDefaults()
	s := &session{hub: &Hub{fair: f.costs()}, line: &pacedConn{}}
	for b.Loop() {
		if err := s.moderate(1500); err != nil {
			b.Fatal(fmt.Errorf("over its measure: %w", err))
		}
		s.measure.bytes = 0
	}
}

// A device that does not read is cut and told of; who goes away in the middle of a
// write is not.
func TestStalledIsTold(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	bad, gone := c.know(1, liuxi), c.know(2, shiqiao)
	var g gossip
	p := open(t, c, g.options(Options{WriteTimeout: 2 * time.Second, SendBuffer: 16 << 10}))
	for n := range 2 {
		d := p.call(t, n+1, nil)
		d.expect(wire.TypeWelcome, &wire.Welcome{})
		if n == 1 {
			d.conn.Close()
		}
	}
	p.Announce(prepare(t, push(liuxi, 1, 4<<20)))
	p.Announce(prepare(t, push(shiqiao, 1, 4<<20)))
	poll(t, "it is told of", func() bool { return g.has(bad, Stalled) })
	poll(t, "both are gone", p.empty)
	if g.has(gone, Stalled) {
		t.Error("who went away counts as stalled")
	}
}
