package page

import (
	"image"
	"math"
	"strings"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// strokeSigns are the strokes of a stroke pad by key.
var strokeSigns = map[byte]string{'h': "一", 's': "丨", 'p': "丿", 'n': "丶", 'z': "乛"}

// strokeOrder is the order of the stroke keys, 札 order as in school.
const strokeOrder = "hspnz"

// qwerty are the rows of a typewriter.
var qwerty = [3]string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}

// typedKeys writes keys as a person sees them: letters as capitals, strokes as
// strokes.
func typedKeys(pad Pad, keys string) string {
	if pad != StrokePad {
		return strings.ToUpper(keys)
	}
	var b strings.Builder
	for i := range len(keys) {
		b.WriteString(strokeSigns[keys[i]])
	}
	return b.String()
}

// padOf is the pad that a Typing asks for.
func padOf(t *Typing) Pad {
	if t == nil || t.Pad != StrokePad && t.Pad != DigitPad {
		return PinyinPad
	}
	return t.Pad
}

// keyGap is the space between keys: 3 mm (DOMAIN U01).
func (x *ctx) keyGap() int { return max(int(math.Ceil(3*x.m.perMM)), x.m.u(12)) }

// keyLines is how many rows of keys a width needs. Ten keys abreast are a
// typewriter; where 15 mm each do not fit, the alphabet stands in order.
func (x *ctx) keyLines(wide int) (rows, across int) {
	gap, touch := x.keyGap(), x.m.touch()
	across = min((wide+gap)/(touch+gap), 10)
	if across >= 10 {
		return 3, 10
	}
	return (26 + 2 + across - 1) / across, across
}

// beside says whether keys stand at the right of the page between y0 and y1 and
// not below it: where it is wider than high.
func (x *ctx) beside(y0, y1 int) bool { return x.m.w*10 >= (y1-y0)*12 }

// cramped says whether a page has one column and little height, as in the low
// mode.
func (m metrics) cramped() bool { return !m.landscape() && m.h-m.header-m.bar < m.u(1100) }

// leastKeys is the least width of a keypad that stands beside the page.
func (x *ctx) leastKeys() int {
	gap, touch := x.keyGap(), x.m.touch()
	if ten := 10*touch + 9*gap; ten+2*x.m.u(24) <= x.m.w*58/100 {
		return ten
	}
	return 7*touch + 6*gap
}

// besideWidth is the width of a keypad that stands beside the page.
func (x *ctx) besideWidth() int { return max(x.leastKeys(), x.m.w*46/100-2*x.m.u(24)) }

// keysHigh returns the least and the comfortable height of the rows of keys.
func (x *ctx) keysHigh(wide int) (least, best int) {
	rows, across := x.keyLines(wide)
	gap := x.keyGap()
	key := (wide - (across-1)*gap) / across
	most := max(min(x.m.u(112), key*135/100), x.m.touch())
	return rows*x.m.touch() + (rows-1)*gap, rows*most + (rows-1)*gap
}

// keyCap is one key.
type keyCap struct {
	r      image.Rectangle
	action string
	label  string
	sub    string // the name below a stroke
	dead   bool   // leads nowhere; touching it does no harm
	word   bool   // a command, not a character
}

// keypad draws the rows of keys of a pad in r. next are the keys that lead on;
// nil is all of them.
func (s *sheet) keypad(r image.Rectangle, pad Pad, next map[byte]bool) {
	var caps []keyCap
	switch pad {
	case StrokePad:
		caps = s.strokeCaps(r)
	case DigitPad:
		caps = s.digitCaps(r)
	default:
		caps = s.letterCaps(r)
	}
	for _, k := range caps {
		if a, _ := ParseAction(k.action); next != nil && len(a.Arg) == 1 {
			k.dead = !next[a.Arg[0]]
		}
		s.keyCap(k)
	}
}

func keyOf(c byte) string { return Action{DoKey, string(c)}.String() }

