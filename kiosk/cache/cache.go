// Package cache is the offline truth of a device: what it may show when there is
// no network, and what it will never show again.
//
// It promises: nothing reaches a Generation that was not signed by a key granted
// to its channel, whole on disk and hashed; a switch of generations is all or
// nothing across power loss; revisions and take-downs never go back, whatever
// file is damaged or restored. Fetching what is missing is left to kiosk/link,
// choosing what to show to kiosk/player.
//
// On disk a cache is a folder:
//
//	identity.json    which screen this is, and the root key that it pinned
//	ratchet.json     highest revision seen of each channel, and every take-down
//	generation.json  the envelopes that are on screen, by content address
//	generation.prev  the generation before
//	probe.json       written to see whether the disk takes anything
//	times.json       floor of the clock, and the last word from the controller
//	blobs/           envelopes, notices and pictures (package assets)
package cache

import (
	"cmp"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Limits of what a device takes, whoever signed it.
const (
	maxNotice   = 4 << 20 // bytes of one notice
	maxEnvelope = 8 << 20 // bytes of one envelope
)

// Identity is who a device is after enrolment.
type Identity struct {
	Screen playlist.ScreenID `json:"screen"`
	Root   []byte            `json:"root"` // ed25519 public key that signs settings
}

// Generation is a consistent set of editions that is whole on disk. It is
// immutable.
type Generation struct {
	Settings playlist.Settings
	Have     map[playlist.ChannelID]playlist.Revision
	Library  *playlist.Library
	Notices  int // notices that can be shown, before windows and schedules
}

// Cache is the store of one device. Its methods are safe for any number of
// goroutines.
type Cache struct {
	fs    durable.FS
	dir   string
	blobs *assets.Store
	log   *slog.Logger
	pace  func(playlist.Settings) playlist.Pace // nil takes the library's own

	inspecting sync.Mutex // one Inspect at a time; taken before mu

	mu       sync.Mutex // guards all below
	identity Identity
	ratchet  ratchet
	times    Times
	settings *admitted[playlist.Settings]
	editions map[playlist.ChannelID]*admitted[playlist.Edition]
	notices  map[assets.Ref]*playlist.Notice // decoded notices of editions, shared by generations
	staged   map[playlist.ChannelID]*admitted[playlist.Edition]
	shaky    bool                            // the disk failed to read what load wanted
	unread   map[playlist.ChannelID]document // editions of the generation that the disk did not give up
	lost     map[assets.Ref]int64            // blobs of the generation on screen that rotted, to be fetched again
	current  *Generation
	former   generationFile // what generation.prev names
	adopted  generationFile // what generation.json names
	paced    playlist.Pace  // of the settings of revision pacedBy, nil when not asked for yet
	pacedBy  playlist.Revision

	inspected inspection
}

// admitted is a document whose envelope was verified and is a blob.
type admitted[T any] struct {
	doc  T
	ref  assets.Ref // of the envelope's JSON
	size int64
}

// Option changes how a cache is opened.
type Option func(*Cache)

// WithPace makes the libraries of generations reckon with the time that pages
// need, see playlist.WithPace.
func WithPace(of func(playlist.Settings) playlist.Pace) Option { return func(c *Cache) { c.pace = of } }

// Open reads the cache in dir, creating it when it is not there. Whatever is
// damaged is left out, logged and asked for again; damage is never an error.
func Open(fsys durable.FS, dir string, log *slog.Logger, opts ...Option) (*Cache, error) {
	if err := durable.MkdirAll(fsys, dir); err != nil {
		return nil, fmt.Errorf("open cache: %w", err)
	}
	blobs, err := assets.Open(fsys, filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, fmt.Errorf("open cache: %w", err)
	}
	c := &Cache{
		fs: fsys, dir: dir, blobs: blobs, log: log,
		editions: map[playlist.ChannelID]*admitted[playlist.Edition]{},
		staged:   map[playlist.ChannelID]*admitted[playlist.Edition]{},
		unread:   map[playlist.ChannelID]document{},
		notices:  map[assets.Ref]*playlist.Notice{},
		lost:     map[assets.Ref]int64{},
		ratchet:  newRatchet(),

		inspected: inspection{whole: map[assets.Ref]stamp{}, torn: map[assets.Ref]bool{}},
	}
	for _, o := range opts {
		o(c)
	}
	c.load()
	return c, nil
}

// Blobs is where fetched blobs go. Whoever fetches writes through it and then
// calls Commit.
func (c *Cache) Blobs() *assets.Store { return c.blobs }

// Identity returns who this device is, and whether it was enrolled.
func (c *Cache) Identity() (Identity, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.identity, c.identity.Screen != ""
}

// Enrol pins the root key. A device that is enrolled under another root or name
// forgets what it had: it was given to someone else.
func (c *Cache) Enrol(id Identity) error {
	if len(id.Root) != ed25519.PublicKeySize {
		return fmt.Errorf("enrol: the root key has %d bytes, not %d", len(id.Root), ed25519.PublicKeySize)
	}
	if _, err := playlist.ParseScreenID(string(id.Screen)); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.identity.Screen == id.Screen && slices.Equal(c.identity.Root, id.Root) {
		return nil
	}
	if c.identity.Screen != "" {
		for _, name := range []string{fileGeneration, filePrevious, fileRatchet} {
			if err := durable.Remove(c.fs, c.path(name)); err != nil {
				return fmt.Errorf("enrol: forget the former screen: %w", err)
			}
		}
		c.ratchet = newRatchet()
		c.settings, c.current, c.paced = nil, nil, nil
		clear(c.editions)
		clear(c.staged)
		clear(c.unread)
		clear(c.notices)
		clear(c.lost)
		c.former, c.adopted = generationFile{}, generationFile{}
	}
	if err := c.write(fileIdentity, id); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	known := c.identity.Screen != ""
	c.identity = id
	if !known {
		// Perhaps only the identity was lost: what the pinned root signed is
		// still good, and anything else is refused.
		c.load()
		if c.settings == nil {
			c.ratchet = newRatchet()
		}
	}
	return nil
}

// Current returns the generation on screen, nil before the first.
func (c *Cache) Current() *Generation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

// Have returns what a hello says: the revisions on screen. A channel whose
// content rotted is left out, so that it is sent again.
func (c *Cache) Have() (settings playlist.Revision, have map[playlist.ChannelID]playlist.Revision) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settings != nil {
		settings = c.settings.doc.Revision
	}
	have = make(map[playlist.ChannelID]playlist.Revision, len(c.editions))
	for ch, e := range c.editions {
		have[ch] = e.doc.Revision
	}
	return settings, have
}

