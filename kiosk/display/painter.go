package display

import (
	"image"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/display/mount"
	"mingbai/playlist/scene"
)

// canvas is what the painter draws on: the window itself or an image.
type canvas interface {
	DrawTriangles(vertices []ebiten.Vertex, indices []uint16, img *ebiten.Image, options *ebiten.DrawTrianglesOptions)
	DrawTrianglesShader(vertices []ebiten.Vertex, indices []uint16, shader *ebiten.Shader, options *ebiten.DrawTrianglesShaderOptions)
}

// painter paints frames with ebiten, alike to scene.Paint within 4/255.
// Only the render loop uses it.
type painter struct {
	atlas    *atlas
	pictures *pictures
	batches  []*batch
	spare    []*batch // kept for their slices
	indices  []uint16
	bounds   image.Rectangle // of the frame being painted
	place    place
	solid    *ebiten.Shader

	covers []cover           // of the frame being painted
	pieces []image.Rectangle // scratch of visible

	drawn int // draw calls of the last painting, for tests
}

// batch is a run of quads from one texture, drawn by one call. A solid batch
// has no texture: its quads replace what is there by their colour.
type batch struct {
	solid bool
	page  *page         // nil for a picture and for a solid batch
	tex   *ebiten.Image // what it draws from
	quads []ebiten.Vertex
	rects []image.Rectangle // what it covers, for asking whether order matters
	hull  image.Rectangle
}

const (
	// maxQuads is what 16-bit indices can name.
	maxQuads = 65535 / 4
	// maxReach is how many batches an operation may be moved back past, and
	// maxRects how many rectangles it is compared with on the way.
	maxReach = 6
	maxRects = 4096
)

// newPainter makes a painter of frames of w×h pixels.
func newPainter(w, h int) *painter {
	return &painter{atlas: newAtlas(pagesFor(w, h)), pictures: newPictures(pictureBudget)}
}

var drawOptions = &ebiten.DrawTrianglesOptions{
	// Colours of scene are premultiplied; the default would multiply again.
	ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha,
}

// paint draws f on dst where it shall lie.
func (p *painter) paint(dst canvas, f *scene.Frame, at place) {
	p.atlas.begin()
	p.pictures.begin()
	p.bounds = image.Rectangle{Max: f.Size}
	p.place = at
	for _, b := range p.batches {
		b.solid, b.page, b.tex = false, nil, nil
		b.quads, b.rects = b.quads[:0], b.rects[:0]
		b.hull = image.Rectangle{}
	}
	p.spare = append(p.spare, p.batches...)
	p.batches = p.batches[:0]

	p.covers = covers(p.covers, f, p.bounds)
	ground := f.Ground
	ground.A = 255
	p.fill(p.bounds, ground, -1)
	for i := range f.Ops {
		p.op(&f.Ops[i], i)
	}
	p.atlas.upload()
	p.drawn = 0
	for _, b := range p.batches {
		p.draw(dst, b)
	}
}

func (p *painter) draw(dst canvas, b *batch) {
	n := min(len(b.quads)/4, maxQuads)
	for i := len(p.indices) / 6; i < n; i++ {
		v := uint16(i * 4)
		p.indices = append(p.indices, v, v+1, v+2, v+1, v+3, v+2)
	}
	for q := b.quads; len(q) > 0; {
		n := min(len(q)/4, maxQuads)
		if b.solid {
			dst.DrawTrianglesShader(q[:n*4], p.indices[:n*6], p.solidShader(), replaceOptions)
		} else {
			dst.DrawTriangles(q[:n*4], p.indices[:n*6], b.tex, drawOptions)
		}
		p.drawn++
		q = q[n*4:]
	}
}

func (p *painter) op(o *scene.Op, number int) {
	clip := p.bounds
	if o.Clip != (image.Rectangle{}) {
		clip = clip.Intersect(o.Clip)
	}
	switch o.Kind {
	case scene.OpFill:
		p.fill(o.Dst.Intersect(clip), o.Color, number)
	case scene.OpMask:
		if o.Mask != nil {
			p.mask(o.Mask, o.Dst.Min, clip, o.Color)
		}
	case scene.OpNine:
		if o.Mask != nil {
			p.nine(o.Mask, o.Dst, clip, o.Color, number)
		}
	case scene.OpImage:
		if o.Image != nil {
			p.image(o.Image, o.Dst.Min, clip)
		}
	}
}

