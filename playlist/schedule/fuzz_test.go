package schedule

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-22")
	f.Add("2028-02-29")
	f.Add("2026-02-30")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && (d.String() != s || !d.Valid()) {
			t.Errorf("%q became %q", s, d)
		}
	})
}

func FuzzParseSpan(f *testing.F) {
	f.Add("08:30-17:30")
	f.Add("22:00-06:00")
	f.Add("24:00-24:00")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseSpan(s)
		if err != nil {
			return
		}
		if again, err := ParseSpan(v.String()); err != nil || again != v {
			t.Errorf("%q became %v and then %v, %v", s, v, again, err)
		}
	})
}

func FuzzReadDays(f *testing.F) {
	f.Add("2026-01-01,off,元旦\n")
	f.Add("# c\n2026-01-04,work,\"元旦\",x\n")
	f.Fuzz(func(t *testing.T, s string) {
		days, err := ReadDays(strings.NewReader(s))
		if err != nil {
			return
		}
		c := NewCalendar(days)
		d := c.AddWorkingDays(Date{2026, 1, 1}, 7)
		if n := c.WorkingDaysBetween(Date{2026, 1, 1}, d); n != 7 {
			t.Errorf("7 working days count as %d", n)
		}
	})
}

// FuzzResolve gives Resolve rules that no check has seen.
func FuzzResolve(f *testing.F) {
	f.Add([]byte(`[{"id":"a","playlist":"p","level":"normal","spans":["08:30-17:30"],"days":"working"},{"id":"b","level":"filler"}]`), int64(1795310000), uint16(90), int8(8))
	f.Add([]byte(`[{"id":"n","spans":["22:00-06:00"],"weekdays":[5],"until":"2026-12-31"}]`), int64(1795310000), uint16(4000), int8(-5))
	f.Add([]byte(`[{"id":"n","level":"alert","from":"9999-01-01"},{"days":"off","tags":["x"],"weekdays":[9,-3]}]`), int64(0), uint16(1), int8(0))
	f.Fuzz(func(t *testing.T, data []byte, unix int64, minutes uint16, offset int8) {
		var rules []Rule
		if len(data) > 4096 || json.Unmarshal(data, &rules) != nil || len(rules) > 8 {
			return
		}
		bound := make([]Bound, len(rules))
		for i, r := range rules {
			r.Check()
			_ = r.Summary()
			bound[i] = Bound{Rule: r, Distance: i % 3}
		}
		zone := time.FixedZone("", int(offset)*900)
		now := time.Unix(unix%(1<<33), 0)
		d := Resolve(bound, []string{"x"}, china, now, zone)
		if !d.Until.IsZero() && !d.Until.After(now) {
			t.Fatalf("until %s is not after %s", d.Until, now)
		}
		if len(d.Reasons) != len(rules) {
			t.Fatalf("%d reasons for %d rules", len(d.Reasons), len(rules))
		}
		later := now.Add(time.Duration(minutes) * time.Minute)
		if !d.Until.IsZero() && !later.Before(d.Until) {
			if v := Resolve(bound, []string{"x"}, china, d.Until, zone); chosen(v) == chosen(d) {
				t.Fatalf("nothing changes at %s: %s", d.Until, chosen(v))
			}
			later = d.Until.Add(-time.Nanosecond)
		}
		if v := Resolve(bound, []string{"x"}, china, later, zone); chosen(v) != chosen(d) {
			t.Fatalf("%s at %s became %s at %s, before %s", chosen(d), now, chosen(v), later, d.Until)
		}
	})
}
