package playlist

import "time"

// longestRound bounds the loop of a screen without a limit, against how long
// everything takes once: shares that are very unequal could ask for many more
// repetitions than anybody would see.
const longestRound = 32

// turns is the state of one fair round.
type turns struct {
	parts   []*part
	weights time.Duration
	limit   time.Duration
	slots   []Slot
	total   time.Duration
	spent   []time.Duration
	next    []int           // place in the part, modulo its length
	owed    time.Duration   // of what was not on yet
	first   map[*Notice]int // where it came on first
}

// fair makes a round in which the time of the parts is as their weights. All
// that the parts hold is in it at least once. A limit of 0 is none.
func fair(parts []*part, limit time.Duration) []Slot {
	t := turns{parts: parts, spent: make([]time.Duration, len(parts)), next: make([]int, len(parts)), first: map[*Notice]int{}}
	for _, p := range parts {
		t.weights += time.Duration(p.weight)
		for _, s := range p.slots {
			t.owed += s.Dwell
		}
	}
	if t.limit = max(limit, t.owed); limit == 0 {
		t.limit = longestRound * t.owed
	}
	best, off := 0, 0.0
	for {
		i := t.choose()
		if i < 0 {
			break
		}
		t.take(i)
		// The round may end where all was on and its end does not meet its like at
		// its beginning.
		if t.owed > 0 || len(t.first) > 1 && t.slots[0].Notice == t.slots[len(t.slots)-1].Notice {
			continue
		}
		d := t.off()
		if best == 0 {
			t.limit = min(t.limit, 2*t.total) // far enough to look for a better end
		}
		if best == 0 || d < off {
			best, off = len(t.slots), d
		}
	}
	if best > 0 {
		t.slots = t.slots[:best]
	}
	return t.slots
}

// choose returns whose turn it is, -1 when nothing more fits: of the parts that
// are not ahead of their share, the one whose next item ends first by its
// weight; of equals the nearest. Where the limit leaves time only for what was
// not on yet, or the item was on just now, others are asked.
func (t *turns) choose() int {
	best, ahead := -1, false
	for i, p := range t.parts {
		s := p.slots[t.next[i]%len(p.slots)]
		need := t.owed
		if _, was := t.first[s.Notice]; was {
			need += s.Dwell
		}
		if t.total+need > t.limit || len(t.slots) > 0 && t.slots[len(t.slots)-1].Notice == s.Notice {
			continue
		}
		early := t.spent[i]*t.weights > t.total*time.Duration(p.weight)
		switch {
		case best < 0, ahead && !early:
		case early && !ahead:
			continue
		case !t.endsBefore(i, best):
			continue
		}
		best, ahead = i, early
	}
	if best < 0 && len(t.slots) == 0 && len(t.parts) > 0 {
		return 0
	}
	return best
}

func (t *turns) endsBefore(i, j int) bool {
	end := func(k int) time.Duration {
		return t.spent[k] + t.parts[k].slots[t.next[k]%len(t.parts[k].slots)].Dwell
	}
	return end(i)*time.Duration(t.parts[j].weight) < end(j)*time.Duration(t.parts[i].weight)
}

func (t *turns) take(i int) {
	s := t.parts[i].slots[t.next[i]%len(t.parts[i].slots)]
	t.next[i]++
	if _, was := t.first[s.Notice]; !was {
		t.first[s.Notice] = len(t.slots)
		t.owed -= s.Dwell
	}
	t.slots = append(t.slots, s)
	t.total += s.Dwell
	t.spent[i] += s.Dwell
}

// off is how far the part that is worst off is from its share, against the round.
func (t *turns) off() (worst float64) {
	for i, p := range t.parts {
		d := float64(t.spent[i])/float64(t.total) - float64(p.weight)/float64(t.weights)
		worst = max(worst, d, -d)
	}
	return worst
}
