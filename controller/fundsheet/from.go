package fundsheet

import (
	"mingbai/controller/sheet"
)

// From takes the cells of a sheet as they are shown, numbers free of marks, and
// remembers where package sheet found the heading.
func From(s *sheet.Sheet) *Sheet {
	out := &Sheet{Name: s.Name, Rows: make([]Row, len(s.Rows)), Covered: s.HiddenCols}
	for r, cells := range s.Rows {
		row := Row{Number: r + 1, Cells: make([]string, len(cells))}
		for c, cell := range cells {
			row.Cells[c] = cell.Text
			if cell.Kind == sheet.Number || cell.Kind == sheet.Money {
				row.Cells[c] = cell.Number
			}
		}
		out.Rows[r] = row
	}
	for _, r := range s.HiddenRows {
		if r < len(out.Rows) {
			out.Rows[r].Hidden = true
		}
	}
	for _, m := range s.Merged {
		out.Merged = append(out.Merged, Merge{Top: m.Row, Left: m.Col, Bottom: m.LastRow, Right: m.LastCol})
	}
	found := sheet.Find(s)
	if len(found.Heading) > 0 {
		out.Heading = &[2]int{found.Heading[0], len(found.Heading)}
	}
	for _, c := range found.Columns {
		if c.Meaning.Private() {
			if out.Private == nil {
				out.Private = map[int]string{}
			}
			out.Private[c.Index] = string(c.Meaning)
		}
	}
	out.Shape = sheet.Shape(found.Headings())
	return out
}
