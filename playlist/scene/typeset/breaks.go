package typeset

import (
	"math"
	"slices"
	"strings"

	"mingbai/playlist/scene/typeset/phrase"
)

// A cut is a place where a line may end: before atoms[at].
type cut struct {
	at      int
	cost    float64
	visible int   // end of the last atom before it that is not a space
	joint   uint8 // what package phrase says of it
}

// What a break costs beside the slack that it leaves. The unit is the square of
// an em of slack in one line.
const (
	costLine    = 1e6  // one line more is worse than any spacing
	costOver    = 1e9  // a line wider than its measure
	costInWord  = 40   // cutting a word that no line can hold
	costInUnit  = 5    // 3 | 个, 第 | 3, 2026 | 年
	costSliver  = 2    // a single character between a break and a mark
	costLoose   = 30   // a line too short to be filled
	costOrphan  = 400  // a last line of one character
	costPhrase  = 1e-3 // times what package phrase says; it only decides between equals
	costLoosely = 1e-2 // the same in ragged lines, where a word is worth an em and a half
	maxLookback = 4096
)

// cuts returns the places where sh may be broken, in order, ending with its end.
func (s *Setter) cuts(sh shaped, measure int) []cut {
	n := len(sh.runes)
	if n == 0 {
		return nil
	}
	may := make([]bool, n+1)
	s.seg.Init(sh.runes)
	for it := s.seg.LineIterator(); it.Next(); {
		l := it.Line()
		may[l.Offset+len(l.Text)] = true
	}
	joints := phrase.Costs(sh.runes)
	out := make([]cut, 0, len(sh.atoms))
	visible, from := 0, 0
	for i := 1; i <= len(sh.atoms); i++ {
		if c := sh.atoms[i-1].class; c != space && c != ignored {
			visible = i
		}
		at := n
		if i < len(sh.atoms) {
			at = sh.atoms[i].start
		}
		if i < len(sh.atoms) && (!may[at] || forbidden(sh.runes, at)) {
			continue
		}
		// A stretch that no line can hold is cut wherever a character ends.
		if sh.width(from, i, visible) > measure {
			seen := from
			for j := from + 1; j < i; j++ {
				if c := sh.atoms[j-1].class; c != space && c != ignored {
					seen = j
				}
				if sh.atoms[j].class != ignored && !clings(sh.runes, sh.atoms[j].start) {
					out = append(out, cut{j, costInWord, max(seen, from), phrase.Never})
				}
			}
		}
		c := cut{at: i, visible: visible}
		if i < len(sh.atoms) {
			c.joint = joints[at]
			c.cost = dislike(sh.runes, at) + costPhrase*float64(c.joint)
		}
		out = append(out, c)
		from = i
	}
	return out
}

// width returns the pixels of a line from atom a up to atom b, of which visible
// ends the last inked one. An opening mark that starts the line and a closing
// one that ends it give up their empty halves.
func (sh *shaped) width(a, b, visible int) int {
	visible = min(visible, b)
	if visible <= a {
		return 0
	}
	last := &sh.atoms[visible-1]
	w := last.pos + last.adv - sh.atoms[a].pos
	if last.class == closing {
		w -= last.trim
	}
	if sh.atoms[a].class == opening {
		w -= sh.atoms[a].trim
	}
	return w
}

// forbidden reports whether a line may not end before rune i although the
// Unicode rules allow it.
func forbidden(runes []rune, i int) bool {
	if i <= 0 || i >= len(runes) {
		return false
	}
	if clings(runes, i) {
		return true
	}
	// 9:00—17:30 and 2025-2026 stay whole; so does a dash beside its number.
	digitBefore := func(j int) bool { return j >= 0 && classify(runes[j]) == digit }
	digitAt := func(j int) bool { return j < len(runes) && classify(runes[j]) == digit }
	if isOneOf(joins, runes[i-1]) && digitAt(i) {
		j := i - 1
		for j > 0 && isOneOf(joins, runes[j]) {
			j--
		}
		if digitBefore(j) {
			return true
		}
	}
	if isOneOf(joins, runes[i]) && digitBefore(i-1) {
		j := i
		for j < len(runes)-1 && isOneOf(joins, runes[j]) {
			j++
		}
		if digitAt(j) {
			return true
		}
	}
	return false
}

// clings reports whether rune i may not start a line or rune i-1 not end one.
func clings(runes []rune, i int) bool {
	if i <= 0 || i >= len(runes) {
		return false
	}
	next, last := runes[i], runes[i-1]
	switch {
	case classify(next) == closing || isOneOf(notFirst, next):
		return true
	case classify(last) == opening || isOneOf(notLast, last):
		return true
	case (next == '—' || next == '…') && last == next:
		return true
	}
	return false
}

