package cache

import (
	"errors"
	"fmt"
	"maps"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Offer takes a pushed envelope with the blobs that rode along. It verifies all
// of it before anything is stored. Take-downs count from the moment that Offer
// returns, even with an error of this device's storage; the rest of an edition counts from the Commit that finds it whole.
// The error is a *wire.Refusal when the push is at fault; anything else is this
// device's storage, and the push is worth trying again. Offering what is already
// there is no error.
//
// A push with a patch is rebuilt from the edition that it names, on screen or
// staged, and verified like one that came whole. When that edition is not here, or
// what comes out is not what was signed, the refusal says ReasonNoBase: the whole
// has to come before anything can be said of it.
func (c *Cache) Offer(p wire.Push, attached [][]byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.steady(); err != nil {
		return err
	}
	if c.identity.Screen == "" {
		return refuse(wire.ReasonWrongKey, "this device is not enrolled")
	}
	if len(p.Envelope.Payload) > maxEnvelope {
		return refuse(wire.ReasonOversized, "payload of %d bytes, at most %d are taken", len(p.Envelope.Payload), maxEnvelope)
	}
	if p.Channel.IsZero() {
		return c.offerSettings(p)
	}
	if p.Patch == nil {
		return c.offerEdition(p, attached)
	}
	whole, err := c.whole(p)
	if err == nil {
		err = c.offerEdition(whole, attached)
	}
	if r, ok := errors.AsType[*wire.Refusal](err); ok && r.Reason == wire.ReasonDamaged {
		return refuse(wire.ReasonNoBase, "by patch from revision %s: %s", p.Patch.From, r.Detail)
	}
	return err
}

// whole is a push with the payload that its patch makes of what is here. Of a
// channel an edition may be staged besides the one on screen.
func (c *Cache) whole(p wire.Push) (wire.Push, error) {
	if p.Patch.From == 0 {
		payload, err := p.Patch.Apply(nil)
		p.Envelope.Payload, p.Patch = payload, nil
		return p, err
	}
	for _, e := range []*admitted[playlist.Edition]{c.staged[p.Channel], c.editions[p.Channel]} {
		if e == nil || e.doc.Revision != p.Patch.From {
			continue
		}
		base, err := c.envelope(document{Ref: e.ref, Size: e.size})
		if err != nil {
			return p, refuse(wire.ReasonNoBase, "revision %s of channel %s cannot be read: %v", p.Patch.From, p.Channel, err)
		}
		if p.Envelope.Payload, err = p.Patch.Apply(base.Payload); err != nil {
			return p, err
		}
		p.Patch = nil
		return p, nil
	}
	return p, refuse(wire.ReasonNoBase, "revision %s of channel %s is not here", p.Patch.From, p.Channel)
}

func (c *Cache) offerSettings(p wire.Push) error {
	s, err := wire.OpenSettings(p.Envelope, c.identity.Root)
	if err != nil {
		return err
	}
	switch {
	case s.Screen.ID != c.identity.Screen:
		return refuse(wire.ReasonChannel, "settings of screen %s, this is %s", s.Screen.ID, c.identity.Screen)
	case s.Revision < c.ratchet.Settings:
		return refuse(wire.ReasonOlder, "settings revision %s, had %s", s.Revision, c.ratchet.Settings)
	case c.settings != nil && s.Revision == c.settings.doc.Revision:
		return again(c, p.Envelope, c.settings)
	}
	doc, err := store(c, p.Envelope, s)
	if err != nil {
		return err
	}
	// Settings need no blobs, so they count at once: keys that were withdrawn
	// must not admit one more edition.
	next := c.ratchet.clone()
	next.Settings = s.Revision
	if err := c.write(fileRatchet, next); err != nil {
		return fmt.Errorf("admit settings: %w", err)
	}
	c.ratchet = next
	former := c.settings
	c.settings = doc
	for ch := range c.staged {
		if _, ok := grant(s, ch); !ok {
			delete(c.staged, ch)
		}
	}
	if err := c.rebuild(c.granted(c.editions)); err != nil {
		c.settings = former
		return fmt.Errorf("admit settings: %w", err)
	}
	return nil
}

func (c *Cache) offerEdition(p wire.Push, attached [][]byte) error {
	if c.settings == nil {
		return refuse(wire.ReasonWrongKey, "no settings yet, so no key is known for channel %s", p.Channel)
	}
	g, ok := grant(c.settings.doc, p.Channel)
	if !ok {
		return refuse(wire.ReasonChannel, "channel %s is not one of this screen", p.Channel)
	}
	e, err := wire.OpenEdition(p.Envelope, g)
	if err != nil {
		return err
	}
	if err := e.Check(); err != nil {
		return refuse(wire.ReasonDamaged, "%v", err)
	}
	prev := c.editions[p.Channel]
	switch {
	case e.Revision < c.ratchet.Revisions[p.Channel]:
		return refuse(wire.ReasonOlder, "revision %s of channel %s, had %s", e.Revision, p.Channel, c.ratchet.Revisions[p.Channel])
	case prev != nil && e.Revision == prev.doc.Revision:
		return again(c, p.Envelope, prev)
	case prev != nil && e.Revision < prev.doc.Revision:
		return refuse(wire.ReasonOlder, "revision %s of channel %s, had %s", e.Revision, p.Channel, prev.doc.Revision)
	}
	if prev != nil {
		if err := e.Follows(&prev.doc); err != nil {
			return refuse(wire.ReasonOlder, "%v", err)
		}
	}
	for _, t := range c.ratchet.Takedowns[p.Channel] {
		if !covers(e.Takedowns, t) {
			return refuse(wire.ReasonOlder, "the take-down of notice %s is missing", t.Notice)
		}
	}
	wanted := map[assets.Ref]int64{}
	for _, entry := range e.Notices {
		if entry.Size > maxNotice {
			return refuse(wire.ReasonOversized, "notice %s has %d bytes, at most %d are taken", entry.ID, entry.Size, maxNotice)
		}
	}
	for b := range e.Needs {
		wanted[b.Ref] = b.Size
	}
	here := make(map[assets.Ref][]byte, len(attached))
	for _, data := range attached {
		ref := assets.RefOf(data)
		if size, ok := wanted[ref]; !ok || size != int64(len(data)) {
			return refuse(wire.ReasonDamaged, "attached blob %s is not listed by the edition", ref.Short())
		}
		here[ref] = data
	}
	// Notices that came along are decoded from the bytes that were just hashed,
	// so that the commit need not read them back.
	decoded := make(map[assets.Ref]*playlist.Notice, len(attached))
	for _, entry := range e.Notices {
		data, ok := here[entry.Ref]
		if !ok {
			continue
		}
		n, err := playlist.DecodeListed(data)
		if err == nil {
			err = e.Matches(entry, n)
		}
		if err != nil {
			return refuse(wire.ReasonDamaged, "notice %s: %v", entry.ID, err)
		}
		decoded[entry.Ref] = n
	}
	next := c.ratchet.clone()
	next.Revisions[p.Channel] = e.Revision
	fresh := next.takeDown(p.Channel, e.Takedowns)
	if fresh {
		// Withdrawn content goes at once, not when what came with it is on disk or
		// the new pictures are here, and also when the disk takes nothing (DOMAIN I5):
		// then the push is worth trying again, so that it is gone for ever.
		kept := c.write(fileRatchet, next)
		c.ratchet = next
		if err := errors.Join(kept, c.show(c.editions)); err != nil {
			return fmt.Errorf("apply take-downs of channel %s: %w", p.Channel, err)
		}
	}
	if err := c.tried(c.blobs.PutAll(attached)); err != nil {
		return fmt.Errorf("store blobs of channel %s: %w", p.Channel, err)
	}
	doc, err := store(c, p.Envelope, e)
	if err != nil {
		return err
	}
	if !fresh {
		if err := c.write(fileRatchet, next); err != nil {
			return fmt.Errorf("record revision of channel %s: %w", p.Channel, err)
		}
		c.ratchet = next
	}
	c.staged[p.Channel] = doc
	maps.Copy(c.notices, decoded)
	return nil
}

// Commit switches to a new generation with every staged edition that is whole on
// disk by now, and reports whether it did. Staged editions that still miss blobs
// stay staged; the generation on screen stays until Commit succeeds.
func (c *Cache) Commit() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.steady(); err != nil {
		return false, fmt.Errorf("switch generation: %w", err)
	}
	next := maps.Clone(c.editions)
	changed := false
	for ch, e := range c.staged {
		if c.complete(e.doc) {
			next[ch] = e
			changed = true
		}
	}
	for ref := range c.lost {
		if c.blobs.Has(ref) {
			delete(c.lost, ref)
			changed = true // a notice that was left out can be shown again
		}
	}
	if !changed {
		return false, nil
	}
	if err := c.rebuild(next); err != nil {
		return false, fmt.Errorf("switch generation: %w", err)
	}
	for ch, e := range next {
		if s := c.staged[ch]; s == e {
			delete(c.staged, ch)
		}
	}
	return true, nil
}

func (c *Cache) complete(e playlist.Edition) bool {
	for b := range e.Needs {
		if !c.blobs.Has(b.Ref) {
			return false
		}
	}
	return true
}
