package page

import (
	"image"
	"slices"

	"mingbai/playlist"
	"mingbai/playlist/scene"
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
	// In the low part of an upright panel all tiles stand on the first page, and
	// what one finds in them gives way.
	tight := x.origin.Y > 0 && !x.m.landscape()
	if tight {
		gap = x.m.u(16)
		s.gap(24 - 36)
	}
	s.gap(36)
	s.askBox()
	s.gap(28)
	if tight {
		s.gap(20 - 28)
	}
	rows := (len(tiles) + 1) / 2
	if rows == 0 {
		return
	}
	w := (s.width() - gap) / 2
	title := x.tileTitle(tiles, w)
	// Large text leaves room for the hints only where the page scrolls anyway.
	high, hints := x.m.u(154), s.high == 0 || x.m.landscape() || x.m.large == 1
	if tight {
		high, hints = max(title.Leading+x.m.u(24), x.m.touch()), false
	}
	for _, c := range tiles {
		if h := x.tileHint(c, w); h != nil && hints {
			high = max(high, title.Leading+h.Height+x.m.u(54))
		}
	}
	if x.m.landscape() && s.high > 0 {
		// The tiles take the whole column.
		room := min((s.high-s.y-x.m.u(40)-(rows-1)*gap)/rows, x.m.u(230))
		if room < high-x.m.u(40) {
			hints, high = false, max(title.Leading+x.m.u(30), x.m.touch()) // all tiles matter more than what one finds in them
		}
		high = max(room, high-x.m.u(40))
	}
	for i, c := range tiles {
		left := s.x0 + i%2*(w+gap)
		s.tile(image.Rect(left, s.y, left+w, s.y+high), c, title, hints)
		if i%2 == 1 || i == len(tiles)-1 {
			s.y += high + gap
			s.breakAt(s.y)
		}
	}
	s.y -= gap
}

// askBox is the way to the search page: a box that looks as if one could type in
// it, and whoever touches it can.
func (s *sheet) askBox() {
	m := s.m
	high := max(m.u(108), m.touch())
	if m.landscape() || s.origin.Y > 0 {
		high = max(m.u(92), m.touch())
	}
	r := image.Rect(s.x0, s.y, s.x1, s.y+high)
	action := string(DoSearch)
	s.card(r, action)
	if !s.dry {
		s.c.Outline(r, m.u(14), s.weight(3), s.pal.Ink)
	}
	size := m.u(44)
	left := s.x0 + m.u(40) + size + m.u(28)
	s.icon(scene.IconSearch, s.x0+m.u(40), s.y+(high-size)/2, size, s.pal.Ink)
	st := s.body(s.pal.Secondary)
	var p *typeset.Para
	for _, text := range s.w.frame.ask {
		if p = s.set2(text, st); p.Width <= s.x1-m.u(32)-left {
			break
		}
	}
	s.put(p, left, s.y+(high-p.Height)/2, r)
	s.touchable(r, action, p.Text, false)
	s.y += high
	s.breakAt(s.y)
}

