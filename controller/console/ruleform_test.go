package console

import (
	"encoding/json"
	"net/url"
	"reflect"
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

func day(text string) schedule.Date {
	d, err := schedule.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// values is what a browser sends of a form.
func (f ruleForm) values() url.Values {
	v := url.Values{
		"name": {f.Name}, "playlist": {f.Playlist}, "level": {f.Level}, "from": {f.From}, "ends": {f.Ends}, "until": {f.Until},
		"period_days": {f.PeriodDays}, "pattern": {f.Pattern}, "weekday": f.Weekdays, "weeks": {f.Weeks}, "nth": {f.Nth}, "nth_day": {f.NthDay},
		"month_day": {f.MonthDay}, "year_month": {f.YearMonth}, "year_day": {f.YearDay}, "tag": f.Tags, "other_tags": {f.OtherTags}, "share": {f.Share},
	}
	if f.PeriodWorking {
		v.Set("period_kind", "working")
	}
	for _, s := range f.Spans {
		v.Add("span_from", s.From)
		v.Add("span_to", s.To)
	}
	return v
}

// TestRuleFormKeepsRules fills the form from a rule, sends it unchanged and wants
// the same rule back, with the way of saying the days that people would use.
func TestRuleFormKeepsRules(t *testing.T) {
	from := day("2026-11-22")
	for name, c := range map[string]struct {
		pattern string
		rule    schedule.Rule
	}{
		"always":                     {everyDay, schedule.Rule{}},
		"working days at night":      {workDays, schedule.Rule{Days: schedule.WorkingDay, Spans: []schedule.Span{{From: 22 * 60, To: 6 * 60}}}},
		"four spans":                 {daysOff, schedule.Rule{Days: schedule.DayOff, Spans: []schedule.Span{{From: 0, To: 60}, {From: 120, To: 180}, {From: 300, To: 400}, {From: 1200, To: 1440}}}},
		"holidays":                   {holidays, schedule.Rule{Days: schedule.Holiday, From: from, Until: day("2027-02-28")}},
		"every other Tuesday":        {ofTheWeek, schedule.Rule{Weekdays: []time.Weekday{2}, Weeks: 2, From: from}},
		"weekend":                    {ofTheWeek, schedule.Rule{Weekdays: []time.Weekday{6, 0}}},
		"last Friday":                {nthWeekday, schedule.Rule{Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", From: from}},
		"second Monday":              {nthWeekday, schedule.Rule{Recurrence: "FREQ=MONTHLY;BYDAY=2MO", From: from}},
		"the fifteenth":              {ofTheMonth, schedule.Rule{Recurrence: "FREQ=MONTHLY;BYMONTHDAY=15", From: from}},
		"the last day":               {ofTheMonth, schedule.Rule{Recurrence: "FREQ=MONTHLY;BYMONTHDAY=-1", From: from}},
		"disclosure day":             {ofTheYear, schedule.Rule{Recurrence: "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15", From: from}},
		"posting period":             {everyDay, schedule.Rule{From: from, Period: &schedule.Period{Days: 7, Working: true}}},
		"tags and share":             {everyDay, schedule.Rule{Tags: []string{"大厅", "别处"}, Share: 3}},
		"worked weekends":            {asItWas, schedule.Rule{Weekdays: []time.Weekday{6, 0}, Days: schedule.WorkingDay}},
		"what only a program writes": {asItWas, schedule.Rule{Recurrence: "FREQ=DAILY;INTERVAL=3", From: from}},
		"every other week":           {asItWas, schedule.Rule{Weeks: 2, From: from}},
	} {
		r := c.rule
		r.ID, r.Name, r.Playlist, r.Level = "r", name, "p", schedule.Campaign
		f := ruleFormOf(r, []string{"大厅"})
		if f.Pattern != c.pattern {
			t.Errorf("%s: the pattern is %s, want %s", name, f.Pattern, c.pattern)
		}
		got, problems := readRule(f.values()).rule(r)
		if len(problems) > 0 || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: it came back as %+v with %v, want %+v", name, got, problems, r)
		}
		if r.Check() != nil {
			t.Errorf("%s: %v", name, r.Check())
		}
	}
}

func TestRuleFormSaysWhatIsMissing(t *testing.T) {
	good := ruleFormOf(schedule.Rule{ID: "r", Name: "n", Playlist: "p", Level: schedule.Normal}, nil)
	if _, problems := good.rule(schedule.Rule{}); len(problems) > 0 {
		t.Fatalf("a good form: %v", problems)
	}
	for field, spoil := range map[string]func(*ruleForm){
		"name":    func(f *ruleForm) { f.Name = "" },
		"from":    func(f *ruleForm) { f.Pattern = nthWeekday },
		"until":   func(f *ruleForm) { f.Ends = "until" },
		"spans":   func(f *ruleForm) { f.Spans[0].From = "08:30" },
		"pattern": func(f *ruleForm) { f.Pattern = ofTheWeek },
		"share":   func(f *ruleForm) { f.Share = "lots" },
	} {
		f := good
		f.Spans = append([]spanForm(nil), good.Spans...)
		spoil(&f)
		_, problems := f.rule(schedule.Rule{})
		if len(problems) != 1 || problems[0].Field != field || problems[0].Message == "" || problems[0].MessageEn == "" {
			t.Errorf("%s: %v", field, problems)
		}
	}
}

// FuzzRuleForm sends any form. What is read without a problem and is a sound
// rule comes back from its own form.
func FuzzRuleForm(f *testing.F) {
	f.Add("name=n&playlist=p&level=normal&pattern=nth&nth=-1&nth_day=FR&from=2026-11-22&ends=never")
	f.Add("name=n&playlist=p&level=campaign&pattern=weekdays&weekday=1&weekday=3&weeks=2&from=2026-11-22&ends=period&period_days=7&period_kind=working&span_from=22:00&span_to=06:00")
	f.Add("name=n&playlist=p&level=urgent&pattern=yearly&year_month=5&year_day=15&from=2026-01-01&ends=until&until=2030-01-01&tag=led&other_tags=大厅、镇&share=3")
	f.Fuzz(func(t *testing.T, sent string) {
		values, err := url.ParseQuery(sent)
		if err != nil {
			return
		}
		r, problems := readRule(values).rule(schedule.Rule{ID: "r"})
		if len(problems) > 0 || len(r.Check()) > 0 {
			return
		}
		again, problems := readRule(ruleFormOf(r, r.Tags).values()).rule(r)
		a, _ := json.Marshal(r)
		b, _ := json.Marshal(again)
		if len(problems) > 0 || string(a) != string(b) {
			t.Errorf("%s became %s with %v", a, b, problems)
		}
	})
}
