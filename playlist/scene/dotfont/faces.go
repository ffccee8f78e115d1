package dotfont

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"unicode"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/math/fixed"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset/outline"
)

// open16 opens GNU Unifont.
func open16() (*Font, error) {
	dots, err := fonts.Unifont()
	if err != nil {
		return nil, err
	}
	beyond := rareOutlines(16, 96)
	return newFont(16, func(r rune) (*scene.Mask, int, bool) {
		if r == '\u3000' {
			return nil, 16, true
		}
		rows, width, ok := dots.Glyph(r)
		if !ok {
			return beyond(r)
		}
		m := &scene.Mask{W: width, H: 16, Pix: make([]uint8, width*16)}
		inked := false
		for i := range m.Pix {
			x, y := i%width, i/width
			if rows[y*width/8+x/8]&(0x80>>(x%8)) != 0 {
				m.Pix[i], inked = 255, true
			}
		}
		switch {
		case !inked:
			m = nil
		case strings.ContainsRune("，。、；：！？．", r):
			pullLeft(m, 2)
		}
		return m, width, true
	}), nil
}

// rareOutlines draws the ideographs beyond the basic plane from outlines, coarse
// but there: they stand in people's names. The face is read when first needed.
func rareOutlines(size int, lit uint8) func(rune) (*scene.Mask, int, bool) {
	face := sync.OnceValue(func() func(rune) (*scene.Mask, int, bool) {
		face, err := outline.Parse(fonts.Rare(size >= 24))
		if err != nil {
			return func(rune) (*scene.Mask, int, bool) { return nil, 0, false }
		}
		return thresholded(face, size, lit)
	})
	return func(r rune) (*scene.Mask, int, bool) {
		if r <= 0xFFFF {
			return nil, 0, false
		}
		return face()(r)
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

// open12 opens the simplified Chinese face of the bitmapfont module. It lacks a
// sixth of the ideographs; those are drawn from the regular outlines, coarse
// but there, because a name with a hole in it is worse.
func open12() (*Font, error) {
	rare := sync.OnceValue(func() func(rune) (*scene.Mask, int, bool) {
		face, err := outline.Parse(fonts.Sans())
		if err != nil {
			return func(rune) (*scene.Mask, int, bool) { return nil, 0, false }
		}
		return thresholded(face, 12, 88)
	})
	beyond := rareOutlines(12, 88)
	return newFont(12, func(r rune) (*scene.Mask, int, bool) {
		adv, ok := bitmapfont.FaceSC.GlyphAdvance(r)
		width := adv.Round()
		if !ok || unicode.IsControl(r) {
			return beyond(r)
		}
		if unicode.IsSpace(r) {
			return nil, width, true
		}
		dr, mask, at, _, ok := bitmapfont.FaceSC.Glyph(fixed.Point26_6{}, r)
		if !ok {
			return nil, 0, false
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
			// The module answers for every code point; one without dots is
			// one that it lacks.
			if m, width, ok := rare()(r); ok {
				return m, width, ok
			}
			return beyond(r)
		}
		return m, width, true
	}), nil
}

// openOutline makes a face of size dots from the bold outlines.
func openOutline(size int) (*Font, error) {
	face, err := outline.Parse(fonts.Bold())
	if err != nil {
		return nil, err
	}
	// Below one half, because the thin horizontals of a bold face would
	// otherwise drop out.
	own, beyond := thresholded(face, size, 112), rareOutlines(size, 112)
	return newFont(size, func(r rune) (*scene.Mask, int, bool) {
		if m, width, ok := own(r); ok {
			return m, width, ok
		}
		return beyond(r)
	}), nil
}

// thresholded draws outlines in a cell of size dots, lighting the dots that are
// covered by at least lit of 255.
func thresholded(face *outline.Face, size int, lit uint8) func(r rune) (*scene.Mask, int, bool) {
	full := int(math.Round(0.88 * float64(size)))
	return func(r rune) (*scene.Mask, int, bool) {
		gid, ok := face.Glyph(r)
		if !ok {
			return nil, 0, false
		}
		adv := int(math.Round(float64(face.Advance(gid, size))))
		// The tails of letters reach below the em of the ideographs. A board
		// has no dots there: letters and digits stand a little higher and their
		// tails are flattened, as every small bitmap face does.
		baseline, below := full, float32(1)
		if r < 0x2000 {
			baseline -= size / 24
			below = float32(size-baseline) / (0.25 * float32(size))
		}
		soft, at := face.Squashed(gid, size, min(below, 1))
		if soft == nil {
			return nil, adv, true
		}
		w := max(adv, at.X+soft.W)
		m := &scene.Mask{W: w, H: size, Pix: make([]uint8, w*size)}
		inked, lit := false, openUp(soft, lit)
		for i, v := range soft.Pix {
			x, y := at.X+i%soft.W, baseline+at.Y+i/soft.W
			if v >= lit && x >= 0 && x < w && y >= 0 && y < size {
				m.Pix[y*w+x], inked = 255, true
			}
		}
		if !inked {
			m = nil
		}
		return m, adv, true
	}
}

// openUp raises the threshold for a character of so many strokes that it would
// run together into a block.
func openUp(m *scene.Mask, lit uint8) uint8 {
	for ; lit < 220; lit += 12 {
		n := 0
		for _, v := range m.Pix {
			if v >= lit {
				n++
			}
		}
		if n*100 <= len(m.Pix)*62 {
			break
		}
	}
	return lit
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
