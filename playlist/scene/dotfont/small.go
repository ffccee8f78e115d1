package dotfont

import (
	"math"
	"strings"
	"sync"
	"unicode"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/math/fixed"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont/hint"
)

// unifont is GNU Unifont at 16 dots, with digits, capitals and marks for boards.
func unifont(dots *fonts.Dots) source {
	return source{
		bitmap: true,
		advance: func(r rune) (int, bool) {
			if r == '\u3000' {
				return 16, true
			}
			_, width, ok := dots.Glyph(r)
			return width, ok
		},
		draw: func(r rune) *scene.Mask {
			switch {
			case r >= '0' && r <= '9':
				return digit16(r)
			case r >= 'A' && r <= 'Z':
				return tall(unpack(dots, r))
			case strings.ContainsRune("。、", r):
				return shifted(unpack(dots, r), 2, 0)
			case r == '…':
				return shifted(unpack(dots, r), -1, -5)
			}
			// Unifont's full-width brackets and marks are as heavy as two
			// strokes, its half-width ones are not.
			for _, w := range wide16 {
				if w.r == r {
					return widened(unpack(dots, w.from), w.x)
				}
			}
			return unpack(dots, r)
		},
	}
}

// wide16 are the full-width marks that are made of half-width ones, and the
// column where those go; on the mainland a mark stands at the left of its cell
// and a bracket at its text.
var wide16 = []struct {
	r, from rune
	x       int
}{{'，', ',', -1}, {'．', '.', -1}, {'：', ':', -1}, {'；', ';', -1}, {'（', '(', 8}, {'）', ')', 0}, {'！', '!', 0}, {'？', '?', 0}, {'％', '%', 4}, {'￥', '¥', 4}, {'＋', '+', 4}, {'－', '-', 4}, {'／', '/', 4}}

// unpack draws a glyph of Unifont; nil when it has no dots or is not there.
func unpack(dots *fonts.Dots, r rune) *scene.Mask {
	rows, width, ok := dots.Glyph(r)
	if !ok {
		return nil
	}
	m := &scene.Mask{W: width, H: 16, Pix: make([]uint8, width*16)}
	inked := false
	for i := range m.Pix {
		x, y := i%width, i/width
		if rows[y*width/8+x/8]&(0x80>>(x%8)) != 0 {
			m.Pix[i], inked = 255, true
		}
	}
	if !inked {
		return nil
	}
	return m
}

// shifted moves the dots of m so that the leftmost stands in column x, or stay
// where they are when x is negative, and down by dy rows.
func shifted(m *scene.Mask, x, dy int) *scene.Mask {
	if m == nil {
		return nil
	}
	dx := 0
	if x >= 0 {
		box := inkOf(m)
		dx = x - box.x0
	}
	out := &scene.Mask{W: m.W, H: m.H, Pix: make([]uint8, len(m.Pix))}
	for i, v := range m.Pix {
		if x, y := i%m.W+dx, i/m.W+dy; v != 0 && x >= 0 && x < m.W && y >= 0 && y < m.H {
			out.Pix[y*m.W+x] = 255
		}
	}
	return out
}

// widened puts a half-width glyph into a full-width cell at column x.
func widened(m *scene.Mask, x int) *scene.Mask {
	if m == nil {
		return nil
	}
	out := &scene.Mask{W: m.H, H: m.H, Pix: make([]uint8, m.H*m.H)}
	for i, v := range m.Pix {
		if to := i%m.W + x; v != 0 && to >= 0 && to < out.W {
			out.Pix[i/m.W*out.W+to] = 255
		}
	}
	return out
}

// box is where the dots of a mask are, x1 and y1 past the last.
type box struct{ x0, y0, x1, y1 int }

func inkOf(m *scene.Mask) box {
	b := box{m.W, m.H, 0, 0}
	for i, v := range m.Pix {
		if v != 0 {
			b.x0, b.y0 = min(b.x0, i%m.W), min(b.y0, i/m.W)
			b.x1, b.y1 = max(b.x1, i%m.W+1), max(b.y1, i/m.W+1)
		}
	}
	return b
}

