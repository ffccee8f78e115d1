package page

import (
	"image"
	"math"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// What the low mode reckons with, in millimetres above the floor.
const (
	reachMM  = 1100 // the highest that is reached from a wheelchair (DOMAIN U03)
	middleMM = 1300 // where a panel's middle hangs if nobody has measured it
)

// How many design pixels a page needs at least, its bar included, and one with
// keys where the panel hangs too high for either.
const (
	lowest     = 900
	lowestKeys = 1040
)

// LowFrom returns the first row of pixels of a panel that the low mode lays
// pages out from; 0 is the whole panel, on which the low mode changes nothing.
// ok is false when the panel hangs so high that less than a page lies within
// reach: the page then stands as low as it can.
func LowFrom(p playlist.Panel) (row int, ok bool) { return newMetrics(p, 0).lowFrom(p, lowest) }

func (m metrics) lowFrom(p playlist.Panel, least int) (row int, ok bool) {
	if p.Height <= 0 {
		return 0, true
	}
	high := float64(p.HeightMM)
	if high <= 0 {
		high = float64(m.h) / m.perMM
	}
	bottom := float64(p.BottomMM)
	if bottom <= 0 {
		bottom = max(middleMM-high/2, 0)
	}
	row = int(math.Ceil((bottom + high - reachMM) / high * float64(m.h)))
	most := m.h - m.u(least)
	switch {
	case row <= 0:
		return 0, true
	case row > most:
		return max(most, 0), false
	}
	return row, true
}

// lowerable says whether the page has a low mode: those that a person uses do,
// and those that nobody has touched yet do not.
func (v View) lowerable() bool {
	switch v.Kind {
	case Attract, Pairing, Fallback, Identify:
		return false
	}
	return true
}

// lower makes the page one for the reachable part of the panel, at the same
// sizes, and draws what stands above it.
func (x *ctx) lower() {
	row, ok := x.m.lowFrom(x.settings.Screen.Panel, lowest)
	if !ok {
		// Nothing is within reach whatever the page does: then it is at least
		// one that can be used.
		least := int(lowest * (1 + (x.m.large-1)/3))
		if x.v.Kind == SearchPage || x.v.Kind == OpinionPage {
			least = lowestKeys
		}
		row, _ = x.m.lowFrom(x.settings.Screen.Panel, least)
		if row > x.m.header && row < x.m.header+x.m.u(130) {
			row = x.m.header // no room for a title between the head and the page
		}
	}
	if !x.v.lowerable() {
		row = 0
	}
	if !x.v.Low || row == 0 {
		return
	}
	whole := x.m
	x.m.h = row
	x.above()
	x.m = whole
	x.m.h -= row
	x.m.header = max(x.m.u(92), x.m.touch()+x.m.u(12))
	x.origin = image.Pt(0, row)
	x.info.Reach = row
}

// above fills the part of the panel that nobody needs to touch: where one is,
// what time it is, what is open.
func (x *ctx) above() {
	s := x.fixed()
	m := x.m
	if m.h < m.header {
		return // nothing that could be read
	}
	x.masthead(s, false)
	if m.h > m.header+m.u(130) {
		s.line(0, m.w, m.header-s.weight(x.pal.Rule), x.pal.Rule, x.pal.Ink) // else the page's own head follows at once
	}
	kicker, title, line := x.opened()
	room := image.Rect(s.x0, m.header+m.u(24), s.x1, m.h-m.u(24))
	kick := x.setter.Fit(kicker, x.plain(typeset.Bold, sizeSmall, x.pal.Government), s.width(), 1, m.u(sizeSmall))
	foot := x.setter.Clamp(line, x.plain(typeset.Sans, sizeBody, x.pal.Secondary), s.width(), 1)
	// As large as all of it fits; the line below gives way first, then the one
	// above, as everything here stands on the page as well.
	for _, size := range []int{sizeFigure, sizeTitle, sizeLead} {
		st := x.plain(typeset.Serif, size, x.pal.Ink)
		st.Leading, st.Balance = st.Size*13/10, true
		big := x.setter.Fit(title, st, s.width(), 4, st.Size)
		for _, with := range []struct{ kick, foot bool }{{kicker != "", line != ""}, {kicker != "", false}, {false, false}} {
			high := big.Height
			if with.kick {
				high += kick.Height + m.u(12)
			}
			if with.foot {
				high += foot.Height + m.u(20)
			}
			if high > room.Dy() || big.Width > s.width() {
				continue
			}
			y := room.Min.Y + (room.Dy()-high)/2
			if with.kick {
				s.put(kick, s.x0, y, room)
				y += kick.Height + m.u(12)
			}
			s.put(big, s.x0, y, room)
			if with.foot {
				s.put(foot, s.x0, y+big.Height+m.u(20), room)
			}
			return
		}
	}
}

// opened is what the page is about: a line that says where one is, a title, a
// line below it.
func (x *ctx) opened() (kicker, title, line string) {
	site := x.siteName()
	if x.lib == nil {
		return "", site, ""
	}
	switch x.v.Kind {
	case ColumnPage:
		if c, ok := x.lib.Column(x.v.Column); ok {
			if !x.w.en {
				line = c.Hint
			}
			return x.w.field[c.Field], x.columnName(c), line
		}
	case Postings:
		return site, x.w.posting, ""
	case Latest:
		return site, x.w.latest, ""
	case SearchPage:
		return site, x.w.frame.find, ""
	case Home:
		return joinDots(site, x.settings.Screen.Place), x.w.fullDay(dateOf(x.now)) + " " + x.w.weekday(x.now), ""
	default:
		if n, _, _, ok := x.lib.Notice(x.v.Notice, x.moment); ok {
			return joinDots(x.w.kind[n.Kind], x.columnOf(n)), x.title(n), joinDots(n.Issuer, x.w.day(n.Issued, x.now.Year()))
		}
		if x.v.Kind == OpinionPage || x.v.Kind == ThanksPage {
			return site, x.w.typed.opinion, ""
		}
	}
	return "", site, x.settings.Screen.Place
}

// lowHead is the head of a page in the low mode: the way to the search page and
// the way out of the mode.
func (x *ctx) lowHead() {
	s := x.fixed()
	m := x.m
	high := max(m.touch(), m.u(72))
	y := (m.header - high) / 2
	s.fill(image.Rect(0, 0, m.w, m.header), x.pal.Card)
	s.line(0, m.w, 0, x.pal.Rule, x.pal.Ink)
	s.line(0, m.w, m.header-s.weight(x.pal.Hair), x.pal.Hair, x.pal.Hairline)
	place := func(left bool, icon scene.IconName, text string, action Verb) {
		st := x.plain(typeset.Sans, sizeSmall, x.pal.Government)
		wide := max(m.u(40+14+2*28)+x.setter.Width(text, st), m.touch())
		r := image.Rect(s.x1-wide, y, s.x1, y+high)
		if left {
			r = image.Rect(s.x0, y, s.x0+wide, y+high)
		}
		s.card(r, string(action))
		s.beside(r, icon, text, st)
		s.touchable(r, string(action), text, false)
	}
	if x.searchable() {
		place(true, scene.IconSearch, x.w.frame.find, DoSearch)
	}
	place(false, scene.IconChair, x.w.frame.normal, DoLow)
}

// settle moves what the caller is told from the page's coordinates to the
// frame's.
func (x *ctx) settle() {
	i := x.info
	for _, r := range []*image.Rectangle{&i.Page, &i.Viewport, &i.Table, &i.Picture} {
		if !r.Empty() {
			*r = r.Add(x.origin)
		}
	}
	for n := range i.Texts {
		t := &i.Texts[n]
		if t.fixed {
			continue
		}
		t.Area, t.Clip, t.Within, t.at = t.Area.Add(x.origin), t.Clip.Add(x.origin), t.Within.Add(x.origin), t.at.Add(x.origin)
	}
	for _, r := range x.c.Frame().Regions {
		i.Controls = i.Controls.Union(r.Area)
	}
}
