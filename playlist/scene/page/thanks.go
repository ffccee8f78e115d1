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
	head := func(s *sheet) {
		s.gap(72)
		size := s.m.u(112)
		if !s.dry {
			s.c.Disc(image.Pt(s.x0, s.y), size, s.pal.Village)
		}
		mark := size * 6 / 10
		s.icon(scene.IconCheck, s.x0+(size-mark)/2, s.y+(size-mark)/2, mark, s.pal.OnAccent)
		s.y += size
		s.gap(28)
		s.para(w.thanks, s.serif(sizeTitle, s.pal.Ink))
		s.gap(10)
		next := w.opinionNext
		if x.v.Notice != "" {
			next = w.objectionNext
		}
		s.place(s.short(next, s.body(s.pal.Ink), s.width()))
		if about != nil && about.Posting != nil && about.Posting.Objection != "" {
			s.gap(28)
			s.para(w.whatNext, s.smallBold(s.pal.Ink))
			s.para(about.Posting.Objection, s.body(s.pal.Ink))
		}
		s.gap(28)
		s.rule()
	}
	body := func(s *sheet) {
		if s.m.landscape() {
			s.gap(72)
		}
		if number != "" {
			s.keep(func() {
				s.gap(28)
				s.para(w.number, s.small(s.pal.Secondary))
				p := s.setter.Fit(number, s.style(typeset.Bold, s.m.u(sizeFigure), 1.25, s.pal.Ink), s.width(), 1, s.m.u(sizeLead))
				s.place(p)
				s.place(s.short(w.numberLine, s.body(s.pal.Secondary), s.width()))
				s.gap(28)
				s.hair()
			})
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
