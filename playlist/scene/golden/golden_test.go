package golden

import (
	"image"
	"image/color"
	"testing"
)

func TestCompare(t *testing.T) {
	a := image.NewRGBA(image.Rect(0, 0, 4, 3))
	b := image.NewRGBA(image.Rect(10, 10, 14, 13))
	if d := Compare(a, b); d.Largest != 0 || d.Pixels != 0 {
		t.Errorf("equal pictures: %v", d)
	}
	b.SetRGBA(12, 11, color.RGBA{0, 7, 2, 255})
	a.SetRGBA(2, 1, color.RGBA{0, 0, 0, 255})
	d := Compare(a, b)
	if d.Largest != 7 || d.Pixels != 1 || d.Area != image.Rect(2, 1, 3, 2) {
		t.Errorf("one pixel off by 7: %v", d)
	}
	if d := Compare(a, image.NewRGBA(image.Rect(0, 0, 4, 4))); d.Largest != 256 {
		t.Errorf("other size: %v", d)
	}
}
