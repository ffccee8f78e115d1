package dotfont

import (
	"math"
	"strconv"
	"testing"

	"mingbai/playlist/scene"
)

// thickness is how thick the strokes of a glyph are: of every dot the shorter of
// its rows of ink across and down, in the harmonic mean, so that a thin stroke
// counts by its length and not by its dots.
func thickness(m *scene.Mask) float64 {
	across, down := make([]int, len(m.Pix)), make([]int, len(m.Pix))
	runs := func(out []int, first, step, n int) {
		for i := 0; i < n; {
			k := i
			for k < n && m.Pix[first+k*step] != 0 {
				k++
			}
			for j := i; j < k; j++ {
				out[first+j*step] = k - i
			}
			i = max(k, i+1)
		}
	}
	for y := range m.H {
		runs(across, y*m.W, 1, m.W)
	}
	for x := range m.W {
		runs(down, x, m.W, m.H)
	}
	n, sum := 0, 0.0
	for i, a := range across {
		if a > 0 {
			n++
			sum += 1 / float64(min(a, down[i]))
		}
	}
	return float64(n) / sum
}

// TestEven measures how evenly a line is set: how far the strokes of the 3,755
// characters of the first level of GB 2312, which texts are made of, are from
// being equally thick, and how many are so thin that they stand out. The bounds
// are what the drawings reach, and no size is much heavier than the one before; before strokes were thinned one by one the spread
// was a fifth, and one character in fifteen had strokes of one dot at 24.
func TestEven(t *testing.T) {
	ideographs, _ := gb2312(t)
	before := 0.0 // thickness of the size before, against its height
	for _, c := range []struct {
		size   int
		spread float64 // standard deviation against the mean
		thin   float64 // strokes thinner than this in dots stand out
		most   int     // of a thousand
	}{{24, 0.10, 1.4, 5}, {32, 0.13, 1.9, 4}, {40, 0.10, 3, 2}, {48, 0.10, 3.6, 2}, {64, 0.10, 4.8, 2}} {
		f, err := Face(c.size)
		if err != nil {
			t.Fatal(err)
		}
		n, sum, squares, thin := 0.0, 0.0, 0.0, 0
		for _, r := range ideographs[:3755] {
			m, _, _ := f.Glyph(r)
			v := thickness(m)
			n, sum, squares = n+1, sum+v, squares+v*v
			if v < c.thin {
				thin++
			}
		}
		mean := sum / n
		spread := math.Sqrt(squares/n-mean*mean) / mean
		t.Logf("%d dots: strokes of %.2f dots, spread %.3f, %d stand out", c.size, mean, spread, thin)
		if step := mean / float64(c.size) / before; before > 0 && (step < 1 || step > 1.18) {
			t.Errorf("%d dots: strokes are %.2f times as heavy as those of the size before", c.size, step)
		}
		before = mean / float64(c.size)
		if spread > c.spread {
			t.Errorf("%d dots: strokes are uneven by %.3f, at most %.3f before", c.size, spread, c.spread)
		}
		if share := float64(thin) * 1000 / n; share > float64(c.most) {
			t.Errorf("%d dots: %.1f in a thousand characters have strokes thinner than %.1f dots, at most %d before", c.size, share, c.thin, c.most)
		}
	}
}

// BenchmarkPage draws the eight characters of a page of each size for the first
// time.
func BenchmarkPage(b *testing.B) {
	const text = "暴雨红色预警转移"
	for _, size := range Sizes() {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			f, err := open(size)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				clear(f.late)
				f.held = 0
				for _, r := range text {
					f.Glyph(r)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/page")
		})
	}
}
