package kiosk

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

// switchable is a monitor that the test can break, and switch behind the device's
// back.
type switchable struct {
	mu    sync.Mutex // guards what follows
	lit   bool
	stuck bool
	fails error
	asked int // how often it was switched or looked at
}

func (s *switchable) Switch(_ context.Context, light bool) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.fails != nil {
		return false, s.fails
	}
	if !s.stuck {
		s.lit = light
	}
	return s.lit, nil
}

func (s *switchable) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *switchable) isLit() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lit
}

func (s *switchable) looks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// dimmer is a program that wants its display so bright.
type dimmer struct {
	device *Device
	want   atomic.Int32
	silent bool // it never gets a frame out
}

func (p *dimmer) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	if !p.silent {
		p.device.Lit(int(p.want.Load()))
	}
	return &scene.Frame{Size: image.Pt(8, 4), Ground: color.RGBA{A: 255}}, now.Add(10 * time.Millisecond)
}

func (p *dimmer) Presented(*scene.Frame, time.Time) {
	show := wire.Showing{Page: "loop"}
	if p.want.Load() == 0 {
		show.Page = wire.Dark
	}
	p.device.Showed(show)
}

// lamplit is a touchscreen without an office, with a monitor of the test's.
type lamplit struct {
	*Device
	t       *testing.T
	program *dimmer
	drm     string
	stop    func()
}

func lightUp(t *testing.T, m Monitor, why wire.Glow, percent int, change func(*dimmer)) *lamplit {
	t.Helper()
	dir := t.TempDir()
	cfg := configs.DefaultScreen(playlist.Touch)
	cfg.Controller, cfg.Data = "http://127.0.0.1:9", filepath.Join(dir, "data")
	cfg.Vitals = configs.Vitals{DRM: filepath.Join(dir, "drm"), Input: filepath.Join(dir, "devices")}
	d, err := NewWith(cfg, playlist.Touch, slog.New(slog.DiscardHandler), Options{Hurry: 100})
	if err != nil {
		t.Fatal(err)
	}
	d.Monitors(m, why)
	l := &lamplit{Device: d, t: t, program: &dimmer{device: d}, drm: filepath.Join(dir, "drm")}
	l.program.want.Store(int32(percent))
	if change != nil {
		change(l.program)
	}
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if err := d.Run(ctx, l.program, headless.New(image.Pt(8, 4))); err != nil {
			t.Error(err)
		}
	}()
	l.stop = func() { cancel(); <-gone }
	t.Cleanup(l.stop)
	return l
}

func (l *lamplit) output() wire.Output {
	var o wire.Output
	l.outputs(&o)
	return o
}

func (l *lamplit) until(what string, good func() bool) {
	l.t.Helper()
	limit := time.NewTimer(2 * time.Minute)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-limit.C:
			l.t.Fatalf("waited until %s; the device says %+v", what, l.output())
		case <-tick.C:
		}
	}
}

func (l *lamplit) says(power wire.Power, why wire.Glow) func() bool {
	return func() bool { o := l.output(); return o.Power == power && o.Glow == why }
}

func TestMonitorFollowsTheProgram(t *testing.T) {
	m := &switchable{}
	l := lightUp(t, m, "", 100, nil)
	l.until("it is lit", func() bool { return m.isLit() && l.says(wire.PowerOn, "")() })
	l.program.want.Store(0)
	l.until("it is off", func() bool { return !m.isLit() && l.says(wire.PowerOff, "")() })
	if items := l.patrolled(t); !items.OK || items.Zh != "正在熄屏时段，画面是黑的，显示器也关了（机器确认），这是对的" {
		t.Errorf("the patrol says %+v", items)
	}
	// A jolt lights it: it goes off again by itself.
	m.change(func() { m.lit = true })
	l.until("it is off again", func() bool { return !m.isLit() })
	l.program.want.Store(60)
	l.until("it is lit again", func() bool { return m.isLit() && l.says(wire.PowerOn, "")() })
	// A login's settings switch it off: it is lit again by itself.
	m.change(func() { m.lit = false })
	l.until("it is lit once more", m.isLit)
	// Whoever starts next finds it lit.
	l.program.want.Store(0)
	l.until("it is off for the night", func() bool { return !m.isLit() })
	if l.stop(); !m.isLit() {
		t.Error("the program has ended and left the monitor off")
	}
}

// A program that died in the dark left the monitor off. The next one lights it,
// with its first frame, and also when it gets none out.
func TestTheNextStartLightsTheMonitor(t *testing.T) {
	for _, silent := range []bool{false, true} {
		m := &switchable{}
		l := lightUp(t, m, "", 100, func(d *dimmer) { d.silent = silent })
		l.until(fmt.Sprint("it is lit; no frame comes: ", silent), m.isLit)
		l.stop()
	}
	// In dark hours it stays off and does not flash.
	m := &switchable{}
	l := lightUp(t, m, "", 0, nil)
	l.until("it is known to be off", l.says(wire.PowerOff, ""))
	if m.isLit() {
		t.Error("the monitor was lit in dark hours")
	}
}

