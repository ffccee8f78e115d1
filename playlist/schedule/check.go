package schedule

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Problem is something wrong with a rule.
type Problem struct {
	Field     string // for example "spans[0].to"
	Code      string // required, invalid, unknown, too_long, too_many, empty
	Message   string // Chinese
	MessageEn string
}

// Limits of a rule.
const (
	maxSpans = 24
	maxTags  = 16
	maxText  = 64 // characters
	maxWeeks = 52
	maxShare = 100
	// maxPeriod bounds a period; the longest posting period of the law is 30 days.
	maxPeriod = 400
)

// Check returns what is wrong with the rule by itself. Whether its playlist
// exists is for others to say.
func (r Rule) Check() []Problem {
	var out []Problem
	add := func(field, code, zh, en string) { out = append(out, Problem{field, code, zh, en}) }
	if r.ID == "" || len(r.ID) > maxText {
		add("id", "invalid", "规则编号应为 1 至 64 个字符", "the rule's id must have 1 to 64 characters")
	}
	if !utf8.ValidString(r.Name) || utf8.RuneCountInString(r.Name) > maxText {
		add("name", "too_long", "规则名称不超过 64 个字", "the rule's name may have 64 characters")
	}
	if r.Playlist == "" || len(r.Playlist) > maxText {
		add("playlist", "required", "请选择播放单", "choose a playlist")
	}
	if r.Level.rank() == 0 {
		add("level", "unknown", "级别应为预警、紧急、活动、日常或垫播之一", "the level must be alert, urgent, campaign, normal or filler")
	}
	if !r.From.IsZero() && !r.From.Valid() {
		add("from", "invalid", "没有这一天："+r.From.String(), "there is no such day")
	}
	if !r.Until.IsZero() && !r.Until.Valid() {
		add("until", "invalid", "没有这一天："+r.Until.String(), "there is no such day")
	}
	if !r.From.IsZero() && !r.Until.IsZero() && r.Until.Before(r.From) {
		add("until", "empty", "结束日期早于开始日期", "the last day is before the first")
	}
	if len(r.Spans) > maxSpans {
		add("spans", "too_many", "时段不超过 24 个", "at most 24 spans are allowed")
	}
	for i, s := range r.Spans {
		if s.From < 0 || s.From >= Midnight {
			add(fmt.Sprintf("spans[%d].from", i), "invalid", "开始时间应在 00:00 至 23:59 之间", "the start must be 00:00 to 23:59")
		}
		if s.To < 0 || s.To > Midnight {
			add(fmt.Sprintf("spans[%d].to", i), "invalid", "结束时间应在 00:00 至 24:00 之间", "the end must be 00:00 to 24:00")
		}
		if s.To == s.From {
			add(fmt.Sprintf("spans[%d].to", i), "empty", "开始和结束时间相同；全天请留空或写 00:00-24:00", "start and end are the same; leave spans empty for the whole day")
		}
	}
	for i, w := range r.Weekdays {
		if w < time.Sunday || w > time.Saturday {
			add(fmt.Sprintf("weekdays[%d]", i), "invalid", "星期应为 0（星期日）至 6", "a weekday is 0 (Sunday) to 6")
		} else if slices.Index(r.Weekdays, w) < i {
			add(fmt.Sprintf("weekdays[%d]", i), "invalid", weekdayName(w)+"重复", "this weekday is there twice")
		}
	}
	switch r.Days {
	case AnyDay, WorkingDay, DayOff, Holiday:
	default:
		add("days", "unknown", "日期种类应为工作日、休息日或法定节假日", "days must be working, off or holiday")
	}
	out = append(out, r.checkRepeats()...)
	if len(r.Tags) > maxTags {
		add("tags", "too_many", "标签不超过 16 个", "at most 16 tags are allowed")
	}
	for i, t := range r.Tags {
		if t == "" || !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxText {
			add(fmt.Sprintf("tags[%d]", i), "invalid", "标签应为 1 至 64 个字", "a tag has 1 to 64 characters")
		}
	}
	return out
}

// checkRepeats checks how long and how often the rule holds, and its share.
func (r *Rule) checkRepeats() []Problem {
	var out []Problem
	add := func(field, code, zh, en string) { out = append(out, Problem{field, code, zh, en}) }
	if p := r.Period; p != nil {
		if p.Days < 1 || p.Days > maxPeriod {
			add("period.days", "range", fmt.Sprintf("公示期应为 1 至 %d 天", maxPeriod), fmt.Sprintf("a period has 1 to %d days", maxPeriod))
		}
		if r.From.IsZero() {
			add("from", "required", "有公示期时需要填写开始日期", "a period needs a first day")
		}
		if !r.Until.IsZero() {
			add("until", "invalid", "公示期和结束日期只能填一个", "give either a period or a last day")
		}
	}
	if r.Weeks < 0 || r.Weeks > maxWeeks {
		add("weeks", "range", fmt.Sprintf("隔周播放应为每 1 至 %d 周", maxWeeks), fmt.Sprintf("weeks must be 0 to %d", maxWeeks))
	}
	if r.Weeks > 1 && r.From.IsZero() {
		add("from", "required", "隔周播放时需要填写开始日期，从那一周数起", "every n-th week needs a first day to count from")
	}
	if r.Recurrence != "" {
		rec, wrong := parseRecurrence(r.Recurrence, r.From)
		if wrong != nil {
			add("recurrence", "invalid", wrong.zh, wrong.en)
		} else if !rec.occurs() {
			add("recurrence", "empty", "按这条重复规则，三十年里没有一天", "this recurrence has no day within thirty years")
		}
	}
	if r.Share < 0 || r.Share > maxShare {
		add("share", "range", fmt.Sprintf("份额应为 0 至 %d", maxShare), fmt.Sprintf("the share must be 0 to %d", maxShare))
	}
	return out
}
