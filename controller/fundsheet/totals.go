package fundsheet

import (
	"math/big"
	"slices"
	"strings"
)

// totalLabel tells whether a row is a total or subtotal, and how it is called.
func totalLabel(r Row) (string, bool) {
	for i := range r.Cells {
		c := strings.Trim(squash(r.cell(i)), ":()")
		if c == "" {
			continue
		}
		if c == "合计" || c == "总计" || c == "共计" || c == "小计" || c == "累计" || c == "合计金额" || c == "本页合计" || c == "本页小计" ||
			len([]rune(c)) <= 14 && (strings.HasSuffix(c, "小计") || strings.HasSuffix(c, "合计") || strings.HasSuffix(c, "总计")) {
			return c, true
		}
		if _, _, ok := number(c); !ok {
			return "", false // the first words of a row name it
		}
	}
	return "", false
}

// totalRow is a total while the rows are read.
type totalRow struct {
	line  int
	label string
	sub   bool
	at    int // index into the table's rows: what stands before it
	cells []string
}

// ranges says which rows every total adds up. A 小计 adds up what stands between
// it and the one before, or what follows when that is what agrees; the last 合计
// and one right under the heading add up all; any other is as a 小计.
func ranges(totals []totalRow, rows int, agrees func(t totalRow, from, to int) bool) [][2]int {
	last := -1
	for i, t := range totals {
		if !t.sub {
			last = i
		}
	}
	out := make([][2]int, len(totals))
	above := false // the subtotals stand above their rows
	for _, t := range totals {
		if t.sub {
			above = t.at == 0
			break
		}
	}
	for i, t := range totals {
		if !t.sub && (i == last || t.at == 0) {
			out[i] = [2]int{0, rows}
			continue
		}
		from, to := 0, rows
		for j := range i {
			if s := totals[j]; s.at > from && s.at <= t.at {
				from = s.at
			}
		}
		for _, s := range totals[i+1:] {
			if s.at > t.at {
				to = s.at
				break
			}
		}
		before, after := [2]int{from, t.at}, [2]int{t.at, to}
		if above {
			before, after = after, before
		}
		out[i] = before
		if !agrees(t, before[0], before[1]) && (before[0] == before[1] || agrees(t, after[0], after[1])) {
			out[i] = after
		}
	}
	return out
}

// sumOf adds up a column's rows from one to before another; cells that are no
// numbers count as nothing.
func sumOf(rows [][]string, col, from, to int) *big.Int {
	sum := new(big.Int)
	for _, row := range rows[max(from, 0):min(to, len(rows))] {
		if col < len(row) {
			if v, _, ok := number(row[col]); ok {
				sum.Add(sum, v)
			}
		}
	}
	return sum
}

// Disagreements lists the printed totals that the rows of a table do not add up
// to. Rows may have been changed since; a range that no longer exists is left out.
func Disagreements(rows [][]string, printed []Printed) []Printed {
	return slices.DeleteFunc(slices.Clone(printed), func(p Printed) bool {
		v, _, ok := number(p.Value)
		return !ok || p.From < 0 || p.To > len(rows) || p.From > p.To || v.Cmp(sumOf(rows, p.Column, p.From, p.To)) == 0
	})
}
