// Package outline turns the glyphs of a font file into coverage masks at whole
// pixel sizes.
//
// It promises one bitmap for one glyph at one size, with the origin on a whole
// pixel, so that text can be set on a pixel grid and cached. It leaves to
// others which glyph to draw and where.
package outline

import (
	"image"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/cff"
	ot "github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"

	"mingbai/playlist/scene"
)

// Face is a parsed font. It serves one goroutine.
type Face struct {
	Font *font.Face // for shaping; it may know nothing of outlines
	cff  *cff.CFF   // the outlines that Font does not know; nil when it does
	upem float32
	ras  vector.Rasterizer
}

// Glyph returns the glyph of r. ok is false when the face has none.
func (f *Face) Glyph(r rune) (gid font.GID, ok bool) {
	gid, ok = f.Font.NominalGlyph(r)
	return gid, ok && gid != 0
}

// Advance returns how far the glyph moves the pen at size pixels an em.
func (f *Face) Advance(gid font.GID, size int) float32 {
	return f.Font.HorizontalAdvance(gid) * float32(size) / f.upem
}

// Segments returns the outline of a glyph in units of the face, upwards. ok is
// false when the face has none; a glyph without ink has no segments.
func (f *Face) Segments(gid font.GID) (segments []ot.Segment, ok bool) {
	if f.cff != nil {
		if gid > math.MaxUint16 {
			return nil, false
		}
		segments, _, err := f.cff.LoadGlyph(uint16(gid))
		return segments, err == nil
	}
	out, ok := f.Font.GlyphDataOutline(gid)
	return out.Segments, ok
}

// Top returns how far the ink of a glyph reaches above the baseline, in units of
// the face. ok is false when the face has no outline of it.
func (f *Face) Top(gid font.GID) (top float32, ok bool) {
	if f.cff != nil {
		if gid > math.MaxUint16 {
			return 0, false
		}
		_, bounds, err := f.cff.LoadGlyph(uint16(gid))
		return bounds.ToExtents().YBearing, err == nil
	}
	box, ok := f.Font.GlyphExtents(gid)
	return box.YBearing, ok
}

// Mask rasterises a glyph at size pixels an em. at is the place of the mask's
// upper left pixel relative to the pen on the baseline. A glyph without ink
// gives nil.
func (f *Face) Mask(gid font.GID, size int) (m *scene.Mask, at image.Point) {
	return f.Squashed(gid, size, 1)
}

// Squashed is Mask with everything below the baseline flattened to the given
// part of its depth, for boards that have no dots to spare under a line.
func (f *Face) Squashed(gid font.GID, size int, below float32) (m *scene.Mask, at image.Point) {
	segments, ok := f.Segments(gid)
	if !ok || len(segments) == 0 || size <= 0 {
		return nil, image.Point{}
	}
	scale := float32(size) / f.upem
	lo := [2]float32{math.MaxFloat32, math.MaxFloat32}
	hi := [2]float32{-math.MaxFloat32, -math.MaxFloat32}
	for i := range segments {
		points := segments[i].ArgsSlice()
		for j := range points {
			if points[j].Y < 0 {
				points[j].Y *= below
			}
		}
		for _, p := range points {
			x, y := p.X*scale, -p.Y*scale
			lo[0], lo[1] = min(lo[0], x), min(lo[1], y)
			hi[0], hi[1] = max(hi[0], x), max(hi[1], y)
		}
	}
	x0, y0 := int(math.Floor(float64(lo[0]))), int(math.Floor(float64(lo[1])))
	w, h := int(math.Ceil(float64(hi[0])))-x0, int(math.Ceil(float64(hi[1])))-y0
	if w <= 0 || h <= 0 || w > 8*size+8 || h > 8*size+8 {
		return nil, image.Point{}
	}
	dx, dy := float32(-x0), float32(-y0)
	f.ras.Reset(w, h)
	for i := range segments {
		s := &segments[i]
		a := &s.Args
		switch s.Op {
		case ot.SegmentOpMoveTo:
			if i > 0 {
				f.ras.ClosePath()
			}
			f.ras.MoveTo(a[0].X*scale+dx, dy-a[0].Y*scale)
		case ot.SegmentOpLineTo:
			f.ras.LineTo(a[0].X*scale+dx, dy-a[0].Y*scale)
		case ot.SegmentOpQuadTo:
			f.ras.QuadTo(a[0].X*scale+dx, dy-a[0].Y*scale, a[1].X*scale+dx, dy-a[1].Y*scale)
		case ot.SegmentOpCubeTo:
			f.ras.CubeTo(a[0].X*scale+dx, dy-a[0].Y*scale, a[1].X*scale+dx, dy-a[1].Y*scale, a[2].X*scale+dx, dy-a[2].Y*scale)
		}
	}
	f.ras.ClosePath()
	pix := image.Alpha{Pix: make([]uint8, w*h), Stride: w, Rect: image.Rect(0, 0, w, h)}
	f.ras.Draw(&pix, pix.Rect, image.Opaque, image.Point{})
	return &scene.Mask{W: w, H: h, Pix: pix.Pix}, image.Pt(x0, y0)
}
