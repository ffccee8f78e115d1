package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"golang.org/x/sys/unix"
)

// spent is the CPU time of this process so far, user and system.
func spent() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err) // only for wrong arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// usage is what a child says of itself.
type usage struct {
	CPU        time.Duration `json:"cpu"`
	Goroutines int           `json:"goroutines"`
	Heap       uint64        `json:"heap"`  // bytes in use
	Stack      uint64        `json:"stack"` // bytes in use
}

// withCommon adds what every child can be told.
func withCommon(own verbs) verbs {
	var profile *os.File
	common := verbs{
		"usage": told(func(context.Context, struct{}) (any, error) {
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			return usage{spent(), runtime.NumGoroutine(), s.HeapInuse, s.StackInuse}, nil
		}),
		// tidy collects what nobody needs and gives the memory back to the system, so
		// that what is resident is what is used.
		"tidy": told(func(context.Context, struct{}) (any, error) {
			for range 3 { // pools empty with the second, stacks shrink with each
				runtime.GC()
			}
			debug.FreeOSMemory()
			return nil, nil
		}),
		// profile begins a CPU profile in a file, and profiled ends it and writes one
		// of the heap beside it.
		"profile": told(func(_ context.Context, path string) (any, error) {
			if profile != nil {
				return nil, errors.New("a profile is under way")
			}
			var err error
			if profile, err = os.Create(filepath.Clean(path)); err != nil {
				return nil, err
			}
			return nil, pprof.StartCPUProfile(profile)
		}),
		"profiled": told(func(context.Context, struct{}) (any, error) {
			if profile == nil {
				return nil, errors.New("no profile is under way")
			}
			pprof.StopCPUProfile()
			name := profile.Name()
			err := profile.Close()
			profile = nil
			heap, create := os.Create(name + ".heap")
			if create != nil {
				return nil, errors.Join(err, create)
			}
			runtime.GC()
			return nil, errors.Join(err, pprof.WriteHeapProfile(heap), heap.Close())
		}),
	}
	maps.Copy(common, own)
	return common
}

// raiseLimit lets the process have as many descriptors as it may.
func raiseLimit() error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &l)
}