// What cannot be done is said with its reason, and what is said of the monitor is
// what it answers.
func TestMonitorsThatStayAsTheyAre(t *testing.T) {
	m := &switchable{lit: true}
	l := lightUp(t, m, "", 100, nil)
	l.until("it is lit", l.says(wire.PowerOn, ""))
	m.change(func() { m.stuck = true })
	l.program.want.Store(0)
	l.until("it does not obey", l.says(wire.PowerOn, wire.GlowDisobeys))
	if item := l.patrolled(t); item.OK {
		t.Errorf("the patrol says %+v", item)
	}
	m.change(func() { m.fails = errors.New("the server hangs") })
	l.until("it fails", l.says("", wire.GlowFailed))
	if item := l.patrolled(t); item.OK || item.Detail != "the server hangs" {
		t.Errorf("the patrol says %+v", item)
	}
	m.change(func() { m.fails, m.lit = nil, false })
	l.until("it obeys", l.says(wire.PowerOff, ""))
	l.program.want.Store(100)
	l.until("it does not light up", l.says(wire.PowerOff, wire.GlowDead))
	if item := l.patrolled(t); item.OK || item.Zh != "画面画好了，显示器却关着，叫不亮" {
		t.Errorf("the patrol says %+v", item)
	}
	m.change(func() { m.stuck = false })
	l.until("it is lit again", l.says(wire.PowerOn, ""))

	// A machine without the means is asked when it matters, not all the time.
	unable := &switchable{fails: fmt.Errorf("no DPMS: %w", errors.ErrUnsupported)}
	l = lightUp(t, unable, "", 0, nil)
	l.until("it says so", l.says("", wire.GlowUnable))
	asked := unable.looks()
	l.until("time passes", func() bool { return l.mono() > 20*monitorEvery/l.hurry })
	if n := unable.looks(); n > asked+1 {
		t.Errorf("a machine that cannot was asked %d times", n)
	}
	if item := l.patrolled(t); !item.OK {
		t.Errorf("the patrol finds fault with a machine as it is: %+v", item)
	}
	// One whose configuration forbids it says that.
	l = lightUp(t, nil, wire.GlowUnwanted, 0, nil)
	l.until("it says so", l.says("", wire.GlowUnwanted))
	l.until("it is dark", func() bool { return l.output().Brightness == 0 })
	if item := l.patrolled(t); !item.OK {
		t.Errorf("the patrol finds fault with what was configured: %+v", item)
	}
}

// patrolled is what the patrol says of the display.
func (l *lamplit) patrolled(t *testing.T) wire.PatrolItem {
	t.Helper()
	var v wire.Vitals
	v.Picture.At = time.Now()
	l.outputs(&v.Output)
	items := l.displayItems(t.Context(), v)
	if len(items) != 1 {
		t.Fatalf("the patrol says %+v", items)
	}
	return items[0]
}

// A monitor that lets go of its cable in its sleep was not unplugged.
func TestASleepingMonitorIsNotUnplugged(t *testing.T) {
	m := &switchable{}
	l := lightUp(t, m, "", 100, nil)
	put(t, filepath.Join(l.drm, "card0-HDMI-A-1", "status"), "connected\n")
	plug := func() wire.Plug {
		l.peer()
		var v wire.Vitals
		l.sense(&v)
		return v.Output.Display
	}
	if got := plug(); got != wire.Plugged {
		t.Errorf("the display is %q", got)
	}
	l.program.want.Store(0)
	l.until("it is off", l.says(wire.PowerOff, ""))
	put(t, filepath.Join(l.drm, "card0-HDMI-A-1", "status"), "disconnected\n")
	if got := plug(); got != "" {
		t.Errorf("asleep it is %q", got)
	}
	l.program.want.Store(100)
	l.until("it is lit", l.says(wire.PowerOn, ""))
	l.until("it is missed", func() bool { return plug() == wire.Unplugged })
}

// panelLight is a lamp that may not be set.
type panelLight struct{ fails error }

func (l panelLight) Set(int) error      { return l.fails }
func (l panelLight) Read() (int, error) { return 100, nil }

// A lamp that the program may not set is said with what helps.
func TestLampThatMayNotBeSet(t *testing.T) {
	for light, fails := range map[wire.Light]error{
		wire.LightDenied: fmt.Errorf("setting the backlight: %w", os.ErrPermission), wire.LightFails: errors.New("input/output error"), wire.LightLamp: nil,
	} {
		l := lightUp(t, nil, "", 60, func(d *dimmer) { d.device.Lamps(panelLight{fails}) })
		l.until("it says so: "+string(light), func() bool { return l.output().Brightness == 60 && l.output().Light == light })
		item := l.lampItem(brightnessItem(100, false, nil))
		if item.OK != (fails == nil) || strings.Contains(item.Zh, "90-mingbai-backlight.rules") != (light == wire.LightDenied) {
			t.Errorf("%s: the patrol says %+v", light, item)
		}
	}
}
