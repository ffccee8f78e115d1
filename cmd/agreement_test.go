package cmd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/kiosk"
	"mingbai/kiosk/cache"
	kioskled "mingbai/kiosk/led"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// planned is an office whose county, town and village have playlists and rules
// of every kind, and a touchscreen and a board in a village.
type planned struct {
	t    *testing.T
	c    *controller.Controller
	dir  string
	root []byte
}

func openPlanned(t *testing.T) *planned {
	o := &planned{t: t, dir: scratch(t)}
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = filepath.Join(o.dir, "office"), "127.0.0.1:0"
	var err error
	if o.c, err = controller.New(cfg, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.c.Close(); err != nil {
			t.Error(err)
		}
	})
	county, err := intake.Load(configs.Sample(), schedule.DateOf(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	// One small picture stands for all: to make all sizes of them takes longer than
	// all the rest.
	shades := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range shades.Pix {
		shades.Pix[i] = uint8(i%640/5 + i/640/4)
	}
	var small bytes.Buffer
	if err := png.Encode(&small, shades); err != nil {
		t.Fatal(err)
	}
	for _, d := range county.Drafts {
		for i := range d.Pictures {
			d.Pictures[i].Data = small.Bytes()
		}
	}
	o.must(o.c.Desk.Import(t.Context(), publish.Who{Actor: "test"}, county))
	keys, err := publish.OpenKeys(durable.OS, cfg.Keys())
	if err != nil {
		t.Fatal(err)
	}
	root, err := keys.Root()
	if err != nil {
		t.Fatal(err)
	}
	o.root = root.Public().(ed25519.PublicKey)
	return o
}

func (o *planned) must(_ any, err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// plan gives every site on the way from a village to the root rules of its own,
// drawn by r, over its own notices.
func (o *planned) plan(r *rand.Rand, village playlist.SiteID) {
	o.t.Helper()
	ctx := o.t.Context()
	tree, err := o.c.Store.Tree(ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	base := schedule.DateOf(time.Now().In(time.FixedZone("", 8*60*60)))
	for _, site := range tree.Path(village) {
		rows, err := o.c.Store.LiveNotices(ctx, playlist.ChannelID{Site: site.ID})
		if err != nil {
			o.t.Fatal(err)
		}
		lists := []playlist.Playlist{
			{ID: "all", Name: "最新", Latest: &playlist.Select{Count: 10}},
			{ID: "some", Name: "要点"}, {ID: "day", Name: "政务公开日", Latest: &playlist.Select{Count: 3}},
		}
		for i, row := range rows {
			if i < 2 {
				lists[1].Items = append(lists[1].Items, playlist.Item{Notice: row.Notice, Dwell: 5 * i})
			}
		}
		from := schedule.Clock(60 * (7 + r.IntN(6)))
		rules := []schedule.Rule{
			{ID: "all", Name: "最新", Playlist: "all", Level: schedule.Normal, Days: schedule.WorkingDay, Share: r.IntN(3), Spans: []schedule.Span{{From: from, To: from + 300}}},
			{ID: "evening", Name: "晚间", Playlist: "some", Level: schedule.Normal, Spans: []schedule.Span{{From: 20 * 60, To: 60 * schedule.Clock(r.IntN(7))}}},
			{ID: "always", Name: "垫播", Playlist: "all", Level: schedule.Filler},
			{ID: "friday", Name: "最后一个周五", Playlist: "some", Level: schedule.Urgent, From: base, Recurrence: "FREQ=MONTHLY;BYDAY=-1FR", Spans: []schedule.Span{{From: 600, To: 720}}},
			{ID: "day", Name: "政务公开日", Playlist: "day", Level: schedule.Campaign, From: base.AddDays(3 + r.IntN(9)), Period: &schedule.Period{Days: 2, Working: true}, Tags: []string{[]string{"touch", "led"}[r.IntN(2)]}},
		}
		o.must(o.c.Desk.Programme(ctx, publish.Who{Actor: "test"}, site.ID, lists, rules))
	}
}

// fits holds every board of the sample county to rounds of three minutes on each
// of the next thirty days, and every screen to having something to show.
func (o *planned) fits() {
	o.t.Helper()
	rows, err := o.c.Store.Screens(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	lines, err := o.c.Fleet.Timelines(o.t.Context(), rows, time.Now(), fleet.LongestTimeline)
	if err != nil {
		o.t.Fatal(err)
	}
	boards := 0
	for i, line := range lines {
		board := rows[i].Kind == playlist.LED
		if board {
			boards++
		}
		for _, s := range line.Stretches {
			if board && (s.Over || s.Seconds > playlist.MaxCycle.Seconds()) || len(s.Notices) == 0 {
				o.t.Errorf("%s from %s: %d notices in %g s, over %v", line.Screen, s.From, len(s.Notices), s.Seconds, s.Over)
			}
		}
	}
	if boards == 0 {
		o.t.Error("the sample has no board")
	}
}

// device is what a screen has once it was sent everything, with its own cache.
func (o *planned) device(id playlist.ScreenID) *playlist.Library {
	o.t.Helper()
	ctx := o.t.Context()
	if err := o.c.Fleet.Refresh(ctx, id); err != nil {
		o.t.Fatal(err)
	}
	row, err := o.c.Store.Screen(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	c, err := cache.Open(durable.OS, filepath.Join(o.dir, string(id)), slog.New(slog.DiscardHandler), cache.WithPace(led.Pace))
	if err != nil {
		o.t.Fatal(err)
	}
	if err := c.Enrol(cache.Identity{Screen: id, Root: o.root}); err != nil {
		o.t.Fatal(err)
	}
	env, err := o.c.Store.Settings(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := c.Offer(wire.Push{Revision: row.SettingsRevision, Envelope: env}, nil); err != nil {
		o.t.Fatal(err)
	}
	channels, err := o.c.Store.Channels(ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	tree, err := o.c.Store.Tree(ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, ch := range channels {
		if ch.Revision == 0 || !slices.Contains(tree.PathIDs(row.Site), ch.ID.Site) {
			continue
		}
		o.offer(ctx, c, ch.ID, ch.Revision)
	}
	if _, err := c.Commit(); err != nil {
		o.t.Fatal(err)
	}
	if c.Current() == nil {
		o.t.Fatalf("screen %s has no generation", id)
	}
	return c.Current().Library
}

func (o *planned) offer(ctx context.Context, c *cache.Cache, ch playlist.ChannelID, rev playlist.Revision) {
	o.t.Helper()
	edition, err := o.c.Store.Edition(ctx, ch, rev)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := c.Offer(wire.Push{Channel: ch, Revision: rev, Envelope: edition.Envelope}, nil); err != nil {
		o.t.Fatal(err)
	}
	for _, b := range c.Missing(ch) {
		data, err := o.c.Blobs.Read(b.Ref, b.Size)
		if err != nil {
			o.t.Fatal(err)
		}
		o.must(c.Blobs().PutBytes(data))
	}
}

// still is a device of which the test sets the time.
type still struct {
	status kiosk.Status
	shows  wire.Showing
}

func (s *still) Status() kiosk.Status                     { return s.status }
func (s *still) Lit(int) bool                             { return false }
func (s *still) Showed(w wire.Showing, _ ...wire.Showing) { s.shows = w }
func (s *still) Blob(assets.Ref, int64) ([]byte, error)   { return nil, assets.ErrNotFound }

// TestScreensShowWhatTheForecastSays compares, at many instants of thirty days,
// what the office says that a screen will play with what the screen plays that
// was sent the same editions: a board by its own program, a touchscreen by its
// player, each through a whole round.
func TestScreensShowWhatTheForecastSays(t *testing.T) {
	o := openPlanned(t)
	o.fits()
	ctx := t.Context()
	r := rand.New(rand.NewPCG(31, 32))
	village := playlist.SiteID("shiqiao")
	o.plan(r, village)
	panel := playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.DualColour}
	screens := []playlist.Screen{
		{ID: "agree-board", Site: village, Kind: playlist.LED, Name: "村口屏", Outdoor: true, Panel: panel},
		{ID: "agree-touch", Site: village, Kind: playlist.Touch, Name: "村部触摸屏", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 480, HeightMM: 850}},
	}
	for _, s := range screens {
		o.must(o.c.Fleet.Add(ctx, "test", s, "zh"))
	}
	raised := time.Now().Add(30 * time.Hour)
	alert := playlist.Notice{Kind: playlist.KindAlert, Site: village, Title: "暴雨红色预警", Issuer: "县气象台", NotBefore: raised, NotAfter: raised.Add(5 * time.Hour),
		Alert: &playlist.Alert{Type: "暴雨", Colour: playlist.Red, Area: "全村", Action: "立即转移", Start: raised}}
	o.must(o.c.Desk.Publish(ctx, publish.Who{Actor: "test"}, alert))

	for _, s := range screens {
		lib := o.device(s.ID)
		line, err := o.c.Fleet.Timeline(ctx, s.ID, time.Now(), fleet.LongestTimeline)
		if err != nil {
			t.Fatal(err)
		}
		levels := map[schedule.Level]bool{}
		for _, stretch := range line.Stretches {
			levels[stretch.Level] = true
		}
		if len(line.Stretches) < 60 || len(levels) < 4 {
			t.Fatalf("%s: %d stretches of %d levels", s.ID, len(line.Stretches), len(levels))
		}
		for i := range 36 {
			at := line.From.Add(time.Duration(r.Int64N(int64(line.Until.Sub(line.From)))))
			if i < 6 {
				at = raised.Add(time.Duration(i*70-30) * time.Minute) // about the warning
			}
			f, err := o.c.Fleet.Forecast(ctx, s.ID, at)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, s, lib, f, line)
		}
	}
}

// compare walks a screen from an instant through a round of its loop.
func compare(t *testing.T, s playlist.Screen, lib *playlist.Library, f fleet.Forecast, line fleet.Timeline) {
	t.Helper()
	key := func(n playlist.NoticeID, version int, ch playlist.ChannelID, rev playlist.Revision) string {
		return fmt.Sprint(n, "/", version, "@", ch, "/", rev)
	}
	want := map[string]bool{}
	from := f.Slots
	round := time.Duration(f.Seconds * float64(time.Second))
	if len(f.Alerts) > 0 {
		from, round = f.Alerts, time.Minute
	}
	for _, n := range from {
		want[key(n.Notice, n.Version, n.Channel, n.Revision)] = true
	}
	cycle := lib.Loop(schedule.Sure(f.At))
	if len(cycle.Slots) != len(f.Slots) || cycle.Length.Seconds() != f.Seconds || cycle.Over != f.Over || len(cycle.LeftOut) != len(f.LeftOut) {
		t.Fatalf("%s at %s: the device reckons with %d notices in %s, the office with %d in %g s", s.ID, f.At, len(cycle.Slots), cycle.Length, len(f.Slots), f.Seconds)
	}
	i := slices.IndexFunc(line.Stretches, func(l fleet.Stretch) bool { return f.At.Before(l.Until) })
	if l := line.Stretches[i]; l.Level != f.Level || l.Seconds != f.Seconds || l.Over != f.Over || len(l.Alerts) != len(f.Alerts) || !slices.Equal(l.Rules, f.Rules) {
		t.Fatalf("%s at %s: the timeline says level %s and %g s, the forecast %s and %g s", s.ID, f.At, l.Level, l.Seconds, f.Level, f.Seconds)
	}
	dev := &still{status: kiosk.Status{Library: lib, Enrolled: true, Online: true}}
	board, p := kioskled.New(dev, s.Panel), player.New(lib)
	got, again := map[string]bool{}, 0
	for at, end := f.At, f.At.Add(round); at.Before(end) && at.Before(f.Until); {
		m := schedule.Sure(at)
		next := at
		if s.Kind == playlist.LED {
			dev.status.Moment = m
			frame, due := board.Step(at, nil)
			board.Presented(frame, at)
			if page := map[bool]string{true: "alert", false: "loop"}[len(f.Alerts) > 0]; dev.shows.Page != page {
				t.Fatalf("%s at %s: it shows %q, not %q", s.ID, at, dev.shows.Page, page)
			}
			got[key(dev.shows.Notice, dev.shows.Version, dev.shows.Channel, dev.shows.Revision)] = true
			next = due
		} else {
			state := p.Step(m)
			n, ch, rev := state.Slot.Notice, state.Slot.Channel, state.Slot.Revision
			if state.Mode == player.Alerting {
				n = state.Alert
				_, ch, rev, _ = lib.Notice(n.ID, m)
			} else if state.Mode != player.Loop {
				t.Fatalf("%s at %s: mode %s: %s", s.ID, at, state.Mode, state.Why)
			}
			got[key(n.ID, n.Version, ch, rev)] = true
			next = state.Until
		}
		if next.After(at) {
			again = 0
		} else if again++; again > 1 { // a board may be asked twice for an instant that it took for the one before
			t.Fatalf("%s at %s: nothing is due", s.ID, at)
		}
		at = next
	}
	for k := range got {
		if !want[k] {
			t.Fatalf("%s at %s shows %s, which the forecast has not: %s", s.ID, f.At, k, strings.Join(sortedKeys(want), " "))
		}
	}
	if f.At.Add(round).Before(f.Until) && len(got) != len(want) {
		t.Fatalf("%s at %s: in a round of %s it shows %v, the forecast has %v", s.ID, f.At, round, sortedKeys(got), sortedKeys(want))
	}
}

func sortedKeys(m map[string]bool) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
