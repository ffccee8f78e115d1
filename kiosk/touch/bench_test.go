package touch

import (
	"fmt"
	"image"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

// held is the heap after everything that can go has gone.
func held() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestTenThousandTurnsDoNotGrow(t *testing.T) {
	first, more := 3000, 10000
	if raced {
		first, more = 200, 500
	}
	s := newStand(t)
	s.device.reads = recording("一", "二")
	r := rand.New(rand.NewPCG(10000, 1))
	walk := func(n int) (uint64, int) {
		for range n {
			s.wild(r)
		}
		s.calm()
		s.do("end")
		s.settle()
		s.pass(time.Second)
		s.device.voices, s.device.empty = nil, nil
		return held(), runtime.NumGoroutine()
	}
	before, goroutines := walk(first)
	after, now := walk(more)
	const most = 12 << 20 // what the caches of text and glyphs may still take up
	if after > before+most {
		t.Errorf("the heap grew from %d to %d KiB in %d turns", before>>10, after>>10, more)
	}
	if now > goroutines {
		t.Errorf("goroutines grew from %d to %d", goroutines, now)
	}
	texts, glyphs, bytes := typeset.Default().Held()
	if texts > 1024 || bytes > 24<<20 {
		t.Errorf("%d texts, %d glyphs, %d bytes are kept", texts, glyphs, bytes)
	}
	t.Logf("heap %d to %d KiB, %d goroutines, %d texts, %d glyphs in %d KiB", before>>10, after>>10, now, texts, glyphs, bytes>>10)
}

// journeys are ways through the pages, by name.
var journeys = []struct {
	name string
	way  []string
}{
	{"home", []string{"start"}},
	{"column", []string{"start", "column:funds"}},
	{"postings", []string{"start", "postings"}},
	{"guide", []string{"start", "notice:" + string(specimen.GuideID)}},
	{"fund", []string{"start", "notice:" + string(specimen.FundID)}},
	{"announcement", []string{"start", "notice:" + string(specimen.AnnouncementID)}},
	{"media", []string{"start", "notice:" + string(specimen.MediaID)}},
	{"picture", []string{"start", "notice:" + string(specimen.MediaID), "enlarge:0"}},
	{"search", []string{"start", "search"}},
	{"search-key", []string{"start", "search", "key:d"}},
	{"opinion", []string{"start", "opinion"}},
	{"opinion-key", []string{"start", "opinion", "field:text", "key:w"}},
	{"large", []string{"start", "notice:" + string(specimen.GuideID), "large"}},
}

// painting is the floor of everything below: how long the CPU painter takes for
// the frame, the best of five.
func painting(f *scene.Frame) time.Duration {
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	var best []time.Duration
	for range 5 {
		began := time.Now()
		scene.Paint(img, f)
		best = append(best, time.Since(began))
	}
	return slices.Min(best)
}

// BenchmarkTap is a Step that answers a tap with a page whose text was not set
// before, against painting that page. The budget is 50 ms to the changed frame,
// the painting included.
func BenchmarkTap(b *testing.B) {
	for _, j := range journeys {
		b.Run(j.name, func(b *testing.B) {
			s := newStand(b)
			s.prog.jobs.wait.Wait()
			var took time.Duration
			for b.Loop() {
				b.StopTimer()
				s.do("end")
				s.do(j.way[:len(j.way)-1]...)
				s.prog.setter.Forget()
				last := press{action: j.way[len(j.way)-1]}
				s.now = s.now.Add(time.Second)
				s.prog.hands.at = s.now
				b.StartTimer()
				began := time.Now()
				s.prog.act(last, s.now)
				s.step()
				took += time.Since(began)
			}
			floor := painting(s.prog.drawn.frame)
			b.ReportMetric(float64(took)/float64(b.N)/float64(floor), "ratio")
		})
	}
}

// BenchmarkScroll is a Step in which a finger has moved a long page, against
// painting it.
func BenchmarkScroll(b *testing.B) {
	for _, v := range []page.View{
		{Kind: page.NoticePage, Notice: specimen.LongGuideID},
		{Kind: page.NoticePage, Notice: specimen.FundID},
		{Kind: page.Latest},
	} {
		b.Run(fmt.Sprintf("%s-%s", v.Kind, v.Notice), func(b *testing.B) {
			s := newStand(b)
			s.do("start")
			s.prog.open(v)
			s.pass(time.Second)
			from := image.Pt(panel.Width/2, panel.Height*2/3)
			at := s.drag(1, from, image.Pt(0, -40), 4)
			began := time.Now()
			for i := 0; b.Loop(); i++ {
				s.now = s.now.Add(16 * time.Millisecond)
				at.Y += 3 - i/30%2*6
				s.moveTo(1, at)
			}
			b.ReportMetric(float64(time.Since(began))/float64(b.N)/float64(painting(s.frame)), "ratio")
		})
	}
}

// BenchmarkIdle is the heartbeat of a loop slide that nobody touches, against
// painting it: one a second is all that an idle screen does.
func BenchmarkIdle(b *testing.B) {
	s := newStand(b)
	s.settle()
	began := time.Now()
	for b.Loop() {
		s.step()
	}
	b.ReportMetric(float64(time.Since(began))/float64(b.N)/float64(painting(s.frame)), "ratio")
}
