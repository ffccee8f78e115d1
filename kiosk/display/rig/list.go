package rig

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"mingbai/playlist/scene"
)

// Panel is the size of a usual touchscreen in pixels.
var Panel = image.Pt(1080, 1920)

var (
	glyphs = func() (g []*scene.Mask) {
		for i := range 400 {
			g = append(g, Soft(28+i%9, 30+i%7, uint64(i)))
		}
		return g
	}()
	card, shadow = Round(16), Corner(40, 2)
)

// Soft is a mask whose coverage differs from pixel to pixel.
func Soft(w, h int, seed uint64) *scene.Mask {
	r := rand.New(rand.NewPCG(seed, 1))
	m := &scene.Mask{W: w, H: h, Pix: make([]uint8, w*h)}
	for i := range m.Pix {
		m.Pix[i] = uint8(r.IntN(256))
	}
	return m
}

// Corner is a nine-patch whose middle row and column are uniform.
func Corner(inset int, seed uint64) *scene.Mask {
	side := 2*inset + 1
	m := Soft(side, side, seed)
	m.Inset = inset
	return m
}

// Round is a nine-patch with round corners, as cards have.
func Round(radius int) *scene.Mask {
	side := 2*radius + 1
	m := &scene.Mask{W: side, H: side, Pix: make([]uint8, side*side), Inset: radius}
	for y := range side {
		for x := range side {
			d := math.Hypot(float64(x-radius), float64(y-radius))
			m.Pix[y*side+x] = uint8(255 * max(0, min(1, float64(radius)+0.5-d)))
		}
	}
	return m
}

// Glyph is the i-th of a few hundred masks of the size of characters.
func Glyph(i int) *scene.Mask { return glyphs[i%len(glyphs)] }

// List is a page like a list of notices, moved up by y pixels: a heading, and
// cards with shadows and two lines of text.
func List(y int) *scene.Frame {
	f := &scene.Frame{Size: Panel, Ground: color.RGBA{243, 244, 246, 255}}
	const row = 210
	for i := y / row; i*row-y < Panel.Y; i++ {
		top := 200 + i*row - y
		r := image.Rect(48, top, Panel.X-48, top+row-26)
		f.Ops = append(f.Ops,
			scene.Op{Kind: scene.OpNine, Mask: shadow, Dst: r.Inset(-24), Color: color.RGBA{A: 30}},
			scene.Op{Kind: scene.OpNine, Mask: card, Dst: r, Color: color.RGBA{255, 255, 255, 255}})
		for k := range 48 {
			m := Glyph(i*31 + k*7)
			at := image.Pt(90+k%24*38, top+24+k/24*50)
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, m.W, m.H).Add(at), Color: color.RGBA{30, 33, 40, 255}})
		}
	}
	f.Ops = append(f.Ops, scene.Op{Kind: scene.OpFill, Dst: image.Rect(0, 0, Panel.X, 160), Color: color.RGBA{20, 70, 150, 255}})
	return f
}
