// Package lunar writes dates as the farmers' calendar has them: lunar month and
// day, the twenty-four solar terms and the festivals of both calendars.
//
// It promises the calendar of GB/T 33661-2017 for the years 1912 to 2096, made
// from the moon and the sun themselves: a month begins on the day of the new
// moon, the winter solstice falls into the eleventh month, and where thirteen
// months lie between two solstices the first without a term of the second kind
// (中气) is the leap month. Days are those of Beijing, whatever the zone of the
// screen. Outside these years it says nothing rather than something wrong: a new
// moon of 2097 falls so close to midnight that nobody can tell its day yet.
package lunar

import (
	"fmt"
	"math"
	"sync"
	"time"

	"mingbai/playlist/schedule"
	"mingbai/playlist/sun"
)

// Day is a day of the lunar calendar. The zero Day is not known.
type Day struct {
	Year  int // in which the lunar year began
	Month int // 1 to 12
	Leap  bool
	Day   int // 1 to 30
}

// The years for which this package answers.
const (
	firstYear = 1912
	lastYear  = 2096
)

func covered(d schedule.Date) bool { return d.Valid() && d.Year >= firstYear && d.Year <= lastYear }

// Of returns the lunar day of a civil date; false outside the years 1912 to 2096.
func Of(d schedule.Date) (Day, bool) {
	if !covered(d) {
		return Day{}, false
	}
	year := round(d.Year)
	if last := year[len(year)-1]; !d.Before(last.first) {
		year = round(d.Year + 1)
	}
	for i := len(year) - 2; i >= 0; i-- {
		if m := year[i]; !d.Before(m.first) {
			m.day.Day = d.DaysSince(m.first) + 1
			return m.day, true
		}
	}
	return Day{}, false
}

// month is a month with its first day.
type month struct {
	day   Day // without Day
	first schedule.Date
}

var (
	roundsMu sync.Mutex
	rounds   = map[int][]month{} // guarded by roundsMu; what was once made
)

// round returns the months from the one of the winter solstice of the year
// before to the one of this year's, which is the last of them (岁).
func round(year int) []month {
	roundsMu.Lock()
	defer roundsMu.Unlock()
	if r, ok := rounds[year]; ok {
		return r
	}
	var (
		all    []schedule.Date // first days of months, two more than can be needed
		begins []float64       // the sun's longitude when they begin
	)
	for k := math.Floor(float64(year-2000)*12.3685) - 3; len(all) < 18; k++ {
		first := schedule.DateOf(newMoon(k).In(beijing(year)))
		all = append(all, first)
		begins = append(begins, sun.Longitude(first.In(beijing(year))))
	}
	crosses := func(i int, deg float64) bool {
		from, to := begins[i], begins[i+1]
		if to < from {
			to += 360
		}
		next := math.Floor(to/deg) * deg
		return next > from || from == next-deg
	}
	// Months of the solstices: the sun passes 270 degrees in them.
	var solstices []int
	for i := range len(all) - 1 {
		if begins[i] <= 270 && begins[i+1] > 270 {
			solstices = append(solstices, i)
		}
	}
	from, to := solstices[0], solstices[1]
	leap := to-from == 13
	day := Day{Year: year - 1, Month: 11}
	var out []month
	for i := from; i <= to; i++ {
		day.Leap = false
		switch {
		case i == from:
		case leap && !crosses(i, 30):
			day.Leap, leap = true, false
		case day.Month == 12:
			day.Month, day.Year = 1, day.Year+1
		default:
			day.Month++
		}
		out = append(out, month{day: day, first: all[i]})
	}
	rounds[year] = out
	return out
}

// beijing is the time by which the calendar is made: the 120th meridian's from
// 1929 on, before that Beijing's own.
func beijing(year int) *time.Location {
	if year < 1929 {
		return time.FixedZone("LMT", 7*60*60+45*60+40)
	}
	return time.FixedZone("UTC+8", 8*60*60)
}

var (
	months = [...]string{"正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"}
	digits = [...]string{"十", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
)

// MonthName returns the month as people say it: 正月, 闰六月, 冬月, 腊月.
func (d Day) MonthName() string {
	if d.Month < 1 || d.Month > len(months) {
		return ""
	}
	name := months[d.Month-1] + "月"
	if d.Leap {
		return "闰" + name
	}
	return name
}

// DayName returns the day as people say it: 初一, 十四, 廿三, 三十.
func (d Day) DayName() string {
	switch {
	case d.Day < 1 || d.Day > 30:
		return ""
	case d.Day == 10:
		return "初十"
	case d.Day == 20:
		return "二十"
	case d.Day == 30:
		return "三十"
	}
	return [...]string{"初", "十", "廿"}[d.Day/10] + digits[d.Day%10]
}

// String returns month and day: 十月十四.
func (d Day) String() string { return d.MonthName() + d.DayName() }

// YearName returns the year by stem, branch and animal: 丙午马年.
func (d Day) YearName() string {
	if d.Year < 4 {
		return ""
	}
	stems, branches, animals := []rune("甲乙丙丁戊己庚辛壬癸"), []rune("子丑寅卯辰巳午未申酉戌亥"), []rune("鼠牛虎兔龙蛇马羊猴鸡狗猪")
	n := d.Year - 4
	return fmt.Sprintf("%c%c%c年", stems[n%10], branches[n%12], animals[n%12])
}

// Terms are the names of the solar terms, from the sun's longitude 0 on, every
// fifteen degrees.
var Terms = [24]string{
	"春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑", "立秋", "处暑", "白露",
	"秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒", "立春", "雨水", "惊蛰",
}

// Term returns the solar term that falls on a date, or nothing.
func Term(d schedule.Date) string {
	if !covered(d) {
		return ""
	}
	begin := d.In(beijing(d.Year))
	was, is := sun.Longitude(begin), sun.Longitude(begin.AddDate(0, 0, 1))
	if is < was {
		is += 360
	}
	if next := int(is / 15); float64(next*15) > was {
		return Terms[next%24]
	}
	return ""
}

type monthDay struct{ month, day int }

// The festivals that a government's board names.
var (
	lunarFestivals = map[monthDay]string{
		{1, 1}: "春节", {1, 15}: "元宵节", {2, 2}: "龙抬头", {5, 5}: "端午节", {7, 7}: "七夕节",
		{8, 15}: "中秋节", {9, 9}: "重阳节", {12, 8}: "腊八节",
	}
	civilFestivals = map[monthDay]string{
		{1, 1}: "元旦", {3, 8}: "妇女节", {3, 12}: "植树节", {5, 1}: "劳动节", {5, 4}: "青年节", {6, 1}: "儿童节",
		{7, 1}: "建党节", {8, 1}: "建军节", {9, 10}: "教师节", {10, 1}: "国庆节", {12, 4}: "宪法日",
	}
)

// Festival returns the festival of a date, or nothing. Of several the lunar one
// counts; 除夕 is the last day of the lunar year, be it the 29th or the 30th.
func Festival(d schedule.Date) string {
	if l, ok := Of(d); ok {
		if name := lunarFestivals[monthDay{l.Month, l.Day}]; name != "" && !l.Leap {
			return name
		}
		if next, ok := Of(d.AddDays(1)); ok && next.Month == 1 && next.Day == 1 && !next.Leap {
			return "除夕"
		}
	}
	return civilFestivals[monthDay{int(d.Month), d.Day}]
}
