package page

import (
	"image"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// grid is a table's layout: where each column stands and how its cells are set.
type grid struct {
	t      *playlist.FundTable
	cell   typeset.Style
	head   typeset.Style
	left   []int // left edge of every column, from the table's
	width  []int
	total  int // pixels across; more than the sheet's width when it must move
	shift  int // pixels that all but the first column have moved left
	pad    int // above and below the text of a row
	own    int
	header int // height of the header row
}

func number1(c playlist.FundColumn) bool { return c.Type != playlist.TextColumn }

// marked writes a cell as people read it: numbers with thousands marks.
func marked(s string, c playlist.FundColumn) string {
	if !number1(c) || s == "" {
		return s
	}
	whole, part, dotted := strings.Cut(s, ".")
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	if strings.HasPrefix(whole, "-") {
		digits = "-" + digits
	}
	if dotted {
		digits += "." + part
	}
	return digits
}

// headText is a column's name with its unit.
func headText(c playlist.FundColumn) string {
	if c.Unit == "" {
		return c.Name
	}
	return c.Name + "（" + c.Unit + "）"
}

// grid finds the widths of a table: cells at body size if that fits, with long
// texts on several lines if that helps, small cells next, and a table that moves
// sideways last.
func (s *sheet) grid(t *playlist.FundTable) *grid {
	g := &grid{t: t, own: s.own(t), pad: s.m.u(22)}
	longest := slices.Clone(s.Book.table(t).longest)
	for c := range longest {
		// The row of sums says what it is in the first text column.
		if !number1(t.Columns[c]) {
			if across(longest[c]) < across(s.w.sum) {
				longest[c] = s.w.sum
			}
			break
		}
	}
	full := true // names and units of columns on one line
	try := func(cell typeset.Style, wrap, force bool) bool {
		g.cell, g.head = cell, s.small(s.pal.Secondary)
		g.width = make([]int, len(t.Columns))
		sum := 0
		var texts []int
		bold := cell
		bold.Role = typeset.Bold
		for c, col := range t.Columns {
			g.width[c] = max(s.setter.Width(longest[c], bold), s.headWidth(g, col, full))
			if !number1(col) {
				texts = append(texts, c)
				if c == 0 && g.own >= 0 {
					g.width[c] += s.m.u(28) // the own row is set in
				}
			}
			sum += g.width[c] + s.gutter(t, c)
		}
		if wrap {
			least := cell.Size * 5
			for sum > s.width() {
				// The widest text gives way first, down to five characters.
				widest := -1
				for _, c := range texts {
					if g.width[c] > least && (widest < 0 || g.width[c] > g.width[widest]) {
						widest = c
					}
				}
				if widest < 0 {
					break
				}
				give := min(sum-s.width(), g.width[widest]-least, max(cell.Size, 1))
				g.width[widest] -= give
				sum -= give
			}
		}
		g.total = sum
		return sum <= s.width() || force
	}
	body, small := s.body(s.pal.Ink), s.small(s.pal.Ink)
	if fits := try(body, false, false); !fits {
		full = false
	}
	if !full && !try(body, false, false) && !try(body, true, false) && !try(small, true, false) {
		try(body, true, true)
	}
	// What is left over goes between the columns alike.
	extra := 0
	if rest := s.width() - g.total; rest > 0 && len(t.Columns) > 1 {
		extra = rest / (len(t.Columns) - 1)
		g.total = s.width()
	}
	g.left = make([]int, len(t.Columns))
	at := 0
	for c := range t.Columns {
		g.left[c] = at
		at += g.width[c] + s.gutter(t, c) + extra
	}
	if n := len(t.Columns); n > 1 && g.total == s.width() {
		g.left[n-1] = s.width() - g.width[n-1]
	}
	g.shift = 0
	if over := g.total - s.width(); over > 0 {
		g.shift = min(max(s.v.TableX, 0), over)
		s.info.MaxTableX = max(s.info.MaxTableX, over)
	}
	for c := range t.Columns {
		g.header = max(g.header, s.headPara(g, c).Height)
	}
	g.header += s.m.u(28)
	return g
}

// gutter is the space after a column: more between figures and a text that
// follows them, whose edges meet; none after the last.
func (s *sheet) gutter(t *playlist.FundTable, c int) int {
	switch {
	case c == len(t.Columns)-1:
		return 0
	case number1(t.Columns[c]) && !number1(t.Columns[c+1]):
		return s.m.u(48)
	}
	return s.m.u(30)
}

// across is about how wide a text is, in quarters of an ideograph.
func across(s string) int { return len(s) + utf8.RuneCountInString(s) }

// longest returns the widest text of every column, judged by its characters: an
// ideograph is as wide as two digits.
func longest(t *playlist.FundTable) []string {
	out := make([]string, len(t.Columns))
	most := make([]int, len(out))
	look := func(row []string) {
		for c := range out {
			if c >= len(row) {
				continue
			}
			cell := marked(row[c], t.Columns[c])
			if n := across(cell); n > most[c] {
				out[c], most[c] = cell, n
			}
		}
	}
	for _, row := range t.Rows {
		look(row)
	}
	look(t.Totals())
	return out
}

// headWidth is what a column's name needs with its unit on a line of its own.
func (s *sheet) headWidth(g *grid, c playlist.FundColumn, full bool) int {
	if full {
		return s.setter.Width(headText(c), g.head)
	}
	w := s.setter.Width(c.Name, g.head)
	if c.Unit != "" {
		w = max(w, s.setter.Width("（"+c.Unit+"）", g.head))
	}
	return min(w, g.head.Size*6)
}

func (s *sheet) headPara(g *grid, c int) *typeset.Para {
	col, st := g.t.Columns[c], g.head
	if number1(col) {
		st.Align = typeset.End
	}
	text := headText(col)
	if s.setter.Width(text, st) > g.width[c] && col.Unit != "" {
		text = col.Name + "\n（" + col.Unit + "）"
	}
	return s.set(text, st, g.width[c])
}

// table draws a table whose header stays in sight while its rows scroll.
func (s *sheet) table(t *playlist.FundTable, index int) {
	if len(t.Columns) == 0 {
		return
	}
	g := s.grid(t)
	s.held++
	if t.Title != "" {
		s.gap(44)
		s.para(t.Title, s.serif(sizeLead, s.pal.Ink))
		s.gap(4)
	} else {
		s.gap(36)
	}
	if g.total > s.width() {
		s.sideways(g)
	}
	s.held--
	start := s.y
	s.y += g.header
	rule := s.weight(s.pal.Rule)
	s.y += rule
	// The header's place while the rows pass under it.
	heights := make([]int, len(t.Rows))
	end := s.y
	for i, row := range t.Rows {
		heights[i] = s.rowHeight(g, row)
		end += heights[i] + s.weight(s.pal.Hair)
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
	s.line(s.x0, s.x1, stuck+g.header, s.pal.Rule, s.pal.Ink)

	under := stuck + g.header + rule
	s.clipped(image.Rect(s.x0-s.m.margin, under, s.x1+s.m.margin, end+1<<20), func() {
		for i, row := range t.Rows {
			s.rows = append(s.rows, s.y)
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
		s.info.Table = image.Rect(s.x0, start, s.x1, s.y).Add(s.shift).Intersect(s.clip)
	}
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