// Envelopes returns the editions on screen as they were signed. Those that can
// be read are returned with an error, too.
func (c *Cache) Envelopes() (map[playlist.ChannelID]wire.Envelope, error) {
	c.mu.Lock()
	held := make(map[playlist.ChannelID]document, len(c.editions))
	for ch, e := range c.editions {
		held[ch] = document{Ref: e.ref, Size: e.size}
	}
	c.mu.Unlock()
	out := make(map[playlist.ChannelID]wire.Envelope, len(held))
	var errs []error
	for ch, doc := range held {
		env, err := c.envelope(doc)
		if err != nil {
			errs = append(errs, fmt.Errorf("the edition of %s: %w", ch, err))
			continue
		}
		out[ch] = env
	}
	return out, errors.Join(errs...)
}

// Read returns the verified bytes of a blob of at most limit bytes, hashed on the
// way from disk. A blob that rotted is put on the list of Missing.
func (c *Cache) Read(ref assets.Ref, limit int64) ([]byte, error) {
	data, err := c.blobs.Read(ref, limit)
	c.spoiltBlob(ref, err)
	return data, err
}

// spoiltBlob reports whether an error of reading a blob says that it is not
// there whole, and then puts it on the list of Missing.
func (c *Cache) spoiltBlob(ref assets.Ref, err error) bool {
	if !errors.Is(err, assets.ErrCorrupt) && !errors.Is(err, assets.ErrNotFound) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if size, ok := c.sizeOf(ref); ok {
		c.rotted(ref, size, err)
	}
	return true
}

// sizeOf returns the size that the editions on screen give a blob.
func (c *Cache) sizeOf(ref assets.Ref) (int64, bool) {
	for _, e := range c.editions {
		for b := range e.doc.Needs {
			if b.Ref == ref {
				return b.Size, true
			}
		}
	}
	return 0, false
}

