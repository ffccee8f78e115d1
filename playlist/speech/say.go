package speech

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Spoken writes a text as it is read aloud in Mandarin: figures, dates, times,
// money, ranges, shares, document numbers and telephone numbers in characters,
// brackets and dashes as pauses. What it does not know it leaves as it is.
func Spoken(text string) string {
	text = narrow(text)
	var out strings.Builder
	for at := 0; at < len(text); {
		if said, n := figure(text, at); n > 0 {
			out.WriteString(said)
			at += n
			continue
		}
		r, n := utf8.DecodeRuneInString(text[at:])
		if said, ok := between(r, text[:at], text[at+n:]); ok {
			out.WriteString(said)
		} else {
			out.WriteString(sign(r))
		}
		at += n
	}
	return tidy(out.String())
}

// narrow turns full-width figures and signs between figures into the usual ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= 'Ａ' && r <= 'Ｚ':
			return r - 'Ａ' + 'A'
		case r == '％':
			return '%'
		case r == '．':
			return '.'
		case r == '／':
			return '/'
		case r == '－', r == '‐', r == '‑':
			return '-'
		case r == '\u00a0', r == '\u3000':
			return ' '
		}
		return r
	}, s)
}

// number is a figure with or without thousands marks and decimals.
const number = `((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)`

// to are the signs that stand between the ends of a range.
const to = `\s*(?:—{1,2}|–|-|~|～|至|到)\s*`

// rule reads one form of figure. Its expression must match from where the text
// is; before is the text that precedes it.
type rule struct {
	expr *regexp.Regexp
	say  func(m []string, before string) string // empty when it is something else after all
}

func form(expr string, say func(m []string, before string) string) rule {
	return rule{regexp.MustCompile(`^(?:` + expr + `)`), say}
}

