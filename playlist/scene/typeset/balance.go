package typeset

import (
	"math"
	"slices"

	"mingbai/playlist/scene/typeset/phrase"
)

// What the lines of a title cost: raggedness is the square of what a line differs
// from the mean, as a part of the mean or of shortLine ems.
const (
	costRagged = 55.0
	costJoint  = 0.3 // times what package phrase says: a break in a word is 60
	costShort  = 40  // a last line of less than a third of the mean
	shortLine  = 8
	maxTitle   = 240 // cuts; longer texts are no titles
	torn       = phrase.Inside - 50
)

// byPhrase breaks sh into count lines no wider than measure, so that the sum of
// raggedness and of what the breaks cost is least. It returns nil when there is
// no such setting or sh is no title.
func (s *Setter) byPhrase(sh shaped, st Style, indent, measure, count int) []span {
	cuts := s.cuts(sh, max(measure-indent, 1))
	n := len(cuts)
	if n == 0 || n > maxTitle || count > n {
		return nil
	}
	last := cuts[n-1]
	mean := float64(indent+sh.width(0, last.at, last.visible)) / float64(count)
	type step struct {
		cost float64
		from int
	}
	prev, next := make([]step, n), make([]step, n)
	trail := make([][]int, count)
	for k := range count {
		trail[k] = make([]int, n)
		for j := range next {
			next[j] = step{math.Inf(1), -1}
			// The lines after this one each take a cut.
			if j < k || n-1-j < count-1-k || (k == count-1) != (j == n-1) {
				continue
			}
			for i := j - 1; i >= -1; i-- {
				before, a, room := 0.0, 0, measure-indent
				switch {
				case i >= 0 && k == 0:
					continue
				case i < 0 && k > 0:
					continue
				case i >= 0:
					before, a, room = prev[i].cost, cuts[i].at, measure
				}
				w := sh.width(a, cuts[j].at, cuts[j].visible)
				if w > room {
					if i >= 0 {
						break
					}
					continue
				}
				off := (float64(w+measure-room) - mean) / max(mean, float64(shortLine*st.Size))
				cost := before + costRagged*off*off
				if j < n-1 {
					cost += cuts[j].cost + costJoint*float64(cuts[j].joint)
				} else if k > 0 {
					if lonely(sh, a, cuts[j].at) {
						cost += costOrphan
					}
					if float64(w)*3 < mean {
						cost += costShort
					}
				}
				if cost < next[j].cost {
					next[j] = step{cost, i}
				}
			}
			trail[k][j] = next[j].from
		}
		prev, next = next, prev
	}
	if math.IsInf(prev[n-1].cost, 1) {
		return nil
	}
	lines := make([]span, 0, count)
	for k, j := count-1, n-1; k >= 0; k-- {
		a, i := 0, trail[k][j]
		if i >= 0 {
			a = cuts[i].at
		}
		lines = append(lines, span{a, cuts[j].at, max(min(cuts[j].visible, cuts[j].at), a)})
		j = i
	}
	slices.Reverse(lines)
	return lines
}

// tears reports whether a line ends within a word.
func tears(sh shaped, lines []span) bool {
	joints := phrase.Costs(sh.runes)
	for _, sp := range lines[:len(lines)-1] {
		if joints[runeAt(sh, sp.b)] >= torn {
			return true
		}
	}
	return false
}
