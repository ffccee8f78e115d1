package playlist

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Amount is a sum of money in fen (分), hundredths of a yuan, and exact. As text
// and in JSON it is plain yuan, for example "3134000.00".
type Amount int64

// Yuan and Wan are the units in which people write.
const (
	Yuan Amount = 100
	Wan  Amount = 10_000 * Yuan
)

var errAmount = errors.New("want an amount such as 1286.40, 313.4万元 or 1.2亿元")

// ParseAmount reads an amount in 元 (the default), 万元 or 亿元, with or without
// thousands marks. An amount that is not a whole number of fen, or is larger
// than 90 万亿元, is an error.
func ParseAmount(s string) (Amount, error) {
	text := strings.TrimSpace(s)
	text = strings.TrimPrefix(strings.TrimPrefix(text, "¥"), "￥")
	text = strings.TrimSpace(strings.TrimSuffix(text, "元"))
	power := 2 // of ten, from the written unit to fen
	if t, ok := strings.CutSuffix(text, "万"); ok {
		text, power = t, 6
	} else if t, ok := strings.CutSuffix(text, "亿"); ok {
		text, power = t, 10
	}
	text, err := dropMarks(strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("amount %.40q: %w", s, err)
	}
	v, err := parseFixed(text, power)
	if err != nil {
		return 0, fmt.Errorf("amount %.40q: %w", s, err)
	}
	return Amount(v), nil
}

// dropMarks removes thousands marks, which must stand where they belong.
func dropMarks(s string) (string, error) {
	s = strings.ReplaceAll(s, "，", ",")
	if !strings.Contains(s, ",") {
		return s, nil
	}
	whole, part, dotted := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	if first := strings.TrimPrefix(groups[0], "-"); len(first) < 1 || len(first) > 3 {
		return "", errAmount
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return "", errAmount
		}
	}
	if s = strings.Join(groups, ""); dotted {
		s += "." + part
	}
	return s, nil
}

// parseFixed reads a plain decimal number as an integer of its value times ten
// to the power. It refuses digits that would be lost.
func parseFixed(s string, power int) (int64, error) {
	minus := strings.HasPrefix(s, "-")
	whole, part, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || dotted && part == "" || len(whole) > 24 || len(part) > 24 {
		return 0, errAmount
	}
	for len(part) > power {
		if part[len(part)-1] != '0' {
			return 0, fmt.Errorf("more decimals than %d can not be kept", power)
		}
		part = part[:len(part)-1]
	}
	var v int64
	for _, c := range []byte(whole + part + strings.Repeat("0", power-len(part))) {
		if c < '0' || c > '9' {
			return 0, errAmount
		}
		if v > (math.MaxInt64-9)/10 {
			return 0, errors.New("the number is too large")
		}
		v = v*10 + int64(c-'0')
	}
	if minus {
		v = -v
	}
	return v, nil
}

// formatFixed writes an integer of ten to the power with at least low decimals,
// as many more as it has, and thousands marks when grouped.
func formatFixed(v int64, power, low int, grouped bool) string {
	sign := ""
	u := uint64(v)
	if v < 0 {
		sign, u = "-", -uint64(v)
	}
	text := fmt.Sprintf("%0*d", power+1, u)
	whole, part := text[:len(text)-power], text[len(text)-power:]
	for len(part) > low && part[len(part)-1] == '0' {
		part = part[:len(part)-1]
	}
	if grouped {
		for at := len(whole) - 3; at > 0; at -= 3 {
			whole = whole[:at] + "," + whole[at:]
		}
	}
	if part != "" {
		part = "." + part
	}
	return sign + whole + part
}

// Plain writes the amount in yuan without marks, for example 3134000.00.
func (a Amount) Plain() string { return formatFixed(int64(a), 2, 2, false) }

// String writes the amount in yuan as people read it, for example 3,134,000.00.
func (a Amount) String() string { return formatFixed(int64(a), 2, 2, true) }

// Wan writes the amount in 万元, for example "313.40 万元". It is exact: more
// than two decimals stand there when they are needed.
func (a Amount) Wan() string { return formatFixed(int64(a), 6, 2, true) + " 万元" }

// Short writes the amount with its unit as a headline would: in 万元 from
// 10,000 yuan on, else in 元.
func (a Amount) Short() string {
	if a >= Wan || a <= -Wan {
		return a.Wan()
	}
	return a.String() + " 元"
}

// MarshalText writes the amount as Plain does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.Plain()), nil }

// UnmarshalText reads what ParseAmount reads.
func (a *Amount) UnmarshalText(b []byte) error {
	v, err := ParseAmount(string(b))
	if err == nil {
		*a = v
	}
	return err
}
