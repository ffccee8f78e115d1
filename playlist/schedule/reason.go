package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// judge says what becomes of the rule at now, as if no other rule existed.
func (w when) judge(tags []string, now time.Time) (Verdict, string) {
	r := w.rule
	var lacking []string
	for _, t := range r.Tags {
		if !slices.Contains(tags, t) {
			lacking = append(lacking, "“"+t+"”")
		}
	}
	if len(lacking) > 0 {
		return OtherTags, "只在带标签" + strings.Join(lacking, "、") + "的屏幕上播放，这块屏幕没有"
	}
	if w.holds(now) {
		return Chosen, ""
	}
	today := DateOf(now)
	switch {
	case !r.From.IsZero() && today.Before(r.From):
		return OutOfDate, "今天 " + today.String() + "，" + r.From.String() + " 才开始"
	case !r.Until.IsZero() && today.After(r.Until):
		return OutOfDate, "今天 " + today.String() + "，已于 " + r.Until.String() + " 结束"
	case !w.onWeekday(today):
		return OtherDay, "今天是" + weekdayName(today.Weekday()) + "，只在" + weekdayNames(r.Weekdays) + "播放"
	case !w.onDayKind(today):
		return OtherDay, "今天是" + w.dayName(today) + "，只在" + r.Days.Chinese() + "播放"
	}
	return OutOfHours, "现在 " + now.Format("15:04") + "，不在 " + spanList(w.spans()) + " 之内"
}

func chosenDetail(r Rule, together int) string {
	s := "正在播放：" + r.Summary()
	if together > 1 {
		s += fmt.Sprintf("；与另外 %d 条规则轮流", together-1)
	}
	return s
}

// dayName says what kind of day d is, and why when it is an exception.
func (w when) dayName(d Date) string {
	kind := "工作日"
	if !w.cal.IsWorking(d) {
		kind = "休息日"
	}
	e, ok := w.cal.Exception(d)
	switch {
	case !ok:
		return weekdayName(d.Weekday()) + "（" + kind + "）"
	case e.Working:
		kind = "调休工作日"
	default:
		kind = "放假"
	}
	if e.Name != "" {
		return e.Name + kind
	}
	return kind
}

// Chinese returns the kind of day as it stands on pages.
func (k DayKind) Chinese() string {
	switch k {
	case WorkingDay:
		return "工作日"
	case DayOff:
		return "休息日"
	}
	return "每天"
}

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

// Summary says in Chinese when and where the rule plays, for example
// "每个工作日 08:30-17:30".
func (r Rule) Summary() string {
	var b strings.Builder
	switch {
	case !r.From.IsZero() && r.From == r.Until:
		b.WriteString(r.From.Chinese() + "，")
	case !r.From.IsZero() && !r.Until.IsZero():
		b.WriteString(r.From.Chinese() + "至" + r.Until.Chinese() + "，")
	case !r.From.IsZero():
		b.WriteString(r.From.Chinese() + "起，")
	case !r.Until.IsZero():
		b.WriteString(r.Until.Chinese() + "止，")
	}
	days := "每天"
	if r.Days != AnyDay {
		days = "每个" + r.Days.Chinese()
	}
	if len(r.Weekdays) > 0 {
		days = "每" + weekdayNames(r.Weekdays)
		if r.Days != AnyDay {
			days += "中的" + r.Days.Chinese()
		}
	}
	b.WriteString(days)
	if len(r.Spans) == 0 || len(r.Spans) == 1 && r.Spans[0] == wholeDay[0] {
		b.WriteString("全天")
	} else {
		b.WriteString(" " + spanList(r.Spans))
	}
	if len(r.Tags) > 0 {
		b.WriteString("，仅带标签“" + strings.Join(r.Tags, "”“") + "”的屏幕")
	}
	return b.String()
}
