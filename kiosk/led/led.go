// Package led is the LED board's program: it walks the pages of what may be
// shown, lets warnings take over within one frame, and shows the site's own
// plate when there is nothing else.
//
// What is on is a function of what the board was sent and of the time, and of
// nothing else: a board that is switched off and on goes on where it would have
// been, and two boards of a pair, whose clocks agree, show the same in the same
// frame without asking each other. A line that moves stands in every frame where
// that frame wants it, however late the frame comes.
//
// It promises that a notice stays on until its last page was read, and that
// something is always drawn. How pages look is playlist/scene/led's.
package led

import (
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// heartbeat is the longest time between two frames, so that display time is
// counted.
const heartbeat = time.Second

// Source is what the program needs from the device that it runs on.
type Source interface {
	Status() kiosk.Status
	Showed(wire.Showing)
	Blob(ref assets.Ref, limit int64) ([]byte, error)
}

// Program implements player.Program. Only the presenter's goroutine uses it.
type Program struct {
	src      Source
	settings playlist.Settings
	panel    playlist.Panel
	zone     *time.Location
	lib      *playlist.Library
	rare     rareGlyphs

	course course
	plays  plays
	pages  map[laid][]led.Page
	frames frames

	next  *playlist.Library // not taken over yet
	since time.Time         // when it came
	calm  bool              // the board may go on without it for a moment

	show    wire.Showing
	drawn   drawn
	picture *scene.Frame // of drawn
}

// drawn says of what a picture is.
type drawn struct {
	page   *led.Page
	plate  string // names a page that is no notice's
	frame  int
	minute time.Time
	lib    *playlist.Library
}

// New makes the program of a board of that panel.
func New(src Source, panel playlist.Panel) *Program {
	return &Program{
		src: src, panel: panel, zone: time.FixedZone("", 8*60*60), pages: map[laid][]led.Page{},
		settings: playlist.Settings{Screen: playlist.Screen{Kind: playlist.LED, Panel: panel}},
	}
}

// Step implements player.Program. A board takes no input.
func (p *Program) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	status := p.src.Status()
	p.rare.lend(p.src, status.Library, now)
	at := p.course.read(now, own(status, now))
	m := around(status.Moment, at)
	next := at.Add(heartbeat)
	sooner := func(t time.Time) {
		if !t.IsZero() && t.After(at) && t.Before(next) {
			next = t
		}
	}
	sooner(p.settle(status.Library, m))
	v := p.choose(status, m, at, sooner)
	p.show = v.show

	elapsed := at.Sub(v.began)
	d := drawn{page: v.page, plate: v.plate, lib: p.lib}
	if v.plate != "" {
		d.page = nil
	}
	if v.page.Marquee {
		d.frame = p.frames.at(v.began, elapsed)
		elapsed = due(d.frame)
		if next = v.began.Add(due(d.frame + 1)); v.until.Before(next) {
			next = v.until
		}
	}
	if clock(v.page) {
		d.minute = m.Now.Truncate(time.Minute)
		sooner(at.Add(d.minute.Add(time.Minute).Sub(m.Now)))
	}
	if p.picture == nil || d != p.drawn {
		p.picture, p.drawn = led.Frame(*v.page, p.settings.Screen.Panel, elapsed, m, p.zone), d
	}
	return p.picture, now.Add(next.Sub(at))
}

// clock reports whether a page shows the time.
func clock(p *led.Page) bool {
	for _, l := range p.Lines {
		if l.Clock {
			return true
		}
	}
	return false
}

// board keeps the dots that the machine was configured with: they are where the
// sending card reads them.
func (p *Program) board(asked playlist.Panel) playlist.Panel {
	asked.Width, asked.Height = p.panel.Width, p.panel.Height
	if asked.Colours == "" {
		asked.Colours = p.panel.Colours
	}
	return asked
}

// view is what the board shows at an instant, and what that is for the ledger.
type view struct {
	page  *led.Page
	plate string    // of a page that is no notice's
	began time.Time // when the page came on
	until time.Time // when another comes
	show  wire.Showing
}

// plate is a page of the board's own.
func plate(name, why string, page led.Page, at time.Time) view {
	return view{page: &page, plate: name + page.Text(), began: at, until: at.Add(heartbeat), show: wire.Showing{Page: name, Why: why}}
}

// choose decides what is on, and tells sooner what it has to be asked again for.
func (p *Program) choose(status kiosk.Status, m schedule.Moment, at time.Time, sooner func(time.Time)) view {
	if p.lib != nil {
		p.refresh(m)
		sooner(p.plays.until)
	}
	sooner(status.Identify)
	switch w := &p.plays; {
	case status.Identify.After(m.Now):
		return plate("identify", "技术人员要求显示屏幕名称", led.Identify(p.settings), at)
	case p.lib == nil && !status.Enrolled:
		return plate("pairing", "", led.Pairing(p.panel, status.Code), at)
	case p.lib == nil:
		return plate("fallback", "还没有收到任何内容", led.Idle(p.settings), at)
	case !w.alerts.empty():
		v, t := p.view(&w.alerts, at, "alert")
		v.show.Why = "正在播放预警：" + t.Notice.Title
		sooner(v.until)
		return v
	case !w.loop.empty():
		v, t := p.view(&w.loop, at, "loop")
		if v.show.Why = w.reason; at.Sub(t.since) < playlist.MaxCycle {
			v.show.Why = "刚刚发布，立即播放；" + w.reason
		}
		last := *t
		w.last = &last
		sooner(v.until)
		return v
	}
	why := "此刻没有内容可播；" + p.plays.reason
	t := p.lasting(m)
	if t == nil {
		return plate("fallback", why, led.Idle(p.settings), at)
	}
	alone := newTurns([]turn{*t}, schedule.DateOf(m.Now.In(p.zone)).In(p.zone))
	v, _ := p.view(&alone, at, "loop")
	v.show.Why = "此刻没有内容可播，保留上一条；" + p.plays.reason
	sooner(v.until)
	return v
}

// view is what of some turns is on.
func (p *Program) view(t *turns, at time.Time, page string) (view, *turn) {
	o := t.at(at)
	s := &t.list[o.turn]
	return view{page: o.page, began: o.began, until: o.until, show: wire.Showing{
		Page: page, Notice: s.Notice.ID, Version: s.Notice.Version, Channel: s.Channel, Revision: s.Revision,
	}}, s
}

// Presented implements player.Program.
func (p *Program) Presented(*scene.Frame, time.Time) { p.src.Showed(p.show) }
