package controller_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/backup"
	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestOneControllerPerFolder starts a second one on the same folder.
func TestOneControllerPerFolder(t *testing.T) {
	cfg := settings(t.TempDir())
	_, stop := start(t, cfg)
	if second, err := controller.New(cfg, quiet(t)); err == nil || !strings.Contains(err.Error(), "another controller") {
		t.Errorf("a second controller: %v", err)
		if second != nil {
			second.Close()
		}
	}
	stop()
	again := openController(t, cfg) // the folder is free now
	if again.Addr() == "" {
		t.Error("no address")
	}
}

// TestFilesAreTheOwners looks at what others on the machine may read.
func TestFilesAreTheOwners(t *testing.T) {
	cfg := settings(t.TempDir())
	c := openController(t, cfg)
	load(t, c)
	keys, err := filepath.Glob(filepath.Join(cfg.Keys(), "*.key"))
	if err != nil || len(keys) != 12 { // the root's, those for voices and second factors, two of each site, and of who imported
		t.Errorf("%d keys, %v", len(keys), err)
	}
	for _, path := range append(keys, cfg.DatabaseFile(), cfg.TokenFile()) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// TestScreenOfOneVillage publishes in two villages: a screen gets its own
// village's notices and those from above, and nothing of the other's.
func TestScreenOfOneVillage(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"柳溪村触摸屏"`)
	for _, site := range []playlist.SiteID{"liuxi", "wangchuan", "qinghe"} {
		d.until(playlist.ChannelID{Site: site}, func(playlist.Edition) bool { return true })
	}
	ctx := context.Background()
	if _, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("shiqiao", "news", "石桥村的公告")); err != nil {
		t.Fatal(err)
	}
	r, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("liuxi", "news", "柳溪村的公告"))
	if err != nil {
		t.Fatal(err)
	}
	d.until(r.Channel, func(e playlist.Edition) bool { return e.Revision == r.Revision })
	for ch, e := range d.newest {
		if ch.Site == "shiqiao" || slices.ContainsFunc(e.Notices, func(n playlist.Entry) bool { return n.ID != "" && n.Version == 0 }) {
			t.Errorf("the screen got %s", ch)
		}
	}
	for _, g := range d.set.Channels {
		if g.Channel.Site == "shiqiao" {
			t.Error("the settings grant another village's channel")
		}
	}
	f, err := c.Fleet.Forecast(ctx, d.screen, time.Now())
	if err != nil || len(f.Slots) == 0 || len(f.Reasons) == 0 {
		t.Errorf("forecast: %+v, %v", f, err)
	}
	for _, s := range f.Slots {
		if s.Channel.Site == "shiqiao" {
			t.Errorf("the forecast has %s of another village", s.Notice)
		}
	}
}

// TestControllerRestarts stops a controller under a connected screen and starts
// it again: the screen is known and gets what was published meanwhile.
func TestControllerRestarts(t *testing.T) {
	cfg := settings(t.TempDir())
	c, stop := start(t, cfg)
	load(t, c)
	d := newDevice(t, c)
	d.enrol(newClient(t, c), `"site":"liuxi","name":"柳溪村触摸屏"`)
	ch := playlist.ChannelID{Site: "liuxi"}
	d.until(ch, func(playlist.Edition) bool { return true })
	cfg.Listen = c.Addr()
	stop()

	offline := openController(t, cfg) // publishes, but does not serve
	r, err := offline.Desk.TakeDown(context.Background(), publish.Who{Actor: "li"}, "village-1", "有误")
	if err != nil {
		t.Fatal(err)
	}
	if err := offline.Close(); err != nil {
		t.Fatal(err)
	}

	c, _ = start(t, cfg)
	d.connect()
	d.expect(wire.TypeWelcome, &d.welcome)
	if d.welcome.Latest[ch] != r.Revision {
		t.Errorf("latest of %s is %d, want %d", ch, d.welcome.Latest[ch], r.Revision)
	}
	d.until(ch, func(e playlist.Edition) bool { return len(e.Takedowns) == 1 && len(e.Notices) == 0 })
	wait(t, func() bool {
		s, err := c.Fleet.StateOf(context.Background(), d.screen)
		return err == nil && s.Online && s.Reported[ch] == r.Revision
	})
}

// TestEnrolledWhileAway confirms a device that has lost its connection: it is
// told who it is when it comes back.
func TestEnrolledWhileAway(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.connect()
	var p wire.Pairing
	d.expect(wire.TypePairing, &p)
	d.conn.Close()
	a.do("POST", "/api/v1/pairing", `{"code":"`+p.Code+`","site":"liuxi","name":"柳溪村触摸屏"}`, nil)
	d.connect()
	d.expect(wire.TypePairing, nil)
	var e wire.Enrolled
	d.expect(wire.TypeEnrolled, &e)
	d.screen, d.root = e.Screen, e.Root
	d.expect(wire.TypeWelcome, &d.welcome)
	d.until(playlist.ChannelID{Site: "liuxi"}, func(playlist.Edition) bool { return true })
}

// TestBackupAndRestore copies a running controller's data and starts another one
// on the copy: same keys, same notices, same token, and screens know it.
func TestBackupAndRestore(t *testing.T) {
	ctx := context.Background()
	cfg := settings(t.TempDir())
	c, stop := start(t, cfg)
	load(t, c)
	d := newDevice(t, c)
	d.enrol(newClient(t, c), `"site":"liuxi","name":"柳溪村触摸屏"`)
	ch := playlist.ChannelID{Site: "liuxi"}
	d.until(ch, func(playlist.Edition) bool { return true })
	copied := filepath.Join(t.TempDir(), "backup")
	if _, err := backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: copied}); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: copied}); err == nil {
		t.Error("a backup went into a folder with something in it")
	}
	if _, err := backup.Restore(ctx, backup.Order{Place: backup.Of(cfg), Dir: copied}); err == nil {
		t.Error("a restore wrote over a database")
	}
	stop()

	other := settings(filepath.Join(t.TempDir(), "new"))
	other.Listen = c.Addr()
	if _, err := backup.Restore(ctx, backup.Order{Place: backup.Of(other), Dir: copied}); err != nil {
		t.Fatal(err)
	}
	c, _ = start(t, other)
	d.connect()
	d.expect(wire.TypeWelcome, nil)
	r, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("liuxi", "news", "恢复之后的公告"))
	if err != nil {
		t.Fatal(err)
	}
	d.until(ch, func(e playlist.Edition) bool { return e.Revision == r.Revision })
	newClient(t, c).do("GET", "/api/v1/status", "", nil)
}

// TestSample imports the sample county that is built in.
func TestSample(t *testing.T) {
	ctx := context.Background()
	c := openController(t, settings(t.TempDir()))
	sum, err := c.ImportSample(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Sites < 24 || sum.Screens < 6 || sum.Notices == 0 {
		t.Errorf("sample: %+v", sum)
	}
	again, err := c.ImportSample(ctx)
	if err != nil || again != (publish.Imported{}) {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	states, err := c.Fleet.List(ctx)
	if err != nil || len(states) != sum.Screens {
		t.Fatalf("%d screens, %v", len(states), err)
	}
	f, err := c.Fleet.Forecast(ctx, states[0].ID, time.Now())
	if err != nil || len(f.Slots) == 0 {
		t.Errorf("forecast of %s: %d slots, %v", states[0].ID, len(f.Slots), err)
	}
}

// TestPlainHTTPOnly says no to HTTP/2, on which a websocket has no connection of
// its own.
func TestPlainHTTPOnly(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	res, err := http.Get(c.URL() + "/api/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.ProtoMajor != 1 || res.StatusCode != http.StatusOK {
		t.Errorf("%s %s", res.Proto, res.Status)
	}
}

// TestBadSettings names what is wrong.
func TestBadSettings(t *testing.T) {
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Data, cfg.Zone = t.TempDir(), "Mars/Olympus"
	if _, err := controller.New(cfg, quiet(t)); err == nil || !strings.Contains(err.Error(), "zone") {
		t.Errorf("new: %v", err)
	}
}
