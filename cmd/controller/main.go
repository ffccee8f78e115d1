// Command controller serves the screens of a county: it keeps what is published,
// signs it, sends it to the screens and records what they displayed.
//
//	controller [-config FILE] [-check] [-version] [-sample]
//	controller [-config FILE] backup DIR
//	controller [-config FILE] restore DIR
//	controller [-config FILE] reset-factors LOGIN
//	controller [-config FILE] verify [-root KEY] [-head HEAD] [BACKUP]
//	controller release-keys new|rotate DIR ...
//	controller release pack|sign|check ...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"mingbai/configs"
	"mingbai/controller"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "controller:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, logs io.Writer) (err error) {
	if len(args) > 0 { // on the machine of who makes the programs, without settings
		switch args[0] {
		case "release-keys":
			return releaseKeys(args[1:], out, logs)
		case "release":
			return releases(args[1:], out, logs)
		}
	}
	flags := flag.NewFlagSet("controller", flag.ContinueOnError)
	flags.SetOutput(logs)
	file := flags.String("config", "", "settings, a TOML `FILE`; every default works without one")
	check := flags.Bool("check", false, "say what is wrong with the settings and end")
	version := flags.Bool("version", false, "say which version this is and end")
	sample := flags.Bool("sample", false, "load the sample county into an empty database")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version {
		fmt.Fprintln(out, "controller", configs.Version)
		return nil
	}
	cfg := configs.DefaultController()
	if *file != "" {
		if cfg, err = configs.LoadController(*file); err != nil {
			return err
		}
	}
	if *check {
		return tell(out, cfg)
	}
	switch flags.Arg(0) {
	case "":
	case "backup":
		return backUp(ctx, cfg, flags.Args()[1:], out)
	case "restore":
		return restore(ctx, cfg, flags.Args()[1:], out)
	case "verify":
		return verify(ctx, cfg, flags.Args()[1:], out)
	case "reset-factors":
		if flags.NArg() != 2 {
			return errors.New("reset-factors needs a login")
		}
		said, err := controller.ResetFactors(ctx, cfg, flags.Arg(1))
		fmt.Fprint(out, said)
		return err
	default:
		return fmt.Errorf("there is no %q; there are backup, restore, verify, reset-factors, release-keys and release", flags.Arg(0))
	}

	c, err := controller.New(cfg, logger(logs, cfg.Log))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if *sample {
		sum, err := c.ImportSample(ctx)
		if err != nil {
			return err
		}
		c.Log.Info("the sample county was loaded", "sites", sum.Sites, "screens", sum.Screens, "notices", sum.Notices)
	}
	return c.Run(ctx)
}

// tell prints what is wrong with settings; anything but a warning is an error.
func tell(out io.Writer, cfg configs.Controller) error {
	problems := cfg.Check()
	for _, p := range problems {
		fmt.Fprintln(out, p)
	}
	if configs.Fatal(problems) {
		return errors.New("the settings cannot be used")
	}
	fmt.Fprintln(out, "the settings are fine")
	return nil
}

func logger(w io.Writer, cfg configs.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo // Check refuses other words before anything runs
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
