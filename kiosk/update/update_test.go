package update

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

var (
	program = []byte("a program that is well")
	newer   = []byte("one that is newer still")
)

// From the offer to the commit, and then the same into the other slot.
func TestUpdateComesToStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program, newer)
		run := func(u *Updater) chan error {
			done := make(chan error, 1)
			go func() { done <- u.Run(t.Context()) }()
			return done
		}
		l := s.launcher()
		if c := l.choose(); c.slot != BuiltIn || c.try {
			t.Fatalf("an empty disk starts %+v", c)
		}
		for i, want := range []struct {
			bytes   []byte
			version string
			slot    Slot
		}{{program, "1.0", A}, {newer, "1.1", B}, {program, "1.2", A}} {
			u := s.open(t)
			s.set(func(s *stand) { s.quiet = false })
			done := run(u)
			u.Offer(offered(t, want.bytes, want.version, uint64(i)+1))
			settle(t, s, u, wire.UpdateReady)
			if st := u.State(); st.Step != wire.UpdateReady || st.Version != want.version {
				t.Fatalf("before a quiet moment it says %+v", st)
			}
			s.set(func(s *stand) { s.quiet = true })
			if err := <-done; !errors.Is(err, ErrTakeover) {
				t.Fatalf("the old program ended with %v", err)
			}
			c := l.choose()
			if !c.try || c.slot != want.slot || c.held.Version != want.version || sound(s.opt.FS, s.opt.Dir, c) != nil {
				t.Fatalf("the launcher starts %+v", c)
			}
			s.opt.Slot, s.opt.Version = c.slot, c.held.Version
			u = s.open(t)
			if st := u.State(); st.Step != wire.UpdateTrial {
				t.Fatalf("on trial it says %+v", st)
			}
			ctx, cancel := context.WithCancel(t.Context())
			began := time.Now()
			go func() { done <- u.Run(ctx) }()
			for u.State().Step == wire.UpdateTrial {
				<-s.changed
			}
			if took := time.Since(began); took < s.opt.Trial || took > s.opt.Trial+3*lookEvery {
				t.Errorf("it stayed after %v", took)
			}
			if st := u.State(); st.Step != wire.UpdateDone || st.Version != want.version {
				t.Fatalf("after the trial it says %+v", st)
			}
			cancel()
			<-done
			if c := l.choose(); c.try || c.slot != want.slot {
				t.Fatalf("after the trial the launcher starts %+v", c)
			}
		}
	})
}

// settle waits until the updater says step.
func settle(t testing.TB, s *stand, u *Updater, step wire.UpdateStep) wire.UpdateState {
	t.Helper()
	late := time.After(48 * time.Hour) // of the bubble's clock
	for u.State().Step != step {
		select {
		case <-s.changed:
		case <-late:
			t.Fatalf("it says %+v, not %s", u.State(), step)
		}
	}
	return u.State()
}

// drive runs an updater until stop is called or it ends by itself.
func drive(t *testing.T, u *Updater) (done chan error, stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done = make(chan error, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		done <- u.Run(ctx)
	}()
	return done, func() { cancel(); <-ended }
}

