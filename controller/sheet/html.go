package sheet

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mingbai/configs/plain"
)

// isHTML reports whether a text begins as a web page does. Many systems of
// offices "export Excel" by giving a web table the name .xls.
func isHTML(start string) bool {
	start = strings.TrimLeft(start, " \t\r\n\ufeff")
	return strings.HasPrefix(start, "<") && (strings.Contains(start, "<table") || strings.Contains(start, "<html") || strings.HasPrefix(start, "<!doctype html"))
}

// readHTML reads every table of a page as a sheet, without building the page in
// memory. A table inside a table is read as text of its cell.
func readHTML(text string, lim Limits) (*Book, error) {
	book := &Book{}
	h := &htmlReader{keeper: keeper{lim: lim}, book: book}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(maxToken)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				return nil, refuse(Hostile, "网页里有一段长得不正常，已拒绝。", "A piece inside the page is longer than any program writes.")
			}
			if err := h.endTable(); err != nil {
				return nil, err
			}
			return book, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := h.start(z.Token()); err != nil {
				return nil, err
			}
		case html.EndTagToken:
			if err := h.end(z.Token().DataAtom); err != nil {
				return nil, err
			}
		case html.TextToken:
			h.text(string(z.Text()))
		}
	}
}

// htmlReader is where the reading of a page stands.
type htmlReader struct {
	keeper
	book  *Book
	depth int // of tables
	skip  int // inside style, script, head

	row, col int
	inCell   bool
	value    strings.Builder
	exact    string // x:num of Excel: the number behind what is displayed
	asText   bool   // the cell is formatted as text
	span     Range
	below    map[int]int // column -> last row that a cell from above covers
}

func (h *htmlReader) start(t html.Token) error {
	switch t.DataAtom {
	case atom.Style, atom.Script, atom.Title:
		if t.Type == html.StartTagToken {
			h.skip++
		}
	case atom.Table:
		if h.depth++; h.depth == 1 {
			return h.startTable()
		}
	case atom.Tr:
		if h.depth == 1 {
			if err := h.endCell(); err != nil {
				return err
			}
			h.row++
			h.col = 0
		}
	case atom.Td, atom.Th:
		if h.depth == 1 {
			return h.startCell(t)
		}
	case atom.Br, atom.P, atom.Div:
		if h.inCell && h.value.Len() > 0 {
			h.value.WriteByte('\n')
		}
	}
	return nil
}

func (h *htmlReader) end(a atom.Atom) error {
	switch a {
	case atom.Style, atom.Script, atom.Title:
		h.skip = max(0, h.skip-1)
	case atom.Table:
		if h.depth--; h.depth <= 0 {
			h.depth = 0
			return h.endTable()
		}
	case atom.Td, atom.Th, atom.Tr:
		if h.depth == 1 {
			return h.endCell()
		}
	}
	return nil
}

func (h *htmlReader) startTable() error {
	if len(h.book.Sheets) >= h.lim.Sheets {
		return tooLarge("表太多，最多 %d 张。", "There are too many tables; the most is %d.", h.lim.Sheets)
	}
	h.book.Sheets = append(h.book.Sheets, Sheet{Name: "表" + strconv.Itoa(len(h.book.Sheets)+1)})
	h.sheet = &h.book.Sheets[len(h.book.Sheets)-1]
	h.row, h.col, h.below = -1, 0, make(map[int]int)
	return nil
}

func (h *htmlReader) endTable() error {
	if h.sheet == nil {
		return nil
	}
	err := h.endCell()
	if len(h.sheet.Rows) == 0 {
		h.book.Sheets = h.book.Sheets[:len(h.book.Sheets)-1]
	}
	h.sheet = nil
	return err
}

func (h *htmlReader) startCell(t html.Token) error {
	if err := h.endCell(); err != nil {
		return err
	}
	h.row = max(h.row, 0)
	for last, covered := h.below[h.col]; covered && last >= h.row; last, covered = h.below[h.col] {
		h.col++
	}
	h.inCell, h.exact, h.asText = true, "", false
	h.value.Reset()
	h.span = Range{h.row, h.col, h.row, h.col}
	for _, a := range t.Attr {
		switch a.Key {
		case "colspan":
			h.span.LastCol = h.col + spanned(a.Val, h.lim.Columns) - 1
		case "rowspan":
			h.span.LastRow = h.row + spanned(a.Val, h.lim.Rows) - 1
		case "x:num", "sdval":
			h.exact = a.Val
		case "x:str":
			h.asText = true
		case "style":
			h.asText = h.asText || strings.Contains(strings.ReplaceAll(a.Val, " ", ""), `mso-number-format:"\@"`) || strings.Contains(strings.ReplaceAll(a.Val, " ", ""), `mso-number-format:'\@'`)
		}
	}
	return nil
}

// spanned reads a colspan or rowspan; more than the limit is the limit, as
// browsers do.
func spanned(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, most)
}

func (h *htmlReader) endCell() error {
	if !h.inCell {
		return nil
	}
	h.inCell = false
	c := h.cell()
	if err := h.put(h.row, h.col, c); err != nil {
		return err
	}
	if h.span.LastRow > h.span.Row || h.span.LastCol > h.span.Col {
		if len(h.sheet.Merged) >= h.lim.Merged {
			return tooLarge("合并单元格超过 %d 处，请取消不需要的合并。", "Over %d ranges are merged. Undo those that are not needed.", h.lim.Merged).in(h.sheet.Name, "")
		}
		if c.Kind != Empty {
			h.sheet.Merged = append(h.sheet.Merged, h.span)
		}
		if h.span.LastRow > h.span.Row {
			for col := h.span.Col; col <= h.span.LastCol; col++ {
				h.below[col] = h.span.LastRow
			}
		}
	}
	h.col = h.span.LastCol + 1
	return nil
}

func (h *htmlReader) cell() Cell {
	text := lines(h.value.String())
	if h.asText {
		return stored(text)
	}
	c := fromText(text)
	if number, _, ok := clean(h.exact); ok && h.exact != "" && (c.Kind == Number || c.Kind == Money || c.Kind == Percent || c.Kind == Text && scientific.MatchString(c.Text)) {
		c.Number = number
		if c.Kind == Text {
			c.Kind = Number
		}
	}
	return c
}

// lines joins what stands on the lines of a cell as a browser shows it.
func lines(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = plain.Tidy(strings.ReplaceAll(l, "\u00a0", " ")); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// text adds what stands between tags. Ends of lines in the source are spaces.
func (h *htmlReader) text(raw string) {
	if !h.inCell || h.skip > 0 || h.value.Len() > h.lim.CellLen {
		return
	}
	s := html.UnescapeString(raw)
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " ")
	h.value.WriteString(s)
}
