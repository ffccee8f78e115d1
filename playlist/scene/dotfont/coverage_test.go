package dotfont

import (
	"image"
	"image/color"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingbai/playlist/scene"
)

// symbolCells are the cells of rows 1 to 9 of GB 2312 that hold something; the
// code pages built on it have filled others since.
var symbolCells = map[byte][][2]byte{
	1: {{1, 94}}, 2: {{17, 66}, {69, 78}, {81, 92}}, 3: {{1, 94}}, 4: {{1, 83}}, 5: {{1, 86}},
	6: {{1, 24}, {33, 56}}, 7: {{1, 33}, {49, 81}}, 8: {{1, 26}, {37, 73}}, 9: {{4, 79}},
}

// gb2312 is every character of GB 2312-1980: 6,763 ideographs and 682 symbols,
// letters and digits.
func gb2312(t *testing.T) (ideographs, symbols []rune) {
	t.Helper()
	decode := simplifiedchinese.GBK.NewDecoder()
	char := func(row, cell byte) rune {
		text, err := decode.String(string([]byte{row + 0xA0, cell + 0xA0}))
		if err != nil {
			t.Fatal(err)
		}
		r := []rune(text)
		return r[0]
	}
	for row, ranges := range symbolCells {
		for _, c := range ranges {
			for cell := c[0]; cell <= c[1]; cell++ {
				symbols = append(symbols, char(row, cell))
			}
		}
	}
	for row := byte(16); row <= 87; row++ {
		for cell := byte(1); cell <= 94; cell++ {
			if row == 55 && cell > 89 {
				continue // the first level ends here
			}
			ideographs = append(ideographs, char(row, cell))
		}
	}
	if len(ideographs) != 6763 || len(symbols) != 682 {
		t.Fatalf("%d ideographs and %d symbols", len(ideographs), len(symbols))
	}
	return ideographs, symbols
}

// TestCoverage looks for GB 2312 and for the unified ideographs that GB 18030
// level 2 asks for, at every size, and says where they come from.
func TestCoverage(t *testing.T) {
	ideographs, symbols := gb2312(t)
	for _, size := range Sizes() {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		dots, lines := 0, 0
		for _, list := range [][]rune{ideographs, symbols} {
			for _, r := range list {
				s, adv, _ := f.find(r)
				switch {
				case s == nil:
					t.Errorf("%d dots: %c (%U) of GB 2312 is missing", size, r, r)
				case r >= 0x4E00 && r < 0xA000 && adv != size:
					t.Errorf("%d dots: %c moves the pen by %d", size, r, adv)
				case s.bitmap:
					dots++
				default:
					lines++
				}
			}
		}
		lacking := 0
		for r := rune(0x4E00); r <= 0x9FEF; r++ {
			if !f.Has(r) {
				lacking++
			}
		}
		if lacking > 0 {
			t.Errorf("%d dots: %d of the unified ideographs are missing", size, lacking)
		}
		t.Logf("%d dots: of GB 2312 %d from faces of dots, %d from outlines", size, dots, lines)
		if size <= 16 && dots < len(ideographs) {
			t.Errorf("%d dots: only %d of GB 2312 come from faces of dots", size, dots)
		}
	}
}

// TestDraws draws part of GB 2312 and looks at what neighbours see of each other:
// an ideograph keeps a column dark at its left or its right, the same for all of
// a face, so that two never touch, and is not without dots.
func TestDraws(t *testing.T) {
	ideographs, _ := gb2312(t)
	for _, size := range Sizes() {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		step := 1
		if size > 16 {
			step = 61 // what is drawn from outlines takes longer
		}
		left, right := 0, 0
		var touching []rune
		for i := 0; i < len(ideographs); i += step {
			m, _, _ := f.Glyph(ideographs[i])
			if m == nil || m.H != size || m.W != size {
				t.Fatalf("%d dots: %c is drawn as %v", size, ideographs[i], m)
			}
			b := inkOf(m)
			if b.x0 == 0 {
				left++
			}
			if b.x1 == m.W {
				right++
				touching = append(touching, ideographs[i])
			}
		}
		if left > 0 && right > 0 {
			t.Errorf("%d dots: %d ideographs reach the left edge and %d the right: %q", size, left, right, string(touching[:min(len(touching), 40)]))
		}
	}
}

