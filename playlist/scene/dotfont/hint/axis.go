package hint

import (
	"cmp"
	"math"
	"slices"
)

// axis is what is done along one axis: the strokes across it are found, given a
// whole number of dots, and the points moved with them.
type axis struct {
	across int // 1: level strokes, measured in y; 0: upright ones, measured in x
	limit  [2]float64
	thick  int // of a stroke where there is room
	zones  []zone

	edges []edge
	stems []stem
}

type zone struct{ at, slack float64 }

// edge is a straight part of the outline that runs along a stroke.
type edge struct {
	at     float64 // on the axis
	lo, hi float64 // along the stroke
	upper  bool    // ink lies below it, or to the left
	points []int
	stem   int // index of its stem, -1 without
	zone   int // index of its zone, -1 without
}

// stem is a stroke: everything between two edges.
type stem struct {
	lower, upper float64 // where its edges are
	lo, hi       float64 // along the stroke
	edges        [2][]int
	at, wide     int     // where it goes: its lower edge and its thickness
	natural      float64 // thickness in the outline
	pinned       bool    // by a zone
}

// find collects the edges.
func (a *axis) find(sh *shape, cw bool) {
	c, o := a.across, 1-a.across
	least := 0.7 // dots
	start := 0
	for _, end := range sh.ends {
		first := len(a.edges)
		for i := start; i < end; i++ {
			j := next(i, start, end)
			p, q := sh.points[i], sh.points[j]
			along, off := q[o]-p[o], math.Abs(q[c]-p[c])
			if math.Abs(along) < least || off*8 > math.Abs(along) {
				continue
			}
			// Going right, ink is above in an outline that runs
			// anticlockwise; going up, it is at the left.
			upper := along < 0
			if c == 0 {
				upper = along > 0
			}
			if cw {
				upper = !upper
			}
			e := edge{at: (p[c] + q[c]) / 2, lo: min(p[o], q[o]), hi: max(p[o], q[o]), upper: upper, points: []int{i, j}, stem: -1, zone: -1}
			if n := len(a.edges); n > first {
				if l := &a.edges[n-1]; l.upper == upper && l.points[len(l.points)-1] == i && math.Abs(l.at-e.at) < 0.4 {
					l.at = (l.at*(l.hi-l.lo) + e.at*(e.hi-e.lo)) / (l.hi - l.lo + e.hi - e.lo)
					l.lo, l.hi = min(l.lo, e.lo), max(l.hi, e.hi)
					l.points = append(l.points, j)
					continue
				}
			}
			a.edges = append(a.edges, e)
		}
		start = end
	}
	for i := range a.edges {
		e := &a.edges[i]
		for k, z := range a.zones {
			if math.Abs(e.at-z.at) <= z.slack {
				e.zone = k
			}
		}
	}
}

// pair makes stems of edges that face each other.
func (a *axis) pair() {
	type couple struct {
		low, up int
		thick   float64
		long    float64
	}
	limit := float64(a.thick)*1.9 + 0.5
	var found []couple
	total := 0.0
	for i := range a.edges {
		low := &a.edges[i]
		if low.upper {
			continue
		}
		best := couple{low: i, up: -1, thick: limit}
		for j := range a.edges {
			up := &a.edges[j]
			d := up.at - low.at
			if !up.upper || d < 0.2 || d >= best.thick {
				continue
			}
			common := min(low.hi, up.hi) - max(low.lo, up.lo)
			if common < 0.35*min(low.hi-low.lo, up.hi-up.lo) || common < d*0.4 {
				continue
			}
			best.up, best.thick, best.long = j, d, common
		}
		if best.up >= 0 {
			found = append(found, best)
			total += best.long
		}
	}
	// The strokes of a character are about equally thick. What is much thicker
	// than the middle of all its strokes is a short part of something else.
	slices.SortFunc(found, func(a, b couple) int { return cmp.Compare(a.thick, b.thick) })
	usual, sum := 0.0, 0.0
	for _, c := range found {
		if sum += c.long; sum >= total/2 {
			usual = c.thick
			break
		}
	}
	for _, c := range found {
		if c.thick <= 1.5*usual+0.1 {
			a.join(c.low, c.up)
		}
	}
	slices.SortFunc(a.stems, func(s, t stem) int { return cmp.Compare(s.lower+s.upper, t.lower+t.upper) })
	for k := range a.stems {
		for _, side := range a.stems[k].edges {
			for _, i := range side {
				a.edges[i].stem = k
			}
		}
	}
}

