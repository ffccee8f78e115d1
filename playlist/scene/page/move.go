package page

import (
	"image"
	"time"

	"mingbai/playlist/scene"
)

// How long the two movements take. Nothing else on a page moves by itself.
const (
	SlideTime = 180 * time.Millisecond
	FadeTime  = 400 * time.Millisecond
)

// Direction is where one goes: deeper in, or back.
type Direction int

// The directions of travel.
const (
	Forward  Direction = 1  // the new page comes from the right
	Backward Direction = -1 // the new page comes from the left
)

// Slide composes the frame at progress 0 to 1 of going from one page to another.
// Only what lies in within, usually Info.Page of the new page, moves; header and bar are the
// new page's at once. It carries no regions: a page answers when it has arrived.
func Slide(from, to *scene.Frame, within image.Rectangle, d Direction, progress float64) *scene.Frame {
	switch {
	case progress >= 1 || from == nil || from.Size != to.Size:
		return to
	case progress <= 0:
		progress = 0
	}
	// Fast away, gently in.
	left := (1 - progress) * (1 - progress) * (1 - progress)
	w := within.Dx()
	come := int(float64(w)*left+0.5) * int(d)
	out := &scene.Frame{Size: to.Size, Ground: to.Ground}
	for _, op := range to.Ops {
		if !seen(op).In(within) {
			out.Ops = append(out.Ops, op)
		}
	}
	out.Ops = moved(out.Ops, from.Ops, within, come-w*int(d))
	out.Ops = moved(out.Ops, to.Ops, within, come)
	return out
}

// seen is where an operation can leave a mark.
func seen(op scene.Op) image.Rectangle {
	if op.Clip != (image.Rectangle{}) {
		return op.Dst.Intersect(op.Clip)
	}
	return op.Dst
}

// moved appends the operations that lie in within, dx to the right and cut to it.
func moved(dst, ops []scene.Op, within image.Rectangle, dx int) []scene.Op {
	by := image.Pt(dx, 0)
	for _, op := range ops {
		mark := seen(op)
		if !mark.In(within) {
			continue
		}
		mark = mark.Add(by)
		cut := mark.Intersect(within)
		if cut.Empty() {
			continue
		}
		op.Dst = op.Dst.Add(by)
		switch {
		case op.Kind == scene.OpFill:
			op.Dst, op.Clip = cut, image.Rectangle{}
		case cut == op.Dst:
			op.Clip = image.Rectangle{}
		default:
			op.Clip = cut
		}
		dst = append(dst, op)
	}
	return dst
}

// fadeDepth is how far a slide fades into the ground before the next comes out of
// it. All the way, the whole screen would be blank for a moment: a flash.
const fadeDepth = 0.88

// Fade composes the frame at progress 0 to 1 of one slide giving way to the next
// through the ground.
func Fade(from, to *scene.Frame, progress float64) *scene.Frame {
	if progress >= 1 || from == nil || from.Size != to.Size {
		return to
	}
	base, veil := from, progress*2
	if progress >= 0.5 {
		base, veil = to, 2-progress*2
	}
	out := &scene.Frame{Size: to.Size, Ground: base.Ground}
	out.Ops = append(out.Ops, base.Ops...)
	out.Ops = append(out.Ops, scene.Op{
		Kind: scene.OpFill, Dst: image.Rectangle{Max: to.Size},
		Color: scene.Alpha(to.Ground, uint8(min(max(veil, 0), 1)*fadeDepth*255+0.5)),
	})
	return out
}
