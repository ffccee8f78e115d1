package touch

import (
	"image"
	"math"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
)

const (
	slopMM     = 3.5              // a finger that moves less is a tap (arthritic hands tremble)
	maxFingers = 12               // more are dropped; six already are a palm
	palmAt     = 6                // so many at once are no fingers
	stuckAfter = 10 * time.Second // a finger that rests so long is a drop of water or a broken panel

	holdAfter = 500 * time.Millisecond // a held 删除 goes on by itself
	holdEvery = 90 * time.Millisecond
	holdMost  = 40 // times, whatever lies on the key
)

// press is what a finger came down on.
type press struct {
	action string
	area   image.Rectangle
	typing *page.Typing // what the page showed of typing
}

// finger is one that is down.
type finger struct {
	down        bool
	id          int
	start, last image.Point
	anchor      image.Point // where it was when it last really moved
	movedAt     time.Time
	press       press
	moved       bool // it has left its place: it will tap nothing
	drags       bool // from where it came down the page can be moved
	stuck       bool // it counts no more
	since       time.Time
	held        int // how often its key has repeated
}

// hands are all fingers on the glass and what they have set in motion.
type hands struct {
	fingers [maxFingers]finger
	palm    bool // until nothing touches the glass any more
	lead    int  // 1 + the finger that moves the page; 0 is none
	axis    axis
	pinch   pinch
	fine    time.Time // when a picture of a new size is drawn finely
	track   track
	glide   glide
	jump    jump
	loose   int // scroll of a page that is in no session: a warning

	focus    string    // the action that the tab key has led to
	at       time.Time // of the event in hand
	travel   travel    // how the next page comes in
	turnedAt time.Time // when a page last turned
	stale    bool      // what is drawn is not what is meant any more
}

// live is how many fingers count.
func (h *hands) live() int {
	n := 0
	for i := range h.fingers {
		if h.fingers[i].down && !h.fingers[i].stuck {
			n++
		}
	}
	return n
}

func (h *hands) find(id int) *finger {
	for i := range h.fingers {
		if f := &h.fingers[i]; f.down && f.id == id {
			return f
		}
	}
	return nil
}

// place is where a new finger is kept: a free place, or that of one that is
// stuck; nil when the glass is full.
func (h *hands) place() *finger {
	for i := range h.fingers {
		if !h.fingers[i].down {
			return &h.fingers[i]
		}
	}
	for i := range h.fingers {
		if h.fingers[i].stuck {
			return &h.fingers[i]
		}
	}
	return nil
}

func (h *hands) leads(f *finger) bool { return h.lead > 0 && &h.fingers[h.lead-1] == f }

func (h *hands) leader(f *finger) {
	for i := range h.fingers {
		if &h.fingers[i] == f {
			h.lead = i + 1
		}
	}
}

// release makes all fingers that are down tap nothing: what they came down on
// is not there any more.
func (h *hands) release() {
	for i := range h.fingers {
		h.fingers[i].press, h.fingers[i].moved = press{}, true
		h.fingers[i].drags = false
	}
	h.lead, h.pinch = 0, pinch{}
}

// pressed is the action under the finger that came down last, or the one that
// the tab key has led to.
func (h *hands) pressed() string {
	action, since := h.focus, time.Time{}
	for i := range h.fingers {
		f := &h.fingers[i]
		if f.down && !f.moved && !f.stuck && f.press.action != "" && !f.since.Before(since) {
			action, since = f.press.action, f.since
		}
	}
	return action
}

// expire gives up fingers that have rested too long.
func (h *hands) expire(now time.Time) {
	for i := range h.fingers {
		f := &h.fingers[i]
		if !f.down || f.stuck || now.Sub(f.movedAt) < stuckAfter {
			continue
		}
		f.stuck, f.press, f.moved = true, press{}, true
		if h.leads(f) {
			h.lead = 0
		}
		h.pinch = pinch{}
	}
	if h.live() == 0 {
		h.palm = false
	}
}

// slop is how far a finger may move and still tap, in pixels.
func (p *Program) slop() float64 {
	panel := p.book.Settings().Screen.Panel
	if panel.WidthMM <= 0 {
		return 12
	}
	return slopMM * float64(panel.Width) / float64(panel.WidthMM)
}

// event handles one input.
func (p *Program) event(e player.Event, now time.Time) {
	p.hands.at = e.Time
	if e.Time.IsZero() || e.Time.After(now) || now.Sub(e.Time) > stuckAfter {
		p.hands.at = now // a clock that is not ours
	}
	switch e.Kind {
	case player.Down:
		p.fingerDown(e, now)
	case player.Move:
		if f := p.hands.find(e.ID); f != nil {
			p.fingerMove(f, e.At, now)
		}
	case player.Up:
		if f := p.hands.find(e.ID); f != nil {
			if f.last != e.At {
				p.fingerMove(f, e.At, now)
			}
			p.fingerUp(f, now)
		}
	case player.Cancel:
		if f := p.hands.find(e.ID); f != nil {
			p.lift(f)
		}
	case player.Press:
		p.keyboard(e.Key, now)
	case player.Wheel:
		p.wheel(e, now)
	}
}

