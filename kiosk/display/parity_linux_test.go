package display

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/rig"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
)

// tolerance is how much a channel may differ between the two painters.
const tolerance = 4

// parityFrames lists the drawn frames on which the painters must agree. The
// product's own pages come from specimen.
func parityFrames() map[string]*scene.Frame {
	frames := map[string]*scene.Frame{}
	for name, draw := range map[string]func(*scene.Frame){
		"fills":         drawFills,
		"masks":         drawMasks,
		"nine":          drawNines,
		"pictures":      drawPictures,
		"order":         drawOrder,
		"large masks":   drawLargeMasks,
		"random":        drawRandom,
		"nothing":       func(*scene.Frame) {},
		"out of bounds": drawOutside,
	} {
		f := &scene.Frame{Size: image.Pt(400, 300), Ground: color.RGBA{246, 247, 249, 255}}
		draw(f)
		frames[name] = f
	}
	frames["list"] = rig.List(0)
	frames["scrolled list"] = rig.List(1234)
	frames["covered"] = covered()
	return frames
}

func TestPaintersAgree(t *testing.T) {
	p := newPainter(rig.Panel.X, rig.Panel.Y)
	for name, f := range parityFrames() {
		t.Run(name, func(t *testing.T) { checkParity(t, p, f) })
	}
	t.Run("once more from a full atlas", func(t *testing.T) {
		for _, f := range parityFrames() {
			checkParity(t, p, f)
		}
	})
}

// TestPagesAgree holds the painters together on every page that has a golden
// picture: what a reviewer approves is what the screen draws.
func TestPagesAgree(t *testing.T) {
	all, err := specimen.Golden()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are no pages")
	}
	p := newPainter(rig.Panel.X, rig.Panel.Y)
	worst, calls := 0, 0
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			d := checkParity(t, p, s.Frame)
			if s.LED && d > 0 {
				t.Errorf("a board's dots differ by %d/255; they must be exact", d)
			}
			worst = max(worst, d)
			calls = max(calls, p.drawn)
		})
	}
	t.Logf("%d pages differ by at most %d/255 and take at most %d draw calls; the atlas holds %d pages and %d masks", len(all), worst, calls, len(p.atlas.pages), len(p.atlas.cells))
}

// TestTurnedPagesAgree holds a picture that hangs turned to the same frame.
func TestTurnedPagesAgree(t *testing.T) {
	p := newPainter(rig.Panel.X, rig.Panel.Y)
	frames := parityFrames()
	upright, err := specimen.Zones(playlist.Panel{Width: 64, Height: 192, Colours: playlist.DualColour}, "clock")
	if err != nil {
		t.Fatal(err)
	}
	frames["upright board"] = upright.Frame
	for _, turn := range []mount.Turn{90, 180, 270} {
		for name, f := range frames {
			if f.Size == rig.Panel {
				continue // large, and nothing that the others lack
			}
			size := turn.Size(f.Size)
			dst := ebiten.NewImageWithOptions(image.Rectangle{Max: size}, &ebiten.NewImageOptions{Unmanaged: true})
			p.paint(dst, f, placing(turn, f.Size, image.Point{}))
			got := image.NewRGBA(image.Rectangle{Max: size})
			dst.ReadPixels(got.Pix)
			dst.Deallocate()
			got = turn.Raise(got)
			want := image.NewRGBA(image.Rectangle{Max: f.Size})
			scene.Paint(want, f)
			for i := range want.Pix {
				if d := int(got.Pix[i]) - int(want.Pix[i]); d > tolerance || d < -tolerance {
					t.Errorf("%s turned by %d differs by %d/255 at %v", name, turn, d, image.Pt(i%want.Stride/4, i/want.Stride))
					break
				}
			}
		}
	}
}

// checkParity paints f with p and with scene.Paint, compares every pixel, and
// returns the largest difference of a channel.
func checkParity(t *testing.T, p *painter, f *scene.Frame) (worst int) {
	t.Helper()
	got, want := paintEbiten(p, f), image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(want, f)
	where := 0
	for y := 0; y < len(want.Pix); y += want.Stride {
		g, w := got.Pix[y:y+want.Stride], want.Pix[y:y+want.Stride]
		if bytes.Equal(g, w) {
			continue
		}
		for i := range w {
			if d := max(int(g[i])-int(w[i]), int(w[i])-int(g[i])); d > worst {
				worst, where = d, y+i
			}
		}
	}
	if worst > tolerance {
		at := image.Pt(where%want.Stride/4, where/want.Stride)
		t.Errorf("painters differ by %d/255 at %v: ebiten %v, CPU %v",
			worst, at, got.RGBAAt(at.X, at.Y), want.RGBAAt(at.X, at.Y))
	}
	return worst
}

