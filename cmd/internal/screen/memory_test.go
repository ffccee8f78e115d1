package screen

import (
	"runtime/debug"
	"testing"
)

// TestCollecting: garbage is collected seldom until the first content and often
// afterwards, unless the person who started the program said how often.
func TestCollecting(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "")
	first := collecting()
	if got := debug.SetGCPercent(100); got != startGrowth {
		t.Errorf("before the first content the heap grows by %d %%, not %d", got, startGrowth)
	}
	first()
	if got := debug.SetGCPercent(100); got != steadyGrowth {
		t.Errorf("after it the heap grows by %d %%, not %d", got, steadyGrowth)
	}
	t.Setenv("GOGC", "80")
	if collecting() != nil {
		t.Error("what somebody set is changed")
	}
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("what somebody set became %d", got)
	}
}
