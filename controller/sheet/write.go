package sheet

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"mingbai/configs/plain"
)

// Page is one sheet to be written.
type Page struct {
	Name     string
	Title    string // above the heading, over all columns; may be empty
	Headings []string
	Widths   []float64 // in characters; a missing or zero one is judged by the texts
	Rows     [][]Value
	Notes    []string // below the table
}

// Value is a cell to be written. Exactly one field is used: the first that is
// not zero.
type Value struct {
	Text     string    // never taken for a formula, whatever it begins with
	Number   string    // a plain decimal
	Decimals int       // of Number, as shown
	Day      time.Time // as a date; with a time of day where Clock is set
	Clock    bool
	Mark     bool // stands out: wrong, or to be looked at
}

// T is a text, N a number with so many decimals, D a day.
func T(s string) Value { return Value{Text: s} }

// N is a number as a plain decimal, shown with so many decimals. What is no
// number is written as text.
func N(number string, decimals int) Value { return Value{Number: number, Decimals: decimals} }

// D is a day.
func D(t time.Time) Value { return Value{Day: t} }

// At is a day with its time of day.
func At(t time.Time) Value { return Value{Day: t, Clock: true} }

// Type is the content type of what Write writes.
const Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Write writes an .xlsx: a heading that stays in view, columns as wide as their
// texts, numbers and days that Excel computes with, texts as texts. It streams
// rows, so that 100,000 of them are no burden.
func Write(w io.Writer, pages []Page) error {
	f := excelize.NewFile()
	defer f.Close()
	book := &writer{file: f, numbers: make(map[[2]int]int)}
	if err := book.prepare(); err != nil {
		return err
	}
	used := make(map[string]bool)
	for i, p := range pages {
		name := tabName(p.Name, i, used)
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = book.page(name, p)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
	}
	_, err := f.WriteTo(w)
	return err
}

// tabName makes a name that Excel takes: at most 31 characters, none of :\/?*[],
// none twice.
func tabName(name string, i int, used map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name)
	name = plain.Tidy(name)
	if r := []rune(name); len(r) > 28 {
		name = string(r[:28])
	}
	if name == "" {
		name = fmt.Sprintf("表%d", i+1)
	}
	base := name
	for n := 2; used[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s%d", base, n)
	}
	used[strings.ToLower(name)] = true
	return name
}

type writer struct {
	file                                    *excelize.File
	title, head, text, marked, day, instant int
	note                                    int
	numbers                                 map[[2]int]int // by decimals and mark
}

const (
	bodyFont = "宋体"
	headFont = "黑体"
	ruleGrey = "BFBFBF"
)

func (b *writer) style(s excelize.Style) (int, error) {
	return b.file.NewStyle(&s)
}

func borders() []excelize.Border {
	var out []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		out = append(out, excelize.Border{Type: side, Color: ruleGrey, Style: 1})
	}
	return out
}

