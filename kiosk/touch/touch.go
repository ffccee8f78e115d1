// Package touch is the touchscreen's program: the attract loop, the walk through
// pages, gestures, the idle question, and warnings that take over.
//
// It promises that a session leaves nothing behind (DOMAIN I10), that a finger is
// answered within one frame, and that something is always drawn. How pages look
// is playlist/scene/page's; what plays while nobody is there is kiosk/player's.
package touch

import (
	"bytes"
	"image"
	_ "image/jpeg" // renditions are JPEG or PNG
	_ "image/png"
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

const (
	heartbeat  = time.Second            // longest time between two frames, so that display time is counted
	jumpFor    = 220 * time.Millisecond // the scroll buttons
	answerIn   = 20 * time.Second       // time to answer the idle question (WCAG 2.2.1)
	maxPicture = 16 << 20               // bytes of one rendition
)

// Source is what the program needs from the device that it runs on.
type Source interface {
	Status() kiosk.Status
	Blob(ref assets.Ref, limit int64) ([]byte, error)
	Showed(wire.Showing)
	// Say stores what a person said; when it returns nil it is durable. number
	// is what the person may write down.
	Say(wire.Voice) (number string, err error)
	// Count adds to a count of today (wire.Count…).
	Count(key string, n uint64)
	// EmptySearch notes keys that found nothing.
	EmptySearch(keys string)
	// Speech returns a notice read aloud; an error while it is not here.
	Speech(id playlist.NoticeID, version int) (*speech.Recording, error)
	// HasSpeech reports whether Speech would succeed without reading the blob.
	HasSpeech(id playlist.NoticeID, version int) bool
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

// Program implements player.Program. Only the presenter's goroutine uses it.
type Program struct {
	src    Source
	opt    Options
	setter *typeset.Setter
	player *player.Player

	lib  *playlist.Library
	book *page.Book

	session session
	gesture gesture
	seen    map[playlist.NoticeID]bool // alerts that somebody in this session put aside

	drawn  drawn
	change transition
}

// session is what belongs to the person who stands there. The zero value is
// nobody.
type session struct {
	active   bool
	pages    []page.View // the last one is on screen
	large    int
	contrast bool
	lang     string
	touched  time.Time // last touch
	asked    time.Time // when the idle question came up; zero when it is not up
	clock    time.Time // the instant of this Step
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
	go func() {
		// The faces are read while the window opens. What cannot be read now is
		// reported by whoever draws with it.
		_ = p.setter.Warm()
	}()
	p.newBook(playlist.Settings{Screen: playlist.Screen{Kind: playlist.Touch, Panel: opt.Panel}})
	return p
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
	p.book = page.New(p.setter, s, p.picture)
}

// picture decodes a rendition; the cache hashes it on the way.
func (p *Program) picture(ref assets.Ref) (image.Image, error) {
	data, err := p.src.Blob(ref, maxPicture)
	if err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	return img, err
}

// Step implements player.Program.
func (p *Program) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	status := p.src.Status()
	p.adopt(status)
	for _, e := range input {
		p.event(e, now)
	}
	p.gesture.advance(now, p)
	p.idle(now)

	state := p.player.Step(status.Moment)
	view, show := p.choose(status, state)
	p.draw(view, show, status, state)

	frame, moving := p.change.frame(now, p.drawn.frame)
	next := now.Add(heartbeat)
	for _, t := range []time.Time{p.due(status.Moment, now, state.Until), p.idleDue(now)} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	if moving || p.gesture.moving() {
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
	if p.change.late(at) {
		p.src.Showed(p.drawn.show)
	}
}

// adopt takes over a new generation. The page that somebody reads stays; if its
// notice is gone, the page before it comes back.
func (p *Program) adopt(status kiosk.Status) {
	if status.Library == p.lib {
		return
	}
	p.lib = status.Library
	p.player.SetLibrary(p.lib, status.Moment)
	if p.lib != nil {
		p.rareGlyphs()
		p.newBook(p.lib.Settings())
	}
	kept := p.session.pages[:0]
	for _, v := range p.session.pages {
		if v.Kind == page.NoticePage && !p.present(v.Notice, status.Moment) {
			continue
		}
		kept = append(kept, v)
	}
	p.session.pages = kept
	if p.session.active && len(p.session.pages) == 0 {
		p.session.pages = []page.View{{Kind: page.Home}}
	}
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

// choose decides which page is on and what that is for the ledger.
func (p *Program) choose(status kiosk.Status, state player.State) (page.View, wire.Showing) {
	switch {
	case status.Identify.After(status.Moment.Now):
		return p.dress(page.View{Kind: page.Identify}), wire.Showing{Page: "identify"}
	case !status.Enrolled && status.Library == nil:
		return p.dress(page.View{Kind: page.Pairing}), wire.Showing{Page: "pairing"}
	case state.Mode == player.Alerting && !p.seen[state.Alert.ID]:
		show := wire.Showing{Page: "alert", Notice: state.Alert.ID, Version: state.Alert.Version, Why: state.Why}
		if p.lib != nil {
			_, show.Channel, show.Revision, _ = p.lib.Notice(state.Alert.ID, status.Moment)
		}
		return p.dress(page.View{Kind: page.NoticePage, Notice: state.Alert.ID, Scroll: p.alertScroll()}), show
	case p.session.active:
		v := p.session.pages[len(p.session.pages)-1]
		show := wire.Showing{Page: string(v.Kind), Why: "有人正在使用"}
		if v.Kind == page.NoticePage && p.lib != nil {
			if n, ch, rev, ok := p.lib.Notice(v.Notice, status.Moment); ok {
				show.Notice, show.Version, show.Channel, show.Revision = n.ID, n.Version, ch, rev
			}
		}
		return p.dress(v), show
	case state.Mode == player.Loop:
		s := state.Slot
		return p.dress(page.View{Kind: page.Attract, Notice: s.Notice.ID, Slide: state.Index, Slides: state.Count}),
			wire.Showing{Page: "loop", Notice: s.Notice.ID, Version: s.Notice.Version, Channel: s.Channel, Revision: s.Revision, Why: state.Why}
	default:
		return p.dress(page.View{Kind: page.Fallback}), wire.Showing{Page: "fallback", Why: state.Why}
	}
}

// alertScroll is how far a warning was scrolled by the finger on it.
func (p *Program) alertScroll() int { return p.gesture.loose }

// dress puts the person's choices on a page.
func (p *Program) dress(v page.View) page.View {
	s := p.session
	v.Large, v.HighContrast, v.Lang = s.large, s.contrast, s.lang
	if v.Lang == "" && p.lib != nil {
		v.Lang = p.lib.Settings().Language
	}
	v.Pressed, v.Moving = p.gesture.pressed, p.gesture.moving()
	if !s.asked.IsZero() {
		v.Idle = max(1, int((answerIn-s.askedFor())/time.Second)+1)
	}
	return v
}

// draw lays the page out unless the last one is still right, and starts the
// transition that fits.
func (p *Program) draw(v page.View, show wire.Showing, status kiosk.Status, state player.State) {
	m := status.Moment
	k := key{
		view: v, lib: p.lib, minute: m.Now.Truncate(time.Minute),
		status: page.Status{Online: status.Online, AsOf: status.AsOf.Truncate(time.Minute), Code: status.Code, Console: p.opt.Console},
	}
	if p.drawn.frame != nil && k == p.drawn.key {
		p.drawn.show = show
		return
	}
	before := p.drawn
	frame, info := p.book.Draw(v, p.lib, m, k.status)
	p.drawn = drawn{key: k, frame: frame, info: info, show: show}
	if show.Page == "alert" {
		p.drawn.alert = show.Notice
	}
	if p.session.active && len(p.session.pages) > 0 && p.drawn.alert == "" {
		p.session.pages[len(p.session.pages)-1].Scroll = info.Scroll
	}
	if before.frame == nil {
		return
	}
	switch a, b := before.key.view, v; {
	case p.drawn.alert != "" && before.alert != p.drawn.alert:
		p.change = transition{} // a warning does not wait
	case a.Kind == page.Attract && b.Kind == page.Attract && a.Notice != b.Notice:
		p.change = transition{from: before.frame, how: fade, takes: page.FadeTime}
	case a.Kind != b.Kind || a.Column != b.Column || a.Notice != b.Notice:
		p.change = transition{from: before.frame, within: info.Page, how: p.gesture.travel, takes: page.SlideTime}
		if p.gesture.travel == still {
			p.change = transition{from: before.frame, how: fade, takes: page.FadeTime}
		}
	}
	p.gesture.travel = still
}
