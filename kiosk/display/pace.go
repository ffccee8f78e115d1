package display

import "time"

const (
	// movingWithin is how soon the next frame must be due to count as motion.
	movingWithin = 50 * time.Millisecond
	// lingering is how long the display stays in step with vsync after the last
	// motion or touch, so that a finger that rests does not change gears.
	lingering = 300 * time.Millisecond
	// slack is how much too early a frame may come: it keeps displays of 75 Hz
	// at their own rate instead of halving it.
	slack = 3400 * time.Microsecond

	slowWindow = 24               // frames that are judged together
	slowRetry  = 60 * time.Second // after which the full rate is tried again
)

// pace decides when an animation's next frame may start. Some displays have no
// vsync to wait for, and software rendering cannot do 60: an even 30 is calmer
// than an uneven 45.
type pace struct {
	full     time.Duration // between frames, by the cap
	until    time.Time     // motion lasts at least until then
	last     time.Time     // start of the last frame
	count    int           // frames judged so far in this window
	spent    time.Duration // by them
	slowness time.Time     // since when half the rate, zero for the full rate
}

func newPace(fps int) pace { return pace{full: time.Second / time.Duration(fps)} }

func (p *pace) moved(now time.Time)       { p.until = now.Add(lingering) }
func (p *pace) touched(now time.Time)     { p.until = now.Add(lingering) }
func (p *pace) moving(now time.Time) bool { return now.Before(p.until) }

// restart forgets the last frame: a pause is not a slow frame.
func (p *pace) restart() { p.last, p.count, p.spent = time.Time{}, 0, 0 }

// start notes that a frame really starts now.
func (p *pace) start(now time.Time) { p.last = now }

// interval is the time between frames at present.
func (p *pace) interval(now time.Time) time.Duration {
	if p.slowness.IsZero() {
		return p.full
	}
	if now.Sub(p.slowness) > slowRetry {
		p.slowness = time.Time{}
		return p.full
	}
	return max(p.full, time.Second/30)
}

// wait is called at the start of a turn and returns how long to hold it. It
// counts the turn as a frame that starts after the wait.
func (p *pace) wait(now time.Time) time.Duration {
	if p.last.IsZero() {
		p.last = now
		return 0
	}
	took := now.Sub(p.last)
	every := p.interval(now)
	var hold time.Duration
	if early := every - took; early > slack {
		hold = early
	}
	p.last = now.Add(hold)
	if every > p.full || took > 250*time.Millisecond {
		return hold // already slow, or stopped by something that is not painting
	}
	p.count++
	p.spent += took
	if p.count == slowWindow {
		if p.spent/slowWindow > p.full*4/3 {
			p.slowness = now
		}
		p.count, p.spent = 0, 0
	}
	return hold
}
