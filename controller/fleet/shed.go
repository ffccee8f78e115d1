package fleet

import "sync/atomic"

// Shedding is what a controller that is over its means leaves out. What residents
// and proofs depend on - alerts, take-downs, editions and settings, acknowledgements
// and the durability of ledgers - is never among it.
type Shedding int32

// From the first to go on.
const (
	ShedNothing  Shedding = 0
	ShedPictures Shedding = 1 // screenshots by schedule, and samples of figures
	ShedReports  Shedding = 2 // and health reports, as far as a screen was heard within half of Config.Offline
)

// Shed says what was left out since the start.
type Shed struct {
	Level                         Shedding
	Screenshots, Samples, Reports uint64
}

type shedder struct {
	level                         atomic.Int32
	screenshots, samples, reports atomic.Uint64
}

// Shed sets what is left out from now on.
func (f *Fleet) Shed(level Shedding) { f.shedder.level.Store(int32(level)) }

// HasShed returns what is left out now and what was since the start.
func (f *Fleet) HasShed() Shed {
	s := &f.shedder
	return Shed{Level: Shedding(s.level.Load()), Screenshots: s.screenshots.Load(), Samples: s.samples.Load(), Reports: s.reports.Load()}
}

// sheds reports whether something is left out, and counts it.
func (s *shedder) sheds(level Shedding, n *atomic.Uint64) bool {
	if Shedding(s.level.Load()) < level {
		return false
	}
	n.Add(1)
	return true
}

// Writes is how many devices wait for something to be durable.
func (f *Fleet) Writes() int { return int(f.writer.waiting.Load()) }
