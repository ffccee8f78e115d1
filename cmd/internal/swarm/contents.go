package swarm

import (
	"hash/maphash"
	"slices"
	"sync"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// contents are the pushes of editions, decoded once for all devices that get the
// same bytes, and which blobs the last editions of every channel need.
type contents struct {
	mu    sync.Mutex // guards what follows
	seed  maphash.Seed
	kept  map[uint64]*content
	order []uint64 // of kept, the oldest first
	needs map[held]hashed
	known []held // of needs, the oldest first

	patches bool // keep what patches begin with
	wholes  map[held][]byte
	newest  []held // of wholes, the oldest first
	bytes   int    // of wholes
}

// Bounds of what is kept.
const (
	keptContents = 256
	keptNeeds    = 4096
	keptWholes   = 128 << 20 // bytes
)

// content is one message, decoded.
type content struct {
	ready chan struct{} // closed when what follows is there
	err   error

	message wire.Message      // of any other kind than the push of an edition
	edition *playlist.Edition // without what devices do not need
	notice  playlist.NoticeID // the newest of the edition
	version int
	blobs   []playlist.Blob // all that the edition needs, each once
	riding  hashed          // that came along
	patched bool            // it came as a patch

	mu    sync.Mutex
	lacks map[playlist.Revision][]playlist.Blob // by what a device had before
}

// of returns the message of those bytes. What it returns shares memory with data
// only if it is no edition.
func (cs *contents) of(data []byte, deflated bool) (*content, error) {
	if len(data) < 200 || !deflated && len(data) < 400 {
		m, err := decode(data, deflated) // no push is so short
		return &content{message: m}, err
	}
	cs.mu.Lock()
	if cs.kept == nil {
		cs.seed, cs.kept, cs.needs = maphash.MakeSeed(), map[uint64]*content{}, map[held]hashed{}
	}
	seed := cs.seed
	cs.mu.Unlock()
	sum := maphash.Bytes(seed, data)
	cs.mu.Lock()
	c := cs.kept[sum]
	mine := c == nil
	if mine {
		c = &content{ready: make(chan struct{})}
		cs.kept[sum] = c
	}
	cs.mu.Unlock()
	if !mine {
		<-c.ready
		if c.edition != nil {
			return c, nil
		}
		m, err := decode(data, deflated) // alike by chance, or the first could not read it
		return &content{message: m}, err
	}
	c.fill(cs, data, deflated)
	cs.mu.Lock()
	if c.edition == nil {
		delete(cs.kept, sum)
	} else {
		cs.keep(sum, c)
	}
	cs.mu.Unlock()
	close(c.ready)
	return c, c.err
}

// keep counts a decoded edition in. The caller holds mu.
func (cs *contents) keep(sum uint64, c *content) {
	if cs.order = append(cs.order, sum); len(cs.order) > keptContents {
		delete(cs.kept, cs.order[0])
		cs.order = slices.Delete(cs.order, 0, 1)
	}
	h := held{c.edition.Channel, c.edition.Revision}
	if cs.needs[h] != nil {
		return
	}
	all := make(hashed, len(c.blobs))
	for _, b := range c.blobs {
		all[b.Ref] = struct{}{}
	}
	cs.needs[h] = all
	if cs.known = append(cs.known, h); len(cs.known) > keptNeeds {
		delete(cs.needs, cs.known[0])
		cs.known = slices.Delete(cs.known, 0, 1)
	}
}

func decode(data []byte, deflated bool) (wire.Message, error) {
	if deflated {
		var err error
		if data, err = inflate(data); err != nil {
			return wire.Message{}, err
		}
	}
	return wire.Decode(data)
}

func (c *content) fill(cs *contents, data []byte, deflated bool) {
	m, err := decode(data, deflated)
	if err != nil {
		c.err = err
		return
	}
	c.message = m
	if m.Type != wire.TypePush {
		return
	}
	var p wire.Push
	if c.err = m.Into(&p); c.err != nil || p.Channel.IsZero() {
		return
	}
	if _, c.err = m.Blobs(p.Attached); c.err != nil {
		return
	}
	payload := p.Envelope.Payload
	if p.Patch != nil {
		if payload = cs.patched(p); payload == nil {
			return // the message says what it is
		}
		c.patched = true
	}
	var e *playlist.Edition
	if e, c.err = playlist.DecodeEdition(payload); c.err != nil {
		return
	}
	cs.hold(held{e.Channel, e.Revision}, payload)
	c.message = wire.Message{}
	c.riding = make(hashed, len(p.Attached))
	for _, b := range p.Attached {
		c.riding[b.Ref] = struct{}{}
	}
	seen := map[assets.Ref]bool{}
	for b := range e.Needs {
		if !seen[b.Ref] {
			seen[b.Ref] = true
			c.blobs = append(c.blobs, b)
		}
	}
	for _, n := range e.Notices {
		if c.notice == "" || n.Since.After(e.Created) {
			c.notice, c.version = n.ID, n.Version
		}
	}
	c.lacks = map[playlist.Revision][]playlist.Blob{}
	c.edition = &playlist.Edition{Channel: e.Channel, Revision: e.Revision, Created: e.Created}
}

// missing is what a device that had another revision must fetch.
func (c *content) missing(cs *contents, had playlist.Revision) []playlist.Blob {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, known := c.lacks[had]
	if known {
		return list
	}
	cs.mu.Lock()
	before := cs.needs[held{c.edition.Channel, had}]
	cs.mu.Unlock()
	for _, b := range c.blobs {
		_, came := c.riding[b.Ref]
		_, has := before[b.Ref]
		if !came && !has {
			list = append(list, b)
		}
	}
	c.lacks[had] = list
	return list
}

// patched is the payload that a patch makes of one that is kept for all devices;
// nil when it is not, and the whole has to come.
func (cs *contents) patched(p wire.Push) []byte {
	cs.mu.Lock()
	base := cs.wholes[held{p.Channel, p.Patch.From}]
	cs.mu.Unlock()
	whole, err := p.Patch.Apply(base)
	if err != nil {
		return nil
	}
	return whole
}

// hold keeps a payload for the patches that begin with it.
func (cs *contents) hold(h held, payload []byte) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if !cs.patches || cs.wholes[h] != nil {
		return
	}
	if cs.wholes == nil {
		cs.wholes = map[held][]byte{}
	}
	cs.wholes[h], cs.bytes = payload, cs.bytes+len(payload)
	cs.newest = append(cs.newest, h)
	for cs.bytes > keptWholes && len(cs.newest) > 1 {
		old := cs.newest[0]
		cs.newest = slices.Delete(cs.newest, 0, 1)
		cs.bytes -= len(cs.wholes[old])
		delete(cs.wholes, old)
	}
}
