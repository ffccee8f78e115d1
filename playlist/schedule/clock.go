package schedule

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Midnight ends a day.
const Midnight Clock = 24 * 60

// ParseClock reads a time of day written 08:30 or 8:30; 24:00 is the end of the
// day.
func ParseClock(s string) (Clock, error) {
	h, m, ok := strings.Cut(s, ":")
	if ok && len(h) >= 1 && len(h) <= 2 && len(m) == 2 {
		hours, ok1 := digits(h)
		minutes, ok2 := digits(m)
		if c := Clock(hours*60 + minutes); ok1 && ok2 && minutes < 60 && c <= Midnight {
			return c, nil
		}
	}
	return 0, fmt.Errorf("time of day %.40q: want 00:00 to 24:00", s)
}

// String writes the time of day as 08:30.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes the time of day as String does.
func (c Clock) MarshalText() ([]byte, error) {
	if c < 0 || c > Midnight {
		return nil, fmt.Errorf("time of day of %d minutes: want 0 to 1440", int(c))
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	if err == nil {
		*c = v
	}
	return err
}

// ParseSpan reads a span written 08:30-17:30.
func ParseSpan(s string) (Span, error) {
	from, to, ok := strings.Cut(strings.ReplaceAll(s, " ", ""), "-")
	if !ok {
		return Span{}, fmt.Errorf("span %.40q: want the form 08:30-17:30", s)
	}
	f, err := ParseClock(from)
	if err != nil {
		return Span{}, fmt.Errorf("span %.40q: %w", s, err)
	}
	t, err := ParseClock(to)
	if err != nil {
		return Span{}, fmt.Errorf("span %.40q: %w", s, err)
	}
	return Span{From: f, To: t}, nil
}

// String writes the span as 08:30-17:30.
func (s Span) String() string { return s.From.String() + "-" + s.To.String() }

// UnmarshalJSON reads {"from":"08:30","to":"17:30"} and the short form
// "08:30-17:30".
func (s *Span) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		v, err := ParseSpan(text)
		if err == nil {
			*s = v
		}
		return err
	}
	type plain Span
	return json.Unmarshal(b, (*plain)(s))
}

// UnmarshalTOML reads {from = "08:30", to = "17:30"} and the short form
// "08:30-17:30".
func (s *Span) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		p, err := ParseSpan(v)
		if err == nil {
			*s = p
		}
		return err
	case map[string]any:
		var p Span
		for key, at := range map[string]*Clock{"from": &p.From, "to": &p.To} {
			text, ok := v[key].(string)
			if !ok {
				return fmt.Errorf("span: %s is missing or not a text such as \"08:30\"", key)
			}
			if err := at.UnmarshalText([]byte(text)); err != nil {
				return fmt.Errorf("span: %s: %w", key, err)
			}
		}
		if len(v) != 2 {
			return fmt.Errorf("span: only from and to are known")
		}
		*s = p
		return nil
	}
	return fmt.Errorf("span: want a text such as \"08:30-17:30\"")
}
