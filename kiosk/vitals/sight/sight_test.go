package sight

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"

	"mingbai/playlist/scene"
)

// page is a light page with a dark picture of noise in it.
func page(size image.Point) *scene.Frame {
	r := rand.New(rand.NewPCG(1, 2))
	b := &scene.Bitmap{W: size.X / 2, H: size.Y / 2}
	for range b.W * b.H {
		b.Pix = append(b.Pix, uint8(r.IntN(200)), uint8(r.IntN(200)), uint8(r.IntN(200)), 255)
	}
	m := &scene.Mask{W: 9, H: 7, Pix: make([]uint8, 63)}
	for i := range m.Pix {
		m.Pix[i] = uint8(r.IntN(256))
	}
	f := &scene.Frame{Size: size, Ground: color.RGBA{240, 238, 230, 255}, Ops: []scene.Op{
		{Kind: scene.OpImage, Dst: image.Rectangle{Min: image.Pt(5, 7)}, Image: b},
		{Kind: scene.OpFill, Dst: image.Rect(3, size.Y/2, size.X-3, size.Y), Color: color.RGBA{10, 60, 0, 255}, Clip: image.Rect(20, 0, 40, size.Y-9)},
	}}
	for i := range 40 {
		at := image.Pt(i*11%size.X, i*37%size.Y)
		f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Dst: image.Rectangle{Min: at}, Mask: m, Color: color.RGBA{0, 0, 90, 255}, Clip: image.Rect(0, 3, size.X-1, size.Y)})
	}
	return f
}

// board is a dark board with a few lit dots.
func board() *scene.Frame {
	return &scene.Frame{Size: image.Pt(192, 64), Ground: color.RGBA{0, 0, 0, 255}, Ops: []scene.Op{
		{Kind: scene.OpFill, Dst: image.Rect(10, 20, 60, 22), Color: color.RGBA{255, 0, 0, 255}},
	}}
}

func painted(f *scene.Frame) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(m, f)
	return m
}

func enlarged(m *image.RGBA, k int, lamps bool) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: m.Rect.Size().Mul(k)})
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			c := m.RGBAAt(x/k, y/k)
			if lamps {
				c.R, c.G, c.B = max(c.R, 19), max(c.G, 20), max(c.B, 22)
				if x%k == 0 || y%k == 0 {
					c = color.RGBA{9, 9, 11, 255}
				}
			}
			out.SetRGBA(x, y, c)
		}
	}
	return out
}

func black(size image.Point) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.Black, image.Point{}, draw.Src)
	return m
}

func TestWhatIsRight(t *testing.T) {
	p := page(image.Pt(300, 211))
	shaken := painted(p)
	for i := range shaken.Pix {
		if i%4 != 3 && shaken.Pix[i] < 250 {
			shaken.Pix[i] += uint8(i % 5) // two painters differ by four
		}
	}
	whole := painted(p)
	half := image.NewRGBA(image.Rect(0, 0, 450, 316)) // fitted: one and a half times
	for y := range 316 {
		for x := range 450 {
			half.SetRGBA(x, y, whole.RGBAAt(x*2/3, y*2/3))
		}
	}
	for _, tt := range []struct {
		name string
		m    *image.RGBA
		f    *scene.Frame
	}{
		{"the page", painted(p), p},
		{"another painter", shaken, p},
		{"squares", enlarged(painted(p), 3, false), p},
		{"fitted", half, p},
		{"a board", painted(board()), board()},
		{"a board of lamps", enlarged(painted(board()), 5, true), board()},
		{"dark on purpose", black(p.Size), &scene.Frame{Size: p.Size, Ground: color.RGBA{0, 0, 0, 255}}},
	} {
		if f := Judge(tt.m, tt.f); f.Differs > 0.5 || f.Black() {
			t.Errorf("%s: %+v", tt.name, f)
		}
	}
}

func TestWhatIsWrong(t *testing.T) {
	p := page(image.Pt(300, 211))
	box := painted(p)
	draw.Draw(box, image.Rect(50, 50, 150, 100), image.NewUniform(color.RGBA{90, 0, 90, 255}), image.Point{}, draw.Src)
	fit := black(image.Pt(450, 316))
	for _, tt := range []struct {
		name  string
		m     *image.RGBA
		f     *scene.Frame
		black bool
		least float64
	}{
		{"black", black(p.Size), p, true, 90},
		{"a black board", black(image.Pt(192, 64)), board(), true, 0.8},
		{"a black board of lamps", enlarged(black(image.Pt(192, 64)), 5, true), board(), true, 0.8},
		{"black, fitted", fit, p, true, 70},
		{"nothing at all", image.NewRGBA(image.Rectangle{Max: p.Size}), p, true, 90},
		{"a strange window", box, p, false, 7},
		{"another page", painted(&scene.Frame{Size: p.Size, Ground: color.RGBA{0, 200, 0, 255}}), p, false, 90},
		{"another page, enlarged", enlarged(painted(&scene.Frame{Size: p.Size, Ground: color.RGBA{0, 200, 0, 255}}), 2, false), p, false, 90},
	} {
		f := Judge(tt.m, tt.f)
		if f.Black() != tt.black || f.Differs < tt.least {
			t.Errorf("%s: %+v, black %v", tt.name, f, f.Black())
		}
	}
}

func TestLumaAndSum(t *testing.T) {
	f := &scene.Frame{Size: image.Pt(40, 70), Ground: color.RGBA{255, 255, 255, 255}}
	white := Judge(painted(f), f)
	if math.Abs(white.Luma-255) > 0.01 || white.Lit != 100 {
		t.Errorf("white: %+v", white)
	}
	if dark := Judge(black(f.Size), f); dark.Luma != 0 || dark.Sum == white.Sum {
		t.Errorf("black: %+v", dark)
	}
	if again := Judge(painted(f), f); again.Sum != white.Sum {
		t.Error("the same pixels have two sums")
	}
	if f := Judge(image.NewRGBA(image.Rectangle{}), f); f.Differs != 0 {
		t.Errorf("no picture: %+v", f)
	}
}

// BenchmarkJudge judges a page of a touchscreen and prints the ratio to painting
// it once, which every device can afford every ten seconds.
func BenchmarkJudge(b *testing.B) {
	p := page(image.Pt(1080, 1920))
	m := painted(p)
	floor := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			scene.Paint(m, p)
		}
	})
	for b.Loop() {
		Judge(m, p)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(float64(floor.T.Nanoseconds())/float64(floor.N)), "ratio")
}
