package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/configs/plain"
)

// Table is what Find saw in a sheet. Rows are numbered as in Sheet.Rows.
type Table struct {
	Title   string   // the line above the heading, where there is one
	Unit    string   // 单位：万元 above the table
	Heading []int    // the rows of the heading, one or more; none when it was not found
	Columns []Column // from the left; columns without heading and content are left out
	Rows    []int    // of data
	Totals  []Total  // rows that add others up
	Notes   []int    // rows of text below or between, and headings repeated on every page
}

// Column is one column of a Table.
type Column struct {
	Index   int    // in the sheet, from 0
	Heading string // as written, the lines of a heading of several rows joined with /
	Name    string // without its unit
	Unit    string // 元 of 金额（元）
	Meaning Meaning
	Sure    bool // the heading and the contents agree on the Meaning
}

// Total is a row that adds others up.
type Total struct {
	Row int
	Sub bool // 小计: of the rows since the last one
}

// Headings returns the headings of the columns, for Shape.
func (t *Table) Headings() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Heading
	}
	return out
}

// Column returns the first column of a meaning, -1 when there is none.
func (t *Table) Column(m Meaning) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Meaning == m })
}

// Shape is a key for tables with the same headings: what somebody said about the
// columns of one is offered for the next. Spaces, marks and width do not count.
func Shape(headings []string) string {
	h := sha256.New()
	for _, s := range headings {
		h.Write([]byte(bareHeading(s)))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Find finds the table of a sheet: the row of headings, the rows of data, and
// what stands above, between and below. A heading is the row that looks most
// like one among the first rows with content; it grows over merged cells.
func Find(s *Sheet) Table {
	f := finder{sheet: s, width: s.Width()}
	first, score := -1, 0
	seen := 0
	for r := range s.Rows {
		if blank(s.Rows[r]) {
			continue
		}
		if seen++; seen > 40 {
			break
		}
		if n := f.headingScore(r); n > score {
			first, score = r, n
		}
	}
	return f.table(first)
}

// FindAt finds the table whose heading ends in the given row, as a person said.
// A negative row says that there is no heading: every row is data.
func FindAt(s *Sheet, row int) Table {
	f := finder{sheet: s, width: s.Width()}
	if row < 0 || row >= len(s.Rows) {
		row = -1
	}
	return f.table(row)
}

type finder struct {
	sheet *Sheet
	width int
}

// headingScore says how much a row looks like a heading: short texts, words that
// head columns, no numbers, and not one cell alone.
func (f *finder) headingScore(r int) int {
	texts, known, numbers, long := 0, 0, 0, 0
	for c, cell := range f.sheet.Rows[r] {
		switch {
		case cell.Kind == Empty:
		case cell.Kind != Text || cell.Number != "":
			numbers++
		case utf8.RuneCountInString(cell.Text) > 24:
			long++
		default:
			texts++
			if m := headingMeaning(f.headingText(r, c)); m != Plain {
				known++
			}
		}
	}
	if texts < 2 && (known == 0 || f.width > 1) {
		return 0
	}
	if classify(f.sheet.Rows[r]) == totalRow || noteRow(firstText(f.sheet.Rows[r])) {
		return 0
	}
	return 4*known + texts - 4*numbers - 2*long
}

func (f *finder) headingText(r, c int) string {
	name, _ := splitUnit(f.sheet.At(r, c).Text)
	return name
}

// cover returns the merged range over a cell.
func (f *finder) cover(r, c int) (Range, bool) {
	for _, m := range f.sheet.Merged {
		if r >= m.Row && r <= m.LastRow && c >= m.Col && c <= m.LastCol {
			return m, true
		}
	}
	return Range{}, false
}

// headingRows grows the heading over merged cells, upwards to the groups above
// it and downwards to what stands below a group.
func (f *finder) headingRows(r int) (first, last int) {
	first, last = r, r
	for _, m := range f.sheet.Merged {
		if m.LastRow-m.Row > 4 {
			continue
		}
		if m.Row <= r && m.LastRow >= r { // a cell that goes over several rows of the heading
			last = max(last, min(m.LastRow, len(f.sheet.Rows)-1))
			if m.Row < first && f.isGroup(m.Row) {
				first = m.Row
			}
		}
	}
	for last+1 < len(f.sheet.Rows) && last-r < 3 && f.grouped(last) && f.allTexts(last+1) {
		last++
	}
	for first > 0 && r-first < 3 && f.isGroup(first-1) {
		first--
	}
	return first, last
}

// grouped reports whether a row has cells merged sideways, with columns below.
func (f *finder) grouped(r int) bool {
	for _, m := range f.sheet.Merged {
		if m.Row <= r && m.LastRow == r && m.LastCol > m.Col && m.LastCol-m.Col+1 < f.width && len(f.sheet.Rows) > r+1 {
			below := 0
			for c := m.Col; c <= m.LastCol; c++ {
				if f.sheet.At(r+1, c).Kind == Text {
					below++
				}
			}
			if below > 1 {
				return true
			}
		}
	}
	return false
}

// isGroup reports whether a row holds headings of groups of columns: cells
// merged sideways, yet not the title over the whole table.
func (f *finder) isGroup(r int) bool {
	texts := 0
	for _, c := range f.sheet.Rows[r] {
		if c.Kind == Text {
			texts++
		}
	}
	return texts > 1 && f.grouped(r) && f.allTexts(r)
}

func (f *finder) allTexts(r int) bool {
	if r >= len(f.sheet.Rows) {
		return false
	}
	texts := 0
	for _, c := range f.sheet.Rows[r] {
		if c.Kind != Empty && c.Kind != Text || c.Number != "" || utf8.RuneCountInString(c.Text) > 24 {
			return false
		}
		if c.Kind == Text {
			texts++
		}
	}
	return texts > 0 && classify(f.sheet.Rows[r]) == dataRow
}

func (f *finder) table(heading int) Table {
	var t Table
	start := 0
	if heading >= 0 {
		first, last := f.headingRows(heading)
		for r := first; r <= last; r++ {
			t.Heading = append(t.Heading, r)
		}
		start = last + 1
		f.above(&t, first)
	}
	f.rows(&t, start)
	f.columns(&t)
	return t
}

var unitLine = regexp.MustCompile(`单位\s*[：:]\s*([^\s，,；;）)]{1,12})`)

// above reads the title and the unit above the heading.
func (f *finder) above(t *Table, heading int) {
	for r := range heading {
		for _, c := range f.sheet.Rows[r] {
			if c.Kind != Text {
				continue
			}
			if m := unitLine.FindStringSubmatch(c.Text); m != nil && isUnit(m[1]) {
				t.Unit = m[1]
			} else if t.Title == "" && utf8.RuneCountInString(c.Text) > 3 && !strings.HasPrefix(c.Text, "附件") {
				t.Title = strings.ReplaceAll(c.Text, "\n", "")
			}
		}
	}
}

// rows tells rows of data from totals and notes.
func (f *finder) rows(t *Table, start int) {
	var head []Cell
	if len(t.Heading) > 0 {
		head = f.sheet.Rows[t.Heading[len(t.Heading)-1]]
	}
	for r := start; r < len(f.sheet.Rows); r++ {
		row := f.sheet.Rows[r]
		if blank(row) {
			continue
		}
		switch class := classify(row); {
		case class == totalRow:
			t.Totals = append(t.Totals, Total{Row: r})
		case class == subtotalRow:
			t.Totals = append(t.Totals, Total{Row: r, Sub: true})
		case class == notesRow, sameTexts(head, row), f.title(row):
			t.Notes = append(t.Notes, r)
		default:
			t.Rows = append(t.Rows, r)
		}
	}
	// Below the last total one text alone is a note.
	if len(t.Totals) > 0 && !t.Totals[len(t.Totals)-1].Sub {
		end := t.Totals[len(t.Totals)-1].Row
		t.Rows = slices.DeleteFunc(t.Rows, func(r int) bool {
			if r > end && contents(f.sheet.Rows[r]) == 1 {
				t.Notes = append(t.Notes, r)
				return true
			}
			return false
		})
		slices.Sort(t.Notes)
	}
}

// title reports whether a row is a long text alone in a table of several columns.
func (f *finder) title(row []Cell) bool {
	return f.width > 2 && contents(row) == 1 && utf8.RuneCountInString(firstText(row)) > 16
}

func contents(row []Cell) int {
	n := 0
	for _, c := range row {
		if c.Kind != Empty {
			n++
		}
	}
	return n
}

// sameTexts reports whether a row repeats a heading, as on every printed page.
func sameTexts(head, row []Cell) bool {
	if len(head) == 0 {
		return false
	}
	for c := range max(len(head), len(row)) {
		var a, b string
		if c < len(head) {
			a = head[c].Text
		}
		if c < len(row) {
			b = row[c].Text
		}
		if a != b && bareHeading(a) != bareHeading(b) {
			return false
		}
	}
	return true
}

func firstText(row []Cell) string {
	for _, c := range row {
		if c.Kind != Empty {
			return c.Text
		}
	}
	return ""
}

type rowClass int

const (
	dataRow rowClass = iota
	totalRow
	subtotalRow
	notesRow
)

var (
	totalWords    = regexp.MustCompile(`^(总计|合计|共计|累计|总合计|全[县镇乡村市]合?计|总额|合计金额)([（(：:].*)?$`)
	subtotalWords = regexp.MustCompile(`(^(小计|本页[小合]计)|.(小计|合计|计))([（(：:].*)?$`)
	noteWords     = regexp.MustCompile(`^(备?注|说明|填表说明|填报说明)\d?[：:、]|^(填表|制表|填报|经办|审核|复核|负责|分管|单位负责|监督)(人|单位|领导|电话|日期|时间)?[：:（(]|^(单位|盖章).{0,4}[（(]?(盖章|公章)|^[※*]`)
)

// classify judges a row by its first texts.
func classify(row []Cell) rowClass {
	texts := 0
	for _, c := range row {
		if c.Kind != Text || c.Number != "" {
			continue
		}
		word := strings.Join(strings.Fields(strings.ReplaceAll(c.Text, "\u3000", "")), "")
		switch {
		case totalWords.MatchString(word):
			return totalRow
		case utf8.RuneCountInString(word) <= 12 && strings.HasSuffix(strings.TrimRight(word, "：:"), "小计"), subtotalWords.MatchString(word) && texts == 0 && utf8.RuneCountInString(word) <= 10 && !strings.HasSuffix(word, "会计") && !strings.HasSuffix(word, "统计") && !strings.HasSuffix(word, "审计"):
			return subtotalRow
		case texts == 0 && noteRow(c.Text):
			return notesRow
		}
		if texts++; texts == 3 {
			break
		}
	}
	return dataRow
}

func noteRow(text string) bool { return noteWords.MatchString(plain.Tidy(text)) }
