package typeset

import (
	"math"
	"strings"
)

// A cut is a place where a line may end: before atoms[at].
type cut struct {
	at      int
	cost    float64
	visible int // end of the last atom before it that is not a space
}

// What a break costs beside the slack that it leaves. The unit is the square of
// an em of slack in one line.
const (
	costLine    = 1e6 // one line more is worse than any spacing
	costOver    = 1e9 // a line wider than its measure
	costInWord  = 40  // cutting a word that no line can hold
	costInUnit  = 5   // 3 | 个, 第 | 3, 2026 | 年
	costOrphan  = 400 // a last line of one character
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
					out = append(out, cut{j, costInWord, max(seen, from)})
				}
			}
		}
		c := cut{at: i, visible: visible}
		if i < len(sh.atoms) && splitsUnit(sh.runes, at) {
			c.cost = costInUnit
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

// splitsUnit reports whether a break before rune i parts a number from the word
// that it counts with, which is allowed but not liked.
func splitsUnit(runes []rune, i int) bool {
	j := i - 1
	for j > 0 && runes[j] == ' ' {
		j--
	}
	last, next := classify(runes[j]), classify(runes[i])
	switch {
	case last == digit && next == ideo:
		return true
	case next == digit && isOneOf("第共约至近超逾达", runes[j]):
		return true
	}
	return false
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
	em := float64(st.Size)
	for j, end := range cuts {
		best[j] = step{math.Inf(1), -1}
		last := j == len(cuts)-1
		for i := j - 1; i >= -1 && j-i <= maxLookback; i-- {
			a, room, before := 0, first, 0.0
			if i >= 0 {
				a, room, before = cuts[i].at, measure, best[i].cost
			}
			w := sh.width(a, end.at, end.visible)
			slack := float64(room-w) / em
			cost := before + costLine
			switch {
			case w > room && i < j-1:
				i = -2 // no earlier start is narrower
				continue
			case w > room:
				cost += costOver + slack*slack
			case last:
				if i >= 0 && lonely(sh, a, end.at) {
					cost += costOrphan
				}
			default:
				cost += slack*slack + end.cost
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
	for l, r := 0, len(lines)-1; l < r; l, r = l+1, r-1 {
		lines[l], lines[r] = lines[r], lines[l]
	}
	return lines
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
