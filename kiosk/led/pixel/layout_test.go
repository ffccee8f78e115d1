package pixel_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"mingbai/configs"
	"mingbai/kiosk/led/pixel"
)

var (
	corners = []configs.Corner{configs.TopLeft, configs.TopRight, configs.BottomLeft, configs.BottomRight}
	ways    = []configs.Run{configs.Rows, configs.Columns}
	wirings = []configs.Wiring{configs.Straight, configs.Serpentine}
)

// The first dots of a part of 3×2 at 10,20, for every way of wiring, as a
// technician would draw them.
func TestWiringAsDrawn(t *testing.T) {
	const a, b, c, d, e, f = 0, 1, 2, 3, 4, 5 // abc over def
	for _, w := range []struct {
		start  configs.Corner
		run    configs.Run
		wiring configs.Wiring
		want   [6]int
	}{
		{configs.TopLeft, configs.Rows, configs.Straight, [6]int{a, b, c, d, e, f}},
		{configs.TopLeft, configs.Rows, configs.Serpentine, [6]int{a, b, c, f, e, d}},
		{configs.TopLeft, configs.Columns, configs.Straight, [6]int{a, d, b, e, c, f}},
		{configs.TopLeft, configs.Columns, configs.Serpentine, [6]int{a, d, e, b, c, f}},
		{configs.TopRight, configs.Rows, configs.Straight, [6]int{c, b, a, f, e, d}},
		{configs.TopRight, configs.Rows, configs.Serpentine, [6]int{c, b, a, d, e, f}},
		{configs.TopRight, configs.Columns, configs.Straight, [6]int{c, f, b, e, a, d}},
		{configs.TopRight, configs.Columns, configs.Serpentine, [6]int{c, f, e, b, a, d}},
		{configs.BottomLeft, configs.Rows, configs.Straight, [6]int{d, e, f, a, b, c}},
		{configs.BottomLeft, configs.Rows, configs.Serpentine, [6]int{d, e, f, c, b, a}},
		{configs.BottomLeft, configs.Columns, configs.Straight, [6]int{d, a, e, b, f, c}},
		{configs.BottomLeft, configs.Columns, configs.Serpentine, [6]int{d, a, b, e, f, c}},
		{configs.BottomRight, configs.Rows, configs.Straight, [6]int{f, e, d, c, b, a}},
		{configs.BottomRight, configs.Rows, configs.Serpentine, [6]int{f, e, d, a, b, c}},
		{configs.BottomRight, configs.Columns, configs.Straight, [6]int{f, c, e, b, d, a}},
		{configs.BottomRight, configs.Columns, configs.Serpentine, [6]int{f, c, b, e, d, a}},
	} {
		p := configs.PlacedPart{Area: image.Rect(10, 20, 13, 22), Start: w.start, Run: w.run, Wiring: w.wiring}
		for i, n := range w.want {
			if got, want := pixel.Dot(p, i), image.Pt(10+n%3, 20+n/3); got != want {
				t.Errorf("%s %s %s: dot %d is at %v, want %v", w.start, w.run, w.wiring, i, got, want)
			}
		}
	}
}

// checkBijection fails unless the part's dots are its area, each once.
func checkBijection(t *testing.T, p configs.PlacedPart) {
	t.Helper()
	seen := make([]bool, p.Dots())
	for i := range p.Dots() {
		d := pixel.Dot(p, i)
		if !d.In(p.Area) {
			t.Fatalf("%+v: dot %d at %v lies outside", p, i, d)
		}
		at := d.Sub(p.Area.Min)
		n := at.Y*p.Area.Dx() + at.X
		if seen[n] {
			t.Fatalf("%+v: two dots at %v", p, d)
		}
		seen[n] = true
		if i > 0 && p.Wiring == configs.Serpentine {
			// The thread of a serpentine never jumps.
			if step := d.Sub(pixel.Dot(p, i-1)); step.X*step.X+step.Y*step.Y != 1 {
				t.Fatalf("%+v: from dot %d to %d the thread jumps by %v", p, i-1, i, step)
			}
		}
	}
}

func FuzzLayoutIsABijection(f *testing.F) {
	f.Add(uint8(1), uint8(1), uint8(0))
	f.Add(uint8(64), uint8(16), uint8(5))
	f.Add(uint8(7), uint8(13), uint8(15))
	f.Fuzz(func(t *testing.T, w, h, how uint8) {
		if w == 0 || h == 0 {
			return
		}
		checkBijection(t, configs.PlacedPart{
			Area:  image.Rect(3, 5, 3+int(w), 5+int(h)),
			Start: corners[how&3], Run: ways[how>>2&1], Wiring: wirings[how>>3&1],
		})
	})
}

func TestRandomLayoutsAreBijections(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		checkBijection(t, configs.PlacedPart{
			Area:  image.Rect(0, 0, 1+r.IntN(200), 1+r.IntN(40)).Add(image.Pt(r.IntN(50), r.IntN(50))),
			Start: corners[r.IntN(4)], Run: ways[r.IntN(2)], Wiring: wirings[r.IntN(2)],
		})
	}
}
