package typeset

import (
	"math"
	"unicode"

	"github.com/go-text/typesetting/di"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"mingbai/playlist/scene/typeset/outline"
)

// atom is the least that a line can be cut into: a character with its marks,
// or a ligature.
type atom struct {
	start, end int // runes
	class      class
	pos        int // pixels from the start of the unbroken line
	adv        int // pixels that it takes, squeezed
	trim       int // pixels that it may lose at a line's start (opening) or end (closing)
	glyphs     []inked
}

// inked is a glyph of an atom, at pixels from the atom's pos.
type inked struct {
	key glyphKey
	dx  int
	dy  int
}

// geta stands for a character without a glyph, as it did in lead type.
// Validation reports such characters; the mark shows readers that one is
// missing where a hole would hide it.
const geta = '〓'

// shaped is one paragraph on an endless line.
type shaped struct {
	runes []rune
	atoms []atom
}

// shape turns the runes of one paragraph into atoms.
func (s *Setter) shape(runes []rune, st Style) shaped {
	out := shaped{runes: runes, atoms: make([]atom, 0, len(runes))}
	b := builder{s: s, st: st, out: &out, han: containsHan(runes)}
	for i := 0; i < len(runes); {
		if c := classify(runes[i]); c == letter || c == other {
			if end, face := b.run(i); face != nil && (c == letter || end > i+1) {
				b.shapeRun(i, end, face)
				i = end
				continue
			}
		}
		b.single(i)
		i++
	}
	return out
}

func containsHan(runes []rune) bool {
	for _, r := range runes {
		if isIdeograph(r) {
			return true
		}
	}
	return false
}

// builder appends atoms, with a pen that is fractional only within words.
type builder struct {
	s   *Setter
	st  Style
	out *shaped
	han bool
	pen float64
}

// run returns the end of the stretch of letters, spaces and ASCII marks from i
// that one face draws, and that face; nil when runes[i] has no glyph or is
// full-width.
func (b *builder) run(i int) (int, *outline.Face) {
	runes := b.out.runes
	if wide(runes[i]) {
		return i, nil
	}
	face := b.s.faceFor(b.st.Role, runes[i])
	if face == nil {
		return i, nil
	}
	j := i + 1
	for ; j < len(runes); j++ {
		r := runes[j]
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		c := classify(r)
		if c != letter && c != other && !(c == space && r == ' ') || wide(r) {
			break
		}
		if b.s.faceFor(b.st.Role, r) != face {
			break
		}
	}
	for j > i+1 && runes[j-1] == ' ' {
		j--
	}
	return j, face
}

// wide reports the symbols that are set by themselves, on the grid: everything
// that is neither an alphabet's nor ASCII.
func wide(r rune) bool {
	return r >= 0x2000 && !(r >= 0x2C60 && r <= 0x2C7F) && !unicode.IsMark(r)
}

func (b *builder) shapeRun(start, end int, face *outline.Face) {
	in := shaping.Input{
		Text: b.out.runes, RunStart: start, RunEnd: end,
		Direction: di.DirectionLTR,
		Face:      face.Font,
		Size:      fixed.I(b.st.Size),
		Script:    scriptOf(b.out.runes[start:end]),
		Language:  language.NewLanguage("zh-Hans"),
	}
	got := b.s.shaper.ShapeNoExtents(in)
	for i := 0; i < len(got.Glyphs); {
		g := got.Glyphs[i]
		from := g.TextIndex()
		to := min(from+max(g.RunesCount(), 1), end)
		c := classify(b.out.runes[from])
		if c != letter {
			b.pen = math.Round(b.pen)
		}
		a := atom{start: from, end: to, class: c}
		b.place(&a)
		for ; i < len(got.Glyphs) && got.Glyphs[i].TextIndex() == from; i++ {
			g := got.Glyphs[i]
			if g.GlyphID != 0 {
				at := b.pen + float64(g.XOffset)/64
				a.glyphs = append(a.glyphs, inked{
					key: glyphKey{face: face, gid: g.GlyphID, size: b.st.Size},
					dx:  int(math.Round(at)) - a.pos,
					dy:  -int(math.Round(float64(g.YOffset) / 64)),
				})
			}
			adv := float64(g.Advance) / 64
			if g.GlyphID == 0 {
				adv = 0
			} else if c != letter {
				adv = math.Round(adv)
			}
			b.pen += adv
		}
		b.finish(a)
	}
	b.pen = math.Round(b.pen)
}

func scriptOf(runes []rune) language.Script {
	for _, r := range runes {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited && s != language.Unknown {
			return s
		}
	}
	return language.Latin
}

