package schedule

import (
	"testing"
	"time"
	"unicode"
)

func TestReasonsInEnglish(t *testing.T) {
	friday := Rule{From: date("2026-11-01"), Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", Spans: spans("09:00-11:00")}
	for _, c := range []struct {
		rule Rule
		now  string
		want string
	}{
		{friday, "2026-11-22 10:00", "it is 2026-11-22; it plays on the last Friday in every month; next on 2026-11-27"},
		{friday, "2026-11-27 08:00", "it is 08:00, not within 09:00-11:00"},
		{friday, "2026-11-27 09:00", "plays: the last Friday in every month, from 2026-11-01, 09:00-11:00"},
		{Rule{From: date("2026-11-16"), Period: &Period{Days: 7, Working: true}}, "2026-11-20 10:00",
			"plays: every day, for 7 working days from 2026-11-16 (to 2026-11-24), all day"},
		{Rule{From: date("2026-11-16"), Period: &Period{Days: 7, Working: true}}, "2026-11-25 10:00", "it is 2026-11-25; its last day was 2026-11-24"},
		{Rule{From: date("2026-12-01")}, "2026-11-25 10:00", "it is 2026-11-25; it begins on 2026-12-01"},
		{Rule{From: date("2026-11-18"), Weeks: 2, Weekdays: []time.Weekday{time.Sunday, time.Wednesday}}, "2026-11-25 10:00",
			"not in this week, only every second week; next on 2026-12-02"},
		{Rule{Weekdays: []time.Weekday{time.Sunday, time.Wednesday}}, "2026-11-27 10:00", "it is Friday; it plays on Wednesday, Sunday; next on 2026-11-29"},
		{Rule{Days: Holiday}, "2026-11-22 10:00", "it is 2026-11-22; it plays every public holiday; next on 2027-01-01"},
		{Rule{Recurrence: "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15"}, "2026-11-22 10:00",
			"it is 2026-11-22; it plays on the 15th day of the month in May of every year; next on 2027-05-15"},
		{Rule{Tags: []string{"hall"}}, "2026-11-22 10:00", "only for screens tagged “hall”, which this one is not"},
		{Rule{Spans: spans("22:00-06:00")}, "2026-11-22 23:00", "plays: every day, 22:00-06:00 the next day"},
		{Rule{Recurrence: "FREQ=HOURLY"}, "2026-11-26 10:00", "the rule is wrong and never plays"},
	} {
		got := Resolve([]Bound{{Rule: c.rule}}, nil, china, at(c.now), shanghai).Reasons[0].DetailEn
		if got != c.want {
			t.Errorf("%s: %q\nwant %q", c.now, got, c.want)
		}
		for _, r := range got {
			if unicode.Is(unicode.Han, r) {
				t.Errorf("%s: Chinese in %q", c.now, got)
				break
			}
		}
	}
	two := []Bound{{Rule: Rule{ID: "a", Name: "open day", Level: Campaign}}, {Rule: Rule{ID: "b"}}}
	if got, want := Resolve(two, nil, china, at("2026-11-22 10:00"), shanghai).Reasons[1].DetailEn,
		"time and screen fit, but it gives way to a higher level (campaign): “open day”"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
