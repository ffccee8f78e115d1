package page

import (
	"image"
	"strings"
	"unicode/utf8"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// spoken is where the line stands that is being read aloud. The dry run over a
// page finds it, before anything is drawn.
type spoken struct {
	seek  bool // a dry run looks for it
	found bool
	whole bool // the text is the line and nothing else
	at    image.Point
	area  image.Rectangle // of its lines, in content coordinates
}

// listen looks at text that was set, with its upper left at x, y, for the line
// that is being read.
func (s *sheet) listen(p *typeset.Para, x, y int) {
	sp := &s.spoken
	if !sp.seek || s.chrome || sp.whole || s.v.Spoken == "" || !strings.Contains(p.Text, s.v.Spoken) {
		return
	}
	if whole := p.Text == s.v.Spoken; whole || !sp.found {
		sp.found, sp.whole = true, whole
		sp.at = image.Pt(x, y)
		sp.area = spokenLines(p, s.v.Spoken).Add(sp.at)
	}
}

// spokenLines are the lines of p on which text stands, from p's upper left.
func spokenLines(p *typeset.Para, text string) image.Rectangle {
	i := strings.Index(p.Text, text)
	if i < 0 {
		return image.Rectangle{}
	}
	from := utf8.RuneCountInString(p.Text[:i])
	to := from + utf8.RuneCountInString(text)
	var r image.Rectangle
	for i, l := range p.Lines {
		if l.End <= from || l.Start >= to {
			continue
		}
		foot := p.Height
		if i+1 < len(p.Lines) {
			foot = p.Lines[i+1].Top
		}
		r = r.Union(image.Rect(l.X, l.Top, l.X+l.Width, foot))
	}
	return r
}

// mark tints the lines that are being read: a soft ground, or in high contrast a
// frame, so that colour alone never says it (DOMAIN U17).
func (s *sheet) mark(p *typeset.Para, x, y int) {
	sp := &s.spoken
	if s.chrome || !sp.found || sp.at != image.Pt(x, y) || !strings.Contains(p.Text, s.v.Spoken) {
		return
	}
	r := sp.area.Inset(-s.m.u(4))
	r.Min.X, r.Max.X = r.Min.X-s.m.u(10), r.Max.X+s.m.u(10)
	if s.v.HighContrast {
		s.c.Outline(r, s.m.u(8), s.weight(3), s.pal.Government)
		return
	}
	s.c.Round(r, s.m.u(8), scene.Mix(s.pal.Paper, s.pal.Government, 28))
}
