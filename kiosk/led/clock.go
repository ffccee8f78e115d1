package led

import (
	"time"

	"mingbai/kiosk"
	"mingbai/playlist/schedule"
)

const (
	// trusted is how far the machine's own clock may be from the best guess of
	// the time and still be what the board runs by. The guess is corrected by
	// messages from the office, each of which was on its way for a while; a clock
	// that is set by NTP is steadier than that.
	trusted = 2 * time.Second
	// steady is what a reading may be off without being answered.
	steady = time.Millisecond
	// leap is beyond what the board does not run faster or slower to catch up: it
	// leaps ahead, or stands until the time has come.
	leap = 500 * time.Millisecond
	// stand is the longest that a board stands for that; a clock that was set
	// back farther has other pages on anyway.
	stand = 10 * time.Second
	// slew is by how much faster or slower time runs while it catches up, one in
	// so many parts. Frames come a little sooner or later; none is left out.
	slew = 10
)

// course is the time that a board runs by. It goes on evenly, follows what it
// is steered by, and never goes back under the eyes of a reader.
type course struct {
	at  time.Time // on the scale of the board
	now time.Time // by the presenter's clock
}

// read returns the board's time at now; aim is what it should be.
func (c *course) read(now, aim time.Time) time.Time {
	passed := now.Sub(c.now)
	if c.now.IsZero() || passed < 0 {
		c.at, c.now = aim, now
		return c.at
	}
	c.now = now
	on := c.at.Add(passed)
	switch off := aim.Sub(on); {
	case off > leap || off < -stand:
		on = aim
	case off < -leap:
		on = c.at
	case off.Abs() > steady:
		on = on.Add(min(max(off, -passed/slew), passed/slew))
	}
	c.at = on
	return on
}

// own returns what this machine takes for the time at now.
func own(s kiosk.Status, now time.Time) time.Time {
	passed := now.Sub(s.Read)
	if s.Read.IsZero() {
		passed = 0
	}
	if s.Wall.Sub(s.Moment.Now).Abs() <= trusted {
		return s.Wall.Add(passed)
	}
	return s.Moment.Now.Add(passed)
}

// around moves a moment onto the board's time, so that boards in step change
// what they show in the same frame. Where the two are farther apart than clocks
// that agree may be, what may be shown counts by the machine's own moment: who
// steers the board can shift its pages, not what is on them.
func around(m schedule.Moment, at time.Time) schedule.Moment {
	off := at.Sub(m.Now)
	if off.Abs() > trusted {
		return m
	}
	m.Now = at
	for _, t := range []*time.Time{&m.Lo, &m.Hi} {
		if !t.IsZero() {
			*t = t.Add(off)
		}
	}
	return m
}

// rate is how many frames a board has in a second.
const rate = 60

// epoch is when every board's frame 0 was. All of what a board shows is of one
// of these instants, so boards that agree on the time agree on the frame.
var epoch = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// instant returns when frame n is due: n/60 s after the epoch, rounded up to the
// next nanosecond so that the frame of that instant is n.
func instant(n int64) time.Time {
	whole, part := n/rate, n%rate
	return epoch.Add(time.Duration(whole)*time.Second + (time.Duration(part)*time.Second+rate-1)/rate)
}

// index returns the frame that is due at an instant.
func index(at time.Time) int64 {
	d := max(at.Sub(epoch), 0)
	return int64(d/time.Second)*rate + int64(d%time.Second*rate/time.Second)
}

// from returns the first frame that is due at an instant or after it.
func from(at time.Time) int64 {
	n := index(at)
	if instant(n).Before(at) {
		n++
	}
	return n
}

// early is how much of a frame a step may come before its instant, or late
// after the next one's, and still be taken for it: so displays that tell
// themselves when they begin a picture neither repeat nor skip one because they
// do it a little unevenly.
const early = time.Second / rate / 4

// frames counts the frames of a board.
type frames struct{ last int64 }

// at returns the frame for an instant.
func (f *frames) at(at time.Time) int64 {
	n := index(at)
	switch {
	case n == f.last && index(at.Add(early)) == f.last+1:
		n++
	case n == f.last-1 && index(at.Add(early)) == f.last:
		n++ // it was early already
	case n == f.last+2 && index(at.Add(-early)) == f.last+1:
		n--
	}
	f.last = n
	return n
}
