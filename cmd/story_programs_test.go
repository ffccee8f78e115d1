package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/kiosk"
	"mingbai/kiosk/led"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/kiosk/touch"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// TestMain lets the test binary be the programs of the stories: real processes
// that can be killed.
func TestMain(m *testing.M) {
	programs := map[string]func(){
		"mingbai-office": func() { exit(officeProgram()) },
		"mingbai-screen": func() { exit(screenProgram()) },
		"mingbai-sync":   func() { exit(syncProgram()) },
		"mingbai-backup": func() { exit(backupProgram()) },
		"mingbai-mount":  func() { exit(mountProgram()) },
	}
	if programs[filepath.Base(os.Args[0])] == nil { // the tests themselves
		if code, ran := inOwnNetwork(); ran {
			os.Exit(code)
		}
	}
	testscript.Main(m, programs)
}

// goTool runs go and returns what it printed. The error tells what it complained of.
func goTool(env []string, args ...string) (string, error) {
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), env...)
	var out, complaint strings.Builder
	c.Stdout, c.Stderr = &out, &complaint
	if err := outside(c.Run); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, &out, &complaint)
	}
	return out.String(), nil
}

func exit(err error) {
	switch {
	case errors.Is(err, kiosk.ErrRestart):
		os.Exit(75)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// orphaned ends the process when its parent is gone: nothing of a test that was
// cut short must stay behind.
func orphaned() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent
		os.Exit(3)
	}()
}

// officeProgram is a controller whose first start brings a small county along,
// and which dies at a step of publishing when a file asks for it.
func officeProgram() error {
	orphaned()
	file := flag.String("config", "", "")
	county := flag.String("county", "", "")
	plug := flag.String("plug", "", "file that names the step at which the plug is pulled")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := configs.LoadController(*file)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	c, err := controller.NewWith(cfg, log, controller.Options{TurnEvery: 200 * time.Millisecond, Checkpoint: func(step string) error {
		at, err := os.ReadFile(*plug)
		if err != nil || strings.TrimSpace(string(at)) != step {
			return nil
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		if err := self.Kill(); err != nil {
			return err
		}
		select {} // until the signal is here
	}})
	if err != nil {
		return err
	}
	defer c.Close()
	if sites, err := c.Store.Sites(ctx); err != nil {
		return err
	} else if len(sites) == 0 {
		files, err := intake.Load(os.DirFS(*county), schedule.DateOf(time.Now()))
		if err != nil {
			return err
		}
		if _, err := c.Desk.Import(ctx, publish.Who{Actor: "story"}, files); err != nil {
			return err
		}
	}
	return c.Run(ctx)
}

// screenProgram is a touchscreen or an LED board whose display is in memory.
func screenProgram() error {
	orphaned()
	file := flag.String("config", "", "")
	kind := playlist.ScreenKind("")
	flag.Func("kind", "", func(s string) error { kind = playlist.ScreenKind(s); return nil })
	record := flag.String("record", "", "where to write what is on the display")
	window := flag.String("display", "", "the X display on which a real window opens; empty paints in memory")
	clock := flag.String("clock", "", "the machine's clock: an instant, or a duration ahead of the true time")
	feigned := flag.String("faults", "", "the folder whose files say what is broken")
	far := flag.Bool("far", false, "as patient with the line as a screen that is installed, but sooner to notice a silence")
	room := flag.Bool("small-disk", false, "the data folder is a small disk of its own")
	flag.Func("version", "the version of the program", func(s string) error {
		if s != "" {
			configs.Version = s
		}
		return nil
	})
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := configs.LoadScreen(*file, kind)
	if err != nil {
		return err
	}
	if *room {
		if err := smallDisk(cfg.Data); err != nil {
			return err
		}
	}
	broken := newFaults(*feigned, cfg.Data)
	defer broken.watch()()
	ahead, err := aheadOf(*clock, time.Now())
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	opt := kiosk.Options{
		Now:     func() time.Time { return time.Now().Add(ahead + broken.ahead()) },
		Ping:    broken.ping(),
		Backoff: link.Backoff{Min: 50 * time.Millisecond, Max: 400 * time.Millisecond},
	}
	if *far {
		opt.Ping, opt.Silence, opt.Backoff = 4*time.Second, 12*time.Second, link.Backoff{}
	}
	device, err := kiosk.NewWith(cfg, kind, log, opt)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(*record, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	rec := &recorder{Device: device, out: out}
	var program player.Program = led.New(rec, cfg.Panel)
	if kind == playlist.Touch {
		t := touch.New(rec, touch.Options{Panel: cfg.Panel, Idle: cfg.Idle, Console: cfg.Controller})
		defer t.Close()
		program = t
	}
	screen, err := presenter(*window, cfg.Panel, log)
	if err != nil {
		return err
	}
	if *window != "" {
		program = &glass{Program: program, path: *record + ".glass"}
	}
	log.Info("The program has started.")
	err = device.Run(ctx, broken.program(program), broken.presenter(screen))
	return errors.Join(err, out.Close())
}

// aheadOf returns how far a clock that is set as text says is ahead.
func aheadOf(text string, now time.Time) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at.Sub(now), nil
	}
	return time.ParseDuration(text)
}

