package schedule

import (
	"cmp"
	"slices"
	"time"
)

// Calendar tells working days from days off: Monday to Friday, but for the
// exceptions. It is immutable. A nil Calendar knows no exceptions.
type Calendar struct {
	byDate map[Date]Exception
	sorted []Exception // by date
}

// NewCalendar makes a calendar of exceptions; of two for one date the later in
// the list counts.
func NewCalendar(days []Exception) *Calendar {
	c := &Calendar{byDate: make(map[Date]Exception, len(days))}
	for _, e := range days {
		c.byDate[e.Date] = e
	}
	for _, e := range c.byDate {
		c.sorted = append(c.sorted, e)
	}
	slices.SortFunc(c.sorted, func(a, b Exception) int { return a.Date.Compare(b.Date) })
	return c
}

// Exception returns what differs on d from the ordinary week, if anything.
func (c *Calendar) Exception(d Date) (Exception, bool) {
	if c == nil {
		return Exception{}, false
	}
	e, ok := c.byDate[d]
	return e, ok
}

// IsWorking reports whether d is a working day.
func (c *Calendar) IsWorking(d Date) bool {
	if e, ok := c.Exception(d); ok {
		return e.Working
	}
	return weekday(d)
}

func weekday(d Date) bool {
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}

// maxWorkingDays bounds AddWorkingDays: about forty years, far more than any
// period of the law.
const maxWorkingDays = 10_000

// AddWorkingDays returns the n-th working day after d; d itself is not counted.
// With n = 0 it returns d, with a negative n the n-th working day before. n is
// cut to ±10,000.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n = min(n, maxWorkingDays); n > 0; {
		if d = d.AddDays(step); c.IsWorking(d) {
			n--
		}
	}
	return d
}

// WorkingDaysBetween counts the working days after from up to and including to,
// so that WorkingDaysBetween(d, AddWorkingDays(d, n)) is n. It is negative when
// to is before from.
func (c *Calendar) WorkingDaysBetween(from, to Date) int {
	if to.Before(from) {
		return -c.WorkingDaysBetween(to, from)
	}
	n := to.DaysSince(from)
	count := n / 7 * 5
	for d := to.AddDays(-(n % 7)); d.Before(to); {
		if d = d.AddDays(1); weekday(d) {
			count++
		}
	}
	if c == nil {
		return count
	}
	first, _ := slices.BinarySearchFunc(c.sorted, from.AddDays(1), func(e Exception, d Date) int { return e.Date.Compare(d) })
	for _, e := range c.sorted[first:] {
		if e.Date.After(to) {
			break
		}
		switch plain := weekday(e.Date); {
		case e.Working && !plain:
			count++
		case !e.Working && plain:
			count--
		}
	}
	return count
}

// next returns the first exception on or after d.
func (c *Calendar) next(d Date) (Date, bool) {
	if c == nil {
		return Date{}, false
	}
	i, _ := slices.BinarySearchFunc(c.sorted, d, func(e Exception, d Date) int { return cmp.Compare(e.Date.Compare(d), 0) })
	if i == len(c.sorted) {
		return Date{}, false
	}
	return c.sorted[i].Date, true
}
