package dotfont

import "mingbai/playlist/scene"

// marks draws the points, commas and colons of a face with strokes of stem dots,
// half-width and full-width, in the room that of gives them. Their outlines are
// so small that fitting leaves blots of them, and between a price's digits or
// the hours and minutes of a clock they matter as much as a digit.
func marks(of source, size, stem int) source {
	side := stem + 1
	return source{
		advance: func(r rune) (int, bool) {
			switch r {
			case '.', ',', ':', ';', '．', '，', '：', '；':
				return of.advance(r)
			}
			return 0, false
		},
		draw: func(r rune) *scene.Mask {
			adv, _ := of.advance(r)
			m := &scene.Mask{W: adv, H: size, Pix: make([]uint8, adv*size)}
			foot, _ := baseline(r, size)
			// On the mainland full-width marks stand at the left of their cell.
			x := size / 10
			if r < 0x2000 {
				x = (adv - side + 1) / 2
			}
			row := func(y, from, to int) {
				for i := max(from, 0); i < min(to, adv) && y < size; i++ {
					m.Pix[y*adv+i] = 255
				}
			}
			dot := func(top int) {
				for y := range side {
					row(top+y, x, x+side)
				}
			}
			dot(foot - side)
			switch r {
			case ':', ';', '：', '；':
				dot(foot - size/2)
			}
			switch r {
			case ',', ';', '，', '；':
				// The tail goes down to the left.
				row(foot, x+1, x+side)
				row(foot+1, x+side-3, x+side-1)
				if side > 3 {
					row(foot+2, x, x+side-2)
				}
			}
			return m
		},
	}
}
