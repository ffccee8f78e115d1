package sheet

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/configs/plain"
)

// Meaning is what a column holds.
type Meaning string

// The meanings of a column.
const (
	Plain     Meaning = ""          // text of which nothing is known
	Serial    Meaning = "serial"    // 序号
	Name      Meaning = "name"      // of a person
	Village   Meaning = "village"   // 村（社区）, and groups of it
	Household Meaning = "household" // 户号
	ID        Meaning = "id"        // 身份证号
	Phone     Meaning = "phone"
	Card      Meaning = "card"     // 银行卡号, 一卡通
	Dwelling  Meaning = "address"  // 住址
	Item      Meaning = "item"     // 项目
	Source    Meaning = "source"   // 资金来源
	Quantity  Meaning = "quantity" // 面积、人数、户数
	Rate      Meaning = "rate"     // 标准、单价
	Amount    Meaning = "amount"   // of money
	UnitOf    Meaning = "unit"     // 单位: 元, 万元
	Status    Meaning = "status"   // 已拨、未拨
	Reason    Meaning = "reason"   // 原因、备注、用途
	Day       Meaning = "date"
	Figure    Meaning = "number" // numbers of which no more is known
)

// Private reports whether a column of the meaning has no place on a public
// screen (L22): it is masked or left out.
func (m Meaning) Private() bool {
	return m == ID || m == Phone || m == Card || m == Dwelling
}

// heads are the words that head columns, the longer before the shorter where one
// is part of the other.
var heads = []struct {
	meaning Meaning
	words   *regexp.Regexp
}{
	{Serial, regexp.MustCompile(`^(序号|编号|序|号|No\.?|NO\.?|#|行号)$`)},
	{ID, regexp.MustCompile(`身份证|证件号|公民身份|身份号`)},
	{Card, regexp.MustCompile(`银行|卡号|账号|帐号|账户|帐户|一卡通|存折|社保卡`)},
	{Phone, regexp.MustCompile(`电话|手机|联系方式|联系号码|号码$`)},
	{Dwelling, regexp.MustCompile(`住址|地址|家庭住|门牌|居住地`)},
	{Household, regexp.MustCompile(`户号|户编号|户口本|农户编码|户编码|承包合同|户代码`)},
	{Day, regexp.MustCompile(`日期|时间|年月|月份$|^(月|日)$|出生`)},
	{Rate, regexp.MustCompile(`标准|单价|每亩|每人|每户|每股|每季|每月|元/|比例|费率|占比`)},
	{Quantity, regexp.MustCompile(`面积|亩数|人数|户数|数量|人次|人口|股数|株数|头数|只数|件数|里程|个数|天数|月数|份数|台数`)},
	{Status, regexp.MustCompile(`状态|进度|是否|情况$|拨付情况|结果`)},
	{UnitOf, regexp.MustCompile(`^(计量)?单位$`)},
	{Amount, regexp.MustCompile(`金额|资金|补助|补贴|补偿|款|收入|支出|合计|总额|小计|余额|分红|发放|应发|实发|经费|预算|决算|工资|低保金|奖金|费用?$|元$|价款`)},
	{Reason, regexp.MustCompile(`原因|事由|备注|说明|用途|去向|理由|内容|变动`)},
	{Source, regexp.MustCompile(`来源|级次|渠道`)},
	{Item, regexp.MustCompile(`项目|事项|名目|科目|档次|类别|品种|名称|种类`)},
	{Village, regexp.MustCompile(`村|社区|居委|乡镇|镇街|街道|组别|村组|小组|^组$|所在地|行政区|单位名称`)},
	{Name, regexp.MustCompile(`姓名|户主|对象|人员|申请人|领款人|受益人|名字|补贴人|承包方|代表$`)},
}

// people are headings that name a person although they have another word in them.
var people = regexp.MustCompile(`^(补[贴助](对象|人)?姓名|(补[贴助]|领[取款]|发放|受益|救助|保障|享受)(对象|人员?|户)|.{0,8}(姓名|户主).{0,6})$`)

// headingMeaning guesses from the heading alone.
func headingMeaning(heading string) Meaning {
	h := bareHeading(heading)
	if h == "" || utf8.RuneCountInString(h) > 30 {
		return Plain
	}
	last := h // the last line of several says most
	if at := strings.LastIndex(h, "/"); at >= 0 && at < len(h)-1 && !strings.HasSuffix(h[:at], "元") {
		last = h[at+1:]
	}
	for _, s := range []string{last, h} {
		if people.MatchString(s) {
			return Name
		}
		for _, k := range heads {
			if k.words.MatchString(s) {
				return k.meaning
			}
		}
	}
	return Plain
}

// bareHeading drops what does not tell headings apart: spaces, ends of lines,
// widths of brackets.
func bareHeading(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '（':
			return '('
		case '）':
			return ')'
		case ' ', '\t', '\n', '\r', '\u00a0', '\u3000', '\u200b', '\ufeff', '*':
			return -1
		}
		return r
	}, plain.Narrow(s))
}

var unitBehind = regexp.MustCompile(`^(.+?)\s*(?:[（(\[【]\s*(?:单位[：:]\s*)?([^（()）\[\]【】]{1,10})\s*[）)\]】]|[/／:：]\s*([^/／（(]{1,6}))\s*$`)

// splitUnit parts 金额（万元） and 面积/亩 into name and unit.
func splitUnit(heading string) (name, unit string) {
	h := plain.Tidy(strings.ReplaceAll(heading, "\n", ""))
	m := unitBehind.FindStringSubmatch(h)
	if m == nil {
		return h, ""
	}
	if unit = m[2] + m[3]; !isUnit(unit) {
		return h, ""
	}
	return plain.Tidy(m[1]), plain.Tidy(unit)
}

