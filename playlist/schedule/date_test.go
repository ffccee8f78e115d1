package schedule

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

func TestDate(t *testing.T) {
	d := date("2026-11-22")
	if d.Weekday() != time.Sunday || d.AddDays(10) != date("2026-12-02") || d.AddDays(-22) != date("2026-10-31") ||
		date("2028-03-01").DaysSince(date("2028-02-28")) != 2 || d.Chinese() != "2026年11月22日" {
		t.Errorf("arithmetic of %s is wrong", d)
	}
	for _, s := range []string{"", "2026-2-3", "2026-02-30", "0000-01-01", "2026/01/01", "2026-13-01", "２０２６-01-01", "2026-01-01 "} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %s", s, d)
		}
	}
	if got := d.In(shanghai); got.Format(time.RFC3339) != "2026-11-22T00:00:00+08:00" || DateOf(got) != d {
		t.Errorf("begins at %s", got)
	}
}

func TestClockAndSpan(t *testing.T) {
	for s, want := range map[string]Clock{"00:00": 0, "8:30": 510, "08:30": 510, "24:00": 1440} {
		if c, err := ParseClock(s); err != nil || c != want {
			t.Errorf("ParseClock(%q) = %v, %v", s, c, err)
		}
	}
	for _, s := range []string{"", "24:01", "8:5", "08:60", "-1:00", "008:30", "08.30"} {
		if c, err := ParseClock(s); err == nil {
			t.Errorf("ParseClock(%q) = %v", s, c)
		}
	}
}

