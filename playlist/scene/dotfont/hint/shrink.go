package hint

// Shrink draws a glyph of dots, w×h bytes of 0 or 255, in at most high rows and
// wide columns: rows and columns are merged with their neighbours one after the
// other, each time those that hurt least, which are the ones that repeat each
// other and whose loss neither joins strokes nor closes a space. What is small
// enough comes back as it is.
func Shrink(pix []uint8, w, h, wide, high int) (out []uint8, width, height int) {
	pix, h = dropRows(pix, w, h, high)
	pix = turn(pix, w, h)
	pix, w = dropRows(pix, h, w, wide)
	return turn(pix, h, w), w, h
}

// turn makes rows of the columns.
func turn(pix []uint8, w, h int) []uint8 {
	out := make([]uint8, len(pix))
	for i, v := range pix {
		out[i%w*h+i/w] = v
	}
	return out
}

// merging is how two rows become one: the ink of both, or one of them.
type merging int

const (
	both merging = iota
	upper
	lower
)

// dropRows merges rows until at most most are left.
func dropRows(pix []uint8, w, h, most int) ([]uint8, int) {
	parts, holes := count(pix, w, h)
	merged := make([]int, h) // how often a row was merged; that should spread
	for h > most {
		least, from := 1<<30, 0
		var best []uint8
		for y := range h - 1 {
			differ := 0
			for x := range w {
				if pix[y*w+x] != pix[(y+1)*w+x] {
					differ++
				}
			}
			for how := both; how <= lower; how++ {
				try := merge(pix, w, h, y, how)
				p, q := count(try, w, h-1)
				cost := 8*(abs(p-parts)+abs(q-holes)) + 2*differ + 3*(merged[y]+merged[y+1])
				if how != both {
					cost += differ
				}
				if cost < least {
					least, from, best = cost, y, try
				}
			}
		}
		merged[from+1] += merged[from] + 1
		merged = append(merged[:from], merged[from+1:]...)
		pix, h = best, h-1
	}
	return pix, h
}

// merge makes one row of rows y and y+1.
func merge(pix []uint8, w, h, y int, how merging) []uint8 {
	out := make([]uint8, 0, w*(h-1))
	out = append(out, pix[:y*w]...)
	a, b := pix[y*w:(y+1)*w], pix[(y+1)*w:(y+2)*w]
	for x := range w {
		switch how {
		case both:
			out = append(out, a[x]|b[x])
		case upper:
			out = append(out, a[x])
		case lower:
			out = append(out, b[x])
		}
	}
	return append(out, pix[(y+2)*w:]...)
}

func abs(n int) int { return max(n, -n) }