// row places n caps of equal width with gaps between them over [x0, x1).
func row(x0, x1, y0, y1, gap, n int, at func(i int, r image.Rectangle)) {
	for i := range n {
		l := x0 + (x1-x0+gap)*i/n
		at(i, image.Rect(l, y0, x0+(x1-x0+gap)*(i+1)/n-gap, y1))
	}
}

// lines divides the height of r into n rows.
func lines(r image.Rectangle, gap, n int, at func(i, y0, y1 int)) {
	for i := range n {
		at(i, r.Min.Y+(r.Dy()+gap)*i/n, r.Min.Y+(r.Dy()+gap)*(i+1)/n-gap)
	}
}

func (s *sheet) clearCap(r image.Rectangle) keyCap {
	return keyCap{r: r, action: Action{DoKey, "clear"}.String(), label: s.w.typed.clearKey, word: true}
}

func (s *sheet) deleteCap(r image.Rectangle) keyCap {
	return keyCap{r: r, action: Action{DoKey, "delete"}.String(), label: s.w.typed.deleteKey, word: true}
}

func (s *sheet) letterCaps(r image.Rectangle) (caps []keyCap) {
	gap := s.keyGap()
	rows, across := s.keyLines(r.Dx())
	if across < 10 {
		// In order, with the two commands at the end.
		lines(r, gap, rows, func(i, y0, y1 int) {
			row(r.Min.X, r.Max.X, y0, y1, gap, across, func(j int, k image.Rectangle) {
				switch n := i*across + j; {
				case n < 26:
					c := byte('a' + n)
					caps = append(caps, keyCap{r: k, action: keyOf(c), label: strings.ToUpper(string(c))})
				case n == rows*across-2:
					caps = append(caps, s.clearCap(k))
				case n == rows*across-1:
					caps = append(caps, s.deleteCap(k))
				}
			})
		})
		return caps
	}
	key := (r.Dx() - 9*gap) / 10
	lines(r, gap, 3, func(i, y0, y1 int) {
		letters := qwerty[i]
		wide := len(letters)*key + (len(letters)-1)*gap
		x0 := r.Min.X + (r.Dx()-wide)/2
		x1 := x0 + wide
		if i == 0 {
			x0, x1 = r.Min.X, r.Max.X
		}
		row(x0, x1, y0, y1, gap, len(letters), func(j int, k image.Rectangle) {
			caps = append(caps, keyCap{r: k, action: keyOf(letters[j]), label: strings.ToUpper(letters[j : j+1])})
		})
		if i == 2 {
			caps = append(caps, s.clearCap(image.Rect(r.Min.X, y0, x0-gap, y1)), s.deleteCap(image.Rect(x1+gap, y0, r.Max.X, y1)))
		}
	})
	return caps
}

// strokeCaps are five keys as large as there is room for, over the commands.
func (s *sheet) strokeCaps(r image.Rectangle) (caps []keyCap) {
	gap, touch := s.keyGap(), s.m.touch()
	low := max(min(s.m.u(104), (r.Dy()-gap)/3), touch)
	foot := r.Max.Y - low
	row(r.Min.X, r.Max.X, r.Min.Y, foot-gap, gap, 5, func(i int, k image.Rectangle) {
		c := strokeOrder[i]
		caps = append(caps, keyCap{r: k, action: keyOf(c), label: strokeSigns[c], sub: s.w.typed.strokeName[i]})
	})
	wide := max((r.Dx()-4*gap)/5, touch)
	caps = append(caps,
		s.clearCap(image.Rect(r.Min.X, foot, r.Min.X+wide, r.Max.Y)),
		s.deleteCap(image.Rect(r.Max.X-wide, foot, r.Max.X, r.Max.Y)))
	st := s.plain(typeset.Sans, sizeSmall, s.pal.Ink)
	room := image.Rect(r.Min.X+wide+gap, foot, r.Max.X-wide-gap, r.Max.Y)
	if p := s.set2(s.w.typed.strokeHow, st); p.Width <= room.Dx() {
		s.put(p, room.Min.X+(room.Dx()-p.Width)/2, foot+(low-p.Height)/2, room)
	}
	return caps
}

