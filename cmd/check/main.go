// Command check runs everything that must hold before a change counts:
// formatting, vet, staticcheck, govulncheck where its database can be reached,
// the modules, all tests with the race detector under a virtual screen, without it
// the stories of real programs, the tests in a real browser, those of pictures and
// those with one goroutine, a load of a thousand screens whose figures it prints,
// and the builds for Windows and without C.
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
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// lane is what runs one after the other, and how much of the processors it leaves to
// other lanes: 0 nothing, 19 all that they want.
type lane struct {
	nice   int
	checks []check
}

// effort is a check at work. The context of a check has it, and is its key there.
type effort struct {
	nice int          // of its lane
	cpu  atomic.Int64 // nanoseconds of processors that its commands and their children took
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
	if err := leanFlags(ctx); err != nil {
		fmt.Printf("FAIL  set-up: %v\n0 passed, 1 failed, 0 skipped\n", err)
		return 1
	}
	// Lanes run side by side; the checks of a lane one after the other, because they
	// warm the build cache for each other. The first two hold what looks at the
	// clock: stories wait more than they compute, and the detector's tests compute.
	// The others look at no clock and get what those leave of the processors, so
	// that none is idle before the end.
	lanes := []lane{
		{0, []check{{"stories", storyTests}, {"load, 1,000 screens", load}}},
		{0, []check{{"many at once, -race", mixedTests}, {"tests with -race", tests}, {"sample with -race", racedSample}}},
		{10, []check{{"browser tests", browserTests}, {"pages and tables", calmTests}, {"one at a time", plainTests}}},
		{15, []check{
			{"govulncheck", govulncheck}, {"formatting", formatting}, {"vet", vet}, {"staticcheck", staticcheck},
			{"windows build", windows}, {"programs without C", static}, {"modules", modules},
		}},
	}
	var mu sync.Mutex // guards total and standard output
	var total outcome
	hard := false
	do := func(c check, nice int) {
		begin, e := time.Now(), &effort{nice: nice}
		o := c.run(context.WithValue(ctx, effort{}, e))
		elapsed := time.Since(begin)
		mu.Lock()
		defer mu.Unlock()
		word := "ok  "
		switch {
		case o.failed > 0:
			word = "FAIL"
		case o.skipped > 0:
			word = "SKIP"
		}
		fmt.Printf("%s  %-22s %6.1fs  %6.1fs of processors\n", word, c.name, elapsed.Seconds(), time.Duration(e.cpu.Load()).Seconds())
		if o.detail != "" && (o.failed > 0 || o.skipped > 0) {
			fmt.Println(indent(o.detail))
		}
		total.passed += o.passed
		total.failed += o.failed
		total.skipped += o.skipped
		hard = hard || o.failed > 0 || o.skipped > 0 && !o.tolerated && os.Getenv("CI") != ""
	}
	// All programs are built first, or the lanes would each build the same packages.
	do(check{"build", build}, 0)
	var wg sync.WaitGroup
	for _, l := range lanes {
		wg.Go(func() {
			for _, c := range l.checks {
				do(c, l.nice)
			}
		})
	}
	wg.Wait()
	if bench {
		do(check{"benchmarks", benchmarks}, 0)
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

// command prepares the go command for a check.
func command(ctx context.Context, args ...string) *exec.Cmd {
	e, ok := ctx.Value(effort{}).(*effort)
	if nice, err := exec.LookPath("nice"); ok && e.nice > 0 && err == nil {
		return exec.CommandContext(ctx, nice, slices.Concat([]string{"-n", strconv.Itoa(e.nice), "go"}, args)...)
	}
	return exec.CommandContext(ctx, "go", args...)
}

// took notes what a command that has ended took of the processors.
func took(ctx context.Context, cmd *exec.Cmd) {
	if e, ok := ctx.Value(effort{}).(*effort); ok && cmd.ProcessState != nil {
		e.cpu.Add(int64(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()))
	}
}

// goTool runs the go command and returns all that it printed.
func goTool(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := command(ctx, args...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	took(ctx, cmd)
	return out.String(), err
}

// leanFlags keeps every go command from here on, also those that tests start, from
// writing what only a debugger reads: the programs are gone with the check, and
// reports of races and panics name their lines without it.
func leanFlags(ctx context.Context) error {
	before, err := goTool(ctx, nil, "env", "GOFLAGS")
	if err != nil {
		return fmt.Errorf("go env: %w\n%s", err, before)
	}
	return os.Setenv("GOFLAGS", strings.TrimSpace(strings.TrimSpace(before)+" -gcflags=all=-dwarf=false '-ldflags=-s -w'"))
}

// roomy lets compilers and linkers collect their garbage less often, which is up to
// half of what they do, as long as each has less than GOMEMLIMIT. It is nothing when
// whoever runs the check has decided on that.
func roomy() []string {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return []string{"GOGC=400", "GOMEMLIMIT=1GiB"}
}

// must turns a command's exit into an outcome.
func must(out string, err error) outcome {
	if err != nil {
		return fail(out + err.Error())
	}
	return pass()
}
