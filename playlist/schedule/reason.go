package schedule

import (
	"fmt"
	"strings"
	"time"
)

// soon is how many days ahead a reason names the next day of a rule.
const soon = 400

// words is one text in the languages of the console.
type words struct{ zh, en string }

// put writes the texts into a reason.
func (w words) put(r *Reason) { r.Detail, r.DetailEn = w.zh, w.en }

// refusal says why the rule does not hold at now.
func (p *plan) refusal(now time.Time, w *dial) (Verdict, words) {
	r := p.rule
	if len(p.lacking) > 0 {
		return OtherTags, words{
			"只在带标签“" + strings.Join(p.lacking, "”、“") + "”的屏幕上播放，这块屏幕没有",
			"only for screens tagged “" + strings.Join(p.lacking, "” and “") + "”, which this one is not",
		}
	}
	if p.broken != "" {
		return OtherDay, words{"规则有错，不播放：" + p.broken, "the rule is wrong and never plays"}
	}
	today, n := DateOf(now), w.day(now.Unix())
	is, isEn := "今天是 "+nearDate(today, today)+"，", "it is "+today.String()+"; "
	switch {
	case n < p.first:
		return OutOfDate, words{is + nearDate(r.From, today) + "才开始", isEn + "it begins on " + r.From.String()}
	case n > p.last:
		return OutOfDate, words{
			is + "已于 " + nearDate(dateOf(p.last), today) + "结束" + p.posted(),
			isEn + "its last day was " + dateOf(p.last).String(),
		}
	case p.on(n):
		return OutOfHours, words{
			"现在 " + now.Format("15:04") + "，不在 " + spanList(r.Spans) + " 之内",
			"it is " + now.Format("15:04") + ", not within " + spansEn(r.Spans),
		}
	}
	if p.rec != nil {
		if last, ok := p.rec.last(); ok && n > last {
			return OutOfDate, words{
				is + recurrenceWords(p.rec) + "，已于 " + nearDate(dateOf(last), today) + "结束",
				isEn + "its last day was " + dateOf(last).String(),
			}
		}
	}
	next, nextEn := "", ""
	if m, ok := p.seekWithin(n+1, true, soon); ok && m <= n+soon {
		next, nextEn = "；下一次："+nearDate(dateOf(m), today), "; next on "+dateOf(m).String()
	}
	only := isEn + "it plays "
	switch {
	case !p.onWeek(n):
		return OtherDay, words{"本周轮空，" + every(p.weeks, week) + "才播放一周" + next, "not in this week, only every " + ordinalEn(p.weeks) + " week" + nextEn}
	case !p.onWeekday(n):
		return OtherDay, words{"今天是" + weekdayName(now.Weekday()) + "，只在" + weekdayNames(r.Weekdays) + "播放" + next,
			"it is " + now.Weekday().String() + "; it plays on " + weekdaysEn(r.Weekdays) + nextEn}
	case !p.cal.is(n, r.Days):
		return OtherDay, words{"今天是" + p.dayName(today) + "，只在" + r.Days.Chinese() + "播放" + next, only + "every " + r.Days.english() + nextEn}
	}
	return OtherDay, words{is + "只在" + recurrenceWords(p.rec) + "播放" + next, only + "on " + recurrenceEn(p.rec) + nextEn}
}

// posted says how long a period was that has ended.
func (p *plan) posted() string {
	if p.rule.Period == nil {
		return ""
	}
	return "（" + p.rule.Period.Chinese() + "已满）"
}

func (p *plan) chosenDetail(together, beaten int) words {
	s := words{"正在播放：" + p.rule.Describe(p.cal), "plays: " + p.rule.DescribeEn(p.cal)}
	if together > 1 {
		s.zh += fmt.Sprintf("；与另外 %d 条规则轮流", together-1)
		s.en += fmt.Sprintf("; in turn with %d more", together-1)
	}
	if beaten > 0 {
		s.zh += fmt.Sprintf("；%d 条级别较低的规则让位", beaten)
		s.en += fmt.Sprintf("; %d of lower levels give way", beaten)
	}
	return s
}

