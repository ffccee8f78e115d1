package hub

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestUrgentOvertakes announces editions of many channels without end to many
// devices that read slowly; then an alert and a take-down come. Each device gets
// them after no more than what was in its line already: the push that it reads
// and the one that its connection is being filled with.
func TestUrgentOvertakes(t *testing.T) {
	const devices, ordinary, size = 16, 6, 200_000
	c := newCounty()
	channels := []playlist.ChannelID{liuxiNow, liuxi}
	for i := range ordinary {
		channels = append(channels, playlist.ChannelID{Site: playlist.SiteID(fmt.Sprintf("v%d", i))})
	}
	for n := range devices {
		c.know(n, channels...)
	}
	p := open(t, c, Options{WriteTimeout: time.Hour, PongWait: time.Hour, SendBuffer: 16 << 10})
	all := make([]*device, devices)
	for n := range all {
		all[n] = p.callNarrow(t, n)
	}
	poll(t, "all are in their places", func() bool {
		n := 0
		for range p.Connected() {
			n++
		}
		return n == devices
	})

	var announced atomic.Bool // the alert and the take-down
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		of := push(liuxi, 1, size)
		for of.Revision = 1; ; of.Revision++ {
			for _, of.Channel = range channels[2:] {
				pr, err := Prepare(of)
				if err != nil {
					t.Error(err)
					return
				}
				p.Announce(pr)
				select {
				case <-stop:
					return
				default:
				}
			}
		}
	}()
	var behind sync.WaitGroup // devices that have not read two pushes yet
	var done sync.WaitGroup
	var worst [2]atomic.Int64
	behind.Add(devices)
	for _, d := range all {
		done.Go(func() {
			read, before := 0, int64(0)
			for left := 2; left > 0; {
				counts := announced.Load()
				var push wire.Push
				if _, b, err := d.conn.ReadMessage(); err != nil {
					t.Error(err)
					return
				} else if m, err := wire.Decode(b); err != nil || m.Into(&push) != nil {
					t.Errorf("heard %q, %v", m.Type, err)
					return
				}
				if read++; read == 2 {
					behind.Done()
				}
				switch push.Channel {
				case liuxiNow:
					left--
					raise(&worst[0], before)
				case liuxi:
					left--
					raise(&worst[1], before)
				default:
					if counts {
						before++
					}
				}
			}
		})
	}
	behind.Wait()
	down, err := Content{Push: push(liuxi, 1, 1000), Urgent: true}.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	p.Announce(prepare(t, push(liuxiNow, 1, 1000)))
	p.Announce(down)
	announced.Store(true)
	p.Announce(prepare(t, push(liuxi, 2, 1000))) // what took something down stays urgent
	done.Wait()
	close(stop)
	<-stopped
	for i, what := range []string{"alert", "take-down"} {
		if n := worst[i].Load(); n > 2 {
			t.Errorf("a device got the %s after %d other editions", what, n)
		}
	}
}

// TestUrgentGoesBeforeTheCrew hastens one of many sessions that wait to be written
// to: it is the next, once.
func TestUrgentGoesBeforeTheCrew(t *testing.T) {
	c := &crew{hands: &hands{}} // nobody writes yet
	all := []*session{{}, {}, {}, {}}
	for _, s := range all {
		c.add(s)
	}
	c.hasten(all[2])
	c.hasten(&session{}) // one that is being written to sees it by itself
	if !c.pressed() {
		t.Error("nothing is urgent")
	}
	c.most, c.active = 1, 1
	for i, want := range []*session{all[2], all[0], all[1], all[3], nil} {
		if got, _ := c.next(); got != want {
			t.Errorf("%d: another session is the next", i)
		}
	}
	if c.pressed() || c.active != 0 {
		t.Errorf("something is left: %+v", c)
	}
}

// TestUrgentIsNotPutBehind: who is being written to when something urgent comes for
// all goes on with it, and only with it.
func TestUrgentIsNotPutBehind(t *testing.T) {
	h := &Hub{crew: &crew{hands: &hands{}}}
	waiting := &session{hub: h}
	s := &session{hub: h, out: outbox{channels: []want{{id: liuxi}, {id: liuxiNow}}}}
	s.out.put(prepare(t, push(liuxi, 1, 10)))
	if s.givesWay() {
		t.Error("nothing is urgent, and it gives way")
	}
	h.crew.add(waiting)
	h.crew.hasten(waiting)
	if !s.givesWay() {
		t.Error("an ordinary edition goes before what is urgent of others")
	}
	s.out.put(prepare(t, push(liuxiNow, 1, 10)))
	if s.givesWay() {
		t.Error("its alert waits behind all that is not urgent of others")
	}
}

