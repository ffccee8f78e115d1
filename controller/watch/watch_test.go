package watch_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/controller/watch"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// county is a real fleet on a new database with a watch over it, and a clock that
// the test moves.
type county struct {
	testing.TB
	*watch.Watch
	cfg     watch.Config
	store   *store.Store
	fleet   *fleet.Fleet
	now     time.Time
	devices []*device
}

// device is a screen's machine: what it is and how it is.
type device struct {
	id      playlist.ScreenID
	hello   wire.Hello
	remote  string
	online  bool
	booted  time.Time
	started time.Time
	next    time.Time // of its report
	vitals  wire.Vitals
	page    string
}

// newCounty has towns of ten villages with screens each.
func newCounty(t testing.TB, villages, screens int) *county {
	t.Helper()
	ctx := context.Background()
	c := &county{TB: t, now: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)} // 22:00 in the office
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	c.store = storetest.Open(t, filepath.Join(t.TempDir(), "x.db"))
	blobs, err := assets.Open(durable.OS, t.TempDir())
	must(err)
	zone, err := time.LoadLocation("Asia/Shanghai")
	must(err)
	now := func() time.Time { return c.now }
	c.fleet, err = fleet.New(ctx, fleet.Config{Store: c.store, Blobs: blobs, Root: ed25519.NewKeyFromSeed(make([]byte, 32)), Zone: zone,
		Log: slog.New(slog.DiscardHandler), Now: now})
	must(err)
	t.Cleanup(func() { c.fleet.Close(); must(c.store.Close()) })
	must(c.store.Update(ctx, func(tx *store.Tx) error {
		must(tx.PutSite(ctx, playlist.Site{ID: "x", Kind: playlist.County, Name: "青禾县"}))
		for v := range villages {
			town := playlist.SiteID(fmt.Sprint("t", v/10))
			if v%10 == 0 {
				must(tx.PutSite(ctx, playlist.Site{ID: town, Parent: "x", Kind: playlist.Town, Name: fmt.Sprint("镇", v/10)}))
			}
			site := playlist.SiteID(fmt.Sprint("v", v))
			must(tx.PutSite(ctx, playlist.Site{ID: site, Parent: town, Kind: playlist.Village, Name: fmt.Sprint("村", v)}))
			for k := range screens {
				d := &device{id: playlist.ScreenID(fmt.Sprint("v", v, "-", k)), remote: fmt.Sprintf("10.%d.%d.%d:9", v/250, v%250, k+1), page: "loop"}
				kind := []playlist.ScreenKind{playlist.Touch, playlist.LED}[k%2]
				panel := playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}
				key := make([]byte, 32)
				copy(key, d.id)
				d.hello = wire.Hello{Key: key, Screen: d.id, Program: string(kind) + " 1.4.2", Host: string(d.id), Kind: kind, Panel: panel, Settings: 1}
				must(tx.PutScreen(ctx, playlist.Screen{ID: d.id, Site: site, Kind: kind, Name: fmt.Sprint(k, "号屏"), Panel: panel}, "zh"))
				must(tx.BindDevice(ctx, d.id, key, c.now.Add(-24*time.Hour)))
				must(tx.SetProgram(ctx, d.id, d.hello.Program, d.hello.System, d.hello.Host))
				must(tx.PutSettings(ctx, d.id, 1, wire.Envelope{}))
				d.booted, d.started = c.now.Add(-50*time.Hour), c.now.Add(-50*time.Hour)
				c.devices = append(c.devices, d)
			}
		}
		return nil
	}))
	c.cfg = watch.Config{Store: c.store, Fleet: c.fleet, Zone: zone, Now: now, Log: slog.New(slog.DiscardHandler)}
	c.open()
	return c
}

// open starts the watch, again perhaps.
func (c *county) open() {
	c.Helper()
	var err error
	if c.Watch, err = watch.New(context.Background(), c.cfg); err != nil {
		c.Fatal(err)
	}
}

func (c *county) connect(d *device) {
	c.Helper()
	if _, err := c.fleet.Hello(context.Background(), d.hello, d.remote); err != nil {
		c.Fatal(err)
	}
	d.online, d.next = true, c.now
}

func (c *county) gone(d *device, why string) {
	d.online = false
	c.fleet.Gone(d.id, c.now, why)
}

