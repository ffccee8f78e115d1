// Package hint draws outlines in dots as if somebody had set the dots by hand:
// every horizontal and vertical stroke is a whole number of dots thick and
// stands on whole dots, the strokes of one character are equally thick, and what
// is white between them stays white.
//
// It promises that the same outline at the same size gives the same dots, each
// on or off. It leaves to others which outline to draw and where the dots go.
package hint

import (
	"image"
	"math"
	"slices"

	ot "github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// Spec says how a glyph is to be drawn. All but Scale are in dots.
type Spec struct {
	Scale    float64 // dots for a unit of the outline
	Stem     int     // thickness of a stroke where there is room
	Width    int     // of the cell
	Height   int     // of the cell
	Baseline int     // rows from the top of the cell to the baseline
	Below    float64 // what is below the baseline is flattened to this part; 0 is 1
	Left     int     // columns that stay dark at the left
	Right    int     // and at the right
	Zones    []Zone  // heights at which the tops and feet of letters stand
}

// Zone is a height over the baseline, in units of the outline, at which many
// letters end. What ends within Slack of it ends in the same row.
type Zone struct {
	At, Slack float64
}

// Drawer draws glyphs. It serves one goroutine.
type Drawer struct {
	ras vector.Rasterizer
	pix image.Alpha
}

// point is a point of the control polygon, in dots, y upwards from the lower
// edge of the cell.
type point [2]float64

// shape is an outline as points, with the operations that connect them.
type shape struct {
	points []point
	ops    []ot.SegmentOp
	ends   []int // of the contours in points
}

// Draw draws an outline. The result has Width×Height bytes, each 0 or 255; it is
// nil for an outline without dots.
//
// Where strokes of the thickness asked for would run together, those alone become
// a dot thinner that stand too close; where that is not enough all do, level ones
// first, and so on. Then single dots are changed that close a space or join two
// parts. The first drawing with white between its strokes and with as many parts
// and enclosed spaces as the outline wins; without one it is that which resembles
// the outline most for the strokes it lost: a character whose strokes are half as
// thick as those beside it is seen as a hole in the line from afar.
func (d *Drawer) Draw(segments []ot.Segment, s Spec) []uint8 {
	sh := load(segments, s)
	if len(sh.points) == 0 {
		return nil
	}
	foot := float64(s.Height - s.Baseline)
	rows := axis{across: 1, limit: [2]float64{0, float64(s.Height)}, thick: s.Stem}
	for _, z := range s.Zones {
		rows.zones = append(rows.zones, zone{foot + z.At*s.Scale, z.Slack * s.Scale})
	}
	columns := axis{across: 0, limit: [2]float64{float64(s.Left), float64(s.Width - s.Right)}, thick: s.Stem}
	cw := sh.clockwise()
	for _, a := range []*axis{&rows, &columns} {
		a.find(sh, cw)
		a.pair()
	}
	want := d.model(sh, s)
	// The outline as it is, for what has no strokes along the axes, such as a
	// comma.
	best := d.paint(sh, s)
	least := want.unlike(best, s) + 5
	draw := func(airy bool, slim float64) (done bool) {
		try := &shape{points: slices.Clone(sh.points), ops: sh.ops, ends: sh.ends}
		try.fit(&rows, &columns, cw, slim)
		pix := d.paint(try, s)
		if pix != nil {
			want.mend(pix, d.pix.Pix, s.Width, s.Height)
		}
		off := want.unlike(pix, s) + rows.loss(s.Stem) + columns.loss(s.Stem)
		if !airy {
			off += 3
		}
		if off < least {
			best, least = pix, off
		}
		return airy && want.sameParts
	}
	for level, upright := max(s.Stem, 1), max(s.Stem, 1); level >= 1 && upright >= 1; {
		airy := rows.solve(level, max(level-1, 1))
		airy = columns.solve(upright, max(upright-1, 1)) && airy
		if draw(airy, 1) {
			break
		}
		// Slanting strokes as thin as they are, where that is what joins parts.
		if (rows.gain() > 0 || columns.gain() > 0) && draw(airy, 0) {
			break
		}
		if level == upright {
			level--
		} else {
			upright--
		}
	}
	return best
}

// load scales an outline into the cell.
func load(segments []ot.Segment, s Spec) *shape {
	sh := &shape{}
	foot := float64(s.Height - s.Baseline)
	below := s.Below
	if below == 0 {
		below = 1
	}
	end := func() {
		if n := len(sh.points); n > 0 && (len(sh.ends) == 0 || sh.ends[len(sh.ends)-1] < n) {
			sh.ends = append(sh.ends, n)
		}
	}
	for i := range segments {
		seg := &segments[i]
		if seg.Op == ot.SegmentOpMoveTo {
			end()
		}
		sh.ops = append(sh.ops, seg.Op)
		for _, p := range seg.ArgsSlice() {
			x, y := float64(p.X)*s.Scale, float64(p.Y)*s.Scale
			if y < 0 {
				y *= below
			}
			sh.points = append(sh.points, point{x, y + foot})
		}
	}
	end()
	return sh
}

// lit is how much of a dot must be covered for it to be on, of 255. A little
// below one half, because a slanting stroke between two rows would break.
const lit = 120

// paint fills the shape with dots that are on or off; nil without any.
func (d *Drawer) paint(sh *shape, s Spec) []uint8 {
	out, inked := slices.Clone(d.cover(sh, s, 1)), false
	for i, v := range out {
		out[i] = 0
		if v >= lit {
			out[i], inked = 255, true
		}
	}
	if !inked {
		return nil
	}
	return out
}

// cover returns how much of each dot the shape covers, of 255, each dot divided
// into fine×fine parts. The bytes hold until the next call.
func (d *Drawer) cover(sh *shape, s Spec, fine int) []uint8 {
	w, h := s.Width*fine, s.Height*fine
	d.ras.Reset(w, h)
	at := func(i int) (float32, float32) {
		return float32(sh.points[i][0] * float64(fine)), float32((float64(s.Height) - sh.points[i][1]) * float64(fine))
	}
	n := 0
	for i, op := range sh.ops {
		ax, ay := at(n)
		switch op {
		case ot.SegmentOpMoveTo:
			if i > 0 {
				d.ras.ClosePath()
			}
			d.ras.MoveTo(ax, ay)
			n++
		case ot.SegmentOpLineTo:
			d.ras.LineTo(ax, ay)
			n++
		case ot.SegmentOpQuadTo:
			bx, by := at(n + 1)
			d.ras.QuadTo(ax, ay, bx, by)
			n += 2
		case ot.SegmentOpCubeTo:
			bx, by := at(n + 1)
			cx, cy := at(n + 2)
			d.ras.CubeTo(ax, ay, bx, by, cx, cy)
			n += 3
		}
	}
	d.ras.ClosePath()
	d.pix = image.Alpha{Pix: slices.Grow(d.pix.Pix[:0], w*h)[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	clear(d.pix.Pix)
	d.ras.Draw(&d.pix, d.pix.Rect, image.Opaque, image.Point{})
	return d.pix.Pix
}

// clockwise tells on which side of its way the ink lies: the area of the whole
// outline is negative where the outer contours run clockwise, as in TrueType.
func (sh *shape) clockwise() bool {
	sum, start := 0.0, 0
	for _, end := range sh.ends {
		for i := start; i < end; i++ {
			a, b := sh.points[i], sh.points[next(i, start, end)]
			sum += a[0]*b[1] - b[0]*a[1]
		}
		start = end
	}
	return sum < 0
}

func next(i, start, end int) int {
	if i+1 == end {
		return start
	}
	return i + 1
}

// fit moves the points so that the strokes along both axes stand on whole dots.
// The slanting and curved strokes, which have no edges along an axis, become as
// thick as the others for slim 1, and no thicker than they are for 0.
func (sh *shape) fit(rows, columns *axis, cw bool, slim float64) {
	x, y := columns.gain(), rows.gain()
	sh.embolden(min(x, x*slim), min(y, y*slim), cw)
	for _, a := range []*axis{rows, columns} {
		a.measure(sh)
		a.move(sh)
	}
}

// embolden moves the outline outwards, so that upright strokes become wider by x
// and level ones by y.
func (sh *shape) embolden(x, y float64, cw bool) {
	if x == 0 && y == 0 {
		return
	}
	side := 1.0
	if cw {
		side = -1
	}
	out := make([]point, len(sh.points))
	start := 0
	for _, end := range sh.ends {
		for i := start; i < end; i++ {
			in, ok1 := sh.way(i, -1, start, end)
			on, ok2 := sh.way(i, 1, start, end)
			out[i] = sh.points[i]
			if !ok1 || !ok2 {
				continue
			}
			in[0], in[1] = -in[0], -in[1]
			// Sum of the two outward normals; longer at a corner.
			nx, ny := side*(in[1]+on[1]), -side*(in[0]+on[0])
			l := 1 + in[0]*on[0] + in[1]*on[1]
			l = max(l, 0.4)
			out[i][0] += nx / l * x / 2
			out[i][1] += ny / l * y / 2
		}
		start = end
	}
	sh.points = out
}

// way is the direction from point i to the next one of its contour, or with step
// -1 to the one before, that stands elsewhere.
func (sh *shape) way(i, step, start, end int) (point, bool) {
	n := end - start
	for k := 1; k < n; k++ {
		j := start + ((i-start+step*k)%n+n)%n
		dx, dy := sh.points[j][0]-sh.points[i][0], sh.points[j][1]-sh.points[i][1]
		if l := math.Hypot(dx, dy); l > 1e-6 {
			return point{dx / l, dy / l}, true
		}
	}
	return point{}, false
}