// The digits and capitals of 16 dots stand in rows top16 to foot16-1, as high as
// the ideographs beside them look.
const top16, foot16 = 2, 14

// tall draws a capital of ten rows in twelve: of the rows in its upper half, and
// of those in its lower, the one that differs least from the next is there twice.
func tall(m *scene.Mask) *scene.Mask {
	b := inkOf(m)
	grow := foot16 - top16 - (foot16 - b.y0)
	out := &scene.Mask{W: m.W, H: m.H, Pix: make([]uint8, len(m.Pix))}
	row := func(y int) []uint8 { return m.Pix[y*m.W : (y+1)*m.W] }
	differ := func(y int) (n int) {
		for x, v := range row(y) {
			if v != row(y + 1)[x] {
				n++
			}
		}
		return n
	}
	easiest := func(from, to int) int {
		best := from
		for y := from; y < to; y++ {
			if differ(y) < differ(best) {
				best = y
			}
		}
		return best
	}
	middle := (b.y0 + foot16) / 2
	twice := map[int]bool{}
	if grow > 0 {
		twice[easiest(middle, foot16-2)] = true
	}
	if grow > 1 {
		twice[easiest(b.y0+1, middle)] = true
	}
	to := b.y0 - len(twice)
	for y := b.y0; y < b.y1; y++ {
		copy(out.Pix[to*m.W:], row(y))
		to++
		if twice[y] {
			copy(out.Pix[to*m.W:], row(y))
			to++
		}
	}
	return out
}

// digits16 are the digits of 16 dots, six columns by twelve rows. The zero has
// no stroke through it: on a board nobody takes it for a letter, and many would
// take it for an eight.
var digits16 = [10][12]string{
	{".####.", "#....#", "#....#", "#....#", "#....#", "#....#", "#....#", "#....#", "#....#", "#....#", "#....#", ".####."},
	{"...#..", "..##..", ".#.#..", "...#..", "...#..", "...#..", "...#..", "...#..", "...#..", "...#..", "...#..", ".#####"},
	{".####.", "#....#", "#....#", ".....#", ".....#", "....#.", "...#..", "..#...", ".#....", "#.....", "#.....", "######"},
	{".####.", "#....#", "#....#", ".....#", ".....#", "..###.", ".....#", ".....#", ".....#", "#....#", "#....#", ".####."},
	{"....#.", "...##.", "...##.", "..#.#.", "..#.#.", ".#..#.", ".#..#.", "#...#.", "######", "....#.", "....#.", "....#."},
	{"######", "#.....", "#.....", "#.....", "#.###.", "##...#", ".....#", ".....#", ".....#", "#....#", "#....#", ".####."},
	{"..###.", ".#....", "#.....", "#.....", "#.###.", "##...#", "#....#", "#....#", "#....#", "#....#", "#....#", ".####."},
	{"######", ".....#", ".....#", "....#.", "....#.", "....#.", "...#..", "...#..", "...#..", "..#...", "..#...", "..#..."},
	{".####.", "#....#", "#....#", "#....#", "#....#", ".####.", "#....#", "#....#", "#....#", "#....#", "#....#", ".####."},
	{".####.", "#....#", "#....#", "#....#", "#....#", "#....#", "#...##", ".###.#", ".....#", ".....#", "....#.", ".###.."},
}

func digit16(r rune) *scene.Mask {
	m := &scene.Mask{W: 8, H: 16, Pix: make([]uint8, 8*16)}
	for y, row := range digits16[r-'0'] {
		for x, c := range row {
			if c == '#' {
				m.Pix[(top16+y)*8+1+x] = 255
			}
		}
	}
	return m
}

// The bitmapfont module draws in a cell of 12×16 dots, of which the twelve-dot
// face proper takes the rows from top12 on.
const top12 = 2

