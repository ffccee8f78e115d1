package playlist

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

var update = flag.Bool("update", false, "write the golden files")

func countyInput() CompileInput {
	return CompileInput{
		Channel: ChannelID{Site: "qingshan"}, Revision: 7, Created: at8("2026-11-15 09:00"),
		Notices: everyKind()[:5], Columns: catalogueOfCounty,
		Playlists: []Playlist{{ID: "night", Name: "夜间", Items: []Item{{Notice: "canal", Dwell: 20}}},
			{ID: "day", Name: "白天", Items: []Item{{Notice: "irrigation"}}, Latest: &Select{Count: 5, Kinds: []Kind{KindFund}}}},
		Rules:     []schedule.Rule{workRule, {ID: "night", Name: "夜间", Playlist: "night", Level: schedule.Filler}},
		Days:      []schedule.Exception{{Date: day("2026-10-10"), Working: true, Name: "国庆节"}, {Date: day("2026-10-01"), Name: "国庆节"}},
		Speech:    map[NoticeID]Blob{"canal": {Ref: assets.RefOf([]byte("speech")), Size: 6}, "gone": {Ref: assets.RefOf([]byte("speech")), Size: 6}},
		Takedowns: []Takedown{{Notice: "old-list", Version: 2, At: at8("2026-11-14 09:00"), Reason: "信息有误"}, {Notice: "old-list", Version: 1, At: at8("2026-11-13 09:00")}},
	}
}

