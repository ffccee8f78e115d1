// Command check runs everything that must hold before a change counts:
// formatting, vet, staticcheck, govulncheck where its database can be reached,
// the modules, all tests with the race detector under a virtual screen (the
// import table, the stories, the browser and kill tests are among them), and the
// builds for Windows and without C.
//
//	go run ./cmd/check           everything
//	go run ./cmd/check -bench    and the benchmarks, with their ratios
//
// Its last line is "N passed, N failed, N skipped". It exits 1 when anything
// failed, or, with CI set in the environment, when anything but govulncheck
// could not run.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"mingbai/cmd/internal/machine"
)

// outcome is what became of one check.
type outcome struct {
	passed, failed, skipped int
	tolerated               bool   // a skip that does not fail CI
	detail                  string // printed when something failed or was skipped
}

func pass() outcome { return outcome{passed: 1} }

func fail(detail string) outcome { return outcome{failed: 1, detail: detail} }

func skip(detail string) outcome { return outcome{skipped: 1, detail: detail} }

// check is one thing that must hold.
type check struct {
	name string
	run  func(context.Context) outcome
}

func main() {
	bench := flag.Bool("bench", false, "run the benchmarks too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, *bench))
}

func run(ctx context.Context, bench bool) int {
	start := time.Now()
	needs := slices.Concat(machine.Build, machine.Show, machine.Touch, machine.Browse, machine.Speak, machine.Dissect)
	if err := machine.Install(ctx, os.Stdout, needs...); err != nil {
		fmt.Printf("FAIL  set-up: %v\n0 passed, 1 failed, 0 skipped\n", err)
		return 1
	}
	// Lanes run side by side; the checks of a lane one after the other, because
	// they warm the build cache for each other.
	lanes := [][]check{
		{{"formatting", formatting}, {"modules", modules}, {"vet", vet}, {"staticcheck", staticcheck}, {"govulncheck", govulncheck}},
		{{"tests", tests}},
		{{"windows build", windows}, {"programs without C", static}},
	}
	var mu sync.Mutex // guards total and standard output
	var total outcome
	hard := false
	report := func(c check, o outcome, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		word := "ok  "
		switch {
		case o.failed > 0:
			word = "FAIL"
		case o.skipped > 0:
			word = "SKIP"
		}
		fmt.Printf("%s  %-22s %6.1fs\n", word, c.name, took.Seconds())
		if o.detail != "" && (o.failed > 0 || o.skipped > 0) {
			fmt.Println(indent(o.detail))
		}
		total.passed += o.passed
		total.failed += o.failed
		total.skipped += o.skipped
		hard = hard || o.failed > 0 || o.skipped > 0 && !o.tolerated && os.Getenv("CI") != ""
	}
	var wg sync.WaitGroup
	for _, lane := range lanes {
		wg.Go(func() {
			for _, c := range lane {
				begin := time.Now()
				report(c, c.run(ctx), time.Since(begin))
			}
		})
	}
	wg.Wait()
	if bench {
		begin := time.Now()
		report(check{name: "benchmarks"}, benchmarks(ctx), time.Since(begin))
	}
	fmt.Printf("took %.0f s\n%d passed, %d failed, %d skipped\n", time.Since(start).Seconds(), total.passed, total.failed, total.skipped)
	if hard {
		return 1
	}
	return 0
}

func indent(s string) string {
	return "      " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n      ")
}

// goTool runs the go command and returns all that it printed.
func goTool(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// must turns a command's exit into an outcome.
func must(out string, err error) outcome {
	if err != nil {
		return fail(out + err.Error())
	}
	return pass()
}
