package fundsheet

import (
	"math/big"
	"slices"
	"strings"

	"mingbai/playlist"
)

// Change is one row of a comparison with the period before.
type Change struct {
	Name   string // of the row: its first texts
	Row    int    // of the table now; -1: gone
	Before string // money then, "" if the row is new
	Now    string // money now, "" if it is gone
	Diff   string // with its sign
	Rate   string // +12.5%, "" if there was nothing before
	Big    bool   // worth a look: new, gone, or changed by BigChange or more
}

// BigChange is by how many per cent an amount must change to be marked.
const BigChange = 30

// Difference is a table compared with that of the period before.
type Difference struct {
	Unit            string
	Changes         []Change // in the order of the table now, then what is gone
	New, Gone, Same int
	Changed         int
	Before, Now     string // sums
	Diff, Rate      string
}

// Compare compares the money of two tables row by row. Rows belong together when
// their texts that say what or who they are agree; masked names do not tell
// households apart, so rows of one name are added up. ok is false when one of the
// tables has no money.
func Compare(before, now *playlist.FundTable) (d Difference, ok bool) {
	a, b := moneyOf(before), moneyOf(now)
	if a < 0 || b < 0 {
		return d, false
	}
	d.Unit = orUnit(now.Columns[b].Unit)
	then, order := byName(before, a, d.Unit)
	today, names := byName(now, b, d.Unit)
	sumThen, sumNow := new(big.Int), new(big.Int)
	for _, name := range names {
		x := today[name]
		sumNow.Add(sumNow, x.sum)
		y, had := then[name]
		c := Change{Name: name, Row: x.row, Now: format(x.sum, 0)}
		switch {
		case !had:
			c.Big, d.New = true, d.New+1
			c.Diff = signed(x.sum)
		case y.sum.Cmp(x.sum) == 0:
			c.Before, c.Diff, d.Same = format(y.sum, 0), "0", d.Same+1
		default:
			c.Before, d.Changed = format(y.sum, 0), d.Changed+1
			diff := new(big.Int).Sub(x.sum, y.sum)
			c.Diff, c.Rate, c.Big = signed(diff), rate(diff, y.sum), big30(diff, y.sum)
		}
		d.Changes = append(d.Changes, c)
	}
	for _, name := range order {
		y := then[name]
		sumThen.Add(sumThen, y.sum)
		if _, still := today[name]; !still {
			d.Gone++
			d.Changes = append(d.Changes, Change{Name: name, Row: -1, Before: format(y.sum, 0), Diff: signed(new(big.Int).Neg(y.sum)), Big: true})
		}
	}
	diff := new(big.Int).Sub(sumNow, sumThen)
	d.Before, d.Now, d.Diff, d.Rate = format(sumThen, 0), format(sumNow, 0), signed(diff), rate(diff, sumThen)
	return d, true
}

type named struct {
	row int
	sum *big.Int
}

// byName adds the money up by what names the rows, in the unit asked for.
func byName(t *playlist.FundTable, money int, unit string) (map[string]named, []string) {
	keys := keyColumns(t)
	out := make(map[string]named, len(t.Rows))
	var order []string
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			continue
		}
		name := ""
		for _, k := range keys {
			if row[k] != "" {
				if name != "" {
					name += " "
				}
				name += squash(row[k])
			}
		}
		v, _, ok := number(row[money])
		if !ok {
			v = new(big.Int)
		}
		if c, exact := convert(v, orUnit(t.Columns[money].Unit), unit); exact {
			v = c
		}
		if have, ok := out[name]; ok {
			have.sum.Add(have.sum, v)
			continue
		}
		out[name] = named{i, new(big.Int).Set(v)}
		order = append(order, name)
	}
	return out, order
}

