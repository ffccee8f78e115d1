package fleet

import (
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// mark is what is remembered of one kind of sign from report to report.
type mark struct {
	since time.Time // of being bad without a break
	times int       // reports in a row that say so
	open  bool
}

// memory is what a screen's reports leave behind beyond the last one.
type memory struct {
	marks   map[Kind]mark
	crashed []time.Time // starts after a crash in the last hour
	jumps   []time.Time // reports that the program of the one before cannot have sent
	turns   []time.Time // connections that took the place of one from another origin
	twins   []time.Time // connections of a run of the program after which another had come already
	origin  string      // of the last connection
	host    string
	run     runID
	former  []runID // runs before it, the newest last, at most formerRuns
}

// runID is the beginning of what a device drew when its program started; zero when it
// does not say.
type runID [8]byte

// remember folds a report into the memory and returns what happened to the
// program since the report before, which is nil for the first. slack is by how
// much a report's figures may be older than the report.
func (m *memory) remember(prev, next *store.Health, slack time.Duration) []store.Event {
	var events []store.Event
	event := func(kind store.EventKind, detail string) {
		events = append(events, store.Event{Screen: next.Screen, At: next.At, Kind: kind, Detail: detail})
	}
	v := &next.Report.Vitals
	if started(prev, next, slack) {
		if prev != nil {
			event(store.EventStarted, string(v.Program.Before))
		}
		if v.Program.Before == wire.EndedCrashed {
			m.crashed = append(m.crashed, next.At.Add(-time.Duration(v.Running)*time.Second))
		}
	}
	m.crashed = since(m.crashed, next.At.Add(-time.Hour))
	if jumped(prev, next, slack) {
		m.jumps = append(m.jumps, next.At)
	}
	m.jumps = since(m.jumps, next.At.Add(-cloneFor))
	if prev != nil && v.Program.Version != "" && prev.Report.Vitals.Program.Version != "" && v.Program.Version != prev.Report.Vitals.Program.Version {
		event(store.EventVersion, v.Program.Version)
	}
	if u := v.Program.Update; prev != nil && u.Step != "" && (u.Step != prev.Report.Vitals.Program.Update.Step || u.Version != prev.Report.Vitals.Program.Update.Version) {
		event(store.EventUpdate, string(u.Step)+" "+u.Version)
	}
	for i := range rules {
		r := &rules[i]
		switch k, bad := r.fold(m.marks[r.kind], prev, next, m); {
		case bad && m.marks == nil:
			m.marks = map[Kind]mark{r.kind: k}
		case bad:
			m.marks[r.kind] = k
		case m.marks != nil:
			delete(m.marks, r.kind)
		}
	}
	if len(m.marks) == 0 {
		m.marks = nil // as of nearly all
	}
	return events
}

// open is which signs the reports make, as a set of bits.
func (m *memory) open() (set uint64) {
	if m.marks == nil {
		return 0
	}
	for i := range rules {
		if m.marks[rules[i].kind].open {
			set |= 1 << i
		}
	}
	return set
}

// started reports whether the program was started between two reports: it runs for
// less than it would have, by the clock of the controller and by its own, one of which
// may have been set meanwhile.
func started(prev, next *store.Health, slack time.Duration) bool {
	if prev == nil {
		return true
	}
	was, is := prev.Report.Vitals.Running, next.Report.Vitals.Running
	between := min(next.At.Sub(prev.At), said(next).Sub(said(prev)))
	return is < was || time.Duration(is-was)*time.Second < between-slack
}

// said is when a device made a report, by its own clock set right.
func said(h *store.Health) time.Time {
	return h.Report.Time.Add(-time.Duration(h.Report.Vitals.ClockOffset * float64(time.Second)))
}

// jumped reports whether two reports cannot be of one machine: the program or
// the machine runs for longer than the time between them allows, by the clock of the
// controller and by its own: that of an office machine stands still while it sleeps.
func jumped(prev, next *store.Health, slack time.Duration) bool {
	if prev == nil {
		return false
	}
	between := max(next.At.Sub(prev.At), said(next).Sub(said(prev)))
	most := int64((between + slack) / time.Second)
	was, is := &prev.Report.Vitals, &next.Report.Vitals
	return was.Running > 0 && is.Running-was.Running > most || was.Uptime > 0 && is.Uptime-was.Uptime > most
}

// arrived notes where a connection came from, and of which run of the program it is.
// took says that it replaced one that was still open.
func (m *memory) arrived(origin, host, run string, took bool, at time.Time) {
	var id runID
	copy(id[:], run)
	m.twins = since(m.twins, at.Add(-cloneFor))
	if id != m.run && id != (runID{}) {
		if slices.Contains(m.former, id) { // a program that ended does not come back
			m.twins = append(m.twins, at)
		}
		if m.run != (runID{}) {
			m.former = append(m.former[max(0, len(m.former)-formerRuns+1):], m.run)
		}
		m.run = id
	}
	if took && m.origin != "" && (m.origin != origin || m.host != host) {
		m.turns = append(m.turns, at)
	}
	m.turns = since(m.turns, at.Add(-cloneFor))
	m.origin, m.host = origin, host
}

// cloned reports whether two devices use one key (DOMAIN 3.6), and since when.
func (m *memory) cloned(now *moment) (time.Time, bool) {
	lately := func(all []time.Time) []time.Time {
		for i, t := range all {
			if !now.Past(t.Add(cloneFor)) {
				return all[i:]
			}
		}
		return nil
	}
	jumps, turns, twins := lately(m.jumps), lately(m.turns), lately(m.twins)
	switch {
	case len(twins) >= cloneTimes:
		return twins[0], true
	case len(jumps) >= cloneTimes:
		return jumps[0], true
	case len(turns) >= cloneTurns:
		return turns[0], true
	}
	return time.Time{}, false
}

// since drops what is older, keeping what it was given.
func since(all []time.Time, from time.Time) []time.Time {
	for i, t := range all {
		if !t.Before(from) {
			return all[i:]
		}
	}
	return nil
}

// stranger is somebody who used the name of a screen without its key.
type stranger struct {
	first  time.Time
	last   time.Time
	noted  time.Time // the last event about it
	remote string
}
