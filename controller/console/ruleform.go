package console

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// ruleForm is the form of a rule, every field as it was typed. Nobody needs to
// know RFC 5545 to fill it in: Pattern is one of a few ways in which people say
// on which days something is to be.
type ruleForm struct {
	ID   string // empty for a new rule
	Was  string // mark of the rule that the form was filled from
	Once string

	Name, Playlist, Level string
	From, Ends, Until     string // Ends: never, until, period
	PeriodDays            string
	PeriodWorking         bool
	Spans                 []spanForm
	Pattern               string
	Weekdays              []string // 0 is Sunday
	Weeks                 string   // every how many
	Nth, NthDay           string   // 1 to 5 or -1, and MO to SU
	MonthDay              string   // 1 to 31, -1 is the last
	YearMonth, YearDay    string
	Tags                  []string
	OtherTags             string
	Share                 string
	Kept                  string // what Pattern own stands for, in words
}

type spanForm struct{ From, To string }

// The patterns of days.
const (
	everyDay   = "every"
	workDays   = "working"
	daysOff    = "off"
	holidays   = "holiday"
	ofTheWeek  = "weekdays"
	nthWeekday = "nth"
	ofTheMonth = "monthday"
	ofTheYear  = "yearly"
	asItWas    = "own" // none of these: kept as it is
)

// spanRows is how many parts of a day a form has room for at least.
const spanRows = 3

// byDay is how RFC 5545 names the days of the week, Monday first.
var byDay = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// readRule reads the form as it was sent.
func readRule(f url.Values) ruleForm {
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	r := ruleForm{
		Was: get("was"), Once: get("once"), Name: get("name"), Playlist: get("playlist"), Level: get("level"),
		From: get("from"), Ends: get("ends"), Until: get("until"), PeriodDays: get("period_days"), PeriodWorking: get("period_kind") == "working",
		Pattern: get("pattern"), Weekdays: f["weekday"], Weeks: get("weeks"), Nth: get("nth"), NthDay: get("nth_day"),
		MonthDay: get("month_day"), YearMonth: get("year_month"), YearDay: get("year_day"),
		Tags: f["tag"], OtherTags: get("other_tags"), Share: get("share"),
	}
	to := f["span_to"]
	for i, from := range f["span_from"] {
		s := spanForm{From: strings.TrimSpace(from)}
		if i < len(to) {
			s.To = strings.TrimSpace(to[i])
		}
		r.Spans = append(r.Spans, s)
	}
	r.Spans = roomy(r.Spans)
	return r
}

// roomy drops empty spans and adds room for more.
func roomy(spans []spanForm) []spanForm {
	spans = slices.DeleteFunc(spans, func(s spanForm) bool { return s == spanForm{} })
	for len(spans) < spanRows {
		spans = append(spans, spanForm{})
	}
	return spans
}

// rule reads the form into a rule. base is what is changed, a zero rule for a
// new one. problems are about what cannot be read.
func (f ruleForm) rule(base schedule.Rule) (schedule.Rule, []playlist.Problem) {
	var problems []playlist.Problem
	wrong := func(field, zh, en string) {
		problems = append(problems, playlist.Problem{Field: field, Code: "invalid", Message: zh, MessageEn: en, Severity: playlist.Wrong})
	}
	r := schedule.Rule{ID: base.ID, Name: f.Name, Playlist: f.Playlist, Level: schedule.Level(f.Level)}
	if f.Name == "" {
		wrong("name", "请给规则起个名字，例如“每月最后一个星期五放安全提示”", "give the rule a name")
	}
	date := func(field, text string) (d schedule.Date) {
		if text == "" {
			return d
		}
		d, err := schedule.ParseDate(text)
		if err != nil {
			wrong(field, "日期应写成 2026-11-22", "a date is written 2026-11-22")
		}
		return d
	}
	number := func(field, text string, least, most int) int {
		n, err := strconv.Atoi(numeral(text))
		if err != nil || n < least || n > most {
			what := map[string]string{"until": "公示期的天数", "share": "倍数", "pattern": "每几周、几月、几日"}[field]
			wrong(field, fmt.Sprintf("%s应为 %d 至 %d 的整数，现在是“%s”", what, least, most, text), fmt.Sprintf("a whole number from %d to %d, not %q", least, most, text))
			return least
		}
		return n
	}
	r.From = date("from", f.From)
	switch f.Ends {
	case "until":
		if r.Until = date("until", f.Until); f.Until == "" {
			wrong("until", "请写最后一天", "say which day is the last")
		}
	case "period":
		r.Period = &schedule.Period{Days: number("until", f.PeriodDays, 1, 3660), Working: f.PeriodWorking}
	}
	for _, s := range f.Spans {
		if s == (spanForm{}) {
			continue
		}
		from, err1 := schedule.ParseClock(s.From)
		to, err2 := schedule.ParseClock(s.To)
		if err1 != nil || err2 != nil {
			wrong("spans", "时段要写开始和结束，例如 08:30 到 17:30", "a part of the day has a start and an end, for example 08:30 to 17:30")
			continue
		}
		r.Spans = append(r.Spans, schedule.Span{From: from, To: to})
	}
	f.days(&r, base, number, wrong)
	if r.From.IsZero() && (r.Recurrence != "" || r.Weeks > 1 || r.Period != nil) {
		wrong("from", "请写从哪一天起", "say from which day on")
	}
	r.Tags = f.tags()
	if f.Share != "" && f.Share != "1" {
		r.Share = number("share", f.Share, 1, 100)
	}
	return r, problems
}

