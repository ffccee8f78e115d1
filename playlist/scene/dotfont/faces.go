package dotfont

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"unicode"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/math/fixed"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
)

// open makes the face of a size.
//
// At 12 and 16 dots designers have set every dot of most characters, and no
// rasteriser does as well. At 24 and 32 dots there is no openly licensed
// simplified Chinese face of dots; the Song faces that exist elsewhere have level
// strokes of one dot, which the eye loses first from afar. There outlines are
// fitted to the dots, with strokes of a twelfth to a tenth of the height: light
// spreads, and strokes of an eighth, as the bold outlines have, close their
// counters on a board. From 40 dots on bold outlines are drawn as they are.
func open(size int) (*Font, error) {
	f := &Font{Height: size, late: make(map[rune]glyph)}
	stem := map[int]int{12: 1, 16: 1, 24: 2, 32: 3}[size]
	fit := func(face *sharedFace) source { return hinted(face, size, stem) }
	plain := func(face *sharedFace) source { return thresholded(face, size) }
	all := func(rune) bool { return true }
	f.brought = fit
	switch {
	case size == 12:
		// The module lacks a sixth of the ideographs; coarse but there is
		// better than a name with a hole in it.
		f.own = []source{ark(), later(regular, fit, all), later(rareRegular, fit, beyond)}
	case size == 16:
		dots, err := fonts.Unifont()
		if err != nil {
			return nil, err
		}
		f.own = []source{unifont(dots), later(rareRegular, fit, beyond)}
	case stem > 0:
		face, err := regular()
		if err != nil {
			return nil, err
		}
		own := fit(face)
		f.own = []source{marks(own, size, stem), own, later(rareRegular, fit, beyond)}
	default:
		face, err := bold()
		if err != nil {
			return nil, err
		}
		f.brought = plain
		f.own = []source{plain(face), later(rareBold, plain, beyond)}
	}
	return f, nil
}

// unifont is GNU Unifont at 16 dots.
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
			if strings.ContainsRune("，。、；：！？．", r) {
				pullLeft(m, 2)
			}
			return m
		},
	}
}

// pullLeft moves the dots of m so that the leftmost stands in column x. Unifont
// centres its full-width marks; on the mainland they stand at the left.
func pullLeft(m *scene.Mask, x int) {
	left := m.W
	for i, v := range m.Pix {
		if v != 0 {
			left = min(left, i%m.W)
		}
	}
	if left <= x {
		return
	}
	for y := range m.H {
		row := m.Pix[y*m.W : (y+1)*m.W]
		n := copy(row[x:], row[left:])
		clear(row[x+n:])
	}
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
	return source{
		bitmap: true,
		advance: func(r rune) (int, bool) {
			adv, ok := bitmapfont.FaceSC.GlyphAdvance(r)
			if !ok || unicode.IsControl(r) || !unicode.IsSpace(r) && draw(r) == nil {
				return 0, false
			}
			return adv.Round(), true
		},
		draw: draw,
	}
}

// Picture draws s on a black ground, each dot zoom×zoom pixels, for tests and
// for pages that show what a board will show.
func (f *Font) Picture(s string, zoom int, on color.RGBA) (*image.RGBA, error) {
	if zoom < 1 {
		return nil, fmt.Errorf("a dot of %d pixels cannot be drawn", zoom)
	}
	c := scene.NewCanvas(max(f.Measure(s), 1), f.Height, scene.Black)
	ops, _ := f.AppendOps(nil, s, image.Point{}, scene.Op{Color: on})
	c.Add(ops...)
	fr := c.Frame()
	small := image.NewRGBA(image.Rectangle{Max: fr.Size})
	scene.Paint(small, fr)
	big := image.NewRGBA(image.Rect(0, 0, fr.Size.X*zoom, fr.Size.Y*zoom))
	for y := range big.Rect.Dy() {
		for x := range big.Rect.Dx() {
			big.SetRGBA(x, y, small.RGBAAt(x/zoom, y/zoom))
		}
	}
	return big, nil
}
