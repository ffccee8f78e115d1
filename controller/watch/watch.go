// Package watch turns what is wrong with screens into warnings for the people who
// mend them, and brings these to them by mail and webhook.
//
// It promises that a fault which can be told at once is a warning within thirty
// seconds; that a warning closes by itself when the fault is mended, and does not
// flap; that a line which is down is one warning and not one for each screen; that
// a controller which was away warns of nobody who had no time to come back; and
// that warnings and messages on their way outlive the process. What is wrong with
// a screen, and the words for it, is for package fleet.
package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// lookEvery is the most time between two looks, restAfter the least when much
// stirs. A look that took long, because ten thousand screens change at once or the
// machine is busy, rests for restTimes as long: whoever brings editions to these
// screens needs the processor more. The most a warning waits for that is lookEvery.
const (
	lookEvery = 5 * time.Second
	restAfter = time.Second
	restTimes = 15
)

// maxRemark bounds what a person writes on a warning, in characters.
const maxRemark = 500

// What Acknowledge may be refused for: a remark that is too long, somebody else
// who took the warning meanwhile, and a warning that is over.
var (
	ErrRemark = errors.New("a remark has at most 500 characters")
	ErrTaken  = errors.New("somebody else has taken this warning")
	ErrClosed = errors.New("this warning is closed")
)

// Config is what a watch works with. Store and Fleet must be given.
type Config struct {
	Store *store.Store
	Fleet *fleet.Fleet
	Zone  *time.Location // UTC when nil
	Post  Post
	// Office says what is wrong with the controller itself; nil for nothing.
	Office func(now time.Time) []fleet.Sign
	Now    func() time.Time
	Log    *slog.Logger
}

// Watch is the watch over all screens of a controller.
type Watch struct {
	cfg  Config
	ways []*carrier

	looking sync.Mutex // one look or acknowledgement at a time; guards engine
	engine  *engine
}

// New takes up the warnings that are open.
func New(ctx context.Context, cfg Config) (*Watch, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	cfg.Post.zone = cfg.Zone
	if cfg.Post.Least == 0 {
		cfg.Post.Least = fleet.Warn
	}
	open, err := cfg.Store.OpenWarnings(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the watch: %w", err)
	}
	w := &Watch{cfg: cfg, engine: newEngine(cfg.Zone, cfg.Now(), open)}
	w.ways = w.carriers()
	return w, nil
}

// Run looks, and brings messages, until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	var post sync.WaitGroup
	post.Go(func() { w.carry(ctx) })
	defer post.Wait()
	next, rest := time.NewTimer(0), time.NewTimer(0)
	defer next.Stop()
	defer rest.Stop()
	for {
		began := time.Now()
		if err := w.Look(ctx, w.cfg.Now()); err != nil && ctx.Err() == nil {
			w.cfg.Log.Error("The screens could not be looked at; it is tried again.", "error", err)
		}
		rest.Reset(min(lookEvery, max(restAfter, restTimes*time.Since(began))))
		next.Reset(w.due())
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		case <-w.cfg.Fleet.Stirred():
		}
	}
}

// due is how long it takes until the next look may find something by time alone.
func (w *Watch) due() time.Duration {
	w.looking.Lock()
	defer w.looking.Unlock()
	return max(restAfter, min(lookEvery, w.engine.due.Sub(w.cfg.Now())))
}

// Look looks at all screens once, as of now, and stores what became of the
// warnings. An error changes nothing: the next look finds the same.
func (w *Watch) Look(ctx context.Context, now time.Time) error {
	states, err := w.cfg.Fleet.List(ctx)
	if err != nil {
		return fmt.Errorf("look at the screens: %w", err)
	}
	tree, err := w.cfg.Store.Tree(ctx)
	if err != nil {
		return fmt.Errorf("look at the screens: %w", err)
	}
	var own []fleet.Sign
	if w.cfg.Office != nil {
		own = w.cfg.Office(now)
	}
	w.looking.Lock()
	defer w.looking.Unlock()
	before := w.engine.copy()
	changes := w.engine.step(now, states, own, tree)
	if len(changes) == 0 {
		return nil
	}
	if err := w.cfg.Store.Update(ctx, func(t *store.Tx) error {
		if err := keepChanges(ctx, t, now, changes); err != nil {
			return err
		}
		return w.cfg.Post.send(ctx, t, now, changes, states, tree)
	}); err != nil {
		w.engine = before
		return fmt.Errorf("store warnings: %w", err)
	}
	for _, c := range changes {
		switch c.what {
		case opened:
			w.cfg.Log.Warn("A warning opened.", "id", c.warning.ID, "kind", c.warning.Kind, "scope", c.warning.Scope, "title", c.warning.TitleEn)
		case closed:
			w.cfg.Log.Info("A warning closed.", "id", c.warning.ID, "kind", c.warning.Kind, "scope", c.warning.Scope)
		}
	}
	return nil
}

