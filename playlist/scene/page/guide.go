package page

import (
	"image"
	"strings"

	"mingbai/playlist"
)

// guide answers first: how long, how much, where, whom to ask. Then what to
// bring, how it goes, and on what basis.
func (x *ctx) guide(n *playlist.Notice) content {
	g := n.Guide
	head := func(s *sheet) {
		s.pageTitle(joinDots(x.w.kind[n.Kind], x.columnOf(n)), x.field(n), x.title(n), g.Who)
		s.rule()
		s.facts(g)
	}
	body := func(s *sheet) {
		s.materials(g)
		s.steps(n)
		s.thumbnails(n, playlist.Sample, x.w.read.samples)
		s.points(x.w.conditions, g.Conditions)
		s.points(x.w.tips, g.Tips)
		s.supervision(n)
		s.thumbnails(n, playlist.Scan, x.w.read.scans)
	}
	return content{head: head, body: body, share: 42, acts: x.acts(n)}
}

// fact is a question that the guide answers at once.
type fact struct{ label, value, note string }

func (s *sheet) facts(g *playlist.Guide) {
	legal, complaint := "", ""
	if g.LegalLimit != "" {
		legal = sprintf(s.w.legal, g.LegalLimit)
	}
	if g.Complaint != "" {
		complaint = sprintf(s.w.complaint, g.Complaint)
	}
	all := []fact{
		{s.w.howLong, g.Limit, legal},
		{s.w.fee, g.Fee, ""},
		{s.w.where, g.Place, g.Hours},
		{s.w.who, g.Phone, complaint},
	}
	across := 2
	if s.m.large > 1.4 || s.width() < s.m.u(600) {
		across = 1
	}
	if s.m.flat && s.closeFacts(all, across) {
		return
	}
	s.factGrid(all, across)
}

// closeFacts sets the answers in one line each where the column beside the text
// has no height for more; false where it has. What they leave out stands under
// the basis.
func (s *sheet) closeFacts(all []fact, across int) bool {
	if s.gridFits(all, across) {
		return false
	}
	air := 14
	if s.m.squat() {
		air = 6 // all four on the first screen
	}
	for _, f := range all {
		s.keep(func() {
			s.gap(air)
			y := s.y
			w := s.labelWidth()
			p := s.text(s.x0+w, s.x1, y, f.value, s.bodyBold(s.pal.Ink))
			l := s.set(f.label, s.small(s.pal.Secondary), w-s.m.u(16))
			s.put(l, s.x0, y+max(p.Baseline()-l.Baseline(), 0), image.Rect(s.x0, y, s.x0+w, y+l.Height+p.Height))
			s.y = y + max(p.Height, l.Height)
			s.gap(air)
			s.hair()
		})
	}
	return true
}

// gridFits says whether the answers fit the head's column as a grid.
func (s *sheet) gridFits(all []fact, across int) bool {
	probe := s.spare()
	probe.factGrid(all, across)
	return probe.y <= s.m.h-s.m.header-s.m.bar-s.m.actsHigh()
}

func (s *sheet) factGrid(all []fact, across int) {
	gutter := s.m.u(38)
	half := s.width() / across
	for i := 0; i < len(all); i += across {
		s.keep(func() {
			top := s.y
			var bottom int
			for j := 0; j < across && i+j < len(all); j++ {
				x0 := s.x0 + j*half
				if j > 0 {
					x0 += gutter
				}
				x1 := s.x0 + (j+1)*half - gutter/2
				if j == across-1 {
					x1 = s.x1
				}
				bottom = max(bottom, s.fact(x0, x1, top, all[i+j]))
			}
			s.y = bottom
			if across == 2 {
				if !s.dry {
					s.c.VLine(s.x0+half, top, bottom, s.weight(s.pal.Hair), s.pal.Hairline)
				}
			}
			s.hair()
		})
	}
}

