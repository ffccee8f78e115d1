package touch

import (
	"image"
	"math"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
)

const (
	slopMM   = 2.5                   // a finger that moves less is a tap (arthritic hands tremble)
	stopped  = 30.0                  // pixels a second: a fling ends
	friction = 3.2                   // how fast a fling slows down, per second
	maxStep  = 50 * time.Millisecond // a late frame does not make a fling jump
)

// gesture is the finger that leads. Further fingers do nothing yet.
type gesture struct {
	down    bool
	id      int
	start   image.Point
	last    image.Point
	lastAt  time.Time
	drag    axis
	pressed string // action under the finger that has not moved away

	velocity float64 // pixels a second, of the content upwards
	glide    time.Time
	rest     float64 // part of a pixel that a fling has not moved yet

	jumpFrom, jumpTo int // a scroll button leads from here to there
	jumpAt           time.Time

	loose  int    // scroll of a page that is in no session: a warning
	travel travel // how the next page comes in
}

type axis uint8

const (
	undecided axis = iota
	vertical
	sideways
)

func (g *gesture) moving() bool {
	return g.drag == vertical || !g.glide.IsZero() || !g.jumpAt.IsZero()
}

func (g *gesture) stop() { g.glide, g.velocity, g.rest, g.jumpAt = time.Time{}, 0, 0, time.Time{} }

// slop is how far a finger may move and still tap.
func (p *Program) slop() float64 {
	panel := p.book.Settings().Screen.Panel
	if panel.WidthMM <= 0 {
		return 12
	}
	return slopMM * float64(panel.Width) / float64(panel.WidthMM)
}

// event handles one input.
func (p *Program) event(e player.Event, now time.Time) {
	g := &p.gesture
	switch e.Kind {
	case player.Down:
		p.touchedAt(now)
		if g.down {
			return
		}
		catching := g.moving()
		g.stop()
		*g = gesture{down: true, id: e.ID, start: e.At, last: e.At, lastAt: e.Time, loose: g.loose, travel: g.travel}
		// A touch that catches a fling stops it and taps nothing.
		if r, ok := p.hit(e.At); ok && !catching {
			g.pressed = r
		}
	case player.Move:
		if g.down && e.ID == g.id {
			p.move(e)
		}
	case player.Up:
		if !g.down || e.ID != g.id {
			return
		}
		p.touchedAt(now)
		action := g.pressed
		if action == "" && g.drag == undecided && !p.session.active && p.lib != nil && p.drawn.alert == "" {
			action = string(page.DoStart) // the loop and the site's own card invite a touch anywhere
		}
		if g.drag == vertical && math.Abs(g.velocity) > stopped && e.Time.Sub(g.lastAt) < 80*time.Millisecond {
			g.glide = now
		}
		g.down, g.pressed, g.drag = false, "", undecided
		if action != "" {
			p.act(action, now)
		}
	case player.Cancel:
		if e.ID == g.id {
			g.down, g.pressed, g.drag = false, "", undecided
		}
	}
}

// hit returns the action under a point.
func (p *Program) hit(at image.Point) (string, bool) {
	if p.drawn.frame == nil {
		return "", false
	}
	r, ok := p.drawn.frame.At(at)
	return r.Action, ok
}

func (p *Program) move(e player.Event) {
	g := &p.gesture
	if g.drag == undecided {
		d := e.At.Sub(g.start)
		if math.Hypot(float64(d.X), float64(d.Y)) < p.slop() {
			return
		}
		g.pressed = ""
		g.drag = vertical
		if abs(d.X) > abs(d.Y) && g.start.In(p.drawn.info.Table) {
			g.drag = sideways
		}
		g.last, g.lastAt = e.At, e.Time
		return
	}
	d := g.last.Sub(e.At)
	if dt := e.Time.Sub(g.lastAt).Seconds(); dt > 0 {
		// A little smoothing: touch panels report in bursts.
		g.velocity = 0.6*g.velocity + 0.4*float64(d.Y)/dt
	}
	g.last, g.lastAt = e.At, e.Time
	if g.drag == sideways {
		p.scrollTable(d.X)
		return
	}
	p.scroll(d.Y)
}

