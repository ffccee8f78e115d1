package schedule

import (
	"slices"
	"time"
)

// Calendar tells working days from days off: Monday to Friday, but for the
// exceptions. It is immutable. A nil Calendar knows no exceptions.
type Calendar struct {
	byDate  map[Date]Exception
	sorted  []Exception // by date
	numbers []int       // of the dates of sorted, as Date.number counts
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
	for _, e := range c.sorted {
		c.numbers = append(c.numbers, e.Date.number())
	}
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

// PeriodEnd returns the last day of a period whose first day is from. Counted in
// working days, from is the first only if it is a working day, as a posting
// period (公示期) is counted.
func (c *Calendar) PeriodEnd(from Date, p Period) Date {
	if p.Working {
		return c.AddWorkingDays(from.AddDays(-1), p.Days)
	}
	return from.AddDays(p.Days - 1)
}

// onDay is Exception for the n-th day since 1970.
func (c *Calendar) onDay(n int) (Exception, bool) {
	if c == nil || len(c.numbers) == 0 || n < c.numbers[0] || n > c.numbers[len(c.numbers)-1] {
		return Exception{}, false
	}
	i, ok := slices.BinarySearch(c.numbers, n)
	if !ok {
		return Exception{}, false
	}
	return c.sorted[i], true
}

// next returns the day of the first exception on or after the n-th day.
func (c *Calendar) next(n int) (int, bool) {
	if c == nil {
		return 0, false
	}
	i, _ := slices.BinarySearch(c.numbers, n)
	if i == len(c.numbers) {
		return 0, false
	}
	return c.numbers[i], true
}

// is reports whether the n-th day is of the kind.
func (c *Calendar) is(n int, kind DayKind) bool {
	if kind == AnyDay {
		return true
	}
	e, ok := c.onDay(n)
	working := e.Working
	if !ok {
		w := weekdayOf(n)
		working = w != time.Saturday && w != time.Sunday
	}
	switch kind {
	case WorkingDay:
		return working
	case DayOff:
		return !working
	case Holiday:
		return ok && !working
	}
	return false
}
