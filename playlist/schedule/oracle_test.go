package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file says once more what rules mean, by brute force and with nothing of
// the package but its types: a calendar that asks time.Time minute by minute, a
// recurrence that tests every day against the parts of its text, an end that is
// found by walking on until something changes.

// year is one year of one zone, and some days around it, in minutes.
type year struct {
	zone  *time.Location
	start int64 // unix minute
	// reached is the highest that a clock on the wall has shown up to a minute,
	// in minutes since 1970 by that clock.
	reached []int64
	today   []int64 // the day that the clock shows
	edges   []int64 // minutes in which the clock comes to an edge of some rule or skips something
}

func newYear(name string, of int) *year {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	y := &year{zone: zone, start: time.Date(of-1, 12, 1, 0, 0, 0, 0, time.UTC).Unix() / 60}
	end := time.Date(of+1, 2, 1, 0, 0, 0, 0, time.UTC).Unix() / 60
	top := int64(0)
	for m := y.start; m < end; m++ {
		t := time.Unix(m*60, 0).In(zone)
		wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC).Unix() / 60
		if wall > top && (wall > top+1 || slices.Contains(edges, wall%(24*60))) {
			y.edges = append(y.edges, m-y.start)
		}
		top = max(top, wall)
		y.reached = append(y.reached, top)
		y.today = append(y.today, wall/(24*60))
	}
	return y
}

// judge is the oracle for one rule. Days are numbers since 1970.
type judge struct {
	rule  Rule
	rank  int
	parts map[string]string // of the recurrence, by their names

	base  int64          // the day of known[0]
	known [64]int8       // 1 for yes, -1 for no
	days  map[int64]bool // of the recurrence, its end aside
}

func newJudge(r Rule, around Date) *judge {
	j := &judge{
		rule: r, days: map[int64]bool{}, base: dayNumber(around) - 4,
		rank: map[Level]int{Alert: 5, Urgent: 4, Campaign: 3, Normal: 2, Filler: 1}[r.Level],
	}
	j.parts = map[string]string{}
	for _, p := range strings.Split(r.Recurrence, ";") {
		key, value, _ := strings.Cut(p, "=")
		j.parts[key] = value
	}
	return j
}

func utc(n int64) time.Time { return time.Unix(n*86400, 0).UTC() }

func dayNumber(d Date) int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// exceptions of the calendar by their dates as text.
var exceptions = func() map[string]Exception {
	out := map[string]Exception{}
	for _, e := range DefaultDays() {
		out[fmt.Sprintf("%04d-%02d-%02d", e.Date.Year, e.Date.Month, e.Date.Day)] = e
	}
	return out
}()

