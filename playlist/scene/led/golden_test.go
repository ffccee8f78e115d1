package led_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// boards are those of which pictures are kept.
var boards = []image.Point{{64, 16}, {96, 16}, {128, 32}, {192, 64}, {256, 64}, {320, 32}, {384, 128}}

// stacked paints pages below one another, a dot a pixel, two grey rows between.
func stacked(pages []led.Page, panel playlist.Panel) *image.RGBA {
	const between = 2
	out := image.NewRGBA(image.Rect(0, 0, panel.Width, len(pages)*(panel.Height+between)-between))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{96}), image.Point{}, draw.Src)
	for i, p := range pages {
		elapsed := time.Duration(0)
		if p.Marquee {
			elapsed = p.Dwell / 3
		}
		f := led.Frame(p, panel, elapsed, specimen.Now(), specimen.Zone)
		img := image.NewRGBA(image.Rectangle{Max: f.Size})
		scene.Paint(img, f)
		draw.Draw(out, img.Rect.Add(image.Pt(0, i*(panel.Height+between))), img, image.Point{}, draw.Src)
	}
	return out
}

// TestGolden keeps the pages of every kind of notice on every size of board, in
// one colour and in all; in two colours on the one in three sizes of gates.
func TestGolden(t *testing.T) {
	for _, size := range boards {
		for _, colours := range []playlist.LEDColours{playlist.FullColour, playlist.SingleColour, playlist.DualColour} {
			if colours == playlist.DualColour && size != (image.Point{192, 64}) {
				continue
			}
			panel := playlist.Panel{Width: size.X, Height: size.Y, Colours: colours}
			for _, s := range specimen.Boards() {
				name := fmt.Sprintf("kinds/%dx%d/%s-%s", size.X, size.Y, s.Name, colours)
				golden.Image(t, name, stacked(led.Paginate(s.Notice, panel, s.Options), panel), 0)
			}
		}
	}
}