func paintEbiten(p *painter, f *scene.Frame) *image.RGBA {
	dst := ebiten.NewImageWithOptions(image.Rectangle{Max: f.Size}, &ebiten.NewImageOptions{Unmanaged: true})
	defer dst.Deallocate()
	p.paint(dst, f, place{})
	m := image.NewRGBA(image.Rectangle{Max: f.Size})
	dst.ReadPixels(m.Pix)
	return m
}

// premultiplied returns r, g, b at opacity a as scene wants it.
func premultiplied(r, g, b, a uint8) color.RGBA {
	m := func(v uint8) uint8 { return uint8((int(v)*int(a) + 127) / 255) }
	return color.RGBA{m(r), m(g), m(b), a}
}

func noisePicture(w, h int, seed uint64) *scene.Bitmap {
	r := rand.New(rand.NewPCG(seed, 2))
	b := &scene.Bitmap{W: w, H: h, Pix: make([]uint8, w*h*4)}
	for i := 0; i < len(b.Pix); i += 4 {
		c := premultiplied(uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(255-r.IntN(4)*60))
		b.Pix[i], b.Pix[i+1], b.Pix[i+2], b.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return b
}

func drawFills(f *scene.Frame) {
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(10, 10, 200, 100), Color: color.RGBA{20, 60, 140, 255}},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(100, 50, 300, 200), Color: premultiplied(200, 30, 30, 128)},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(0, 0, 400, 300), Clip: image.Rect(150, 90, 160, 290), Color: premultiplied(0, 160, 30, 77)},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(-50, 280, 500, 400), Color: color.RGBA{1, 2, 3, 255}},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(5, 5, 6, 6), Color: premultiplied(255, 255, 255, 3)},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(20, 20, 40, 40), Color: color.RGBA{200, 100, 50, 60}}, // not premultiplied
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(0, 0, 400, 300)},                                      // transparent
	)
}

func drawMasks(f *scene.Frame) {
	for i := range 60 {
		m := rig.Soft(8+i%23, 9+i%31, uint64(i))
		at := image.Pt(i%10*38, i/10*45)
		f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rectangle{at, at.Add(image.Pt(m.W, m.H))},
			Color: premultiplied(uint8(i*4), 40, 90, uint8(255-i*3))})
	}
	m := rig.Soft(60, 60, 99)
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(370, 270, 430, 330), Color: color.RGBA{9, 9, 9, 255}},
		scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(-30, -30, 30, 30), Clip: image.Rect(3, 5, 22, 19), Color: color.RGBA{90, 9, 9, 255}},
	)
}

func drawNines(f *scene.Frame) {
	m := rig.Corner(9, 5)
	for i, d := range []image.Rectangle{
		image.Rect(10, 10, 120, 90), image.Rect(130, 10, 149, 29), image.Rect(160, 10, 170, 19),
		image.Rect(180, 10, 181, 11), image.Rect(200, 10, 217, 80), image.Rect(-20, 120, 90, 180),
		image.Rect(330, 220, 480, 380), image.Rect(240, 10, 258, 28), image.Rect(270, 10, 274, 100),
	} {
		f.Ops = append(f.Ops, scene.Op{Kind: scene.OpNine, Mask: m, Dst: d, Color: premultiplied(30, uint8(i*25), 120, uint8(255-i*20))})
	}
	even := rig.Soft(12, 12, 6)
	for i := range even.Pix {
		even.Pix[i] = uint8(i % 12 * 20)
	}
	even.Inset = 6
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpNine, Mask: m, Dst: image.Rect(120, 120, 300, 260), Clip: image.Rect(124, 128, 200, 250), Color: color.RGBA{0, 90, 60, 255}},
		scene.Op{Kind: scene.OpNine, Mask: m, Dst: image.Rect(120, 120, 300, 260), Clip: image.Rect(297, 255, 299, 300), Color: color.RGBA{0, 90, 60, 255}},
		scene.Op{Kind: scene.OpNine, Mask: even, Dst: image.Rect(20, 200, 100, 280), Color: color.RGBA{80, 0, 60, 255}},
	)
}

func drawPictures(f *scene.Frame) {
	a, b := noisePicture(120, 80, 1), noisePicture(90, 200, 2)
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpImage, Image: a, Dst: image.Rect(10, 10, 130, 90)},
		scene.Op{Kind: scene.OpImage, Image: b, Dst: image.Rect(80, 40, 170, 240)},
		scene.Op{Kind: scene.OpImage, Image: a, Dst: image.Rect(350, -20, 470, 60)},
		scene.Op{Kind: scene.OpImage, Image: b, Dst: image.Rect(200, 40, 290, 240), Clip: image.Rect(211, 50, 260, 231)},
		scene.Op{Kind: scene.OpImage, Image: noisePicture(40, tileSide+200, 3), Dst: image.Rect(300, -tileSide+100, 340, 300)},
	)
}

