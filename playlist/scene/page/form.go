package page

import (
	"image"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
)

// What fits in the fields of a form, in characters; wire.Voice takes no more.
const (
	maxText    = 500
	maxContact = 40
)

// form is the opinion box, or with a notice on the view the objection to it. It
// can be submitted without a key: the keypad comes when a field is touched.
func (x *ctx) form() (content, bool) {
	t := x.v.Typing
	if t == nil {
		t = &Typing{}
	}
	var about *playlist.Notice
	if x.v.Notice != "" {
		n, _, _, ok := x.lib.Notice(x.v.Notice, x.moment)
		if !ok {
			return content{}, false
		}
		about = n
	}
	con := content{share: 47}
	con.head = func(s *sheet) {
		s.formHead(about)
		if x.status.Feedback {
			s.topics(t, about != nil)
		}
	}
	if !x.status.Feedback {
		con.body = func(s *sheet) { s.formShut() }
		return con, true
	}
	con.body = func(s *sheet) {
		s.formFields(t)
		s.submit(t)
		s.formNotes(about)
	}
	if t.Field != NoField {
		con.keys = func(y0, y1 int) (*ctx, int, int) { return x.composer(t, y0, y1) }
	}
	return con, true
}

// formHead says what the page is for, who need not be named, and what it is
// about.
func (s *sheet) formHead(about *playlist.Notice) {
	w := s.w.typed
	kicker := s.siteName()
	if s.m.cramped() {
		kicker = "" // the header says it already
		s.gap(-20)
	}
	if about == nil {
		s.pageTitle(kicker, playlist.Government, w.opinion, "")
	} else {
		s.pageTitle(kicker, s.field(about), w.objection, "")
	}
	if s.status.Feedback {
		s.y -= s.m.u(14)
		line := w.opinionLine
		if about != nil {
			line = w.objectionLine
		}
		s.place(s.short(line, s.body(s.pal.Ink), s.width()))
		s.place(s.short(w.quiet, s.bodyBold(s.pal.Village), s.width()))
		s.gap(24)
	}
	s.rule()
	if about != nil {
		strong, _ := s.accent(s.field(about))
		s.gap(20)
		s.keep(func() {
			top := s.y
			x0 := s.x0 + s.m.u(36)
			s.paraIn(x0, s.x1, w.about, s.smallBold(strong))
			p := s.short(s.title(about), s.body(s.pal.Ink), s.x1-x0)
			s.placeIn(x0, s.x1, p)
			s.fill(image.Rect(s.x0, top+s.m.u(6), s.x0+s.m.u(12), s.y-s.m.u(4)), strong)
		})
	}
}

// formShut stands where a form would be while nothing can be stored: what cannot
// be kept is not asked for.
func (s *sheet) formShut() {
	s.gap(36)
	s.para(s.w.typed.shut, s.bodyBold(s.pal.Ink))
	s.askPerson(s.w.typed.phone)
}

// topics are what can be said with one touch.
func (s *sheet) topics(t *Typing, objection bool) {
	s.label(s.w.typed.choose, 24)
	all := Topics(s.v.Lang, objection)
	gap := max(s.m.u(16), s.keyGap())
	box, pad := s.m.u(44), s.m.u(24)
	// Two abreast, on two lines where they must; one, where that is too narrow.
	across := 2
	st := s.body(s.pal.Ink)
	for _, text := range all {
		if p := s.short(text, st, (s.width()-gap)/2-box-3*pad); len(p.Lines) > 2 {
			across = 1
		}
	}
	least := s.m.u(92)
	if s.m.low() || s.m.cramped() {
		least = s.m.u(76)
	}
	wide := (s.width() - gap*(across-1)) / across
	for i := 0; i < len(all); i += across {
		s.keep(func() {
			high := max(least, s.m.touch())
			row := make([]*typeset.Para, 0, across)
			for j := i; j < min(i+across, len(all)); j++ {
				col := st
				if t.Topics>>j&1 == 1 {
					col.Color, col.Role = s.pal.OnAccent, typeset.Bold
				}
				p := s.short(all[j], col, wide-box-3*pad)
				row = append(row, p)
				high = max(high, p.Height+s.m.u(32))
			}
			for j, p := range row {
				on := t.Topics>>(i+j)&1 == 1
				r := image.Rect(s.x0+j*(wide+gap), s.y, s.x0+j*(wide+gap)+wide, s.y+high)
				s.chip(r, p, Action{DoTopic, itoa(i + j)}.String(), all[i+j], on, box, pad)
			}
			s.y += high
		})
		s.y += gap
	}
	s.y -= gap
}

// chip is something to choose: a box that is ticked, and its words.
func (s *sheet) chip(r image.Rectangle, p *typeset.Para, action, label string, on bool, box, pad int) {
	if on {
		if !s.dry {
			s.c.Round(r, s.m.u(14), s.pal.Government)
		}
		s.icon(scene.IconBoxChecked, r.Min.X+pad, r.Min.Y+(r.Dy()-box)/2, box, s.pal.OnAccent)
	} else {
		s.card(r, action)
		s.icon(scene.IconBox, r.Min.X+pad, r.Min.Y+(r.Dy()-box)/2, box, s.pal.Ink)
	}
	s.put(p, r.Min.X+2*pad+box, r.Min.Y+(r.Dy()-p.Height)/2, r)
	s.touchable(r, action, label, on)
}

