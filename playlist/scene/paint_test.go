package scene

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// reference paints f pixel by pixel in floating point, straight from what
// frame.go says of the operations.
func reference(f *Frame) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	for y := range f.Size.Y {
		for x := range f.Size.X {
			px := [4]float64{float64(f.Ground.R), float64(f.Ground.G), float64(f.Ground.B), float64(f.Ground.A)}
			for _, op := range f.Ops {
				p := image.Pt(x, y)
				if op.Clip != (image.Rectangle{}) && !p.In(op.Clip) {
					continue
				}
				src, ok := sample(op, p)
				if !ok {
					continue
				}
				for i := range px {
					px[i] = math.Round(src[i] + px[i]*(255-src[3])/255)
				}
			}
			img.SetRGBA(x, y, color.RGBA{uint8(px[0]), uint8(px[1]), uint8(px[2]), uint8(px[3])})
		}
	}
	return img
}

// sample returns what op puts at p, premultiplied, 0 to 255.
func sample(op Op, p image.Point) ([4]float64, bool) {
	at := p.Sub(op.Dst.Min)
	col := [4]float64{float64(op.Color.R), float64(op.Color.G), float64(op.Color.B), float64(op.Color.A)}
	cov := 255.0
	switch op.Kind {
	case OpFill:
		if !p.In(op.Dst) {
			return col, false
		}
	case OpMask:
		if !at.In(image.Rect(0, 0, op.Mask.W, op.Mask.H)) {
			return col, false
		}
		cov = float64(op.Mask.Pix[at.Y*op.Mask.W+at.X])
	case OpNine:
		if !p.In(op.Dst) {
			return col, false
		}
		pick := func(i, d, n int) int {
			if i < op.Mask.Inset {
				return i
			}
			if d-i <= op.Mask.Inset {
				return n - (d - i)
			}
			return op.Mask.Inset
		}
		mx, my := pick(at.X, op.Dst.Dx(), op.Mask.W), pick(at.Y, op.Dst.Dy(), op.Mask.H)
		cov = float64(op.Mask.Pix[my*op.Mask.W+mx])
	case OpImage:
		if !at.In(image.Rect(0, 0, op.Image.W, op.Image.H)) {
			return col, false
		}
		i := (at.Y*op.Image.W + at.X) * 4
		b := op.Image.Pix[i : i+4]
		return [4]float64{float64(b[0]), float64(b[1]), float64(b[2]), float64(b[3])}, true
	}
	for i := range col {
		col[i] = col[i] * cov / 255
	}
	return col, true
}

// anyFrame draws a frame by chance, with every kind of operation.
func anyFrame(r *rand.Rand) *Frame {
	size := image.Pt(20+r.IntN(60), 20+r.IntN(60))
	f := &Frame{Size: size, Ground: anyColor(r, true)}
	masks := []*Mask{anyMask(r), anyMask(r), Circle(9, 0), Icon(IconHome, 17)}
	nines := []*Mask{Rounded(4, 0), Rounded(6, 2), Rounded(0, 3), Rounded(0, 0)}
	pictures := []*Bitmap{anyBitmap(r), anyBitmap(r)}
	for range r.IntN(30) {
		at := image.Pt(r.IntN(size.X+20)-10, r.IntN(size.Y+20)-10)
		op := Op{Color: anyColor(r, r.IntN(3) > 0)}
		switch r.IntN(4) {
		case 0:
			op.Kind, op.Dst = OpFill, image.Rectangle{at, at.Add(image.Pt(r.IntN(30), r.IntN(30)))}
		case 1:
			op.Kind, op.Mask = OpMask, masks[r.IntN(len(masks))]
			op.Dst = image.Rectangle{at, at.Add(image.Pt(op.Mask.W, op.Mask.H))}
		case 2:
			op.Kind, op.Mask = OpNine, nines[r.IntN(len(nines))]
			op.Dst = image.Rectangle{at, at.Add(image.Pt(13+r.IntN(30), 13+r.IntN(30)))}
		case 3:
			op.Kind, op.Image = OpImage, pictures[r.IntN(len(pictures))]
			op.Dst = image.Rectangle{at, at.Add(image.Pt(op.Image.W, op.Image.H))}
		}
		if r.IntN(3) == 0 {
			c := image.Pt(r.IntN(size.X), r.IntN(size.Y))
			op.Clip = image.Rectangle{c, c.Add(image.Pt(1+r.IntN(30), 1+r.IntN(30)))}
		}
		f.Ops = append(f.Ops, op)
	}
	return f
}

func anyColor(r *rand.Rand, opaque bool) color.RGBA {
	c := color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
	if opaque {
		return c
	}
	return Alpha(c, uint8(r.IntN(256)))
}

func anyMask(r *rand.Rand) *Mask {
	m := newMask(1+r.IntN(12), 1+r.IntN(12))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.IntN(256))
	}
	return m
}

