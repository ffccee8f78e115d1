// Package touch is the touchscreen's program: the attract loop, the walk through
// pages, fingers, keypads, reading aloud, the idle question, and warnings that
// take over.
//
// It promises that a session leaves nothing behind (DOMAIN I10), that a finger is
// answered within one frame whatever is stored, printed or searched meanwhile,
// and that something is always drawn. How pages look is playlist/scene/page's;
// what plays while nobody is there is kiosk/player's.
package touch

import (
	"image"
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/hanzi"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

const (
	heartbeat = time.Second            // longest time between two frames, so that display time is counted
	jumpFor   = 220 * time.Millisecond // the scroll buttons
	answerIn  = 20 * time.Second       // time to answer the idle question (WCAG 2.2.1)
)

// Source is what the program needs from the device that it runs on.
type Source interface {
	Status() kiosk.Status
	Blob(ref assets.Ref, limit int64) ([]byte, error)
	Showed(wire.Showing, ...wire.Showing)
	// Say stores what a person said; when it returns nil it is durable. number
	// is what the person may write down. It is called on a goroutine of its own.
	Say(wire.Voice) (number string, err error)
	// Count adds to a count of today (wire.Count…).
	Count(key string, n uint64)
	// EmptySearch notes keys that found nothing.
	EmptySearch(keys string)
	// Speech returns a notice read aloud; an error while it is not here. It is
	// called on a goroutine of its own.
	Speech(id playlist.NoticeID, version int) (*speech.Recording, error)
	// HasSpeech reports whether Speech would succeed without reading the blob.
	HasSpeech(id playlist.NoticeID, version int) bool
	// Lit says how bright the display should be, in per cent, 0 for dark, and
	// reports whether the machine's own light sees to it; if not, the frame is
	// dimmed.
	Lit(percent int) (lamp bool)
	// Wake asks the presenter for a Step soon, from any goroutine.
	Wake()
}

// Voice speaks; kiosk/voice is the one of a machine.
type Voice interface {
	Ready() bool
	Speak(*speech.Recording) error
	Stop()
	Spoken() (mark int, speaking bool)
}

// Printer prints; kiosk/printer is the one of a machine.
type Printer interface {
	Ready(sheets int, now time.Time) bool
	Print(title string, sheets []image.Image, now time.Time) error
	EndSession()
}

// Options of a Program.
type Options struct {
	Panel   playlist.Panel
	Idle    time.Duration // least time without a touch before the idle question
	Console string        // address that a person opens to pair
	Voice   Voice         // reads aloud; nil is a machine without sound
	Printer Printer       // nil is none
}

// Program implements player.Program. Only the presenter's goroutine uses it; it
// owns the goroutines of jobs and index, and Close waits for them.
type Program struct {
	src    Source
	opt    Options
	setter *typeset.Setter
	player *player.Player
	jobs   jobs
	ready  readying
	index  indexer
	album  album

	lib  *playlist.Library
	book *page.Book
	now  time.Time       // of this Step, by the machine's clock
	at   schedule.Moment // of this Step, as the content counts

	session session
	serial  uint64 // counts sessions: a job that an earlier one began has nothing to say
	hands   hands
	heard   audible

	drawn  drawn
	change transition
	light  lighting
}

// drawn is the last page with everything that it was drawn from.
type drawn struct {
	key   key
	frame *scene.Frame
	info  page.Info
	show  wire.Showing
	alert playlist.NoticeID // the alert that this page is, if it is one
}

// key says when a page need not be drawn again.
type key struct {
	view   page.View
	lib    *playlist.Library
	minute time.Time
	status page.Status
}

// New makes the program.
func New(src Source, opt Options) *Program {
	p := &Program{src: src, opt: opt, setter: typeset.Default(), player: player.New(nil)}
	p.jobs.run(func() {
		// Faces are read while the window opens. What cannot be read now is reported
		// by whoever draws with it.
		_ = p.setter.Warm()
	})
	p.ready.after(func() { p.jobs.run(hanzi.Warm) })
	p.newBook(playlist.Settings{Screen: playlist.Screen{Kind: playlist.Touch, Panel: opt.Panel}})
	return p
}

// Close ends the session, is silent at once and waits for what is still being
// stored or printed; a voice that can be closed is. No Step may follow.
func (p *Program) Close() {
	p.end()
	p.index.close()
	p.jobs.close()
	if v, ok := p.opt.Voice.(interface{ Close() }); ok {
		v.Close()
	}
}

func (p *Program) newBook(s playlist.Settings) {
	if s.Screen.Panel.Width == 0 || s.Screen.Panel.Height == 0 {
		s.Screen.Panel = p.opt.Panel
	}
	// The window has the size that the machine was configured with, whatever
	// somebody typed at the desk.
	s.Screen.Panel.Width, s.Screen.Panel.Height = p.opt.Panel.Width, p.opt.Panel.Height
	if s.Screen.Panel.WidthMM == 0 {
		s.Screen.Panel.WidthMM, s.Screen.Panel.HeightMM = p.opt.Panel.WidthMM, p.opt.Panel.HeightMM
	}
	if s.Screen.Panel.BottomMM == 0 {
		s.Screen.Panel.BottomMM = p.opt.Panel.BottomMM
	}
	p.book = page.New(p.setter, s, p.picture)
}

// Step implements player.Program.
func (p *Program) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	status := p.src.Status()
	p.now, p.at = now, status.Moment
	p.adopt(status)
	p.jobs.deliver(now)
	p.hands.expire(now)
	for _, e := range input {
		p.light.woken = now
		if !p.wakes(e) {
			p.event(e, now)
		}
	}
	p.advance(now)
	p.listen(now)
	p.fadeOut(now)
	p.idle(now)
	p.keepUp(status.Moment)

	state := p.player.Step(status.Moment)
	view, show := p.choose(status, state)
	if dark, why := p.darkened(status, show); dark {
		p.blacken(why)
	} else {
		p.draw(view, show, status)
	}
	p.follow(now)

	frame, moving := p.change.frame(now, p.drawn.frame)
	frame = p.dimmed(frame, status)
	next := now.Add(heartbeat)
	for _, t := range []time.Time{
		p.due(status.Moment, now, state.Until), p.idleDue(now), p.fadeDue(), p.heardDue(), p.holdDue(), p.fineDue(now),
		p.due(status.Moment, now, status.Dark),
	} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	if moving || p.hands.moving() {
		next = now
	}
	return frame, next
}

