package touch

import (
	"image"
	"math"
	"time"
)

const (
	friction  = 3.2                    // how fast a fling slows down, per second
	stopped   = 20.0                   // pixels a second: a fling ends
	maxStep   = 50 * time.Millisecond  // a late frame does not make a fling jump
	window    = 100 * time.Millisecond // of samples that say how fast a finger is
	rested    = 60 * time.Millisecond  // a finger that was still so long before it lifts flings nothing
	maxFling  = 8.0                    // pages a second
	catchMM   = 60.0                   // a second: a touch stops what is faster and taps what is slower
	maxTracks = 16
)

// axis is what a finger moves.
type axis uint8

const (
	vertical axis = iota // the page
	sideways             // a wide table
	freely               // an enlarged picture
)

// vec is a way in pixels or a speed in pixels a second, of the content upwards
// and to the left.
type vec struct{ x, y float64 }

func (v vec) size() float64         { return math.Hypot(v.x, v.y) }
func (v vec) times(f float64) vec   { return vec{v.x * f, v.y * f} }
func toVec(p image.Point) (out vec) { return vec{float64(p.X), float64(p.Y)} }

// track is where a finger was lately.
type track struct {
	n    int
	seen [maxTracks]struct {
		at time.Time
		p  image.Point
	}
}

func (t *track) add(at time.Time, p image.Point) {
	if t.n == maxTracks {
		copy(t.seen[:], t.seen[1:])
		t.n--
	}
	t.seen[t.n].at, t.seen[t.n].p = at, p
	t.n++
}

// velocity is the slope of the line that fits the samples of the last window
// before a finger lifted: touch panels report in bursts and tremble, so two
// samples say little.
func (t *track) velocity(lifted time.Time) vec {
	var n, st, sx, sy, stt, stx, sty float64
	if t.n == 0 || lifted.Sub(t.seen[t.n-1].at) > rested {
		return vec{}
	}
	last := t.seen[t.n-1].at
	for _, s := range t.seen[:t.n] {
		age := last.Sub(s.at)
		if age < 0 || age > window {
			continue
		}
		at, p := -age.Seconds(), toVec(s.p)
		n++
		st, sx, sy = st+at, sx+p.x, sy+p.y
		stt, stx, sty = stt+at*at, stx+at*p.x, sty+at*p.y
	}
	spread := n*stt - st*st
	if n < 2 || spread < 1e-6 { // less than about two milliseconds
		return vec{}
	}
	// The content moves against the coordinates.
	return vec{-(n*stx - st*sx) / spread, -(n*sty - st*sy) / spread}
}

// glide is content that moves on after the finger has gone.
type glide struct {
	on   time.Time // of its last step; zero is still
	axis axis
	v    vec
	rest vec // part of a pixel that has not been moved yet
}

func (g *glide) speed() float64 {
	if g.on.IsZero() {
		return 0
	}
	return g.v.size()
}

// step returns the way since the last step, by the exact solution of a speed
// that falls exponentially, so that the way does not depend on the frames.
func (g *glide) step(now time.Time) image.Point {
	dt := min(max(now.Sub(g.on), 0), maxStep).Seconds()
	g.on = now
	left := math.Exp(-friction * dt)
	way := g.v.times((1 - left) / friction)
	g.v = g.v.times(left)
	way.x, way.y = way.x+g.rest.x, way.y+g.rest.y
	whole := image.Pt(int(way.x), int(way.y))
	g.rest = vec{way.x - float64(whole.X), way.y - float64(whole.Y)}
	return whole
}

// jump leads from one scroll to another, for the buttons.
type jump struct {
	from, to int
	table    bool
	began    time.Time // zero is none
}

// part is how much of the way is done, fast away and gently in.
func (j *jump) part(now time.Time) float64 {
	t := min(1, max(0, float64(now.Sub(j.began))/float64(jumpFor)))
	return 1 - (1-t)*(1-t)
}

// moving reports whether something moves or may.
func (h *hands) moving() bool {
	return h.lead > 0 || h.pinch.on || !h.glide.on.IsZero() || !h.jump.began.IsZero()
}

// stop stops what moves by itself.
func (h *hands) stop() { h.glide, h.jump = glide{}, jump{} }

// catchSpeed is how fast something moves that a touch catches, in pixels a
// second.
func (p *Program) catchSpeed() float64 { return p.slop() / slopMM * catchMM }

// fling lets go of what a finger was moving.
func (p *Program) fling(f *finger, now time.Time) {
	h := &p.hands
	v := h.track.velocity(h.at)
	switch h.axis {
	case vertical:
		v.x = 0
	case sideways:
		v.y = 0
	case freely:
		if p.swiped(f) {
			return
		}
	}
	if most := maxFling * float64(max(p.drawn.info.Viewport.Dy(), 500)); v.size() > most {
		v = v.times(most / v.size())
	}
	if v.size() > stopped {
		h.glide = glide{on: now, axis: h.axis, v: v}
	}
}

// advance moves what moves by itself.
func (p *Program) advance(now time.Time) {
	h := &p.hands
	p.hold(now)
	if !h.glide.on.IsZero() {
		if moved := p.shift(h.glide.axis, h.glide.step(now)); !moved || h.glide.speed() < stopped {
			h.glide = glide{}
		}
	}
	if j := h.jump; !j.began.IsZero() {
		part := j.part(now)
		at := j.from + int(math.Round(float64(j.to-j.from)*part))
		if j.table {
			p.setTable(at)
		} else {
			p.setScroll(at)
		}
		if part >= 1 {
			h.jump = jump{}
		}
	}
}

// drag moves content with the finger.
func (p *Program) drag(d image.Point) { p.shift(p.hands.axis, d) }

// shift moves content and reports whether it could, or had nothing to.
func (p *Program) shift(a axis, d image.Point) bool {
	switch a {
	case sideways:
		if d.X == 0 || !p.session.active {
			return p.session.active
		}
		was := p.session.top().TableX
		p.setTable(was + d.X)
		return p.session.top().TableX != was
	case freely:
		return p.pan(d)
	}
	was := p.scrolled()
	p.setScroll(was + d.Y)
	return d.Y == 0 || p.scrolled() != was
}

func (p *Program) scrolled() int {
	if p.drawn.alert != "" || !p.session.active {
		return p.hands.loose
	}
	return p.session.top().Scroll
}

func (p *Program) setScroll(y int) {
	y = max(0, min(y, p.drawn.info.MaxScroll))
	if p.drawn.alert != "" || !p.session.active {
		p.hands.loose = y
		return
	}
	p.session.top().Scroll = y
}

func (p *Program) setTable(x int) {
	if p.session.active && p.drawn.alert == "" {
		p.session.top().TableX = max(0, min(x, p.drawn.info.MaxTableX))
	}
}

// jump leads to where a scroll button points.
func (p *Program) jump(to string, now time.Time) {
	p.hands.stop()
	j := jump{from: p.scrolled(), began: now}
	switch to {
	case "down":
		j.to = p.drawn.info.Down
	case "up":
		j.to = p.drawn.info.Up
	case "own":
		j.to = p.drawn.info.Own
	}
	p.hands.jump = j
}

func (p *Program) jumpTable(by int, now time.Time) {
	if p.drawn.alert != "" {
		return
	}
	x := p.session.top().TableX
	p.hands.stop()
	p.hands.jump = jump{from: x, to: max(0, min(x+by, p.drawn.info.MaxTableX)), table: true, began: now}
}
