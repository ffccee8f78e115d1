package fundsheet

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"mingbai/playlist"
)

// units brings the money columns to 元 or 万元. Where every row has the same unit
// the column of units goes; 元 among 万元 is converted if that is exact and its
// size fits the others; any other unit stays as it was found, and Check points it
// out.
func (b *building) units() {
	at := slices.IndexFunc(b.kept, func(c Column) bool { return c.Use == Unit })
	money := slices.IndexFunc(b.kept, func(c Column) bool { return c.Use == Money })
	for i := range b.kept {
		if c := &b.kept[i]; c.Use == Money || c.Use == Share {
			b.cellUnits(i)
		}
	}
	if at >= 0 && money >= 0 {
		b.rowUnits(at, money)
	}
	for i := range b.kept {
		if c := &b.kept[i]; c.Use == Money || c.Use == Share {
			b.wholeUnit(i)
		}
	}
}

// cellUnits takes the units out of cells such as 303万元, if all are the same.
func (b *building) cellUnits(col int) {
	units := map[string]int{}
	for _, row := range b.rows {
		if v, unit, ok := number(row[col]); ok && v.Sign() != 0 {
			units[ownUnit(unit)]++
		}
	}
	c := &b.kept[col]
	base := c.Unit
	if base == "" {
		base = commonest(units)
	}
	if base == "" || yuan(base) == nil {
		return
	}
	if c.Unit == "" {
		c.Unit = base
	}
	for i, row := range b.rows {
		v, unit, ok := number(row[col])
		if own := ownUnit(unit); ok && own != "" {
			if own == base {
				row[col] = format(v, 0)
			} else if out, exact := convert(v, own, base); exact && (own == "元" || own == "万元") && b.fits(out, col) {
				row[col] = format(out, 0)
				b.converted(i, own, base, v, out)
			}
		}
	}
}

func (b *building) converted(row int, from, to string, v, out *big.Int) {
	line := b.out.Lines[row]
	b.note(line, fmt.Sprintf("第 %d 行：%s %s 换算为 %s %s", line, format(v, 0), from, format(out, 0), to),
		fmt.Sprintf("%s in %s is %s in %s", format(v, 0), english(from), format(out, 0), english(to)))
}

// rowUnits works through a column of units.
func (b *building) rowUnits(at, money int) {
	units := map[string]int{}
	for _, row := range b.rows {
		row[at] = ownUnit(row[at])
		units[row[at]]++
	}
	c := &b.kept[money]
	base := commonest(units)
	if base == "" {
		base = c.Unit
	}
	if yuan(base) == nil {
		return
	}
	same := true
	for i, row := range b.rows {
		switch own := row[at]; own {
		case base, "":
		case "元", "万元":
			v, _, ok := number(row[money])
			if !ok {
				same = false
				continue
			}
			if out, exact := convert(v, own, base); exact && b.fits(out, money) {
				row[money], row[at] = format(out, 0), base
				b.converted(i, own, base, v, out)
				continue
			}
			same = false
		default:
			same = false
		}
	}
	if c.Unit != "" && c.Unit != base {
		b.note(0, fmt.Sprintf("“%s”列的单位以“%s”列为准：%s", c.Name, b.kept[at].Name, base), "the unit is that of the column of units: "+english(base))
	}
	c.Unit = base
	if same {
		b.drop(at)
	}
}

// fits tells whether a number is within a thousand times of the median of a
// column, up or down.
func (b *building) fits(v *big.Int, col int) bool {
	var all []*big.Int
	for _, row := range b.rows {
		if x, unit, ok := number(row[col]); ok && unit == "" && x.Sign() > 0 {
			all = append(all, x)
		}
	}
	if len(all) == 0 {
		return true
	}
	slices.SortFunc(all, (*big.Int).Cmp)
	median, k := all[len(all)/2], big.NewInt(1000)
	return new(big.Int).Mul(v, k).Cmp(median) >= 0 && v.Cmp(new(big.Int).Mul(median, k)) <= 0
}

