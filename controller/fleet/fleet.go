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
	"sync/atomic"
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
	Offline    time.Duration // silence of reports that counts as offline (90 s); a line that is cut is known by the hub within 25 s
	Shots      *assets.Store // screenshots; nil keeps none
	ShotEvery  time.Duration // how often every screen is photographed, see Photographer; 0 never
	ShotAt     time.Duration // after midnight, when the day's first turn begins
	PushInline int64         // most bytes of blobs in one push (256 KiB)
	Now        func() time.Time
	Log        *slog.Logger
}

// Fleet is the screens of one controller.
type Fleet struct {
	cfg     Config
	hub     *hub.Hub
	offers  func(playlist.ScreenID) (wire.Offer, bool)
	secret  []byte // of blob tokens
	writer  *writer
	samples *sampler
	ctx     context.Context // of work that outlives a call: ends with Close
	quit    context.CancelFunc
	work    sync.WaitGroup

	mu      sync.Mutex // guards what follows
	live    map[playlist.ScreenID]*live
	waiting map[string]*waiting   // devices in the lobby, by code
	byKey   map[[32]byte]*waiting // and by device key
	misses  []time.Time           // wrong codes of the last minute
	results map[string]*awaited   // commands that someone waits for
	closed  bool
	loaded  map[playlist.ChannelID]playlist.Loaded // newest editions that were looked into
	posts   map[playlist.ScreenID]*postage
	spreads map[playlist.ChannelID]spread

	rolling map[playlist.ScreenKind]bool // see Rolling; replaced, never changed
	census  census

	reports atomic.Uint64
	stirred chan struct{}                 // holds one token when a screen's state may have changed, see Stirred
	recalls map[playlist.ScreenID]*recall // what screens were asked to give back
	reclaim Reclaimer

	shooting sync.RWMutex // held for reading while a screenshot is stored, for writing while old ones are removed
	paces    paces
	greed    greed
	shedder  shedder
	lines    lines
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

	refusedAt time.Time
	lagging   time.Time // since when it lacks something; zero when it has all
	memory
	stranger stranger
	patrol   *store.Patrol // the last one, nil before the first
	former   time.Time     // the last event about a device that was replaced
	conduct  conduct       // nil for nearly all
	starved  bool          // it waits for a file that its line does not carry any more this month
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
		byKey: map[[32]byte]*waiting{}, results: map[string]*awaited{}, loaded: map[playlist.ChannelID]playlist.Loaded{},
		posts: map[playlist.ScreenID]*postage{}, spreads: map[playlist.ChannelID]spread{}, recalls: map[playlist.ScreenID]*recall{}, stirred: make(chan struct{}, 1),
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
	if f.samples, err = newSampler(ctx, cfg.Store, cfg.Report, cfg.Now()); err != nil {
		return nil, fmt.Errorf("open the fleet: %w", err)
	}
	f.lines.pending, f.lines.waiting = map[trafficKey]store.Traffic{}, map[playlist.ScreenID]time.Time{}
	if err := f.knowLines(ctx, 0); err != nil {
		return nil, fmt.Errorf("open the fleet: %w", err)
	}
	if err := f.loadPatrols(ctx); err != nil {
		return nil, fmt.Errorf("open the fleet: %w", err)
	}
	f.ctx, f.quit = context.WithCancel(context.Background()) // ends with Close
	f.writer = startWriter(cfg.Store)
	f.later(f.sampling)
	f.later(f.carrying)
	return f, nil
}

// Attach gives the fleet the hub with the connections.
func (f *Fleet) Attach(h *hub.Hub) {
	f.hub = h
	f.later(f.settleAll)
}

// Offers gives the fleet who knows which program a screen should be offered when
// it connects; ok is false when it should hear nothing of one. It must be called
// before a device connects.
func (f *Fleet) Offers(ask func(playlist.ScreenID) (offer wire.Offer, ok bool)) { f.offers = ask }

func (f *Fleet) offerTo(id playlist.ScreenID) *wire.Offer {
	if f.offers == nil {
		return nil
	}
	offer, ok := f.offers(id)
	if !ok {
		return nil
	}
	return &offer
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

// liveOf returns the entry of a screen, making it. The caller holds mu.
func (f *Fleet) liveOf(id playlist.ScreenID) *live {
	l := f.live[id]
	if l == nil {
		l = &live{}
		f.live[id] = l
	}
	return l
}
