package playlist

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
)

// Cells are added up as integers of 10⁻⁶, which holds 万元 to the fen and areas
// to the square millimetre.
const cellPower = 6

// Recomputed is what adding a fund notice up again gave.
type Recomputed struct {
	Agree    bool      // every figure that can be checked agrees
	Checks   int       // how many sums and products were compared
	Problems []Problem // fields from the notice, for example fund.tables[0].rows[3][2]
}

// Recompute adds everything up again: sources and money columns against the
// total, products in every row. It needs nothing but the notice, so that the
// screen can say that it was added up here.
func (f *Fund) Recompute() Recomputed {
	r := &Recomputed{}
	if len(f.Sources) > 0 {
		r.sources(f)
	}
	for i := range f.Tables {
		field := at("fund.tables", i)
		r.money(field, &f.Tables[i], f.Total)
		r.products(field, &f.Tables[i])
	}
	r.Agree = len(r.Problems) == 0
	return *r
}

func (r *Recomputed) wrong(field, code, zh, en string) {
	r.Problems = append(r.Problems, Problem{Field: field, Code: code, Message: zh, MessageEn: en, Severity: Wrong})
}

func (r *Recomputed) sources(f *Fund) {
	r.Checks++
	var sum Amount
	for i, s := range f.Sources {
		next := sum + s.Amount
		if s.Amount > 0 && next < sum || s.Amount < 0 && next > sum {
			r.wrong(at("fund.sources", i)+".amount", "range", "金额太大", "the amount is too large")
			return
		}
		sum = next
	}
	if sum != f.Total {
		r.wrong("fund.sources", "sum",
			fmt.Sprintf("资金来源合计 %s，与总额 %s 不符，差 %s", sum.Short(), f.Total.Short(), (f.Total-sum).Short()),
			fmt.Sprintf("the sources add up to %s, the total says %s", sum.Plain(), f.Total.Plain()))
	}
}

// unitAmount says how many fen one of a money column's unit is.
func unitAmount(unit string) (Amount, bool) {
	switch unit {
	case "", "元":
		return Yuan, true
	case "万元":
		return Wan, true
	}
	return 0, false
}

// money compares the sums of money columns with the total.
func (r *Recomputed) money(field string, t *FundTable, total Amount) {
	for c, col := range t.Columns {
		if !col.Money {
			continue
		}
		name := at(field+".columns", c)
		unit, ok := unitAmount(col.Unit)
		if !ok || col.Type != SumColumn {
			r.wrong(name, "invalid", "“"+col.Name+"”是金额列，类型应为合计，单位应为元或万元", "a money column is summed and in 元 or 万元")
			continue
		}
		sum, row, err := t.sum(c)
		if err != nil {
			r.wrong(cellField(field, row, c), "number", cellText(row, col)+"不是可以相加的数字", "the cell is not a number that can be added up")
			continue
		}
		r.Checks++
		if sum.Mul(sum, big.NewInt(int64(unit))); sum.Cmp(scaled(int64(total), cellPower)) != 0 {
			r.wrong(name, "sum",
				fmt.Sprintf("“%s”各行合计 %s %s，与总额 %s 不符", col.Name, formatBig(sum.Quo(sum, big.NewInt(int64(unit))), col.Decimals), orText(col.Unit, "元"), total.Short()),
				fmt.Sprintf("the rows of %s do not add up to the total of %s", col.Name, total.Plain()))
		}
	}
}

