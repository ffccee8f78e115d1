// Package led is the LED board's program: it walks the pages of what the player
// says is on, lets warnings take over within one frame, and shows the site's own
// plate when there is nothing else.
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
	"mingbai/playlist/wire"
)

const (
	heartbeat = time.Second // longest time between two frames, so that display time is counted
	// dot is how long one dot of a marquee's way takes at 60 frames a second.
	dot = time.Second / 60
)

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
	player   *player.Player
	lib      *playlist.Library
	rare     rareGlyphs

	on    what
	pages []led.Page
	began time.Time // when the first page came on, by the machine's clock
	show  wire.Showing
}

// what says which pages are on.
type what struct {
	mode    player.Mode
	notice  playlist.NoticeID
	version int
	since   time.Time
	code    string
}

// New makes the program of a board of that panel.
func New(src Source, panel playlist.Panel) *Program {
	p := &Program{
		src: src, panel: panel, player: player.New(nil), zone: time.FixedZone("", 8*60*60),
		settings: playlist.Settings{Screen: playlist.Screen{Kind: playlist.LED, Panel: panel}},
	}
	p.player.Pace(func(s playlist.Slot) time.Duration {
		return max(s.Dwell, length(led.Paginate(s.Notice, p.panel, p.options(s.Totals))))
	})
	return p
}

func (p *Program) options(totals bool) led.Options { return led.OptionsFor(p.settings, totals) }

// length is how long pages need once through.
func length(pages []led.Page) (total time.Duration) {
	for _, p := range pages {
		total += p.Dwell
	}
	return total
}

// Step implements player.Program. A board takes no input.
func (p *Program) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	status := p.src.Status()
	p.rare.lend(p.src, status.Library, now)
	if status.Library != p.lib {
		p.lib = status.Library
		p.player.SetLibrary(p.lib, status.Moment)
		if p.lib != nil {
			p.settings, p.zone = p.lib.Settings(), p.lib.Zone()
			p.settings.Screen.Panel = p.board(p.settings.Screen.Panel)
		}
	}
	state := p.player.Step(status.Moment)
	next, show, build := p.choose(status, state)
	if next != p.on || p.pages == nil {
		p.on, p.pages, p.began = next, build(), now
	}
	p.show = show

	page, elapsed, left := p.at(now)
	frame := led.Frame(page, p.panel, elapsed, status.Moment, p.zone)
	due := now.Add(heartbeat)
	if left < heartbeat {
		due = now.Add(left)
	}
	if !state.Until.IsZero() {
		if d := state.Until.Sub(status.Moment.Now); d < due.Sub(now) {
			due = now.Add(max(d, 0))
		}
	}
	if page.Marquee {
		due = now.Add(dot)
	}
	return frame, due
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

// choose decides what is on, what that is for the ledger, and how to lay it out.
func (p *Program) choose(status kiosk.Status, state player.State) (what, wire.Showing, func() []led.Page) {
	one := func(page led.Page) func() []led.Page { return func() []led.Page { return []led.Page{page} } }
	switch {
	case status.Identify.After(status.Moment.Now):
		return what{mode: player.Identify}, wire.Showing{Page: "identify"}, one(led.Identify(p.settings))
	case !status.Enrolled && status.Library == nil:
		return what{mode: "pairing", code: status.Code}, wire.Showing{Page: "pairing"}, one(led.Pairing(p.panel, status.Code))
	case state.Mode == player.Alerting:
		n := state.Alert
		show := wire.Showing{Page: "alert", Notice: n.ID, Version: n.Version, Why: state.Why}
		_, show.Channel, show.Revision, _ = p.lib.Notice(n.ID, status.Moment)
		return what{mode: player.Alerting, notice: n.ID, version: n.Version}, show,
			func() []led.Page { return led.Paginate(n, p.panel, p.options(false)) }
	case state.Mode == player.Loop:
		s := state.Slot
		show := wire.Showing{Page: "loop", Notice: s.Notice.ID, Version: s.Notice.Version, Channel: s.Channel, Revision: s.Revision, Why: state.Why}
		return what{mode: player.Loop, notice: s.Notice.ID, version: s.Notice.Version, since: state.Since}, show,
			func() []led.Page { return led.Paginate(s.Notice, p.panel, p.options(s.Totals)) }
	default:
		return what{mode: player.Fallback}, wire.Showing{Page: "fallback", Why: state.Why}, one(led.Idle(p.settings))
	}
}

// at returns the page that is on, how long it has been, and how long it stays.
// After the last page the first comes again: a warning repeats until it is
// lifted.
func (p *Program) at(now time.Time) (page led.Page, elapsed, left time.Duration) {
	total := length(p.pages)
	if len(p.pages) == 1 || total <= 0 {
		return p.pages[0], now.Sub(p.began), heartbeat
	}
	in := now.Sub(p.began) % total
	if in < 0 { // the clock went back
		p.began, in = now, 0
	}
	for _, page := range p.pages {
		if in < page.Dwell {
			return page, in, page.Dwell - in
		}
		in -= page.Dwell
	}
	return p.pages[0], 0, heartbeat
}

// Presented implements player.Program.
func (p *Program) Presented(*scene.Frame, time.Time) { p.src.Showed(p.show) }