// fact draws one answer from y on and returns its foot.
func (s *sheet) fact(x0, x1, y int, f fact) int {
	y += s.m.u(28)
	p := s.text(x0, x1, y, f.label, s.small(s.pal.Secondary))
	y += p.Height + s.m.u(2)
	st := s.lead(s.pal.Ink)
	if s.setter.Line(f.value, st).Width > (x1-x0)*2 {
		st = s.bodyBold(s.pal.Ink)
	}
	p = s.short(f.value, st, x1-x0)
	s.put(p, x0, y, image.Rect(x0, y, x1, y+p.Height))
	y += p.Height
	if f.note != "" {
		y += s.m.u(4)
		p = s.text(x0, x1, y, f.note, s.small(s.pal.Secondary))
		y += p.Height
	}
	return y + s.m.u(28)
}

func (s *sheet) materials(g *playlist.Guide) {
	if len(g.Materials) == 0 {
		s.heading(s.w.bringNone)
		return
	}
	s.heading(sprintf(s.w.bring, len(g.Materials)))
	box := s.m.u(42)
	for _, m := range g.Materials {
		s.rows = append(s.rows, s.y)
		s.keep(func() {
			top := s.y
			s.gap(22)
			var parts []string
			if m.Originals > 0 {
				parts = append(parts, sprintf(s.w.original, m.Originals))
			}
			if m.Copies > 0 {
				parts = append(parts, sprintf(s.w.copies, m.Copies))
			}
			end := s.set2(joinDots(parts...), s.small(s.pal.Secondary))
			x0 := s.x0 + box + s.m.u(24)
			x1 := s.x1 - end.Width - s.m.u(32)
			if x1-x0 < s.width()/3 {
				x1 = s.x1
			}
			p := s.text(x0, x1, s.y, m.Name, s.body(s.pal.Ink))
			s.y += p.Height
			note := m.Note
			if m.Optional && note == "" {
				note = s.w.optional
			}
			if x1 == s.x1 && end.Width > 0 {
				s.put(end, x0, s.y, image.Rect(x0, s.y, x1, s.y+end.Height))
				s.y += end.Height
			}
			if note != "" {
				s.y += s.m.u(2)
				q := s.text(x0, x1, s.y, note, s.small(s.pal.Secondary))
				s.y += q.Height
			}
			s.gap(22)
			mid := top + (s.y-top)/2
			if x1 != s.x1 {
				s.put(end, s.x1-end.Width, mid-end.Height/2, image.Rect(x1, top, s.x1, s.y))
			}
			if !s.dry {
				r := image.Rect(s.x0, mid-box/2, s.x0+box, mid-box/2+box)
				col := s.pal.Ink
				if m.Optional {
					col = s.pal.Secondary
				}
				s.c.Outline(r, s.m.u(9), s.weight(3), col)
			}
			s.hair()
		})
	}
}

// steps draws the procedure as a flow: across where it fits, else down.
func (s *sheet) steps(n *playlist.Notice) {
	all := n.Guide.Steps
	if len(all) == 0 {
		return
	}
	s.held++
	s.gap(48)
	s.para(s.w.steps, s.serif(sizeLead, s.pal.Ink))
	s.gap(18)
	s.held--
	strong, _ := s.accent(s.field(n))
	if len(all) <= 4 && s.width()/len(all) >= s.m.t(208) {
		s.flowAcross(all, strong)
	} else {
		s.flowDown(all, strong)
	}
}

// disc draws the number of a step.
func (s *sheet) disc(x, y, d, n int, col colour) {
	if !s.dry {
		s.c.Disc(image.Pt(x, y), d, col)
	}
	st := s.smallBold(s.pal.OnAccent)
	st.Leading = d
	p := s.set2(itoa(n), st)
	// Numerals have no descenders: their ink, not their line, is centred.
	ink := p.Ink()
	s.put(p, x+(d-ink.Dx())/2-ink.Min.X, y+(d-ink.Dy())/2-ink.Min.Y, image.Rect(x, y, x+d, y+d))
}