// products compares quantity × rate with the result in every row.
func (r *Recomputed) products(field string, t *FundTable) {
	p := t.Product
	if p == nil || max(p.Quantity, p.Rate, p.Result) >= len(t.Columns) || min(p.Quantity, p.Rate, p.Result) < 0 {
		return
	}
	result := t.Columns[p.Result]
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			continue
		}
		var v [3]int64
		bad := false
		for j, c := range []int{p.Quantity, p.Rate, p.Result} {
			var err error
			if v[j], err = parseCell(row[c]); err != nil {
				r.wrong(cellField(field, i, c), "number", cellText(i, t.Columns[c])+"不是数字", "the cell is not a number")
				bad = true
			}
		}
		if bad {
			continue
		}
		r.Checks++
		want := roundTo(new(big.Int).Mul(big.NewInt(v[0]), big.NewInt(v[1])), 2*cellPower, result.Decimals)
		if want.Cmp(roundTo(big.NewInt(v[2]), cellPower, result.Decimals)) != 0 {
			text := formatFixedBig(want, result.Decimals)
			r.wrong(cellField(field, i, p.Result), "product",
				fmt.Sprintf("第 %d 行：%s × %s 应为 %s，表中为 %s", i+1, row[p.Quantity], row[p.Rate], text, row[p.Result]),
				fmt.Sprintf("row %d: %s × %s is %s, the table says %s", i+1, row[p.Quantity], row[p.Rate], text, row[p.Result]))
		}
	}
}

// Totals returns the cells of a total row: for every SumColumn its sum with the
// column's decimals, without thousands marks, and "" for the others or when a
// cell is not a number.
func (t *FundTable) Totals() []string {
	out := make([]string, len(t.Columns))
	for c, col := range t.Columns {
		if col.Type != SumColumn {
			continue
		}
		if sum, _, err := t.sum(c); err == nil {
			out[c] = formatBig(sum, col.Decimals)
		}
	}
	return out
}

var errCell = errors.New("not a plain number")

// parseCell reads a cell as an integer of 10⁻⁶. An empty cell and a dash count
// as nothing.
func parseCell(s string) (int64, error) {
	switch s {
	case "", "-", "—", "——":
		return 0, nil
	}
	v, err := parseFixed(s, cellPower)
	if err != nil {
		return 0, errCell
	}
	return v, nil
}

// sum adds a column up in 10⁻⁶; on an error it names the row.
func (t *FundTable) sum(c int) (*big.Int, int, error) {
	sum := new(big.Int)
	for i, row := range t.Rows {
		if c >= len(row) {
			return nil, i, errCell
		}
		v, err := parseCell(row[c])
		if err != nil {
			return nil, i, err
		}
		sum.Add(sum, big.NewInt(v))
	}
	return sum, 0, nil
}

func scaled(v int64, power int) *big.Int {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(power)), nil)
	return ten.Mul(ten, big.NewInt(v))
}

// roundTo changes an integer of 10 to the minus from into one of 10 to the minus
// to, halves away from zero as accountants do.
func roundTo(v *big.Int, from, to int) *big.Int {
	if to < 0 || to > cellPower {
		to = cellPower
	}
	by := scaled(1, from-to)
	half := new(big.Int).Quo(by, big.NewInt(2))
	if v.Sign() < 0 {
		half.Neg(half)
	}
	v = new(big.Int).Add(v, half)
	return v.Quo(v, by)
}

// formatBig writes an integer of 10⁻⁶ with at least the decimals given and with
// as many more as it has.
func formatBig(v *big.Int, decimals int) string {
	need := min(max(decimals, 0), cellPower)
	for ; need < cellPower; need++ {
		back := new(big.Int).Mul(roundTo(v, cellPower, need), scaled(1, cellPower-need))
		if back.Cmp(v) == 0 {
			break
		}
	}
	return formatFixedBig(roundTo(v, cellPower, need), need)
}

func formatFixedBig(v *big.Int, decimals int) string {
	if decimals < 0 || decimals > cellPower {
		decimals = cellPower
	}
	text, sign := new(big.Int).Abs(v).String(), ""
	if v.Sign() < 0 {
		sign = "-"
	}
	for len(text) <= decimals {
		text = "0" + text
	}
	if decimals == 0 {
		return sign + text
	}
	return sign + text[:len(text)-decimals] + "." + text[len(text)-decimals:]
}

func at(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func cellField(table string, row, col int) string { return at(at(table+".rows", row), col) }

func cellText(row int, col FundColumn) string {
	return fmt.Sprintf("第 %d 行“%s”", row+1, col.Name)
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
