// Package sheet reads and writes the tables of office programs: .xlsx, CSV in
// the encodings that offices use, cells pasted from Excel or WPS, and web tables
// that call themselves .xls. It finds the heading, the rows, the totals and the
// notes of a table as people lay them out, and guesses what each column holds.
//
// It promises that no file, however hostile, costs more memory or time than its
// Limits allow: every part is counted while it is inflated, and nothing is kept
// but the cells. Formulas are never evaluated (the values that the program saved
// are taken), links to other files never followed, macros never read. What it
// cannot read it refuses with an Error that says in plain words what to do.
//
// What the rows mean, a fund notice or a list of guides, is left to others.
package sheet

import (
	"strconv"
)

// Book is one file: its sheets in the order of their tabs.
type Book struct {
	Sheets []Sheet
	// Linked says that formulas refer to other files; their values are those of
	// the last time somebody saved.
	Linked bool
}

// Sheet is one sheet. Rows[r][c] is the cell in Excel's row r+1 and column c+1;
// rows and cells behind the last one with content are not kept, so that rows
// differ in length and may be nil.
type Sheet struct {
	Name       string
	Rows       [][]Cell
	Merged     []Range
	Hidden     bool
	HiddenRows []int  // from 0: rows that the file does not show, by hand or by a filter
	HiddenCols []int  // from 0: columns that the file does not show
	Notes      []Note // what somebody should look at, at most maxNotes
}

// At returns the cell at row r and column c from 0, the zero Cell outside.
func (s *Sheet) At(r, c int) Cell {
	if r < 0 || r >= len(s.Rows) || c < 0 || c >= len(s.Rows[r]) {
		return Cell{}
	}
	return s.Rows[r][c]
}

// Width returns how many columns the widest row has.
func (s *Sheet) Width() int {
	n := 0
	for _, row := range s.Rows {
		n = max(n, len(row))
	}
	return n
}

// Kind is what a cell holds.
type Kind byte

// The kinds of cell.
const (
	Empty   Kind = iota
	Text         // Number is set too when the text reads as a number
	Number       // Number is the value, free of binary noise
	Percent      // Number is the value: 0.125 for 12.5%
	Money        // a number with a currency sign
	Date         // Number is the day as 2026-11-22, with a time of day as 2026-11-22T08:30
	Bool
	Failed // an error of a formula such as #REF!
)

// String names the kind for messages and tests.
func (k Kind) String() string {
	names := [...]string{"empty", "text", "number", "percent", "money", "date", "bool", "failed"}
	if int(k) < len(names) {
		return names[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Cell is one cell.
type Cell struct {
	Text    string // as displayed
	Number  string // exact decimal without thousands marks, per cent and sign of currency; see Kind
	Kind    Kind
	Formula bool // computed by the sheet; Text is what it last said
	Comment string
}

// Range is a block of cells, rows and columns from 0, both ends included.
type Range struct {
	Row, Col, LastRow, LastCol int
}

// String names it as Excel does: A1:C2.
func (r Range) String() string {
	return Address(r.Row, r.Col) + ":" + Address(r.LastRow, r.LastCol)
}

// Address names a cell as Excel does: row 0 and column 0 are A1.
func Address(row, col int) string { return Letter(col) + strconv.Itoa(row+1) }

// Letter names a column as Excel does: 0 is A, 26 is AA.
func Letter(col int) string {
	name := ""
	for col++; col > 0; col = (col - 1) / 26 {
		name = string(rune('A'+(col-1)%26)) + name
	}
	return name
}

// parseAddress reads A1 or $A$1, at most Excel's XFD1048576.
func parseAddress(s string) (row, col int, ok bool) {
	i := 0
	for ; i < len(s); i++ {
		ch := s[i]
		if ch == '$' && i == 0 {
			continue
		}
		if ch >= 'a' && ch <= 'z' {
			ch -= 'a' - 'A'
		}
		if ch < 'A' || ch > 'Z' {
			break
		}
		if col = col*26 + int(ch-'A') + 1; col > 1<<14 {
			return 0, 0, false
		}
	}
	if i < len(s) && s[i] == '$' {
		i++
	}
	row, err := strconv.Atoi(s[i:])
	if err != nil || row < 1 || row > 1<<20 || col < 1 {
		return 0, 0, false
	}
	return row - 1, col - 1, true
}

// Limits bounds what Read and Paste take. A zero field means Default's.
type Limits struct {
	Bytes    int64 // of the file as it comes
	Inflated int64 // of all parts of it, unzipped
	Part     int64 // of one part
	Parts    int   // in the zip directory
	Sheets   int
	Rows     int // of one sheet, counted to the last one with content
	Columns  int // of one sheet
	Cells    int // with content, of all sheets together
	CellLen  int // bytes of one cell
	TextLen  int // bytes of all cells together, and of all shared strings
	Strings  int // shared strings
	Merged   int // merged ranges of one sheet
	Styles   int // number formats and cell formats
	Comments int
}

// Default is what a page takes: the largest tables that a town office keeps,
// with room. Read stays within about 64 MiB at these.
var Default = Limits{
	Bytes: 10 << 20, Inflated: 160 << 20, Part: 96 << 20, Parts: 3000,
	Sheets: 60, Rows: 20_000, Columns: 120, Cells: 240_000, CellLen: 16 << 10, TextLen: 16 << 20,
	Strings: 200_000, Merged: 20_000, Styles: 70_000, Comments: 5_000,
}

// filled returns the limits with defaults for what is zero.
func (l Limits) filled() Limits {
	for _, f := range []struct {
		have *int
		def  int
	}{
		{&l.Parts, Default.Parts}, {&l.Sheets, Default.Sheets}, {&l.Rows, Default.Rows}, {&l.Columns, Default.Columns},
		{&l.Cells, Default.Cells}, {&l.CellLen, Default.CellLen}, {&l.TextLen, Default.TextLen}, {&l.Strings, Default.Strings},
		{&l.Merged, Default.Merged}, {&l.Styles, Default.Styles}, {&l.Comments, Default.Comments},
	} {
		if *f.have == 0 {
			*f.have = f.def
		}
	}
	for _, f := range []struct {
		have *int64
		def  int64
	}{{&l.Bytes, Default.Bytes}, {&l.Inflated, Default.Inflated}, {&l.Part, Default.Part}} {
		if *f.have == 0 {
			*f.have = f.def
		}
	}
	return l
}
