package speech

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

var numerals = [10]string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// digitwise reads figures one by one. On the telephone 1 is 幺, which cannot be
// mistaken for 七.
func digitwise(s string, phone bool) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '1' && phone:
			out.WriteString("幺")
		case r >= '0' && r <= '9':
			out.WriteString(numerals[r-'0'])
		}
	}
	return out.String()
}

// inGroups reads a telephone number in the groups in which people say it.
func inGroups(s string) string {
	first := len(s)
	switch len(s) {
	case 7, 11:
		first = 3
	case 8:
		first = 4
	}
	said := digitwise(s[:first], true)
	for rest := s[first:]; rest != ""; rest = rest[min(4, len(rest)):] {
		said += "，" + digitwise(rest[:min(4, len(rest))], true)
	}
	return said
}

// cardinal reads a number with or without thousands marks and decimals. Numbers
// of a series (007, more than sixteen figures) are read one by one.
func cardinal(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), "，", "")
	whole, part, _ := strings.Cut(s, ".")
	if serial(s) && part == "" {
		return digitwise(whole, false)
	}
	part = strings.TrimRight(part, "0")
	said := integer(strings.TrimLeft(whole, "0"))
	if part != "" {
		said += "点" + digitwise(part, false)
	}
	return said
}

// serial reports whether figures are a number in a series and no quantity.
func serial(s string) bool {
	whole, _, _ := strings.Cut(strings.ReplaceAll(s, ",", ""), ".")
	return len(whole) > 2 && whole[0] == '0' || len(whole) > 16
}

func zeros(s string) bool { return strings.Trim(s, "0") == "" }

// integer reads a whole number of at most sixteen figures without zeros in front.
func integer(s string) string {
	if s == "" {
		return numerals[0]
	}
	var out strings.Builder
	groups := (len(s) + 3) / 4
	gap := false // a zero is to be said before the next figure
	for g := groups - 1; g >= 0; g-- {
		end := len(s) - 4*g
		group := s[max(0, end-4):end]
		if zeros(group) {
			gap = gap || out.Len() > 0
			continue
		}
		group = strings.Repeat("0", 4-len(group)) + group
		for i, r := range []byte(group) {
			if r == '0' {
				gap = gap || out.Len() > 0
				continue
			}
			if gap {
				out.WriteString("零")
				gap = false
			}
			n := numerals[r-'0']
			switch {
			case r == '2' && (i == 0 || i == 3 && g > 0 && zeros(group[:3])) && out.Len() == 0:
				n = "两" // 两千, 两万
			case r == '1' && i == 2 && out.Len() == 0:
				n = "" // 十二, not 一十二
			}
			out.WriteString(n + [4]string{"千", "百", "十", ""}[i])
		}
		gap = false // the next group says its own zeros
		switch {
		case g == 3 && zeros(s[max(0, end):end+4]):
			out.WriteString("万亿")
		default:
			out.WriteString([4]string{"", "万", "亿", "万"}[g])
		}
	}
	return out.String()
}

func intOf(n int) string { return strconv.Itoa(n) }

// clock reads a time of day: 九点, 十三点三十分, 九点零五分.
func clock(hour, minute string) string {
	said := cardinal(strings.TrimLeft(hour, "0"))
	if said == "二" {
		said = "两"
	}
	said += "点"
	switch {
	case minute == "00":
		return said
	case minute[0] == '0':
		return said + "零" + numerals[minute[1]-'0'] + "分"
	}
	return said + cardinal(minute) + "分"
}

// counted are the words before which two is 两.
const counted = "个件份人户年天种张项条次套台家处所位本页倍元吨公亩间栋辆名周批组口头只万亿米升克分平千毫厘小段样行"

// measured says 两 for a lone 二 before what is counted; not before 月, 日, 号 or
// 楼, which are names.
func measured(said, after string) string {
	after = strings.TrimLeft(after, " ")
	r, _ := utf8.DecodeRuneInString(after)
	switch {
	case said != "二":
	case strings.HasPrefix(after, "分之"), strings.HasPrefix(after, "年级"):
	case after != "" && strings.ContainsRune(counted, r):
		return "两"
	}
	return said
}