// What package release refuses is not stored, not even its keys.
func TestRefusedOffersStoreNothing(t *testing.T) {
	other := offered(t, program, "1.0", 1, func(p *release.Package) { p.Arch = "z80" })
	board := offered(t, program, "1.0", 1, func(p *release.Package) { p.Name = release.LEDBoard })
	later := offered(t, program, "1.0", 1, func(p *release.Package) { p.Protocol = release.Protocol{Min: 2, Max: 3} })
	unsigned := offered(t, program, "1.0", 1)
	unsigned.Package.Signatures = nil
	for name, c := range map[string]struct {
		offer  wire.Offer
		change func(*Options)
		want   release.Reason
	}{
		"unsigned":            {unsigned, nil, release.Unsigned},
		"other processor":     {other, nil, release.System},
		"other program":       {board, nil, release.Program},
		"later protocol":      {later, nil, release.Speech},
		"nothing is pinned":   {offered(t, program, "1.0", 1), func(o *Options) { o.Pin = release.KeySet{} }, release.Unpinned},
		"not from a launcher": {offered(t, program, "1.0", 1), func(o *Options) { o.Launched = false }, release.Unslotted},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand(disk(t), BuiltIn, program)
				if c.change != nil {
					c.change(&s.opt)
				}
				u := s.open(t)
				_, stop := drive(t, u)
				defer stop()
				u.Offer(c.offer)
				if st := settle(t, s, u, wire.UpdateRefused); !hasReason(st, wire.UpdateRefused, c.want) || st.Version != "1.0" {
					t.Errorf("it says %+v, want %s", st, c.want)
				}
				if s.fetched > 0 {
					t.Error("it was fetched")
				}
				if st := stateOf(t, s); !st.Keys.IsZero() || len(st.Slots) > 0 {
					t.Errorf("%+v was stored", st)
				}
			})
		})
	}
}

// wellOnce brings a stand to a committed program in slot a.
func wellOnce(t *testing.T, s *stand, o wire.Offer) {
	t.Helper()
	u := s.open(t)
	if err := u.take(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := u.flip(u.ready()); err != nil {
		t.Fatal(err)
	}
	c := s.launcher().choose()
	if !c.try {
		t.Fatalf("the launcher starts %+v", c)
	}
	s.opt.Slot = c.slot
	if err := s.open(t).commit(); err != nil {
		t.Fatal(err)
	}
}

// Nobody goes back; what runs already is done without a byte.
func TestOldAndSameOffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program, newer)
		wellOnce(t, s, offered(t, program, "1.5", 5))
		u := s.open(t)
		_, stop := drive(t, u)
		defer stop()
		before := s.fetched
		u.Offer(offered(t, newer, "1.4", 4))
		if st := settle(t, s, u, wire.UpdateRefused); !hasReason(st, wire.UpdateRefused, release.Downgrade) {
			t.Errorf("a lower number: %+v", st)
		}
		u.Offer(offered(t, program, "1.5", 5))
		settle(t, s, u, wire.UpdateDone)
		if s.fetched != before {
			t.Error("what runs was fetched again")
		}
	})
}

// The installed program that is offered as a package is there already.
func TestInstalledVersionIsOffered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program)
		u := s.open(t)
		_, stop := drive(t, u)
		defer stop()
		if u.Slot() != wire.SlotBuiltIn {
			t.Errorf("it says that it runs from %q", u.Slot())
		}
		u.Offer(offered(t, program, "old", 1))
		settle(t, s, u, wire.UpdateDone)
		if s.fetched > 0 {
			t.Error("it was fetched")
		}
	})
}

// A program that was given up is not tried again when the same offer comes again on
// the next connection, but when it is offered anew.
func TestFailedOfferIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn) // the controller does not have the blob
		u := s.open(t)
		_, stop := drive(t, u)
		defer stop()
		o := offered(t, program, "1.0", 1)
		u.Offer(o)
		if st := settle(t, s, u, wire.UpdateFailed); !hasReason(st, wire.UpdateFailed, release.Missing) {
			t.Fatalf("it says %+v", st)
		}
		s.set(func(s *stand) { s.blobs[assets.RefOf(program)] = program; s.quiet = false })
		u.Offer(o)
		synctest.Wait()
		if s.fetched != 1 || u.State().Step != wire.UpdateFailed {
			t.Errorf("it was fetched %d times and says %+v", s.fetched, u.State())
		}
		o.Again = 1
		u.Offer(o)
		settle(t, s, u, wire.UpdateReady)
	})
}

// A full disk is said, and tried again when there may be room.
func TestNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program)
		s.free, s.quiet = 1<<20, false
		u := s.open(t)
		_, stop := drive(t, u)
		defer stop()
		u.Offer(offered(t, program, "1.0", 1))
		if st := settle(t, s, u, wire.UpdateFailed); !hasReason(st, wire.UpdateFailed, release.Storage) {
			t.Fatalf("it says %+v", st)
		}
		s.set(func(s *stand) { s.free = 1 << 40 })
		settle(t, s, u, wire.UpdateReady)
	})
}

