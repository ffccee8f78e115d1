package update

import (
	"context"
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
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// How long things take. Waits are measured by the clock that does not leap.
const (
	lookEvery   = 2 * time.Second  // at whether it is quiet, and at the health of a trial
	quietWithin = 24 * time.Hour   // then the new program is tried whatever goes on
	againAfter  = 10 * time.Minute // what the disk did not take is tried again
	patience    = 5                // so many trials long a program may take to show content and reach the controller
	beatWithin  = 10 * time.Second // a picture that moved since is not frozen
	spareRoom   = 64 << 20         // bytes that stay free
)

// ErrTakeover is why Run ends when another program is to run: the launcher starts
// it. The state says which.
var ErrTakeover = errors.New("another version of the program takes over")

// Health is what a program on trial is judged by.
type Health struct {
	Beat    time.Time // last turn of the render loop, with its monotonic reading
	Content bool      // what residents should see is on the display
	Online  bool      // the controller has welcomed this screen on the open connection
	Black   bool      // the pixels were read back, and nothing is lit that should be
}

// Options say what runs and on what it may rely. All functions are needed.
type Options struct {
	FS        durable.FS
	Dir       string          // of the slots
	Slot      Slot            // that this program runs from
	Launched  bool            // by the launcher
	Version   string          // of this program
	Machine   release.Machine // Order and Protocol are filled in
	Pin       release.KeySet  // what the device pins; zero when nothing is
	Trial     time.Duration   // how long a new program must be well
	Look      time.Duration   // how often it looks; 0 takes two seconds
	Protocol  func() int      // that the controller speaks; 0 while it was not heard
	Fetch     func(context.Context, *assets.Store, playlist.Blob) error
	Room      func() (free uint64, known bool) // on the disk
	Quiet     func() bool                      // nobody is disturbed now
	Health    func() Health
	Now       func() time.Time // for people: what UpdateState.At says
	Changed   func()           // the state has changed
	Permanent func(error) bool // a failed Fetch is not worth repeating
	Log       *slog.Logger
}

// Updater is the update of one device. Offer and State may be called from any
// goroutine; Run is called once.
type Updater struct {
	opt    Options
	store  *assets.Store
	offers chan wire.Offer // capacity 1: the newest

	// One goroutine changes the state at a time: Run, or take while it works.
	mu    sync.Mutex // guards what follows
	state state
	shown wire.UpdateState // what State says
}

// New reads the state. An error means that the disk fails; the program should run
// without updates then.
func New(opt Options) (*Updater, error) {
	if opt.Look <= 0 {
		opt.Look = lookEvery
	}
	u := &Updater{opt: opt, offers: make(chan wire.Offer, 1)}
	if !opt.Launched {
		return u, nil
	}
	s, err := load(opt.FS, opt.Dir, opt.Log)
	if err != nil {
		return nil, err
	}
	u.state, u.shown = s, s.Last
	u.store, err = assets.Open(opt.FS, filepath.Join(opt.Dir, fetchDir))
	if err != nil {
		return nil, fmt.Errorf("open the folder of fetched programs: %w", err)
	}
	if t := s.Trial; t != nil && t.Slot == opt.Slot {
		u.shown = wire.UpdateState{Version: s.Slots[t.Slot].Version, Step: wire.UpdateTrial, At: opt.Now()}
	}
	return u, nil
}

// Offer takes what the controller offers. The newest counts; it returns at once.
func (u *Updater) Offer(o wire.Offer) {
	for {
		select {
		case u.offers <- o:
			return
		default:
		}
		select {
		case <-u.offers: // older, and nobody has looked at it yet
		default:
		}
	}
}

// State returns what the controller is told.
func (u *Updater) State() wire.UpdateState {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.shown
}

// Slot returns where this program runs from, as wire.Program.Slot has it.
func (u *Updater) Slot() string {
	if u.opt.Launched && u.opt.Slot == BuiltIn {
		return wire.SlotBuiltIn
	}
	return string(u.opt.Slot)
}

// Run does the work until ctx ends, which is nil, or until another program is to
// run, which is ErrTakeover.
func (u *Updater) Run(ctx context.Context) error {
	if u.onTrial() {
		if err := u.prove(ctx); err != nil || ctx.Err() != nil {
			return err
		}
	}
	tick := time.NewTicker(u.opt.Look)
	defer tick.Stop()
	started := time.Now()
	var (
		offer   *wire.Offer        // that is being worked on
		work    context.CancelFunc = func() {}
		done    chan error
		retry   time.Time
		blamed  = u.unreachable() // the new program was given up because it was alone
		settled time.Time
		heard   bool // from the controller what it offers now, or that it offers nothing
	)
	defer func() { work(); wait(done) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case o := <-u.offers:
			heard = true
			if o.Package.Payload == nil {
				work()
				wait(done)
				offer, done, retry = nil, nil, time.Time{}
				u.withdraw()
				continue
			}
			if offer != nil && offerRef(*offer) == offerRef(o) && (done != nil || !retry.IsZero()) {
				continue // the same again, on a new connection
			}
			work()
			wait(done)
			offer, retry = &o, time.Time{}
			done, work = u.begin(ctx, o)
		case err := <-done:
			done = nil
			if errors.Is(err, errAgain) && ctx.Err() == nil {
				retry = time.Now().Add(againAfter)
			}
		case <-tick.C:
			now := time.Now()
			if !retry.IsZero() && now.After(retry) && done == nil {
				retry = time.Time{}
				done, work = u.begin(ctx, *offer)
			}
			if blamed && done == nil && u.exonerated(now.Sub(started)) {
				blamed = false
			}
			slot := u.ready()
			if slot == BuiltIn {
				settled = time.Time{}
				continue
			}
			if settled.IsZero() {
				settled = now
			}
			// What waits since an earlier run may have been withdrawn while this
			// machine was off.
			if done != nil || (!heard || !u.opt.Quiet()) && now.Sub(settled) < quietWithin {
				continue
			}
			if err := u.flip(slot); err != nil {
				u.opt.Log.Error("The new program could not be put on trial.", "error", err)
				continue
			}
			return ErrTakeover
		}
	}
}

