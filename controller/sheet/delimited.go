package sheet

import (
	"io"
	"strings"
	"unicode/utf8"

	"mingbai/configs/plain"
)

// decode reads a text file as UTF-8.
func decode(r io.Reader, lim Limits) (string, error) {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(plain.Reader(r), int64(lim.TextLen)+1))
	if err != nil {
		return "", err
	}
	if n > int64(lim.TextLen) {
		return "", tooLarge("文字太多，最多 %d MB，请分成几个文件。", "There is too much text; the most is %d MB. Split the file.", lim.TextLen>>20)
	}
	text := b.String()
	if !validText(text) {
		return "", damaged("文件不是表格，或者有乱码。", "The file is no table, or its text is garbled.")
	}
	return text, nil
}

// validText refuses what is no text: zeros, and characters that could not be
// decoded.
func validText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && strings.Count(s, "\uFFFD") <= len(s)/1000
}

// readText reads a table whose cells are parted by commas, tabs or semicolons.
func readText(text, name string, lim Limits) (*Book, error) {
	s := Sheet{Name: name}
	k := &keeper{lim: lim, sheet: &s}
	split := splitter{text: text, by: separator(text)}
	for row := 0; !split.done(); row++ {
		for col := 0; ; col++ {
			cell, last := split.cell()
			if err := k.put(row, col, fromText(cell)); err != nil {
				return nil, err
			}
			if last {
				break
			}
		}
	}
	return &Book{Sheets: []Sheet{s}}, nil
}

// separator finds what parts the cells: the mark that stands outside quotes in
// the most of the first lines, a tab before a comma before a semicolon.
func separator(text string) byte {
	head := text[:min(len(text), 8<<10)]
	marks := [...]byte{'\t', ',', ';'}
	var lines [len(marks)]int
	seen := [len(marks)]bool{}
	quoted := false
	for i := range len(head) {
		switch b := head[i]; {
		case b == '"':
			quoted = !quoted
		case b == '\n':
			if !quoted {
				seen = [len(marks)]bool{}
			}
		case !quoted:
			for m, mark := range marks {
				if b == mark && !seen[m] {
					seen[m] = true
					lines[m]++
				}
			}
		}
	}
	best := 1 // a single column
	for _, m := range []int{1, 0, 2} {
		if lines[m] > lines[best] || m == 0 && lines[m] > 0 && lines[m] >= lines[best] {
			best = m
		}
	}
	return marks[best]
}

// splitter cuts a text into cells. It takes quotes as people leave them: a cell
// is quoted when it begins with a quote and another one closes it right before a
// separator or an end of line; any other quote is a character.
type splitter struct {
	text string
	at   int
	by   byte
}

func (p *splitter) done() bool { return p.at >= len(p.text) }

// cell returns the next cell, and whether it was the last of its row.
func (p *splitter) cell() (cell string, last bool) {
	if rest := p.text[p.at:]; strings.HasPrefix(rest, `"`) {
		if cell, n, ok := unquote(rest, p.by); ok {
			p.at += n
			return cell, p.step()
		}
	}
	rest := p.text[p.at:]
	end := strings.IndexAny(rest, string([]byte{p.by, '\n', '\r'}))
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end], p.step()
}

// step goes over the separator or the end of line, and says which it was.
func (p *splitter) step() (last bool) {
	rest := p.text[p.at:]
	switch {
	case rest == "":
		return true
	case rest[0] == p.by:
		p.at++
		return false
	case strings.HasPrefix(rest, "\r\n"):
		p.at += 2
	default:
		p.at++
	}
	return true
}

// unquote reads a quoted cell and says how long it is.
func unquote(s string, by byte) (cell string, n int, ok bool) {
	doubled := false
	for i := 1; i < len(s) && i <= maxToken; i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		if i+1 < len(s) && s[i+1] != by && s[i+1] != '\n' && s[i+1] != '\r' {
			return "", 0, false // a quote inside: the first one was a character too
		}
		cell = s[1:i]
		if doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		return cell, i + 1, true
	}
	return "", 0, false
}

// keeper puts cells into a sheet and watches the limits. It is shared by all
// readers, so that they refuse alike.
type keeper struct {
	lim   Limits
	sheet *Sheet
	cells int // with content, of all sheets
	slots int // kept, with the empty ones between
	bytes int
}

// put keeps a cell; an empty one costs nothing.
func (k *keeper) put(row, col int, c Cell) error {
	if c.Kind == Empty && c.Comment == "" && !c.Formula {
		return nil
	}
	s := k.sheet
	at := Address(row, col)
	k.bytes += len(c.Text) + len(c.Number)
	k.cells++
	switch {
	case row >= k.lim.Rows:
		return tooLarge("内容超过 %d 行，请分成几个文件。", "There is content below row %d. Split the table.", k.lim.Rows).in(s.Name, at)
	case col >= k.lim.Columns:
		return tooLarge("内容超过 %d 列，请删去多余的列。", "There is content beyond column %d. Remove what is not needed.", k.lim.Columns).in(s.Name, at)
	case len(c.Text) > k.lim.CellLen:
		return tooLarge("这一格的文字太长，最多 %d 字节。", "The text of this cell is too long; the most is %d bytes.", k.lim.CellLen).in(s.Name, at)
	case k.cells > k.lim.Cells:
		return tooLarge("有内容的单元格超过 %d 个，请分成几个文件。", "More than %d cells have content. Split the table.", k.lim.Cells).in(s.Name, at)
	case k.bytes > k.lim.TextLen:
		return tooLarge("文字太多，最多 %d MB，请分成几个文件。", "There is too much text; the most is %d MB. Split the file.", k.lim.TextLen>>20).in(s.Name, at)
	}
	for len(s.Rows) <= row {
		s.Rows = append(s.Rows, nil)
	}
	if len(s.Rows[row]) <= col {
		if cap(s.Rows[row]) > col {
			s.Rows[row] = s.Rows[row][:col+1]
		} else {
			grown := make([]Cell, col+1, max(col+1, k.width()))
			copy(grown, s.Rows[row])
			s.Rows[row] = grown
			if k.slots += cap(grown); k.slots > 2*k.lim.Cells {
				return tooLarge("表格太稀疏，单元格超过 %d 个，请删去空白的行和列。", "The table is too sparse, with over %d cells. Remove empty rows and columns.", 2*k.lim.Cells).in(s.Name, at)
			}
		}
	}
	s.Rows[row][col] = c
	s.noted(c, row, col)
	return nil
}

// width is how many cells the row before has: most rows of a table are as long
// as the one above.
func (k *keeper) width() int {
	for r := len(k.sheet.Rows) - 2; r >= 0 && r >= len(k.sheet.Rows)-4; r-- {
		if n := len(k.sheet.Rows[r]); n > 0 {
			return n
		}
	}
	return 1
}
