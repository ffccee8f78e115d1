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
