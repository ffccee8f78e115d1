package pii

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// identity judges whether digits are an identity number by GB 11643-1999: 18, of
// which the last may be an X that follows the digits.
func (s *scanner) identity(digits string, from, to int) (Match, bool) {
	m := Match{Kind: Identity, From: from, To: to}
	number := digits
	r, size := utf8.DecodeRuneInString(s.text[to:])
	x := strings.ContainsRune("XxＸｘ", r) && size > 0
	if x {
		if next, n := utf8.DecodeRuneInString(s.text[to+size:]); n > 0 {
			if _, ok := digit(next); ok || letter(next) {
				return m, false
			}
		}
	}
	switch {
	case len(digits) == 17 && x:
		number += "X"
		m.To += size
	case len(digits) == 17 && s.splitX(to) > 0:
		number += "X"
		m.To = s.splitX(to)
	case len(digits) == 18 && !x:
	default:
		return m, false
	}
	if !region(number) || !Birthday(number[6:14]) {
		return m, false
	}
	m.Masked = number[:6] + "********" + number[14:]
	context := s.before(from, 16)
	if CreditCode(number) && has(context, "信用代码", "机构代码", "登记证号") {
		return m, false
	}
	m.Sure = CheckDigit(number[:17]) == number[17]
	return m, m.Sure || s.where.People || has(context, "身份证", "证件号", "公民身份")
}

// splitX returns the end of an X that stands apart from its digits by one mark.
func (s *scanner) splitX(to int) int {
	r, n := utf8.DecodeRuneInString(s.text[to:])
	if r != ' ' && r != '-' && r != '－' && r != '\u3000' {
		return 0
	}
	x, m := utf8.DecodeRuneInString(s.text[to+n:])
	if !strings.ContainsRune("XxＸｘ", x) || m == 0 {
		return 0
	}
	if next, k := utf8.DecodeRuneInString(s.text[to+n+m:]); k > 0 {
		if _, ok := digit(next); ok || letter(next) {
			return 0
		}
	}
	return to + n + m
}

// oldIdentity judges 15 digits, as numbers were until 2013. They have no check digit, so that numbers of
// orders and devices look like them: something must say what it is, or nothing
// may say that it is something else.
func (s *scanner) oldIdentity(digits string, from, to int) (Match, bool) {
	m := Match{Kind: Identity, From: from, To: to}
	if len(digits) != 15 || !region(digits) || !Birthday("19"+digits[6:12]) {
		return m, false
	}
	m.Masked = digits[:6] + "*****" + digits[11:]
	context := s.before(m.From, 12)
	m.Sure = s.where.People || has(context, "身份证", "证件号", "公民身份")
	if m.Sure {
		return m, true
	}
	return m, !has(context, "单号", "编号", "订单", "流水", "IMEI", "账号", "帐号", "合同", "代码", "索引", "序列", "编码", "串号", "条码", "户号", "税号")
}

// provinces are the first two digits of GB/T 2260.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

func region(number string) bool {
	return strings.Contains(provinces, " "+number[:2]+" ") && number[2:6] != "0000"
}

// Birthday reports whether eight digits, 19800229 for example, are a day on which
// a person of whom a notice may speak was born.
func Birthday(s string) bool {
	year, err := strconv.Atoi(s)
	if err != nil || len(s) != 8 {
		return false
	}
	year, month, day := year/10000, year/100%100, year%100
	if year < 1880 || year > 2100 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

// CheckDigit returns the last character of an identity number from its first 17
// digits, by ISO 7064 mod 11-2.
func CheckDigit(digits string) byte {
	sum, weight := 0, 1
	for i := len(digits) - 1; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(digits[i]-'0') * weight
	}
	check := (12 - sum%11) % 11
	if check == 10 {
		return 'X'
	}
	return byte('0' + check)
}

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCode reports whether 18 characters are a unified social credit code with
// the right check character (GB 32100-2015: mod 31 with powers of 3). Codes of
// offices and firms are public.
func CreditCode(s string) bool {
	if len(s) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(creditAlphabet, s[i])
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31] == s[17]
}