// label stands over a part of a form.
func (s *sheet) label(text string, above int) {
	s.held++
	s.gap(above)
	s.para(text, s.smallBold(s.pal.Ink))
	s.gap(10)
	s.held--
}

// formFields are the boxes that a touch opens the keypad for. The one that is
// being written stands above the keys instead.
func (s *sheet) formFields(t *Typing) {
	w := s.w.typed
	if t.Field != TextField {
		s.label(w.text, 32)
		s.box(TextField, t.Text, w.textHint, 2)
	}
	if t.Field != ContactField {
		s.label(w.contact, 28)
		s.box(ContactField, t.Contact, w.contactHint, 1)
	}
}

// box is a field at rest, with what is in it.
func (s *sheet) box(f Field, text, hint string, least int) {
	s.keep(func() {
		st := s.body(s.pal.Ink)
		if text == "" {
			text, st.Color = hint, s.pal.Secondary
		}
		pad := s.m.u(24)
		// A long text shows how it begins; all of it stands in the field that a
		// touch opens.
		p := s.setter.Clamp(text, st, s.width()-2*pad, max(s.m.page()/2/st.Leading, least))
		high := max(max(p.Height, least*st.Leading)+2*s.m.u(18), s.m.touch())
		r := image.Rect(s.x0, s.y, s.x1, s.y+high)
		action := Action{DoField, string(f)}.String()
		s.card(r, action)
		if !s.dry {
			s.c.Outline(r, s.m.u(14), s.weight(s.pal.Hair), s.pal.Secondary)
		}
		s.put(p, s.x0+pad, s.y+s.m.u(18), r)
		s.touchable(r, action, hint, false)
		s.y += high
	})
}

// submit is the button, with what stands in its way.
func (s *sheet) submit(t *Typing) {
	w := s.w.typed
	ready := t.Topics != 0 || strings.TrimSpace(t.Text) != "" || t.Keys != ""
	s.gap(36)
	s.problem(t)
	s.keep(func() {
		high := max(s.m.u(132), s.m.touch())
		action := string(DoSubmit)
		r := image.Rect(s.x0, s.y, s.x1, s.y+high)
		if ready {
			s.key(high, w.submit, action, s.plain(typeset.Bold, sizeLead, s.pal.OnAccent), s.pal.Government)
		} else {
			p := s.set2(w.submit, s.plain(typeset.Bold, sizeLead, s.pal.Secondary))
			if !s.dry {
				s.c.Round(r, s.m.u(16), s.padGround())
				s.c.Outline(r, s.m.u(16), s.weight(s.pal.Hair), s.pal.Hairline)
			}
			s.put(p, s.x0+(s.width()-p.Width)/2, s.y+(high-p.Height)/2, r)
			s.touchable(r, action, w.submit, true)
			s.y += high
			s.gap(10)
			st := s.small(s.pal.Secondary)
			st.Align, st.Balance = typeset.Centre, true
			s.para(w.nothingYet, st)
		}
	})
}

// problem says in red and in words why it could not be submitted.
func (s *sheet) problem(t *Typing) {
	if t.Problem == "" {
		return
	}
	s.keep(func() {
		size := s.m.t(sizeBody)
		st := s.bodyBold(s.pal.Danger)
		y := s.y
		s.icon(scene.IconWarning, s.x0, y+(st.Leading-size)/2, size, s.pal.Danger)
		s.paraIn(s.x0+size+s.m.u(16), s.x1, t.Problem, st)
		s.gap(20)
	})
}

// formNotes say who reads it, what happens next and who to call.
func (s *sheet) formNotes(about *playlist.Notice) {
	w := s.w.typed
	s.gap(36)
	s.hair()
	s.gap(20)
	if about != nil && about.Posting != nil {
		s.para(w.whatNext, s.smallBold(s.pal.Ink))
		if obj := strings.TrimSpace(about.Posting.Objection); obj != "" {
			s.para(obj, s.small(s.pal.Ink))
		}
		if state, ok := s.lib.Posting(about, s.moment); ok && state.Over {
			s.para(w.over, s.small(s.pal.Ink))
		}
		s.gap(8)
	}
	s.para(sprintf(w.reads, s.siteName()), s.small(s.pal.Secondary))
	hotline := s.settings.Hotline
	if about != nil && about.Hotline != "" {
		hotline = about.Hotline
	}
	if hotline != "" {
		s.para(w.urgent+" "+hotline, s.small(s.pal.Secondary))
	}
}

// written is what stands in the field that the keys go to, with what is being
// composed at its end as underlined capitals or strokes.
func (x *ctx) composing(t *Typing, width int) markedText {
	text := t.Text
	if t.Field == ContactField {
		text = t.Contact
	}
	from := utf8.RuneCountInString(text)
	text += typedKeys(padOf(t), t.Keys)
	marks := []search.Span{{From: from, To: utf8.RuneCountInString(text)}}
	plain, strong := x.body(x.pal.Ink), x.bodyBold(x.pal.Government)
	m := x.markedIn(text, marks, plain, strong, width, 0)
	m.under = max(x.m.u(3), 1)
	return m
}
