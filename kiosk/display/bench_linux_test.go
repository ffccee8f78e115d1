package display

import (
	"context"
	"image"
	"image/color"
	"syscall"
	"testing"
	"time"

	"mingbai/playlist/scene"
)

// panel is the size of a usual touchscreen.
var panel = image.Pt(1080, 1920)

// measure counts frames and processor time for d.
func (p *program) measure(ctx context.Context, d time.Duration) {
	frames, cpu, start := p.snapshot().Frames, processTime(), time.Now()
	wait(ctx, d)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found.Measured = p.found.Frames - frames
	p.found.CPU, p.found.Wall = processTime()-cpu, time.Since(start)
}

var (
	listGlyphs = func() (g []*scene.Mask) {
		for i := range 400 {
			g = append(g, softMask(28+i%9, 30+i%7, uint64(i)))
		}
		return g
	}()
	listCard, listShadow = cornerMask(16, 1), cornerMask(40, 2)
)

// list is a page like a list of notices, moved up by y pixels: a heading, and
// cards with shadows and three lines of text.
func list(y int) *scene.Frame {
	f := &scene.Frame{Size: panel, Ground: color.RGBA{243, 244, 246, 255}}
	const row = 210
	for i := y / row; i*row-y < panel.Y; i++ {
		top := 200 + i*row - y
		card := image.Rect(48, top, panel.X-48, top+row-26)
		f.Ops = append(f.Ops,
			scene.Op{Kind: scene.OpNine, Mask: listShadow, Dst: card.Inset(-24), Color: premultiplied(0, 0, 0, 30)},
			scene.Op{Kind: scene.OpNine, Mask: listCard, Dst: card, Color: color.RGBA{255, 255, 255, 255}})
		for k := range 48 {
			m := listGlyphs[(i*31+k*7)%len(listGlyphs)]
			at := image.Pt(90+k%24*38, top+24+k/24*50)
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, m.W, m.H).Add(at), Color: color.RGBA{30, 33, 40, 255}})
		}
	}
	f.Ops = append(f.Ops, scene.Op{Kind: scene.OpFill, Dst: image.Rect(0, 0, panel.X, 160), Color: color.RGBA{20, 70, 150, 255}})
	return f
}

// BenchmarkDisplay tells what the targets for the device ask: time to the first
// pixel, processor time at rest and while scrolling.
func BenchmarkDisplay(b *testing.B) {
	b.Run("idle", func(b *testing.B) {
		for b.Loop() {
			f := spawn(b, "idle")
			b.ReportMetric(float64(f.FirstPixel.Milliseconds()), "first-ms")
			b.ReportMetric(100*float64(f.CPU)/float64(f.Wall), "%core")
			b.ReportMetric(0, "ns/op")
		}
	})
	b.Run("scroll", func(b *testing.B) {
		for b.Loop() {
			f := spawn(b, "scroll")
			b.ReportMetric(float64(f.Measured)/f.Wall.Seconds(), "fps")
			b.ReportMetric(100*float64(f.CPU)/float64(f.Wall), "%core")
			b.ReportMetric(float64(f.CPU.Milliseconds())/float64(f.Measured), "cpu-ms/frame")
			b.ReportMetric(0, "ns/op")
		}
	})
}

func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
