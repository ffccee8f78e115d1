package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
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
	header int  // height of the header row
	closed bool // between two strong lines, its heading bold
}

func number1(c playlist.FundColumn) bool { return c.Type != playlist.TextColumn }

// marked writes a cell as people read it: numbers with thousands marks.
func marked(s string, c playlist.FundColumn) string {
	if !number1(c) || c.Type == asWritten || s == "" {
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
func (s *sheet) grid(t *playlist.FundTable, closed bool) *grid {
	g := &grid{t: t, own: s.own(t), pad: s.m.u(22), closed: closed}
	if s.paper {
		g.pad = s.m.u(12) // no finger has to find a row on paper
	}
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
	parts := s.Book.table(t).whole
	full := true // names and units of columns on one line
	try := func(cell typeset.Style, wrap, force bool) bool {
		g.cell, g.head = cell, s.small(s.pal.Secondary)
		if closed {
			g.head = cell
			g.head.Role = typeset.Bold
		}
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
			least := make([]int, len(t.Columns))
			for c := range least {
				least[c] = cell.Size * 5
				if closed { // a number or a time of day stays on one line
					least[c] = min(max(least[c], s.setter.Width(parts[c], cell)), g.width[c])
				}
			}
			for sum > s.width() {
				// The widest text gives way first, down to five characters.
				widest := -1
				for _, c := range texts {
					if g.width[c] > least[c] && (widest < 0 || g.width[c] > g.width[widest]) {
						widest = c
					}
				}
				if widest < 0 {
					break
				}
				give := min(sum-s.width(), g.width[widest]-least[widest], max(cell.Size, 1))
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
		if !s.paper || !s.narrow(try) {
			try(body, true, true)
		}
	}
	// What is left over goes between the columns alike.
	extra := 0
	if rest := s.width() - g.total; rest > 0 && len(t.Columns) > 1 {
		extra = rest / (len(t.Columns) - 1)
		g.total = s.width()
		if most := s.m.u(160); closed && extra > most {
			// Two short columns at the two edges are no row to the eye.
			extra, g.total = most, g.total-rest+most*(len(t.Columns)-1)
		}
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

// narrow sets a table that is too wide for paper, which does not move, smaller
// and smaller down to 7 points.
func (s *sheet) narrow(try func(cell typeset.Style, wrap, force bool) bool) bool {
	for n := sizeSmall - 2; n >= 20; n -= 2 {
		if try(s.style(typeset.Sans, s.m.t(n), 1.4, s.pal.Ink), true, false) {
			return true
		}
	}
	return false
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
