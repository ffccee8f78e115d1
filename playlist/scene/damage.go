package scene

import "image"

// maxDamage bounds how many rectangles Damage returns; beyond it they are
// joined, because every rectangle walks the list of operations once.
const maxDamage = 6

// Damage returns the rectangles, in frame pixels, outside of which painting
// old and new gives the same pixels. It is empty when nothing differs and the
// whole frame when there is no frame to compare with.
func Damage(old, new *Frame) []image.Rectangle {
	whole := image.Rectangle{Max: new.Size}
	if old == nil || old.Size != new.Size || old.Ground != new.Ground {
		return []image.Rectangle{whole}
	}
	var d damage
	gone, come := unpaired(old.Ops, new.Ops)
	for _, ops := range [][]Op{gone, come} {
		for i := range ops {
			d.add(ops[i].bounds().Intersect(whole))
		}
	}
	return d.rects
}

// PaintDamage brings dst from old to new by copying what moved and painting
// only what differs. dst must hold exactly what Paint made of old.
func PaintDamage(dst *image.RGBA, old, new *Frame) {
	On(dst).Apply(Diff(old, new), new)
}

// damage gathers rectangles, joined where they overlap.
type damage struct {
	rects  []image.Rectangle
	except image.Rectangle // of no interest
}

func (d *damage) add(r image.Rectangle) {
	if r.Empty() {
		return
	}
	if hole := r.Intersect(d.except); !hole.Empty() {
		except := d.except
		d.except = image.Rectangle{}
		for _, rest := range [4]image.Rectangle{
			{r.Min, image.Pt(r.Max.X, hole.Min.Y)},
			{image.Pt(r.Min.X, hole.Max.Y), r.Max},
			{image.Pt(r.Min.X, hole.Min.Y), image.Pt(hole.Min.X, hole.Max.Y)},
			{image.Pt(hole.Max.X, hole.Min.Y), image.Pt(r.Max.X, hole.Max.Y)},
		} {
			d.add(rest)
		}
		d.except = except
		return
	}
	for i := 0; i < len(d.rects); {
		if have := d.rects[i]; r.In(have) {
			return
		} else if near := have.Inset(-8); near.Overlaps(r) {
			r = r.Union(have)
			d.rects[i] = d.rects[len(d.rects)-1]
			d.rects = d.rects[:len(d.rects)-1]
			i = 0
			continue
		}
		i++
	}
	d.rects = append(d.rects, r)
	for len(d.rects) > maxDamage {
		d.joinCheapest()
	}
}

// joinCheapest joins the two rectangles whose union adds the fewest pixels.
func (d *damage) joinCheapest() {
	area := func(r image.Rectangle) int { return r.Dx() * r.Dy() }
	bi, bj, best := 0, 1, int(^uint(0)>>1)
	for i, a := range d.rects {
		for j := i + 1; j < len(d.rects); j++ {
			if cost := area(a.Union(d.rects[j])) - area(a) - area(d.rects[j]); cost < best {
				bi, bj, best = i, j, cost
			}
		}
	}
	joined := d.rects[bi].Union(d.rects[bj])
	d.rects[bj] = d.rects[len(d.rects)-1]
	d.rects = d.rects[:len(d.rects)-1]
	d.rects[bi] = joined
}
