package page

import (
	"image"
	"strings"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// search is the page on which people look for something: the field on top, the
// keys at the foot or at the right, what they find in between.
func (x *ctx) search() content {
	t := x.v.Typing
	if t == nil {
		t = &Typing{}
	}
	told := false // beside the keys already
	body := func(s *sheet) {
		switch {
		case t.Keys == "":
			if !told {
				s.gap(28)
				s.place(s.short(s.w.typed.how[padOf(t)], s.body(s.pal.Ink), s.width())) // a row of strokes stays whole
			}
			s.suggestions()
		case t.Result == nil:
			s.gap(60)
			s.para(s.w.typed.preparing, s.body(s.pal.Secondary))
		case t.Result.Total == 0:
			s.nothingFound(t)
		default:
			s.results(t.Result)
		}
	}
	return content{
		head: func(*sheet) {}, body: body, counts: x.w.moreItems,
		keys: func(y0, y1 int) (rest *ctx, top, foot int) {
			rest, top, foot, told = x.searchKeys(t, y0, y1)
			return rest, top, foot
		},
	}
}

// searchKeys draws the field and the keypad and leaves the rest for results.
func (x *ctx) searchKeys(t *Typing, y0, y1 int) (left *ctx, top, foot int, told bool) {
	s := x.fixed()
	rest := *x
	pad := padOf(t)
	var next map[byte]bool
	if t.Result != nil {
		next = t.Result.Next
	}
	gap, touch := x.keyGap(), x.m.touch()
	tabHigh := max(touch, x.m.u(76))
	if x.beside(y0, y1) {
		wide := x.besideWidth()
		least, best := x.keysHigh(wide)
		inset := max(min(x.m.u(24), (y1-y0-least-gap-touch)/2), 0)
		area := image.Rect(x.m.w-wide-2*x.m.u(24), y0, x.m.w, y1)
		s.padPanel(area)
		room := y1 - y0 - 2*inset
		tabHigh = min(tabHigh, max(room-gap-least, touch))
		high := min(best, room-tabHigh-gap)
		keys := image.Rect(area.Min.X+x.m.u(24), y1-inset-high, area.Max.X-x.m.u(24), y1-inset)
		tabs := image.Rect(keys.Min.X, keys.Min.Y-gap-tabHigh, keys.Max.X, keys.Min.Y-gap)
		s.tabs(tabs, pad, allPads, false)
		s.keypad(keys, pad, next)
		rest.m.w = area.Min.X
		if rest.m.w < x.m.u(560) {
			rest.m.margin = x.m.u(40) // every character counts
		}
		if free := tabs.Min.Y - gap - y0; free >= x.m.u(200) {
			// There is room for the field above the keys, and for a word of help.
			top := x.searchField(t, keys.Min.X, keys.Max.X, y0)
			told = s.padHelp(image.Rect(keys.Min.X, top+inset, keys.Max.X, tabs.Min.Y-inset), x.w.typed.how[pad])
			return &rest, y0, y1, told
		}
		return &rest, rest.searchField(t, rest.m.margin, rest.m.w-rest.m.margin, y0), y1, false
	}
	top = x.searchField(t, s.x0, s.x1, y0)
	inset := x.m.u(28)
	area := image.Rect(0, 0, x.m.w, y1)
	wide := x.m.w - 2*x.m.u(40)
	least, best := x.keysHigh(wide)
	room := max((y1-y0)*48/100-2*inset-tabHigh-gap, least)
	high := min(best, room)
	area.Min.Y = y1 - high - tabHigh - gap - 2*inset
	s.padPanel(area)
	keys := image.Rect(x.m.u(40), y1-inset-high, x.m.w-x.m.u(40), y1-inset)
	s.tabs(image.Rect(keys.Min.X, area.Min.Y+inset, keys.Max.X, area.Min.Y+inset+tabHigh), pad, allPads, false)
	s.keypad(keys, pad, next)
	return &rest, top, area.Min.Y, false
}

// padPanel is the ground of keys, which nothing below it shines through.
func (s *sheet) padPanel(r image.Rectangle) {
	s.fill(r, s.padGround())
	switch {
	case !s.v.HighContrast:
	case r.Min.X > 0:
		s.c.VLine(r.Min.X, r.Min.Y, r.Max.Y, s.weight(s.pal.Rule), s.pal.Ink)
	default:
		s.line(r.Min.X, r.Max.X, r.Min.Y, s.pal.Rule, s.pal.Ink)
	}
}

// padHelp says above the keys how typing goes, where there is room for it.
func (s *sheet) padHelp(r image.Rectangle, text string) bool {
	p := s.short(text, s.body(s.pal.Ink), r.Dx())
	if p.Height > r.Dy() {
		p = s.short(text, s.plain(typeset.Sans, sizeSmall, s.pal.Ink), r.Dx())
	}
	if p.Height > r.Dy() {
		return false
	}
	s.put(p, r.Min.X, r.Min.Y+(r.Dy()-p.Height)/2, r)
	return true
}

// searchField shows what was typed and returns where the page begins below it.
func (x *ctx) searchField(t *Typing, x0, x1, y0 int) int {
	s := x.fixed()
	m := x.m
	air, high := m.u(40), m.u(120)
	if m.low() || m.h < m.u(1500) || m.w < m.u(900) {
		air, high = m.u(24), m.u(96)
	}
	r := image.Rect(x0, y0+air, x1, y0+air+high)
	x.c.Round(r, m.u(16), x.pal.Card)
	x.c.Outline(r, m.u(16), s.weight(3), x.pal.Ink)
	icon := m.u(48)
	s.icon(scene.IconSearch, r.Min.X+m.u(32), r.Min.Y+(high-icon)/2, icon, x.pal.Ink)
	left, right := r.Min.X+m.u(32)+icon+m.u(24), r.Max.X-m.u(32)
	keys := typedKeys(padOf(t), t.Keys)
	if keys == "" {
		hint := x.w.typed.ask[padOf(t)]
		st := x.plain(typeset.Sans, sizeBody, x.pal.Secondary)
		p := x.setter.Fit(hint, st, right-left-m.u(16), 1, m.u(sizeSmall))
		if p.Width > right-left-m.u(16) || len(p.Lines) > 1 {
			p = s.set2(hint[:strings.IndexAny(hint+",", "，,")], x.plain(typeset.Sans, sizeSmall, x.pal.Secondary))
		}
		s.caret(left, r, m.u(sizeTitle))
		s.put(p, left+m.u(16), r.Min.Y+(high-p.Height)/2, r)
		return r.Max.Y + m.u(8)
	}
	if t.Result != nil && t.Result.Total > 0 {
		st := x.plain(typeset.Sans, sizeSmall, x.pal.Secondary)
		if p := s.set2(sprintf(x.w.typed.found, t.Result.Total), st); p.Width < (right-left)/3 {
			s.put(p, right-p.Width, r.Min.Y+(high-p.Height)/2, r)
			right -= p.Width + m.u(24)
		}
	}
	// Of more than fits the end is shown: it is what one has just typed.
	st := x.plain(typeset.Sans, sizeTitle*7/8, x.pal.Ink)
	p := x.setter.Fit(keys, st, right-left-m.u(20), 1, m.u(sizeBody))
	for runes := []rune(keys); p.Width > right-left-m.u(20) || len(p.Lines) > 1; {
		runes = runes[1:]
		p = s.set2("…"+string(runes), p.Style)
	}
	s.put(p, left, r.Min.Y+(high-p.Height)/2, r)
	s.caret(left+p.Width+m.u(10), r, m.u(sizeTitle))
	return r.Max.Y + m.u(8)
}

// caret is the place where the next character goes. It does not blink: nothing
// moves by itself.
func (s *sheet) caret(x0 int, within image.Rectangle, high int) {
	high = min(high, within.Dy()-s.m.u(20))
	y := within.Min.Y + (within.Dy()-high)/2
	s.fill(image.Rect(x0, y, x0+s.weight(4), y+high), s.pal.Government)
}
