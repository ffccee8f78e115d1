package page

import (
	"image"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// announcement is a page of the gazette: title, who and when, text, signature.
func (x *ctx) announcement(n *playlist.Notice) content {
	a := n.Announcement
	genre := a.Genre
	if genre == "" || x.w.en {
		genre = x.w.kind[n.Kind]
	}
	head := func(s *sheet) {
		s.pageTitle(joinDots(genre, x.columnOf(n)), x.field(n), x.title(n), "")
		s.y -= x.m.u(18)
		s.metaLines(n)
		s.rule()
		s.postingPanel(n)
		if n.Summary != "" {
			s.inShort(n.Summary, x.field(n))
		}
		s.counterpart(n)
	}
	body := func(s *sheet) {
		s.gap(36)
		for i := range a.Blocks {
			s.block(n, &a.Blocks[i], i > 0)
		}
		s.signature(n)
		s.hotlineLine(n)
		s.thumbnails(n, playlist.Scan, x.w.read.scans)
		s.related(n)
	}
	return content{head: head, body: body, acts: x.acts(n)}
}

// columnOf names the column in which a notice is filed.
func (x *ctx) columnOf(n *playlist.Notice) string {
	if c, ok := x.lib.Column(n.Column); ok {
		return x.columnName(c)
	}
	return ""
}

// metaLines are issuer, date, document number and index number.
func (s *sheet) metaLines(n *playlist.Notice) {
	st := s.small(s.pal.Secondary)
	index := ""
	if n.Index != "" {
		index = sprintf(s.w.index, n.Index)
	}
	if s.m.squat() {
		s.paraParts(st, n.Issuer, sprintf(s.w.issued, s.w.fullDay(n.Issued)), n.Document, index)
		s.gap(14)
		return
	}
	s.paraParts(st, n.Issuer, sprintf(s.w.issued, s.w.fullDay(n.Issued)))
	s.paraParts(st, n.Document, index)
	s.gap(26)
}

// paraParts sets parts with dots between them, on as many lines as keep every
// part whole.
func (s *sheet) paraParts(st typeset.Style, parts ...string) {
	line := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if next := joinDots(line, p); line == "" || s.setter.Width(next, st) <= s.width() {
			line = next
			continue
		}
		s.para(line, st)
		line = p
	}
	if line != "" {
		s.para(line, st)
	}
}

// inShort is the summary in plain words, beside a bar of the accent.
func (s *sheet) inShort(text string, f playlist.Field) {
	strong, _ := s.accent(f)
	s.gap(32)
	s.keep(func() {
		top := s.y
		x0 := s.x0 + s.m.u(36)
		s.paraIn(x0, s.x1, s.w.inShort, s.smallBold(strong))
		s.y += s.m.u(4)
		s.paraIn(x0, s.x1, text, s.bodyBold(s.pal.Ink))
		s.fill(image.Rect(s.x0, top+s.m.u(6), s.x0+s.m.u(12), s.y-s.m.u(4)), strong)
	})
	s.gap(16)
}

// block is one paragraph of an announcement.
func (s *sheet) block(n *playlist.Notice, b *playlist.Block, follows bool) {
	// Running text has wider lines than labels: it is read, not glanced at.
	st := s.style(typeset.Sans, s.m.t(sizeBody), 1.65, s.pal.Ink)
	st.Align = typeset.Justify
	switch b.Kind {
	case playlist.Heading:
		if follows {
			s.gap(20)
		}
		st.Role, st.Align, st.Indent = typeset.Bold, typeset.Start, 2
		// A heading stays with what it heads.
		s.held++
		s.para(b.Text, st)
		s.held--
		s.gap(4)
	case playlist.ListItem:
		em := s.m.t(sizeBody)
		dot := s.m.u(10)
		y := s.y
		p := s.paraIn(s.x0+2*em, s.x1, b.Text, st)
		if !s.dry {
			s.c.Disc(image.Pt(s.x0+em+(em-dot)/2, y+p.Baseline()-em*4/10-dot/2), dot, s.pal.Ink)
		}
		s.gap(6)
	case playlist.Salutation:
		s.held++
		s.para(b.Text, st)
		s.held--
		s.gap(10)
	case playlist.TableBlock:
		s.textTable(b)
	case playlist.Image:
		if b.Picture >= 0 && b.Picture < len(n.Pictures) {
			s.picture(n, b.Picture, b.Text, s.m.u(760))
		}
	default:
		st.Indent = 2
		s.para(b.Text, st)
		s.gap(10)
	}
}

