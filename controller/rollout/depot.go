package rollout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// The kinds of errors, for errors.Is.
var (
	// ErrBusy: another rollout of the same program has not ended.
	ErrBusy = errors.New("another rollout of this program is under way")
	// ErrState: the rollout is not in a state for that.
	ErrState = errors.New("the rollout does not stand so that this can be done")
	// ErrFormer: there is no former package to go back to.
	ErrFormer = errors.New("the package that the screens ran before is not here")
	// ErrUnpinned: the controller does not know whose packages to believe.
	ErrUnpinned = errors.New("no release keys are set for this controller")
	// ErrKnown: this package is here already.
	ErrKnown = errors.New("this package is here already")
)

// Config is what a depot works with. Store, Blobs and Fleet must be given; zero
// values of the rest take the defaults.
type Config struct {
	Store  *store.Store
	Blobs  *assets.Store
	Fleet  *fleet.Fleet
	Hub    *hub.Hub       // tells screens that are connected; nil waits until they come
	Pinned release.KeySet // whose packages are believed; zero believes none
	Rules  Rules          // (1 h, 4 h, 1 h)
	Every  time.Duration  // between turns (10 s)
	Now    func() time.Time
	Log    *slog.Logger
}

// Depot keeps packages and their rollouts.
type Depot struct {
	cfg Config

	work sync.Mutex // one change at a time: of a person or of a turn

	mu       sync.Mutex // guards what follows
	standing []*standing
	turned   time.Time // the last turn in which nothing was under way
}

// standing is a rollout that screens are offered something by. It is replaced,
// never changed.
type standing struct {
	ro      store.Rollout
	members Members
	offer   wire.Offer
}

// New returns a depot that goes on with the rollouts of the store.
func New(ctx context.Context, cfg Config) (*Depot, error) {
	if cfg.Rules == (Rules{}) {
		cfg.Rules = Rules{Few: time.Hour, Some: 4 * time.Hour, All: time.Hour}
	}
	if cfg.Every == 0 {
		cfg.Every = 10 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	d := &Depot{cfg: cfg}
	rollouts, err := cfg.Store.StandingRollouts(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the depot: %w", err)
	}
	for _, ro := range rollouts {
		s, err := d.load(ctx, ro)
		if err != nil {
			return nil, fmt.Errorf("open the depot: %w", err)
		}
		d.standing = append(d.standing, s)
	}
	return d, nil
}

func (d *Depot) load(ctx context.Context, ro store.Rollout) (*standing, error) {
	pkg, err := d.cfg.Store.Package(ctx, ro.Package)
	if err != nil {
		return nil, err
	}
	list, err := d.cfg.Store.Members(ctx, ro.ID)
	if err != nil {
		return nil, err
	}
	s := &standing{ro: ro, members: make(Members, len(list)), offer: wire.Offer{Package: pkg.Envelope, Keys: pkg.Chain}}
	for _, m := range list {
		s.members[m.Screen] = m
	}
	return s, nil
}

// Pinned is whose packages are believed.
func (d *Depot) Pinned() release.KeySet { return d.cfg.Pinned }

// Offer returns what a screen should be told when it connects: the package that
// it should run, or the withdrawal of one. ok is false when no rollout has reached
// it.
func (d *Depot) Offer(screen playlist.ScreenID) (offer wire.Offer, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.standing {
		if m, in := s.members[screen]; in {
			return s.offerTo(m), true
		}
	}
	return wire.Offer{}, false
}

// offerTo is what a member should be told: nothing that a stopped rollout has not
// made it begin.
func (s *standing) offerTo(m store.Member) wire.Offer {
	switch s.ro.State {
	case store.RolloutPaused, store.RolloutStopped:
		if !Begun(m) || Broken(m) {
			return wire.Offer{}
		}
	}
	return s.offer
}

// tell sends screens what Offer says of them. Who is not connected hears of it
// when it comes.
func (d *Depot) tell(screens []playlist.ScreenID) {
	if d.cfg.Hub == nil {
		return
	}
	for _, id := range screens {
		offer, _ := d.Offer(id)
		if err := d.cfg.Hub.Offer(id, offer); err != nil && !errors.Is(err, hub.ErrNotConnected) {
			d.cfg.Log.Error("a screen could not be offered a program", "screen", string(id), "error", err)
		}
	}
}

// put replaces a standing rollout in memory, or adds it before the others.
// Replaced ones are forgotten.
func (d *Depot) put(s *standing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := make([]*standing, 0, len(d.standing)+1)
	found := false
	for _, o := range d.standing {
		if o.ro.ID == s.ro.ID {
			o, found = s, true
		}
		if o.ro.State != store.RolloutReplaced {
			next = append(next, o)
		}
	}
	if !found && s.ro.State != store.RolloutReplaced {
		next = append([]*standing{s}, next...)
	}
	d.standing = next
}

func (d *Depot) all() []*standing {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.standing
}

func (d *Depot) find(id string) (*standing, error) {
	for _, s := range d.all() {
		if s.ro.ID == id {
			return s, nil
		}
	}
	return nil, fmt.Errorf("rollout %s: %w", id, store.ErrNotFound)
}

// Run takes turns until ctx ends.
func (d *Depot) Run(ctx context.Context) {
	ticker := time.NewTicker(d.cfg.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := d.Turn(ctx); err != nil && ctx.Err() == nil {
				d.cfg.Log.Error("a turn of the rollouts failed; it is tried again", "error", err)
			}
		}
	}
}