// days reads on which days a rule holds.
func (f ruleForm) days(r *schedule.Rule, base schedule.Rule, number func(field, text string, least, most int) int, wrong func(field, zh, en string)) {
	switch f.Pattern {
	case everyDay:
	case workDays:
		r.Days = schedule.WorkingDay
	case daysOff:
		r.Days = schedule.DayOff
	case holidays:
		r.Days = schedule.Holiday
	case ofTheWeek:
		for _, text := range f.Weekdays {
			if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= 6 && !slices.Contains(r.Weekdays, time.Weekday(n)) {
				r.Weekdays = append(r.Weekdays, time.Weekday(n))
			}
		}
		if len(r.Weekdays) == 0 {
			wrong("pattern", "请勾选星期几", "tick the days of the week")
		}
		if f.Weeks != "" && f.Weeks != "1" {
			r.Weeks = number("pattern", f.Weeks, 1, 52)
		}
	case nthWeekday:
		if !slices.Contains(byDay, f.NthDay) || !slices.Contains([]string{"1", "2", "3", "4", "-1"}, f.Nth) {
			wrong("pattern", "请选择第几个星期几", "choose which weekday of the month")
			return
		}
		r.Recurrence = "FREQ=MONTHLY;BYDAY=" + f.Nth + f.NthDay
	case ofTheMonth:
		if f.MonthDay == "-1" {
			r.Recurrence = "FREQ=MONTHLY;BYMONTHDAY=-1"
			return
		}
		r.Recurrence = fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", number("pattern", f.MonthDay, 1, 31))
	case ofTheYear:
		month, day := number("pattern", f.YearMonth, 1, 12), number("pattern", f.YearDay, 1, 31)
		r.Recurrence = fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d", month, day)
	case asItWas:
		r.Days, r.Weekdays, r.Weeks, r.Recurrence = base.Days, base.Weekdays, base.Weeks, base.Recurrence
	default:
		wrong("pattern", "请选择哪些日子", "choose on which days")
	}
}

func (f ruleForm) tags() []string {
	var out []string
	others := strings.FieldsFunc(f.OtherTags, func(r rune) bool { return strings.ContainsRune("、，,;； \t", r) })
	for _, t := range slices.Concat(f.Tags, others) {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

var (
	everyNth   = regexp.MustCompile(`^FREQ=MONTHLY;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)$`)
	everyMonth = regexp.MustCompile(`^FREQ=MONTHLY;BYMONTHDAY=(-1|\d{1,2})$`)
	everyYear  = regexp.MustCompile(`^FREQ=YEARLY;BYMONTH=(\d{1,2});BYMONTHDAY=(\d{1,2})$`)
)

// ruleFormOf fills the form from a rule. known are the tags that the form offers.
func ruleFormOf(r schedule.Rule, known []string) ruleForm {
	f := ruleForm{
		ID: r.ID, Name: r.Name, Playlist: r.Playlist, Level: string(r.Level), From: r.From.String(), Ends: "never",
		Weeks: "1", Nth: "-1", NthDay: "FR", MonthDay: "1", YearMonth: "5", YearDay: "15", Share: strconv.Itoa(max(r.Share, 1)),
	}
	if r.From.IsZero() {
		f.From = ""
	}
	switch {
	case r.Period != nil:
		f.Ends, f.PeriodDays, f.PeriodWorking = "period", strconv.Itoa(r.Period.Days), r.Period.Working
	case !r.Until.IsZero():
		f.Ends, f.Until = "until", r.Until.String()
	}
	for _, s := range r.Spans {
		f.Spans = append(f.Spans, spanForm{s.From.String(), s.To.String()})
	}
	f.Spans = roomy(f.Spans)
	f.Pattern = patternOf(r)
	switch f.Pattern {
	case ofTheWeek:
		for _, w := range r.Weekdays {
			f.Weekdays = append(f.Weekdays, strconv.Itoa(int(w)))
		}
		f.Weeks = strconv.Itoa(max(r.Weeks, 1))
	case nthWeekday:
		m := everyNth.FindStringSubmatch(r.Recurrence)
		f.Nth, f.NthDay = m[1], m[2]
	case ofTheMonth:
		f.MonthDay = everyMonth.FindStringSubmatch(r.Recurrence)[1]
	case ofTheYear:
		m := everyYear.FindStringSubmatch(r.Recurrence)
		f.YearMonth, f.YearDay = m[1], m[2]
	case asItWas:
		f.Kept = r.Summary()
	}
	var others []string
	for _, t := range r.Tags {
		if slices.Contains(known, t) {
			f.Tags = append(f.Tags, t)
		} else {
			others = append(others, t)
		}
	}
	f.OtherTags = strings.Join(others, "、")
	return f
}

// patternOf finds how people would say on which days a rule holds.
func patternOf(r schedule.Rule) string {
	weekly := len(r.Weekdays) > 0
	switch {
	case r.Recurrence != "" && (weekly || r.Days != schedule.AnyDay || r.Weeks > 1), r.Weeks > 1 && !weekly, weekly && r.Days != schedule.AnyDay:
		return asItWas
	case everyNth.MatchString(r.Recurrence):
		return nthWeekday
	case everyMonth.MatchString(r.Recurrence):
		return ofTheMonth
	case everyYear.MatchString(r.Recurrence):
		return ofTheYear
	case r.Recurrence != "":
		return asItWas
	case weekly:
		return ofTheWeek
	case r.Days == schedule.WorkingDay:
		return workDays
	case r.Days == schedule.DayOff:
		return daysOff
	case r.Days == schedule.Holiday:
		return holidays
	}
	return everyDay
}
