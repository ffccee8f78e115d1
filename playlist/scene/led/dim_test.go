package led_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// TestDim takes a board with every colour from dark to full: brightness of every
// dot goes up only, colours keep their hue, what is lit stays lit.
func TestDim(t *testing.T) {
	s, err := specimen.Zones(playlist.Panel{Width: 384, Height: 128, Colours: playlist.FullColour}, "six", specimen.Banner())
	if err != nil {
		t.Fatal(err)
	}
	paint := func(f *scene.Frame) *image.RGBA {
		img := image.NewRGBA(image.Rectangle{Max: f.Size})
		scene.Paint(img, f)
		return img
	}
	full := paint(s.Frame)
	before := paint(led.Dim(s.Frame, 0))
	for _, v := range before.Pix {
		if v != 0 && v != 255 {
			t.Fatal("at 0 % a dot is lit")
		}
	}
	for percent := 1.0; percent <= 100; percent++ {
		img := paint(led.Dim(s.Frame, percent))
		for i := 0; i < len(img.Pix); i += 4 {
			want, got, was := full.Pix[i:i+3], img.Pix[i:i+3], before.Pix[i:i+3]
			most := max(want[0], want[1], want[2])
			if (most > 0) != (max(got[0], got[1], got[2]) > 0) {
				t.Fatalf("at %v %% %v becomes %v", percent, want, got)
			}
			for c := range 3 {
				if got[c] < was[c] {
					t.Fatalf("at %v %% a dot goes from %v to %v", percent, was, got)
				}
				// Within the rounding of the channel and of the brightest.
				exact := float64(want[c]) * math.Pow(percent/100, 1/2.2)
				if math.Abs(float64(got[c])-exact) > 1 {
					t.Fatalf("at %v %% %v becomes %v", percent, want, got)
				}
			}
			if want[0] == want[1] && want[1] == want[2] && (got[0] != got[1] || got[1] != got[2]) {
				t.Fatalf("at %v %% white becomes %v", percent, got)
			}
		}
		before = img
	}
	if led.Dim(s.Frame, 100) != s.Frame {
		t.Error("at 100 % the frame is copied")
	}
}

// Boards of one colour stay lit, in their colour, at the lowest level.
func TestDimSingleColour(t *testing.T) {
	s, err := specimen.Zones(playlist.Panel{Width: 192, Height: 64, Colours: playlist.SingleColour}, "clock")
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rectangle{Max: s.Frame.Size})
	scene.Paint(img, led.Dim(s.Frame, 0.1))
	lit := 0
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] > 0 {
			lit++
		}
		if img.Pix[i+1] != 0 || img.Pix[i+2] != 0 {
			t.Fatal("a red board shows another colour")
		}
	}
	if lit < 300 {
		t.Errorf("only %d dots are lit", lit)
	}
}

// A frame with a picture is dimmed, too.
func TestDimPicture(t *testing.T) {
	c := scene.NewCanvas(2, 1, color.RGBA{0, 0, 0, 255})
	c.Image(&scene.Bitmap{W: 1, H: 1, Pix: []uint8{200, 100, 40, 255}}, image.Point{})
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	scene.Paint(img, led.Dim(c.Frame(), 100*math.Pow(0.5, 2.2)))
	if got := img.RGBAAt(0, 0); got.R < 99 || got.R > 101 || got.G < 49 || got.G > 51 || got.B < 19 || got.B > 21 {
		t.Errorf("half of a picture is %v", got)
	}
}
