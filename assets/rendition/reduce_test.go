package rendition

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nfnt/resize"
)

// scene is a plane with soft light, noise and strokes.
func scene(w, h int) *image.Gray {
	rnd := rand.New(rand.NewPCG(3, 1))
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 120 + 80*math.Sin(float64(x)/60)*math.Cos(float64(y)/45) + float64(rnd.IntN(9))
			if x%37 < 5 && y%53 < 30 {
				v = 20
			}
			g.Pix[y*g.Stride+x] = uint8(v)
		}
	}
	return g
}

// likeness is the peak signal-to-noise ratio in dB.
func likeness(a, b *image.Gray) float64 {
	sum := 0.0
	for i := range a.Pix {
		d := float64(a.Pix[i]) - float64(b.Pix[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))/sum)
}

// TestReduced makes planes smaller and finds them like those of a library that takes
// every sample into account.
func TestReduced(t *testing.T) {
	for _, c := range []struct{ from, to image.Point }{
		{image.Pt(800, 600), image.Pt(700, 525)}, {image.Pt(800, 600), image.Pt(401, 301)}, {image.Pt(1201, 901), image.Pt(432, 324)}, {image.Pt(1601, 1203), image.Pt(200, 150)},
	} {
		src := scene(c.from.X, c.from.Y)
		got := reduced(src, c.to)
		want := resize.Resize(uint(c.to.X), uint(c.to.Y), src, resize.Lanczos3).(*image.Gray)
		if got.Rect.Size() != c.to {
			t.Fatalf("%v to %v: %v", c.from, c.to, got.Rect)
		}
		if db := likeness(got, want); db < 30 {
			t.Errorf("%v to %v: %.1f dB", c.from, c.to, db)
		}
	}
}

// TestReducedOfAnySize keeps a plane of one brightness as it is, whatever its size.
func TestReducedOfAnySize(t *testing.T) {
	for w := 1; w < 24; w++ {
		for h := 1; h < 24; h += 3 {
			src := image.NewGray(image.Rect(0, 0, w, h))
			for i := range src.Pix {
				src.Pix[i] = 201
			}
			for n := 1; n <= w; n++ {
				size := image.Pt(n, max(1, h*n/w))
				if size.Y > h {
					continue
				}
				out := reduced(src, size)
				if out.Rect.Size() != size {
					t.Fatalf("%d by %d to %v: %v", w, h, size, out.Rect)
				}
				for _, v := range out.Pix {
					if v != 201 {
						t.Fatalf("%d by %d to %v: %d", w, h, size, v)
					}
				}
			}
		}
	}
}
