// Package kiosk composes one device program: the link home, the cache, the
// ledger, the vitals and a program that draws. It knows no display: a Presenter
// is handed in.
//
// It promises that a screen goes on alone: everything that the network does is a
// hint that the cache judges, and nothing here ever waits for the network before
// it shows what is in the cache.
package kiosk

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/kiosk/cache"
	"mingbai/kiosk/ledger"
	"mingbai/kiosk/link"
	"mingbai/kiosk/mailbox"
	"mingbai/kiosk/player"
	"mingbai/kiosk/update"
	"mingbai/kiosk/vitals"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// ErrRestart is what Run returns when a technician asked for a restart: the
// supervisor starts the program again.
var ErrRestart = errors.New("a technician asked for a restart")

// identifyFor is how long a screen shows its name when asked to.
const identifyFor = 10 * time.Second

// clockStep is how far a clock may drift between two frames and still be the same
// clock.
const clockStep = 50 * time.Millisecond

// Status is what a drawing program needs to know beside its own state.
type Status struct {
	Library  *playlist.Library // nil before the first content
	Moment   schedule.Moment
	Wall     time.Time // the machine's own clock, right or wrong, as it stood
	Read     time.Time // at this instant, which has a monotonic reading
	Online   bool      // the controller has welcomed this screen on the open connection
	AsOf     time.Time // 信息截至; zero when the controller was never heard
	Code     string    // pairing code to show; empty when enrolled or not connected
	Enrolled bool
	Identify time.Time // show the screen's name until then

	Dark       time.Time // a technician darkened the screen until then; zero when not
	Brightness int       // per cent that a technician asked for; 0 when the settings decide
}

// Device is one screen's program without its display.
type Device struct {
	cfg     configs.Screen
	kind    playlist.ScreenKind
	log     *slog.Logger
	wall    func() time.Time // the machine's clock, right or wrong
	started time.Time        // by the clock that does not leap
	run     string           // drawn at the start, see wire.Hello
	spread  time.Duration    // see Options
	hurry   time.Duration    // see Options
	onFirst func()           // see Options; may be nil

	key     ed25519.PrivateKey
	cache   *cache.Cache
	ledger  *ledger.Ledger
	mail    *mailbox.Mailbox
	vitals  *vitals.Collector
	clock   *player.Timekeeper
	link    *link.Link
	updater *update.Updater // nil when the slots cannot be opened
	screen  player.Presenter
	lost    func() []string // outputs that cannot be sent to; nil without any

	gear      gear          // what the machine has; set before Run
	acts      chan act      // commands that take a while
	lamp      chan struct{} // capacity 1: lit has changed
	patrolNow chan struct{} // capacity 1: look yourself over now
	lampFails atomic.Bool   // the lamp cannot be set

	monitorDue chan struct{} // capacity 1: lit has changed

	removed atomic.Bool // the controller told this device to stop

	poke chan struct{} // capacity 1: what is shown has changed, or rows are ready
	quit context.CancelCauseFunc

	telling sync.Mutex // held while a generation is told to the controller

	senses senses

	mu        sync.Mutex // guards all below
	code      string
	identify  time.Time
	latest    map[playlist.ChannelID]playlist.Revision // what the controller has, as far as it said
	asOf      time.Time
	every     time.Duration // between health reports
	showing   wire.Showing
	also      []wire.Showing // shown at the same time
	shownAt   time.Time      // of the last Showed, by the clock and
	shownMono time.Duration  // without its leaps
	health    wire.Vitals
	sent      uint64 // highest ledger row on its way
	inFlight  bool
	reload    bool // the next hello asks for everything
	unstored  bool // the disk failed to take what came; it has to be asked for again
	first     bool // the first frame with content was logged
	mailing   mailing
	beat      time.Time // last turn of the render loop
	wishes    wishes
	lit       int // how bright the program wants the display, in per cent; -1 before the first frame

	glow      glow
	lampError error // of the last time the lamp was set

	patrolledAs patrolled // the last patrol
}