// digitCaps are a telephone's keys, or where that is too high two rows of five.
func (s *sheet) digitCaps(r image.Rectangle) (caps []keyCap) {
	gap, touch := s.keyGap(), s.m.touch()
	digit := func(c byte, k image.Rectangle) { caps = append(caps, keyCap{r: k, action: keyOf(c), label: string(c)}) }
	if r.Dy() < 4*touch+3*gap {
		lines(r, gap, 3, func(i, y0, y1 int) {
			if i == 2 {
				row(r.Min.X, r.Max.X, y0, y1, gap, 2, func(j int, k image.Rectangle) {
					caps = append(caps, []func(image.Rectangle) keyCap{s.clearCap, s.deleteCap}[j](k))
				})
				return
			}
			row(r.Min.X, r.Max.X, y0, y1, gap, 5, func(j int, k image.Rectangle) { digit("1234567890"[i*5+j], k) })
		})
		return caps
	}
	wide := min(r.Dx(), 3*max(s.m.u(260), touch)+2*gap)
	x0 := r.Min.X + (r.Dx()-wide)/2
	lines(r, gap, 4, func(i, y0, y1 int) {
		row(x0, x0+wide, y0, y1, gap, 3, func(j int, k image.Rectangle) {
			switch {
			case i < 3:
				digit("123456789"[i*3+j], k)
			case j == 0:
				caps = append(caps, s.clearCap(k))
			case j == 1:
				digit('0', k)
			default:
				caps = append(caps, s.deleteCap(k))
			}
		})
	})
	return caps
}

// padGround is what keys lie on: a little darker than paper.
func (x *ctx) padGround() colour {
	if x.v.HighContrast {
		return x.pal.Paper
	}
	return scene.Mix(x.pal.Paper, x.pal.Hairline, 130)
}

// keyCap draws a key with its three-pixel edge; a key that is held down lies
// lower and has none. One that leads nowhere lies flat.
func (s *sheet) keyCap(k keyCap) {
	edge := s.weight(3)
	radius := s.m.u(12)
	face := k.r
	face.Max.Y -= edge
	down := s.v.Pressed == k.action
	if down {
		face = face.Add(image.Pt(0, edge))
	}
	col, role, size := s.pal.Ink, typeset.Sans, sizeLead
	if k.word {
		size = sizeBody
	}
	if !s.dry {
		ground, rim := s.pal.Card, scene.Mix(s.pal.Hairline, s.pal.Ink, 30)
		switch {
		case s.v.HighContrast && k.dead:
			// No grey is left to say it with: the key has no outline.
			ground = s.pal.Paper
		case s.v.HighContrast:
			role = typeset.Bold
			s.c.Round(k.r, radius, s.pal.Ink)
			face, edge = image.Rect(face.Min.X+s.weight(3), face.Min.Y+s.weight(3), face.Max.X-s.weight(3), face.Max.Y-s.weight(2)), 0
		case k.dead:
			ground, col = scene.Mix(s.padGround(), s.pal.Card, 90), s.pal.Secondary
		case !down:
			s.c.Round(face.Add(image.Pt(0, edge)), radius, rim)
		}
		if down {
			ground = s.pal.Hairline
			if s.v.HighContrast {
				ground = s.pal.GovernmentTint
			}
		}
		s.c.Round(face, radius, ground)
	}
	if k.sub != "" {
		s.strokeLabel(k, face, col)
	} else {
		st := s.plain(role, size, col)
		st.Size = min(st.Size, face.Dy()*8/10)
		st.Leading = min(st.Leading, face.Dy())
		least := min(s.m.u(sizeSmall*3/4), int(math.Ceil(smallestMM*s.m.perMM)))
		p := s.setter.Fit(k.label, st, face.Dx()-s.m.u(8), 1, least)
		if len(p.Lines) > 1 && k.word {
			p = s.setter.Clamp(k.label, p.Style, face.Dx()-s.m.u(8), 1)
		}
		s.put(p, face.Min.X+(face.Dx()-p.Width)/2, face.Min.Y+(face.Dy()-p.Height)/2, face)
	}
	s.touchable(k.r, k.action, k.label, false)
}