// sight is what a screen presents, as it says itself, with or without a network.
type sight struct {
	At       time.Time          `json:"at"`     // the true time
	Run      int                `json:"run"`    // the process
	Before   time.Time          `json:"before"` // the screen's time before it was recorded
	Moment   schedule.Moment    `json:"moment"` // and after
	Page     string             `json:"page"`
	Notice   playlist.NoticeID  `json:"notice,omitempty"`
	Version  int                `json:"version,omitempty"`
	Channel  playlist.ChannelID `json:"channel,omitzero"`
	Revision playlist.Revision  `json:"revision,omitempty"`
	Why      string             `json:"why,omitempty"`
	Also     []wire.Showing     `json:"also,omitempty"` // in zones, at the same time
	Online   bool               `json:"online"`
	Enrolled bool               `json:"enrolled"`
	AsOf     time.Time          `json:"as_of"`
	// Offers is what a person could see at this moment, in the loop, by touching
	// or as a warning.
	Offers   []playlist.NoticeID `json:"offers,omitempty"`
	Exercise bool                `json:"exercise,omitempty"` // the notice is a warning that is marked 演练
}

// recorder writes down what the program says is on the display.
type recorder struct {
	*kiosk.Device
	out *os.File

	mu   sync.Mutex // guards all below
	last []byte     // of the line before, without its times
	at   time.Time
}

// Showed passes it on and writes a line when anything has changed, and every half
// second.
func (r *recorder) Showed(s wire.Showing, also ...wire.Showing) {
	before := r.Device.Status().Moment.Now
	r.Device.Showed(s, also...)
	st := r.Device.Status()
	now := time.Now()
	line := sight{
		Run: os.Getpid(), Page: s.Page, Notice: s.Notice, Version: s.Version, Channel: s.Channel, Revision: s.Revision, Why: s.Why,
		Also: also, Online: st.Online, Enrolled: st.Enrolled,
	}
	if st.Library != nil {
		for _, n := range st.Library.List(playlist.Query{}, st.Moment) {
			line.Offers = append(line.Offers, n.ID)
		}
		for _, n := range st.Library.Alerts(st.Moment) {
			line.Offers = append(line.Offers, n.ID)
		}
		if n, _, _, ok := st.Library.Notice(s.Notice, st.Moment); ok && n.Alert != nil {
			line.Exercise = n.Alert.Exercise
		}
	}
	same, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if string(same) == string(r.last) && now.Sub(r.at) < 500*time.Millisecond {
		return
	}
	r.last, r.at = same, now
	line.At, line.Before, line.Moment, line.AsOf = now, before, st.Moment, st.AsOf
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	if _, err := r.out.Write(append(text, '\n')); err != nil {
		panic(err)
	}
}