func (b *writer) prepare() error {
	font := &excelize.Font{Family: bodyFont, Size: 11}
	pale := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FBECEA"}}
	day, clock := "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.title, excelize.Style{Font: &excelize.Font{Family: headFont, Size: 16}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}}},
		{&b.head, excelize.Style{Font: &excelize.Font{Family: headFont, Size: 11, Bold: true}, Border: borders(), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EFEBE1"}}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&b.text, excelize.Style{Font: font, Border: borders(), NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&b.marked, excelize.Style{Font: font, Border: borders(), NumFmt: 49, Fill: pale, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&b.note, excelize.Style{Font: &excelize.Font{Family: bodyFont, Size: 10, Color: "595959"}, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&b.day, excelize.Style{Font: font, Border: borders(), CustomNumFmt: &day, Alignment: &excelize.Alignment{Vertical: "center"}}},
		{&b.instant, excelize.Style{Font: font, Border: borders(), CustomNumFmt: &clock, Alignment: &excelize.Alignment{Vertical: "center"}}},
	} {
		id, err := b.style(s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

// number returns the style of a number with so many decimals.
func (b *writer) number(decimals int, mark bool) (int, error) {
	key := [2]int{decimals}
	if mark {
		key[1] = 1
	}
	if id, ok := b.numbers[key]; ok {
		return id, nil
	}
	code := "#,##0"
	if decimals > 0 {
		code += "." + strings.Repeat("0", min(decimals, 10))
	}
	s := excelize.Style{Font: &excelize.Font{Family: bodyFont, Size: 11}, Border: borders(), CustomNumFmt: &code, Alignment: &excelize.Alignment{Vertical: "center"}}
	if mark {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FBECEA"}}
	}
	id, err := b.style(s)
	b.numbers[key] = id
	return id, err
}

func (b *writer) page(name string, p Page) error {
	sw, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	width := len(p.Headings)
	for _, r := range p.Rows {
		width = max(width, len(r))
	}
	for c := range width {
		if err := sw.SetColWidth(c+1, c+1, p.width(c)); err != nil {
			return err
		}
	}
	row := 0
	put := func(cells []any, opts ...excelize.RowOpts) error {
		row++
		return sw.SetRow(Address(row-1, 0), cells, opts...)
	}
	frozen := 1
	if p.Title != "" {
		frozen = 2
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: Address(frozen, 0), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if p.Title != "" {
		if err := put([]any{excelize.Cell{StyleID: b.title, Value: safe(p.Title)}}, excelize.RowOpts{Height: 34}); err != nil {
			return err
		}
		if width > 1 {
			if err := sw.MergeCell("A1", Address(0, width-1)); err != nil {
				return err
			}
		}
	}
	head := make([]any, len(p.Headings))
	for i, h := range p.Headings {
		head[i] = excelize.Cell{StyleID: b.head, Value: safe(h)}
	}
	if err := put(head, excelize.RowOpts{Height: 24}); err != nil {
		return err
	}
	cells := make([]any, width)
	for _, r := range p.Rows {
		for c := range cells {
			cells[c] = excelize.Cell{StyleID: b.text}
			if c < len(r) {
				if cells[c], err = b.cell(r[c]); err != nil {
					return err
				}
			}
		}
		if err := put(cells); err != nil {
			return err
		}
	}
	for _, n := range p.Notes {
		if err := put([]any{excelize.Cell{StyleID: b.note, Value: safe(n)}}); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// cell writes a value. A text is written as an inline string with the format of
// text: Excel never computes it, even after it was edited. In CSV it would need
// a mark in front (see CSV).
func (b *writer) cell(v Value) (excelize.Cell, error) {
	switch {
	case v.Text != "":
		if v.Mark {
			return excelize.Cell{StyleID: b.marked, Value: safe(v.Text)}, nil
		}
		return excelize.Cell{StyleID: b.text, Value: safe(v.Text)}, nil
	case v.Number != "":
		number, _, ok := Decimal(v.Number)
		if !ok || significant(number) > 15 {
			return b.cell(Value{Text: v.Number, Mark: v.Mark})
		}
		id, err := b.number(v.Decimals, v.Mark)
		return excelize.Cell{StyleID: id, Value: exact(number)}, err
	case !v.Day.IsZero():
		t := time.Date(v.Day.Year(), v.Day.Month(), v.Day.Day(), 0, 0, 0, 0, time.UTC)
		if v.Clock {
			return excelize.Cell{StyleID: b.instant, Value: t.Add(time.Duration(v.Day.Hour())*time.Hour + time.Duration(v.Day.Minute())*time.Minute)}, nil
		}
		return excelize.Cell{StyleID: b.day, Value: t}, nil
	case v.Mark:
		return excelize.Cell{StyleID: b.marked}, nil
	}
	return excelize.Cell{StyleID: b.text}, nil
}

// width judges how wide a column must be: the widest of the heading and the
// first rows, a Chinese character counting twice.
func (p *Page) width(c int) float64 {
	if c < len(p.Widths) && p.Widths[c] > 0 {
		return p.Widths[c]
	}
	n := 0
	if c < len(p.Headings) {
		n = columnsOf(p.Headings[c])
	}
	for i, r := range p.Rows {
		if i == 200 {
			break
		}
		if c >= len(r) {
			continue
		}
		switch v := r[c]; {
		case v.Text != "":
			n = max(n, min(columnsOf(v.Text), 48))
		case v.Number != "":
			n = max(n, len(v.Number)+len(v.Number)/3+v.Decimals)
		case v.Clock:
			n = max(n, 16)
		case !v.Day.IsZero():
			n = max(n, 10)
		}
	}
	return float64(min(max(n+3, 8), 56))
}

func columnsOf(s string) int {
	widest := 0
	for line := range strings.Lines(s) {
		n := 0
		for _, r := range line {
			n++
			if r >= 0x1100 {
				n++
			}
		}
		widest = max(widest, n)
	}
	return widest
}

func significant(number string) int {
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(number), "0")
	return len(digits)
}

// safe makes a text that XML can carry and Excel takes.
func safe(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 32_000 {
		s = string(r[:32_000])
	}
	return s
}

// CSV makes a text safe for a cell of a CSV file, which has no other way to say
// that a text is one: what Excel would take for a formula gets an apostrophe in
// front. Numbers stay as they are.
func CSV(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, _, ok := Decimal(text); ok {
		return text
	}
	return "'" + text
}
