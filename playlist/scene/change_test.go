package scene

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
)

// scrolled is a page of random operations seen through a window at an offset,
// with things that stand still over and under it.
type scrolled struct {
	size    image.Point
	port    image.Rectangle
	content []Op
	under   []Op
	over    []Op
}

func anyPage(r *rand.Rand) scrolled {
	s := scrolled{size: image.Pt(200+r.IntN(60), 260+r.IntN(60))}
	s.port = image.Rect(r.IntN(12), 20+r.IntN(20), s.size.X-r.IntN(12), s.size.Y-20-r.IntN(20))
	if r.IntN(2) == 0 {
		s.under = append(s.under, Op{Kind: OpFill, Dst: s.port.Inset(-3), Color: anyColor(r, true)})
	}
	if r.IntN(2) == 0 {
		s.under = append(s.under, Op{Kind: OpNine, Mask: Rounded(8, 0), Dst: s.port.Inset(-9), Color: anyColor(r, r.IntN(2) == 0)})
	}
	for range 4 {
		f := anyFrame(r)
		by := image.Pt(r.IntN(200), r.IntN(500))
		for _, op := range f.Ops {
			op.Dst = op.Dst.Add(by)
			if op.Clip != (image.Rectangle{}) {
				op.Clip = op.Clip.Add(by)
			}
			s.content = append(s.content, op)
		}
	}
	glyphs := []*Mask{anyMask(r), anyMask(r), anyMask(r)}
	col := anyColor(r, true)
	for i := range 300 {
		m := glyphs[r.IntN(len(glyphs))]
		at := image.Pt(i%15*14, i/15*25)
		s.content = append(s.content, Op{Kind: OpMask, Mask: m, Dst: image.Rectangle{at, at.Add(image.Pt(m.W, m.H))}, Color: col})
	}
	if r.IntN(3) == 0 {
		s.over = anyFrame(r).Ops
	}
	return s
}

func (s scrolled) frame(by image.Point) *Frame {
	c := NewCanvas(s.size.X, s.size.Y, Paper)
	c.Add(s.under...)
	c.Clip(s.port, func() {
		c.Offset(by.X, by.Y, func() { c.Add(s.content...) })
	})
	c.Add(s.over...)
	return c.Frame()
}

// checkChange paints old, applies the change to new, and compares with painting
// new at once.
func checkChange(t *testing.T, what string, old, new *Frame, bgr bool) Change {
	t.Helper()
	target := func() Target {
		return Target{Pix: make([]uint8, 4*new.Size.X*new.Size.Y), Stride: 4 * new.Size.X, Size: new.Size, BGR: bgr}
	}
	c := Diff(old, new)
	got, want := target(), target()
	if old != nil {
		got.Paint(old, image.Rectangle{Max: old.Size})
	}
	got.Apply(c, new)
	want.Paint(new, image.Rectangle{Max: new.Size})
	if !bytes.Equal(got.Pix, want.Pix) {
		for i := range want.Pix {
			if got.Pix[i] != want.Pix[i] {
				t.Fatalf("%s: pixel %v is wrong after moving %v by %v and painting %v", what,
					image.Pt(i/4%new.Size.X, i/4/new.Size.X), c.Moved, c.By, c.Damage)
			}
		}
	}
	return c
}

func TestChangeEqualsPaint(t *testing.T) {
	moves := 0
	const pages = 250
	for seed := range uint64(pages) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := anyPage(r)
		at := image.Pt(0, -r.IntN(200))
		old := s.frame(at)
		by := image.Pt(0, r.IntN(90)-45)
		if r.IntN(3) == 0 {
			by = image.Pt(by.Y, 0)
		}
		if r.IntN(4) == 0 { // and something else happens at the same time
			s.over = append(s.over, anyFrame(r).Ops...)
		}
		if c := checkChange(t, "a scrolled page", old, s.frame(at.Add(by)), seed%2 == 0); !c.Moved.Empty() && c.By == by {
			moves++
		}
	}
	if moves < pages*6/10 {
		t.Errorf("of %d moves only %d were seen", pages, moves)
	}
}

func TestChangeBetweenStrangersEqualsPaint(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		old, new := anyFrame(r), anyFrame(r)
		checkChange(t, "a resized page", old, new, false)
		new.Size, new.Ground = old.Size, old.Ground
		checkChange(t, "another page", old, new, true)
		checkChange(t, "the first page", nil, new, true)
	}
}

func TestMoveReadsBeforeItWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		m := image.NewRGBA(image.Rect(0, 0, 10+r.IntN(20), 10+r.IntN(20)))
		for i := range m.Pix {
			m.Pix[i] = uint8(r.IntN(256))
		}
		was := bytes.Clone(m.Pix)
		to := image.Rect(r.IntN(30), r.IntN(30), r.IntN(30), r.IntN(30))
		by := image.Pt(r.IntN(40)-20, r.IntN(40)-20)
		On(m).Move(to, by)
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				p := image.Pt(x, y)
				from := m.PixOffset(x, y)
				if q := p.Sub(by); p.In(to) && q.In(m.Rect) {
					from = m.PixOffset(q.X, q.Y)
				}
				if at := m.PixOffset(x, y); !bytes.Equal(m.Pix[at:at+4], was[from:from+4]) {
					t.Fatalf("moving to %v by %v spoils %v", to, by, p)
				}
			}
		}
	}
}

func TestBlueFirstIsTheSamePicture(t *testing.T) {
	for seed := range uint64(100) {
		f := anyFrame(rand.New(rand.NewPCG(seed, 6)))
		want := image.NewRGBA(image.Rectangle{Max: f.Size})
		Paint(want, f)
		got := Target{Pix: make([]uint8, len(want.Pix)), Stride: want.Stride, Size: f.Size, BGR: true}
		got.Paint(f, want.Rect)
		for i := 0; i < len(want.Pix); i += 4 {
			w, g := want.Pix[i:i+4], got.Pix[i:i+4]
			if w[0] != g[2] || w[1] != g[1] || w[2] != g[0] || w[3] != g[3] {
				t.Fatalf("seed %d: blue first is %v, want %v", seed, g, w)
			}
		}
	}
}

// Runs of one coverage are blended as single pixels are.
func TestRunsEqualPixels(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 2000 {
		was := make([]uint8, 4*12)
		for i := 0; i < len(was); i += 4 {
			c := anyColor(r, r.IntN(2) == 0)
			was[i], was[i+1], was[i+2], was[i+3] = c.R, c.G, c.B, c.A
		}
		m, c := uint8(r.IntN(256)), surface{}.pixel(anyColor(r, r.IntN(2) == 0))
		cov := bytes.Repeat([]byte{m}, 12)
		single, run := bytes.Clone(was), bytes.Clone(was)
		blendRow(single, cov, c)
		blendRun(run, m, c)
		if !bytes.Equal(single, run) {
			t.Fatalf("colour %#x through %d over %v is %v as a run, %v pixel by pixel", c, m, was, run, single)
		}
	}
}
