package rollout

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// Rules are how long each stage is watched after enough of its screens took the
// package.
type Rules struct {
	Few, Some, All time.Duration
}

// The figures of the rules; see the package comment.
const (
	fewScreens  = 10   // up to so many one is enough to stop
	aboveOthers = 0.05 // share of bad screens above that of the others
	atLeast     = 20   // screens that the share is taken of
	enoughDone  = 0.8  // of the connected ones
)

// stages in their order.
var stages = []store.Stage{store.StageFew, store.StageSome, store.StageAll}

// Screen is a screen as a rollout sees it.
type Screen struct {
	ID     playlist.ScreenID
	Name   string // for reasons
	Site   playlist.SiteID
	Fits   bool // the package is for it
	Online bool
	Runs   string           // version of its program, empty when it is not known
	Update wire.UpdateState // what it last said of an offer
	Warned []Warned         // open warnings of severity 2 or more
}

// Warned is an open warning about a screen.
type Warned struct {
	Since            time.Time
	TitleZh, TitleEn string
	Along            []playlist.ScreenID // of a site's line: all screens that it is about
}

// Members are the screens that a rollout has reached.
type Members map[playlist.ScreenID]store.Member

// Turn is what becomes of a rollout at an instant.
type Turn struct {
	Rollout  store.Rollout
	Changed  []store.Member      // new ones and those whose step changed
	Offer    []playlist.ScreenID // that were chosen now
	Withdraw []playlist.ScreenID // that have not begun and shall not
	Moved    bool                // stage or state are others than before
}

// Take looks at the screens and says what becomes of a rollout now. It depends
// on its arguments alone, and taken again after its result was stored it changes
// nothing more. members is not changed.
func (r Rules) Take(ro store.Rollout, members Members, screens []Screen, now time.Time) Turn {
	m := r.machine(ro, members, screens, now)
	switch ro.State {
	case store.RolloutRunning:
		// Going back is the way out, and stops for nothing.
		if ro.Back || !m.judge() {
			m.advance(screens)
			m.reconsider()
		}
	case store.RolloutPaused:
		m.judge()
	case store.RolloutDone:
		m.fill(screens)
	}
	return m.turn(ro, members)
}

// Open opens the next stage of a running rollout now, because a person says so.
func (r Rules) Open(ro store.Rollout, members Members, screens []Screen, now time.Time) Turn {
	m := r.machine(ro, members, screens, now)
	m.open(screens)
	m.reconsider()
	return m.turn(ro, members)
}

// reconsider hears the screens that were chosen in this turn: one of them may have
// failed with this program before.
func (m *machine) reconsider() {
	if len(m.offer) == 0 {
		return
	}
	if m.hear(); !m.ro.Back && m.judge() {
		m.offer = nil
	}
}

// machine begins a turn and hears what the screens say.
func (r Rules) machine(ro store.Rollout, members Members, screens []Screen, now time.Time) *machine {
	m := &machine{rules: r, ro: ro, members: maps.Clone(members), screens: make(map[playlist.ScreenID]*Screen, len(screens)), now: now}
	if m.members == nil {
		m.members = Members{}
	}
	for i := range screens {
		m.screens[screens[i].ID] = &screens[i]
	}
	m.hear()
	return m
}

// turn says what is other than before.
func (m *machine) turn(ro store.Rollout, members Members) Turn {
	t := Turn{Rollout: m.ro, Offer: m.offer, Withdraw: m.withdraw}
	for id, member := range m.members {
		if members[id] != member {
			t.Changed = append(t.Changed, member)
		}
	}
	slices.SortFunc(t.Changed, func(a, b store.Member) int { return cmp.Compare(a.Screen, b.Screen) })
	t.Moved = m.ro.State != ro.State || m.ro.Stage != ro.Stage
	return t
}

// machine is one turn under way.
type machine struct {
	rules    Rules
	ro       store.Rollout
	members  Members
	screens  map[playlist.ScreenID]*Screen
	now      time.Time
	offer    []playlist.ScreenID
	withdraw []playlist.ScreenID
}

