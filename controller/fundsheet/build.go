package fundsheet

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"mingbai/playlist"
)

// building is a sheet on its way to a table.
type building struct {
	sheet   *Sheet
	m       Mapping
	kept    []Column // the columns of the table
	order   int      // of the sheet, -1: no numbers
	rows    [][]string
	raw     []Row    // parallel to rows
	numbers []string // the cells of the 序号 column, parallel to rows
	totals  []totalRow
	out     Result
}

// Build makes a table of a sheet. It never fails: what cannot be read stays as it
// was found and is pointed out. sites are those that villages may be; chosen says
// which one a name means that names none.
func Build(s *Sheet, m Mapping, sites []playlist.Site, chosen map[string]playlist.SiteID) Result {
	b := &building{sheet: s, m: m, order: -1}
	for _, c := range m.Columns {
		switch c.Use {
		case Order:
			b.order = c.From
		case Drop:
			if c.Personal != "" {
				b.note(0, fmt.Sprintf("%s 列“%s”是个人信息，没有导入", Letter(c.From), c.Name), fmt.Sprintf("column %s holds personal data and was left out", Letter(c.From)))
			}
		default:
			b.kept = append(b.kept, c)
		}
	}
	b.out.Title = s.titleAbove(m.Head)
	b.out.Period = period(b.out.Title)
	for i := 0; b.out.Period == "" && i < min(m.Head, len(s.Rows)); i++ {
		b.out.Period = period(strings.Join(s.Rows[i].Cells, " "))
	}
	b.read()
	b.out.Table.Title, b.out.Table.By = b.out.Title, m.By
	if b.out.Table.By == "" {
		b.out.Table.By = "item"
	}
	b.pairs()
	b.compareTotals()
	b.units()
	b.sequence()
	b.finish()
	if i := slices.IndexFunc(b.kept, func(c Column) bool { return c.Use == Village }); i >= 0 {
		b.out.Table.Sites, b.out.Unknown = SitesOf(&b.out.Table, i, sites, chosen)
	}
	b.sources()
	b.out.Table.Product = product(&b.out.Table)
	whole := Mended{Table: b.out.Table, Lines: b.out.Lines, Printed: b.out.Printed, Pairs: b.out.Pairs}
	b.out.Findings = whole.Check(0)
	b.place()
	return b.out
}

func (b *building) note(line int, zh, en string) {
	b.out.Notes = append(b.out.Notes, Note{Line: line, Zh: zh, En: en})
}

var footer = regexp.MustCompile(`^(?:制表|填表|审核|审批|复核|负责人|经办|联系|备注|注|说明|填报|单位负责|监督|公示|日期|举报)[^,，。]{0,8}[:：]`)

// read takes the rows below the heading: merged cells filled, empty rows, repeated
// headings and the lines below the table left out, totals set aside.
func (b *building) read() {
	s, m := b.sheet, b.m
	head := s.Headings(m.Head, m.Heads)
	fill := s.filler(m.Head + m.Heads)
	for i := min(m.Head+m.Heads, len(s.Rows)); i < len(s.Rows); i++ {
		r := s.Rows[i]
		if r.empty() {
			continue
		}
		if label, ok := totalLabel(r); ok {
			b.totals = append(b.totals, totalRow{line: r.Number, label: label, at: len(b.rows), cells: b.cells(r, nil),
				sub: strings.HasSuffix(label, "小计") || label != "合计" && strings.HasSuffix(label, "合计") && label != "合计金额"})
			continue
		}
		if filled(r) == 1 && b.lonely(r) || isFooter(r) {
			b.note(r.Number, "第 "+fmt.Sprint(r.Number)+" 行不是表格内容，没有导入："+clip(strings.TrimSpace(strings.Join(r.Cells, " "))), "not a row of the table, left out")
			continue
		}
		if b.repeats(r, head) {
			b.note(r.Number, fmt.Sprintf("第 %d 行是重复的表头，没有导入", r.Number), "a repeated heading, left out")
			continue
		}
		if r.Hidden {
			b.note(r.Number, fmt.Sprintf("第 %d 行在 Excel 中是隐藏的，已经导入，请核对", r.Number), "the row is hidden in Excel; it was taken, please check")
		}
		b.rows = append(b.rows, b.cells(r, fill[i]))
		b.raw = append(b.raw, r)
		b.out.Lines = append(b.out.Lines, r.Number)
		if b.order >= 0 {
			b.numbers = append(b.numbers, r.cell(b.order))
		}
	}
}

// lonely tells whether the only cell of a row is no number: a remark, or the name
// of a group of rows.
func (b *building) lonely(r Row) bool {
	if len(b.kept) < 2 {
		return false
	}
	for i := range r.Cells {
		if c := r.cell(i); c != "" {
			_, _, ok := number(c)
			return !ok
		}
	}
	return true
}

func isFooter(r Row) bool {
	for i := range r.Cells {
		if c := r.cell(i); c != "" {
			return footer.MatchString(c)
		}
	}
	return false
}

func (b *building) repeats(r Row, head []string) bool {
	same, n := 0, 0
	for i := range r.Cells {
		if c := squash(r.cell(i)); c != "" {
			n++
			if i < len(head) && c == head[i] {
				same++
			}
		}
	}
	return n > 1 && same == n
}

