package playlist

import (
	"cmp"
	"slices"
	"time"

	"mingbai/playlist/schedule"
)

// MaxCycle is the longest that the loop of an LED board may take, so that every
// item of it comes round in that time (DOMAIN V08).
const MaxCycle = 3 * time.Minute

// Cycle is the loop of a screen at a moment: what comes round, how long once
// round takes, and what there was no time for.
type Cycle struct {
	Slots    []Slot
	Length   time.Duration
	Limit    time.Duration // MaxCycle on an LED board, 0 for none
	Over     bool          // what must be shown takes longer than Limit
	LeftOut  []Slot        // chosen, but there is no time for it
	Shares   []ChannelTime // nearest channel first
	Decision schedule.Decision
}

// ChannelTime is the part of one channel in a cycle.
type ChannelTime struct {
	Channel ChannelID
	Weight  int           // against the other channels'
	Time    time.Duration // in one cycle
}

// Must returns how long the fixed items of all channels take together.
func (c *Cycle) Must() (total time.Duration) {
	seen := map[*Notice]bool{}
	for _, s := range c.Slots {
		if s.Must && !seen[s.Notice] {
			seen[s.Notice] = true
			total += s.Dwell
		}
	}
	return total
}

// Loop returns the loop as it is now.
//
// Fixed items of playlists are always in it. On an LED board one round takes
// three minutes at most: of what playlists select by Latest only so much stays
// that it fits, the newest of each channel, and the channels get equal parts of
// the time. A channel that has something which fits is not left without a turn
// while another has two such. If the fixed items alone take longer, they all
// play nevertheless, with the newest notice of each channel that has none, and
// Over says so.
//
// As long as no chosen rule sets a Share, every notice comes once in a round and
// those of each channel are spread evenly over it, nearest site first. As soon as
// one does, the channels share the time by weight, which is the greatest Share of
// a channel's chosen rules: after any number of turns the time of each is within
// one item of its part (worst-case fair weighted fair queueing, Bennett and Zhang
// 1996). A channel that is short of content then repeats it, but a notice never
// follows itself while there is another. The round ends where the parts come
// nearest to the weights.
//
// A notice that several rules choose counts for the first of them.
func (l *Library) Loop(m schedule.Moment) Cycle {
	return l.cycle(l.Decide(m), m)
}

// cycle is Loop once it is decided what plays.
func (l *Library) cycle(d schedule.Decision, m schedule.Moment) Cycle {
	c := Cycle{Decision: d}
	if l.settings.Screen.Kind == LED {
		c.Limit = MaxCycle
	}
	parts, weighted := l.parts(c.Decision.Chosen, m)
	if c.Limit > 0 {
		c.LeftOut, c.Over = fit(parts, c.Limit, weighted)
	}
	full := slices.DeleteFunc(slices.Clone(parts), func(p *part) bool { return len(p.slots) == 0 })
	if weighted && len(full) > 1 {
		c.Slots = fair(full, c.Limit)
	} else {
		c.Slots = spread(full)
	}
	at := make(map[ChannelID]int, len(parts))
	for i, p := range parts {
		at[p.channel] = i
		c.Shares = append(c.Shares, ChannelTime{Channel: p.channel, Weight: p.weight})
	}
	for _, s := range c.Slots {
		c.Length += s.Dwell
		c.Shares[at[s.Channel]].Time += s.Dwell
	}
	return c
}

// part is what one channel brings to the loop.
type part struct {
	channel ChannelID
	weight  int
	slots   []Slot // in the order in which they play
}

// parts gathers what the chosen rules play, by channel, and whether any of them
// sets a share.
func (l *Library) parts(chosen []schedule.Bound, m schedule.Moment) (parts []*part, weighted bool) {
	seen := map[*Notice]int{} // place in its part
	byChannel := map[ChannelID]*part{}
	lists := map[*part][][]Slot{}
	for _, b := range chosen {
		var own []Slot
		for _, s := range l.slots(b, m) {
			if _, twice := seen[s.Notice]; twice {
				continue
			}
			seen[s.Notice] = len(seen)
			own = append(own, s)
		}
		ch, err := ParseChannelID(b.Channel)
		if err != nil {
			continue
		}
		p := byChannel[ch]
		if p == nil {
			p = &part{channel: ch, weight: 1}
			byChannel[ch] = p
			parts = append(parts, p)
		}
		lists[p] = append(lists[p], own)
		p.weight = max(p.weight, b.Rule.Share)
		weighted = weighted || b.Rule.Share > 0
	}
	for _, p := range parts {
		p.slots = even(lists[p])
	}
	return slices.DeleteFunc(parts, func(p *part) bool { return len(p.slots) == 0 }), weighted
}

