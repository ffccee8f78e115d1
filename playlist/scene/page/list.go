package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// listRow is one notice in a list. A posting period that runs shows its bar and
// its day; the tag says the domain in a word.
func (s *sheet) listRow(n *playlist.Notice, compact bool) {
	s.remembered(n, false, compact, func() { s.drawListRow(n, compact) })
}

func (s *sheet) drawListRow(n *playlist.Notice, compact bool) {
	action := ToNotice(n.ID)
	s.rows = append(s.rows, s.y)
	s.keep(func() {
		top := s.y
		strong, _ := s.accent(s.field(n))
		tagW := s.m.t(sizeSmall)*2 + s.m.u(44)
		if s.w.en {
			tagW = s.m.t(sizeSmall)*4 + s.m.u(24)
		}
		tag := s.set2(s.w.short[s.field(n)], s.smallBold(strong))
		state, posting := s.lib.Posting(n, s.moment)
		posting = posting && !state.Over && state.Day > 0 && !compact

		note := s.w.day(n.Issued, s.now.Year())
		if posting {
			note = s.w.dayCount(state.Day, state.Of, state.Working)
		}
		end := s.set2(note, s.small(s.pal.Secondary))
		s.gap(20)
		x0 := s.x0 + tagW
		x1 := s.x1 - end.Width - s.m.u(36)
		if s.m.large > 1 || x1-x0 < s.width()/3 {
			x1 = s.x1
		}
		p := s.short(s.title(n), s.body(s.pal.Ink), x1-x0)
		s.put(p, x0, s.y, image.Rect(x0, s.y, x1, s.y+p.Height))
		s.put(tag, s.x0, s.y+p.Baseline()-tag.Baseline(), image.Rect(s.x0, s.y, x0, s.y+p.Height))
		endY := s.y + p.Baseline() - end.Baseline()
		s.y += p.Height
		if x1 == s.x1 {
			s.y += s.m.u(4)
			endY = s.y
			s.y += end.Height
			if posting {
				// Bar and day share the line below the title.
				most := s.setter.Width(s.w.dayCount(8, 10, true), s.small(s.pal.Secondary))
				s.progress(x0, s.x1-max(end.Width, min(most, s.width()/2))-s.m.u(36), endY+end.Height/2-s.m.u(6), s.m.u(12), state, s.pal.Money, s.pal.Hairline)
			}
		} else if posting {
			s.y += s.m.u(8)
			// Bars of one list are equally long, whatever their days say.
			most := s.setter.Width(s.w.dayCount(8, 10, true), s.small(s.pal.Secondary))
			barTo := s.x1 - max(end.Width, most) - s.m.u(36)
			s.progress(x0, barTo, s.y, s.m.u(8), state, s.pal.Money, s.pal.Hairline)
			s.y += s.m.u(8)
			if len(p.Lines) == 1 {
				// Title and bar are one thing; the day stands at its middle.
				endY = top + s.m.u(20) + (s.y-top-s.m.u(20)-end.Height)/2
			}
		}
		s.put(end, s.x1-end.Width, endY, image.Rect(s.x0, top, s.x1, s.y))
		s.gap(20)
		if least := s.m.touch(); s.y-top < least {
			s.y = top + least
		}
		s.touchable(image.Rect(s.x0-s.m.u(16), top, s.x1+s.m.u(16), s.y), action, s.title(n), true)
		s.hair()
	})
}

// entryRow is one notice in a column's list: title, then who and when.
func (s *sheet) entryRow(n *playlist.Notice) {
	s.remembered(n, true, false, func() { s.drawEntryRow(n) })
}

func (s *sheet) drawEntryRow(n *playlist.Notice) {
	action := ToNotice(n.ID)
	s.rows = append(s.rows, s.y)
	s.keep(func() {
		top := s.y
		s.gap(24)
		state, posting := s.lib.Posting(n, s.moment)
		posting = posting && !state.Over && state.Day > 0
		metas, endText := []string{n.Issuer, s.w.day(n.Issued, s.now.Year())}, s.w.kind[n.Kind]
		endCol := s.pal.Secondary
		switch {
		case n.Guide != nil:
			metas, endText = []string{n.Issuer, n.Guide.Place}, n.Guide.Limit
		case posting:
			endText = s.w.dayCount(state.Day, state.Of, state.Working)
			endCol = s.pal.Money
		case n.Announcement != nil && n.Announcement.Genre != "" && !s.w.en:
			endText = n.Announcement.Genre
		}
		chevron := s.m.u(36)
		endStyle := s.small(endCol)
		endStyle.Align, endStyle.Balance = typeset.End, true
		end := s.setter.Clamp(endText, endStyle, s.width()/3, 2)
		x1 := s.x1 - chevron - s.m.u(12)
		titleTo := x1 - end.Width - s.m.u(32)
		if s.m.large > 1 {
			titleTo = x1
		}
		p := s.short(s.title(n), s.body(s.pal.Ink), titleTo-s.x0)
		s.put(p, s.x0, s.y, image.Rect(s.x0, s.y, titleTo, s.y+p.Height))
		s.y += p.Height + s.m.u(4)
		if s.m.large > 1 {
			metas = append([]string{endText}, metas...)
			end = nil
		}
		sub := s.setter.Clamp(s.wholeParts(s.small(s.pal.Secondary), titleTo-s.x0, metas...), s.small(s.pal.Secondary), titleTo-s.x0, 2)
		s.put(sub, s.x0, s.y, image.Rect(s.x0, s.y, titleTo, s.y+sub.Height))
		s.y += sub.Height
		if posting {
			s.y += s.m.u(10)
			most := s.setter.Width(s.w.dayCount(8, 10, true), s.small(s.pal.Secondary))
			barTo := min(titleTo, x1-most-s.m.u(32))
			s.progress(s.x0, barTo, s.y, s.m.u(8), state, s.pal.Money, s.pal.Hairline)
			s.y += s.m.u(8)
		}
		s.gap(24)
		mid := top + (s.y-top)/2
		if end != nil {
			s.put(end, x1-s.width()/3, mid-end.Height/2, image.Rect(titleTo, top, x1, s.y))
		}
		s.icon(scene.IconRight, s.x1-chevron+s.m.u(8), mid-chevron/2, chevron, s.pal.Secondary)
		s.touchable(image.Rect(s.x0-s.m.u(16), top, s.x1+s.m.u(16), s.y), action, s.title(n), true)
		s.hair()
	})
}

