package lunar_test

import (
	"testing"
	"time"

	table "github.com/golang-module/carbon/v2/calendar/lunar"

	"mingbai/playlist/lunar"
	"mingbai/playlist/schedule"
)

func date(y int, m time.Month, d int) schedule.Date { return schedule.Date{Year: y, Month: m, Day: d} }

// Dates that everybody can look up.
func TestKnownDates(t *testing.T) {
	for _, c := range []struct {
		date schedule.Date
		want string
		year string
	}{
		{date(1912, 2, 18), "正月初一", "壬子鼠年"},
		{date(1949, 10, 1), "八月初十", "己丑牛年"},
		{date(1954, 11, 25), "冬月初一", "甲午马年"},
		{date(1984, 11, 23), "闰十月初一", "甲子鼠年"},
		{date(2000, 2, 5), "正月初一", "庚辰龙年"},
		{date(2020, 5, 23), "闰四月初一", "庚子鼠年"},
		{date(2023, 1, 22), "正月初一", "癸卯兔年"},
		{date(2023, 3, 22), "闰二月初一", "癸卯兔年"},
		{date(2025, 1, 28), "腊月廿九", "甲辰龙年"},
		{date(2025, 1, 29), "正月初一", "乙巳蛇年"},
		{date(2025, 6, 25), "六月初一", "乙巳蛇年"},
		{date(2025, 7, 24), "六月三十", "乙巳蛇年"},
		{date(2025, 7, 25), "闰六月初一", "乙巳蛇年"},
		{date(2025, 8, 22), "闰六月廿九", "乙巳蛇年"},
		{date(2025, 8, 23), "七月初一", "乙巳蛇年"},
		{date(2026, 2, 17), "正月初一", "丙午马年"},
		{date(2026, 11, 22), "十月十四", "丙午马年"},
		{date(2027, 2, 6), "正月初一", "丁未羊年"},
		{date(2028, 6, 23), "闰五月初一", "戊申猴年"},
		// The year that old tables have wrong.
		{date(2033, 8, 25), "八月初一", "癸丑牛年"},
		{date(2033, 11, 22), "冬月初一", "癸丑牛年"},
		{date(2033, 12, 22), "闰冬月初一", "癸丑牛年"},
		{date(2034, 1, 20), "腊月初一", "癸丑牛年"},
		{date(2034, 2, 19), "正月初一", "甲寅虎年"},
	} {
		got, ok := lunar.Of(c.date)
		if !ok || got.String() != c.want || got.YearName() != c.year {
			t.Errorf("%v is %s %s, want %s %s", c.date, got.YearName(), got, c.year, c.want)
		}
	}
	for _, d := range []schedule.Date{{}, date(1911, 12, 31), date(2097, 1, 1)} {
		if got, ok := lunar.Of(d); ok {
			t.Errorf("%v is %v, though it cannot be known", d, got)
		}
	}
}

// Where the printed table of the carbon library is known to be wrong, or to keep
// an almanac of Hong Kong: the first days of months that it does not have.
var misprints = map[schedule.Date]bool{
	date(1954, 11, 25): true, // new moon at 20:30
	date(1956, 12, 2):  true, // new moon at 16:12
	date(1978, 9, 3):   true, // new moon at 00:09; the mainland kept Mid-Autumn on 17 September
	date(2060, 4, 30):  true, // new moon at 18:11
}

// TestAgainstTable compares the beginning of every month of 185 years with a
// table that was made by others: no difference but the known misprints.
func TestAgainstTable(t *testing.T) {
	months, seen := 0, 0
	for d := date(1912, 1, 1); d.Year <= 2096; d = d.AddDays(1) {
		got, ok := lunar.Of(d)
		if !ok {
			t.Fatalf("%v has no lunar day", d)
		}
		if got.Day != 1 {
			continue
		}
		months++
		l := table.FromGregorian(d.In(time.UTC)).ToLunar()
		same := l.Day() == 1 && l.Year() == got.Year
		// It has a leap seventh month in 2033 instead of a leap eleventh, and
		// calls both months of a number leap.
		in2033 := !d.Before(date(2033, 8, 25)) && d.Before(date(2034, 1, 20))
		if !in2033 {
			same = same && l.Month() == got.Month && (!got.Leap || l.IsLeapMonth())
		}
		if misprints[d] {
			seen++
			if same {
				t.Errorf("%v is no misprint of the table", d)
			}
			continue
		}
		if !same {
			t.Errorf("%v is %v of %d; the table has %s of %d", d, got, got.Year, l.ToMonthString()+l.ToDayString(), l.Year())
		}
	}
	if months < 2280 || seen != len(misprints) {
		t.Errorf("only %d months and %d misprints were compared", months, seen)
	}
}

