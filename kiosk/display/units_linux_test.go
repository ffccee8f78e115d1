package display

import (
	"image"
	"image/color"
	"testing"
	"time"

	"mingbai/kiosk/display/rig"
	"mingbai/playlist/scene"
)

func TestAtlasForgetsWholePages(t *testing.T) {
	p := newPainter(rig.Panel.X, rig.Panel.Y)
	p.atlas = newAtlas(2)
	frame := func(first, n int) *scene.Frame {
		f := &scene.Frame{Size: image.Pt(400, 300), Ground: color.RGBA{240, 240, 250, 255}}
		for i := range n {
			m := rig.Soft(120, 120, uint64(first+i))
			at := image.Pt(i%20*14, i/20*40)
			f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, 120, 120).Add(at), Color: opaque})
		}
		return f
	}
	// A page holds 64 of these masks. Four frames of 60 need four pages.
	for i := range 4 {
		checkParity(t, p, frame(i*60, 60))
	}
	if p.atlas.evictions == 0 || len(p.atlas.pages) > 2 {
		t.Errorf("after four pages of masks %d pages are held and %d were forgotten; the limit is 2",
			len(p.atlas.pages), p.atlas.evictions)
	}
	if len(p.atlas.cells) > 128 {
		t.Errorf("%d masks are remembered on two pages of 64", len(p.atlas.cells))
	}
	// One frame that needs five pages is still painted right, and afterwards
	// the atlas is small again.
	big := frame(1000, 300)
	checkParity(t, p, big)
	if len(p.atlas.pages) < 4 {
		t.Errorf("%d pages hold 300 masks", len(p.atlas.pages))
	}
	checkParity(t, p, frame(2000, 10))
	if len(p.atlas.pages) > 2 {
		t.Errorf("%d pages are held after a frame of 10 masks", len(p.atlas.pages))
	}
	checkParity(t, p, big)
}

func TestPagesAreDrawnTogether(t *testing.T) {
	p := newPainter(rig.Panel.X, rig.Panel.Y)
	f := &scene.Frame{Size: image.Pt(400, 300), Ground: color.RGBA{240, 240, 250, 255}}
	a, b := rig.Soft(700, 10, 1), rig.Soft(700, 1015, 2)
	for i := range 100 {
		m := []*scene.Mask{a, b}[i%2]
		at := image.Pt(i%10*40, i/10*30)
		f.Ops = append(f.Ops, scene.Op{Kind: scene.OpMask, Mask: m, Dst: image.Rect(0, 0, 8, 8).Add(at),
			Clip: image.Rect(0, 0, 8, 8).Add(at), Color: opaque})
	}
	checkParity(t, p, f)
	if p.drawn > 3 {
		t.Errorf("100 masks of two pages that do not overlap took %d draw calls", p.drawn)
	}
}

func TestPicturesAreForgotten(t *testing.T) {
	p := newPainter(rig.Panel.X, rig.Panel.Y)
	p.pictures = newPictures(3 * 100 * 100 * 4)
	for i := range 12 {
		f := &scene.Frame{Size: image.Pt(400, 300), Ground: color.RGBA{240, 240, 250, 255}}
		side := 100
		if i%4 == 3 {
			side = 90
		}
		f.Ops = append(f.Ops, scene.Op{Kind: scene.OpImage, Image: noisePicture(side, side, uint64(i)), Dst: image.Rect(9, 9, 109, 109)})
		checkParity(t, p, f)
		if p.pictures.bytes > p.pictures.budget {
			t.Fatalf("%d bytes of pictures are held of %d", p.pictures.bytes, p.pictures.budget)
		}
	}
	sum := 0
	for _, h := range p.pictures.held {
		sum += h.w * h.h * 4
	}
	if sum != p.pictures.bytes {
		t.Errorf("%d bytes are held and %d are counted", sum, p.pictures.bytes)
	}
}