// even merges lists so that each is spread evenly over the whole.
func even(lists [][]Slot) []Slot {
	if len(lists) == 1 {
		return lists[0]
	}
	type turn struct {
		slot  Slot
		place float64 // in the loop, 0 to 1
	}
	var turns []turn
	for _, own := range lists {
		for i, s := range own {
			turns = append(turns, turn{s, float64(i) / float64(len(own))})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.place, b.place) })
	out := make([]Slot, len(turns))
	for i, t := range turns {
		out[i] = t.slot
	}
	return out
}

func spread(parts []*part) []Slot {
	lists := make([][]Slot, len(parts))
	for i, p := range parts {
		lists[i] = p.slots
	}
	if len(lists) == 0 {
		return nil
	}
	return even(lists)
}

// fitting is the choice of what stays within a limit.
type fitting struct {
	limit, total time.Duration
	weights      int
	parts        []*part
	spent        []time.Duration // by part
	keep         map[*Notice]bool
}

// fit takes out of the parts what there is no time for, and returns it. Over is
// set when the fixed items alone are too long.
func fit(parts []*part, limit time.Duration, weighted bool) (out []Slot, over bool) {
	f := fitting{limit: limit, parts: parts, spent: make([]time.Duration, len(parts)), keep: map[*Notice]bool{}}
	for i, p := range parts {
		f.weights += p.weight
		for _, s := range p.slots {
			if s.Must {
				f.take(i, s)
			}
		}
	}
	over = f.total > limit
	if over {
		f.limit = f.total // given up; what is left out of it is below
	}
	if starved := f.firsts(over); !starved && !over {
		f.rest(weighted)
	}
	if f.total == 0 && len(parts) > 0 {
		f.take(0, parts[0].slots[0]) // too long, but all there is
		over = true
	}
	for _, p := range parts {
		var kept []Slot
		for _, s := range p.slots {
			if f.keep[s.Notice] {
				kept = append(kept, s)
			} else {
				out = append(out, s)
			}
		}
		p.slots = kept
	}
	return out, over
}

func (f *fitting) take(i int, s Slot) {
	f.keep[s.Notice] = true
	f.spent[i] += s.Dwell
	f.total += s.Dwell
}

// firsts gives each part without a fixed item its newest notice that fits, or
// simply its newest when anyway is set. It reports whether a part stays empty of
// which something would have fitted alone.
func (f *fitting) firsts(anyway bool) (starved bool) {
	room := f.limit - f.total
	for i, p := range f.parts {
		if f.spent[i] > 0 {
			continue
		}
		alone := false
		for _, s := range p.slots {
			alone = alone || s.Dwell <= room
			if anyway || f.total+s.Dwell <= f.limit {
				f.take(i, s)
				break
			}
		}
		starved = starved || alone && f.spent[i] == 0
	}
	return starved
}

// rest fills what is left of the time, always for the part that has had the least
// by its weight. With weights a part takes no more than its share of the limit:
// what others leave of theirs they fill by repeating.
func (f *fitting) rest(weighted bool) {
	next := make([]int, len(f.parts))
	for {
		best := -1
		for i, p := range f.parts {
			for next[i] < len(p.slots) && f.keep[p.slots[next[i]].Notice] {
				next[i]++
			}
			if next[i] < len(p.slots) && (best < 0 || f.spent[i]*time.Duration(f.parts[best].weight) < f.spent[best]*time.Duration(p.weight)) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		s := f.parts[best].slots[next[best]]
		next[best]++
		share := f.limit
		if weighted {
			share = f.share(best)
		}
		if f.total+s.Dwell <= f.limit && f.spent[best]+s.Dwell <= share {
			f.take(best, s)
		}
	}
}

// share is the most that a part may take of the limit.
func (f *fitting) share(i int) time.Duration {
	share := f.limit * time.Duration(f.parts[i].weight) / time.Duration(f.weights)
	for j, p := range f.parts {
		if j != i && len(p.slots) > 1 {
			return share
		}
	}
	return max(share, f.limit/2) // who has one notice only comes in every other turn
}