// advance moves what moves by itself.
func (g *gesture) advance(now time.Time, p *Program) {
	if !g.glide.IsZero() {
		dt := min(now.Sub(g.glide), maxStep).Seconds()
		g.glide = now
		g.rest += g.velocity * dt
		g.velocity *= math.Exp(-friction * dt)
		whole := int(g.rest)
		g.rest -= float64(whole)
		if !p.scroll(whole) || math.Abs(g.velocity) < stopped {
			g.stop()
		}
	}
	if !g.jumpAt.IsZero() {
		t := min(1, float64(now.Sub(g.jumpAt))/float64(jumpFor))
		eased := 1 - (1-t)*(1-t)
		p.setScroll(g.jumpFrom + int(math.Round(float64(g.jumpTo-g.jumpFrom)*eased)))
		if t >= 1 {
			g.stop()
		}
	}
}

// scroll moves the page by dy pixels and reports whether it could.
func (p *Program) scroll(dy int) bool {
	was := p.scrolled()
	p.setScroll(was + dy)
	return dy == 0 || p.scrolled() != was
}

func (p *Program) scrolled() int {
	if p.drawn.alert != "" || !p.session.active {
		return p.gesture.loose
	}
	return p.session.pages[len(p.session.pages)-1].Scroll
}

func (p *Program) setScroll(y int) {
	y = max(0, min(y, p.drawn.info.MaxScroll))
	if p.drawn.alert != "" || !p.session.active {
		p.gesture.loose = y
		return
	}
	p.session.pages[len(p.session.pages)-1].Scroll = y
}

func (p *Program) scrollTable(dx int) {
	if !p.session.active {
		return
	}
	v := &p.session.pages[len(p.session.pages)-1]
	v.TableX = max(0, min(v.TableX+dx, p.drawn.info.MaxTableX))
}

// act does what a region says.
func (p *Program) act(action string, now time.Time) {
	a, ok := page.ParseAction(action)
	if !ok {
		return
	}
	s := &p.session
	switch a.Verb {
	case page.DoEnd:
		p.end()
		return
	case page.DoContinue:
		return // the touch itself has put the question away
	}
	if p.drawn.alert != "" && a.Verb != page.DoLarge && a.Verb != page.DoContrast && a.Verb != page.DoLang && a.Verb != page.DoScroll {
		// Somebody has read the warning and goes on; a band stays on top.
		p.putAside(p.drawn.alert)
	}
	if !s.active && p.lib == nil {
		return // nothing to walk through yet
	}
	if !s.active {
		s.active, s.pages = true, []page.View{{Kind: page.Home}}
		p.gesture.travel = forward
	}
	top := &s.pages[len(s.pages)-1]
	switch a.Verb {
	case page.DoHome:
		s.pages = []page.View{{Kind: page.Home}}
		p.gesture.travel = backward
	case page.DoBack:
		if len(s.pages) > 1 {
			s.pages = s.pages[:len(s.pages)-1]
			p.gesture.travel = backward
		}
	case page.DoColumn:
		p.open(page.View{Kind: page.ColumnPage, Column: playlist.ColumnID(a.Arg)})
	case page.DoNotice:
		p.open(page.View{Kind: page.NoticePage, Notice: playlist.NoticeID(a.Arg)})
	case page.DoPostings:
		p.open(page.View{Kind: page.Postings})
	case page.DoLatest:
		p.open(page.View{Kind: page.Latest})
	case page.DoLarge:
		s.large = (s.large + 1) % 3
	case page.DoContrast:
		s.contrast = !s.contrast
	case page.DoLang:
		s.lang = otherLanguage(p.dress(page.View{}).Lang)
	case page.DoScroll:
		p.jump(a.Arg, now)
	case page.DoTable:
		step := max(p.drawn.info.Table.Dx()*6/10, 1)
		if a.Arg == "left" {
			step = -step
		}
		p.scrollTable(step)
	case page.DoPicture:
		step := 1
		if a.Arg == "prev" {
			step = -1
		}
		if n := p.drawn.info.Pictures; n > 0 {
			top.Picture = (top.Picture + step + n) % n
		}
	}
}

// maxDepth bounds the way back.
const maxDepth = 32

func (p *Program) open(v page.View) {
	s := &p.session
	if len(s.pages) == maxDepth {
		s.pages = append(s.pages[:1], s.pages[2:]...)
	}
	s.pages = append(s.pages, v)
	p.gesture.travel = forward
}

func (p *Program) jump(to string, now time.Time) {
	g := &p.gesture
	g.stop()
	g.jumpFrom, g.jumpAt = p.scrolled(), now
	switch to {
	case "down":
		g.jumpTo = p.drawn.info.Down
	case "up":
		g.jumpTo = p.drawn.info.Up
	default:
		g.jumpTo = 0
	}
}

func otherLanguage(lang string) string {
	if lang == "en" {
		return "zh"
	}
	return "en"
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
