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

func sure(s string) schedule.Moment { return schedule.Sure(at8(s)) }

// village compiles liuxi's channel.
func village(t testing.TB, notices ...*Notice) Loaded {
	return compiled(t, CompileInput{
		Channel: ChannelID{Site: "liuxi"}, Revision: 4, Created: at8("2026-11-15 09:30"), Notices: notices,
		Playlists: []Playlist{{ID: "all", Name: "全部", Latest: &Select{Count: 10}}},
		Rules:     []schedule.Rule{{ID: "always", Name: "全天", Playlist: "all", Level: schedule.Normal}},
	})
}

func alerts(t testing.TB, site SiteID, notices ...*Notice) Loaded {
	return compiled(t, CompileInput{Channel: ChannelID{Site: site, Alert: true}, Revision: 1, Created: at8("2026-11-15 07:00"), Notices: notices})
}

func with(n *Notice, change func(n *Notice)) *Notice { change(n); return n }

func dated(id, issued string, site SiteID) *Notice {
	return with(announcement(id, site), func(n *Notice) { n.Issued = day(issued) })
}

func TestLibraryMergesThePath(t *testing.T) {
	l := library(t, settingsOf(Touch),
		village(t, dated("v-old", "2026-11-01", "liuxi"), dated("v-new", "2026-11-10", "liuxi")),
		county(t, 9, []*Notice{dated("c-new", "2026-11-10", "qingshan"), dated("c-newest", "2026-11-12", "qingshan"), guide("g", "qingshan"), culture("qingshan")}),
	)
	m := sure("2026-11-15 10:00")
	if got := ids(l.List(Query{}, m)); got != "c-newest v-new c-new culture-fund-2024 v-old g " {
		t.Errorf("all: %s", got)
	}
	if got := ids(l.List(Query{Column: "news", Limit: 2}, m)); got != "c-newest v-new " {
		t.Errorf("news and below: %s", got)
	}
	if got := ids(l.List(Query{Column: "news", Sites: []SiteID{"liuxi"}}, m)); got != "v-new v-old " {
		t.Errorf("the village's: %s", got)
	}
	if got := ids(l.List(Query{Kinds: []Kind{KindGuide, KindFund}}, m)); got != "culture-fund-2024 g " {
		t.Errorf("kinds: %s", got)
	}
	if l.Count(Query{Column: "news", Limit: 1}, m) != 4 || l.Count(Query{Column: "money"}, m) != 1 || l.Count(Query{Column: "nowhere"}, m) != 0 {
		t.Error("counts are wrong")
	}
	if n, ch, rev, ok := l.Notice("c-new", m); !ok || n.ID != "c-new" || ch.String() != "qingshan" || rev != 9 {
		t.Errorf("found %v %s %s %v", n, ch, rev, ok)
	}
	if _, _, _, ok := l.Notice("nothing", m); ok {
		t.Error("found what is not there")
	}
	if own, ok := l.Site("qingshan"); l.Own().Name != "柳溪村" || !ok || own.Name != "青山县" {
		t.Error("names of sites are wrong")
	}
	names := func(cols []Column) (s string) {
		for _, c := range cols {
			s += string(c.ID) + " "
		}
		return s
	}
	if names(l.Tiles()) != "guides news money " || names(l.Columns("")) != "news guides money " || names(l.Path("funds")) != "money funds " || l.Path("x") != nil {
		t.Errorf("catalogue: %s, %s, %s", names(l.Tiles()), names(l.Columns("")), names(l.Path("funds")))
	}
	if r := l.Revisions(); r[ChannelID{Site: "liuxi"}] != 4 || r[ChannelID{Site: "qingshan"}] != 9 || len(r) != 2 {
		t.Errorf("generation %v", r)
	}
	if !l.Holds("v-old", 1) || l.Holds("v-old", 2) || l.Holds("x", 1) {
		t.Error("Holds is wrong")
	}
}

