package page

import (
	"image"
	"image/color"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// alertColours are ground and ink of a level's band. Yellow and orange carry
// black: white would not reach 4.5:1 on them. All reach the 7:1 of high contrast.
func alertColours(c playlist.AlertColour) (ground, ink color.RGBA) {
	switch c {
	case playlist.Red:
		return color.RGBA{0xAE, 0x18, 0x18, 255}, scene.White
	case playlist.Orange:
		return color.RGBA{0xF0, 0x8A, 0x24, 255}, scene.Black
	case playlist.Yellow:
		return color.RGBA{0xF7, 0xCE, 0x1B, 255}, scene.Black
	}
	return color.RGBA{0x16, 0x53, 0xA2, 255}, scene.White
}

// alertWord is type and level in words: 暴雨红色预警.
func (x *ctx) alertWord(a *playlist.Alert) string {
	if x.w.en {
		level, _ := strings.CutSuffix(x.w.level[a.Colour], "WARNING")
		if hazard := x.w.hazard[a.Type]; hazard != "" {
			return level + hazard + " WARNING"
		}
		return x.w.level[a.Colour] + " " + a.Type
	}
	return a.Type + x.w.level[a.Colour]
}

// alertBanner is the band of a warning that does not fill the screen.
func (x *ctx) alertBanner(y int, n *playlist.Notice) int {
	ground, ink := alertColours(n.Alert.Colour)
	text := x.alertWord(n.Alert)
	if n.Alert.Exercise {
		text = "〔" + x.w.exercise + "〕" + text
	}
	return x.banner(y, scene.IconWarning, joinDots(text, n.Alert.Action), ground, ink, ToNotice(n.ID))
}

// alert is a warning in full: what to do first and largest.
func (x *ctx) alert(n *playlist.Notice) content {
	a := n.Alert
	top := func(y int) int { return x.alertBand(n, y) }
	head := func(s *sheet) {
		if a.Lifted {
			s.gap(44)
			s.para(x.title(n), x.serif(sizeTitle, x.pal.Ink))
			s.gap(28)
			if !x.m.landscape() {
				s.rule()
			}
			return
		}
		s.gap(52)
		s.keep(func() {
			st := x.style(typeset.Bold, x.m.title(sizeFigure), 1.25, x.pal.Ink)
			s.place(s.short(a.Action, st, s.width()))
		})
		s.gap(40)
		if !x.m.landscape() {
			s.rule()
		}
	}
	body := func(s *sheet) {
		if x.m.landscape() {
			s.gap(52)
			s.rule()
		}
		big := x.style(typeset.Sans, x.m.title(sizeLead), 1.4, x.pal.Ink)
		if x.m.landscape() {
			big = x.body(x.pal.Ink)
		}
		s.labelledAs(x.w.area, a.Area, big)
		start := ""
		if !a.Start.IsZero() {
			start = x.w.instant(a.Start.In(x.now.Location()), x.now.Year())
		}
		s.labelledAs(x.w.since, start, big)
		if !a.Lifted {
			// 停课 is not in force any more when the warning is lifted.
			s.labelledAs(x.w.detail, a.Detail, big)
			s.labelledAs(x.w.measures, a.Measures, big)
		}
		call := n.Hotline
		if call == "" {
			call = s.settings.Hotline
		}
		big.Role = typeset.Bold
		s.labelledAs(strings.TrimSpace(sprintf(x.w.duty, "")), call, big)
		s.gap(32)
		st := x.lead(x.pal.Ink)
		st.Align = typeset.End
		s.para(n.Issuer, st)
		st = x.small(x.pal.Secondary)
		st.Align = typeset.End
		s.para(x.w.fullDay(n.Issued), st)
	}
	return content{head: head, body: body, top: top, share: 52}
}

// alertBand is the band of the level over the page's whole width from y0 on, and
// the words of an exercise below it; it returns what is below.
func (x *ctx) alertBand(n *playlist.Notice, y0 int) int {
	s := x.fixed()
	s.y = y0
	a := n.Alert
	ground, ink := alertColours(a.Colour)
	word := s.alertWord(a)
	if a.Lifted {
		ground, ink = s.pal.Village, s.pal.OnAccent
		word = s.w.lifted
		if !s.w.en {
			word = a.Type + s.w.lifted
		}
	}
	// The band never takes more than a fifth of what there is.
	size := min(s.m.u(110), s.m.page()/8)
	st := s.style(typeset.Bold, min(s.m.title(sizeFigure), s.m.page()/8), 1.2, ink)
	x0 := s.x0 + size + s.m.u(32)
	right := s.m.w
	p := s.setter.Fit(word, st, right-s.m.margin-x0, 1, s.m.u(sizeLead))
	high := max(p.Height, size) + min(s.m.u(72), s.m.page()/14)
	s.fill(image.Rect(0, s.y, right, s.y+high), ground)
	icon := scene.IconWarning
	if a.Lifted {
		icon = scene.IconCheck
	}
	s.icon(icon, s.x0, s.y+(high-size)/2, size, ink)
	y := s.y + (high-p.Height)/2
	s.put(p, x0, y, image.Rect(x0, y, right, y+p.Height))
	s.y += high
	if a.Exercise {
		t := s.set("〔"+s.w.exercise+"〕"+s.w.exerciseLine, s.style(typeset.Bold, s.m.u(sizeBody), 1.4, s.pal.Paper), right-2*s.m.margin)
		r := image.Rect(0, s.y, right, s.y+t.Height+s.m.u(28))
		s.fill(r, s.pal.Ink)
		s.put(t, s.x0, s.y+s.m.u(14), image.Rect(s.x0, s.y, right, r.Max.Y))
		s.y = r.Max.Y
	}
	return s.y
}

// media is a page of pictures, one at a time.
func (x *ctx) media(n *playlist.Notice) content {
	x.info.Pictures = len(n.Pictures)
	at := 0
	if len(n.Pictures) > 0 {
		at = ((x.v.Picture % len(n.Pictures)) + len(n.Pictures)) % len(n.Pictures)
	}
	show := func(s *sheet, most int) {
		if len(n.Pictures) == 0 {
			return
		}
		if s.paper {
			for i := range n.Pictures {
				s.picture(n, i, "", most)
			}
			return
		}
		if len(n.Pictures) > 1 {
			// The ways to the next picture stand on the same page.
			most = min(most, s.m.page()-3*s.m.t(sizeSmall)-s.m.u(150)-s.m.touch())
		}
		s.gap(24)
		s.picture(n, at, "", most)
		if len(n.Pictures) > 1 {
			s.turn(at, len(n.Pictures))
		}
	}
	head := func(s *sheet) {
		s.pageTitle(joinDots(x.w.kind[n.Kind], x.columnOf(n)), x.field(n), x.title(n), joinDots(n.Issuer, sprintf(x.w.issued, x.w.day(n.Issued, x.now.Year()))))
		s.rule()
		if x.m.landscape() {
			s.mediaText(n)
		}
	}
	body := func(s *sheet) {
		if x.m.landscape() {
			show(s, x.m.u(606))
			return
		}
		show(s, x.m.u(900))
		s.mediaText(n)
		s.hotlineLine(n)
	}
	return content{head: head, body: body, share: 34, acts: x.acts(n)}
}

func (s *sheet) mediaText(n *playlist.Notice) {
	if n.Media.Text == "" {
		return
	}
	s.gap(32)
	st := s.style(typeset.Sans, s.m.t(sizeBody), 1.65, s.pal.Ink)
	st.Align, st.Indent, st.Gap = typeset.Justify, 2, s.m.u(10)
	s.para(n.Media.Text, st)
}

// turn are the ways to the picture before and after.
func (s *sheet) turn(at, n int) {
	p := s.set2(sprintf(s.w.picture, at+1, n), s.small(s.pal.Secondary))
	size := max(s.m.touch(), p.Height)
	mid := (s.x0 + s.x1) / 2
	s.put(p, mid-p.Width/2, s.y+(size-p.Height)/2, image.Rect(s.x0, s.y, s.x1, s.y+size))
	for i, arg := range []string{"prev", "next"} {
		x := mid - p.Width/2 - s.m.u(40) - size
		icon := scene.IconLeft
		if i == 1 {
			x, icon = mid+p.Width/2+s.m.u(40), scene.IconRight
		}
		r := image.Rect(x, s.y, x+size, s.y+size)
		action := Action{DoPicture, arg}.String()
		s.card(r, action)
		k := s.m.u(40)
		s.icon(icon, r.Min.X+(size-k)/2, r.Min.Y+(size-k)/2, k, s.pal.Ink)
		s.touchable(r, action, arg, false)
	}
	s.y += size
	s.breakAt(s.y)
}
