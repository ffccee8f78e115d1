package hub

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// compressFrom is the size in bytes from which deflating a push pays.
const compressFrom = 512

// Prepared is a push encoded once for any number of devices: the frame as it is
// and, when the first device that takes it asks, the deflated one and what makes it out
// of an earlier edition. It is immutable.
type Prepared struct {
	channel  playlist.ChannelID
	revision playlist.Revision
	size     int // bytes before compression
	urgent   bool
	frames   *frames
	patches  *patches // nil: it goes whole to everybody

	travels func() int  // bytes on the line
	slim    func() slim // made when the first device needs it
}

// frames are a message as it goes over the wire to any number of devices.
type frames struct {
	plain []byte

	once     sync.Once
	deflated []byte // by once
	err      error  // of once
}

// of returns the frame for a connection that takes deflated ones, or does not.
func (f *frames) of(deflated bool) ([]byte, error) {
	if !deflated {
		return f.plain, nil
	}
	f.once.Do(func() { f.deflated, f.err = deflate(f.plain) })
	return f.deflated, f.err
}

// Prepare encodes a push with its blobs. push.Attached may be empty: it is
// filled in from the blobs. It says nothing of the time, which would be old when
// the last device takes it: devices would think that their clocks are wrong. It
// fails above the limits of a message.
func Prepare(push wire.Push, blobs ...[]byte) (*Prepared, error) {
	push.Time = time.Time{}
	b, err := wire.Encode(wire.TypePush, push, blobs...)
	if err != nil {
		return nil, fmt.Errorf("prepare push of %s revision %s: %w", push.Channel, push.Revision, err)
	}
	return &Prepared{
		channel: push.Channel, revision: push.Revision, size: len(b), frames: &frames{plain: frameFor(b)},
		travels: sync.OnceValue(func() int { return travels(b) }),
		slim:    sync.OnceValue(func() slim { return makeSlim(b) }),
	}, nil
}

// Prepare encodes the content, see the function Prepare.
func (c Content) Prepare() (*Prepared, error) {
	p, err := Prepare(c.Push, c.Blobs...)
	if err == nil {
		p.urgent, p.patches = c.Urgent, newPatches(c)
	}
	return p, err
}

// catchup keeps the pushes that devices which come back need, so that ten
// thousand that were away for the same time are one question to the backend.
type catchup struct {
	mu    sync.Mutex // guards what follows
	kept  map[catchupKey]*answer
	bytes int
}

type catchupKey struct {
	channel playlist.ChannelID
	since   playlist.Revision
}

type answer struct {
	ready chan struct{} // closed when p or err is there
	p     *Prepared     // nil: the channel has no edition
	err   error
	used  time.Time
	size  int // bytes counted in catchup.bytes
}

const (
	catchupBytes = 64 << 20        // at most kept
	catchupTime  = 5 * time.Minute // unused
)

// get returns the push that brings a device from since to the newest revision,
// which is at least floor; nil when there is none.
func (c *catchup) get(ctx context.Context, b Backend, ch playlist.ChannelID, since, floor playlist.Revision) (*Prepared, error) {
	key := catchupKey{ch, since}
	for {
		c.mu.Lock()
		a := c.kept[key]
		mine := a == nil
		if mine {
			a = &answer{ready: make(chan struct{}), used: time.Now()}
			if c.kept == nil {
				c.kept = map[catchupKey]*answer{}
			}
			c.kept[key] = a
		}
		a.used = time.Now()
		c.mu.Unlock()
		if mine {
			c.fill(ctx, b, key, a)
		}
		select {
		case <-a.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if mine || a.err == nil && a.p != nil && a.p.revision >= floor {
			return a.p, a.err
		}
		c.drop(key, a) // old, empty or failed for another: ask for ourselves
	}
}

func (c *catchup) fill(ctx context.Context, b Backend, key catchupKey, a *answer) {
	content, err := b.Latest(ctx, key.channel, key.since)
	if err == nil && content.Push.Revision > 0 {
		a.p, err = content.Prepare()
	}
	a.err = err
	close(a.ready)
	if a.err != nil || a.p == nil {
		c.drop(key, a)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[key] != a {
		return
	}
	c.count(a)
}

// count adds a kept answer to the bytes. The caller holds mu.
func (c *catchup) count(a *answer) {
	a.size = a.p.weight()
	c.bytes += a.size
	c.trim(a)
}

// trim forgets answers until the limit holds. The caller holds mu.
func (c *catchup) trim(keep *answer) {
	for key, a := range c.kept {
		if c.bytes <= catchupBytes {
			return
		}
		if a != keep {
			c.forgetLocked(key, a)
		}
	}
}

// forgetLocked takes an answer out. The caller holds mu.
func (c *catchup) forgetLocked(key catchupKey, a *answer) {
	select {
	case <-a.ready:
		c.bytes -= a.size
		delete(c.kept, key)
	default: // still being filled
	}
}

func (c *catchup) drop(key catchupKey, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[key] == a {
		c.forgetLocked(key, a)
	}
}

// announced forgets the answers that a new revision makes old; the announced
// push is itself the answer for who has the revision before it.
func (c *catchup) announced(p *Prepared) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, a := range c.kept {
		if key.channel == p.channel {
			c.forgetLocked(key, a)
		}
	}
	if c.kept == nil {
		c.kept = map[catchupKey]*answer{}
	}
	key := catchupKey{p.channel, p.revision - 1}
	if c.kept[key] == nil {
		a := &answer{ready: make(chan struct{}), p: p, used: time.Now()}
		close(a.ready)
		c.kept[key] = a
		c.count(a)
	}
}

// forget drops what nobody has asked for in a while.
func (c *catchup) forget(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, a := range c.kept {
		if now.Sub(a.used) > catchupTime {
			c.forgetLocked(key, a)
		}
	}
}
