package schedule

import (
	"cmp"
	"fmt"
	"time"
)

// DateOf returns the civil date of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads a date written 2026-11-22. Dates that no calendar has, such as
// 2026-02-30, and years outside 1 to 9999 are errors.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, fmt.Errorf("date %.40q: want the form 2026-11-22", s)
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	v := Date{Year: y, Month: time.Month(m), Day: d}
	if !ok1 || !ok2 || !ok3 || !v.Valid() {
		return Date{}, fmt.Errorf("date %q: there is no such day", s)
	}
	return v, nil
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// String writes the date as ParseDate reads it, and the zero date as "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Chinese writes the date as 2026年11月22日, and the zero date as "".
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes; empty text is the zero date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// UnmarshalTOML reads a text as UnmarshalText does, or TOML's own date.
func (d *Date) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		return d.UnmarshalText([]byte(v))
	case time.Time:
		*d = DateOf(v)
		return nil
	}
	return fmt.Errorf("date: want the form 2026-11-22")
}

// IsZero reports whether the date is not set.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether the calendar has such a day, in the years 1 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d == DateOf(d.In(time.UTC))
}

// In returns the instant at which the day begins in loc.
func (d Date) In(loc *time.Location) time.Time { return d.At(0, loc) }

// At returns the instant of a time of day in loc: the first at which a clock on
// the wall there shows that time or a later one. So a time that clocks skip for
// summer time is the instant of the skip, and of a time that they show twice it
// is the first. Clock 24:00 is the beginning of the next day.
func (d Date) At(c Clock, loc *time.Location) time.Time {
	if loc == time.UTC {
		return time.Date(d.Year, d.Month, d.Day, 0, int(c), 0, 0, time.UTC)
	}
	w := dial{zone: loc}
	return time.Unix(w.at(d.number(), c), 0).In(loc)
}

// AddDays returns the date n days later; n may be negative.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// DaysSince returns how many days d is after from, negative when before.
func (d Date) DaysSince(from Date) int {
	return int(d.In(time.UTC).Unix()/86400 - from.In(time.UTC).Unix()/86400)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// Compare returns -1, 0 or +1 as d is before, the same as or after o.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Before reports whether d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d is a later day than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }
