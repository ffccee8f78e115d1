package fundsheet

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Numbers are integers of 10⁻⁶, as package playlist adds them up.
const power = 6

var one = big.NewInt(1_000_000)

// number reads a cell as people write one: thousands marks, ¥, full-width digits
// and a unit behind it. A dash or nothing is nothing, which counts as zero. More
// than six decimals are refused, except the ninth and later of a binary fraction
// (12.299999999999999), which Excel itself does not show.
func number(cell string) (v *big.Int, unit string, ok bool) {
	s := strings.Map(narrow, strings.TrimSpace(cell))
	s = strings.ReplaceAll(s, " ", "")
	switch s {
	case "", "-", "—", "——", "/", "无":
		return new(big.Int), "", true
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "¥"), "￥")
	end := len(s)
	for i, r := range s {
		if !strings.ContainsRune("0123456789.,-+eE%", r) {
			end = i
			break
		}
	}
	s, unit = s[:end], s[end:]
	if minus := strings.HasPrefix(s, "-"); minus {
		v, ok = plain(s[1:])
		if ok {
			v.Neg(v)
		}
		return v, unit, ok
	}
	v, ok = plain(strings.TrimPrefix(s, "+"))
	return v, unit, ok
}

func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　', r == '\u00a0':
		return ' '
	case r == '−', r == '–':
		return '-'
	}
	return r
}

// plain reads digits with thousands marks and a point.
func plain(s string) (*big.Int, bool) {
	if strings.ContainsAny(s, "eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, false
		}
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	whole, part, dotted := strings.Cut(s, ".")
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		if len(groups[0]) < 1 || len(groups[0]) > 3 || slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 }) {
			return nil, false
		}
		whole = strings.Join(groups, "")
	}
	if whole == "" && dotted {
		whole = "0"
	}
	if whole == "" || dotted && part == "" || len(whole) > 15 || !digits(whole) || !digits(part) {
		return nil, false
	}
	up := false
	if len(part) >= 9 && len(whole)+len(part) >= 15 {
		// A binary fraction: cut at nine decimals, rounded.
		nine := strings.TrimRight(part[:8], "0")
		if strings.Trim(part[6:8], "9") == "" {
			nine, up = part[:6], true
		}
		part = nine
	}
	part = strings.TrimRight(part, "0")
	if len(part) > power {
		return nil, false
	}
	v, ok := new(big.Int).SetString(whole+part+strings.Repeat("0", power-len(part)), 10)
	if ok && up {
		v.Add(v, big.NewInt(1))
	}
	return v, ok
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// decimals is how many decimals a number has.
func decimals(v *big.Int) int {
	rest := new(big.Int).Abs(v)
	if rest.Rem(rest, one).Sign() == 0 {
		return 0
	}
	ten, digit := big.NewInt(10), new(big.Int)
	n := power
	for n > 0 {
		q := new(big.Int)
		if q.QuoRem(rest, ten, digit); digit.Sign() != 0 {
			break
		}
		rest, n = q, n-1
	}
	return n
}

// format writes a number with at least so many decimals, without marks.
func format(v *big.Int, least int) string {
	sign := ""
	if v.Sign() < 0 {
		sign = "-"
	}
	text := new(big.Int).Abs(v).String()
	if short := power + 1 - len(text); short > 0 {
		text = strings.Repeat("0", short) + text
	}
	whole, part := text[:len(text)-power], text[len(text)-power:]
	for len(part) > least && part[len(part)-1] == '0' {
		part = part[:len(part)-1]
	}
	if part != "" {
		part = "." + part
	}
	return sign + whole + part
}

// yuan says how many yuan a unit of money is, in 10⁻⁶; nil for others.
func yuan(unit string) *big.Int {
	v, ok := map[string]int64{
		"元": 1, "百元": 100, "千元": 1000, "万元": 10_000, "万": 10_000, "十万元": 100_000, "百万元": 1_000_000,
		"千万元": 10_000_000, "亿元": 100_000_000, "亿": 100_000_000, "万亿": 1_000_000_000_000, "万亿元": 1_000_000_000_000,
	}[unit]
	if !ok {
		return nil
	}
	return new(big.Int).Mul(big.NewInt(v), one)
}

// ownUnit writes a unit as the notice does: 万 of money is 万元.
func ownUnit(unit string) string {
	unit = strings.TrimSpace(unit)
	switch unit {
	case "万", "亿":
		return unit + "元"
	case "人民币元", "圆", "RMB", "rmb":
		return "元"
	}
	return unit
}

// isUnit tells whether a text can only be a unit of money.
func isUnit(s string) bool { return yuan(ownUnit(s)) != nil }

// convert turns a number of one unit of money into another's, if that is exact.
func convert(v *big.Int, from, to string) (*big.Int, bool) {
	a, b := yuan(from), yuan(to)
	if a == nil || b == nil {
		return nil, false
	}
	out, rest := new(big.Int).QuoRem(new(big.Int).Mul(v, a), b, new(big.Int))
	return out, rest.Sign() == 0
}

// squash removes all space and unifies brackets, so that headings can be compared.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return narrow(r)
	}, s)
}
