package fundsheet

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"mingbai/playlist"
)

// enough findings of one sort; a table with thousands of bad cells needs no
// thousands of messages.
const enough = 50

// Check finds what is wrong in a table beside what playlist.Validate finds: a unit
// that does not fit its neighbours, numbers of rows with a gap, rows twice, shares
// that do not add up in a row, and printed totals that do not agree. table is its
// index in the notice.
func Check(table int, t *playlist.FundTable, printed []Printed) []Finding {
	c := &checking{table: table, t: t}
	c.empty()
	c.units()
	c.order()
	c.twice()
	c.shares()
	for _, p := range Disagreements(t.Rows, printed) {
		c.printed(p)
	}
	return c.out
}

type checking struct {
	table int
	t     *playlist.FundTable
	out   []Finding
}

func (c *checking) add(row, col int, severity playlist.Severity, code, zh, en string, mends ...Mend) {
	field := tableField(c.table)
	switch {
	case row >= 0:
		field = cellField(c.table, row, max(col, 0))
	case col >= 0:
		field += fmt.Sprintf(".columns[%d]", col)
	}
	c.out = append(c.out, Finding{
		Problem: playlist.Problem{Field: field, Code: code, Message: zh, MessageEn: en, Severity: severity},
		Table:   c.table, Row: row, Column: col, Mends: mends,
	})
}

// RowName is how a row is called: by its 序号 where the table has one, else by its
// place.
func RowName(t *playlist.FundTable, row int) string {
	if i := orderOf(t); i >= 0 && row < len(t.Rows) && i < len(t.Rows[row]) && t.Rows[row][i] != "" {
		return t.Rows[row][i]
	}
	return fmt.Sprint(row + 1)
}

func orderOf(t *playlist.FundTable) int {
	return slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return c.Name == "序号" })
}

// unitColumn finds a column that says in which unit each row's money is.
func unitColumn(t *playlist.FundTable) int {
	return slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool {
		return c.Name == "单位" || c.Name == "计量单位" || c.Name == "金额单位"
	})
}

// units compares a column of units with the money's, and units inside cells.
func (c *checking) units() {
	money := moneyOf(c.t)
	if money < 0 {
		return
	}
	base := c.t.Columns[money].Unit
	at := unitColumn(c.t)
	for i, row := range c.t.Rows {
		if money >= len(row) || len(c.out) >= enough {
			return
		}
		if at >= 0 && at < len(row) && row[at] != "" && ownUnit(row[at]) != base {
			c.unit(i, at, row[at], base)
			continue
		}
		if v, unit, ok := number(row[money]); ok && v.Sign() != 0 && unit != "" && ownUnit(unit) != base {
			c.unit(i, money, unit, base)
		}
	}
}

func (c *checking) unit(row, col int, unit, base string) {
	name := RowName(c.t, row)
	zh := fmt.Sprintf("第 %s 行：单位“%s”与其余各行“%s”", name, unit, base)
	en := fmt.Sprintf("row %s: its unit is %s, that of the others %s", name, english(ownUnit(unit)), english(base))
	a, b := yuan(ownUnit(unit)), yuan(base)
	if a == nil || b == nil {
		c.add(row, col, playlist.Doubt, "unit", zh+"不同。", en, MendUnit, MendKeep)
		return
	}
	if a.Cmp(b) < 0 {
		a, b = b, a
	}
	times := new(big.Int).Quo(a, b)
	c.add(row, col, playlist.Doubt, "unit", zh+"相差"+timesWord(times)+"倍。", fmt.Sprintf("%s: they are %s times apart", en, grouped(times.String())), MendUnit, MendKeep)
}

// grouped writes thousands marks into digits.
func grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

func timesWord(n *big.Int) string {
	if w, ok := map[string]string{"10": "十", "100": "一百", "1000": "一千", "10000": "一万", "100000": "十万", "1000000": "一百万", "10000000": "一千万",
		"100000000": "一亿", "1000000000": "十亿", "10000000000": "一百亿", "1000000000000": "一万亿"}[n.String()]; ok {
		return w
	}
	return " " + n.String() + " "
}

