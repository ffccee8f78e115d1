package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

var shanghai = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return loc
}()

var china = NewCalendar(DefaultDays())

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func spans(texts ...string) (out []Span) {
	for _, s := range texts {
		v, err := ParseSpan(s)
		if err != nil {
			panic(err)
		}
		out = append(out, v)
	}
	return out
}

func chosen(d Decision) string {
	var ids []string
	for _, b := range d.Chosen {
		ids = append(ids, b.Rule.ID)
	}
	return string(d.Level) + ":" + strings.Join(ids, ",")
}

func TestResolveOrdersLevelsAndSaysWhy(t *testing.T) {
	rules := []Bound{
		{Rule: Rule{ID: "county", Playlist: "p", Level: Normal, Days: WorkingDay, Spans: spans("08:30-17:30")}, Channel: "qingshan", Distance: 2},
		{Rule: Rule{ID: "village", Playlist: "p", Level: Normal}, Channel: "liuxi"},
		{Rule: Rule{ID: "filler", Playlist: "p", Level: Filler}, Channel: "qingshan", Distance: 2},
		{Rule: Rule{ID: "flood", Playlist: "p", Level: Urgent, From: date("2026-12-01")}, Channel: "liuxi"},
		{Rule: Rule{ID: "hall", Playlist: "p", Level: Urgent, Tags: []string{"大厅"}}, Channel: "qingshan", Distance: 2},
		{Rule: Rule{ID: "weekend", Playlist: "p", Level: Normal, Weekdays: []time.Weekday{6, 0}}, Channel: "liuxi"},
	}
	cases := []struct {
		now, want, until string
		details          map[int]string
	}{
		{"2026-11-23 09:00", "normal:village,county", "2026-11-23 17:30", map[int]string{
			0: "正在播放：每个工作日 08:30-17:30；与另外 1 条规则轮流；1 条级别较低的规则让位",
			2: "时间和屏幕都符合，但让位于级别更高（日常）的规则“village”、“county”",
			3: "今天是 11月23日，12月1日才开始",
			4: "只在带标签“大厅”的屏幕上播放，这块屏幕没有",
			5: "今天是星期一，只在周六、日播放；下一次：11月28日",
		}},
		{"2026-11-23 19:20", "normal:village", "2026-11-24 08:30", map[int]string{
			0: "现在 19:20，不在 08:30-17:30 之内",
		}},
		{"2026-11-22 09:00", "normal:village,weekend", "2026-11-23 00:00", map[int]string{
			0: "今天是星期日（休息日），只在工作日播放；下一次：11月23日",
		}},
		{"2026-10-01 09:00", "normal:village", "2026-10-03 00:00", map[int]string{
			0: "今天是国庆节放假，只在工作日播放；下一次：10月8日",
		}},
		{"2026-10-10 09:00", "normal:village,county,weekend", "2026-10-10 17:30", nil},
		{"2026-11-30 23:59", "normal:village", "2026-12-01 00:00", nil},
		{"2026-12-01 00:00", "urgent:flood", "", nil},
	}
	for _, c := range cases {
		t.Run(c.now, func(t *testing.T) {
			d := Resolve(rules, []string{"touch"}, china, at(c.now), shanghai)
			got := strings.Split(strings.TrimPrefix(chosen(d), string(d.Level)+":"), ",")
			want := strings.Split(c.want[strings.Index(c.want, ":")+1:], ",")
			slices.Sort(got)
			slices.Sort(want)
			if string(d.Level) != c.want[:strings.Index(c.want, ":")] || !slices.Equal(got, want) {
				t.Errorf("chose %s, want %s", chosen(d), c.want)
			}
			for i := 1; i < len(d.Chosen); i++ {
				if d.Chosen[i].Distance < d.Chosen[i-1].Distance {
					t.Errorf("chosen are not nearest first: %s", chosen(d))
				}
			}
			if until := ""; !d.Until.IsZero() {
				if until = d.Until.In(shanghai).Format("2006-01-02 15:04"); until != c.until {
					t.Errorf("until %s, want %s", until, c.until)
				}
			} else if c.until != "" {
				t.Errorf("until never, want %s", c.until)
			}
			if len(d.Reasons) != len(rules) {
				t.Fatalf("%d reasons for %d rules", len(d.Reasons), len(rules))
			}
			for i, want := range c.details {
				if d.Reasons[i].Detail != want {
					t.Errorf("reason %d: %q, want %q", i, d.Reasons[i].Detail, want)
				}
			}
		})
	}
}