func anyBitmap(r *rand.Rand) *Bitmap {
	b := &Bitmap{W: 1 + r.IntN(12), H: 1 + r.IntN(12)}
	for range b.W * b.H {
		c := anyColor(r, r.IntN(2) == 0)
		b.Pix = append(b.Pix, c.R, c.G, c.B, c.A)
	}
	return b
}

func TestPaintEqualsReference(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		f := anyFrame(r)
		got := image.NewRGBA(image.Rectangle{Max: f.Size})
		Paint(got, f)
		want := reference(f)
		for i := range want.Pix {
			// Coverage and blending round separately, so one operation may be
			// one off; over thirty of them it does not add up further.
			if d := int(got.Pix[i]) - int(want.Pix[i]); d < -2 || d > 2 {
				t.Fatalf("seed %d: byte %d of pixel %d,%d is %d, want %d", seed, i%4,
					i/4%f.Size.X, i/4/f.Size.X, got.Pix[i], want.Pix[i])
			}
		}
	}
}

func TestPaintStaysInside(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 50 {
		f := anyFrame(r)
		big := image.NewRGBA(image.Rect(-5, -5, 120, 120))
		for i := range big.Pix {
			big.Pix[i] = 77
		}
		sub := big.SubImage(image.Rect(3, 4, 3+f.Size.X-6, 4+f.Size.Y-3)).(*image.RGBA)
		Paint(sub, f)
		whole := image.NewRGBA(image.Rectangle{Max: f.Size})
		Paint(whole, f)
		for y := -5; y < 120; y++ {
			for x := -5; x < 120; x++ {
				got, p := big.RGBAAt(x, y), image.Pt(x, y)
				if !p.In(sub.Rect) {
					if got != (color.RGBA{77, 77, 77, 77}) {
						t.Fatalf("pixel %v beside the picture was painted", p)
					}
				} else if want := whole.RGBAAt(x-3, y-4); got != want {
					t.Fatalf("pixel %v is %v, want %v", p, got, want)
				}
			}
		}
	}
}

func TestPaintDamageEqualsPaint(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		old := anyFrame(r)
		new := &Frame{Size: old.Size, Ground: old.Ground}
		for _, op := range old.Ops { // drop, keep, move, repeat and add
			switch r.IntN(8) {
			case 0:
			case 1:
				op.Dst, op.Clip = op.Dst.Add(image.Pt(r.IntN(5), r.IntN(5))), image.Rectangle{}
				new.Ops = append(new.Ops, op)
			case 2:
				new.Ops = append(new.Ops, op, op)
			case 3:
				new.Ops = append(new.Ops, anyFrame(r).Ops...)
			default:
				new.Ops = append(new.Ops, op)
			}
		}
		if n := len(new.Ops); n > 3 && r.IntN(3) == 0 {
			r.Shuffle(n, func(i, j int) { new.Ops[i], new.Ops[j] = new.Ops[j], new.Ops[i] })
		}
		got, want := image.NewRGBA(image.Rectangle{Max: old.Size}), image.NewRGBA(image.Rectangle{Max: old.Size})
		Paint(got, old)
		PaintDamage(got, old, new)
		Paint(want, new)
		if string(got.Pix) != string(want.Pix) {
			t.Fatalf("seed %d: painting the damage differs from painting all", seed)
		}
	}
}

func TestDamageIsSmall(t *testing.T) {
	build := func(minute string, changed bool) *Frame {
		c := NewCanvas(1080, 1920, Paper)
		for y := range 100 {
			c.HLine(64, 1016, 100+y*18, 2, Hairline)
		}
		if changed {
			c.Disc(image.Pt(800, 40), 20, Ink)
		}
		c.Fill(image.Rect(0, 1800, 1080, 1920), Card)
		return c.Frame()
	}
	old, new := build("09:30", false), build("09:31", true)
	if d := Damage(old, build("09:30", false)); len(d) != 0 {
		t.Errorf("equal frames differ in %v", d)
	}
	if d := Damage(old, new); len(d) != 1 || d[0] != image.Rect(800, 40, 820, 60) {
		t.Errorf("a new dot damages %v", d)
	}
	if d := Damage(nil, new); len(d) != 1 || d[0] != image.Rect(0, 0, 1080, 1920) {
		t.Errorf("no frame before damages %v", d)
	}
}

func BenchmarkPaintFullPage(b *testing.B) {
	f := busyPage()
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	for b.Loop() {
		Paint(img, f)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/page")
}

// busyPage is a page with cards, lines and two thousand marks of the size of
// characters.
func busyPage() *Frame {
	c := NewCanvas(1080, 1920, Paper)
	for i := range 8 {
		r := image.Rect(64+i%2*486, 300+i/2*214, 64+i%2*486+462, 300+i/2*214+190)
		c.Round(r, 12, Card)
		c.Outline(r, 12, 2, Hairline)
	}
	for i := range 2000 {
		c.Mask(Circle(30, 3), image.Pt(64+i%30*32, 20+i/30*28), Ink)
	}
	return c.Frame()
}
