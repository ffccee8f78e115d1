package pii_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/playlist/guard/pii"
)

// maker makes numbers and what looks like them, always the same ones.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 7))} }

func (m maker) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + m.IntN(10)))
	}
	return b.String()
}

func (m maker) of(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) day() time.Time {
	return time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.IntN(365*95))
}

func (m maker) identity() string {
	s := m.of("330106", "110105", "620102", "440305", "510107", "650102", "120101", "130102") + m.day().Format("20060102") + m.digits(3)
	return s + string(pii.CheckDigit(s))
}

func (m maker) oldIdentity() string {
	day := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.IntN(365*60))
	return m.of("330106", "110105", "620102") + day.Format("060102") + m.digits(3)
}

func (m maker) card() string {
	body := m.of("6222", "6217", "6228", "6212", "6230", "6258") + m.digits(m.of2(11, 12, 14))
	for d := range 10 {
		if s := body + fmt.Sprint(d); pii.Luhn(s) {
			return s
		}
	}
	panic("every body has a check digit")
}

func (m maker) of2(list ...int) int { return list[m.IntN(len(list))] }

func (m maker) mobile() string {
	return m.of("130", "135", "138", "139", "147", "150", "157", "158", "166", "170", "176", "180", "188", "191", "199") + m.digits(8)
}

// wide writes digits in full width.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		if r == 'X' {
			return 'Ｘ'
		}
		return r
	}, s)
}

// grouped writes a number in groups with a mark between them.
func grouped(s, mark string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		n = min(n, len(s))
		parts = append(parts, s[:n])
		s = s[n:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, mark)
}

// written writes a number as people do.
func (m maker) written(s string, kind pii.Kind) string {
	switch m.IntN(6) {
	case 0:
		return wide(s)
	case 1:
		at := 1 + m.IntN(len(s)-2)
		return s[:at] + "\n" + s[at:]
	case 2, 3:
		mark := m.of(" ", "-", "　", " - ", "－")
		switch {
		case kind == pii.Mobile:
			return grouped(s, mark, 3, 4, 4)
		case kind == pii.BankCard:
			return grouped(s, mark, 4, 4, 4, 4)
		case len(s) == 18:
			return grouped(s, mark, 6, 8, 4)
		}
		return grouped(s, mark, 6, 6, 3)
	case 4:
		if strings.HasSuffix(s, "X") {
			return strings.ToLower(s)
		}
	}
	return s
}

// sentences into which numbers are put; %s is the number.
var around = []string{
	"经核查，张三（%s）符合救助条件，现予以公示。", "联系人王某，号码：%s。", "%s", "申请人信息如下：李四，%s，柳溪村第三村民小组。",
	"一、%s，金额1287.50元；二、其他。", "户主姓名 证件 %s 面积12.6亩", "2026年11月22日登记，%s为本人，共3户。", "请与%s联系（工作日8:30-17:30）。",
	"青农发〔2026〕41号文件中所列%s已核对。", "合计：1286.40万元、%s、22个村。", "1. %s\n2. 其余见附件", "备注:%s,以上属实",
}

// TestEveryNumberIsFound: ten thousand numbers in running text, each found with
// the span that it has.
func TestEveryNumberIsFound(t *testing.T) {
	m := newMaker(1)
	kinds := map[pii.Kind]int{}
	for i := range 10_000 {
		var number string
		var kind pii.Kind
		switch i % 3 {
		case 0:
			number, kind = m.identity(), pii.Identity
			if i%15 == 0 {
				number = m.oldIdentity()
			}
		case 1:
			number, kind = m.card(), pii.BankCard
		case 2:
			number, kind = m.mobile(), pii.Mobile
		}
		text, frame := m.written(number, kind), m.of(around...)
		if len(number) == 15 {
			frame = "公民身份号码：%s，住柳溪村"
		}
		before, after, _ := strings.Cut(frame, "%s")
		found := pii.Scan(before+text+after, pii.Where{})
		if len(found) != 1 || found[0].Kind != kind || found[0].From != len(before) || found[0].To != len(before)+len(text) {
			t.Fatalf("%d: %s %q in %q: found %+v, want [%d,%d)", i, kind, text, before+text+after, found, len(before), len(before)+len(text))
		}
		kinds[kind]++
		masked := before + found[0].Masked + after
		if again := pii.Scan(masked, pii.Where{}); len(again) != 0 {
			t.Fatalf("%d: masked as %q something is found still: %+v", i, masked, again)
		}
	}
	t.Logf("found: %v", kinds)
}