// A withdrawal cancels what is fetched, drops what waits, and is no failure; what
// failed by itself is still told. The same offer comes back without a byte.
func TestWithdrawn(t *testing.T) {
	nothing := wire.Offer{}
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program)
		s.quiet = false
		u := s.open(t)
		done, stop := drive(t, u)
		o := offered(t, program, "1.0", 1)

		bring := s.opt.Fetch
		ended := make(chan error, 1)
		u.opt.Fetch = func(ctx context.Context, _ *assets.Store, _ playlist.Blob) error {
			<-ctx.Done()
			ended <- ctx.Err()
			return ctx.Err()
		}
		u.Offer(o)
		settle(t, s, u, wire.UpdateFetching)
		u.Offer(nothing)
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("fetching ended with %v", err)
		}
		settle(t, s, u, "")

		u.opt.Fetch = bring
		u.Offer(o)
		settle(t, s, u, wire.UpdateReady)
		u.Offer(nothing)
		settle(t, s, u, "")
		s.set(func(s *stand) { s.quiet = true })
		<-time.After(quietWithin + time.Hour)
		synctest.Wait()
		if st := stateOf(t, s); len(done) > 0 || st.Ready != BuiltIn || st.Trial != nil || len(st.Failed) > 0 || u.State() != (wire.UpdateState{}) {
			t.Errorf("a withdrawn program left %+v and says %+v", st, u.State())
		}
		s.set(func(s *stand) { s.quiet = false })
		u.Offer(o)
		settle(t, s, u, wire.UpdateReady)
		if s.fetched != 1 {
			t.Errorf("it was fetched %d times", s.fetched)
		}

		// Withdrawn while the machine is off: it waits to hear what is offered now.
		stop()
		s.set(func(s *stand) { s.quiet = true })
		u = s.open(t)
		done, stop = drive(t, u)
		defer stop()
		<-time.After(time.Hour)
		synctest.Wait()
		if len(done) > 0 {
			t.Fatal("it was tried before the controller was heard")
		}
		u.Offer(nothing)
		settle(t, s, u, "")

		s.set(func(s *stand) { clear(s.blobs) })
		u.Offer(offered(t, newer, "1.1", 2))
		settle(t, s, u, wire.UpdateFailed)
		u.Offer(nothing)
		synctest.Wait()
		if st := u.State(); !hasReason(st, wire.UpdateFailed, release.Missing) {
			t.Errorf("what failed is told as %+v", st)
		}
		u.Offer(offered(t, program, "board", 3, func(p *release.Package) { p.Name = release.LEDBoard }))
		settle(t, s, u, wire.UpdateRefused)
		u.Offer(nothing)
		settle(t, s, u, wire.UpdateFailed)
	})
}

// A screen that is never quiet is updated after a day.
func TestNeverQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program)
		s.quiet = false
		u := s.open(t)
		done, _ := drive(t, u)
		began := time.Now()
		u.Offer(offered(t, program, "1.0", 1))
		if err := <-done; !errors.Is(err, ErrTakeover) {
			t.Fatal(err)
		}
		if took := time.Since(began); took < quietWithin || took > quietWithin+time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