// report sends how a device is.
func (c *county) report(d *device) {
	c.Helper()
	v := wire.Vitals{
		CPU: 8, MemoryUsed: 1 << 30, MemoryTotal: 4 << 30, DiskFree: 20 << 30, DiskTotal: 60 << 30, Temperature: 55,
		Uptime: int64(c.now.Sub(d.booted).Seconds()), Running: int64(c.now.Sub(d.started).Seconds()), Heartbeat: c.now, ContentAsOf: c.now,
		Line: wire.Line{RTT: 35, Pings: 60}, Picture: wire.Picture{At: c.now, Luma: 80},
		Output: wire.Output{Display: wire.Plugged, Brightness: 70}, Program: wire.Program{Version: "1.4.2", Starts: 1},
	}
	if d.vitals != (wire.Vitals{}) {
		v = d.vitals
		v.Heartbeat = c.now
	}
	if err := c.fleet.Report(context.Background(), d.id, wire.Report{Time: c.now, Vitals: v, Showing: wire.Showing{Page: d.page, Since: c.now}}); err != nil {
		c.Fatal(err)
	}
	d.next = c.now.Add(30 * time.Second)
}

// pass lets time go by: devices report, and the watch looks every five seconds.
func (c *county) pass(d time.Duration, each func()) {
	c.Helper()
	for end := c.now.Add(d); c.now.Before(end); {
		c.now = c.now.Add(5 * time.Second)
		if each != nil {
			each()
		}
		for _, d := range c.devices {
			if d.online && !c.now.Before(d.next) {
				c.report(d)
			}
		}
		if err := c.Look(context.Background(), c.now); err != nil {
			c.Fatal(err)
		}
	}
}

func (c *county) titles() (out []string) {
	for _, w := range c.Open() {
		out = append(out, w.TitleZh)
	}
	return out
}

