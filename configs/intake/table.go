package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/configs/plain"
	"mingbai/playlist/schedule"
)

// Bounds of a table.
const (
	maxTable = 64 << 20 // bytes, after conversion
	maxRows  = 200_000
	maxCell  = 16 << 10 // bytes
)

// Heading is a column that a table may have.
type Heading struct {
	Name    string
	Aliases []string // other names under which clerks keep it
	Need    bool     // the column must be there
	Filled  bool     // and no cell of it empty
}

// Table says how a CSV file is read: which headings it has, and where problems
// go. Columns may come in any order; one that is not listed is refused.
type Table struct {
	File     string // for messages
	Headings []Heading
	Problems *Problems
}

// Row is one row. Its methods take the name of a heading, and what they cannot
// read they report, returning the zero value. It is valid until the next row.
type Row struct {
	Line  int // in the file, from 1
	table *Table
	index map[string]int
	cells []string
}

// Rows reads the table row by row, so that a long one needs no memory. Empty
// rows are passed over. After a heading that is wrong there are no rows.
func (t *Table) Rows(r io.Reader) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		in := &bounded{r: plain.Reader(r), left: maxTable}
		cr := csv.NewReader(in)
		cr.FieldsPerRecord = -1
		cr.ReuseRecord = true
		var index map[string]int
		width := 0
		for n := 0; ; {
			cells, err := cr.Read()
			if err == io.EOF {
				if index == nil {
					t.Problems.wrong(t.File, 0, "", "表是空的，第一行应为表头")
				}
				return
			}
			if err != nil {
				t.readError(err)
				return
			}
			line, _ := cr.FieldPos(0)
			if blank(cells) {
				continue
			}
			if index == nil {
				if index, width = t.heading(line, cells); index == nil {
					return
				}
				continue
			}
			if n++; n > maxRows {
				t.Problems.wrong(t.File, line, "", "超过 %d 行，请分成几个文件", maxRows)
				return
			}
			if !t.sound(line, cells, width) {
				continue
			}
			row := Row{Line: line, table: t, index: index, cells: cells}
			for _, h := range t.Headings {
				if h.Filled && index[h.Name] < len(cells) && row.Text(h.Name) == "" {
					row.Wrong(h.Name, "不能为空")
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}

// heading finds where the columns are. It returns nil when the heading cannot be
// used.
func (t *Table) heading(line int, cells []string) (index map[string]int, width int) {
	index = make(map[string]int)
	ok := true
	for i, c := range cells {
		c = plain.Tidy(c)
		if c == "" {
			continue // a spreadsheet leaves empty columns behind
		}
		width = i + 1
		name := t.named(c)
		switch _, twice := index[name]; {
		case name == "":
			t.Problems.wrong(t.File, line, plain.Clip(c), "不认识这一列；可用的列有：%s", t.names())
			ok = false
		case twice:
			t.Problems.wrong(t.File, line, name, "这一列出现了两次")
			ok = false
		default:
			index[name] = i
		}
	}
	for _, h := range t.Headings {
		if _, there := index[h.Name]; !there && (h.Need || h.Filled) {
			t.Problems.wrong(t.File, line, h.Name, "表头缺少这一列")
			ok = false
		}
	}
	if !ok {
		return nil, 0
	}
	return index, width
}

// named returns the heading that a cell names, with or without a unit behind it
// in brackets.
func (t *Table) named(cell string) string {
	bare := cell
	if at := strings.LastIndexAny(cell, "(（"); at > 0 {
		bare = cell[:at]
	}
	for _, want := range []string{cell, strings.TrimSpace(bare)} {
		for _, h := range t.Headings {
			if h.Name == want {
				return h.Name
			}
			for _, a := range h.Aliases {
				if a == want {
					return h.Name
				}
			}
		}
	}
	return ""
}

func (t *Table) names() string {
	var names []string
	for _, h := range t.Headings {
		names = append(names, h.Name)
	}
	return strings.Join(names, "、")
}

// sound reports what is wrong with the cells of a row as such.
func (t *Table) sound(line int, cells []string, width int) bool {
	for i, c := range cells {
		switch {
		case !utf8.ValidString(c):
			t.Problems.wrong(t.File, line, "", "有乱码，请另存为 UTF-8 编码的 CSV 再试")
			return false
		case len(c) > maxCell:
			t.Problems.wrong(t.File, line, "", "第 %d 格太长，最多 %d 字节", i+1, maxCell)
			return false
		case i >= width && plain.Tidy(c) != "":
			t.Problems.wrong(t.File, line, "", "比表头多出一格「%s」，是不是少了引号或多了逗号", plain.Clip(plain.Tidy(c)))
			return false
		}
	}
	return true
}

func (t *Table) readError(err error) {
	if pe, ok := errors.AsType[*csv.ParseError](err); ok {
		t.Problems.wrong(t.File, pe.Line, "", "引号不成对，或者一格里的引号没有写成两个")
		return
	}
	if errors.Is(err, errTooLong) {
		t.Problems.wrong(t.File, 0, "", "文件太大，最多 %d MB", maxTable>>20)
		return
	}
	t.Problems.wrong(t.File, 0, "", "读不出来：%v", err)
}

// Has reports whether the table has the column.
func (r Row) Has(name string) bool { _, ok := r.index[name]; return ok }

// Text returns the cell without spaces around it; "" when the column or the cell
// is not there.
func (r Row) Text(name string) string {
	i, ok := r.index[name]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return plain.Tidy(r.cells[i])
}

// Wrong reports a problem with a cell.
func (r Row) Wrong(name, format string, args ...any) {
	r.table.Problems.wrong(r.table.File, r.Line, name, format, args...)
}

// Int reads a whole number; an empty cell is 0.
func (r Row) Int(name string) int {
	s := r.Text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(plain.Narrow(s))
	if err != nil {
		r.Wrong(name, "「%s」不是整数", plain.Clip(s))
		return 0
	}
	return n
}

// Float reads a number; an empty cell is 0.
func (r Row) Float(name string) float64 {
	s := r.Text(name)
	if s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(plain.Narrow(s), 64)
	if err != nil || f != f || f > 1e12 || f < -1e12 {
		r.Wrong(name, "「%s」不是数字", plain.Clip(s))
		return 0
	}
	return f
}

// Date reads a day; an empty cell is the zero Date.
func (r Row) Date(name string) schedule.Date {
	s := r.Text(name)
	if s == "" {
		return schedule.Date{}
	}
	d, err := plain.Day(s)
	if err != nil {
		r.Wrong(name, "%v", err)
	}
	return d
}

// Choice reads one of several words and returns what it stands for.
func Choice[T any](r Row, name string, words []Word[T]) T {
	s := r.Text(name)
	for _, w := range words {
		if w.Chinese == s {
			return w.Means
		}
	}
	var known []string
	for _, w := range words {
		if w.Chinese != "" {
			known = append(known, w.Chinese)
		}
	}
	r.Wrong(name, "「%s」不在可选范围内，应为：%s", plain.Clip(s), strings.Join(known, "、"))
	var zero T
	return zero
}

// Word is a word of a clerk and what it stands for.
type Word[T any] struct {
	Chinese string
	Means   T
}

var errTooLong = errors.New("too long")

// bounded refuses to read more than left bytes.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func blank(cells []string) bool {
	for _, c := range cells {
		if plain.Tidy(c) != "" {
			return false
		}
	}
	return true
}
