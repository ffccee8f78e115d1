// Package screen is the main function that the touchscreen and the LED board
// share: parse, build, run, exit.
package screen

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"mingbai/cmd/internal/logs"
	"mingbai/configs"
	"mingbai/kiosk"
	"mingbai/kiosk/backlight"
	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/power"
	"mingbai/kiosk/display/sdnotify"
	"mingbai/kiosk/display/shm"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/player"
	"mingbai/kiosk/update"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRestart = update.ExitTakeover // asked for; the supervisor starts the program again
)

// Main runs the program of one screen until it is told to stop, and returns the
// exit code.
func Main(name string, kind playlist.ScreenKind, build func(*kiosk.Device, *slog.Logger) player.Program) int {
	args, launcher := os.Args[1:], false
	if len(args) > 0 && args[0] == launchWord {
		args, launcher = args[1:], true
	}
	rein := update.Take()
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	file := flags.String("config", "", "configuration `FILE` (TOML); without one the built-in defaults hold")
	check := flags.Bool("check", false, "say what is wrong with the configuration and exit")
	version := flags.Bool("version", false, "print the version and exit")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	if *version {
		fmt.Println(name, configs.Version)
		return exitOK
	}
	cfg := configs.DefaultScreen(kind)
	if *file != "" {
		var err error
		if cfg, err = configs.LoadScreen(*file, kind); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitUsage
		}
	}
	problems := cfg.Check(kind)
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if configs.Fatal(problems) {
		return exitUsage
	}
	if *check {
		fmt.Println("The configuration is good.")
		return exitOK
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if launcher {
		if err := launch(ctx, cfg, args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitFailed
		}
		return exitOK
	}
	ctx, stop = held(ctx, rein)
	defer stop()
	if err := run(ctx, name, cfg, kind, rein, build); errors.Is(err, kiosk.ErrRestart) || errors.Is(err, update.ErrTakeover) {
		return exitRestart
	} else if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return exitOK
}

// alive returns what the render loop calls while it turns: it tells the launcher,
// if there is one, and otherwise the service manager that the program is well.
func alive(rein *update.Rein, log *slog.Logger) func() {
	if _, launched := rein.Slot(); launched {
		return rein.Beat
	}
	tell := notify(log)
	return func() { tell(true) }
}

// notify returns what tells the service manager that the program is ready, once, and
// then that it is well. Before it is ready it says nothing.
func notify(log *slog.Logger) func(started bool) {
	manager, ready := sdnotify.New(), false
	return func(started bool) {
		state := sdnotify.Watchdog
		if !ready {
			state = sdnotify.Ready
		}
		if !started && !ready {
			return
		}
		if err := manager.Send(state); err != nil {
			log.Warn("The service manager cannot be told that this program is well.", "error", err)
			return
		}
		ready = true
	}
}

// cause says in words why a program ended.
func cause(ctx context.Context, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case ctx.Err() != nil:
		return "it was told to stop"
	default:
		return "the window is gone"
	}
}

func run(ctx context.Context, name string, cfg configs.Screen, kind playlist.ScreenKind, rein *update.Rein, build func(*kiosk.Device, *slog.Logger) player.Program) error {
	tail := new(logs.Tail)
	log := logs.New(io.MultiWriter(tail, os.Stderr), cfg.Log)
	device, err := kiosk.NewWith(cfg, kind, log, kiosk.Options{Rein: rein, First: collecting()})
	if err != nil {
		return err
	}
	device.Logs(tail.Lines)
	lighten(device, cfg, kind, log)
	program := build(device, log)
	if cfg.Output.Protocol != configs.NoOutput {
		stop, err := send(ctx, cfg, device, &program, log)
		if err != nil {
			return err
		}
		defer stop()
	}
	well := alive(rein, log)
	screen, err := present(ctx, cfg, well, log)
	if err != nil {
		return err
	}
	if cfg.Window.Backend == configs.BackendNone {
		program = &watched{Program: program, alive: well}
	}
	log.Info("The program has started.", "program", name, "version", configs.Version, "data", cfg.Data, "controller", cfg.Controller)
	err = device.Run(ctx, program, screen)
	log.Info("The program has ended.", "program", name, "reason", cause(ctx, err))
	return err
}

// lighten gives a touchscreen its monitor and its backlight. A board's lamps have a
// brightness of their own, and a window on somebody's desk must not take the
// monitor from the rest of it.
func lighten(device *kiosk.Device, cfg configs.Screen, kind playlist.ScreenKind, log *slog.Logger) {
	if kind != playlist.Touch || cfg.Window.Backend == configs.BackendNone {
		return
	}
	if !cfg.Window.Standby || !cfg.Window.Fullscreen {
		device.Monitors(nil, wire.GlowUnwanted)
	} else {
		device.Monitors(power.New(""), "")
	}
	if cfg.Vitals.Backlight == "" || !cfg.Window.Fullscreen {
		return
	}
	switch light, err := backlight.Find(cfg.Vitals.Backlight); {
	case err != nil:
		log.Warn("The machine's backlight is left alone; the picture is dimmed instead.", "error", err)
	case light != nil:
		device.Lamps(light)
	}
}

// present returns the presenter that the configuration asks for.
func present(ctx context.Context, cfg configs.Screen, well func(), log *slog.Logger) (player.Presenter, error) {
	w, panel := cfg.Window, cfg.Panel
	title := "明白 " + cfg.Name
	backend := w.Backend
	if backend == configs.BackendNone {
		return headless.New(image.Pt(panel.Width, panel.Height)), nil
	}
	if backend == configs.BackendAuto {
		suits, why := shm.Suits(ctx, os.Getenv("DISPLAY"))
		if !withEbiten {
			suits, why = true, "the program was built without OpenGL"
		}
		backend = configs.BackendEbiten
		if suits {
			backend = configs.BackendShm
		}
		log.Info("The way to the display was chosen.", "backend", backend, "reason", why)
	}
	if backend == configs.BackendShm {
		return shm.New(shm.Options{
			Title: title, Width: panel.Width, Height: panel.Height,
			Fullscreen: w.Fullscreen, Monitor: w.Monitor, X: w.X, Y: w.Y, Borderless: w.Borderless,
			Scale: w.Scale, Turn: mount.Turn(w.Rotate), Dots: w.Dots, HideCursor: w.HideCursor, Log: log,
			Watchdog: well,
		})
	}
	return openEbiten(title, cfg, well, log)
}
