package dotfont

import (
	"fmt"
	"image"
	"image/color"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
)

// open makes the face of a size.
//
// At 12 and 16 dots designers have set every dot of most characters, and no
// rasteriser does as well. At 24 and 32 dots there is no openly licensed
// simplified Chinese face of dots; the Song faces that exist elsewhere have level
// strokes of one dot, which the eye loses first from afar. There outlines are
// fitted to the dots, with strokes of a twelfth to a tenth of the height: light
// spreads, and strokes of an eighth, as the bold outlines have, close their
// counters on a board. From 40 dots on bold outlines are drawn as they are.
func open(size int) (*Font, error) {
	f := &Font{Height: size, late: make(map[rune]glyph)}
	stem := map[int]int{12: 1, 16: 1, 24: 2, 32: 3}[size]
	fit := func(face *sharedFace) source { return hinted(face, size, stem) }
	plain := func(face *sharedFace) source { return thresholded(face, size) }
	all := func(rune) bool { return true }
	f.brought = fit
	switch {
	case size == 12:
		f.own = []source{apart(ark()), shrunk(), later(regular, fit, all), later(rareRegular, fit, beyond)}
	case size == 16:
		dots, err := fonts.Unifont()
		if err != nil {
			return nil, err
		}
		f.own = []source{apart(unifont(dots)), later(rareRegular, fit, beyond)}
	case stem > 0:
		face, err := regular()
		if err != nil {
			return nil, err
		}
		own := fit(face)
		f.own = []source{marks(own, size, stem), own, later(rareRegular, fit, beyond)}
	default:
		face, err := bold()
		if err != nil {
			return nil, err
		}
		f.brought = plain
		f.own = []source{plain(face), later(rareBold, plain, beyond)}
	}
	return f, nil
}

// Picture draws s on a black ground, each dot zoom×zoom pixels, for tests and
// for pages that show what a board will show.
func (f *Font) Picture(s string, zoom int, on color.RGBA) (*image.RGBA, error) {
	if zoom < 1 {
		return nil, fmt.Errorf("a dot of %d pixels cannot be drawn", zoom)
	}
	c := scene.NewCanvas(max(f.Measure(s), 1), f.Height, scene.Black)
	ops, _ := f.AppendOps(nil, s, image.Point{}, scene.Op{Color: on})
	c.Add(ops...)
	fr := c.Frame()
	small := image.NewRGBA(image.Rectangle{Max: fr.Size})
	scene.Paint(small, fr)
	big := image.NewRGBA(image.Rect(0, 0, fr.Size.X*zoom, fr.Size.Y*zoom))
	for y := range big.Rect.Dy() {
		for x := range big.Rect.Dx() {
			big.SetRGBA(x, y, small.RGBAAt(x/zoom, y/zoom))
		}
	}
	return big, nil
}
