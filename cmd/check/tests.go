package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"mingbai/cmd/internal/machine"
)

// event is one line of go test -json.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// browsers is the package whose tests drive a real browser. Under the race
// detector a page takes seconds to draw and the browser waits for it, so they run
// without; the console that they look at is raced by its own tests.
const browsers = "mingbai/cmd/internal/browse"

// stories is the package whose tests play stories with real programs.
const stories = "mingbai/cmd"

// calm are packages that compute: pictures, days, tables and answers to a search
// from what they are given. Their tests take up to ten times as long under the race
// detector, for code without a goroutine or with very few.
var calm = []string{
	"mingbai/cmd/internal/book", "mingbai/controller/sheet", "mingbai/playlist/schedule", "mingbai/playlist/search",
	"mingbai/playlist/scene/dotfont", "mingbai/playlist/scene/led", "mingbai/playlist/scene/page",
}

// still are packages without a goroutine, a lock or a server in them or in their
// tests: there is nothing that a race detector could find, and their tests take up to
// ten times as long under it. What they use of other packages is raced there.
var still = []string{
	"mingbai/assets/rendition", "mingbai/configs/intake", "mingbai/controller/certificate", "mingbai/controller/richtext",
	"mingbai/playlist/duty", "mingbai/playlist/guard/pii", "mingbai/playlist/light", "mingbai/playlist/release", "mingbai/playlist/review",
	"mingbai/playlist/scene/dotfont/hint", "mingbai/playlist/speech", "mingbai/playlist/sun",
}

// mixed are packages in which some tests have one client, or one goroutine, and
// walk through hundreds of pages or compute every pixel, and others let many
// goroutines meet. The first, which plain names, run without the race detector, the
// others with it; a new test is raced until it is named there.
var mixed = []string{
	"mingbai/controller/console", "mingbai/controller", "mingbai/cmd/controller",
	"mingbai/kiosk/cache", "mingbai/kiosk/display", "mingbai/kiosk/display/shm", "mingbai/kiosk/led",
}

// plain are those tests of mixed that run without the race detector, by package.
var plain = map[string][]string{
	// One client of the API and one device; four people one after the other; desks
	// that are opened on copies of a folder again and again.
	"mingbai/controller": {
		"TestAPI", "TestAPIKnowsTokensOnly", "TestBodiesAreBounded", "TestPathsLeadNowhere", "TestReviewByChance", "TestForgedApprovals",
		"TestCrashInReview", "TestUnsoundBackups", "TestSample", "TestRolloutStops",
	},
	// A vendor at a keyboard packs a whole program, four times.
	"mingbai/cmd/controller": {"TestRelease"},
	// One browser that walks through every page and sends every form.
	"mingbai/controller/console": {
		"TestFormsWithBadInput", "TestRoutesWithBadRequests", "TestMultipartBombs", "TestHostileTextIsText", "TestEveryPostFromElsewhere",
		"TestNothingIsDoneWithoutALine", "TestOthersThings", "TestTamperedWithSQL", "TestEveryRoleOnEveryRoute", "TestEveryPageForEveryRole",
		"TestHeldFormsGoNowhereElse", "TestManyRows", "TestManyPeople", "TestFundOfManyHouseholds", "TestLongListIsPaged",
		"TestEveryMessageHasEnglish", "TestWords", "TestHeldIsByteForByte", "TestWritingLosesNothing",
	},
	// A desk and a screen of one goroutine, on a disk that fails at every step.
	"mingbai/kiosk/cache": {"TestEveryFailureLeavesAWholeGeneration"},
	// Pixels of two ways to draw, of two boards, of a board and its clock are compared.
	"mingbai/kiosk/display": {"TestPaintersAgree", "TestPagesAgree", "TestTurnedPagesAgree"},
	"mingbai/kiosk/led":     {"TestPairShowsTheSame", "TestNoStepIsDoubledOrSkipped"},
}

