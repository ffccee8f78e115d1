package fleet_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// bigCounty is a county of ten towns with 250 villages and a thousand screens:
// in every village two boards that are alike, a board of another size and a
// touchscreen.
func bigCounty(tb testing.TB) (*fleet.Fleet, []store.Screen) {
	tb.Helper()
	f, _, rows := bigCountyIn(tb)
	return f, rows
}

// bigCountyIn is bigCounty with its store.
func bigCountyIn(tb testing.TB) (*fleet.Fleet, *store.Store, []store.Screen) {
	tb.Helper()
	ctx := context.Background()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	s, err := store.Open(ctx, filepath.Join(tb.TempDir(), "x.db"))
	must(err)
	blobs, err := assets.Open(durable.OS, tb.TempDir())
	must(err)
	zone, err := time.LoadLocation("Asia/Shanghai")
	must(err)
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	f, err := fleet.New(ctx, fleet.Config{Store: s, Blobs: blobs, Root: key, Zone: zone, Log: slog.New(slog.DiscardHandler)})
	must(err)
	tb.Cleanup(func() { f.Close(); must(s.Close()) })

	sites := []playlist.Site{{ID: "qinghe", Kind: playlist.County, Name: "青禾县"}}
	for i := range 10 {
		town := playlist.Site{ID: playlist.SiteID(fmt.Sprint("town-", i)), Parent: "qinghe", Kind: playlist.Town, Name: fmt.Sprint("镇", i)}
		sites = append(sites, town)
		for j := range 25 {
			sites = append(sites, playlist.Site{ID: playlist.SiteID(fmt.Sprintf("village-%d-%d", i, j)), Parent: town.ID, Kind: playlist.Village, Name: fmt.Sprint("村", i, j)})
		}
	}
	count := map[playlist.SiteKind]int{playlist.County: 300, playlist.Town: 60, playlist.Village: 20}
	must(s.Update(ctx, func(t *store.Tx) error {
		for _, site := range sites {
			ch := playlist.ChannelID{Site: site.ID}
			must(t.PutSite(ctx, site))
			must(t.AddChannel(ctx, ch, key.Public().(ed25519.PublicKey)))
			in := playlist.CompileInput{Channel: ch, Revision: 1, Created: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)}
			for k := range count[site.Kind] {
				in.Notices = append(in.Notices, &playlist.Notice{
					ID: playlist.NoticeID(fmt.Sprintf("%s-n%d", site.ID, k)), Version: 1, Kind: playlist.KindAnnouncement, Site: site.ID, Column: "news",
					Title: fmt.Sprintf("关于第 %d 号事项的公告", k), Issuer: site.Name, Issued: schedule.Date{Year: 2026, Month: 10, Day: 1 + k%30},
					Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "现将有关事项公告如下，请相互转告。"}}},
				})
			}
			in.Playlists = []playlist.Playlist{{ID: "newest", Name: "最新", Latest: &playlist.Select{Count: 12}}, {ID: "must", Name: "必播", Items: []playlist.Item{{Notice: in.Notices[0].ID}}}}
			in.Rules = []schedule.Rule{
				{ID: "must", Name: "必播", Playlist: "must", Level: schedule.Normal, Days: schedule.WorkingDay, Spans: []schedule.Span{{From: 510, To: 720}, {From: 840, To: 1050}}},
				{ID: "newest", Name: "最新", Playlist: "newest", Level: schedule.Normal, Spans: []schedule.Span{{From: 360, To: 1320}}},
				{ID: "night", Name: "夜间", Playlist: "must", Level: schedule.Filler},
			}
			if site.Kind == playlist.County {
				in.Columns = []playlist.Column{{ID: "news", Name: "动态", Field: playlist.Government, Tile: 1}}
			}
			e, bodies, err := playlist.Compile(in)
			must(err)
			for _, b := range bodies {
				_, err := blobs.PutBytes(b)
				must(err)
			}
			payload, err := e.Encode()
			must(err)
			must(t.PutEdition(ctx, store.Edition{Channel: ch, Revision: 1, Created: in.Created, Envelope: wire.Sign(wire.EditionType, payload, key)}, 1))
			if site.Kind != playlist.Village {
				continue
			}
			board := playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}
			for k, screen := range []playlist.Screen{
				{Kind: playlist.LED, Panel: board}, {Kind: playlist.LED, Panel: board}, {Kind: playlist.LED, Panel: playlist.Panel{Width: 96, Height: 16, WidthMM: 960, HeightMM: 160}},
				{Kind: playlist.Touch, Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 480, HeightMM: 850}},
			} {
				screen.ID, screen.Site, screen.Name = playlist.ScreenID(fmt.Sprint(site.ID, "-s", k)), site.ID, fmt.Sprint(k, "号屏")
				must(t.PutScreen(ctx, screen, "zh"))
			}
		}
		return nil
	}))
	rows, err := s.Screens(ctx)
	must(err)
	return f, s, rows
}

// BenchmarkDayForThousandScreens computes what a thousand screens play for a day
// once their editions are decoded and pages measured; what that takes the first
// time is told beside it. The ratio is to writing the answers down, which
// somebody who asks for them waits for in any case.
func BenchmarkDayForThousandScreens(b *testing.B) {
	f, screens := bigCounty(b)
	ctx := b.Context()
	from := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	ask := func() []fleet.Timeline {
		lines, err := f.Timelines(ctx, screens, from, 24*time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		return lines
	}
	start := time.Now()
	lines := ask() // editions are decoded and pages are laid out once
	first := time.Since(start)
	if len(lines) != 1000 || len(lines[0].Stretches) < 5 {
		b.Fatalf("%d lines, the first of %d stretches", len(lines), len(lines[0].Stretches))
	}
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		start = time.Now()
		if _, err := json.Marshal(lines); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(start)
		b.StartTimer()
		lines = ask()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
	b.ReportMetric(first.Seconds(), "s-first-time")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/screen")
}

// BenchmarkOverload asks what a county's programme does to the 750 boards below
// it in thirty days, in the dearest case: enough for a round by the sum of all
// rules, but never at one time. The ratio is to one day of the same boards.
func BenchmarkOverload(b *testing.B) {
	f, screens := bigCounty(b)
	ctx := b.Context()
	lists := []playlist.Playlist{{ID: "newest", Name: "最新", Latest: &playlist.Select{Count: 12}}}
	var rules []schedule.Rule
	for i := range 8 {
		id := fmt.Sprint("hour-", i)
		p := playlist.Playlist{ID: id, Name: id}
		for k := range 4 {
			p.Items = append(p.Items, playlist.Item{Notice: playlist.NoticeID(fmt.Sprint("qinghe-n", 4*i+k))})
		}
		lists = append(lists, p)
		at := schedule.Clock(60 * (8 + i))
		rules = append(rules, schedule.Rule{ID: id, Name: id, Playlist: id, Level: schedule.Normal, Spans: []schedule.Span{{From: at, To: at + 60}}})
	}
	ask := func() {
		problems, err := f.Overload(ctx, "qinghe", lists, rules)
		if err != nil || len(problems) > 0 {
			b.Fatal(problems, err)
		}
	}
	ask()
	from := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		if _, err := f.Timelines(ctx, screens, from, 24*time.Hour); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(start)
		b.StartTimer()
		ask()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
}
