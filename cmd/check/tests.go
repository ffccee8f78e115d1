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

// tests runs every test with the race detector. The windows of the display's
// tests open on a virtual screen.
func tests(ctx context.Context) outcome {
	screen, err := machine.StartScreen(ctx, 2400, 2000)
	if err != nil {
		return skip("the tests need a virtual screen: " + err.Error())
	}
	defer screen.Close()
	cmd := exec.CommandContext(ctx, "go", "test", "-race", "-json", "-timeout", "20m", "./...")
	cmd.Env = append(os.Environ(), "DISPLAY="+screen.Display)
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
	if err := cmd.Wait(); err != nil && o.failed == 0 {
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
			fmt.Fprintf(&detail, "--- %s\n%s", key, strings.Join(logs[key], ""))
			delete(logs, key)
		}
	}
	if o.failed > 0 {
		for key, lines := range logs {
			if strings.Contains(strings.Join(lines, ""), "FAIL") {
				fmt.Fprintf(&detail, "--- %s\n%s", key, strings.Join(lines, ""))
			}
		}
	}
	o.detail = detail.String()
	return o, in.Err()
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
