package page

import (
	"image"
	"slices"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// How much a column's page shows at most: cards for so many columns below it and
// an index for more; and so many of the newest where there are columns below in
// which all of them stand.
const (
	maxCards  = 8
	maxNewest = 40
)

// column is the page of a column: where it stands in the catalogue, what is
// below it, what is in it. The column without a name is the catalogue itself.
func (x *ctx) column() (content, bool) {
	col, ok := x.lib.Column(x.v.Column)
	if !ok && x.v.Column != "" {
		return content{}, false
	}
	below := x.lib.Columns(col.ID)
	name, line := x.columnName(col), col.Hint
	if x.w.en {
		line = ""
	}
	var list []*playlist.Notice
	total := 0
	if !ok {
		name = x.w.frame.columns
	} else {
		list, total = x.newest(playlist.Query{Column: col.ID})
		line = joinDots(line, sprintf(x.w.items, total))
	}
	index := len(below) > maxCards
	if len(below) > 0 {
		list = newestOf(list, col.ID)
	}
	head := func(s *sheet) {
		s.crumbs(col)
		s.pageTitle("", col.Field, name, line)
		s.rule()
		if !index {
			s.subColumns(below)
		}
	}
	body := func(s *sheet) {
		switch {
		case index:
			if x.m.landscape() {
				s.gap(24)
			}
			s.index(below)
			if len(list) > 0 {
				s.section(x.w.latest, "", "", false)
			}
		case len(below) > 0 && len(list) == 0:
			return // the cards say that there is nothing in them
		case !ok:
			return
		}
		if len(list) > 0 || !index {
			x.entries(s, list, total)
		}
	}
	return content{head: head, body: body, counts: x.w.moreItems}, true
}

// newestOf bounds what a column with others below it lists: what is filed in
// itself, which stands nowhere else, and the newest of those below.
func newestOf(list []*playlist.Notice, own playlist.ColumnID) []*playlist.Notice {
	if len(list) <= maxNewest {
		return list
	}
	var out []*playlist.Notice
	for i, n := range list {
		if i < maxNewest || n.Column == own {
			out = append(out, n)
		}
	}
	return out
}

// crumbs is the line over a column's title that says where it stands: its
// domain, and the columns above it, which can be touched.
func (s *sheet) crumbs(col playlist.Column) {
	strong, _ := s.accent(col.Field)
	st := s.smallBold(strong)
	var above []playlist.Column
	if path := s.lib.Path(col.ID); len(path) > 1 {
		above = path[:len(path)-1]
	}
	s.held++
	s.gap(44)
	if s.m.landscape() {
		s.gap(-14)
	}
	label := s.w.field[col.Field]
	if col.ID == "" {
		label = s.siteName()
	}
	p := s.set2(label, st)
	s.put(p, s.x0, s.y, image.Rect(s.x0, s.y, s.x1, s.y+p.Height))
	x, size, gap := s.x0+p.Width, s.m.t(sizeSmall), s.m.u(10)
	reach := max(s.m.touch()-p.Height, 0)
	for _, c := range above {
		name := s.setter.Clamp(s.columnName(c), st, s.width()-size-2*gap, 1)
		wide := max(name.Width, s.m.touch())
		if x+gap+size+gap+wide > s.x1 {
			x = s.x0 - gap
			s.y += p.Height + reach
		}
		x += gap
		s.icon(scene.IconRight, x, s.y+(p.Height-size)/2, size, strong)
		x += size + gap
		s.put(name, x, s.y, image.Rect(x, s.y, s.x1, s.y+name.Height))
		s.touchable(image.Rect(x-gap/2, s.y-reach+reach/4, x+wide+gap/2, s.y+p.Height+reach/4), ToColumn(c.ID), s.columnName(c), true)
		x += wide
	}
	s.y += p.Height
	s.gap(8 - 44)
	if s.m.landscape() {
		s.gap(14)
	}
	s.held--
}

// columnCount is how many notices are in a column and below it.
func (s *sheet) columnCount(c playlist.Column) int {
	return s.lib.Count(playlist.Query{Column: c.ID}, s.moment)
}

// subColumns are cards, two abreast.
func (s *sheet) subColumns(below []playlist.Column) {
	if len(below) == 0 {
		return
	}
	gap := s.m.u(20)
	s.gap(32)
	across := 2
	if s.width() < s.m.u(560) || s.m.large > 1.4 {
		across = 1
	}
	w := (s.width() - gap*(across-1)) / across
	for len(below) > 0 {
		line := below[:min(across, len(below))]
		below = below[len(line):]
		high := s.m.touch()
		cards := make([]func(r image.Rectangle), len(line))
		for i, c := range line {
			var tall int
			cards[i], tall = s.columnCell(c, w-2*s.m.u(28), s.bodyBold(s.pal.Ink))
			high = max(high, tall+s.m.u(44))
		}
		for i, c := range line {
			r := image.Rect(s.x0+i*(w+gap), s.y, s.x0+i*(w+gap)+w, s.y+high)
			s.card(r, ToColumn(c.ID))
			cards[i](r.Inset(s.m.u(28)))
			s.touchable(r, ToColumn(c.ID), s.columnName(c), false)
		}
		s.y += high + gap
		s.breakAt(s.y)
	}
}

// index is a list of columns, two abreast where they fit, for more columns than
// cards can hold.
func (s *sheet) index(below []playlist.Column) {
	gutter := s.m.u(48)
	across := 2
	if s.width() < s.m.u(640) || s.m.large > 1.4 {
		across = 1
	}
	w := (s.width() - gutter*(across-1)) / across
	// Down the first column of the index, then down the second.
	rows := (len(below) + across - 1) / across
	for i := range rows {
		s.keep(func() {
			high := s.m.touch()
			var cells []func(r image.Rectangle)
			for j := i; j < len(below); j += rows {
				cell, tall := s.columnCell(below[j], w, s.body(s.pal.Ink))
				cells = append(cells, cell)
				high = max(high, tall+s.m.u(26))
			}
			for k, cell := range cells {
				c := below[i+k*rows]
				r := image.Rect(s.x0+k*(w+gutter), s.y, s.x0+k*(w+gutter)+w, s.y+high)
				cell(r)
				s.line(r.Min.X, r.Max.X, r.Max.Y, s.pal.Hair, s.pal.Hairline)
				s.touchable(image.Rect(r.Min.X-s.m.u(16), r.Min.Y, r.Max.X+s.m.u(16), r.Max.Y), ToColumn(c.ID), s.columnName(c), true)
			}
			s.y += high + s.weight(s.pal.Hair)
			s.hairAt = s.y
		})
	}
}

// columnCell sets a column's name and how much is in it over a width, and
// returns how to draw it in the middle of a rectangle and how high it is.
func (s *sheet) columnCell(c playlist.Column, width int, st typeset.Style) (draw func(r image.Rectangle), high int) {
	strong, _ := s.accent(c.Field)
	text, col := itoa(s.columnCount(c)), strong
	if text == "0" {
		text, col = s.w.frame.none, s.pal.Secondary
	}
	n := s.set2(text, s.small(col))
	name := s.short(s.columnName(c), st, width-n.Width-s.m.u(16))
	return func(r image.Rectangle) {
		y := r.Min.Y + (r.Dy()-name.Height)/2
		s.put(name, r.Min.X, y, image.Rect(r.Min.X, y, r.Max.X, y+name.Height))
		y += name.Baseline() - n.Baseline()
		s.put(n, r.Max.X-n.Width, y, image.Rect(r.Min.X, y, r.Max.X, y+n.Height))
	}, name.Height
}

// hidden says how many columns the top of the catalogue has if home does not
// show all of them, else 0.
func (x *ctx) hidden() int {
	tiles, top := x.lib.Tiles(), x.lib.Columns("")
	for _, c := range top {
		if !slices.ContainsFunc(tiles, func(t playlist.Column) bool { return t.ID == c.ID }) {
			return len(top)
		}
	}
	return 0
}