func isOneOf(set string, r rune) bool { return strings.ContainsRune(set, r) }

// dislike returns what a break before rune i costs that is allowed but reads
// badly: a number parted from the word that it counts with, or a bracket from
// all but one of its characters.
func dislike(runes []rune, i int) float64 {
	j := i - 1
	for j > 0 && runes[j] == ' ' {
		j--
	}
	last, next := classify(runes[j]), classify(runes[i])
	switch {
	case last == digit && next == ideo,
		next == digit && isOneOf("第共约至近超逾达〕", runes[j]):
		return costInUnit
	case j > 0 && classify(runes[j-1]) == opening,
		i+1 < len(runes) && classify(runes[i+1]) == closing:
		return costSliver
	}
	return 0
}

// span is a line: the atoms from a up to b, of which visible ends the last
// inked one.
type span struct{ a, b, visible int }

// breakLines chooses the breaks that need the fewest lines and, among those,
// leave the least sum of squared slack and costs.
func (s *Setter) breakLines(sh shaped, st Style, first, measure int) []span {
	cuts := s.cuts(sh, min(first, measure))
	if len(cuts) == 0 {
		return []span{{}}
	}
	type step struct {
		cost float64
		from int // index into cuts, -1 for the start
	}
	best := make([]step, len(cuts))
	give := sh.elasticity()
	for j, end := range cuts {
		best[j] = step{math.Inf(1), -1}
		last := j == len(cuts)-1
		for i := j - 1; i >= -1 && j-i <= maxLookback; i-- {
			sp, room, before := span{0, end.at, end.visible}, first, 0.0
			if i >= 0 {
				sp.a, room, before = cuts[i].at, measure, best[i].cost
			}
			w := sh.width(sp.a, sp.b, sp.visible)
			if st.Align == Justify {
				w = max(w-give.shrink(sp), min(w, room))
			}
			cost := before + costLine
			switch {
			case w > room && i < j-1:
				i = -2 // no earlier start is narrower
				continue
			case w > room:
				cost += costOver + float64(w-room)
			case last:
				if i >= 0 && lonely(sh, sp.a, sp.b) {
					cost += costOrphan
				}
			default:
				cost += end.cost + give.spacing(sp, sh.width(sp.a, sp.b, sp.visible), room, st)
				if st.Align != Justify {
					cost += costLoosely * float64(end.joint)
				}
			}
			if cost < best[j].cost {
				best[j] = step{cost, i}
			}
		}
	}
	var lines []span
	for j := len(cuts) - 1; j >= 0; {
		a, i := 0, best[j].from
		if i >= 0 {
			a = cuts[i].at
		}
		lines = append(lines, span{a, cuts[j].at, max(min(cuts[j].visible, cuts[j].at), a)})
		j = i
	}
	slices.Reverse(lines)
	return lines
}

// elastic holds, for every atom, the sums over the atoms before it of what
// justification may take from full-width marks and of the gaps that it may
// widen.
type elastic struct{ soft, slots []int }

func (sh *shaped) elasticity() elastic {
	e := elastic{make([]int, len(sh.atoms)+1), make([]int, len(sh.atoms)+1)}
	for i := range sh.atoms {
		e.soft[i+1] = e.soft[i] + sh.atoms[i].trim/2
		e.slots[i+1] = e.slots[i]
		if i > 0 && widens(sh.atoms[i-1].class, sh.atoms[i].class, true) {
			e.slots[i+1]++
		}
	}
	return e
}

// shrink returns how many pixels a line's inner marks can give up.
func (e elastic) shrink(sp span) int {
	if sp.visible-1 <= sp.a+1 {
		return 0
	}
	return e.soft[sp.visible-1] - e.soft[sp.a+1]
}

// spacing is what it costs to bring a line w pixels wide to room.
func (e elastic) spacing(sp span, w, room int, st Style) float64 {
	slack := room - w
	ems := float64(slack) / float64(st.Size)
	cost := ems * ems
	if st.Align == Justify && slack > 0 && tooLoose(slack, e.slots[max(sp.visible, sp.a+1)]-e.slots[sp.a+1], st.Size) {
		cost += costLoose
	}
	return cost
}

// tooLoose reports whether spreading slack over n gaps would tear a line apart.
func tooLoose(slack, n, em int) bool {
	return n == 0 || slack >= 2*em && slack*8 > n*em
}

// lonely reports whether the atoms hold a single character, marks aside.
func lonely(sh shaped, a, b int) bool {
	n := 0
	for i := a; i < b; i++ {
		switch at := &sh.atoms[i]; at.class {
		case space, ignored, opening, closing:
		default:
			n += at.end - at.start
		}
	}
	return n <= 1
}
