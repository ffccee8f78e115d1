package playlist

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

// stand is a library of a board in liuxi whose three channels play what a test
// says: for each site the seconds of its fixed items, then of its newest.
type stand struct {
	kind   ScreenKind
	fixed  map[SiteID][]int
	latest map[SiteID][]int
	share  map[SiteID]int
}

var siteNames = []SiteID{"liuxi", "baita", "qingshan"}

// build makes the library; the title of a notice holds its seconds.
func (b stand) build(t testing.TB) *Library {
	t.Helper()
	var loaded []Loaded
	for _, site := range siteNames {
		in := CompileInput{Channel: ChannelID{Site: site}, Revision: 1, Created: at8("2026-11-15 09:00")}
		p := Playlist{ID: "p", Name: "p"}
		add := func(name string, day, seconds int) NoticeID {
			n := dated(fmt.Sprint(name, "-", site, "-", day), fmt.Sprintf("2026-10-%02d", 1+day%28), site)
			n.Title = fmt.Sprint(seconds)
			in.Notices = append(in.Notices, n)
			return n.ID
		}
		for i, s := range b.fixed[site] {
			p.Items = append(p.Items, Item{Notice: add("f", i, s)})
		}
		for i, s := range b.latest[site] {
			add("n", i, s)
			p.Latest = &Select{Count: 50}
		}
		if len(in.Notices) > 0 {
			in.Playlists = []Playlist{p}
			in.Rules = []schedule.Rule{{ID: "r", Name: "r", Playlist: "p", Level: schedule.Normal, Share: b.share[site]}}
		}
		loaded = append(loaded, compiled(t, in))
	}
	l, err := NewLibrary(settingsOf(b.kind), loaded, WithPace(func(n *Notice, _ bool) time.Duration {
		var s int
		if _, err := fmt.Sscan(n.Title, &s); err != nil {
			t.Errorf("title %q", n.Title)
		}
		return time.Duration(s) * time.Second
	}))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func random(r *rand.Rand, most, low, high int) (out []int) {
	for range r.IntN(most + 1) {
		out = append(out, low+r.IntN(high-low+1))
	}
	return out
}

// TestCycleOfRandomContent holds the loop of boards with any content to what
// Loop promises.
func TestCycleOfRandomContent(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	now := sure("2026-11-16 10:00")
	overs, cuts := 0, 0
	for round := range 300 {
		b := stand{kind: LED, fixed: map[SiteID][]int{}, latest: map[SiteID][]int{}, share: map[SiteID]int{}}
		for _, s := range siteNames {
			b.fixed[s], b.latest[s] = random(r, 4, 6, 30), random(r, 14, 6, 20+r.IntN(150))
			if round%2 == 1 && r.IntN(2) == 0 {
				b.share[s] = 1 + r.IntN(5)
			}
		}
		c := b.build(t).Loop(now)
		fail := func(format string, args ...any) {
			t.Fatalf("round %d: %s\n%+v\n%s", round, fmt.Sprintf(format, args...), b, told(c))
		}
		must, all := time.Duration(0), 0
		for _, s := range siteNames {
			for _, d := range b.fixed[s] {
				must += time.Duration(d) * time.Second
			}
			all += len(b.fixed[s]) + len(b.latest[s])
		}
		if all == 0 {
			if len(c.Slots)+len(c.LeftOut) > 0 {
				fail("something of nothing")
			}
			continue
		}
		if c.Limit != MaxCycle || len(c.Slots) == 0 {
			fail("limit %s, %d slots", c.Limit, len(c.Slots))
		}
		lone := len(c.Slots) == 1 && must == 0 && c.Length > MaxCycle // nothing fits
		if c.Over != (must > MaxCycle || lone) || c.Must() != must {
			fail("over %v, must %s of %s", c.Over, c.Must(), must)
		}
		if !c.Over && c.Length > MaxCycle {
			fail("it takes %s", c.Length)
		}
		if c.Over {
			overs++
		}
		if len(c.LeftOut) > 0 {
			cuts++
		}
		checkCycle(t, b, c, fail)
	}
	if overs < 10 || cuts < 90 {
		t.Errorf("only %d were too long and %d cut", overs, cuts)
	}
}

func checkCycle(t *testing.T, b stand, c Cycle, fail func(string, ...any)) {
	t.Helper()
	in := map[*Notice]int{}
	newest, length := map[SiteID]int{}, time.Duration(0)
	kinds := map[SiteID]int{}
	for i, s := range c.Slots {
		if in[s.Notice]++; in[s.Notice] == 1 {
			kinds[s.Channel.Site]++
			if !s.Must {
				newest[s.Channel.Site]++
			}
		}
		length += s.Dwell
		if prev := c.Slots[(i+len(c.Slots)-1)%len(c.Slots)]; len(c.Slots) > 1 && prev.Notice == s.Notice {
			fail("%s follows itself", s.Notice.ID)
		}
	}
	if length != c.Length {
		fail("length %s, slots take %s", c.Length, length)
	}
	parted := time.Duration(0)
	for _, s := range c.Shares {
		parted += s.Time
	}
	if parted != length {
		fail("shares add up to %s of %s", parted, length)
	}
	weighted := false
	for _, w := range b.share {
		weighted = weighted || w > 0
	}
	count := len(in)
	room := c.Limit - c.Must()
	for _, s := range c.LeftOut {
		if count++; in[s.Notice] > 0 || s.Must {
			fail("%s is left out, and in", s.Notice.ID)
		}
		if s.Dwell > room || kinds[s.Channel.Site] > 0 || c.Over {
			continue
		}
		for other, n := range newest {
			if n > 1 {
				fail("%s has no turn while %s has %d", s.Channel, other, n)
			}
		}
	}
	for _, n := range in {
		if n > 1 && !weighted {
			fail("a repetition without a share")
		}
	}
	want := 0
	for _, s := range siteNames {
		want += len(b.fixed[s]) + len(b.latest[s])
	}
	if count != min(want, count) || count < want {
		fail("%d notices in and out of %d", count, want)
	}
	if c.Over {
		for _, s := range siteNames {
			if len(b.fixed[s])+len(b.latest[s]) > 0 && c.Must() > 0 && kinds[s] == 0 {
				fail("%s starves", s)
			}
		}
	}
}

func told(c Cycle) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s of %s, over %v:", c.Length, c.Limit, c.Over)
	for _, o := range c.Slots {
		fmt.Fprintf(&s, " %s/%s", o.Notice.ID, o.Dwell)
	}
	s.WriteString("\nleft out:")
	for _, o := range c.LeftOut {
		fmt.Fprintf(&s, " %s/%s", o.Notice.ID, o.Dwell)
	}
	return s.String()
}

