package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Proc is what /proc says of a process.
type Proc struct {
	RSS         int64         // bytes that are resident
	Anonymous   int64         // of RSS, without files that are mapped
	CPU         time.Duration // user and system time, to 10 ms
	Threads     int
	Descriptors int
}

// clockTick is the unit of times in /proc/PID/stat. Linux tells programs 100 a
// second whatever the kernel counts in (man 5 proc, USER_HZ).
const clockTick = 10 * time.Millisecond

// parseStat reads CPU time and threads from /proc/PID/stat. The name of the
// program stands in brackets and may hold blanks and brackets itself.
func parseStat(b []byte) (cpu time.Duration, threads int, err error) {
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return 0, 0, errors.New("stat: no name in brackets")
	}
	f := bytes.Fields(b[i+1:]) // begins with field 3, the state
	if len(f) < 18 {
		return 0, 0, fmt.Errorf("stat: %d fields after the name", len(f))
	}
	var n [3]uint64
	for k, at := range []int{11, 12, 17} { // utime 14, stime 15, num_threads 20
		if n[k], err = strconv.ParseUint(string(f[at]), 10, 48); err != nil {
			return 0, 0, fmt.Errorf("stat: field %d: %w", at+3, err)
		}
	}
	return time.Duration(n[0]+n[1]) * clockTick, int(n[2]), nil
}

// parseStatus reads the resident bytes from /proc/PID/status.
func parseStatus(b []byte) (rss, anonymous int64, err error) {
	found := 0
	for line := range bytes.Lines(b) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		var into *int64
		switch string(key) {
		case "VmRSS":
			into = &rss
		case "RssAnon":
			into = &anonymous
		default:
			continue
		}
		f := bytes.Fields(value)
		if len(f) != 2 || string(f[1]) != "kB" {
			return 0, 0, fmt.Errorf("status: %.60q is no size", line)
		}
		kb, err := strconv.ParseUint(string(f[0]), 10, 48)
		if err != nil {
			return 0, 0, fmt.Errorf("status: %w", err)
		}
		*into = int64(kb) << 10
		found++
	}
	if found != 2 {
		return 0, 0, errors.New("status: no VmRSS and RssAnon, as of a process that has ended")
	}
	return rss, anonymous, nil
}
