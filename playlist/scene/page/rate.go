package page

import (
	"image"

	"mingbai/playlist"
)

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
			s.plainKey(r, action, label, p)
		}
		s.y += high
	})
}
