package hint

import (
	"cmp"
	"slices"
)

// flip is a dot that could be changed.
type flip struct{ at, price int }

// mend changes single dots of a drawing where that brings back a part or a space
// of the outline, those first about which the coverage says least: the dot in the
// middle of a small space, or the one that joins two strokes. covered is how much
// of each dot the fitted outline covers, of 255.
func (m *model) mend(pix, covered []uint8, w, h int) {
	const (
		sure = 115 // of 255, by how much a dot may be on the wrong side
		most = 24  // dots that are tried
	)
	parts, holes := m.count(pix, w, h)
	off := abs(parts-m.parts) + abs(holes-m.holes)
	var found []flip
	for tried := 0; off > 0; {
		found = found[:0]
		for y := range h {
			for x := range w {
				i := y*w + x
				price := int(covered[i]) - lit
				if pix[i] == 0 {
					price = -price
				}
				if price < sure && matters(pix, w, h, x, y) && m.doubtful(i, w, pix[i] == 0) {
					found = append(found, flip{i, price})
				}
			}
		}
		slices.SortFunc(found, func(a, b flip) int { return cmp.Or(cmp.Compare(a.price, b.price), cmp.Compare(a.at, b.at)) })
		better := false
		for _, f := range found {
			if tried++; tried > most {
				return
			}
			pix[f.at] ^= 255
			parts, holes := m.count(pix, w, h)
			if n := abs(parts-m.parts) + abs(holes-m.holes); n < off {
				off, better = n, true
				break
			}
			pix[f.at] ^= 255
		}
		if !better {
			return
		}
	}
}

// doubtful says whether dot i, which is not at the rim, or one beside it is ink in
// the outline, or white.
func (m *model) doubtful(i, w int, ink bool) bool {
	for _, k := range [5]int{i, i - 1, i + 1, i - w, i + w} {
		if (m.bare[k] >= 0.5) == ink {
			return true
		}
	}
	return false
}

// matters says whether parts or spaces change with the dot at x, y: around it
// are not exactly one stretch of ink and one of white.
func matters(pix []uint8, w, h, x, y int) bool {
	if x == 0 || y == 0 || x == w-1 || y == h-1 {
		return false
	}
	ring := [8]int{1, 1 - w, -w, -w - 1, -1, w - 1, w, w + 1}
	i := y*w + x
	white := func(k int) int {
		if pix[i+ring[k%8]] == 0 {
			return 1
		}
		return 0
	}
	n := 0
	for k := 0; k < 8; k += 2 {
		n += white(k) - white(k)*white(k+1)*white(k+2)
	}
	return n != 1
}
