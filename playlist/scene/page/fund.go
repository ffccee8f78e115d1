package page

import (
	"image"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// fundShare is how much of a wide panel the head of a fund notice takes.
const fundShare = 42

// fund shows the total and the reader's own village before anything else, then
// how long it is on public notice, then where the money comes from and the
// tables, added up again on this machine.
func (x *ctx) fund(n *playlist.Notice) content {
	f := n.Fund
	index := ""
	if n.Index != "" {
		index = sprintf(x.w.index, n.Index)
	}
	kicker := x.columnOf(n)
	if kicker == "" {
		kicker = x.w.kind[n.Kind]
	}
	later := "" // the index number where it takes a line that the amounts need
	if column, _ := x.columns(fundShare, true); x.m.landscape() && x.setter.Width(joinDots(kicker, index), x.smallBold(x.pal.Money)) > column.width() {
		later, index = index, ""
	}
	brief := false  // the posting period is one line among the amounts
	closed := false // the amounts stand without where they come from
	compose := func(s *sheet, totals func(*playlist.Fund)) {
		document := n.Document
		if brief {
			document = ""
		}
		s.pageTitle(joinDots(kicker, index), playlist.Money, x.title(n), "")
		s.y -= x.m.u(18)
		s.paraParts(s.small(x.pal.Secondary), n.Issuer, sprintf(x.w.issued, x.w.day(n.Issued, x.now.Year())), document)
		s.gap(26)
		if s.m.squat() {
			s.gap(-14)
		}
		s.rule()
		totals(f)
		if brief {
			s.postingRow(n)
		}
		s.postingPanel(n)
	}
	// shut says whether a posting period runs of which the panel is not seen even
	// under closed amounts.
	shut := func(s *sheet, room int) bool {
		probe := s.spare()
		compose(probe, probe.closeTotals)
		state, ok := x.lib.Posting(n, x.moment)
		return ok && state.Day > 0 && !state.Over && probe.y > room
	}
	head := func(s *sheet) {
		totals := s.totals
		closed, brief = false, false
		if s.m.landscape() {
			// The number that people came for is seen without scrolling, and how
			// long it is on public notice.
			probe := s.spare()
			room := s.m.h - s.m.header - s.m.bar - s.m.actsHigh()
			if compose(probe, probe.totals); probe.y > room {
				totals, closed = s.closeTotals, true
				brief = shut(s, room)
			}
		} else if s.m.squat() {
			probe := s.spare()
			if compose(probe, probe.totals); probe.y > s.m.page() {
				totals, closed = s.closeTotals, true
				brief = shut(s, s.m.page())
			}
		}
		compose(s, totals)
	}
	body := func(s *sheet) {
		for i := range f.Tables {
			s.table(&f.Tables[i], false)
		}
		s.check(f)
		s.purposes(n, closed)
		rest := later
		if brief {
			rest = joinDots(n.Document, later)
		}
		if rest != "" {
			s.gap(18)
			s.para(rest, s.small(s.pal.Secondary))
		}
		s.hotlineLine(n)
		s.thumbnails(n, playlist.Scan, x.w.read.scans)
		s.otherPeriods(n)
	}
	return content{head: head, body: body, share: fundShare, counts: x.w.moreRows, acts: x.acts(n)}
}

// own finds the row of a table that belongs to the screen's own site or, from
// a hall, to the nearest site above it; -1 when there is none.
func (x *ctx) own(t *playlist.FundTable) int {
	for _, site := range x.settings.Path {
		for i, id := range t.Sites {
			if id == site.ID && i < len(t.Rows) {
				return i
			}
		}
	}
	return -1
}

// mine returns what the own row of the first such table says it got.
func (x *ctx) mine(f *playlist.Fund) (name string, amount playlist.Amount, ok bool) {
	for i := range f.Tables {
		t := &f.Tables[i]
		row := x.own(t)
		if row < 0 {
			continue
		}
		for c, col := range t.Columns {
			if !col.Money || c >= len(t.Rows[row]) {
				continue
			}
			a, err := playlist.ParseAmount(t.Rows[row][c] + col.Unit)
			if err != nil {
				continue
			}
			name = t.Rows[row][0]
			if site, found := x.lib.Site(t.Sites[row]); found {
				name = site.Name
				if x.w.en && site.NameEn != "" {
					name = site.NameEn
				}
			}
			return name, a, true
		}
	}
	return "", 0, false
}

// number splits an amount into digits and unit for a headline. Where 万元 would
// take more than two decimals it is rounded to them, and exact is the amount in
// 元, which must then stand beside it. English does not count in ten thousands.
func (w *words) number(a playlist.Amount) (digits, unit, exact string) {
	if w.en {
		return strings.TrimSuffix(a.String(), ".00"), "yuan", ""
	}
	digits, unit, _ = strings.Cut(a.Short(), " ")
	if _, part, ok := strings.Cut(digits, "."); !ok || len(part) <= 2 {
		return digits, unit, ""
	}
	step := playlist.Wan / 100
	half := step / 2
	if a < 0 {
		half = -half
	}
	digits, unit, _ = strings.Cut(((a + half) / step * step).Short(), " ")
	return digits, unit, a.String() + " 元"
}

// written is an amount exact and with its unit: in 万元 where two decimals do,
// else in 元.
func (w *words) written(a playlist.Amount) string {
	switch _, _, exact := w.number(a); {
	case w.en:
		return a.String() + " yuan"
	case exact != "":
		return exact
	}
	return a.Short()
}

// figureSize is the size at which every one of some amounts fits its width.
func (s *sheet) figureSize(most int, amounts []playlist.Amount, widths []int) int {
	size := s.m.u(most)
	for i, a := range amounts {
		digits, unit, _ := s.w.number(a)
		u := s.setter.Width(unit, s.style(typeset.Bold, s.m.t(sizeBody), 1.2, s.pal.Ink))
		p := s.setter.Fit(digits, s.style(typeset.Bold, size, 1.16, s.pal.Ink), widths[i]-u-s.m.u(12), 1, s.m.u(sizeLead))
		size = min(size, p.Style.Size)
	}
	return size
}

// figureFits says whether an amount takes one line of that width at the least
// size of a figure.
func (s *sheet) figureFits(a playlist.Amount, width int) bool {
	digits, unit, _ := s.w.number(a)
	u := s.setter.Width(unit, s.style(typeset.Bold, s.m.t(sizeBody), 1.2, s.pal.Ink))
	return u+s.m.u(12)+s.setter.Width(digits, s.style(typeset.Bold, s.m.u(sizeLead), 1.16, s.pal.Ink)) <= width
}

// figure draws a number as large as the width allows with its unit at its foot
// and returns the foot's height.
func (s *sheet) figure(x0, x1, y int, a playlist.Amount, size int, col colour) int {
	digits, unit, exact := s.w.number(a)
	u := s.setter.Line(unit, s.style(typeset.Bold, s.m.t(sizeBody), 1.2, col))
	st := s.style(typeset.Bold, size, 1.16, col)
	p := s.setter.Fit(digits, st, x1-x0-u.Width-s.m.u(12), 1, s.m.u(sizeLead))
	s.put(p, x0, y, image.Rect(x0, y, x1, y+p.Height))
	uy := y + p.Baseline() - u.Baseline()
	s.put(u, x0+p.Width+s.m.u(12), uy, image.Rect(x0, uy, x1, uy+u.Height))
	y += p.Height
	if exact != "" {
		st := s.small(s.pal.Secondary)
		if s.air > 0 {
			st = s.body(s.pal.Secondary)
		}
		y += s.text(x0, x1, y, exact, st).Height
	}
	return y
}

func (s *sheet) totals(f *playlist.Fund) {
	name, mine, ok := s.mine(f)
	label := joinDots(f.Period, s.w.total)
	s.keep(func() {
		top := s.y
		split := s.x0 + s.width()*555/1000
		stacked := s.width() < s.m.t(640) || s.m.large > 1.4
		gutter := s.m.u(38)
		cell := func(x0, x1, y int, label string, draw func(y int) int) int {
			y += s.m.u(26)
			p := s.text(x0, x1, y, label, s.small(s.pal.Secondary))
			return draw(y+p.Height) + s.m.u(24)
		}
		left, rest := split-gutter/2-s.x0, s.x1-split-gutter
		if !s.figureFits(f.Total, left) || ok && !s.figureFits(mine, rest) {
			stacked = true // whole yuan take more room than 万元
		}
		if stacked {
			left, rest = s.width(), s.width()
		}
		amounts, widths := []playlist.Amount{f.Total}, []int{left}
		if ok {
			amounts, widths = append(amounts, mine), append(widths, rest)
		}
		size := s.figureSize(sizeFigure, amounts, widths)
		first := func(x1 int) int {
			return cell(s.x0, x1, top, label, func(y int) int {
				return s.figure(s.x0, x1, y, f.Total, size, s.pal.Ink)
			})
		}
		second := func(x0, y int) int {
			if ok {
				return cell(x0, s.x1, y, name, func(y int) int {
					return s.figure(x0, s.x1, y, mine, size, s.pal.Government)
				})
			}
			return cell(x0, s.x1, y, s.w.source, func(y int) int { return s.sources(x0, y, f) })
		}
		has := ok || len(f.Sources) > 0
		switch {
		case !has:
			s.y = first(s.x1)
		case stacked:
			y := first(s.x1)
			s.line(s.x0, s.x1, y, s.pal.Hair, s.pal.Hairline)
			s.held--
			s.breakAt(y)
			s.held++
			s.y = second(s.x0, y+s.weight(s.pal.Hair))
		default:
			y := max(first(split-gutter/2), second(split+gutter, top))
			if !s.dry {
				s.c.VLine(split, top, y, s.weight(s.pal.Hair), s.pal.Hairline)
			}
			s.y = y
		}
		s.hair()
	})
}

// postingRow is the day of the posting period in one line, where the panel that
// says all of it lies further down.
func (s *sheet) postingRow(n *playlist.Notice) {
	state, ok := s.lib.Posting(n, s.moment)
	if !ok {
		return
	}
	s.keep(func() {
		s.gap(14)
		w := s.labelWidth()
		p := s.text(s.x0+w, s.x1, s.y, s.w.dayCount(state.Day, state.Of, state.Working), s.smallBold(s.pal.Ink))
		l := s.set(s.w.read.postingShort, s.small(s.pal.Secondary), w-s.m.u(16))
		s.put(l, s.x0, s.y, image.Rect(s.x0, s.y, s.x0+w, s.y+l.Height))
		s.y += max(p.Height, l.Height)
		s.gap(14)
		s.hair()
	})
}

// closeTotals sets the amounts exactly, in one line each, where the column beside
// the tables has no height for more. Where the money comes from stands below them.
func (s *sheet) closeTotals(f *playlist.Fund) {
	row := func(label string, a playlist.Amount, col colour) {
		s.keep(func() {
			s.gap(14)
			w := s.labelWidth()
			digits, unit, _ := strings.Cut(s.w.written(a), " ")
			u := s.set2(unit, s.smallBold(col))
			var p *typeset.Para
			// The sizes are those of the page: at most four and the bar's.
			for _, size := range []int{s.serif(sizeLead, col).Size, s.m.t(sizeBody), s.m.t(sizeSmall)} {
				p = s.set2(digits, s.style(typeset.Bold, size, 1.2, col))
				if p.Width+u.Width+s.m.u(12) <= s.width()-w {
					break
				}
			}
			l := s.set(label, s.small(s.pal.Secondary), w-s.m.u(16))
			for _, at := range []struct {
				p *typeset.Para
				x int
			}{{l, s.x0}, {p, s.x0 + w}, {u, s.x0 + w + p.Width + s.m.u(12)}} {
				y := s.y + max(p.Baseline()-at.p.Baseline(), 0)
				s.put(at.p, at.x, y, image.Rect(at.x, y, s.x1, y+at.p.Height))
			}
			s.y += max(p.Height, l.Height)
			s.gap(14)
			s.hair()
		})
	}
	row(s.w.total, f.Total, s.pal.Ink)
	if name, mine, ok := s.mine(f); ok {
		row(name, mine, s.pal.Government)
	}
}

// sources lists where the money comes from, amounts at the right.
func (s *sheet) sources(x0, y int, f *playlist.Fund) int {
	st := s.bodyBold(s.pal.Ink)
	for _, src := range f.Sources {
		if s.setter.Width(src.Name, st)+s.setter.Width(s.w.written(src.Amount), st)+s.m.u(16) > s.x1-x0 {
			st = s.smallBold(s.pal.Ink)
		}
	}
	for _, src := range f.Sources {
		p := s.text(x0, s.x1, y, src.Name, st)
		y += p.Height
		amount := s.set2(s.w.written(src.Amount), st)
		if len(p.Lines) == 1 && p.Width+amount.Width+s.m.u(16) <= s.x1-x0 {
			y -= p.Height
		}
		s.put(amount, s.x1-amount.Width, y, image.Rect(x0, y, s.x1, y+amount.Height))
		y += amount.Height
		s.breakAt(y)
	}
	return y
}

// purposes are the four things that must be public of money: what for, how
// much, by what standard, where it went (B17). The amounts stand above, and where
// they come from too unless they are closed or stand beside the own village's.
func (s *sheet) purposes(n *playlist.Notice, closed bool) {
	f := n.Fund
	s.gap(36)
	s.rule()
	s.labelled(s.w.inShort, n.Summary)
	s.labelled(s.w.purpose, f.Purpose)
	s.labelled(s.w.standard, f.Standard)
	if _, _, ok := s.mine(f); ok || closed {
		var parts []string
		for _, src := range f.Sources {
			parts = append(parts, src.Name+" "+s.w.written(src.Amount))
		}
		s.labelled(s.w.source, strings.Join(parts, "，"))
	}
	s.labelled(s.w.approver, f.Approver)
	s.labelled(s.w.status, f.Status)
}

// check says that everything was added up again here, and what came of it.
func (s *sheet) check(f *playlist.Fund) {
	r := s.recomputed(f)
	if r.Checks == 0 && r.Agree {
		return
	}
	s.gap(24)
	text, col, icon := s.w.checked, s.pal.Village, scene.IconCheck
	for i := range f.Tables {
		t := &f.Tables[i]
		if p := t.Product; p != nil && max(p.Quantity, p.Rate, p.Result) < len(t.Columns) && min(p.Quantity, p.Rate, p.Result) >= 0 {
			text = sprintf(s.w.checkedProduct, t.Columns[p.Quantity].Name, t.Columns[p.Rate].Name, t.Columns[p.Result].Name)
		}
	}
	if !r.Agree {
		col, icon = s.pal.Danger, scene.IconWarning
		text = s.w.mismatch
		for _, p := range r.Problems[:min(len(r.Problems), 3)] {
			if s.w.en {
				text += "\n" + p.MessageEn
			} else {
				text += "\n" + p.Message
			}
		}
	}
	s.keep(func() {
		size := s.m.t(sizeSmall) * 12 / 10
		st := s.small(col)
		x0 := s.x0 + size + s.m.u(14)
		p := s.set(text, st, s.x1-x0)
		s.icon(icon, s.x0, s.y+(st.Leading-size)/2, size, col)
		s.put(p, x0, s.y, image.Rect(x0, s.y, s.x1, s.y+p.Height))
		s.y += p.Height
	})
}
