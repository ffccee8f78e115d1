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

// rate is how many frames a moving page has in a second.
const rate = 60

// due returns when frame n of a page is due after the page came on: n/60 s,
// rounded up to the next nanosecond so that the frame of that instant is n.
func due(n int) time.Duration {
	return (time.Duration(n)*time.Second + rate - 1) / rate
}

// early is how much of a frame a step may come before its instant, or late
// after the next one's, and still be taken for it: so displays that tell
// themselves when they begin a picture neither repeat nor skip one because they
// do it a little unevenly.
const early = time.Second / rate / 4

// longest is what a page may be on for its frames to be counted.
const longest = 365 * 24 * time.Hour

// frames counts the frames of the page that is on.
type frames struct {
	page time.Time // when it came on
	last int
}

// at returns the frame that is due a time after the page came on.
func (f *frames) at(page time.Time, elapsed time.Duration) int {
	index := func(d time.Duration) int { return int(min(max(d, 0), longest) * rate / time.Second) }
	n := index(elapsed)
	if !f.page.Equal(page) {
		*f = frames{page: page, last: n}
		return n
	}
	switch {
	case n == f.last && index(elapsed+early) == f.last+1:
		n++
	case n == f.last-1 && index(elapsed+early) == f.last:
		n++ // it was early already
	case n == f.last+2 && index(elapsed-early) == f.last+1:
		n--
	}
	f.last = n
	return n
}