// strokeLabel is a stroke drawn large over its name.
func (s *sheet) strokeLabel(k keyCap, face image.Rectangle, col colour) {
	name := s.setter.Fit(k.sub, s.plain(typeset.Sans, sizeSmall, col), face.Dx()-s.m.u(8), 1, s.m.u(sizeSmall*3/4))
	room := min((face.Dy()-name.Height)*10/14, face.Dx()*9/10)
	size := max(min(sizeFigure, room*1080/max(s.m.u(1080), 1)), sizeBody)
	st := s.plain(typeset.Bold, size, col)
	st.Size = min(st.Size, face.Dx()*8/10)
	st.Leading = st.Size
	p := s.set2(k.label, st)
	high := p.Height + name.Height
	y := face.Min.Y + (face.Dy()-high)/2
	// Strokes lie high and low in their square; on keys each is in the middle.
	ink := p.Ink()
	s.put(p, face.Min.X+(face.Dx()-p.Width)/2, y+(p.Height-ink.Dy())/2-ink.Min.Y, face)
	s.put(name, face.Min.X+(face.Dx()-name.Width)/2, y+p.Height, face)
}

// tabs are the ways of typing, in r, and where they end. The chosen one is ink.
func (s *sheet) tabs(r image.Rectangle, pad Pad, of []Pad, short bool) (end int) {
	label := map[Pad]string{PinyinPad: s.w.typed.pinyin, StrokePad: s.w.typed.strokes, DigitPad: s.w.typed.digits}
	gap := s.keyGap()
	pads := make([]int, len(of))
	total := gap * (len(of) - 1)
	st := s.plain(typeset.Bold, sizeSmall, s.pal.Ink)
	inset := s.m.u(36)
	for i, p := range of {
		if short {
			label[p], _, _ = strings.Cut(label[p], " ")
		}
		pads[i] = s.setter.Width(label[p], st)
		total += pads[i]
	}
	if !short && total+2*s.m.u(8)*len(of) > r.Dx() {
		s.tabs(r, pad, of, true)
		return
	}
	if most := r.Dx() - gap*(len(of)-1) - 2*s.m.u(8)*len(of); total-gap*(len(of)-1) > most {
		// As large as there is room for, and never below 5 mm.
		least := min(st.Size, int(math.Ceil(smallestMM*s.m.perMM)))
		st.Size = max(st.Size*most/max(total-gap*(len(of)-1), 1), least)
		total = gap * (len(of) - 1)
		for i, p := range of {
			pads[i] = s.setter.Width(label[p], st)
			total += pads[i]
		}
	}
	for inset > s.m.u(8) && total+2*inset*len(of) > r.Dx() {
		inset -= 2
	}
	x0 := r.Min.X
	for i, p := range of {
		wide := max(pads[i]+2*inset, s.m.touch())
		k := image.Rect(x0, r.Min.Y, x0+wide, r.Max.Y)
		action := Action{DoPad, string(p)}.String()
		col := s.pal.Ink
		if !s.dry {
			switch {
			case p == pad:
				col = s.pal.Paper
				s.c.Round(k, s.m.u(12), s.pal.Ink)
			case s.v.Pressed == action:
				s.c.Round(k, s.m.u(12), s.pal.Hairline)
			case s.v.HighContrast:
				s.c.Outline(k, s.m.u(12), s.weight(3), s.pal.Ink)
			}
		}
		use := st
		use.Color = col
		l := s.set2(label[p], use)
		s.put(l, x0+(wide-l.Width)/2, k.Min.Y+(k.Dy()-l.Height)/2, k)
		s.touchable(k, action, label[p], false)
		x0 += wide + gap
	}
	return x0
}

// allPads are the tabs in order.
var allPads = []Pad{PinyinPad, StrokePad, DigitPad}