func (s *sheet) flowAcross(all []playlist.Step, col colour) {
	s.keep(func() {
		d := s.m.u(56)
		w := s.width() / len(all)
		top, foot := s.y, s.y
		for i, st := range all {
			x := s.x0 + i*w
			to := x + w - s.m.u(24)
			if i == len(all)-1 {
				to = s.x1
			}
			s.disc(x, top, d, i+1, col)
			if i < len(all)-1 {
				s.line(x+d+s.m.u(12), x+w-s.m.u(12), top+d/2-s.weight(3)/2, 3, s.pal.Hairline)
			}
			y := top + d + s.m.u(18)
			p := s.text(x, to, y, st.Name, s.body(s.pal.Ink))
			y += p.Height + s.m.u(2)
			for _, t := range []string{st.Detail, st.Limit} {
				if t != "" {
					p = s.text(x, to, y, t, s.small(s.pal.Secondary))
					y += p.Height
				}
			}
			foot = max(foot, y)
		}
		s.y = foot
	})
	s.gap(8)
}

func (s *sheet) flowDown(all []playlist.Step, col colour) {
	d := s.m.u(56)
	for i, st := range all {
		s.rows = append(s.rows, s.y)
		s.keep(func() {
			top := s.y
			s.disc(s.x0, top, d, i+1, col)
			x0 := s.x0 + d + s.m.u(28)
			name := s.set(st.Name, s.body(s.pal.Ink), s.x1-x0)
			s.y = top + max((d-name.Lines[0].Baseline)/2-s.m.u(4), 0)
			limit := s.set2(st.Limit, s.small(s.pal.Secondary))
			s.put(name, x0, s.y, image.Rect(x0, s.y, s.x1, s.y+name.Height))
			inline := st.Limit != "" && len(name.Lines) == 1 && name.Width+limit.Width+s.m.u(32) < s.x1-x0
			if inline {
				y := s.y + name.Baseline() - limit.Baseline()
				s.put(limit, s.x1-limit.Width, y, image.Rect(x0, y, s.x1, y+limit.Height))
			}
			s.y += name.Height
			text := st.Detail
			if st.Limit != "" && !inline {
				text = strings.TrimSpace(text + "\n" + st.Limit)
			}
			if text != "" {
				p := s.text(x0, s.x1, s.y, text, s.small(s.pal.Secondary))
				s.y += p.Height
			}
			s.y = max(s.y, top+d) + s.m.u(28)
			if i < len(all)-1 && !s.dry {
				s.c.VLine(s.x0+d/2-s.weight(3)/2, top+d+s.m.u(8), s.y-s.m.u(8), s.weight(3), s.pal.Hairline)
			}
		})
	}
	s.y -= s.m.u(20)
}

// points are a heading and numbered sentences.
func (s *sheet) points(title string, all []string) {
	if len(all) == 0 {
		return
	}
	s.heading(title)
	s.gap(16)
	for i, t := range all {
		s.numbered(i, len(all), t)
	}
}

func (s *sheet) numbered(i, n int, text string) {
	x0 := s.x0
	s.gap(8)
	if n > 1 {
		st := s.body(s.pal.Secondary)
		x0 += s.m.t(sizeBody) * 3 / 2
		p := s.set2(itoa(i+1), st)
		s.put(p, s.x0, s.y, image.Rect(s.x0, s.y, x0, s.y+p.Height))
	}
	s.paraIn(x0, s.x1, text, s.body(s.pal.Ink))
	s.gap(8)
}

// supervision is what the law wants posted beside the answers: quota, legal
// basis, where to complain.
func (s *sheet) supervision(n *playlist.Notice) {
	g := n.Guide
	s.heading(s.w.basis)
	s.gap(8)
	s.labelled(s.w.hours, g.Hours)
	s.labelled(s.w.quota, g.Quota)
	for i, b := range g.Basis {
		label := s.w.ground
		if i > 0 {
			label = ""
		}
		s.labelled(label, b)
	}
	lines := g.Complaint
	if n.Hotline != g.Complaint {
		lines = joinDots(g.Complaint, n.Hotline)
	}
	s.labelled(s.w.supervision, lines)
	s.gap(20)
	index := ""
	if n.Index != "" {
		index = sprintf(s.w.index, n.Index)
	}
	s.para(joinDots(n.Issuer, sprintf(s.w.issued, s.w.fullDay(n.Issued)), index), s.small(s.pal.Secondary))
}
