package typeset

import (
	"image"
	"math"
	"slices"
	"strings"
)

// minWholeEms is the narrowest measure, in ems, that is floored to whole ems:
// in a narrower one half an em is worth more than a grid.
const minWholeEms = 8

// set sets text from nothing. Width 0 means one line of any width.
func (s *Setter) set(text string, st Style, width int) *Para {
	p := &Para{Text: text, Style: st, Box: width}
	runes := validRunes(text)
	if width == 0 {
		for i, r := range runes {
			if isHardBreak(r) {
				runes[i] = ' '
			}
		}
	}
	top := 0
	for start, more := 0, true; more; {
		end := start
		for end < len(runes) && !isHardBreak(runes[end]) {
			end++
		}
		next := end
		if more = end < len(runes); more {
			next++
			if runes[end] == '\r' && next < len(runes) && runes[next] == '\n' {
				next++
			}
		}
		top = s.setOne(p, runes[start:end], start, next-start, top)
		if start = next; more {
			top += st.Gap
		}
	}
	p.Height = top
	if width == 0 {
		p.Box = p.Width
	}
	return p
}

func isHardBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// setOne sets one paragraph, whose first rune is number base of the text and
// which takes count runes with its line end, from y top on. It returns the y
// below it.
func (s *Setter) setOne(p *Para, runes []rune, base, count, top int) int {
	st := p.Style
	sh := s.shape(runes, st)
	indent := st.Indent * st.Size
	lines := []span{{0, len(sh.atoms), visibleEnd(sh)}}
	measure := p.Box
	if p.Box > 0 && indent+sh.width(0, len(sh.atoms), len(sh.atoms)) > p.Box {
		measure = s.measure(runes, st, p.Box)
		lines = s.breakLines(sh, st, max(measure-indent, 1), measure)
		if st.Balance && len(lines) > 1 {
			lines = s.balance(sh, st, indent, measure, lines)
			p.torn = p.torn || tears(sh, lines)
		}
	}
	if p.Box == 0 || p.Box < indent {
		indent = 0
	}
	em, leading := st.Size, st.leading()
	for i, sp := range lines {
		l := Line{
			Start:    base + runeAt(sh, sp.a),
			End:      base + runeAt(sh, sp.b),
			Top:      top,
			Baseline: top + (leading-em)/2 + int(math.Round(0.88*float64(em))),
		}
		if i == len(lines)-1 {
			l.End = base + count
		}
		l.Text = strings.TrimRightFunc(string(runes[runeAt(sh, sp.a):runeAt(sh, sp.b)]), isHardBreak)
		in := 0
		if i == 0 {
			in = indent
		}
		s.place(p, &l, sh, sp, in, measure, i == len(lines)-1)
		p.Lines = append(p.Lines, l)
		top += leading
	}
	return top
}

// measure returns the width that lines are filled to: whole ems where that
// keeps ideographs in columns. Titles are ragged and have none.
func (s *Setter) measure(runes []rune, st Style, box int) int {
	if box < minWholeEms*st.Size || !containsHan(runes) || st.Align == Centre || st.Balance {
		return box
	}
	return box / st.Size * st.Size
}

// balance breaks a title anew, so that its lines come out about equally long
// and end where phrases do. It takes as many lines as before, and one more only
// where that spares a word.
func (s *Setter) balance(sh shaped, st Style, indent, measure int, lines []span) []span {
	got := s.byPhrase(sh, st, indent, measure, len(lines))
	if got != nil && (st.tight || !tears(sh, got)) {
		return got
	}
	if !st.tight {
		if more := s.byPhrase(sh, st, indent, measure, len(lines)+1); more != nil && !tears(sh, more) {
			return more
		}
	}
	if got != nil {
		return got
	}
	return s.narrowed(sh, st, indent, measure, lines)
}

// narrowed narrows the measure for as long as the number of lines stays.
func (s *Setter) narrowed(sh shaped, st Style, indent, measure int, lines []span) []span {
	low, high := measure/2, measure
	for low < high {
		mid := (low + high) / 2
		got := s.breakLines(sh, st, max(mid-indent, 1), mid)
		if len(got) == len(lines) && fits(sh, got, mid) {
			lines, high = got, mid
		} else {
			low = mid + 1
		}
	}
	return lines
}

