package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mingbai/cmd/internal/machine"
)

type options struct {
	programs      map[string]string
	virtual, once bool
	shots, data   string
	verbose       bool
}

// world is everything that runs.
type world struct {
	options
	life     context.Context // of the programs; steps of the story are shorter
	say      io.Writer
	logs     io.Writer // nil unless verbose
	listen   string
	office   office
	desks    desks
	password string              // of all employees
	seated   map[string]*clerk   // by login
	recovery map[string][]string // codes of those with a second factor, by login
	pinned   string              // the keys that sign programs, as settings say it
	warning  string              // address of the one of the story
	watch    watchSummary
	pages    []string // pictures of the console's pages
	shown    []shot   // and what they show
	control  *process
	screens  []*screen
	shotNo   int
	temp     bool // data is ours to remove
}

// screen is one device with its display.
type screen struct {
	id, kind, site string
	width, height  int    // of a frame
	scale          int    // of the window; 0 is 1
	panel          string // the rest of the TOML table of the panel
	x, y           int    // of the window on a monitor
	virtual        *machine.Screen
	config         string
	process        *process
	lit            bool // the board has come up to its brightness since it was started
	sum            screenSummary
}

// newWorld starts the controller and the screens and enrols those that are new.
func newWorld(ctx context.Context, say io.Writer, o options) (w *world, err error) {
	w = &world{options: o, say: say, life: ctx, password: strings.ToLower(rand.Text()[:12]), seated: map[string]*clerk{}, recovery: map[string][]string{}}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if o.verbose {
		w.logs = os.Stderr
	}
	if w.data == "" {
		if w.data, err = os.MkdirTemp("", "mingbai-demo-"); err != nil {
			return w, err
		}
		w.temp = true
	} else if w.data, err = filepath.Abs(w.data); err != nil {
		return w, err
	}
	if err = w.keepPassword(); err != nil {
		return w, err
	}
	if w.listen, err = freeAddress(o.once); err != nil {
		return w, err
	}
	if err = w.pin(ctx); err != nil {
		return w, err
	}
	w.office.base = "http://" + w.listen
	if err := w.startController(ctx); err != nil {
		return w, err
	}
	w.screens = []*screen{
		{id: "hall-touch-1", kind: "touch", site: "qinghe-hall", width: 1080, height: 1920, panel: "width_mm = 529\nheight_mm = 941\nbottom_mm = 600"},
		{id: "hall-led-gate", kind: "led", site: "qinghe-hall", width: 192, height: 64, scale: 6, panel: "width_mm = 1920\nheight_mm = 640\ncolours = \"full\""},
		{id: "hall-led-window", kind: "led", site: "qinghe-hall", width: 320, height: 32, scale: 4, panel: "width_mm = 1520\nheight_mm = 152\ncolours = \"dual\""},
	}
	if !w.virtual {
		// A portrait of 1920 pixels is higher than most monitors; sizes are in
		// millimetres, so the same page fits half the pixels.
		w.screens[0].width, w.screens[0].height = 540, 960
		w.screens[0].x, w.screens[0].y = 40, 60
		w.screens[1].x, w.screens[1].y = 620, 60
		w.screens[2].x, w.screens[2].y = 620, 520
	}
	for _, s := range w.screens {
		s.sum = screenSummary{ID: s.id, Kind: s.kind, Site: s.site, Width: s.width, Height: s.height, Shots: []string{}}
		if err := w.prepare(ctx, s); err != nil {
			return w, err
		}
		if err := w.startScreen(s); err != nil {
			return w, err
		}
	}
	return w, nil
}

// freeAddress is the usual port when it is free and -once does not run, so that
// the address is easy to remember.
func freeAddress(once bool) (string, error) {
	tries := []string{"127.0.0.1:8420", "127.0.0.1:0"}
	if once {
		tries = tries[1:]
	}
	var err error
	for _, address := range tries {
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			defer l.Close()
			return l.Addr().String(), nil
		}
	}
	return "", fmt.Errorf("find a free port: %w", err)
}

