package page_test

import (
	"image"
	"testing"
	"time"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

func pictureView(zoom, x, y int) page.View {
	return page.View{Kind: page.PicturePage, Notice: specimen.FundID, Zoom: zoom, PanX: x, PanY: y}
}

// An enlarged picture stays in its place, can be moved to its edges and no
// further, and its squares meet: the same point looks the same wherever it
// stands on the screen.
func TestZoom(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	draw := func(v page.View) (*image.RGBA, page.Info, *scene.Frame) {
		f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		return paint(f), info, f
	}
	_, info, _ := draw(pictureView(0, 0, 0))
	if info.Picture.Empty() || info.MaxPanX != 0 || info.MaxPanY != 0 {
		t.Errorf("at the size that fits the picture is at %v and moves by %d and %d", info.Picture, info.MaxPanX, info.MaxPanY)
	}
	for _, zoom := range page.ZoomSteps[1:] {
		_, info, _ := draw(pictureView(zoom, 0, 0))
		area := info.Picture
		if info.MaxPanY == 0 {
			t.Fatalf("at %d per cent the picture does not move", zoom)
		}
		a, _, f := draw(pictureView(zoom, info.MaxPanX/2, info.MaxPanY/2))
		for _, op := range f.Ops {
			if seen := op.Dst.Intersect(op.Clip); op.Kind == scene.OpImage && op.Clip != (image.Rectangle{}) && !seen.In(area) {
				t.Errorf("at %d per cent a square is painted at %v, outside of %v", zoom, seen, area)
			}
		}
		c, _, _ := draw(pictureView(zoom, info.MaxPanX/2, info.MaxPanY/2+40))
		for y := area.Min.Y + 60; y < area.Max.Y-60; y += 7 {
			for x := area.Min.X + 10; x < area.Max.X-10; x += 7 {
				if a.RGBAAt(x, y) != c.RGBAAt(x, y-40) {
					t.Fatalf("at %d per cent the point at %d, %d changes when the picture moves", zoom, x, y)
				}
			}
		}
		over, far, _ := draw(pictureView(zoom, 1<<20, 1<<20))
		last, _, _ := draw(pictureView(zoom, far.MaxPanX, far.MaxPanY))
		if over.RGBAAt(500, 1000) != last.RGBAAt(500, 1000) {
			t.Errorf("at %d per cent the picture can be moved out of sight", zoom)
		}
	}
}

func TestNextZoom(t *testing.T) {
	for _, c := range []struct {
		zoom int
		arg  string
		want int
	}{{0, "in", 150}, {100, "in", 150}, {137, "in", 150}, {400, "in", 400}, {137, "out", 100}, {200, "out", 150}, {100, "out", 100}, {300, "fit", 100}} {
		if got := page.NextZoom(c.zoom, c.arg); got != c.want {
			t.Errorf("from %d %s leads to %d, not %d", c.zoom, c.arg, got, c.want)
		}
	}
}

// BenchmarkZoom draws enlarged pages that were never drawn before. The floor is
// a page that was.
func BenchmarkZoom(b *testing.B) {
	book, lib := book(b, specimen.Portrait)
	for _, c := range []struct {
		name   string
		moving bool
	}{{"settled", false}, {"pinch", true}} {
		b.Run(c.name, func(b *testing.B) {
			var fresh, floor time.Duration
			zoom := 100
			for b.Loop() {
				zoom = 100 + (zoom+3)%300
				v := pictureView(zoom, 300, 600)
				v.Moving = c.moving
				start := time.Now()
				book.Draw(v, lib, specimen.Now(), specimen.Online())
				middle := time.Now()
				book.Draw(pictureView(0, 0, 0), lib, specimen.Now(), specimen.Online())
				fresh, floor = fresh+middle.Sub(start), floor+time.Since(middle)
			}
			b.ReportMetric(float64(fresh)/float64(max(floor, 1)), "ratio")
			b.ReportMetric(fresh.Seconds()*1000/float64(b.N), "ms/fresh")
		})
	}
}