// cells takes what the mapping keeps of a row.
func (b *building) cells(r Row, fill map[int]string) []string {
	out := make([]string, len(b.kept))
	for i, c := range b.kept {
		text := r.cell(c.From)
		if text == "" {
			text = fill[c.From]
		}
		if c.Use.Numeric() {
			if v, unit, ok := number(text); ok && (unit == "" || ownUnit(unit) == c.Unit) {
				text = format(v, 0)
				if squash(r.cell(c.From)) == "" && fill[c.From] == "" {
					text = ""
				}
			}
		} else {
			text = strings.Join(strings.Fields(text), " ")
		}
		switch {
		case c.Use == Name && b.m.Mask:
			text = MaskName(text)
		case c.Personal != "" && c.Use == Text:
			text = MaskNumber(text, c.Personal)
		}
		out[i] = text
	}
	return out
}

// filler says what the cells of merged ranges below their first row hold. Numbers
// are not filled down: a sum that was merged over three rows is one sum.
func (s *Sheet) filler(from int) map[int]map[int]string {
	out := map[int]map[int]string{}
	for _, m := range s.Merged {
		if m.Top < from || m.Bottom == m.Top || m.Top >= len(s.Rows) {
			continue
		}
		text := s.Rows[m.Top].cell(m.Left)
		if _, _, isNumber := number(text); isNumber {
			continue
		}
		for r := m.Top + 1; r <= min(m.Bottom, len(s.Rows)-1); r++ {
			if out[r] == nil {
				out[r] = map[int]string{}
			}
			out[r][m.Left] = text
		}
	}
	return out
}

// compareTotals keeps the totals that the rows do not add up to, so that they can
// be pointed out, and the grand total.
func (b *building) compareTotals() {
	var numeric []int
	for i, c := range b.kept {
		if c.Use == Money || c.Use == Sum || c.Use == Share {
			numeric = append(numeric, i)
		}
	}
	agrees := func(t totalRow, from, to int) bool {
		for _, c := range numeric {
			if v, _, ok := number(t.cells[c]); ok && t.cells[c] != "" && v.Cmp(sumOf(b.rows, c, from, to)) != 0 {
				return false
			}
		}
		return from < to
	}
	spans := ranges(b.totals, len(b.rows), agrees)
	for i, t := range b.totals {
		compared := 0
		for _, c := range numeric {
			v, _, ok := number(t.cells[c])
			if t.cells[c] == "" || !ok {
				continue
			}
			compared++
			b.out.Printed = append(b.out.Printed, Printed{Line: t.line, Label: t.label, Column: c, Value: format(v, 0), From: spans[i][0], To: spans[i][1]})
		}
		zh := fmt.Sprintf("第 %d 行是“%s”，已核对，不作为内容导入", t.line, t.label)
		if compared == 0 {
			zh = fmt.Sprintf("第 %d 行是“%s”，没有数字，不作为内容导入", t.line, t.label)
		}
		b.note(t.line, zh, "a total: compared and left out")
	}
}

// finish makes the table's columns and tidies the numbers in them.
func (b *building) finish() {
	t := &b.out.Table
	for i, c := range b.kept {
		col := playlist.FundColumn{Name: c.Name, Unit: c.Unit, Type: playlist.TextColumn, Money: c.Use == Money}
		if col.Name == "" {
			col.Name = "第" + Letter(c.From) + "列"
		}
		switch c.Use {
		case Number:
			col.Type = playlist.NumberColumn
		case Sum, Share, Money:
			col.Type = playlist.SumColumn
		}
		if c.Use.Numeric() {
			for _, row := range b.rows {
				if v, _, ok := number(row[i]); ok {
					col.Decimals = max(col.Decimals, decimals(v))
				}
			}
			if col.Money && col.Unit == "元" && col.Decimals == 1 {
				col.Decimals = 2
			}
			for _, row := range b.rows {
				if v, unit, ok := number(row[i]); ok && unit == "" && row[i] != "" && row[i] != "-" {
					row[i] = format(v, col.Decimals)
				}
			}
		}
		t.Columns = append(t.Columns, col)
	}
	t.Rows = b.rows
	if t.Rows == nil {
		t.Rows = [][]string{}
	}
	b.out.HasTotal = false
	for _, p := range b.out.Printed {
		if c := b.kept[p.Column]; c.Use == Money && p.From == 0 && p.To == len(b.rows) {
			if v, ok := amount(p.Value, c.Unit); ok {
				b.out.Total, b.out.HasTotal = v, true
			}
		}
	}
}

// place says where in Excel every finding is.
func (b *building) place() {
	for i := range b.out.Findings {
		f := &b.out.Findings[i]
		if f.Row >= 0 && f.Row < len(b.out.Lines) && f.Line == 0 {
			f.Line = b.out.Lines[f.Row]
		}
		if f.Column >= 0 && f.Letter == "" && f.Column < len(b.kept) {
			f.Letter = Letter(b.kept[f.Column].From)
		}
	}
}

// amount reads a plain number in a unit of money.
func amount(text, unit string) (playlist.Amount, bool) {
	v, _, ok := number(text)
	if !ok {
		return 0, false
	}
	if unit == "" {
		unit = "元"
	}
	fen, ok := convert(v, unit, "元")
	if !ok {
		return 0, false
	}
	fen, rest := new(big.Int).QuoRem(fen, big.NewInt(10_000), new(big.Int))
	if rest.Sign() != 0 || !fen.IsInt64() {
		return 0, false
	}
	return playlist.Amount(fen.Int64()), true
}

func period(title string) string {
	p := periodText.FindString(title)
	if len(p) <= len("2026") {
		return ""
	}
	if strings.HasSuffix(p, "年") {
		p += "度"
	}
	return p
}

func clip(s string) string {
	if r := []rune(s); len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
