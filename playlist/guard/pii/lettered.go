package pii

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	passport = regexp.MustCompile(`(?:E[A-HJ-NP-Z]|[EGDSPH])[0-9]{7,8}`)
	plate    = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\-\s]?(?:[DF][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9学挂港澳])`)
	digits   = regexp.MustCompile(`[0-9]`)
)

// lettered looks for numbers with letters: passports where the text says so,
// licence plates anywhere.
func (s *scanner) lettered() {
	if !strings.ContainsAny(s.text, "0123456789") {
		return
	}
	for _, at := range passport.FindAllStringIndex(s.text, -1) {
		n := at[1] - at[0]
		if n != 9 || !s.alone(at[0], at[1]) || !boundary(s.text, at[1]) || !has(s.before(at[0], 12), "护照", "通行证", "居住证") {
			continue
		}
		text := s.text[at[0]:at[1]]
		s.add(Match{Kind: Passport, From: at[0], To: at[1], Masked: text[:2] + "****" + text[6:], Sure: true})
	}
	for _, at := range plate.FindAllStringIndex(s.text, -1) {
		text := s.text[at[0]:at[1]]
		if !boundary(s.text, at[1]) || len(digits.FindAllString(text, -1)) < 3 {
			continue
		}
		_, n := utf8.DecodeRuneInString(text)
		last := text[len(text)-2:]
		if strings.ContainsAny(text, "学挂港澳") {
			last = text[len(text)-4:]
		}
		s.add(Match{Kind: Plate, From: at[0], To: at[1], Masked: text[:n+1] + "***" + last, Sure: true})
	}
}

// boundary reports whether no digit and no letter follows.
func boundary(text string, at int) bool {
	r, n := utf8.DecodeRuneInString(text[at:])
	if n == 0 {
		return true
	}
	_, ok := digit(r)
	return !ok && !letter(r)
}

// A home is a place that people live in and a detail from the group on that ends
// in a house, a room or a household.
const count = `(?:[0-9０-９]{1,5}|[一二三四五六七八九十百]{1,4})`

var home = regexp.MustCompile(`(?:村|社区|街道|路|街|巷|弄|大道|小区|花园|公寓|新村|苑|庄|屯|寨|湾)((?:\s?` + count + `(?:-[0-9]{1,4})?(?:村民小组|组|队|弄|号|幢|栋|楼|座|单元|区|排)){0,4}\s?` + count + `(?:-[0-9]{1,4}){0,2}(?:号楼|号|室|户))`)

var inhabited = regexp.MustCompile(`(?:幢|栋|号楼|座).{0,12}室|单元.{0,10}室`)

// homes looks for the addresses of people. The address of an office is public,
// so that something near it must speak of a person.
func (s *scanner) homes() {
	if !strings.ContainsAny(s.text, "号室户") {
		return
	}
	for _, at := range home.FindAllStringSubmatchIndex(s.text, -1) {
		from, to := at[2], at[3]
		detail := s.text[from:to]
		context := s.before(at[0], 24)
		if i := strings.LastIndexAny(context, "。；\n"); i >= 0 {
			context = context[i:]
		}
		office := has(context, "中心", "大厅", "窗口", "办公", "单位", "公司", "政府", "法院", "银行", "学校", "医院", "地点", "会议", "报名", "送至", "寄至")
		person := has(context, "住址", "家住", "现住", "居住地", "居住在", "住在", "户籍地", "户籍所在", "家庭地址", "户主", "本人", "系我村", "村民", "居民", "患者", "当事人", "申请人", "被征收人", "女，", "男，")
		if !s.where.Home && (!person || office) && (office || !inhabited.MatchString(detail)) {
			continue
		}
		for strings.HasPrefix(detail, " ") {
			detail, from = detail[1:], from+1
		}
		s.add(Match{Kind: Address, From: from, To: to, Sure: s.where.Home || person})
	}
}

// MaskName hides the middle of a person's name as offices do: 张*三, 王*.
func MaskName(name string) string {
	runes := []rune(strings.TrimSpace(name))
	switch n := len(runes); {
	case n < 2:
		return string(runes)
	case n == 2:
		return string(runes[:1]) + "*"
	case n == 4 && strings.Contains(compound, string(runes[:2])):
		return string(runes[:2]) + "*" + string(runes[3:])
	default:
		return string(runes[:1]) + strings.Repeat("*", n-2) + string(runes[n-1:])
	}
}

const compound = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 夏侯 长孙 宇文 端木 百里 南宫 西门 独孤 完颜"
