package rendition

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, r Rendition) image.Image {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(r.Data))
	if err != nil {
		t.Fatal(err)
	}
	if "image/"+format != r.Type || img.Bounds() != image.Rect(0, 0, r.Width, r.Height) {
		t.Fatalf("a %s of %v that says %s, %d by %d", format, img.Bounds(), r.Type, r.Width, r.Height)
	}
	return img
}

func near(a, b color.Color, tolerance int) bool {
	r, g, bl, al := a.RGBA()
	r2, g2, b2, a2 := b.RGBA()
	for _, d := range []int{int(r) - int(r2), int(g) - int(g2), int(bl) - int(b2), int(al) - int(a2)} {
		if d/257 > tolerance || -d/257 > tolerance {
			return false
		}
	}
	return true
}

func encodeJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// photo is a picture with shades and noise, as a camera makes it.
func photo(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			n := int(rng.Uint32() % 8)
			m.SetRGBA(x, y, color.RGBA{uint8(x*240/w + n), uint8(y*240/h + n), uint8((x+y)*120/(w+h) + 60 + n), 255})
		}
	}
	return m
}

// TestFormats renders the same scene from every format: black above, white
// below, a red and a blue stripe at the right.
func TestFormats(t *testing.T) {
	for name, media := range map[string]string{
		"scene.png": "image/png", "lossless.webp": "image/webp", "lossy.webp": "image/webp", "alpha.webp": "image/webp",
		"progressive.jpg": "image/jpeg", "full.jpg": "image/jpeg", "cmyk.jpg": "image/jpeg", "anim.gif": "image/gif",
	} {
		src := load(t, name)
		info, err := Config(bytes.NewReader(src))
		if err != nil || info != (Info{media, 96, 48, 1}) {
			t.Errorf("%s: %+v, %v", name, info, err)
			continue
		}
		out, err := Render(src, []image.Point{{96, 48}, {48, 48}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		alpha := uint8(255)
		if name == "alpha.webp" {
			alpha = 128
		}
		for i, r := range out {
			img, k := decode(t, r), 1+i
			for p, want := range map[image.Point]color.NRGBA{
				{20, 1}: {5, 5, 5, alpha}, {20, 46}: {250, 250, 250, alpha},
				{72, 20}: {255, 0, 0, alpha}, {88, 30}: {0, 80, 200, alpha},
			} {
				if got := img.At(p.X/k, p.Y/k); !near(got, want, 10) {
					t.Errorf("%s at %v: %v, want %v", name, p, got, want)
				}
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct{ size, box, want image.Point }{
		{image.Pt(4000, 3000), image.Pt(1920, 1080), image.Pt(1440, 1080)},
		{image.Pt(3000, 4000), image.Pt(1080, 1920), image.Pt(1080, 1440)},
		{image.Pt(100, 50), image.Pt(1920, 1080), image.Pt(100, 50)},
		{image.Pt(1920, 1080), image.Pt(1920, 1080), image.Pt(1920, 1080)},
		{image.Pt(16384, 1), image.Pt(1080, 1080), image.Pt(1080, 1)},
		{image.Pt(1, 16384), image.Pt(192, 64), image.Pt(1, 64)},
		{image.Pt(3, 3), image.Pt(2, 1), image.Pt(1, 1)},
	} {
		if got := fit(c.size, c.box); got != c.want {
			t.Errorf("fit(%v, %v) = %v, want %v", c.size, c.box, got, c.want)
		}
	}
	if _, err := Render(encodePNG(t, photo(9, 9)), []image.Point{{0, 10}}); err == nil || KindOf(err) != "" {
		t.Errorf("an empty box: %v", err)
	}
}

func TestSameBytesInSameBytesOut(t *testing.T) {
	src := encodeJPEG(t, photo(700, 401))
	boxes := []image.Point{{300, 300}, {64, 64}, {5000, 5000}, {300, 172}}
	first, err := Render(src, boxes)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Render(src, boxes)
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if !bytes.Equal(first[i].Data, again[i].Data) {
			t.Errorf("box %v came out differently", boxes[i])
		}
		decode(t, first[i])
	}
	if first[2].Width != 700 || first[2].Height != 401 {
		t.Errorf("enlarged to %d by %d", first[2].Width, first[2].Height)
	}
	if &first[0].Data[0] != &first[3].Data[0] {
		t.Error("the same size was made twice")
	}
}

// withEXIF puts an APP1 segment with an orientation after the SOI.
func withEXIF(src []byte, orientation byte, extra string) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	tiff[19] = orientation
	body := append([]byte("Exif\x00\x00"), append(tiff, extra...)...)
	out := append([]byte("\xff\xd8\xff\xe1"), byte((len(body)+2)>>8), byte(len(body)+2))
	return append(append(out, body...), src[2:]...)
}

// TestOrientation checks all eight by the words of the standard: where the
// stored first row and first column are seen.
func TestOrientation(t *testing.T) {
	const w, h = 96, 64
	corners := []color.RGBA{{220, 30, 30, 255}, {30, 200, 30, 255}, {30, 30, 220, 255}, {230, 230, 230, 255}}
	stored := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, c := range corners { // 0: row 0, column 0; 1: row 0, last column; 2: last row, column 0; 3: last, last
		at := image.Pt(i%2*w/2, i/2*h/2)
		draw.Draw(stored, image.Rectangle{at, at.Add(image.Pt(w/2, h/2))}, image.NewUniform(c), image.Point{}, draw.Src)
	}
	sides := [9][2]string{1: {"top", "left"}, {"top", "right"}, {"bottom", "right"}, {"bottom", "left"},
		{"left", "top"}, {"right", "top"}, {"right", "bottom"}, {"left", "bottom"}}
	opposite := map[string]string{"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
	cmyk := load(t, "cmyk.jpg")
	for o := byte(1); o <= 8; o++ {
		for _, box := range []image.Point{{500, 500}, {33, 33}} {
			out, err := Render(withEXIF(encodeJPEG(t, stored), o, ""), []image.Point{box})
			if err != nil {
				t.Fatal(err)
			}
			img := decode(t, out[0])
			if (o >= 5) != (out[0].Height > out[0].Width) {
				t.Errorf("orientation %d: %d by %d", o, out[0].Width, out[0].Height)
			}
			for i, want := range corners {
				row, col := sides[o][0], sides[o][1]
				if i/2 == 1 {
					row = opposite[row]
				}
				if i%2 == 1 {
					col = opposite[col]
				}
				p := image.Pt(out[0].Width/8, out[0].Height/8)
				if row == "bottom" || col == "bottom" {
					p.Y = out[0].Height - 1 - p.Y
				}
				if row == "right" || col == "right" {
					p.X = out[0].Width - 1 - p.X
				}
				if got := img.At(p.X, p.Y); !near(got, want, 12) {
					t.Errorf("orientation %d, box %v, %s %s: %v, want %v", o, box, row, col, got, want)
				}
			}
		}
		out, err := Render(withEXIF(cmyk, o, ""), []image.Point{{40, 40}})
		if err != nil {
			t.Fatal(err)
		}
		decode(t, out[0])
	}
}

func TestMetadataIsDropped(t *testing.T) {
	const secret = "GPS 26.5,106.7 Zhang"
	src := append(withEXIF(encodeJPEG(t, photo(50, 50)), 6, secret), "PK\x03\x04 a second file"...)
	out, err := Render(src, []image.Point{{100, 100}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{secret, "Exif", "PK\x03\x04"} {
		if bytes.Contains(out[0].Data, []byte(s)) {
			t.Errorf("%q is in the rendition", s)
		}
	}
	// What was erased with transparency is not published.
	m := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	draw.Draw(m, m.Rect, image.NewUniform(color.NRGBA{200, 10, 10, 0}), image.Point{}, draw.Src)
	m.SetNRGBA(1, 1, color.NRGBA{200, 10, 10, 0})
	m.SetNRGBA(0, 0, color.NRGBA{9, 9, 9, 255})
	if out, err = Render(encodePNG(t, m), []image.Point{{8, 8}}); err != nil {
		t.Fatal(err)
	}
	if got := decode(t, out[0]).At(1, 1); !near(got, color.NRGBA{}, 0) || color.NRGBAModel.Convert(got).(color.NRGBA).R != 0 {
		t.Errorf("a colour under full transparency came through: %v", got)
	}
}

func TestPhotographOrDrawing(t *testing.T) {
	table := image.NewRGBA(image.Rect(0, 0, 400, 300))
	draw.Draw(table, table.Rect, image.White, image.Point{}, draw.Src)
	for i := range 10 {
		draw.Draw(table, image.Rect(10, 25*i, 390, 25*i+1), image.Black, image.Point{}, draw.Src)
	}
	hole := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	draw.Draw(hole, hole.Rect, photo(200, 200), image.Point{}, draw.Src)
	hole.SetNRGBA(100, 100, color.NRGBA{})
	gray := image.NewGray(image.Rect(0, 0, 200, 200))
	draw.Draw(gray, gray.Rect, photo(200, 200), image.Point{}, draw.Src)
	for name, c := range map[string]struct {
		src  []byte
		want string
	}{
		"table":              {encodePNG(t, table), "image/png"},
		"photograph as PNG":  {encodePNG(t, photo(200, 200)), "image/jpeg"},
		"with transparency":  {encodePNG(t, hole), "image/png"},
		"gray photograph":    {encodePNG(t, gray), "image/jpeg"},
		"table as JPEG":      {encodeJPEG(t, table), "image/jpeg"},
		"gray JPEG":          {encodeJPEG(t, gray), "image/jpeg"},
		"sixteen bits a PNG": {encodePNG(t, image.NewNRGBA64(image.Rect(0, 0, 9, 9))), "image/png"},
	} {
		out, err := Render(c.src, []image.Point{{100, 100}, {1000, 1000}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, r := range out {
			if decode(t, r); r.Type != c.want {
				t.Errorf("%s became %s, want %s", name, r.Type, c.want)
			}
		}
	}
}

// TestNoFringeAtTransparentEdges: resampling overshoots beside an edge, and an
// overshoot must not wrap around into another colour.
func TestNoFringeAtTransparentEdges(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 301, 301))
	draw.Draw(m, image.Rect(50, 50, 250, 250), image.NewUniform(color.NRGBA{255, 40, 0, 255}), image.Point{}, draw.Src)
	out, err := Render(encodePNG(t, m), []image.Point{{77, 77}})
	if err != nil {
		t.Fatal(err)
	}
	img := decode(t, out[0])
	for y := range 77 {
		for x := range 77 {
			if c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); c.A > 16 && (c.R < 220 || c.G > 60 || c.B > 20) {
				t.Fatalf("at %d, %d: %v", x, y, c)
			}
		}
	}
}

func TestGIFFrameSmallerThanScreen(t *testing.T) {
	pal := color.Palette{color.RGBA{200, 0, 0, 255}, color.RGBA{0, 0, 200, 255}}
	frame := image.NewPaletted(image.Rect(10, 5, 20, 15), pal)
	var buf bytes.Buffer
	g := &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{ColorModel: pal, Width: 40, Height: 30}}
	if err := gif.EncodeAll(&buf, g); err != nil {
		t.Fatal(err)
	}
	out, err := Render(buf.Bytes(), []image.Point{{40, 40}})
	if err != nil {
		t.Fatal(err)
	}
	img := decode(t, out[0])
	if !near(img.At(12, 8), pal[0], 0) || !near(img.At(1, 1), color.NRGBA{}, 0) || out[0].Width != 40 {
		t.Errorf("frame %v, outside %v, width %d", img.At(12, 8), img.At(1, 1), out[0].Width)
	}
}

func TestConfigReader(t *testing.T) {
	if _, err := Config(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) || KindOf(err) != "" {
		t.Errorf("a reader that fails: %v", err)
	}
	src := encodePNG(t, photo(30, 20))
	if info, err := Config(iotest.OneByteReader(bytes.NewReader(src))); err != nil || info != (Info{"image/png", 30, 20, 1}) {
		t.Errorf("%+v, %v", info, err)
	}
	for _, k := range []Kind{TooLarge, Unsupported, Damaged} {
		if k.Advice() == Kind("").Advice() {
			t.Errorf("%s has no advice", k)
		}
	}
}

// BenchmarkRender12MP turns a 12-megapixel JPEG to 1080p and prints the ratio
// to decoding it only, which is the floor.
func BenchmarkRender12MP(b *testing.B) {
	src := encodeJPEG(b, photo(4000, 3000))
	var work, floor time.Duration
	for b.Loop() {
		t0 := time.Now()
		if _, err := Render(src, []image.Point{{1920, 1080}}); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if _, err := jpeg.Decode(bytes.NewReader(src)); err != nil {
			b.Fatal(err)
		}
		work, floor = work+t1.Sub(t0), floor+time.Since(t1)
	}
	b.ReportMetric(float64(work)/float64(floor), "ratio")
}