// Days follow one another without a gap, months have 29 or 30 days, and a year
// has 12 months or 13.
func TestNoGaps(t *testing.T) {
	before, _ := lunar.Of(date(1912, 1, 1))
	inYear := map[int]int{}
	for d := date(1912, 1, 2); d.Year <= 2096; d = d.AddDays(1) {
		l, _ := lunar.Of(d)
		switch {
		case l.Day == 1:
			inYear[l.Year]++
			if before.Day < 29 {
				t.Fatalf("%v: a month ended after %d days", d, before.Day)
			}
		case l.Day != before.Day+1 || l.Day > 30 || l.Month != before.Month || l.Leap != before.Leap:
			t.Fatalf("%v: %v follows %v", d, l, before)
		}
		before = l
	}
	for y := 1912; y < 2096; y++ {
		if n := inYear[y]; n != 12 && n != 13 {
			t.Errorf("%d has %d months", y, n)
		}
	}
}

// Terms by the almanacs, among them those that fall close to midnight.
func TestTerms(t *testing.T) {
	for _, c := range []struct {
		date schedule.Date
		want string
	}{
		{date(2026, 1, 5), "小寒"}, {date(2026, 1, 20), "大寒"}, {date(2026, 2, 4), "立春"}, {date(2026, 2, 18), "雨水"},
		{date(2026, 3, 5), "惊蛰"}, {date(2026, 3, 20), "春分"}, {date(2026, 4, 5), "清明"}, {date(2026, 4, 20), "谷雨"},
		{date(2026, 5, 5), "立夏"}, {date(2026, 5, 21), "小满"}, {date(2026, 6, 5), "芒种"}, {date(2026, 6, 21), "夏至"},
		{date(2026, 7, 7), "小暑"}, {date(2026, 7, 23), "大暑"}, {date(2026, 8, 7), "立秋"}, {date(2026, 8, 23), "处暑"},
		{date(2026, 9, 7), "白露"}, {date(2026, 9, 23), "秋分"}, {date(2026, 10, 8), "寒露"}, {date(2026, 10, 23), "霜降"},
		{date(2026, 11, 7), "立冬"}, {date(2026, 11, 22), "小雪"}, {date(2026, 12, 7), "大雪"}, {date(2026, 12, 22), "冬至"},
		{date(2021, 12, 21), "冬至"}, {date(2025, 2, 3), "立春"}, {date(2021, 2, 3), "立春"},
	} {
		if got := lunar.Term(c.date); got != c.want {
			t.Errorf("%v is %q, want %q", c.date, got, c.want)
		}
	}
	for y := 1912; y <= 2096; y += 4 {
		n, last := 0, ""
		for d := date(y, 1, 1); d.Year == y; d = d.AddDays(1) {
			if term := lunar.Term(d); term != "" {
				if term == last {
					t.Fatalf("%v: %s comes twice", d, term)
				}
				n, last = n+1, term
			}
		}
		if n != 24 {
			t.Errorf("%d has %d solar terms", y, n)
		}
	}
}

func TestFestivals(t *testing.T) {
	for d, want := range map[schedule.Date]string{
		date(2026, 2, 16): "除夕", date(2026, 2, 17): "春节", date(2026, 3, 3): "元宵节", date(2026, 6, 19): "端午节",
		date(2026, 9, 25): "中秋节", date(2026, 10, 1): "国庆节", date(2026, 10, 18): "重阳节", date(2025, 10, 6): "中秋节",
		date(2025, 1, 28): "除夕", date(2024, 2, 9): "除夕", date(2026, 11, 22): "", date(2027, 1, 1): "元旦",
		date(2034, 2, 18): "除夕",
		// The 5th of a leap fifth month is no second Dragon Boat Festival.
		date(2028, 5, 28): "端午节", date(2028, 6, 27): "",
	} {
		if got := lunar.Festival(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
