package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
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

// oracleSets is how many sets of rules the oracle judges.
const oracleSets = 100_000

// TestResolveAgreesWithBruteForce judges random sets of rules in zones with and
// without summer time, mostly around the days on which something is odd.
func TestResolveAgreesWithBruteForce(t *testing.T) {
	years := []struct {
		zone string
		year int
		odd  []string
	}{
		{"Asia/Shanghai", 2026, []string{"2026-02-15", "2026-10-01", "2026-09-20", "2026-05-15"}},
		{"Asia/Urumqi", 2026, []string{"2026-02-28", "2026-01-01", "2026-12-31", "2026-10-08"}},
		{"Europe/Berlin", 2026, []string{"2026-03-29", "2026-10-25", "2026-10-24", "2026-03-28"}},
		{"America/New_York", 2026, []string{"2026-03-08", "2026-11-01", "2026-10-31", "2026-03-07"}},
		// Clocks that skip or repeat what is next to midnight, or half an hour, or
		// a whole day.
		{"Africa/Cairo", 2026, []string{"2026-04-23", "2026-04-24", "2026-10-29", "2026-10-30"}},
		{"Australia/Lord_Howe", 2026, []string{"2026-04-05", "2026-10-04"}},
		{"Pacific/Apia", 2011, []string{"2011-12-29", "2011-12-31"}},
	}
	const shards = 20 // of each zone that counts; the odd ones have a fifth of one
	perShard := oracleSets / (4 * shards)
	for z, y := range years {
		table := newYear(y.zone, y.year)
		for shard := range map[bool]int{true: shards, false: 4}[z < 4] {
			t.Run(fmt.Sprintf("%s/%d", y.zone, shard), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(uint64(z), uint64(shard)))
				for range perShard {
					base := time.Date(y.year, 1, 1+r.IntN(365), 0, 0, 0, 0, time.UTC)
					if r.IntN(2) == 0 {
						base, _ = time.Parse(time.DateOnly, y.odd[r.IntN(len(y.odd))])
					}
					table.probe(t, r, DateOf(base))
					if t.Failed() {
						return
					}
				}
			})
		}
	}
}

// edges are the times of day at which rules of oracleRule begin and end.
var edges = []int64{0, 60, 90, 119, 120, 150, 151, 180, 360, 510, 720, 1050, 1320, 1439}

// probe judges one set of rules at one instant.
func (y *year) probe(t *testing.T, r *rand.Rand, base Date) {
	rules := make([]Bound, 1+r.IntN(4))
	judges := make([]*judge, len(rules))
	tagged := make([]bool, len(rules))
	recurring := r.IntN(8) == 0 // the library that expands them is slow under -race
	for i := range rules {
		rule := oracleRule(r, base)
		if recurring && r.IntN(2) == 0 {
			rule.Recurrence = oracleRecurrence(r, base, !rule.From.IsZero())
		}
		if tagged[i] = r.IntN(10) > 0; !tagged[i] {
			rule.Tags = []string{"a", "missing"}
		}
		rules[i] = Bound{Rule: rule, Distance: i}
		judges[i] = newJudge(rule, base)
		if r.IntN(20) == 0 {
			if p := rule.Check(); len(p) > 0 && p[0].Code != "empty" {
				t.Fatalf("%+v: %v", rule, p)
			}
		}
	}
	minute := (base.In(time.UTC).Unix())/60 + int64(r.IntN(3*24*60)) - 24*60 - y.start
	if r.IntN(2) == 0 {
		// Just before, at and after what looks like an edge by the wall clock.
		want := base.In(time.UTC).Unix()/60 + edges[r.IntN(len(edges))] + int64(r.IntN(3)) - 1
		minute += want - y.reached[minute] - 90
		for y.reached[minute] < want {
			minute++
		}
	}
	now := time.Unix((y.start+minute)*60+int64(r.IntN(60)), int64(r.IntN(2))*500).In(y.zone)
	got := Resolve(rules, []string{"a"}, china, now, y.zone)

	want := choice(judges, tagged, y.reached[minute])
	var have uint64
	for _, b := range got.Chosen {
		have |= 1 << b.Distance
	}
	describe := func() string {
		var b strings.Builder
		for _, r := range rules {
			fmt.Fprintf(&b, "\n\t%+v", r.Rule)
		}
		return b.String()
	}
	if have != want {
		t.Fatalf("at %s chose %b, the oracle %b%s", now, have, want, describe())
	}
	for i, j := range judges {
		verdict := Beaten
		switch {
		case !tagged[i]:
			verdict = OtherTags
		case want>>i&1 == 1:
			verdict = Chosen
		case !j.holds(y.reached[minute]):
			verdict = j.verdict(y.today[minute])
		}
		if got.Reasons[i].Verdict != verdict {
			t.Fatalf("at %s rule %d is %s (%s), the oracle says %s%s", now, i, got.Reasons[i].Verdict, got.Reasons[i].Detail, verdict, describe())
		}
	}
	far := int64(2 * 24 * 60)
	if r.IntN(50) == 0 {
		far = 40 * 24 * 60
	}
	end := min(minute+far, int64(len(y.reached)))
	change := func(m int64) bool {
		if m <= minute || m >= end || choice(judges, tagged, y.reached[m]) == want {
			return false
		}
		if change := time.Unix((y.start+m)*60, 0); !got.Until.Equal(change) {
			t.Fatalf("at %s until %s, but the oracle sees a change at %s%s", now, got.Until, change.In(y.zone), describe())
		}
		return true
	}
	if r.IntN(50) == 0 {
		for m := minute + 1; m < end; m++ {
			if change(m) {
				return
			}
		}
	} else { // only the minutes in which something can change
		first, _ := slices.BinarySearch(y.edges, minute)
		for _, m := range y.edges[first:] {
			if change(m) {
				return
			} else if m > end {
				break
			}
		}
	}
	if !got.Until.IsZero() && got.Until.Before(time.Unix((y.start+end)*60, 0)) {
		t.Fatalf("at %s until %s, but the oracle sees no change then%s", now, got.Until, describe())
	}
}

