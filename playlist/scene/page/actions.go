package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// act is a button of the row in which everything stands that one can do with a
// notice besides reading it.
type act struct {
	label, action string
	danger        bool
}

// acts are the buttons of a notice's page.
func (x *ctx) acts(n *playlist.Notice) []act {
	var out []act
	if to := x.counterparts(n); len(to) > 0 && x.m.landscape() {
		// A wide panel's head has no height for a card.
		label := x.w.read.explanation
		if isExplanation(n) {
			label = x.w.read.source
		}
		out = append(out, act{label: label, action: ToNotice(to[0].ID)})
	}
	if i := ofRole(n, playlist.Sample); i >= 0 {
		out = append(out, act{label: x.w.read.sample, action: enlarge(i)})
	}
	if i := ofRole(n, playlist.Scan); i >= 0 {
		out = append(out, act{label: x.w.read.original, action: enlarge(i)})
	}
	take := x.w.read.take
	if x.status.Printer {
		take = x.w.read.takePrint
	}
	out = append(out, act{label: take, action: string(DoTake)})
	if st, ok := x.lib.Posting(n, x.moment); ok && st.Day > 0 && !st.Over && x.status.Feedback {
		out = append(out, act{label: x.w.read.object, action: Action{DoObject, string(n.ID)}.String(), danger: true})
	}
	return out
}

// ofRole is the place of the first picture of a role, or -1.
func ofRole(n *playlist.Notice, role playlist.PictureRole) int {
	for i, p := range n.Pictures {
		if p.Role == role && len(p.Renditions) > 0 {
			return i
		}
	}
	return -1
}

func enlarge(i int) string { return Action{DoEnlarge, itoa(i)}.String() }

// actHigh is how high a button of the row is: 20 mm where the panel has the
// height for it (DOMAIN U01).
func (m metrics) actHigh() int {
	return max(min(int(20*m.perMM), m.h/16), m.touch(), m.u(84))
}

// actsHigh is how high the row is with the paper above and below it.
func (m metrics) actsHigh() int {
	if m.low() {
		return m.actHigh() + 2*m.u(14)
	}
	return m.actHigh() + m.u(20) + m.u(24)
}

// actsStay says whether the panel has the height to keep the row in sight above
// the bar; else it stands at the foot of the page's head.
func (m metrics) actsStay() bool {
	return m.landscape() || !m.low() && m.h >= m.u(1200) // the low mode takes part of a panel
}

// actRow draws the row with its upper edge at y.
func (s *sheet) actRow(all []act, y int) {
	gap := max(s.m.u(22), s.m.gap())
	w := (s.width() - gap*(len(all)-1)) / max(len(all), 1)
	size := s.m.t(sizeBody)
	for _, a := range all {
		// All words of the row have one size.
		p := s.setter.Fit(a.label, s.style(typeset.Sans, size, 1.4, s.pal.Ink), w-s.m.u(24), 1, s.m.u(sizeSmall*3/4))
		size = min(size, p.Style.Size)
	}
	for i, a := range all {
		x0 := s.x0 + i*(w+gap)
		x1 := x0 + w
		if i == len(all)-1 {
			x1 = s.x1
		}
		s.act(image.Rect(x0, y, x1, y+s.m.actHigh()), a, size)
	}
}

// act draws one button.
func (s *sheet) act(r image.Rectangle, a act, size int) {
	col := s.pal.Ink
	if a.danger {
		col = s.pal.Danger
	}
	if !s.dry {
		ground := s.pal.Card
		if s.v.Pressed == a.action {
			ground = s.pal.Hairline
			if s.v.HighContrast {
				ground = s.pal.GovernmentTint
			}
		}
		s.c.Round(r, s.m.u(16), ground)
		s.c.Outline(r, s.m.u(16), s.weight(3), col)
	}
	p := s.set2(a.label, s.style(typeset.Sans, size, 1.4, col))
	s.put(p, r.Min.X+(r.Dx()-p.Width)/2, r.Min.Y+(r.Dy()-p.Height)/2, r)
	s.touchable(r, a.action, a.label, false)
}

// actsIn puts the row into the flow, where it can not stay in sight.
func (s *sheet) actsIn(all []act) {
	if len(all) == 0 {
		return
	}
	s.gap(24)
	s.keep(func() {
		was := s.chrome
		s.chrome = true
		s.actRow(all, s.y)
		s.chrome = was
		s.y += s.m.actHigh()
	})
	s.gap(8)
}

// gap is the least distance between two things that can be touched: 3 mm (U01).
func (m metrics) gap() int { return min(int(3*m.perMM+0.5), m.u(40)) }

// counterpart leads from a document to what explains it and back, near the top
// of both: nobody who reads a policy should have to look for its explanation.
func (s *sheet) counterpart(n *playlist.Notice) {
	if s.m.landscape() {
		return // it stands in the row of actions
	}
	for _, o := range s.counterparts(n) {
		form := s.w.read.explained
		if isExplanation(n) {
			form = s.w.read.explains
		}
		s.leadRow(scene.IconDocument, sprintf(form, s.title(o)), ToNotice(o.ID))
	}
}

// counterparts are the explanations of a document, or the documents that an
// explanation explains; at most two.
func (x *ctx) counterparts(n *playlist.Notice) []*playlist.Notice {
	var out []*playlist.Notice
	for _, o := range x.lib.Links(n, x.moment) {
		if isExplanation(o) != isExplanation(n) && len(out) < 2 {
			out = append(out, o)
		}
	}
	return out
}

func isExplanation(n *playlist.Notice) bool {
	return n.Announcement != nil && n.Announcement.Genre == "解读"
}

// leadRow is a card over the width that leads to another page.
func (s *sheet) leadRow(icon scene.IconName, text, action string) {
	if s.paper {
		return
	}
	s.gap(24)
	s.keep(func() {
		size, pad := s.m.u(44), s.m.u(26)
		x0 := s.x0 + pad + size + s.m.u(22)
		x1 := s.x1 - pad - s.m.u(36)
		p := s.short(text, s.body(s.pal.Ink), x1-x0)
		high := max(p.Height+s.m.u(36), s.m.actHigh())
		r := image.Rect(s.x0, s.y, s.x1, s.y+high)
		s.card(r, action)
		s.icon(icon, s.x0+pad, s.y+(high-size)/2, size, s.pal.Government)
		s.put(p, x0, s.y+(high-p.Height)/2, image.Rect(x0, s.y, x1, s.y+high))
		chevron := s.m.u(36)
		s.icon(scene.IconRight, s.x1-pad-chevron+s.m.u(8), s.y+(high-chevron)/2, chevron, s.pal.Secondary)
		s.touchable(r, action, text, false)
		s.y += high
	})
}