// TestLateUrgencyCounts announces a take-down after the edition that followed it:
// that one holds it, and is as urgent.
func TestLateUrgencyCounts(t *testing.T) {
	c := newCounty()
	p := open(t, c, Options{})
	s := &session{hub: p.Hub, writing: true, out: outbox{channels: []want{{id: shiqiao}, {id: liuxi}}}} // nobody writes
	p.mu.Lock()
	p.byChannel[shiqiao] = map[*session]struct{}{s: {}}
	p.byChannel[liuxi] = map[*session]struct{}{s: {}}
	p.mu.Unlock()
	p.Announce(prepare(t, push(shiqiao, 1, 10)))
	p.Announce(prepare(t, push(liuxi, 2, 10)))
	down, err := Content{Push: push(liuxi, 1, 10), Urgent: true}.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	if n := p.Announce(down); n != 0 {
		t.Errorf("an older edition went to %d screens", n)
	}
	if first, ok := s.out.next(); !ok || first.push.channel != liuxi || first.push.revision != 2 {
		t.Errorf("the first is %+v", first)
	}
	p.mu.Lock()
	clear(p.byChannel)
	p.mu.Unlock()
}

// TestQueueOfTheCrewIsBounded keeps the crew busy without a pause: what waits takes
// the room of what waits, and not of all that ever did.
func TestQueueOfTheCrewIsBounded(t *testing.T) {
	c := &crew{hands: &hands{}, most: 1, active: 1}
	all := make([]*session, 100)
	for i := range all {
		all[i] = &session{}
		c.add(all[i])
	}
	for i := range 100_000 {
		s, _ := c.next()
		if s != all[i%len(all)] {
			t.Fatalf("%d: another session is the next", i)
		}
		c.add(s)
	}
	if n := cap(c.queue); n > 1000 {
		t.Errorf("a hundred sessions wait in a queue of %d", n)
	}
}

func raise(v *atomic.Int64, to int64) {
	for {
		is := v.Load()
		if is >= to || v.CompareAndSwap(is, to) {
			return
		}
	}
}

// TestOfferWaitsForContent offers programs to a device that reads slowly while
// pushes wait for it: what people read goes first, and of several offers the device
// hears of the last alone.
func TestOfferWaitsForContent(t *testing.T) {
	const size = 200_000
	c := newCounty()
	channels := []playlist.ChannelID{liuxiNow, liuxi}
	for i := range 6 {
		channels = append(channels, playlist.ChannelID{Site: playlist.SiteID(fmt.Sprintf("v%d", i))})
	}
	id := c.know(0, channels...)
	p := open(t, c, Options{WriteTimeout: time.Hour, PongWait: time.Hour, SendBuffer: 16 << 10})
	d := p.callNarrow(t, 0)
	poll(t, "it is in its place", func() bool {
		for range p.Connected() {
			return true
		}
		return false
	})
	p.Announce(prepare(t, push(channels[2], 1, size))) // fills the line
	for i := range 3 {
		offer := wire.Offer{Package: wire.Envelope{Type: "test", Payload: []byte{byte(i)}}}
		if err := p.Offer(id, offer); err != nil {
			t.Fatal(err)
		}
		p.Announce(prepare(t, push(channels[3+i], 1, size)))
	}
	p.Announce(prepare(t, push(liuxiNow, 1, 1000)))
	pushes, offers := 0, 0
	for offers == 0 || pushes < 5 {
		m := d.hear()
		switch m.Type {
		case wire.TypePush:
			pushes++
		case wire.TypeOffer:
			var o wire.Offer
			if err := m.Into(&o); err != nil {
				t.Fatal(err)
			}
			offers++
			if pushes < 5 || o.Package.Payload[0] != 2 {
				t.Errorf("offer %d came after %d of 5 pushes", o.Package.Payload[0], pushes)
			}
		}
	}
	if offers != 1 {
		t.Errorf("%d offers came, want the last alone", offers)
	}
}
