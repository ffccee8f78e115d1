// Command fleet shows what one controller can carry.
//
//	fleet -bench [-screens 10000] [-short] [-only NAME] [-json FILE] [-profiles DIR]
//	fleet -controller URL -token FILE [-screens 1000] [-for 10m] [-publish 30s] [-storm] ...
//	fleet -soak 8h [-screens 2000] [-json FILE] ...
//
// -bench measures hub and controller on this machine and prints a table: each row
// with its floor from the same run, the ratio, the target of the design and whether
// it holds. It exits 1 when something could not be measured or did not work, not
// when a target was missed, which the last line says. -short is the form for
// checks: a thousand devices and few rounds. It needs Linux.
//
// -controller loads a controller that runs, to see how many screens a server
// carries: it enrols simulated screens as people do, lets them live as real ones for
// a while, some of them badly if that is asked for, publishes if that is asked for,
// and cleans up after itself. It ends with a sentence about the server and exits 1
// if the load could not be made; -h lists what can be set. It is for a test
// controller and refuses one that has real screens. An example, on the server:
//
//	fleet -controller http://127.0.0.1:8420 -token /var/lib/mingbai/controller/api-token -pid $(pidof controller) \
//	      -screens 2000 -for 10m -publish 1m -stalled 4% -flapping 10% -storm
//
// -soak lets a controller of its own carry a steady mixture for a long time:
// reports, notices, alerts, take-downs, lost connections, screens that misbehave. It
// fits a line to the memory, the heap, the goroutines and the descriptors of the
// controller after a warm-up and exits 1 if one of them grows more than it may: in a
// run of six hours or more that is 1 MiB a day for memory; a shorter one is held
// against what its noise lets it tell, which it says. It needs Linux.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// childWord is the hidden first argument of the processes that the program starts of
// itself; their kind and their settings follow.
const childWord = "-child"

// benchOptions are what -bench is told.
type benchOptions struct {
	Screens  int
	Short    bool
	Only     string // part of the names of the measures to take
	JSON     string // file for the table
	Profiles string // folder for profiles of the servers
}

func run(ctx context.Context, args []string, out, logs io.Writer) error {
	if len(args) > 0 && args[0] == childWord {
		return runChild(ctx, args[1:])
	}
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(logs)
	bench := flags.Bool("bench", false, "measure, and print the table")
	var o benchOptions
	flags.IntVar(&o.Screens, "screens", 0, "so many screens (default 1000, 2000 of a soak, or 10000 with -bench without -short)")
	flags.BoolVar(&o.Short, "short", false, "few screens and rounds, for checks")
	var load loadOptions
	load.flags(flags)
	soak := flags.Duration("soak", 0, "carry a steady mixture for so `LONG`, as 8h, and see that nothing grows")
	flags.StringVar(&o.Only, "only", "", "take only measures whose `NAME` has this in it; several with commas between them")
	flags.StringVar(&o.JSON, "json", "", "write the figures to this `FILE` too")
	flags.StringVar(&o.Profiles, "profiles", "", "write CPU and heap profiles of the servers into this `DIR`")
	flags.Usage = func() {
		fmt.Fprint(logs, manual)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("there is nothing to do with %q", flags.Args())
	case *bench && load.Controller != "":
		return errors.New("-bench measures controllers of its own: it does not go with -controller")
	case *bench:
		return runBench(ctx, o, out, logs)
	case *soak < 0 || *soak > 0 && load.Controller != "":
		return errors.New("-soak is a time, and has a controller of its own: it does not go with -controller")
	case *soak > 0:
		load.Screens, load.JSON, load.For = o.Screens, o.JSON, *soak
		return runSoak(ctx, load, out, logs)
	case load.Controller != "":
		load.Screens, load.JSON = o.Screens, o.JSON
		return runLoad(ctx, load, out, logs)
	}
	fmt.Fprint(logs, manual)
	return errors.New("say what to do: -bench, -controller or -soak")
}