func TestLibraryRefuses(t *testing.T) {
	good := func() Loaded { return county(t, 1, []*Notice{announcement("a", "qingshan")}) }
	s := settingsOf(Touch)
	other := s
	other.Channels = other.Channels[:2]
	zone := s
	zone.Zone = "Asia/Qingshan"
	pathless := s
	pathless.Path = nil
	change := func(f func(l *Loaded)) Loaded { l := good(); f(&l); return l }
	for name, c := range map[string]struct {
		s      Settings
		loaded []Loaded
	}{
		"a channel that is not granted": {other, []Loaded{good()}},
		"a channel twice":               {s, []Loaded{good(), good()}},
		"a missing notice":              {s, []Loaded{change(func(l *Loaded) { l.Notices = nil })}},
		"another version":               {s, []Loaded{change(func(l *Loaded) { l.Notices["a"].Version = 2 })}},
		"another site":                  {s, []Loaded{change(func(l *Loaded) { l.Notices["a"].Site = "liuxi" })}},
		"another window":                {s, []Loaded{change(func(l *Loaded) { l.Notices["a"].NotAfter = at8("2030-01-01 00:00") })}},
		"a notice without a body":       {s, []Loaded{change(func(l *Loaded) { l.Notices["a"].Announcement = nil })}},
		"an edition that fails its check": {s, []Loaded{change(func(l *Loaded) {
			l.Edition.Takedowns = []Takedown{{Notice: "a", Version: 1}}
		})}},
		"an unknown zone": {zone, []Loaded{good()}},
		"no path":         {pathless, nil},
	} {
		if _, err := NewLibrary(c.s, c.loaded); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if l, err := NewLibrary(s, nil); err != nil || len(l.List(Query{}, sure("2026-11-15 10:00"))) != 0 {
		t.Errorf("an empty library: %v", err)
	}
}

func TestAlerts(t *testing.T) {
	lift := func(n *Notice, ref string) *Notice { n.Alert.Lifted, n.Alert.Reference = true, ref; return n }
	l := library(t, settingsOf(Touch),
		alerts(t, "qingshan",
			alert("c-red", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 12:00"),
			alert("c-blue", "qingshan", Blue, "2026-11-15 08:00", "2026-11-15 12:00"),
			lift(alert("c-red-lift", "qingshan", Red, "2026-11-15 11:00", "2026-11-15 12:00"), "c-red"),
		),
		alerts(t, "liuxi",
			alert("v-orange", "liuxi", Orange, "2026-11-15 09:00", "2026-11-15 10:00"),
			alert("v-red", "liuxi", Red, "2026-11-15 09:30", "2026-11-15 12:00"),
			// A village can not lift the county's alert.
			lift(alert("v-lift", "liuxi", Blue, "2026-11-15 09:45", "2026-11-15 12:00"), "c-blue"),
			with(alert("v-red-2", "liuxi", Yellow, "2026-11-15 11:30", "2026-11-15 12:00"), func(n *Notice) { n.Alert.Reference = "v-red" }),
		),
	)
	for now, want := range map[string]string{
		"2026-11-15 07:59": "",
		"2026-11-15 08:00": "c-red c-blue ",
		"2026-11-15 09:00": "c-red v-orange c-blue ",
		"2026-11-15 09:30": "v-red c-red v-orange c-blue ",
		"2026-11-15 09:46": "v-red c-red v-orange c-blue v-lift ",
		"2026-11-15 09:50": "v-red c-red v-orange c-blue ",
		"2026-11-15 10:00": "v-red c-red c-blue ",
		"2026-11-15 11:00": "v-red c-blue c-red-lift ",
		"2026-11-15 11:04": "v-red c-blue c-red-lift ",
		"2026-11-15 11:05": "v-red c-blue ",
		"2026-11-15 11:30": "v-red-2 c-blue ",
		"2026-11-15 12:00": "",
	} {
		if got := ids(l.Alerts(sure(now))); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
	}
	if got := l.List(Query{}, sure("2026-11-15 09:30")); len(got) != 0 {
		t.Errorf("alerts are listed: %s", ids(got))
	}
	if _, ch, _, ok := l.Notice("c-red", sure("2026-11-15 10:00")); !ok || !ch.Alert {
		t.Error("an alert in force is not found")
	}
	if _, _, _, ok := l.Notice("c-red", sure("2026-11-15 11:00")); ok {
		t.Error("a lifted alert is found")
	}
}

func TestPostings(t *testing.T) {
	v := with(culture("liuxi"), func(n *Notice) {
		n.ID, n.Column, n.Posting = "v-list", "funds", &Posting{From: day("2026-11-05"), Days: 10, Objection: "村委会"}
	})
	l := library(t, settingsOf(Touch), village(t, v), county(t, 1, []*Notice{culture("qingshan"), announcement("a", "qingshan")}))
	for now, want := range map[string]string{
		"2026-11-01 23:59": "", "2026-11-02 00:00": "culture-fund-2024 ", "2026-11-05 00:00": "v-list culture-fund-2024 ",
		"2026-11-10 23:59": "v-list culture-fund-2024 ", "2026-11-11 00:00": "v-list ", "2026-11-14 23:59": "v-list ", "2026-11-15 00:00": "",
	} {
		if got := ids(l.Postings(sure(now))); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
	}
	n, _, _, _ := l.Notice("culture-fund-2024", sure("2026-11-09 10:00"))
	for now, want := range map[string]PostingState{
		"2026-11-01 10:00": {Day: 0}, "2026-11-02 10:00": {Day: 1}, "2026-11-06 10:00": {Day: 5}, "2026-11-07 10:00": {Day: 5},
		"2026-11-09 10:00": {Day: 6}, "2026-11-10 10:00": {Day: 7}, "2026-11-11 10:00": {Day: 7, Over: true},
	} {
		want.Of, want.Working, want.From, want.Until = 7, true, day("2026-11-02"), day("2026-11-10")
		if got, ok := l.Posting(n, sure(now)); !ok || got != want {
			t.Errorf("at %s: %+v, want %+v", now, got, want)
		}
	}
	if _, ok := l.Posting(announcement("a", "qingshan"), sure("2026-11-09 10:00")); ok {
		t.Error("a notice without a posting period has one")
	}
}

func TestLinksGoBothWays(t *testing.T) {
	policy := announcement("policy", "qingshan")
	reading := with(announcement("reading", "qingshan"), func(n *Notice) { n.Announcement.Links = []NoticeID{"policy", "nothing", "reading"} })
	later := with(announcement("later", "qingshan"), func(n *Notice) {
		n.Announcement.Links, n.NotBefore = []NoticeID{"policy"}, at8("2026-12-01 00:00")
	})
	l := library(t, settingsOf(Touch), county(t, 1, []*Notice{policy, reading, later}))
	m := sure("2026-11-15 10:00")
	if got := ids(l.Links(policy, m)); got != "reading " {
		t.Errorf("policy: %s", got)
	}
	if got := ids(l.Links(reading, m)); got != "policy " {
		t.Errorf("reading: %s", got)
	}
	if got := ids(l.Links(policy, sure("2026-12-01 00:00"))); !strings.Contains(got, "later") {
		t.Errorf("policy, later: %s", got)
	}
}

func TestProgramme(t *testing.T) {
	board := settingsOf(LED)
	board.Screen.Outdoor, board.Screen.Panel = true, Panel{Width: 192, Height: 64}
	var own []*Notice
	for i := range 2 {
		own = append(own, dated(fmt.Sprint("v", i), "2026-11-0"+fmt.Sprint(i+1), "liuxi"))
	}
	of := []*Notice{guide("g", "qingshan"), households("qingshan")}
	for i := range 4 {
		of = append(of, dated(fmt.Sprint("c", i), "2026-11-0"+fmt.Sprint(i+3), "qingshan"))
	}
	l := library(t, board, village(t, own...), county(t, 3, of))
	slots, d := l.Programme(sure("2026-11-16 10:00"))
	order := ""
	for _, s := range slots {
		order += string(s.Notice.ID) + " "
		if s.Dwell < 6*time.Second {
			t.Errorf("%s dwells %s", s.Notice.ID, s.Dwell)
		}
		if s.Totals != (s.Notice.ID == "grain-subsidy-2026") {
			t.Errorf("%s totals only: %v", s.Notice.ID, s.Totals)
		}
		if want := map[SiteID]string{"liuxi": "always", "qingshan": "work"}[s.Notice.Site]; s.Rule != want || s.Channel.Site != s.Notice.Site {
			t.Errorf("%s by rule %s of %s", s.Notice.ID, s.Rule, s.Channel)
		}
	}
	// Two of the village and five of the county, spread evenly, guides not chosen.
	if order != "v1 c3 c2 c1 v0 c0 grain-subsidy-2026 " {
		t.Errorf("the loop is %s", order)
	}
	if len(d.Chosen) != 2 || len(d.Reasons) != 2 {
		t.Errorf("decision %+v", d)
	}
	slots, _ = l.Programme(sure("2026-11-15 10:00")) // a Sunday
	if len(slots) != 2 {
		t.Errorf("on Sunday %d slots", len(slots))
	}
	if p, ok := l.Playlist(ChannelID{Site: "qingshan"}, "day"); !ok || p.Name != "白天" {
		t.Error("the playlist is not found")
	}
}

func TestFixedItemsAndTags(t *testing.T) {
	in := CompileInput{Channel: ChannelID{Site: "liuxi"}, Revision: 1, Created: at8("2026-11-15 09:00"),
		Notices: []*Notice{dated("a", "2026-11-01", "liuxi"), dated("b", "2026-11-02", "liuxi"), dated("c", "2026-11-03", "liuxi")},
		Playlists: []Playlist{{ID: "p", Name: "p", Items: []Item{{Notice: "b", Dwell: 30}, {Notice: "a"}}, Latest: &Select{Count: 1}},
			{ID: "q", Name: "q", Items: []Item{{Notice: "c"}}}},
		Rules: []schedule.Rule{{ID: "p", Name: "p", Playlist: "p", Level: schedule.Normal},
			{ID: "q", Name: "q", Playlist: "q", Level: schedule.Urgent, Tags: []string{"led"}}},
	}
	names := func(slots []Slot) (s string) {
		for _, o := range slots {
			s += string(o.Notice.ID) + " "
		}
		return s
	}
	slots, _ := library(t, settingsOf(Touch), compiled(t, in)).Programme(sure("2026-11-16 10:00"))
	if names(slots) != "b a c " || slots[0].Dwell != 30*time.Second {
		t.Errorf("touchscreen: %s", names(slots))
	}
	slots, _ = library(t, settingsOf(LED), compiled(t, in)).Programme(sure("2026-11-16 10:00"))
	if names(slots) != "c " {
		t.Errorf("board: %s", names(slots))
	}
}

// answers is everything that a library says at a moment.
func answers(l *Library, m schedule.Moment) string {
	slots, d := l.Programme(m)
	s := ids(l.List(Query{}, m)) + "|" + ids(l.Alerts(m)) + "|" + ids(l.Postings(m)) + "|" + string(d.Level) + "|"
	for _, o := range slots {
		s += string(o.Notice.ID) + " "
	}
	for _, n := range l.Postings(m) {
		p, _ := l.Posting(n, m)
		s += fmt.Sprint(p.Day, " ")
	}
	return s
}

// TestNothingChangesBeforeNextChange steps minute by minute, with clocks that are
// right, dead, behind and ahead, and compares with a plain reading of the rules.
func TestNothingChangesBeforeNextChange(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	start := at8("2026-11-13 20:00")
	edge := func() time.Time { return start.Add(time.Duration(r.IntN(2*24*60)) * time.Minute) }
	var of, warnings []*Notice
	for i := range 14 {
		n := everyKind()[i%4]
		n.ID = NoticeID(fmt.Sprint("n", i))
		n.Posting = nil
		if i%3 > 0 {
			n.NotBefore = edge()
		}
		if i%2 > 0 {
			n.NotAfter = n.NotBefore.Add(time.Duration(1+r.IntN(20*60)) * time.Minute)
			if n.NotBefore.IsZero() {
				n.NotAfter = edge().Add(20 * time.Hour)
			}
		} else {
			n.NotAfter = time.Time{}
		}
		of = append(of, n)
	}
	of = append(of, culture("qingshan"))
	for i := range 3 {
		from := edge()
		n := alert(fmt.Sprint("w", i), "qingshan", Red, from.Format("2006-01-02 15:04"), from.Add(90*time.Minute).Format("2006-01-02 15:04"))
		n.Alert.Lifted = i == 2
		n.Alert.Reference = map[int]string{2: "w0"}[i]
		warnings = append(warnings, n)
	}
	in := CompileInput{Channel: ChannelID{Site: "qingshan"}, Revision: 1, Created: at8("2026-11-13 09:00"), Notices: of, Columns: catalogueOfCounty,
		Playlists: []Playlist{{ID: "day", Name: "白天", Latest: &Select{Count: 10}}}, Rules: []schedule.Rule{workRule}}
	l := library(t, settingsOf(Touch), compiled(t, in), alerts(t, "qingshan", warnings...))
	for _, clock := range []struct {
		name   string
		lo, hi time.Duration
		dead   bool
	}{{name: "right"}, {name: "dead", lo: -time.Hour, dead: true}, {name: "behind", lo: -5 * time.Hour}, {name: "ahead", lo: -2 * time.Hour, hi: 7 * time.Hour}} {
		t.Run(clock.name, func(t *testing.T) {
			moment := func(now time.Time) schedule.Moment {
				m := schedule.Moment{Lo: now.Add(clock.lo), Hi: now.Add(clock.hi), Now: now}
				if clock.dead {
					m.Hi = time.Time{}
				}
				return m
			}
			last, due := answers(l, moment(start)), l.NextChange(moment(start))
			changes := 0
			for now := start; now.Before(start.Add(60 * time.Hour)); now = now.Add(time.Minute) {
				m := moment(now)
				got := answers(l, m)
				if got != last {
					if changes++; now.Before(due) {
						t.Fatalf("at %s before %s: %s\nbecame %s", now, due, last, got)
					}
				}
				if !now.Before(due) || got != last {
					last, due = got, l.NextChange(m)
				}
				if !due.After(now) {
					t.Fatalf("next change %s is not after %s", due, now)
				}
				for _, n := range of {
					want := m.Within(n.NotBefore, n.NotAfter, n.Caution())
					if _, _, _, shown := l.Notice(n.ID, m); shown != want {
						t.Fatalf("at %s %s is shown: %v", now, n.ID, shown)
					}
				}
			}
			if changes < 10 {
				t.Errorf("only %d changes were seen", changes)
			}
		})
	}
}

func TestDwell(t *testing.T) {
	board := &Screen{Kind: LED, Panel: Panel{Width: 320, Height: 32}} // 13 characters a page
	n := announcement("a", "qingshan")
	for text, want := range map[string]time.Duration{
		"停水":                    6 * time.Second,
		strings.Repeat("水", 13): 6 * time.Second,
		strings.Repeat("水", 14): 12 * time.Second,
	} {
		n.LED = text
		if got := Dwell(n, board); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	touch := &Screen{Kind: Touch}
	n.Title, n.Summary = strings.Repeat("题", 20), strings.Repeat("文", 40)
	if got := Dwell(n, touch); got != 17*time.Second {
		t.Errorf("on a touchscreen %s", got)
	}
	if got := Dwell(alert("w", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 09:00"), touch); got != 12*time.Second {
		t.Errorf("an alert %s", got)
	}
}

// large is a county of 12,000 notices and 500 guides.
func large(b *testing.B) (Settings, []Loaded) {
	b.Helper()
	var of []*Notice
	for i := range 12_000 {
		n := dated(fmt.Sprint("n", i), "2026-01-01", "qingshan")
		n.Issued = day("2026-01-01").AddDays(i % 320)
		n.NotAfter = at8("2027-01-01 00:00").Add(time.Duration(i) * time.Minute)
		of = append(of, n)
	}
	for i := range 500 {
		of = append(of, guide(fmt.Sprint("g", i), "qingshan"))
	}
	l := county(b, 1, of)
	return settingsOf(Touch), []Loaded{l}
}

// BenchmarkNewLibrary compares merging with sorting the notices by date, which
// is the least that an index must do.
func BenchmarkNewLibrary(b *testing.B) {
	s, loaded := large(b)
	var floor time.Duration
	for b.Loop() {
		began := time.Now()
		var list []*Notice
		for _, e := range loaded[0].Edition.Notices {
			list = append(list, loaded[0].Notices[e.ID])
		}
		slices.SortFunc(list, func(a, b *Notice) int { return b.Issued.Compare(a.Issued) })
		floor += time.Since(began)
		if _, err := NewLibrary(s, loaded); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed()-floor)/float64(floor), "ratio")
}

func BenchmarkQueries(b *testing.B) {
	s, loaded := large(b)
	l := library(b, s, loaded...)
	m := sure("2026-11-16 10:00")
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			l.List(Query{Column: "news", Limit: 20}, m)
		}
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			l.Count(Query{}, m)
		}
	})
	b.Run("programme", func(b *testing.B) {
		for b.Loop() {
			l.Programme(m)
		}
	})
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			l.NextChange(m)
		}
	})
}

