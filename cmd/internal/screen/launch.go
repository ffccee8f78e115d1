package screen

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"mingbai/assets/durable"
	"mingbai/cmd/internal/logs"
	"mingbai/configs"
	"mingbai/kiosk/update"
)

// launchWord before the flags makes the program a launcher: it starts the program
// that should run, itself or one that came from the controller, and looks after it.
const launchWord = "launch"

// launch runs programs with these arguments until ctx ends.
func launch(ctx context.Context, cfg configs.Screen, args []string) error {
	log := logs.New(os.Stderr, cfg.Log)
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the installed program: %w", err)
	}
	if err := durable.MkdirAll(durable.OS, cfg.Slots()); err != nil {
		// The installed program runs all the same, and says what is wrong.
		log.Error("The folder for programs cannot be made.", "error", err)
	}
	update.NewLauncher(update.Plan{
		FS: durable.OS, Dir: cfg.Slots(), Program: program, Args: args, Version: configs.Version,
		Stdout: os.Stdout, Stderr: os.Stderr, Alive: notify(log), Log: log,
	}).Run(ctx)
	return nil
}

// held returns a context that ends as well when the launcher wants this program to
// end, or is no more.
func held(ctx context.Context, rein *update.Rein) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	gone := rein.Gone()
	if gone == nil {
		return ctx, cancel
	}
	// A beat to a launcher that was killed must not kill this program in the middle
	// of putting away what it keeps.
	pipe := make(chan os.Signal, 1) // nobody reads it: that it is there is enough
	signal.Notify(pipe, syscall.SIGPIPE)
	go func() {
		select {
		case <-gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