func TestSpanPastMidnightBelongsToItsFirstDay(t *testing.T) {
	r := []Bound{{Rule: Rule{ID: "night", Playlist: "p", Level: Normal, Weekdays: []time.Weekday{time.Friday}, Spans: spans("22:00-06:00")}}}
	for now, want := range map[string]Verdict{
		"2026-11-20 21:59": OutOfHours, "2026-11-20 22:00": Chosen, "2026-11-21 05:59": Chosen,
		"2026-11-21 06:00": OtherDay, "2026-11-20 05:00": OutOfHours, "2026-11-21 22:30": OtherDay,
	} {
		if d := Resolve(r, nil, nil, at(now), shanghai); d.Reasons[0].Verdict != want {
			t.Errorf("at %s: %s (%s), want %s", now, d.Reasons[0].Verdict, d.Reasons[0].Detail, want)
		}
	}
}

// randomRule makes rules whose edges are often near each other.
func randomRule(r *rand.Rand, base Date) Rule {
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	v := Rule{ID: fmt.Sprint("r", r.IntN(1000)), Playlist: "p", Level: []Level{Alert, Urgent, Normal, Filler, ""}[r.IntN(5)]}
	for range pick(0, 0, 1, 2, 3) {
		v.Spans = append(v.Spans, Span{Clock(pick(0, 360, 510, 720, 1050, 1320, 1439)), Clock(pick(0, 360, 510, 720, 1050, 1320, 1440))})
	}
	if r.IntN(3) == 0 {
		v.From = base.AddDays(r.IntN(9) - 3)
	}
	if r.IntN(3) == 0 {
		v.Until = base.AddDays(r.IntN(12) - 3)
	}
	for range pick(0, 0, 0, 1, 3, 6) {
		v.Weekdays = append(v.Weekdays, time.Weekday(r.IntN(7)))
	}
	v.Days = []DayKind{AnyDay, AnyDay, WorkingDay, DayOff}[r.IntN(4)]
	return v
}

// TestUntilIsExact steps minute by minute over days around holidays and asks
// Resolve each time: nothing may change before Until, and something must at it.
func TestUntilIsExact(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 10 {
		zone, start := shanghai, date("2026-09-18")
		if round%5 == 4 { // a change to and from summer time
			zone, start = newYork, date("2026-10-30")
		} else if round%5 == 3 {
			start = date("2026-02-12")
		}
		rules := make([]Bound, 1+r.IntN(4))
		for i := range rules {
			rules[i] = Bound{Rule: randomRule(r, start), Distance: r.IntN(3)}
		}
		now := start.In(zone)
		d := Resolve(rules, nil, china, now, zone)
		end := now.Add(6 * 24 * time.Hour)
		for step := now; step.Before(end); step = step.Add(time.Minute) {
			v := Resolve(rules, nil, china, step, zone)
			if !v.Until.IsZero() && !v.Until.After(step) {
				t.Fatalf("round %d: until %s is not after %s", round, v.Until, step)
			}
			changed, due := chosen(v) != chosen(d), !d.Until.IsZero() && !step.Before(d.Until)
			if changed != due {
				t.Fatalf("round %d: from %s (%s) until %s, but at %s %s\n%+v", round, now, chosen(d), d.Until, step, chosen(v), rules)
			}
			if due {
				now = step
			}
			d = v
		}
	}
}