// lookalikes are numbers that a notice may have.
var lookalikes = []struct {
	name string
	make func(m maker) string
}{
	{"document", func(m maker) string {
		return fmt.Sprintf("根据青农发〔%d〕%d号、青政办函[2026]%s号文件", 2000+m.IntN(27), 1+m.IntN(400), m.digits(3))
	}},
	{"amount", func(m maker) string { return fmt.Sprintf("合计%d.%02d元", m.Int64N(99_999_999_999), m.IntN(100)) }},
	{"whole amount", func(m maker) string { return fmt.Sprintf("总投资1%d元", 1_000_000_000+m.Int64N(8_999_999_999)) }},
	{"grouped amount", func(m maker) string {
		return fmt.Sprintf("拨付 %d,%03d,%03d,%03d.00 元", 1+m.IntN(999), m.IntN(1000), m.IntN(1000), m.IntN(1000))
	}},
	{"date", func(m maker) string { return "时间：" + m.day().Format("2006年1月2日15:04:05") }},
	{"compact dates", func(m maker) string { return m.day().Format("20060102") + "-" + m.day().Format("20060102") }},
	{"stamp", func(m maker) string { return "打印时间" + m.day().Format("20060102150405") }},
	{"credit code", func(m maker) string {
		return "统一社会信用代码：" + m.credit(m.of("91", "92", "93")+"330106", "MA")
	}},
	{"credit code of digits", func(m maker) string {
		return "统一社会信用代码 " + m.credit(m.of("11", "12", "51", "54")+"330106", "")
	}},
	{"order", func(m maker) string { return "订单号" + m.day().Format("20060102") + m.digits(12) }},
	{"order of 18", func(m maker) string { return "编号：2026" + m.digits(14) }},
	{"order of 16", func(m maker) string { return "受理编号 2026" + m.digits(12) }},
	{"coordinates", func(m maker) string {
		return fmt.Sprintf("坐标 %d.%s，%d.%s", 100+m.IntN(30), m.digits(6+m.IntN(9)), 20+m.IntN(20), m.digits(6+m.IntN(9)))
	}},
	{"office telephone", func(m maker) string {
		return m.of("电话：0571-", "监督电话0000-", "咨询：010-", "（0579）") + m.digits(m.of2(7, 8))
	}},
	{"service line", func(m maker) string { return "拨打12345、12317或4008" + m.digits(6) }},
	{"index", func(m maker) string { return fmt.Sprintf("索引号 QH-0%s-%d-%s", m.digits(3), 2026, m.digits(4)) }},
	{"index of the standard", func(m maker) string {
		return "索引号：00" + m.digits(7) + "/2026-" + m.digits(5)
	}},
	{"table of numbers", func(m maker) string {
		return fmt.Sprintf("%d %d.%d 95.00 %d.50", m.IntN(99), m.IntN(99), m.IntN(9), m.IntN(9999))
	}},
	{"years and counts", func(m maker) string {
		return fmt.Sprintf("2024-2026年，共%d户%d人，补助%d元", m.IntN(9999), m.IntN(99999), m.IntN(9_999_999))
	}},
	{"masked identity", func(m maker) string { s := m.identity(); return s[:6] + "********" + s[14:] }},
	{"masked mobile", func(m maker) string { s := m.mobile(); return s[:3] + "****" + s[7:] }},
	{"tail of a card", func(m maker) string { return "卡号尾号" + m.digits(4) }},
	{"device", func(m maker) string { return "设备编号86" + m.digits(13) }},
	{"bar code", func(m maker) string { return "条码69" + m.digits(11) }},
	{"percent", func(m maker) string { return fmt.Sprintf("办结率%d.%s%%", m.IntN(100), m.digits(2)) }},
	{"plot", func(m maker) string {
		return fmt.Sprintf("宗地代码33%s%sJC%s", m.digits(4), m.digits(6), m.digits(5))
	}},
	{"digits too many", func(m maker) string { return "条目" + m.mobile() + m.mobile() }},
	{"wrong check digit", func(m maker) string {
		s := m.identity()
		return "流水号" + s[:17] + string("0123456789X"[(strings.IndexByte("0123456789X", s[17])+1+m.IntN(10))%11])
	}},
	{"standard", func(m maker) string {
		return fmt.Sprintf("GB/T %s-20%s、JTG D%s", m.digits(5), m.digits(2), m.digits(2))
	}},
	{"office address", func(m maker) string {
		return fmt.Sprintf("办理地点：青禾县政务服务中心（人民路%d号）%d号窗口", 1+m.IntN(300), 1+m.IntN(60))
	}},
	{"group of a village", func(m maker) string {
		return fmt.Sprintf("柳溪村第%d村民小组，%d户", 1+m.IntN(12), 1+m.IntN(60))
	}},
}

// credit makes a unified social credit code with the right check character.
func (m maker) credit(head, letters string) string {
	for {
		body := head + letters + m.digits(9-len(letters))
		for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
			if s := body + string(c); pii.CreditCode(s) && (letters != "" || c <= '9') {
				return s
			}
		}
	}
}

// TestNothingElseIsFound: ten thousand texts with what only looks like a
// person's number.
func TestNothingElseIsFound(t *testing.T) {
	m := newMaker(2)
	for i := range 10_000 {
		kind := lookalikes[i%len(lookalikes)]
		text := kind.make(m)
		if i%2 == 0 {
			text = strings.Replace(m.of(around...), "%s", text, 1)
		}
		if found := pii.Scan(text, pii.Where{}); len(found) != 0 {
			t.Errorf("%s: %q: found %+v (%q)", kind.name, text, found, text[found[0].From:found[0].To])
		}
	}
}

