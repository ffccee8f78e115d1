package typeset

import (
	"image"
	"strings"
	"testing"
	"time"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
)

// page1500 is about 1,500 characters of official prose: as many different
// characters as a real page has.
var page1500 = func() string {
	var b strings.Builder
	for r, n := rune(0x4E00), 0; n < 300; n++ {
		b.WriteRune(r + rune(n*37)%8000)
		if n%17 == 16 {
			b.WriteString("，")
		}
	}
	const prose = "根据《青禾县耕地地力保护补贴实施方案》（青农发〔2026〕41号），现将望川镇22个村（社区）2026年补贴面积、标准、金额予以公示。公示期自2026年11月18日至11月26日，共7个工作日。对名单或金额有异议，可拨打0000-12317，3个工作日内答复。\n"
	for len([]rune(b.String())) < 1500 {
		b.WriteString(prose)
	}
	return string([]rune(b.String())[:1500])
}()

var pageStyle = Style{Size: 32, Leading: 48, Color: scene.Ink, Align: Justify, Indent: 2}

// BenchmarkPageCold sets a page with empty caches. The floor is copying the
// pixels of its glyphs, measured in the same run.
func BenchmarkPageCold(b *testing.B) {
	loaded := New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	if err := loaded.Warm(Sans); err != nil {
		b.Fatal(err)
	}
	floor := copyFloor(loaded)
	for b.Loop() {
		newSetter(loaded.loads[Sans], loaded.loads[Bold], loaded.loads[Serif]).Paragraph(page1500, pageStyle, 952)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/floor, "ratio")
}

// BenchmarkPageWarm sets a page whose glyphs are cached and whose lines are
// not, as when a page is seen at another width. The floor is the same.
func BenchmarkPageWarm(b *testing.B) {
	s := New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	s.Paragraph(page1500, pageStyle, 952)
	floor := copyFloor(s)
	for b.Loop() {
		s.mu.Lock()
		s.set(page1500, pageStyle, 952)
		s.mu.Unlock()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/floor, "ratio")
}

// BenchmarkPageAgain sets a page that is cached whole.
func BenchmarkPageAgain(b *testing.B) {
	s := New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	s.Paragraph(page1500, pageStyle, 952)
	for b.Loop() {
		s.Paragraph(page1500, pageStyle, 952)
	}
}

// copyFloor returns the nanoseconds that it takes to copy every glyph bitmap of
// the page once.
func copyFloor(s *Setter) float64 {
	p := s.Paragraph(page1500, pageStyle, 952)
	buf := make([]uint8, 1<<16)
	return perRun(func() {
		for i := range p.Lines {
			for _, g := range p.Lines[i].Glyphs {
				copy(buf, g.Mask.Pix)
			}
		}
	})
}

// perRun returns the least nanoseconds that f took in a few runs.
func perRun(f func()) float64 {
	best := time.Duration(1 << 62)
	for range 20 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return float64(max(best, 1))
}

// BenchmarkPaintPage paints the page on the CPU; the floor is filling the
// picture.
func BenchmarkPaintPage(b *testing.B) {
	s := New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	c := scene.NewCanvas(1080, 1920, scene.Paper)
	s.Paragraph(page1500, pageStyle, 952).Draw(c, image.Pt(64, 64))
	f := c.Frame()
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	empty := &scene.Frame{Size: f.Size, Ground: f.Ground}
	floor := perRun(func() { scene.Paint(img, empty) })
	for b.Loop() {
		scene.Paint(img, f)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/floor, "ratio")
}
