package page

import (
	"image"
	"image/color"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// fixed returns a sheet for what does not scroll.
func (x *ctx) fixed() *sheet {
	return &sheet{ctx: x, x0: x.m.margin, x1: x.m.w - x.m.margin, chrome: true, clip: image.Rect(0, 0, x.m.w, x.m.h)}
}

// plain is a style of chrome, which does not grow with the text.
func (x *ctx) plain(role typeset.Role, size int, col color.RGBA) typeset.Style {
	return x.style(role, x.m.u(size), 1.4, col)
}

// header draws the page's head and returns where the page begins below it.
func (x *ctx) header() int {
	if x.origin != (image.Point{}) {
		x.lowHead()
		return x.banners(x.m.header)
	}
	s := x.fixed()
	x.masthead(s, true)
	y := x.m.header
	s.line(0, x.m.w, y-s.weight(x.pal.Rule), x.pal.Rule, x.pal.Ink)
	return x.banners(y)
}

// masthead draws what stands at the top of the panel on every page: the site,
// what the content is worth, the clock, and with find the way to the search page.
func (x *ctx) masthead(s *sheet, find bool) {
	m := x.m
	clock := s.setter.Line(x.now.Format("15:04"), x.plain(typeset.Sans, sizeTitle, x.pal.Ink))
	date := s.setter.Line(x.w.day(dateOf(x.now), x.now.Year())+" "+x.w.shortDay(x.now), x.plain(typeset.Sans, sizeSmall, x.pal.Secondary))
	base := m.header - m.u(28)  // the lower line's baseline
	upper := m.header - m.u(75) // the upper line's
	if m.low() {
		// A low panel has no height to give away: everything on one line.
		upper = base
	}
	below := func(p *typeset.Para, y int) int { return y - p.Baseline() }
	place := func(p *typeset.Para, left, y int) {
		s.put(p, left, below(p, y), image.Rect(left, below(p, y), left+p.Width, below(p, y)+p.Height))
	}
	end := s.x1 - max(clock.Width, date.Width)
	if m.low() {
		end = s.x1 - clock.Width - m.u(28) - date.Width
		place(clock, s.x1-clock.Width, base)
		place(date, end, base)
	} else {
		place(clock, s.x1-clock.Width, upper+m.u(6))
		place(date, s.x1-date.Width, base)
	}
	if find && x.searchable() {
		end = x.finder(s, end)
	}
	room := end - m.u(14) - s.x0
	if m.low() {
		room -= m.u(48)
	}
	name := x.setter.Fit(x.siteName(), x.plain(typeset.Serif, sizeLead, x.pal.Ink), room, 1, m.u(sizeBody))
	place(name, s.x0, upper)
	left := s.x0
	if m.low() {
		left += name.Width + m.u(32)
		room -= name.Width + m.u(32)
	}

	st := x.plain(typeset.Sans, sizeSmall, x.pal.Secondary)
	var line *typeset.Para
	for _, text := range x.statusLines() {
		if line = x.setter.Line(text, st); line.Width <= room {
			break
		}
	}
	if line.Width <= room || !m.squat() {
		place(line, left, base)
	}
}

// searchable says whether the way to the search page stands at the head: on
// every page that a person reads but home, where it is a box of its own.
func (x *ctx) searchable() bool {
	switch x.v.Kind {
	case ColumnPage, Postings, Latest, NoticePage, PicturePage:
		return true
	}
	return false
}

// finder draws the way to the search page. It ends before x1 and returns where
// it begins.
func (x *ctx) finder(s *sheet, x1 int) int {
	m := x.m
	st := x.plain(typeset.Sans, sizeSmall, x.pal.Government)
	label := s.set2(x.w.frame.find, st)
	size, pad := m.u(40), m.u(14)
	high := max(m.touch(), min(m.header-m.u(32), m.u(104)))
	wide := max(label.Width+2*pad, m.touch())
	if m.low() {
		high = max(m.touch(), m.u(76))
		wide = max(size+m.u(12)+label.Width+2*m.u(22), m.touch())
	}
	x1 -= m.u(20)
	y := (m.header - high) / 2
	r := image.Rect(x1-wide, y, x1, y+high)
	action := string(DoSearch)
	s.card(r, action)
	if m.low() {
		s.beside(r, scene.IconSearch, x.w.frame.find, st)
	} else {
		y += (high - size - label.Height) / 2
		s.icon(scene.IconSearch, r.Min.X+(wide-size)/2, y, size, st.Color)
		s.put(label, r.Min.X+(wide-label.Width)/2, y+size, r)
	}
	s.touchable(r, action, x.w.frame.find, false)
	return r.Min.X
}

// statusLines are the texts of the line under the site's name, the fullest
// first.
func (x *ctx) statusLines() []string {
	as, hot, place := "", "", x.settings.Screen.Place
	if !x.status.AsOf.IsZero() {
		form := x.w.asOf
		if !x.status.Online {
			form = x.w.offlineAsOf
		}
		as = sprintf(form, x.w.instant(x.status.AsOf.In(x.now.Location()), x.now.Year()))
	}
	if x.settings.Hotline != "" {
		hot = sprintf(x.w.hotline, x.settings.Hotline)
	}
	if x.longOffline() {
		return []string{joinDots(place, hot), hot} // the banner says since when
	}
	if !x.status.Online && as != "" {
		return []string{joinDots(as, hot), as}
	}
	return []string{joinDots(place, as, hot), joinDots(as, hot), as}
}

// joinDots joins what is not empty with middle dots.
func joinDots(parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "":
		case out == "":
			out = p
		default:
			out += " · " + p
		}
	}
	return out
}

