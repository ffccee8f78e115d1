package schedule

import (
	"slices"
	"time"
)

// Resolve says which rules play at now on a screen with the given tags, until
// when exactly, and why. Rules are taken in the zone of the screen; nil is UTC.
// A span that goes on past midnight belongs to the day on which it begins: dates,
// weekdays and working days are asked of that day.
func Resolve(rules []Bound, tags []string, cal *Calendar, now time.Time, zone *time.Location) Decision {
	if zone == nil {
		zone = time.UTC
	}
	now = now.In(zone)
	d := Decision{Reasons: make([]Reason, len(rules))}
	top := -1
	judged := make([]Verdict, len(rules))
	for i, b := range rules {
		w := when{rule: &b.Rule, cal: cal, zone: zone}
		var detail string
		if judged[i], detail = w.judge(tags, now); judged[i] == Chosen {
			top = max(top, b.Rule.Level.rank())
		}
		d.Reasons[i] = Reason{Rule: b.Rule.ID, Channel: b.Channel, Verdict: judged[i], Detail: detail}
	}
	for i, b := range rules {
		if judged[i] != Chosen {
			continue
		}
		if b.Rule.Level.rank() == top {
			d.Level = b.Rule.Level.orNormal()
			d.Chosen = append(d.Chosen, b)
		}
	}
	for i, b := range rules {
		if judged[i] != Chosen {
			continue
		}
		if b.Rule.Level.rank() < top {
			d.Reasons[i].Verdict = Beaten
			d.Reasons[i].Detail = "时间和屏幕都符合，但有级别更高（" + d.Level.Chinese() + "）的规则正在播放"
		} else {
			d.Reasons[i].Detail = chosenDetail(b.Rule, len(d.Chosen))
		}
	}
	slices.SortStableFunc(d.Chosen, func(a, b Bound) int { return a.Distance - b.Distance })

	// Whatever a rule below the playing level does changes nothing; whatever
	// one at or above it does changes the choice.
	for i, b := range rules {
		if judged[i] == OtherTags || b.Rule.Level.rank() < top {
			continue
		}
		w := when{rule: &b.Rule, cal: cal, zone: zone}
		if t := w.next(now, judged[i] == Chosen); !t.IsZero() && (d.Until.IsZero() || t.Before(d.Until)) {
			d.Until = t
		}
	}
	return d
}

// rank orders levels; a level that is not known never pushes anything aside.
func (l Level) rank() int {
	switch l.orNormal() {
	case Alert:
		return 4
	case Urgent:
		return 3
	case Normal:
		return 2
	case Filler:
		return 1
	}
	return 0
}

// orNormal reads a level that is not set as Normal.
func (l Level) orNormal() Level {
	if l == "" {
		return Normal
	}
	return l
}

// Chinese returns the level as it stands on pages.
func (l Level) Chinese() string {
	switch l.orNormal() {
	case Alert:
		return "预警"
	case Urgent:
		return "紧急"
	case Normal:
		return "普通"
	case Filler:
		return "垫播"
	}
	return string(l)
}

// when answers for one rule on which instants it holds, tags aside.
type when struct {
	rule *Rule
	cal  *Calendar
	zone *time.Location
}

// interval is [from, to).
type interval struct{ from, to time.Time }

func (v interval) has(t time.Time) bool { return !t.Before(v.from) && t.Before(v.to) }

// bounds turns a span into instants on a day.
func (w when) bounds(d Date, s Span) interval {
	from, to := clamp(s.From), clamp(s.To)
	if to <= from {
		to += Midnight
	}
	return interval{d.At(from, w.zone), d.At(to, w.zone)}
}

func clamp(c Clock) Clock { return min(max(c, 0), Midnight) }

// wholeDay is what a rule without spans has.
var wholeDay = []Span{{0, Midnight}}

func (w when) spans() []Span {
	if len(w.rule.Spans) == 0 {
		return wholeDay
	}
	return w.rule.Spans
}

// inDates reports whether d lies between the rule's first and last day.
func (w when) inDates(d Date) bool {
	return !(!w.rule.From.IsZero() && d.Before(w.rule.From) || !w.rule.Until.IsZero() && d.After(w.rule.Until))
}

