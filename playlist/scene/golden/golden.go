// Package golden compares pictures that tests draw with pictures that somebody
// has looked at.
//
// It promises that a picture which differs fails the test and leaves what was
// drawn and where it differs in a folder named in the failure. Running the test
// with -update writes the pictures instead; looking at them is left to whoever
// does that.
package golden

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/playlist/scene"
)

var update = flag.Bool("update", false, "write golden pictures instead of comparing with them")

// Frame paints f on the CPU and compares it with testdata/name.png; no channel
// of any pixel may differ by more than tolerance.
func Frame(t testing.TB, name string, f *scene.Frame, tolerance uint8) {
	t.Helper()
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	Image(t, name, img, tolerance)
}

// Image compares got with testdata/name.png; no channel of any pixel may differ
// by more than tolerance.
func Image(t testing.TB, name string, got image.Image, tolerance uint8) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name)+".png")
	if *update {
		if err := write(path, got); err != nil {
			t.Fatalf("updating a golden picture: %v", err)
		}
		return
	}
	want, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is no picture %s yet; run the test with -update and look at what it writes%s", path, keep(t, name, got, nil))
		return
	}
	if err != nil {
		t.Errorf("reading a golden picture: %v", err)
		return
	}
	d := Compare(got, want)
	if d.Largest > int(tolerance) {
		t.Errorf("%s: %s%s", path, d, keep(t, name, got, d.Picture))
	}
}

// Difference says how far two pictures are apart.
type Difference struct {
	Largest int             // of any channel of any pixel; 256 when the sizes differ
	Pixels  int             // that differ at all
	Area    image.Rectangle // that holds them
	Picture *image.RGBA     // differing pixels in red, the others faint; nil when the sizes differ
	Sizes   [2]image.Point  // of what was drawn and what was expected
}

func (d Difference) String() string {
	if d.Sizes[0] != d.Sizes[1] {
		return fmt.Sprintf("the picture is %v, want %v", d.Sizes[0], d.Sizes[1])
	}
	return fmt.Sprintf("%d pixels in %v differ, the worst by %d", d.Pixels, d.Area, d.Largest)
}

// Compare measures how far got is from want, as premultiplied eight-bit
// channels.
func Compare(got, want image.Image) Difference {
	gb, wb := got.Bounds(), want.Bounds()
	d := Difference{Sizes: [2]image.Point{gb.Size(), wb.Size()}}
	if gb.Size() != wb.Size() {
		d.Largest = 256
		return d
	}
	d.Picture = image.NewRGBA(image.Rectangle{Max: gb.Size()})
	for y := range gb.Dy() {
		for x := range gb.Dx() {
			g := rgba(got.At(gb.Min.X+x, gb.Min.Y+y))
			w := rgba(want.At(wb.Min.X+x, wb.Min.Y+y))
			off := max(apart(g.R, w.R), apart(g.G, w.G), apart(g.B, w.B), apart(g.A, w.A))
			if off == 0 {
				grey := 255 - uint8((255-(int(w.R)+int(w.G)+int(w.B))/3)/4)
				d.Picture.SetRGBA(x, y, color.RGBA{grey, grey, grey, 255})
				continue
			}
			d.Picture.SetRGBA(x, y, color.RGBA{255, 0, 0, 255})
			d.Pixels++
			d.Area = d.Area.Union(image.Rect(x, y, x+1, y+1))
			d.Largest = max(d.Largest, off)
		}
	}
	return d
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

// keep writes what was drawn, and the difference if there is one, into a folder
// that outlives the test, and returns a clause that names it.
func keep(t testing.TB, name string, got image.Image, diff *image.RGBA) string {
	dir, err := os.MkdirTemp("", "golden-"+strings.ReplaceAll(filepath.Base(name), "*", "_")+"-")
	if err != nil {
		return fmt.Sprintf("; what was drawn could not be kept: %v", err)
	}
	if err := write(filepath.Join(dir, "got.png"), got); err != nil {
		return fmt.Sprintf("; what was drawn could not be kept: %v", err)
	}
	if diff != nil {
		if err := write(filepath.Join(dir, "diff.png"), diff); err != nil {
			t.Logf("keeping the difference: %v", err)
		}
	}
	return "; see " + dir
}

func read(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("decoding %s: %w", path, err)
	}
	return img, nil
}

func write(path string, img image.Image) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	return enc.Encode(f, img)
}
