package intake

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

// tidy drops what stands around a text: spaces of every width, and the marks
// that spreadsheets and web pages leave behind.
func tidy(s string) string {
	return strings.Trim(s, " \t\r\n\u00a0\u3000\ufeff\u200b")
}

// clip shortens a text for a message.
func clip(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	if utf8.RuneCountInString(s) <= 24 {
		return s
	}
	return string([]rune(s)[:24]) + "…"
}

// narrow turns full-width digits and marks into plain ones, as input methods
// write them: １２，３４５．６ becomes 12,345.6.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．':
			return '.'
		case r == '，':
			return ','
		case r == '－' || r == '−':
			return '-'
		case r == '：':
			return ':'
		case r == '／':
			return '/'
		}
		return r
	}, s)
}

// parseDay reads a day as people and spreadsheets write it: 2026-11-22,
// 2026/11/22, 2026.11.22, 2026年11月22日, with or without leading zeros.
func parseDay(s string) (schedule.Date, error) {
	plain := narrow(tidy(s))
	plain = strings.TrimSuffix(strings.NewReplacer("年", "-", "月", "-", "/", "-", ".", "-").Replace(plain), "日")
	t, err := time.Parse("2006-1-2", plain)
	if err != nil {
		return schedule.Date{}, fmt.Errorf("「%s」不是日期，应写成 2026-11-22", clip(s))
	}
	return schedule.DateOf(t), nil
}

// day is a date in TOML, as a text or as TOML's own local date.
type day struct {
	schedule.Date
	set bool
}

// UnmarshalTOML reads a day.
func (d *day) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		if tidy(v) == "" {
			return nil
		}
		p, err := parseDay(v)
		*d = day{p, err == nil}
		return err
	case time.Time:
		*d = day{schedule.DateOf(v), true}
		return nil
	}
	return fmt.Errorf("日期应写成 2026-11-22")
}

// instant is a day with a time of day, in the county's zone.
type instant struct {
	day   schedule.Date
	clock schedule.Clock
	set   bool
}

// UnmarshalTOML reads 2026-11-22 or 2026-11-22 08:30.
func (i *instant) UnmarshalTOML(v any) error {
	if t, ok := v.(time.Time); ok {
		*i = instant{schedule.DateOf(t), schedule.Clock(t.Hour()*60 + t.Minute()), true}
		return nil
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("时间应写成 2026-11-22 08:30")
	}
	if tidy(s) == "" {
		return nil
	}
	first, rest, timed := strings.Cut(tidy(s), " ")
	d, err := parseDay(first)
	if err != nil {
		return err
	}
	var c schedule.Clock
	if timed {
		if c, err = schedule.ParseClock(narrow(tidy(rest))); err != nil {
			return fmt.Errorf("「%s」不是时间，应写成 2026-11-22 08:30", clip(s))
		}
	}
	*i = instant{d, c, true}
	return nil
}

// at returns the instant, shifted by days; zero when it is not set.
func (i instant) at(shift int, zone *time.Location) time.Time {
	if !i.set {
		return time.Time{}
	}
	return i.day.AddDays(shift).At(i.clock, zone)
}

// lines splits a text into its lines without the empty ones.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = tidy(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// fields splits "名称 | 说明 | 时限" at | or ｜.
func fields(s string) []string {
	parts := strings.Split(strings.ReplaceAll(s, "｜", "|"), "|")
	for i := range parts {
		parts[i] = tidy(parts[i])
	}
	return parts
}
