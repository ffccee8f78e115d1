package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"mingbai/configs/plain"
)

var (
	plainNumber = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)$`)
	grouped     = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$`)
	scientific  = regexp.MustCompile(`^(\d)(\.\d+)?[eE]\+(1[5-9])$`)
)

// Decimal reads a number as people write it, with thousands marks, a sign of
// currency, per cent, brackets or full-width digits, and gives it as a plain
// decimal. A text that is rather a code, with a leading zero or of more than 15
// digits, is none.
func Decimal(text string) (number string, kind Kind, ok bool) {
	s := plain.Tidy(text)
	if s == "" || len(s) > 60 || s[0] >= 'a' && s[0] <= 'z' || s[0] >= 0xe3 && s[0] <= 0xed {
		return "", Empty, false // most texts begin with a letter or a Han character
	}
	s = plain.Narrow(s)
	kind = Number
	negative := false
	if in, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(s, ")") {
		s, negative = strings.TrimSuffix(in, ")"), true
	}
	if rest, found := strings.CutPrefix(s, "-"); found && !negative {
		s, negative = rest, true
	}
	for _, sign := range []string{"￥", "¥", "$", "CNY", "RMB"} {
		if rest, found := strings.CutPrefix(s, sign); found {
			s, kind = plain.Tidy(rest), Money
			break
		}
	}
	if rest, found := strings.CutPrefix(s, "-"); found && !negative {
		s, negative = rest, true // ¥-12
	}
	percent := false
	for _, sign := range []string{"%", "％"} {
		if rest, found := strings.CutSuffix(s, sign); found {
			s, kind, percent = plain.Tidy(rest), Percent, true
		}
	}
	switch {
	case grouped.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	case !plainNumber.MatchString(s):
		return "", Empty, false
	}
	s = strings.TrimPrefix(s, "+")
	whole, part, _ := strings.Cut(s, ".")
	if len(whole) > 1 && whole[0] == '0' || len(whole) > 15 || strings.HasPrefix(s, "-") {
		return "", Empty, false
	}
	if percent {
		whole, part = hundredth(whole, part)
	}
	part = strings.TrimRight(part, "0")
	if whole == "" {
		whole = "0"
	}
	if part != "" {
		whole += "." + part
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole, kind, true
}

// hundredth moves the point two places to the left.
func hundredth(whole, part string) (string, string) {
	whole = "00" + whole
	cut := len(whole) - 2
	part = whole[cut:] + part
	if whole = strings.TrimLeft(whole[:cut], "0"); whole == "" {
		whole = "0"
	}
	return whole, part
}

// clean gives the decimal of a number as a file keeps it. Excel computes in
// binary and shows 15 digits: 0.30000000000000004 is 0.3.
func clean(raw string) (string, float64, bool) {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= 1e21 {
		return "", 0, false
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64)
	if err != nil {
		return "", 0, false
	}
	if rounded == 0 || math.Abs(rounded) < 1e-12 {
		return "0", 0, true
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64), rounded, true
}

// fromText makes a cell of a text of a CSV file or a paste.
func fromText(text string) Cell {
	// Programs keep codes from becoming numbers by writing ="330106".
	if in, ok := strings.CutPrefix(text, `="`); ok && strings.HasSuffix(in, `"`) {
		if in = strings.TrimSuffix(in, `"`); !strings.Contains(in, `"`) {
			return Cell{Text: in, Kind: Text}
		}
	}
	c := Cell{Text: plain.Tidy(text), Kind: Text}
	if c.Text == "" {
		return Cell{}
	}
	if number, kind, ok := Decimal(c.Text); ok {
		c.Number, c.Kind = number, kind
	} else if looksDay(c.Text) {
		if d, err := plain.Day(c.Text); err == nil {
			c.Number, c.Kind = d.String(), Date
		}
	} else if strings.HasPrefix(c.Text, "#") && failures[c.Text] {
		c.Kind = Failed
	}
	return c
}

// stored makes a cell of a text of a workbook: it stays text even where it reads
// as a number.
func stored(text string) Cell {
	c := Cell{Text: plain.Tidy(text), Kind: Text}
	if c.Text == "" {
		return Cell{}
	}
	c.Number, _, _ = Decimal(c.Text)
	return c
}

var failures = map[string]bool{"#REF!": true, "#N/A": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true}

var dayLike = regexp.MustCompile(`^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$`)

func looksDay(s string) bool { return len(s) < 24 && dayLike.MatchString(plain.Narrow(s)) }

// noted adds the notes that a cell calls for.
func (s *Sheet) noted(c Cell, row, col int) {
	switch {
	case c.Kind == Failed:
		s.note(BadResult, row, col)
	case c.Kind == Text && len(c.Text) < 24 && scientific.MatchString(c.Text):
		s.note(CutNumber, row, col)
	case c.Kind == Number && len(c.Number) >= 16 && !strings.Contains(c.Number, "."):
		s.note(CutNumber, row, col)
	}
}

// exact gives a decimal of at most 15 digits as the number that a workbook
// keeps, without a detour through text.
func exact(number string) float64 {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	return f
}
