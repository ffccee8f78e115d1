package touch

import (
	"slices"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// choose decides which page is on and what that is for the ledger.
func (p *Program) choose(status kiosk.Status, state player.State) (page.View, wire.Showing) {
	alert := p.unread(state)
	switch {
	case status.Identify.After(status.Moment.Now):
		return p.dress(page.View{Kind: page.Identify}), wire.Showing{Page: "identify"}
	case !status.Enrolled && status.Library == nil:
		return p.dress(page.View{Kind: page.Pairing}), wire.Showing{Page: "pairing"}
	case alert != nil:
		show := wire.Showing{Page: "alert", Notice: alert.ID, Version: alert.Version, Why: state.Why}
		if p.lib != nil {
			_, show.Channel, show.Revision, _ = p.lib.Notice(alert.ID, status.Moment)
		}
		return p.dress(page.View{Kind: page.NoticePage, Notice: alert.ID, Scroll: p.hands.loose}), show
	case p.session.active:
		v := *p.session.top()
		show := wire.Showing{Page: string(v.Kind), Why: "有人正在使用"}
		if (v.Kind == page.NoticePage || v.Kind == page.PicturePage) && p.lib != nil {
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

// unread is the warning that takes over: the one that is on, or if the person
// has put that aside the first that is not; nil when there is none. That a
// warning was lifted is no reason to keep somebody from the own page.
func (p *Program) unread(state player.State) *playlist.Notice {
	if state.Mode != player.Alerting {
		return nil
	}
	takes := func(n *playlist.Notice) bool {
		return !p.session.seen[n.ID] && !(n.Alert != nil && n.Alert.Lifted && p.session.active)
	}
	if takes(state.Alert) {
		return state.Alert
	}
	if i := slices.IndexFunc(state.Alerts, takes); i >= 0 {
		return state.Alerts[i]
	}
	return nil
}

// dress puts the person's choices on a page.
func (p *Program) dress(v page.View) page.View {
	s := &p.session
	v.Large, v.HighContrast, v.Low, v.Lang = s.large, s.contrast, s.low, p.lang()
	v.Sheet, v.Toast = s.sheet, s.toast
	v.Spoken = p.heard.line(v.Notice)
	if v.Kind == page.NoticePage {
		v.Rated = s.rated[v.Notice]
	}
	v.Pressed, v.Moving = p.hands.pressed(), p.hands.moving()
	if v.Kind == page.PicturePage {
		// A size that changes is drawn roughly at first: a fine picture of it takes
		// longer than a frame. What is only moved is known.
		v.Moving = p.hands.pinch.on || p.now.Before(p.hands.fine)
	}
	if !s.asked.IsZero() {
		v.Idle = max(1, int((answerIn-p.now.Sub(s.asked))/time.Second)+1)
	}
	return v
}

// lang is the language of the pages now.
func (p *Program) lang() string {
	if p.session.lang == "" && p.lib != nil {
		return p.lib.Settings().Language
	}
	return p.session.lang
}

// status is what a page is told of the machine.
func (p *Program) status(v page.View, status kiosk.Status) page.Status {
	st := page.Status{
		Online: status.Online, AsOf: status.AsOf.Truncate(time.Minute), Code: status.Code, Console: p.opt.Console,
		Feedback: status.Enrolled && p.lib != nil,
	}
	switch v.Kind {
	case page.NoticePage, page.PicturePage:
		st.Speech = p.speaks(v.Notice, status.Moment)
		st.Printer = p.opt.Printer != nil && !p.session.printing && p.opt.Printer.Ready(1, p.now)
	}
	return st
}

// draw lays the page out unless the last one is still right, and starts the
// transition that fits.
func (p *Program) draw(v page.View, show wire.Showing, status kiosk.Status) {
	m := status.Moment
	k := key{view: v, lib: p.lib, minute: m.Now.Truncate(time.Minute), status: p.status(v, status)}
	p.hands.stale = false
	if p.drawn.frame != nil && k == p.drawn.key {
		p.drawn.show = show
		return
	}
	before := p.drawn
	frame, info := p.book.Draw(v, p.lib, m, k.status)
	if at, moved := stays(before, v, info); moved {
		k.view.Scroll = at
		frame, info = p.book.Draw(k.view, p.lib, m, k.status)
	}
	p.drawn = drawn{key: k, frame: frame, info: info, show: show}
	if show.Page == "alert" {
		p.drawn.alert = show.Notice
	}
	p.held(info)
	if before.alert != p.drawn.alert {
		p.interrupted()
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
		p.change = transition{from: before.frame, within: info.Page, how: p.hands.travel, takes: page.SlideTime}
		if p.hands.travel == still {
			p.change = transition{from: before.frame, how: fade, takes: page.FadeTime}
		}
	}
	p.hands.travel = still
}

// stays is where a page is scrolled to when its text has become larger or
// smaller: whoever changes the size half-way through goes on reading there.
func stays(before drawn, v page.View, info page.Info) (scroll int, moved bool) {
	was := before.key.view
	if was.Kind != v.Kind || was.Notice != v.Notice || was.Column != v.Column || was.Large == v.Large && was.Low == v.Low ||
		before.info.Scroll == 0 || before.info.ContentHeight <= 0 {
		return 0, false
	}
	scroll = before.info.Scroll * info.ContentHeight / before.info.ContentHeight
	return scroll, scroll != info.Scroll
}

// held takes back what the page could not follow: text that became smaller
// scrolls less.
func (p *Program) held(info page.Info) {
	if p.drawn.alert != "" || !p.session.active {
		return
	}
	top := p.session.top()
	top.Scroll = info.Scroll
	top.TableX = min(top.TableX, info.MaxTableX)
	if top.Kind == page.PicturePage {
		top.PanX, top.PanY = min(top.PanX, info.MaxPanX), min(top.PanY, info.MaxPanY)
	}
}

// interrupted is called when a warning takes over or gives way: no finger that
// came down on what was there before does anything on what is there now.
func (p *Program) interrupted() {
	p.hands.release()
	p.hands.stop()
	p.hands.loose = 0
	p.session.sheet, p.session.toast = page.NoSheet, ""
	p.silence()
}
