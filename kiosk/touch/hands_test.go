package touch

import (
	"image"
	"math"
	"testing"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// where is the middle of what answers an action.
func (s *stand) where(action string) image.Point {
	s.t.Helper()
	for i := len(s.frame.Regions) - 1; i >= 0; i-- {
		if r := s.frame.Regions[i]; r.Action == action {
			at := r.Area.Min.Add(r.Area.Max).Div(2)
			if top, _ := s.frame.At(at); top.Action == action {
				return at
			}
		}
	}
	s.t.Fatalf("nothing on the page %s answers %q", s.page(), action)
	return image.Point{}
}

// finger events of one finger, at the time of the stand.
func (s *stand) down(id int, at image.Point) {
	s.step(player.Event{Kind: player.Down, ID: id, At: at, Time: s.now})
}
func (s *stand) moveTo(id int, at image.Point) {
	s.step(player.Event{Kind: player.Move, ID: id, At: at, Time: s.now})
}
func (s *stand) up(id int, at image.Point) {
	s.step(player.Event{Kind: player.Up, ID: id, At: at, Time: s.now})
}

// drag moves a finger by d in n moves, one every 10 ms, and leaves it there.
func (s *stand) drag(id int, from, d image.Point, n int) image.Point {
	s.down(id, from)
	at := from
	for i := range n {
		s.now = s.now.Add(10 * time.Millisecond)
		at = from.Add(d.Mul(i + 1).Div(n))
		s.moveTo(id, at)
	}
	return at
}

func TestTapWithinOneStepIsNotLost(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	at := s.where("postings")
	s.now = s.now.Add(30 * time.Millisecond)
	s.step(
		player.Event{Kind: player.Down, ID: 3, At: at, Time: s.now.Add(-22 * time.Millisecond)},
		player.Event{Kind: player.Up, ID: 3, At: at, Time: s.now.Add(-2 * time.Millisecond)},
	)
	s.pass(time.Second)
	s.want("postings")
}

func TestStuckFingerBlocksNothing(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	s.down(7, s.where("end")) // something lies on 结束
	s.tap("postings")
	s.want("postings")
	s.tap("home")
	s.want("home")
	s.pass(stuckAfter + time.Second)
	s.do("continue")
	if s.prog.hands.live() != 0 || s.view().Pressed != "" {
		t.Errorf("%d fingers count, %q is pressed", s.prog.hands.live(), s.view().Pressed)
	}
	for range 8 { // drops of water
		s.down(20+s.prog.hands.live(), image.Pt(500, 500))
	}
	s.pass(stuckAfter + time.Second)
	s.tap("postings")
	s.want("postings")
	s.up(7, s.where("end"))
	s.pass(time.Second)
	s.want("postings") // the thing is taken away: no tap
}

func TestStuckFingerThatMovesAgainScrolls(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID))
	s.pass(time.Second)
	at := image.Pt(540, 1200)
	s.down(1, at)
	s.pass(stuckAfter + time.Second)
	for range 20 {
		s.now, at.Y = s.now.Add(10*time.Millisecond), at.Y-20
		s.moveTo(1, at)
	}
	if s.prog.scrolled() < 300 {
		t.Errorf("the page has moved by %d", s.prog.scrolled())
	}
}

func TestPalmDoesNothing(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	at := s.where("postings")
	for id := range 9 {
		s.down(id, at.Add(image.Pt(id*20-80, id%3*10)))
	}
	for id := range 9 {
		s.now = s.now.Add(20 * time.Millisecond)
		s.up(id, at)
	}
	s.pass(time.Second)
	s.want("home")
	s.tap("postings")
	s.want("postings")
}

func TestLostEndOfATouchIsForgiven(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	s.down(1, s.where("end"))
	at := s.where("postings")
	s.down(1, at) // the same finger again
	s.now = s.now.Add(50 * time.Millisecond)
	s.up(1, at)
	s.pass(time.Second)
	s.want("postings")
}

func TestHandThatTapsTwiceTurnsOnePage(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	at := s.where("postings")
	for range 3 {
		s.down(1, at)
		s.now = s.now.Add(20 * time.Millisecond)
		s.up(1, at)
		s.now = s.now.Add(30 * time.Millisecond)
	}
	if n := len(s.prog.session.pages); n != 2 {
		t.Errorf("%d pages deep after a tap of a hand that taps three times", n)
	}
	s.pass(time.Second)
	s.want("postings")
}

func TestFingerThatTrembledOnTheBarTaps(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	at := s.where("large")
	s.down(1, at)
	for i := range 12 {
		s.now = s.now.Add(10 * time.Millisecond)
		s.moveTo(1, at.Add(image.Pt(i%5*8-16, i%3*8-8)))
	}
	s.up(1, at.Add(image.Pt(14, 6)))
	if s.view().Large != 1 {
		t.Error("a finger that stayed on its button did not tap")
	}
}

