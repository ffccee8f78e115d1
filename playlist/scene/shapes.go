package scene

import (
	"math"
	"sync"
)

// Rounded returns the nine-patch mask of a rectangle with rounded corners:
// filled when stroke is 0, else an outline stroke pixels thick that lies wholly
// inside. The mask is cached, so equal arguments give the same pointer.
func Rounded(radius, stroke int) *Mask {
	radius, stroke = max(radius, 0), max(stroke, 0)
	return shapes.get(shapeKey{"rounded", radius, stroke}, func() *Mask {
		inset := max(radius, stroke)
		m := newMask(2*inset+1, 2*inset+1)
		m.Inset = inset
		half := float64(m.W) / 2
		outer := roundedBox(half, float64(radius))
		inner := roundedBox(half-float64(stroke), math.Max(float64(radius-stroke), 0))
		m.fill(func(x, y float64) float64 {
			cov := coverage(outer(x-half, y-half))
			if stroke > 0 {
				cov -= coverage(inner(x-half, y-half))
			}
			return cov
		})
		return m
	})
}

// Circle returns a circle of diameter d: filled when stroke is 0, else a ring.
// The mask is cached.
func Circle(d, stroke int) *Mask {
	d, stroke = max(d, 1), max(stroke, 0)
	return shapes.get(shapeKey{"circle", d, stroke}, func() *Mask {
		m := newMask(d, d)
		r := float64(d) / 2
		m.fill(func(x, y float64) float64 {
			dist := math.Hypot(x-r, y-r) - r
			cov := coverage(dist)
			if stroke > 0 {
				cov -= coverage(dist + float64(stroke))
			}
			return cov
		})
		return m
	})
}

// roundedBox returns the signed distance to a square of the given half side
// with rounded corners, centred on the origin; negative inside.
func roundedBox(half, radius float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		qx, qy := math.Abs(x)-half+radius, math.Abs(y)-half+radius
		outside := math.Hypot(math.Max(qx, 0), math.Max(qy, 0))
		return outside + math.Min(math.Max(qx, qy), 0) - radius
	}
}

// coverage turns a signed distance from the middle of a pixel into how much of
// the pixel is covered.
func coverage(dist float64) float64 {
	return math.Min(math.Max(0.5-dist, 0), 1)
}

func newMask(w, h int) *Mask {
	return &Mask{W: w, H: h, Pix: make([]uint8, w*h)}
}

// fill sets every pixel to the coverage at its middle.
func (m *Mask) fill(cover func(x, y float64) float64) {
	for y := range m.H {
		for x := range m.W {
			c := cover(float64(x)+0.5, float64(y)+0.5)
			m.Pix[y*m.W+x] = uint8(math.Round(math.Min(math.Max(c, 0), 1) * 255))
		}
	}
}

// shapeKey names a shape or an icon with its sizes in pixels.
type shapeKey struct {
	name string
	a, b int
}

// maskCache gives one pointer for one key for as long as the process lives. A
// screen uses a few dozen shapes, so nothing is ever dropped.
type maskCache struct {
	mu   sync.Mutex // guards made
	made map[shapeKey]*Mask
}

var shapes maskCache

func (c *maskCache) get(key shapeKey, draw func() *Mask) *Mask {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m, ok := c.made[key]; ok {
		return m
	}
	if c.made == nil {
		c.made = make(map[shapeKey]*Mask)
	}
	m := draw()
	c.made[key] = m
	return m
}
