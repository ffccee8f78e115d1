package schedule

import (
	"strings"
	"testing"
	"time"
)

// daysOf lists the days of a year on which a rule holds all day.
func daysOf(t *testing.T, r Rule, from, to string) string {
	t.Helper()
	r.ID, r.Playlist, r.Level, r.Name = "r", "p", Normal, "r"
	if p := r.Check(); len(p) > 0 {
		t.Fatalf("%+v: %v", r, p)
	}
	s := NewSet([]Bound{{Rule: r}}, nil, china, shanghai)
	var out []string
	for d := date(from); !d.After(date(to)); d = d.AddDays(1) {
		if len(s.At(d.At(720, shanghai)).Chosen) > 0 {
			out = append(out, d.String()[5:])
		}
	}
	return strings.Join(out, " ")
}

func TestDaysOfRules(t *testing.T) {
	for _, c := range []struct {
		rule           Rule
		from, to, want string
	}{
		{Rule{From: date("2026-11-16"), Period: &Period{Days: 7, Working: true}}, "2026-11-01", "2026-12-31",
			"11-16 11-17 11-18 11-19 11-20 11-21 11-22 11-23 11-24"},
		{Rule{From: date("2026-11-14"), Period: &Period{Days: 1, Working: true}}, "2026-11-01", "2026-12-31", "11-14 11-15 11-16"},
		{Rule{From: date("2026-11-14"), Period: &Period{Days: 3}}, "2026-11-01", "2026-12-31", "11-14 11-15 11-16"},
		{Rule{From: date("2026-09-30"), Period: &Period{Days: 2, Working: true}}, "2026-09-01", "2026-10-31",
			"09-30 10-01 10-02 10-03 10-04 10-05 10-06 10-07 10-08"},
		{Rule{From: date("2026-11-18"), Weeks: 2, Weekdays: []time.Weekday{1, 3}}, "2026-11-01", "2026-12-31",
			"11-18 11-30 12-02 12-14 12-16 12-28 12-30"},
		{Rule{Recurrence: "FREQ=MONTHLY;BYDAY=-1FR"}, "2026-01-01", "2026-12-31",
			"01-30 02-27 03-27 04-24 05-29 06-26 07-31 08-28 09-25 10-30 11-27 12-25"},
		{Rule{Recurrence: "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15"}, "2026-01-01", "2026-12-31", "05-15"},
		{Rule{From: date("2026-01-31"), Recurrence: "FREQ=MONTHLY"}, "2026-01-01", "2026-12-31", "01-31 03-31 05-31 07-31 08-31 10-31 12-31"},
		{Rule{From: date("2026-11-05"), Recurrence: "FREQ=DAILY;INTERVAL=10;COUNT=3"}, "2026-11-01", "2026-12-31", "11-05 11-15 11-25"},
		{Rule{From: date("2026-11-05"), Recurrence: "FREQ=WEEKLY;UNTIL=20261119"}, "2026-11-01", "2026-12-31", "11-05 11-12 11-19"},
		{Rule{Recurrence: "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}, "2026-01-01", "2026-04-30", "01-30 02-27 03-31 04-30"},
		{Rule{Days: Holiday}, "2026-09-20", "2026-10-10", "09-25 09-26 09-27 10-01 10-02 10-03 10-04 10-05 10-06 10-07"},
		{Rule{Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", Days: Holiday}, "2026-01-01", "2026-12-31", "09-25"},
	} {
		if got := daysOf(t, c.rule, c.from, c.to); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.rule.Summary(), got, c.want)
		}
	}
}

func TestReasonsOfNewRules(t *testing.T) {
	week := []time.Weekday{3}
	for _, c := range []struct {
		rule    Rule
		now     string
		verdict Verdict
		detail  string
	}{
		{Rule{From: date("2026-11-16"), Period: &Period{Days: 7, Working: true}}, "2026-11-20 10:00", Chosen,
			"正在播放：2026年11月16日起公示期 7 个工作日（至 11月24日），每天全天"},
		{Rule{From: date("2026-11-16"), Period: &Period{Days: 7, Working: true}}, "2026-11-25 00:00", OutOfDate,
			"今天是 11月25日，已于 11月24日结束（公示期 7 个工作日已满）"},
		{Rule{Recurrence: "FREQ=MONTHLY;BYDAY=-1FR"}, "2026-11-28 10:00", OtherDay,
			"今天是 11月28日，只在每月最后一个星期五播放；下一次：12月25日"},
		{Rule{Recurrence: "FREQ=MONTHLY;BYDAY=-1FR"}, "2026-12-26 10:00", OtherDay,
			"今天是 12月26日，只在每月最后一个星期五播放；下一次：2027年1月29日"},
		{Rule{From: date("2026-11-18"), Weeks: 2, Weekdays: week}, "2026-11-25 10:00", OtherDay,
			"本周轮空，每两周才播放一周；下一次：12月2日"},
		{Rule{From: date("2026-11-18"), Weeks: 2, Weekdays: week}, "2026-12-03 10:00", OtherDay,
			"今天是星期四，只在周三播放；下一次：12月16日"},
		{Rule{Days: Holiday}, "2026-11-22 10:00", OtherDay, "今天是星期日（休息日），只在法定节假日播放；下一次：2027年1月1日"},
		{Rule{From: date("2026-11-05"), Recurrence: "FREQ=DAILY;INTERVAL=10;COUNT=3"}, "2026-11-26 10:00", OutOfDate,
			"今天是 11月26日，每 10 天，共 3 次，已于 11月25日结束"},
		{Rule{Recurrence: "FREQ=HOURLY"}, "2026-11-26 10:00", OtherDay,
			"规则有错，不播放：重复规则的 FREQ 应为 DAILY、WEEKLY、MONTHLY 或 YEARLY；一天之内的时间请用时段"},
	} {
		d := Resolve([]Bound{{Rule: c.rule}}, nil, china, at(c.now), shanghai)
		if r := d.Reasons[0]; r.Verdict != c.verdict || r.Detail != c.detail {
			t.Errorf("%s: %s %q\nwant %s %q", c.now, r.Verdict, r.Detail, c.verdict, c.detail)
		}
	}
}

func TestCampaignReplacesAndGivesBack(t *testing.T) {
	rules := []Bound{
		{Rule: Rule{ID: "day", Name: "日常", Level: Normal}, Channel: "qinghe"},
		{Rule: Rule{ID: "open", Name: "政务公开日", Level: Campaign, From: date("2026-05-15"), Until: date("2026-05-15"), Spans: spans("08:00-18:00")}, Channel: "qinghe"},
		{Rule: Rule{ID: "flood", Name: "防汛", Level: Urgent, From: date("2026-05-15"), Until: date("2026-05-15"), Spans: spans("12:00-12:30")}, Channel: "liuxi"},
	}
	s := NewSet(rules, nil, china, shanghai)
	var got []string
	for v := range s.Timeline(at("2026-05-15 00:00"), at("2026-05-16 00:00"), nil) {
		text := v.From.Format("15:04") + "-" + v.Until.Format("15:04") + " " + string(v.Level)
		for _, b := range v.Chosen {
			text += " " + b.Rule.ID
		}
		for _, b := range v.Beaten {
			text += " >" + b.Rule.ID
		}
		got = append(got, text)
	}
	want := "00:00-08:00 normal day|08:00-12:00 campaign open >day|12:00-12:30 urgent flood >day >open|12:30-18:00 campaign open >day|18:00-00:00 normal day"
	if strings.Join(got, "|") != want {
		t.Errorf("timeline %s\nwant %s", strings.Join(got, "|"), want)
	}
	r := s.At(at("2026-05-15 09:00")).Reasons
	if r[0].Verdict != Beaten || len(r[0].By) != 1 || r[0].By[0] != "qinghe/open" || r[0].Detail != "时间和屏幕都符合，但让位于级别更高（活动）的规则“政务公开日”" {
		t.Errorf("beaten: %+v", r[0])
	}
	if r[1].Detail != "正在播放：2026年5月15日，每天 08:00-18:00；1 条级别较低的规则让位" || r[1].By != nil {
		t.Errorf("chosen: %+v", r[1])
	}
	// Without anything to play the flood does not push the campaign aside.
	d := s.Among(at("2026-05-15 12:10"), []bool{true, true, false})
	if chosen(d) != "campaign:open" || d.Reasons[2].Verdict != Nothing || !d.Until.Equal(at("2026-05-15 18:00")) {
		t.Errorf("among: %s until %s, %+v", chosen(d), d.Until, d.Reasons[2])
	}
}

func TestWordsOfRecurrences(t *testing.T) {
	for text, want := range map[string]string{
		"FREQ=MONTHLY;BYDAY=-1FR":                       "每月最后一个星期五",
		"FREQ=MONTHLY;BYDAY=2TU,4TU":                    "每月第二个星期二、第四个星期二",
		"FREQ=MONTHLY;BYMONTHDAY=1,15,-1":               "每月1日、15日、最后一天",
		"FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=10":         "每两个月10日",
		"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-2":         "每 3 个月倒数第二天",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1": "每月周一至周五中的最后一天",
		"FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR":           "每月13日且为周五",
		"FREQ=WEEKLY;BYDAY=WE":                          "每周三",
		"FREQ=WEEKLY":                                   "每周日",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE":            "每两周的周一、三",
		"FREQ=WEEKLY;BYMONTH=7,8;BYDAY=SA,SU":           "7月、8月里每周六、日",
		"FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15":           "每年5月15日",
		"FREQ=YEARLY;BYMONTH=5;BYDAY=2SU":               "每年5月第二个星期日",
		"FREQ=YEARLY;BYMONTHDAY=1":                      "每年各月1日",
		"FREQ=YEARLY;BYYEARDAY=100":                     "每年第 100 天",
		"FREQ=YEARLY":                                   "每年11月22日",
		"FREQ=DAILY":                                    "每天",
		"FREQ=DAILY;INTERVAL=10":                        "每 10 天",
		"FREQ=DAILY;BYDAY=SA;UNTIL=20271231":            "每周六，到2027年12月31日为止",
		"FREQ=DAILY;BYMONTHDAY=15":                      "每月15日",
		"FREQ=DAILY;BYMONTH=2":                          "2月里每天",
		"FREQ=MONTHLY;COUNT=6":                          "每月22日，共 6 次",
	} {
		r, wrong := parseRecurrence(text, date("2026-11-22"))
		if wrong != nil {
			t.Errorf("%s: %s", text, wrong.zh)
		} else if got := recurrenceWords(r); got != want {
			t.Errorf("%s reads %q, want %q", text, got, want)
		}
	}
}

func TestRecurrencesThatAreRefused(t *testing.T) {
	anchored := date("2026-11-22")
	for _, c := range []struct {
		text string
		from Date
		want string // in the Chinese
	}{
		{"", Date{}, "不能用"},
		{"FREQ=HOURLY", anchored, "FREQ"},
		{"FREQ=DAILY;BYHOUR=8", anchored, "一天之内的时间请用时段"},
		{"FREQ=DAILY;BYEASTER=1", anchored, "不能用"},
		{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", anchored, "不能用"},
		{"DTSTART=20260101;FREQ=DAILY", anchored, "不能用"},
		{"RRULE:FREQ=DAILY", anchored, "不能用"},
		{"FREQ=DAILY;FREQ=DAILY", anchored, "两次"},
		{"FREQ=DAILY; COUNT=3", anchored, "空格"},
		{"FREQ=DAILY;COUNT=0", anchored, "COUNT 应为"},
		{"FREQ=DAILY;COUNT=100000", anchored, "COUNT 应为"},
		{"FREQ=DAILY;COUNT=3;UNTIL=20270101", anchored, "只能写一个"},
		{"FREQ=DAILY;UNTIL=20270101T000000Z", anchored, "只写日期"},
		{"FREQ=DAILY;INTERVAL=0", anchored, "INTERVAL 应为"},
		{"FREQ=DAILY;INTERVAL=1000000000", anchored, "INTERVAL 应为"},
		{"FREQ=MONTHLY;BYDAY=53MO", anchored, "第 6 个"},
		{"FREQ=YEARLY;BYMONTH=12;BYDAY=53MO", anchored, "第 6 个"},
		{"FREQ=MONTHLY;BYDAY=0MO", anchored, "第 0 个"},
		{"FREQ=MONTHLY;BYDAY=MO,1TU", anchored, "混写"},
		{"FREQ=WEEKLY;BYDAY=1TU", anchored, "序号"},
		{"FREQ=WEEKLY;BYMONTHDAY=1", anchored, "BYMONTHDAY"},
		{"FREQ=MONTHLY;BYYEARDAY=1", anchored, "BYYEARDAY"},
		{"FREQ=MONTHLY;BYMONTHDAY=32", anchored, "写法不对"},
		{"FREQ=MONTHLY;BYSETPOS=1", anchored, "BYSETPOS"},
		{"FREQ=DAILY;BYDAY=MO;BYSETPOS=1", anchored, "BYSETPOS"},
		{"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", anchored, "BYSETPOS"},
		{"BYDAY=MO", anchored, "写法不对"},
		{"FREQ=MONTHLY", Date{}, "开始日期"},
		{"FREQ=YEARLY;BYMONTH=5", Date{}, "开始日期"},
		{"FREQ=DAILY;COUNT=3", Date{}, "开始日期"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", Date{}, "开始日期"},
		{"FREQ=DAILY;BYMONTHDAY=" + strings.Repeat("1,", 200) + "1", anchored, "200"},
	} {
		if r, wrong := parseRecurrence(c.text, c.from); wrong == nil {
			t.Errorf("%q is accepted as %s", c.text, recurrenceWords(r))
		} else if !strings.Contains(wrong.zh, c.want) || wrong.en == "" {
			t.Errorf("%q: %s / %s, want %q", c.text, wrong.zh, wrong.en, c.want)
		}
	}
}

// TestSearchesEnd asks rules that never hold, or never cease, each in many ways
// what is next: a signed edition must not keep a screen from drawing.
func TestSearchesEnd(t *testing.T) {
	monday := []time.Weekday{time.Monday}
	var rules []Bound
	for range 40 {
		for _, r := range []Rule{
			{Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", Weekdays: monday},
			{Recurrence: "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"},
			{Recurrence: "FREQ=DAILY"},
			{Recurrence: "FREQ=DAILY", Days: Holiday, Weekdays: monday},
			{From: date("2000-01-01"), Recurrence: "FREQ=YEARLY;INTERVAL=366;BYYEARDAY=366"},
			{From: date("2026-11-22"), Weeks: 52, Weekdays: monday, Days: Holiday},
			{Weekdays: []time.Weekday{0}, Days: WorkingDay},
			{Spans: spans("00:00-12:00", "12:00-24:00"), Until: date("9998-12-31")},
		} {
			rules = append(rules, Bound{Rule: r})
		}
	}
	s := NewSet(rules, nil, china, shanghai)
	s.At(at("2026-11-22 10:00")) // expands what there is
	start := time.Now()
	for i := range 50 {
		s.At(at("2026-11-22 10:00").Add(time.Duration(i) * time.Hour))
	}
	if spent := time.Since(start) / 50; spent > 250*time.Millisecond {
		t.Errorf("%d rules take %s", len(rules), spent)
	}
}

func TestCheckOfWhatNeedsABeginning(t *testing.T) {
	for want, r := range map[string]Rule{
		"from required":      {Period: &Period{Days: 7}},
		"until invalid":      {From: date("2026-11-16"), Until: date("2026-11-20"), Period: &Period{Days: 7}},
		"from required ":     {Weeks: 2, Weekdays: []time.Weekday{3}},
		"recurrence invalid": {Recurrence: "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"},
	} {
		r.ID, r.Playlist, r.Level = "r", "p", Campaign
		p := r.Check()
		if len(p) != 1 || p[0].Field+" "+p[0].Code != strings.TrimSpace(want) || p[0].Message == "" || p[0].MessageEn == "" {
			t.Errorf("%+v: %v, want %s", r, p, want)
		}
		// What does not stand Check does no harm.
		if d := Resolve([]Bound{{Rule: r}}, nil, china, at("2026-11-18 10:00"), shanghai); want != "until invalid" && len(d.Chosen) > 0 {
			t.Errorf("%+v plays", r)
		}
	}
}
