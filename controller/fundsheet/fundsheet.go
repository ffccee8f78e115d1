// Package fundsheet makes the tables of a fund notice (资金公示) out of the sheets
// that offices keep in Excel, and finds what is wrong in them.
//
// It promises that no number is changed in silence: amounts stay exact decimals, a
// unit that does not fit its neighbours stays as it was found and is pointed out
// (B22: 送戏下乡补贴 4 万亿 among 万元), and every sum that was taken out of the
// sheet was compared before (B21). A finding names the row as Excel numbers it and
// the letter of the column, and says what would mend it.
//
// Everything is a pure function over cells, a mapping and a table. Reading files
// is the work of package sheet, keeping mappings that of the store.
package fundsheet

import (
	"fmt"
	"strings"

	"mingbai/playlist"
)

// Row is one row of a sheet as it was found.
type Row struct {
	Number int      // as Excel numbers it, from 1
	Cells  []string // shown texts; merged cells have theirs in the first only, unless Filled
	Hidden bool
}

// Sheet is a sheet of text cells. Rows need not have one length.
type Sheet struct {
	Name   string
	Rows   []Row
	Merged []Merge

	// What package sheet found, if it looked.
	Heading *[2]int        // index into Rows of the first heading row, and how many there are
	Private map[int]string // columns that hold personal data: id, phone, card, address
	Covered []int          // columns that Excel does not show
	Shape   string         // of the headings, sheet.Shape
}

// Merge is a range of merged cells: indices into Rows and Cells, both ends within.
type Merge struct{ Top, Left, Bottom, Right int }

// Use is what a column of the sheet means for the notice.
type Use string

// The uses.
const (
	Drop    Use = "drop"    // does not go into the notice
	Order   Use = "order"   // 序号: checked for gaps, then left out
	Text    Use = "text"    // as it is
	Village Use = "village" // name of a site, as text
	Name    Use = "name"    // name of a person, masked if Mapping.Mask
	Source  Use = "source"  // 来源 of the row's money: 中央, 省级
	Unit    Use = "unit"    // 单位 of the row's money
	Number  Use = "number"  // a number that is not added up
	Sum     Use = "sum"     // a number that is added up
	Share   Use = "share"   // money of one source, whose name is the column's
	Money   Use = "money"   // the money that agrees with the notice's total
)

// Uses lists all in the order in which a page offers them.
var Uses = []Use{Text, Village, Name, Number, Sum, Money, Share, Source, Unit, Order, Drop}

// Numeric tells whether the cells of the use are numbers.
func (u Use) Numeric() bool { return u == Number || u == Sum || u == Share || u == Money }

// Column says how one column of a sheet is read.
type Column struct {
	From     int    `json:"from"` // index into Row.Cells
	Use      Use    `json:"use"`
	Name     string `json:"name"` // as it stands in the notice
	Unit     string `json:"unit,omitempty"`
	Personal string `json:"personal,omitempty"` // why it is left out unless somebody decides otherwise: id, phone, card, address
}

// Mapping says how a sheet becomes a table. It is kept by the sheet's shape, so
// that the next period's sheet goes straight through.
type Mapping struct {
	Head    int      `json:"head"`  // index into Sheet.Rows of the first heading row
	Heads   int      `json:"heads"` // how many there are; 0: the sheet has none
	By      string   `json:"by"`    // item, village or household
	Mask    bool     `json:"mask,omitempty"`
	Columns []Column `json:"columns"`
}

// Printed is a total or subtotal that stood in the sheet.
type Printed struct {
	Line   int    `json:"line"` // row in Excel
	Label  string `json:"label"`
	Column int    `json:"column"` // index into the table's columns
	Value  string `json:"value"`  // as a plain number
	From   int    `json:"from"`   // rows of the table that it adds up
	To     int    `json:"to"`     // the last is the one before
}

// Pair is two rows of a sheet that seem to be of one household, by what was left out
// or masked since: their rows in Excel.
type Pair struct {
	Line  int    `json:"line"`
	First int    `json:"first"`
	By    string `json:"by"` // id, card or name
}

// Mend is one way to put a finding right. Its words are the page's.
type Mend string

// The mends.
const (
	MendUnit     Mend = "unit"     // the row's unit becomes that of its neighbours
	MendInsert   Mend = "insert"   // an empty row where a number is missing
	MendNumber   Mend = "number"   // numbers the rows anew
	MendComputed Mend = "computed" // the computed result takes the place of the printed one
	MendRemove   Mend = "remove"   // the row goes
	MendMask     Mend = "mask"     // hides the middle of a name or number
	MendKeep     Mend = "keep"     // stays, with a reason that is recorded
)

// Finding is a problem with a place in a table and with its mends.
type Finding struct {
	playlist.Problem // Field is a path in the notice: fund.tables[0].rows[7][3]
	Table            int
	Row              int    // of the table; -1: none
	Column           int    // of the table; -1: none
	Line             int    // row in Excel; 0: not of a sheet
	Letter           string // column in Excel
	Mends            []Mend
}

// Result is what a sheet became.
type Result struct {
	Title    string // what stands above the heading, or ""
	Period   string // found in the title, for example 2026年第三季度
	Table    playlist.FundTable
	Lines    []int // parallel to Table.Rows: their rows in Excel
	Printed  []Printed
	Pairs    []Pair
	Total    playlist.Amount // printed grand total of the money column
	HasTotal bool
	Sources  []playlist.FundSource
	Findings []Finding
	Notes    []Note // what was done without asking
	Unknown  []string
}

// Note says what was done to the sheet.
type Note struct {
	Line   int // row in Excel; 0: the whole sheet
	Zh, En string
}

// Letter names a column as Excel does: 0 is A, 26 is AA.
func Letter(i int) string {
	if i < 0 {
		return ""
	}
	out := ""
	for i++; i > 0; i = (i - 1) / 26 {
		out = string(rune('A'+(i-1)%26)) + out
	}
	return out
}

func (r Row) cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[i])
}

func (r Row) empty() bool {
	for i := range r.Cells {
		if r.cell(i) != "" {
			return false
		}
	}
	return true
}

// width is the number of columns that have something in a row.
func (s *Sheet) width() int {
	w := 0
	for _, r := range s.Rows {
		for i := len(r.Cells) - 1; i >= w; i-- {
			if r.cell(i) != "" {
				w = i + 1
				break
			}
		}
	}
	return w
}

func tableField(table int) string { return fmt.Sprintf("fund.tables[%d]", table) }

func cellField(table, row, col int) string {
	return fmt.Sprintf("fund.tables[%d].rows[%d][%d]", table, row, col)
}
