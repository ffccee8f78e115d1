package touch

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// session is what belongs to the person who stands there. The zero value is
// nobody, and end makes it that again.
type session struct {
	active   bool
	pages    []page.View // the last one is on screen
	large    int
	contrast bool
	low      bool
	lang     string
	touched  time.Time // last touch
	asked    time.Time // when the idle question came up; zero when it is not up

	seen map[playlist.NoticeID]bool // alerts that were put aside

	sheet   page.Sheet
	sheetAt time.Time // of the last touch on it
	toast   string
	toastAt time.Time

	drafts map[playlist.NoticeID]*page.Typing // what was typed in a form and not sent; the opinion box has no notice
	tried  wire.Voice                         // the last that could not be stored
	rated  map[playlist.NoticeID]int          // scores
	wrote  bool                               // something was typed

	candidates []int // where the candidates shown before began

	saying   bool // something is being stored
	printing bool

	found    foundBy
	reported bool // the search that finds nothing has been counted

	counted map[string]bool // choices that were counted already
}

// top is the page that the person is on. A session that is active has one.
func (s *session) top() *page.View { return &s.pages[len(s.pages)-1] }

// maxDepth bounds the way back.
const maxDepth = 32

// begin starts a session at the home page.
func (p *Program) start(now time.Time) {
	p.session = session{active: true, pages: []page.View{{Kind: page.Home}}, touched: now}
	p.hands.travel = forward
	p.count(wire.CountSession)
	p.countPage(*p.session.top())
}

// end wipes everything that the person did (DOMAIN U08, I10).
func (p *Program) end() {
	wrote := p.session.wrote
	p.leaving()
	p.silence()
	if p.opt.Printer != nil && p.session.active {
		p.opt.Printer.EndSession()
	}
	p.session = session{}
	p.serial++
	p.hands = hands{travel: backward, at: p.hands.at, turnedAt: p.hands.at, stale: true}
	p.change = transition{}
	p.album.empty()
	if wrote {
		// Set text is kept to be set fast again; what a person typed is not.
		p.setter.Forget()
	}
}

// open goes deeper.
func (p *Program) open(v page.View) {
	p.leaving()
	s := &p.session
	if len(s.pages) == maxDepth {
		s.pages = append(s.pages[:1], s.pages[2:]...)
	}
	s.pages = append(s.pages, v)
	p.turned(forward)
	p.countPage(v)
}

// back leaves the page for the one before.
func (p *Program) back() {
	s := &p.session
	if len(s.pages) < 2 {
		return
	}
	p.leaving()
	s.pages[len(s.pages)-1] = page.View{}
	s.pages = s.pages[:len(s.pages)-1]
	p.turned(backward)
}

// home leaves everything for the home page.
func (p *Program) home() {
	p.leaving()
	p.session.pages = []page.View{{Kind: page.Home}}
	p.turned(backward)
	p.countPage(*p.session.top())
}

// turned ends what belonged to the page before.
func (p *Program) turned(how travel) {
	p.session.sheet, p.session.toast = page.NoSheet, ""
	p.silence()
	p.hands.release()
	p.hands.stop()
	p.hands.focus = ""
	p.hands.travel, p.hands.turnedAt, p.hands.stale = how, p.hands.at, true
}

// leaving is called before the page on top is left.
func (p *Program) leaving() {
	if p.session.active && len(p.session.pages) > 0 {
		p.foundNothing()
	}
}

// say shows a short message above the bar.
func (p *Program) say(text string, now time.Time) {
	p.session.toast, p.session.toastAt = text, now
}

// How long things stay that go by themselves.
const (
	toastFor = 4 * time.Second
	sheetFor = 8 * time.Second // the sheet of sizes; the one to take away stays while a phone is found
)

// fadeOut puts away what has been up long enough.
func (p *Program) fadeOut(now time.Time) {
	s := &p.session
	if s.toast != "" && now.Sub(s.toastAt) >= toastFor {
		s.toast, s.toastAt = "", time.Time{}
	}
	if s.sheet == page.LookSheet && now.Sub(s.sheetAt) >= sheetFor {
		s.sheet, s.sheetAt = page.NoSheet, time.Time{}
	}
}

// fadeDue is when fadeOut has something to do next; zero is never.
func (p *Program) fadeDue() time.Time {
	s := &p.session
	var due time.Time
	if s.toast != "" {
		due = s.toastAt.Add(toastFor)
	}
	if s.sheet == page.LookSheet {
		if at := s.sheetAt.Add(sheetFor); due.IsZero() || at.Before(due) {
			due = at
		}
	}
	return due
}
