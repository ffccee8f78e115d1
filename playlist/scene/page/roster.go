package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// sizePhone is the size of the number that people came for on a duty roster.
const sizePhone = 132

// roster answers first: who is on duty today and tonight, and the number to call
// as the largest thing on the page. Then the days that come; what is over is not
// shown. What it says changes at the night hour and at midnight.
func (x *ctx) roster(n *playlist.Notice) content {
	r := n.Roster
	w := r.At(x.now)
	head := func(s *sheet) {
		s.pageTitle(joinDots(x.w.kind[n.Kind], x.columnOf(n)), x.field(n), x.title(n), "")
		s.y -= x.m.u(18)
		if !s.m.landscape() {
			s.metaLines(n)
		} else {
			s.gap(26)
		}
		s.rule()
		s.today(n, w)
	}
	body := func(s *sheet) {
		s.coming(r, w)
		if r.Note != "" {
			s.gap(36)
			s.para(r.Note, s.body(s.pal.Ink))
		}
		if s.m.landscape() {
			s.gap(30)
			s.metaLines(n)
		}
		s.hotlineLine(n)
		s.thumbnails(n, playlist.Scan, x.w.read.scans)
	}
	return content{head: head, body: body, share: 46, acts: x.acts(n)}
}

// dayName is a day as people ask for it: 11月22日 星期日.
func (w *words) dayName(d schedule.Date, year int, short bool) string {
	t := d.In(zoneless)
	if short {
		return w.day(d, year) + " " + w.shortDay(t)
	}
	return w.day(d, year) + " " + w.weekday(t)
}

// dutyLine is a question and who answers it.
type dutyLine struct{ label, value string }

// dutyLines are who leads and who answers now and later today. After the night
// hour the day's own shift is over and is not named.
func (x *ctx) dutyLines(r *playlist.Roster, w playlist.Watch) []dutyLine {
	var out []dutyLine
	put := func(label, value string) {
		if value != "" {
			out = append(out, dutyLine{label, value})
		}
	}
	d := &x.w.duties
	put(d.lead, w.Shift.Lead)
	switch {
	case w.Night:
		put(d.tonight, w.Shift.AtNight())
	case w.Shift.Night == "":
		put(d.allDay, w.Shift.Staff)
	default:
		put(d.daytime, w.Shift.Staff)
		put(d.tonight, sprintf(d.from, w.Shift.Night, r.Evening()))
	}
	return out
}

// dutyState says in a sentence why nobody is named, "" where somebody is.
func (x *ctx) dutyState(r *playlist.Roster, w playlist.Watch) string {
	first, last := r.Span()
	switch {
	case w.Listed:
		return ""
	case w.Ended:
		return sprintf(x.w.duties.ended, x.w.day(last, x.now.Year()))
	case !w.Begun:
		return sprintf(x.w.duties.begins, x.w.day(first, x.now.Year()))
	}
	return x.w.duties.nobody
}

// tight says that height is what the page lacks: on a wide panel, and in the low
// mode, which has a part of a high one.
func (s *sheet) tight() bool { return s.m.low() || !s.m.actsStay() }

// today is the answer: the day, the number, who is there.
func (s *sheet) today(n *playlist.Notice, w playlist.Watch) {
	r := n.Roster
	strong, _ := s.accent(s.field(n))
	air := 26
	if s.tight() || s.paper {
		air = 12 // all of it beside the days that come
	}
	s.keep(func() {
		s.gap(air)
		day := s.w.dayName(w.Day, s.now.Year(), false)
		s.para(s.w.duties.today+"　"+day, s.lead(strong))
		s.gap(air)
		s.hair()
	})
	s.keep(func() {
		s.gap(air)
		s.dutyPhone(w.Phone)
		s.gap(air)
		s.hair()
	})
	if text := s.dutyState(r, w); text != "" {
		s.keep(func() {
			s.gap(air)
			s.para(text, s.bodyBold(s.pal.Ink))
			s.gap(air)
			s.hair()
		})
	}
	for _, l := range s.dutyLines(r, w) {
		s.dutyRow(l, s.lead(s.pal.Ink), air)
	}
	if r.Place != "" {
		s.dutyRow(dutyLine{s.w.duties.place, r.Place}, s.body(s.pal.Ink), air)
	}
}

// dutyRow is a question beside its answer, which is as large as it fits.
func (s *sheet) dutyRow(l dutyLine, st typeset.Style, air int) {
	s.keep(func() {
		s.gap(air)
		w := s.labelWidth()
		if s.setter.Width(l.value, st) > 2*(s.width()-w) {
			st = s.bodyBold(s.pal.Ink)
		}
		p := s.short(l.value, st, s.width()-w)
		s.put(p, s.x0+w, s.y, image.Rect(s.x0+w, s.y, s.x1, s.y+p.Height))
		s.y = max(s.labelOn(l.label, p, w), s.y+p.Height)
		s.gap(air)
		s.hair()
	})
}

// labelOn sets a label of that width on the first line of what stands beside it
// and returns its foot.
func (s *sheet) labelOn(label string, p *typeset.Para, w int) int {
	l := s.set(label, s.small(s.pal.Secondary), w-s.m.u(16))
	y := s.y + max(p.Baseline()-l.Baseline(), 0)
	s.put(l, s.x0, y, image.Rect(s.x0, y, s.x0+w, y+l.Height))
	return y + l.Height
}