// TestSharesAreKept: whenever two items or more of each channel go round, the
// time of every channel is within one item of its share at every turn and at the
// end of the round, and the long run follows.
func TestSharesAreKept(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	now := sure("2026-11-16 10:00")
	for round := range 150 {
		b := stand{kind: Touch, latest: map[SiteID][]int{}, share: map[SiteID]int{}}
		weights := 0
		for _, s := range siteNames {
			b.latest[s] = append(random(r, 8, 6, 40), 6+r.IntN(20), 6+r.IntN(20))
			b.share[s] = 1 + r.IntN(4)
			weights += b.share[s]
		}
		if round%2 == 0 {
			b.kind = LED
		}
		l := b.build(t)
		c := l.Loop(now)
		longest := time.Duration(0)
		for _, s := range c.Slots {
			longest = max(longest, s.Dwell)
		}
		spent, total := map[SiteID]time.Duration{}, time.Duration(0)
		for i, s := range c.Slots {
			spent[s.Channel.Site] += s.Dwell
			total += s.Dwell
			if b.kind == LED && i < len(c.Slots)-1 {
				continue // the limit may ask for another order on the way
			}
			for site, w := range b.share {
				fair := total * time.Duration(w) / time.Duration(weights)
				if off := (spent[site] - fair).Abs(); off > longest {
					t.Fatalf("round %d, turn %d: %s is off by %s of %s, longest item %s\n%+v\n%s", round, i, site, off, fair, longest, b, told(c))
				}
			}
		}
		for _, s := range c.Shares {
			if s.Weight != b.share[s.Channel.Site] || s.Time != spent[s.Channel.Site] {
				t.Fatalf("round %d: share %+v, spent %s", round, s, spent[s.Channel.Site])
			}
		}
	}
}

