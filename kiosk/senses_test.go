package kiosk

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

// glass is a display that can fail on command.
type glass struct {
	*headless.Presenter
	black, box, blind atomic.Bool
}

func (g *glass) Screenshot(ctx context.Context) (*image.RGBA, error) {
	if g.blind.Load() {
		return nil, errors.New("the card does not answer")
	}
	m, err := g.Presenter.Screenshot(ctx)
	if err == nil && g.black.Load() {
		draw.Draw(m, m.Rect, image.Black, image.Point{}, draw.Src)
	}
	if err == nil && g.box.Load() {
		draw.Draw(m, image.Rect(10, 5, 40, 25), image.White, image.Point{}, draw.Src)
	}
	return m, err
}

// show is a program whose page moves, rests, or hangs.
type show struct {
	device        *Device
	moves, stands atomic.Bool
	free          chan struct{} // closed when a hanging loop goes on
	dark          atomic.Bool
	n             int
}

func (s *show) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	if s.stands.Load() {
		<-s.free
	}
	f := &scene.Frame{Size: image.Pt(64, 32), Ground: color.RGBA{0, 0, 0, 255}}
	if s.dark.Load() {
		return f, scene.Still
	}
	f.Ops = []scene.Op{{Kind: scene.OpFill, Dst: image.Rect(s.n, 8, s.n+16, 20), Color: color.RGBA{220, 0, 0, 255}}}
	if s.moves.Load() {
		s.n = (s.n + 1) % 40
		return f, now
	}
	return f, scene.Still // nothing but a Wake turns it
}

func (s *show) Presented(*scene.Frame, time.Time) { s.device.Showed(wire.Showing{Page: "loop"}) }