// fling throws the long guide upwards and returns where it comes to rest with a
// frame every d.
func fling(t *testing.T, d time.Duration, rest time.Duration) (released, ended int) {
	t.Helper()
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID))
	s.pass(time.Second)
	at := s.drag(1, image.Pt(540, 1300), image.Pt(0, -240), 12)
	s.now = s.now.Add(rest)
	released = s.prog.scrolled()
	s.up(1, at)
	for end := s.now.Add(4 * time.Second); s.now.Before(end); {
		s.now = s.now.Add(d)
		s.step()
	}
	if s.prog.hands.moving() {
		t.Error("it still moves after four seconds")
	}
	return released, s.prog.scrolled()
}

func TestFlingDoesNotDependOnFrames(t *testing.T) {
	from, at60 := fling(t, time.Second/60, 0)
	_, at25 := fling(t, time.Second/25, 0)
	if at60-from < 100 {
		t.Fatalf("a fling of 2000 pixels a second went from %d to %d", from, at60)
	}
	if d := math.Abs(float64(at60 - at25)); d > 12 {
		t.Errorf("it ends at %d with 60 frames a second, at %d with 25", at60, at25)
	}
	from, at := fling(t, time.Second/60, 2*rested)
	if at != from {
		t.Errorf("a finger that rested before it lifted flung the page from %d to %d", from, at)
	}
}

func TestVelocityIsOfTheLastTenthOfASecond(t *testing.T) {
	var k track
	at := specimen.Now().Now
	for i := range 40 { // fast at first, then 500 pixels a second with a trembling of 3
		y := 4000 - i*100
		if i >= 20 {
			y = 2000 - (i-20)*5 + (i%2)*3
		}
		k.add(at.Add(time.Duration(i)*10*time.Millisecond), image.Pt(0, y))
	}
	v := k.velocity(at.Add(395 * time.Millisecond))
	if v.y < 430 || v.y > 570 || v.x != 0 {
		t.Errorf("velocity %v, want about 500 upwards", v)
	}
	if v := k.velocity(at.Add(time.Second)); v != (vec{}) {
		t.Errorf("velocity %v long after the last sample", v)
	}
}

func TestTouchCatchesAFling(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID))
	s.pass(time.Second)
	at := s.drag(1, image.Pt(540, 1300), image.Pt(0, -200), 4)
	s.up(1, at)
	s.now = s.now.Add(16 * time.Millisecond)
	s.step()
	if !s.prog.hands.moving() {
		t.Fatal("it does not glide")
	}
	s.down(2, image.Pt(540, 900))
	caught := s.prog.scrolled()
	s.now = s.now.Add(60 * time.Millisecond)
	s.up(2, image.Pt(540, 900))
	s.pass(time.Second)
	if s.prog.scrolled() != caught || s.view().Kind != page.NoticePage {
		t.Errorf("caught at %d, now at %d on %s", caught, s.prog.scrolled(), s.view().Kind)
	}
}

func TestWideTableGlidesSideways(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.FundID), "large", "size:2")
	s.do("close")
	s.pass(time.Second)
	for range 20 {
		if info := s.prog.drawn.info; info.MaxTableX > 0 && info.Table.Dy() > 200 {
			break
		}
		s.do("scroll:down")
		s.pass(time.Second)
	}
	info := s.prog.drawn.info
	if info.MaxTableX == 0 {
		t.Fatal("the table of the fund notice fits even in the largest text")
	}
	from := image.Pt(info.Table.Max.X-100, (info.Table.Min.Y+info.Table.Max.Y)/2)
	most := info.MaxTableX
	scroll := s.prog.scrolled()
	at := s.drag(1, from, image.Pt(-60, 4), 6)
	dragged := s.view().TableX
	s.up(1, at)
	s.pass(3 * time.Second)
	if x := s.view().TableX; dragged < min(40, most) || x <= dragged && x < most || s.prog.scrolled() != scroll {
		t.Errorf("dragged to %d, glided to %d of %d; scrolled from %d to %d", dragged, x, most, scroll, s.prog.scrolled())
	}
}

func TestFingerMovesThePageOfTheLowMode(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID), "low")
	s.pass(time.Second)
	info := s.prog.drawn.info
	if info.Reach == 0 || info.MaxScroll == 0 {
		t.Fatalf("the page reaches from %d and scrolls by %d", info.Reach, info.MaxScroll)
	}
	s.drag(1, image.Pt(540, info.Reach/2), image.Pt(0, -200), 10) // above the page
	if s.prog.scrolled() != 0 {
		t.Error("a finger above the page moved it")
	}
	s.up(1, image.Pt(540, 0))
	s.drag(1, info.Viewport.Min.Add(info.Viewport.Max).Div(2), image.Pt(0, -200), 10)
	if got := s.prog.scrolled(); got < min(150, info.MaxScroll) {
		t.Errorf("a finger moved the page by %d of %d", got, info.MaxScroll)
	}
}
