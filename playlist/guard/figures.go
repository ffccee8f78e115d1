package guard

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

var wanYi = regexp.MustCompile(`万亿元?`)

// countWan counts how often a text speaks of 万元.
func countWan(text string) int { return strings.Count(text, "万元") }

// units finds 万亿, a million million, among lines in 万元: 「送戏下乡补贴4万亿」
// (DOMAIN B22).
func (in *inspector) units(field, text string) {
	for _, at := range wanYi.FindAllStringIndex(text, -1) {
		sev := playlist.Warning
		if in.wan > 0 || in.n.Fund != nil {
			sev = playlist.Doubt
		}
		in.add(sev, field, "unit", text, at[0], at[1],
			say("单位“万亿”与其余“万元”相差一亿倍", "万亿 is a hundred million times 万元, which stands elsewhere"),
			Fix{Label: "改为万元", LabelEn: "Change to 万元", Text: "万元"})
	}
}

// quantity is a number with its unit in a text.
type quantity struct {
	from, to int
	value    *big.Rat
	digits   string // as written, without thousands marks
	unit     string
}

const units = `人次|万元|亿元|公里|千米|平方米|立方米|万户|万人|万亩|元|件|人|户|个|项|条|次|起|宗|份|批|亩|吨|台|辆|所|村|名|例|家|场|处|期|套|座|头|只|株|盏`