// order finds the first gap, repetition or nonsense in the numbers of the rows.
func (c *checking) order() {
	at := orderOf(c.t)
	if at < 0 {
		return
	}
	before := 0
	for i, row := range c.t.Rows {
		if at >= len(row) {
			return
		}
		n, ok := ordinal(row[at])
		switch {
		case ok && n == before+1:
			before = n
			continue
		case ok && n > before+1 && n <= before+20:
			zh := fmt.Sprintf("序号从 %d 跳到 %d，少一行还是编号写错？", before, n)
			if before == 0 {
				zh = fmt.Sprintf("序号从 %d 开始，前面少了几行还是编号写错？", n)
			}
			c.add(i, at, playlist.Wrong, "sequence", zh, fmt.Sprintf("the numbers go from %d to %d: is a row missing, or is the number wrong?", before, n), MendInsert, MendNumber)
		case ok && n == before:
			c.add(i, at, playlist.Wrong, "sequence", fmt.Sprintf("序号 %d 出现两次。", n), fmt.Sprintf("number %d is there twice", n), MendNumber, MendRemove)
		case row[at] == "":
			c.add(i, at, playlist.Wrong, "sequence", fmt.Sprintf("序号 %d 后面的一行没有序号。", before), fmt.Sprintf("the row after number %d has none", before), MendNumber)
		default:
			c.add(i, at, playlist.Wrong, "sequence", fmt.Sprintf("序号 %d 后面是“%s”。", before, row[at]), fmt.Sprintf("number %d is followed by %q", before, row[at]), MendNumber)
		}
		return
	}
}

// empty finds rows in which nothing was written.
func (c *checking) empty() {
	found := 0
	for i, row := range c.t.Rows {
		if found < enough && !slices.ContainsFunc(row, func(s string) bool { return s != "" }) {
			found++
			c.add(i, 0, playlist.Wrong, "empty", fmt.Sprintf("第 %d 行是空行。", i+1), fmt.Sprintf("row %d is empty", i+1), MendRemove)
		}
	}
}

// twice finds rows that are there before with the same texts and numbers, and in
// lists of households the same household with another amount.
func (c *checking) twice() {
	at := orderOf(c.t)
	seen := make(map[string]int, len(c.t.Rows))
	who := map[string]int{}
	names := c.identity()
	found := 0
	for i, row := range c.t.Rows {
		if found >= enough {
			return
		}
		var key strings.Builder
		filled := false
		for j, cell := range row {
			if j == at {
				continue
			}
			filled = filled || cell != ""
			key.WriteString(cell)
			key.WriteByte(0)
		}
		if !filled {
			continue
		}
		if first, ok := seen[key.String()]; ok && masked(c.t, row) {
			continue // namesakes look the same once they are masked
		} else if ok {
			found++
			c.add(i, firstText(c.t, at), playlist.Doubt, "duplicate", fmt.Sprintf("第 %s 行与第 %s 行完全相同，是否重复？", RowName(c.t, i), RowName(c.t, first)),
				fmt.Sprintf("row %s is the same as row %s", RowName(c.t, i), RowName(c.t, first)), MendRemove, MendKeep)
			continue
		}
		seen[key.String()] = i
		if len(names) == 0 || len(row) != len(c.t.Columns) {
			continue
		}
		id := ""
		for _, j := range names {
			id += row[j] + "\x00"
		}
		if hidden(id) || strings.Trim(id, "\x00") == "" {
			continue
		}
		if first, ok := who[id]; ok {
			found++
			c.add(i, names[len(names)-1], playlist.Doubt, "duplicate", fmt.Sprintf("第 %s 行的“%s”在第 %s 行已经有了，是同一户重复还是同名？", RowName(c.t, i), row[names[len(names)-1]], RowName(c.t, first)),
				fmt.Sprintf("the person of row %s is in row %s already: the same, or a namesake?", RowName(c.t, i), RowName(c.t, first)), MendRemove, MendKeep)
			continue
		}
		who[id] = i
	}
}