// BenchmarkCompile compares compiling 1,000 notices with encoding them, which is
// the least that it must do.
func BenchmarkCompile(b *testing.B) {
	in := countyInput()
	in.Notices = nil
	in.Playlists = []Playlist{{ID: "day", Name: "白天", Latest: &Select{Count: 1}}, {ID: "night", Name: "夜间", Latest: &Select{Count: 1}}}
	for i := range 1000 {
		in.Notices = append(in.Notices, dated(fmt.Sprint("n", i), "2026-01-01", "qingshan"))
	}
	var floor time.Duration
	rounds := 0
	for b.Loop() {
		began := time.Now()
		for _, n := range in.Notices {
			if _, err := n.Encode(); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(began)
		rounds++
		if _, _, err := Compile(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed()-floor)/float64(floor), "ratio")
	b.ReportMetric(float64((b.Elapsed()-floor).Microseconds())/float64(rounds)/1000, "ms/compile")
}

func TestListIsSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var of, own []*Notice
	for i := range 200 {
		of = append(of, dated(fmt.Sprint("c", i), fmt.Sprintf("2026-11-%02d", 1+r.IntN(9)), "qingshan"))
		own = append(own, dated(fmt.Sprint("v", i), fmt.Sprintf("2026-11-%02d", 1+r.IntN(9)), "liuxi"))
	}
	list := library(t, settingsOf(Touch), county(t, 1, of), village(t, own...)).List(Query{}, sure("2026-11-16 10:00"))
	if len(list) != 400 || !slices.IsSortedFunc(list, func(a, b *Notice) int {
		if c := b.Issued.Compare(a.Issued); c != 0 {
			return c
		}
		return strings.Compare(string(a.Site), string(b.Site)) // liuxi, the near one, sorts first
	}) {
		t.Errorf("%d notices, or not in order", len(list))
	}
}
