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
		add("level", "unknown", "级别应为预警、紧急、普通或垫播之一", "the level must be alert, urgent, normal or filler")
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
	case AnyDay, WorkingDay, DayOff:
	default:
		add("days", "unknown", "日期种类应为工作日或休息日", "days must be working or off")
	}
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