// raced are those tests of stories and calm that run with the race detector too: an
// office with screens and boards, a line that is cut and an office that dies, each
// program under the detector; and what several goroutines of one program use at the
// same time.
const raced = "^TestStories$/^(villages|interrupted|cut|take-down)$|" +
	"^(TestSetIsSafeForConcurrentUse|TestManyReaders|TestSameInputSameFrame|TestNeverBlank|TestFade|TestSlide|TestZoom|TestNextZoom)$"

// unraced is code of others that the race detector does not look into: a C
// program that was translated to Go with the C library under it, a hash that is slow
// by design, and what makes pictures smaller and writes them. They take most of the
// time of tests under it, and none of the locks in them are ours. The Go around that
// program is looked into: it uses sync.Map, and the linker may take its copy of that
// map's code for everybody, so that the detector would see no locks in maps of the
// standard library and find races there. Only the last flags that match a package
// count, so these say again what leanFlags says.
var unraced = []string{
	"-gcflags=modernc.org/sqlite/lib=-dwarf=false -race=false -d=checkptr=0",
	"-gcflags=modernc.org/libc/...=-dwarf=false -race=false -d=checkptr=0",
	"-gcflags=modernc.org/memory=-dwarf=false -race=false -d=checkptr=0",
	"-gcflags=golang.org/x/crypto/...=-dwarf=false -race=false",
	"-gcflags=github.com/nfnt/resize=-dwarf=false -race=false",
	"-gcflags=image/png=-dwarf=false -race=false",
	"-gcflags=image/jpeg=-dwarf=false -race=false",
	"-gcflags=compress/flate=-dwarf=false -race=false",
}

// tests runs every test with the race detector but for those of browsers, stories,
// calm, still and mixed. The windows of the display's tests open on a virtual screen.
func tests(ctx context.Context) outcome {
	out, err := goTool(ctx, nil, "list", "./...")
	if err != nil {
		return must(out, err)
	}
	apart := slices.Concat([]string{browsers, stories}, calm, still, mixed)
	packages := slices.DeleteFunc(strings.Fields(out), func(p string) bool { return slices.Contains(apart, p) })
	return goTest(ctx, slices.Concat([]string{"-race"}, unraced, packages)...)
}

func storyTests(ctx context.Context) outcome { return goTest(ctx, pure, stories) }

func calmTests(ctx context.Context) outcome {
	return goTest(ctx, slices.Concat([]string{pure}, calm, still)...)
}

func racedSample(ctx context.Context) outcome {
	return goTest(ctx, slices.Concat([]string{"-race", "-run", raced}, unraced, []string{stories}, calm)...)
}

func browserTests(ctx context.Context) outcome { return goTest(ctx, pure, browsers) }

// plainTests and mixedTests run every test of mixed once, without and with the race
// detector.
func plainTests(ctx context.Context) outcome {
	return goTest(ctx, slices.Concat([]string{pure, "-run", plainNames()}, mixed)...)
}

func mixedTests(ctx context.Context) outcome {
	return goTest(ctx, slices.Concat([]string{"-race", "-skip", plainNames()}, unraced, mixed)...)
}

