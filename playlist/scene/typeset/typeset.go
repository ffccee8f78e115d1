// Package typeset sets Chinese text, with Latin and numbers in it, into
// operations of a frame.
//
// It promises what a compositor would: lines filled to whole ems and justified,
// no line that starts with a closing mark or ends with an opening one, adjacent
// marks squeezed, no last line of a single character, numerals of equal width,
// and every glyph on a whole pixel, so that the two painters agree. Shaping and
// break opportunities come from go-text/typesetting; the choice of breaks and
// the spacing are made here. It leaves to others where a paragraph stands and
// what it says.
package typeset

import (
	"image"
	"image/color"

	"mingbai/playlist/scene"
)

// Role is one of the voices of a page.
type Role uint8

// The faces of the house.
const (
	Sans  Role = iota // everything that is read
	Bold              // what people came for
	Serif             // titles
	roles = 3
)

// Align says how lines stand in their measure.
type Align uint8

// The alignments. Justify spreads the slack of every line but a paragraph's
// last; the others leave lines as wide as they are.
const (
	Start Align = iota
	End
	Centre
	Justify
)

// Style is how a paragraph is set. The zero value of every field but Size is
// usable.
type Style struct {
	Role    Role
	Size    int // pixels an em
	Leading int // line height in pixels; 0 is one and a half ems
	Color   color.RGBA
	Align   Align
	Indent  int  // ems before the first line of each paragraph; official prose takes 2
	Gap     int  // extra pixels between paragraphs, which "\n" separates
	Balance bool // lines of about equal length that end where phrases do, for titles

	tight bool // no line more than are needed, even to spare a word
}

// leading returns the line height in pixels.
func (st Style) leading() int {
	if st.Leading > 0 {
		return st.Leading
	}
	return (st.Size*3 + 1) / 2
}

// Para is set text. It does not change and may be shared.
type Para struct {
	Text   string
	Style  Style
	Lines  []Line
	Box    int // pixels of the measure that it was set in
	Width  int // pixels of its widest line
	Height int // pixels from the top of the first line to the foot of the last

	torn bool // a balanced line ends within a word
}

// Line is one line of a Para. Coordinates are pixels from the paragraph's upper
// left corner.
type Line struct {
	Text     string // what it says, with the spaces that end it
	Start    int    // first rune in the paragraph's text
	End      int    // after its last rune
	X        int    // where its first glyph's space begins
	Width    int    // of its glyphs, without the spaces that end it
	Top      int
	Baseline int
	Glyphs   []Glyph
}

// Glyph is one bitmap of a line.
type Glyph struct {
	Mask *scene.Mask
	At   image.Point // upper left pixel, from the paragraph's upper left corner
}

// Ops returns the paragraph's operations with its upper left corner at at, cut
// to clip; the zero rectangle cuts nothing.
func (p *Para) Ops(at image.Point, clip image.Rectangle) []scene.Op {
	return p.AppendOps(nil, at, clip)
}

// AppendOps appends what Ops returns to dst.
func (p *Para) AppendOps(dst []scene.Op, at image.Point, clip image.Rectangle) []scene.Op {
	cut := clip != (image.Rectangle{})
	reach := 2 * p.Style.Size // no glyph of these faces is taller
	for i := range p.Lines {
		l := &p.Lines[i]
		if y := at.Y + l.Baseline; cut && (y+reach < clip.Min.Y || y-reach > clip.Max.Y) {
			continue
		}
		for _, g := range l.Glyphs {
			min := at.Add(g.At)
			op := scene.Op{
				Kind:  scene.OpMask,
				Dst:   image.Rectangle{Min: min, Max: min.Add(image.Pt(g.Mask.W, g.Mask.H))},
				Color: p.Style.Color,
				Mask:  g.Mask,
			}
			if cut && !op.Dst.In(clip) {
				if op.Clip = op.Dst.Intersect(clip); op.Clip.Empty() {
					continue
				}
			}
			dst = append(dst, op)
		}
	}
	return dst
}

// Draw adds the paragraph to c with its upper left corner at at.
func (p *Para) Draw(c *scene.Canvas, at image.Point) {
	if b := c.Bounds(); !b.Empty() {
		c.Add(p.AppendOps(nil, at, b)...)
	}
}

// Ink returns the smallest rectangle that holds every inked pixel, from the
// paragraph's upper left corner. Large numerals are aligned by it.
func (p *Para) Ink() image.Rectangle {
	var r image.Rectangle
	for i := range p.Lines {
		for _, g := range p.Lines[i].Glyphs {
			r = r.Union(image.Rectangle{Min: g.At, Max: g.At.Add(image.Pt(g.Mask.W, g.Mask.H))})
		}
	}
	return r
}

// Baseline returns the y of the first line's baseline from the paragraph's top.
func (p *Para) Baseline() int {
	if len(p.Lines) == 0 {
		return 0
	}
	return p.Lines[0].Baseline
}
