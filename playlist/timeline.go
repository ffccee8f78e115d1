package playlist

import (
	"encoding/binary"
	"iter"
	"slices"
	"time"

	"mingbai/playlist/schedule"
)

// Stretch is a time through which a screen plays the same.
type Stretch struct {
	From, Until time.Time
	Cycle       Cycle            // Cycle.Decision has Level and Chosen only
	Beaten      []schedule.Bound // rules that hold at some time of it and have something to play, but lose; nearest channel first
	Alerts      []*Notice        // as Library.Alerts; they take over the screen
}

// Timeline yields what plays from an instant up to another on a screen with a
// clock that is right, without gaps: at any instant of a stretch Loop and Alerts
// answer the same. Neighbours differ. Until of the last is the end that was asked
// for.
func (l *Library) Timeline(from, until time.Time) iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		var last *Stretch
		for part := range l.segments(from, until) {
			if last != nil && last.same(part) {
				last.Until = part.Until
				for _, b := range part.Beaten {
					if !slices.ContainsFunc(last.Beaten, func(o schedule.Bound) bool { return sameRule(o, b) }) {
						last.Beaten = append(slices.Clip(last.Beaten), b)
					}
				}
				continue
			}
			if last != nil && !yield(*last) {
				return
			}
			last = &part
		}
		if last != nil {
			yield(*last)
		}
	}
}

func sameRule(a, b schedule.Bound) bool { return a.Channel == b.Channel && a.Rule.ID == b.Rule.ID }

func (s *Stretch) same(o Stretch) bool {
	return s.Cycle.Decision.Level == o.Cycle.Decision.Level &&
		slices.EqualFunc(s.Cycle.Decision.Chosen, o.Cycle.Decision.Chosen, sameRule) &&
		slices.Equal(s.Cycle.Slots, o.Cycle.Slots) && slices.Equal(s.Cycle.LeftOut, o.Cycle.LeftOut) && slices.Equal(s.Alerts, o.Alerts)
}

// segments is Timeline with cuts wherever a window opens or closes: between two
// of them only rules change, and the package schedule says when.
func (l *Library) segments(from, until time.Time) iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		next, found := slices.BinarySearchFunc(l.edges, from, time.Time.Compare)
		if found {
			next++
		}
		for from.Before(until) {
			end := until
			if next < len(l.edges) && l.edges[next].Before(until) {
				end = l.edges[next]
			}
			next++
			m := schedule.Sure(from)
			alerts := l.Alerts(m)
			cycles := map[string]Cycle{} // of this segment, by what is chosen
			for s := range l.set.Timeline(from, end, l.playing(m)) {
				key := rulesKey(s.Chosen)
				c, known := cycles[key]
				if !known {
					c = l.cycle(schedule.Decision{Level: s.Level, Chosen: s.Chosen}, m)
					cycles[key] = c
				}
				if !yield(Stretch{From: s.From, Until: s.Until, Cycle: c, Beaten: s.Beaten, Alerts: alerts}) {
					return
				}
			}
			from = end
		}
	}
}

func rulesKey(chosen []schedule.Bound) string {
	var key []byte
	for _, b := range chosen {
		for _, s := range []string{b.Channel, b.Rule.ID} {
			key = append(binary.AppendUvarint(key, uint64(len(s))), s...)
		}
	}
	return string(key)
}