func TestRuleInJSONAndTOML(t *testing.T) {
	want := Rule{ID: "work", Name: "工作时间", Playlist: "day", Level: Normal, From: date("2026-01-01"),
		Spans: spans("08:30-12:00", "14:00-17:30"), Weekdays: []time.Weekday{1, 0}, Days: WorkingDay, Tags: []string{"hall"},
		Period: &Period{Days: 7, Working: true}, Weeks: 2, Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", Share: 3}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `"spans":[{"from":"08:30","to":"12:00"}`) || strings.Contains(string(data), "until") {
		t.Errorf("JSON is %s", data)
	}
	var got Rule
	if err := json.Unmarshal(data, &got); err != nil || !sameRule(got, want) {
		t.Errorf("JSON gives %+v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(strings.Replace(string(data), `{"from":"08:30","to":"12:00"}`, `"08:30-12:00"`, 1)), &got); err != nil || !sameRule(got, want) {
		t.Errorf("short JSON gives %+v, %v", got, err)
	}
	for _, list := range []string{`["08:30-12:00", "14:00-17:30"]`, `[{from = "08:30", to = "12:00"}, {from = "14:00", to = "17:30"}]`} {
		var file struct{ Rules []Rule }
		meta, err := toml.Decode(`[[rules]]
id = "work"
name = "工作时间"
playlist = "day"
level = "normal"
from = "2026-01-01"
weekdays = [1, 0]
days = "working"
tags = ["hall"]
period = { days = 7, working = true }
weeks = 2
recurrence = "FREQ=MONTHLY;BYDAY=-1FR"
share = 3
spans = `+list, &file)
		if err != nil || len(file.Rules) != 1 || !sameRule(file.Rules[0], want) || len(meta.Undecoded()) > 0 {
			t.Errorf("TOML gives %+v, %v, left %v", file, err, meta.Undecoded())
		}
	}
	var dates struct{ A, B Date }
	if _, err := toml.Decode("a = 2026-11-22\nb = \"2026-11-22\"", &dates); err != nil || dates.A != date("2026-11-22") || dates.B != dates.A {
		t.Errorf("dates in TOML: %+v, %v", dates, err)
	}
	var bad struct{ Spans []Span }
	if _, err := toml.Decode(`spans = [{from = "08:30", until = "12:00"}]`, &bad); err == nil {
		t.Error("a span with an unknown key was read")
	}
}

func sameRule(a, b Rule) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func TestCalendarOfChina(t *testing.T) {
	for s, want := range map[string]bool{
		"2025-01-26": true, "2025-01-28": false, "2025-10-08": false, "2025-10-09": true, "2025-10-11": true,
		"2026-01-01": false, "2026-01-04": true, "2026-02-14": true, "2026-02-23": false, "2026-02-24": true,
		"2026-05-09": true, "2026-09-20": true, "2026-10-07": false, "2026-10-08": true, "2026-11-22": false, "2026-11-23": true,
		"2027-02-08": false,
	} {
		if got := china.IsWorking(date(s)); got != want {
			t.Errorf("%s working: %v", s, got)
		}
	}
	// 261 weekdays less 13 statutory days off, with weekends and make-up days
	// exchanged one for one, are 248 working days in either year.
	for year, want := range map[int]int{2025: 248, 2026: 248} {
		if got := china.WorkingDaysBetween(Date{year - 1, 12, 31}, Date{year, 12, 31}); got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
}

func TestWorkingDayArithmetic(t *testing.T) {
	for _, cal := range []*Calendar{nil, china} {
		for start := date("2025-12-20"); start.Before(date("2026-03-10")); start = start.AddDays(1) {
			for n := range 30 {
				end := cal.AddWorkingDays(start, n)
				if got := cal.WorkingDaysBetween(start, end); got != n {
					t.Fatalf("%s + %d = %s, which is %d after", start, n, end, got)
				}
				if n > 0 && !cal.IsWorking(end) {
					t.Fatalf("%s + %d = %s, a day off", start, n, end)
				}
				if back := cal.WorkingDaysBetween(end, start); back != -n {
					t.Fatalf("back from %s to %s is %d", end, start, back)
				}
			}
		}
	}
	// 条例 26: 20 working days after 2026-09-18 pass the holidays of October.
	if got := china.AddWorkingDays(date("2026-09-18"), 20); got != date("2026-10-22") {
		t.Errorf("20 working days end on %s", got)
	}
}

func TestReadDaysNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"# c\n2026-01-01,off,元旦\n2026-01-33,off,x\n": "line 3",
		"2026-01-01,holiday,元旦\n":                    "neither off nor work",
		"2026-01-01,off,a\n2026-01-01,work,b\n":      "twice",
		"2026-01-01\n":                               "line 1",
	} {
		if _, err := ReadDays(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", text, err, want)
		}
	}
}

// TestTimesThatClocksSkipOrRepeat holds Date.At to the first instant at which a
// clock shows the time or a later one, on either side of Greenwich.
func TestTimesThatClocksSkipOrRepeat(t *testing.T) {
	for _, c := range []struct{ zone, day, clock, want string }{
		{"Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z"},
		{"Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"}, // skipped
		{"Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"}, // the first of two
		{"Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"},
		{"America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-03-08", "03:00", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"},
		{"America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00Z"},
		{"Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00:00Z"}, // midnight is skipped
		{"Africa/Cairo", "2026-04-23", "24:00", "2026-04-23T22:00:00Z"},
		{"Africa/Cairo", "2026-10-29", "24:00", "2026-10-29T22:00:00Z"}, // 23:00 comes twice
		{"Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"},
		{"Australia/Lord_Howe", "2052-12-31", "12:00", "2052-12-31T01:00:00Z"}, // the last day of a leap year
		{"Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z"},        // a day that was left out
		{"Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z"},
		{"Asia/Shanghai", "2026-11-22", "08:30", "2026-11-22T00:30:00Z"},
		{"Asia/Urumqi", "2026-11-22", "08:30", "2026-11-22T02:30:00Z"},
		{"Asia/Shanghai", "1900-12-31", "12:00", "1900-12-31T03:54:17Z"}, // local mean time
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		clock, err := ParseClock(c.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := date(c.day).At(clock, zone).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s in %s is %s, want %s", c.day, c.clock, c.zone, got, c.want)
		}
	}
}
