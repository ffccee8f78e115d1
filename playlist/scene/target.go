package scene

import (
	"image"
	"runtime"
	"sync"
)

// Target is memory that frames are painted into: four bytes a pixel, opaque.
// Its first pixel takes the frame's upper left one.
type Target struct {
	Pix    []uint8
	Stride int // bytes from one line to the next
	Size   image.Point
	// BGR lays a pixel out as blue, green, red, alpha, which display servers
	// want, instead of red, green, blue, alpha.
	BGR bool
}

// On returns the target of a picture.
func On(m *image.RGBA) Target {
	return Target{Pix: m.Pix, Stride: m.Stride, Size: m.Rect.Size()}
}

// Paint draws the part of f that lies in region, which is in frame pixels, by
// the rules of the function Paint. Large regions are shared among the
// processor's cores; the result does not depend on how many there are.
func (t Target) Paint(f *Frame, region image.Rectangle) {
	region = region.Intersect(image.Rectangle{Max: f.Size}).Intersect(image.Rectangle{Max: t.Size})
	if region.Empty() {
		return
	}
	s := surface{pix: t.Pix, stride: t.Stride, bgr: t.BGR}
	bands := min(region.Dx()*region.Dy()/bandArea, region.Dy(), maxBands, runtime.GOMAXPROCS(0))
	if bands < 2 {
		s.paint(f, region)
		return
	}
	var done sync.WaitGroup
	for i := range bands {
		band := region
		band.Min.Y = region.Min.Y + region.Dy()*i/bands
		band.Max.Y = region.Min.Y + region.Dy()*(i+1)/bands
		if i == bands-1 {
			s.paint(f, band) // the caller's own goroutine
			break
		}
		done.Go(func() { s.paint(f, band) })
	}
	done.Wait()
}

const (
	// bandArea is how many pixels are worth a goroutine: about a millisecond.
	bandArea = 250_000
	maxBands = 4
)

// Apply brings the target from the frame that c was made from to f, the frame
// that it was made for. The target must hold exactly what Paint made of the
// former.
func (t Target) Apply(c Change, f *Frame) {
	t.Move(c.Moved, c.By)
	for _, r := range c.Damage {
		t.Paint(f, r)
	}
}

// Move copies the pixels that lie at to minus by into to, as if everything had
// been read before anything was written.
func (t Target) Move(to image.Rectangle, by image.Point) {
	whole := image.Rectangle{Max: t.Size}
	to = to.Intersect(whole).Intersect(whole.Add(by))
	if to.Empty() || by == (image.Point{}) {
		return
	}
	n := to.Dx() * 4
	from := to.Sub(by)
	for i := range to.Dy() {
		y := i
		if by.Y > 0 {
			y = to.Dy() - 1 - i // downwards: the last line first
		}
		src := (from.Min.Y+y)*t.Stride + from.Min.X*4
		dst := (to.Min.Y+y)*t.Stride + to.Min.X*4
		copy(t.Pix[dst:dst+n], t.Pix[src:src+n])
	}
}