// picture stands alone over the width with its caption below; a touch enlarges
// it.
func (s *sheet) picture(n *playlist.Notice, at int, caption string, most int) {
	p, action := n.Pictures[at], enlarge(at)
	if caption == "" {
		caption = p.Caption
	}
	if s.paper {
		most = min(most, s.m.u(480))
	}
	// A picture and its caption stand on one page.
	most = min(most, s.m.page()-3*s.m.t(sizeSmall)-s.m.u(80))
	s.keep(func() {
		s.gap(20)
		box := image.Pt(s.width(), most)
		size := box
		if len(p.Renditions) > 0 {
			size = scene.Contain(image.Pt(p.Renditions[0].Width, p.Renditions[0].Height), box)
		}
		corner := image.Pt(s.x0+(s.width()-size.X)/2, s.y)
		r := image.Rectangle{Min: corner, Max: corner.Add(size)}
		if !s.dry && r.Add(s.shift).Overlaps(s.clip) {
			if b := s.bitmap(p, box); b != nil {
				s.c.Image(b, corner)
			} else {
				s.fill(r, s.pal.Hairline)
			}
			s.c.Outline(r, 0, s.weight(1), s.pal.Hairline)
			s.enlarger(r, action)
		}
		s.y += size.Y
		if caption != "" {
			s.gap(12)
			st := s.small(s.pal.Secondary)
			st.Align, st.Balance = typeset.Centre, true
			s.para(caption, st)
		}
		s.gap(20)
	})
}

// enlarger says in a picture's corner that a touch enlarges it.
func (s *sheet) enlarger(r image.Rectangle, action string) {
	if s.paper || s.v.Kind != NoticePage || min(r.Dx(), r.Dy()) < s.m.touch() {
		return
	}
	size, pad := s.m.u(40), s.m.u(12)
	box := image.Rect(r.Max.X-size-2*pad, r.Max.Y-size-2*pad, r.Max.X, r.Max.Y)
	s.c.Fill(box, s.pal.Card)
	s.c.Icon(scene.IconPlus, box.Min.Add(image.Pt(pad, pad)), size, s.pal.Government)
	s.touchable(r, action, s.w.read.zoomIn, true)
}

// signature is the 落款: issuer over date, at the right, centred on one another
// as official documents do.
func (s *sheet) signature(n *playlist.Notice) {
	who := n.Issuer
	if n.Announcement.Sign != "" {
		who = n.Announcement.Sign
	}
	s.keep(func() {
		s.gap(28)
		st := s.style(typeset.Sans, s.m.t(sizeBody), 1.65, s.pal.Ink)
		a, d := s.set(who, st, s.width()*3/4), s.set2(n.Issued.Chinese(), st)
		wide := max(a.Width, d.Width)
		right := s.x1 - 2*s.m.t(sizeBody)
		if wide > right-s.x0 {
			right = s.x1
		}
		for _, p := range []*typeset.Para{a, d} {
			x := right - wide + (wide-p.Width)/2
			s.put(p, x, s.y, image.Rect(s.x0, s.y, s.x1, s.y+p.Height))
			s.y += p.Height
		}
	})
}

