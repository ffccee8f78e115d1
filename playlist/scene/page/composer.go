package page

import (
	"image"
	"strings"
	"unicode/utf8"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
)

// writing is where the parts of a form's keypad stand.
type writing struct {
	area  image.Rectangle // the ground of the keys
	field image.Rectangle // what is written
	tabs  image.Rectangle
	done  image.Rectangle // puts the keypad away
	cand  image.Rectangle // what the keys may mean
	keys  image.Rectangle
	label bool // there is room to say above the field what it is
	tight bool // it is the whole page
}

// shared says whether tabs and field stand in one row, which then has no room
// for anything else.
func (l writing) shared() bool { return l.field.Max.Y > l.tabs.Min.Y }

// composer draws the field that is being written, candidates and keys, and
// leaves the rest of the page for the form. On a panel without height it is the
// whole page.
func (x *ctx) composer(t *Typing, y0, y1 int) (rest *ctx, top, foot int) {
	l := x.writing(t, y0, y1)
	s := x.fixed()
	s.padPanel(l.area)
	pad, pads := padOf(t), allPads
	if t.Field == ContactField {
		pad, pads = DigitPad, []Pad{DigitPad} // a telephone number
	}
	end := s.tabs(l.tabs, pad, pads, l.tight)
	if l.tight && !l.shared() {
		// The row of tabs has room to say what the field is.
		s.fieldName(t, image.Rect(end, l.tabs.Min.Y, l.tabs.Max.X, l.tabs.Max.Y))
	}
	done := string(Action{DoField, "none"}.String())
	s.doneKey(l.done, done)
	s.field1(t, l)
	s.candidates(t, l)
	s.keypad(l.keys, pad, nil)
	part := *x
	switch {
	case l.area.Min.X > 0:
		part.m.w = l.area.Min.X
		return &part, y0, y1
	case l.tight:
		return nil, 0, 0
	}
	return &part, y0, l.area.Min.Y
}

// writing lays the composer out: beside the form on a wide panel that has the
// height for it, else below it.
func (x *ctx) writing(t *Typing, y0, y1 int) writing {
	gap, touch := x.keyGap(), x.m.touch()
	tabHigh, candHigh := max(touch, x.m.u(76)), max(touch, x.m.u(88))
	inset := x.m.u(24)
	lead := x.body(x.pal.Ink).Leading
	fieldPad := x.m.u(18)
	label := x.plain(typeset.Sans, sizeSmall, x.pal.Ink).Leading + x.m.u(4)
	stack := func(r image.Rectangle, bottom int) (l writing, ok bool) {
		least, best := x.keysHigh(r.Dx())
		field := 2*lead + 2*fieldPad
		over := label + field + tabHigh + candHigh + 3*gap
		room := bottom - r.Min.Y
		if room < over+least {
			return l, false
		}
		high := min(best, max(room*2/5, least), room-over)
		y := bottom - high
		l.keys = image.Rect(r.Min.X, y, r.Max.X, bottom)
		if t.Field == ContactField {
			// A number has no candidates: its keys are that much larger.
			l.keys.Min.Y -= candHigh + gap
		}
		l.cand = image.Rect(r.Min.X, y-gap-candHigh, r.Max.X, y-gap)
		y = l.cand.Min.Y - gap
		wide := max(x.setter.Width(x.w.typed.done, x.plain(typeset.Bold, sizeSmall, x.pal.Ink))+2*x.m.u(36), touch)
		l.done = image.Rect(r.Max.X-wide, y-tabHigh, r.Max.X, y)
		l.tabs = image.Rect(r.Min.X, y-tabHigh, l.done.Min.X-gap, y)
		l.field = image.Rect(r.Min.X, y-tabHigh-gap-field, r.Max.X, y-tabHigh-gap)
		l.label = true
		return l, true
	}
	// A narrow keypad beside the page would have no room for candidates.
	wide := x.besideWidth()
	if _, across := x.keyLines(wide); across == 10 && x.beside(y0, y1) {
		area := image.Rect(x.m.w-wide-2*inset, y0, x.m.w, y1)
		if l, ok := stack(image.Rect(area.Min.X+inset, y0+inset, area.Max.X-inset, y1), y1-inset); ok {
			// What the keys leave is the field's.
			l.area = area
			l.field.Min.Y = max(y0+inset+label, l.field.Max.Y-6*lead-2*fieldPad)
			return l
		}
	}
	side := x.m.u(40)
	if l, ok := stack(image.Rect(side, y0+x.m.u(300)+inset, x.m.w-side, y1), y1-inset); ok {
		l.area = image.Rect(0, l.field.Min.Y-label-inset, x.m.w, y1)
		return l
	}
	return x.tight(t, y0, y1)
}

