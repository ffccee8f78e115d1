package page

import (
	"image"
	"slices"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
)

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
		total := itoa(g.Total)
		if g.More {
			total += "+"
		}
		s.para(s.groupName(g)+" "+total, s.smallBold(s.pal.Secondary))
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
	if len(parts) == 2 && s.setter.Width(joinDots(parts...), st) > width {
		return s.setter.Clamp(parts[0]+"\n"+parts[1], st, width, 3)
	}
	return s.setter.Clamp(joinDots(parts...), st, width, 2)
}

// snippet is the text around a match that is not in the title, after what the
// text is.
func (s *sheet) snippet(h search.Hit, x1 int) {
	text, marks := h.Snippet, h.Marks
	if h.Where != "" {
		lead := h.Where + "："
		if name := s.w.typed.where[h.Where]; name != "" {
			lead = name + ":\u00a0" // a plain one would be lost before a mark
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
		// What comes after the first clause stands on the guide's own page.
		fee := n.Guide.Fee
		if i := strings.IndexAny(fee, "（；，。"); i > 0 {
			fee = fee[:i]
		}
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