func TestUntilFarAway(t *testing.T) {
	cases := []struct {
		rule        Rule
		now, until  string
		holdsBefore bool
	}{
		{Rule{From: date("2031-05-01")}, "2026-11-22 10:00", "2031-05-01 00:00", false},
		{Rule{Until: date("2031-05-01")}, "2026-11-22 10:00", "2031-05-02 00:00", true},
		{Rule{Weekdays: []time.Weekday{0}, Days: WorkingDay}, "2026-01-05 10:00", "2026-09-20 00:00", false}, // the first Sunday that is worked after 4 January and 14 February (a Saturday)
		{Rule{Weekdays: []time.Weekday{0}, Days: WorkingDay}, "2027-01-05 10:00", "", false},
		{Rule{Weekdays: []time.Weekday{1, 2, 3, 4, 5}, Days: DayOff}, "2026-05-06 10:00", "2026-06-19 00:00", false},
		{Rule{}, "2026-11-22 10:00", "", true},
		{Rule{Weekdays: []time.Weekday{0}, From: date("2031-05-01")}, "2026-11-22 10:00", "2031-05-04 00:00", false},
	}
	for i, c := range cases {
		c.rule.ID, c.rule.Playlist, c.rule.Level = "r", "p", Normal
		d := Resolve([]Bound{{Rule: c.rule}}, nil, china, at(c.now), shanghai)
		got := ""
		if !d.Until.IsZero() {
			got = d.Until.In(shanghai).Format("2006-01-02 15:04")
		}
		if got != c.until || (len(d.Chosen) == 1) != c.holdsBefore {
			t.Errorf("case %d: until %q chosen %d, want %q %v", i, got, len(d.Chosen), c.until, c.holdsBefore)
		}
	}
}

func TestSummary(t *testing.T) {
	for want, r := range map[string]Rule{
		"每天全天":              {},
		"每个工作日 08:30-17:30": {Days: WorkingDay, Spans: spans("8:30-17:30")},
		"2026年11月1日至2026年12月31日，每周一至周五 08:30-12:00、14:00-17:30": {From: date("2026-11-01"), Until: date("2026-12-31"),
			Weekdays: []time.Weekday{5, 1, 2, 3, 4}, Spans: spans("08:30-12:00", "14:00-17:30")},
		"每天 22:00-次日 06:00，仅带标签“大厅”“室外”的屏幕": {Spans: spans("22:00-06:00"), Tags: []string{"大厅", "室外"}},
		"2026年5月15日，每天全天":                   {From: date("2026-05-15"), Until: date("2026-05-15")},
		"每周六、日中的工作日全天":                      {Weekdays: []time.Weekday{0, 6}, Days: WorkingDay},
	} {
		if got := r.Summary(); got != want {
			t.Errorf("summary %q, want %q", got, want)
		}
	}
}

func TestCheckNamesTheField(t *testing.T) {
	good := Rule{ID: "r", Name: "工作时间", Playlist: "p", Level: Normal, Spans: spans("08:30-17:30")}
	if p := good.Check(); len(p) != 0 {
		t.Errorf("a good rule: %v", p)
	}
	for field, spoil := range map[string]func(*Rule){
		"id":            func(r *Rule) { r.ID = "" },
		"playlist":      func(r *Rule) { r.Playlist = "" },
		"level":         func(r *Rule) { r.Level = "highest" },
		"from":          func(r *Rule) { r.From = Date{2026, 2, 30} },
		"until":         func(r *Rule) { r.From, r.Until = date("2026-02-02"), date("2026-02-01") },
		"spans[0].from": func(r *Rule) { r.Spans = []Span{{-1, 60}} },
		"spans[0].to":   func(r *Rule) { r.Spans = []Span{{60, 60}} },
		"weekdays[1]":   func(r *Rule) { r.Weekdays = []time.Weekday{1, 7} },
		"days":          func(r *Rule) { r.Days = "sometimes" },
		"tags[0]":       func(r *Rule) { r.Tags = []string{""} },
		"period.days":   func(r *Rule) { r.From, r.Period = date("2026-02-02"), &Period{} },
		"weeks":         func(r *Rule) { r.From, r.Weeks = date("2026-02-02"), 53 },
		"recurrence":    func(r *Rule) { r.Recurrence = "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30" },
		"share":         func(r *Rule) { r.Share = 101 },
	} {
		r := good
		spoil(&r)
		if p := r.Check(); len(p) != 1 || p[0].Field != field || p[0].Message == "" || p[0].MessageEn == "" {
			t.Errorf("%s: %v", field, p)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	rules := make([]Bound, 60)
	for i := range rules {
		rules[i] = Bound{Rule: randomRule(r, date("2026-09-18")), Distance: i % 4}
	}
	now := at("2026-09-22 10:00")
	for b.Loop() {
		Resolve(rules, nil, china, now, shanghai)
	}
}
