// Package dotfont holds the faces of LED boards: glyphs of 12, 16, 24 and 32
// dots, every dot on or off.
//
// It promises one mask for one glyph for as long as the process lives, so that
// frames compare by pointer, and that a face which is not asked for is not
// read. Full-width characters are as wide as the face is high; Latin letters and
// digits take half of that, digits always the same. It leaves colour, pages and
// movement to others.
package dotfont

import (
	"fmt"
	"image"
	"sync"

	"mingbai/playlist/scene"
)

// Sizes are the heights in dots that Face knows.
var Sizes = []int{12, 16, 24, 32}

// Font is a face of one height. It may be used by several goroutines.
type Font struct {
	// Height of every full-width glyph and of a line without space between
	// lines, in dots.
	Height int

	draw   func(r rune) (m *scene.Mask, advance int, ok bool)
	mu     sync.Mutex // guards glyphs, and draw
	glyphs map[rune]glyph
}

type glyph struct {
	mask    *scene.Mask
	advance int
	ok      bool
}

var faces = map[int]func() (*Font, error){
	12: sync.OnceValues(open12),
	16: sync.OnceValues(open16),
	24: sync.OnceValues(func() (*Font, error) { return openOutline(24) }),
	32: sync.OnceValues(func() (*Font, error) { return openOutline(32) }),
}

// Face returns the face of the given height in dots, which must be one of
// Sizes. The first call for a height reads it.
func Face(size int) (*Font, error) {
	open, ok := faces[size]
	if !ok {
		return nil, fmt.Errorf("there is no face of %d dots, only of 12, 16, 24 and 32", size)
	}
	f, err := open()
	if err != nil {
		return nil, fmt.Errorf("opening the face of %d dots: %w", size, err)
	}
	return f, nil
}

func newFont(size int, draw func(r rune) (*scene.Mask, int, bool)) *Font {
	return &Font{Height: size, draw: draw, glyphs: make(map[rune]glyph)}
}

// Glyph returns the mask of r and how many dots it moves the pen. The mask is
// Height dots high, its pixels are 0 or 255, and the same r always gives the
// same pointer; it is nil for a glyph without dots, such as a space. ok is
// false when the face lacks r.
func (f *Font) Glyph(r rune) (m *scene.Mask, advance int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, known := f.glyphs[r]
	if !known {
		g.mask, g.advance, g.ok = f.draw(r)
		f.glyphs[r] = g
	}
	return g.mask, g.advance, g.ok
}

// Has reports whether the face has r.
func (f *Font) Has(r rune) bool {
	_, _, ok := f.Glyph(r)
	return ok
}

// Measure returns how many dots s takes on one line. Characters that the face
// lacks take none.
func (f *Font) Measure(s string) int {
	w := 0
	for _, r := range s {
		_, adv, _ := f.Glyph(r)
		w += adv
	}
	return w
}

// Missing returns the characters of s, each once and in order, that the face
// lacks.
func (f *Font) Missing(s string) []rune {
	var out []rune
	seen := make(map[rune]bool)
	for _, r := range s {
		if r == '\n' || r == '\r' || seen[r] || f.Has(r) {
			continue
		}
		seen[r] = true
		out = append(out, r)
	}
	return out
}

// AppendOps appends the operations that draw s with the upper left dot of its
// first cell at at, and returns them with the x after it.
func (f *Font) AppendOps(dst []scene.Op, s string, at image.Point, op scene.Op) ([]scene.Op, int) {
	op.Kind = scene.OpMask
	for _, r := range s {
		m, adv, _ := f.Glyph(r)
		if m != nil {
			op.Mask = m
			op.Dst = image.Rectangle{Min: at, Max: at.Add(image.Pt(m.W, m.H))}
			if op.Clip == (image.Rectangle{}) || op.Dst.Overlaps(op.Clip) {
				dst = append(dst, op)
			}
		}
		at.X += adv
	}
	return dst, at.X
}
