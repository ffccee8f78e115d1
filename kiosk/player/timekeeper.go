package player

import (
	"sync"
	"time"

	"mingbai/playlist/schedule"
)

// Timekeeper turns what a device knows of the time into a schedule.Moment, by
// DOMAIN 3.5. Monotonic readings are the time since an arbitrary start; they
// never go back, and need not include sleep. It is safe for several goroutines.
//
// The lower bound comes from signed times and from the floor that was persisted,
// and goes on with the monotonic clock. The upper bound is the machine's clock
// while that is plausible. The controller's word is the best guess, but alone it
// never raises the lower bound: whoever sits on the line could then make every
// notice expire for good.
type Timekeeper struct {
	mu       sync.Mutex // guards all below
	started  bool
	lo       reading
	believed reading // the course of the machine's clock, without its leaps
	heard    reading // the controller's clock; zero when not heard in this run
	offset   time.Duration
	suspect  bool
}

// reading is an instant at a monotonic reading.
type reading struct {
	at   time.Time
	mono time.Duration
}

func (r reading) now(mono time.Duration) time.Time { return r.at.Add(mono - r.mono) }

// How far clocks may be apart. [e] of DOMAIN 3.5.
const (
	slack  = 10 * time.Minute // the machine's clock behind the lower bound, and still believed
	leap   = 24 * time.Hour   // forward at once, and no longer believed
	farOff = 3 * 366 * leap   // ahead of the lower bound: no device was off for longer
	agree  = 24 * time.Hour   // controller and machine, for the lower bound to follow
	wrong  = 5 * time.Minute  // from the controller, and worth a technician's look
)

// NewTimekeeper starts from the floor that was persisted and the time at which
// the program was built; the true time is surely after both.
func NewTimekeeper(floor, built time.Time) *Timekeeper {
	if built.After(floor) {
		floor = built
	}
	return &Timekeeper{lo: reading{at: floor}}
}

// start anchors the floor at the first reading. The caller holds mu.
func (k *Timekeeper) start(mono time.Duration) {
	if !k.started {
		k.started, k.lo.mono = true, mono
	}
}

// plausible reports whether a clock can be right. Without any lower bound, every
// clock can.
func (k *Timekeeper) plausible(clock time.Time, mono time.Duration) bool {
	if k.lo.at.IsZero() {
		return true
	}
	lo := k.lo.now(mono)
	return !clock.Before(lo.Add(-slack)) && !clock.After(lo.Add(farOff))
}

// Now returns the moment, given the machine's wall clock and a monotonic reading.
func (k *Timekeeper) Now(wall time.Time, mono time.Duration) schedule.Moment {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start(mono)
	wall = wall.Round(0)
	m := schedule.Moment{Lo: k.lo.now(mono)}
	plausible := k.plausible(wall, mono)
	if plausible {
		m.Hi = wall
	}
	switch heard := k.heard.now(mono); {
	case !k.heard.at.IsZero() && k.plausible(heard, mono):
		// The machine's clock, set right by what the controller said, also
		// counts sleep. If it has leapt since, the monotonic clock is better.
		m.Now = wall.Add(-k.offset)
		leapt := m.Now.Sub(heard).Abs() > leap
		if leapt {
			m.Now = heard
		}
		if !leapt || !plausible || m.Hi.Before(m.Now) {
			m.Hi = m.Now
		}
		k.suspect = leapt || k.offset.Abs() > wrong
	case !plausible:
		// It has to go on from somewhere: from where it was before the clock
		// went wrong, or from the lower bound.
		m.Now = m.Lo
		if !k.believed.at.IsZero() {
			m.Now = k.believed.now(mono)
		}
		k.suspect = true
	case !k.believed.at.IsZero() && wall.Sub(k.believed.now(mono)) > leap:
		// A leap ahead may be a mistake or a long sleep. Both bounds stand;
		// the guess stays with what was believed.
		m.Now = k.believed.now(mono)
		k.suspect = true
	default:
		m.Now = wall
		k.believed = reading{wall, mono}
		k.suspect = false
	}
	if m.Now.Before(m.Lo) {
		m.Now = m.Lo
	}
	if !m.Hi.IsZero() && m.Hi.Before(m.Lo) {
		m.Hi = m.Lo
	}
	return m
}

// Signed takes a time out of a verified signed object, such as an edition's
// Created: the true time is surely not before.
func (k *Timekeeper) Signed(t time.Time, mono time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start(mono)
	if t = t.Round(0); t.After(k.lo.now(mono)) {
		k.lo = reading{t, mono}
	}
}

// Controller takes the controller's clock from a Challenge, Welcome or Push, with
// the machine's clock and the monotonic reading at its arrival. Where both clocks
// agree, the lower bound follows.
func (k *Timekeeper) Controller(t, wall time.Time, mono time.Duration) {
	if t.IsZero() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start(mono)
	t, wall = t.Round(0), wall.Round(0)
	k.heard, k.offset = reading{t, mono}, wall.Sub(t)
	if k.plausible(t, mono) {
		k.believed = reading{t, mono}
	}
	earlier := t
	if wall.Before(t) {
		earlier = wall
	}
	if k.offset.Abs() <= agree && k.plausible(wall, mono) && earlier.After(k.lo.now(mono)) {
		k.lo = reading{earlier, mono}
	}
}

// Floor returns what to persist, at least every ten minutes and at the end.
func (k *Timekeeper) Floor(mono time.Duration) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start(mono)
	return k.lo.now(mono)
}

// Drift returns the machine's clock minus the controller's as it goes on since it
// was heard, so that a clock that is set wrong afterwards shows; false when the
// controller has not been heard in this run. A machine that slept seems ahead
// until the controller is heard again.
func (k *Timekeeper) Drift(wall time.Time, mono time.Duration) (time.Duration, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return wall.Round(0).Sub(k.heard.now(mono)), !k.heard.at.IsZero()
}

// Offset returns the machine's clock minus the controller's when that was heard
// last; false when the controller has not been heard in this run.
func (k *Timekeeper) Offset() (time.Duration, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.offset, !k.heard.at.IsZero()
}

// Suspect reports whether the machine's clock could not be believed at the last
// Now, or is far from the controller's.
func (k *Timekeeper) Suspect() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.suspect
}