// withdraw forgets the last offer, as the controller asks that offers nothing: what
// waits is not tried. Its bytes stay in their slot, where nobody starts them; they
// need not be fetched again if the offer returns. What became of a trial is told on:
// a program that was not well does not become well by not being offered.
func (u *Updater) withdraw() {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	if s.Ready == BuiltIn && (u.shown == s.Last || u.shown == wire.UpdateState{}) {
		return
	}
	u.opt.Log.Info("An offered program was withdrawn.", "version", u.shown.Version)
	s.Ready = BuiltIn
	if s.Last.Step == wire.UpdateReady {
		s.Last = wire.UpdateState{}
	}
	if u.opt.Launched {
		if err := u.keep(s); err != nil {
			// It is not tried before the next start, and then it is withdrawn again.
			u.opt.Log.Error("That a program was withdrawn could not be saved.", "error", err)
			u.state = s
		}
	}
	u.tell(s.Last)
}

func wait(done chan error) {
	if done != nil {
		<-done
	}
}

// begin works on an offer until it is ready or cannot be had.
func (u *Updater) begin(ctx context.Context, o wire.Offer) (chan error, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		defer cancel()
		done <- u.take(ctx, o)
	}()
	return done, cancel
}

// errAgain marks what may go better later.
var errAgain = errors.New("it is tried again later")

// take verifies an offer, fetches its program and writes it into the spare slot.
func (u *Updater) take(ctx context.Context, o wire.Offer) error {
	p, keys, err := u.verify(o)
	if err != nil {
		claimed, _ := release.OpenPackage(o.Package) // for a name to what is refused; zero if it has none
		u.opt.Log.Warn("An offered program was refused.", "version", claimed.Version, "error", err)
		u.show(wire.UpdateState{Version: claimed.Version, Step: wire.UpdateRefused, Error: err.Error()})
		return err
	}
	ref := offerRef(o)
	h := held{Version: p.Version, Order: p.Order(), Blob: p.Blob, Offer: ref}
	switch done, err := u.known(h, keys); {
	case err != nil:
		u.stumble(h, err)
		return errAgain
	case done:
		return nil
	}
	u.opt.Log.Info("A program was offered and is fetched.", "version", p.Version, "number", p.Order().String(), "bytes", p.Blob.Size)
	u.show(wire.UpdateState{Version: p.Version, Step: wire.UpdateFetching})
	if err := u.bring(ctx, h); err != nil {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case u.opt.Permanent(err):
			u.fail(h, release.Missing, err.Error())
			return err
		}
		u.stumble(h, err)
		return errAgain
	}
	u.opt.Log.Info("A new program waits for a quiet moment.", "version", p.Version)
	return nil
}

func (u *Updater) verify(o wire.Offer) (release.Package, release.KeySet, error) {
	if !u.opt.Launched {
		return release.Package{}, release.KeySet{}, &release.Refusal{Reason: release.Unslotted, Detail: "this program was not started by its launcher"}
	}
	u.mu.Lock()
	pinned, m := u.state.pinned(u.opt.Pin), u.opt.Machine
	m.Order = u.state.Floor
	u.mu.Unlock()
	m.Protocol = u.opt.Protocol()
	return release.Verify(pinned, o.Keys, o.Package, m)
}

// known keeps the keys that were verified and reports whether nothing is left to do
// for a program: it runs, it waits, or it failed.
func (u *Updater) known(h held, keys release.KeySet) (done bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	if !s.Keys.Equal(keys) || !s.Pin.Equal(u.opt.Pin) {
		s.Keys, s.Pin = keys, u.opt.Pin
		if err := u.keep(s); err != nil {
			return false, err
		}
	}
	if slices.Contains(s.Failed, h.Offer) {
		u.tell(u.state.Last)
		return true, nil
	}
	runs := u.opt.Slot == BuiltIn && h.Version == u.opt.Version
	if mine, ok := s.Slots[u.opt.Slot]; ok && u.opt.Slot != BuiltIn {
		runs = mine.Order == h.Order && mine.Blob == h.Blob
	}
	if runs {
		if s.Ready != BuiltIn { // the office has thought better of what waits
			s.Ready = BuiltIn
			if err := u.keep(s); err != nil {
				return false, err
			}
		}
		if last := s.Last; last.Step == wire.UpdateDone && last.Version == h.Version {
			u.tell(last)
		} else {
			u.tell(wire.UpdateState{Version: h.Version, Step: wire.UpdateDone, At: u.opt.Now()})
		}
		return true, nil
	}
	if slot, ok := s.holds(h.Blob, h.Order); ok && slot != u.opt.Slot && whole(u.opt.FS, u.opt.Dir, slot, h.Blob) == nil {
		s.Slots = without(s.Slots, slot)
		s.Slots[slot] = h
		return true, u.wait(s, slot)
	}
	return false, nil
}