func (p *Program) fingerDown(e player.Event, now time.Time) {
	h := &p.hands
	p.awake(now)
	h.focus = ""
	if lost := h.find(e.ID); lost != nil {
		p.lift(lost) // its end was never heard of
	}
	f := h.place()
	if f == nil {
		return
	}
	*f = finger{
		down: true, id: e.ID, start: e.At, last: e.At, anchor: e.At,
		movedAt: now, since: h.at, drags: p.draggable(e.At),
	}
	if h.live() >= palmAt {
		h.palm = true
		h.release()
		h.stop()
	}
	if h.palm {
		f.moved, f.drags = true, false
		return
	}
	// A touch that catches a fling stops it and taps nothing.
	catching := h.glide.speed() > p.catchSpeed() || !h.jump.began.IsZero()
	h.glide, h.jump = glide{}, jump{}
	if p.pinching(f) {
		return
	}
	if r, ok := p.hit(e.At); ok && (!catching || !f.drags) {
		f.press = press{action: r.Action, area: r.Area, typing: p.drawn.key.view.Typing}
	}
}

// hit returns what lies under a point on the page that the person sees.
func (p *Program) hit(at image.Point) (scene.Region, bool) {
	if p.drawn.frame == nil || p.hands.stale {
		return scene.Region{}, false
	}
	return p.drawn.frame.At(at)
}

// draggable reports whether a finger that came down there can move something.
func (p *Program) draggable(at image.Point) bool {
	info := &p.drawn.info
	return at.In(info.Picture) || at.In(info.Table) && info.MaxTableX > 0 || at.In(info.Viewport) && info.MaxScroll > 0
}

func (p *Program) fingerMove(f *finger, at image.Point, now time.Time) {
	h := &p.hands
	slop := p.slop()
	from := f.last
	f.last = at
	if apart(f.anchor, at) >= slop {
		f.anchor, f.movedAt = at, now
		f.stuck = false
	}
	if f.stuck || h.palm {
		return
	}
	if p.pinched(f) {
		return
	}
	if h.leads(f) {
		h.track.add(h.at, at)
		p.drag(from.Sub(at))
		return
	}
	if apart(f.start, at) < slop {
		return
	}
	if !f.drags {
		// Nothing can be moved from there, so a finger that stays on its key taps.
		if f.press.action != "" && !at.In(f.press.area.Inset(-int(slop))) {
			f.press, f.moved = press{}, true
		}
		return
	}
	f.press, f.moved = press{}, true
	if h.lead != 0 || h.pinch.on {
		return
	}
	h.leader(f)
	h.axis = p.axisOf(f, at)
	h.track = track{}
	h.track.add(h.at, at)
	p.heard.follow = false
	if p.session.sheet != page.NoSheet {
		p.session.sheet = page.NoSheet
	}
}

// axisOf decides what a finger moves.
func (p *Program) axisOf(f *finger, at image.Point) axis {
	d := at.Sub(f.start)
	info := &p.drawn.info
	switch {
	case f.start.In(info.Picture):
		return freely
	case abs(d.X) > abs(d.Y) && f.start.In(info.Table):
		return sideways
	}
	return vertical
}

func (p *Program) fingerUp(f *finger, now time.Time) {
	h := &p.hands
	p.awake(now)
	t, start := f.press, f.start
	if f.moved || f.stuck {
		t = press{}
	}
	repeated := f.held > 0
	if h.leads(f) {
		p.fling(f, now)
	}
	loop := !p.session.active && p.drawn.alert == "" && !h.palm && !f.stuck
	p.lift(f)
	switch {
	case repeated:
	case t.action != "":
		p.act(t, now)
	case loop:
		// The loop and the site's own card invite a touch anywhere, however it
		// moves.
		p.act(press{action: string(page.DoStart)}, now)
	case p.session.sheet != page.NoSheet && !h.palm && !start.In(p.drawn.info.Over):
		p.session.sheet = page.NoSheet
	}
}

// lift takes a finger off the glass.
func (p *Program) lift(f *finger) {
	h := &p.hands
	if h.leads(f) {
		h.lead = 0
	}
	*f = finger{}
	if h.pinch.on && (!h.fingers[h.pinch.a].down || !h.fingers[h.pinch.b].down) {
		p.endPinch()
	}
	if h.live() == 0 {
		h.palm = false
	}
}

// hold repeats the key that takes away while a finger rests on it.
func (p *Program) hold(now time.Time) {
	if f := p.holding(); f != nil && !now.Before(f.repeatAt()) {
		f.held++
		p.hands.at = now
		p.act(press{action: f.press.action}, now)
	}
}

func (p *Program) holding() *finger {
	for i := range p.hands.fingers {
		f := &p.hands.fingers[i]
		if f.down && !f.moved && !f.stuck && f.held < holdMost && f.press.action == deleteKey {
			return f
		}
	}
	return nil
}

var deleteKey = page.Action{Verb: page.DoKey, Arg: "delete"}.String()

func (f *finger) repeatAt() time.Time {
	return f.since.Add(holdAfter + time.Duration(f.held)*holdEvery)
}

func (p *Program) holdDue() time.Time {
	if f := p.holding(); f != nil {
		return f.repeatAt()
	}
	return time.Time{}
}

func apart(a, b image.Point) float64 {
	d := a.Sub(b)
	return math.Hypot(float64(d.X), float64(d.Y))
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