// Missing lists the blobs that the staged edition of a channel still needs,
// small before large, so that text comes before pictures. The zero channel asks
// for the blobs that rotted on disk.
func (c *Cache) Missing(ch playlist.ChannelID) []playlist.Blob {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []playlist.Blob
	seen := map[assets.Ref]bool{}
	add := func(b playlist.Blob) {
		if !seen[b.Ref] && !c.blobs.Has(b.Ref) {
			seen[b.Ref] = true
			list = append(list, b)
		}
	}
	if e, ok := c.staged[ch]; ok {
		e.doc.Needs(func(b playlist.Blob) bool { add(b); return true })
	}
	if ch.IsZero() {
		for ref, size := range c.lost {
			add(playlist.Blob{Ref: ref, Size: size})
		}
	}
	slices.SortFunc(list, func(a, b playlist.Blob) int {
		if by := cmp.Compare(a.Size, b.Size); by != 0 {
			return by
		}
		return a.Ref.Compare(b.Ref)
	})
	return list
}

// Extras lists the blobs that the generation on screen is complete without and
// that are not here, those of the newest notices first: recordings. All of them
// together with what is here take at most limit bytes.
func (c *Cache) Extras(limit int64) []playlist.Blob {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		return nil
	}
	type extra struct {
		playlist.Blob
		issued schedule.Date
	}
	var all []extra
	seen := map[assets.Ref]bool{}
	for _, e := range c.editions {
		for _, entry := range e.doc.Notices {
			n := c.notices[entry.Ref]
			if entry.Speech == nil || n == nil || seen[entry.Speech.Ref] {
				continue
			}
			seen[entry.Speech.Ref] = true
			all = append(all, extra{*entry.Speech, n.Issued})
		}
	}
	slices.SortFunc(all, func(a, b extra) int {
		return cmp.Or(b.issued.Compare(a.issued), a.Ref.Compare(b.Ref))
	})
	var missing []playlist.Blob
	for _, x := range all {
		if limit -= x.Size; limit < 0 {
			break
		}
		if !c.blobs.Has(x.Ref) {
			missing = append(missing, x.Blob)
		}
	}
	return missing
}

// Sweep removes blobs that neither the generation on screen, nor the one before,
// nor anything staged needs.
func (c *Cache) Sweep() (removed int, err error) {
	c.mu.Lock()
	keep := map[assets.Ref]bool{}
	hold := func(e *admitted[playlist.Edition]) {
		keep[e.ref] = true
		for b := range e.doc.Needs {
			keep[b.Ref] = true
		}
		for b := range e.doc.Extras {
			keep[b.Ref] = true
		}
	}
	for _, e := range c.editions {
		hold(e)
	}
	for _, e := range c.staged {
		hold(e)
	}
	former := c.former
	if c.settings != nil {
		keep[c.settings.ref] = true
	}
	c.mu.Unlock()
	keep[former.Settings.Ref] = true
	for _, d := range former.Channels {
		keep[d.Ref] = true
		if env, err := c.envelope(d); err == nil {
			var e playlist.Edition
			if json.Unmarshal(env.Payload, &e) == nil {
				hold(&admitted[playlist.Edition]{doc: e, ref: d.Ref})
			}
		}
	}
	return c.blobs.Sweep(func(r assets.Ref) bool { return keep[r] })
}

// Times is what a device must remember about time across restarts.
type Times struct {
	Floor time.Time `json:"floor"` // the true time is not before this
	AsOf  time.Time `json:"as_of"` // 信息截至: when the controller last said that nothing is newer
}

// Times returns what was last saved.
func (c *Cache) Times() Times {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times
}

// SaveTimes records t; neither time ever goes back.
func (c *Cache) SaveTimes(t Times) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Floor.Before(c.times.Floor) {
		t.Floor = c.times.Floor
	}
	if t.AsOf.Before(c.times.AsOf) {
		t.AsOf = c.times.AsOf
	}
	if t == c.times {
		return nil
	}
	if err := c.write(fileTimes, t); err != nil {
		return fmt.Errorf("save times: %w", err)
	}
	c.times = t
	return nil
}

func refuse(reason wire.Reason, format string, args ...any) error {
	return &wire.Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

func grant(s playlist.Settings, ch playlist.ChannelID) (playlist.ChannelGrant, bool) {
	i := slices.IndexFunc(s.Channels, func(g playlist.ChannelGrant) bool { return g.Channel == ch })
	if i < 0 {
		return playlist.ChannelGrant{}, false
	}
	return s.Channels[i], true
}

// granted keeps the editions of channels that the settings still name.
func (c *Cache) granted(all map[playlist.ChannelID]*admitted[playlist.Edition]) map[playlist.ChannelID]*admitted[playlist.Edition] {
	kept := make(map[playlist.ChannelID]*admitted[playlist.Edition], len(all))
	for ch, e := range all {
		if _, ok := grant(c.settings.doc, ch); ok {
			kept[ch] = e
		}
	}
	return kept
}
