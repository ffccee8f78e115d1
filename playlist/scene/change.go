package scene

import (
	"image"
	"slices"
)

// Change says how to bring painted pixels from one frame to the next: first
// copy what has only moved, then paint what is left.
type Change struct {
	// Moved is where the pixels of Moved minus By belong now. It is empty when
	// nothing has moved as a whole.
	Moved image.Rectangle
	By    image.Point
	// Damage is what must be painted anew, in frame pixels.
	Damage []image.Rectangle
}

// Empty reports whether the two frames give the same pixels.
func (c Change) Empty() bool { return c.Moved.Empty() && len(c.Damage) == 0 }

// Areas returns all rectangles in which pixels may differ.
func (c Change) Areas() []image.Rectangle {
	if c.Moved.Empty() {
		return c.Damage
	}
	return append(slices.Clone(c.Damage), c.Moved)
}

// What it takes to be worth looking for movement: as many operations, and as
// many pixels.
const (
	leastMovers = 6
	leastMoved  = 64 * 64
)

// Diff compares two frames. A page that scrolls or slides is a rectangle in
// which every operation has moved by one vector; Diff finds it from the
// operations alone, so nobody has to say what scrolls. old may be nil.
//
// It is exact: whatever it finds, copying and painting give the same pixels as
// painting new from scratch. Only how much is left to paint depends on luck.
func Diff(old, new *Frame) Change {
	whole := image.Rectangle{Max: new.Size}
	if old == nil || old.Size != new.Size || old.Ground != new.Ground {
		return Change{Damage: []image.Rectangle{whole}}
	}
	gone, come := unpaired(old.Ops, new.Ops)
	c := Change{}
	if by, ok := movement(gone, come); ok {
		c.Moved, c.By = movedArea(gone, come, by, whole), by
	}
	if c.Moved.Dx()*c.Moved.Dy() < leastMoved {
		c.Moved, c.By = image.Rectangle{}, image.Point{}
	}
	d := damage{except: c.Moved}
	for _, ops := range [][]Op{gone, come} {
		for i := range ops {
			d.add(ops[i].bounds().Intersect(whole))
		}
	}
	if !c.Moved.Empty() {
		// Within the moved area, compare what was there with what is there now,
		// both as they lie now.
		inside := damage{}
		gone, come := unpaired(
			shown(nil, old.Ops, c.Moved, c.By),
			shown(nil, new.Ops, c.Moved, image.Point{}))
		for _, ops := range [][]Op{gone, come} {
			for i := range ops {
				inside.add(ops[i].bounds())
			}
		}
		if area(inside.rects)*4 > c.Moved.Dx()*c.Moved.Dy()*3 {
			return Change{Damage: Damage(old, new)}
		}
		d.rects = append(d.rects, inside.rects...)
	}
	c.Damage = d.rects
	return c
}

func area(rects []image.Rectangle) (n int) {
	for _, r := range rects {
		n += r.Dx() * r.Dy()
	}
	return n
}

// unpaired returns the operations of a and of b that have no equal partner in
// the other list in the same order. What paired operations paint is the same
// wherever none of the returned ones is. The pairing is greedy: it may miss
// pairs, which costs pixels but never exactness.
func unpaired(a, b []Op) (gone, come []Op) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 {
		return a, b
	}
	where := make(map[Op][]int32, len(a))
	for i := range a {
		where[a[i]] = append(where[a[i]], int32(i))
	}
	next := int32(0)
	for i := range b {
		at, known := where[b[i]]
		for len(at) > 0 && at[0] < next {
			at = at[1:]
		}
		if len(at) == 0 {
			if known {
				where[b[i]] = at
			}
			come = append(come, b[i])
			continue
		}
		gone = append(gone, a[next:at[0]]...)
		next, where[b[i]] = at[0]+1, at[1:]
	}
	return append(gone, a[next:]...), come
}

// mover is what stays the same of an operation while it moves.
type mover struct {
	kind  OpKind
	mask  *Mask
	image *Bitmap
	color [4]uint8
}

func (op *Op) mover() mover {
	return mover{op.Kind, op.Mask, op.Image, [4]uint8{op.Color.R, op.Color.G, op.Color.B, op.Color.A}}
}

