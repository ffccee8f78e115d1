package cache

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The small files of a cache. Each is one line with the address of the JSON that
// follows, so that a flipped bit is found.
const (
	fileIdentity   = "identity.json"
	fileRatchet    = "ratchet.json"
	fileGeneration = "generation.json"
	filePrevious   = "generation.prev"
	fileTimes      = "times.json"
)

// document points at an envelope.
type document struct {
	Ref  assets.Ref `json:"ref"`
	Size int64      `json:"size"`
}

// generationFile names the envelopes of a generation.
type generationFile struct {
	Settings document                        `json:"settings"`
	Channels map[playlist.ChannelID]document `json:"channels"`
}

// ratchet is what never goes back.
type ratchet struct {
	Settings  playlist.Revision                          `json:"settings"`
	Revisions map[playlist.ChannelID]playlist.Revision   `json:"revisions"`
	Takedowns map[playlist.ChannelID][]playlist.Takedown `json:"takedowns"`
}

func newRatchet() ratchet {
	return ratchet{
		Revisions: map[playlist.ChannelID]playlist.Revision{},
		Takedowns: map[playlist.ChannelID][]playlist.Takedown{},
	}
}

func (r ratchet) clone() ratchet {
	return ratchet{r.Settings, maps.Clone(r.Revisions), maps.Clone(r.Takedowns)}
}

// takeDown merges take-downs and reports whether any was new.
func (r *ratchet) takeDown(ch playlist.ChannelID, list []playlist.Takedown) (fresh bool) {
	have := r.Takedowns[ch]
	merged := slices.Clone(have)
	for _, t := range list {
		if covers(have, t) {
			continue
		}
		fresh = true
		merged = slices.DeleteFunc(merged, func(o playlist.Takedown) bool { return o.Notice == t.Notice })
		merged = append(merged, t)
	}
	r.Takedowns[ch] = merged
	return fresh
}

// covers reports whether list withdraws at least what t withdraws.
func covers(list []playlist.Takedown, t playlist.Takedown) bool {
	return slices.ContainsFunc(list, func(o playlist.Takedown) bool {
		return o.Notice == t.Notice && o.Version >= t.Version
	})
}

func (c *Cache) path(name string) string { return filepath.Join(c.dir, name) }

// write puts v into a small file, durably.
func (c *Cache) write(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.tried(durable.WriteFile(c.fs, c.path(name), seal(data)))
}

func seal(data []byte) []byte {
	return append([]byte(assets.RefOf(data).String()+"\n"), data...)
}

func unseal(data []byte) ([]byte, error) {
	head, body, ok := bytes.Cut(data, []byte("\n"))
	if !ok || string(head) != assets.RefOf(body).String() {
		return nil, errors.New("the content does not match its checksum")
	}
	return body, nil
}

// read fills v from a small file. A file that is not there leaves v as it is.
func (c *Cache) read(name string, v any) (found bool) {
	data, err := durable.ReadFile(c.fs, c.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		c.shaky = true
	} else {
		data, err = unseal(data)
	}
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		c.log.Error("A file of the cache is damaged and is left out.", "file", name, "error", err)
		return false
	}
	return true
}

// envelope reads a stored envelope, hashed on the way.
func (c *Cache) envelope(d document) (wire.Envelope, error) {
	var env wire.Envelope
	data, err := c.blobs.Read(d.Ref, d.Size)
	if err != nil {
		return env, err
	}
	if err := json.Unmarshal(data, &env); err != nil {
		return env, fmt.Errorf("envelope %s: %w", d.Ref.Short(), err)
	}
	return env, nil
}

// store keeps an envelope that was verified as doc.
func store[T any](c *Cache, env wire.Envelope, doc T) (*admitted[T], error) {
	data, err := json.Marshal(env)
	if err != nil {
		return nil, fmt.Errorf("store envelope: %w", err)
	}
	ref, err := c.blobs.PutBytes(data)
	if c.tried(err) != nil {
		return nil, fmt.Errorf("store envelope: %w", err)
	}
	return &admitted[T]{doc: doc, ref: ref, size: int64(len(data))}, nil
}

// load restores what was on screen: from generation.json, or, when that or its
// settings are damaged, from the generation before. Signatures are judged anew,
// so a disk that was written by somebody else shows nothing.
//
// A disk that fails to read, rather than giving bad bytes, may give them later:
// then something older may be on screen, but nothing is written over.
func (c *Cache) load() {
	c.shaky = false
	c.read(fileTimes, &c.times)
	if !c.read(fileIdentity, &c.identity) {
		return
	}
	r := newRatchet()
	if c.read(fileRatchet, &r) {
		c.ratchet = r
	}
	if c.ratchet.Revisions == nil || c.ratchet.Takedowns == nil {
		c.ratchet = newRatchet()
	}
	c.read(filePrevious, &c.former)
	var now generationFile
	if !c.read(fileGeneration, &now) || !c.restore(now) {
		if c.former.Settings.Ref.IsZero() || !c.restore(c.former) {
			return
		}
		c.log.Warn("The generation before the last is shown.")
		now = c.former
	}
	c.adopted = now
	if err := c.show(c.editions); err != nil {
		c.log.Error("The cached content cannot be shown.", "error", err)
	}
}