// TestQuietHour is an hour of fifty devices in which nothing is wrong but what is
// always so: connections break and come back, machines start anew at night,
// programs are updated, boards go dark, lines are a little lossy, processors are
// busy for a minute, clocks drift, disks are half full.
func TestQuietHour(t *testing.T) {
	for _, seed := range []uint64{1} {
		r := rand.New(rand.NewPCG(seed, 6))
		c := newCounty(t, 10, 5)
		for _, d := range c.devices {
			c.connect(d)
		}
		const left = "the connection was lost: websocket: close 1000 (normal): the device stops"
		back := map[*device]time.Time{}
		c.pass(time.Hour, func() {
			for i, d := range c.devices {
				if at, away := back[d]; away {
					if c.now.Before(at) {
						continue
					}
					delete(back, d)
					c.connect(d)
					continue
				}
				switch n := r.IntN(7200); { // every device meets each a few times
				case n < 20: // the line breaks
					c.gone(d, "the connection was lost: EOF")
					back[d] = c.now.Add(time.Duration(r.IntN(9)) * time.Second)
				case n < 24: // the machine starts anew
					c.gone(d, left)
					back[d] = c.now.Add(time.Duration(20+r.IntN(90)) * time.Second)
					d.booted, d.started = back[d], back[d]
				case n < 28: // the program is updated
					c.gone(d, left)
					back[d] = c.now.Add(time.Duration(2+r.IntN(20)) * time.Second)
					d.started = back[d]
				case n < 40: // it takes its connection anew before the old one is seen to be gone
					c.connect(d)
				case n < 60:
					d.page = []string{"loop", wire.Dark, "home", "notice", "alert"}[r.IntN(5)]
					c.report(d)
				case n < 200:
					d.vitals = wire.Vitals{
						CPU: 99 * r.Float64(), MemoryUsed: uint64(90 * r.Float64()), MemoryTotal: 100, DiskFree: 2 << 30, DiskTotal: 30 << 30, Temperature: 40 + 44*r.Float64(),
						ClockOffset: 100*r.Float64() - 50, Uptime: int64(c.now.Sub(d.booted).Seconds()), Running: int64(c.now.Sub(d.started).Seconds()), ContentAsOf: c.now.Add(-time.Hour),
						Line:    wire.Line{RTT: 1000 * r.Float64(), Pings: r.IntN(60), Lost: 4.9 * r.Float64(), Dropped: r.IntN(5)},
						Picture: wire.Picture{At: c.now, Luma: 255 * r.Float64(), Differs: 4 * r.Float64()},
						Output:  wire.Output{Display: wire.Plugged, Brightness: -1, Volume: -1}, Program: wire.Program{Version: "1.4.2", Starts: 2, Crashes: i % 3},
					}
					c.report(d)
					d.vitals = wire.Vitals{}
				}
			}
			if got := c.titles(); len(got) > 0 {
				t.Fatalf("seed %d at %s: %q", seed, c.now, got)
			}
		})
		if err := c.store.View(context.Background(), func(r store.Reader) error {
			w, err := r.ClosedWarnings(context.Background(), c.now.Add(time.Hour), 10)
			if err == nil && len(w) > 0 {
				err = fmt.Errorf("warnings: %+v", w)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
}

// TestWarningsOutliveTheController: the warning of a line that is down is the
// same one after a start, its screens have events, and a person takes it.
func TestWarningsOutliveTheController(t *testing.T) {
	ctx := t.Context()
	c := newCounty(t, 3, 2)
	for _, d := range c.devices {
		c.connect(d)
	}
	c.pass(time.Minute, nil)
	c.gone(c.devices[0], "nothing came in time")
	c.gone(c.devices[1], "nothing came in time")
	c.devices[4].vitals = wire.Vitals{OutputsLost: "10.0.0.1:1"}
	c.pass(time.Minute, nil)
	all := c.Open()
	if len(all) != 2 || all[0].Scope != "v2-0" || all[0].Severity != int(fleet.Urgent) || all[1].Scope != "site:v0" {
		t.Fatalf("%q", c.titles())
	}
	line := all[1]
	if _, err := c.Acknowledge(ctx, "li", line.ID, "", strings.Repeat("长", 501)); !errors.Is(err, watch.ErrRemark) {
		t.Error(err)
	}
	if _, err := c.Acknowledge(ctx, "li", "w-none", "", ""); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	got, err := c.Acknowledge(ctx, "li", line.ID, "", " 已报修 ")
	if err != nil || got.Actor != "li" || got.Remark != "已报修" || got.Acknowledged != c.now {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.Acknowledge(ctx, "wang", line.ID, "", ""); !errors.Is(err, watch.ErrTaken) {
		t.Errorf("somebody who did not see that it was taken: %v", err)
	}
	records, err := c.store.Records(ctx, line.ID, 0, 10)
	if err != nil || len(records) != 1 || records[0].Action != "warning.take" || records[0].Site != "v0" {
		t.Errorf("%+v, %v", records, err)
	}
	c.now = c.now.Add(3 * time.Minute)
	c.open()
	c.pass(3*time.Minute, nil)
	all = c.Open()
	if len(all) != 2 || all[1].ID != line.ID || all[1].Remark != "已报修" || !strings.Contains(all[1].TitleZh, "2 块屏幕离线 7 分钟") {
		t.Errorf("after a start: %+v", all)
	}
	// Somebody writes down who takes a warning behind the engine's back.
	board := all[0]
	if err := c.store.Update(ctx, func(tx *store.Tx) error { return tx.TakeWarning(ctx, board.ID, "zheng", "已换网线", c.now) }); err != nil {
		t.Fatal(err)
	}
	c.devices[4].vitals = wire.Vitals{}
	c.connect(c.devices[0])
	c.connect(c.devices[1])
	c.pass(time.Minute, nil)
	if got := c.Open(); len(got) > 0 {
		t.Errorf("mended: %q", c.titles())
	}
	if got, err := c.store.Warning(ctx, board.ID); err != nil || got.Closed.IsZero() || got.Actor != "zheng" || got.Remark != "已换网线" {
		t.Errorf("closed, it forgot who took it: %+v, %v", got, err)
	}
	if _, err := c.Acknowledge(ctx, "wang", board.ID, "zheng", "我来"); !errors.Is(err, watch.ErrClosed) {
		t.Errorf("one that is over was taken: %v", err)
	}
	if err := c.store.FlushHealth(ctx); err != nil {
		t.Fatal(err)
	}
	events, err := c.store.Events(ctx, "v0-1", 0, 20)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(events, func(a, b store.Event) int { return a.At.Compare(b.At) }) // two writers
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, string(e.Kind))
		if (e.Kind == store.EventWarned || e.Kind == store.EventCleared) && e.Detail != line.ID {
			t.Errorf("%+v", e)
		}
	}
	if want := []string{"online", "offline", "warned", "online", "cleared"}; !slices.Equal(slices.DeleteFunc(kinds, func(k string) bool { return k == "started" }), want) {
		t.Errorf("%q, want %q", kinds, want)
	}
}
