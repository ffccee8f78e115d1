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
	a, b := old.Ops, new.Ops
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	var d damage
	// Operations that both lists have in the same order paint the same
	// wherever nothing else does, so only the others are damage. The pairing
	// is greedy: it may miss pairs, which costs pixels but never exactness.
	where := make(map[Op][]int, len(a))
	for i, op := range a {
		where[op] = append(where[op], i)
	}
	next := 0
	for _, op := range b {
		at := where[op]
		for len(at) > 0 && at[0] < next {
			at = at[1:]
		}
		if len(at) == 0 {
			where[op] = at
			d.add(op.bounds().Intersect(whole))
			continue
		}
		for _, gone := range a[next:at[0]] {
			d.add(gone.bounds().Intersect(whole))
		}
		next, where[op] = at[0]+1, at[1:]
	}
	for _, gone := range a[next:] {
		d.add(gone.bounds().Intersect(whole))
	}
	return d.rects
}

// PaintDamage brings dst from old to new by painting only what differs. dst
// must hold exactly what Paint made of old.
func PaintDamage(dst *image.RGBA, old, new *Frame) {
	for _, r := range Damage(old, new) {
		paintInside(dst, new, r)
	}
}

// damage gathers rectangles, joined where they overlap.
type damage struct{ rects []image.Rectangle }

func (d *damage) add(r image.Rectangle) {
	if r.Empty() {
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
