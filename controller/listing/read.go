package listing

import (
	"strings"
	"unicode/utf8"

	"mingbai/configs/plain"
	"mingbai/controller/sheet"
	"mingbai/playlist"
)

// MaxGuides bounds the guides of one file.
const MaxGuides = 2000

// Guess says what each column of a list of guides holds; a field is guessed once.
func Guess(t *sheet.Table) []Field { return GuessBy(Fields, t) }

// Rows makes a guide of every row of data. use says what each column of the
// table holds.
func Rows(s *sheet.Sheet, t *sheet.Table, use []Field) []Item {
	var out []Item
	seen := map[string]int{}
	for _, r := range append(append([]int(nil), t.Rows...), totals(t)...) {
		it := Item{Sheet: s.Name, Row: r, Has: map[Field]bool{}}
		for i, c := range t.Columns {
			if i >= len(use) || use[i] == Skip {
				continue
			}
			it.cell(use[i], s.At(r, c.Index), sheet.Address(r, c.Index))
		}
		it.finish(seen, titleCell(t, use, r), r+1)
		out = append(out, it)
	}
	return out
}

// totals: a list of guides has none, so that a row that looks like one is data.
func totals(t *sheet.Table) []int {
	var out []int
	for _, row := range t.Totals {
		out = append(out, row.Row)
	}
	return out
}

func titleCell(t *sheet.Table, use []Field, row int) string {
	for i, c := range t.Columns {
		if i < len(use) && use[i] == Title {
			return sheet.Address(row, c.Index)
		}
	}
	return sheet.Address(row, 0)
}

func (it *Item) cell(f Field, c sheet.Cell, at string) {
	if c.Kind == sheet.Failed {
		it.wrong(at, "公式出错", "the formula failed")
		return
	}
	it.set(f, at, c.Text)
}

// finish looks at what only the whole guide shows.
func (it *Item) finish(seen map[string]int, at string, where int) {
	if it.Notice.Guide == nil {
		it.Notice.Kind, it.Notice.Guide = playlist.KindGuide, &playlist.Guide{}
	}
	title := it.Notice.Title
	switch {
	case title == "":
		it.wrong(at, "没有事项名称", "there is no title")
		return
	case utf8.RuneCountInString(title) > 120:
		it.wrong(at, "事项名称太长", "the title is too long")
	}
	key := it.Key()
	if before, twice := seen[key]; twice {
		it.wrong(at, "和第 "+itoa(before)+" 行重复", "is the same as row "+itoa(before))
		return
	}
	seen[key] = where
}

// Key is what tells guides apart: their index number, or else their title.
func (it *Item) Key() string {
	if it.Notice.Index != "" {
		return "index:" + it.Notice.Index
	}
	return "title:" + TitleKey(it.Notice.Title)
}

// TitleKey makes titles alike that differ in spaces and widths of brackets.
func TitleKey(title string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("（", "(", "）", ")", "\u3000", "").Replace(plain.Narrow(title))), "")
}

// IsCard reports whether a sheet keeps one guide, with labels on the left and
// what they stand for beside them.
func IsCard(s *sheet.Sheet) bool {
	labels, across := 0, 0
	seen := map[Field]bool{}
	for r := range s.Rows {
		for c := range min(len(s.Rows[r]), 6) {
			if f := FieldOf(s.At(r, c).Text); f != Skip {
				if c == firstFilled(s.Rows[r]) && !seen[f] {
					labels++
				}
				seen[f] = true
			}
		}
		n := 0
		for _, cell := range s.Rows[r] {
			if FieldOf(cell.Text) != Skip {
				n++
			}
		}
		across = max(across, n)
	}
	return labels >= 4 && across <= 3 && labels > across
}

func firstFilled(row []sheet.Cell) int {
	for c, cell := range row {
		if cell.Kind != sheet.Empty {
			return c
		}
	}
	return -1
}

