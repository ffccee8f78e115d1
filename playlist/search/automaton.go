package search

import (
	"math/bits"
	"unicode/utf8"

	"mingbai/playlist/hanzi"
)

// maxKeys is how many keys count; the states of an automaton fit into 64 bits.
const maxKeys = 60

// automaton reads text and says where it can be what the keys mean. Its states
// are how many keys are used up: a set of them is a uint64, bit 0 the beginning.
type automaton struct {
	keys    string
	classes *classes
	// reach[at][class] are the states that a character leads to from at; nil where
	// no character leads to at.
	reach [][]uint64
	// edited is the same with one letter wrong, missing or too many; nil when none
	// is forgiven.
	edited [][]uint64
	// begins are the runes that a match begins with: a small table, so that most of
	// a text is passed over without a look at the large ones.
	begins *runeSet
}

func (a *automaton) goal() uint64 { return 1 << len(a.keys) }

// spelling says how far a syllable leads from a letter.
type spelling func(keys string, at int, s *syllable) uint64

func plain(keys string, at int, s *syllable) uint64 { return hanzi.Reach(keys, at, s.text) }

// newPinyin makes the automaton of letters.
func newPinyin(c *classes, keys string, spell spelling) *automaton {
	a := &automaton{keys: keys, classes: c, reach: c.table(keys, spell)}
	a.begin()
	return a
}

// runeSet is a set of runes of 16 bits.
type runeSet [1 << 16 / 64]uint64

func (s *runeSet) has(r uint16) bool { return s[r/64]&(1<<(r%64)) != 0 }

// begin works out which runes a match begins with.
func (a *automaton) begin() {
	a.begins = new(runeSet)
	for class, states := range a.reach[0] {
		if states != 0 {
			for _, r := range a.classes.members[class] {
				a.begins[r/64] |= 1 << (r % 64)
			}
		}
	}
}

// table works out for every letter and class what spell says.
func (c *classes) table(keys string, spell spelling) [][]uint64 {
	out := make([][]uint64, len(keys))
	syllables := make([]uint64, len(c.syllables))
	for at := range keys {
		for i := range c.syllables {
			syllables[i] = spell(keys, at, &c.syllables[i])
		}
		row := make([]uint64, c.count)
		for class := int(firstClass); class < c.count; class++ {
			for _, s := range c.readings[class] {
				row[class] |= syllables[s]
			}
		}
		out[at] = row
	}
	return out
}

// confusing is plain with what southern speakers confuse. An initial of its own
// stands for itself only.
func confusing(keys string, at int, s *syllable) uint64 {
	reach := plain(keys, at, s)
	for _, other := range s.others {
		if other[0] == keys[at] {
			of := hanzi.Reach(keys, at, other)
			if len(other) > 1 {
				of &^= 1 << (at + 1)
			}
			reach |= of
		}
	}
	return reach
}

// newStrokes makes the automaton of strokes: a character is all of its strokes,
// or at the end of the keys any beginning of them.
func newStrokes(keys string) *automaton {
	c := strokeClasses()
	a := &automaton{keys: keys, classes: c, reach: make([][]uint64, len(keys))}
	reachable := uint64(1)
	for at := range keys {
		if reachable&(1<<at) == 0 {
			continue
		}
		row := make([]uint64, c.count)
		for to := at + 1; to <= len(keys); to++ {
			from, until := hanzi.StrokeRange(keys[at:to])
			for rank := from; rank < until; rank++ {
				if to < len(keys) {
					if order, _ := hanzi.ByStrokeRank(rank); len(order) > to-at {
						break // those that are complete stand first
					}
					reachable |= 1 << to
				}
				row[strokeClass(rank)] |= 1 << to
			}
			if from == until {
				break
			}
		}
		a.reach[at] = row
	}
	a.begin()
	return a
}

// step reads one character of a class.
func (a *automaton) step(states uint64, class uint16) uint64 {
	var next uint64
	for s := states &^ a.goal(); s != 0; s &= s - 1 {
		if row := a.reach[bits.TrailingZeros64(s)]; row != nil {
			next |= row[class]
		}
	}
	return next
}

// stepEdited reads one character; clean are the states reached without an edit.
func (a *automaton) stepEdited(clean, edited uint64, class uint16) (uint64, uint64) {
	next := a.step(edited, class)
	if class >= firstClass {
		for s := clean &^ a.goal(); s != 0; s &= s - 1 {
			next |= a.edited[bits.TrailingZeros64(s)][class]
		}
	}
	return a.step(clean, class), next
}

// in reports whether a text matches anywhere.
func (a *automaton) in(text []uint16) bool {
	var clean, edited uint64
	goal := a.goal()
	first := a.reach[0]
	of := &a.classes.of
	for _, r := range text {
		if clean|edited == 0 && a.edited == nil && !a.begins.has(r) {
			continue
		}
		class := of[r]
		switch {
		case class == skip:
			continue
		case a.edited != nil:
			clean, edited = a.stepEdited(clean|1, edited, class)
		case clean == 0:
			clean = first[class]
		default:
			clean = a.step(clean, class) | first[class]
		}
		if (clean|edited)&goal != 0 {
			return true
		}
	}
	return false
}

// inString is in for a text that is not kept as places, without edits. Nearly all
// of it is characters of three bytes.
func (a *automaton) inString(text string) bool {
	var states uint64
	goal := a.goal()
	first := a.reach[0]
	of := &a.classes.of
	for i := 0; i < len(text); {
		var r uint16
		switch c := text[i]; {
		case c < utf8.RuneSelf:
			r = uint16(c)
			i++
		case c&0xF0 == 0xE0 && i+2 < len(text):
			r = uint16(c)<<12 | uint16(text[i+1]&0x3F)<<6 | uint16(text[i+2]&0x3F)
			i += 3
		default:
			long, n := utf8.DecodeRuneInString(text[i:])
			r = place(long)
			i += n
		}
		if states == 0 && !a.begins.has(r) {
			continue
		}
		class := of[r]
		switch {
		case class == skip:
			continue
		case states == 0:
			states = first[class]
		default:
			states = a.step(states, class) | first[class]
		}
		if states&goal != 0 {
			return true
		}
	}
	return false
}

// at matches from a place on and returns the end of the shortest match, -1 when
// there is none.
func (a *automaton) at(text []uint16, from int) int {
	clean, edited := uint64(1), uint64(0)
	goal := a.goal()
	for i := from; i < len(text); i++ {
		class := a.classes.of[text[i]]
		if class == skip {
			if i == from {
				return -1
			}
			continue
		}
		if a.edited == nil {
			clean = a.step(clean, class)
		} else {
			clean, edited = a.stepEdited(clean, edited, class)
		}
		switch {
		case (clean|edited)&goal != 0:
			return i + 1
		case clean|edited == 0:
			return -1
		}
	}
	return -1
}

// spans returns where a text matches, from the left, one after the other.
func (a *automaton) spans(text []uint16) []Span {
	var out []Span
	for i := 0; i < len(text); i++ {
		if end := a.at(text, i); end >= 0 {
			out = append(out, Span{i, end})
			i = end - 1
		}
	}
	return out
}
