package light

import "time"

const (
	// slowest is how long every change takes at least (V07).
	slowest = 5 * time.Second
	// perPercent makes large changes slower: from dark to full in ten seconds.
	perPercent = 100 * time.Millisecond
	// step is how often a board in change wants to be drawn, and small what need
	// not be drawn for its own sake: less than the eighth bit of a colour. By the
	// sun the light goes by less than that in a second.
	step  = 40 * time.Millisecond
	small = 100.0 / 255
)

// Ramp is the light that a board shows, which follows what it should show
// without a jump. The zero Ramp is dark: a board that is switched on comes up
// slowly. One goroutine uses it, with the times of one clock, best the machine's
// own.
type Ramp struct {
	shown, from, target float64
	began, last         time.Time
}

// Toward moves the light toward a percentage and returns what it is at now, and
// after how long it will differ visibly; zero is not soon, for it has arrived.
func (r *Ramp) Toward(percent float64, now time.Time) (shown float64, again time.Duration) {
	percent = min(max(percent, 0), 100)
	if r.last.IsZero() || now.Before(r.last) {
		r.last = now // the first time, or the clock went back
		r.from, r.began = r.shown, now
	}
	if percent != r.target {
		// As if since the last look, for a target that moves a little every time,
		// but not more than a second: a machine that slept does not jump.
		r.from, r.target, r.began = r.shown, percent, r.last
		if early := now.Add(-time.Second); r.began.Before(early) {
			r.began = early
		}
	}
	way := r.target - r.from
	takes := max(slowest, time.Duration(max(way, -way)*float64(perPercent)))
	r.last = now
	if gone := now.Sub(r.began); gone < takes && way != 0 {
		r.shown = r.from + way*float64(gone)/float64(takes)
		if max(way, -way) < small {
			return r.shown, 0
		}
		return r.shown, step
	}
	r.shown, r.from = r.target, r.target
	return r.shown, 0
}

// Alert moves the light as Toward does, but up it goes at once: a warning does
// not wait for the lamps. Alert pages have no white fields, so this is no flash.
func (r *Ramp) Alert(percent float64, now time.Time) (shown float64, again time.Duration) {
	if percent = min(max(percent, 0), 100); percent > r.shown {
		r.shown, r.from, r.target, r.began, r.last = percent, percent, percent, now, now
		return percent, 0
	}
	return r.Toward(percent, now)
}