// join adds a pair of edges to a stem at the same place, or makes one.
func (a *axis) join(low, up int) {
	e, f := &a.edges[low], &a.edges[up]
	const same = 0.34 // dots
	for k := range a.stems {
		s := &a.stems[k]
		if math.Abs(s.lower-e.at) < same && math.Abs(s.upper-f.at) < same {
			s.edges[0], s.edges[1] = append(s.edges[0], low), append(s.edges[1], up)
			s.lo, s.hi = min(s.lo, e.lo, f.lo), max(s.hi, e.hi, f.hi)
			return
		}
	}
	s := stem{lower: e.at, upper: f.at, lo: min(e.lo, f.lo), hi: max(e.hi, f.hi), natural: f.at - e.at}
	s.edges[0], s.edges[1] = []int{low}, []int{up}
	a.stems = append(a.stems, s)
}

// gain is by how much the stems become thicker, in the middle of all. Slanting
// strokes must not become so thin that they break.
func (a *axis) gain() float64 {
	if len(a.stems) == 0 {
		return 0
	}
	var all []float64
	for _, s := range a.stems {
		all = append(all, float64(s.wide)-s.natural)
	}
	slices.Sort(all)
	return max(all[len(all)/2], -0.35)
}

// measure takes the places of the edges again, after the points were moved.
func (a *axis) measure(sh *shape) {
	for i := range a.edges {
		e := &a.edges[i]
		sum := 0.0
		for _, p := range e.points {
			sum += sh.points[p][a.across]
		}
		e.at = sum / float64(len(e.points))
	}
}

// knot is a place on the axis and where it goes, for what lies between lo and hi
// across.
type knot struct{ from, to, lo, hi float64 }

// move puts the points of stems on their dots and carries the others along.
func (a *axis) move(sh *shape) {
	c, o := a.across, 1-a.across
	done := make([]bool, len(sh.points))
	var knots []knot
	put := func(e *edge, to float64) {
		knots = append(knots, knot{e.at, to, e.lo, e.hi})
		for _, p := range e.points {
			if !done[p] {
				sh.points[p][c], done[p] = to, true
			}
		}
	}
	for k := range a.stems {
		s := &a.stems[k]
		for side, edges := range s.edges {
			for _, i := range edges {
				put(&a.edges[i], float64(s.at+side*s.wide))
			}
		}
	}
	for i := range a.edges {
		if e := &a.edges[i]; e.stem < 0 && e.zone >= 0 {
			put(e, math.Round(a.zones[e.zone].at))
		}
	}
	slices.SortFunc(knots, func(a, b knot) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for p := range sh.points {
		if !done[p] {
			sh.points[p][c] = carry(knots, sh.points[p][c], sh.points[p][o])
		}
		sh.points[p][c] = min(max(sh.points[p][c], a.limit[0]), a.limit[1])
	}
}

// carry moves what lies between two knots in proportion, and what lies beyond
// with the nearest one. Knots at the same place across count first: the strokes
// at the left and at the right of a character go their own ways.
func carry(knots []knot, at, across float64) float64 {
	for _, reach := range []float64{1, 1e9} { // dots
		var low, high *knot
		for i := range knots {
			k := &knots[i]
			if across < k.lo-reach || across > k.hi+reach {
				continue
			}
			if k.from <= at {
				if low == nil || k.to >= low.to {
					low = k
				}
			} else if high == nil && (low == nil || k.to >= low.to) {
				high = k
			}
		}
		switch {
		case low != nil && high != nil:
			return low.to + (high.to-low.to)*(at-low.from)/(high.from-low.from)
		case low != nil:
			return at + low.to - low.from
		case high != nil:
			return at + high.to - high.from
		}
	}
	return at
}
