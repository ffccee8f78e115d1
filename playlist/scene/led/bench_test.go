package led_test

import (
	"fmt"
	"image"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// BenchmarkFrame draws and paints the fullest page of the specimens; the ratio is
// to copying as many pixels, measured in the same run.
func BenchmarkFrame(b *testing.B) {
	for _, size := range []image.Point{{384, 128}, {1920, 540}} {
		panel := playlist.Panel{Width: size.X, Height: size.Y, Colours: playlist.FullColour}
		var page led.Page
		most := 0
		for _, s := range specimen.Boards() {
			for _, p := range led.Paginate(s.Notice, panel, s.Options) {
				if n := len([]rune(p.Text())); n > most {
					page, most = p, n
				}
			}
		}
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			img := image.NewRGBA(image.Rectangle{Max: size})
			other := make([]uint8, len(img.Pix))
			const floors = 200
			begin := time.Now()
			for range floors {
				copy(other, img.Pix)
			}
			floor := float64(time.Since(begin)) / floors
			b.ResetTimer()
			for range b.N {
				scene.Paint(img, led.Frame(page, panel, 0, specimen.Now(), nil))
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/floor, "ratio")
		})
	}
}

// BenchmarkPaginate lays the specimens out for a board; the ratio is to drawing
// the first page of each.
func BenchmarkPaginate(b *testing.B) {
	panel := specimen.Board
	shown := specimen.Boards()
	const floors = 20
	var pages []led.Page
	for _, s := range shown {
		pages = append(pages, led.Paginate(s.Notice, panel, s.Options)[0])
	}
	begin := time.Now()
	for range floors {
		for _, p := range pages {
			led.Frame(p, panel, 0, specimen.Now(), nil)
		}
	}
	floor := float64(time.Since(begin)) / floors
	b.ResetTimer()
	for range b.N {
		for _, s := range shown {
			led.Paginate(s.Notice, panel, s.Options)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/floor, "ratio")
}
