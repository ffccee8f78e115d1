package page

import (
	"image"
	"image/color"
	"slices"
	"unicode/utf8"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// sheet is one column of a page that content is put on from top to bottom.
// Coordinates are in pixels from the top of the content; x0 and x1 are the two
// vertical lines on which everything hangs. A dry sheet only measures.
type sheet struct {
	*ctx
	x0, x1 int
	y      int

	dry    bool
	chrome bool // header, bar, dialog
	shift  image.Point
	clip   image.Rectangle
	breaks []pageBreak // where the page may end without cutting anything
	soft   []pageBreak // where it may end when that is the only way
	hairAt int         // foot of the last hairline
	held   int         // depth of keep: no breaks inside
	moves  bool        // what is drawn moves sideways
	sticky []stickySpan
	rows   []int // tops of the rows that can be counted
	scroll int   // how far the content has moved up
	high   int   // height to fill; 0 is as much as it takes
	chars  int
	air    int // of a slide: how wide its gaps are, in hundredths
}

// pageBreak is a height at which a page may end and the one at which the next
// goes on: a hairline between two rows belongs to neither.
type pageBreak struct{ end, next int }

// stickySpan is a stretch of content over which a header of that height stays at
// the top while it scrolls.
type stickySpan struct{ from, to, high int }

func (s *sheet) width() int { return s.x1 - s.x0 }

// put draws set text with its upper left at x, y. within is what it was set
// for, in content coordinates.
func (s *sheet) put(p *typeset.Para, x, y int, within image.Rectangle) {
	s.putAs(p, x, y, within, func() { p.Draw(s.c, image.Pt(x, y)) })
}

// putAs is put for text that draw paints in a way of its own.
func (s *sheet) putAs(p *typeset.Para, x, y int, within image.Rectangle, draw func()) {
	n := utf8.RuneCountInString(p.Text)
	s.chars += n
	if n == 0 || len(p.Lines) == 0 {
		return
	}
	if s.dry {
		s.listen(p, x, y)
		return
	}
	left, right := p.Box, 0
	for _, l := range p.Lines {
		left, right = min(left, l.X), max(right, l.X+l.Width)
	}
	area := image.Rect(x+min(left, right), y, x+right, y+p.Height).Add(s.shift)
	if !area.Overlaps(s.clip) {
		return
	}
	s.mark(p, x, y)
	under := len(s.c.Frame().Ops)
	draw()
	last := p.Lines[len(p.Lines)-1]
	s.info.Texts = append(s.info.Texts, Text{
		Text: p.Text, Area: area, Clip: s.clip, Within: within.Add(s.shift),
		Size: p.Style.Size, Last: last.End - last.Start, Lines: len(p.Lines), Chrome: s.chrome,
		para: p, by: s.setter, op: under, at: image.Pt(x, y).Add(s.shift), moves: s.moves,
	})
}

// text sets and draws text in the width from x0 to x1 with its top at y and
// returns it.
func (s *sheet) text(x0, x1, y int, text string, st typeset.Style) *typeset.Para {
	p := s.set(text, st, x1-x0)
	s.put(p, x0, y, image.Rect(x0, y, x1, y+p.Height))
	return p
}

// para sets text over the whole width at the sheet's height and moves on.
func (s *sheet) para(text string, st typeset.Style) *typeset.Para {
	return s.paraIn(s.x0, s.x1, text, st)
}

func (s *sheet) paraIn(x0, x1 int, text string, st typeset.Style) *typeset.Para {
	return s.placeIn(x0, x1, s.set(text, st, x1-x0))
}

// place puts set text over the whole width and moves on.
func (s *sheet) place(p *typeset.Para) { s.placeIn(s.x0, s.x1, p) }

func (s *sheet) placeIn(x0, x1 int, p *typeset.Para) *typeset.Para {
	s.put(p, x0, s.y, image.Rect(x0, s.y, x1, s.y+p.Height))
	// A page may end between any two lines but after the first or before the
	// last, so that no line stands alone.
	for i := 1; i < len(p.Lines); i++ {
		s.held++
		s.breakAt(s.y + p.Lines[i].Top)
		s.held--
		if i > 1 && i < len(p.Lines)-1 {
			s.breakAt(s.y + p.Lines[i].Top)
		}
	}
	s.y += p.Height
	s.breakAt(s.y)
	return p
}

// gap moves on by n design pixels.
func (s *sheet) gap(n int) { s.y += s.m.u(n) }

// breakAt allows the page to end at height y.
func (s *sheet) breakAt(y int) {
	list := &s.breaks
	if s.held > 0 {
		list = &s.soft
	}
	if n := len(*list); n > 0 && y <= (*list)[n-1].next {
		return
	}
	b := pageBreak{y, y}
	if y == s.hairAt {
		b.end -= s.weight(s.pal.Hair)
	}
	*list = append(*list, b)
}

// keep lays something out that must not be cut, and allows a cut after it.
func (s *sheet) keep(draw func()) {
	s.held++
	draw()
	s.held--
	s.breakAt(s.y)
}

// rule draws a section's strong line and moves below it.
func (s *sheet) rule() {
	s.line(s.x0, s.x1, s.y, s.pal.Rule, s.pal.Ink)
	s.y += s.weight(s.pal.Rule)
}

// hair draws the line between two rows and moves below it.
func (s *sheet) hair() {
	s.line(s.x0, s.x1, s.y, s.pal.Hair, s.pal.Hairline)
	s.y += s.weight(s.pal.Hair)
	s.hairAt = s.y
}

// weight is a line's thickness on this panel.
func (s *sheet) weight(n int) int { return max(s.m.u(n), 1) }

func (s *sheet) line(x0, x1, y, thick int, col color.RGBA) {
	if !s.dry {
		s.c.HLine(x0, x1, y, s.weight(thick), col)
	}
}

func (s *sheet) fill(r image.Rectangle, col color.RGBA) {
	if !s.dry {
		s.c.Fill(r, col)
	}
}

// card draws a white card with a hairline edge; pressed darkens it.
func (s *sheet) card(r image.Rectangle, action string) {
	if s.dry {
		return
	}
	col := s.pal.Card
	if action != "" && s.v.Pressed == action {
		col = s.pal.Hairline
		if s.v.HighContrast {
			col = s.pal.GovernmentTint
		}
	}
	s.c.Round(r, s.m.u(14), col)
	s.c.Outline(r, s.m.u(14), s.weight(s.pal.Hair), s.pal.Hairline)
}

// touchable makes r answer touches; while it is pressed it is tinted.
func (s *sheet) touchable(r image.Rectangle, action, label string, tint bool) {
	if s.dry || s.paper || action == "" {
		return
	}
	if tint && s.v.Pressed == action {
		s.c.Fill(r, scene.Alpha(s.pal.Ink, 20))
	}
	s.c.Region(r, action, label)
}

func (s *sheet) icon(name scene.IconName, x, y, size int, col color.RGBA) {
	if !s.dry {
		s.c.Icon(name, image.Pt(x, y), size, col)
	}
}

// heading opens a section: a serif title over a hairline.
func (s *sheet) heading(text string) {
	s.held++
	s.gap(48)
	s.para(text, s.serif(sizeLead, s.pal.Ink))
	s.gap(10)
	s.hair()
	s.held--
}

// labelled is a row of a label and what it says, over the width.
func (s *sheet) labelled(label, text string) {
	s.labelledAs(label, text, s.body(s.pal.Ink))
}

func (s *sheet) labelledAs(label, text string, st typeset.Style) {
	if text == "" {
		return
	}
	w := s.labelWidth()
	s.keep(func() {
		s.gap(20)
		y := s.y
		p := s.text(s.x0+w, s.x1, y, text, st)
		l := s.set(label, s.small(s.pal.Secondary), w-s.m.u(16))
		// Both stand on one baseline, which is what the eye aligns.
		for i := 1; i < len(p.Lines); i++ {
			s.breakAt(y + p.Lines[i].Top)
		}
		s.put(l, s.x0, y+max(p.Baseline()-l.Baseline(), 0), image.Rect(s.x0, y, s.x0+w, y+l.Height))
		s.y = y + max(p.Height, l.Height)
		s.gap(20)
		s.hair()
	})
}

// labelWidth is the column of labels beside running text.
func (s *sheet) labelWidth() int {
	n := 6
	if s.w.en {
		n = 7
	}
	return min(n*s.m.t(sizeSmall), s.width()/3)
}

// bottom returns where a page from top to limit may end and where the next goes
// on.
func (s *sheet) bottom(top, limit int) pageBreak {
	if s.y > limit {
		for _, list := range [][]pageBreak{s.breaks, s.soft} {
			for _, b := range slices.Backward(list) {
				if b.end <= limit && b.end > top+(limit-top)/4 {
					return b
				}
			}
		}
		// Rather a short page than one thing in two parts.
		for _, b := range slices.Backward(s.breaks) {
			if b.end <= limit && b.end > top {
				return b
			}
		}
		// One thing as high as the page is cut where the page ends.
	}
	return pageBreak{limit, limit}
}

// stuck returns the height of the header that would stand over the content when
// it is scrolled to top.
func (s *sheet) stuck(top int) int {
	for _, sp := range s.sticky {
		if top > sp.from && top < sp.to-sp.high {
			return sp.high
		}
	}
	return 0
}
