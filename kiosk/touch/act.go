package touch

import (
	"strconv"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// debounce is how soon after a page has turned nothing turns it again: the
// second tap of a hand that taps twice means the page before.
const debounce = 150 * time.Millisecond

// farewell is how soon after the end of a session a touch begins the next one:
// 结束 is easily tapped twice.
const farewell = 700 * time.Millisecond

// act does what a region says. It is the only way into a session.
func (p *Program) act(t press, now time.Time) {
	a, ok := page.ParseAction(t.action)
	if !ok {
		return
	}
	if p.tooSoon(a.Verb) {
		return
	}
	s := &p.session
	switch {
	case a.Verb == page.DoEnd:
		p.end()
		return
	case a.Verb == page.DoContinue:
		return // the touch itself has put the question away
	case p.lib == nil:
		return // nothing to walk through yet
	}
	if s.sheet != page.NoSheet && p.outside(a.Verb) {
		return
	}
	alert := p.drawn.alert
	if !s.active {
		p.start(now)
		if a.Verb == page.DoStart {
			p.turned(forward)
			return
		}
	}
	if alert != "" && !staysOn(a.Verb) {
		// Somebody has read the warning and goes on; a band stays on top.
		p.putAside(alert)
		if a.Verb == page.DoBack {
			p.turned(backward)
			return // to the page on which the warning came
		}
	}
	if p.look(a, now) || p.walk(a) || p.move(a, now) || p.typed(a, t) {
		return
	}
	switch a.Verb {
	case page.DoRead:
		p.readAloud(now)
	case page.DoSubmit:
		p.submit()
	case page.DoRate:
		p.rate(a.Arg, now)
	case page.DoTake:
		if _, ok := p.notice(); ok {
			s.sheet, s.sheetAt = page.TakeSheet, now
			p.count(wire.CountQR)
		}
	case page.DoPrint:
		p.print(now)
	}
}

// tooSoon reports whether a touch belongs to the page before.
func (p *Program) tooSoon(v page.Verb) bool {
	if p.hands.turnedAt.IsZero() || !turns(v) {
		return false
	}
	least := debounce
	if !p.session.active && p.drawn.alert == "" {
		least = farewell
	}
	return p.hands.at.Sub(p.hands.turnedAt) < least
}

// turns reports whether a verb leads to another page.
func turns(v page.Verb) bool {
	switch v {
	case page.DoStart, page.DoHome, page.DoBack, page.DoColumn, page.DoColumns, page.DoNotice, page.DoPostings, page.DoLatest,
		page.DoSearch, page.DoOpinion, page.DoObject, page.DoSubmit, page.DoEnlarge:
		return true
	}
	return false
}

// staysOn reports whether a verb leaves a warning on the screen.
func staysOn(v page.Verb) bool {
	switch v {
	case page.DoLarge, page.DoSize, page.DoContrast, page.DoLow, page.DoLang, page.DoScroll, page.DoRead, page.DoClose:
		return true
	}
	return false
}

// outside puts the sheet away after a touch that was not for it, and reports
// whether that was all the touch did: the bar works, what lies behind only when
// the sheet is the one of sizes.
func (p *Program) outside(v page.Verb) bool {
	switch v {
	case page.DoLarge, page.DoSize, page.DoContrast, page.DoLow, page.DoPrint, page.DoTake, page.DoLang, page.DoRead:
		return false
	}
	sheet := p.session.sheet
	p.session.sheet, p.session.sheetAt = page.NoSheet, time.Time{}
	// The sheet of sizes leaves the page free: who has made the text larger goes
	// on with one touch. The one to take away covers what it is about.
	return sheet != page.LookSheet && v != page.DoHome && v != page.DoBack
}

// look does what changes how pages look.
func (p *Program) look(a page.Action, now time.Time) bool {
	s := &p.session
	was := s.large
	switch a.Verb {
	case page.DoLarge:
		s.large = (s.large + 1) % 3
		s.sheet = page.LookSheet
	case page.DoSize:
		s.large = int(a.Arg[0] - '0')
	case page.DoContrast:
		s.contrast = !s.contrast
		if s.contrast {
			p.countOnce(wire.CountContrast)
		}
	case page.DoLow:
		s.low = !s.low
		if s.low {
			p.countOnce(wire.CountLow)
		}
	case page.DoLang:
		s.lang = otherLanguage(p.lang())
		if s.lang == "en" {
			p.countOnce(wire.CountEnglish)
		}
		s.toast = "" // it was in the other one
		p.forgive()
	case page.DoClose:
		s.sheet = page.NoSheet
	default:
		return false
	}
	if s.large > was {
		p.countOnce(wire.CountLarge)
	}
	if s.sheet == page.LookSheet {
		s.sheetAt = now
	}
	return true
}

// walk does what leads to another page.
func (p *Program) walk(a page.Action) bool {
	switch a.Verb {
	case page.DoHome:
		p.home()
	case page.DoBack:
		p.back()
	case page.DoColumn:
		p.open(page.View{Kind: page.ColumnPage, Column: playlist.ColumnID(a.Arg)})
	case page.DoColumns:
		p.open(page.View{Kind: page.ColumnPage})
	case page.DoNotice:
		p.open(page.View{Kind: page.NoticePage, Notice: playlist.NoticeID(a.Arg)})
	case page.DoPostings:
		p.open(page.View{Kind: page.Postings})
	case page.DoLatest:
		p.open(page.View{Kind: page.Latest})
	case page.DoSearch:
		p.open(page.View{Kind: page.SearchPage})
	case page.DoOpinion:
		p.openForm("")
	case page.DoObject:
		p.openForm(playlist.NoticeID(a.Arg))
	case page.DoEnlarge:
		if n, ok := p.notice(); ok {
			which, _ := strconv.Atoi(a.Arg) // ParseAction has read it
			p.open(page.View{Kind: page.PicturePage, Notice: n.ID, Picture: which})
			p.hands.fine = p.now.Add(fineAfter)
		}
	default:
		return false
	}
	return true
}

// move does what moves something on the page.
func (p *Program) move(a page.Action, now time.Time) bool {
	switch a.Verb {
	case page.DoScroll:
		p.heard.follow = false
		p.jump(a.Arg, now)
	case page.DoTable:
		step := max(p.drawn.info.Table.Dx()*6/10, 1)
		if a.Arg == "left" {
			step = -step
		}
		p.jumpTable(step, now)
	case page.DoPicture:
		p.nextPicture(a.Arg == "prev")
	case page.DoZoom:
		p.zoomStep(a.Arg)
	default:
		return false
	}
	return true
}

func otherLanguage(lang string) string {
	if lang == "en" {
		return "zh"
	}
	return "en"
}
