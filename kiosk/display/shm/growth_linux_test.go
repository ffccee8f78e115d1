package shm

import (
	"image"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// state is what a process holds.
type state struct {
	heap       uint64 // bytes
	rss        int64
	goroutines int
}

// growth turns pages up to two numbers of frames as fast as they can be painted
// and returns what the process holds after each, standing still.
func growth(t testing.TB, early, late int) (before, after state) {
	t.Helper()
	size := image.Pt(small.Width, small.Height)
	display := rig.Xvfb(t, size)
	film := walk(t, 8)
	limit := early
	p := newProgram(func(now time.Time, n int, _ []player.Event) (*scene.Frame, time.Time) {
		if n >= limit {
			return film[n%len(film)], scene.Still // hold still to be measured
		}
		return film[n%len(film)], now
	})
	d := present(t, Options{Display: display, Width: size.X, Height: size.Y, FPSCap: 2000}, p)
	measure := func() state {
		for done := false; !done; {
			<-p.changed
			p.get(func() { done = p.presented >= limit })
		}
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		rss, _ := rig.Memory()
		return state{m.HeapAlloc, rss, runtime.NumGoroutine()}
	}
	before = measure()
	p.get(func() { limit = late })
	d.Wake()
	return before, measure()
}

// Pages that turn for long leave nothing behind: no memory, no goroutine, no
// pixels shared with the server.
func TestNothingGrows(t *testing.T) {
	before, after := growth(t, 100, 400)
	t.Logf("heap %d KiB, then %d KiB; goroutines %d, then %d", before.heap>>10, after.heap>>10, before.goroutines, after.goroutines)
	if after.heap > before.heap+1<<20 {
		t.Errorf("over 300 frames the heap grew from %d KiB to %d KiB", before.heap>>10, after.heap>>10)
	}
	if after.goroutines > before.goroutines+4 { // the painter's own, on their way out
		t.Errorf("over 300 frames the goroutines grew from %d to %d", before.goroutines, after.goroutines)
	}
}

// BenchmarkTurns tells what ten thousand turned pages leave behind.
func BenchmarkTurns(b *testing.B) {
	const turns, frames = 10_000, 3 // a turn is so many frames
	for b.Loop() {
		before, after := growth(b, 300, 300+turns*frames)
		b.ReportMetric(float64(int64(after.heap-before.heap))/1024, "heap-grown-KiB")
		b.ReportMetric(float64(after.rss-before.rss)/1024, "rss-grown-KiB")
		b.ReportMetric(float64(after.goroutines-before.goroutines), "goroutines-grown")
	}
}
