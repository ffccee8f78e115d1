// Command demo shows the whole product on one machine: a controller with a
// sample county, a touchscreen and two LED boards.
//
//	go run ./cmd/demo                      until Ctrl-C, in windows where there is a monitor
//	go run ./cmd/demo -once -shots DIR     the whole story unattended
//	go run ./cmd/demo -book DIR            nothing but the picture book, with every page of the county
//
// It installs the system packages that are missing, saying which and why. With
// -once it enrols the screens, publishes an announcement, lets a resident look
// something up and leave an opinion at the touchscreen, stops the controller,
// restarts the screens without it, starts it again, lets the technician ask things
// of the touchscreen, kills the program of an LED board until its warning is up and
// cleared again, takes the announcement down, raises and lifts an exercise alert, saves a picture of every screen at every
// step and of the console's pages, and the touchscreen's picture book, prints a JSON object as its last output, and
// exits 0 only if all of it worked.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"mingbai/cmd/internal/machine"
)

func main() {
	once := flag.Bool("once", false, "run the story unattended and exit")
	shots := flag.String("shots", "", "save pictures in this `DIR`")
	keep := flag.String("data", "", "keep the data in this `DIR`; without it a temporary one is used")
	verbose := flag.Bool("v", false, "print the programs' logs")
	leaf := flag.String("book", "", "draw every page of the touchscreen in every mode into this `DIR` and exit")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *leaf != "" {
		os.Exit(drawBook(ctx, *leaf))
	}
	os.Exit(run(ctx, *once, *shots, *keep, *verbose))
}

func run(ctx context.Context, once bool, shots, data string, verbose bool) int {
	// With -once nothing but the summary goes to standard output at the end, so
	// the words go to standard error.
	say := io.Writer(os.Stdout)
	if once {
		say = os.Stderr
	}
	w, err := build(ctx, say, once, shots, data, verbose)
	if err != nil {
		return finish(once, summary{Reason: err.Error()})
	}
	defer w.close()
	if once {
		sum := w.story(ctx)
		return finish(true, sum)
	}
	if err := w.live(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return 1
	}
	return 0
}

// photographer takes the pictures of the console.
const photographer = "internal/photograph"

// build prepares the machine and starts everything.
func build(ctx context.Context, say io.Writer, once bool, shots, data string, verbose bool) (*world, error) {
	virtual := once || os.Getenv("DISPLAY") == ""
	needs := append([]machine.Need{}, machine.Build...)
	if virtual {
		needs = append(needs, machine.Show...)
	}
	if shots != "" {
		needs = append(needs, machine.Browse...)
	}
	if err := machine.Install(ctx, say, needs...); err != nil {
		return nil, err
	}
	if err := machine.Install(ctx, say, machine.Speak...); err != nil {
		fmt.Fprintf(say, "Nothing is read aloud in this demonstration: %v\n", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	fmt.Fprintln(say, "Compiling the programs; the first time takes some minutes.")
	began := time.Now()
	names := []string{"controller", "kiosk", "ledboard"}
	if shots != "" {
		names = append(names, photographer)
	}
	programs, err := machine.Compile(ctx, say, filepath.Join(cache, "mingbai", "bin"), names...)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(say, "Compiled in %.0f s.\n", time.Since(began).Seconds())
	if shots != "" {
		if err := os.MkdirAll(shots, 0o755); err != nil {
			return nil, fmt.Errorf("folder for the pictures: %w", err)
		}
	}
	return newWorld(ctx, say, options{programs: programs, virtual: virtual, once: once, shots: shots, data: data, verbose: verbose})
}

// summary is what -once prints last.
type summary struct {
	OK          bool            `json:"ok"`
	Reason      string          `json:"reason,omitempty"`
	Screens     []screenSummary `json:"screens"`
	Notices     int             `json:"notices"`
	Guides      int             `json:"guides"`
	FundNotices int             `json:"fund_notices"`
	LedgerRows  int64           `json:"ledger_rows"`
	Watch       watchSummary    `json:"watch"`
	Pages       []string        `json:"console_pages,omitempty"`
	BookPages   int             `json:"book_pages,omitempty"`     // pictures in DIR/book
	Boards      []string        `json:"contact_sheets,omitempty"` // of LED boards, files in DIR
	Seconds     float64         `json:"seconds"`
}

// screenSummary is one screen's part. Times are measured by this command, from
// the request or the start of the process to the report or the log line.
type screenSummary struct {
	ID                  string   `json:"id"`
	Kind                string   `json:"kind"`
	Site                string   `json:"site"`
	Width               int      `json:"width"`
	Height              int      `json:"height"`
	PublishToShownMS    int64    `json:"publish_to_shown_ms"`
	OfflineFirstFrameMS int64    `json:"offline_first_frame_ms"`
	TakedownToGoneMS    int64    `json:"takedown_to_gone_ms"`
	AlertToShownMS      int64    `json:"alert_to_shown_ms"`
	RSSBytes            uint64   `json:"rss_bytes"`
	Shots               []string `json:"shots"`
}

func finish(once bool, sum summary) int {
	if !once {
		if sum.Reason != "" {
			fmt.Fprintln(os.Stderr, "demo:", sum.Reason)
		}
		return 1
	}
	if sum.Screens == nil {
		sum.Screens = []screenSummary{}
	}
	out, err := json.MarshalIndent(sum, "", "  ")
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return 1
	}
	fmt.Println(string(out))
	if !sum.OK {
		return 1
	}
	return 0
}
