package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a program of a story. Its log is a file of JSON lines.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	life io.Closer // the program ends when this is closed
	done chan struct{}
	err  error // of Wait, after done
	from int64 // where in the log this run begins

	mu    sync.Mutex // guards what follows
	lines []logLine  // of this run, as far as they were read
	read  int64      // how far that is in the log
}

// start runs the test binary as one of its programs.
func start(name, dir, program string, args ...string) (*process, error) {
	return startWith(name, dir, func(*exec.Cmd) {}, program, args...)
}

// startWith is start of a program on a machine that is prepared for it.
func startWith(name, dir string, prepare func(*exec.Cmd), program string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startPrepared(name, dir, self, prepare, program, args...)
}

// startFile runs a program of its own under the name that it shall have.
func startFile(name, dir, file, program string, args ...string) (*process, error) {
	return startPrepared(name, dir, file, func(*exec.Cmd) {}, program, args...)
}

func startPrepared(name, dir, file string, prepare func(*exec.Cmd), program string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if info, err := out.Stat(); err == nil {
		p.from = info.Size()
	}
	p.cmd = exec.Command(file, args...)
	p.cmd.Args[0] = program
	prepare(p.cmd)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if p.life, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *process) running() bool {
	if p == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop asks the program to end, and fails when it does not or ends badly.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		if p.err != nil {
			return fmt.Errorf("%s did not end well: %w", p.name, p.err)
		}
		return nil
	case <-time.After(patience):
		p.kill()
		return fmt.Errorf("%s did not end within %v", p.name, patience)
	}
}

// kill ends the program as a power cut would.
func (p *process) kill() {
	if p.running() {
		_ = p.cmd.Process.Kill() // it may have ended by itself
		<-p.done
	}
}

// logLine is what the stories look for in a log.
type logLine struct {
	Time  time.Time `json:"time"`
	Msg   string    `json:"msg"`
	Code  string    `json:"code"`
	URL   string    `json:"url"`
	Voice string    `json:"voice"`
}

// said returns the last line of this run that match accepts, which sees the newest
// first.
func (p *process) said(match func(logLine) bool) (found logLine, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.follow(); err != nil {
		return logLine{}, false
	}
	for _, l := range slices.Backward(p.lines) {
		if match(l) {
			return l, true
		}
	}
	return logLine{}, false
}

// follow reads the lines that are new and whole.
func (p *process) follow() error {
	f, err := os.Open(p.log)
	if err != nil {
		return err
	}
	defer f.Close()
	p.read = max(p.read, p.from)
	data, err := io.ReadAll(io.NewSectionReader(f, p.read, 1<<30))
	if err != nil {
		return err
	}
	for text := range bytes.Lines(data) {
		if text[len(text)-1] != '\n' {
			break
		}
		p.read += int64(len(text))
		var l logLine
		if json.Unmarshal(text, &l) == nil {
			p.lines = append(p.lines, l)
		}
	}
	return nil
}

// tail returns the last lines of the log, for the report of a failure.
func (p *process) tail() string {
	if p == nil {
		return ""
	}
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return p.name + ":\n  " + strings.Join(lines[max(0, len(lines)-12):], "\n  ")
}
