package hub

import (
	"sync"
	"time"
)

// Linux wakes a writer when a third of the send buffer is free, which at 64 kbit/s
// takes 20 s and more. A deadline alone would cut every large edition on a thin
// line in its midst, again and again for ever. So while a write waits, what the
// device has acknowledged is looked at.
const (
	// unsent is how many bytes wait in the system before a write waits instead: what
	// waits there nothing overtakes, an alert neither.
	unsent = 32 << 10
	// leastTaken is how many bytes a device has to acknowledge within a WriteTimeout
	// while more waits for it: 3 kbit/s. A device that reads a byte now and then is
	// cut (DOMAIN R17).
	leastTaken = 4 << 10
	looks      = 4 // at that in a WriteTimeout
	// bulkTime is how long what was sent before may still fill the line.
	bulkTime = 5 * time.Minute
)

// writing is a write that may have to wait.
type writing struct {
	conn *pacedConn

	mu    sync.Mutex // guards what follows
	timer *time.Timer
	ended bool
	began bool   // acknowledged is known
	base  uint64 // bytes acknowledged when the deadline was moved last
}

// watch moves the deadline of a write of n bytes that begins now for as long as the
// device takes something. What it returns ends that. Where nothing large is or was
// sent there is nothing to wait behind.
func (c *pacedConn) watch(n int) (end func()) {
	if n > chunk {
		c.bulky = time.Now()
	}
	if c.raw == nil || c.bulky.IsZero() || time.Since(c.bulky) > bulkTime {
		return func() {}
	}
	w := &writing{conn: c}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(c.hub.opt.WriteTimeout/looks, w.look)
	return w.end
}

func (w *writing) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.timer.Stop()
}

func (w *writing) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, ok := acknowledged(w.conn.raw)
	if w.ended || !ok {
		return // where the system does not tell the deadline stands
	}
	if w.began && now-w.base >= leastTaken {
		w.conn.tcp.SetWriteDeadline(time.Now().Add(w.conn.hub.opt.WriteTimeout))
		w.conn.alive(time.Now()) // the device's pong waits behind these bytes
		w.base = now
	}
	if !w.began {
		w.began, w.base = true, now
	}
	w.timer.Reset(w.conn.hub.opt.WriteTimeout / looks)
}