func fits(sh shaped, lines []span, measure int) bool {
	for _, sp := range lines {
		if sh.width(sp.a, sp.b, sp.visible) > measure {
			return false
		}
	}
	return true
}

func visibleEnd(sh shaped) int {
	n := len(sh.atoms)
	for n > 0 && (sh.atoms[n-1].class == space || sh.atoms[n-1].class == ignored) {
		n--
	}
	return n
}

func runeAt(sh shaped, atom int) int {
	if atom < len(sh.atoms) {
		return sh.atoms[atom].start
	}
	return len(sh.runes)
}

// place gives the glyphs of a line their pixels.
func (s *Setter) place(p *Para, l *Line, sh shaped, sp span, indent, measure int, last bool) {
	if sp.visible <= sp.a {
		l.X = indent
		return
	}
	atoms := sh.atoms[sp.a:sp.visible]
	first, end := &atoms[0], &atoms[len(atoms)-1]
	origin := first.pos
	if first.class == opening {
		origin += first.trim
	}
	width := end.pos + end.adv - origin
	room := measure - indent
	align := p.Style.Align
	// A closing mark that ends a line keeps its empty half only where that
	// shows nowhere: at the ragged side, or within a filled line that has room.
	if end.class == closing && (align == End || align == Centre || measure > 0 && width > room) {
		width -= end.trim
	}
	l.X, l.Width = indent, width
	var extra []int
	if measure > 0 {
		switch align {
		case End:
			l.X = p.Box - width
		case Centre:
			l.X = indent + (p.Box-indent-width)/2
		case Justify:
			switch {
			case width > room:
				extra = tighten(atoms, width-room)
			case !last && width < room:
				extra = justify(atoms, room-width, p.Style.Size)
			}
			if extra != nil {
				l.Width = room
			}
		}
	}
	shift := l.X - origin
	for i := range atoms {
		if extra != nil {
			shift += extra[i]
		}
		for _, g := range atoms[i].glyphs {
			d := s.draw(g.key)
			if d.mask == nil {
				continue
			}
			l.Glyphs = append(l.Glyphs, Glyph{d.mask, image.Pt(atoms[i].pos+g.dx+shift, l.Baseline+g.dy).Add(d.at)})
		}
	}
	p.Width = max(p.Width, indent+l.Width)
}

// justify returns how many pixels to add before each atom so that slack is used
// up, or nil when that would tear the line apart.
func justify(atoms []atom, slack, em int) []int {
	han := slices.ContainsFunc(atoms, func(a atom) bool { return a.class == ideo })
	n := 0
	for i := 1; i < len(atoms); i++ {
		if widens(atoms[i-1].class, atoms[i].class, han) {
			n++
		}
	}
	if tooLoose(slack, n, em) {
		return nil
	}
	extra := make([]int, len(atoms))
	k := 0
	for i := 1; i < len(atoms); i++ {
		if widens(atoms[i-1].class, atoms[i].class, han) {
			extra[i] = slack*(k+1)/n - slack*k/n
			k++
		}
	}
	return extra
}

// widens reports whether justification may put space between two neighbours:
// after spaces, and in Chinese lines around ideographs, but not between a mark
// and what it holds.
func widens(a, b class, han bool) bool {
	switch {
	case b == space || b == ignored || a == ignored:
		return false
	case a == space:
		return true
	case !han || a == opening || b == closing:
		return false
	}
	return a == ideo || b == ideo || a == closing || b == opening
}

// tighten returns how many pixels to take before each atom so that the inner
// full-width marks give up over pixels of their empty halves, or nil when they
// cannot.
func tighten(atoms []atom, over int) []int {
	n, most := 0, 0
	for i := 1; i < len(atoms)-1; i++ {
		if t := atoms[i].trim / 2; t > 0 {
			n, most = n+1, most+t
		}
	}
	if over > most {
		return nil
	}
	extra := make([]int, len(atoms))
	k := 0
	for i := 1; i < len(atoms)-1; i++ {
		if atoms[i].trim/2 <= 0 {
			continue
		}
		share := over*(k+1)/n - over*k/n
		k++
		if atoms[i].class == opening {
			extra[i] -= share
		} else {
			extra[i+1] -= share
		}
	}
	return extra
}
