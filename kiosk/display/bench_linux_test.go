package display

import (
	"context"
	"image"
	"image/color"
	"math"
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
	listCard, listShadow = roundMask(16), cornerMask(40, 2)
)

// roundMask is a nine-patch with round corners, as cards have.
func roundMask(radius int) *scene.Mask {
	side := 2*radius + 1
	m := &scene.Mask{W: side, H: side, Pix: make([]uint8, side*side), Inset: radius}
	for y := range side {
		for x := range side {
			d := math.Hypot(float64(x-radius), float64(y-radius))
			m.Pix[y*side+x] = uint8(255 * max(0, min(1, float64(radius)+0.5-d)))
		}
	}
	return m
}

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

// marquee moves a line of glyphs one pixel a frame, asking for 60 a second.
func marquee(now time.Time, n int) (*scene.Frame, time.Time) {
	f := &scene.Frame{Size: image.Pt(192, 64), Ground: color.RGBA{A: 255}}
	for i := range 40 {
		m := listGlyphs[i]
		at := image.Pt(i*40-n%1000, 16)
		f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, m.W, m.H).Add(at), Color: color.RGBA{255, 60, 20, 255}})
	}
	return f, now.Add(time.Second / 60)
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
	for _, name := range []string{"scroll", "marquee", "dots"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f := spawn(b, name)
				b.ReportMetric(float64(f.Measured)/f.Wall.Seconds(), "fps")
				b.ReportMetric(100*float64(f.CPU)/float64(f.Wall), "%core")
				b.ReportMetric(float64(f.CPU.Milliseconds())/float64(max(f.Measured, 1)), "cpu-ms/frame")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
