package intake

import (
	"fmt"
	"strings"
	"time"

	"mingbai/configs/plain"
	"mingbai/playlist/schedule"
)

// day is a date in TOML, as a text or as TOML's own local date.
type day struct {
	schedule.Date
	set bool
}

// UnmarshalTOML reads a day.
func (d *day) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		if plain.Tidy(v) == "" {
			return nil
		}
		p, err := plain.Day(v)
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
	if plain.Tidy(s) == "" {
		return nil
	}
	first, rest, timed := strings.Cut(plain.Tidy(s), " ")
	d, err := plain.Day(first)
	if err != nil {
		return err
	}
	var c schedule.Clock
	if timed {
		if c, err = schedule.ParseClock(plain.Narrow(plain.Tidy(rest))); err != nil {
			return fmt.Errorf("「%s」不是时间，应写成 2026-11-22 08:30", plain.Clip(s))
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
		if l = plain.Tidy(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// fields splits "名称 | 说明 | 时限" at | or ｜.
func fields(s string) []string {
	parts := strings.Split(strings.ReplaceAll(s, "｜", "|"), "|")
	for i := range parts {
		parts[i] = plain.Tidy(parts[i])
	}
	return parts
}
