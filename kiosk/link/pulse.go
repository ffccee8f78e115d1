package link

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"mingbai/playlist/wire"
)

const (
	pulseKept  = 10 * time.Minute // that Line tells of, which are
	keptPings  = 60               // of the usual pings
	dropsKept  = time.Hour
	answerTime = 2 * time.Second // within which an answer has to come
	bulk       = answerTime / 4  // a message that takes longer to arrive delays answers by itself
	maxDrops   = 1000            // that are remembered

	// A line that seems bad is asked so many times as often, until as many answers
	// as a judgement takes have come: half a minute and not ten tell a technician.
	uneasyTimes = 10
	uneasyPings = 20
	uneasyAgain = 5 // per cent of segments sent again
)

// pulse measures the line: pings of the device's own and their answers, what TCP
// sent again, and connections that broke. Its methods are safe for any number of
// goroutines; instants must not go back.
type pulse struct {
	kept   time.Duration // pulseKept when 0
	mu     sync.Mutex    // guards what follows
	next   uint64
	pings  []ping
	busy   time.Time // a large message or blob was arriving then
	drops  []time.Time
	counts segments // of this connection, at the last look
	moved  []moved  // since the look before, oldest first
}

// ping is one question of the device.
type ping struct {
	id       uint64
	at       time.Time
	took     time.Duration // until the answer; 0 without one
	hindered bool          // the line was full with something else when the answer was due
}

func (g ping) inTime() bool { return g.took > 0 && g.took <= answerTime }

// segments are what TCP counts on one connection.
type segments struct{ out, again uint64 }

type moved struct {
	at time.Time
	segments
}

// send notes a ping and returns what it says.
func (p *pulse) send(now time.Time) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	p.next++
	p.pings = append(p.pings, ping{id: p.next, at: now})
	return binary.BigEndian.AppendUint64(nil, p.next)
}

// unsent takes back the ping that could not be written.
func (p *pulse) unsent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.pings); n > 0 {
		p.pings = p.pings[:n-1]
	}
}

// answered takes the controller's answer to a ping.
func (p *pulse) answered(said string, now time.Time) {
	if len(said) != 8 {
		return // of something else than send
	}
	id := binary.BigEndian.Uint64([]byte(said))
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.pings {
		if g := &p.pings[i]; g.id == id && g.took == 0 {
			g.took = max(now.Sub(g.at), time.Microsecond)
		}
	}
}

// arriving says that the line is full with something large, behind which answers
// wait: that they are late says nothing of the line.
func (p *pulse) arriving(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.busy) < bulk/10 {
		return
	}
	p.busy = now
	p.hinder(now, 0)
}

// starved says that this machine had no time for the device for so long until now,
// as long as bulk takes or longer: answers that were due meanwhile may have lain
// here unread, and the controller's machine may be the same. A busy computer is no
// bad line.
func (p *pulse) starved(now time.Time, by time.Duration) {
	if by < bulk {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hinder(now, by)
}

// hinder forgives the answers that were due in the time until now. The caller
// holds mu.
func (p *pulse) hinder(now time.Time, by time.Duration) {
	for i := range p.pings {
		if g := &p.pings[i]; !g.inTime() && now.Sub(g.at) <= answerTime+by {
			g.hindered = true
		}
	}
}

// uneasy reports whether one of the newest pings was lost, or TCP had much to send
// again at the last look.
func (p *pulse) uneasy(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range p.pings[max(0, len(p.pings)-uneasyPings):] {
		if !g.inTime() && !g.hindered && now.Sub(g.at) > answerTime {
			return true
		}
	}
	if n := len(p.moved); n > 0 {
		last := p.moved[n-1]
		return now.Sub(last.at) < time.Minute && last.again > 1 && 100*last.again >= uneasyAgain*last.out
	}
	return false
}

// dropped notes a connection that broke.
func (p *pulse) dropped(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drops = append(p.drops, now); len(p.drops) > maxDrops {
		p.drops = p.drops[1:]
	}
}

// opened begins a new connection, of which TCP has counted nothing.
func (p *pulse) opened() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts = segments{}
}

// counted takes what TCP has counted on the connection so far.
func (p *pulse) counted(now time.Time, s segments) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.out > p.counts.out {
		p.moved = append(p.moved, moved{now, segments{s.out - p.counts.out, s.again - min(p.counts.again, s.again)}})
	}
	p.counts = s
}

// forget drops what is too old. The caller holds mu.
func (p *pulse) forget(now time.Time) {
	kept := cmp.Or(p.kept, pulseKept)
	p.pings = slices.DeleteFunc(p.pings, func(g ping) bool { return now.Sub(g.at) > kept })
	p.moved = slices.DeleteFunc(p.moved, func(m moved) bool { return now.Sub(m.at) > kept })
	p.drops = slices.DeleteFunc(p.drops, func(t time.Time) bool { return now.Sub(t) > dropsKept })
}

// line returns what the last ten minutes were like.
func (p *pulse) line(now time.Time) wire.Line {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	l := wire.Line{Dropped: len(p.drops)}
	var times []time.Duration
	lost := 0
	for _, g := range p.pings {
		if g.took > 0 {
			times = append(times, g.took)
		}
		if !g.inTime() && (g.hindered || now.Sub(g.at) <= answerTime) {
			continue
		}
		l.Pings++
		if !g.inTime() {
			lost++
		}
	}
	if l.Pings > 0 {
		l.Lost = 100 * float64(lost) / float64(l.Pings)
	}
	if n := len(times); n > 0 {
		slices.Sort(times)
		l.RTT = float64(times[n/2]) / float64(time.Millisecond)
	}
	var all segments
	for _, m := range p.moved {
		all.out += m.out
		all.again += m.again
	}
	if all.out > 0 {
		l.Resent = min(100*float64(all.again)/float64(all.out), 100)
	}
	return l
}
