package console

import (
	"fmt"
	"strings"
	"time"

	"mingbai/playlist/schedule"
)

// ruleWords says when a rule plays. In Chinese they are the rule's own words.
func (v *visit) ruleWords(r schedule.Rule) string {
	if v.lang == chinese {
		return r.Summary()
	}
	out := daysInEnglish(r)
	switch {
	case r.Period != nil:
		kind := "days"
		if r.Period.Working {
			kind = "working days"
		}
		out += fmt.Sprintf(", for %d %s from %s", r.Period.Days, kind, r.From)
	case !r.From.IsZero() && r.From == r.Until:
		out += ", on " + r.From.String()
	case !r.From.IsZero() && !r.Until.IsZero():
		out += ", " + r.From.String() + " to " + r.Until.String()
	case !r.From.IsZero():
		out += ", from " + r.From.String()
	case !r.Until.IsZero():
		out += ", until " + r.Until.String()
	}
	if len(r.Spans) == 0 {
		out += ", all day"
	}
	for i, s := range r.Spans {
		if i == 0 {
			out += ", "
		} else {
			out += " and "
		}
		out += s.String()
	}
	return sentence(out)
}

// daysInEnglish says on which days a rule holds.
func daysInEnglish(r schedule.Rule) string {
	names := map[string]string{}
	for i, code := range byDay {
		names[code] = time.Weekday((i + 1) % 7).String()
	}
	ordinals := map[string]string{"-1": "last", "1": "first", "2": "second", "3": "third", "4": "fourth"}
	switch patternOf(r) {
	case workDays:
		return "every working day"
	case daysOff:
		return "every day off"
	case holidays:
		return "every public holiday"
	case ofTheWeek:
		var days []string
		for _, w := range r.Weekdays {
			days = append(days, w.String())
		}
		out := "every " + strings.Join(days, ", ")
		if r.Weeks > 1 {
			out += fmt.Sprintf(" of every %d weeks", r.Weeks)
		}
		return out
	case nthWeekday:
		m := everyNth.FindStringSubmatch(r.Recurrence)
		return "every " + ordinals[m[1]] + " " + names[m[2]] + " of a month"
	case ofTheMonth:
		if m := everyMonth.FindStringSubmatch(r.Recurrence); m[1] != "-1" {
			return "day " + m[1] + " of every month"
		}
		return "the last day of every month"
	case ofTheYear:
		m := everyYear.FindStringSubmatch(r.Recurrence)
		return "every year on " + m[2] + "/" + m[1] + " (day/month)"
	case asItWas:
		return strings.TrimSpace("days of its own " + r.Recurrence)
	}
	return "every day"
}