// bring fetches a program and writes it into the spare slot.
func (u *Updater) bring(ctx context.Context, h held) error {
	if _, err := u.store.Sweep(func(r assets.Ref) bool { return r == h.Blob.Ref }); err != nil {
		return err
	}
	need := uint64(2*h.Blob.Size-u.store.Partial(h.Blob.Ref)) + spareRoom
	if free, known := u.opt.Room(); known && free < need {
		return fmt.Errorf("the program needs %d MiB, %d are free", need>>20, free>>20)
	}
	if err := u.opt.Fetch(ctx, u.store, h.Blob); err != nil {
		return err
	}
	slot, err := u.clear()
	if err != nil {
		return err
	}
	f, _, err := u.store.File(h.Blob.Ref)
	if err != nil {
		return err
	}
	err = install(u.opt.FS, u.opt.Dir, slot, f, h.Blob)
	f.Close()
	if err != nil {
		if errors.Is(err, errOther) { // it rotted between the two; away with it
			u.store.Sweep(func(assets.Ref) bool { return false })
		}
		return err
	}
	u.mu.Lock()
	s := u.state
	s.Slots = without(s.Slots, slot)
	s.Slots[slot] = h
	err = u.wait(s, slot)
	u.mu.Unlock()
	if err != nil {
		return err
	}
	if _, err := u.store.Sweep(func(assets.Ref) bool { return false }); err != nil {
		u.opt.Log.Warn("A fetched program could not be removed.", "error", err)
	}
	return nil
}

// clear notes that nothing is in the spare slot, before it is written to: from here
// until it is whole nobody may start what is in it.
func (u *Updater) clear() (Slot, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	slot := s.spare(u.opt.Slot)
	s.Slots = without(s.Slots, slot)
	s.Ready = BuiltIn
	if s.Before == slot {
		s.Before = BuiltIn
	}
	if s.Current == slot {
		s.Current = u.opt.Slot
	}
	return slot, u.keep(s)
}

// without returns a copy of slots that holds nothing in one.
func without(slots map[Slot]held, empty Slot) map[Slot]held {
	out := map[Slot]held{}
	for slot, h := range slots {
		if slot != empty {
			out[slot] = h
		}
	}
	return out
}

// wait notes that the program in a slot waits for a quiet moment. The lock is held.
func (u *Updater) wait(s state, slot Slot) error {
	s.Ready = slot
	s.Last = wire.UpdateState{Version: s.Slots[slot].Version, Step: wire.UpdateReady, At: u.opt.Now()}
	if err := u.keep(s); err != nil {
		return err
	}
	u.tell(s.Last)
	return nil
}

// keep saves a state and takes it for true once it is saved. The lock is held.
func (u *Updater) keep(s state) error {
	if err := s.save(u.opt.FS, u.opt.Dir); err != nil {
		return err
	}
	u.state = s
	return nil
}

// tell changes what is shown. The lock is held.
func (u *Updater) tell(s wire.UpdateState) {
	if s != u.shown {
		u.shown = s
		u.opt.Changed()
	}
}

// show tells something that need not survive.
func (u *Updater) show(s wire.UpdateState) {
	s.At = u.opt.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tell(s)
}

// stumble tells of a failure that may pass.
func (u *Updater) stumble(h held, err error) {
	u.opt.Log.Error("The offered program could not be stored; it is tried again later.", "version", h.Version, "error", err)
	u.show(wire.UpdateState{Version: h.Version, Step: wire.UpdateFailed,
		Error: (&release.Refusal{Reason: release.Storage, Detail: err.Error()}).Error()})
}

// fail gives an offer up.
func (u *Updater) fail(h held, reason release.Reason, detail string) {
	u.opt.Log.Error("The new program is given up.", "version", h.Version, "reason", reason, "detail", detail)
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	s.Failed = slices.Clone(s.Failed)
	s.failed(h, reason, detail, u.opt.Now())
	if err := u.keep(s); err != nil {
		u.opt.Log.Error("That a program failed could not be saved.", "error", err)
	}
	u.tell(s.Last)
}

func (u *Updater) ready() Slot {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state.Ready
}

// flip puts a slot on trial: the launcher starts it next.
func (u *Updater) flip(slot Slot) error {
	h := u.opt.Health()
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	s.Trial, s.Ready = &trial{Slot: slot, Content: h.Content, Online: h.Online}, BuiltIn
	return u.keep(s)
}
