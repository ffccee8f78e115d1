package crashfs

import "fmt"

// Trial says under which fault an operation ran, so that a failure can be
// repeated.
type Trial struct {
	Fault Fault
	Call  int   // that failed, 1 is the first
	Crash bool  // the power was cut after the operation
	Seed  int64 // of the crash
}

func (t Trial) String() string {
	if t.Crash {
		return fmt.Sprintf("%s at call %d, then crash with seed %d", t.Fault, t.Call, t.Seed)
	}
	return fmt.Sprintf("%s at call %d", t.Fault, t.Call)
}

// maxCalls stops an operation that never gets through.
const maxCalls = 100_000

// Exhaust runs op on a copy of base once for each call that op makes and each
// of the faults, so that every call fails once, and once without a fault.
// After each run it hands check what op returned and the file system: as it is
// (except after a PowerCut), and as found after a power cut, for the seeds 0
// (LoseAll), 1 (KeepAll) and so on up to seeds-1. check may change the file
// system that it gets. The first error of check is returned, with the Trial.
func Exhaust[T any](base *FS, faults []Fault, seeds int64, op func(*FS) T, check func(Trial, *FS, T) error) error {
	for _, fault := range faults {
		for call := 1; ; call++ {
			if call > maxCalls {
				return fmt.Errorf("%s: more than %d calls", fault, maxCalls)
			}
			fsys := base.Clone()
			fsys.FailAt(call, fault)
			did := op(fsys)
			reached := fsys.Failed()
			fsys.FailAt(0, fault)
			for seed := range seeds {
				t := Trial{Fault: fault, Call: call, Crash: true, Seed: seed}
				if err := check(t, fsys.Crash(seed), did); err != nil {
					return fmt.Errorf("%v: %w", t, err)
				}
			}
			if fault != PowerCut || !reached {
				t := Trial{Fault: fault, Call: call}
				if err := check(t, fsys, did); err != nil {
					return fmt.Errorf("%v: %w", t, err)
				}
			}
			if !reached {
				break
			}
		}
	}
	return nil
}