func (w when) onWeekday(d Date) bool {
	return len(w.rule.Weekdays) == 0 || slices.Contains(w.rule.Weekdays, d.Weekday())
}

func (w when) onDayKind(d Date) bool {
	switch w.rule.Days {
	case WorkingDay:
		return w.cal.IsWorking(d)
	case DayOff:
		return !w.cal.IsWorking(d)
	}
	return true
}

func (w when) onDay(d Date) bool { return w.inDates(d) && w.onWeekday(d) && w.onDayKind(d) }

// end returns the latest end of the intervals that contain t, or t when none
// does. Two days before t's are enough, because no interval is longer than 48
// hours.
func (w when) end(t time.Time) time.Time {
	last, day := t, DateOf(t)
	for back := 2; back >= 0; back-- {
		d := day.AddDays(-back)
		if !w.onDay(d) {
			continue
		}
		for _, s := range w.spans() {
			if v := w.bounds(d, s); v.has(t) && v.to.After(last) {
				last = v.to
			}
		}
	}
	return last
}

func (w when) holds(t time.Time) bool { return w.end(t).After(t) }

// regular is after how many ordinary days without a change only an irregular day
// can bring one: a whole week, and more on each side for spans past midnight.
const regular = 10

// next returns the first instant after t at which the rule begins to hold, or
// ceases when it holds now; zero when that never comes.
func (w when) next(t time.Time, holding bool) time.Time {
	if holding {
		return w.ceases(t)
	}
	return w.begins(t)
}

func (w when) ceases(t time.Time) time.Time {
	for e, from := t, DateOf(t); ; {
		end := w.end(e)
		if !end.After(e) {
			return e
		}
		e = end.In(w.zone)
		if day := DateOf(e); day.Year > lastYear {
			return time.Time{}
		} else if day.DaysSince(from) > regular {
			// It has held for more than a week without a gap. If that was an
			// ordinary week, it goes on until a day that differs.
			irregular, ok := w.irregular(from)
			if !ok {
				return time.Time{}
			}
			if before := irregular.AddDays(-2); before.After(day) {
				e, from = before.In(w.zone), before
			} else {
				from = irregular.AddDays(1)
			}
		}
	}
}

func (w when) begins(t time.Time) time.Time {
	day := DateOf(t).AddDays(-2)
	if first := w.rule.From.AddDays(-1); !w.rule.From.IsZero() && first.After(day) {
		day = first
	}
	for from := day; day.Year <= lastYear; day = day.AddDays(1) {
		if !w.rule.Until.IsZero() && day.After(w.rule.Until) {
			break
		}
		if w.onDay(day) {
			if first, ok := w.firstAfter(day, t); ok {
				return first
			}
		}
		if day.DaysSince(from) > regular {
			irregular, ok := w.irregular(from)
			if !ok {
				break
			}
			if before := irregular.AddDays(-1); before.After(day) {
				day, from = before, before
			} else {
				from = irregular.AddDays(1)
			}
		}
	}
	return time.Time{}
}

// lastYear ends every search, so that dates always have four digits.
const lastYear = 9998

func (w when) firstAfter(d Date, t time.Time) (first time.Time, ok bool) {
	for _, s := range w.spans() {
		v := w.bounds(d, s)
		if v.from.After(t) && v.to.After(v.from) && (!ok || v.from.Before(first)) {
			first, ok = v.from, true
		}
	}
	return first, ok
}

// irregular returns the first day on or after d that may differ from the same
// day of the week before: an exception of the calendar, the rule's first day, the
// day after its last.
func (w when) irregular(d Date) (first Date, ok bool) {
	offer := func(c Date) {
		if !c.Before(d) && (!ok || c.Before(first)) {
			first, ok = c, true
		}
	}
	if w.rule.Days != AnyDay {
		if e, found := w.cal.next(d); found {
			offer(e)
		}
	}
	if !w.rule.From.IsZero() {
		offer(w.rule.From)
	}
	if !w.rule.Until.IsZero() {
		offer(w.rule.Until.AddDays(1))
	}
	return first, ok
}
