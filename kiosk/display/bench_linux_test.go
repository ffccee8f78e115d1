package display

import (
	"context"
	"image"
	"image/color"
	"slices"
	"testing"
	"time"

	"mingbai/kiosk/display/rig"
	"mingbai/playlist/scene"
)

// measure counts frames and processor time for d.
func (p *program) measure(ctx context.Context, d time.Duration) {
	frames, cpu, start := p.snapshot().Frames, rig.CPU(), time.Now()
	wait(ctx, d)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found.Measured = p.found.Frames - frames
	p.found.CPU, p.found.Wall = rig.CPU()-cpu, time.Since(start)
	p.found.RSS, p.found.PSS = rig.Memory()
}

// marquee moves a line of glyphs one pixel a frame, asking for 60 a second.
func marquee(now time.Time, n int) (*scene.Frame, time.Time) {
	f := &scene.Frame{Size: image.Pt(192, 64), Ground: color.RGBA{A: 255}}
	for i := range 40 {
		m := rig.Glyph(i)
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
			b.ReportMetric(float64(f.RSS>>20), "rss-MiB")
			b.ReportMetric(float64(f.PSS>>20), "pss-MiB")
			b.ReportMetric(0, "ns/op")
		}
	})
	b.Run("tap", func(b *testing.B) {
		for b.Loop() {
			f := spawn(b, "flash")
			slices.Sort(f.Taps)
			b.ReportMetric(float64(f.Taps[len(f.Taps)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(f.Taps[len(f.Taps)-1].Microseconds())/1000, "worst-ms")
			b.ReportMetric(0, "ns/op")
		}
	})
	for _, name := range []string{"scroll", "marquee", "dots"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f := spawn(b, name)
				b.ReportMetric(float64(f.Measured)/f.Wall.Seconds(), "fps")
				b.ReportMetric(100*float64(f.CPU)/float64(f.Wall), "%core")
				frame := float64(f.CPU) / float64(max(f.Measured, 1))
				b.ReportMetric(frame/1e6, "cpu-ms/frame")
				if name == "scroll" {
					b.ReportMetric(frame/float64(rig.Floor()), "ratio")
				}
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}