// What the old program could do, the new one must do too; what it could not, need
// not be done. Offline for months is normal.
func TestTrials(t *testing.T) {
	full := trial{Content: true, Online: true}
	for name, c := range map[string]struct {
		before trial
		health Health
		want   release.Reason
	}{
		"well":                          {full, Health{Content: true, Online: true}, ""},
		"no content":                    {full, Health{Online: true}, release.Dark},
		"black":                         {full, Health{Content: true, Online: true, Black: true}, release.Dark},
		"alone":                         {full, Health{Content: true}, release.Unreachable},
		"the line was down before":      {trial{Content: true}, Health{Content: true}, ""},
		"nothing was to be seen before": {trial{Online: true}, Health{Online: true}, ""},
		"frozen":                        {full, Health{Content: true, Online: true, Beat: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}, release.Frozen},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand(disk(t), BuiltIn, program)
				o := offered(t, program, "1.0", 1)
				u := s.open(t)
				if err := u.take(t.Context(), o); err != nil {
					t.Fatal(err)
				}
				s.set(func(s *stand) { s.health = Health{Content: c.before.Content, Online: c.before.Online} })
				if err := u.flip(u.ready()); err != nil {
					t.Fatal(err)
				}
				s.set(func(s *stand) { s.health = c.health })
				l := s.launcher()
				s.opt.Slot = l.choose().slot
				u = s.open(t)
				done, stop := drive(t, u)
				defer stop()
				began := time.Now()
				if c.want == "" {
					settle(t, s, u, wire.UpdateDone)
					return
				}
				if err := <-done; !errors.Is(err, ErrTakeover) {
					t.Fatalf("it ended with %v", err)
				}
				if took := time.Since(began); took < patience*s.opt.Trial {
					t.Errorf("it was given up after %v", took)
				}
				if st := stateOf(t, s); !hasReason(st.Last, wire.UpdateFailed, c.want) || !contains(st.Failed, o) {
					t.Errorf("the state is %+v, want %s", st, c.want)
				}
				if next := l.choose(); next.slot != BuiltIn || next.try {
					t.Errorf("then %+v runs", next)
				}
			})
		})
	}
}

// When the old program does not reach the controller either, it was the line: the
// new one may be tried again.
func TestTheLineWasToBlame(t *testing.T) {
	for _, online := range []bool{false, true} {
		t.Run(fmt.Sprintf("online %v", online), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand(disk(t), BuiltIn, program)
				o := offered(t, program, "1.0", 1)
				var st state
				st.Slots = map[Slot]held{A: {Version: "1.0", Offer: offerRef(o)}}
				st.Installed = "old"
				st.failed(st.Slots[A], release.Unreachable, "alone", time.Now())
				if err := st.save(s.opt.FS, s.opt.Dir); err != nil {
					t.Fatal(err)
				}
				s.health.Online, s.quiet = online, false
				u := s.open(t)
				_, stop := drive(t, u)
				defer stop()
				<-time.After(2 * patience * s.opt.Trial)
				u.Offer(o)
				<-time.After(time.Minute)
				want := wire.UpdateReady
				if online {
					want = wire.UpdateFailed
				}
				if got := u.State(); got.Step != want {
					t.Errorf("it says %+v, want %s", got, want)
				}
			})
		})
	}
}

// The launcher gives a program two starts, whatever ends them; one that the machine
// was turned off in does not count.
func TestTwoBoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program)
		o := offered(t, program, "1.0", 1)
		u := s.open(t)
		if err := u.take(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if err := u.flip(u.ready()); err != nil {
			t.Fatal(err)
		}
		l := s.launcher()
		l.uncount(l.choose())
		for range maxBoots {
			if c := l.choose(); !c.try {
				t.Fatalf("the launcher starts %+v", c)
			}
		}
		if c := l.choose(); c.try || c.slot != BuiltIn {
			t.Errorf("the third start is %+v", c)
		}
		if st := stateOf(t, s); !hasReason(st.Last, wire.UpdateFailed, release.Crashed) || !contains(st.Failed, o) {
			t.Errorf("the state is %+v", st)
		}
	})
}

// A program that rots on the disk is not started: the one before it runs, and at
// last the installed one.
func TestRottenSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := disk(t)
		s := newStand(fsys, BuiltIn, program, newer)
		wellOnce(t, s, offered(t, program, "1.0", 1))
		wellOnce(t, s, offered(t, newer, "1.1", 2))
		for _, want := range []Slot{B, A, BuiltIn} {
			c := s.launcher().choose()
			if c.slot != want || sound(fsys, s.opt.Dir, c) != nil {
				t.Fatalf("%+v is started, want slot %q", c, want)
			}
			if want == BuiltIn {
				break
			}
			if err := durable.WriteFile(fsys, programFile(s.opt.Dir, want), []byte("rot")); err != nil {
				t.Fatal(err)
			}
		}
		if st := stateOf(t, s); !hasReason(st.Last, wire.UpdateFailed, release.Damaged) {
			t.Errorf("it says %+v", st.Last)
		}
	})
}