// Options are what tests change about a device.
type Options struct {
	Now     func() time.Time // the machine's clock; time.Now when nil
	Backoff link.Backoff     // between attempts to connect; the zero value takes the link's own
	Ping    time.Duration    // between questions how the line is; the link's own when 0
	Silence time.Duration    // of the controller before the line counts as dead; the link's own when 0
	Timeout time.Duration    // of a dial, a handshake and an answer; the link's own when 0
	Spread  time.Duration    // within which new recordings are asked for; a minute when 0
	Rein    *update.Rein     // of the launcher that started this program; nil without one
	Hurry   int              // how many times faster than usual the device feels and looks; 1 when 0
	First   func()           // called once, when the first content is on the display; may be nil
}

// New opens what a device keeps on disk. The folder is made when missing.
func New(cfg configs.Screen, kind playlist.ScreenKind, log *slog.Logger) (*Device, error) {
	return NewWith(cfg, kind, log, Options{})
}

// NewWith is New with other options than the usual.
func NewWith(cfg configs.Screen, kind playlist.ScreenKind, log *slog.Logger, opt Options) (*Device, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Spread <= 0 {
		opt.Spread = extrasSpread
	}
	opt.Hurry = max(opt.Hurry, 1)
	now := time.Now()
	if err := durable.MkdirAll(durable.OS, cfg.Data); err != nil {
		return nil, fmt.Errorf("open the data folder: %w", err)
	}
	key, err := link.LoadKey(durable.OS, cfg.KeyFile())
	if err != nil {
		return nil, fmt.Errorf("open the device key: %w", err)
	}
	c, err := cache.Open(durable.OS, cfg.Cache(), log, cache.WithPace(led.Pace))
	if err != nil {
		return nil, err
	}
	rows, err := ledger.Open(durable.OS, cfg.Ledger(), log)
	if err != nil {
		return nil, err
	}
	mail, err := mailbox.Open(durable.OS, cfg.Mailbox(), log)
	if err != nil {
		log.Error("The mailbox cannot be opened; nobody can say anything here until it can.", "error", err)
	}
	times := c.Times()
	d := &Device{
		cfg: cfg, kind: kind, log: log, wall: opt.Now, started: now, run: rand.Text()[:16], spread: opt.Spread, hurry: time.Duration(opt.Hurry), onFirst: opt.First,
		key: key, cache: c, ledger: rows, mail: mail,
		vitals: vitals.New(cfg.Data, now),
		clock:  player.NewTimekeeper(times.Floor, configs.Built()),
		poke:   make(chan struct{}, 1),
		asOf:   times.AsOf,
		every:  cfg.Report,
		latest: map[playlist.ChannelID]playlist.Revision{},
		acts:   make(chan act, actsWaiting), lamp: make(chan struct{}, 1), monitorDue: make(chan struct{}, 1), patrolNow: make(chan struct{}, 1),
		wishes: wishes{volume: -1}, lit: -1,
	}
	d.openSenses(context.Background())
	d.loadPatrolled()
	d.link, err = link.New(link.Options{
		URL: cfg.Controller, CA: cfg.CA, Key: key, Store: c.Blobs(),
		Hello: d.hello, Proof: d.proof, Handler: d.handler(), Backoff: opt.Backoff, PingEvery: opt.Ping, Log: log,
		Silence: opt.Silence, Timeout: opt.Timeout,
	})
	if err != nil {
		return nil, err
	}
	d.updater = d.newUpdater(opt.Rein)
	return d, nil
}