// wholeParts joins parts with dots; where they take two lines, the line breaks
// between two parts, if that keeps them within two.
func (s *sheet) wholeParts(st typeset.Style, width int, parts ...string) string {
	all := joinDots(parts...)
	if s.setter.Width(all, st) <= width {
		return all
	}
	for cut := len(parts) - 1; cut > 0; cut-- {
		first, second := joinDots(parts[:cut]...), joinDots(parts[cut:]...)
		if first != "" && second != "" && s.setter.Width(first, st) <= width && s.setter.Width(second, st) <= width {
			return first + "\n" + second
		}
	}
	return all
}

// progress draws how much of a posting period has passed.
func (s *sheet) progress(x0, x1, y, thick int, st playlist.PostingState, done, ground colour) {
	if s.dry || x1 <= x0 {
		return
	}
	r := image.Rect(x0, y, x1, y+thick)
	if s.v.HighContrast {
		ground = s.pal.Paper
	}
	s.c.Round(r, thick/2, ground)
	part := x0 + (x1-x0)*min(st.Day, st.Of)/max(st.Of, 1)
	if part-x0 < thick {
		part = x0 + thick
	}
	r.Max.X = part
	s.c.Round(r, thick/2, done)
	if s.v.HighContrast {
		s.c.Outline(image.Rect(x0, y, x1, y+thick), thick/2, s.weight(2), s.pal.Ink)
	}
}

// pageTitle is the head of every page: a line in the accent that says where one
// is, the serif title, and a line about it.
func (s *sheet) pageTitle(kicker string, field playlist.Field, title, line string) {
	strong, _ := s.accent(field)
	switch {
	case s.m.squat() && s.v.Kind == NoticePage:
		s.gap(20)
	case s.m.landscape():
		s.gap(30)
	default:
		s.gap(44)
	}
	if kicker != "" {
		s.para(kicker, s.smallBold(strong))
		s.gap(8)
	}
	s.titlePara(title)
	if line != "" {
		s.gap(10)
		s.para(line, s.small(s.pal.Secondary))
	}
	if s.m.squat() {
		s.gap(18)
		return
	}
	s.gap(28)
}

// titlePara sets a page's title: on one line if it takes little less than its
// size for that, else on lines of about equal length.
func (s *sheet) titlePara(title string) {
	st := s.serif(sizeTitle, s.pal.Ink)
	if s.m.landscape() {
		st = s.serif(sizeTitle*7/8, s.pal.Ink)
	}
	if s.m.squat() {
		st = s.serif(sizeLead, s.pal.Ink) // the answer below it must be seen at once
	}
	least := st.Size * 7 / 8
	if s.m.landscape() {
		least = s.serif(sizeLead, s.pal.Ink).Size
	}
	if p := s.setter.Fit(title, st, s.width(), 1, least); len(p.Lines) == 1 && p.Width <= s.width() {
		st = p.Style
	}
	s.place(s.short(title, st, s.width()))
}

// entries is the list of a column, or a word about why there is none.
func (x *ctx) entries(s *sheet, list []*playlist.Notice, total int) {
	if x.m.landscape() {
		s.gap(24)
	}
	if len(list) == 0 {
		s.gap(60)
		s.para(x.w.nothing, x.style(typeset.Bold, x.m.title(sizeLead), 1.4, x.pal.Ink))
		if x.settings.Hotline != "" {
			s.gap(12)
			s.para(sprintf(x.w.nothingHint, x.settings.Hotline), x.body(x.pal.Secondary))
		}
		return
	}
	for _, n := range list {
		s.entryRow(n)
	}
	if total > len(list) {
		s.gap(36)
		s.place(s.short(sprintf(x.w.older, len(list)), s.body(s.pal.Ink), s.width()))
		s.gap(20)
		s.buttonRow([]wayOut{{x.w.olderSearch, string(DoSearch), true}})
	}
}

// longList is how many entries a list has at most: nobody scrolls further, and a
// page is laid out anew for every frame of a scroll.
const longList = 200

// newest are the first of what a query finds, and how many there are in all.
func (x *ctx) newest(q playlist.Query) (list []*playlist.Notice, total int) {
	total = x.lib.Count(q, x.moment)
	q.Limit = longList
	return x.lib.List(q, x.moment), total
}

func (x *ctx) postings() content {
	list := x.lib.Postings(x.moment)
	return x.plainList(x.w.posting, playlist.Money, list, len(list))
}

func (x *ctx) latest() content {
	list, total := x.newest(playlist.Query{})
	return x.plainList(x.w.latest, playlist.Government, list, total)
}

func (x *ctx) plainList(title string, f playlist.Field, list []*playlist.Notice, total int) content {
	return content{
		head: func(s *sheet) {
			s.pageTitle(x.siteName(), f, title, sprintf(x.w.items, total))
			s.rule()
		},
		body:   func(s *sheet) { x.entries(s, list, total) },
		counts: x.w.moreItems,
	}
}