// wholeUnit brings a column in 千元 or 亿元 to 元 or 万元.
func (b *building) wholeUnit(col int) {
	c := &b.kept[col]
	if c.Unit == "" {
		c.Unit = "元"
		b.note(0, fmt.Sprintf("“%s”列没有写单位，按“元”处理，请核对", c.Name), "the column has no unit; it was taken as yuan, please check")
		return
	}
	to := map[string]string{"百元": "元", "千元": "元", "十万元": "万元", "百万元": "万元", "千万元": "万元", "亿元": "万元"}[c.Unit]
	if to == "" {
		return
	}
	for _, row := range b.rows {
		if v, unit, ok := number(row[col]); ok && unit == "" && row[col] != "" {
			if out, exact := convert(v, c.Unit, to); exact {
				row[col] = format(out, 0)
			}
		}
	}
	for i := range b.out.Printed {
		if p := &b.out.Printed[i]; p.Column == col {
			if v, _, ok := number(p.Value); ok {
				if out, exact := convert(v, c.Unit, to); exact {
					p.Value = format(out, 0)
				}
			}
		}
	}
	b.note(0, fmt.Sprintf("“%s”列由 %s 换算为 %s", c.Name, c.Unit, to), fmt.Sprintf("the column was converted from %s to %s", english(c.Unit), english(to)))
	c.Unit = to
}

// drop takes a column out of the table.
func (b *building) drop(col int) {
	b.kept = slices.Delete(b.kept, col, col+1)
	for i := range b.rows {
		b.rows[i] = slices.Delete(b.rows[i], col, col+1)
	}
	b.out.Printed = slices.DeleteFunc(b.out.Printed, func(p Printed) bool { return p.Column == col })
	for i := range b.out.Printed {
		if b.out.Printed[i].Column > col {
			b.out.Printed[i].Column--
		}
	}
}

func commonest(count map[string]int) string {
	best, n := "", 0
	for unit, k := range count {
		if unit != "" && (k > n || k == n && unit < best) {
			best, n = unit, k
		}
	}
	return best
}

var inEnglish = map[string]string{
	"元": "yuan", "万元": "ten thousand yuan", "千元": "thousand yuan", "百元": "hundred yuan", "十万元": "hundred thousand yuan",
	"百万元": "million yuan", "千万元": "ten million yuan", "亿元": "hundred million yuan", "万亿": "trillion yuan", "万亿元": "trillion yuan",
}

func english(unit string) string {
	if e, ok := inEnglish[unit]; ok {
		return e
	}
	return unit
}

// sequence looks at the numbers of the rows. Numbers without a gap go, because
// screens number rows themselves; with a gap they stay as the first column, so
// that Check can point at it.
func (b *building) sequence() {
	if b.order < 0 || len(b.numbers) == 0 {
		return
	}
	empty, good := true, true
	for i, s := range b.numbers {
		empty = empty && s == ""
		n, ok := ordinal(s)
		good = good && ok && n == i+1
	}
	if empty || good {
		return
	}
	name := "序号"
	b.kept = slices.Insert(b.kept, 0, Column{From: b.order, Use: Text, Name: name})
	for i := range b.rows {
		b.rows[i] = slices.Insert(b.rows[i], 0, b.numbers[i])
	}
	for i := range b.out.Printed {
		b.out.Printed[i].Column++
	}
}

// ordinal reads a row's number: 7, 7.0, 07, （7）, 七.
func ordinal(s string) (int, bool) {
	s = squash(s)
	for _, cut := range []string{"(", ")", ".0", ".", "、"} {
		if cut == "(" {
			s = trimFirst(s, cut)
		} else {
			s = trimLast(s, cut)
		}
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n, n > 0
	}
	return chineseNumber(s)
}

func trimFirst(s, cut string) string {
	if len(s) > len(cut) && s[:len(cut)] == cut {
		return s[len(cut):]
	}
	return s
}

func trimLast(s, cut string) string {
	if len(s) > len(cut) && s[len(s)-len(cut):] == cut {
		return s[:len(s)-len(cut)]
	}
	return s
}

// chineseNumber reads 一 to 九十九.
func chineseNumber(s string) (int, bool) {
	n, last, any := 0, 0, false
	for _, r := range s {
		if r == '十' {
			n, last, any = n+max(last, 1)*10, 0, true
			continue
		}
		i := slices.Index([]rune("零一二三四五六七八九"), r)
		if i < 0 {
			return 0, false
		}
		last, any = i, true
	}
	return n + last, any
}

// sources adds a column of sums where a sheet has shares only, and adds up where
// the money comes from.
func (b *building) sources() {
	if slices.ContainsFunc(b.kept, func(c Column) bool { return c.Use == Share }) && moneyOf(&b.out.Table) < 0 {
		b.addSum()
	}
	b.out.Sources = SourcesOf(&b.out.Table)
}

func shareOf(name string) string {
	if m := shareName.FindStringSubmatch(name); m != nil {
		return map[string]string{"省": "省级", "市": "市级", "县": "县级", "区": "区级", "乡": "乡级", "镇": "镇级", "乡镇": "乡镇级", "村": "村级"}[m[1]] +
			map[bool]string{true: m[1]}[len([]rune(m[1])) > 1 && m[1] != "乡镇"]
	}
	return name
}

