package fleet

import (
	"math"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// finding is what one report says of one kind of sign.
type finding int

const (
	well   finding = iota
	unsure         // between the two limits: what was before goes on
	bad
)

// rule says when the reports of a machine add up to a sign.
type rule struct {
	kind    Kind
	times   int           // reports in a row that must be bad, 1 when zero
	lasting time.Duration // and for how long
	fresh   func(prev, next *store.Health) bool
	look    func(prev, next *store.Health, m *memory) finding
}

// fold takes a report into the mark of a rule. It is false when there is nothing
// to remember.
func (r *rule) fold(k mark, prev, next *store.Health, m *memory) (mark, bool) {
	said := r.look(prev, next, m)
	if said == unsure && k.open {
		return k, true
	}
	if said != bad {
		return mark{}, false
	}
	if k.times == 0 {
		k.since = next.At
	}
	if k.times == 0 || r.fresh == nil || r.fresh(prev, next) {
		k.times++
	}
	if k.times >= max(1, r.times) && next.At.Sub(k.since) >= r.lasting {
		k.open = true
	}
	return k, true
}

// over is the look at a figure with two limits.
func over(value, high, fine float64) finding {
	switch {
	case value >= high:
		return bad
	case value > fine:
		return unsure
	}
	return well
}

func when(is bool) finding {
	if is {
		return bad
	}
	return well
}

// rules are the signs that reports make, each by itself.
var rules = []rule{
	{kind: SignUnplugged, look: func(_, h *store.Health, _ *memory) finding {
		return when(h.Report.Vitals.Output.Display == wire.Unplugged)
	}},
	{kind: SignUnlit, look: func(_, h *store.Health, _ *memory) finding {
		return when(h.Report.Vitals.Output.Glow == wire.GlowDead)
	}},
	{kind: SignFrozen, look: func(_, h *store.Health, _ *memory) finding { return when(frozenFor(h) > frozenAfter) }},
	{kind: SignBlack, look: func(_, h *store.Health, _ *memory) finding { return when(h.Report.Vitals.Picture.Black) }},
	{kind: SignPicture, times: differsTimes,
		fresh: func(prev, next *store.Health) bool {
			return prev == nil || !prev.Report.Vitals.Picture.At.Equal(next.Report.Vitals.Picture.At)
		},
		look: func(_, h *store.Health, _ *memory) finding {
			if h.Report.Vitals.Picture.Black {
				return well // which says it all
			}
			return over(h.Report.Vitals.Picture.Differs, differsHigh, differsWell)
		}},
	{kind: SignOutputs, look: func(_, h *store.Health, _ *memory) finding { return when(h.Report.Vitals.OutputsLost != "") }},
	{kind: SignStale, look: func(_, h *store.Health, _ *memory) finding {
		as := h.Report.Vitals.ContentAsOf
		return when(!as.IsZero() && h.At.Sub(as) > staleAfter)
	}},
	{kind: SignCache, look: func(prev, h *store.Health, _ *memory) finding {
		s := &h.Report.Vitals.Storage
		more := prev != nil && s.Damaged > prev.Report.Vitals.Storage.Damaged
		return when(s.Missing > 0 || more)
	}},
	{kind: SignDisk, look: lookDisk},
	{kind: SignClock, look: func(_, h *store.Health, _ *memory) finding {
		if h.Report.Vitals.ClockSuspect {
			return bad
		}
		return over(math.Abs(h.Report.Vitals.ClockOffset), clockOff, clockWell)
	}},
	{kind: SignHeat, look: func(_, h *store.Health, _ *memory) finding {
		return over(h.Report.Vitals.Temperature, heatHigh, heatWell)
	}},
	{kind: SignCPU, lasting: busyFor, look: func(_, h *store.Health, _ *memory) finding {
		return over(h.Report.Vitals.CPU, cpuHigh, cpuWell)
	}},
	{kind: SignMemory, lasting: busyFor, look: func(_, h *store.Health, _ *memory) finding {
		v := &h.Report.Vitals
		return over(share(v.MemoryUsed, v.MemoryTotal), memoryHigh, memoryWell)
	}},
	{kind: SignRestarts, look: func(_, h *store.Health, m *memory) finding {
		return when(h.Report.Vitals.Program.Crashes >= crashesDay || len(m.crashed) >= crashesHour)
	}},
	{kind: SignLine, look: lookLine},
	{kind: SignTouch, look: func(_, h *store.Health, _ *memory) finding {
		return when(h.Report.Vitals.Output.Touch == wire.Unplugged)
	}},
}

func lookDisk(_, h *store.Health, _ *memory) finding {
	v := &h.Report.Vitals
	if v.Storage.Trouble != "" {
		return bad
	}
	if v.DiskTotal == 0 {
		return well
	}
	free := share(v.DiskFree, v.DiskTotal)
	switch {
	case free < diskLowShare || v.DiskFree < diskLow:
		return bad
	case free < diskWellShare || v.DiskFree < diskWell:
		return unsure
	}
	return well
}

func lookLine(_, h *store.Health, _ *memory) finding {
	l := &h.Report.Vitals.Line
	worst := over(float64(l.Dropped), droppedMany, droppedOK)
	if l.Pings >= linePings {
		worst = max(worst, over(l.Lost, lostHigh, lostWell), over(l.RTT, rttHigh, rttWell))
	}
	return worst
}

// frozenFor is how long the render loop had stood still at a report.
func frozenFor(h *store.Health) time.Duration {
	if h.Report.Vitals.Heartbeat.IsZero() {
		return 0
	}
	return h.Report.Time.Sub(h.Report.Vitals.Heartbeat)
}

// share is a part in per cent; 0 of nothing.
func share(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}
