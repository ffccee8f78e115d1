package kiosk

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/assets/durable"
	"mingbai/assets/fonts"
	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/kiosk/cache"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// patience is how long a test waits for what must happen before it has failed. It
// is no measurement: a busy machine may take its time.
const patience = 3 * time.Minute

// office runs a real controller with one village and one notice until the test
// ends.
func office(t *testing.T) *controller.Controller {
	return officeWith(t, "明日停水。", func(*configs.Controller) {})
}

func officeWith(t *testing.T, text string, change func(*configs.Controller)) *controller.Controller {
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen, cfg.Screens.Report = t.TempDir(), "127.0.0.1:0", time.Second
	change(&cfg)
	storetest.Put(t, cfg.DatabaseFile())
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	n := playlist.Notice{
		ID: "tingshui", Version: 1, Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: "关于停水的公告", Issuer: "柳溪村",
		Issued:       schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: text}}},
	}
	_, err = c.Desk.Import(t.Context(), publish.Who{Actor: "test"}, &intake.County{
		Name:    "柳溪村",
		Sites:   []playlist.Site{{ID: "liuxi", Kind: playlist.County, Name: "柳溪村"}},
		Columns: []playlist.Column{{ID: "news", Name: "通知公告", Field: playlist.Government, Tile: 1}},
		Drafts:  []intake.Draft{{File: "tingshui", Notice: n}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, c.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// plain shows the first notice there is, in one colour.
type plain struct{ device *Device }

func (p plain) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	return &scene.Frame{Size: image.Pt(8, 4), Ground: color.RGBA{200, 0, 0, 255}}, now.Add(100 * time.Millisecond)
}

func (p plain) Presented(*scene.Frame, time.Time) {
	st, show := p.device.Status(), wire.Showing{Page: "fallback"}
	if st.Library != nil {
		for _, n := range st.Library.List(playlist.Query{Limit: 1}, st.Moment) {
			_, ch, rev, _ := st.Library.Notice(n.ID, st.Moment)
			show = wire.Showing{Page: "loop", Notice: n.ID, Version: n.Version, Channel: ch, Revision: rev}
		}
	}
	p.device.Showed(show)
}

// running is a device that is on.
type running struct {
	*Device
	t      *testing.T
	office *controller.Controller
	id     playlist.ScreenID
	done   chan error
	stop   context.CancelFunc
}

// switchOn starts a board in a folder, and pairs it when it is new.
func switchOn(t *testing.T, c *controller.Controller, dir string, now func() time.Time) *running {
	t.Helper()
	return switchOnAs(t, playlist.LED, c, dir, now)
}

func switchOnAs(t *testing.T, kind playlist.ScreenKind, c *controller.Controller, dir string, now func() time.Time) *running {
	t.Helper()
	return switchOnWith(t, kind, c, dir, now, func(*configs.Screen) {}, func(*Device) {})
}

// switchOnWith changes the machine's settings and fits it out before it starts.
func switchOnWith(t *testing.T, kind playlist.ScreenKind, c *controller.Controller, dir string, now func() time.Time, set func(*configs.Screen), fit func(*Device)) *running {
	t.Helper()
	cfg := configs.DefaultScreen(kind)
	cfg.Controller, cfg.Data, cfg.Name, cfg.Report = c.URL(), dir, "gate", time.Second
	set(&cfg)
	d, err := NewWith(cfg, kind, slog.New(slog.DiscardHandler), Options{
		Now: now, Backoff: link.Backoff{Min: 10 * time.Millisecond, Max: 100 * time.Millisecond}, Spread: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	fit(d)
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Device: d, t: t, office: c, done: make(chan error, 1), stop: cancel}
	gone := make(chan struct{})
	go func() {
		r.done <- d.Run(ctx, plain{d}, headless.New(image.Pt(8, 4)))
		close(gone)
	}()
	t.Cleanup(func() { cancel(); <-gone }) // its folder goes after it
	if !d.Status().Enrolled {
		r.until("it shows a code", func() bool { return d.Status().Code != "" })
		row, err := c.Fleet.Confirm(t.Context(), "test", d.Status().Code, fleet.Enrolment{Site: "liuxi", Name: "大门屏"})
		if err != nil {
			t.Fatal(err)
		}
		r.id = row.ID
	}
	r.until("it has content", func() bool { return d.Status().Library != nil })
	return r
}

func (r *running) until(what string, good func() bool) {
	r.t.Helper()
	limit, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-limit.Done():
			r.t.Fatalf("waited %v until %s", patience, what)
		case <-tick.C:
		}
	}
}

// state is what the controller knows.
func (r *running) state() fleet.State {
	r.t.Helper()
	s, err := r.office.Fleet.StateOf(r.t.Context(), r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *running) has() bool {
	s := r.state()
	for ch, rev := range s.Desired {
		if s.Reported[ch] < rev {
			return false
		}
	}
	return s.Online && len(s.Desired) > 0
}

func (r *running) command(kind wire.CommandKind, value ...int) store.Command {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	cmd, err := r.office.Fleet.Command(ctx, "test", r.id, kind, append(value, 0)[0])
	if err == nil {
		cmd, err = r.office.Fleet.Await(ctx, cmd.ID)
	}
	if err != nil || !cmd.OK {
		r.t.Fatalf("%s: %+v, %v", kind, cmd, err)
	}
	return cmd
}

func TestReportsAndCommands(t *testing.T) {
	c := office(t)
	r := switchOn(t, c, t.TempDir(), nil)
	r.until("it has everything", r.has)
	r.until("it is reported", func() bool {
		p := r.state().Report
		return p != nil && p.Showing.Notice == "tingshui" && p.Showing.Page == "loop" && p.Vitals.RSS > 0 &&
			!p.Vitals.ContentAsOf.IsZero() && p.Vitals.Frames > 0 && !p.Vitals.ClockSuspect
	})
	if s := r.Status(); !s.Online || s.AsOf.IsZero() || s.Code != "" {
		t.Errorf("status %+v", s)
	}

	r.command(wire.CommandIdentify)
	if s := r.Status(); !s.Identify.After(s.Moment.Now) {
		t.Errorf("identify until %s at %s", s.Identify, s.Moment.Now)
	}

	r.command(wire.CommandScreenshot)
	shot, err := c.Store.LatestShot(t.Context(), r.id)
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.Shots.Read(shot.Shot, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Size() != image.Pt(8, 4) || color.RGBAModel.Convert(img.At(3, 2)) != (color.RGBA{200, 0, 0, 255}) {
		t.Errorf("the picture is %v (%v)", img, err)
	}

	before := r.state().Remote
	r.command(wire.CommandReload)
	r.until("it is back with everything after a reload", func() bool { return r.Status().Online && r.state().Remote != before && r.has() })

	r.command(wire.CommandRestart)
	if err := <-r.done; !errors.Is(err, ErrRestart) {
		t.Errorf("run ended with %v", err)
	}
}

func TestClockIsReported(t *testing.T) {
	r := switchOn(t, office(t), t.TempDir(), func() time.Time { return time.Now().Add(2 * time.Hour) })
	r.until("the clock is reported", func() bool {
		p := r.state().Report
		return p != nil && p.Vitals.ClockSuspect && p.Vitals.ClockOffset > 7199 && p.Vitals.ClockOffset < 7260
	})
	if m := r.Status().Moment; time.Until(m.Now).Abs() > time.Minute {
		t.Errorf("it takes the time for %s", m.Now)
	}
}

// TestTimeSurvivesThePlug pulls the plug of a new screen within its first minute,
// and the battery of its clock is empty: it must not believe in 1970.
func TestTimeSurvivesThePlug(t *testing.T) {
	dir := t.TempDir()
	r := switchOn(t, office(t), dir, nil)
	began := time.Now()
	r.until("it has everything", r.has)
	saved := func() cache.Times {
		// As the next start would read it; this run has saved nothing at its end.
		c, err := cache.Open(durable.OS, filepath.Join(dir, "cache"), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return c.Times()
	}
	r.until("the time is on disk", func() bool { return began.Sub(saved().Floor) < time.Minute && !saved().AsOf.IsZero() })
	r.stop()
	<-r.done

	cfg := configs.DefaultScreen(playlist.LED)
	cfg.Data = dir
	d, err := NewWith(cfg, playlist.LED, slog.New(slog.DiscardHandler), Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Status(); s.Moment.Now.Before(began.Add(-time.Minute)) || s.Library == nil || s.AsOf.IsZero() {
		t.Errorf("after the cut it believes in %+v", s)
	}
}

// TestLeapsOfTheClockAreNotShown sets the clock forward and back between frames:
// the ledger counts what was visible, and not what the clock leapt over.
func TestLeapsOfTheClockAreNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead time.Duration
		cfg := configs.DefaultScreen(playlist.LED)
		cfg.Data = t.TempDir()
		d, err := NewWith(cfg, playlist.LED, slog.New(slog.DiscardHandler), Options{Now: func() time.Time { return time.Now().Add(ahead) }})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := range 30 {
			if i%5 == 4 {
				ahead += []time.Duration{2 * time.Second, -time.Second, time.Hour}[i/5%3]
			}
			d.Showed(wire.Showing{Notice: "tingshui", Version: 1, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, Page: "loop"})
			<-tick.C
		}
		visible := time.Since(began)
		if err := d.ledger.Close(); err != nil {
			t.Fatal(err)
		}
		rows, err := d.ledger.Batch(0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var sum time.Duration
		for _, r := range rows {
			sum += r.Until.Sub(r.From)
		}
		if sum > visible+time.Duration(len(rows))*time.Millisecond || sum < visible/2 {
			t.Errorf("%d rows claim %v, %v were visible", len(rows), sum, visible)
		}
	})
}

// TestZonesHaveRowsOfTheirOwn: the loop turns, the zone beside it stands; what the
// report says of both is since when each is there.
func TestZonesHaveRowsOfTheirOwn(t *testing.T) {
	cfg := configs.DefaultScreen(playlist.LED)
	cfg.Data = t.TempDir()
	d, err := New(cfg, playlist.LED, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	channel := playlist.ChannelID{Site: "liuxi"}
	zone := []wire.Showing{{Notice: "tianqi", Version: 1, Channel: channel, Revision: 1, Page: "zone"}}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var began, since time.Time
	for i := range 40 {
		d.Showed(wire.Showing{Notice: []playlist.NoticeID{"tingshui", "tingdian"}[i/10%2], Version: 1, Channel: channel, Revision: 1, Page: "loop"}, zone...)
		if len(d.also) != 1 || d.also[0].Since.IsZero() || d.showing.Since.IsZero() {
			t.Fatalf("%+v and %+v are said to be shown", d.showing, d.also)
		}
		switch {
		case i == 0:
			began = d.also[0].Since
		case !d.also[0].Since.Equal(began):
			t.Fatalf("the zone is said to stand since %v, it did at %v", d.also[0].Since, began)
		case i%10 == 0 && !d.showing.Since.After(since):
			t.Fatalf("another notice is said to stand since %v", d.showing.Since)
		}
		since = d.showing.Since
		<-tick.C
	}
	d.Showed(wire.Showing{Page: "dark"})
	if len(d.also) != 0 {
		t.Errorf("in the dark %+v is said to be shown", d.also)
	}
	if err := d.ledger.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := d.ledger.Batch(0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var loop, beside time.Duration
	for _, r := range rows {
		if r.Page == "zone" {
			beside += r.Until.Sub(r.From)
		} else {
			loop += r.Until.Sub(r.From)
		}
	}
	if len(rows) < 5 || (loop-beside).Abs() > time.Duration(len(rows))*time.Millisecond || beside < 100*time.Millisecond {
		t.Errorf("%d rows: %v in the loop, %v in the zone", len(rows), loop, beside)
	}
}

// TestRecordingTravels: a notice that the office published is shown at once, and
// can be read aloud soon after, line by line.
func TestRecordingTravels(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Fatalf("the delivered voice can be tested only where it is installed (apt install espeak-ng): %v", err)
	}
	c := officeWith(t, "明日停水。请储水备用。", func(c *configs.Controller) { c.Speech.Enabled = "on" })
	r := switchOnAs(t, playlist.Touch, c, t.TempDir(), time.Now)
	r.until("the notice can be read aloud", func() bool { return r.HasSpeech("tingshui", 1) })
	heard, err := r.Speech("tingshui", 1)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range heard.Marks {
		lines = append(lines, m.Text)
	}
	if want := []string{"关于停水的公告", "明日停水。", "请储水备用。"}; !slices.Equal(lines, want) || heard.Duration() < 2*time.Second {
		t.Errorf("%v of %q are read, want %q", heard.Duration(), lines, want)
	}
	if _, err := r.Speech("tingshui", 2); err == nil || r.HasSpeech("other", 1) {
		t.Error("a recording was found that there is not")
	}
}

// TestRareNameTravels: a character that no screen has is taken from the office's
// fonts, comes with the edition, and is what the screen needs to be whole.
func TestRareNameTravels(t *testing.T) {
	const name = "村民\U0002A6C7某明日停水。"
	if got := typeset.Default().Lacking(name); len(got) != 1 {
		t.Fatalf("the embedded faces lack %q", string(got))
	}
	font, err := filepath.Abs(filepath.Join("..", "playlist", "scene", "typeset", "rare", "testdata", "hanazono.ttf"))
	if err != nil {
		t.Fatal(err)
	}
	c := officeWith(t, name, func(c *configs.Controller) { c.Fonts = configs.Fonts{Rare: []string{font}} })
	if got := c.Desk.Missing(name); len(got) != 0 {
		t.Errorf("the office cannot draw %q", string(got))
	}
	if board, err := dotfont.Face(16); err != nil || len(board.Missing(name)) > 0 {
		t.Errorf("the office's previews of boards lack %q (%v)", string(board.Missing(name)), err)
	}
	r := switchOn(t, c, t.TempDir(), time.Now)
	r.until("the notice is here", func() bool {
		return len(r.Status().Library.List(playlist.Query{}, r.Status().Moment)) == 1
	})
	packs := r.Status().Library.Glyphs()
	if len(packs) != 1 {
		t.Fatalf("%d font files came along", len(packs))
	}
	file, err := r.Blob(packs[0].Ref, packs[0].Size)
	if err != nil {
		t.Fatal(err)
	}
	screen := typeset.New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	if err := screen.SetRare(file); err != nil {
		t.Fatal(err)
	}
	if got := screen.Missing(name); len(got) != 0 {
		t.Errorf("the screen still lacks %q", string(got))
	}
	// Nobody else's fonts: the same text without the font is refused by name.
	if got := office(t).Desk.Missing("\uE123"); len(got) != 1 {
		t.Errorf("a character that nobody has is not reported: %q", string(got))
	}
}