func works(n int64) bool {
	t := utc(n)
	if e, ok := exceptions[t.Format(time.DateOnly)]; ok {
		return e.Working
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// bounds returns the first and the last day of the rule.
func (j *judge) bounds() (first, last int64) {
	first, last = -1<<40, 1<<40
	if !j.rule.From.IsZero() {
		first = dayNumber(j.rule.From)
	}
	if !j.rule.Until.IsZero() {
		last = dayNumber(j.rule.Until)
	}
	if p := j.rule.Period; p != nil {
		last = first - 1
		for left := p.Days; left > 0; {
			if last++; !p.Working || works(last) {
				left--
			}
		}
	}
	return first, last
}

// on tests a day.
func (j *judge) on(n int64) bool {
	i := n - j.base
	if i < 0 || i >= int64(len(j.known)) {
		return j.test(n)
	}
	if j.known[i] == 0 {
		j.known[i] = -1
		if j.test(n) {
			j.known[i] = 1
		}
	}
	return j.known[i] > 0
}

func (j *judge) test(n int64) bool {
	first, last := j.bounds()
	if n < first || n > last {
		return false
	}
	t := utc(n)
	if len(j.rule.Weekdays) > 0 && !slices.Contains(j.rule.Weekdays, t.Weekday()) {
		return false
	}
	e, special := exceptions[t.Format(time.DateOnly)]
	switch j.rule.Days {
	case WorkingDay:
		if !works(n) {
			return false
		}
	case DayOff:
		if works(n) {
			return false
		}
	case Holiday:
		if !special || e.Working {
			return false
		}
	}
	if j.rule.Weeks > 1 {
		week := 0
		for d := first; d < n; d++ {
			if utc(d+1).Weekday() == time.Monday {
				week++
			}
		}
		if week%j.rule.Weeks != 0 {
			return false
		}
	}
	return j.rule.Recurrence == "" || j.recurs(n)
}

// recurs tests a day against the recurrence, its end included.
func (j *judge) recurs(n int64) bool {
	p := j.parts
	first, _ := j.bounds()
	if n < first {
		return false
	}
	if u := p["UNTIL"]; u != "" && utc(n).Format("20060102") > u {
		return false
	}
	if c := p["COUNT"]; c != "" {
		count, _ := strconv.Atoi(c)
		for d := first; d < n && count > 0; d++ {
			if j.falls(p, d) {
				count--
			}
		}
		if count == 0 {
			return false
		}
	}
	return j.falls(p, n)
}

// falls tests a day against the recurrence, its end aside.
func (j *judge) falls(p map[string]string, n int64) bool {
	v, ok := j.days[n]
	if !ok {
		v = j.matches(p, n)
		if pos := p["BYSETPOS"]; v && pos != "" {
			v = j.inSet(p, n, pos)
		}
		j.days[n] = v
	}
	return v
}

// inSet tests whether n is one of the wanted places among the days of its period.
func (j *judge) inSet(p map[string]string, n int64, pos string) bool {
	var set []int64
	at := 0
	for d := n - 400; d <= n+400; d++ {
		if j.period(p, d) == j.period(p, n) && j.matches(p, d) {
			if d == n {
				at = len(set)
			}
			set = append(set, d)
		}
	}
	for _, s := range strings.Split(pos, ",") {
		i, _ := strconv.Atoi(s)
		if i == at+1 || i == at-len(set) {
			return true
		}
	}
	return false
}

var weekdayCodes = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (j *judge) weekStart(p map[string]string) time.Weekday {
	if s := p["WKST"]; s != "" {
		return time.Weekday(slices.Index(weekdayCodes, s))
	}
	return time.Monday
}

// period numbers the days, weeks, months or years of the recurrence.
func (j *judge) period(p map[string]string, n int64) int64 {
	t := utc(n)
	switch p["FREQ"] {
	case "DAILY":
		return n
	case "WEEKLY":
		for utc(n).Weekday() != j.weekStart(p) {
			n--
		}
		return n / 7
	case "MONTHLY":
		return int64(t.Year()*12 + int(t.Month()))
	}
	return int64(t.Year())
}

// matches tests a day against every part that narrows days.
func (j *judge) matches(p map[string]string, n int64) bool {
	t := utc(n)
	begin := utc(0)
	if !j.rule.From.IsZero() {
		begin = utc(dayNumber(j.rule.From))
	}
	if i, _ := strconv.Atoi(p["INTERVAL"]); i > 1 {
		if (j.period(p, n)-j.period(p, dayNumber(j.rule.From)))%int64(i) != 0 {
			return false
		}
	}
	has := func(key string) bool { return p[key] != "" }
	among := func(key string, of ...int) bool {
		return slices.ContainsFunc(strings.Split(p[key], ","), func(s string) bool {
			v, _ := strconv.Atoi(s)
			return slices.Contains(of, v)
		})
	}
	bare := !has("BYDAY") && !has("BYMONTHDAY") && !has("BYYEARDAY")
	monthEnd := time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	yearEnd := time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	switch {
	case has("BYMONTH") && !among("BYMONTH", int(t.Month())),
		has("BYMONTHDAY") && !among("BYMONTHDAY", t.Day(), t.Day()-monthEnd-1),
		has("BYYEARDAY") && !among("BYYEARDAY", t.YearDay(), t.YearDay()-yearEnd-1),
		has("BYDAY") && !j.onByDay(p, t, monthEnd, yearEnd),
		bare && p["FREQ"] == "WEEKLY" && t.Weekday() != begin.Weekday(),
		bare && p["FREQ"] == "MONTHLY" && t.Day() != begin.Day(),
		bare && p["FREQ"] == "YEARLY" && t.Day() != begin.Day(),
		bare && p["FREQ"] == "YEARLY" && !has("BYMONTH") && t.Month() != begin.Month():
		return false
	}
	return true
}

func (j *judge) onByDay(p map[string]string, t time.Time, monthEnd, yearEnd int) bool {
	nth, length := t.Day(), monthEnd // counted within the month, or the year
	if p["FREQ"] == "YEARLY" && p["BYMONTH"] == "" {
		nth, length = t.YearDay(), yearEnd
	}
	code := weekdayCodes[t.Weekday()]
	for _, s := range strings.Split(p["BYDAY"], ",") {
		if !strings.HasSuffix(s, code) {
			continue
		}
		n, _ := strconv.Atoi(s[:len(s)-2])
		if len(s) == 2 || n == (nth+6)/7 || -n == (length-nth+7)/7 {
			return true
		}
	}
	return false
}

// holds tests a minute of the clock that has not gone back.
func (j *judge) holds(reached int64) bool {
	today, minute := reached/(24*60), Clock(reached%(24*60))
	if len(j.rule.Spans) == 0 {
		return j.on(today)
	}
	for _, s := range j.rule.Spans {
		past := s.To <= s.From
		if (!past && minute >= s.From && minute < s.To || past && minute >= s.From) && j.on(today) ||
			past && minute < s.To && j.on(today-1) {
			return true
		}
	}
	return false
}

// verdict of a rule that does not hold.
func (j *judge) verdict(today int64) Verdict {
	first, last := j.bounds()
	if today < first || today > last {
		return OutOfDate
	}
	if j.on(today) {
		return OutOfHours
	}
	if p := j.parts; p["UNTIL"] != "" && utc(today).Format("20060102") > p["UNTIL"] {
		return OutOfDate
	} else if c := p["COUNT"]; c != "" {
		count, _ := strconv.Atoi(c)
		for d := first; d < today && count > 0; d++ {
			if j.falls(p, d) {
				count--
			}
		}
		if count == 0 {
			return OutOfDate
		}
	}
	return OtherDay
}

// choice returns which of the rules are chosen at a minute.
func choice(judges []*judge, tagged []bool, reached int64) (chosen uint64) {
	top := 0
	for i, j := range judges {
		if j.rank < top || !tagged[i] || !j.holds(reached) {
			continue
		}
		if j.rank > top {
			top, chosen = j.rank, 0
		}
		chosen |= 1 << i
	}
	return chosen
}
