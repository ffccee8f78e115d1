package hint

import "math"

// solve gives every stem a place of whole dots and a thickness of wide, or of
// fewer dots, down to least, where that alone leaves white beside it. It says
// whether there is white between all of them.
func (a *axis) solve(wide, least int) (airy bool) {
	pairs := a.neighbours()
	for i := range a.stems {
		s := &a.stems[i]
		s.wide = wide
		s.at = int(math.Round(s.middle() - float64(wide)/2))
		a.pin(s)
	}
	for {
		a.descend(pairs)
		if a.airy(pairs) {
			if a.level(wide) {
				a.descend(pairs)
			}
			return a.airy(pairs)
		}
		i := a.crowded(pairs, least)
		if i < 0 {
			return false
		}
		a.stems[i].wide--
		a.pin(&a.stems[i])
	}
}

// level makes stems of wide dots thinner by one where few of them are left: one
// thick stroke among many thin ones looks like a mistake. It says whether it did.
func (a *axis) level(wide int) bool {
	thick := 0
	for i := range a.stems {
		if a.stems[i].wide == wide {
			thick++
		}
	}
	if thick == 0 || thick*4 >= len(a.stems) {
		return false
	}
	for i := range a.stems {
		if s := &a.stems[i]; s.wide == wide {
			s.wide--
			a.pin(s)
		}
	}
	return true
}

// crowded returns the stem that lacks most white on its two sides, or that others
// lack most, of those thicker than least; -1 without one. It is the shortest where several lack the same.
func (a *axis) crowded(pairs []neighbour, least int) int {
	lack := make([]float64, len(a.stems))
	for _, p := range pairs {
		if n := a.lack(p); n > 0 {
			lack[p.i] += n
			lack[p.j] += n
		}
	}
	for i := range a.stems {
		if n := a.stems[i].aside() - far; n > 0 {
			lack[i] += n
			for _, p := range pairs {
				if p.i == i {
					lack[p.j] += n
				} else if p.j == i {
					lack[p.i] += n
				}
			}
		}
	}
	best := -1
	for i := range a.stems {
		s := &a.stems[i]
		if lack[i] == 0 || s.wide <= least {
			continue
		}
		if best < 0 || lack[i] > lack[best] || lack[i] == lack[best] && s.hi-s.lo < a.stems[best].hi-a.stems[best].lo {
			best = i
		}
	}
	return best
}

// lack is how many dots of white are missing between two stems.
func (a *axis) lack(p neighbour) float64 {
	s, t := &a.stems[p.i], &a.stems[p.j]
	white, was := float64(t.at-s.at-s.wide), t.middle()-s.middle()
	return max(1-white, was*0.28-white, 0)
}

// loss is the price of stems that are thinner than stem dots, each by its length:
// the step to a single dot costs most, because such a stroke is the first that the
// eye loses and the one that differs most from its neighbours.
func (a *axis) loss(stem int) float64 {
	sum, long := 0.0, 0.0
	for i := range a.stems {
		s := &a.stems[i]
		n := 1.2 * float64(stem-s.wide)
		if s.wide == 1 && stem > 1 {
			n += 1.5
		}
		sum += n * (s.hi - s.lo)
		long += s.hi - s.lo
	}
	return sum / max(long, 1e-9)
}

// pin puts a stem whose edge ends at a zone there.
func (a *axis) pin(s *stem) {
	for side, edges := range s.edges {
		for _, i := range edges {
			if z := a.edges[i].zone; z >= 0 {
				s.at, s.pinned = int(math.Round(a.zones[z].at))-side*s.wide, true
				return
			}
		}
	}
}

// neighbour is a pair of stems that see each other.
type neighbour struct{ i, j int }

// neighbours returns the pairs that overlap along the stroke, with no third stem
// between them that both overlap.
func (a *axis) neighbours() []neighbour {
	see := func(i, j int) bool {
		s, t := &a.stems[i], &a.stems[j]
		return min(s.hi, t.hi)-max(s.lo, t.lo) > 0.5
	}
	var out []neighbour
	for i := range a.stems {
		for j := i + 1; j < len(a.stems); j++ {
			if !see(i, j) {
				continue
			}
			hidden := false
			for k := i + 1; k < j && !hidden; k++ {
				hidden = see(i, k) && see(k, j)
			}
			if !hidden {
				out = append(out, neighbour{i, j})
			}
		}
	}
	return out
}

func (s *stem) middle() float64 { return (s.lower + s.upper) / 2 }

// far is how many dots a stem may stand away from its place before others make
// room for it.
const far = 1

// aside is by how many dots a stem stands away from its place in the outline.
func (s *stem) aside() float64 {
	if s.pinned {
		return 0
	}
	return math.Abs(float64(s.at) + float64(s.wide)/2 - s.middle())
}

// airy says whether there is white between all stems that had some, and all are
// near their places.
func (a *axis) airy(pairs []neighbour) bool {
	for _, p := range pairs {
		if a.lack(p) > 0 {
			return false
		}
	}
	for i := range a.stems {
		s := &a.stems[i]
		if s.aside() > far || float64(s.at) < a.limit[0]-0.01 || float64(s.at+s.wide) > a.limit[1]+0.01 {
			return false
		}
	}
	return true
}

// energy is how far the places are from what the outline asks for: each stem
// from its own place, neighbours from their distance, equal distances from
// being equal; and much for no white, or for being out of the cell.
func (a *axis) energy(pairs []neighbour) float64 {
	e := 0.0
	for i := range a.stems {
		s := &a.stems[i]
		if d := float64(s.at) + float64(s.wide)/2 - s.middle(); !s.pinned {
			e += d * d
		}
		if out := a.limit[0] - float64(s.at); out > 0 {
			e += 400 * out
		}
		if out := float64(s.at+s.wide) - a.limit[1]; out > 0 {
			e += 400 * out
		}
	}
	for k, p := range pairs {
		s, t := &a.stems[p.i], &a.stems[p.j]
		was := t.middle() - s.middle()
		now := float64(t.at-s.at) + float64(t.wide-s.wide)/2
		e += 1.5 * (now - was) * (now - was)
		if white := t.at - s.at - s.wide; white < 1 {
			e += 200 * float64(1-white)
		}
		for _, q := range pairs[k+1:] {
			u, v := &a.stems[q.i], &a.stems[q.j]
			if q.i != p.j && p.i != q.j {
				continue
			}
			also := v.middle() - u.middle()
			if math.Abs(was-also) < 0.1*was {
				d := now - (float64(v.at-u.at) + float64(v.wide-u.wide)/2)
				e += 1.2 * d * d
			}
		}
	}
	return e
}

// descend moves stems, one or several in a row, by one dot as long as that
// brings the energy down.
func (a *axis) descend(pairs []neighbour) {
	n := len(a.stems)
	best := a.energy(pairs)
	for range 200 {
		from, to, step := -1, 0, 0
		for i := range n {
			for j := i + 1; j <= n; j++ {
				for _, d := range []int{-1, 1} {
					if !a.shift(i, j, d) {
						continue
					}
					if e := a.energy(pairs); e < best-1e-9 {
						best, from, to, step = e, i, j, d
					}
					a.shift(i, j, -d)
				}
			}
		}
		if from < 0 {
			return
		}
		a.shift(from, to, step)
	}
}

// shift moves the stems from i to before j; false when one of them is pinned.
func (a *axis) shift(i, j, d int) bool {
	for k := i; k < j; k++ {
		if a.stems[k].pinned {
			return false
		}
	}
	for k := i; k < j; k++ {
		a.stems[k].at += d
	}
	return true
}
