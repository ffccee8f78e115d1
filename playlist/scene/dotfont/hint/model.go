package hint

import (
	"math"
	"slices"
)

// model is what a drawing is compared with: the outline drawn finely.
type model struct {
	parts, holes int
	bare         []float64 // 0 to 1, one for each dot
	soft         []float64 // the same, blurred

	runs []run // of count, for the next one

	sameParts bool // by the last call of unlike
}

func (d *Drawer) model(sh *shape, s Spec) *model {
	fine := max(96/s.Height, 1)
	pix := d.cover(sh, s, fine)
	w, h := s.Width*fine, s.Height*fine
	m := &model{}
	m.parts, m.holes = m.count(pix, w, h)
	soft := make([]float64, s.Width*s.Height)
	sums := make([]int, s.Width)
	for y := range s.Height {
		clear(sums)
		for row := range slices.Chunk(pix[y*fine*w:(y+1)*fine*w], w) {
			for x := range sums {
				for _, v := range row[x*fine : (x+1)*fine] {
					sums[x] += int(v)
				}
			}
		}
		for x, n := range sums {
			soft[y*s.Width+x] = float64(n) / float64(255*fine*fine)
		}
	}
	m.bare, m.soft = soft, blur(soft, s.Width, s.Height)
	return m
}

// unlike says how much a drawing differs from the model: 1.7 for each enclosed
// space and each part too many or too few, and the difference in light,
// each seen through a blur, so that a stroke may stand a little aside.
func (m *model) unlike(pix []uint8, s Spec) float64 {
	m.sameParts = false
	if pix == nil {
		return math.Inf(1)
	}
	parts, holes := m.count(pix, s.Width, s.Height)
	m.sameParts = parts == m.parts && holes == m.holes
	soft := make([]float64, len(pix))
	for i, v := range pix {
		soft[i] = float64(v) / 255
	}
	sum, ink := 0.0, 0.0
	for i, v := range blur(soft, s.Width, s.Height) {
		sum += (v - m.soft[i]) * (v - m.soft[i])
		ink += m.soft[i] * m.soft[i]
	}
	return 1.7*float64(abs(holes-m.holes)+abs(parts-m.parts)) + 12*sum/max(ink, 1e-9)
}

// blur takes the mean of each dot and its eight neighbours.
func blur(v []float64, w, h int) []float64 {
	across := make([]float64, len(v))
	for y := range h {
		row, out := v[y*w:(y+1)*w], across[y*w:(y+1)*w]
		for x := range row {
			out[x] = row[x]
			if x > 0 {
				out[x] += row[x-1]
			}
			if x+1 < w {
				out[x] += row[x+1]
			}
		}
	}
	out := make([]float64, len(v))
	for i := range out {
		out[i] = across[i] / 9
		if i >= w {
			out[i] += across[i-w] / 9
		}
		if i+w < len(v) {
			out[i] += across[i+w] / 9
		}
	}
	return out
}

// run is a row's part of one colour, from x to before end.
type run struct {
	x, end int
	ink    bool
	root   int // index of another run of the same part, or of itself
}

func (m *model) count(pix []uint8, w, h int) (parts, holes int) {
	parts, holes, m.runs = countIn(m.runs, pix, w, h)
	return parts, holes
}

// count returns how many parts the ink has, dots touching at a corner being one
// part, and how many spaces it encloses.
func count(pix []uint8, w, h int) (parts, holes int) {
	parts, holes, _ = countIn(nil, pix, w, h)
	return parts, holes
}

// countIn is count with room for runs, which it returns.
func countIn(runs []run, pix []uint8, w, h int) (parts, holes int, room []run) {
	if runs == nil {
		runs = make([]run, 0, 16*h)
	}
	// The first run is the white around the cell.
	runs = append(runs[:0], run{x: -1, end: w + 1})
	find := func(i int) int {
		for runs[i].root != i {
			runs[i].root = runs[runs[i].root].root
			i = runs[i].root
		}
		return i
	}
	join := func(i, j int) {
		a, b := find(i), find(j)
		runs[max(a, b)].root = min(a, b)
	}
	above := [2]int{0, 1}
	for y := range h {
		row := pix[y*w : (y+1)*w]
		first := len(runs)
		for x := 0; x < w; {
			ink, from := row[x] >= lit, x
			for x < w && (row[x] >= lit) == ink {
				x++
			}
			runs = append(runs, run{from, x, ink, len(runs)})
			if !ink && (from == 0 || x == w) {
				join(len(runs)-1, 0)
			}
		}
		k := above[0]
		for i := first; i < len(runs); i++ {
			r := &runs[i]
			touch := 0 // white touches along an edge
			if r.ink {
				touch = 1 // ink at a corner, too
			}
			for k > above[0] && runs[k-1].end+1 > r.x {
				k--
			}
			for k < above[1] && runs[k].end+1 <= r.x {
				k++
			}
			for j := k; j < above[1] && runs[j].x < r.end+touch; j++ {
				if runs[j].ink == r.ink && runs[j].end+touch > r.x {
					join(i, j)
				}
			}
		}
		above = [2]int{first, len(runs)}
	}
	for i := above[0]; i < above[1]; i++ {
		if !runs[i].ink {
			join(i, 0)
		}
	}
	for i, r := range runs {
		switch {
		case r.root != i:
		case r.ink:
			parts++
		default:
			holes++
		}
	}
	return parts, holes - 1, runs
}
