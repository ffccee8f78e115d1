package fundsheet

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist"
)

// Mended is a table with what belongs to it while somebody works on it.
type Mended struct {
	Table   playlist.FundTable
	Lines   []int // parallel to the rows; 0: not from a sheet
	Printed []Printed
	Pairs   []Pair
}

// Check finds what is wrong in the table and with what came with it. table is its
// index in the notice.
func (m *Mended) Check(table int) []Finding {
	c := &checking{table: table, t: &m.Table}
	at := map[int]int{}
	for row, line := range m.Lines {
		if line > 0 {
			at[line] = row
		}
	}
	told := map[int]bool{}
	for _, p := range m.Pairs {
		row, here := at[p.Line]
		first, there := at[p.First]
		if !here || !there || row >= len(m.Table.Rows) || first >= len(m.Table.Rows) {
			continue
		}
		told[row] = true
		by := map[string][2]string{"id": {"身份证号", "identity number"}, "card": {"银行卡号", "bank card"}, "name": {"姓名", "name"}}[p.By]
		c.add(row, c.person(), playlist.Doubt, "duplicate", fmt.Sprintf("第 %s 行与第 %s 行%s相同（Excel 第 %d 行和第 %d 行），是否重复发放？", RowName(c.t, row), RowName(c.t, first), by[0], p.Line, p.First),
			fmt.Sprintf("rows %s and %s have the same %s (rows %d and %d in Excel): paid twice?", RowName(c.t, row), RowName(c.t, first), by[1], p.Line, p.First), MendRemove, MendKeep)
	}
	for _, f := range Check(table, &m.Table, m.Printed) {
		if f.Code != "duplicate" || !told[f.Row] {
			c.out = append(c.out, f)
		}
	}
	return c.out
}

// Apply puts a finding right that Check found, the same code at the same place.
// It reports whether it knew how. MendKeep is not its business.
func (m *Mended) Apply(do Mend, code string, row, col int) bool {
	t := &m.Table
	inside := row >= 0 && row < len(t.Rows) && col >= 0 && col < len(t.Columns) && len(t.Rows[row]) == len(t.Columns)
	switch do {
	case MendUnit:
		money := moneyOf(t)
		if !inside || money < 0 {
			return false
		}
		if col == money {
			if v, _, ok := number(t.Rows[row][col]); ok {
				t.Rows[row][col] = format(v, t.Columns[money].Decimals)
			}
			return true
		}
		t.Rows[row][col] = t.Columns[money].Unit
		return true
	case MendInsert:
		if !inside {
			return false
		}
		before := 0
		if row > 0 {
			before, _ = ordinal(t.Rows[row-1][col])
		}
		n, ok := ordinal(t.Rows[row][col])
		if !ok || n <= before+1 || n > before+20 {
			return false
		}
		for k := before + 1; k < n; k++ {
			cells := make([]string, len(t.Columns))
			cells[col] = strconv.Itoa(k)
			if u := unitColumn(t); u >= 0 && moneyOf(t) >= 0 {
				cells[u] = t.Columns[moneyOf(t)].Unit
			}
			m.Insert(row+k-before-1, cells)
		}
		return true
	case MendNumber:
		at := orderOf(t)
		for i := range t.Rows {
			if at < 0 || at >= len(t.Rows[i]) {
				return false
			}
			t.Rows[i][at] = strconv.Itoa(i + 1)
		}
		return true
	case MendRemove:
		if row < 0 || row >= len(t.Rows) {
			return false
		}
		m.Remove(row)
		return true
	case MendComputed:
		return m.computed(code, row, col)
	case MendMask:
		if !inside {
			return false
		}
		if isPersonName(t.Columns[col].Name) {
			for i := range t.Rows {
				if col < len(t.Rows[i]) {
					t.Rows[i][col] = MaskName(t.Rows[i][col])
				}
			}
			return true
		}
		t.Rows[row][col] = MaskNumber(t.Rows[row][col], "")
		return true
	}
	return false
}

// Insert puts a row into the table.
func (m *Mended) Insert(at int, cells []string) {
	m.Table.Rows = slices.Insert(m.Table.Rows, at, cells)
	if len(m.Lines) >= at {
		m.Lines = slices.Insert(m.Lines, at, 0)
	}
	if len(m.Table.Sites) >= at && len(m.Table.Sites) > 0 {
		m.Table.Sites = slices.Insert(m.Table.Sites, at, "")
	}
	for i := range m.Printed {
		p := &m.Printed[i]
		if p.From > at {
			p.From++
		}
		if p.To > at || p.To == at && p.To == len(m.Table.Rows)-1 {
			p.To++
		}
	}
}

// Remove takes a row out of the table.
func (m *Mended) Remove(at int) {
	m.Table.Rows = slices.Delete(m.Table.Rows, at, at+1)
	if len(m.Lines) > at {
		m.Lines = slices.Delete(m.Lines, at, at+1)
	}
	if len(m.Table.Sites) > at {
		m.Table.Sites = slices.Delete(m.Table.Sites, at, at+1)
	}
	for i := range m.Printed {
		p := &m.Printed[i]
		if p.From > at {
			p.From--
		}
		if p.To > at {
			p.To--
		}
	}
	if o := orderOf(&m.Table); o >= 0 {
		// The numbers behind the row close the gap that it leaves, if they went on
		// from it.
		for i := at; i < len(m.Table.Rows); i++ {
			if n, ok := ordinal(m.Table.Rows[i][o]); ok && n == i+2 {
				m.Table.Rows[i][o] = strconv.Itoa(i + 1)
			}
		}
	}
}

