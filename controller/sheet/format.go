package sheet

import (
	"math"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// builtIn are the number formats that files name by number only, as Chinese
// Excel and WPS show them (ECMA-376 part 1, 18.8.30).
var builtIn = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: `"¥"#,##0`, 6: `"¥"#,##0`, 7: `"¥"#,##0.00`, 8: `"¥"#,##0.00`,
	9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
	27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m/d/yy", 31: `yyyy"年"m"月"d"日"`, 32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`,
	34: "h:mm", 35: "h:mm:ss", 36: `yyyy"年"m"月"`,
	37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: `"¥"#,##0`, 43: "#,##0.00", 44: `"¥"#,##0.00`,
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`, 55: `h"时"mm"分"`, 56: `h"时"mm"分"ss"秒"`,
	57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}

const maxFormat = 255 // characters of a number format; Excel's own limit

var (
	literal  = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
	beside   = regexp.MustCompile(`_.|\*.|\[(Red|红色|Black|黑色|Blue|蓝色)\]|\[\$-[0-9A-Fa-f]+\]`)
	simple   = regexp.MustCompile(`^(#,##)?0(\.0{1,10})?(%?)$`)
	currency = regexp.MustCompile(`[￥¥$€]`)
)

// format is what a number format does to a number.
type format struct {
	code     string // of positive numbers, without colours and gaps
	date     bool
	text     bool
	percent  bool
	money    bool
	marks    bool
	decimals int  // -1: not a simple format
	general  bool // as typed
}

func parseFormat(code string) format {
	if len(code) > maxFormat {
		code = ""
	}
	first, _, _ := strings.Cut(code, ";")
	f := format{code: strings.TrimSpace(beside.ReplaceAllString(first, "")), decimals: -1}
	bare := strings.ToLower(literal.ReplaceAllString(first, ""))
	switch {
	case f.code == "" || strings.Contains(bare, "general") || strings.Contains(bare, "g/通用格式"):
		f.general = true
	case strings.Contains(bare, "@"):
		f.text = true
	case strings.ContainsAny(bare, "ydhs") || strings.Contains(bare, "m") && !strings.ContainsAny(bare, "0#"):
		f.date = true
	default:
		f.percent = strings.Contains(bare, "%")
		f.money = currency.MatchString(first)
		if m := simple.FindStringSubmatch(f.code); m != nil {
			f.marks, f.decimals = m[1] != "", max(0, len(m[2])-1)
		}
	}
	return f
}

// formatter shows numbers as Excel shows them. The simple formats are done here;
// the rest is left to excelize, on a cell of a workbook of its own.
type formatter struct {
	book   *excelize.File
	styles map[string]int
	shown  map[[2]string]string
}

// number makes a cell of a stored number.
func (d *formatter) number(raw string, f format, date1904 bool) Cell {
	number, value, ok := clean(raw)
	if !ok {
		return stored(raw)
	}
	c := Cell{Number: number, Kind: Number, Text: number}
	switch {
	case f.general || f.text:
	case f.date && value >= 0 && value < 2958466: // the year 10000
		c.Kind, c.Text = Date, d.show(raw, f.code)
		c.Number = instant(value, date1904)
		if c.Number == "" {
			c.Kind = Text
		}
	case f.decimals >= 0:
		c.Text = fixed(number, f)
	case !f.date:
		c.Text = d.show(raw, f.code)
	}
	if f.percent {
		c.Kind = Percent
	} else if f.money {
		c.Kind = Money
	}
	if c.Text == "" {
		c.Text = number
	}
	return c
}

// fixed shows a decimal with thousands marks and so many decimals, rounded half
// away from zero.
func fixed(number string, f format) string {
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return number
	}
	if f.percent {
		r.Mul(r, big.NewRat(100, 1))
	}
	s := r.FloatString(f.decimals)
	if f.marks {
		s = marked(s)
	}
	if f.percent {
		s += "%"
	}
	return s
}

// marked sets thousands marks.
func marked(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, part, dot := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dot {
		whole += "." + part
	}
	return sign + whole
}

// instant gives the day, and the time of day where there is one, of a date as
// Excel counts it: days since 1899-12-30, or 1904-01-01 in books of old Macs.
// A time without a day gives "".
func instant(serial float64, date1904 bool) string {
	if serial < 1 {
		return ""
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if serial < 60 {
		base = base.AddDate(0, 0, 1) // Excel believes in 1900-02-29
	}
	days := math.Floor(serial)
	minutes := int(math.Round((serial - days) * 24 * 60))
	t := base.AddDate(0, 0, int(days)).Add(time.Duration(minutes) * time.Minute)
	if minutes == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04")
}

// maxShown bounds the memory of what was shown before.
const maxShown = 20_000

// show formats with excelize; "" when it cannot.
func (d *formatter) show(raw, code string) (text string) {
	key := [2]string{raw, code}
	if text, ok := d.shown[key]; ok {
		return text
	}
	// A format comes from the file and may be anything; a mistake in reading it
	// must cost the look of one cell and not the server.
	defer func() {
		if recover() != nil {
			text = ""
		}
		if len(d.shown) < maxShown {
			d.shown[key] = text
		}
	}()
	if d.book == nil {
		d.book = excelize.NewFile(excelize.Options{CultureInfo: excelize.CultureNameZhCN})
		d.styles, d.shown = make(map[string]int), make(map[[2]string]string)
	}
	style, ok := d.styles[code]
	if !ok {
		var err error
		if style, err = d.book.NewStyle(&excelize.Style{CustomNumFmt: &code}); err != nil {
			return ""
		}
		d.styles[code] = style
	}
	const cell = "A1"
	if d.book.SetCellDefault("Sheet1", cell, raw) != nil || d.book.SetCellStyle("Sheet1", cell, cell, style) != nil {
		return ""
	}
	text, err := d.book.GetCellValue("Sheet1", cell)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

func (d *formatter) close() {
	if d.book != nil {
		d.book.Close() // nothing was written
	}
}
