package hint

import (
	"math/rand/v2"
	"testing"
)

// flooded counts parts and holes in the plain way.
func flooded(pix []uint8, w, h int) (parts, holes int) {
	seen := make([]bool, (w+2)*(h+2))
	ink := func(x, y int) bool { return x >= 0 && y >= 0 && x < w && y < h && pix[y*w+x] >= lit }
	var fill func(x, y int, on bool)
	fill = func(x, y int, on bool) {
		if x < -1 || y < -1 || x > w || y > h || seen[(y+1)*(w+2)+x+1] || ink(x, y) != on {
			return
		}
		seen[(y+1)*(w+2)+x+1] = true
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if on || dx == 0 || dy == 0 {
					fill(x+dx, y+dy, on)
				}
			}
		}
	}
	for y := -1; y <= h; y++ {
		for x := -1; x <= w; x++ {
			if !seen[(y+1)*(w+2)+x+1] {
				if ink(x, y) {
					parts++
				} else {
					holes++
				}
				fill(x, y, ink(x, y))
			}
		}
	}
	return parts, holes - 1
}

// TestCount counts the parts and spaces of random dots as a flood does.
func TestCount(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		w, h := 1+rng.IntN(14), 1+rng.IntN(14)
		pix := make([]uint8, w*h)
		for k := range pix {
			if rng.IntN(10) < 1+i%9 {
				pix[k] = 255
			}
		}
		parts, holes := count(pix, w, h)
		if p, q := flooded(pix, w, h); p != parts || q != holes {
			t.Fatalf("%d×%d %v: %d parts and %d holes, want %d and %d", w, h, pix, parts, holes, p, q)
		}
	}
}