// movement returns the vector, straight up, down, left or right, by which most
// of the operations that are gone came back.
func movement(gone, come []Op) (by image.Point, ok bool) {
	if len(gone) < leastMovers || len(come) < leastMovers {
		return by, false
	}
	// The k-th glyph of a kind was most likely the k-th, or one of its
	// neighbours when a line came or went at the edge.
	const around = 3
	was := make(map[mover][]image.Point, len(gone))
	for i := range gone {
		if o := &gone[i]; o.Kind == OpMask || o.Kind == OpNine || o.Kind == OpImage {
			was[o.mover()] = append(was[o.mover()], o.Dst.Min)
		}
	}
	seen := make(map[mover]int, len(was))
	votes := make(map[image.Point]int)
	best, asked := 0, 0
	for i := range come {
		o := &come[i]
		m := o.mover()
		places := was[m]
		if len(places) == 0 {
			continue
		}
		k := seen[m]
		seen[m]++
		asked++
		for j := max(0, k-around); j <= k+around && j < len(places); j++ {
			v := o.Dst.Min.Sub(places[j])
			if v == (image.Point{}) || v.X != 0 && v.Y != 0 {
				continue
			}
			votes[v]++
			if n := votes[v]; n > best || n == best && less(v, by) {
				best, by = n, v
			}
		}
	}
	return by, best >= leastMovers && best*3 >= asked
}

// less orders vectors, so that equal votes decide alike every time.
func less(a, b image.Point) bool {
	la, lb := a.X*a.X+a.Y*a.Y, b.X*b.X+b.Y*b.Y
	return la < lb || la == lb && (a.Y < b.Y || a.Y == b.Y && a.X < b.X)
}

// movedArea returns where pixels that were inside the moving rectangle are
// inside it still. The rectangle itself is what the moving operations cover.
func movedArea(gone, come []Op, by image.Point, whole image.Rectangle) image.Rectangle {
	type placed struct {
		mover
		at image.Point
	}
	was := make(map[placed]image.Rectangle, len(gone))
	for i := range gone {
		o := &gone[i]
		was[placed{o.mover(), o.Dst.Min.Add(by)}] = o.bounds()
	}
	var port image.Rectangle
	for i := range come {
		o := &come[i]
		if from, ok := was[placed{o.mover(), o.Dst.Min}]; ok {
			port = port.Union(from).Union(o.bounds())
		}
	}
	port = port.Intersect(whole)
	return port.Intersect(port.Add(by))
}

// shown appends to dst what ops, moved by by, paint inside r, each written in
// one way only: two that paint the same there are equal.
func shown(dst, ops []Op, r image.Rectangle, by image.Point) []Op {
	back := r.Sub(by)
	for i := range ops {
		seen := ops[i].bounds().Intersect(back)
		if seen.Empty() {
			continue
		}
		o := ops[i]
		o.Dst = o.Dst.Add(by)
		o.Clip = seen.Add(by)
		switch o.Kind {
		case OpFill:
			o.Dst, o.Clip = o.Clip, image.Rectangle{}
		case OpMask:
			o.Dst.Max = o.Dst.Min.Add(image.Pt(o.Mask.W, o.Mask.H))
		case OpImage:
			o.Dst.Max, o.Color = o.Dst.Min.Add(image.Pt(o.Image.W, o.Image.H)), White
		case OpNine:
			o.centre()
		}
		dst = append(dst, o)
	}
	return dst
}

// centre lets go of the ends of a nine-patch that cannot be seen: where only
// its stretched middle shows, it does not matter where it begins and ends.
func (op *Op) centre() {
	m := op.Mask
	inset := m.inset()
	if op.Dst.Min.X+inset <= op.Clip.Min.X && op.Clip.Max.X <= op.Dst.Max.X-inset {
		op.Dst.Min.X, op.Dst.Max.X = op.Clip.Min.X-inset, op.Clip.Max.X+inset
	}
	if op.Dst.Min.Y+inset <= op.Clip.Min.Y && op.Clip.Max.Y <= op.Dst.Max.Y-inset {
		op.Dst.Min.Y, op.Dst.Max.Y = op.Clip.Min.Y-inset, op.Clip.Max.Y+inset
	}
}

// inset is the corner size that painters use.
func (m *Mask) inset() int { return max(0, min(m.Inset, (m.W-1)/2, (m.H-1)/2)) }
