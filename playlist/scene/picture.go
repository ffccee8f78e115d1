package scene

import (
	"image"

	"golang.org/x/image/draw"
)

// Picture scales img to exactly w×h pixels (Catmull-Rom) for an image
// operation. It is slow; the caller keeps the result for as long as the picture
// is on a page, because bitmaps are compared by pointer.
func Picture(img image.Image, w, h int) *Bitmap {
	w, h = max(w, 1), max(h, 1)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if img.Bounds().Dx() == w && img.Bounds().Dy() == h {
		draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	} else {
		draw.CatmullRom.Scale(out, out.Rect, img, img.Bounds(), draw.Src, nil)
	}
	// The kernel overshoots at hard edges of alpha; a channel above its alpha
	// would not be premultiplied any more.
	for i := 0; i < len(out.Pix); i += 4 {
		a := out.Pix[i+3]
		out.Pix[i], out.Pix[i+1], out.Pix[i+2] = min(out.Pix[i], a), min(out.Pix[i+1], a), min(out.Pix[i+2], a)
	}
	return &Bitmap{W: w, H: h, Pix: out.Pix}
}

// Contain returns the largest size with the proportions of pic that fits into
// box.
func Contain(pic, box image.Point) image.Point {
	if pic.X <= 0 || pic.Y <= 0 || box.X <= 0 || box.Y <= 0 {
		return image.Point{}
	}
	if pic.X*box.Y >= pic.Y*box.X {
		return image.Pt(box.X, max(pic.Y*box.X/pic.X, 1))
	}
	return image.Pt(max(pic.X*box.Y/pic.Y, 1), box.Y)
}