var unitWord = regexp.MustCompile(`^(千|百|十|万|亿|万亿)?(元|亩|户|人|人次|个|公斤|千克|斤|吨|公里|千米|米|平方米|㎡|立方米|株|头|只|件|份|台|套|次|天|月|年|股|棵|处|座|场|名|公顷|%|％)(/(千|百|十|万)?[\p{Han}]{1,4}([·.][\p{Han}]{1,3})?)?$|^(万|亿|万亿)$`)

func isUnit(s string) bool { return unitWord.MatchString(strings.TrimSpace(s)) }

// sampled is how many rows are looked at to learn what a column holds.
const sampled = 400

// columns names the columns and guesses what they hold.
func (f *finder) columns(t *Table) {
	for c := range f.width {
		heading := f.joinHeading(t.Heading, c)
		found := f.contents(t.Rows, c)
		if heading == "" && found.cells == 0 {
			continue
		}
		col := Column{Index: c, Heading: heading}
		col.Name, col.Unit = splitUnit(heading)
		byName := headingMeaning(col.Name)
		if byName == Plain && col.Unit != "" {
			byName = headingMeaning(heading)
		}
		col.Meaning, col.Sure = found.judge(byName, col.Unit)
		if col.Meaning == Amount && col.Unit == "" && (isMoney(t.Unit)) {
			col.Unit = t.Unit
		}
		t.Columns = append(t.Columns, col)
	}
}

func isMoney(unit string) bool {
	return strings.HasSuffix(unit, "元") || unit == "万" || unit == "万亿"
}

// joinHeading joins the lines of a heading over a column, with what groups say.
func (f *finder) joinHeading(rows []int, c int) string {
	var parts []string
	for _, r := range rows {
		cell := f.sheet.At(r, c)
		if cell.Kind == Empty {
			if m, ok := f.cover(r, c); ok {
				cell = f.sheet.At(m.Row, m.Col)
			}
		}
		text := strings.ReplaceAll(cell.Text, "\n", "")
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "/")
}

// found is what the cells of a column look like.
type found struct {
	cells, texts, numbers, dates     int
	ids, phones, cards, names, units int
	serial                           bool
}

var (
	idLike    = regexp.MustCompile(`^\d{6}[\d*xX·]{8,11}[\dxX*]$`)
	phoneLike = regexp.MustCompile(`^1[3-9][\d*]{9}$|^0\d{2,3}-?\d{7,8}$`)
	cardLike  = regexp.MustCompile(`^[3-9]\d{15,18}$|^6[\d*]{15,18}$`)
	nameLike  = regexp.MustCompile(`^\p{Han}[\p{Han}*＊×某○·]{1,3}$`)
)

func (f *finder) contents(rows []int, c int) found {
	out := found{serial: true}
	next := 0
	for i, r := range rows {
		if i >= sampled {
			break
		}
		cell := f.sheet.At(r, c)
		if cell.Kind == Empty {
			continue
		}
		out.cells++
		text := strings.ReplaceAll(cell.Text, " ", "")
		digits := text
		if cell.Kind == Number {
			digits = cell.Number
		}
		switch {
		case idLike.MatchString(digits) && (len(digits) == 18 || len(digits) == 15):
			out.ids++
		case phoneLike.MatchString(digits):
			out.phones++
		case cardLike.MatchString(digits):
			out.cards++
		case cell.Kind == Date:
			out.dates++
		case cell.Number != "":
			out.numbers++
		default:
			out.texts++
			if nameLike.MatchString(text) {
				out.names++
			}
			if isUnit(text) {
				out.units++
			}
		}
		n, ok := small(cell.Number)
		if !ok || next > 0 && n != next && n != next+1 && n != 1 {
			out.serial = false
		}
		next = n + 1
	}
	return out
}

func small(s string) (int, bool) {
	if s == "" || len(s) > 5 {
		return 0, false
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

// judge weighs the heading against the contents. Numbers of persons are believed
// whatever stands above them: what is taken for text is shown to everybody.
func (f found) judge(byName Meaning, unit string) (m Meaning, sure bool) {
	most := func(n int) bool { return f.cells > 0 && n*10 >= f.cells*6 }
	switch {
	case most(f.ids):
		return ID, true
	case most(f.cards) && byName != Household:
		return Card, byName == Card
	case most(f.phones):
		return Phone, true
	case byName == Serial:
		return Serial, f.serial
	case most(f.dates):
		return Day, true
	}
	numeric := most(f.numbers)
	switch byName {
	case Amount, Quantity, Rate:
		if f.cells == 0 || numeric {
			if byName == Quantity && isMoney(unit) {
				return Amount, false
			}
			return byName, f.cells > 0
		}
		if byName == Amount && f.cells > 0 {
			return Plain, false // 补贴 above texts: a kind, not an amount
		}
		return byName, false
	case Plain:
		switch {
		case numeric && isMoney(unit) && !strings.Contains(unit, "/"):
			return Amount, true
		case numeric && strings.Contains(unit, "元/"):
			return Rate, true
		case numeric && unit != "":
			return Quantity, true
		case f.serial && f.cells > 2:
			return Serial, false
		case numeric:
			return Figure, true
		case most(f.units):
			return UnitOf, false
		case most(f.names) && f.cells > 2:
			return Name, false
		}
		return Plain, false
	case Name:
		return Name, f.cells == 0 || most(f.names)
	}
	return byName, true
}
