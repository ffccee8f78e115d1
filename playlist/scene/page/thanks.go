package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// thanks says that it is stored: the number to ask by, what happens next, and
// the ways on.
func (x *ctx) thanks() content {
	w := x.w.typed
	var about *playlist.Notice
	if x.v.Notice != "" {
		about, _, _, _ = x.lib.Notice(x.v.Notice, x.moment)
	}
	number := ""
	if x.v.Typing != nil {
		number = x.v.Typing.Number
	}
	// Where height is short the sign and the word stand in one line and the
	// number comes first: it is what must be seen.
	short := x.m.cramped()
	head := func(s *sheet) {
		title := s.serif(sizeTitle, s.pal.Ink)
		if short {
			s.gap(32)
			s.done(title.Leading)
			left := s.x0 + title.Leading + s.m.u(24)
			s.placeIn(left, s.x1, s.set(w.thanks, title, s.x1-left))
			s.gap(24)
			s.rule()
			return
		}
		s.gap(72)
		s.done(s.m.u(112))
		s.gap(112 + 28)
		s.para(w.thanks, title)
		s.gap(10)
		s.afterwards(about)
		s.gap(28)
		s.rule()
	}
	body := func(s *sheet) {
		if s.m.landscape() {
			s.gap(72)
		}
		if number != "" {
			s.number(number)
		}
		if short {
			s.gap(24)
			s.afterwards(about)
		}
		s.askPerson(w.urgent)
		s.gap(48)
		all := []wayOut{{w.toHome, string(DoHome), true}}
		if about != nil {
			all = []wayOut{{w.backTo, ToNotice(about.ID), true}, {w.toHome, string(DoHome), false}}
		}
		s.buttonRow(all)
	}
	return content{head: head, body: body, share: 46}
}

// number is what one may ask by, as large as anything on a page.
func (s *sheet) number(number string) {
	w := s.w.typed
	s.keep(func() {
		s.gap(28)
		s.para(w.number, s.small(s.pal.Secondary))
		s.place(s.setter.Fit(number, s.style(typeset.Bold, s.m.u(sizeFigure), 1.25, s.pal.Ink), s.width(), 1, s.m.u(sizeLead)))
		s.place(s.short(w.numberLine, s.body(s.pal.Secondary), s.width()))
		s.gap(28)
		s.hair()
	})
}

// afterwards says what happens to what was submitted.
func (s *sheet) afterwards(about *playlist.Notice) {
	w := s.w.typed
	next := w.opinionNext
	if s.v.Notice != "" {
		next = w.objectionNext
	}
	s.place(s.short(next, s.body(s.pal.Ink), s.width()))
	if about != nil && about.Posting != nil && about.Posting.Objection != "" {
		s.gap(28)
		s.para(w.whatNext, s.smallBold(s.pal.Ink))
		s.para(about.Posting.Objection, s.body(s.pal.Ink))
	}
}

// done is the sign that something is done: a tick on a green disc.
func (s *sheet) done(size int) {
	if !s.dry {
		s.c.Disc(image.Pt(s.x0, s.y), size, s.pal.Village)
	}
	mark := size * 6 / 10
	s.icon(scene.IconCheck, s.x0+(size-mark)/2, s.y+(size-mark)/2, mark, s.pal.OnAccent)
}