// addSum adds a column that adds the shares of every row up, where a sheet has
// none.
func (b *building) addSum() {
	t, unit, places := &b.out.Table, "", 0
	for i, c := range b.kept {
		if c.Use == Share {
			if unit != "" && unit != c.Unit {
				return // different units are not added
			}
			unit, places = c.Unit, max(places, t.Columns[i].Decimals)
		}
	}
	if len(t.Columns) >= mostColumns {
		return
	}
	for r, row := range t.Rows {
		sum := new(big.Int)
		for i, c := range b.kept {
			if c.Use == Share {
				if v, _, ok := number(row[i]); ok {
					sum.Add(sum, v)
				}
			}
		}
		t.Rows[r] = append(row, format(sum, places))
	}
	t.Columns = append(t.Columns, playlist.FundColumn{Name: "合计", Unit: unit, Type: playlist.SumColumn, Decimals: places, Money: true})
	b.kept = append(b.kept, Column{From: -1, Use: Money, Name: "合计", Unit: unit})
	b.note(0, "表中没有合计列，已按各来源相加补上", "the sheet has no column of totals; one was added")
}

// SourcesOf adds up where the money of a table comes from: by its column of sources
// (来源) in the order in which they first appear, or by its columns of shares. It is
// nil if it has neither or a cell is empty or no number.
func SourcesOf(t *playlist.FundTable) []playlist.FundSource {
	at := slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return IsSource(c.Name) && c.Type == playlist.TextColumn })
	money := moneyOf(t)
	if money < 0 || len(t.Rows) == 0 {
		return nil
	}
	var out []playlist.FundSource
	if at < 0 {
		for i, c := range t.Columns {
			if i == money || c.Type != playlist.SumColumn || !shareName.MatchString(c.Name) || yuan(orUnit(c.Unit)) == nil {
				continue
			}
			v, ok := amount(format(sumOf(t.Rows, i, 0, len(t.Rows)), 0), c.Unit)
			if !ok {
				return nil
			}
			if v != 0 {
				out = append(out, playlist.FundSource{Name: shareOf(c.Name), Amount: v})
			}
		}
		return out
	}
	for _, row := range t.Rows {
		if len(row) != len(t.Columns) || row[at] == "" {
			return nil
		}
		v, ok := amount(row[money], t.Columns[money].Unit)
		if !ok {
			return nil
		}
		i := slices.IndexFunc(out, func(s playlist.FundSource) bool { return s.Name == row[at] })
		if i < 0 {
			i, out = len(out), append(out, playlist.FundSource{Name: row[at]})
		}
		out[i].Amount += v
	}
	return out
}

// IsSource tells whether a column's name says that it holds where money is from.
func IsSource(name string) bool {
	return name == "来源" || name == "资金来源" || name == "级次"
}

func moneyOf(t *playlist.FundTable) int {
	return slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return c.Money })
}

// product finds three columns with quantity × rate = result in at least nine rows
// of ten, so that the one that does not agree is found.
func product(t *playlist.FundTable) *playlist.Product {
	result := moneyOf(t)
	if result < 0 || len(t.Rows) < 2 {
		return nil
	}
	for rate, r := range t.Columns {
		if r.Type == playlist.TextColumn || rate == result || !containsAny(r.Name, "标准", "单价", "均") {
			continue
		}
		for quantity, q := range t.Columns {
			if q.Type == playlist.TextColumn || quantity == rate || quantity == result || yuan(q.Unit) != nil {
				continue
			}
			agree, n := 0, 0
			for _, row := range t.Rows {
				x, _, ok1 := number(row[quantity])
				y, _, ok2 := number(row[rate])
				z, _, ok3 := number(row[result])
				if !ok1 || !ok2 || !ok3 {
					continue
				}
				n++
				if product := round(new(big.Int).Mul(x, y), t.Columns[result].Decimals); product.Cmp(z) == 0 {
					agree++
				}
			}
			if n > 1 && agree*10 >= n*9 || n > 2 && n < 10 && agree >= n-1 {
				return &playlist.Product{Quantity: quantity, Rate: rate, Result: result}
			}
		}
	}
	return nil
}

// round brings an integer of 10⁻¹² to one of 10⁻⁶ with so many decimals, halves
// away from zero.
func round(v *big.Int, places int) *big.Int {
	by := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(2*power-min(places, power))), nil)
	half := new(big.Int).Quo(by, big.NewInt(2))
	if v.Sign() < 0 {
		half.Neg(half)
	}
	v.Quo(v.Add(v, half), by)
	return v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(power-min(places, power))), nil))
}
