package touch

import (
	"image"
	"math"
	"testing"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// small keeps the pictures small: scaling them takes long under the race detector.
var small = playlist.Panel{Width: 540, Height: 960, WidthMM: 265, HeightMM: 470}

// looking is a stand at which somebody has opened a picture.
func looking(t *testing.T) *stand {
	t.Helper()
	s := standOn(t, small)
	s.device.pictures = true
	s.do("start", "notice:"+string(specimen.MediaID), "enlarge:0")
	s.pass(time.Second)
	if s.view().Kind != page.PicturePage || s.prog.drawn.info.Fit == (image.Point{}) {
		t.Fatalf("the page is %s, the picture fits in %v", s.view().Kind, s.prog.drawn.info.Fit)
	}
	return s
}

// under is the point of the picture, 0 to 1, that lies under a pixel.
func (s *stand) under(at image.Point) (u, v float64) {
	corner, size := s.prog.lies(zoomOf(s.view()))
	return (float64(at.X) - corner.x) / size.x, (float64(at.Y) - corner.y) / size.y
}

func TestPinchKeepsWhatIsBetweenTheFingers(t *testing.T) {
	s := looking(t)
	area := s.prog.drawn.info.Picture
	mid := area.Min.Add(area.Max).Div(2).Add(image.Pt(30, 20))
	a, b := mid.Sub(image.Pt(50, 0)), mid.Add(image.Pt(50, 0))
	u, v := s.under(mid)
	s.down(1, a)
	s.down(2, b)
	for range 5 {
		s.now = s.now.Add(40 * time.Millisecond)
		a.X, b.X = a.X-20, b.X+20
		s.step(
			player.Event{Kind: player.Move, ID: 1, At: a, Time: s.now},
			player.Event{Kind: player.Move, ID: 2, At: b, Time: s.now},
		)
	}
	if got := s.view().Zoom; got < 290 || got > 310 {
		t.Fatalf("fingers three times as far apart enlarge to %d per cent", got)
	}
	// The picture is lower than its place until it is this large, so only across
	// can it be held exactly.
	if gu, gv := s.under(mid); math.Abs(gu-u) > 0.01 || math.Abs(gv-v) > 0.06 {
		t.Errorf("between the fingers lies %.3f %.3f, was %.3f %.3f", gu, gv, u, v)
	}
	s.up(2, b)
	was := image.Pt(s.view().PanX, s.view().PanY)
	for range 4 { // the other finger goes on moving it
		s.now = s.now.Add(16 * time.Millisecond)
		a.X += 12
		s.moveTo(1, a)
	}
	moved := s.view().PanX
	if moved >= was.X {
		t.Errorf("a finger to the right moved the picture from %d to %d", was.X, moved)
	}
	s.up(1, a)
	s.pass(2 * time.Second)
	if s.view().PanX > moved {
		t.Error("the picture glided back")
	}
	if s.view().Moving {
		t.Error("the picture stays rough")
	}
	if s.view().Kind != page.PicturePage || s.prog.hands.moving() {
		t.Errorf("on %s, still moving %v", s.view().Kind, s.prog.hands.moving())
	}
	reads := s.device.blobs
	s.do("zoom:in", "zoom:out", "zoom:fit")
	if v := s.view(); v.Zoom > page.MinZoom || v.PanX != 0 || v.PanY != 0 {
		t.Errorf("fitted: %+v", v)
	}
	if s.device.blobs != reads {
		t.Errorf("the picture was read %d times more", s.device.blobs-reads)
	}
	s.do("end")
	s.nobody()
	if s.prog.album.find(specimen.PictureRef) != nil {
		t.Error("the picture that somebody looked at is still kept")
	}
}

func TestPinchThatOneFingerLeavesEnds(t *testing.T) {
	s := looking(t)
	area := s.prog.drawn.info.Picture
	mid := area.Min.Add(area.Max).Div(2)
	s.down(1, mid)
	s.down(2, mid.Add(image.Pt(80, 0)))
	s.down(3, mid.Add(image.Pt(0, 80))) // a third does nothing
	s.moveTo(3, mid.Add(image.Pt(0, 300)))
	if s.view().Zoom > page.MinZoom {
		t.Errorf("a third finger enlarged to %d", s.view().Zoom)
	}
	s.step(player.Event{Kind: player.Cancel, ID: 1}, player.Event{Kind: player.Cancel, ID: 2})
	if s.prog.hands.pinch.on {
		t.Error("the pinch goes on without fingers")
	}
	s.up(3, mid)
	s.do("back")
	if s.view().Kind != page.NoticePage {
		t.Errorf("on %s", s.view().Kind)
	}
}
