package guard

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

var (
	dates     = regexp.MustCompile(`(?:([12][0-9]{3})年)?([0-9]{1,2})月([0-9]{1,2})日(?:\s?[（(]?(?:星期|周|礼拜)([一二三四五六日天])[）)]?)?`)
	yearAlone = regexp.MustCompile(`([12][0-9]{3})年`)
	due       = regexp.MustCompile(`^(?:\s?[0-9]{1,2}[:：时点][0-9]{0,2}分?)?(?:以前|之前|前)(?:报|送|提交|完成|缴|办|反馈|向|到|将)`)
	closing   = regexp.MustCompile(`(?:报名|申请|申报|缴费|提交|反馈|报送|参保|登记|受理)[^。；，\n]{0,10}(?:截止|截至)[^。；，\n0-9]{0,6}$`)
	until     = regexp.MustCompile(`^(?:\s?[（(]?(?:星期|周)[一二三四五六日天][）)]?)?\s?(?:至|到|—|-|－|~|～)\s?$`)
)

var weekdays = []rune("日一二三四五六")

// day is a date in a text.
type day struct {
	from, to int
	date     schedule.Date
	stated   bool // the year stands there
}

// days finds dates that do not exist, weekdays that are not those of their dates,
// periods that end before they begin, and deadlines before the day of issue.
func (in *inspector) days(field, text string) {
	if !strings.Contains(text, "月") {
		return
	}
	var last day
	for _, m := range dates.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > 0 && m[2] < 0 && text[m[0]-1] >= '0' && text[m[0]-1] <= '9' || lunar(text[:m[0]]) {
			continue
		}
		d := day{from: m[0], to: m[1], stated: m[2] >= 0}
		year := in.issued().Year
		switch {
		case d.stated:
			year, _ = strconv.Atoi(text[m[2]:m[3]])
		case last.date.Year != 0 && m[0]-last.to < 200:
			year = last.date.Year
		default:
			if all := yearAlone.FindAllStringSubmatch(text[:m[0]], -1); len(all) > 0 {
				year, _ = strconv.Atoi(all[len(all)-1][1])
			}
		}
		month, _ := strconv.Atoi(text[m[4]:m[5]])
		number, _ := strconv.Atoi(text[m[6]:m[7]])
		d.date = schedule.Date{Year: year, Month: time.Month(month), Day: number}
		if !in.exists(field, text, d) {
			continue
		}
		if m[8] >= 0 {
			in.weekday(field, text, d, m[8], m[9])
		}
		in.period(field, text, last, d)
		in.deadline(field, text, d)
		last = d
	}
}

// lunar reports whether a date is one of the traditional calendar.
func lunar(before string) bool {
	return strings.HasSuffix(before, "农历") || strings.HasSuffix(before, "阴历") || strings.HasSuffix(before, "旧历")
}

func (in *inspector) exists(field, text string, d day) bool {
	check := d.date
	if check.Year == 0 {
		check.Year = 2024 // with a 29 February
	}
	if check.Valid() {
		return true
	}
	in.add(playlist.Doubt, field, "date", text, d.from, d.to, say("没有“"+text[d.from:d.to]+"”这一天", "there is no such day"))
	return false
}

// weekday compares a date with the weekday beside it. Without a year it may be
// one of the years around the day of issue.
func (in *inspector) weekday(field, text string, d day, from, to int) {
	said, _ := strings.CutSuffix(strings.ReplaceAll(text[from:to], "天", "日"), " ")
	name := func(t schedule.Date) string { return string(weekdays[t.Weekday()]) }
	if d.date.Year == 0 || name(d.date) == said {
		return
	}
	if !d.stated {
		for _, by := range []int{-1, 1} {
			other := d.date
			other.Year += by
			if far := abs(other.DaysSince(in.issued())); other.Valid() && far < 60 && name(other) == said {
				return
			}
		}
	}
	right := name(d.date)
	if text[from:to] == "天" && right == "日" {
		right = "天"
	}
	in.add(playlist.Doubt, field, "weekday", text, from, to,
		say(fmt.Sprintf("%s 是星期%s，不是星期%s", d.date, right, said), fmt.Sprintf("%s is a %s", d.date, d.date.Weekday())),
		Fix{Label: "改为星期" + right, LabelEn: "Change to 星期" + right, Text: right})
}

func abs(n int) int { return max(n, -n) }

func (in *inspector) period(field, text string, a, b day) {
	if a.date.Year == 0 || b.from < a.to || !until.MatchString(text[a.to:b.from]) || !b.date.Before(a.date) {
		return
	}
	if !b.stated && a.date.Month >= 9 && b.date.Month <= 4 {
		return // 11月15日至3月15日 goes on into the next year
	}
	in.add(playlist.Doubt, field, "period", text, b.from, b.to, say("结束日期早于开始日期", "it ends before it begins"))
}

// deadline compares what is asked for until a day with the day of issue.
func (in *inspector) deadline(field, text string, d day) {
	issued := in.issued()
	if !d.stated || issued.IsZero() || !d.date.Before(issued) {
		return
	}
	line := text[strings.LastIndexAny(text[:d.from], "。；\n")+1 : d.from]
	if !due.MatchString(text[d.to:]) && !closing.MatchString(line) || !strings.Contains(line, "请") && !closing.MatchString(line) {
		return
	}
	in.add(playlist.Doubt, field, "deadline", text, d.from, d.to,
		say("期限早于发布日期 "+issued.String(), "the deadline is before the day of issue, "+issued.String()))
}
