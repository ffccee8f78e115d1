package hub

import (
	"runtime"
	"sync"
	"time"
)

// job is what hands do: a session that begins or has something to read, a handshake, or
// the crew.
type job interface{ do() }

// hands are goroutines that are kept for the next job when they have done one, for
// their stacks: growing a new one to what a message takes costs more than handling
// it. There are as many as there are jobs at a time, so that none waits for another;
// only few are kept.
type hands struct {
	mu     sync.Mutex // guards what follows
	idle   []chan job // the one that became idle last is the last
	closed bool
}

const keepIdle = 32

func (h *hands) give(j job) {
	h.mu.Lock()
	if n := len(h.idle); n > 0 {
		in := h.idle[n-1]
		h.idle = h.idle[:n-1]
		h.mu.Unlock()
		in <- j // of capacity 1 and empty
		return
	}
	h.mu.Unlock()
	go h.work(j)
}

func (h *hands) work(j job) {
	in := make(chan job, 1)
	for ok := true; ok; j, ok = <-in {
		j.do()
		if !h.rest(in) {
			return
		}
	}
}

func (h *hands) rest(in chan job) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.idle) >= keepIdle {
		return false
	}
	h.idle = append(h.idle, in)
	return true
}

func (h *hands) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, in := range h.idle {
		close(in)
	}
	h.idle = nil
}

// crew are those who do the same for all sessions: one crew writes what they have to
// send, another reads and handles what has come. There are as many at a time
// as there are cores, in the order in which the sessions came to have something. Who
// has to wait, for a device or for the backend, leaves the crew while it
// waits, and another comes for it: however many devices are stalled, as many as
// before write to the others. Who has an alert or a take-down to send goes before
// all others, who then give their place up after what they are writing.
type crew struct {
	hands *hands
	most  int
	of    task
	serve func(*session)

	mu     sync.Mutex // guards what follows
	queue  []*session // from first on
	urgent []*session // that are in queue, too
	first  int
	active int // at work, and not waiting

	taken, looked uint64 // sessions that were served: so far, and when look came last
	beyond        int    // how many may be at work beyond most, see look
}

// task is what a crew does.
type task int

const (
	toWrite task = iota
	toRead
	tasks
)

func newCrew(h *hands, of task, serve func(*session)) *crew {
	return &crew{hands: h, most: max(2, runtime.GOMAXPROCS(0)), of: of, serve: serve}
}

// add has sessions served.
func (c *crew) add(all ...*session) {
	c.mu.Lock()
	if c.first > len(c.queue)/2 { // it is never empty while there is too much to do
		n := copy(c.queue, c.queue[c.first:])
		clear(c.queue[n:])
		c.queue, c.first = c.queue[:n], 0
	}
	c.queue = append(c.queue, all...)
	for _, s := range all {
		s.queued[c.of] = true
	}
	more := c.active < c.most
	if more {
		c.active++
	}
	c.mu.Unlock()
	if more {
		c.hands.give(c)
	}
}

// do serves until nobody is left, or there are too many of the crew.
func (c *crew) do() {
	for {
		s, more := c.next()
		if more {
			c.hands.give(c)
		}
		if s == nil {
			return
		}
		c.serve(s)
	}
}

// worthIt is how many sessions have to wait for one more of the crew to come: to wake
// one costs more than to serve a few.
const worthIt = 8

// next is the session to serve, nil when there is none any more. With more another of
// the crew is to come.
func (c *crew) next() (s *session, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.active <= c.most+c.beyond {
		s := c.pop()
		if s == nil {
			c.beyond = 0
			break
		}
		if s.queued[c.of] { // else it was taken before, as an urgent one
			s.queued[c.of] = false
			c.taken++
			if more = c.active < c.most && len(c.queue)-c.first >= worthIt; more {
				c.active++
			}
			return s, more
		}
	}
	c.active--
	return nil, false
}

// pop takes a session out of the queues; nil when they are empty. The caller holds
// mu.
func (c *crew) pop() *session {
	if n := len(c.urgent); n > 0 {
		s := c.urgent[0]
		c.urgent[0] = nil
		if c.urgent = c.urgent[1:]; n == 1 {
			c.urgent = nil
		}
		return s
	}
	if c.first == len(c.queue) {
		return nil
	}
	s := c.queue[c.first]
	c.queue[c.first] = nil
	if c.first++; c.first == len(c.queue) {
		c.queue, c.first = c.queue[:0], 0
	}
	return s
}

// hasten puts a session that waits for the crew before the others.
func (c *crew) hasten(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.queued[c.of] {
		c.urgent = append(c.urgent, s)
	}
}

// pressed reports whether something urgent waits for the crew.
func (c *crew) pressed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.urgent) > 0
}

// stuckAfter is how long nobody is served before look helps.
const stuckAfter = 100 * time.Millisecond

// look is called every stuckAfter. Where sessions wait and none was served since, all
// of the crew wait and could not say so - within the websocket or TLS, which answer a
// device on a connection that takes nothing, for a lock of the backend, or because a
// device says one thing without end - and one more comes until nobody waits.
func (c *crew) look() {
	c.mu.Lock()
	more := c.first < len(c.queue) && c.taken == c.looked
	c.looked = c.taken
	if more {
		c.beyond++
		c.active++
	}
	c.mu.Unlock()
	if more {
		c.hands.give(c)
	}
}

// waits says that one of the crew begins to wait.
func (c *crew) waits() {
	c.mu.Lock()
	c.active--
	more := c.first < len(c.queue) && c.active < c.most
	if more {
		c.active++
	}
	c.mu.Unlock()
	if more {
		c.hands.give(c)
	}
}

// goesOn says that who waited is at work again.
func (c *crew) goesOn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active++
}