// rules are in the order in which they are tried: what is longer and more certain
// comes first.
var rules = []rule{
	// 〔2026〕41号
	form(`[〔\[［（(](\d{4})[〕\]］）)]\s*(?:第)?(\d{1,5})\s*号`, func(m []string, _ string) string {
		return "，" + digitwise(m[1], false) + "，" + cardinal(m[2]) + "号"
	}),
	// 2026-11-19, 2026/11/19, 2026.11.19
	form(`((?:19|20)\d\d)([-/.])(\d{1,2})([-/.])(\d{1,2})`, func(m []string, _ string) string {
		if m[2] != m[4] || len(m[3]) == 2 && m[3] > "12" || len(m[5]) == 2 && m[5] > "31" {
			return ""
		}
		return digitwise(m[1], false) + "年" + cardinal(m[3]) + "月" + cardinal(m[5]) + "日"
	}),
	// 2024—2026年
	form(`((?:19|20)\d\d)`+to+`((?:19|20)\d\d)\s*(年度?)`, func(m []string, _ string) string {
		return digitwise(m[1], false) + "到" + digitwise(m[2], false) + m[3]
	}),
	// 2026年
	form(`((?:19|20)\d\d)\s*(年)`, func(m []string, _ string) string { return digitwise(m[1], false) + m[2] }),
	// 9:00—12:00
	form(`(\d{1,2})[:：]([0-5]\d)`+to+`(\d{1,2})[:：]([0-5]\d)`, func(m []string, _ string) string {
		return clock(m[1], m[2]) + "到" + clock(m[3], m[4])
	}),
	form(`(\d{1,2})[:：]([0-5]\d)`, func(m []string, _ string) string { return clock(m[1], m[2]) }),
	// 3301****1234, 138****5678
	form(`(\d*)([*＊×]{2,})(\d*)`, func(m []string, _ string) string {
		if m[1] == "" && m[3] == "" {
			return ""
		}
		return digitwise(m[1], true) + "，隐去" + measured(integer(intOf(utf8.RuneCountInString(m[2]))), "位") + "位，" + digitwise(m[3], true)
	}),
	// 0000-6210345, 400-800-1234
	form(`(\d{3,4})-(\d{7,8}|\d{3,4}-\d{4})(?:-(\d{1,4}))?`, func(m []string, _ string) string {
		said := digitwise(m[1], true) + "，" + inGroups(strings.ReplaceAll(m[2], "-", ""))
		if m[3] != "" {
			said += "，转" + digitwise(m[3], true)
		}
		return said
	}),
	// 13800000000
	form(`(1[3-9]\d)(\d{4})(\d{4})\b`, func(m []string, _ string) string {
		return digitwise(m[1], true) + "，" + digitwise(m[2], true) + "，" + digitwise(m[3], true)
	}),
	// 12345 after 拨打, 热线, 电话
	form(`\d{3,12}`, func(m []string, before string) string {
		if calls.MatchString(before) {
			return inGroups(m[0])
		}
		return ""
	}),
	// 第3/7个工作日
	form(`第\s*(\d+)\s*/\s*(\d+)\s*(个?工作日|天|日|页|条|张|行)`, func(m []string, _ string) string {
		unit := strings.TrimPrefix(m[3], "个")
		each := "个"
		if utf8.RuneCountInString(unit) == 1 {
			each = ""
		}
		return "第" + cardinal(m[1]) + each + unit + "，共" + measured(cardinal(m[2]), each+unit) + each + unit
	}),
	// 第3, 第 12
	form(`第\s*(\d{1,6})`, func(m []string, _ string) string { return "第" + cardinal(m[1]) }),
	// 30%—50%, 30—50%
	form(number+`%?`+to+number+`%`, func(m []string, _ string) string {
		return "百分之" + cardinal(m[1]) + "到百分之" + cardinal(m[2])
	}),
	form(number+`\s*%`, func(m []string, _ string) string { return "百分之" + cardinal(m[1]) }),
	form(number+`\s*‰`, func(m []string, _ string) string { return "千分之" + cardinal(m[1]) }),
	// ¥300
	form(`[¥￥]\s*`+number+`\s*(万|亿)?元?`, func(m []string, _ string) string {
		return measured(cardinal(m[1]), m[2]+"元") + m[2] + "元"
	}),
	// 1/2 that is no date and no number of a series
	form(`(\d{1,2})/(\d{1,3})`, func(m []string, _ string) string {
		if zeros(m[1]) || zeros(m[2]) {
			return ""
		}
		return cardinal(m[2]) + "分之" + cardinal(m[1])
	}),
	// 10—20人
	form(number+to+number, func(m []string, before string) string {
		if serial(m[1]) || serial(m[2]) {
			return ""
		}
		return signed(before) + cardinal(m[1]) + "到" + cardinal(m[2])
	}),
	// QH-0701-2026-0143, A4: letters with figures
	form(`[A-Za-z]+(?:-?\d+)+`, func(m []string, _ string) string {
		var said strings.Builder
		for _, r := range m[0] {
			switch {
			case r == '-':
				said.WriteString("，")
			case r >= '0' && r <= '9':
				said.WriteString(digitwise(string(r), false))
			default:
				said.WriteRune(r)
			}
		}
		return said.String()
	}),
	// 35kg, 120 m², 38℃
	form(number+`\s*(℃|m²|㎡|kW·h|(?:°C|m2|km|kg|cm|mm|kWh|kW|ml|m|g|t|L)\b)`, func(m []string, before string) string {
		name, known := units[m[2]]
		if !known {
			return ""
		}
		if below := signed(before); below != "" && name == "摄氏度" {
			return "零下" + cardinal(m[1]) + name
		}
		return measured(cardinal(m[1]), name) + name
	}),
	// everything else: 1,286.40 万元, 2个
	form(number+`(\s*)`, func(m []string, before string) string {
		return signed(before) + cardinal(m[1])
	}),
}

// calls is what stands before a number that is dialled.
var calls = regexp.MustCompile(`(?:电话|热线|拨打|请拨|致电|手机|传真|(?:投诉|咨询|监督|值班|求助)[：: ])[号码为是：: ]{0,4}(?:\d{3,12}[、/或 ]+)*$`)

var units = map[string]string{
	"℃": "摄氏度", "°C": "摄氏度", "m²": "平方米", "㎡": "平方米", "m2": "平方米", "km": "公里", "kg": "公斤", "cm": "厘米",
	"mm": "毫米", "kW·h": "千瓦时", "kWh": "千瓦时", "kW": "千瓦", "m": "米", "g": "克", "t": "吨", "L": "升", "ml": "毫升",
}

