package page

import (
	"image"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// alone lays a page without bar out over the whole panel.
func (x *ctx) alone(con content) {
	whole := image.Rect(0, 0, x.m.w, x.m.h)
	left, right := x.columns(con.share, false)
	for _, s := range []*sheet{left, right} {
		s.clip, s.high = whole, x.m.h
	}
	con.lay(left, right)
	x.info.Viewport, x.info.ContentHeight = whole, x.m.h
}

// fallback is the site's own card: what this place is, whom to call, what time
// it is. It needs nothing but the settings and the clock.
func (x *ctx) fallback() {
	head := func(s *sheet) {
		s.y = x.m.h / 8
		if x.m.landscape() {
			s.y = x.m.h / 4
		}
		s.para(x.w.cardTitle, x.bodyBold(x.pal.Government))
		s.gap(16)
		st := x.style(typeset.Serif, x.m.u(sizeFigure), 1.3, x.pal.Ink)
		st.Balance = true
		p := x.setter.Fit(x.siteName(), st, s.width(), 3, x.m.u(sizeTitle))
		s.put(p, s.x0, s.y, image.Rect(s.x0, s.y, s.x1, s.y+p.Height))
		s.y += p.Height
		if place := x.settings.Screen.Place; place != "" {
			s.gap(16)
			s.para(place, x.body(x.pal.Secondary))
		}
		s.gap(56)
		s.rule()
		s.gap(40)
		clock := x.style(typeset.Sans, x.m.u(sizeFigure*2), 1.15, x.pal.Ink)
		s.para(x.now.Format("15:04"), clock)
		s.para(x.w.fullDay(dateOf(x.now))+" "+x.w.weekday(x.now), x.body(x.pal.Secondary))
		s.gap(40)
	}
	body := func(s *sheet) {
		if x.m.landscape() {
			s.y = x.m.h / 4
			s.rule()
		} else {
			s.rule()
		}
		s.cardLine(x.w.cardHotline, x.settings.Hotline)
		s.cardLine(x.w.cardDuty, x.settings.Duty)
		s.cardLine(x.w.cardHours, x.status.Hours)
		if !x.status.Online && !x.status.AsOf.IsZero() {
			s.gap(36)
			s.para(sprintf(x.w.offlineAsOf, x.w.instant(x.status.AsOf.In(x.now.Location()), x.now.Year())), x.small(x.pal.Secondary))
		}
	}
	x.alone(content{head: head, body: body, share: 52})
}

// cardLine is a question over its answer on the site's own card.
func (s *sheet) cardLine(label, text string) {
	if text == "" {
		return
	}
	s.gap(32)
	s.para(label, s.body(s.pal.Secondary))
	s.para(text, s.style(typeset.Bold, s.m.u(sizeTitle), 1.3, s.pal.Ink))
	s.gap(32)
	s.hair()
}

// pairing shows the code that a person types to enrol this screen, and how.
func (x *ctx) pairing() {
	head := func(s *sheet) {
		s.y = x.m.h / 8
		if x.m.landscape() {
			s.y = x.m.h / 5
		}
		s.para("明白", x.bodyBold(x.pal.Government))
		s.gap(12)
		s.para(x.w.pairTitle, x.style(typeset.Serif, x.m.u(sizeTitle), 1.3, x.pal.Ink))
		s.gap(40)
		s.rule()
		s.gap(28)
		d := x.m.u(56)
		for i, text := range x.w.pairSteps {
			if i == 0 && x.status.Console != "" {
				text += "\n" + x.status.Console
			}
			y := s.y
			st := x.style(typeset.Sans, x.m.u(sizeBody), 1.5, x.pal.Ink)
			s.disc(s.x0, y, d, i+1, x.pal.Government)
			p := x.set(text, st, s.width()-d-x.m.u(28))
			// The first line's middle is the disc's.
			top := y + (d-st.Leading)/2
			s.put(p, s.x0+d+x.m.u(28), top, image.Rect(s.x0+d+x.m.u(28), top, s.x1, top+p.Height))
			s.y = top + p.Height
			s.gap(32)
		}
		s.rule()
	}
	body := func(s *sheet) {
		s.gap(120)
		if x.m.landscape() {
			s.y = x.m.h/2 - x.m.u(200)
		}
		code := x.status.Code
		if len(code) == 6 {
			code = code[:3] + " " + code[3:]
		}
		st := x.style(typeset.Bold, x.m.u(300), 1.15, x.pal.Ink)
		p := x.setter.Fit(code, st, s.width(), 1, x.m.u(sizeTitle))
		left := s.x0 + (s.width()-p.Width)/2
		s.put(p, left, s.y, image.Rect(s.x0, s.y, s.x1, s.y+p.Height))
		s.y += p.Height
		s.gap(40)
		foot := x.style(typeset.Sans, x.m.u(sizeSmall), 1.45, x.pal.Secondary)
		foot.Align = typeset.Centre
		s.para(joinDots(x.settings.Screen.Name, sprintf("%d × %d", x.m.w, x.m.h), x.now.Format("15:04")), foot)
	}
	x.alone(content{head: head, body: body, share: 50})
}

// identify says which screen this is, large enough to be read across a hall.
func (x *ctx) identify() {
	scr := x.settings.Screen
	r := image.Rect(0, 0, x.m.w, x.m.h)
	x.c.Outline(r, 0, x.m.u(24), x.pal.Government)
	head := func(s *sheet) {
		s.y = x.m.h/3 - x.m.u(80)
		s.para(x.w.identify, x.bodyBold(x.pal.Government))
		s.gap(16)
		name := scr.Name
		if name == "" {
			name = string(scr.ID)
		}
		p := x.setter.Fit(name, x.style(typeset.Serif, x.m.u(sizeFigure), 1.3, x.pal.Ink), s.width(), 3, x.m.u(sizeTitle))
		s.put(p, s.x0, s.y, image.Rect(s.x0, s.y, s.x1, s.y+p.Height))
		s.y += p.Height
		s.gap(40)
		s.rule()
		s.gap(24)
		s.para(joinDots(x.siteName(), scr.Place), x.body(x.pal.Ink))
		s.para(joinDots(string(scr.ID), sprintf("%d × %d", x.m.w, x.m.h)), x.body(x.pal.Secondary))
	}
	whole := &sheet{ctx: x, x0: x.m.margin, x1: x.m.w - x.m.margin, clip: r, high: x.m.h}
	head(whole)
	x.info.Viewport, x.info.ContentHeight = r, x.m.h
}

// dialog asks whether someone is still there. Whatever is touched but the end
// button answers yes.
func (x *ctx) dialog() {
	m := x.m
	whole := image.Rect(0, 0, m.w, m.h)
	x.c.Fill(whole.Union(whole.Sub(x.origin)), scene.Alpha(x.pal.Ink, 150))
	x.cover(whole)
	for i := range x.info.Texts {
		x.info.Texts[i].Covered = true // those above a page in the low mode as well
	}
	s := x.fixed()
	w := min(m.u(860), m.w-2*m.margin)
	s.x0, s.x1 = (m.w-w)/2+m.u(56), (m.w+w)/2-m.u(56)
	// Who reads large letters reads them here too, where there is height.
	grown := m.large
	large := func(st typeset.Style) typeset.Style {
		st.Size, st.Leading = int(float64(st.Size)*grown), int(float64(st.Leading)*grown)
		return st
	}
	lay := func(s *sheet) {
		s.gap(56)
		s.para(x.w.stillThere, x.plain(typeset.Serif, sizeTitle, x.pal.Ink))
		s.gap(12)
		line := large(x.plain(typeset.Sans, sizeBody, x.pal.Ink))
		line.Balance = true
		s.para(sprintf(x.w.stillLine, x.v.Idle), line)
		s.gap(48)
		s.key(m.u(170), x.w.goOn, string(DoContinue), x.plain(typeset.Bold, sizeTitle, x.pal.OnAccent), x.pal.Government)
		s.gap(24)
		s.key(max(m.u(110), m.touch()), x.w.endNow, string(DoEnd), large(x.plain(typeset.Sans, sizeBody, x.pal.Danger)), x.pal.Card)
		s.gap(56)
	}
	probe := s.spare()
	if lay(probe); probe.y > m.h {
		grown, probe = 1, s.spare()
		lay(probe)
	}
	s.y = (m.h - probe.y) / 2
	r := image.Rect((m.w-w)/2, s.y, (m.w+w)/2, s.y+probe.y)
	x.c.Round(r, m.u(20), x.pal.Card)
	x.c.Region(whole, string(DoContinue), x.w.goOn)
	lay(s)
}

// key is a button over the sheet's width.
func (s *sheet) key(high int, label, action string, st typeset.Style, ground colour) {
	r := image.Rect(s.x0, s.y, s.x1, s.y+high)
	p := s.set2(label, st)
	if !s.dry {
		s.c.Round(r, s.m.u(16), ground)
		if ground == s.pal.Card {
			s.c.Outline(r, s.m.u(16), s.weight(3), st.Color)
		}
	}
	s.put(p, s.x0+(s.width()-p.Width)/2, s.y+(high-p.Height)/2, r)
	s.touchable(r, action, label, true)
	s.y += high
}