var (
	quantities = regexp.MustCompile(`([0-9][0-9,]*(?:\.[0-9]+)?)\s?(` + units + `)`)
	percents   = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)\s?[%％]`)
	growth     = []string{"增长", "同比", "环比", "提高", "上升", "下降", "减少", "增加", "增幅", "降幅", "高于", "低于", "提升", "达产", "超额", "完成年度", "完成全年", "完成任务", "进度", "上浮", "下浮", "利率", "年化", "贴息"}
	shares     = []string{"占", "办结率", "合格率", "覆盖率", "参保率", "答复率", "到位率", "满意率", "达标率", "入学率", "公开率", "办理率", "签约率", "普及率", "就业率", "使用率", "绿化率", "出勤率", "投票率", "参会率", "完好率", "录取率", "接种率", "按时办结率"}
	ratios     = regexp.MustCompile(`(?:办结|完成|合格|参保|答复|到位|满意|办理|签约|接种|录取|出席|到会|投票|达标)率`)
	totals     = regexp.MustCompile(`(?:合计|总计|共计|总共|总数|一共|共有|共)[^0-9。；，、：:（()）]{0,6}$`)
	ofWhich    = regexp.MustCompile(`其中|包括|含`)
	partOf     = regexp.MustCompile(`(?:其中|已办结?|办结|已办理|已完成|已答复)[^0-9。；，]{0,10}$`)
	wholeOf    = regexp.MustCompile(`(?:受理|收到|接到|共有|共|应办|应到|总数|交办|登记)[^0-9。；，]{0,10}$`)
	levels     = regexp.MustCompile(`(?:中央|省级|市级|县级|区级|镇级|乡级|村级|上级|本级|自筹|省|市|县)[^0-9。；，、]{0,6}$`)
)

func parse(digits string) *big.Rat {
	v, ok := new(big.Rat).SetString(strings.ReplaceAll(digits, ",", ""))
	if !ok || len(digits) > 30 {
		return new(big.Rat)
	}
	return v
}

// sentence is a part of a text in which figures belong together.
type sentence struct {
	from, to int
}

func sentences(text string) []sentence {
	var out []sentence
	from := 0
	for i, r := range text {
		if r == '。' || r == '；' || r == '\n' || r == ';' {
			out = append(out, sentence{from, i})
			from = i + utf8.RuneLen(r)
		}
	}
	return append(out, sentence{from, len(text)})
}

func quantitiesIn(text string, s sentence) []quantity {
	var out []quantity
	for _, m := range quantities.FindAllStringSubmatchIndex(text[s.from:s.to], -1) {
		digits := text[s.from+m[2] : s.from+m[3]]
		out = append(out, quantity{s.from + m[0], s.from + m[1], parse(digits), digits, text[s.from+m[4] : s.from+m[5]]})
	}
	return out
}

// lead returns up to n characters of a sentence before a byte.
func lead(text string, s sentence, at, n int) string {
	from := at
	for ; n > 0 && from > s.from; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	return text[max(from, s.from):at]
}

// figures looks for shares of more than all, rates that do not follow from the
// numbers beside them, parts that are more than the whole, and sums that are not
// the sum of what is listed.
func (in *inspector) figures(field, text string) {
	if !strings.ContainsAny(text, "0123456789") {
		return
	}
	for _, s := range sentences(text) {
		all := quantitiesIn(text, s)
		in.rates(field, text, s, all)
		if len(all) >= 2 {
			in.parts(field, text, s, all)
			in.sums(field, text, s, all)
			in.split(field, text, s, all)
		}
	}
}

// rates checks percentages: none that says how much of something is more than
// all of it, and 办结率 is what is done by what came in (E24).
func (in *inspector) rates(field, text string, s sentence, all []quantity) {
	found := percents.FindAllStringSubmatchIndex(text[s.from:s.to], -1)
	for _, m := range found {
		from, to := s.from+m[0], s.from+m[1]
		digits := text[s.from+m[2] : s.from+m[3]]
		share := parse(digits)
		before := lead(text, s, from, 14)
		if i := strings.LastIndexAny(before, "，、,"); i >= 0 {
			before = before[i:]
		}
		if holds(before, growth...) {
			continue
		}
		if share.Cmp(big.NewRat(100, 1)) > 0 && holds(before, shares...) {
			in.add(playlist.Doubt, field, "percent", text, from, to, say(digits+"% 超过了 100%", digits+" per cent is more than all"))
			continue
		}
		if len(found) != 1 || !ratios.MatchString(before) {
			continue
		}
		var same []quantity
		for _, q := range all {
			if q.to <= from && (len(same) == 0 || q.unit == same[0].unit) {
				same = append(same, q)
			}
		}
		if len(same) == 2 {
			in.rate(field, text, from, s.from+m[3], digits, same)
		}
	}
}

func (in *inspector) rate(field, text string, from, to int, digits string, of []quantity) {
	part, all := of[0], of[1]
	if part.value.Cmp(all.value) > 0 {
		part, all = all, part
	}
	if all.value.Sign() == 0 {
		return
	}
	exact := new(big.Rat).Mul(new(big.Rat).Quo(part.value, all.value), big.NewRat(100, 1))
	_, decimals, _ := strings.Cut(digits, ".")
	rounded := exact.FloatString(len(decimals))
	diff := new(big.Rat).Sub(exact, parse(digits))
	unit := new(big.Rat).SetFrac64(1, tenTo(len(decimals)))
	if diff.Abs(diff).Cmp(unit) < 0 { // rounded or cut off
		return
	}
	in.add(playlist.Doubt, field, "rate", text, from, to,
		say(fmt.Sprintf("%s÷%s=%s%%，文中为 %s%%", part.digits, all.digits, rounded, digits), fmt.Sprintf("%s of %s is %s per cent, the text says %s", part.digits, all.digits, rounded, digits)),
		Fix{Label: "改为 " + rounded + "%", LabelEn: "Change to " + rounded + "%", Text: rounded})
}

func tenTo(n int) int64 {
	v := int64(1)
	for range min(n, 9) {
		v *= 10
	}
	return v
}

// parts checks that nothing is done more often than it came in: 受理100件，已办
// 结120件; 共100人，其中女120人.
func (in *inspector) parts(field, text string, s sentence, all []quantity) {
	for i, q := range all[1:] {
		whole := all[i]
		if q.unit != whole.unit || q.value.Cmp(whole.value) <= 0 {
			continue
		}
		between := text[whole.to:q.from]
		if strings.Count(between, "，")+strings.Count(between, "（")+strings.Count(between, ",") > 1 || !partOf.MatchString(between) || !wholeOf.MatchString(lead(text, s, whole.from, 14)) {
			continue
		}
		in.add(playlist.Doubt, field, "part", text, q.from, q.to,
			say(fmt.Sprintf("%s%s 是 %s%s 里的一部分，却比它多", q.digits, q.unit, whole.digits, whole.unit), fmt.Sprintf("%s is a part of %s and more than it", q.digits, whole.digits)))
	}
}

// sums checks 共250人次 against the numbers of the same unit that are listed
// before it.
func (in *inspector) sums(field, text string, s sentence, all []quantity) {
	for i, total := range all {
		if i < 2 || !totals.MatchString(lead(text, s, total.from, 12)) {
			continue
		}
		sum := new(big.Rat)
		n := 0
		first := s.to
		for j := i - 1; j >= 0 && all[j].unit == total.unit; j-- {
			sum.Add(sum, all[j].value)
			n++
			first = all[j].from
		}
		listed := text[min(first, total.from):total.from]
		if n < 2 || n != i || ofWhich.MatchString(listed) || totals.MatchString(lead(text, s, first, 12)) || holds(listed, "以上", "以下", "每", "至", "增", "减", "比", "人均", "户均", "标准", "不低于", "不超过", "累计") {
			continue
		}
		in.agree(field, text, total, sum)
	}
}

// split checks 313.4万元（其中省级10.4万元，中央303万元）: a sum that is split by
// where the money comes from is the sum of it (DOMAIN B21).
func (in *inspector) split(field, text string, s sentence, all []quantity) {
	for i, total := range all {
		rest := text[total.to:s.to]
		if !strings.HasPrefix(rest, "（其中") && !strings.HasPrefix(rest, "(其中") && !strings.HasPrefix(rest, "，其中") {
			continue
		}
		end := strings.IndexAny(rest, "）)")
		if end < 0 {
			end = len(rest)
		}
		sum, n := new(big.Rat), 0
		for _, q := range all[i+1:] {
			if q.to > total.to+end || q.unit != total.unit {
				break
			}
			if !levels.MatchString(lead(text, s, q.from, 12)) {
				n = 0
				break
			}
			sum.Add(sum, q.value)
			n++
		}
		if n >= 2 {
			in.agree(field, text, total, sum)
		}
	}
}

func (in *inspector) agree(field, text string, total quantity, sum *big.Rat) {
	if sum.Cmp(total.value) == 0 {
		return
	}
	_, decimals, _ := strings.Cut(total.digits, ".")
	written := sum.FloatString(max(len(decimals), decimalsOf(sum)))
	in.add(playlist.Doubt, field, "sum", text, total.from, total.to,
		say(fmt.Sprintf("所列各项相加是 %s%s，文中为 %s%s", written, total.unit, total.digits, total.unit), fmt.Sprintf("what is listed adds up to %s, the text says %s", written, total.digits)),
		Fix{Label: "改为 " + written + total.unit, LabelEn: "Change to " + written + total.unit, Text: written + total.unit})
}

func decimalsOf(v *big.Rat) int {
	for n := range 6 {
		if back := parse(v.FloatString(n)); back.Cmp(v) == 0 {
			return n
		}
	}
	return 6
}

var (
	landline = regexp.MustCompile(`(?:0[1-9][0-9]{1,2})[-－—]([0-9]+)`)
	short    = regexp.MustCompile(`(?:手机|电话|联系方式|热线|咨询)[^0-9，。；\n]{0,8}(1[3-9][0-9]+)`)
)

// telephones finds numbers with a digit too few or too many.
func (in *inspector) telephones(field, text string) {
	tell := func(from, to int, zh, en string) {
		in.add(playlist.Doubt, field, "phone", text, from, to, say(zh, en))
	}
	for _, m := range landline.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > 0 && text[m[0]-1] >= '0' && text[m[0]-1] <= '9' || field == "index" || field == "document" || field == "web" {
			continue
		}
		local := text[m[2]:m[3]]
		service := strings.HasPrefix(local, "1") && len(local) <= 6 || strings.HasPrefix(local, "9") && len(local) <= 6
		if n := len(local); !service && (n == 5 || n == 6 || n == 9) {
			tell(m[0], m[1], fmt.Sprintf("电话区号后有 %d 位数字，应为 7 或 8 位", n), fmt.Sprintf("%d digits follow the area code, 7 or 8 should", n))
		}
	}
	for _, m := range short.FindAllStringSubmatchIndex(text, -1) {
		rest := text[m[3]:]
		if n := m[3] - m[2]; (n == 10 || n == 12) && !strings.HasPrefix(rest, "*") && !strings.HasPrefix(rest, "-") {
			tell(m[2], m[3], fmt.Sprintf("手机号码有 %d 位，应为 11 位", n), fmt.Sprintf("the mobile number has %d digits, 11 it should have", n))
		}
	}
	if officePhone(field) && !slices.ContainsFunc(in.out, func(f Finding) bool { return f.Field == field && f.Code == "phone" }) {
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, text)
		if n := len(digits); digits == strings.TrimSpace(text) && (n == 9 || n == 10) && digits[0] == '1' {
			tell(0, len(text), fmt.Sprintf("手机号码有 %d 位，应为 11 位", n), fmt.Sprintf("the mobile number has %d digits, 11 it should have", n))
		}
	}
}