// related are the notices that belong to this one, such as a policy and its
// explanation.
func (s *sheet) related(n *playlist.Notice) {
	links := s.lib.Links(n, s.moment)
	if len(links) == 0 || s.paper {
		return
	}
	s.heading(s.w.links)
	for _, l := range links {
		s.entryRow(l)
	}
}

// hotlineLine says whom to call about the notice.
func (s *sheet) hotlineLine(n *playlist.Notice) {
	line := n.Hotline
	if line == "" {
		line = s.settings.Hotline
	}
	if line == "" {
		return
	}
	s.keep(func() {
		if s.y != s.hairAt {
			s.gap(36)
			s.hair()
		}
		s.gap(18)
		s.para(sprintf(s.w.hotline, line), s.small(s.pal.Secondary))
	})
}

// postingPanel says how far the posting period is and how to object.
func (s *sheet) postingPanel(n *playlist.Notice) {
	if n.Posting == nil {
		return
	}
	state, ok := s.lib.Posting(n, s.moment)
	if !ok {
		return
	}
	inner := s.m.u(28)
	if s.m.landscape() {
		// The head's column has less height: the panel shares it with the row of
		// actions under it.
		inner = s.m.u(18)
		s.gap(-12)
	}
	s.gap(32)
	s.keep(func() {
		top := s.y
		pad := s.m.u(34)
		x0, x1 := s.x0+pad, s.x1-pad
		text := s.w.dayLine(max(state.Day, 1), state.Of, state.Working)
		switch {
		case state.Over:
			text = s.w.postingOver
		case state.Day == 0:
			text = sprintf(s.w.postingFrom, s.w.day(state.From, s.now.Year()))
		}
		span := joinSpan(s.w, state, s.now.Year())
		lay := func(s *sheet) {
			s.y = top + inner
			head := s.set(text, s.smallBold(s.pal.Ink), x1-x0)
			dates := s.set(span, s.small(s.pal.Ink), x1-x0)
			if state.Day > 0 && !state.Over && head.Width+dates.Width+s.m.u(24) > x1-x0 {
				// The short form leaves the dates room on the line.
				head = s.set(s.w.dayCount(state.Day, state.Of, state.Working), s.smallBold(s.pal.Ink), x1-x0)
			}
			s.put(head, x0, s.y, image.Rect(x0, s.y, x1, s.y+head.Height))
			if head.Width+dates.Width+s.m.u(24) > x1-x0 {
				s.y += head.Height
				s.put(dates, x0, s.y, image.Rect(x0, s.y, x1, s.y+dates.Height))
			} else {
				s.put(dates, x1-dates.Width, s.y, image.Rect(x0, s.y, x1, s.y+dates.Height))
			}
			s.y += dates.Height + s.m.u(14)
			edge := s.pal.MoneyEdge
			if !s.v.HighContrast {
				edge = scene.Mix(s.pal.MoneyTint, s.pal.MoneyEdge, 128)
			}
			if state.Day > 0 {
				s.progress(x0, x1, s.y, s.m.u(14), state, s.pal.Money, edge)
				s.y += s.m.u(14)
			}
			if obj := strings.TrimSpace(n.Posting.Objection); obj != "" {
				s.y += s.m.u(16)
				s.paraIn(x0, x1, obj, s.small(s.pal.Ink))
			}
			s.y += inner
		}
		probe := s.spare()
		lay(probe)
		if !s.dry {
			r := image.Rect(s.x0, top, s.x1, probe.y)
			s.c.Round(r, s.m.u(16), s.pal.MoneyTint)
			s.c.Outline(r, s.m.u(16), s.weight(s.pal.Hair), s.pal.MoneyEdge)
		}
		lay(s)
	})
}

// joinSpan is the first and last day of a posting period.
func joinSpan(w *words, st playlist.PostingState, year int) string {
	if w.en {
		return w.day(st.From, year) + " to " + w.day(st.Until, year)
	}
	return w.day(st.From, year) + " 至 " + w.day(st.Until, year)
}