// tight is the composer where height is short: it is the whole page, and where
// even that is little, tabs, field and the key that puts it away share one row.
func (x *ctx) tight(t *Typing, y0, y1 int) writing {
	gap, touch := x.keyGap(), x.m.touch()
	side, inset := x.m.u(24), x.m.u(14)
	least, best := x.keysHigh(x.m.w - 2*side)
	lead := x.body(x.pal.Ink).Leading
	rows := 2*touch + 2*gap + 2*inset
	l := writing{tight: true, area: image.Rect(0, y0, x.m.w, y1)}
	own := y1 - y0 - rows - gap - least // what is left for a row of the field's own
	alone := own >= 2*lead+x.m.u(24)
	high := max(min(best, y1-y0-rows), least)
	if alone {
		high = least + max(min(best-least, own-2*lead-x.m.u(24)), 0)
	}
	y := y1 - inset - high
	l.keys = image.Rect(side, y, x.m.w-side, y+high)
	if t.Field == ContactField {
		l.keys.Min.Y -= touch + gap
	}
	y -= gap
	l.cand = image.Rect(side, y-touch, x.m.w-side, y)
	y = l.cand.Min.Y - gap
	wide := max(x.setter.Width(x.w.typed.done, x.plain(typeset.Bold, sizeSmall, x.pal.Ink))+2*x.m.u(16), touch)
	l.done = image.Rect(x.m.w-side-wide, y-touch, x.m.w-side, y)
	if alone {
		l.tabs = image.Rect(side, y-touch, l.done.Min.X-gap, y)
		l.field = image.Rect(side, y0+inset, x.m.w-side, l.tabs.Min.Y-gap)
		return l
	}
	l.tabs = image.Rect(side, y-touch, x.m.w*2/5, y)
	l.field = image.Rect(l.tabs.Max.X+gap, y-touch, l.done.Min.X-gap, y)
	return l
}

// doneKey puts the keypad away.
func (s *sheet) doneKey(r image.Rectangle, action string) {
	if !s.dry {
		s.c.Round(r, s.m.u(12), s.pal.Government)
	}
	p := s.setter.Fit(s.w.typed.done, s.plain(typeset.Bold, sizeSmall, s.pal.OnAccent), r.Dx(), 1, s.m.u(sizeSmall*3/4))
	s.put(p, r.Min.X+(r.Dx()-p.Width)/2, r.Min.Y+(r.Dy()-p.Height)/2, r)
	s.touchable(r, action, s.w.typed.done, true)
}

// field1 is the field that is being written. Of more than fits it shows the end.
func (s *sheet) field1(t *Typing, l writing) {
	w := s.w.typed
	r := l.field
	if l.label {
		s.fieldName(t, image.Rect(r.Min.X, r.Min.Y-s.plain(typeset.Sans, sizeSmall, s.pal.Ink).Leading-s.m.u(4), r.Max.X, r.Min.Y-s.m.u(4)))
	}
	if !s.dry {
		s.c.Round(r, s.m.u(14), s.pal.Card)
		s.c.Outline(r, s.m.u(14), s.weight(3), s.pal.Ink)
	}
	pad := s.m.u(24)
	inner := image.Rect(r.Min.X+pad, r.Min.Y, r.Max.X-pad, r.Max.Y)
	m := s.composing(t, inner.Dx()-s.m.u(12))
	lead := m.plain.Leading
	if m.para.Text == "" {
		y := r.Min.Y + min((r.Dy()-lead)/2, s.m.u(18))
		s.fill(image.Rect(inner.Min.X, y+s.m.u(6), inner.Min.X+s.weight(4), y+lead-s.m.u(6)), s.pal.Government)
		h := s.body(s.pal.Secondary)
		hint := w.candidateHint[padOf(t)]
		if t.Field == ContactField {
			hint = w.contactHint
		}
		p := s.setter.Fit(hint, h, inner.Dx()-s.m.u(16), 1, s.m.u(sizeSmall))
		s.put(p, inner.Min.X+s.m.u(16), y+(lead-p.Height)/2, r)
		return
	}
	rows := max((r.Dy()-s.m.u(12))/lead, 1)
	if rows == 1 {
		m = s.lastOf(m, inner.Dx()-s.m.u(12))
	}
	first := max(len(m.para.Lines)-rows, 0)
	y := r.Min.Y + min((r.Dy()-min(rows, len(m.para.Lines))*lead)/2, s.m.u(18))
	shown := image.Rect(r.Min.X, y, r.Max.X, y+rows*lead)
	s.clipped(shown, func() {
		at := y - m.para.Lines[first].Top
		end := s.putMarked(m, inner.Min.X, at, image.Rect(inner.Min.X, at, inner.Max.X, at+m.para.Height))
		s.fill(image.Rect(end.X+s.m.u(4), end.Y+s.m.u(6), end.X+s.m.u(4)+s.weight(4), end.Y+lead-s.m.u(6)), s.pal.Government)
	})
}