// TestShortOfContent: with a share a channel with one notice repeats it between
// the others, and without one it does not.
func TestShortOfContent(t *testing.T) {
	now := sure("2026-11-16 10:00")
	b := stand{kind: LED, latest: map[SiteID][]int{"liuxi": {10}, "qingshan": {10, 10, 10, 10}}}
	order := func(c Cycle) (s string) {
		for _, o := range c.Slots {
			s += string(o.Channel.Site[:1])
		}
		return s
	}
	if got := order(b.build(t).Loop(now)); got != "lqqqq" {
		t.Errorf("without a share: %s", got)
	}
	b.share = map[SiteID]int{"qingshan": 1}
	if got := order(b.build(t).Loop(now)); got != "lqlqlqlq" {
		t.Errorf("equal shares: %s", got)
	}
	b.share = map[SiteID]int{"liuxi": 9, "qingshan": 1}
	if got := order(b.build(t).Loop(now)); got != "lqlqlqlq" {
		t.Errorf("nine to one: %s", got)
	}
	b.share = map[SiteID]int{"qingshan": 3}
	if got := order(b.build(t).Loop(now)); strings.Count(got, "l") != 1 && strings.Count(got, "q") != 3*strings.Count(got, "l") {
		t.Errorf("one to three: %s", got)
	}
}

// TestMustShowEveryThreeMinutes walks the loop for a day.
func TestMustShowEveryThreeMinutes(t *testing.T) {
	b := stand{kind: LED, fixed: map[SiteID][]int{"liuxi": {12, 20}, "qingshan": {30, 9}},
		latest: map[SiteID][]int{"liuxi": {8, 9, 10, 30, 22}, "baita": {15, 15, 15, 40}, "qingshan": {22, 14, 9, 31}}}
	for _, share := range []int{0, 3} {
		b.share = map[SiteID]int{"baita": share}
		c := b.build(t).Loop(sure("2026-11-16 10:00"))
		last := map[*Notice]time.Duration{}
		for at, i := time.Duration(0), 0; at < 24*time.Hour; i++ {
			s := c.Slots[i%len(c.Slots)]
			if gap := at - last[s.Notice]; s.Must && gap > MaxCycle {
				t.Fatalf("%s had no turn for %s", s.Notice.ID, gap)
			}
			last[s.Notice] = at
			at += s.Dwell
		}
		must := 0
		for n := range last {
			if slices.ContainsFunc(c.Slots, func(s Slot) bool { return s.Must && s.Notice == n }) {
				must++
			}
		}
		if must != 4 {
			t.Errorf("%d of 4 fixed items were on", must)
		}
	}
}