// Swap lets two rows of the table change places.
func (m *Mended) Swap(a, b int) {
	m.Table.Rows[a], m.Table.Rows[b] = m.Table.Rows[b], m.Table.Rows[a]
	if max(a, b) < len(m.Lines) {
		m.Lines[a], m.Lines[b] = m.Lines[b], m.Lines[a]
	}
}

// computed puts a result in the place of what was printed.
func (m *Mended) computed(code string, row, col int) bool {
	t := &m.Table
	if line, ok := strings.CutPrefix(code, "printed_"); ok {
		n := len(m.Printed)
		m.Printed = slices.DeleteFunc(m.Printed, func(p Printed) bool { return strconv.Itoa(p.Line) == line && (col < 0 || p.Column == col) })
		return len(m.Printed) < n
	}
	if row < 0 || row >= len(t.Rows) || col < 0 || col >= len(t.Columns) || len(t.Rows[row]) != len(t.Columns) {
		return false
	}
	cells := t.Rows[row]
	switch code {
	case "shares":
		sum := new(big.Int)
		for i, c := range t.Columns {
			if i == col || c.Type != playlist.SumColumn || !shareName.MatchString(c.Name) || yuan(c.Unit) == nil {
				continue
			}
			v, _, ok := number(cells[i])
			if !ok {
				return false
			}
			if v, ok = convert(v, c.Unit, orUnit(t.Columns[col].Unit)); !ok {
				return false
			}
			sum.Add(sum, v)
		}
		cells[col] = format(sum, t.Columns[col].Decimals)
		return true
	case "product":
		p := t.Product
		if p == nil || max(p.Quantity, p.Rate) >= len(cells) {
			return false
		}
		x, _, ok1 := number(cells[p.Quantity])
		y, _, ok2 := number(cells[p.Rate])
		if !ok1 || !ok2 {
			return false
		}
		cells[col] = format(round(new(big.Int).Mul(x, y), t.Columns[col].Decimals), t.Columns[col].Decimals)
		return true
	}
	return false
}

// Total is the sum of the money columns of tables: what the notice's total is
// when nobody wrote another. Tables with a money column are ways to split the same
// money, so the first one counts.
func Total(tables []playlist.FundTable) (playlist.Amount, bool) {
	for i := range tables {
		t := &tables[i]
		if m := moneyOf(t); m >= 0 {
			return amount(format(sumOf(t.Rows, m, 0, len(t.Rows)), 0), orUnit(t.Columns[m].Unit))
		}
	}
	return 0, false
}

// Mends says what would put a problem of a table right, of Check or of
// playlist.Validate.
func Mends(t *playlist.FundTable, code string, row, col int) []Mend {
	inside := row >= 0 && row < len(t.Rows) && col >= 0 && col < len(t.Columns) && len(t.Rows[row]) == len(t.Columns)
	switch {
	case strings.HasPrefix(code, "printed_"):
		return []Mend{MendComputed}
	case !inside:
		return nil
	}
	switch code {
	case "unit":
		return []Mend{MendUnit}
	case "sequence":
		before := 0
		if row > 0 {
			before, _ = ordinal(t.Rows[row-1][col])
		}
		if n, ok := ordinal(t.Rows[row][col]); ok && n > before+1 && n <= before+20 {
			return []Mend{MendInsert, MendNumber}
		}
		return []Mend{MendNumber}
	case "duplicate", "empty":
		return []Mend{MendRemove}
	case "shares", "product":
		return []Mend{MendComputed}
	case "masked":
		return []Mend{MendMask}
	}
	return nil
}

// Tidy writes the numbers of a table as a notice holds them: plain, with one number
// of decimals in a column. What is no number stays as it is.
func Tidy(t *playlist.FundTable) {
	for c := range t.Columns {
		col := &t.Columns[c]
		if col.Type == playlist.TextColumn {
			col.Decimals = 0
			continue
		}
		col.Decimals = 0
		for _, row := range t.Rows {
			if c < len(row) {
				if _, unit, ok := number(row[c]); ok && unit == "" {
					col.Decimals = max(col.Decimals, written(row[c]))
				}
			}
		}
		for _, row := range t.Rows {
			if c >= len(row) || row[c] == "" || row[c] == "-" || row[c] == "—" {
				continue
			}
			if v, unit, ok := number(row[c]); ok && unit == "" {
				row[c] = format(v, col.Decimals)
			}
		}
	}
}

// written is how many decimals a cell shows, at most those that a notice holds.
func written(cell string) int {
	_, part, _ := strings.Cut(strings.Map(narrow, strings.TrimSpace(cell)), ".")
	if len(part) > power {
		part = strings.TrimRight(part, "0")
	}
	return min(len(part), power)
}

// HasProduct reports whether the product of a table names columns of numbers that are there.
func HasProduct(t *playlist.FundTable) bool {
	p := t.Product
	if p == nil {
		return false
	}
	for _, c := range []int{p.Quantity, p.Rate, p.Result} {
		if c < 0 || c >= len(t.Columns) || t.Columns[c].Type == playlist.TextColumn {
			return false
		}
	}
	return p.Quantity != p.Rate && p.Rate != p.Result && p.Quantity != p.Result
}

// FindProduct finds quantity × rate = amount, nil if there is none.
func FindProduct(t *playlist.FundTable) *playlist.Product { return product(t) }
