package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
)

// home is where every search for something begins: what one can look up here,
// what is on public notice now, and what is new.
func (x *ctx) home() content {
	return content{fill: true, share: 54, head: x.homeTiles, body: x.homeLists}
}

func (x *ctx) homeTiles(s *sheet) {
	tiles := x.lib.Tiles()
	gap := x.m.u(24)
	s.gap(44)
	if x.m.landscape() {
		s.y -= x.m.u(8)
	}
	rows := (len(tiles) + 1) / 2
	if rows == 0 {
		return
	}
	title := x.style(typeset.Bold, x.m.title(sizeLead), 1.35, x.pal.Ink)
	high := x.m.u(40) + title.Leading + x.m.t(sizeSmall)*15/10 + x.m.u(44)
	if x.m.landscape() && s.high > 0 {
		// The tiles take the whole column.
		high = min((s.high-s.y-x.m.u(40)-(rows-1)*gap)/rows, x.m.u(230))
	}
	w := (s.width() - gap) / 2
	for i, c := range tiles {
		left := s.x0 + i%2*(w+gap)
		s.tile(image.Rect(left, s.y, left+w, s.y+high), c)
		if i%2 == 1 || i == len(tiles)-1 {
			s.y += high + gap
			s.breakAt(s.y)
		}
	}
	s.y -= gap
}

// tile is a card that opens a column: its name, what one finds there, how many.
func (s *sheet) tile(r image.Rectangle, c playlist.Column) {
	action := ToColumn(c.ID)
	strong, _ := s.accent(c.Field)
	s.card(r, action)
	if !s.dry {
		// The accent is the card's own left edge, rounded with it.
		edge := image.Rect(r.Min.X, r.Min.Y, r.Min.X+s.m.u(12), r.Max.Y)
		s.c.Clip(edge, func() { s.c.Round(r, s.m.u(14), strong) })
	}
	pad := s.m.u(42)
	name := s.columnName(c)
	title := s.style(typeset.Bold, s.m.title(sizeLead), 1.35, s.pal.Ink)
	count := s.set2(sprintf(s.w.items, s.lib.Count(playlist.Query{Column: c.ID}, s.moment)), s.small(strong))
	x0, x1 := r.Min.X+pad, r.Max.X-s.m.u(26)
	p := s.setter.Fit(name, title, x1-x0-count.Width-s.m.u(16), 1, s.m.u(sizeBody))
	small := s.small(s.pal.Secondary)
	small.Balance = true
	hint := s.setter.Clamp(c.Hint, small, x1-x0, 2)
	if s.w.en || c.Hint == "" {
		hint = nil
	}
	high := p.Height
	if hint != nil {
		high += s.m.u(6) + hint.Height
	}
	y := r.Min.Y + (r.Dy()-high)/2
	s.put(p, x0, y, r)
	s.put(count, x1-count.Width, y+p.Baseline()-count.Baseline(), r)
	if hint != nil {
		s.put(hint, x0, y+p.Height+s.m.u(6), r)
	}
	s.touchable(r, action, name, false)
}

// set2 sets one line.
func (s *sheet) set2(text string, st typeset.Style) *typeset.Para { return s.setter.Line(text, st) }

func (x *ctx) homeLists(s *sheet) {
	running := x.lib.Postings(x.moment)
	recent := x.lib.List(playlist.Query{}, x.moment)
	s.section(x.w.posting, sprintf(x.w.allPostings, len(running)), string(DoPostings), len(running) > 0)
	if len(running) == 0 {
		s.gap(24)
		s.para(x.w.noneHere, x.body(x.pal.Secondary))
		s.gap(24)
	}
	shown := min(3, len(running))
	for _, n := range running[:shown] {
		s.listRow(n, false)
	}
	if s.high > 0 && s.high-s.y < x.m.u(300) {
		// Too little for a second list: the first goes on instead.
		for _, n := range running[shown:] {
			probe := s.spare()
			if probe.listRow(n, false); probe.y > s.high {
				break
			}
			s.listRow(n, false)
		}
		return
	}
	s.section(x.w.latest, sprintf(x.w.allLatest, x.lib.Count(playlist.Query{}, x.moment)), string(DoLatest), len(recent) > 0)
	for i, n := range recent {
		if s.high == 0 && i == 5 {
			break
		}
		probe := s.spare()
		probe.listRow(n, true)
		if s.high > 0 && probe.y > s.high-x.m.u(8) {
			break
		}
		s.listRow(n, true)
	}
}

// section is a serif heading over a strong line, with the way to all of it.
func (s *sheet) section(title, all, action string, open bool) {
	s.held++
	s.gap(40)
	y := s.y
	p := s.para(title, s.serif(sizeLead, s.pal.Ink))
	if open {
		st := s.style(typeset.Sans, s.m.t(sizeSmall), 1.45, s.pal.Government)
		l := s.setter.Line(all, st)
		top := y + p.Baseline() - l.Baseline()
		s.put(l, s.x1-l.Width, top, image.Rect(s.x0, y, s.x1, s.y))
		half := (s.m.touch() - p.Height) / 2
		s.touchable(image.Rect(s.x1-max(l.Width, s.m.touch())-s.m.u(24), y-max(half, 0), s.x1+s.m.u(24), s.y+max(half, 0)), action, all, true)
	}
	s.gap(12)
	s.hair()
	s.held--
}