// restore opens the documents of a generation file. It reports whether the
// settings could be opened; editions that cannot are left out and, not being in
// Have, are sent again.
func (c *Cache) restore(g generationFile) bool {
	env, err := c.envelope(g.Settings)
	if err != nil {
		c.log.Error("The cached settings cannot be read.", "error", err)
		c.shaky = c.shaky || !spoilt(err)
		return false
	}
	s, err := wire.OpenSettings(env, c.identity.Root)
	if err != nil || s.Screen.ID != c.identity.Screen {
		c.log.Error("The cached settings are refused.", "error", err)
		return false
	}
	c.settings = &admitted[playlist.Settings]{doc: s, ref: g.Settings.Ref, size: g.Settings.Size}
	clear(c.editions)
	clear(c.unread)
	for ch, d := range g.Channels {
		granted, ok := grant(s, ch)
		if !ok {
			continue
		}
		env, err := c.envelope(d)
		var e playlist.Edition
		if err == nil {
			e, err = wire.OpenEdition(env, granted)
		}
		if err != nil {
			c.log.Error("A cached edition is left out.", "channel", ch, "error", err)
			if !spoilt(err) {
				c.unread[ch] = d // the disk may be in a better mood after a restart
			}
			continue
		}
		c.editions[ch] = &admitted[playlist.Edition]{doc: e, ref: d.Ref, size: d.Size}
		// A damaged ratchet is mended from what is on screen.
		if c.ratchet.Revisions[ch] < e.Revision {
			c.ratchet.Revisions[ch] = e.Revision
		}
		c.ratchet.takeDown(ch, e.Takedowns)
	}
	return true
}

// spoilt reports whether what was read is bad, and not only the reading of it.
func spoilt(err error) bool {
	_, refused := errors.AsType[*wire.Refusal](err)
	return refused || errors.Is(err, assets.ErrCorrupt) || errors.Is(err, assets.ErrNotFound)
}

// rebuild makes editions the generation on disk and on screen. The former
// generation file is kept. Nothing changes on error.
func (c *Cache) rebuild(editions map[playlist.ChannelID]*admitted[playlist.Edition]) error {
	next := generationFile{
		Settings: document{c.settings.ref, c.settings.size},
		Channels: make(map[playlist.ChannelID]document, len(editions)),
	}
	for ch, d := range c.unread {
		if _, ok := grant(c.settings.doc, ch); ok {
			next.Channels[ch] = d
		}
	}
	for ch, e := range editions {
		next.Channels[ch] = document{e.ref, e.size}
	}
	g, err := c.build(editions)
	if err != nil {
		return err
	}
	if !c.adopted.Settings.Ref.IsZero() {
		if err := c.write(filePrevious, c.adopted); err != nil {
			return err
		}
		c.former = c.adopted
	}
	if err := c.write(fileGeneration, next); err != nil {
		return err
	}
	c.adopted, c.editions, c.current = next, editions, g
	return nil
}

// show puts editions on screen without touching the disk.
func (c *Cache) show(editions map[playlist.ChannelID]*admitted[playlist.Edition]) error {
	g, err := c.build(editions)
	if err != nil {
		return err
	}
	c.current = g
	return nil
}

// build loads every notice that was not taken down and whose bytes are whole.
func (c *Cache) build(editions map[playlist.ChannelID]*admitted[playlist.Edition]) (*Generation, error) {
	g := &Generation{
		Settings: c.settings.doc,
		Have:     make(map[playlist.ChannelID]playlist.Revision, len(editions)),
	}
	used := make(map[assets.Ref]*playlist.Notice, len(c.notices))
	var loaded []playlist.Loaded
	for _, granted := range c.settings.doc.Channels { // nearest site first
		e, ok := editions[granted.Channel]
		if !ok {
			continue
		}
		g.Have[granted.Channel] = e.doc.Revision
		l := playlist.Loaded{Edition: e.doc, Notices: make(map[playlist.NoticeID]*playlist.Notice, len(e.doc.Notices))}
		l.Edition.Notices = nil
		takedowns := c.ratchet.Takedowns[granted.Channel]
		wanted := slices.DeleteFunc(slices.Clone(e.doc.Notices), func(entry playlist.Entry) bool {
			return covers(takedowns, playlist.Takedown{Notice: entry.ID, Version: entry.Version})
		})
		read := c.readAll(wanted)
		for i, entry := range wanted {
			n, err := c.notice(&e.doc, entry, read[i])
			if err != nil {
				c.log.Error("A notice is left out.", "channel", granted.Channel, "notice", entry.ID, "error", err)
				continue
			}
			used[entry.Ref] = n
			l.Notices[entry.ID] = n
			l.Edition.Notices = append(l.Edition.Notices, entry)
		}
		g.Notices += len(l.Notices)
		loaded = append(loaded, l)
	}
	var opts []playlist.LibraryOption
	if c.pace != nil {
		if rev := c.settings.doc.Revision; c.paced == nil || c.pacedBy != rev {
			// Kept over generations, most of whose notices are the same.
			c.paced, c.pacedBy = playlist.Remember(c.pace(c.settings.doc)), rev
		}
		opts = append(opts, playlist.WithPace(c.paced))
	}
	lib, err := playlist.NewLibrary(c.settings.doc, loaded, opts...)
	if err != nil {
		return nil, fmt.Errorf("merge channels: %w", err)
	}
	g.Library = lib
	c.notices = used
	return g, nil
}

// steady reads the cache again after the disk failed to, and is an error while it
// still does.
func (c *Cache) steady() error {
	if c.shaky {
		c.load()
	}
	if c.shaky {
		return errors.New("the disk does not give up what is on screen")
	}
	return nil
}