func (p *painter) fill(area image.Rectangle, c color.RGBA, number int) {
	if area.Empty() || c == (color.RGBA{}) {
		return
	}
	for _, r := range p.visible(area, number) {
		p.fillPiece(r, c)
	}
}

func (p *painter) fillPiece(area image.Rectangle, c color.RGBA) {
	if c.A == 255 && size(area) >= solidArea {
		p.replace(area, c)
		return
	}
	b := p.batchFor(area, func(b *batch) bool { return b.page != nil })
	if b == nil {
		b = p.newBatch()
		b.page = p.atlas.white()
		b.tex = b.page.tex
	}
	b.add(area, p.place, whiteAt, whiteAt, 0, 0, c)
}

// replace paints a large opaque area without reading a texture or what is
// there, which takes software rendering a fraction of the time.
func (p *painter) replace(area image.Rectangle, c color.RGBA) {
	b := p.batchFor(area, func(b *batch) bool { return b.solid })
	if b == nil {
		b = p.newBatch()
		b.solid = true
	}
	b.add(area, p.place, 0, 0, 0, 0, c)
}

const solidSource = `//kage:unit pixels
package main

func Fragment(dst vec4, src vec2, color vec4) vec4 {
	return color
}
`

var replaceOptions = &ebiten.DrawTrianglesShaderOptions{Blend: ebiten.BlendCopy}

func (p *painter) solidShader() *ebiten.Shader {
	if p.solid == nil {
		sh, err := ebiten.NewShader([]byte(solidSource))
		if err != nil {
			panic("display: the solid shader does not compile: " + err.Error())
		}
		p.solid = sh
	}
	return p.solid
}

func (p *painter) mask(m *scene.Mask, at image.Point, clip image.Rectangle, c color.RGBA) {
	area := image.Rect(0, 0, m.W, m.H).Add(at).Intersect(clip)
	if area.Empty() {
		return
	}
	home := p.atlas.locate(m)
	b := p.pageBatch(home.page, area)
	src := home.at.Add(area.Min).Sub(at)
	b.add(area, p.place, float32(src.X), float32(src.Y), float32(area.Dx()), float32(area.Dy()), c)
}

// nine draws the corners 1:1 and the rest from a single row and column, read
// at its middle so that no filter can reach beyond it.
func (p *painter) nine(m *scene.Mask, dst, clip image.Rectangle, c color.RGBA, number int) {
	whole := dst.Intersect(clip)
	if whole.Empty() || m.W <= 0 || m.H <= 0 {
		return
	}
	home := p.atlas.locate(m)
	inset := ninePatchInset(m)
	middle, upright, lying := solidParts(m, inset)
	xs := spans(dst.Min.X, dst.Max.X, m.W, inset)
	ys := spans(dst.Min.Y, dst.Max.Y, m.H, inset)
	for _, y := range ys {
		for _, x := range xs {
			area := image.Rect(x.from, y.from, x.to, y.to).Intersect(clip)
			if x.from >= x.to || y.from >= y.to || area.Empty() {
				continue
			}
			solid := c.A == 255 && (x.stretch && y.stretch && middle || x.stretch && upright || y.stretch && lying)
			for _, r := range p.visible(area, number) {
				if solid && size(r) >= solidArea {
					p.replace(r, c)
					continue
				}
				sx, sw := x.source(r.Min.X, r.Max.X)
				sy, sh := y.source(r.Min.Y, r.Max.Y)
				p.pageBatch(home.page, r).add(r, p.place, float32(home.at.X)+sx, float32(home.at.Y)+sy, sw, sh, c)
			}
		}
	}
}

// span is one third of a nine-patch along one axis.
type span struct {
	from, to int // in the frame
	src      int // first column or row of the mask
	stretch  bool
}

// spans cuts from..to into a fixed start, a stretched middle and a fixed end.
// Where it is too short for both ends they meet in the middle.
func spans(from, to, size, inset int) [3]span {
	head := min(inset, (to-from+1)/2)
	tail := min(inset, to-from-head)
	return [3]span{
		{from: from, to: from + head},
		{from: from + head, to: to - tail, src: inset, stretch: true},
		{from: to - tail, to: to, src: size - tail},
	}
}