// figure reads the figure that the text has at a place, and returns how many
// bytes it took; 0 when there is none.
func figure(text string, at int) (said string, n int) {
	rest := text[at:]
	if first, _ := utf8.DecodeRuneInString(rest); !begins(first) {
		return "", 0
	}
	before := text[max(0, at-60):at]
	for _, r := range rules {
		m := r.expr.FindStringSubmatch(rest)
		if m == nil {
			continue
		}
		if said := r.say(m, before); said != "" {
			return withMeasure(said, rest[len(m[0]):]), len(m[0])
		}
	}
	return "", 0
}

// begins reports whether a figure may begin with the character, so that ordinary
// text is not held against every rule.
func begins(r rune) bool {
	return r >= '0' && r <= '9' || r < unicode.MaxASCII && unicode.IsLetter(r) || strings.ContainsRune("〔[［（(第¥￥*＊×", r)
}

// withMeasure says 两 for 二 before what is counted.
func withMeasure(said, after string) string {
	if said != "二" {
		return said
	}
	return measured(said, after)
}

// signed says the minus before a figure.
func signed(before string) string {
	if strings.HasSuffix(before, "-") || strings.HasSuffix(before, "−") {
		head := strings.TrimRight(before, "-−")
		if r, _ := utf8.DecodeLastRuneInString(head); head == "" || !unicode.IsDigit(r) && !unicode.IsLetter(r) {
			return "负"
		}
	}
	return ""
}

// perUnit is a rate up to its stroke, as in 80元/件 and 300元/人·月.
var (
	perUnit = regexp.MustCompile(`\d\s*[万亿]?(?:元|分|斤|公斤|吨|度|次|人|户|件|亩|米|立方米|平方米)$`)
	perMore = regexp.MustCompile(`\d\s*[万亿]?\p{Han}{1,3}/\p{Han}{1,3}$`)
)

// between reads a sign by what stands on both sides of it.
func between(r rune, before, after string) (string, bool) {
	if r != '/' && r != '·' && r != '×' && r != '*' {
		return "", false
	}
	before = before[max(0, len(before)-40):]
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, " "))
	switch {
	case r == '/' && unicode.Is(unicode.Han, next) && perUnit.MatchString(before):
		return "每", true
	case (r == '·' || r == '/') && unicode.Is(unicode.Han, next) && perMore.MatchString(before):
		return "每", true
	case (r == '×' || r == '*') && unicode.IsDigit(last) && unicode.IsDigit(next):
		return "乘", true
	}
	return "", false
}

// sign says what a sign that is not part of a figure says: most are a pause.
func sign(r rune) string {
	switch r {
	case '《', '》', '“', '”', '‘', '’', '「', '」', '『', '』', '"', '\'', '〈', '〉':
		return ""
	case '（', '）', '(', ')', '[', ']', '〔', '〕', '【', '】', '—', '–', '…', '：', ':', '·', '/', '|', '\n', '\t', '\r', '~', '～', '-', '−', '─', '、', ',':
		return "，"
	case ';':
		return "；"
	case '*', '＊', '×', '✕':
		return "某" // 张*三
	case '〇', '○':
		return "零" // 二〇二六
	case '＋', '+':
		return "加"
	case '＝', '=':
		return "等于"
	case '≥':
		return "不少于"
	case '≤':
		return "不超过"
	case '＞', '>':
		return "大于"
	case '＜', '<':
		return "小于"
	case '±':
		return "正负"
	case '℃':
		return "摄氏度"
	case '㎡':
		return "平方米"
	case '&', '＆':
		return "和"
	case '→':
		return "到"
	}
	if r >= '①' && r <= '⑳' {
		return cardinal(intOf(int(r-'①')+1)) + "，"
	}
	if unicode.IsControl(r) || unicode.In(r, unicode.So, unicode.Co, unicode.Cf) {
		return ""
	}
	return string(r)
}

var (
	pauses   = regexp.MustCompile(`[，；\s]*，[，；\s]*`)
	stopped  = regexp.MustCompile(`，*([。！？；!?])[，。；]*`)
	hanSpace = regexp.MustCompile(`([\p{Han}，。；！？])\s+|\s+([\p{Han}，。；！？])`)
)

// tidy makes one pause of several and takes the blanks out between characters.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "每，", "每")
	s = hanSpace.ReplaceAllString(s, "$1$2")
	s = pauses.ReplaceAllString(s, "，")
	s = stopped.ReplaceAllString(s, "$1")
	return strings.Trim(strings.TrimSpace(s), "，；")
}
