package schedule

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// plan is a rule made ready for one screen: it answers on which instants the
// rule holds. Days are numbers since 1970, instants are seconds.
type plan struct {
	rule    *Rule
	cal     *Calendar
	rank    int      // of the rule's level
	lacking []string // tags that the rule asks for and the screen has not
	broken  string   // what is wrong with the rule, so that it never holds

	first, last int // days
	weekdays    uint8
	weeks       int // every how many, 1 or more
	monday      int // of the week that counts as the first
	rec         *recurrence

	// found is what seek found last, for a day and for a gap, of a rule with a
	// recurrence, where a search may be long.
	found [2]atomic.Pointer[finding]

	spans []Span // To is after From
	solid bool   // of two days in a row on which the rule holds, the second is without a gap
}

// Days that stand for "since ever" and "for ever", and the last day on which
// anything may change, so that dates always have four digits.
const (
	always = math.MinInt32
	never  = math.MaxInt32
)

var lastDay = Date{9998, time.December, 31}.number()

// prepare makes a plan of a rule. A rule that does not stand Check may be cut
// short or never hold, but does no other harm.
func prepare(r *Rule, tags []string, cal *Calendar) *plan {
	p := &plan{rule: r, cal: cal, rank: r.Level.rank(), first: always, last: never, weekdays: 1<<7 - 1, weeks: 1}
	for _, t := range r.Tags {
		if !slices.Contains(tags, t) {
			p.lacking = append(p.lacking, t)
		}
	}
	if !r.From.IsZero() {
		p.first = r.From.number()
	}
	if end := r.end(cal); !end.IsZero() {
		p.last = end.number()
	}
	if len(r.Weekdays) > 0 {
		p.weekdays = 0
		for _, w := range r.Weekdays {
			if w >= time.Sunday && w <= time.Saturday {
				p.weekdays |= 1 << w
			}
		}
	}
	if r.Weeks > 1 {
		p.weeks = min(r.Weeks, maxWeeks)
		p.monday = mondayOf(p.first)
	}
	if r.From.IsZero() && (r.Weeks > 1 || r.Period != nil) {
		p.broken = "没有开始日期"
	}
	if r.Recurrence != "" {
		var wrong *complaint
		if p.rec, wrong = parseRecurrence(r.Recurrence, r.From); wrong != nil {
			p.broken = wrong.zh
		}
	}
	if p.spans = spread(r.Spans); len(p.spans) == 0 {
		p.spans = []Span{{0, Midnight}}
	}
	p.solid = solid(p.spans)
	return p
}

// end returns the rule's last day, or the zero date when it has none.
func (r *Rule) end(cal *Calendar) Date {
	if r.Period != nil && !r.From.IsZero() {
		return cal.PeriodEnd(r.From, Period{Days: min(max(r.Period.Days, 1), maxPeriod), Working: r.Period.Working})
	}
	return r.Until
}

// spread writes spans with an end after their beginning.
func spread(spans []Span) []Span {
	out := make([]Span, len(spans))
	for i, s := range spans {
		s.From, s.To = clamp(s.From), clamp(s.To)
		if s.To <= s.From {
			s.To += Midnight
		}
		out[i] = s
	}
	return out
}

func clamp(c Clock) Clock { return min(max(c, 0), Midnight) }

// solid reports whether the spans of a day and of the day before leave no gap in
// it.
func solid(spans []Span) bool {
	covered := Clock(0) // the day is covered up to here
	for grew := true; grew && covered < Midnight; {
		grew = false
		for _, s := range spans {
			for _, shift := range []Clock{0, -Midnight} {
				if s.From+shift <= covered && s.To+shift > covered {
					covered, grew = s.To+shift, true
				}
			}
		}
	}
	return covered >= Midnight
}

// on reports whether the rule holds on the n-th day, its spans aside.
func (p *plan) on(n int) bool {
	return n >= p.first && n <= p.last && p.onWeekday(n) && p.onWeek(n) &&
		p.cal.is(n, p.rule.Days) && (p.rec == nil || p.rec.on(n))
}

func (p *plan) onWeekday(n int) bool { return p.weekdays>>weekdayOf(n)&1 == 1 }

func (p *plan) onWeek(n int) bool {
	return p.weeks == 1 || (mondayOf(n)-p.monday)/7%p.weeks == 0
}

