package scene

import (
	"image"
	"image/color"
)

// Canvas collects the operations of one frame. Positions are in pixels of the
// current offset; everything is cut to the current clip, and what lies wholly
// outside it is not recorded. A Canvas serves one goroutine and one frame.
type Canvas struct {
	frame  *Frame
	origin image.Point
	clip   image.Rectangle // in frame pixels, never larger than the frame
}

// NewCanvas starts a frame of w×h pixels on an opaque ground.
func NewCanvas(w, h int, ground color.RGBA) *Canvas {
	ground.A = 255
	size := image.Pt(max(w, 0), max(h, 0))
	return &Canvas{
		frame: &Frame{Size: size, Ground: ground},
		clip:  image.Rectangle{Max: size},
	}
}

// Frame returns what has been drawn. The canvas must not be used afterwards.
func (c *Canvas) Frame() *Frame { return c.frame }

// Bounds returns the part of the frame that can still be painted, in pixels of
// the current offset.
func (c *Canvas) Bounds() image.Rectangle { return c.clip.Sub(c.origin) }

// Visible reports whether any pixel of r would be painted.
func (c *Canvas) Visible(r image.Rectangle) bool {
	return r.Add(c.origin).Overlaps(c.clip)
}

// Fill blends col over r.
func (c *Canvas) Fill(r image.Rectangle, col color.RGBA) {
	// A fill has no shape that a cut could spoil, so it is cut here and
	// carries no clip: painters batch it better.
	r = r.Canon().Add(c.origin).Intersect(c.clip)
	if r.Empty() || col.A == 0 {
		return
	}
	c.frame.Ops = append(c.frame.Ops, Op{Kind: OpFill, Dst: r, Color: col})
}

// HLine fills a horizontal line from x0 to x1 whose upper edge is y.
func (c *Canvas) HLine(x0, x1, y, thick int, col color.RGBA) {
	c.Fill(image.Rect(x0, y, x1, y+thick), col)
}

// VLine fills a vertical line from y0 to y1 whose left edge is x.
func (c *Canvas) VLine(x, y0, y1, thick int, col color.RGBA) {
	c.Fill(image.Rect(x, y0, x+thick, y1), col)
}

// Mask blends col through m with its upper left pixel at at.
func (c *Canvas) Mask(m *Mask, at image.Point, col color.RGBA) {
	if m == nil {
		return
	}
	c.put(Op{Kind: OpMask, Dst: image.Rectangle{at, at.Add(image.Pt(m.W, m.H))}, Color: col, Mask: m})
}

// Nine blends col through m stretched as a nine-patch over r.
func (c *Canvas) Nine(m *Mask, r image.Rectangle, col color.RGBA) {
	if m == nil {
		return
	}
	c.put(Op{Kind: OpNine, Dst: r.Canon(), Color: col, Mask: m})
}

// Round fills r with rounded corners. The radius shrinks to what r can hold.
func (c *Canvas) Round(r image.Rectangle, radius int, col color.RGBA) {
	r = r.Canon()
	if radius = min(radius, r.Dx()/2, r.Dy()/2); radius <= 0 {
		c.Fill(r, col)
		return
	}
	c.Nine(Rounded(radius, 0), r, col)
}

// Outline draws the inner edge of r, stroke pixels thick, with rounded corners.
func (c *Canvas) Outline(r image.Rectangle, radius, stroke int, col color.RGBA) {
	r = r.Canon()
	if stroke <= 0 {
		return
	}
	fits := min(r.Dx()/2, r.Dy()/2)
	if stroke > fits {
		c.Round(r, radius, col)
		return
	}
	c.Nine(Rounded(min(radius, fits), stroke), r, col)
}

// Disc fills a circle of diameter d in the square whose upper left is at.
func (c *Canvas) Disc(at image.Point, d int, col color.RGBA) {
	c.Mask(Circle(d, 0), at, col)
}

// Icon draws a named icon of size×size pixels at at.
func (c *Canvas) Icon(name IconName, at image.Point, size int, col color.RGBA) {
	c.Mask(Icon(name, size), at, col)
}

// Image draws b 1:1 with its upper left pixel at at.
func (c *Canvas) Image(b *Bitmap, at image.Point) {
	if b == nil {
		return
	}
	c.put(Op{Kind: OpImage, Dst: image.Rectangle{at, at.Add(image.Pt(b.W, b.H))}, Color: White, Image: b})
}

// Add records operations made elsewhere, such as a set paragraph's, moved by
// the current offset and cut to the current clip.
func (c *Canvas) Add(ops ...Op) {
	for _, op := range ops {
		c.put(op)
	}
}

// Clip runs draw with painting cut to r.
func (c *Canvas) Clip(r image.Rectangle, draw func()) {
	was := c.clip
	c.clip = r.Canon().Add(c.origin).Intersect(was)
	draw()
	c.clip = was
}

// Offset runs draw with the origin moved by dx, dy.
func (c *Canvas) Offset(dx, dy int, draw func()) {
	was := c.origin
	c.origin = was.Add(image.Pt(dx, dy))
	draw()
	c.origin = was
}

// Region makes the visible part of r answer touches with action. The label is
// what the place says.
func (c *Canvas) Region(r image.Rectangle, action, label string) {
	r = r.Canon().Add(c.origin).Intersect(c.clip)
	if r.Empty() {
		return
	}
	c.frame.Regions = append(c.frame.Regions, Region{Area: r, Action: action, Label: label})
}

// put moves op by the offset and cuts it to the clip. An operation that the
// clip does not touch keeps the zero clip, so that scrolling a page by whole
// pixels changes as few fields as possible.
func (c *Canvas) put(op Op) {
	if op.Kind != OpImage && op.Color.A == 0 {
		return
	}
	op.Dst = op.Dst.Add(c.origin)
	clip := c.clip
	if op.Clip != (image.Rectangle{}) {
		clip = op.Clip.Add(c.origin).Intersect(clip)
	}
	seen := op.Dst.Intersect(clip)
	if seen.Empty() {
		return
	}
	switch {
	case op.Kind == OpFill:
		op.Dst, op.Clip = seen, image.Rectangle{}
	case seen == op.Dst:
		op.Clip = image.Rectangle{}
	default:
		op.Clip = seen
	}
	c.frame.Ops = append(c.frame.Ops, op)
}
