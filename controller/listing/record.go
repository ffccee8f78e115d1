package listing

import (
	"strings"

	"mingbai/configs/plain"
	"mingbai/controller/sheet"
)

// Record is a row of any list: what it says of each field, in one line.
type Record struct {
	Row    int              // from 0
	Text   map[Field]string // of fields that have a column, also empty ones
	Failed []string         // addresses of cells whose formula failed
}

// Has reports whether the row says something of a field. An empty cell says
// nothing: people leave out what they do not know.
func (r *Record) Has(f Field) bool { return r.Text[f] != "" }

// Records reads every row of data by what each column of the table holds. Rows
// that look like totals are rows as well: lists of names have none.
func Records(s *sheet.Sheet, t *sheet.Table, use []Field) []Record {
	var out []Record
	for _, r := range append(append([]int(nil), t.Rows...), totals(t)...) {
		rec := Record{Row: r, Text: map[Field]string{}}
		for i, c := range t.Columns {
			if i >= len(use) || use[i] == Skip {
				continue
			}
			cell := s.At(r, c.Index)
			if cell.Kind == sheet.Failed {
				rec.Failed = append(rec.Failed, sheet.Address(r, c.Index))
				continue
			}
			rec.Text[use[i]] = strings.Join(strings.Fields(plain.Tidy(cell.Text)), " ")
		}
		out = append(out, rec)
	}
	return out
}

// GuessBy says what each column of a table holds, among the fields of one sort of
// list; a field is guessed once.
func GuessBy(fields []Described, t *sheet.Table) []Field {
	out := make([]Field, len(t.Columns))
	used := map[Field]bool{}
	for i, c := range t.Columns {
		f := fieldBy(fields, c.Name)
		if f == Skip {
			f = fieldBy(fields, c.Heading)
		}
		if f != Skip && !used[f] {
			out[i] = f
			used[f] = true
		}
	}
	return out
}