func TestFinds(t *testing.T) {
	for _, c := range []struct {
		text   string
		where  pii.Where
		found  string // what is between the span's ends, "" for nothing
		masked string
		kind   pii.Kind
	}{
		{text: "公民身份号码11010519491231002X。", found: "11010519491231002X", masked: "110105********002X", kind: pii.Identity},
		{text: "110105 19491231 002X", found: "110105 19491231 002X", masked: "110105********002X", kind: pii.Identity},
		{text: "身份证110105194912310021", found: "110105194912310021", masked: "110105********0021", kind: pii.Identity}, // a slip of the pen
		{text: "流水110105194912310021"},
		{text: "张*山 330102195203041234", where: pii.Where{People: true}, found: "330102195203041234", masked: "330102********1234", kind: pii.Identity},
		{text: "110105194902300021"}, // 30 February
		{text: "+86 138-1234-5678", found: "138-1234-5678", masked: "138****5678", kind: pii.Mobile},
		{text: "8613812345678", found: "8613812345678", masked: "138****5678", kind: pii.Mobile},
		{text: "手机13812345678/13912345679", found: "13812345678", masked: "138****5678", kind: pii.Mobile},
		{text: "电话0571-88123456"},
		{text: "12912345678"},
		{text: "卡号 6222 0202 0011 2233 446", found: "6222 0202 0011 2233 446", masked: "***************3446", kind: pii.BankCard},
		{text: "6222020200112233446", found: "6222020200112233446", masked: "***************3446", kind: pii.BankCard},
		{text: "6222020200112233447"},
		{text: "统一社会信用代码：91330106MA2AKKKK0R"},
		{text: "护照E12345678", found: "E12345678", masked: "E1****678", kind: pii.Passport},
		{text: "型号E12345678"},
		{text: "车牌浙A12345", found: "浙A12345", masked: "浙A***45", kind: pii.Plate},
		{text: "浙AD12345", found: "浙AD12345", masked: "浙A***45", kind: pii.Plate},
		{text: "户主张三，家住柳溪村3组12号。", found: "3组12号", masked: "", kind: pii.Address},
		{text: "望川社区幸福路18号2幢1单元301室", found: "18号2幢1单元301室", masked: "", kind: pii.Address},
		{text: "地点：人民路18号2幢301室（县人社局会议室）"},
		{text: "柳溪村12号", where: pii.Where{Home: true}, found: "12号", masked: "", kind: pii.Address},
	} {
		found := pii.Scan(c.text, c.where)
		if c.found == "" {
			if len(found) != 0 {
				t.Errorf("%q: found %+v, want nothing", c.text, found)
			}
			continue
		}
		if len(found) == 0 {
			t.Errorf("%q: nothing is found, want %q", c.text, c.found)
			continue
		}
		if got := c.text[found[0].From:found[0].To]; got != c.found || found[0].Masked != c.masked || found[0].Kind != c.kind {
			t.Errorf("%q: found %s %q masked %q, want %s %q masked %q", c.text, found[0].Kind, got, found[0].Masked, c.kind, c.found, c.masked)
		}
	}
}

func TestIdentityNumbers(t *testing.T) {
	for s, want := range map[string]bool{
		"11010519491231002X": true, "110105194912310020": false, "11010519491331002X": false, "440524188001010014": true,
		"110101199003077758": true, "110101199003077759": false, "1101011990030777": false,
	} {
		if found := pii.Scan(s, pii.Where{}); (len(found) == 1 && found[0].Kind == pii.Identity) != want {
			t.Errorf("%s: %+v", s, found)
		}
	}
}

func TestMaskName(t *testing.T) {
	for name, want := range map[string]string{"张三": "张*", "张小三": "张*三", "欧阳小红": "欧阳*红", "张": "张", "阿卜杜拉": "阿**拉"} {
		if got := pii.MaskName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// FuzzScan: spans are in order, apart, on borders of characters, and what is
// masked is gone.
func FuzzScan(f *testing.F) {
	m := newMaker(3)
	for _, l := range lookalikes {
		f.Add(l.make(m) + m.identity() + m.card())
	}
	f.Add("１１０１０５ １９４９１２３１ ００２Ｘ")
	f.Add("家住柳溪村3组12号\u200b138 0013 8000")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, found := range pii.Scan(text, pii.Where{}) {
			if found.From < end || found.To <= found.From || found.To > len(text) {
				t.Fatalf("%q: span [%d,%d) after %d", text, found.From, found.To, end)
			}
			if utf8.ValidString(text) && (!utf8.ValidString(text[found.From:found.To]) || !utf8.RuneStart(text[found.From])) {
				t.Fatalf("%q: the span [%d,%d) cuts a character", text, found.From, found.To)
			}
			end = found.To
			masked := text[:found.From] + found.Masked + text[found.To:]
			for _, again := range pii.Scan(masked, pii.Where{}) {
				if again.Kind == found.Kind && again.From == found.From {
					t.Fatalf("%q: masked as %q it is found again", text, masked)
				}
			}
		}
	})
}