// beatenDetail names the rules that a rule gives way to.
func beatenDetail(level Level, by []Bound) words {
	var names []string
	for _, b := range by[:min(len(by), 3)] {
		names = append(names, b.title())
	}
	s := words{strings.Join(names, "、"), strings.Join(names, ", ")}
	if len(by) > 3 {
		s.zh += fmt.Sprintf("等 %d 条", len(by))
		s.en += fmt.Sprintf(" and %d more", len(by)-3)
	}
	return words{
		"时间和屏幕都符合，但让位于级别更高（" + level.Chinese() + "）的规则" + s.zh,
		"time and screen fit, but it gives way to a higher level (" + level.english() + "): " + s.en,
	}
}

// dayName says what kind of day d is, and why when it is an exception.
func (p *plan) dayName(d Date) string {
	kind := WorkingDay.Chinese()
	if !p.cal.IsWorking(d) {
		kind = DayOff.Chinese()
	}
	e, ok := p.cal.Exception(d)
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

// nearDate writes the date with its year only if that is not the year of today.
func nearDate(d, today Date) string {
	if d.Year == today.Year {
		return fmt.Sprintf("%d月%d日", int(d.Month), d.Day)
	}
	return d.Chinese()
}

// Summary says in Chinese when and where the rule plays, for example
// "每个工作日 08:30-17:30".
func (r Rule) Summary() string { return r.summary(nil, false) }

// Describe is Summary with the last day of a period, which only the calendar
// knows: "2026年11月16日起公示期 7 个工作日（至 11月24日）".
func (r Rule) Describe(cal *Calendar) string { return r.summary(cal, true) }

func (r *Rule) summary(cal *Calendar, dated bool) string {
	var b strings.Builder
	until := r.Until
	if r.Period != nil {
		until = Date{}
	}
	switch {
	case !r.From.IsZero() && r.From == until:
		b.WriteString(r.From.Chinese() + "，")
	case !r.From.IsZero() && !until.IsZero():
		b.WriteString(r.From.Chinese() + "至" + until.Chinese() + "，")
	case !r.From.IsZero():
		b.WriteString(r.From.Chinese() + "起")
		if r.Period == nil {
			b.WriteString("，")
		}
	case !until.IsZero():
		b.WriteString(until.Chinese() + "止，")
	}
	if r.Period != nil {
		b.WriteString(r.Period.Chinese())
		if dated && !r.From.IsZero() {
			b.WriteString("（至 " + nearDate(r.end(cal), r.From) + "）")
		}
		b.WriteString("，")
	}
	b.WriteString(r.dayWords())
	if len(r.Spans) == 0 || len(r.Spans) == 1 && r.Spans[0] == (Span{0, Midnight}) {
		b.WriteString("全天")
	} else {
		b.WriteString(" " + spanList(r.Spans))
	}
	if len(r.Tags) > 0 {
		b.WriteString("，仅带标签“" + strings.Join(r.Tags, "”“") + "”的屏幕")
	}
	return b.String()
}

// dayWords says on which days the rule holds, its first and last aside.
func (r *Rule) dayWords() string {
	days := "每天"
	switch {
	case len(r.Weekdays) > 0:
		days = "每" + weekdayNames(r.Weekdays)
		if r.Weeks > 1 {
			days = every(r.Weeks, week) + "的" + weekdayNames(r.Weekdays)
		}
		if r.Days != AnyDay {
			days += "中的" + r.Days.Chinese()
		}
	case r.Weeks > 1:
		days = every(r.Weeks, week) + "播放一周，" + r.Days.each()
	default:
		days = r.Days.each()
	}
	if r.Recurrence == "" {
		return days
	}
	words := "重复规则有错"
	if rec, wrong := parseRecurrence(r.Recurrence, r.From); wrong == nil {
		words = recurrenceWords(rec)
	}
	if len(r.Weekdays) == 0 && r.Weeks < 2 && r.Days == AnyDay {
		return words
	}
	return words + "（同时须是" + days + "）"
}

// each writes every day of the kind.
func (k DayKind) each() string {
	switch k {
	case AnyDay:
		return "每天"
	case Holiday:
		return k.Chinese()
	}
	return "每个" + k.Chinese()
}

// Chinese returns the kind of day as it stands on pages.
func (k DayKind) Chinese() string {
	switch k {
	case WorkingDay:
		return "工作日"
	case DayOff:
		return "休息日"
	case Holiday:
		return "法定节假日"
	}
	return "每天"
}

// Chinese returns the period as it stands on pages: 公示期 7 个工作日.
func (p Period) Chinese() string {
	if p.Working {
		return fmt.Sprintf("公示期 %d 个工作日", p.Days)
	}
	return fmt.Sprintf("公示期 %d 天", p.Days)
}