// Who installs another program by hand gets it.
func TestInstalledByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(disk(t), BuiltIn, program)
		s.launcher().choose()
		wellOnce(t, s, offered(t, program, "1.0", 1))
		l := s.launcher()
		l.plan.Version = "by hand"
		if c := l.choose(); c.slot != BuiltIn {
			t.Errorf("%+v is started", c)
		}
		if st := stateOf(t, s); st.Floor.Sequence != 1 {
			t.Errorf("and it may go below what was well: %+v", st)
		}
	})
}

// Damaged state is none.
func TestDamagedState(t *testing.T) {
	for _, text := range []string{"", "{", `{"current":"../../bin"}`, `{"trial":{"slot":""}}`, `{"ready":"c"}`, "null"} {
		s := newStand(disk(t), BuiltIn, program)
		if err := durable.WriteFile(s.opt.FS, "/data/slots/"+stateFile, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if c := s.launcher().choose(); c.slot != BuiltIn || c.try {
			t.Errorf("%q starts %+v", text, c)
		}
	}
}

// Whatever call to the disk fails, and whenever the power goes, what is started
// next is whole, nothing goes back below what was well, and the next attempt comes
// through.
func TestEveryCrash(t *testing.T) {
	base := disk(t)
	first := newStand(base, BuiltIn, program, newer)
	wellOnce(t, first, offered(t, program, "1.0", 1))
	first.launcher().choose()
	o := offered(t, newer, "1.1", 2)
	round := func(fsys *crashfs.FS) error {
		s := newStand(fsys, BuiltIn, program, newer)
		s.opt.Slot = s.launcher().choose().slot
		u, err := New(s.opt)
		if err != nil {
			return err
		}
		if !u.onTrial() {
			if err := u.take(t.Context(), o); err != nil {
				return err
			}
			if slot := u.ready(); slot != BuiltIn {
				if err := u.flip(slot); err != nil {
					return err
				}
			}
			s.opt.Slot = s.launcher().choose().slot
			if u, err = New(s.opt); err != nil {
				return err
			}
		}
		if !u.onTrial() {
			return nil
		}
		return u.commit()
	}
	check := func(trial crashfs.Trial, fsys *crashfs.FS, did error) error {
		s := newStand(fsys, BuiltIn, program, newer)
		st, err := load(fsys, s.opt.Dir, s.opt.Log)
		if err != nil {
			return err
		}
		if st.Floor.Sequence < 1 || did == nil && !trial.Crash && trial.Fault == crashfs.PowerCut && st.Floor.Sequence != 2 {
			return fmt.Errorf("the floor is %v", st.Floor)
		}
		c := s.launcher().choose()
		if err := sound(fsys, s.opt.Dir, c); err != nil {
			return fmt.Errorf("%+v is started: %w", c, err)
		}
		if c.slot == BuiltIn {
			return fmt.Errorf("a program that was well is lost: %+v", st)
		}
		// The boot that was just counted may have been the last: offer it anew.
		o.Again++
		for range 2 {
			if err := round(fsys); err != nil {
				return fmt.Errorf("afterwards: %w", err)
			}
		}
		if st, err = load(fsys, s.opt.Dir, s.opt.Log); err != nil {
			return err
		}
		if st.Floor.Sequence != 2 || st.Slots[st.Current].Version != "1.1" || st.Trial != nil {
			return fmt.Errorf("in the end the state is %+v", st)
		}
		return nil
	}
	// What is as if synced after a failed call, and what is found after the power went.
	if err := crashfs.Exhaust(base, []crashfs.Fault{crashfs.EIO}, 0, round, check); err != nil {
		t.Error(err)
	}
	if err := crashfs.Exhaust(base, []crashfs.Fault{crashfs.PowerCut}, 2, round, check); err != nil {
		t.Error(err)
	}
}
