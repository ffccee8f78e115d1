// Package dotfont holds the faces of LED boards: glyphs of 12 to 256 dots, every
// dot on or off.
//
// It promises one mask for one glyph for as long as the glyph is in use, so that
// frames compare by pointer, that what is kept of a face is bounded, and that a
// face which is not asked for is not read. Full-width characters are as wide as
// the face is high; Latin letters and digits take about half of that, digits
// always the same. It leaves colour, pages and movement to others.
package dotfont

import (
	"fmt"
	"image"
	"slices"
	"sync"
	"unicode"

	"mingbai/playlist"
	"mingbai/playlist/scene"
)

var sizes = playlist.DotSizes()

// Sizes returns the heights in dots that Face knows, ascending. Those up to 32
// are for small boards, the others for boards of hundreds of rows.
func Sizes() []int { return slices.Clone(sizes) }

// Largest returns the largest size that is not higher than limit dots, and the
// smallest one where none is.
func Largest(limit int) int {
	best := sizes[0]
	for _, s := range sizes {
		if s <= limit {
			best = s
		}
	}
	return best
}

// Font is a face of one height. It may be used by several goroutines.
type Font struct {
	// Height of every full-width glyph and of a line without space between
	// lines, in dots.
	Height int

	own []source
	// brought makes a source of a font file that SetRare was given.
	brought func(*sharedFace) source

	mu sync.Mutex // guards what follows
	// Glyphs that were asked for lately, and those before them: when the first
	// are full they take the place of the second, which are forgotten.
	late, before map[rune]glyph
	held         int // bytes of late
	rare         []source
	rareOf       *[]*sharedFace // what rare was made from
}

// source is where glyphs come from. A face asks its sources in turn.
type source struct {
	bitmap bool // drawn dot by dot by its designer
	// advance returns how many dots r moves the pen; ok is false when the source
	// lacks it.
	advance func(r rune) (dots int, ok bool)
	// draw returns the mask of a glyph that the source has. Neither is called by
	// two goroutines at once.
	draw func(r rune) *scene.Mask
}

type glyph struct {
	mask    *scene.Mask
	advance int
	ok      bool
	rare    bool // from what SetRare brought, or lacking
}

// cost is about how many bytes a glyph takes in memory.
func (g glyph) cost() int {
	const entry = 96
	if g.mask == nil {
		return entry
	}
	return entry + len(g.mask.Pix)
}

// maxHeld is how many bytes of glyphs a face keeps in each of late and before:
// more than sixty of the largest, eleven thousand of 16 dots.
const maxHeld = 4 << 20

var faces = opened()

func opened() map[int]func() (*Font, error) {
	m := make(map[int]func() (*Font, error), len(sizes))
	for _, size := range sizes {
		m[size] = sync.OnceValues(func() (*Font, error) { return open(size) })
	}
	return m
}

// Face returns the face of the given height in dots, which must be one of
// Sizes. The first call for a height reads it.
func Face(size int) (*Font, error) {
	open, ok := faces[size]
	if !ok {
		return nil, fmt.Errorf("there is no face of %d dots, only of %d", size, sizes)
	}
	f, err := open()
	if err != nil {
		return nil, fmt.Errorf("opening the face of %d dots: %w", size, err)
	}
	return f, nil
}

// Glyph returns the mask of r and how many dots it moves the pen. The mask is
// Height dots high, its pixels are 0 or 255, and the same r gives the same
// pointer until megabytes of other glyphs were asked for; it is nil for a glyph
// without dots, such as a space. ok is false when the face lacks r.
func (f *Font) Glyph(r rune) (m *scene.Mask, advance int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refresh()
	g, known := f.late[r]
	if !known {
		if g, known = f.before[r]; !known {
			g = f.make(r)
		}
		if f.held += g.cost(); f.held > maxHeld {
			f.before, f.late, f.held = f.late, make(map[rune]glyph), g.cost()
		}
		f.late[r] = g
	}
	return g.mask, g.advance, g.ok
}

func (f *Font) make(r rune) glyph {
	s, advance, rare := f.find(r)
	if s == nil {
		return glyph{rare: true}
	}
	return glyph{mask: s.draw(r), advance: advance, ok: true, rare: rare}
}

// find returns the source of r, nil without one.
func (f *Font) find(r rune) (s *source, advance int, rare bool) {
	for i := range f.own {
		if advance, ok := f.own[i].advance(r); ok {
			return &f.own[i], advance, false
		}
	}
	for i := range f.rare {
		if advance, ok := f.rare[i].advance(r); ok {
			return &f.rare[i], advance, true
		}
	}
	return nil, 0, true
}

// Advance returns how many dots r moves the pen, and whether the face has it. It
// does not draw.
func (f *Font) Advance(r rune) (dots int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.advance(r)
}

func (f *Font) advance(r rune) (dots int, ok bool) {
	f.refresh()
	for _, m := range []map[rune]glyph{f.late, f.before} {
		if g, known := m[r]; known {
			return g.advance, g.ok
		}
	}
	s, dots, _ := f.find(r)
	return dots, s != nil
}

// Has reports whether the face has r.
func (f *Font) Has(r rune) bool {
	_, ok := f.Advance(r)
	return ok
}

// Measure returns how many dots s takes on one line. A character that the face
// lacks takes the room of the mark that stands for it.
func (f *Font) Measure(s string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := 0
	for _, r := range s {
		adv, ok := f.advance(r)
		if !ok && visible(r) {
			adv, _ = f.advance(geta)
		}
		w += adv
	}
	return w
}

// geta stands for a character that cannot be drawn, as it does on touchscreens:
// a name with a mark in it is seen to be incomplete, one with a hole is not.
const geta = '〓'

// visible tells characters that are seen from those that only steer text.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Mn, unicode.Variation_Selector)
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
// first cell at at, and returns them with the x after it. It takes the room that
// Measure says.
func (f *Font) AppendOps(dst []scene.Op, s string, at image.Point, op scene.Op) ([]scene.Op, int) {
	op.Kind = scene.OpMask
	for _, r := range s {
		m, adv, ok := f.Glyph(r)
		if !ok && visible(r) {
			m, adv, _ = f.Glyph(geta)
		}
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