// Card makes a guide of a whole sheet. Content stands to the right of a label;
// rows below a label that have none go on with it, so that materials and steps
// may have a row for each. Labels that are not known are returned.
func Card(s *sheet.Sheet) (Item, []string) {
	it := Item{Sheet: s.Name, Row: -1, Has: map[Field]bool{}}
	texts := map[Field][]string{}
	cells := map[Field]string{}
	var unknown []string
	var field Field
	for r, row := range s.Rows {
		first := firstFilled(row)
		if first < 0 {
			continue
		}
		col, rest := first, row
		if f := FieldOf(row[first].Text); f != Skip && (len(row) > first+1 && contents(row[first+1:]) > 0 || first == 0) {
			field, col = f, first+1
			cells[field] = sheet.Address(r, col)
		} else if first == 0 && contents(row[1:]) > 0 && utf8.RuneCountInString(row[0].Text) <= 12 && !numbered(row[0]) && !covered(s, r) {
			unknown = append(unknown, row[0].Text)
			field = Skip
			continue
		} else if first == 0 && contents(row[1:]) == 0 && len(texts) == 0 {
			if _, have := texts[Title]; !have && utf8.RuneCountInString(row[0].Text) > 3 {
				texts[Title] = []string{heading(row[0].Text)} // the sheet's own headline
				cells[Title] = sheet.Address(r, 0)
			}
			continue
		}
		if field == Skip || col >= len(rest) {
			continue
		}
		// Further labels may stand in the same row: 咨询电话 | 1 | 投诉电话 | 2.
		var parts []string
		for c := col; c < len(rest); c++ {
			if f := FieldOf(rest[c].Text); f != Skip && field != Steps && field != Materials && c > col && c+1 < len(rest) && texts[f] == nil {
				texts[field] = join(texts[field], parts, field)
				parts, field = nil, f
				cells[field] = sheet.Address(r, c+1)
				continue
			}
			switch {
			case c == col && numbered(rest[c]):
			case rest[c].Kind != sheet.Empty:
				parts = append(parts, rest[c].Text)
			case field == Steps && len(parts) > 0:
				parts = append(parts, "") // 发证 | | 1个工作日
			}
		}
		texts[field] = join(texts[field], parts, field)
	}
	if t := texts[Title]; len(t) > 1 {
		texts[Title] = t[len(t)-1:] // a label says it better than the headline
	}
	for _, d := range Fields {
		if lines, ok := texts[d.Field]; ok {
			it.set(d.Field, cells[d.Field], strings.Join(lines, "\n"))
		}
	}
	if it.Notice.Title == "" {
		it.set(Title, "A1", heading(s.Name))
	}
	it.finish(map[string]int{}, "A1", 1)
	return it, unknown
}

// heading drops what offices put around a title: 《…》办事指南.
func heading(s string) string {
	s = strings.NewReplacer("《", "", "》", "", "\n", "").Replace(plain.Tidy(s))
	for _, end := range []string{"办事指南", "服务指南", "业务指南"} {
		if cut := plain.Tidy(strings.TrimRight(strings.TrimSuffix(s, end), "-—_ ")); cut != "" && cut != s {
			return strings.TrimSuffix(cut, "事项")
		}
	}
	return s
}

// join adds a row of content: cells of materials and steps are their parts, of
// other fields one text.
func join(have, parts []string, f Field) []string {
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 {
		if have == nil {
			return []string{}
		}
		return have
	}
	if f == Steps && len(parts) > 1 {
		return append(have, strings.Join(parts, " | "))
	}
	if f == Materials && len(parts) > 1 {
		return append(have, strings.Join(parts, "，"))
	}
	return append(have, strings.Join(parts, " "))
}

func numbered(c sheet.Cell) bool { return len(c.Number) > 0 && len(c.Number) < 3 }

// covered reports whether the first cell of a row lies under a merged label.
func covered(s *sheet.Sheet, row int) bool {
	for _, m := range s.Merged {
		if m.Col == 0 && m.Row < row && m.LastRow >= row {
			return true
		}
	}
	return false
}

func contents(row []sheet.Cell) int {
	n := 0
	for _, c := range row {
		if c.Kind != sheet.Empty {
			n++
		}
	}
	return n
}