// plainNames matches the tests that plain names.
func plainNames() string {
	var names []string
	for _, p := range mixed {
		names = append(names, plain[p]...)
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// load measures a controller with a thousand simulated screens and prints the table.
// It fails when something did not work; the targets are for the full form on a
// machine with nothing else to do.
func load(ctx context.Context) outcome {
	out, err := goTool(ctx, nil, "run", pure, "./cmd/fleet", "-bench", "-short")
	if err == nil {
		fmt.Println(indent(out))
	}
	return must(out, err)
}

// goTest runs tests under a virtual screen. What vet says of them is a check of its
// own.
func goTest(ctx context.Context, args ...string) outcome {
	screen, err := machine.StartScreen(ctx, 2400, 2000)
	if err != nil {
		return skip("the tests need a virtual screen: " + err.Error())
	}
	defer screen.Close()
	flags, env := []string{"test", "-json", "-vet=off", "-timeout", "25m"}, append(os.Environ(), "DISPLAY="+screen.Display)
	// What compilers get tests must not: they run as the programs do.
	if program, err := exec.LookPath("env"); err == nil && roomy() != nil {
		flags, env = append(flags, "-exec", program+" -u GOGC -u GOMEMLIMIT"), append(env, roomy()...)
	}
	cmd := command(ctx, append(flags, args...)...)
	cmd.Env = env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return fail(err.Error())
	}
	if err := cmd.Start(); err != nil {
		return fail(err.Error())
	}
	o, err := count(pipe)
	if err != nil {
		o.failed++
		o.detail += "reading the test output: " + err.Error() + "\n"
	}
	err = cmd.Wait()
	took(ctx, cmd)
	if err != nil && o.failed == 0 {
		o.failed++
		o.detail += stderr.String() + err.Error()
	}
	if o.passed == 0 && o.failed == 0 {
		o.failed, o.detail = 1, "no test ran\n"+stderr.String()
	}
	return o
}

// count adds up top-level tests and keeps the output of what failed.
func count(r io.Reader) (outcome, error) {
	var o outcome
	var detail strings.Builder
	logs := map[string][]string{} // by package and test
	in := bufio.NewScanner(r)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Fprintf(&detail, "%s\n", in.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			logs[key] = append(logs[key], e.Output)
		case "pass":
			if e.Test != "" && !strings.Contains(e.Test, "/") {
				o.passed++
			}
			delete(logs, key)
		case "skip":
			if e.Test != "" && !strings.Contains(e.Test, "/") {
				o.skipped++
				fmt.Fprintf(&detail, "SKIPPED %s\n%s", key, strings.Join(logs[key], ""))
			}
			delete(logs, key)
		case "fail", "build-fail":
			if e.Test == "" || !strings.Contains(e.Test, "/") {
				o.failed++
			}
			fmt.Fprintf(&detail, "--- %s\n%s", key, reasonFirst(strings.Join(logs[key], "")))
			delete(logs, key)
		}
	}
	if o.failed > 0 {
		for key, lines := range logs {
			if text := strings.Join(lines, ""); strings.Contains(text, "FAIL") || strings.Contains(text, "panic:") {
				fmt.Fprintf(&detail, "--- %s\n%s", key, reasonFirst(text))
			}
		}
	}
	o.detail = detail.String()
	return o, in.Err()
}

// reasonFirst puts why a test failed before what led there: whoever reads only the
// first lines reads the reason. A story ends with a line "FAIL: file:line: reason"
// and begins with its environment, which tells nobody anything.
func reasonFirst(text string) string {
	var lines []string
	reason := -1
	inEnvironment := false
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(bare, "=== "):
			continue
		case strings.Contains(bare, ": WORK="):
			inEnvironment = true
		case bare == "":
			inEnvironment = false
		case reason < 0 && (strings.HasPrefix(bare, "FAIL: ") || strings.HasPrefix(bare, "panic: ") || strings.HasPrefix(bare, "WARNING: DATA RACE")):
			reason = len(lines)
		}
		if !inEnvironment {
			lines = append(lines, line)
		}
	}
	if reason <= 0 {
		return strings.Join(lines, "")
	}
	return strings.Join(slices.Concat(lines[reason:], []string{"before that:\n"}, lines[:reason]), "")
}

// benchmarks runs each benchmark and prints its figures; the ratios to a floor
// measured in the same run are what to read.
func benchmarks(ctx context.Context) outcome {
	out, err := goTool(ctx, nil, "test", "-run", "^$", "-bench", ".", "-benchtime", "1s", "./assets/...", "./playlist/...", "./controller/...", "./kiosk/cache/...", "./kiosk/led/...")
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "Benchmark") {
			fmt.Print("      ", line)
		}
	}
	return must(out, err)
}
