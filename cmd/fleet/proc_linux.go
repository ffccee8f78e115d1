package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Proc reads what the system knows of a process.
func (m *Bench) Proc(pid int) (Proc, error) {
	return readProc(filepath.Join("/proc", strconv.Itoa(pid)))
}

func readProc(dir string) (p Proc, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("measure %s: %w", dir, err)
		}
	}()
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return p, err
	}
	if p.CPU, p.Threads, err = parseStat(stat); err != nil {
		return p, err
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return p, err
	}
	if p.RSS, p.Anonymous, err = parseStatus(status); err != nil {
		return p, err
	}
	open, err := os.ReadDir(filepath.Join(dir, "fd"))
	p.Descriptors = len(open)
	return p, err
}