// announce tells the fleet for which screens an update has not come to its end, so
// that those which it has not reached yet are not called old.
func (d *Depot) announce() {
	under, seen := map[playlist.ScreenKind]bool{}, map[string]bool{}
	for _, s := range d.all() { // the newest first, which is the one that counts
		name, _, _ := strings.Cut(s.ro.Program, "/")
		for _, kind := range []playlist.ScreenKind{playlist.Touch, playlist.LED} {
			if !seen[s.ro.Program] && s.ro.State != store.RolloutDone && string(release.Of(kind)) == name {
				under[kind] = true
			}
		}
		seen[s.ro.Program] = true
	}
	d.cfg.Fleet.Rolling(under)
}

// restEvery is how often rollouts that are done look for screens that have come.
const restEvery = time.Minute

// Turn looks at all screens once and does what follows from it.
func (d *Depot) Turn(ctx context.Context) error {
	d.work.Lock()
	defer d.work.Unlock()
	d.announce()
	defer d.announce() // what this turn has moved
	all := d.all()
	if len(all) == 0 {
		return nil
	}
	now := d.cfg.Now()
	if d.rests(all, now) {
		return nil
	}
	view, err := d.look(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := d.turn(ctx, s, view, now); err != nil {
			return err
		}
	}
	d.recall(view)
	return nil
}

// rests reports whether nothing is under way and the last look is fresh.
func (d *Depot) rests(all []*standing, now time.Time) bool {
	for _, s := range all {
		if s.ro.State != store.RolloutDone {
			return false
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.turned) < restEvery {
		return true
	}
	d.turned = now
	return false
}

// turn lets one rollout go on. What follows from it is on disk before it is done.
func (d *Depot) turn(ctx context.Context, s *standing, view *view, now time.Time) error {
	t := d.cfg.Rules.Take(s.ro, s.members, d.left(s, view.screens(s.ro)), now)
	if !t.Moved && len(t.Changed) == 0 && t.Rollout.Enough.Equal(s.ro.Enough) {
		return nil
	}
	err := d.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutRollout(ctx, t.Rollout); err != nil {
			return err
		}
		if err := tx.PutMembers(ctx, s.ro.ID, t.Changed); err != nil {
			return err
		}
		for _, m := range t.Changed {
			if m.Step == "" || m.Step == s.members[m.Screen].Step {
				continue
			}
			if err := tx.AddEvent(ctx, store.Event{Screen: m.Screen, At: now, Kind: store.EventUpdate, Detail: string(m.Step) + " " + s.ro.Version}); err != nil {
				return err
			}
		}
		if !t.Moved {
			return nil
		}
		return tx.Audit(ctx, store.Record{
			At: now, Actor: "system", Action: moved(s.ro, t.Rollout), Subject: s.ro.ID, Site: s.ro.Site, Detail: t.Rollout.ReasonZh,
			Before: stand(s.ro), After: stand(t.Rollout),
		})
	})
	if err != nil {
		return fmt.Errorf("rollout %s: %w", s.ro.ID, err)
	}
	next := &standing{ro: t.Rollout, members: make(Members, len(s.members)+len(t.Changed)), offer: s.offer}
	for id, m := range s.members {
		next.members[id] = m
	}
	for _, m := range t.Changed {
		next.members[m.Screen] = m
	}
	d.put(next)
	d.tell(t.Offer)
	d.tell(t.Withdraw)
	if t.Moved {
		d.cfg.Log.Info("a rollout moved on", "rollout", s.ro.ID, "version", s.ro.Version, "state", string(t.Rollout.State),
			"stage", int(t.Rollout.Stage), "screens", len(next.members), "reason", t.Rollout.ReasonEn)
	}
	return nil
}

// left are the screens that no later rollout of the program has reached.
func (d *Depot) left(s *standing, screens []Screen) []Screen {
	for _, later := range d.all() {
		if later.ro.ID == s.ro.ID {
			break
		}
		if later.ro.Program == s.ro.Program {
			screens = slices.DeleteFunc(screens, func(o Screen) bool { _, in := later.members[o.ID]; return in })
		}
	}
	return screens
}

// moved names a change for the audit log.
func moved(from, to store.Rollout) string {
	switch {
	case to.State == store.RolloutStopped:
		return "rollout.stopped"
	case to.State == store.RolloutDone:
		return "rollout.done"
	}
	return "rollout.stage"
}

// stand is a rollout in the audit log.
func stand(ro store.Rollout) string {
	return fmt.Sprintf("%s %s %d%%", ro.Version, ro.State, ro.Stage)
}

// recall withdraws from screens what they still prepare and nobody offers them
// any more: they were off when it was withdrawn.
func (d *Depot) recall(v *view) {
	for i := range v.states {
		s := v.states[i]
		if !s.Online || s.Report == nil {
			continue
		}
		u := s.Report.Vitals.Program.Update
		if u.Version == "" || u.Step != wire.UpdateFetching && u.Step != wire.UpdateReady && !Waits(store.Member{Step: u.Step, Error: u.Error}) {
			continue
		}
		if offer, _ := d.Offer(s.ID); offer.Package.Payload == nil {
			d.tell([]playlist.ScreenID{s.ID})
		}
	}
}
