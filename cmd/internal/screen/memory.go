package screen

import (
	"os"
	"runtime/debug"
)

// How much the heap may grow before it is collected, in per cent of what is in use.
const (
	// A start reads and decodes for a moment and keeps most of it. With the usual
	// hundred it is collected seven times before the first frame, with this twice.
	startGrowth = 300
	// Afterwards little is allocated, and what a collection costs is not felt: of
	// 26 MB that are in use the heap grows to 39 instead of 52.
	steadyGrowth = 50
)

// collecting sets how often a starting program collects its garbage, and returns
// what sets how often it does from the first content on. GOGC, if somebody set it,
// holds.
func collecting() (first func()) {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(startGrowth)
	return func() { debug.SetGCPercent(steadyGrowth) }
}
