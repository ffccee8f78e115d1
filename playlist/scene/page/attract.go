package page

import (
	"image"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// attract draws one slide of the loop: one notice, set to be read from three
// metres, and everywhere the invitation to touch.
func (x *ctx) attract() {
	var n *playlist.Notice
	if x.lib != nil {
		n, _, _, _ = x.lib.Notice(x.v.Notice, x.moment)
	}
	if n == nil {
		x.fallback()
		return
	}
	y0 := x.header()
	y1 := x.invitation()
	x.info.Page = image.Rect(0, x.m.header, x.m.w, y1)
	// Airy if that fits, else closer; in the end the title alone says what it
	// is about.
	if n.Alert != nil {
		y0 = x.alertBand(n, y0)
	}
	con := x.slide(n, 100)
	airs := []int{75, 50, 30, 10}
	if n.Roster != nil {
		airs = append(airs, 0) // its lines side by side
	}
	for _, air := range airs {
		if x.filled(con, y0, y1) {
			x.watermark(y0, y1)
			return
		}
		con = x.slide(n, air)
	}
	if !x.filled(con, y0, y1) {
		x.filled(content{head: con.head, body: func(*sheet) {}, share: con.share}, y0, y1)
	}
	x.watermark(y0, y1)
}

// invitation is the foot of a slide: the place in the loop and what to do.
func (x *ctx) invitation() int {
	s := x.fixed()
	m := x.m
	top := m.h - m.bar
	s.fill(image.Rect(0, top, m.w, m.h), x.pal.Card)
	s.line(0, m.w, top, x.pal.Hair, x.pal.Hairline)
	s.touchable(image.Rect(0, 0, m.w, m.h), string(DoStart), x.w.start, false)
	x1 := m.w
	if row, _ := LowFrom(x.settings.Screen.Panel); row > 0 {
		x1 = x.lowStart(s, top)
	}
	size := m.u(56)
	p := x.setter.Line(x.w.start, x.plain(typeset.Bold, sizeLead, x.pal.Ink))
	left := max((m.w-size-m.u(24)-p.Width)/2, 0)
	if x1 < m.w && !m.landscape() {
		left = s.x0 // the two ways in hang on the page's two lines
	}
	s.icon(scene.IconHand, left, top+(m.bar-size)/2, size, x.pal.Government)
	s.put(p, left+size+m.u(24), top+(m.bar-p.Height)/2, image.Rect(0, top, m.w, m.h))
	if x.v.Slides < 2 {
		return top
	}
	return x.places(s, top)
}

// lowStart is the way in for who sits in a wheelchair, at the panel's lower edge
// (DOMAIN U03). It returns where it begins.
func (x *ctx) lowStart(s *sheet, top int) int {
	m := x.m
	text, st := x.w.frame.lowStart, x.plain(typeset.Bold, sizeBody, x.pal.Ink)
	size := m.u(52)
	wide := m.u(28+14+28) + size + x.setter.Width(text, st)
	high := max(m.touch(), m.bar-m.u(48))
	y := top + (m.bar-high)/2
	r := image.Rect(s.x1-wide, y, s.x1, y+high)
	s.choice(r, string(DoLow), text, false)
	p := s.set2(text, st)
	left := r.Min.X + m.u(28)
	s.icon(scene.IconChair, left, y+(high-size)/2, size, st.Color)
	s.put(p, left+size+m.u(14), y+(high-p.Height)/2, r)
	return r.Min.X
}

// places shows which slide of how many this is.
func (x *ctx) places(s *sheet, top int) int {
	m := x.m
	high := m.u(64)
	if x.v.Slides > 16 {
		p := x.setter.Line(itoa(x.v.Slide+1)+" / "+itoa(x.v.Slides), x.plain(typeset.Sans, sizeSmall, x.pal.Secondary))
		s.put(p, (m.w-p.Width)/2, top-high+(high-p.Height)/2, image.Rect(0, top-high, m.w, top))
		return top - high
	}
	w, thick, gap := m.u(40), m.u(6), m.u(12)
	left := (m.w - x.v.Slides*w - (x.v.Slides-1)*gap) / 2
	for i := range x.v.Slides {
		col := x.pal.Hairline
		if i == x.v.Slide%x.v.Slides {
			col = x.pal.Ink
		}
		r := image.Rect(left+i*(w+gap), top-high/2-thick/2, left+i*(w+gap)+w, top-high/2+thick-thick/2)
		s.c.Round(r, thick/2, col)
	}
	return top - high
}

// slide is the content of one slide by kind.
func (x *ctx) slide(n *playlist.Notice, air int) content {
	kicker := joinDots(x.w.kind[n.Kind], x.columnOf(n))
	if n.Announcement != nil && n.Announcement.Genre != "" && !x.w.en {
		kicker = joinDots(n.Announcement.Genre, x.columnOf(n))
	}
	strong, _ := x.accent(x.field(n))
	head := func(s *sheet) {
		s.air = air
		squat := x.m.squat()
		if n.Alert == nil {
			s.gap(72)
			if squat {
				s.gap(-48)
			}
			s.para(kicker, x.bodyBold(strong))
			s.gap(16)
			if squat {
				s.gap(-12)
			}
		}
		most, least := sizeFigure, sizeTitle
		if squat {
			most, least = sizeTitle, sizeLead // its height is for what it says
		}
		st := x.style(typeset.Serif, x.m.u(most), 1.3, x.pal.Ink)
		st.Balance = true
		text := x.title(n)
		if n.Alert != nil {
			s.breathe(48)
			if !n.Alert.Lifted {
				text, st.Role = n.Alert.Action, typeset.Bold
			}
		}
		p := x.setter.Fit(text, st, s.width(), 4, x.m.u(least))
		s.put(p, s.x0, s.y, image.Rect(s.x0, s.y, s.x1, s.y+p.Height))
		s.y += p.Height
		if squat {
			s.gap(8)
			s.para(joinDots(n.Issuer, x.w.day(n.Issued, x.now.Year())), x.small(x.pal.Secondary))
			s.gap(14)
		} else {
			s.gap(24)
			s.para(joinDots(n.Issuer, x.w.day(n.Issued, x.now.Year())), x.body(x.pal.Secondary))
			s.gap(36)
		}
		s.rule()
		if x.m.landscape() && n.Alert == nil {
			s.slideMore(n)
		}
	}
	body := func(s *sheet) {
		s.air = air
		if x.m.landscape() {
			s.gap(60)
		}
		switch {
		case n.Fund != nil:
			s.slideFund(n)
		case n.Guide != nil:
			s.slideGuide(n.Guide)
		case n.Roster != nil:
			s.slideRoster(n.Roster)
		case n.Media != nil && len(n.Pictures) > 0:
			s.breathe(32)
			s.picture(n, 0, "", s.high-s.y-x.m.u(100+50*air/100))
		case n.Alert != nil:
			s.slideLine(x.w.area, n.Alert.Area)
			s.slideLine(x.w.since, x.w.instant(n.Alert.Start.In(x.now.Location()), x.now.Year()))
		default:
			s.slideText(n)
		}
		if !x.m.landscape() && n.Alert == nil {
			s.slideMore(n)
		}
	}
	return content{head: head, body: body, fill: true, share: 48}
}

func (s *sheet) slideFund(n *playlist.Notice) {
	f := n.Fund
	name, mine, ok := s.mine(f)
	amounts, widths := []playlist.Amount{f.Total}, []int{s.width()}
	if ok {
		amounts, widths = append(amounts, mine), append(widths, s.width())
	}
	big := s.figureSize(sizeFigure*(70+s.air)/100, amounts, widths)
	cell := func(label string, a playlist.Amount, col colour) {
		if s.m.squat() {
			s.squatAmount(label, a, col)
			return
		}
		s.breathe(40)
		s.para(label, s.body(s.pal.Secondary))
		s.y = s.figure(s.x0, s.x1, s.y, a, big, col)
		s.breathe(36)
		s.hair()
	}
	cell(joinDots(f.Period, s.w.total), f.Total, s.pal.Ink)
	if ok {
		cell(name, mine, s.pal.Government)
	} else if f.Purpose != "" {
		s.slideLine(s.w.purpose, f.Purpose)
	}
	s.slidePosting(n)
}

func (s *sheet) slideGuide(g *playlist.Guide) {
	s.slideLine(s.w.howLong, g.Limit)
	s.slideLine(s.w.fee, g.Fee)
	s.slideLine(s.w.where, g.Place)
	s.slideLine(s.w.who, g.Phone)
}

// slideLine is a question over its answer.
func (s *sheet) slideLine(label, text string) {
	if text == "" {
		return
	}
	if s.m.squat() {
		s.squatLine(label, text)
		return
	}
	s.breathe(44)
	s.para(label, s.body(s.pal.Secondary))
	st := s.style(typeset.Bold, s.m.u(sizeTitle), 1.3, s.pal.Ink)
	if s.setter.Width(text, st) > 2*s.width() {
		st.Size, st.Leading = s.m.u(sizeLead), s.m.u(sizeLead*135/100)
	}
	s.place(s.short(text, st, s.width()))
	s.breathe(44)
	s.hair()
}

// squatWidth is the column of labels of a slide that has them beside what they
// say.
func (s *sheet) squatWidth() int { return s.width() * 30 / 100 }

// squatLine is a question beside its answer, where there is no height for one
// over the other.
func (s *sheet) squatLine(label, text string) {
	s.breathe(28)
	left := s.x0 + s.squatWidth()
	st := s.style(typeset.Bold, s.m.u(sizeLead), 1.35, s.pal.Ink)
	if s.setter.Width(text, st) > s.x1-left {
		st = s.bodyBold(s.pal.Ink)
	}
	p := s.short(text, st, s.x1-left)
	s.beginRow(label, p)
	s.put(p, left, s.y, image.Rect(left, s.y, s.x1, s.y+p.Height))
	s.y += p.Height
	s.breathe(28)
	s.hair()
}

// squatAmount is an exact amount beside what it is.
func (s *sheet) squatAmount(label string, a playlist.Amount, col colour) {
	s.breathe(28)
	left := s.x0 + s.squatWidth()
	digits, unit, _ := strings.Cut(s.w.written(a), " ")
	u := s.set2(unit, s.bodyBold(col))
	p := s.setter.Fit(digits, s.style(typeset.Bold, s.m.u(sizeTitle), 1.16, col), s.x1-left-u.Width-s.m.u(12), 1, s.m.u(sizeLead))
	s.beginRow(label, p)
	s.put(p, left, s.y, image.Rect(left, s.y, s.x1, s.y+p.Height))
	y := s.y + max(p.Baseline()-u.Baseline(), 0)
	s.put(u, left+p.Width+s.m.u(12), y, image.Rect(left, y, s.x1, y+u.Height))
	s.y += p.Height
	s.breathe(28)
	s.hair()
}

// beginRow puts a label on the first line of what stands beside it.
func (s *sheet) beginRow(label string, p *typeset.Para) {
	l := s.set(label, s.body(s.pal.Secondary), s.squatWidth()-s.m.u(16))
	y := s.y + max(p.Baseline()-l.Baseline(), 0)
	s.put(l, s.x0, y, image.Rect(s.x0, y, s.x0+s.squatWidth(), y+l.Height))
}

// slideText is the summary, or the beginning of the text up to the end of the
// last sentence that there is room for.
func (s *sheet) slideText(n *playlist.Notice) {
	text := n.Summary
	if text == "" && n.Announcement != nil {
		for _, b := range n.Announcement.Blocks {
			if b.Kind == playlist.Paragraph || b.Kind == playlist.ListItem {
				text = b.Text
				break
			}
		}
	}
	s.breathe(44)
	room := s.high - s.y - s.m.u(40)
	if n.Posting != nil {
		room -= s.m.u(160 + 90*s.air/100)
	}
	// As large as all of it fits in most of the room, and no larger than a title
	// but where there is little to say.
	st := s.style(typeset.Sans, s.m.u(sizeLead), 1.65, s.pal.Ink)
	for _, size := range []int{sizeTitle * 5 / 4, sizeTitle} {
		large := s.style(typeset.Sans, s.m.u(size), 1.55, s.pal.Ink)
		if s.set(text, large, s.width()).Height <= room*size/100 {
			st = large
			break
		}
	}
	if s.m.squat() && s.set(text, st, s.width()).Height > room {
		st = s.style(typeset.Sans, s.m.u(sizeBody), 1.5, s.pal.Ink)
	}
	whole := ""
	for _, sentence := range sentences(text) {
		if p := s.set(whole+sentence, st, s.width()); whole != "" && p.Height > room {
			break
		}
		whole += sentence
	}
	if whole != "" {
		s.para(whole, st)
	}
	s.slidePosting(n)
}

// maxAlso bounds what a slide tells besides its own notice.
const maxAlso = 4

// slideMore fills what a slide leaves free with what else is new here, this
// place's own first: a glance at the loop then says more than one thing.
func (s *sheet) slideMore(n *playlist.Notice) {
	var also []*playlist.Notice
	for _, o := range s.recent(maxAlso + 6) {
		if o.ID != n.ID && len(also) < maxAlso {
			also = append(also, o)
		}
	}
	for ; len(also) > 0; also = also[:len(also)-1] {
		probe := s.spare()
		probe.alsoNew(also)
		high := probe.y - s.y
		if top := s.high - s.m.u(24) - high; top >= s.y+s.m.u(44) {
			s.y = top
			s.alsoNew(also)
			return
		}
	}
}

// alsoNew is a list to be read from some way off.
func (s *sheet) alsoNew(list []*playlist.Notice) {
	s.para(s.w.frame.alsoNew, s.bodyBold(s.pal.Secondary))
	s.gap(14)
	s.hair()
	st := s.style(typeset.Sans, s.m.u(sizeLead), 1.35, s.pal.Ink)
	for _, o := range list {
		s.gap(18)
		strong, _ := s.accent(s.field(o))
		tag := s.set2(s.w.short[s.field(o)], s.bodyBold(strong))
		left := s.x0 + s.m.u(sizeBody*2+36)
		if s.w.en {
			left = s.x0 + s.m.u(sizeBody*4)
		}
		p := s.short(s.title(o), st, s.x1-left)
		s.put(p, left, s.y, image.Rect(left, s.y, s.x1, s.y+p.Height))
		s.put(tag, s.x0, s.y+p.Baseline()-tag.Baseline(), image.Rect(s.x0, s.y, left, s.y+tag.Height+s.m.u(8)))
		s.y += p.Height
		s.gap(18)
		s.hair()
	}
}

// breathe moves on by n design pixels as far as the slide has air.
func (s *sheet) breathe(n int) { s.gap(n * s.air / 100) }

// sentences splits text after every sentence's end.
func sentences(text string) []string {
	var out []string
	rest := text
	for rest != "" {
		i := strings.IndexAny(rest, "。！？；")
		if i < 0 {
			return append(out, rest)
		}
		end := i + len("。")
		for strings.HasPrefix(rest[end:], "”") || strings.HasPrefix(rest[end:], "）") {
			end += len("”")
		}
		out, rest = append(out, rest[:end]), rest[end:]
	}
	return out
}

// slidePosting is the posting period as a bar with its day, large.
func (s *sheet) slidePosting(n *playlist.Notice) {
	state, ok := s.lib.Posting(n, s.moment)
	if !ok || state.Over || state.Day == 0 {
		return
	}
	s.breathe(48)
	s.para(s.w.dayLine(state.Day, state.Of, state.Working), s.lead(s.pal.Ink))
	s.gap(18)
	s.progress(s.x0, s.x1, s.y, s.m.u(20), state, s.pal.Money, s.pal.Hairline)
	s.y += s.m.u(20)
	if s.m.squat() {
		return
	}
	s.gap(16)
	s.para(joinSpan(s.w, state, s.now.Year()), s.body(s.pal.Secondary))
}
