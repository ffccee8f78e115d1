// Package fleet knows the screens: how a device becomes one, what each should
// show and what it says it shows, its health in words, and the proof of what it
// displayed.
//
// It promises that a device is bound to a screen only by a person who read the
// code on its display; that settings are signed and their revision only rises;
// that ledger rows, voices and counts which were acknowledged are durable and
// counted once; and
// that the state of a screen is told with its cause and the next step. It is the
// backend of package hub, which keeps the connections; content is made by
// package publish.
package fleet

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

var _ hub.Backend = (*Fleet)(nil)

// The kinds of errors, for errors.Is.
var (
	// ErrCode: no device shows this code, or it has expired.
	ErrCode = errors.New("no screen shows this code now; look at the screen again")
	// ErrTooMany: too many wrong codes or waiting devices.
	ErrTooMany = errors.New("too many attempts; wait a minute")
	// ErrOffline: the screen is not connected.
	ErrOffline = errors.New("the screen is not connected")
)

// Config is what a fleet works with. Store, Blobs, Root and Zone must be given;
// zero values of the rest take the defaults.
type Config struct {
	Store      *store.Store
	Blobs      *assets.Store
	Root       ed25519.PrivateKey // signs settings; its public half is pinned by screens
	Voices     *ecdh.PrivateKey   // opens what residents wrote; nil lets screens send it open
	Zone       *time.Location
	Language   string        // of new screens, zh or en
	Pairing    time.Duration // a code is good for so long (10 min)
	Report     time.Duration // between health reports (30 s)
	Offline    time.Duration // silence that counts as offline (90 s)
	PushInline int64         // most bytes of blobs in one push (256 KiB)
	Now        func() time.Time
	Log        *slog.Logger
}

// Fleet is the screens of one controller.
type Fleet struct {
	cfg    Config
	hub    *hub.Hub
	secret []byte // of blob tokens
	writer *writer
	ctx    context.Context // of work that outlives a call: ends with Close
	quit   context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex // guards what follows
	live    map[playlist.ScreenID]*live
	waiting map[string]*waiting      // devices in the lobby, by code
	byKey   map[[32]byte]*waiting    // and by device key
	misses  []time.Time              // wrong codes of the last minute
	results map[string]chan struct{} // commands that someone waits for
	closed  bool
	loaded  map[playlist.ChannelID]playlist.Loaded // newest editions that were looked into
	tree    *store.Tree                            // the sites as they were at treeAt, nil when they changed
	treeAt  time.Time
	rows    []store.Screen // all screens as they were at rowsAt, nil when one changed
	rowsAt  time.Time
	changes int // counts what made rows nil
	posts   map[playlist.ScreenID]*postage

	paces    paces
	settling sync.Mutex // one settings document at a time is made
}

// live is what is known of a screen beyond its row.
type live struct {
	key     [32]byte
	online  bool
	since   time.Time // of online or of its end
	remote  string
	health  *store.Health // the last report, nil before the first
	adopted *wire.Adopted // what it said since the start of the program
	at      time.Time     // of adopted
	refused *wire.Refused
	why     string // why the last connection ended
}

// New returns a fleet. Attach must be called before a device connects, Close at
// the end.
func New(ctx context.Context, cfg Config) (*Fleet, error) {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&cfg.Pairing, 10*time.Minute)
	set(&cfg.Report, 30*time.Second)
	set(&cfg.Offline, 90*time.Second)
	if cfg.PushInline == 0 {
		cfg.PushInline = 256 << 10
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	secret, err := cfg.Store.Secret(ctx, "blob-tokens", func() []byte { return []byte(rand.Text() + rand.Text()) })
	if err != nil {
		return nil, fmt.Errorf("open the fleet: %w", err)
	}
	f := &Fleet{
		cfg: cfg, secret: secret, live: map[playlist.ScreenID]*live{}, waiting: map[string]*waiting{},
		byKey: map[[32]byte]*waiting{}, results: map[string]chan struct{}{}, loaded: map[playlist.ChannelID]playlist.Loaded{},
		posts: map[playlist.ScreenID]*postage{},
	}
	screens, err := cfg.Store.Screens(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the fleet: %w", err)
	}
	for _, s := range screens {
		if s.Key != nil {
			f.live[s.ID] = &live{key: [32]byte(s.Key)}
		}
	}
	health, err := cfg.Store.Health(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the fleet: %w", err)
	}
	for _, h := range health {
		if l := f.live[h.Screen]; l != nil {
			h.Online = false
			l.health, l.since = &h, h.At
		}
	}
	f.ctx, f.quit = context.WithCancel(context.Background()) // ends with Close
	f.writer = startWriter(cfg.Store)
	return f, nil
}

// Attach gives the fleet the hub with the connections.
func (f *Fleet) Attach(h *hub.Hub) {
	f.hub = h
	if f.cfg.Voices != nil {
		f.later(f.handOutKey)
	}
}

// RootKey is the public key that screens pin.
func (f *Fleet) RootKey() []byte { return f.cfg.Root.Public().(ed25519.PublicKey) }

// Close ends the work of the fleet. The hub must be closed before.
func (f *Fleet) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.quit()
	f.work.Wait()
	f.writer.stop()
}

// later runs do on its own, until Close at the longest.
func (f *Fleet) later(do func(context.Context)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.work.Add(1)
	go func() {
		defer f.work.Done()
		do(f.ctx)
	}()
}

// rowsAge is how long rows are remembered for lists, at most: reading ten
// thousand takes a tenth of a second, and other controllers change them too.
const rowsAge = 2 * time.Second

// screens returns all screens. What they report is as old as the rows; live
// has the newest.
func (f *Fleet) screens(ctx context.Context) ([]store.Screen, error) {
	now := f.cfg.Now()
	f.mu.Lock()
	rows, at, changes := f.rows, f.rowsAt, f.changes
	f.mu.Unlock()
	if rows != nil && now.Sub(at) < rowsAge {
		return rows, nil
	}
	rows, err := f.cfg.Store.Screens(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changes == changes { // or a change came between reading and now
		f.rows, f.rowsAt = rows, now
	}
	return rows, nil
}

// changed forgets rows after one of them changed.
func (f *Fleet) changed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows, f.changes = nil, f.changes+1
}

// update is Store.Update for changes of screens.
func (f *Fleet) update(ctx context.Context, do func(*store.Tx) error) error {
	defer f.changed()
	return f.cfg.Store.Update(ctx, do)
}

// liveOf returns the entry of a screen, making it. The caller holds mu.
func (f *Fleet) liveOf(id playlist.ScreenID) *live {
	l := f.live[id]
	if l == nil {
		l = &live{}
		f.live[id] = l
	}
	return l
}
