package scene

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// IconName names one icon of the house set (see icons.go).
type IconName string

// Icon returns a cached mask of size×size pixels. An unknown name gives an
// empty mask: a page with a missing icon is still a page, and a test of the
// set, not of the screen, is where it should be found.
func Icon(name IconName, size int) *Mask {
	size = max(size, 1)
	return shapes.get(shapeKey{"icon " + string(name), size, 0}, func() *Mask {
		m := newMask(size, size)
		parts, err := parseIcon(icons[name])
		if err != nil {
			return m
		}
		scale := iconGrid / float64(size)
		m.fill(func(x, y float64) float64 {
			var cov float64
			for _, p := range parts {
				if !p.near(x*scale, y*scale, scale) {
					continue
				}
				c := coverage(p.distance(x*scale, y*scale) / scale)
				if p.cut {
					cov = math.Min(cov, 1-c)
				} else {
					cov = math.Max(cov, c)
				}
			}
			return cov
		})
		return m
	})
}

// Icons returns the names of all icons, sorted.
func Icons() []IconName { return slices.Sorted(maps.Keys(icons)) }

// iconGrid is the side of the square that icons are drawn on.
const iconGrid = 24

// iconStroke is the thickness of a line on that grid.
const iconStroke = 2

type point struct{ x, y float64 }

// iconPart is one polyline of an icon: a line with round ends and joints, or a
// filled outline, or either of them cut out of what was drawn before.
type iconPart struct {
	points []point
	filled bool
	cut    bool
	stroke float64

	min, max point // of what it covers, stroke included
}

// near reports whether x, y is within margin of what the part covers.
func (p iconPart) near(x, y, margin float64) bool {
	return x > p.min.x-margin && x < p.max.x+margin && y > p.min.y-margin && y < p.max.y+margin
}

// distance returns the signed distance from x, y to the part's edge in grid
// units; negative inside.
func (p iconPart) distance(x, y float64) float64 {
	best := math.Inf(1)
	inside := false
	for i := range p.points {
		if i == 0 && len(p.points) > 1 {
			continue
		}
		a, b := p.points[max(i-1, 0)], p.points[i]
		dx, dy := b.x-a.x, b.y-a.y
		var t float64
		if l := dx*dx + dy*dy; l > 0 {
			t = math.Min(math.Max(((x-a.x)*dx+(y-a.y)*dy)/l, 0), 1)
		}
		best = math.Min(best, math.Hypot(x-a.x-t*dx, y-a.y-t*dy))
		if (a.y > y) != (b.y > y) && x < a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x) {
			inside = !inside
		}
	}
	if !p.filled {
		return best - p.stroke/2
	}
	if inside {
		return -best
	}
	return best
}

// parseIcon reads the drawing language of icons.go: upper-case commands with
// absolute numbers on a grid of 24 units.
//
//	M x y            start a line           L x y ...  go on straight
//	C x y x y x y    cubic curve            Z          close
//	O cx cy r        circle                 A cx cy r a b  arc from a to b degrees
//	F                fill the parts that follow instead of stroking them
//	S w              stroke w wide from here on
//	X                cut the parts that follow out of those before; N ends it
func parseIcon(d string) ([]iconPart, error) {
	if d == "" {
		return nil, fmt.Errorf("there is no such icon")
	}
	var (
		parts  []iconPart
		line   []point
		filled bool
		cut    bool
		stroke = float64(iconStroke)
	)
	end := func() {
		if len(line) > 0 {
			p := iconPart{points: line, filled: filled, cut: cut, stroke: stroke, min: line[0], max: line[0]}
			for _, q := range line {
				p.min = point{math.Min(p.min.x, q.x-stroke/2), math.Min(p.min.y, q.y-stroke/2)}
				p.max = point{math.Max(p.max.x, q.x+stroke/2), math.Max(p.max.y, q.y+stroke/2)}
			}
			parts = append(parts, p)
		}
		line = nil
	}
	words := strings.Fields(d)
	for len(words) > 0 {
		cmd := words[0]
		words = words[1:]
		var n []float64
		for len(words) > 0 {
			v, err := strconv.ParseFloat(words[0], 64)
			if err != nil {
				break
			}
			n, words = append(n, v), words[1:]
		}
		want := map[string]int{"M": 2, "C": 6, "O": 3, "A": 5, "S": 1}[cmd]
		if cmd == "L" && len(n) > 0 && len(n)%2 == 0 {
			want = len(n)
		}
		if len(n) != want {
			return nil, fmt.Errorf("icon command %q has %d numbers, want %d", cmd, len(n), want)
		}
		switch cmd {
		case "M":
			end()
			line = []point{{n[0], n[1]}}
		case "L":
			for ; len(n) > 0; n = n[2:] {
				line = append(line, point{n[0], n[1]})
			}
		case "C":
			line = append(line, cubic(line, n)...)
		case "O":
			end()
			line = arc(n[0], n[1], n[2], 0, 360)
			end()
		case "A":
			line = append(line, arc(n[0], n[1], n[2], n[3], n[4])...)
		case "Z":
			if len(line) > 0 {
				line = append(line, line[0])
			}
			end()
		case "F", "S", "X", "N":
			end()
			switch cmd {
			case "F":
				filled = true
			case "S":
				stroke, filled = n[0], false
			case "X":
				cut = true
			case "N":
				cut = false
			}
		default:
			return nil, fmt.Errorf("unknown icon command %q", cmd)
		}
	}
	end()
	return parts, nil
}

// arc returns points of a circle's arc, in degrees clockwise from three
// o'clock.
func arc(cx, cy, r, from, to float64) []point {
	steps := max(int(math.Abs(to-from)/6), 2)
	out := make([]point, steps+1)
	for i := range out {
		a := (from + (to-from)*float64(i)/float64(steps)) * math.Pi / 180
		out[i] = point{cx + r*math.Cos(a), cy + r*math.Sin(a)}
	}
	return out
}

// cubic flattens a cubic curve from the end of line, without its first point.
func cubic(line []point, n []float64) []point {
	if len(line) == 0 {
		return nil
	}
	p0 := line[len(line)-1]
	const steps = 16
	out := make([]point, steps)
	for i := range out {
		t := float64(i+1) / steps
		u := 1 - t
		b0, b1, b2, b3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		out[i] = point{
			b0*p0.x + b1*n[0] + b2*n[2] + b3*n[4],
			b0*p0.y + b1*n[1] + b2*n[3] + b3*n[5],
		}
	}
	return out
}
