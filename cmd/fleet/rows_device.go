package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// parsePSS reads from /proc/PID/smaps_rollup what a process has in memory, a page
// that several share counted in parts, in bytes.
func parsePSS(b []byte) (int64, error) {
	for line := range bytes.Lines(b) {
		f := bytes.Fields(line)
		if len(f) == 0 || string(f[0]) != "Pss:" {
			continue
		}
		if len(f) != 3 || string(f[2]) != "kB" {
			return 0, fmt.Errorf("smaps_rollup: %.60q is no size", line)
		}
		kb, err := strconv.ParseUint(string(f[1]), 10, 48)
		if err != nil {
			return 0, fmt.Errorf("smaps_rollup: %w", err)
		}
		return int64(kb) << 10, nil
	}
	return 0, errors.New("smaps_rollup: no Pss")
}

// collection is a line of GODEBUG=gctrace=1 (package runtime): the heap when the
// collection began, when it ended, and what of it was still needed, in MB.
var collection = regexp.MustCompile(`(?m)^gc \d+ @.* (\d+)->(\d+)->(\d+) MB, `)

// lastHeap reads from what a program said how many bytes of its Go heap were needed
// at its last collection.
func lastHeap(said []byte) (int64, error) {
	all := collection.FindAllSubmatch(said, -1)
	if len(all) == 0 {
		return 0, errors.New("the program has told of no collection")
	}
	mb, err := strconv.ParseUint(string(all[len(all)-1][3]), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("a collection: %w", err)
	}
	return int64(mb) << 20, nil
}
