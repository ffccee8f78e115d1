package pii

import (
	"strings"
	"unicode/utf8"
)

// card judges whether digits are the number of a bank card: 16 to 19 digits with
// the prefix of an issuer in this country and the check digit of ISO/IEC 7812-1.
func (s *scanner) card(digits string, from, to int) (Match, bool) {
	m := Match{Kind: BankCard, From: from, To: to}
	if len(digits) < 16 || len(digits) > 19 || strings.Trim(digits, digits[:1]) == "" {
		return m, false
	}
	context := s.before(from, 16)
	named := has(context, "卡号", "银行卡", "账号", "帐号", "账户", "帐户", "一卡通", "存折", "社保卡")
	m.Sure = Luhn(digits)
	if !issuer(digits) && !(named && otherIssuer(digits) && m.Sure) {
		return m, false
	}
	if !m.Sure && !(len(digits) != 18 && (s.where.People || named)) {
		return m, false
	}
	if !named && len(digits) == 18 && Birthday(digits[6:14]) {
		return m, false // an identity number with a slip of the pen, or neither
	}
	if m.Sure && !named && has(context, "单号", "订单", "流水号", "运单", "快递") && !strings.HasPrefix(digits, "62") {
		return m, false
	}
	m.Masked = strings.Repeat("*", len(digits)-4) + digits[len(digits)-4:]
	return m, true
}

// issuer reports whether a number begins as cards of this country do: 62 of
// UnionPay with 16 to 19 digits, older ones of single banks, and credit cards of
// 16 digits.
func issuer(digits string) bool {
	switch {
	case strings.HasPrefix(digits, "62"):
		return true
	case strings.HasPrefix(digits, "9558"), strings.HasPrefix(digits, "9555"):
		return len(digits) == 19 || len(digits) == 16
	case strings.HasPrefix(digits, "601428"), strings.HasPrefix(digits, "601382"), strings.HasPrefix(digits, "603"):
		return true
	case len(digits) == 16:
		return digits[0] == '4' || digits[:2] >= "51" && digits[:2] <= "55" || digits[:4] >= "3528" && digits[:4] <= "3589"
	}
	return false
}

// otherIssuer has prefixes that only count when the text says that it is a card.
func otherIssuer(digits string) bool {
	return digits[0] == '9' || digits[0] == '6' || digits[0] == '4' || digits[0] == '5'
}

// Luhn reports whether the check digit of a card's number is right.
func Luhn(s string) bool {
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

// mobile judges whether digits are the number of a mobile telephone, with the
// prefixes of 工业和信息化部's numbering plan.
func (s *scanner) mobile(digits string, from, to int) (Match, bool) {
	m := Match{Kind: Mobile, From: from, To: to, Sure: true}
	local := digits
	if len(digits) == 13 && strings.HasPrefix(digits, "86") {
		local = digits[2:]
	} else if len(digits) == 15 && strings.HasPrefix(digits, "0086") {
		local = digits[4:]
	}
	if !IsMobile(local) || len(local) == len(digits) && s.counted(to) {
		return m, false
	}
	if has(s.before(from, 6), "单号", "订单", "流水", "编号", "户号", "合同号", "证号", "金额", "总额", "〔", "[") {
		return m, false
	}
	m.Masked = local[:3] + "****" + local[7:]
	return m, true
}

// IsMobile reports whether 11 digits are a mobile telephone's.
func IsMobile(s string) bool {
	if len(s) != 11 || s[0] != '1' {
		return false
	}
	switch s[1] {
	case '3', '8':
		return true
	case '4':
		return s[2] != '2' && s[2] != '3'
	case '5':
		return s[2] != '4'
	case '6':
		return strings.IndexByte("24567", s[2]) >= 0
	case '7':
		return s[2] != '9'
	case '9':
		return s[2] != '4'
	}
	return false
}

// counted reports whether a unit follows, so that it is an amount.
func (s *scanner) counted(to int) bool {
	rest := strings.TrimLeft(s.text[to:], " \u00a0")
	r, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune("元万亿角分吨亩户人件次米斤辆台套平立千公个项条份页号", r)
}
