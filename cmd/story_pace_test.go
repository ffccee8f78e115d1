package cmd

import (
	"crypto/sha256"
	"sync"
	"testing"
	"time"
)

// A promise such as "within a second" is one of the programs on a machine of their
// own. Here dozens of them share a few cores with other tests. How much of a machine
// they had is measured while they run: the same small piece of work again and again,
// from the instant at which it should begin. What it takes of the least that it ever
// took is how much longer things may take.
const (
	paceEvery = 100 * time.Millisecond
	paceKept  = 10 * time.Minute
)

// pacer measures that. The methods of nil know of a machine with nothing else to do.
type pacer struct {
	mu    sync.Mutex // guards what follows
	turns []paced
	least time.Duration
}

// paced is a piece of work: when it should have begun, and how long after that it
// was done.
type paced struct {
	due  time.Time
	took time.Duration
}

// startPacer measures until the test and all tests within it are over.
func startPacer(t *testing.T) *pacer {
	p := &pacer{}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { // ends with the test
		defer close(stopped)
		block := make([]byte, 1<<20)
		for {
			due := time.Now().Add(paceEvery)
			select {
			case <-stop:
				return
			case <-time.After(paceEvery):
			}
			begun := time.Now()
			sha256.Sum256(block)
			p.note(due, begun, time.Now())
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-stopped
	})
	return p
}

func (p *pacer) note(due, begun, done time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if work := max(done.Sub(begun), time.Microsecond); p.least == 0 || work < p.least {
		p.least = work
	}
	for len(p.turns) > 0 && due.Sub(p.turns[0].due) > paceKept {
		p.turns = p.turns[1:]
	}
	p.turns = append(p.turns, paced{due, done.Sub(due)})
}

// slower returns how many times as long as on a machine with nothing else to do
// things took in a span of time, at least 1.
func (p *pacer) slower(from, until time.Time) float64 {
	if p == nil {
		return 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var took time.Duration
	n := 0
	for _, w := range p.turns {
		if end := w.due.Add(w.took); end.Before(from) || w.due.After(until) {
			continue
		}
		took += w.took
		n++
	}
	if n == 0 {
		return 1
	}
	return max(1, float64(took)/float64(n)/float64(p.least))
}

// allows returns how long something may have taken here that has a limit on a
// machine of its own.
func (w *world) allows(limit time.Duration, from, until time.Time) time.Duration {
	return time.Duration(float64(limit*slowness) * w.pace.slower(from, until))
}

func TestPacer(t *testing.T) {
	p, at := &pacer{}, time.Unix(1e9, 0)
	if s := p.slower(at, at); s != 1 {
		t.Errorf("of a machine that nobody looked at it says %v", s)
	}
	ms := time.Millisecond
	for i := range 20 {
		due := at.Add(time.Duration(i) * 100 * ms)
		late := time.Duration(0)
		if i >= 10 {
			late = 6 * ms // it waits for a core
		}
		p.note(due, due.Add(late), due.Add(late+2*ms))
	}
	for _, c := range []struct {
		from, until time.Duration
		want        float64
	}{{0, 950 * ms, 1}, {1000 * ms, 2000 * ms, 4}, {0, 2000 * ms, 2.5}, {time.Hour, 2 * time.Hour, 1}} {
		if got := p.slower(at.Add(c.from), at.Add(c.until)); got != c.want {
			t.Errorf("from %v to %v it says %v, want %v", c.from, c.until, got, c.want)
		}
	}
	if got := (&world{pace: p}).allows(time.Second, at.Add(1000*ms), at.Add(2000*ms)); got != 4*slowness*time.Second {
		t.Errorf("a second may take %v", got)
	}
}
