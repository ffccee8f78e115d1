package pixel

import (
	"image"

	"mingbai/configs"
)

// run is a straight piece of a part's wiring: dots that follow each other at one
// distance in the painted picture.
type run struct {
	from int // byte of the first dot
	step int // bytes from one dot to the next
	dots int
}

// Dot returns which dot of the board is the i-th, from 0, in the wiring of the
// part.
func Dot(p configs.PlacedPart, i int) image.Point {
	length := lineLength(p)
	from, step := line(p, i/length)
	return from.Add(step.Mul(i % length))
}

// lineLength is how many dots one line has.
func lineLength(p configs.PlacedPart) int {
	if p.Run == configs.Columns {
		return p.Area.Dy()
	}
	return p.Area.Dx()
}

// line returns the first dot of the n-th line and the step to the next one.
func line(p configs.PlacedPart, n int) (from, step image.Point) {
	right := p.Start == configs.TopRight || p.Start == configs.BottomRight
	bottom := p.Start == configs.BottomLeft || p.Start == configs.BottomRight
	if n%2 == 1 && p.Wiring == configs.Serpentine {
		if p.Run == configs.Columns {
			bottom = !bottom
		} else {
			right = !right
		}
	}
	// Lines themselves follow each other from the first corner on, whichever end
	// they begin at.
	at := func(k, n int, back bool) (place, step int) {
		if back {
			return n - 1 - k, -1
		}
		return k, 1
	}
	if p.Run == configs.Columns {
		x, _ := at(n, p.Area.Dx(), right)
		y, dy := at(0, p.Area.Dy(), bottom)
		return p.Area.Min.Add(image.Pt(x, y)), image.Pt(0, dy)
	}
	x, dx := at(0, p.Area.Dx(), right)
	y, _ := at(n, p.Area.Dy(), bottom)
	return p.Area.Min.Add(image.Pt(x, y)), image.Pt(dx, 0)
}

// runs returns the pieces of n dots of the part's wiring from dot first on, in a
// picture with that many bytes a line, and the rectangle that they lie in.
func runs(p configs.PlacedPart, first, n, stride int) (out []run, area image.Rectangle) {
	length := lineLength(p)
	for n > 0 {
		from, step := line(p, first/length)
		skip := first % length
		from = from.Add(step.Mul(skip))
		dots := min(n, length-skip)
		last := from.Add(step.Mul(dots - 1))
		area = area.Union(image.Rectangle{Min: from, Max: from.Add(image.Pt(1, 1))})
		area = area.Union(image.Rectangle{Min: last, Max: last.Add(image.Pt(1, 1))})
		out = append(out, run{from: from.Y*stride + 4*from.X, step: step.Y*stride + 4*step.X, dots: dots})
		first, n = first+dots, n-dots
	}
	return out, area
}
