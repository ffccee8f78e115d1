package scene

import (
	"image"
	"testing"
)

func TestCanvasClipsAndOffsets(t *testing.T) {
	c := NewCanvas(100, 50, Paper)
	c.Offset(10, 10, func() {
		c.Clip(image.Rect(0, 0, 20, 20), func() {
			c.Fill(image.Rect(-5, -5, 100, 100), Ink)
			c.Mask(Circle(10, 0), image.Pt(5, 5), Ink)  // inside
			c.Mask(Circle(10, 0), image.Pt(15, 5), Ink) // cut
			c.Mask(Circle(10, 0), image.Pt(20, 5), Ink) // outside
			c.Fill(image.Rect(40, 0, 50, 10), Ink)      // outside
			c.Nine(Rounded(4, 0), image.Rect(-9, 0, 12, 12), Card)
			c.Region(image.Rect(-5, 0, 5, 5), "go", "去")
			c.Region(image.Rect(30, 0, 35, 5), "never", "")
			if got := c.Bounds(); got != image.Rect(0, 0, 20, 20) {
				t.Errorf("inside the clip the bounds are %v", got)
			}
		})
		if got := c.Bounds(); got != image.Rect(-10, -10, 90, 40) {
			t.Errorf("after the clip the bounds are %v", got)
		}
	})
	f := c.Frame()
	want := []Op{
		{Kind: OpFill, Dst: image.Rect(10, 10, 30, 30), Color: Ink},
		{Kind: OpMask, Dst: image.Rect(15, 15, 25, 25), Color: Ink, Mask: Circle(10, 0)},
		{Kind: OpMask, Dst: image.Rect(25, 15, 35, 25), Clip: image.Rect(25, 15, 30, 25), Color: Ink, Mask: Circle(10, 0)},
		{Kind: OpNine, Dst: image.Rect(1, 10, 22, 22), Clip: image.Rect(10, 10, 22, 22), Color: Card, Mask: Rounded(4, 0)},
	}
	if len(f.Ops) != len(want) {
		t.Fatalf("%d operations, want %d: %v", len(f.Ops), len(want), f.Ops)
	}
	for i := range want {
		if f.Ops[i] != want[i] {
			t.Errorf("operation %d is %+v, want %+v", i, f.Ops[i], want[i])
		}
	}
	if len(f.Regions) != 1 || f.Regions[0].Area != image.Rect(10, 10, 15, 15) {
		t.Errorf("regions %v", f.Regions)
	}
}

func TestCanvasAddKeepsTheOperationsOwnClip(t *testing.T) {
	c := NewCanvas(100, 100, Paper)
	op := Op{Kind: OpMask, Dst: image.Rect(0, 0, 10, 10), Clip: image.Rect(0, 0, 5, 10), Color: Ink, Mask: Circle(10, 0)}
	c.Offset(20, 0, func() {
		c.Clip(image.Rect(3, 0, 50, 50), func() { c.Add(op) })
		c.Clip(image.Rect(5, 0, 50, 50), func() { c.Add(op) })
	})
	f := c.Frame()
	if len(f.Ops) != 1 || f.Ops[0].Clip != image.Rect(23, 0, 25, 10) || f.Ops[0].Dst != image.Rect(20, 0, 30, 10) {
		t.Errorf("operations %+v", f.Ops)
	}
}

func TestShapesAreSharedAndFit(t *testing.T) {
	for name, draw := range map[string]func() *Mask{
		"rounded": func() *Mask { return Rounded(8, 2) },
		"circle":  func() *Mask { return Circle(20, 0) },
		"icon":    func() *Mask { return Icon(IconHome, 40) },
	} {
		if first := draw(); draw() != first {
			t.Errorf("a %s that was drawn before is drawn again", name)
		}
	}
	for _, m := range []*Mask{Rounded(12, 0), Rounded(12, 3), Rounded(0, 2), Rounded(2, 5)} {
		if m.W != 2*m.Inset+1 || m.H != m.W || len(m.Pix) != m.W*m.H {
			t.Errorf("a nine-patch of inset %d is %d×%d", m.Inset, m.W, m.H)
		}
	}
	filled := Rounded(12, 0)
	if filled.Pix[0] != 0 || filled.Pix[12] != 255 || filled.Pix[12*25+12] != 255 {
		t.Error("a filled rounded rectangle has no clear corner or no full middle")
	}
	if ring := Rounded(12, 3); ring.Pix[12] != 255 || ring.Pix[2*25+12] != 255 || ring.Pix[3*25+12] != 0 {
		t.Error("an outline of three pixels is not three pixels thick")
	}
}

func TestIcons(t *testing.T) {
	for name, path := range icons {
		parts, err := parseIcon(path)
		if err != nil {
			t.Errorf("icon %s: %v", name, err)
			continue
		}
		for _, p := range parts {
			if !p.cut && (p.min.x < -0.5 || p.min.y < -0.5 || p.max.x > 24.5 || p.max.y > 24.5) {
				t.Errorf("icon %s leaves its grid: %v to %v", name, p.min, p.max)
			}
		}
		m := Icon(name, 40)
		inked := 0
		for i, v := range m.Pix {
			if v > 0 {
				inked++
				if x, y := i%40, i/40; v > 128 && (x == 0 || y == 0 || x == 39 || y == 39) {
					t.Errorf("icon %s is cut at %d,%d", name, x, y)
				}
			}
		}
		if inked < 80 || inked > 1300 {
			t.Errorf("icon %s has ink in %d of 1600 pixels", name, inked)
		}
	}
	if m := Icon("no such", 10); m.W != 10 {
		t.Error("an unknown icon has no size")
	}
}

func FuzzParseIcon(f *testing.F) {
	for _, path := range icons {
		f.Add(path)
	}
	f.Add("M 1 2 L 3 S F X C 1 2 3")
	f.Fuzz(func(t *testing.T, path string) {
		parts, err := parseIcon(path)
		if err != nil {
			return
		}
		for _, p := range parts {
			p.distance(12, 12)
		}
	})
}

func TestPicture(t *testing.T) {
	src := image.NewRGBA(image.Rect(5, 5, 45, 25))
	for i := range src.Pix {
		src.Pix[i] = 255
	}
	b := Picture(src, 17, 9)
	if b.W != 17 || b.H != 9 || len(b.Pix) != 17*9*4 || b.Pix[0] != 255 || b.Pix[3] != 255 {
		t.Errorf("a white picture scaled to 17×9 is %d×%d, first pixel %v", b.W, b.H, b.Pix[:4])
	}
	if got := Contain(image.Pt(400, 300), image.Pt(200, 200)); got != image.Pt(200, 150) {
		t.Errorf("400×300 in 200×200 is %v", got)
	}
	if got := Contain(image.Pt(1, 3000), image.Pt(200, 200)); got != image.Pt(1, 200) {
		t.Errorf("1×3000 in 200×200 is %v", got)
	}
}
