package fundsheet

import (
	"strings"
)

// personal says why a column must not be shown (L22, PIPL 6): id, phone, card or
// address; "" if nothing speaks against it.
func personal(name string, cells []string) string {
	switch {
	case containsAny(name, "身份证", "证件号", "公民身份"):
		return "id"
	case containsAny(name, "银行卡", "卡号", "账号", "帐号", "一卡通号", "银行账户"):
		return "card"
	case containsAny(name, "手机", "联系电话", "联系方式", "电话"):
		return "phone"
	case containsAny(name, "家庭住址", "家庭地址", "详细地址", "住址"):
		return "address"
	case some(cells, isID):
		return "id"
	case some(cells, isPhone):
		return "phone"
	case some(cells, isCard):
		return "card"
	}
	return ""
}

// isID tests a resident identity number by its checksum (GB 11643).
func isID(s string) bool {
	s = strings.ToUpper(squash(s))
	if len(s) != 18 || !digits(s[:17]) {
		return false
	}
	sum, weight := 0, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weight {
		sum += int(s[i]-'0') * w
	}
	return s[17] == "10X98765432"[sum%11]
}

func isPhone(s string) bool {
	s = strings.ReplaceAll(squash(s), "-", "")
	return len(s) == 11 && digits(s) && s[0] == '1' && s[1] >= '3'
}

// isCard tests a bank card's number by its check digit (ISO/IEC 7812).
func isCard(s string) bool {
	s = squash(s)
	if len(s) < 16 || len(s) > 19 || !digits(s) || s[0] < '3' || s[0] > '6' {
		return false
	}
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

func isPersonName(name string) bool {
	return containsAny(name, "姓名", "户主", "领款人", "享受人", "补贴对象") ||
		strings.Contains(name, "受益人") && !strings.Contains(name, "受益人口") && !strings.HasSuffix(name, "数")
}

// hidden tells whether a name or number has been masked already.
func hidden(s string) bool { return strings.ContainsAny(s, "*＊×某") }

// MaskName hides the middle of a name: 张三丰 is 张*丰, 张三 is 张*, 欧阳娜娜 is
// 欧**娜. What was masked already stays.
func MaskName(name string) string {
	r := []rune(strings.TrimSpace(name))
	if len(r) < 2 || hidden(name) {
		return string(r)
	}
	if len(r) == 2 {
		return string(r[0]) + "*"
	}
	return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
}

// MaskNumber hides all but the first three and the last four characters of an
// identity, telephone or card number, and everything of an address but its first
// six characters.
func MaskNumber(s, personal string) string {
	r := []rune(strings.TrimSpace(s))
	head, tail := 3, 4
	if personal == "address" {
		head, tail = 6, 0
	}
	if hidden(s) || len(r) == 0 {
		return string(r)
	}
	if len(r) <= head+tail {
		return strings.Repeat("*", len(r))
	}
	stars := len(r) - head - tail
	if personal == "address" {
		stars = 2
	}
	return string(r[:head]) + strings.Repeat("*", stars) + string(r[len(r)-tail:])
}

// mostPairs is how many pairs are told; nobody looks at more.
const mostPairs = 50

// pairs finds households that are there twice, by the numbers of their cards and by
// village, group and full name, before these are left out or masked.
func (b *building) pairs() {
	if b.m.By != "household" {
		return
	}
	var where []int
	name := -1
	for _, c := range b.m.Columns {
		switch {
		case c.Use == Name && name < 0:
			name = c.From
		case c.Use == Village, c.Use == Text && c.Personal == "" && containsAny(c.Name, "村", "社区", "组"):
			where = append(where, c.From)
		}
	}
	seen := map[string]int{}
	for i, r := range b.raw {
		keys := map[string]string{}
		for _, c := range b.m.Columns {
			if text := strings.ToUpper(squash(r.cell(c.From))); (c.Personal == "id" || c.Personal == "card") && len(text) >= 8 && !hidden(text) {
				keys[c.Personal] = text
			}
		}
		if full := r.cell(name); name >= 0 && full != "" && !hidden(full) && keys["id"] == "" {
			key := full
			for _, w := range where {
				key += "\x00" + r.cell(w)
			}
			keys["name"] = key
		}
		for _, by := range []string{"id", "card", "name"} {
			key, ok := keys[by]
			if !ok {
				continue
			}
			first, twice := seen[by+key]
			if !twice {
				seen[by+key] = i
				continue
			}
			if len(b.out.Pairs) < mostPairs {
				b.out.Pairs = append(b.out.Pairs, Pair{Line: r.Number, First: b.raw[first].Number, By: by})
			}
			break
		}
	}
}
