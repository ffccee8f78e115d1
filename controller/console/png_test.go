package console

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"
	"time"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

// What encode writes every reader of PNG reads as the same pixels.
func TestEncodeKeepsEveryPixel(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 11))
	for range 60 {
		whole := image.NewRGBA(image.Rect(-3, -2, r.IntN(90)+1, r.IntN(90)+1))
		for y := whole.Rect.Min.Y; y < whole.Rect.Max.Y; y++ {
			c := color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
			for x := whole.Rect.Min.X; x < whole.Rect.Max.X; x++ {
				if r.IntN(5) == 0 {
					c = color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
				}
				whole.SetRGBA(x, y, c)
			}
			if y > whole.Rect.Min.Y && r.IntN(3) == 0 { // rows like the one above
				copy(whole.Pix[whole.PixOffset(whole.Rect.Min.X, y):], whole.Pix[whole.PixOffset(whole.Rect.Min.X, y-1):whole.PixOffset(whole.Rect.Min.X, y)])
			}
		}
		img := whole.SubImage(image.Rect(-1, 0, whole.Rect.Max.X, whole.Rect.Max.Y)).(*image.RGBA)
		data, err := encode(img)
		if err != nil {
			t.Fatal(err)
		}
		back, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				if got, want := color.RGBAModel.Convert(back.At(x, y)), img.RGBAAt(img.Rect.Min.X+x, img.Rect.Min.Y+y); got != want {
					t.Fatalf("%v at %d, %d: %v, want %v", img.Rect, x, y, got, want)
				}
			}
		}
	}
	if _, err := encode(image.NewRGBA(image.Rectangle{})); err == nil {
		t.Error("a picture of nothing is written")
	}
}

// BenchmarkTouchPreview measures what a preview of a touchscreen costs while
// someone types, against what image/png needs to encode a plain frame of its size.
func BenchmarkTouchPreview(b *testing.B) {
	lib, err := specimen.Library(specimen.Settings("liuxi", specimen.Portrait))
	if err != nil {
		b.Fatal(err)
	}
	view := page.View{Kind: page.NoticePage, Notice: specimen.AnnouncementID}
	draw := func() []byte {
		book := page.New(typeset.Default(), lib.Settings(), specimen.Pictures)
		frame, _ := book.Draw(view, lib, specimen.Now(), touchStatus(lib, view, specimen.Now()))
		data, err := encode(paint(frame))
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	plain := image.NewRGBA(image.Rect(0, 0, 1080, 1920))
	scene.Paint(plain, scene.NewCanvas(1080, 1920, scene.White).Frame())
	floor := func() {
		var out bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, plain); err != nil {
			b.Fatal(err)
		}
	}
	size := len(draw())
	floor()
	var took, least time.Duration
	for b.Loop() {
		began := time.Now()
		draw()
		between := time.Now()
		floor()
		took, least = took+between.Sub(began), least+time.Since(between)
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/1e6, "ms/preview")
	b.ReportMetric(float64(took)/float64(least), "ratio")
	b.ReportMetric(float64(size)/1024, "KiB")
}
