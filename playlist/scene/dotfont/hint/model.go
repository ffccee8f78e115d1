package hint

import "math"

// model is what a drawing is compared with: the outline drawn finely.
type model struct {
	parts, holes int
	soft         []float64 // 0 to 1, one for each dot, blurred

	sameParts bool // by the last call of unlike
}

func (d *Drawer) model(sh *shape, s Spec) *model {
	fine := max(96/s.Height, 1)
	pix := d.cover(sh, s, fine)
	w, h := s.Width*fine, s.Height*fine
	m := &model{}
	m.parts, m.holes = count(pix, w, h)
	soft := make([]float64, s.Width*s.Height)
	for i, v := range pix {
		x, y := i%w/fine, i/w/fine
		soft[y*s.Width+x] += float64(v) / float64(255*fine*fine)
	}
	m.soft = blur(soft, s.Width, s.Height)
	return m
}

// unlike says how much a drawing differs from the model: one for each enclosed
// space and each part too many or too few, and the difference in light,
// each seen through a blur, so that a stroke may stand a little aside.
func (m *model) unlike(pix []uint8, s Spec) float64 {
	m.sameParts = false
	if pix == nil {
		return math.Inf(1)
	}
	parts, holes := count(pix, s.Width, s.Height)
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
	return math.Abs(float64(holes-m.holes)) + math.Abs(float64(parts-m.parts)) + 20*sum/max(ink, 1e-9)
}

// blur takes the mean of each dot and its eight neighbours.
func blur(v []float64, w, h int) []float64 {
	out := make([]float64, len(v))
	for y := range h {
		for x := range w {
			sum := 0.0
			for dy := max(y-1, 0); dy <= min(y+1, h-1); dy++ {
				for dx := max(x-1, 0); dx <= min(x+1, w-1); dx++ {
					sum += v[dy*w+dx]
				}
			}
			out[y*w+x] = sum / 9
		}
	}
	return out
}

// count returns how many parts the ink has, dots touching at a corner being one
// part, and how many spaces it encloses.
func count(pix []uint8, w, h int) (parts, holes int) {
	// A frame of white around it, so that the outside is one space.
	w2, h2 := w+2, h+2
	mark := make([]uint8, w2*h2) // 1 ink, 2 seen
	for y := range h {
		for x := range w {
			if pix[y*w+x] >= lit {
				mark[(y+1)*w2+x+1] = 1
			}
		}
	}
	var stack []int
	flood := func(at int, ink uint8, steps []int) {
		stack = append(stack[:0], at)
		mark[at] |= 2
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, step := range steps {
				to := at + step
				if to < 0 || to >= len(mark) || mark[to] != ink {
					continue
				}
				if d := to%w2 - at%w2; d > 1 || d < -1 {
					continue // around the edge
				}
				mark[to] |= 2
				stack = append(stack, to)
			}
		}
	}
	four := []int{1, -1, w2, -w2}
	eight := []int{1, -1, w2, -w2, w2 + 1, w2 - 1, 1 - w2, -w2 - 1}
	for at := range mark {
		switch mark[at] {
		case 0:
			flood(at, 0, four)
			holes++
		case 1:
			flood(at, 1, eight)
			parts++
		}
	}
	return parts, holes - 1
}