// hear takes in what the screens say of the offer.
func (m *machine) hear() {
	for id, member := range m.members {
		s := m.screens[id]
		if s == nil {
			continue // removed
		}
		step, text := wire.UpdateStep(""), ""
		switch {
		case s.Update.Version == m.ro.Version && s.Update.Step != "":
			step, text = s.Update.Step, s.Update.Error
		case s.Runs == m.ro.Version:
			step = wire.UpdateDone
		case !s.Online || s.Runs == "":
			continue // what it said last stands
		}
		if step != member.Step || text != member.Error {
			member.Step, member.Error, member.At = step, text, m.now
			m.members[id] = member
		}
	}
}

// Begun reports whether a device has put a program to the test or is through
// with it; what is before that can still be withdrawn.
func Begun(m store.Member) bool {
	switch m.Step {
	case wire.UpdateTrial, wire.UpdateDone, wire.UpdateFailed, wire.UpdateRefused:
		return !Waits(m)
	}
	return false
}

// Broken reports whether a device says that the package did it no good.
func Broken(m store.Member) bool {
	return (m.Step == wire.UpdateFailed || m.Step == wire.UpdateRefused) && !Waits(m)
}

// Waits reports whether a device has no room for the package now. It tries again by
// itself, and its full disk says nothing about the package.
func Waits(m store.Member) bool {
	reason, _ := release.ReasonOf(m.Error)
	return m.Step == wire.UpdateFailed && reason == release.Storage
}

// tally is what the judge counts.
type tally struct {
	size   int // screens of the rollout
	ended  int // that are through, or have a new warning
	failed []playlist.ScreenID
	warned []playlist.ScreenID
	others float64 // share of the other screens with a new warning
}

// count looks at all screens, those of the rollout and the others.
func (m *machine) count() tally {
	var t tally
	outside, ill := 0, 0
	for id, s := range m.screens {
		member, in := m.members[id]
		if !in {
			outside++
			if m.newlyWarned(s, m.ro.Started, false) {
				ill++
			}
			continue
		}
		t.size++
		excused := slices.Contains(m.ro.Excused, id)
		warned := m.newlyWarned(s, member.Offered, true)
		switch {
		case excused:
			t.ended++
		case Broken(member):
			t.ended++
			t.failed = append(t.failed, id)
		case warned:
			t.ended++
			t.warned = append(t.warned, id)
		case member.Step == wire.UpdateDone:
			t.ended++
		}
	}
	if outside > 0 {
		t.others = float64(ill) / float64(outside)
	}
	slices.Sort(t.failed)
	slices.Sort(t.warned)
	return t
}

// newlyWarned reports whether a warning was opened at or after an instant. Of a
// screen of the rollout one that it shares with screens outside does not count.
func (m *machine) newlyWarned(s *Screen, since time.Time, member bool) bool {
	return slices.ContainsFunc(s.Warned, func(w Warned) bool {
		if w.Since.Before(since) {
			return false
		}
		return !member || !slices.ContainsFunc(w.Along, func(id playlist.ScreenID) bool {
			_, in := m.members[id]
			return !in
		})
	})
}

// stop reports whether a tally is a reason to stop.
func (t tally) stop() bool {
	bad := len(t.failed) + len(t.warned)
	if bad == 0 {
		return false
	}
	if t.size <= fewScreens {
		return len(t.failed) > 0 || float64(bad)/float64(t.size) > t.others
	}
	of := max(t.ended, min(t.size, atLeast))
	return float64(bad)/float64(of) > t.others+aboveOthers
}

// judge stops the rollout if its screens are worse off than the others.
func (m *machine) judge() bool {
	t := m.count()
	if !t.stop() {
		return false
	}
	m.ro.State, m.ro.Changed, m.ro.ReasonBy = store.RolloutStopped, m.now, ""
	m.ro.Culprits = append(slices.Clone(t.failed), t.warned...)
	m.ro.ReasonZh, m.ro.ReasonEn = m.words(t)
	m.takeBack()
	return true
}

// takeBack withdraws the offer from the screens that have not begun.
func (m *machine) takeBack() {
	for id, member := range m.members {
		if !Begun(member) {
			m.withdraw = append(m.withdraw, id)
		}
	}
	slices.Sort(m.withdraw)
}