func TestCompileIsDeterministic(t *testing.T) {
	e, blobs, err := Compile(countyInput())
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "edition.golden.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, bytes.TrimSpace(want)) {
		t.Errorf("the edition differs from %s (-update writes it):\n%s", golden, got)
	}
	if len(blobs) != 5 {
		t.Errorf("%d blobs", len(blobs))
	}
	for ref, data := range blobs {
		if assets.RefOf(data) != ref {
			t.Errorf("blob %s has other bytes", ref.Short())
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 10 {
		in := countyInput()
		shuffle(r, in.Notices)
		shuffle(r, in.Playlists)
		shuffle(r, in.Rules)
		shuffle(r, in.Days)
		shuffle(r, in.Takedowns)
		in.Created = in.Created.In(time.UTC)
		e, _, err := Compile(in)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := e.Encode(); !bytes.Equal(again, got) {
			t.Fatalf("another order gives\n%s", again)
		}
	}
	back, err := DecodeEdition(got)
	if err != nil || back.Check() != nil {
		t.Fatalf("read back: %v, %v", err, back.Check())
	}
	if again, _ := back.Encode(); !bytes.Equal(again, got) {
		t.Errorf("read back and written:\n%s", again)
	}
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

func TestCompileRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(in *CompileInput)
		want  string
	}{
		"another site":           {func(in *CompileInput) { in.Notices[0].Site = "liuxi" }, "is of site liuxi"},
		"an alert":               {func(in *CompileInput) { in.Notices[0] = everyKind()[5] }, "kind alert"},
		"taken down":             {func(in *CompileInput) { in.Takedowns[0].Notice = "canal" }, "taken down"},
		"twice":                  {func(in *CompileInput) { in.Notices = append(in.Notices, announcement("irrigation", "qingshan")) }, "twice"},
		"a playlist's notice":    {func(in *CompileInput) { in.Playlists[0].Items[0].Notice = "nothing" }, "there is no notice nothing"},
		"a rule's playlist":      {func(in *CompileInput) { in.Rules[0].Playlist = "noon" }, "no such playlist"},
		"a ring of columns":      {func(in *CompileInput) { in.Columns = slices.Clone(in.Columns); in.Columns[0].Parent = "notices" }, "ring"},
		"a bad span":             {func(in *CompileInput) { in.Rules[1].Spans = []schedule.Span{{From: 5, To: 5}} }, "spans[0]"},
		"a day twice":            {func(in *CompileInput) { in.Days[0].Date = in.Days[1].Date }, "day 2026-10-01"},
		"no revision":            {func(in *CompileInput) { in.Revision = 0 }, "revision"},
		"no channel":             {func(in *CompileInput) { in.Channel = ChannelID{} }, "channel"},
		"created in 1970":        {func(in *CompileInput) { in.Created = time.Unix(0, 0) }, "1970"},
		"a notice on alert":      {func(in *CompileInput) { in.Channel.Alert = true }, "kind"},
		"an endless alert":       {func(in *CompileInput) { *in = alertInput(); in.Notices[0].NotAfter = time.Time{} }, "without an end"},
		"columns among alerts":   {func(in *CompileInput) { *in = alertInput(); in.Columns = catalogueOfCounty }, "nothing else"},
		"a body that is no body": {func(in *CompileInput) { in.Notices[0].Announcement = nil }, "bodies"},
	} {
		in := countyInput()
		c.spoil(&in)
		if _, _, err := Compile(in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
	if _, _, err := Compile(alertInput()); err != nil {
		t.Errorf("an alert channel: %v", err)
	}
}

func alertInput() CompileInput {
	return CompileInput{Channel: ChannelID{Site: "qingshan", Alert: true}, Revision: 1, Created: at8("2026-11-15 08:00"),
		Notices: []*Notice{alert("rain", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 20:00")}}
}

// What is new is told by the edition in which it came: a notice keeps its
// instant while it stays as it is, and a new version has its own.
func TestSinceIsTheFirstEdition(t *testing.T) {
	first := countyInput()
	e, _, err := Compile(first)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range e.Notices {
		if !n.Since.Equal(e.Created) {
			t.Errorf("%s has been there since %v, the first edition is of %v", n.ID, n.Since, e.Created)
		}
	}
	second := countyInput()
	second.Last, second.Revision, second.Created = &e, first.Revision+1, first.Created.Add(time.Hour)
	changed := *second.Notices[0]
	changed.Version++
	second.Notices[0] = &changed
	next, _, err := Compile(second)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range next.Notices {
		want := e.Created
		if n.ID == changed.ID {
			want = next.Created
		}
		if !n.Since.Equal(want) {
			t.Errorf("%s has been there since %v, want %v", n.ID, n.Since, want)
		}
	}
	next.Notices[0].Since = next.Created.Add(time.Second)
	if next.Check() == nil {
		t.Error("a notice that came after its edition is taken")
	}
}

func TestTakingDownNeverFails(t *testing.T) {
	in := countyInput()
	in.Notices = slices.DeleteFunc(in.Notices, func(n *Notice) bool { return n.ID == "irrigation" })
	in.Takedowns = append(in.Takedowns, Takedown{Notice: "irrigation", Version: 1, At: in.Created})
	e, _, err := Compile(in)
	if err != nil {
		t.Fatalf("a playlist names the notice: %v", err)
	}
	if len(e.Playlists[0].Items) != 0 {
		t.Errorf("items %+v", e.Playlists[0].Items)
	}
	// An expired notice leaves the edition and its playlists by itself.
	in = countyInput()
	in.Created = at8("2026-12-01 00:00")
	in.Playlists[0].Items = append(in.Playlists[0].Items, Item{Notice: "grain-subsidy-2026"})
	if e, _, err = Compile(in); err != nil {
		t.Fatal(err)
	}
	if _, listed := e.entry("grain-subsidy-2026"); listed || len(e.Notices) != 4 || len(e.Playlists[1].Items) != 1 {
		t.Errorf("the expired notice is still there: %+v", e.Playlists[1].Items)
	}
	// The only item of a playlist may be taken down as well.
	in = countyInput()
	in.Notices = slices.DeleteFunc(in.Notices, func(n *Notice) bool { return n.ID == "canal" })
	in.Takedowns = append(in.Takedowns, Takedown{Notice: "canal", Version: 1, At: in.Created})
	if _, _, err = Compile(in); err != nil {
		t.Errorf("the only item: %v", err)
	}
}

func TestCheckTrustsNothing(t *testing.T) {
	for name, spoil := range map[string]func(e *Edition){
		"order":          func(e *Edition) { e.Notices[0], e.Notices[1] = e.Notices[1], e.Notices[0] },
		"twice":          func(e *Edition) { e.Notices[1] = e.Notices[0] },
		"name":           func(e *Edition) { e.Notices[0].ID = "../a" },
		"version":        func(e *Edition) { e.Notices[0].Version = 0 },
		"no blob":        func(e *Edition) { e.Notices[0].Ref = assets.Ref{} },
		"negative size":  func(e *Edition) { e.Notices[0].Size = -1 },
		"huge notice":    func(e *Edition) { e.Notices[0].Size = MaxNotice + 1 },
		"huge blob":      func(e *Edition) { e.Notices[0].Blobs = []Blob{{e.Notices[0].Ref, 1 << 40}} },
		"window":         func(e *Edition) { e.Notices[0].NotBefore, e.Notices[0].NotAfter = e.Created, e.Created },
		"two sizes":      func(e *Edition) { e.Notices[0].Blobs = []Blob{{e.Notices[0].Ref, e.Notices[0].Size + 1}} },
		"huge recording": func(e *Edition) { e.Notices[0].Speech = &Blob{assets.RefOf(nil), 8<<20 + 1} },
		"no recording":   func(e *Edition) { e.Notices[0].Speech = &Blob{} },
		"recording twice": func(e *Edition) {
			e.Notices[0].Speech, e.Notices[1].Speech = &Blob{assets.RefOf(nil), 1}, &Blob{assets.RefOf(nil), 2}
		},
		"blob order":       func(e *Edition) { b := Blob{assets.RefOf(nil), 1}; e.Notices[0].Blobs = []Blob{b, b} },
		"takedown name":    func(e *Edition) { e.Takedowns[0].Notice = "" },
		"takedown version": func(e *Edition) { e.Takedowns[0].Version = 0 },
		"takedown order":   func(e *Edition) { e.Takedowns = append(e.Takedowns, e.Takedowns[0]) },
		"takedown of a listed notice": func(e *Edition) {
			e.Takedowns = []Takedown{{Notice: e.Notices[0].ID, Version: e.Notices[0].Version, At: e.Created}}
		},
		"playlist order": func(e *Edition) { e.Playlists[0], e.Playlists[1] = e.Playlists[1], e.Playlists[0] },
		"rule order":     func(e *Edition) { e.Rules[0], e.Rules[1] = e.Rules[1], e.Rules[0] },
		"day order":      func(e *Edition) { e.Days[0], e.Days[1] = e.Days[1], e.Days[0] },
		"column":         func(e *Edition) { e.Columns[0].ID = "" },
		"revision":       func(e *Edition) { e.Revision = 1 << 60 },
		"site":           func(e *Edition) { e.Channel.Site = "a/b" },
	} {
		e, _, err := Compile(countyInput())
		if err != nil {
			t.Fatal(err)
		}
		e.Columns = slices.Clone(e.Columns)
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("%s was admitted", name)
		}
	}
}

func TestFollows(t *testing.T) {
	compile := func(in CompileInput) *Edition {
		e, _, err := Compile(in)
		if err != nil {
			t.Fatal(err)
		}
		return &e
	}
	without := func(in CompileInput, id NoticeID) CompileInput {
		in.Notices = slices.DeleteFunc(in.Notices, func(n *Notice) bool { return n.ID == id })
		for i := range in.Playlists {
			in.Playlists[i].Items = slices.DeleteFunc(in.Playlists[i].Items, func(o Item) bool { return o.Notice == id })
		}
		in.Playlists[0].Latest = &Select{Count: 1}
		return in
	}
	prev := compile(countyInput())
	for name, c := range map[string]struct {
		next func(in CompileInput) CompileInput
		want string
	}{
		"the same again":  {func(in CompileInput) CompileInput { return in }, ""},
		"the same number": {func(in CompileInput) CompileInput { in.Revision = 7; return in }, "not greater"},
		"an older number": {func(in CompileInput) CompileInput { in.Revision = 6; return in }, "not greater"},
		"another channel": {func(in CompileInput) CompileInput {
			return CompileInput{Channel: ChannelID{Site: "liuxi"}, Revision: 9, Created: in.Created}
		}, "channel"},
		"a new version":      {func(in CompileInput) CompileInput { in.Notices[0].Version, in.Notices[0].Title = 2, "改"; return in }, ""},
		"changed bytes":      {func(in CompileInput) CompileInput { in.Notices[0].Title = "改"; return in }, "has changed"},
		"no take-down":       {func(in CompileInput) CompileInput { in.Takedowns = nil; return in }, "take-down of old-list is missing"},
		"a lesser take-down": {func(in CompileInput) CompileInput { in.Takedowns = in.Takedowns[1:]; return in }, "take-down of old-list is missing"},
		"missing":            {func(in CompileInput) CompileInput { return without(in, "canal") }, "notice canal is missing"},
		"taken down": {func(in CompileInput) CompileInput {
			in = without(in, "canal")
			in.Takedowns = append(in.Takedowns, Takedown{Notice: "canal", Version: 1, At: in.Created})
			return in
		}, ""},
		"expired": {func(in CompileInput) CompileInput { in.Created = at8("2026-12-01 00:00"); return in }, ""},
		"about to expire": {func(in CompileInput) CompileInput {
			in.Created = at8("2026-11-30 23:59")
			return without(in, "grain-subsidy-2026")
		}, "notice grain-subsidy-2026 is missing"},
	} {
		in := countyInput()
		in.Revision = 8
		err := compile(c.next(in)).Follows(prev)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	two := countyInput()
	two.Notices[0].Version = 2
	two.Revision = 8
	one := countyInput()
	one.Revision = 9
	if err := compile(one).Follows(compile(two)); err == nil || !strings.Contains(err.Error(), "goes back") {
		t.Errorf("an older version: %v", err)
	}
	if err := prev.Follows(nil); err != nil {
		t.Errorf("the first: %v", err)
	}
}
