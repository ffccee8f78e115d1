package playlist

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// lint looks into every text: characters without a glyph, personal data, and
// figures that can not be right.
func (c *checker) lint(n *Notice) {
	table := n.Fund != nil
	n.texts(func(field, text string) {
		if r, ok := control(text); ok {
			c.wrong(field, "control", fmt.Sprintf("含有不能显示的控制字符 U+%04X", r), fmt.Sprintf("it has the control character U+%04X", r))
		}
		if c.env.Missing != nil {
			if lost := c.env.Missing(text); len(lost) > 0 {
				c.wrong(field, "glyph", "字库里没有这些字："+string(lost), "no font has these characters: "+string(lost))
			}
		}
		c.personal(field, text, table && strings.HasPrefix(field, "fund.tables"))
		if strings.Contains(text, "万亿") {
			sev := Warning
			if table {
				sev = Wrong
			}
			c.add(sev, field, "unit", "出现“万亿”，是否应为“万元”？", "万亿 is a million million; should it be 万元?")
		}
	})
	if n.Announcement != nil {
		c.numbering(n.Announcement)
	}
}

var digitRuns = regexp.MustCompile(`[0-9]{11,19}[Xx]?`)

// personal looks for full numbers of identity cards, bank cards and mobile
// telephones. In tables of people they are always wrong; in running text a
// telephone may be an office's.
func (c *checker) personal(field, text string, table bool) {
	for _, run := range digitRuns.FindAllString(text, -1) {
		digits := strings.TrimRight(run, "Xx")
		switch {
		case isIdentity(run), table && len(run) == 18 && isBirthday(run[6:14]):
			// In a table of people a number with a slip of the pen is somebody's too.
			c.wrong(field, "identity", "含有完整的身份证号码，请隐去中间数字", "it has a full identity number; mask its middle")
			return
		case len(digits) >= 16 && luhn(digits):
			sev := Warning
			if table {
				sev = Wrong
			}
			c.add(sev, field, "bank_card", "疑似完整的银行卡号，请隐去中间数字", "it seems to have a full bank card number; mask its middle")
			return
		case len(digits) == 11 && digits[0] == '1' && digits[1] >= '3':
			sev := Warning
			if table {
				sev = Wrong
			}
			c.add(sev, field, "mobile", "含有完整的手机号码，请确认可以公开，否则隐去中间四位", "it has a full mobile number; mask it unless it may be public")
			return
		}
	}
}

// isIdentity reports whether s is an identity number by GB 11643: a date of
// birth in digits 7 to 14 and a check digit by ISO 7064 mod 11-2.
func isIdentity(s string) bool {
	if len(s) != 18 {
		return false
	}
	if !isBirthday(s[6:14]) {
		return false
	}
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * weight
	}
	check := (12 - sum%11) % 11
	return check == 10 && (s[17] == 'X' || s[17] == 'x') || check < 10 && int(s[17]-'0') == check
}

// isBirthday reports whether eight digits can be a day on which a person now
// alive was born.
func isBirthday(s string) bool {
	year, _ := strconv.Atoi(s[:4])
	month, _ := strconv.Atoi(s[4:6])
	day, _ := strconv.Atoi(s[6:])
	return year >= 1850 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// luhn reports whether the check digit of a card number is right.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

var numbered = regexp.MustCompile(`^\s*[（(]([0-9]{1,3})[）)]`)

// numbering warns when paragraphs are numbered （1）（2）… and one is skipped.
func (c *checker) numbering(a *Announcement) {
	last := 0
	for i, b := range a.Blocks {
		m := numbered.FindStringSubmatch(b.Text)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		if n != 1 && last > 0 && n != last+1 {
			c.warn(at("announcement.blocks", i)+".text", "sequence", fmt.Sprintf("（%d）之后是（%d），是否漏了一项？", last, n), fmt.Sprintf("(%d) is followed by (%d); is one missing?", last, n))
		}
		last = n
	}
}