// advance sees whether the stage is full, enough and watched, and opens the next.
func (m *machine) advance(screens []Screen) {
	m.fill(screens)
	if !m.enough() {
		m.ro.Enough = time.Time{}
		return
	}
	if m.ro.Enough.IsZero() {
		m.ro.Enough = m.now
	}
	if m.now.Sub(m.ro.Enough) < m.rules.soak(m.ro.Stage) {
		return
	}
	if m.ro.Stage != store.StageAll {
		m.open(screens)
		return
	}
	if m.settled() {
		m.ro.State, m.ro.Changed = store.RolloutDone, m.now
	}
}

// open opens the next stage; one that adds no screen is passed over.
func (m *machine) open(screens []Screen) {
	for m.ro.Stage != store.StageAll {
		m.ro.Stage = stages[slices.Index(stages, m.ro.Stage)+1]
		before := len(m.offer)
		m.fill(screens)
		if len(m.offer) > before {
			break
		}
	}
	m.ro.Since, m.ro.Enough = m.now, time.Time{}
}

func (r Rules) soak(s store.Stage) time.Duration {
	switch s {
	case store.StageFew:
		return r.Few
	case store.StageSome:
		return r.Some
	}
	return r.All
}

// enough reports whether enough screens say done.
func (m *machine) enough() bool {
	done, here := 0, 0
	for id, member := range m.members {
		s := m.screens[id]
		switch {
		case s == nil:
		case member.Step == wire.UpdateDone:
			done, here = done+1, here+1
		case s.Online:
			here++
		}
	}
	return done > 0 && float64(done) >= enoughDone*float64(here)
}

// settled reports whether no connected screen has still to come to an end.
func (m *machine) settled() bool {
	for id, member := range m.members {
		if s := m.screens[id]; s != nil && s.Online && member.Step != wire.UpdateDone && !Broken(member) {
			return false
		}
	}
	return true
}

// Target is how many of n fitting screens a stage reaches.
func Target(stage store.Stage, n int) int { return (n*int(stage) + 99) / 100 }

// fill chooses screens until the stage has as many as it should.
func (m *machine) fill(screens []Screen) {
	n, have := 0, 0
	for i := range screens {
		_, in := m.members[screens[i].ID]
		if in {
			have++
		}
		if in || screens[i].Fits {
			n++
		}
	}
	missing := Target(m.ro.Stage, n) - have
	if missing <= 0 {
		return
	}
	for _, s := range m.candidates(screens) {
		if missing == 0 {
			break
		}
		missing--
		member := store.Member{Screen: s.ID, Stage: m.ro.Stage, Offered: m.now, Before: s.Runs}
		if s.Runs == m.ro.Version {
			member.Step, member.At = wire.UpdateDone, m.now
		}
		m.members[s.ID] = member
		m.offer = append(m.offer, s.ID)
	}
}

// candidates are the screens that may be chosen, in their order.
func (m *machine) candidates(screens []Screen) []*Screen {
	type place struct {
		s     *Screen
		round int    // how many of its site come before it
		hash  uint64 // of rollout and screen
	}
	var free []place
	taken := map[playlist.SiteID]int{} // by stages before
	for i := range screens {
		s := &screens[i]
		if _, in := m.members[s.ID]; in {
			taken[s.Site]++
			continue
		}
		// One that runs it already shows nothing about it.
		if !s.Fits || m.ro.Stage != store.StageAll && (!s.Online || s.Runs == m.ro.Version) {
			continue
		}
		free = append(free, place{s: s, hash: hashOf(m.ro.ID, s.ID)})
	}
	byHash := func(a, b place) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.s.ID, b.s.ID))
	}
	slices.SortFunc(free, byHash)
	for i := range free {
		free[i].round = taken[free[i].s.Site]
		taken[free[i].s.Site]++
	}
	slices.SortStableFunc(free, func(a, b place) int { return cmp.Compare(a.round, b.round) })
	out := make([]*Screen, len(free))
	for i, p := range free {
		out[i] = p.s
	}
	return out
}

func hashOf(rollout string, screen playlist.ScreenID) uint64 {
	sum := sha256.Sum256([]byte(rollout + "\n" + string(screen)))
	return binary.BigEndian.Uint64(sum[:8])
}
