package schedule

import (
	"math"
	"time"
)

// dial turns times of day of one zone into instants, in seconds since 1970, and
// back. It remembers the stretch of constant offset that it used last, so it is
// for one goroutine.
type dial struct {
	zone     *time.Location
	from, to int64 // the offset holds from `from` up to but not including `to`
	offset   int64 // of the wall clock, in seconds ahead of UTC
}

const day = 24 * 60 * 60

// reach is more than any zone of the tz database was ever away from UTC, twice.
const reach = 36 * 60 * 60

// at returns the first instant at which a clock on the wall, in the zone, shows
// the time c of the n-th day or a later one. A time that clocks skip thus is the
// instant of the skip, one that they show twice is the first of the two, and a
// day that a zone leaves out is empty. Later times of day are never earlier
// instants.
func (w *dial) at(n int, c Clock) int64 {
	wall := int64(n)*day + int64(c)*60
	if t := wall - w.offset; t < w.to && t-reach >= w.from {
		return t
	}
	for t := wall - reach; ; t = w.to {
		w.turn(t)
		if t = max(t, wall-w.offset); t < w.to {
			return t
		}
	}
}

// day returns the number of the day that the wall clock shows at t.
func (w *dial) day(t int64) int {
	if t < w.from || t >= w.to {
		w.turn(t)
	}
	return floorDiv(t+w.offset, day)
}

// turn looks up the offset at t.
func (w *dial) turn(t int64) {
	v := time.Unix(t, 0).In(w.zone)
	_, offset := v.Zone()
	w.offset, w.from, w.to = int64(offset), math.MinInt64/2, math.MaxInt64/2
	from, to := v.ZoneBounds()
	if !from.IsZero() {
		w.from = from.Unix()
	}
	if !to.IsZero() {
		w.to = to.Unix()
	}
	if w.to <= t {
		// Beyond the transitions that are listed, package time ends every year
		// after 365 days, which on the last day of a leap year is in the past.
		w.to = t + 60*60
	}
}

func floorDiv(a, b int64) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return int(q)
}

// number counts the days from 1970-01-01 to d.
func (d Date) number() int { return floorDiv(d.In(time.UTC).Unix(), day) }

// dateOf is the opposite of Date.number.
func dateOf(n int) Date { return DateOf(time.Unix(int64(n)*day, 0).UTC()) }

// weekdayOf returns the day of the week of the n-th day.
func weekdayOf(n int) time.Weekday { return time.Weekday(((n+4)%7 + 7) % 7) }

// mondayOf returns the Monday of the week of the n-th day.
func mondayOf(n int) int { return n - (int(weekdayOf(n))+6)%7 }