// TestBaseline: letters and digits of a face stand in the same row, which is not
// below the feet of the ideographs.
func TestBaseline(t *testing.T) {
	for _, size := range Sizes() {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		foot := func(r rune) int {
			m, _, ok := f.Glyph(r)
			if !ok || m == nil {
				t.Fatalf("%d dots: no %c", size, r)
			}
			return inkOf(m).y1
		}
		overshoot := max(size/60, 1) // of round letters, where there are dots for it
		want := foot('E')
		for _, r := range "0123456789ABDEHKLMRTXZahikmnrxz" {
			if got := foot(r); got != want && !(size > 32 && got > want && got <= want+overshoot) {
				t.Errorf("%d dots: %c stands %d rows below the top, E %d", size, r, got, want)
			}
		}
		lowest := 0
		for _, r := range "国日田口中府" {
			lowest = max(lowest, foot(r))
		}
		if lowest < want || lowest-want > max(size/6, 2) {
			t.Errorf("%d dots: ideographs end in row %d, letters in row %d", size, lowest, want)
		}
		if tail := foot('g'); tail <= want {
			t.Errorf("%d dots: the tail of g ends in row %d, letters in row %d", size, tail, want)
		}
		var tops []int
		for r := '0'; r <= '9'; r++ {
			m, _, _ := f.Glyph(r)
			tops = append(tops, inkOf(m).y0)
		}
		for d, top := range tops {
			if diff := top - tops[0]; diff < -overshoot || diff > overshoot || size <= 32 && diff != 0 {
				t.Errorf("%d dots: digit %d begins in row %d, 0 in row %d", size, d, top, tops[0])
			}
		}
	}
}

// TestCacheIsBounded asks for more glyphs than a face keeps.
func TestCacheIsBounded(t *testing.T) {
	f, err := open(256)
	if err != nil {
		t.Fatal(err)
	}
	for r := rune(0x4E00); r < 0x4E00+300; r++ {
		f.Glyph(r)
	}
	held := 0
	for _, m := range []map[rune]glyph{f.late, f.before} {
		for _, g := range m {
			held += g.cost()
		}
	}
	if held > 2*maxHeld || held < maxHeld {
		t.Errorf("%d bytes of glyphs are kept, at most %d may be", held, 2*maxHeld)
	}
}

// BenchmarkFrame draws 48 glyphs from the cache, as a board does for a frame,
// against copying as many dots.
func BenchmarkFrame(b *testing.B) {
	f, err := Face(32)
	if err != nil {
		b.Fatal(err)
	}
	const text = "青禾县政务服务中心今日停水通知请居民储水备用咨询电话零五七一八八八八六六六六补助资金合计壹贰叁肆"
	f.Measure(text)
	ops, _ := f.AppendOps(nil, text, image.Point{}, scene.Op{Color: color.RGBA{255, 90, 40, 255}})
	if len(ops) != 48 {
		b.Fatalf("%d glyphs", len(ops))
	}
	frame := &scene.Frame{Size: image.Pt(48*32, 32), Ground: scene.Black}
	to := image.NewRGBA(image.Rectangle{Max: frame.Size})
	from := image.NewRGBA(to.Rect)
	draw := func() {
		ops, _ = f.AppendOps(ops[:0], text, image.Point{}, scene.Op{Color: color.RGBA{255, 90, 40, 255}})
		frame.Ops = ops
		scene.Paint(to, frame)
	}
	if n := testing.AllocsPerRun(10, draw); n > 0 {
		b.Errorf("%v allocations a frame", n)
	}
	var work, floor time.Duration
	for b.Loop() {
		t0 := time.Now()
		draw()
		t1 := time.Now()
		for range 2 { // the ground, then the glyphs
			copy(to.Pix, from.Pix)
		}
		work, floor = work+t1.Sub(t0), floor+time.Since(t1)
	}
	b.ReportMetric(float64(work)/float64(floor), "ratio")
}

// BenchmarkHinted draws glyphs for the first time, fitted to the dots, against
// drawing the same outlines as they are.
func BenchmarkHinted(b *testing.B) {
	face, err := regular()
	if err != nil {
		b.Fatal(err)
	}
	const text = "地质灾害气象风险预警立即转移至安全地带青禾县政务服务中心今日停水通知"
	fitted, plain := hinted(face, 24, 2), thresholded(face, 24)
	var work, floor time.Duration
	for b.Loop() {
		t0 := time.Now()
		for _, r := range text {
			fitted.draw(r)
		}
		t1 := time.Now()
		for _, r := range text {
			plain.draw(r)
		}
		work, floor = work+t1.Sub(t0), floor+time.Since(t1)
	}
	b.ReportMetric(float64(work)/float64(floor), "ratio")
	b.ReportMetric(float64(work.Microseconds())/float64(b.N*len([]rune(text))), "µs/glyph")
}
