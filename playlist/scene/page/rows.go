package page

import (
	"image"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// table draws a table whose header stays in sight while its rows scroll. One that
// is closed stands between two strong lines with its heading bold, as tables do
// in running text.
func (s *sheet) table(t *playlist.FundTable, closed bool) {
	if len(t.Columns) == 0 {
		return
	}
	g := s.grid(t, closed)
	s.held++
	if t.Title != "" {
		s.gap(44)
		s.tableTitle(t, g)
		s.gap(4)
	} else if !closed {
		s.gap(36)
	}
	if g.total > s.width() && !s.paper {
		s.sideways(g)
	}
	under := s.pal.Rule // the line under the heading
	if closed {
		under = s.pal.Hair
		s.gap(8)
		s.rule()
	}
	s.held--
	start := s.y
	s.y += g.header
	rule := s.weight(under)
	s.y += rule
	// The header's place while the rows pass under it.
	heights := s.rowHeights(g)
	end := s.y
	for _, high := range heights {
		end += high + s.weight(s.pal.Hair)
	}
	totals := s.Book.table(t).totals
	hasTotals := false
	for _, c := range totals {
		hasTotals = hasTotals || c != ""
	}
	if hasTotals {
		end += g.cell.Leading + 2*g.pad
	}
	stuck := start
	sticks := g.header < s.m.page()/4
	if s.m.squat() {
		sticks = g.header < s.m.page()/6 // the rows under it may be as high as the page
	}
	if sticks {
		s.sticky = append(s.sticky, stickySpan{start, end, g.header + rule})
	}
	if sticks && s.scroll > start {
		stuck = min(s.scroll, end-g.header-rule)
	}
	pushed := sticks && s.scroll > start && stuck < s.scroll
	s.atColumns(g, stuck, stuck+g.header, func(c, x0 int) {
		if pushed && !s.v.Moving {
			return // half a header would be cut text
		}
		p := s.headPara(g, c)
		y := stuck + g.header - s.m.u(14) - p.Height
		if number1(g.t.Columns[c]) && strings.HasSuffix(p.Text, "）") {
			// The bracket's empty half hangs out, so that its ink is flush
			// with the figures below.
			x0 += g.width[c] - p.Ink().Max.X
		}
		s.put(p, x0, y, image.Rect(x0, y, x0+g.width[c], y+p.Height))
	})
	s.line(s.x0, s.x1, stuck+g.header, under, s.pal.Ink)

	first := stuck + g.header + rule
	if s.m.squat() && len(heights) > 0 && g.header+rule+heights[0] > s.m.page() {
		s.breakAt(s.y) // the first row needs a page of its own
	}
	s.clipped(image.Rect(s.x0-s.m.margin, first, s.x1+s.m.margin, end+1<<20), func() {
		for i, row := range t.Rows {
			s.rows = append(s.rows, s.y)
			if i == max(g.own-1, 0) && g.own >= 0 && s.info.Own == 0 {
				// With the row above it, right under the header.
				s.info.Own = max(s.y-g.header-rule, 0)
			}
			s.tableRow(g, row, s.y, heights[i], i == g.own)
			s.y += heights[i]
			if i == len(t.Rows)-1 && !hasTotals {
				s.line(s.x0, s.x1, s.y, s.pal.Rule, s.pal.Ink)
			} else {
				s.line(s.x0, s.x1, s.y, s.pal.Hair, s.pal.Hairline)
			}
			s.y += s.weight(s.pal.Hair)
			s.hairAt = s.y
			if i < len(t.Rows)-1 || !hasTotals {
				s.breakAt(s.y)
			}
		}
		if hasTotals {
			s.totalRow(g, totals)
		}
	})
	if !s.dry && g.total > s.width() {
		s.info.Table = s.info.Table.Union(image.Rect(s.x0, start, s.x1, s.y).Add(s.shift).Intersect(s.clip))
	}
}

// farRow is the row from which on the own one is not seen with the table's head.
const farRow = 6

// tableTitle names the table; where the reader's own row is far down a button
// leads to it.
func (s *sheet) tableTitle(t *playlist.FundTable, g *grid) {
	st := s.serif(sizeLead, s.pal.Ink)
	if g.own < farRow || s.paper {
		s.para(t.Title, st)
		return
	}
	label := s.setter.Clamp(sprintf(s.w.read.ownRow, t.Rows[g.own][0]), s.small(s.pal.Government), s.width()/2, 1)
	icon, pad := s.m.u(36), s.m.u(22)
	wide, high := label.Width+icon+2*pad+s.m.u(8), max(s.m.touch(), label.Height+s.m.u(12))
	p := s.short(t.Title, st, s.width()-wide-s.m.u(24))
	row := max(p.Height, high)
	s.put(p, s.x0, s.y+(row-p.Height)/2, image.Rect(s.x0, s.y, s.x1-wide, s.y+row))
	r := image.Rect(s.x1-wide, s.y+(row-high)/2, s.x1, s.y+(row+high)/2)
	action := Action{DoScroll, "own"}.String()
	s.card(r, action)
	s.put(label, r.Min.X+pad, r.Min.Y+(high-label.Height)/2, r)
	s.icon(scene.IconDown, r.Max.X-pad-icon, r.Min.Y+(high-icon)/2, icon, s.pal.Government)
	s.touchable(r, action, label.Text, false)
	s.y += row
	s.breakAt(s.y)
}

// atColumns calls draw with the left edge of every column that can be seen. The
// first column stands still; the others move under it.
func (s *sheet) atColumns(g *grid, top, foot int, draw func(c, x0 int)) {
	if len(g.left) == 0 {
		return
	}
	draw(0, s.x0+g.left[0])
	edge := s.x0
	if g.total > s.width() {
		edge = s.x0 + g.width[0] + s.m.u(15)
	}
	s.clipped(image.Rect(edge, top, s.x1+s.m.u(16), foot), func() {
		s.moves = g.total > s.width()
		for c := 1; c < len(g.left); c++ {
			draw(c, s.x0+g.left[c]-g.shift)
		}
		s.moves = false
	})
}

// clipped runs draw with painting cut to r, in content coordinates.
func (s *sheet) clipped(r image.Rectangle, draw func()) {
	if s.dry {
		draw()
		return
	}
	was := s.clip
	s.clip = r.Add(s.shift).Intersect(was)
	s.c.Clip(r, draw)
	s.clip = was
}

func (s *sheet) cellPara(g *grid, row []string, c int, bold bool) *typeset.Para {
	text := ""
	if c < len(row) {
		text = marked(row[c], g.t.Columns[c])
	}
	st := g.cell
	if bold {
		st.Role = typeset.Bold
	}
	if number1(g.t.Columns[c]) {
		st.Align = typeset.End
	}
	w := g.width[c]
	if c == 0 && bold && g.own >= 0 {
		w -= s.m.u(28)
	}
	return s.set(text, st, w)
}

// rowHeights returns how high every row is. A row of which a cell may take two
// lines has to be set to know, so it is remembered.
func (s *sheet) rowHeights(g *grid) []int {
	k := heightsKey{table: g.t, size: g.cell.Size, leading: g.cell.Leading, pad: g.pad}
	if copy(k.width[:], g.width) < len(g.width) {
		return s.measureRows(g)
	}
	if have, ok := s.Book.rowHeights(k); ok {
		return have
	}
	made := s.measureRows(g)
	s.Book.keepRowHeights(k, made)
	return made
}

func (s *sheet) measureRows(g *grid) []int {
	out := make([]int, len(g.t.Rows))
	for i, row := range g.t.Rows {
		out[i] = s.rowHeight(g, row)
	}
	return out
}

// rowHeight is cheap where all cells surely take one line.
func (s *sheet) rowHeight(g *grid, row []string) int {
	high := g.cell.Leading
	for c := range g.t.Columns {
		if c < len(row) && !number1(g.t.Columns[c]) && utf8.RuneCountInString(row[c])*g.cell.Size > g.width[c] {
			high = max(high, s.cellPara(g, row, c, false).Height)
		}
	}
	return max(high+2*g.pad, 0)
}

func (s *sheet) tableRow(g *grid, row []string, y, high int, own bool) {
	r := image.Rect(s.x0, y, s.x1, y+high)
	if s.dry || !r.Add(s.shift).Overlaps(s.clip) {
		return
	}
	if own {
		s.fill(r, s.pal.GovernmentTint)
		s.fill(image.Rect(s.x0, y, s.x0+s.m.u(12), y+high), s.pal.Government)
	}
	s.atColumns(g, y, y+high, func(c, x0 int) {
		p := s.cellPara(g, row, c, own)
		if own && c == 0 {
			x0 += s.m.u(28)
		}
		top := y + (high-p.Height)/2
		s.put(p, x0, top, image.Rect(x0, top, x0+g.width[c], top+p.Height))
	})
}

// totalRow adds the columns up; it stands between two strong lines.
func (s *sheet) totalRow(g *grid, totals []string) {
	row := append([]string(nil), totals...)
	for c := range row {
		if !number1(g.t.Columns[c]) {
			row[c] = s.w.sum
			break
		}
	}
	high := g.cell.Leading + 2*g.pad
	own := g.own
	g.own = -1
	s.atColumns(g, s.y, s.y+high, func(c, x0 int) {
		p := s.cellPara(g, row, c, true)
		top := s.y + g.pad
		s.put(p, x0, top, image.Rect(x0, top, x0+g.width[c], top+p.Height))
	})
	g.own = own
	s.y += high
	s.rule()
	s.breakAt(s.y)
}

// sideways are the buttons that move a wide table, for those who do not know
// that a finger can.
func (s *sheet) sideways(g *grid) {
	size := s.m.touch()
	gap := s.m.u(16)
	s.gap(12)
	st := s.small(s.pal.Secondary)
	p := s.set2(s.w.tableMoves, st)
	size = max(size, p.Height)
	s.put(p, s.x0, s.y+(size-p.Height)/2, image.Rect(s.x0, s.y, s.x1, s.y+size))
	for i, b := range []struct {
		icon scene.IconName
		arg  string
		can  bool
	}{{scene.IconLeft, "left", g.shift > 0}, {scene.IconRight, "right", g.shift < g.total-s.width()}} {
		r := image.Rect(s.x1-(2-i)*size-(1-i)*gap, s.y, s.x1-(1-i)*(size+gap), s.y+size)
		if !b.can {
			continue
		}
		action := Action{DoTable, b.arg}.String()
		s.card(r, action)
		icon := s.m.u(40)
		s.icon(b.icon, r.Min.X+(size-icon)/2, r.Min.Y+(size-icon)/2, icon, s.pal.Ink)
		s.touchable(r, action, s.w.tableMoves, false)
	}
	s.y += size
	s.gap(8)
}
