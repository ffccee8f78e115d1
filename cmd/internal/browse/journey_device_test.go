package browse_test

import (
	"context"
	"image"
	"log/slog"
	"strings"
	"sync"
	"time"

	"mingbai/configs"
	"mingbai/kiosk"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/led"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/kiosk/touch"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// watching is a real touchscreen or board without a window: its link, its cache, its ledger
// and its pages, and somebody who looks at it.
type watching struct {
	*office
	cfg  configs.Screen
	kind playlist.ScreenKind
	off  func() // again and again does nothing more

	device *kiosk.Device
	glass  *headless.Presenter
	mu     sync.Mutex // guards shows and logged
	shows  wire.Showing
	logged strings.Builder
}

// eye tells what the device presents to who looks at it as well.
type eye struct {
	*kiosk.Device
	w *watching
}

func (e eye) Showed(s wire.Showing, also ...wire.Showing) {
	e.w.mu.Lock()
	e.w.shows = s
	e.w.mu.Unlock()
	e.Device.Showed(s, also...)
}

// install sets a touchscreen up that nobody has paired yet, and switches it on.
// tune changes its settings.
func (o *office) install(name string, tune ...func(*configs.Screen)) *watching {
	o.Helper()
	// Small, so that painting costs little.
	return o.set(playlist.Touch, playlist.Panel{Width: 432, Height: 768, WidthMM: 529, HeightMM: 941}, name, tune...)
}

// hang sets a board up that nobody has paired yet, and switches it on.
func (o *office) hang(name string, tune ...func(*configs.Screen)) *watching {
	o.Helper()
	return o.set(playlist.LED, playlist.Panel{Width: 128, Height: 32, WidthMM: 1280, HeightMM: 320, Colours: playlist.FullColour}, name, tune...)
}

func (o *office) set(kind playlist.ScreenKind, panel playlist.Panel, name string, tune ...func(*configs.Screen)) *watching {
	o.Helper()
	cfg := configs.DefaultScreen(kind)
	cfg.Controller, cfg.Data, cfg.Name, cfg.Panel = o.base, o.TempDir(), name, panel
	for _, change := range tune {
		change(&cfg)
	}
	w := &watching{office: o, cfg: cfg, kind: kind}
	w.on()
	o.Cleanup(func() { w.off() })
	return w
}

// Write takes what the program logs.
func (w *watching) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.logged.Write(b)
}

// hasLogged reports whether the program logged something.
func (w *watching) hasLogged(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Contains(w.logged.String(), text)
}

// on switches it on, off waits until it is off.
func (w *watching) on() {
	w.Helper()
	d, err := kiosk.NewWith(w.cfg, w.kind, slog.New(slog.NewTextHandler(w, nil)), kiosk.Options{Backoff: link.Backoff{Min: 50 * time.Millisecond, Max: time.Second}})
	w.must(err)
	w.device, w.glass = d, headless.New(image.Pt(w.cfg.Panel.Width, w.cfg.Panel.Height))
	var program player.Program = led.New(eye{d, w}, w.cfg.Panel)
	if w.kind == playlist.Touch {
		program = touch.New(eye{d, w}, touch.Options{Panel: w.cfg.Panel, Idle: time.Hour, Console: w.base})
	}
	ctx, stop := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := d.Run(ctx, program, w.glass); err != nil {
			w.Errorf("%s: %v", w.cfg.Name, err)
		}
	})
	w.off = func() {
		stop()
		run.Wait()
	}
}

// until waits for what the device does and returns how long it took.
func (w *watching) until(what string, ok func(kiosk.Status, wire.Showing) bool) time.Duration {
	w.Helper()
	began := time.Now()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(3 * time.Minute); ; {
		w.mu.Lock()
		shows := w.shows
		w.mu.Unlock()
		if ok(w.device.Status(), shows) {
			return time.Since(began)
		}
		select {
		case <-tick.C:
		case <-late:
			w.Fatalf("%s never %s; it shows page %q, notice %q: %s", w.cfg.Name, what, shows.Page, shows.Notice, shows.Why)
		}
	}
}

// pair lets the technician who sits at the browser type the code that the screen
// shows.
func (w *watching) pair(site string) {
	w.Helper()
	w.until("shows a code", func(s kiosk.Status, _ wire.Showing) bool { return s.Code != "" })
	w.must(w.Open(w.base + "/pairing"))
	w.must(w.Fill("input[name=code]", w.device.Status().Code))
	w.must(w.Fill("select[name=site]", site))
	w.must(w.Fill("input[name=name]", w.cfg.Name))
	w.must(w.Press("main button.primary"))
	w.says(".done", "配对成功")
	w.until("has content", func(s kiosk.Status, _ wire.Showing) bool { return s.Enrolled && s.Library != nil })
}

// has reports whether a device has a notice to show.
func has(s kiosk.Status, id playlist.NoticeID) bool {
	if s.Library == nil {
		return false
	}
	_, _, _, ok := s.Library.Notice(id, s.Moment)
	return ok
}
