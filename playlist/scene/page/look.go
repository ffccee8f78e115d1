package page

import (
	"image"
	"slices"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// over draws what stands above the page: the sheet and the message.
func (x *ctx) over() {
	top := x.m.h - x.m.bar
	switch x.v.Sheet {
	case LookSheet:
		top = x.lookSheet()
	case TakeSheet:
		top = x.takeSheet(top)
	}
	if x.v.Toast != "" {
		x.toast(top)
	}
}

// raised covers the page over high pixels above the bar with a sheet and returns
// a sheet to draw on, at its upper edge. What lies below it answers no touch.
func (x *ctx) raised(high int) *sheet {
	s := x.fixed()
	s.y = x.m.h - x.m.bar - high
	if head := x.m.header - s.weight(x.pal.Rule); s.y > head && s.y < head+x.m.u(48) {
		s.y = head // no sliver of the page between two lines
	}
	r := image.Rect(0, s.y, x.m.w, x.m.h-x.m.bar)
	x.cover(r)
	x.info.Over = r.Add(x.origin)
	s.fill(r, x.pal.Card)
	s.line(0, x.m.w, r.Min.Y, x.pal.Rule, x.pal.Ink)
	return s
}

// cover takes what lies under r off the page: its texts count as hidden and its
// regions end where r begins. A region that r leaves less of than a finger needs goes.
func (x *ctx) cover(r image.Rectangle) {
	for i, t := range x.info.Texts {
		if t.Area.Overlaps(r) {
			x.info.Texts[i].Covered = true
		}
	}
	f := x.c.Frame()
	at := r.Add(x.origin)
	f.Regions = slices.DeleteFunc(f.Regions, func(g scene.Region) bool {
		return g.Area.In(at) || g.Area.Overlaps(at) && at.Min.Y-g.Area.Min.Y < x.m.touch()
	})
	for i, g := range f.Regions {
		if g.Area.Overlaps(at) {
			f.Regions[i].Area.Max.Y = min(g.Area.Max.Y, at.Min.Y)
		}
	}
}

// lookSheet is how the page looks: three sizes of text, high contrast, the low
// mode. It returns its upper edge.
func (x *ctx) lookSheet() int {
	m := x.m
	pad, gap := m.u(28), m.u(20)
	tall := max(m.u(108), min(int(20*m.perMM), m.u(140)))
	one := m.landscape()
	high := 2*pad + tall
	if !one {
		high += gap + tall
	}
	s := x.raised(high)
	top := s.y
	y := s.y + pad
	// The shares of the line that the places take.
	shares := [][]int{{10, 10, 11}, {19, 19, 12}}
	if one {
		shares = [][]int{{21, 21, 25, 32, 32, 21}}
	}
	var cells []image.Rectangle
	for _, row := range shares {
		sum, left := 0, s.x0
		for _, n := range row {
			sum += n
		}
		room := s.width() - gap*(len(row)-1)
		for i, n := range row {
			w := room * n / sum
			if i == len(row)-1 {
				w = s.x1 - left
			}
			cells = append(cells, image.Rect(left, y, left+w, y+tall))
			left += w + gap
		}
		y += tall + gap
	}
	for i, letter := range [...]string{"A", "A+", "A++"} {
		s.sizeChoice(cells[i], i, letter)
	}
	s.onOff(cells[3], scene.IconContrast, x.w.frame.contrast, string(DoContrast), x.v.HighContrast)
	if row, _ := LowFrom(x.settings.Screen.Panel); row > 0 {
		s.onOff(cells[4], scene.IconChair, x.w.frame.low, string(DoLow), x.v.Low)
	} else {
		cells[5].Min.X = cells[4].Min.X // all of the panel is within reach
	}
	s.choice(cells[5], string(DoClose), x.w.frame.close, false)
	s.beside(cells[5], scene.IconClose, x.w.frame.close, x.plain(typeset.Bold, sizeSmall, x.pal.Ink))
	return top
}

// choice draws the ground of a place of a sheet: ink when it is what holds now.
func (s *sheet) choice(r image.Rectangle, action, label string, on bool) {
	if s.dry {
		return
	}
	radius := s.m.u(14)
	switch {
	case on:
		s.c.Round(r, radius, s.pal.Ink)
	case s.v.Pressed == action:
		s.c.Round(r, radius, s.pal.Hairline)
		if s.v.HighContrast {
			s.c.Round(r, radius, s.pal.GovernmentTint)
		}
	default:
		s.c.Round(r, radius, s.pal.Paper)
	}
	s.c.Outline(r, radius, s.weight(3), s.pal.Ink)
	s.touchable(r, action, label, false)
}

// sizeChoice is one size of text, its letter in that size. The one that holds
// is dark and carries a tick.
func (s *sheet) sizeChoice(r image.Rectangle, n int, letter string) {
	on := min(max(s.v.Large, 0), len(largeSteps)-1) == n
	word := s.w.frame.sizes[n]
	action := Action{DoSize, itoa(n)}.String()
	s.choice(r, action, letter+" "+word, on)
	col := s.pal.Ink
	if on {
		col = s.pal.Card
	}
	big := s.plain(typeset.Bold, sizeBody, col)
	big.Size = int(float64(big.Size) * largeSteps[n])
	big.Leading = big.Size * 14 / 10
	a, b := s.set2(letter, big), s.set2(word, s.plain(typeset.Bold, sizeSmall, col))
	gap, size := s.m.u(14), 0
	if on {
		size = s.m.u(36)
	}
	wide := a.Width + gap + b.Width
	if on {
		wide += size + gap
	}
	left := r.Min.X + (r.Dx()-wide)/2
	if on {
		s.icon(scene.IconCheck, left, r.Min.Y+(r.Dy()-size)/2, size, col)
		left += size + gap
	}
	y := r.Min.Y + (r.Dy()-a.Height)/2
	s.put(a, left, y, r)
	s.put(b, left+a.Width+gap, y+a.Baseline()-b.Baseline(), r)
}

// onOff is something that is on or off: the box beside it is ticked or not.
func (s *sheet) onOff(r image.Rectangle, icon scene.IconName, label, action string, on bool) {
	s.choice(r, action, label, on)
	col, box := s.pal.Ink, scene.IconBox
	if on {
		col, box = s.pal.Card, scene.IconBoxChecked
	}
	size, gap := s.m.u(44), s.m.u(14)
	st := s.plain(typeset.Bold, sizeSmall, col)
	p := s.setter.Fit(label, st, r.Dx()-2*size-3*gap-s.m.u(16), 1, s.m.u(sizeSmall))
	left := r.Min.X + (r.Dx()-2*size-2*gap-p.Width)/2
	s.icon(box, left, r.Min.Y+(r.Dy()-size)/2, size, col)
	s.icon(icon, left+size+gap, r.Min.Y+(r.Dy()-size)/2, size, col)
	s.put(p, left+2*size+2*gap, r.Min.Y+(r.Dy()-p.Height)/2, r)
}

// beside puts an icon and a word into the middle of r.
func (s *sheet) beside(r image.Rectangle, icon scene.IconName, label string, st typeset.Style) {
	size, gap := s.m.u(40), s.m.u(14)
	p := s.set2(label, st)
	left := r.Min.X + (r.Dx()-size-gap-p.Width)/2
	s.icon(icon, left, r.Min.Y+(r.Dy()-size)/2, size, st.Color)
	s.put(p, left+size+gap, r.Min.Y+(r.Dy()-p.Height)/2, r)
}

// toast is a short message above what stands at the foot, and above what can be
// touched there: it lies on what is read.
func (x *ctx) toast(foot int) {
	s := x.fixed()
	m := x.m
	st := x.plain(typeset.Bold, sizeBody, x.pal.Paper)
	st.Balance = true
	p := x.set(x.v.Toast, st, m.w-2*m.margin-m.u(96))
	r := image.Rect(0, 0, p.Width+m.u(96), p.Height+m.u(48))
	if view := x.info.Viewport; x.v.Sheet == NoSheet && view.Dy() > r.Dy()+2*m.u(28) {
		foot = min(foot, view.Max.Y)
	}
	r = r.Add(image.Pt((m.w-r.Dx())/2, foot-m.u(28)-r.Dy()))
	x.cover(r)
	s.c.Round(r, m.u(16), x.pal.Ink)
	s.put(p, r.Min.X+m.u(48), r.Min.Y+m.u(24), r)
}
