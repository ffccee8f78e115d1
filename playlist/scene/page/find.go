package page

import (
	"image"
	"slices"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
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
				s.para(s.w.typed.how[padOf(t)], s.body(s.pal.Ink))
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
	p := s.short(text, s.plain(typeset.Sans, sizeSmall, s.pal.Ink), r.Dx())
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

// suggestions stand where results will be, for those who rather touch.
func (s *sheet) suggestions() {
	guides := s.lib.List(playlist.Query{Kinds: []playlist.Kind{playlist.KindGuide}, Limit: 5}, s.moment)
	if len(guides) > 0 {
		s.heading(s.w.typed.or)
		for _, n := range guides {
			s.hitRow(search.Hit{Notice: n})
		}
	}
	if tiles := s.lib.Tiles(); len(tiles) > 0 {
		s.heading(s.w.typed.sections)
		s.subColumns(tiles)
	}
}

// results are what was found, by kind.
func (s *sheet) results(r *search.Result) {
	for i, g := range r.Groups {
		if len(g.Hits) == 0 {
			continue
		}
		s.held++
		s.gap(28)
		if i > 0 {
			s.gap(16)
		}
		s.para(s.groupName(g)+" "+itoa(g.Total), s.smallBold(s.pal.Secondary))
		s.held--
		for _, h := range g.Hits {
			s.hitRow(h)
		}
		if more := g.Total - len(g.Hits); more > 0 {
			s.gap(16)
			s.para(sprintf(s.w.typed.rest, more), s.small(s.pal.Secondary))
		}
	}
}

func (s *sheet) groupName(g search.Group) string {
	switch {
	case slices.Contains(g.Kinds, playlist.KindGuide):
		return s.w.typed.guides
	case slices.Contains(g.Kinds, playlist.KindFund):
		return s.w.typed.funds
	}
	return s.w.typed.others
}

// hitRow is one notice that was found, its match marked.
func (s *sheet) hitRow(h search.Hit) {
	n := h.Notice
	if n == nil {
		return
	}
	s.rows = append(s.rows, s.y)
	s.keep(func() {
		top := s.y
		s.gap(22)
		meta, note := s.hitMeta(n)
		end := s.setter.Clamp(note, s.small(s.pal.Secondary), s.width()/3, 1)
		x1 := s.x1 - end.Width - s.m.u(32)
		if note == "" || s.m.large > 1 || x1-s.x0 < 11*s.m.t(sizeBody) {
			// Too narrow for a column of its own: it goes in front.
			meta, end, x1 = joinDots(note, meta), nil, s.x1
		}
		strong := s.bodyBold(s.pal.Government)
		strong.Balance = true
		plain := s.body(s.pal.Ink)
		plain.Balance = true
		text, marks := n.Title, h.Title
		if s.w.en && n.TitleEn != "" && len(marks) == 0 {
			text = n.TitleEn
		}
		title := s.markedIn(text, marks, plain, strong, x1-s.x0, 0)
		s.putMarked(title, s.x0, s.y, image.Rect(s.x0, s.y, x1, s.y+title.para.Height))
		s.softly(title.para)
		if h.Snippet != "" && len(h.Title) == 0 {
			s.y += s.m.u(4)
			s.snippet(h, x1)
		}
		if meta != "" {
			s.y += s.m.u(4)
			sub := s.metaLine(meta, x1-s.x0)
			s.put(sub, s.x0, s.y, image.Rect(s.x0, s.y, x1, s.y+sub.Height))
			s.softly(sub)
		}
		s.gap(22)
		if least := s.m.touch(); s.y-top < least {
			s.y = top + least
		}
		if end != nil {
			s.put(end, s.x1-end.Width, top+(s.y-top-end.Height)/2, image.Rect(x1, top, s.x1, s.y))
		}
		s.touchable(image.Rect(s.x0-s.m.u(16), top, s.x1+s.m.u(16), s.y), ToNotice(n.ID), s.title(n), true)
		s.hair()
	})
}

// metaLine sets parts with dots between them on one line, without those in the
// middle that it has no room for; only in a narrow column it takes two.
func (s *sheet) metaLine(meta string, width int) *typeset.Para {
	st := s.small(s.pal.Secondary)
	parts := strings.Split(meta, " · ")
	for len(parts) > 2 && s.setter.Width(joinDots(parts...), st) > width {
		parts = slices.Delete(parts, len(parts)-2, len(parts)-1)
	}
	return s.setter.Clamp(joinDots(parts...), st, width, 2)
}

// snippet is the text around a match that is not in the title, after what the
// text is.
func (s *sheet) snippet(h search.Hit, x1 int) {
	text, marks := h.Snippet, h.Marks
	if h.Where != "" {
		lead := h.Where + "："
		if s.w.en {
			lead = h.Where + ": "
		}
		text = lead + text
		by := len([]rune(lead))
		marks = make([]search.Span, len(h.Marks))
		for i, m := range h.Marks {
			marks[i] = search.Span{From: m.From + by, To: m.To + by}
		}
	}
	line := s.markedIn(text, marks, s.small(s.pal.Ink), s.smallBold(s.pal.Government), x1-s.x0, 2)
	s.putMarked(line, s.x0, s.y, image.Rect(s.x0, s.y, x1, s.y+line.para.Height))
	s.softly(line.para)
}

// softly moves below a paragraph of a row and lets the page end between its
// lines where the whole row is higher than the page.
func (s *sheet) softly(p *typeset.Para) {
	for _, l := range p.Lines {
		s.breakAt(s.y + l.Top)
	}
	s.y += p.Height
	s.breakAt(s.y)
}

// hitMeta is the line below a title and the word at the row's end: what tells
// one result from the next.
func (s *sheet) hitMeta(n *playlist.Notice) (meta, note string) {
	day := s.w.day(n.Issued, s.now.Year())
	switch {
	case n.Guide != nil:
		fee, _, _ := strings.Cut(n.Guide.Fee, "（")
		return joinDots(n.Issuer, n.Guide.Place, n.Guide.Limit), fee
	case n.Fund != nil:
		return joinDots(n.Issuer, day), n.Fund.Total.String()
	case n.Announcement != nil && n.Announcement.Genre != "" && !s.w.en:
		return joinDots(n.Issuer, day), n.Announcement.Genre
	}
	return joinDots(n.Issuer, day), s.w.kind[n.Kind]
}

// nothingFound says what to try and who to ask.
func (s *sheet) nothingFound(t *Typing) {
	pad := padOf(t)
	s.gap(44)
	s.para(sprintf(s.w.typed.nonePrefer, typedKeys(pad, t.Keys)), s.lead(s.pal.Ink))
	s.gap(8)
	for i, tip := range s.w.typed.tips[pad] {
		s.numbered(i, 3, tip)
	}
	s.askPerson(s.w.typed.askPerson)
	s.gap(32)
	s.buttonRow([]wayOut{{s.w.typed.toSections, string(DoHome), false}, {s.w.typed.toOpinion, string(DoOpinion), false}})
}

// askPerson is the number to call, large.
func (s *sheet) askPerson(label string) {
	if s.settings.Hotline == "" {
		return
	}
	s.keep(func() {
		s.gap(32)
		s.para(label, s.body(s.pal.Secondary))
		s.para(s.settings.Hotline, s.style(typeset.Bold, s.m.u(sizeTitle), 1.3, s.pal.Ink))
	})
}

// wayOut is a button that leads on from a page.
type wayOut struct {
	label, action string
	strong        bool // filled with the accent
}

// buttonRow is a row of buttons, or a column where they would be too narrow for
// their words.
func (s *sheet) buttonRow(all []wayOut) {
	gap := max(s.m.u(20), s.keyGap())
	pad := s.m.u(24)
	across := len(all)
	for _, b := range all {
		if s.set2(b.label, s.bodyBold(s.pal.Ink)).Width+2*pad > (s.width()-gap*(len(all)-1))/len(all) {
			across = 1
		}
	}
	wide := (s.width() - gap*(across-1)) / across
	for i := 0; i < len(all); i += across {
		s.keep(func() {
			high := max(s.m.u(104), s.m.touch())
			paras := make([]*typeset.Para, across)
			for j := range across {
				col := s.pal.Ink
				if all[i+j].strong {
					col = s.pal.OnAccent
				}
				st := s.bodyBold(col)
				st.Align = typeset.Centre
				paras[j] = s.short(all[i+j].label, st, wide-2*pad)
				high = max(high, paras[j].Height+s.m.u(32))
			}
			for j, p := range paras {
				b := all[i+j]
				r := image.Rect(s.x0+j*(wide+gap), s.y, s.x0+j*(wide+gap)+wide, s.y+high)
				if b.strong {
					if !s.dry {
						s.c.Round(r, s.m.u(16), s.pal.Government)
					}
				} else {
					s.card(r, b.action)
				}
				s.put(p, r.Min.X+pad, r.Min.Y+(high-p.Height)/2, r)
				s.touchable(r, b.action, b.label, b.strong)
			}
			s.y += high
		})
		if i+across < len(all) {
			s.y += gap
		}
	}
}
