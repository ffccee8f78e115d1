package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

var weekdayDigits = []string{"日", "一", "二", "三", "四", "五", "六"}

func weekdayName(w time.Weekday) string {
	if w < 0 || int(w) >= len(weekdayDigits) {
		return "（没有这样的星期）"
	}
	return "星期" + weekdayDigits[w]
}

// weekdayNames writes 周一至周五, or 周一、三、五, with Sunday last.
func weekdayNames(days []time.Weekday) string {
	var has [7]bool // from Monday
	for _, d := range days {
		if d >= 0 && d <= time.Saturday {
			has[(d+6)%7] = true
		}
	}
	var parts []string
	for i := 0; i < 7; i++ {
		if !has[i] {
			continue
		}
		j := i
		for j+1 < 7 && has[j+1] {
			j++
		}
		name := func(i int) string { return weekdayDigits[(i+1)%7] }
		if j-i >= 2 {
			parts = append(parts, name(i)+"至周"+name(j))
		} else {
			for k := i; k <= j; k++ {
				parts = append(parts, name(k))
			}
		}
		i = j
	}
	if len(parts) == 0 {
		return "（没有一天）"
	}
	return "周" + strings.Join(parts, "、")
}

// spanList writes 8:30-12:00、14:00-17:30.
func spanList(spans []Span) string {
	texts := make([]string, len(spans))
	for i, s := range spans {
		from, to := clamp(s.From), clamp(s.To)
		next := ""
		if to <= from {
			next = "次日 "
		}
		texts[i] = fmt.Sprintf("%02d:%02d-%s%02d:%02d", from/60, from%60, next, to/60, to%60)
	}
	return strings.Join(texts, "、")
}

// unit is a unit of time with its measure word.
type unit struct{ one, many string }

var (
	eachDay   = unit{"天", "天"}
	week      = unit{"周", "周"}
	eachMonth = unit{"月", "个月"}
	eachYear  = unit{"年", "年"}
)

// every writes 每周, 每两周, 每 3 周: every n-th of the unit.
func every(n int, u unit) string {
	switch {
	case n <= 1:
		return "每" + u.one
	case n == 2:
		return "每两" + u.many
	}
	return fmt.Sprintf("每 %d %s", n, u.many)
}

// recurrenceWords says in Chinese on which days the recurrence falls: 每月最后一个
// 星期五.
func recurrenceWords(r *recurrence) string {
	o := r.option
	if o.Freq == rrule.DAILY && o.Interval <= 1 { // 每周六 and 每月15日, not 每天的周六
		switch {
		case len(o.Bymonthday) > 0:
			o.Freq = rrule.MONTHLY
		case len(o.Byweekday) > 0:
			o.Freq = rrule.WEEKLY
		}
	}
	units := map[rrule.Frequency]unit{rrule.DAILY: eachDay, rrule.WEEKLY: week, rrule.MONTHLY: eachMonth, rrule.YEARLY: eachYear}
	s := every(o.Interval, units[o.Freq])
	months := numbers(o.Bymonth, "月")
	if o.Freq == rrule.YEARLY {
		s += months
	} else if months != "" {
		s = months + "里" + s
	}
	var days []string
	if len(o.Byyearday) > 0 {
		days = append(days, places(o.Byyearday, "天"))
	}
	if len(o.Bymonthday) > 0 {
		days = append(days, monthDays(o.Bymonthday, o.Freq == rrule.YEARLY && len(o.Bymonth) == 0))
	}
	if len(o.Byweekday) > 0 {
		days = append(days, weekdayWords(o.Byweekday))
	}
	if len(days) > 0 {
		link := ""
		if o.Freq == rrule.DAILY || o.Freq == rrule.WEEKLY && o.Interval > 1 {
			link = "的"
		}
		if o.Freq == rrule.WEEKLY && o.Interval <= 1 {
			s = strings.TrimSuffix(s, "周") // 每周三, not 每周周三
		}
		s += link + strings.Join(days, "且为")
	}
	if len(o.Bysetpos) > 0 {
		s += "中的" + places(o.Bysetpos, "天")
	}
	switch {
	case r.count > 0:
		s += fmt.Sprintf("，共 %d 次", r.count)
	case r.until != never:
		s += "，到" + dateOf(r.until).Chinese() + "为止"
	}
	return s
}

// numbers writes 1月、5月.
func numbers(list []int, after string) string {
	var out []string
	for _, n := range slices.Sorted(slices.Values(list)) {
		out = append(out, fmt.Sprint(n, after))
	}
	return strings.Join(out, "、")
}

// place writes the n-th of its kind, from the end when n is negative.
func place(n int, of string) string {
	digits := []string{"", "一", "二", "三", "四", "五"}
	switch {
	case n == -1:
		return "最后一" + of
	case n < 0 && n > -len(digits):
		return "倒数第" + digits[-n] + of
	case n < 0:
		return fmt.Sprintf("倒数第 %d %s", -n, of)
	case n < len(digits):
		return "第" + digits[n] + of
	}
	return fmt.Sprintf("第 %d %s", n, of)
}

func places(list []int, of string) string {
	var out []string
	for _, n := range list {
		out = append(out, place(n, of))
	}
	return strings.Join(out, "、")
}

// monthDays writes 15日、最后一天.
func monthDays(list []int, ofEachMonth bool) string {
	var out []string
	for _, n := range list {
		if n > 0 {
			out = append(out, fmt.Sprint(n, "日"))
		} else {
			out = append(out, place(n, "天"))
		}
	}
	s := strings.Join(out, "、")
	if ofEachMonth {
		return "各月" + s
	}
	return s
}

// weekdayWords writes 周一至周五, or 最后一个星期五.
func weekdayWords(list []rrule.Weekday) string {
	var plain []time.Weekday
	var out []string
	for _, w := range list {
		name := time.Weekday((w.Day() + 1) % 7)
		if w.N() == 0 {
			plain = append(plain, name)
		} else {
			out = append(out, place(w.N(), "个"+weekdayName(name)))
		}
	}
	if len(plain) > 0 {
		return weekdayNames(plain)
	}
	return strings.Join(out, "、")
}
