package cache

import (
	"encoding/json"
	"errors"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

const (
	// inspectNames is how many blobs one Inspect looks up, and inspectBytes how
	// much of them it hashes: some milliseconds on a slow machine. A county's
	// content is looked at within a minute.
	inspectNames = 300
	inspectBytes = 1 << 20
	// fileProbe is written by Probe.
	fileProbe = "probe.json"
)

// inspection is what is known of the files of the generation on screen. It is
// guarded by Cache.mu.
type inspection struct {
	whole map[assets.Ref]stamp // blobs that had their hash, as their files were then
	round []playlist.Blob      // that this round has still to look at
	torn  map[assets.Ref]bool  // envelopes that are not whole; they are pushed again, not fetched

	blobs, seenBlobs int // of the last round and of this one
	bytes, seenBytes int64
	damaged          int
	trouble          string
}

// stamp is what a file looks like from outside.
type stamp struct {
	size int64
	at   time.Time
}

// Inspect looks at some of the blobs that the generation on screen is made of and
// returns what is known of all of them. A blob is hashed when it is seen for the
// first time and when its file has changed since; one that is not whole is put
// on the list of Missing. Nobody waits for it but who else calls it.
func (c *Cache) Inspect() wire.Storage {
	c.inspecting.Lock()
	defer c.inspecting.Unlock()
	c.mu.Lock()
	n := &c.inspected
	if len(n.round) == 0 {
		n.blobs, n.bytes = n.seenBlobs, n.seenBytes
		n.seenBlobs, n.seenBytes = 0, 0
		c.begin()
	}
	part := n.round[:min(inspectNames, len(n.round))]
	c.mu.Unlock()

	looked, hashed := 0, int64(0)
	for _, b := range part {
		if hashed > 0 && hashed+b.Size > inspectBytes {
			break
		}
		hashed += c.inspect(b)
		looked++
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n.round = n.round[min(looked, len(n.round)):]
	s := wire.Storage{Blobs: max(n.blobs, n.seenBlobs), Bytes: max(n.bytes, n.seenBytes), Damaged: n.damaged, Trouble: n.trouble}
	for ref := range c.lost {
		if !c.blobs.Has(ref) {
			s.Missing++
		}
	}
	s.Missing += len(n.torn)
	return s
}

// begin lists what the next round looks at. The caller holds mu.
func (c *Cache) begin() {
	n := &c.inspected
	seen := map[assets.Ref]bool{}
	add := func(b playlist.Blob) {
		if !seen[b.Ref] && !b.Ref.IsZero() {
			seen[b.Ref] = true
			n.round = append(n.round, b)
		}
	}
	if c.settings != nil {
		add(playlist.Blob{Ref: c.settings.ref, Size: c.settings.size})
	}
	for _, e := range c.editions {
		add(playlist.Blob{Ref: e.ref, Size: e.size})
		for b := range e.doc.Needs {
			add(b)
		}
	}
	for ref := range n.whole {
		if !seen[ref] {
			delete(n.whole, ref)
		}
	}
	for ref := range n.torn {
		if !seen[ref] {
			delete(n.torn, ref)
		}
	}
}

// inspect looks at one blob and returns how many bytes it hashed.
func (c *Cache) inspect(b playlist.Blob) (hashed int64) {
	info, err := c.blobs.Info(b.Ref)
	var now stamp
	if err == nil {
		now = stamp{info.Size(), info.ModTime()}
		c.mu.Lock()
		known := c.inspected.whole[b.Ref] == now && now.size == b.Size
		c.mu.Unlock()
		if !known {
			hashed = now.size
			_, err = c.blobs.Read(b.Ref, max(b.Size, now.size))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.rotted(b.Ref, b.Size, err)
		return hashed
	}
	n := &c.inspected
	n.whole[b.Ref] = now
	n.seenBlobs++
	n.seenBytes += now.size
	delete(n.torn, b.Ref)
	return hashed
}

// rotted notes what reading a blob of the generation on screen said. The caller
// holds mu.
func (c *Cache) rotted(ref assets.Ref, size int64, err error) {
	corrupt := errors.Is(err, assets.ErrCorrupt)
	if !corrupt && !errors.Is(err, assets.ErrNotFound) {
		return // the disk failed to read; it may do so tomorrow
	}
	if corrupt {
		c.inspected.damaged++
	}
	delete(c.inspected.whole, ref)
	if c.isEnvelope(ref) {
		c.inspected.torn[ref] = true
		return
	}
	c.lost[ref] = size
}

func (c *Cache) isEnvelope(ref assets.Ref) bool {
	if c.settings != nil && c.settings.ref == ref {
		return true
	}
	for _, e := range c.editions {
		if e.ref == ref {
			return true
		}
	}
	return false
}

// Torn reports whether an envelope of the generation on screen is not whole on
// disk: after a restart it would not be believed. It is mended when everything is
// pushed again.
func (c *Cache) Torn() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.inspected.torn) > 0
}

// again stores an envelope once more that is on screen already, in case its file
// is not whole. The caller holds mu.
func again[T any](c *Cache, env wire.Envelope, doc *admitted[T]) error {
	if c.blobs.Has(doc.ref) {
		return nil
	}
	_, err := store(c, env, doc.doc)
	return err
}

// Tried notes whether something that others wrote into the cache could be stored.
func (c *Cache) Tried(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tried(err)
}

// tried returns err. The caller holds mu.
func (c *Cache) tried(err error) error {
	c.inspected.trouble = ""
	if err != nil {
		c.inspected.trouble = err.Error()
	}
	return err
}

// Probe writes a small file durably, as everything that must survive is written:
// a disk that is full, failing or has become read-only shows before content comes.
func (c *Cache) Probe(now time.Time) error {
	data, err := json.Marshal(now.UTC())
	if err == nil {
		err = durable.WriteFile(c.fs, c.path(fileProbe), seal(data)) // nobody waits for it
	}
	c.Tried(err)
	return err
}
