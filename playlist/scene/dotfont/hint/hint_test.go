package hint

import (
	"math/rand/v2"
	"slices"
	"testing"

	ot "github.com/go-text/typesetting/font/opentype"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene/typeset/outline"
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

// bars makes an outline of rectangles, x0, y0, x1, y1 in units, running
// anticlockwise or clockwise.
func bars(clockwise bool, rects ...[4]float32) []ot.Segment {
	var out []ot.Segment
	for _, r := range rects {
		corners := []ot.SegmentPoint{{X: r[0], Y: r[1]}, {X: r[2], Y: r[1]}, {X: r[2], Y: r[3]}, {X: r[0], Y: r[3]}}
		if clockwise {
			slices.Reverse(corners)
		}
		for i, c := range append(corners, corners[0]) {
			op := ot.SegmentOpLineTo
			if i == 0 {
				op = ot.SegmentOpMoveTo
			}
			out = append(out, ot.Segment{Op: op, Args: [3]ot.SegmentPoint{c}})
		}
	}
	return out
}

// rows returns the thicknesses of ink and of white that column x meets from the
// top, beginning with white.
func rows(pix []uint8, w, x int) (runs []int) {
	on, n := false, 0
	for y := x; y < len(pix); y += w {
		if (pix[y] != 0) != on {
			runs, on, n = append(runs, n), !on, 0
		}
		n++
	}
	return append(runs, n)
}

// TestBars draws three level strokes that lie between the dots: each becomes
// whole dots thick, and equal distances stay equal. It makes no difference which
// way an outline runs.
func TestBars(t *testing.T) {
	var d Drawer
	spec := Spec{Scale: 0.024, Stem: 2, Width: 24, Height: 24, Baseline: 21}
	for _, cw := range []bool{false, true} {
		for shift := float32(0); shift < 60; shift += 7 {
			pix := d.Draw(bars(cw, [4]float32{100, 20 + shift, 900, 85 + shift}, [4]float32{150, 330 + shift, 850, 395 + shift}, [4]float32{100, 640 + shift, 900, 705 + shift}), spec)
			got := rows(pix, 24, 12)
			if len(got) != 7 || got[1] != 2 || got[3] != 2 || got[5] != 2 || got[2] != got[4] {
				t.Errorf("moved up by %v, clockwise %v: %v", shift, cw, got)
			}
		}
	}
}

// TestCrowdedBars: eight strokes of two dots do not fit in 16 rows with white
// between them; they become thinner, all of them.
func TestCrowdedBars(t *testing.T) {
	var rects [][4]float32
	for i := range 7 {
		rects = append(rects, [4]float32{100, float32(i)*130 - 90, 900, float32(i)*130 - 25})
	}
	var d Drawer
	pix := d.Draw(bars(false, rects...), Spec{Scale: 0.016, Stem: 2, Width: 16, Height: 16, Baseline: 14})
	got := rows(pix, 16, 8)
	if len(got) < 14 {
		t.Fatalf("strokes ran together: %v", got)
	}
	for i := 1; i < len(got); i += 2 {
		if got[i] != 1 {
			t.Errorf("stroke %d is %d dots thick", i/2, got[i])
		}
	}
}

// TestFaces draws characters of many level strokes from the embedded outlines and
// counts them: none is lost and none has run into another.
func TestFaces(t *testing.T) {
	face, err := outline.Parse(fonts.Sans())
	if err != nil {
		t.Fatal(err)
	}
	var d Drawer
	for _, c := range []struct {
		r       rune
		strokes int
	}{{'一', 1}, {'二', 2}, {'三', 3}, {'日', 3}, {'目', 4}, {'且', 4}, {'口', 2}} {
		for size, stem := range map[int]int{24: 2, 32: 3} {
			gid, _ := face.Glyph(c.r)
			segments, _ := face.Segments(gid)
			spec := Spec{Scale: float64(size) / 1000, Stem: stem, Width: size, Height: size, Baseline: size * 7 / 8, Right: 1}
			pix := d.Draw(segments, spec)
			got := rows(pix, size, size/2)
			if len(got) != 2*c.strokes+1 {
				t.Errorf("%c at %d dots has strokes and spaces %v", c.r, size, got)
				continue
			}
			for i := 1; i < len(got); i += 2 {
				if got[i] != stem {
					t.Errorf("%c at %d dots: stroke %d is %d dots thick", c.r, size, i/2+1, got[i])
				}
			}
			if again := d.Draw(segments, spec); !slices.Equal(again, pix) {
				t.Errorf("%c at %d dots is drawn in two ways", c.r, size)
			}
		}
	}
}

// TestNothing: outlines without dots give nothing, and none is too odd to draw.
func TestNothing(t *testing.T) {
	var d Drawer
	spec := Spec{Scale: 0.024, Stem: 2, Width: 24, Height: 24, Baseline: 21}
	if d.Draw(nil, spec) != nil || d.Draw(bars(false, [4]float32{500, 500, 500, 500}), spec) != nil {
		t.Error("dots out of nothing")
	}
	far := bars(true, [4]float32{-9000, -9000, -8000, -8000}, [4]float32{9000, 100, 9500, 200})
	if pix := d.Draw(far, spec); pix != nil && len(pix) != 24*24 {
		t.Errorf("%d bytes", len(pix))
	}
}

// TestShrink merges rows and columns that repeat each other first, so that a
// ladder keeps its rungs.
func TestShrink(t *testing.T) {
	var pix []uint8
	for y := range 15 {
		for x := range 15 {
			v := uint8(0)
			if x == 0 || x == 14 || y%4 == 0 {
				v = 255
			}
			pix = append(pix, v)
		}
	}
	small, w, h := Shrink(pix, 15, 15, 11, 11)
	if w != 11 || h != 11 || len(small) != 121 {
		t.Fatalf("%d×%d, %d bytes", w, h, len(small))
	}
	parts, holes := count(small, w, h)
	if p, q := count(pix, 15, 15); p != parts || q != holes {
		t.Errorf("%d parts and %d spaces became %d and %d", p, q, parts, holes)
	}
	if same, w, h := Shrink(pix, 15, 15, 15, 20); w != 15 || h != 15 || !slices.Equal(same, pix) {
		t.Error("what fits was changed")
	}
}
