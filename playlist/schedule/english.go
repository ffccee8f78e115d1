package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// SummaryEn is Summary in English: "every working day, 08:30-17:30".
func (r Rule) SummaryEn() string { return r.summaryEn(nil) }

// DescribeEn is Describe in English.
func (r Rule) DescribeEn(cal *Calendar) string { return r.summaryEn(cal) }

// summaryEn names the last day of a period if it has a calendar.
func (r *Rule) summaryEn(cal *Calendar) string {
	out := r.daysEn()
	switch {
	case r.Period != nil:
		out += ", for " + r.Period.english()
		if !r.From.IsZero() {
			out += " from " + r.From.String()
			if cal != nil {
				out += " (to " + r.end(cal).String() + ")"
			}
		}
	case !r.From.IsZero() && r.From == r.Until:
		out += ", on " + r.From.String()
	case !r.From.IsZero() && !r.Until.IsZero():
		out += ", " + r.From.String() + " to " + r.Until.String()
	case !r.From.IsZero():
		out += ", from " + r.From.String()
	case !r.Until.IsZero():
		out += ", until " + r.Until.String()
	}
	if len(r.Spans) == 0 || len(r.Spans) == 1 && r.Spans[0] == (Span{0, Midnight}) {
		out += ", all day"
	} else {
		out += ", " + spansEn(r.Spans)
	}
	if len(r.Tags) > 0 {
		out += `, on screens tagged “` + strings.Join(r.Tags, "” and “") + "”"
	}
	return out
}

// spansEn writes 08:30-12:00 and 14:00-17:30.
func spansEn(spans []Span) string {
	texts := make([]string, len(spans))
	for i, s := range spans {
		texts[i] = clamp(s.From).String() + "-" + clamp(s.To).String()
		if clamp(s.To) <= clamp(s.From) {
			texts[i] += " the next day"
		}
	}
	return strings.Join(texts, " and ")
}

func (p Period) english() string {
	if p.Working {
		return fmt.Sprintf("%d working days", p.Days)
	}
	return fmt.Sprintf("%d days", p.Days)
}

// english returns the kind of day for use after every.
func (k DayKind) english() string {
	switch k {
	case WorkingDay:
		return "working day"
	case DayOff:
		return "day off"
	case Holiday:
		return "public holiday"
	}
	return "day"
}

// daysEn says on which days the rule holds, its first and last aside.
func (r *Rule) daysEn() string {
	days := "every " + r.Days.english()
	if len(r.Weekdays) > 0 {
		days = "every " + weekdaysEn(r.Weekdays)
		if r.Days != AnyDay {
			days += " that is a " + r.Days.english()
		}
	}
	if r.Weeks > 1 {
		days += fmt.Sprintf(" of every %s week", ordinalEn(r.Weeks))
	}
	if r.Recurrence == "" {
		return days
	}
	words := "on no day, for the recurrence is wrong"
	if rec, wrong := parseRecurrence(r.Recurrence, r.From); wrong == nil {
		words = recurrenceEn(rec)
	}
	if len(r.Weekdays) == 0 && r.Weeks < 2 && r.Days == AnyDay {
		return words
	}
	return words + " if it is also " + days
}

// weekdaysEn writes Monday, Wednesday, with Sunday last.
func weekdaysEn(days []time.Weekday) string {
	sorted := slices.Clone(days)
	slices.SortFunc(sorted, func(a, b time.Weekday) int { return int(a+6)%7 - int(b+6)%7 })
	var out []string
	for _, d := range slices.Compact(sorted) {
		out = append(out, d.String())
	}
	return strings.Join(out, ", ")
}

func ordinalEn(n int) string {
	switch {
	case n == -1:
		return "last"
	case n < 0:
		return ordinalEn(-n) + " last"
	case n >= 1 && n <= 5:
		return []string{"first", "second", "third", "fourth", "fifth"}[n-1]
	case n%10 == 1 && n%100 != 11:
		return fmt.Sprint(n, "st")
	case n%10 == 2 && n%100 != 12:
		return fmt.Sprint(n, "nd")
	case n%10 == 3 && n%100 != 13:
		return fmt.Sprint(n, "rd")
	}
	return fmt.Sprint(n, "th")
}

func ordinalsEn(list []int) string {
	var out []string
	for _, n := range list {
		out = append(out, ordinalEn(n))
	}
	return strings.Join(out, " and ")
}

// recurrenceEn says in English on which days the recurrence falls: every last
// Friday of a month.
func recurrenceEn(r *recurrence) string {
	o := r.option
	unit := map[rrule.Frequency]string{rrule.DAILY: "day", rrule.WEEKLY: "week", rrule.MONTHLY: "month", rrule.YEARLY: "year"}[o.Freq]
	each := "every " + unit
	if o.Interval > 1 {
		each = "every " + ordinalEn(o.Interval) + " " + unit
	}
	var months []string
	for _, m := range slices.Sorted(slices.Values(o.Bymonth)) {
		months = append(months, time.Month(m).String())
	}
	if len(months) > 0 {
		each = strings.Join(months, " and ") + " of " + each
	}
	var days []string
	if len(o.Byyearday) > 0 {
		days = append(days, "the "+ordinalsEn(o.Byyearday)+" day of the year")
	}
	if len(o.Bymonthday) > 0 {
		days = append(days, "the "+ordinalsEn(o.Bymonthday)+" day of the month")
	}
	var plain []time.Weekday
	for _, w := range o.Byweekday {
		day := time.Weekday((w.Day() + 1) % 7)
		if w.N() == 0 {
			plain = append(plain, day)
		} else {
			days = append(days, "the "+ordinalEn(w.N())+" "+day.String())
		}
	}
	if len(plain) > 0 {
		days = append(days, weekdaysEn(plain))
	}
	words := each
	if len(days) > 0 {
		words = strings.Join(days, ", ") + " in " + each
	}
	if len(o.Bysetpos) > 0 {
		words = "the " + ordinalsEn(o.Bysetpos) + " of " + words
	}
	switch {
	case r.count > 0:
		words += fmt.Sprintf(", %d times", r.count)
	case r.until != never:
		words += ", until " + dateOf(r.until).String()
	}
	return words
}

// english returns the level in words.
func (l Level) english() string {
	switch l.orNormal() {
	case Alert:
		return "alert"
	case Urgent:
		return "urgent"
	case Campaign:
		return "campaign"
	case Filler:
		return "filler"
	}
	return "normal"
}