// single appends a character that is its own atom: an ideograph, a full-width
// mark, a digit, a space, or one without a glyph.
func (b *builder) single(i int) {
	r := b.out.runes[i]
	a := atom{start: i, end: i + 1, class: classify(r)}
	if a.class == ignored || unicode.Is(unicode.Mn, r) {
		a.class = ignored
		b.place(&a)
		b.finish(a)
		return
	}
	b.pen = math.Round(b.pen)
	drawn := r
	if r == '\t' {
		drawn = '\u3000'
	}
	face := b.s.faceFor(b.st.Role, drawn)
	if face == nil && a.class == space {
		face = b.s.faceFor(b.st.Role, ' ')
		drawn = ' '
	}
	if face == nil {
		drawn = geta
		if face = b.s.faceFor(b.st.Role, geta); face != nil && a.class == letter {
			a.class = ideo
		}
	}
	if face == nil {
		b.place(&a)
		b.finish(a)
		return
	}
	gid, _ := face.Glyph(drawn)
	adv := float64(face.Advance(gid, b.st.Size))
	dx := 0.0
	if full := math.Round(adv) >= float64(b.st.Size); (a.class == opening || a.class == closing) && full {
		switch h := b.s.halfOf(face, drawn); {
		case b.proportional(i):
			// Only the ink and a hair of space on both sides.
			ink, hair := b.s.draw(glyphKey{face, gid, b.st.Size, 0}), b.st.Size/16
			if ink.mask != nil {
				dx, adv = float64(hair-ink.at.X), float64(ink.mask.W+2*hair)
			}
			a.class = other
		case b.squeezed(i, a.class):
			// The empty half goes: before an opening mark, after a closing one.
			dx, adv = -h.empty(a.class, opening)*float64(b.st.Size), adv-h.empty(a.class, a.class)*float64(b.st.Size)
		default:
			a.trim = int(math.Round(h.empty(a.class, a.class) * float64(b.st.Size)))
		}
	} else if a.class == opening || a.class == closing {
		a.class = other
	}
	b.place(&a)
	if a.class != space {
		g := inked{key: glyphKey{face: face, gid: gid, size: b.st.Size}, dx: int(math.Round(dx))}
		switch b.dash(i) {
		case 0:
			g.key.longer = b.st.Size
			fallthrough
		case -1:
			a.glyphs = []inked{g}
		}
	}
	b.pen += math.Round(adv)
	b.finish(a)
}

// dash returns the place of rune i in a Chinese dash, which is two em dashes
// drawn as one line; -1 when it is not in one.
func (b *builder) dash(i int) int {
	runes := b.out.runes
	if runes[i] != '—' {
		return -1
	}
	first := i
	for first > 0 && runes[first-1] == '—' {
		first--
	}
	place := (i - first) % 2
	if place == 0 && (i+1 >= len(runes) || runes[i+1] != '—') {
		return -1
	}
	return place
}

// place sets the atom's start: the pen, after the thin space that parts an
// ideograph from a letter or number beside it.
func (b *builder) place(a *atom) {
	if n := len(b.out.atoms); n > 0 && a.class != ignored {
		last := b.out.atoms[n-1]
		if last.class == ideo && b.western(a.start, a.class) || b.western(last.end-1, last.class) && a.class == ideo {
			b.pen += math.Round(float64(b.st.Size) / 8)
		}
	}
	a.pos = int(math.Round(b.pen))
}

// western reports whether the character is part of a word or number that wants
// a thin space beside an ideograph.
func (b *builder) western(i int, c class) bool {
	return c == digit || c == letter || b.out.runes[i] == '%'
}

// finish appends the atom.
func (b *builder) finish(a atom) {
	a.adv = int(math.Round(b.pen)) - a.pos
	b.out.atoms = append(b.out.atoms, a)
}

// squeezed reports whether the full-width mark at i gives up its empty half
// because of its neighbour: a closing mark before any other mark, an opening
// mark after another opening one.
func (b *builder) squeezed(i int, c class) bool {
	if c == closing {
		if i+1 >= len(b.out.runes) {
			return false
		}
		next := classify(b.out.runes[i+1])
		return next == closing || next == opening
	}
	return i > 0 && classify(b.out.runes[i-1]) == opening
}

// proportional reports whether a curly quote stands in text of an alphabet,
// where it takes only the room of its ink.
func (b *builder) proportional(i int) bool {
	switch b.out.runes[i] {
	case '’', '‘', '“', '”':
	default:
		return false
	}
	if !b.han {
		return true
	}
	isLetter := func(j int) bool {
		return j >= 0 && j < len(b.out.runes) && classify(b.out.runes[j]) == letter
	}
	return b.out.runes[i] == '’' && isLetter(i-1) && isLetter(i+1)
}

// half is how much of a full-width mark is empty, in ems: what the font's halt
// feature takes away.
type half struct{ before, after float64 }

// empty returns the half that a mark of class c gives up, or 0 when c is not
// the class asked for.
func (h half) empty(c, of class) float64 {
	switch {
	case c != of:
		return 0
	case c == opening:
		return h.before
	}
	return h.after
}

// halfOf asks the font what a mark's half-width form is.
func (s *Setter) halfOf(face *outline.Face, r rune) half {
	key := halfKey{face, r}
	if h, ok := s.halves[key]; ok {
		return h
	}
	const em = 1000
	measure := func(feature string) (shift, adv float64) {
		in := shaping.Input{
			Text: []rune{r}, RunEnd: 1, Direction: di.DirectionLTR, Face: face.Font,
			Size: fixed.I(em), Script: language.Han, Language: language.NewLanguage("zh-Hans"),
		}
		if feature != "" {
			in.FontFeatures = []shaping.FontFeature{{Tag: ot.MustNewTag(feature), Value: 1}}
		}
		out := s.shaper.ShapeNoExtents(in)
		if len(out.Glyphs) != 1 {
			return 0, 0
		}
		return float64(out.Glyphs[0].XOffset) / 64 / em, float64(out.Glyphs[0].Advance) / 64 / em
	}
	shift0, full := measure("")
	shift, adv := measure("halt")
	h := half{before: shift0 - shift, after: full - adv - (shift0 - shift)}
	if h.before < 0 || h.after < 0 {
		h.before, h.after = 0, 0
	}
	s.halves[key] = h
	return h
}