// keepChanges writes warnings, and on the record of every screen that it was
// warned of or cleared.
func keepChanges(ctx context.Context, t *store.Tx, now time.Time, changes []change) error {
	note := func(kind store.EventKind, id string, screens []playlist.ScreenID) error {
		for _, s := range screens {
			if err := t.AddEvent(ctx, store.Event{Screen: s, At: now, Kind: kind, Detail: id}); err != nil {
				return err
			}
		}
		return nil
	}
	for _, c := range changes {
		if c.what != opened {
			// Who took it was written down by whoever did, in the console.
			was, err := t.Warning(ctx, c.warning.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if err == nil {
				c.warning.Acknowledged, c.warning.Actor, c.warning.Remark = was.Acknowledged, was.Actor, was.Remark
			}
		}
		warned, cleared := c.warned, c.cleared
		switch c.what {
		case opened:
			warned = c.warning.Screens
		case closed:
			cleared = c.warning.Screens
		}
		err := errors.Join(t.PutWarning(ctx, c.warning), note(store.EventWarned, c.warning.ID, warned), note(store.EventCleared, c.warning.ID, cleared))
		if err != nil {
			return err
		}
	}
	return nil
}

// Open returns the warnings that are open, as of the last look: what nobody has
// taken first, then the most severe, then the newest.
func (w *Watch) Open() []store.Warning {
	w.looking.Lock()
	defer w.looking.Unlock()
	var all []store.Warning
	for _, o := range w.engine.open {
		one := o.Warning
		one.Screens = slices.Clone(one.Screens)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b store.Warning) int {
		taken := func(w store.Warning) int {
			if w.Acknowledged.IsZero() {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(taken(a), taken(b)), cmp.Compare(b.Severity, a.Severity), b.Opened.Compare(a.Opened), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Acknowledge notes that a person takes care of a warning, with what they write
// about it. Whoever does it again replaces the remark. was is who had it as far as
// actor knows: ErrTaken when that is somebody else by now. ErrClosed for a warning
// that is over, store.ErrNotFound for one that there is not, ErrRemark for a remark
// that is too long.
func (w *Watch) Acknowledge(ctx context.Context, actor, id, was, remark string) (store.Warning, error) {
	remark = strings.TrimSpace(remark)
	if len([]rune(remark)) > maxRemark {
		return store.Warning{}, ErrRemark
	}
	now := w.cfg.Now()
	w.looking.Lock()
	defer w.looking.Unlock()
	var one store.Warning
	err := w.cfg.Store.Update(ctx, func(t *store.Tx) error {
		var err error
		if one, err = t.Warning(ctx, id); err != nil {
			return err
		}
		if !one.Closed.IsZero() {
			return ErrClosed
		}
		if one.Actor != "" && one.Actor != actor && one.Actor != was {
			return ErrTaken
		}
		before := taking(one)
		one.Acknowledged, one.Actor, one.Remark = now, actor, remark
		if err := t.TakeWarning(ctx, id, actor, remark, now); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: now, Actor: actor, Action: "warning.take", Subject: id, Site: one.Site, Detail: remark, Before: before, After: taking(one)})
	})
	if err != nil {
		return store.Warning{}, fmt.Errorf("acknowledge warning %s: %w", id, err)
	}
	if o := w.engine.open[key{one.Scope, fleet.Kind(one.Kind)}]; o != nil && o.ID == id {
		o.Acknowledged, o.Actor, o.Remark = now, actor, remark
		one = o.Warning
	}
	return one, nil
}

// taking is what the log of changes has of who took a warning.
func taking(w store.Warning) string {
	if w.Actor == "" {
		return ""
	}
	return w.Actor + " " + w.Remark
}

// copy is the engine as it is, to go back to.
func (e *engine) copy() *engine {
	c := *e
	c.open = make(map[key]*entry, len(e.open))
	for k, o := range e.open {
		was := *o
		c.open[k] = &was
	}
	return &c
}