func (w *world) startController(ctx context.Context) error {
	data := filepath.Join(w.data, "controller")
	config := filepath.Join(w.data, "controller.toml")
	text := fmt.Sprintf("listen = %q\ndata = %q\n\n[screens]\nreport = \"5s\"\n\n[approvals]\npolicy = \"county\"\n\n[updates]\n%s\n[log]\nformat = \"json\"\n", w.listen, data, w.pinned)
	if err := os.MkdirAll(w.data, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return err
	}
	p, err := start(w.life, "controller", w.programs["controller"], nil, w.logs, "-config", config, "-sample")
	if err != nil {
		return err
	}
	w.control = p
	limit, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := p.wait(limit, "it to be ready", func(l logLine) bool { return strings.Contains(l.Msg, "controller is ready") }); err != nil {
		return err
	}
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		return fmt.Errorf("token of the API: %w", err)
	}
	w.office.token = strings.TrimSpace(string(token))
	return nil
}

// prepare writes a screen's configuration and opens its virtual display.
func (w *world) prepare(ctx context.Context, s *screen) error {
	scale := max(s.scale, 1)
	if w.virtual {
		var err error
		if s.virtual, err = machine.StartScreen(ctx, s.width*scale, s.height*scale); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("controller = %q\ndata = %q\nname = %q\nreport = \"5s\"\n\n[panel]\nwidth = %d\nheight = %d\n%s\n\n[window]\nfullscreen = false\nx = %d\ny = %d\nborderless = %v\nhide_cursor = %v\nscale = %d\ndots = %v\n\n[update]\n%s\n[log]\nformat = \"json\"\n",
		w.office.base, filepath.Join(w.data, s.id), s.id, s.width, s.height, s.panel, s.x, s.y, w.virtual, w.virtual, scale, s.kind == "led", w.pinned)
	s.config = filepath.Join(w.data, s.id+".toml")
	return os.WriteFile(s.config, []byte(text), 0o644)
}

func (w *world) startScreen(s *screen) error {
	program, env := "kiosk", []string{"GOMEMLIMIT=150MiB"}
	if s.kind == "led" {
		program = "ledboard"
	}
	if s.virtual != nil {
		env = append(env, "DISPLAY="+s.virtual.Display)
	}
	p, err := start(w.life, s.id, w.programs[program], env, w.logs, "-config", s.config)
	if err != nil {
		return err
	}
	s.process, s.lit = p, false
	return nil
}

// enrol confirms the code that every screen shows.
func (w *world) enrol(ctx context.Context) error {
	codes := make([]string, len(w.screens))
	for i, s := range w.screens {
		line, err := s.process.wait(ctx, "its pairing code", func(l logLine) bool { return l.Code != "" })
		if err != nil {
			return err
		}
		codes[i] = line.Code
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	for i, s := range w.screens {
		if err := w.shoot(ctx, s, "pairing"); err != nil {
			return err
		}
		body := map[string]any{"code": codes[i], "screen": s.id}
		if err := w.office.call(ctx, "POST", "/pairing", body, nil); err != nil {
			return fmt.Errorf("enrol %s: %w", s.id, err)
		}
		s.lit = false // its settings say how bright it is
	}
	for _, s := range w.screens {
		if _, err := w.office.until(ctx, s.id, "it shows the loop", func(st state) bool { return st.has() && st.page() == "loop" }); err != nil {
			return err
		}
	}
	return nil
}

// shoot saves what is on a screen now. A window that has not opened yet is waited
// for; a screen that stays blank is a failure of the product.
func (w *world) shoot(ctx context.Context, s *screen, step string) error {
	if w.shots == "" || s.virtual == nil {
		return nil
	}
	limit, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("screen %s is blank or dark at step %s", s.id, step))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var most uint8 // of all channels, and since when it has not changed
	var since time.Time
	for {
		img, err := s.virtual.Capture()
		if err != nil {
			return err
		}
		if now := brightest(img); s.kind == "led" && (now != most || since.IsZero()) {
			most, since = now, time.Now()
		}
		// A board comes up slowly after its start; a lamp that is off is not black.
		s.lit = s.lit || s.kind != "led" || most > offLamp && time.Since(since) > time.Second
		if s.lit && !uniform(img) && (s.kind != "led" || most > offLamp) {
			return w.save(s, step, img)
		}
		select {
		case <-limit.Done():
			return context.Cause(limit)
		case <-tick.C:
		}
	}
}

// offLamp is brighter than a lamp of the simulation that is off.
const offLamp = 40

func brightest(img *image.RGBA) (most uint8) {
	for i := 0; i+3 < len(img.Pix); i += 4 {
		most = max(most, img.Pix[i], img.Pix[i+1], img.Pix[i+2])
	}
	return most
}

func uniform(img *image.RGBA) bool {
	for i := 4; i < len(img.Pix); i += 4 {
		if string(img.Pix[i:i+4]) != string(img.Pix[:4]) {
			return false
		}
	}
	return true
}

func (w *world) save(s *screen, step string, img image.Image) error {
	w.shotNo++
	name := fmt.Sprintf("%02d-%s-%s.png", w.shotNo, step, s.id)
	f, err := os.Create(filepath.Join(w.shots, name))
	if err != nil {
		return err
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	s.sum.Shots = append(s.sum.Shots, name)
	return nil
}

func (w *world) shootAll(ctx context.Context, step string) error {
	for _, s := range w.screens {
		if err := w.shoot(ctx, s, step); err != nil {
			return err
		}
	}
	return nil
}

// live runs until the person has seen enough.
func (w *world) live(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if _, err := os.Stat(filepath.Join(w.data, "enrolled")); err != nil {
		if err := w.enrol(limit); err != nil {
			return err
		}
		if err := w.hire(limit); err != nil {
			return err
		}
		if err := w.bring(limit); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(w.data, "enrolled"), nil, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(w.say, "\n  Console   %s\n  Data      %s\n  Password  %s (of everybody)\n", w.office.base, w.data, w.password)
	for _, e := range staff {
		fmt.Fprintf(w.say, "  Sign in   %-10s %s  %s\n", e.Login, e.Name, e.Post)
	}
	for _, s := range w.screens {
		where := "in a window"
		if s.virtual != nil {
			where = "on virtual display " + s.virtual.Display
		}
		fmt.Fprintf(w.say, "  Screen    %-16s %d×%d %s\n", s.id, s.width, s.height, where)
	}
	board := w.screens[len(w.screens)-1]
	fmt.Fprintf(w.say, "\nPull the plug: kill %d (the controller). The screens go on. Ctrl-C ends everything.\n", w.control.cmd.Process.Pid)
	fmt.Fprintf(w.say, "Break a screen: kill -9 %d (%s), and sign in as %s: 告警 says so within half a minute. It is started again after %.0f s.\n",
		board.process.cmd.Process.Pid, board.id, technician, brokenFor.Seconds())
	var wg sync.WaitGroup
	for _, s := range w.screens {
		wg.Go(func() { w.revive(ctx, s) })
	}
	wg.Wait()
	fmt.Fprintln(w.say, "Stopping.")
	return nil
}

// brokenFor is how long a screen whose program ended stays so, for somebody to
// look at its warning. The service manager of a real one starts it at once.
const brokenFor = time.Minute

// revive starts the program of a screen again when it has ended, until ctx ends.
func (w *world) revive(ctx context.Context, s *screen) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.process.done:
		}
		if rest(ctx, brokenFor) != nil {
			return
		}
		if err := w.startScreen(s); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
			return
		}
		fmt.Fprintf(w.say, "%s runs again: kill -9 %d\n", s.id, s.process.cmd.Process.Pid)
	}
}

// close ends everything and waits for it.
func (w *world) close() {
	for _, s := range w.screens {
		if err := s.process.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
		}
		if s.virtual != nil {
			s.virtual.Close()
		}
	}
	if err := w.control.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
	}
	if w.temp {
		os.RemoveAll(w.data)
	}
}
