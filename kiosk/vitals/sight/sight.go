// Package sight judges the pixels that a device reads back from its own display
// against the frame that should be there, which it paints a second time on the
// processor.
//
// It promises to call nothing black or wrong that a frame wants so, and nothing
// wrong that moved while it was read. Reading the pixels, and saying what to do
// about them, is left to others.
package sight

import (
	"bytes"
	"hash/maphash"
	"image"
	"math"

	"mingbai/playlist/scene"
)

const (
	// Tolerance is by how much a colour may differ: twice what the two painters do.
	Tolerance = 8
	// lit is the least that the brightest colour of a pixel has when people call
	// it lit. The boards of lamps that simulate LEDs glow with 22 when all is off.
	lit = 40
	// band is how many lines of the frame are painted at a time.
	band = 64
	// cell is the side of the squares, in pixels of the frame, whose means are
	// compared where the display shows the frame smoothly enlarged or reduced.
	cell = 16
	// rough is the tolerance of such means.
	rough = 16
)

// Finding is what one look says.
type Finding struct {
	Luma    float64 // mean of the picture, 0 to 255 (ITU-R BT.601)
	Lit     float64 // per cent of pixels that are lit, and
	Meant   float64 // that the frame says should be
	Differs float64 // per cent of pixels that are not what the frame says
	Sum     uint64  // of the pixels: others give another; not comparable between programs
}

// Black reports whether nothing is lit although the frame says that something
// should be.
func (f Finding) Black() bool { return f.Meant > 0 && f.Lit <= f.Meant/50 }

var seed = maphash.MakeSeed()

// Judge compares picture, which shows frame 1:1, enlarged to squares or lamps, or
// fitted, with what frame says.
func Judge(picture *image.RGBA, frame *scene.Frame) Finding {
	g := grid{picture: picture, size: frame.Size}
	g.measure()
	f := Finding{Sum: g.sum()}
	n := frame.Size.X * frame.Size.Y
	if n == 0 || picture.Rect.Empty() {
		return f
	}
	var t tally
	strip := image.NewRGBA(image.Rect(0, 0, frame.Size.X, min(band, frame.Size.Y)))
	seen := make([]byte, 4*frame.Size.X)
	for top := 0; top < frame.Size.Y; top += band {
		high := min(band, frame.Size.Y-top)
		part := shifted(frame, top, high)
		scene.Paint(strip, part)
		for y := range high {
			want := strip.Pix[y*strip.Stride:][:4*frame.Size.X]
			got := g.row(top+y, seen)
			t.add(got, want, g.smooth)
			if g.smooth {
				t.gather(got, want, top+y == frame.Size.Y-1)
			}
		}
	}
	f.Luma = t.luma / float64(n)
	f.Lit, f.Meant = 100*float64(t.lit)/float64(n), 100*float64(t.meant)/float64(n)
	f.Differs = 100 * float64(t.differs) / float64(n)
	return f
}

// shifted returns the frame's lines from top on as a frame of their own.
func shifted(f *scene.Frame, top, high int) *scene.Frame {
	up := image.Pt(0, top)
	area := image.Rect(0, top, f.Size.X, top+high)
	part := &scene.Frame{Size: image.Pt(f.Size.X, high), Ground: f.Ground}
	for _, op := range f.Ops {
		r := op.Dst
		switch { // masks and pictures have their own size
		case op.Kind == scene.OpMask && op.Mask != nil:
			r.Max = r.Min.Add(image.Pt(op.Mask.W, op.Mask.H))
		case op.Kind == scene.OpImage && op.Image != nil:
			r.Max = r.Min.Add(image.Pt(op.Image.W, op.Image.H))
		}
		if op.Clip != (image.Rectangle{}) {
			if r = r.Intersect(op.Clip); r.Empty() {
				continue
			}
			op.Clip = op.Clip.Intersect(area) // never the zero rectangle, which clips nothing
		}
		if !r.Overlaps(area) {
			continue
		}
		if op.Clip != (image.Rectangle{}) {
			op.Clip = op.Clip.Sub(up)
		}
		op.Dst = op.Dst.Sub(up)
		part.Ops = append(part.Ops, op)
	}
	return part
}

// grid finds the pixels of a frame in a picture.
type grid struct {
	picture *image.RGBA
	size    image.Point // of the frame
	scale   int         // pixels of the picture for one of the frame, when that is a whole number
	smooth  bool        // it is not
}

func (g *grid) measure() {
	p := g.picture.Rect.Size()
	if g.size.X <= 0 || g.size.Y <= 0 {
		return
	}
	g.scale = p.X / g.size.X
	g.smooth = g.scale < 1 || p != g.size.Mul(g.scale)
}

// row returns the pixels of a line of the frame, in place or in seen. Of an
// enlarged one it takes the middle, where a lamp is.
func (g *grid) row(y int, seen []byte) []byte {
	m := g.picture
	if g.scale == 1 && !g.smooth {
		return m.Pix[y*m.Stride:][:4*g.size.X]
	}
	p := m.Rect.Size()
	from := m.Pix[(2*y+1)*p.Y/(2*g.size.Y)*m.Stride:]
	for x := range g.size.X {
		copy(seen[4*x:4*x+4], from[4*((2*x+1)*p.X/(2*g.size.X)):])
	}
	return seen
}

// sum hashes the pixels.
func (g *grid) sum() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	m := g.picture
	for y := range m.Rect.Dy() {
		h.Write(m.Pix[y*m.Stride:][:4*m.Rect.Dx()])
	}
	return h.Sum64()
}

// tally counts pixels.
type tally struct {
	luma                float64
	lit, meant, differs int

	// Of a smooth picture: sums of the cells of one row of cells.
	lines int
	sums  [][6]int // red, green, blue of the picture, then of the frame
}

// add counts a line.
func (t *tally) add(got, want []byte, smooth bool) {
	same := bytes.Equal(got, want)
	luma := 0
	for i := 0; i+3 < len(got) && i+3 < len(want); i += 4 {
		r, g, b := int(got[i]), int(got[i+1]), int(got[i+2])
		luma += 299*r + 587*g + 114*b
		on := max(r, g, b) >= lit
		if on {
			t.lit++
		}
		if same {
			if on {
				t.meant++
			}
			continue
		}
		wr, wg, wb := int(want[i]), int(want[i+1]), int(want[i+2])
		if max(wr, wg, wb) >= lit {
			t.meant++
		}
		if !smooth && max(off(r, wr), off(g, wg), off(b, wb)) > Tolerance {
			t.differs++
		}
	}
	t.luma += float64(luma) / 1000
}

// off is by how much a colour differs. The lamps of a simulated board glow a
// little when they are off.
func off(got, want int) int {
	if want < 22 && got <= 22 {
		return 0
	}
	return max(got-want, want-got)
}

// gather adds a line to the cells, and counts those that differ once they are full.
func (t *tally) gather(got, want []byte, last bool) {
	n := len(want) / 4
	if t.sums == nil {
		t.sums = make([][6]int, (n+cell-1)/cell)
	}
	for x := range n {
		s := &t.sums[x/cell]
		for c := range 3 {
			s[c] += int(got[4*x+c])
			s[3+c] += int(want[4*x+c])
		}
	}
	if t.lines++; t.lines < cell && !last {
		return
	}
	for i := range t.sums {
		wide := min(cell, n-i*cell)
		area := wide * t.lines
		for c := range 3 {
			if math.Abs(float64(t.sums[i][c]-t.sums[i][3+c])) > float64(rough*area) {
				t.differs += area
				break
			}
		}
	}
	clear(t.sums)
	t.lines = 0
}