// ark is the simplified Chinese face of the bitmapfont module at 12 dots, most of
// it Ark Pixel. The module answers for every code point; one without dots is one
// that it lacks.
func ark() source {
	draw := func(r rune) *scene.Mask {
		adv, _ := bitmapfont.FaceSC.GlyphAdvance(r)
		width := adv.Round()
		dr, mask, at, _, ok := bitmapfont.FaceSC.Glyph(fixed.Point26_6{}, r)
		if !ok || width <= 0 {
			return nil
		}
		m := &scene.Mask{W: width, H: 12, Pix: make([]uint8, width*12)}
		inked := false
		for i := range m.Pix {
			x, y := i%width, i/width+top12
			if x >= dr.Dx() || y >= dr.Dy() {
				continue
			}
			if _, _, _, a := mask.At(at.X+x, at.Y+y).RGBA(); a > 0x7FFF {
				m.Pix[i], inked = 255, true
			}
		}
		if !inked {
			return nil
		}
		return m
	}
	inked := map[rune]bool{} // guarded by the face, as every source is
	return source{
		bitmap: true,
		advance: func(r rune) (int, bool) {
			adv, ok := bitmapfont.FaceSC.GlyphAdvance(r)
			if !ok || r > 0xFFFF || unicode.IsControl(r) {
				return 0, false
			}
			there, known := inked[r]
			if !known {
				there = unicode.IsSpace(r) || draw(r) != nil
				inked[r] = there
			}
			return adv.Round(), there
		},
		draw: draw,
	}
}

// apart keeps the last column of ideographs dark, so that neighbours never touch:
// the designers of small faces let a few strokes run to the edge.
func apart(of source) source {
	draw := of.draw
	of.draw = func(r rune) *scene.Mask {
		m := draw(r)
		if m == nil || !unicode.Is(unicode.Han, r) {
			return m
		}
		b := inkOf(m)
		switch {
		case b.x1 < m.W:
			return m
		case b.x0 > 0:
			return shifted(m, b.x0-1, 0)
		}
		pix, w, _ := hint.Shrink(m.Pix, m.W, m.H, m.W-1, m.H)
		out := &scene.Mask{W: m.W, H: m.H, Pix: make([]uint8, len(m.Pix))}
		for i, v := range pix {
			out.Pix[i/w*m.W+i%w] = v
		}
		return out
	}
	return of
}

// shrunk draws the full-width characters of 16 dots in 11, for the face of 12: where no
// designer has set the dots of a character at that size, dropping the rows and
// columns of one who has set them at another reads better than any outline.
func shrunk() source {
	const side = 11 // one column and one row stay dark between characters
	unpacked := sync.OnceValue(func() *fonts.Dots {
		dots, err := fonts.Unifont()
		if err != nil {
			return &fonts.Dots{}
		}
		return dots
	})
	return source{
		bitmap: true,
		advance: func(r rune) (int, bool) {
			_, width, ok := unpacked().Glyph(r)
			return 12, ok && width == 16
		},
		draw: func(r rune) *scene.Mask {
			big := unpack(unpacked(), r)
			if big == nil {
				return nil
			}
			b := inkOf(big)
			var pix []uint8
			for y := b.y0; y < b.y1; y++ {
				pix = append(pix, big.Pix[y*big.W+b.x0:y*big.W+b.x1]...)
			}
			pix, w, h := hint.Shrink(pix, b.x1-b.x0, b.y1-b.y0, side, side)
			// Where it stood in 15, in 11.
			place := func(from, size int) int {
				return min(max(int(math.Round(float64(from)*side/15)), 0), side-size)
			}
			x0, y0 := place(b.x0, w), place(b.y0, h)
			m := &scene.Mask{W: 12, H: 12, Pix: make([]uint8, 12*12)}
			for i, v := range pix {
				m.Pix[(y0+i/w)*12+x0+i%w] = v
			}
			return m
		},
	}
}