// oracleRule makes rules whose edges are near each other and near those of
// summer time.
func oracleRule(r *rand.Rand, base Date) Rule {
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	v := Rule{ID: "r", Playlist: "p", Level: []Level{Alert, Urgent, Campaign, Normal, Filler}[r.IntN(5)]}
	for range pick(0, 0, 1, 1, 2, 3) {
		s := Span{Clock(edges[r.IntN(len(edges))]), Clock(edges[r.IntN(len(edges))])}
		if s.To == 0 && r.IntN(2) == 0 {
			s.To = Midnight
		}
		if s.From != s.To {
			v.Spans = append(v.Spans, s)
		}
	}
	v.Days = []DayKind{AnyDay, AnyDay, AnyDay, WorkingDay, DayOff, Holiday}[r.IntN(6)]
	if r.IntN(4) == 0 {
		days := r.Perm(7)[:1+r.IntN(6)]
		for _, d := range days {
			v.Weekdays = append(v.Weekdays, time.Weekday(d))
		}
	}
	if r.IntN(2) == 0 {
		v.From = base.AddDays(pick(-3, -2, -1, 0, 1, 2, 3, -40))
		switch r.IntN(4) {
		case 0:
			v.Until = v.From.AddDays(pick(0, 1, 2, 5, 60))
		case 1:
			v.Period = &Period{Days: pick(1, 2, 3, 5, 7, 10, 30), Working: r.IntN(2) == 0}
		}
		if r.IntN(4) == 0 {
			v.Weeks = pick(2, 2, 3, 4)
		}
	} else if r.IntN(4) == 0 {
		v.Until = base.AddDays(pick(-1, 0, 1, 4))
	}
	return v
}

// oracleRecurrence writes a recurrence whose days are often near base.
func oracleRecurrence(r *rand.Rand, base Date, anchored bool) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	near := base.AddDays(r.IntN(3) - 1)
	list := func(n int, make func() string) string {
		var out []string
		for range 1 + r.IntN(n) {
			out = append(out, make())
		}
		slices.Sort(out)
		return strings.Join(slices.Compact(out), ",")
	}
	freq := pick("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
	s := "FREQ=" + freq
	month := func() string { return strconv.Itoa(1 + (int(near.Month)-1+r.IntN(2))%12) }
	monthDay := func() string { return pick(strconv.Itoa(near.Day), "1", "15", "28", "31", "-1", "-2", "-30") }
	weekday := func() string { return pick(weekdayCodes[near.Weekday()], pick(weekdayCodes...)) }
	numbered := func() string { return pick("1", "2", "+3", "4", "5", "-1", "-2", "-5") + weekday() }
	whole := false // the days do not depend on the first day
	narrow := func(part string, value string) { s += ";" + part + "=" + value; whole = true }
	if r.IntN(4) == 0 {
		s += ";BYMONTH=" + list(3, month)
	}
	switch {
	case freq == "WEEKLY" && r.IntN(3) > 0:
		narrow("BYDAY", list(4, weekday))
	case freq == "DAILY":
		whole = true
		switch r.IntN(3) {
		case 0:
			narrow("BYDAY", list(4, weekday))
		case 1:
			narrow("BYMONTHDAY", list(4, monthDay))
		}
	case freq == "MONTHLY" && r.IntN(4) > 0, freq == "YEARLY" && r.IntN(2) == 0:
		switch r.IntN(4) {
		case 0:
			narrow("BYDAY", list(3, numbered))
		case 1:
			narrow("BYDAY", list(5, weekday))
		case 2:
			narrow("BYMONTHDAY", list(4, monthDay))
		case 3:
			narrow("BYDAY", list(3, weekday))
			narrow("BYMONTHDAY", list(6, monthDay))
		}
	case freq == "YEARLY" && r.IntN(2) == 0:
		narrow("BYYEARDAY", list(5, func() string {
			return strconv.Itoa([]int{utc(dayNumber(near)).YearDay(), 1, 59, 60, 365, 366, -1, -366}[r.IntN(8)])
		}))
	}
	switch {
	case freq == "DAILY" || !strings.Contains(s, "BYDAY") || r.IntN(4) > 0:
	case freq == "WEEKLY":
		s += ";BYSETPOS=" + pick("1", "-1")
	default:
		s += ";BYSETPOS=" + list(2, func() string { return pick("1", "2", "-1", "-2", "4") })
	}
	if r.IntN(5) == 0 {
		s += ";WKST=" + pick("SU", "MO", "WE")
	}
	if anchored {
		if r.IntN(3) == 0 {
			s += ";INTERVAL=" + pick("1", "2", "3", "5")
		}
		if r.IntN(4) == 0 {
			return s + ";COUNT=" + pick("1", "2", "3", "10")
		}
	} else if !whole {
		return "FREQ=DAILY;BYDAY=" + list(3, weekday)
	}
	if r.IntN(4) == 0 {
		s += ";UNTIL=" + utc(dayNumber(base)+int64(r.IntN(5)-1)).Format("20060102")
	}
	return s
}
