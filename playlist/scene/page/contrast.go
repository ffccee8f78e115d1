package page

import (
	"image"
	"image/color"
	"math"

	"mingbai/playlist/scene"
)

// The least contrast of text with its ground (DOMAIN U02).
const (
	leastContrast = 4.5
	highContrast  = 7
)

// contrast is the ratio of two colours' luminances as WCAG 2 reckons it, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.RGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// under returns the colour that the first n operations of a frame leave at p.
func under(f *scene.Frame, n int, p image.Point) color.RGBA {
	// From the top down, until nothing lower shows through.
	type layer struct{ c [4]uint32 }
	var seen []layer
	for i := n - 1; i >= 0; i-- {
		op := &f.Ops[i]
		if !p.In(op.Dst) || op.Clip != (image.Rectangle{}) && !p.In(op.Clip) {
			continue
		}
		c := paintOf(op, p)
		if c[3] == 0 {
			continue
		}
		seen = append(seen, layer{c})
		if c[3] == 255 {
			break
		}
	}
	g := f.Ground
	out := [4]uint32{uint32(g.R), uint32(g.G), uint32(g.B), 255}
	for i := len(seen) - 1; i >= 0; i-- {
		for k := range out {
			out[k] = seen[i].c[k] + (out[k]*(255-seen[i].c[3])+127)/255
		}
	}
	return color.RGBA{uint8(min(out[0], 255)), uint8(min(out[1], 255)), uint8(min(out[2], 255)), 255}
}

// paintOf is what one operation lays over p, premultiplied.
func paintOf(op *scene.Op, p image.Point) [4]uint32 {
	cover := uint32(255)
	at := p.Sub(op.Dst.Min)
	switch op.Kind {
	case scene.OpImage:
		i := (at.Y*op.Image.W + at.X) * 4
		q := op.Image.Pix[i : i+4]
		return [4]uint32{uint32(q[0]), uint32(q[1]), uint32(q[2]), uint32(q[3])}
	case scene.OpMask:
		cover = uint32(op.Mask.Pix[at.Y*op.Mask.W+at.X])
	case scene.OpNine:
		m := op.Mask
		fold := func(v, long, size int) int {
			switch {
			case v < m.Inset:
				return v
			case v >= long-m.Inset:
				return size - (long - v)
			}
			return m.Inset
		}
		cover = uint32(m.Pix[fold(at.Y, op.Dst.Dy(), m.H)*m.W+fold(at.X, op.Dst.Dx(), m.W)])
	}
	c := op.Color
	of := func(v uint8) uint32 { return (uint32(v)*cover + 127) / 255 }
	return [4]uint32{of(c.R), of(c.G), of(c.B), of(c.A)}
}

// faint returns the worst contrast of a text with what is painted under it,
// looked at in three places of every line.
func (t Text) faint(f *scene.Frame) float64 {
	worst := 21.0
	for _, l := range t.para.Lines {
		ink := lineInk(l).Add(t.at).Intersect(t.Clip)
		if ink.Empty() {
			continue
		}
		for _, x := range []int{ink.Min.X, (ink.Min.X + ink.Max.X) / 2, ink.Max.X - 1} {
			p := image.Pt(x, (ink.Min.Y+ink.Max.Y)/2)
			worst = min(worst, contrast(t.para.Style.Color, under(f, t.op, p)))
		}
	}
	return worst
}
