package page

import (
	"image"
	"unicode/utf8"

	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
)

// markedText is text of which some runs look different: what a search matched,
// or what is still being typed.
type markedText struct {
	para   *typeset.Para // the whole text in the wider of the two styles, for its lines
	marks  []search.Span
	plain  typeset.Style
	strong typeset.Style
	under  int // thickness of the line below marked runs; 0 is none
}

// markedIn sets text in a width. plain and strong differ only in role and
// colour; the lines are those of the bold face, which is the wider.
func (x *ctx) markedIn(text string, marks []search.Span, plain, strong typeset.Style, width, most int) markedText {
	wide := plain
	wide.Role = typeset.Bold
	p := x.set(text, wide, width)
	if most > 0 && len(p.Lines) > most {
		p = x.setter.Clamp(text, wide, width, most)
	}
	if utf8.RuneCountInString(p.Text) < 1 {
		marks = nil
	}
	return markedText{para: p, marks: marks, plain: plain, strong: strong}
}

// putMarked draws marked text with its upper left at x, y and returns where its
// last line ends.
func (s *sheet) putMarked(m markedText, x, y int, within image.Rectangle) (end image.Point) {
	s.putAs(m.para, x, y, within, func() { end = m.runs(s, x, y) })
	return end
}

// runs draws the runs of every line one after the other and returns where the
// last one ends.
func (m markedText) runs(s *sheet, x, y int) (end image.Point) {
	runes := []rune(m.para.Text)
	for _, l := range m.para.Lines {
		left := x + l.X
		for from := l.Start; from < min(l.End, len(runes)); {
			to, marked := m.next(from, min(l.End, len(runes)))
			st := m.plain
			if marked {
				st = m.strong
			}
			st.Align, st.Balance, st.Indent = typeset.Start, false, 0
			run := s.set2(string(runes[from:to]), st)
			top := y + l.Baseline - run.Baseline()
			run.Draw(s.c, image.Pt(left, top))
			if marked && m.under > 0 {
				s.c.HLine(left, left+run.Width, y+l.Baseline+m.under*2, m.under, st.Color)
			}
			left += run.Width
			from = to
		}
		end = image.Pt(left, y+l.Top)
	}
	return end
}

// next returns where the run that begins at from ends, and whether it is marked.
func (m markedText) next(from, end int) (to int, marked bool) {
	to = end
	for _, sp := range m.marks {
		switch {
		case sp.To <= from || sp.From >= sp.To:
		case sp.From <= from:
			return min(sp.To, end), true
		default:
			to = min(to, sp.From)
		}
	}
	return to, false
}