// offlineBanner is after how many hours without a line the page says so at its
// head and not only in the status line.
const offlineBanner = 24

func (x *ctx) longOffline() bool {
	return !x.status.Online && !x.status.AsOf.IsZero() && x.moment.Now.Sub(x.status.AsOf).Hours() >= offlineBanner
}

// banners draws what must be known on every page below y: an exercise, a
// warning that does not fill the screen, a long loss of the line.
func (x *ctx) banners(y int) int {
	if x.lib != nil {
		for _, n := range x.lib.Alerts(x.moment) {
			if n.Alert == nil || n.Alert.Lifted || (x.v.Kind == NoticePage || x.v.Kind == Attract) && x.v.Notice == n.ID {
				continue
			}
			y = x.alertBanner(y, n)
			break
		}
	}
	if x.longOffline() {
		text := sprintf(x.w.offlineAsOf, x.w.instant(x.status.AsOf.In(x.now.Location()), x.now.Year()))
		if x.settings.Hotline != "" {
			text = sprintf(x.w.offlineLong, x.w.instant(x.status.AsOf.In(x.now.Location()), x.now.Year()), x.settings.Hotline)
		}
		y = x.banner(y, scene.IconOffline, text, x.pal.MoneyTint, x.pal.Ink, "")
	}
	return y
}

// banner draws a band over the width and returns what is below it.
func (x *ctx) banner(y int, icon scene.IconName, text string, ground, ink color.RGBA, action string) int {
	s := x.fixed()
	size := x.m.u(40)
	st := x.plain(typeset.Bold, sizeSmall, ink)
	left, end := s.x0+size+x.m.u(20), s.x1
	if action != "" {
		end -= size + x.m.u(16)
	}
	p := x.set(text, st, end-left)
	high := p.Height + x.m.u(28)
	if action != "" {
		high = max(high, x.m.touch())
	}
	r := image.Rect(0, y, x.m.w, y+high)
	s.fill(r, ground)
	s.line(0, x.m.w, r.Max.Y-s.weight(x.pal.Hair), x.pal.Hair, x.pal.Hairline)
	s.icon(icon, s.x0, y+(high-size)/2, size, ink)
	s.put(p, left, y+(high-p.Height)/2, image.Rect(left, y, end, r.Max.Y))
	if action != "" {
		s.icon(scene.IconRight, s.x1-size, y+(high-size)/2, size, ink)
		s.touchable(r, action, text, true)
	}
	return r.Max.Y
}

// button is one place of the bar.
type button struct {
	icon   scene.IconName
	label  string
	action Verb
	col    color.RGBA
}

// buttons are the six places of the bar from left to right, the same on every
// page (DOMAIN U04). What cannot be read aloud says so when it is touched; its
// place stays.
func (x *ctx) buttons() []button {
	read := button{scene.IconSpeaker, x.w.frame.read, DoRead, x.pal.Ink}
	switch {
	case x.v.Spoken != "":
		read.icon, read.label = scene.IconStop, x.w.frame.stop
	case !x.status.Speech:
		read.icon, read.col = scene.IconMute, x.pal.Secondary
	}
	return []button{
		{scene.IconHome, x.w.home, DoHome, x.pal.Ink},
		{scene.IconBack, x.w.back, DoBack, x.pal.Ink},
		{scene.IconTextSize, x.w.frame.large, DoLarge, x.pal.Ink},
		read,
		{scene.IconGlobe, x.w.otherLang, DoLang, x.pal.Ink},
		{scene.IconExit, x.w.end, DoEnd, x.pal.Danger},
	}
}