// keyColumns is the columns that name a row: village, group and person in lists of
// households, the village by village, else the first text and where the money is
// from.
func keyColumns(t *playlist.FundTable) []int {
	var keys []int
	first := -1
	for i, c := range t.Columns {
		if c.Type != playlist.TextColumn || c.Name == "序号" || i == unitColumn(t) {
			continue
		}
		if first < 0 {
			first = i
		}
		switch t.By {
		case "household":
			if isPersonName(c.Name) || containsAny(c.Name, "村", "社区", "组") {
				keys = append(keys, i)
			}
		case "village":
			if containsAny(c.Name, "村", "社区", "镇", "单位") && len(keys) == 0 {
				keys = append(keys, i)
			}
		default:
			if len(keys) == 0 || IsSource(c.Name) {
				keys = append(keys, i)
			}
		}
	}
	if len(keys) == 0 && first >= 0 {
		keys = append(keys, first)
	}
	return keys
}

func signed(v *big.Int) string {
	if v.Sign() > 0 {
		return "+" + format(v, 0)
	}
	return format(v, 0)
}

// rate writes a change in per cent with one decimal.
func rate(diff, before *big.Int) string {
	if before.Sign() == 0 {
		return ""
	}
	v := new(big.Int).Mul(diff, big.NewInt(1000))
	v.Quo(v, new(big.Int).Abs(before))
	v.Mul(v, big.NewInt(100_000)) // per mille to 10⁻⁶ of per cent
	return signed(v) + "%"
}

func big30(diff, before *big.Int) bool {
	d := new(big.Int).Mul(new(big.Int).Abs(diff), big.NewInt(100))
	return before.Sign() == 0 || d.Cmp(new(big.Int).Mul(new(big.Int).Abs(before), big.NewInt(BigChange))) >= 0
}

// Findings points out the big changes, the largest first.
func (d *Difference) Findings(table int, t *playlist.FundTable) []Finding {
	c := &checking{table: table, t: t}
	for _, x := range d.Changes {
		if !x.Big || x.Row < 0 || x.Before == "" || len(c.out) >= 10 {
			continue
		}
		c.add(x.Row, moneyOf(t), playlist.Warning, "change", "“"+x.Name+"”上期 "+x.Before+"，本期 "+x.Now+"（"+x.Rate+"），请核对。",
			"it was "+x.Before+", now it is "+x.Now+" ("+x.Rate+"); please check")
	}
	return slices.Clip(c.out)
}

// WithoutPeriod is a title without its period, so that those of two periods can be
// told to be of one series.
func WithoutPeriod(title string) string {
	return strings.Trim(squash(periodText.ReplaceAllString(title, "")), "()-")
}

// RowMatch is a row of one table and the row of another that is of the same thing.
type RowMatch struct {
	Name        string
	Before, Now int // rows of the tables; -1: none
}

// MatchRows sets the rows of two tables against each other by what names them, in
// the order of the table now, then what is gone. Masked names do not tell all
// households apart: the first of a name is compared with the first, the second with
// the second.
func MatchRows(before, now *playlist.FundTable) []RowMatch {
	then := map[string][]int{}
	names := rowNames(before)
	for i, name := range names {
		then[name] = append(then[name], i)
	}
	out := make([]RowMatch, 0, len(now.Rows))
	met := make([]bool, len(names))
	for i, name := range rowNames(now) {
		m := RowMatch{Name: name, Before: -1, Now: i}
		if rest := then[name]; len(rest) > 0 {
			m.Before, then[name] = rest[0], rest[1:]
			met[rest[0]] = true
		}
		out = append(out, m)
	}
	for i, name := range names {
		if !met[i] {
			out = append(out, RowMatch{Name: name, Before: i, Now: -1})
		}
	}
	return out
}

// rowNames is what names each row of a table.
func rowNames(t *playlist.FundTable) []string {
	keys := keyColumns(t)
	out := make([]string, len(t.Rows))
	for i, row := range t.Rows {
		var parts []string
		for _, k := range keys {
			if k < len(row) && row[k] != "" {
				parts = append(parts, squash(row[k]))
			}
		}
		out[i] = strings.Join(parts, " ")
	}
	return out
}
