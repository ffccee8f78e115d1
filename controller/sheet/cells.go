package sheet

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
)

// rawCell is a cell as the file has it, while it is read.
type rawCell struct {
	row, col int
	kind     string // s, str, inlineStr, b, e, n, d
	style    string
	value    strings.Builder
	formula  bool
	result   bool // a value was saved, if an empty one
	inline   strings.Builder
}

// readSheet streams the cells of one sheet, then its comments.
func (w *workbook) readSheet(name string) error {
	p, err := w.part(name)
	if err != nil {
		return err
	}
	if p == nil {
		return damaged("文件里缺一张工作表。", "A sheet is missing in the file.").in(w.sheet.Name, "")
	}
	defer p.close()
	if err := w.cellsOf(p); err != nil {
		if own, ok := err.(*Error); ok {
			return own.in(w.sheet.Name, "")
		}
		return err
	}
	w.trim()
	return w.readComments(name)
}

func (w *workbook) cellsOf(p *xmlPart) error {
	var c rawCell
	in := "" // v, f or t, whichever is open
	spoken := 0
	row, col := -1, -1
	for {
		t, err := p.next()
		if t == nil || err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "col":
				w.columns(t)
			case "row":
				if row, err = w.row(t, row); err != nil {
					return err
				}
				col = -1
			case "c":
				c.row, c.col = row, col+1
				if r, k, ok := parseAddress(attr(t, "r")); ok {
					c.row, c.col = r, k
				}
				row, col = max(c.row, 0), c.col
				c.row = row
				c.kind, c.style, c.formula, c.result = attr(t, "t"), attr(t, "s"), false, false
				c.value.Reset()
				c.inline.Reset()
			case "f":
				c.formula = true
				in = "f"
			case "v":
				in, c.result = "v", true
			case "rPh":
				spoken++
			case "t":
				if spoken == 0 {
					in = "t"
				}
			case "mergeCell":
				if err := w.merge(attr(t, "ref")); err != nil {
					return err
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "c":
				if err := w.keep(&c); err != nil {
					return err
				}
			case "rPh":
				spoken--
			case "v", "f", "t":
				in = ""
			}
		case xml.CharData:
			switch in {
			case "v":
				if c.value.Len() <= w.archive.lim.CellLen { // too long, and put will say where
					c.value.Write(t)
				}
			case "t":
				if c.inline.Len() <= w.archive.lim.CellLen {
					c.inline.Write(t)
				}
			}
		}
	}
}

// row reads the number of a row, and whether it is hidden.
func (w *workbook) row(e xml.StartElement, before int) (int, error) {
	row := before + 1
	if n, err := strconv.Atoi(attr(e, "r")); err == nil && n > 0 && n <= 1<<20 {
		row = n - 1
	}
	if flag(attr(e, "hidden")) && row < w.archive.lim.Rows && len(w.sheet.HiddenRows) < w.archive.lim.Rows {
		w.sheet.HiddenRows = append(w.sheet.HiddenRows, row)
	}
	return row, nil
}

// columns notes which columns are hidden: those of width 0 too, as WPS writes them.
func (w *workbook) columns(e xml.StartElement) {
	from, err1 := strconv.Atoi(attr(e, "min"))
	to, err2 := strconv.Atoi(attr(e, "max"))
	if err1 != nil || err2 != nil || from < 1 || !flag(attr(e, "hidden")) && attr(e, "width") != "0" {
		return
	}
	for c := from; c <= min(to, w.archive.lim.Columns); c++ {
		if !slices.Contains(w.sheet.HiddenCols, c-1) {
			w.sheet.HiddenCols = append(w.sheet.HiddenCols, c-1)
		}
	}
}

func (w *workbook) keep(raw *rawCell) error {
	var c Cell
	value := raw.value.String()
	switch raw.kind {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(w.strings) {
			c = stored(w.strings[i])
		} else if value != "" {
			return damaged("这一格的文字在文件里找不到。", "The text of this cell is missing in the file.").in(w.sheet.Name, Address(raw.row, raw.col))
		}
	case "inlineStr":
		c = stored(unescape(raw.inline.String()))
	case "str":
		c = stored(unescape(value))
	case "b":
		if c = (Cell{Text: "FALSE", Kind: Bool}); flag(value) {
			c.Text = "TRUE"
		}
	case "e":
		c = Cell{Text: value, Kind: Failed}
	case "d":
		c = fromText(value)
	default:
		if value != "" {
			c = w.number(value, w.format(raw.style), w.date1904)
		}
	}
	if c.Formula = raw.formula; c.Formula && c.Kind == Empty && !(raw.kind == "str" && raw.result) {
		w.sheet.note(NoResult, raw.row, raw.col)
	}
	if len(c.Text) == len(value) && c.Text != "" && raw.kind != "s" {
		c.Text = strings.Clone(c.Text)
	}
	return w.put(raw.row, raw.col, c)
}

// merge keeps a merged range.
func (w *workbook) merge(ref string) error {
	from, to, two := strings.Cut(ref, ":")
	r1, c1, ok1 := parseAddress(from)
	r2, c2, ok2 := parseAddress(to)
	if !two || !ok1 || !ok2 || r2 < r1 || c2 < c1 || r1 == r2 && c1 == c2 {
		return nil // Excel repairs such ones by dropping them
	}
	if len(w.sheet.Merged) >= w.archive.lim.Merged {
		return tooLarge("合并单元格超过 %d 处，请取消不需要的合并。", "Over %d ranges are merged. Undo those that are not needed.", w.archive.lim.Merged).in(w.sheet.Name, "")
	}
	w.sheet.Merged = append(w.sheet.Merged, Range{r1, c1, r2, c2})
	return nil
}

// trim drops formulas without results, which leave empty rows, from the end.
func (w *workbook) trim() {
	rows := w.sheet.Rows
	for len(rows) > 0 && blank(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	w.sheet.Rows = rows
}

func blank(row []Cell) bool {
	for _, c := range row {
		if c.Kind != Empty {
			return false
		}
	}
	return true
}

// readComments reads what people wrote beside cells.
func (w *workbook) readComments(name string) error {
	rels, err := w.relations(name)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		if rel.kind != "comments" {
			continue
		}
		if err := w.comments(rel.target); err != nil {
			return err
		}
	}
	return nil
}

func (w *workbook) comments(name string) error {
	p, err := w.part(name)
	if p == nil || err != nil {
		return err
	}
	defer p.close()
	var b strings.Builder
	ref, inText, n := "", false, 0
	for {
		t, err := p.next()
		if t == nil || err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "comment":
				ref = attr(t, "ref")
				b.Reset()
			case "t":
				inText = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "comment":
				if n++; n > w.archive.lim.Comments {
					return tooLarge("批注超过 %d 处，请删去不需要的。", "There are more than %d comments. Remove those that are not needed.", w.archive.lim.Comments).in(w.sheet.Name, "")
				}
				if row, col, ok := parseAddress(ref); ok {
					w.comment(row, col, strings.TrimSpace(unescape(b.String())))
				}
			}
		case xml.CharData:
			if inText && b.Len() < 2000 {
				b.Write(t[:min(len(t), 2000)])
			}
		}
	}
}

// comment adds a comment to a cell that has content.
func (w *workbook) comment(row, col int, text string) {
	if row < len(w.sheet.Rows) && col < len(w.sheet.Rows[row]) {
		w.sheet.Rows[row][col].Comment = strings.ToValidUTF8(text, "")
		w.bytes += len(text)
	}
}
