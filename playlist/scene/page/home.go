package page

import (
	"image"
	"slices"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
)

// home is where every search for something begins: what one can look up here,
// what is on public notice now, and what is new.
func (x *ctx) home() content {
	return content{fill: true, share: 57, head: x.homeTiles, body: x.homeLists}
}

func (x *ctx) homeTiles(s *sheet) {
	tiles := x.lib.Tiles()
	gap := x.m.u(20)
	s.gap(44)
	if x.m.landscape() {
		s.y -= x.m.u(8)
	}
	rows := (len(tiles) + 1) / 2
	if rows == 0 {
		return
	}
	w := (s.width() - gap) / 2
	title := x.tileTitle(tiles, w)
	high := x.m.u(170)
	for _, c := range tiles {
		if h := x.tileHint(c, w); h != nil {
			high = max(high, title.Leading+h.Height+x.m.u(72))
		}
	}
	if x.m.landscape() && s.high > 0 {
		// The tiles take the whole column.
		high = min((s.high-s.y-x.m.u(40)-(rows-1)*gap)/rows, x.m.u(230))
	}
	for i, c := range tiles {
		left := s.x0 + i%2*(w+gap)
		s.tile(image.Rect(left, s.y, left+w, s.y+high), c, title)
		if i%2 == 1 || i == len(tiles)-1 {
			s.y += high + gap
			s.breakAt(s.y)
		}
	}
	s.y -= gap
}

// tile is a card that opens a column: its name, what one finds there, how many.
func (s *sheet) tile(r image.Rectangle, c playlist.Column, title typeset.Style) {
	action := ToColumn(c.ID)
	strong, _ := s.accent(c.Field)
	s.card(r, action)
	if !s.dry {
		// The accent is the card's own left edge, rounded with it.
		edge := image.Rect(r.Min.X, r.Min.Y, r.Min.X+s.m.u(12), r.Max.Y)
		s.c.Clip(edge, func() { s.c.Round(r, s.m.u(14), strong) })
	}
	name := s.columnName(c)
	count := s.tileCount(c, s.small(strong))
	x0, x1 := r.Min.X+s.m.u(tileLeft), r.Max.X-s.m.u(tileRight)
	p := s.set2(name, title)
	hint := s.tileHint(c, r.Dx())
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

// The space between a tile's edges and its text.
const tileLeft, tileRight = 42, 26

// tileTitle is the size at which the names of all tiles fit beside their counts.
func (x *ctx) tileTitle(tiles []playlist.Column, w int) typeset.Style {
	st := x.style(typeset.Bold, x.m.title(sizeLead), 1.35, x.pal.Ink)
	for _, c := range tiles {
		room := w - x.m.u(tileLeft+tileRight+16) - x.tileCount(c, x.small(x.pal.Ink)).Width
		if p := x.setter.Fit(x.columnName(c), st, room, 1, x.m.u(sizeSmall)); p.Style.Size < st.Size {
			st = p.Style
		}
	}
	return st
}

func (x *ctx) tileCount(c playlist.Column, st typeset.Style) *typeset.Para {
	form := x.w.items
	if x.w.en {
		form = "%d"
	}
	return x.setter.Line(sprintf(form, x.lib.Count(playlist.Query{Column: c.ID}, x.moment)), st)
}

// tileHint is what one finds in a column, nil where nothing is said.
func (x *ctx) tileHint(c playlist.Column, w int) *typeset.Para {
	if x.w.en || c.Hint == "" {
		return nil
	}
	width := w - x.m.u(tileLeft+tileRight)
	st := x.small(x.pal.Secondary)
	if p := x.short(c.Hint, st, width); len(p.Lines) <= 2 {
		return p
	}
	return x.setter.Clamp(c.Hint, st, width, 2)
}

// set2 sets one line.
func (s *sheet) set2(text string, st typeset.Style) *typeset.Para { return s.setter.Line(text, st) }

func (x *ctx) homeLists(s *sheet) {
	running := x.lib.Postings(x.moment)
	recent := x.lib.List(playlist.Query{Limit: 40}, x.moment)
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
			if probe.listRow(n, false); probe.y > s.high-x.m.u(20) {
				break
			}
			s.listRow(n, false)
		}
		return
	}
	s.section(x.w.latest, sprintf(x.w.allLatest, x.lib.Count(playlist.Query{}, x.moment)), string(DoLatest), len(recent) > 0)
	more := 0
	for _, n := range recent {
		if slices.Contains(running[:shown], n) {
			continue // it stands above already
		}
		if more++; s.high == 0 && more > 5 {
			break
		}
		probe := s.spare()
		probe.listRow(n, true)
		if s.high > 0 && probe.y > s.high-x.m.u(20) {
			break
		}
		s.listRow(n, true)
	}
}

// section is a serif heading over a strong line, with the way to all of it.
func (s *sheet) section(title, all, action string, open bool) {
	s.held++
	s.gap(34)
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