// tile is a card that opens a column: its name, what one finds there, how many.
func (s *sheet) tile(r image.Rectangle, c playlist.Column, title typeset.Style, hints bool) {
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
	var hint *typeset.Para
	high := p.Height
	if hints {
		hint = s.tileHint(c, r.Dx())
	}
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

// maxOwn bounds how many of this place's own notices stand before all others.
const maxOwn = 3

// recent are the newest notices, a few of this place's own first.
func (x *ctx) recent(limit int) []*playlist.Notice {
	var out []*playlist.Notice
	if len(x.settings.Path) > 0 {
		out = x.lib.List(playlist.Query{Sites: []playlist.SiteID{x.settings.Path[0].ID}, Limit: maxOwn}, x.moment)
	}
	own := len(out)
	for _, n := range x.lib.List(playlist.Query{Limit: limit}, x.moment) {
		if !slices.Contains(out[:own], n) {
			out = append(out, n)
		}
	}
	return out
}

func (x *ctx) homeLists(s *sheet) {
	running := x.lib.Postings(x.moment)
	recent := x.recent(40)
	// What is left for the lists; 0 is as much as they take.
	limit := 0
	if s.high > 0 {
		limit = s.high - x.m.u(20)
		if _, high := s.homeWays(); high > 0 {
			limit = s.high - high - x.m.u(20)
		}
	}
	if s.high == 0 {
		s.homePostings(running, 3)
		s.homeLatest(running[:min(3, len(running))], recent, 5, 0)
	} else if shown, ok := s.homeShares(running, recent, limit); ok {
		s.homePostings(running, shown)
		s.homeLatest(running[:shown], recent, len(recent), limit)
	} else {
		// Too little for a second list: the first takes all.
		for shown = len(running); shown > 1; shown-- {
			if probe := s.spare(); probe.homePostings(running, shown) <= limit {
				break
			}
		}
		s.homePostings(running, shown)
	}
	s.homeFoot()
}

// homeShares finds how many running posting periods stand on home so that some
// of the latest stand below them; false when there is no room for both.
func (s *sheet) homeShares(running, recent []*playlist.Notice, limit int) (shown int, ok bool) {
	for _, least := range []int{2, 1} {
		for shown = min(3, len(running)); shown >= min(2, len(running)); shown-- {
			probe := s.spare()
			probe.homePostings(running, shown)
			if probe.homeLatest(running[:shown], recent, least, 0) <= limit {
				return shown, true
			}
			if shown == 0 {
				break
			}
		}
	}
	return 0, false
}

// homePostings is the list of running posting periods, and returns its end.
func (s *sheet) homePostings(running []*playlist.Notice, shown int) int {
	s.section(s.w.posting, sprintf(s.w.allPostings, len(running)), string(DoPostings), len(running) > 0)
	if len(running) == 0 {
		s.gap(24)
		s.para(s.w.noneHere, s.body(s.pal.Secondary))
		s.gap(24)
	}
	for _, n := range running[:min(shown, len(running))] {
		s.listRow(n, false)
	}
	return s.y
}

// homeLatest is the list of what is new and does not stand above it already: at
// most most rows, and none that ends below limit unless that is 0. It returns
// its end.
func (s *sheet) homeLatest(above, recent []*playlist.Notice, most, limit int) int {
	s.section(s.w.latest, sprintf(s.w.allLatest, s.lib.Count(playlist.Query{}, s.moment)), string(DoLatest), len(recent) > 0)
	for _, n := range recent {
		if slices.Contains(above, n) {
			continue
		}
		if most--; most < 0 {
			break
		}
		if probe := s.spare(); limit > 0 {
			if probe.listRow(n, true); probe.y > limit {
				break
			}
		}
		s.listRow(n, true)
	}
	return s.y
}

// way is a quiet way on at the foot of home.
type way struct {
	icon   scene.IconName
	text   string
	p      *typeset.Para
	action Verb
}

// homeWays are the ways to the columns that have no tile and to 意见箱, beside one
// another where both fit, and how high they are.
func (s *sheet) homeWays() (ways []way, high int) {
	w := s.w.frame
	if n := s.hidden(); n > 0 {
		ways = append(ways, way{icon: scene.IconList, text: sprintf(w.allColumns, n), action: DoColumns})
	}
	if s.status.Feedback {
		text := w.opinion
		if len(ways) > 0 || s.setter.Width(text, s.body(s.pal.Ink)) > s.wayRoom(s.width()) {
			text = w.opinionShort
		}
		ways = append(ways, way{icon: scene.IconOpinion, text: text, action: DoOpinion})
	}
	if len(ways) == 0 {
		return nil, 0
	}
	st := s.body(s.pal.Government)
	widest := 0
	for i := range ways {
		ways[i].p = s.setter.Fit(ways[i].text, st, s.wayRoom(s.width()), 1, s.m.t(sizeSmall))
		widest = max(widest, ways[i].p.Width)
	}
	high = max(s.m.u(92), s.m.touch())
	if len(ways) > 1 && widest > s.wayRoom((s.width()-s.m.u(48))/2) {
		high *= len(ways)
	}
	return ways, high
}

// wayRoom is what the icons of a way leave of a width.
func (s *sheet) wayRoom(width int) int { return width - 2*s.m.u(36) - s.m.u(36) }

// homeFoot draws the ways at the foot of home.
func (s *sheet) homeFoot() {
	ways, high := s.homeWays()
	if len(ways) == 0 {
		return
	}
	if s.high > 0 {
		s.y = max(s.y, s.high-high-s.m.u(17))
	}
	one := max(s.m.u(92), s.m.touch())
	size, w, gap := s.m.u(36), s.width(), s.m.u(48)
	if high == one {
		w = (w - gap*(len(ways)-1)) / len(ways)
	}
	left, top := s.x0, s.y
	for _, g := range ways {
		r := image.Rect(left, top, left+w, top+one)
		col := g.p.Style.Color
		s.icon(g.icon, r.Min.X, top+(one-size)/2, size, col)
		s.put(g.p, r.Min.X+size+s.m.u(20), top+(one-g.p.Height)/2, r)
		s.icon(scene.IconRight, r.Max.X-size, top+(one-size)/2, size, col)
		s.touchable(image.Rect(r.Min.X-s.m.u(16), r.Min.Y, r.Max.X+s.m.u(16), r.Max.Y), string(g.action), g.text, true)
		if high == one {
			left += w + gap
		} else {
			top += one
		}
	}
	s.y += high
	s.breakAt(s.y)
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