func TestStageFindsThePixel(t *testing.T) {
	for _, c := range []struct {
		name   string
		opts   Options
		window image.Point
		x, y   float64
		want   image.Point
	}{
		{"1:1", Options{Width: 100, Height: 200}, image.Pt(100, 200), 10.7, 20.2, image.Pt(10, 20)},
		{"twice", Options{Width: 100, Height: 200}, image.Pt(200, 400), 10.7, 20.2, image.Pt(5, 10)},
		{"bars left and right", Options{Width: 100, Height: 200}, image.Pt(400, 400), 100, 0, image.Pt(0, 0)},
		{"in the left bar", Options{Width: 100, Height: 200}, image.Pt(400, 400), 20, 100, image.Pt(0, 50)},
		{"beyond the rim", Options{Width: 100, Height: 200}, image.Pt(100, 200), 100, 200, image.Pt(99, 199)},
		{"outside", Options{Width: 100, Height: 200}, image.Pt(100, 200), -3, -0.5, image.Pt(0, 0)},
		{"board", Options{Width: 64, Height: 32, Scale: 8}, image.Pt(1000, 1000), 17, 15.9, image.Pt(2, 1)},
		{"raw board", Options{Width: 64, Height: 32, Scale: 1}, image.Pt(1000, 1000), 17, 15.9, image.Pt(17, 15)},
	} {
		s := stage{opts: c.opts}
		s.resize(c.window)
		if got := s.mount(s.whole()).FramePoint(c.x, c.y); got != c.want {
			t.Errorf("%s: %v, %v is pixel %v, want %v", c.name, c.x, c.y, got, c.want)
		}
	}
}

// turn runs frames that take work each and returns how long each came after
// the one before.
func turn(p *pace, now *time.Time, frames int, work time.Duration) time.Duration {
	var last time.Duration
	for range frames {
		before := *now
		*now = now.Add(work)
		*now = now.Add(p.wait(*now))
		last = now.Sub(before)
	}
	return last
}

func TestPace(t *testing.T) {
	now := time.Unix(1000, 0)
	ms := time.Millisecond
	p := newPace(60)
	p.wait(now)
	if got := turn(&p, &now, 100, 5*ms); got != time.Second/60 {
		t.Errorf("quick frames come every %v", got)
	}
	if got := turn(&p, &now, 100, 13400*time.Microsecond); got != 13400*time.Microsecond {
		t.Errorf("a display of 75 Hz is slowed down to %v", got)
	}
	if got := turn(&p, &now, 100, 25*ms); got != time.Second/30 {
		t.Errorf("slow frames come every %v, want an even 33 ms", got)
	}
	now = now.Add(2 * slowRetry)
	p.restart()
	p.wait(now)
	if got := turn(&p, &now, 10, 5*ms); got != time.Second/60 {
		t.Errorf("a minute later quick frames come every %v", got)
	}
	p.moved(now)
	if !p.moving(now.Add(lingering-1)) || p.moving(now.Add(lingering)) {
		t.Error("motion does not last for as long as it lingers")
	}
}

func TestNewRefusesNonsense(t *testing.T) {
	for _, o := range []Options{
		{}, {Width: 100}, {Width: 100, Height: -1}, {Width: 9, Height: 9, Scale: -1},
		{Width: 9, Height: 9, Dots: true, Scale: 2}, {Width: 9, Height: 9, Turn: 45}, {Width: 9, Height: 9, FPSCap: -5},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestTheAtlasGrowsWithThePanel(t *testing.T) {
	for _, c := range []struct{ w, h, want int }{{192, 64, minPages}, {1080, 1920, 4}, {1440, 2560, 7}, {2160, 3840, 15}, {7680, 4320, maxPages}} {
		if got := pagesFor(c.w, c.h); got != c.want {
			t.Errorf("a panel of %d×%d keeps %d pages, not %d", c.w, c.h, got, c.want)
		}
	}
}