// fieldName says in r which field is being written and how full it is, or what
// is wrong with it.
func (s *sheet) fieldName(t *Typing, r image.Rectangle) {
	w := s.w.typed
	name, text, most := w.text, t.Text, maxText
	if t.Field == ContactField {
		name, text, most = w.contact, t.Contact, maxContact
	}
	bold := s.plain(typeset.Bold, sizeSmall, s.pal.Ink)
	if t.Problem != "" {
		name, bold.Color = t.Problem, s.pal.Danger
	}
	if cut := strings.IndexAny(name, "（("); cut > 0 && s.setter.Width(name, bold) > r.Dx() {
		name = strings.TrimSpace(name[:cut])
	}
	p := s.setter.Clamp(name, bold, r.Dx(), 1)
	if p.Width > r.Dx() {
		return
	}
	s.put(p, r.Min.X, r.Min.Y+(r.Dy()-p.Height)/2, r)
	if t.Field == ContactField {
		return // nobody counts the digits of a number
	}
	n := s.set2(sprintf(w.filled, utf8.RuneCountInString(text), most), s.plain(typeset.Sans, sizeSmall, s.pal.Secondary))
	if p.Width+n.Width+s.m.u(24) <= r.Dx() {
		s.put(n, r.Max.X-n.Width, r.Min.Y+(r.Dy()-n.Height)/2, r)
	}
}

// lastOf is the end of marked text that fits on one line of a width.
func (s *sheet) lastOf(m markedText, width int) markedText {
	runes := []rune(m.para.Text)
	cut := 0
	for ; cut < len(runes)-1 && s.setter.Width(string(runes[cut:]), m.para.Style) > width; cut++ {
	}
	m.para = s.set2(string(runes[cut:]), m.para.Style)
	for i := range m.marks {
		m.marks[i] = search.Span{From: max(m.marks[i].From-cut, 0), To: max(m.marks[i].To-cut, 0)}
	}
	return m
}

// candidates is the row of what the keys may mean, with the ways to more of it.
func (s *sheet) candidates(t *Typing, l writing) {
	r := l.cand
	gap, touch := s.keyGap(), s.m.touch()
	if t.Field == ContactField {
		return
	}
	if len(t.Candidates) == 0 {
		if t.Keys == "" && t.Text == "" {
			return // the field itself says what to do
		}
		text, st := s.w.typed.candidateHint[padOf(t)], s.plain(typeset.Sans, sizeSmall, s.pal.Secondary)
		if t.Problem != "" && l.shared() {
			text, st = t.Problem, s.plain(typeset.Bold, sizeSmall, s.pal.Danger)
		}
		p := s.setter.Clamp(text, st, r.Dx(), 1)
		s.put(p, r.Min.X, r.Min.Y+(r.Dy()-p.Height)/2, r)
		return
	}
	from := min(max(t.From, 0), len(t.Candidates)-1)
	arrow := max(touch, s.m.u(72))
	end := r.Max.X - 2*arrow - 2*gap
	x0 := r.Min.X
	st := s.plain(typeset.Sans, sizeLead, s.pal.Ink)
	shown := 0
	for i, c := range t.Candidates[from:] {
		p := s.setter.Fit(c, st, end-r.Min.X-s.m.u(40), 1, s.m.u(sizeSmall))
		wide := max(p.Width+2*s.m.u(24), touch)
		if x0+wide > end && i > 0 {
			break
		}
		k := image.Rect(x0, r.Min.Y, x0+wide, r.Max.Y)
		s.plainKey(k, Action{DoPick, itoa(from + i)}.String(), c, p)
		x0 += wide + gap
		shown++
	}
	s.info.Candidates = shown
	for i, b := range []struct {
		icon scene.IconName
		arg  string
		say  string
		can  bool
	}{{scene.IconLeft, "prev", s.w.typed.prev, from > 0}, {scene.IconRight, "next", s.w.typed.next, from+shown < len(t.Candidates)}} {
		if !b.can {
			continue
		}
		k := image.Rect(r.Max.X-(2-i)*arrow-(1-i)*gap, r.Min.Y, r.Max.X-(1-i)*(arrow+gap), r.Max.Y)
		s.plainKey(k, Action{DoMore, b.arg}.String(), b.say, nil)
		size := s.m.u(44)
		s.icon(b.icon, k.Min.X+(k.Dx()-size)/2, k.Min.Y+(k.Dy()-size)/2, size, s.pal.Ink)
	}
}

// plainKey is a key with set text on it.
func (s *sheet) plainKey(r image.Rectangle, action, label string, p *typeset.Para) {
	s.card(r, action)
	if p != nil {
		s.put(p, r.Min.X+(r.Dx()-p.Width)/2, r.Min.Y+(r.Dy()-p.Height)/2, r)
	}
	s.touchable(r, action, label, false)
}
