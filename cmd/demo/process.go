package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// process is a running program whose log is JSON lines on standard error.
type process struct {
	name  string
	cmd   *exec.Cmd
	began time.Time
	done  chan struct{}

	mu    sync.Mutex // guards all below
	lines []logLine
	more  chan struct{} // closed and renewed with every line
	tail  []string      // last lines as they came, for the report of a failure
}

type logLine struct {
	at   time.Time
	text string
	Msg  string `json:"msg"`
	Code string `json:"code"`
	URL  string `json:"url"`
	// Of the first content on a display.
	Page   string `json:"page"`
	Notice string `json:"notice"`
}

// start runs a program with extra environment.
func start(ctx context.Context, name, path string, env []string, verbose io.Writer, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), env...)
	// A child that this command forgot must not outlive it.
	cmd.SysProcAttr = dieWithParent()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, began: time.Now(), done: make(chan struct{}), more: make(chan struct{})}
	if err := onStarter(cmd.Start); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go p.read(pipe, verbose)
	return p, nil
}

// starts are run one after the other on a thread that lives as long as this
// program: Linux ends a child with the thread that started it, not with the
// process (prctl(2), PR_SET_PDEATHSIG).
var starts = func() chan func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
}()

func onStarter(f func() error) error {
	done := make(chan error)
	starts <- func() { done <- f() }
	return <-done
}

// read follows the log until the program ends, and then waits for it.
func (p *process) read(pipe io.Reader, verbose io.Writer) {
	defer close(p.done)
	in := bufio.NewScanner(pipe)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		line := logLine{at: time.Now(), text: in.Text()}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			line.Msg = in.Text() // what a library printed, or a panic
		}
		if verbose != nil {
			fmt.Fprintf(verbose, "%-16s %s\n", p.name, in.Text())
		}
		p.mu.Lock()
		p.lines = append(p.lines, line)
		p.tail = append(p.tail, in.Text())
		p.tail = p.tail[max(0, len(p.tail)-15):]
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
	_ = p.cmd.Wait() // whoever cares asks for the exit with ended
}

// wait returns the first log line, from the beginning, that match accepts.
func (p *process) wait(ctx context.Context, what string, match func(logLine) bool) (logLine, error) {
	seen := 0
	for {
		p.mu.Lock()
		lines, more := p.lines, p.more
		p.mu.Unlock()
		for ; seen < len(lines); seen++ {
			if match(lines[seen]) {
				return lines[seen], nil
			}
		}
		select {
		case <-more:
		case <-p.done:
			p.mu.Lock()
			rest := p.lines[seen:]
			p.mu.Unlock()
			if len(rest) > 0 {
				continue
			}
			return logLine{}, fmt.Errorf("%s ended while waiting for %s:\n%s", p.name, what, p.last())
		case <-ctx.Done():
			return logLine{}, fmt.Errorf("%s: waiting for %s: %w; its last words:\n%s", p.name, what, context.Cause(ctx), p.last())
		}
	}
}

func (p *process) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := ""
	for _, l := range p.tail {
		out += "  " + l + "\n"
	}
	return out
}

// stop asks the program to end and waits; after ten seconds it is killed.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not stop within 10 s:\n%s", p.name, p.last())
	}
}