// Run shows program on screen until ctx ends, a technician asks for a restart,
// which is ErrRestart, or another version of the program is to run, which is
// update.ErrTakeover. It must be called where the presenter wants to run. A
// program that has a Close is closed when the screen is gone, before what the
// device keeps is.
func (d *Device) Run(ctx context.Context, program player.Program, screen player.Presenter) error {
	parent := ctx
	ctx, quit := context.WithCancelCause(ctx)
	defer quit(nil)
	d.screen, d.quit = screen, quit
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := d.link.Run(ctx); err != nil {
			// A device that was replaced or retired has no say any more, also not with
			// what it still has: it shows so, and nothing else.
			d.removed.Store(true)
			d.log.Error("The controller does not want this screen any more; it shows no content.", "error", err)
			screen.Wake()
		}
	})
	wg.Go(func() { d.keepHouse(ctx) })
	wg.Go(func() { d.keepSenses(ctx) })
	wg.Go(func() { d.keepLooking(ctx) })
	if d.updater != nil {
		wg.Go(func() { d.renew(ctx) })
	}
	wg.Go(func() { d.keepActs(ctx) })
	wg.Go(func() { d.keepLamp(ctx) })
	wg.Go(func() { d.keepMonitor(ctx) })
	wg.Go(func() { d.keepPatrol(ctx) })
	d.setVolume()
	if d.kind == playlist.Touch {
		wg.Go(func() { d.keepExtras(ctx) }) // a board has no voice
	}
	err := screen.Run(ctx, &watched{Program: program, device: d})
	d.ended(parent, ctx)
	if c, ok := program.(interface{ Close() }); ok {
		c.Close() // what somebody has just said is still stored
	}
	quit(nil)
	wg.Wait()
	if serr := d.cache.SaveTimes(d.times()); serr != nil {
		d.log.Error("The time could not be saved.", "error", serr)
	}
	if lerr := d.ledger.Close(); lerr != nil {
		d.log.Error("The ledger did not close cleanly.", "error", lerr)
	}
	if merr := d.mail.Close(); merr != nil {
		d.log.Error("The mailbox did not close cleanly.", "error", merr)
	}
	if err == nil && errors.Is(context.Cause(ctx), ErrRestart) {
		return ErrRestart
	}
	if err == nil && errors.Is(context.Cause(ctx), update.ErrTakeover) {
		return update.ErrTakeover
	}
	return err
}

