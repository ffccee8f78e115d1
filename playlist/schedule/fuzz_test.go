package schedule

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
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

// FuzzRecurrence holds what is accepted to the oracle: the days of two years, the
// words, and that nothing takes long.
func FuzzRecurrence(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-22")
	f.Add("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU", "2026-11-18")
	f.Add("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15;UNTIL=20301231", "")
	f.Add("FREQ=DAILY;INTERVAL=10;COUNT=3", "2026-02-28")
	f.Add("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01")
	f.Add("FREQ=YEARLY;BYYEARDAY=-1,366;BYDAY=53MO", "2024-02-29")
	f.Fuzz(func(t *testing.T, text, first string) {
		from, err := ParseDate(first)
		if err != nil || from.Year < 1990 || from.Year > 2090 {
			from = Date{}
		}
		r, wrong := parseRecurrence(text, from)
		if wrong != nil {
			if wrong.zh == "" || wrong.en == "" {
				t.Fatalf("%q is refused without a word", text)
			}
			return
		}
		if words := recurrenceWords(r); words == "" || !utf8.ValidString(words) {
			t.Fatalf("%q reads %q", text, words)
		}
		r.occurs()
		start := date("2026-01-01")
		if !from.IsZero() {
			start = from
		}
		j := newJudge(Rule{From: from, Recurrence: text}, start)
		for n := start.number(); n < start.number()+731; n++ {
			if got, want := r.on(n), j.recurs(int64(n)); got != want {
				t.Fatalf("%q from %q on %s: %v, the oracle says %v", text, from, dateOf(n), got, want)
			}
		}
	})
}

// FuzzRule decodes rules from JSON and from TOML. A rule that stands Check keeps
// its meaning over a round trip, and any rule can be asked.
func FuzzRule(f *testing.F) {
	f.Add(`{"id":"a","playlist":"p","level":"campaign","from":"2026-05-15","period":{"days":7,"working":true},"weeks":2,"weekdays":[3],"share":3}`, false)
	f.Add(`{"id":"a","playlist":"p","level":"normal","recurrence":"FREQ=MONTHLY;BYDAY=-1FR","days":"holiday","spans":["22:00-06:00"]}`, false)
	f.Add("id = \"a\"\nplaylist = \"p\"\nlevel = \"normal\"\nfrom = 2026-11-16\nperiod = { days = 7, working = true }\n", true)
	f.Fuzz(func(t *testing.T, text string, isTOML bool) {
		var r Rule
		if len(text) > 2048 {
			return
		}
		if isTOML {
			if _, err := toml.Decode(text, &r); err != nil {
				return
			}
		} else if json.Unmarshal([]byte(text), &r) != nil {
			return
		}
		s := NewSet([]Bound{{Rule: r}}, nil, china, shanghai)
		now := at("2026-11-22 10:00")
		d := s.At(now)
		if !d.Until.IsZero() && !d.Until.After(now) || d.Reasons[0].Detail == "" {
			t.Fatalf("%+v: until %s, %+v", r, d.Until, d.Reasons[0])
		}
		if len(r.Check()) > 0 {
			return
		}
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		var again Rule
		if err := json.Unmarshal(data, &again); err != nil || !sameRule(r, again) || r.Describe(china) != again.Describe(china) {
			t.Fatalf("%s became %+v, %v", data, again, err)
		}
	})
}

// FuzzResolve gives Resolve rules that no check has seen.
func FuzzResolve(f *testing.F) {
	f.Add([]byte(`[{"id":"a","playlist":"p","level":"normal","spans":["08:30-17:30"],"days":"working"},{"id":"b","level":"filler"}]`), int64(1795310000), uint16(90), int8(8))
	f.Add([]byte(`[{"id":"n","spans":["22:00-06:00"],"weekdays":[5],"until":"2026-12-31"}]`), int64(1795310000), uint16(4000), int8(-5))
	f.Add([]byte(`[{"id":"n","level":"alert","from":"9999-01-01"},{"days":"off","tags":["x"],"weekdays":[9,-3]}]`), int64(0), uint16(1), int8(0))
	f.Add([]byte(`[{"id":"r","from":"2026-11-18","weeks":3,"recurrence":"FREQ=DAILY;BYDAY=MO,WE"},{"id":"p","level":"campaign","from":"2026-11-16","period":{"days":7,"working":true},"days":"holiday"}]`), int64(1795310000), uint16(4000), int8(8))
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