// TestOverrunsNameWhoStarves: fixed items that are too long, and such that leave
// another channel no turn, are found and told apart.
func TestOverrunsNameWhoStarves(t *testing.T) {
	from := at8("2026-11-16 10:00")
	for _, c := range []struct {
		county, village []int
		length          time.Duration
		starved         string
	}{
		{[]int{60, 60, 62}, []int{10}, 182 * time.Second, "[]"},
		{[]int{60, 60, 55}, []int{10}, 175 * time.Second, "[liuxi]"},
		{[]int{60, 60, 50}, []int{10}, 0, ""},
		{[]int{60, 60, 55}, nil, 0, ""},
		{[]int{60, 60, 55}, []int{200}, 0, ""}, // nothing that is fixed keeps it away
	} {
		b := stand{kind: LED, fixed: map[SiteID][]int{"qingshan": c.county}, latest: map[SiteID][]int{"liuxi": c.village}}
		over := b.build(t).Overruns(from, from.AddDate(0, 0, 30))
		if c.length == 0 {
			if len(over) > 0 {
				t.Errorf("%v and %v: %+v", c.county, c.village, over)
			}
			continue
		}
		if len(over) != 1 || over[0].Length != c.length || fmt.Sprint(over[0].Starved) != c.starved || !over[0].From.Equal(from) || !over[0].Until.Equal(from.AddDate(0, 0, 30)) {
			t.Errorf("%v and %v: %+v", c.county, c.village, over)
		}
	}
}

// TestDwellNeverCutsPages: seconds that a playlist sets lengthen a notice on a
// board by whole rounds of its pages, and do not cut off its last page.
func TestDwellNeverCutsPages(t *testing.T) {
	n := dated("a", "2026-11-01", "liuxi")
	for _, c := range []struct {
		kind        ScreenKind
		asked, want int
	}{{LED, 5, 18}, {LED, 30, 36}, {LED, 36, 36}, {LED, 0, 18}, {Touch, 5, 5}} {
		in := CompileInput{Channel: ChannelID{Site: "liuxi"}, Revision: 1, Created: at8("2026-11-15 09:00"), Notices: []*Notice{n},
			Playlists: []Playlist{{ID: "p", Name: "p", Items: []Item{{Notice: "a", Dwell: c.asked}}}},
			Rules:     []schedule.Rule{{ID: "r", Name: "r", Playlist: "p", Level: schedule.Normal}}}
		l, err := NewLibrary(settingsOf(c.kind), []Loaded{compiled(t, in)}, WithPace(func(*Notice, bool) time.Duration { return 18 * time.Second }))
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Loop(sure("2026-11-16 10:00")).Slots[0].Dwell; got != time.Duration(c.want)*time.Second {
			t.Errorf("%s asked for %d s: %s, want %d s", c.kind, c.asked, got, c.want)
		}
	}
}

// TestCampaignGivesBack: the 5·15 disclosure day replaces a board's programme and
// gives it back as it was.
func TestCampaignGivesBack(t *testing.T) {
	notices := []*Notice{dated("daily", "2026-04-01", "liuxi"), dated("rights", "2026-04-02", "liuxi")}
	in := CompileInput{Channel: ChannelID{Site: "liuxi"}, Revision: 1, Created: at8("2026-04-15 09:00"), Notices: notices,
		Playlists: []Playlist{{ID: "c", Name: "宣传日", Items: []Item{{Notice: "rights"}}}, {ID: "p", Name: "日常", Items: []Item{{Notice: "daily"}}}},
		Rules: []schedule.Rule{
			{ID: "campaign", Name: "5·15 政务公开日", Playlist: "c", Level: schedule.Campaign, From: schedule.Date{Year: 2026, Month: 5, Day: 15}, Until: schedule.Date{Year: 2026, Month: 5, Day: 15},
				Spans: []schedule.Span{{From: 8 * 60, To: 18 * 60}}},
			{ID: "daily", Name: "日常", Playlist: "p", Level: schedule.Normal}}}
	l := library(t, settingsOf(LED), compiled(t, in))
	for at, want := range map[string]string{
		"2026-05-15 07:59": "daily", "2026-05-15 08:00": "rights", "2026-05-15 17:59": "rights", "2026-05-15 18:00": "daily",
	} {
		c := l.Loop(sure(at))
		if len(c.Slots) != 1 || string(c.Slots[0].Notice.ID) != want {
			t.Errorf("at %s: %s", at, told(c))
		}
	}
	if next := l.NextChange(sure("2026-05-15 08:00")); !next.Equal(at8("2026-05-15 18:00")) {
		t.Errorf("it gives back at %s", next)
	}
}
