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
	"math"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/wire"
)

// heartbeat is the longest time between two frames, so that display time is
// counted.
const heartbeat = time.Second

// Source is what the program needs from the device that it runs on.
type Source interface {
	Status() kiosk.Status
	Showed(wire.Showing, ...wire.Showing)
	Blob(ref assets.Ref, limit int64) ([]byte, error)
	// Lit says how bright the board is, in per cent. Boards are dimmed in their
	// frames.
	Lit(percent int) (lamp bool)
}

// Program implements player.Program. Only the presenter's goroutine uses it.
type Program struct {
	src      Source
	settings playlist.Settings
	panel    playlist.Panel
	zone     *time.Location
	lib      *playlist.Library
	rare     rareGlyphs
	unfit    bool // the settings have zones that do not fit on the panel

	pair   *follower // nil where every board goes by its own clock
	course course
	frames frames
	plays  plays
	zones  zones
	lamps  lamps
	pages  map[laid][]led.Page

	next     *playlist.Library // not taken over yet
	since    time.Time         // when it came
	calm     bool              // the board may go on without it for a moment
	prepared prepared
	work     sync.WaitGroup // what prepares it

	now     []part // what is on
	show    wire.Showing
	also    []wire.Showing // in zones, at the same time
	drawn   drawn
	picture *scene.Frame // of drawn
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
	real := p.course.read(now, p.aim(status, now))
	p.tell(real, now)
	n := p.frames.at(real)
	at := instant(n)
	m := around(status.Moment, at)

	next := at.Add(heartbeat)
	sooner := func(t time.Time) {
		if t.After(at) && t.Before(next) {
			next = t
		}
	}
	sooner(p.settle(status.Library, m))
	if p.lib != nil {
		p.refresh(m)
		sooner(at.Add(p.plays.until.Sub(m.Now)))
	}
	sooner(at.Add(status.Identify.Sub(m.Now)))
	v := p.choose(status, m, at)
	percent, again, dark := p.shine(v, status, m, now)
	dark = dark || percent <= 0 // the first frame of a morning is black still
	if again > 0 {
		sooner(at.Add(again))
	}
	p.show = v.show
	if p.unfit {
		p.show.Why = "分区不在屏幕范围内，公告占用整屏；" + p.show.Why
	}
	if dark {
		// What cannot be seen was not shown.
		p.show = wire.Showing{Page: wire.Dark, Why: "熄屏时段"}
		if status.Dark.After(m.Now) {
			p.show.Why = "技术人员熄屏"
		}
	}
	p.src.Lit(int(math.Round(percent)))
	sooner(at.Add(status.Dark.Sub(m.Now)))
	parts := p.parts(v, m, at)
	p.now, p.also = parts, p.others(parts, dark)
	if !dark || percent > 0 {
		for _, t := range parts {
			sooner(t.on.until)
			if t.page.Marquee {
				next = instant(n + 1)
			}
		}
	}
	// Clocks turn and light changes with the minute, on every board in the same
	// frame.
	sooner(at.Add(m.Now.Truncate(time.Minute).Add(time.Minute).Sub(m.Now)))
	frame := p.draw(v, parts, percent, m, at)
	return frame, now.Add(instant(from(next)).Sub(real))
}

// Presented implements player.Program.
func (p *Program) Presented(*scene.Frame, time.Time) { p.src.Showed(p.show, p.also...) }
