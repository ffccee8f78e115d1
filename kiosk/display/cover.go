package display

import (
	"image"

	"mingbai/playlist/scene"
)

// Software rendering spends nearly all its time on pixels. What a later opaque
// area hides is therefore not painted at all: the ground under cards, the
// middle of the shadow under a card. On a graphics card this costs nothing.
const (
	coverArea = 96 * 48 // pixels; smaller areas hide too little to be worth asking
	solidArea = 1024    // pixels; smaller ones are not worth leaving a batch for
	maxCovers = 32
	maxPieces = 48
)

// cover is an area that operation number after paints over completely.
type cover struct {
	area  image.Rectangle
	after int
}

// covers gathers the largest opaque areas of f into buf.
func covers(buf []cover, f *scene.Frame, bounds image.Rectangle) []cover {
	buf = buf[:0]
	for i := range f.Ops {
		for _, area := range opaqueAreas(&f.Ops[i]) {
			area = area.Intersect(bounds)
			if size(area) < coverArea {
				continue
			}
			if len(buf) < maxCovers {
				buf = append(buf, cover{area: area, after: i})
				continue
			}
			least := 0
			for k := range buf {
				if size(buf[k].area) < size(buf[least].area) {
					least = k
				}
			}
			if size(buf[least].area) < size(area) {
				buf[least] = cover{area: area, after: i}
			}
		}
	}
	return buf
}

func size(r image.Rectangle) int { return r.Dx() * r.Dy() }

// opaqueAreas returns pixels that o certainly replaces: for a card with rounded
// corners the upright and the lying bar of a cross.
func opaqueAreas(o *scene.Op) (areas [2]image.Rectangle) {
	if o.Color.A != 255 {
		return areas
	}
	r := o.Dst
	switch o.Kind {
	case scene.OpFill:
		areas[0] = r
	case scene.OpNine:
		if o.Mask == nil || o.Mask.W <= 0 || o.Mask.H <= 0 {
			return areas
		}
		in := ninePatchInset(o.Mask)
		if r.Dx() <= 2*in || r.Dy() <= 2*in {
			return areas
		}
		middle, upright, lying := solidParts(o.Mask, in)
		if middle {
			areas[0] = r.Inset(in)
		}
		if upright {
			areas[0] = image.Rect(r.Min.X+in, r.Min.Y, r.Max.X-in, r.Max.Y)
		}
		if lying {
			areas[1] = image.Rect(r.Min.X, r.Min.Y+in, r.Max.X, r.Max.Y-in)
		}
	}
	if o.Clip != (image.Rectangle{}) {
		areas[0], areas[1] = areas[0].Intersect(o.Clip), areas[1].Intersect(o.Clip)
	}
	return areas
}

// solidParts reports which stretched parts of a nine-patch cover fully: its
// middle, its middle with the edges above and below, its middle with the edges
// left and right.
func solidParts(m *scene.Mask, in int) (middle, upright, lying bool) {
	middle = m.Pix[in*m.W+in] == 255
	upright, lying = middle, middle
	for y := 0; upright && y < m.H; y++ {
		upright = m.Pix[y*m.W+in] == 255
	}
	for x := 0; lying && x < m.W; x++ {
		lying = m.Pix[in*m.W+x] == 255
	}
	return middle, upright, lying
}

// ninePatchInset is the corner size that both painters use.
func ninePatchInset(m *scene.Mask) int {
	return max(0, min(m.Inset, (m.W-1)/2, (m.H-1)/2))
}

// visible returns the parts of area that nothing after operation number op
// covers. The result is valid until the next call.
func (p *painter) visible(area image.Rectangle, op int) []image.Rectangle {
	p.pieces = append(p.pieces[:0], area)
	if size(area) < coverArea {
		return p.pieces
	}
	for _, c := range p.covers {
		if c.after <= op || !c.area.Overlaps(area) {
			continue
		}
		n := len(p.pieces)
		for i := 0; i < n; i++ {
			r := p.pieces[i]
			hole := r.Intersect(c.area)
			if hole.Empty() {
				continue
			}
			if len(p.pieces) > maxPieces {
				break
			}
			p.pieces[i] = image.Rectangle{}
			for _, rest := range [4]image.Rectangle{
				{r.Min, image.Pt(r.Max.X, hole.Min.Y)},
				{image.Pt(r.Min.X, hole.Max.Y), r.Max},
				{image.Pt(r.Min.X, hole.Min.Y), image.Pt(hole.Min.X, hole.Max.Y)},
				{image.Pt(hole.Max.X, hole.Min.Y), image.Pt(r.Max.X, hole.Max.Y)},
			} {
				if !rest.Empty() {
					p.pieces = append(p.pieces, rest)
				}
			}
		}
	}
	kept := p.pieces[:0]
	for _, r := range p.pieces {
		if !r.Empty() {
			kept = append(kept, r)
		}
	}
	p.pieces = kept
	return kept
}