// drawOrder overlaps everything with everything, so that an operation that was
// moved past another one shows.
func drawOrder(f *scene.Frame) {
	r := rand.New(rand.NewPCG(7, 7))
	large := []*scene.Mask{rig.Soft(500, 500, 50), rig.Soft(520, 510, 51), rig.Soft(700, 490, 52), rig.Soft(600, 600, 53)}
	pics := []*scene.Bitmap{noisePicture(60, 60, 54), noisePicture(50, 70, 55)}
	for range 120 {
		at := image.Pt(r.IntN(380)-20, r.IntN(280)-20)
		c := premultiplied(uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(100+r.IntN(156)))
		area := image.Rect(0, 0, 20+r.IntN(80), 20+r.IntN(80)).Add(at)
		switch r.IntN(4) {
		case 0:
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpFill, Dst: area, Color: c})
		case 1:
			p := pics[r.IntN(len(pics))]
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpImage, Image: p, Dst: image.Rect(0, 0, p.W, p.H).Add(at)})
		default:
			m := large[r.IntN(len(large))]
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, m.W, m.H).Add(at), Clip: area, Color: c})
		}
	}
}

func drawLargeMasks(f *scene.Frame) {
	m := rig.Soft(pageSide+30, 40, 60)
	tall := rig.Soft(30, pageSide+500, 61)
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(-500, 20, -500+m.W, 60), Color: color.RGBA{30, 20, 90, 255}},
		scene.Op{Kind: scene.OpMask, Mask: tall, Dst: image.Rect(200, -900, 230, -900+tall.H), Color: premultiplied(200, 20, 90, 180)},
		scene.Op{Kind: scene.OpMask, Mask: rig.Soft(1, 1, 62), Dst: image.Rect(7, 200, 8, 201), Color: color.RGBA{30, 20, 90, 255}},
	)
}

func drawOutside(f *scene.Frame) {
	f.Ops = append(f.Ops,
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(500, 500, 600, 600), Color: color.RGBA{9, 9, 9, 255}},
		scene.Op{Kind: scene.OpFill, Dst: image.Rect(10, 10, 60, 60), Clip: image.Rect(5, 5, 5, 9), Color: color.RGBA{9, 9, 9, 255}},
		scene.Op{Kind: scene.OpMask, Dst: image.Rect(10, 10, 60, 60), Color: color.RGBA{9, 9, 9, 255}},
		scene.Op{Kind: scene.OpMask, Mask: &scene.Mask{}, Dst: image.Rect(10, 10, 60, 60), Color: color.RGBA{9, 9, 9, 255}},
		scene.Op{Kind: scene.OpImage, Dst: image.Rect(10, 10, 60, 60)},
		scene.Op{Kind: scene.OpNine, Dst: image.Rect(10, 10, 60, 60), Color: color.RGBA{9, 9, 9, 255}},
	)
}

func drawRandom(f *scene.Frame) {
	r := rand.New(rand.NewPCG(3, 9))
	for i := range 400 {
		at := image.Pt(r.IntN(440)-20, r.IntN(340)-20)
		m := rig.Soft(4+r.IntN(40), 4+r.IntN(40), uint64(1000+i))
		o := scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, m.W, m.H).Add(at),
			Color: premultiplied(uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)))}
		if r.IntN(3) == 0 {
			o.Clip = image.Rect(0, 0, 30, 12).Add(at)
		}
		f.Ops = append(f.Ops, o)
	}
}

// covered lays large opaque and half-transparent areas over one another, so
// that hidden parts which the painter leaves out would show if they were not.
func covered() *scene.Frame {
	f := &scene.Frame{Size: image.Pt(900, 700), Ground: color.RGBA{250, 240, 230, 255}}
	r := rand.New(rand.NewPCG(11, 12))
	card, noise := rig.Round(20), rig.Corner(12, 70)
	lying := rig.Corner(10, 71)
	for x := range lying.W {
		lying.Pix[10*lying.W+x] = 255
	}
	for i := range 70 {
		at := image.Pt(r.IntN(900)-100, r.IntN(700)-100)
		o := scene.Op{Kind: scene.OpFill, Dst: image.Rect(0, 0, 40+r.IntN(400), 40+r.IntN(300)).Add(at),
			Color: premultiplied(uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255)}
		if i%3 == 0 {
			o.Color = premultiplied(uint8(r.IntN(256)), uint8(r.IntN(256)), 0, uint8(r.IntN(256)))
		}
		if i%2 == 0 {
			o.Kind, o.Mask = scene.OpNine, []*scene.Mask{card, noise, lying}[r.IntN(3)]
		}
		if i%5 == 0 {
			o.Clip = image.Rect(0, 0, 200, 150).Add(at).Add(image.Pt(30, 20))
		}
		f.Ops = append(f.Ops, o)
	}
	return f
}