// due maps an instant on the moment's scale to the machine's clock.
func (p *Program) due(m schedule.Moment, now, at time.Time) time.Time {
	if at.IsZero() {
		return time.Time{}
	}
	return now.Add(max(at.Sub(m.Now), 0))
}

// Presented implements player.Program.
func (p *Program) Presented(_ *scene.Frame, at time.Time) {
	p.ready.presented()
	if p.change.late(at) {
		p.src.Showed(p.drawn.show)
	}
}

// adopt takes over a new generation.
func (p *Program) adopt(status kiosk.Status) {
	if status.Library == p.lib {
		return
	}
	p.lib = status.Library
	p.player.SetLibrary(p.lib, status.Moment)
	p.heard.known = recorded{}
	if p.lib != nil {
		p.rareGlyphs()
		p.newBook(p.lib.Settings())
		lib := p.lib
		p.ready.after(func() {
			if lib == p.lib {
				p.indexLibrary(lib)
				p.rehearse(status)
			}
		})
	}
}

// rehearse sets the first pages of a session beside the frames, so that the
// first touch of the day finds faces, glyphs and texts at hand.
func (p *Program) rehearse(status kiosk.Status) {
	if p.session.active {
		return
	}
	book, lib, st := p.book, p.lib, page.Status{Online: status.Online, AsOf: status.AsOf, Feedback: true}
	p.jobs.run(func() {
		for _, v := range []page.View{
			{Kind: page.Home},
			{Kind: page.SearchPage},
			{Kind: page.OpinionPage, Typing: &page.Typing{Field: page.TextField}},
		} {
			v.Lang = lib.Settings().Language
			book.Draw(v, lib, status.Moment, st)
		}
	})
}

// keepUp drops the pages whose notice is gone, by a new generation or because
// its time is over; the page before comes back. What somebody is writing stays.
func (p *Program) keepUp(m schedule.Moment) {
	s := &p.session
	if !s.active {
		return
	}
	for len(s.pages) > 0 {
		v := s.top()
		if (v.Kind == page.NoticePage || v.Kind == page.PicturePage) && !p.present(v.Notice, m) {
			p.leaving()
			s.pages = s.pages[:len(s.pages)-1]
			continue
		}
		break
	}
	if len(s.pages) == 0 {
		s.pages = []page.View{{Kind: page.Home}}
	}
	p.searchAgain(m)
}

// rareGlyphs lends the setter the characters that the editions brought along.
// What cannot be read now is asked for again by the cache, and is 〓 until then.
func (p *Program) rareGlyphs() {
	var files [][]byte
	for _, b := range p.lib.Glyphs() {
		if data, err := p.src.Blob(b.Ref, b.Size); err == nil {
			files = append(files, data)
		}
	}
	// A file that is no font was made by a broken office; the others count.
	_ = p.setter.SetRare(files...)
}

func (p *Program) present(id playlist.NoticeID, m schedule.Moment) bool {
	if p.lib == nil {
		return false
	}
	_, _, _, ok := p.lib.Notice(id, m)
	return ok
}

// notice is the notice that the page on screen is about: an alert that took
// over, or that of the person's page.
func (p *Program) notice() (*playlist.Notice, bool) {
	id := p.drawn.alert
	if id == "" && p.session.active {
		id = p.session.top().Notice
	}
	if id == "" || p.lib == nil {
		return nil, false
	}
	n, _, _, ok := p.lib.Notice(id, p.at)
	return n, ok
}