// Status returns what is known now.
func (d *Device) Status() Status {
	s := Status{Online: d.link.Connected(), Read: time.Now(), Wall: d.wall()}
	s.Moment = d.clock.Now(s.Wall, s.Read.Sub(d.started))
	s.Wall = s.Wall.Round(0)
	if g := d.cache.Current(); g != nil {
		s.Library = g.Library
	}
	_, s.Enrolled = d.cache.Identity()
	if d.removed.Load() {
		s.Library, s.Enrolled = nil, false
	}
	w := d.wished()
	s.Brightness = w.brightness
	if w.darkUntil > 0 {
		s.Dark = s.Moment.Now.Add(w.darkUntil - s.Read.Sub(d.started))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.AsOf, s.Identify = d.asOf, d.identify
	if !s.Enrolled {
		s.Code = d.code
		if d.removed.Load() {
			s.Code = "已停用" // in place of digits: there are none to type
		}
	}
	return s
}

// Config returns what the device was told.
func (d *Device) Config() configs.Screen { return d.cfg }

// Outputs says where the device learns, at each report, which outputs beside its
// presenter cannot be sent to. It is called before Run.
func (d *Device) Outputs(lost func() []string) { d.lost = lost }

// UUID names this device to other machines on its network. It is made of the
// device's public key (RFC 9562, version 8) and stays as long as that does.
func (d *Device) UUID() [16]byte {
	sum := sha256.Sum256(append([]byte("mingbai device "), d.key.Public().(ed25519.PublicKey)...))
	id := [16]byte(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Showed says what is on the display, and which other notices are to be seen at
// the same time, in the zones of a board; programs call it from Presented. Since
// of the same page and notice is kept. also is not kept.
func (d *Device) Showed(s wire.Showing, also ...wire.Showing) {
	mono, now := d.mono(), d.moment().Now
	d.mu.Lock()
	stepped := !d.shownAt.IsZero() && (now.Sub(d.shownAt)-(mono-d.shownMono)).Abs() > clockStep
	before := d.shownAt
	d.shownAt, d.shownMono = now, mono
	d.mu.Unlock()
	if stepped {
		// What a clock leaps over was not shown: the rows end before the leap.
		d.ledger.Presented(before)
	}
	visible := make([]ledger.What, 0, 4) // as many as most boards have, without an allocation
	if s.Notice != "" {
		visible = append(visible, what(s))
	}
	for _, o := range also {
		if o.Notice != "" {
			visible = append(visible, what(o))
		}
	}
	d.ledger.Presented(now, visible...)
	d.mu.Lock()
	s.Since = d.showing.Since
	same := s == d.showing && slices.EqualFunc(also, d.also, alike)
	if !same {
		if s != d.showing {
			s.Since = now
		}
		d.showing, d.also = s, since(also, d.also, now)
	}
	first := !d.first && s.Page != "" && s.Page != "pairing" && s.Page != "fallback" && s.Page != wire.Dark
	d.first = d.first || first
	d.mu.Unlock()
	if first {
		d.log.Info("The first content is on the display.", "page", s.Page, "notice", s.Notice,
			"after_ms", time.Since(d.started).Milliseconds())
		if d.onFirst != nil {
			d.onFirst()
		}
	}
	if !same {
		d.kick()
	}
}

func what(s wire.Showing) ledger.What {
	return ledger.What{Notice: s.Notice, Version: s.Version, Channel: s.Channel, Revision: s.Revision, Page: s.Page}
}

// alike reports whether both say the same but for the time.
func alike(a, b wire.Showing) bool {
	a.Since = b.Since
	return a == b
}

// since returns a copy of what is visible with the times of what was so before.
func since(visible, before []wire.Showing, now time.Time) []wire.Showing {
	visible = slices.Clone(visible)
	for i := range visible {
		v := &visible[i]
		v.Since = now
		if j := slices.IndexFunc(before, func(b wire.Showing) bool { return alike(*v, b) }); j >= 0 {
			v.Since = before[j].Since
		}
	}
	return visible
}

func (d *Device) kick() {
	select {
	case d.poke <- struct{}{}:
	default:
	}
}

func (d *Device) mono() time.Duration { return time.Since(d.started) }

func (d *Device) moment() schedule.Moment { return d.clock.Now(d.wall(), d.mono()) }

func (d *Device) times() cache.Times {
	d.mu.Lock()
	defer d.mu.Unlock()
	return cache.Times{Floor: d.clock.Floor(d.mono()), AsOf: d.asOf}
}

// hello says what this device is and has.
func (d *Device) hello() wire.Hello {
	h := wire.Hello{Program: string(d.kind) + " " + configs.Version, System: runtime.GOOS + "/" + runtime.GOARCH, Kind: d.kind, Panel: d.cfg.Panel, Host: d.cfg.Name, Run: d.run, Patches: true}
	if h.Host == "" {
		h.Host, _ = os.Hostname() // a machine without a name has an empty one
	}
	id, ok := d.cache.Identity()
	if !ok {
		return h
	}
	h.Screen = id.Screen
	d.mu.Lock()
	all := d.reload
	d.reload = false
	d.mu.Unlock()
	if !all {
		h.Settings, h.Have = d.cache.Have()
	}
	return h
}

// current reports whether nothing newer is known than what is on screen.
func (d *Device) current() bool {
	_, have := d.cache.Have()
	d.mu.Lock()
	defer d.mu.Unlock()
	for ch, r := range d.latest {
		if have[ch] < r {
			return false
		}
	}
	return true
}

// heard notes that the controller was heard and, when nothing newer is known,
// that the content is of now.
func (d *Device) heard() {
	if !d.current() {
		return
	}
	now := d.moment().Now
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.After(d.asOf) {
		d.asOf = now
	}
}

// adopted tells everybody about a new generation. Pushes of several channels come
// side by side; what is told last must be what is on screen last.
func (d *Device) adopted() {
	d.telling.Lock()
	defer d.telling.Unlock()
	settings, have := d.cache.Have()
	if g := d.cache.Current(); g != nil {
		d.log.Info("New content is on screen.", "settings", settings, "channels", len(have), "notices", g.Notices)
	}
	d.heard()
	d.link.Adopted(wire.Adopted{Settings: settings, Have: have})
	d.setVolume()
	d.screen.Wake()
	d.kick()
	// A power cut in the next ten minutes must not take the time with it.
	if err := d.cache.SaveTimes(d.times()); err != nil {
		d.log.Error("The time could not be saved.", "error", err)
	}
}

// tell says again what is on screen.
func (d *Device) tell() {
	d.telling.Lock()
	defer d.telling.Unlock()
	settings, have := d.cache.Have()
	d.link.Adopted(wire.Adopted{Settings: settings, Have: have})
}

// watched measures what the display does with a program's frames.
type watched struct {
	player.Program
	device   *Device
	standing *scene.Frame
	began    time.Time // when the frame that is not standing yet was asked for
}

// Blob returns the verified bytes of a blob of at most limit bytes.
func (d *Device) Blob(ref assets.Ref, limit int64) ([]byte, error) { return d.cache.Read(ref, limit) }