// seek returns the first day from n on, and n itself may be it, on which the
// rule holds (want) or does not. It is false when there is none; a recurrence is
// followed for thirty years, and for some days more.
func (p *plan) seek(n int, want bool) (int, bool) {
	if p.rec == nil {
		return p.seekWithin(n, want, 0)
	}
	at := &p.found[0]
	if want {
		at = &p.found[1]
	}
	if f := at.Load(); f != nil && n >= f.from && n <= f.until {
		return f.day, f.ok
	}
	// All searches from one block end together, so that an answer that there is
	// none is the same for each.
	end := (floorDiv(int64(n), blockDays)+1)*blockDays - 1
	f := &finding{from: n, until: end}
	if f.day, f.ok = p.seekWithin(n, want, end-n+horizon); f.ok {
		f.until = f.day
	}
	at.Store(f)
	return f.day, f.ok
}

// finding is the answer of a search from any day of from to until.
type finding struct {
	from, until, day int
	ok               bool
}

// seekWithin is seek that follows a recurrence for so many days.
func (p *plan) seekWithin(n int, want bool, days int) (int, bool) {
	if p.broken != "" {
		return n, !want
	}
	if want {
		n = max(n, p.first)
	}
	if n < p.first || n > p.last {
		return n, !want
	}
	if p.rec != nil {
		return p.seekRecurring(n, want, days)
	}
	if p.weekdays == 1<<7-1 && p.weeks == 1 && p.rule.Days == AnyDay {
		if want {
			return n, true
		}
		return p.last + 1, p.last != never
	}
	cycle := 7 * p.weeks
	for n <= p.last {
		start := n
		for ; n < start+cycle; n++ {
			if p.on(n) == want {
				return n, true
			}
		}
		// A whole cycle brought nothing. If it had no exception none will, but
		// for the exceptions to come.
		e, ok := p.cal.next(start)
		if p.rule.Days == AnyDay || !ok {
			break
		}
		n = max(n, e)
	}
	// Beyond the last day the rule holds on no day.
	return p.last + 1, !want && p.last != never
}

func (p *plan) seekRecurring(n int, want bool, days int) (int, bool) {
	for end := n + days; n <= end; n++ {
		if want {
			m, ok := p.rec.next(n, end)
			if !ok {
				break
			}
			n = m
		}
		if n > p.last {
			return n, !want
		}
		if p.on(n) == want {
			return n, true
		}
	}
	return 0, false
}

// end returns the latest end of the intervals that contain t, or t when none
// does. No interval goes on beyond the day after its own.
func (p *plan) end(t int64, w *dial) int64 {
	end, today := t, w.day(t)
	for n := today - 1; n <= today+1; n++ { // where clocks went back over midnight, tomorrow has begun
		if !p.on(n) {
			continue
		}
		for _, s := range p.spans {
			if w.at(n, s.From) <= t {
				end = max(end, w.at(n, s.To))
			}
		}
	}
	return end
}

func (p *plan) holds(t int64, w *dial) bool {
	return p.broken == "" && len(p.lacking) == 0 && p.end(t, w) > t
}

// next returns the first instant after t at which the rule begins to hold, or
// ceases when it holds now; false when that never comes.
func (p *plan) next(t int64, holding bool, w *dial) (int64, bool) {
	if p.broken != "" || len(p.lacking) > 0 {
		return 0, false
	}
	var ok bool
	if holding {
		t, ok = p.ceases(t, w)
	} else {
		t, ok = p.begins(t, w)
	}
	return t, ok && w.day(t) <= lastDay
}

func (p *plan) ceases(t int64, w *dial) (int64, bool) {
	for {
		end := p.end(t, w)
		if end <= t {
			return t, true
		}
		t = end
		today := w.day(t)
		if today > lastDay {
			return 0, false
		}
		if p.solid {
			off, ok := p.seek(today-1, false)
			if !ok {
				return 0, false
			}
			if off >= today+2 {
				// All of the day before that is covered, by itself and by the
				// one before it.
				t = max(t, w.at(off-1, 0))
			}
		}
	}
}

func (p *plan) begins(t int64, w *dial) (first int64, ok bool) {
	for n := w.day(t) - 1; ; n++ {
		var found bool
		if n, found = p.seek(n, true); !found || n > lastDay {
			return 0, false
		}
		for _, s := range p.spans {
			from := w.at(n, s.From)
			if from > t && w.at(n, s.To) > from && (!ok || from < first) {
				first, ok = from, true
			}
		}
		if ok {
			return first, true
		}
	}
}