// patient is a touchscreen that reports seldom by itself, on a machine whose
// folders the test writes.
type patient struct {
	*running
	glass  *glass
	show   *show
	drm    string
	input  string
	sys    string
	office *controller.Controller
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func admit(t *testing.T, now func() time.Time) *patient {
	t.Helper()
	dir := t.TempDir()
	p := &patient{
		running: &running{t: t},
		glass:   &glass{Presenter: headless.New(image.Pt(64, 32))},
		drm:     filepath.Join(dir, "drm"), input: filepath.Join(dir, "devices"), sys: filepath.Join(dir, "sys"),
	}
	t.Setenv("HOST_SYS", p.sys)
	p.cable("connected")
	p.heat("50000")
	put(t, p.input, "B: PROP=2\nB: KEY=400 0 0 0 0 0\nB: ABS=260800000000003\n")
	// Nothing is reported in time but what cannot wait.
	p.office = officeWith(t, "明日停水。", func(c *configs.Controller) { c.Screens.Report = time.Hour })
	cfg := configs.DefaultScreen(playlist.Touch)
	cfg.Controller, cfg.Data, cfg.Report = p.office.URL(), filepath.Join(dir, "data"), time.Hour
	cfg.Vitals = configs.Vitals{DRM: p.drm, Input: p.input}
	d, err := NewWith(cfg, playlist.Touch, slog.New(slog.DiscardHandler), Options{
		Now: now, Backoff: link.Backoff{Min: 10 * time.Millisecond, Max: 100 * time.Millisecond}, Spread: time.Millisecond, Hurry: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.show = &show{device: d, free: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	p.running = &running{Device: d, t: t, office: p.office, done: make(chan error, 1), stop: cancel}
	gone := make(chan struct{})
	go func() {
		p.done <- d.Run(ctx, p.show, p.glass)
		close(gone)
	}()
	t.Cleanup(func() { cancel(); <-gone })
	p.until("it shows a code", func() bool { return d.Status().Code != "" })
	row, err := p.office.Fleet.Confirm(t.Context(), "test", d.Status().Code, fleet.Enrolment{Site: "liuxi", Name: "大厅屏"})
	if err != nil {
		t.Fatal(err)
	}
	p.id = row.ID
	p.until("it has content", func() bool { return d.Status().Library != nil })
	return p
}

func (p *patient) cable(status string) {
	put(p.t, filepath.Join(p.drm, "card0-HDMI-A-1", "status"), status+"\n")
}

func (p *patient) heat(millis string) {
	put(p.t, filepath.Join(p.sys, "class/hwmon/hwmon0", "name"), "coretemp\n")
	put(p.t, filepath.Join(p.sys, "class/hwmon/hwmon0", "temp1_input"), millis+"\n")
}

// told waits until the controller knows.
func (p *patient) told(what string, good func(v wire.Vitals) bool) {
	p.t.Helper()
	p.until("the controller knows: "+what, func() bool {
		s, err := p.office.Fleet.StateOf(p.t.Context(), p.id)
		if err != nil {
			p.t.Fatal(err)
		}
		return s.Report != nil && good(s.Report.Vitals)
	})
}

// TestWhatCannotWait breaks a device in one way after the other; each is known to
// the controller before the next report is due, and so is its end.
func TestWhatCannotWait(t *testing.T) {
	p := admit(t, nil)
	p.told("it is well", func(v wire.Vitals) bool {
		return v.Output.Display == wire.Plugged && v.Output.Connector == "HDMI-A-1" && v.Output.Touch == wire.Plugged &&
			v.Program.Starts == 1 && v.Program.Version == configs.Version && v.DiskTotal > 0 && v.Storage.Trouble == ""
	})
	p.cable("disconnected")
	p.told("unplugged", func(v wire.Vitals) bool { return v.Output.Display == wire.Unplugged })
	p.cable("connected")
	p.told("plugged", func(v wire.Vitals) bool { return v.Output.Display == wire.Plugged })

	p.heat("91000")
	p.told("hot", func(v wire.Vitals) bool { return v.Temperature == 91 })
	p.heat("60000")
	p.told("cool", func(v wire.Vitals) bool { return v.Temperature == 60 })

	put(t, p.input, "B: PROP=0\nB: REL=903\n")
	p.told("no touch", func(v wire.Vitals) bool { return v.Output.Touch == wire.Unplugged })

	p.glass.black.Store(true)
	p.told("black", func(v wire.Vitals) bool { return v.Picture.Black && v.Picture.Luma == 0 })
	p.glass.black.Store(false)
	p.told("not black", func(v wire.Vitals) bool { return !v.Picture.Black && v.Picture.Luma > 0 })

	p.glass.box.Store(true)
	p.told("a strange window", func(v wire.Vitals) bool { return v.Picture.Differs > 20 && !v.Picture.Black })
	p.glass.box.Store(false)
	p.told("no strange window", func(v wire.Vitals) bool { return v.Picture.Differs == 0 })

	p.show.stands.Store(true)
	p.told("frozen", func(v wire.Vitals) bool { return time.Since(v.Heartbeat) > 400*time.Millisecond })
	p.show.stands.Store(false)
	close(p.show.free)
	p.told("it turns again", func(v wire.Vitals) bool { return p.age() < frozenAfter/20 })
}

// What moves is not wrong, what is dark on purpose is not black, and a page that
// stands still is not frozen.
func TestNoFalseAlarm(t *testing.T) {
	p := admit(t, nil)
	looks := func(n int) {
		t.Helper()
		for range n {
			last := p.senses.eye.picture().At
			p.until("it looks again", func() bool {
				if a := p.age(); a > frozenAfter {
					t.Fatalf("the render loop seems to stand for %v", a)
				}
				now := p.senses.eye.picture()
				if now.Black || now.Differs > 0 || now.Error != "" {
					t.Fatalf("%+v", now)
				}
				return now.At.After(last)
			})
		}
	}
	looks(2)
	p.show.moves.Store(true)
	p.glass.Wake()
	looks(3)
	if s := p.senses.eye.picture(); s.Changed.IsZero() || s.Luma <= 0 {
		t.Errorf("%+v", s)
	}
	p.show.moves.Store(false)
	p.show.dark.Store(true)
	looks(2)
	p.glass.blind.Store(true)
	p.until("a display that cannot be read is said so", func() bool { return p.senses.eye.picture().Error == "the card does not answer" })
}

// A wrong clock is in the first report after the welcome, and one that is set
// wrong while the program runs is known at once.
func TestWrongClockIsTold(t *testing.T) {
	var ahead atomic.Int64
	ahead.Store(int64(time.Hour))
	p := admit(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	p.told("an hour ahead", func(v wire.Vitals) bool { return v.ClockSuspect && v.ClockOffset > 3500 && v.ClockOffset < 3700 })
	ahead.Store(0)
	p.told("right", func(v wire.Vitals) bool { return !v.ClockSuspect && v.ClockOffset > -60 && v.ClockOffset < 60 })
	ahead.Store(-int64(time.Hour))
	p.told("an hour behind", func(v wire.Vitals) bool { return v.ClockSuspect && v.ClockOffset < -3500 })
}

// A blob that is spoilt while the program runs is found, told and fetched again.
func TestSpoiltCacheIsTold(t *testing.T) {
	p := admit(t, nil)
	p.until("its notice is here", func() bool { return p.cache.Current().Notices == 1 })
	spoilt := 0
	blobs := filepath.Join(p.cfg.Cache(), "blobs")
	err := filepath.WalkDir(blobs, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		spoilt++
		return os.WriteFile(path, []byte("spoilt"), 0o600)
	})
	if err != nil || spoilt < 3 { // settings, edition, notice
		t.Fatal(spoilt, err)
	}
	p.told("damaged", func(v wire.Vitals) bool { return v.Storage.Damaged >= 3 })
	p.told("mended", func(v wire.Vitals) bool { return v.Storage.Missing == 0 && v.Storage.Blobs >= 3 })
}

// How a run ended is told by the next one.
func TestEndingsAreTold(t *testing.T) {
	c, dir := office(t), t.TempDir()
	program := func(r *running) (p wire.Program) {
		r.senses.runs.Tell(&p, time.Now())
		return p
	}
	r := switchOn(t, c, dir, nil)
	r.stop()
	<-r.done
	r = switchOn(t, c, dir, nil)
	if p := program(r); p.Before != wire.EndedStopped || p.Starts != 2 || p.Crashes != 0 {
		t.Errorf("after a stop: %+v", p)
	}
	r.Device.command(wire.Command{ID: "restart", Kind: wire.CommandRestart})
	if err := <-r.done; !errors.Is(err, ErrRestart) {
		t.Fatal(err)
	}
	if p := program(switchOn(t, c, dir, nil)); p.Before != wire.EndedAsked || p.Starts != 3 {
		t.Errorf("after a restart: %+v", p)
	}
}

// A machine that a technician started anew was not cut off, however it went down;
// one whose command failed goes on.
func TestRebootIsNoPowerCut(t *testing.T) {
	c, dir := office(t), t.TempDir()
	for _, command := range [][]string{{"true"}, {"false"}} {
		r := switchOnWith(t, playlist.Touch, c, filepath.Join(dir, command[0]), nil, func(s *configs.Screen) { s.Machine.Reboot = command }, func(*Device) {})
		failed := r.reboot(t.Context(), "c-1") != nil
		want := wire.EndedAsked
		if failed {
			want = wire.EndedStopped
		}
		r.stop()
		<-r.done
		again := switchOn(t, c, filepath.Join(dir, command[0]), nil)
		var p wire.Program
		if again.senses.runs.Tell(&p, time.Now()); p.Before != want {
			t.Errorf("after %s it says %s, want %s", command[0], p.Before, want)
		}
	}
}