// source returns where in the mask the part lo..hi of the span is read, and how much.
func (s span) source(lo, hi int) (at, length float32) {
	if s.stretch {
		return float32(s.src) + 0.5, 0
	}
	return float32(s.src + lo - s.from), float32(hi - lo)
}

func (p *painter) image(m *scene.Bitmap, at image.Point, clip image.Rectangle) {
	whole := image.Rect(0, 0, m.W, m.H).Add(at).Intersect(clip)
	if whole.Empty() {
		return
	}
	for _, t := range p.pictures.locate(m).tiles {
		area := t.area.Add(at).Intersect(clip)
		if area.Empty() {
			continue
		}
		b := p.batchFor(area, func(b *batch) bool { return b.tex == t.tex })
		if b == nil {
			b = p.newBatch()
			b.tex = t.tex
		}
		src := area.Min.Sub(at).Sub(t.area.Min)
		b.add(area, p.place, float32(src.X), float32(src.Y), float32(area.Dx()), float32(area.Dy()),
			color.RGBA{R: 255, G: 255, B: 255, A: 255})
	}
}

func (p *painter) pageBatch(pg *page, area image.Rectangle) *batch {
	b := p.batchFor(area, func(b *batch) bool { return b.page == pg })
	if b == nil {
		b = p.newBatch()
		b.page, b.tex = pg, pg.tex
	}
	return b
}

// batchFor finds the latest batch that fits and that area can join without
// going under something drawn after that batch. Text that needs two pages thus
// takes two calls, not one for every change of page.
func (p *painter) batchFor(area image.Rectangle, fits func(*batch) bool) *batch {
	budget := maxRects
	for i := len(p.batches) - 1; i >= 0 && i >= len(p.batches)-maxReach; i-- {
		b := p.batches[i]
		if fits(b) {
			return b
		}
		if !b.hull.Overlaps(area) {
			continue
		}
		if budget -= len(b.rects); budget < 0 {
			return nil
		}
		for _, r := range b.rects {
			if r.Overlaps(area) {
				return nil
			}
		}
	}
	return nil
}

func (p *painter) newBatch() *batch {
	var b *batch
	if n := len(p.spare); n > 0 {
		b = p.spare[n-1]
		p.spare = p.spare[:n-1]
	} else {
		b = &batch{}
	}
	p.batches = append(p.batches, b)
	return b
}

// place is where a frame lies on what it is drawn on: turned clockwise by
// quarters, then moved. The zero place is upright at the upper left corner.
type place struct {
	turn   mount.Turn
	dx, dy float32 // where the frame's upper left pixel corner comes to lie
}

// placing returns the place of a frame of the given size whose turned upper
// left corner is at.
func placing(t mount.Turn, size, at image.Point) place {
	area := t.Rect(image.Rectangle{}, size).Min.Add(at)
	return place{turn: t, dx: float32(area.X), dy: float32(area.Y)}
}

// at returns where a corner of the frame's pixels comes to lie.
func (p place) at(x, y float32) (float32, float32) {
	switch p.turn {
	case 90:
		x, y = -y, x
	case 180:
		x, y = -x, -y
	case 270:
		x, y = y, -x
	}
	return p.dx + x, p.dy + y
}

// add appends one quad: area of the frame, read from sw×sh texels at sx, sy.
func (b *batch) add(area image.Rectangle, to place, sx, sy, sw, sh float32, c color.RGBA) {
	b.rects = append(b.rects, area)
	b.hull = b.hull.Union(area)
	x0, y0, x1, y1 := float32(area.Min.X), float32(area.Min.Y), float32(area.Max.X), float32(area.Max.Y)
	v := ebiten.Vertex{
		// A channel above its alpha is not a premultiplied colour; scene.Paint cuts it too.
		ColorR: float32(min(c.R, c.A)) / 255, ColorG: float32(min(c.G, c.A)) / 255,
		ColorB: float32(min(c.B, c.A)) / 255, ColorA: float32(c.A) / 255,
	}
	for _, k := range [4]struct{ x, y, sx, sy float32 }{
		{x0, y0, sx, sy}, {x1, y0, sx + sw, sy}, {x0, y1, sx, sy + sh}, {x1, y1, sx + sw, sy + sh},
	} {
		v.DstX, v.DstY = to.at(k.x, k.y)
		v.SrcX, v.SrcY = k.sx, k.sy
		b.quads = append(b.quads, v)
	}
}
