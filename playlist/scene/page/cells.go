package page

import (
	"strings"
	"unicode"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// asWritten is the type of a column of figures in a table of running text: set at
// the right as other figures are, but with its cells as they stand, for a year is
// no amount.
const asWritten playlist.ColumnType = "as_written"

// textTable draws a table that stands in running text: the table of a fund notice
// between two strong lines, its first row bold.
func (s *sheet) textTable(b *playlist.Block) {
	if len(b.Rows) == 0 || len(b.Rows[0]) == 0 {
		return
	}
	s.gap(14)
	if b.Text != "" {
		st := s.bodyBold(s.pal.Ink)
		st.Align, st.Balance = typeset.Centre, true
		s.held++
		s.para(b.Text, st)
		s.held--
	}
	s.closedTable(s.Book.cells(cellsKey{of: b}, func() *playlist.FundTable { return asTable(b.Rows) }))
}

// closedTable draws a table between two strong lines.
func (s *sheet) closedTable(t *playlist.FundTable) {
	s.table(t, true)
	s.gap(24)
}

// asTable makes a table of rows of which the first names the columns.
func asTable(rows [][]string) *playlist.FundTable {
	t := &playlist.FundTable{Rows: rows[1:]}
	for c, name := range rows[0] {
		col := playlist.FundColumn{Name: strings.TrimSpace(name), Type: playlist.TextColumn}
		if c > 0 && figures(rows[1:], c) {
			col.Type = asWritten
		}
		t.Columns = append(t.Columns, col)
	}
	return t
}

// figures says whether a column has numbers and nothing else, so that they line
// up at the right. A stroke stands for no number.
func figures(rows [][]string, c int) bool {
	any := false
	for _, row := range rows {
		if c >= len(row) {
			continue
		}
		cell := strings.TrimSpace(row[c])
		if strings.Trim(cell, "-—–－/／ ") == "" {
			continue
		}
		if !isFigure(cell) {
			return false
		}
		any = true
	}
	return any
}

// isFigure says whether a cell is one number: digits with marks of thousands, a
// point, a sign before it and a unit of a character or two behind it.
func isFigure(cell string) bool {
	body := strings.TrimLeft(cell, "+-−＋－¥￥")
	end := strings.LastIndexFunc(body, func(r rune) bool { return r >= '0' && r <= '9' })
	if end < 0 || body[0] < '0' || body[0] > '9' {
		return false
	}
	if strings.Trim(body[:end+1], "0123456789.,") != "" {
		return false
	}
	unit := []rune(strings.TrimSpace(body[end+1:]))
	if len(unit) > 2 {
		return false
	}
	for _, r := range unit {
		if unicode.IsSpace(r) || strings.ContainsRune("，。、；：（）", r) {
			return false
		}
	}
	return true
}

// cellsKey is what a table was made of.
type cellsKey struct {
	of  any // *playlist.Block or *playlist.Roster
	day schedule.Date
	en  bool
}

// cells returns a table that make makes, the same one every time, so that what it
// takes to lay out is known when it is drawn again.
func (b *Book) cells(k cellsKey, make func() *playlist.FundTable) *playlist.FundTable {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t, ok := b.known.cells[k]; ok {
		return t
	}
	if b.known.cells == nil || len(b.known.cells) >= maxTables {
		b.known.cells = map[cellsKey]*playlist.FundTable{}
	}
	t := make()
	b.known.cells[k] = t
	return t
}

// whole returns the widest part of every column that no line should break: a
// number, a time of day, a word in Latin letters.
func whole(t *playlist.FundTable) []string {
	out := make([]string, len(t.Columns))
	for _, row := range t.Rows {
		for c := range out {
			if c >= len(row) {
				continue
			}
			for _, part := range strings.FieldsFunc(row[c], func(r rune) bool {
				return r == ' ' || r > 0x2E80 // ideographs and their marks
			}) {
				if len(part) > len(out[c]) && len(part) <= maxWhole {
					out[c] = part
				}
			}
		}
	}
	return out
}

// maxWhole is how many bytes such a part has at most: an address on the web may
// be broken.
const maxWhole = 24
