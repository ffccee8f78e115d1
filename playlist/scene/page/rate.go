package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// faces say the scores to those who do not read.
var faces = [3]scene.IconName{scene.IconDispleased, scene.IconSoSo, scene.IconPleased}

// rateStrip asks at the end of a notice whether it was any good; one touch
// answers (DOMAIN E08). Nothing stands there while answers cannot be stored, or
// on a warning, where it would be out of place.
func (s *sheet) rateStrip(n *playlist.Notice) {
	if !s.status.Feedback || n.Alert != nil {
		return
	}
	s.keep(func() {
		s.gap(48)
		s.hair()
		s.gap(24)
		s.para(s.w.typed.rate, s.smallBold(s.pal.Ink))
		s.gap(14)
		gap := max(s.m.u(20), s.keyGap())
		high := max(s.m.u(104), s.m.touch())
		st := s.body(s.pal.Ink)
		wide := (s.width() - 2*gap) / 3
		for i := range 3 {
			score := 3 - i // 满意 first
			label := s.w.typed.rates[score-1]
			r := image.Rect(s.x0+i*(wide+gap), s.y, s.x0+i*(wide+gap)+wide, s.y+high)
			action := Action{DoRate, itoa(score)}.String()
			p := s.setter.Fit(label, st, wide-s.m.u(24), 1, s.m.u(sizeSmall))
			s.face(r, action, label, p, faces[score-1], s.v.Rated == score)
		}
		s.y += high
	})
}

// face is a card with a face beside its word, where there is room for both. The
// one that was chosen stays marked, so that one sees that it counted.
func (s *sheet) face(r image.Rectangle, action, label string, p *typeset.Para, icon scene.IconName, chosen bool) {
	size, gap := s.m.u(48), s.m.u(16)
	s.card(r, action)
	if chosen && !s.dry {
		s.c.Round(r, s.m.u(14), s.pal.GovernmentTint)
		s.c.Outline(r, s.m.u(14), s.weight(5), s.pal.Government)
	}
	if size+gap+p.Width+s.m.u(24) > r.Dx() {
		s.put(p, r.Min.X+(r.Dx()-p.Width)/2, r.Min.Y+(r.Dy()-p.Height)/2, r)
	} else {
		left := r.Min.X + (r.Dx()-size-gap-p.Width)/2
		s.icon(icon, left, r.Min.Y+(r.Dy()-size)/2, size, s.pal.Ink)
		s.put(p, left+size+gap, r.Min.Y+(r.Dy()-p.Height)/2, r)
	}
	s.touchable(r, action, label, false)
}