// bar draws the buttons that are on every page in the same place, and returns
// where the page ends above it.
func (x *ctx) bar() int {
	s := x.fixed()
	m := x.m
	top := m.h - m.bar
	s.fill(image.Rect(0, top, m.w, m.h), x.pal.Card)
	s.line(0, m.w, top, x.pal.Hair, x.pal.Hairline)
	all := x.buttons()
	// The outer places hang on the page's two vertical lines; the others stand
	// at equal distances between their middles.
	size, gap := m.u(46), m.u(8)
	labels := make([]*typeset.Para, len(all))
	wide := make([]int, len(all))
	cell := (s.x1 - s.x0) / len(all)
	for i, b := range all {
		labels[i] = x.setter.Fit(b.label, x.plain(typeset.Sans, sizeSmall, b.col), cell, 1, m.u(sizeSmall*3/4))
		wide[i] = max(labels[i].Width, size)
		if m.low() {
			wide[i] = labels[i].Width + size + m.u(16)
		}
	}
	first, last := s.x0+wide[0]/2, s.x1-wide[len(all)-1]/2
	for i, b := range all {
		col := labels[i].Style.Color
		mid := first + (last-first)*i/(len(all)-1)
		half := (last - first) / (len(all) - 1) / 2
		r := image.Rect(max(mid-half, 0), top, min(mid+half, m.w), m.h)
		switch i {
		case 0:
			r.Min.X = 0
		case len(all) - 1:
			r.Max.X = m.w
		}
		action, label := string(b.action), labels[i]
		if m.low() {
			// Icon and word side by side: the bar is low and wide.
			left := mid - wide[i]/2
			s.icon(b.icon, left, top+(m.bar-size)/2, size, col)
			s.put(label, left+size+m.u(16), top+(m.bar-label.Height)/2, r)
		} else {
			y := top + (m.bar-size-gap-label.Height)/2
			s.icon(b.icon, mid-size/2, y, size, col)
			s.put(label, mid-label.Width/2, y+size+gap, r)
		}
		s.touchable(r, action, b.label, true)
	}
	return top
}

// moreStrip draws the sign that the page goes on, with the ways up and down.
func (x *ctx) moreStrip(left, top int, up, down bool, counts string, rest int) {
	s := x.fixed()
	m := x.m
	s.x0 = left
	s.line(s.x0, s.x1, top, x.pal.Hair, x.pal.Hairline)
	size := m.u(36)
	st := x.plain(typeset.Bold, sizeSmall, x.pal.Government)
	mid := s.x0
	back := x.w.backTop
	if up {
		mid += size + m.u(10) + x.setter.Width(back, st) + m.u(24)
		if down && mid+x.setter.Width(x.w.more, st)+m.u(10)+size > s.x1 {
			// A narrow column has no room for both words: the arrow says it.
			back, mid = "", max(s.x0+size+m.u(24), left-m.margin/2+m.touch())
		}
	}
	if up {
		p := x.setter.Line(back, st)
		y := top + (m.strip-p.Height)/2
		s.icon(scene.IconUp, s.x0, top+(m.strip-size)/2, size, st.Color)
		s.put(p, s.x0+size+m.u(10), y, image.Rect(s.x0, top, mid, top+m.strip))
		s.touchable(image.Rect(left-m.margin/2, top, mid, top+m.strip), Action{DoScroll, "top"}.String(), x.w.backTop, true)
	}
	if down {
		text := x.w.more
		if rest > 0 && counts != "" {
			text = joinDots(sprintf(counts, rest), x.w.more)
		}
		if x.setter.Width(text, st) > s.x1-size-m.u(10)-mid {
			text = x.w.more // a narrow column has no room for the count
		}
		p := x.setter.Line(text, st)
		y := top + (m.strip-p.Height)/2
		s.icon(scene.IconDown, s.x1-size, top+(m.strip-size)/2, size, st.Color)
		s.put(p, s.x1-size-m.u(10)-p.Width, y, image.Rect(mid, top, s.x1, top+m.strip))
		s.touchable(image.Rect(mid, top, m.w, top+m.strip), Action{DoScroll, "down"}.String(), text, true)
	}
}
