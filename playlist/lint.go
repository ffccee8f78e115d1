package playlist

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mingbai/playlist/guard/pii"
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

// personal looks for full numbers of identity cards, bank cards and mobile
// telephones. In tables of people they are always wrong; in running text a
// telephone may be an office's, which a person must say.
func (c *checker) personal(field, text string, table bool) {
	for _, m := range pii.Scan(text, pii.Where{People: table}) {
		sev := Wrong
		if !table && (m.Kind == pii.Mobile || !m.Sure) {
			sev = Doubt
		}
		switch m.Kind {
		case pii.Identity:
			c.add(sev, field, "identity", "含有完整的身份证号码，请隐去中间数字", "it has a full identity number; mask its middle")
		case pii.BankCard:
			c.add(sev, field, "bank_card", "含有完整的银行卡号，请只留后四位", "it has a full bank card number; leave its last four digits")
		case pii.Mobile:
			if field != "hotline" && !strings.HasSuffix(field, ".phone") && !strings.HasSuffix(field, ".complaint") {
				c.add(sev, field, "mobile", "含有完整的手机号码，请隐去中间四位；确为对外公布的电话，请说明", "it has a full mobile number; mask it unless it may be public")
			}
		}
	}
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
