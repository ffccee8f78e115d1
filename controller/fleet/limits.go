package fleet

import "time"

// The limits of signs. Where a sign opens at one figure and closes at another,
// what lies between changes nothing, so that it does not flap. DOMAIN G08 asks
// for the watch, G13 for clock, disk, screen and brightness.
const (
	// Below one of the first two figures a disk is filling; it is well again
	// above both of the second. A generation with its pictures takes up to 200
	// MB, and a new one is written beside it before the old one goes.
	diskLowShare, diskWellShare = 5.0, 7.0 // per cent
	diskLow, diskWell           = 300 << 20, 400 << 20
	diskGone                    = 50 << 20 // nothing can be written soon

	// Small fanless machines throttle from 85 °C and are built for 95.
	heatHigh, heatWell = 85.0, 80.0 // °C

	cpuHigh, cpuWell       = 95.0, 85.0 // per cent of all cores
	memoryHigh, memoryWell = 95.0, 90.0 // per cent
	busyFor                = 5 * time.Minute

	// Windows of notices begin and end by the clock; a minute is the finest that
	// people set (DOMAIN 3.5).
	clockOff, clockWell = 60.0, 30.0 // seconds

	// The render loop turns once a second at the least.
	frozenAfter = 10 * time.Second

	differsHigh, differsWell = 5.0, 2.0 // per cent of pixels; fades and dithering stay below
	differsTimes             = 2        // readings in a row

	// From 5 % lost on, TCP crawls; two seconds is when a ping counts as lost.
	linePings              = 20
	lostHigh, lostWell     = 5.0, 3.0     // per cent
	rttHigh, rttWell       = 2000., 1500. // milliseconds
	droppedMany, droppedOK = 6, 2         // broken connections in an hour

	crashesDay, crashesHour = 3, 2 // of the program in 24 hours, in one

	staleAfter    = 24 * time.Hour // nothing heard although it is connected
	fallbackAfter = 10 * time.Minute
	behindAfter   = 10 * time.Minute // content that is still on its way

	strangerFor   = 15 * time.Minute // a stranger counts for so long after its last attempt
	strangerEvery = 10 * time.Minute // at most one event in that time

	// Two devices with one key: how far running times may seem to jump ahead of
	// the clock because a report was late, and how often in which time they may.
	jumpSlack  = time.Minute
	cloneTimes = 2
	cloneTurns = 3 // connections that took another origin's place
	cloneFor   = 15 * time.Minute
	formerRuns = 4 // that are known again
)

// The figures at which signs open, for pages that draw a line there.
const (
	HeatLimit   = heatHigh   // °C
	CPULimit    = cpuHigh    // per cent of all cores
	MemoryLimit = memoryHigh // per cent
	LostLimit   = lostHigh   // per cent of pings
	RTTLimit    = rttHigh    // milliseconds
	ClockLimit  = clockOff   // seconds
)

// DiskLimit returns how many bytes must be free on a disk of that size, in bytes.
func DiskLimit(total uint64) uint64 {
	return max(diskLow, uint64(float64(total)*diskLowShare/100))
}
