package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// shown is a program with a window, in a process of its own.
type shown struct {
	cmd   *exec.Cmd
	began time.Time // when the process was started
	done  chan struct{}
	said  *sayings
}

// sayings is all that a program says; a screen that is measured says little.
type sayings struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (s *sayings) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sayings) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.b.Bytes())
}

func show(display, program string, args ...string) (*shown, error) {
	s := &shown{cmd: exec.Command(program, args...), done: make(chan struct{}), said: &sayings{}}
	s.cmd.Env = append(os.Environ(), "DISPLAY="+display, "GODEBUG=gctrace=1")
	s.cmd.Stderr = s.said
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.began = time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.done)
		_ = s.cmd.Wait() // close tells it to end; what it says beside is kept
	}()
	return s, nil
}

// close ends the program and waits for it.
func (s *shown) close() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	select {
	case <-s.done:
		return nil
	case <-late.C:
		_ = s.cmd.Process.Kill() // it has ended meanwhile, or does
		<-s.done
		return fmt.Errorf("%s did not end within %s", filepath.Base(s.cmd.Path), stopWithin)
	}
}

// failed adds to an error what the program said last.
func (s *shown) failed(err error) error {
	said := s.said.bytes()
	return fmt.Errorf("%w; %s said last:\n%s", err, filepath.Base(s.cmd.Path), said[max(0, len(said)-2000):])
}

// cpu is the CPU time of the process, to the nanosecond: the kernel has a clock for
// each (man 2 clock_getres; the number is made as its MAKE_PROCESS_CPUCLOCK does).
func (s *shown) cpu() (time.Duration, error) {
	const sched = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^s.cmd.Process.Pid)<<3|sched, &t); err != nil {
		return 0, fmt.Errorf("CPU time of %s: %w", filepath.Base(s.cmd.Path), err)
	}
	return time.Duration(t.Nano()), nil
}

// pss is what the process has in memory, in bytes.
func (s *shown) pss() (int64, error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "smaps_rollup"))
	if err != nil {
		return 0, err
	}
	return parsePSS(b)
}

// pass waits.
func pass(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