// identity is the columns that say which household a row is of: village, group and
// name. Masked names say nothing.
func (c *checking) identity() []int {
	if c.t.By != "household" {
		return nil
	}
	var out []int
	name := -1
	for i, col := range c.t.Columns {
		switch {
		case isPersonName(col.Name):
			name = i
		case col.Type == playlist.TextColumn && containsAny(col.Name, "村", "社区", "组", "住址", "关系"):
			out = append(out, i)
		}
	}
	if name < 0 {
		return nil
	}
	return append(out, name)
}

func firstText(t *playlist.FundTable, not int) int {
	for i, c := range t.Columns {
		if i != not && c.Type == playlist.TextColumn {
			return i
		}
	}
	return 0
}

// masked reports whether a row of a list of people has a masked name.
func masked(t *playlist.FundTable, row []string) bool {
	if t.By != "household" {
		return false
	}
	for i, c := range t.Columns {
		if i < len(row) && isPersonName(c.Name) && hidden(row[i]) {
			return true
		}
	}
	return false
}

// person is the column with the names of people, else the first text.
func (c *checking) person() int {
	for i, col := range c.t.Columns {
		if isPersonName(col.Name) {
			return i
		}
	}
	return firstText(c.t, orderOf(c.t))
}

// shares compares the columns of sources in a row with its money.
func (c *checking) shares() {
	money := moneyOf(c.t)
	if money < 0 {
		return
	}
	var parts []int
	for i, col := range c.t.Columns {
		if i != money && col.Type == playlist.SumColumn && shareName.MatchString(col.Name) && yuan(col.Unit) != nil {
			parts = append(parts, i)
		}
	}
	if len(parts) < 2 {
		return
	}
	base, found := c.t.Columns[money].Unit, 0
	for i, row := range c.t.Rows {
		if len(row) != len(c.t.Columns) || found >= enough {
			return
		}
		sum, exact := new(big.Int), true
		for _, p := range parts {
			v, _, ok := number(row[p])
			if !ok {
				exact = false
				break
			}
			out, ok := convert(v, c.t.Columns[p].Unit, orUnit(base))
			exact = exact && ok
			if ok {
				sum.Add(sum, out)
			}
		}
		if v, _, ok := number(row[money]); exact && ok && v.Cmp(sum) != 0 {
			found++
			c.add(i, money, playlist.Doubt, "shares", fmt.Sprintf("第 %s 行：各来源相加为 %s，“%s”写的是 %s。", RowName(c.t, i), format(sum, 0), c.t.Columns[money].Name, format(v, 0)),
				fmt.Sprintf("row %s: the sources add up to %s, the row says %s", RowName(c.t, i), format(sum, 0), format(v, 0)), MendComputed, MendKeep)
		}
	}
}

func orUnit(unit string) string {
	if unit == "" {
		return "元"
	}
	return unit
}

func (c *checking) printed(p Printed) {
	if p.Column >= len(c.t.Columns) {
		return
	}
	col := c.t.Columns[p.Column]
	got := format(sumOf(c.t.Rows, p.Column, p.From, p.To), 0)
	zh := fmt.Sprintf("原表第 %d 行 %s“%s”%s，实际 %s。", p.Line, p.Label, col.Name, p.Value, got)
	en := fmt.Sprintf("row %d of the sheet says %s, the rows add up to %s", p.Line, p.Value, got)
	f := Finding{
		Problem: playlist.Problem{Field: fmt.Sprintf("%s.columns[%d]", tableField(c.table), p.Column), Code: fmt.Sprintf("printed_%d", p.Line), Message: zh, MessageEn: en, Severity: playlist.Doubt},
		Table:   c.table, Row: -1, Column: p.Column, Line: p.Line, Mends: []Mend{MendComputed, MendKeep},
	}
	c.out = append(c.out, f)
}