// dutyPhone sets the number over the width under its label, or where height is
// what the page lacks beside it.
func (s *sheet) dutyPhone(number string) {
	if s.tight() {
		w := s.labelWidth()
		p := s.figureLine(number, sizePhone, s.x0+w)
		s.y = max(s.labelOn(s.w.duties.phone, p, w), s.y+p.Height)
		return
	}
	s.para(s.w.duties.phone, s.small(s.pal.Secondary))
	s.y += s.figureLine(number, sizePhone, s.x0).Height
}

// figureLine sets a number on one line, as large as it goes.
func (s *sheet) figureLine(number string, most, x0 int) *typeset.Para {
	st := s.style(typeset.Bold, s.m.u(most), 1.16, s.pal.Ink)
	p := s.setter.Fit(number, st, s.x1-x0, 1, s.m.u(sizeLead))
	s.put(p, x0, s.y, image.Rect(x0, s.y, s.x1, s.y+p.Height))
	return p
}

// coming is the table of the days after today.
func (s *sheet) coming(r *playlist.Roster, w playlist.Watch) {
	days := r.After(w.Day)
	if len(days) == 0 {
		return
	}
	t := s.Book.cells(cellsKey{of: r, day: w.Day, en: s.w.en}, func() *playlist.FundTable { return s.dutyTable(days) })
	s.closedTable(t)
}

// dutyTable is a table of days, with the columns that have anything in them.
func (s *sheet) dutyTable(days []playlist.Shift) *playlist.FundTable {
	d := &s.w.duties
	columns := []struct {
		name string
		of   func(playlist.Shift) string
	}{
		{d.date, func(v playlist.Shift) string { return s.w.dayName(v.Day, s.now.Year(), true) }},
		{d.lead, func(v playlist.Shift) string { return v.Lead }},
		{d.staff, func(v playlist.Shift) string { return v.Staff }},
		{d.night, func(v playlist.Shift) string { return v.Night }},
		{d.phoneShort, func(v playlist.Shift) string { return v.Phone }},
	}
	t := &playlist.FundTable{Title: d.coming, Rows: make([][]string, len(days))}
	for _, c := range columns {
		any := false
		for _, v := range days {
			any = any || c.of(v) != ""
		}
		if !any {
			continue
		}
		t.Columns = append(t.Columns, playlist.FundColumn{Name: c.name, Type: playlist.TextColumn})
		for i, v := range days {
			t.Rows[i] = append(t.Rows[i], c.of(v))
		}
	}
	return t
}

// slideRoster is today's card in the loop.
func (s *sheet) slideRoster(r *playlist.Roster) {
	w := r.At(s.now)
	day := s.w.dayName(w.Day, s.now.Year(), false)
	if s.air == 0 {
		s.closeRoster(r, w, day)
		return
	}
	if s.m.low() { // a line less, where height is what a slide lacks
		s.breathe(20)
		s.para(s.w.duties.today+"　"+day, s.lead(s.pal.Ink))
		s.breathe(20)
		s.hair()
	} else {
		s.slideLine(s.w.duties.today, day)
	}
	if s.m.squat() {
		s.slideLine(s.w.duties.phone, w.Phone)
	} else {
		s.breathe(40)
		s.para(s.w.duties.phone, s.body(s.pal.Secondary))
		s.y += s.figureLine(w.Phone, sizeFigure*(100+s.air/2)/100, s.x0).Height
		s.breathe(36)
		s.hair()
	}
	if text := s.dutyState(r, w); text != "" {
		s.breathe(40)
		s.para(text, s.lead(s.pal.Ink))
		return
	}
	for _, l := range s.dutyLines(r, w) {
		s.slideLine(l.label, l.value)
	}
}

// closeRoster is today's card where every answer has to stand beside its question.
func (s *sheet) closeRoster(r *playlist.Roster, w playlist.Watch, day string) {
	const air = 8
	s.gap(air)
	s.para(s.w.duties.today+"　"+day, s.bodyBold(s.pal.Ink))
	s.gap(air)
	s.hair()
	s.gap(air)
	wide := s.labelWidth()
	p := s.figureLine(w.Phone, sizeFigure, s.x0+wide)
	s.y = max(s.labelOn(s.w.duties.phone, p, wide), s.y+p.Height)
	s.gap(air)
	s.hair()
	if text := s.dutyState(r, w); text != "" {
		s.gap(air)
		s.para(text, s.bodyBold(s.pal.Ink))
		return
	}
	for _, l := range s.dutyLines(r, w) {
		probe := s.spare()
		if probe.dutyRow(l, s.bodyBold(s.pal.Ink), air); probe.y > s.high-s.m.u(24) {
			break // on the smallest panels the number is what there is room for
		}
		s.dutyRow(l, s.bodyBold(s.pal.Ink), air)
	}
}

// rosterLines is a roster in lines of plain text: today, then the days that come.
func (x *ctx) rosterLines(n *playlist.Notice) []string {
	r := n.Roster
	w := r.At(x.now)
	d := &x.w.duties
	out := []string{d.phone + "：" + w.Phone}
	today := d.today + " " + x.w.dayName(w.Day, x.now.Year(), false)
	if text := x.dutyState(r, w); text != "" {
		out = append(out, today+"："+text)
	}
	for _, l := range x.dutyLines(r, w) {
		out = append(out, joinSpace(today+"：", l.label)+" "+l.value)
		today = ""
	}
	if r.Place != "" {
		out = append(out, d.place+"："+r.Place)
	}
	for _, s := range r.After(w.Day) {
		night := ""
		if s.Night != "" {
			night = d.night + " " + s.Night
		}
		out = append(out, x.w.dayName(s.Day, x.now.Year(), true)+"："+joinDots(s.Lead, s.Staff, night, s.Phone))
	}
	if r.Note != "" {
		out = append(out, r.Note)
	}
	return out
}
