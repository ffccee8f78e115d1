package mount

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
)

// turnPicture turns a picture clockwise by hand: quarter by quarter.
func turnPicture(t Turn, m *image.RGBA) *image.RGBA {
	for ; t > 0; t -= 90 {
		size := m.Rect.Size()
		next := image.NewRGBA(image.Rect(0, 0, size.Y, size.X))
		for y := range size.Y {
			for x := range size.X {
				next.SetRGBA(size.Y-1-y, x, m.RGBAAt(x, y))
			}
		}
		m = next
	}
	return m
}

func TestTurnsAreClockwise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	size := image.Pt(7, 4)
	m := image.NewRGBA(image.Rectangle{Max: size})
	for i := range m.Pix {
		m.Pix[i] = uint8(r.IntN(256))
	}
	for _, turn := range []Turn{0, 90, 180, 270} {
		if err := turn.Valid(); err != nil {
			t.Error(err)
		}
		turned := turnPicture(turn, m)
		if turned.Rect.Size() != turn.Size(size) {
			t.Errorf("turned by %d the size is %v, want %v", turn, turn.Size(size), turned.Rect.Size())
		}
		if up := turn.Raise(turned); !bytes.Equal(up.Pix, m.Pix) || up.Rect != m.Rect {
			t.Errorf("what was turned by %d is not raised", turn)
		}
		for y := range size.Y {
			for x := range size.X {
				p := image.Rect(x, y, x+1, y+1)
				at := turn.Rect(p, size)
				if got := turned.RGBAAt(at.Min.X, at.Min.Y); at.Dx() != 1 || at.Dy() != 1 || got != m.RGBAAt(x, y) {
					t.Fatalf("turned by %d the pixel %v lies at %v, where %v is", turn, p.Min, at, got)
				}
				// A finger on it means it.
				mt := Mount{Frame: size, Window: turn.Size(size), Turn: turn}
				if got := mt.FramePoint(float64(at.Min.X)+0.3, float64(at.Min.Y)+0.9); got != p.Min {
					t.Fatalf("turned by %d a finger on %v means %v, want %v", turn, at.Min, got, p.Min)
				}
				step := turn.Vector(image.Pt(1, -2))
				if moved := turn.Rect(p.Add(image.Pt(1, -2)), size); moved.Min.Sub(at.Min) != step {
					t.Fatalf("turned by %d a step is %v, want %v", turn, step, moved.Min.Sub(at.Min))
				}
			}
		}
	}
	if Turn(45).Valid() == nil {
		t.Error("a panel hangs at 45 degrees")
	}
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		name   string
		m      Mount
		factor float64
		area   image.Rectangle
	}{
		{"1:1", Mount{Frame: image.Pt(100, 200), Window: image.Pt(100, 200)}, 1, image.Rect(0, 0, 100, 200)},
		{"turned 1:1", Mount{Frame: image.Pt(100, 200), Window: image.Pt(200, 100), Turn: 90}, 1, image.Rect(0, 0, 200, 100)},
		{"turned and halved", Mount{Frame: image.Pt(100, 200), Window: image.Pt(100, 90), Turn: 270}, 0.5, image.Rect(0, 20, 100, 70)},
		{"bars beside it", Mount{Frame: image.Pt(100, 200), Window: image.Pt(400, 400)}, 2, image.Rect(100, 0, 300, 400)},
		{"board", Mount{Frame: image.Pt(64, 32), Window: image.Pt(1000, 1000), Scale: 8}, 8, image.Rect(0, 0, 512, 256)},
		{"cut off", Mount{Frame: image.Pt(64, 32), Window: image.Pt(40, 40), Scale: 1}, 1, image.Rect(0, 0, 40, 32)},
	} {
		if factor, _ := c.m.Layout(); factor != c.factor || c.m.Area() != c.area {
			t.Errorf("%s: enlarged %v times into %v, want %v and %v", c.name, factor, c.m.Area(), c.factor, c.area)
		}
	}
}

func TestFingersStayOnTheFrame(t *testing.T) {
	m := Mount{Frame: image.Pt(30, 70), Window: image.Pt(333, 222), Turn: 90}
	whole := image.Rectangle{Max: m.Frame}
	for y := -20.0; y < 260; y += 3.7 {
		for x := -20.0; x < 360; x += 3.7 {
			if p := m.FramePoint(x, y); !p.In(whole) {
				t.Fatalf("a finger at %v, %v means %v", x, y, p)
			}
		}
	}
}
