package guard

import (
	"fmt"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/guard/pii"
)

// personal looks for people's data in a text. Full numbers of identity and bank
// cards never go out; a telephone may be an office's, so that a person decides.
func (in *inspector) personal(field, text string) {
	cell, table := tableCell(field)
	where := pii.Where{People: table && in.people}
	var column string
	if table {
		column = in.columnName(cell)
		where.Home = in.people && holds(column, "住址", "地址", "住所")
	}
	for _, m := range pii.Scan(text, where) {
		sev, w := judge(m, in.n.Sensitive)
		switch {
		case sev == "", m.Kind == pii.Mobile && officePhone(field):
			continue
		case where.People && m.Kind == pii.Mobile && !holds(column, "备注", "说明"), where.People && m.Kind == pii.BankCard:
			sev = playlist.Wrong
		}
		label := Fix{Label: "改为 " + m.Masked, LabelEn: "Mask: " + m.Masked, Text: m.Masked}
		if m.Kind == pii.Address {
			label = Fix{Label: "只留到村（社区）、街道", LabelEn: "Leave out the house", Text: ""}
		}
		in.add(sev, field, string(m.Kind), text, m.From, m.To, w, label)
	}
}

// judge says how grave a match is and how it is told.
func judge(m pii.Match, sensitive bool) (playlist.Severity, words) {
	switch m.Kind {
	case pii.Identity:
		if !m.Sure {
			return playlist.Doubt, say("疑似身份证号码（校验位不对或为旧号码），请核对并隐去中间数字", "it seems to be an identity number; mask its middle")
		}
		return playlist.Wrong, say("含有完整的身份证号码，请隐去中间数字", "it has a full identity number; mask its middle")
	case pii.BankCard:
		if !m.Sure {
			return playlist.Doubt, say("疑似银行卡号（校验位不对），请核对并只留后四位", "it seems to be a bank card number; leave its last four digits")
		}
		return playlist.Wrong, say("含有完整的银行卡号，请只留后四位", "it has a full bank card number; leave its last four digits")
	case pii.Mobile:
		return playlist.Doubt, say("含有完整的手机号码，请隐去中间四位；确为对外公布的电话，请说明", "it has a full mobile number; mask it unless it may be public")
	case pii.Address:
		return playlist.Doubt, say("含有个人住址的门牌号，请只公开到村（社区）、街道", "it has the address of somebody's home; leave out the house")
	case pii.Passport:
		return playlist.Doubt, say("含有完整的护照或通行证号码，请隐去中间数字", "it has a full passport number; mask its middle")
	case pii.Plate:
		if sensitive {
			return playlist.Doubt, say("含有完整的车牌号，请隐去中间几位", "it has a full licence plate; mask its middle")
		}
		return playlist.Warning, say("含有完整的车牌号，请确认可以公开", "it has a full licence plate; is it public?")
	}
	return "", words{}
}

// officePhone reports whether a field is the telephone of an office.
func officePhone(field string) bool {
	return field == "hotline" || strings.HasSuffix(field, ".phone") || strings.HasSuffix(field, ".complaint")
}

func holds(text string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// cell is a place in a table of a fund notice.
type cell struct{ table, row, col int }

func (c cell) field() string {
	return fmt.Sprintf("fund.tables[%d].rows[%d][%d]", c.table, c.row, c.col)
}

// tableCell reads the path of a cell.
func tableCell(field string) (cell, bool) {
	var c cell
	rest, ok := strings.CutPrefix(field, "fund.tables[")
	if !ok {
		return c, false
	}
	if c.table, rest, ok = number(rest, "].rows["); !ok {
		return c, false
	}
	if c.row, rest, ok = number(rest, "]["); !ok {
		return c, false
	}
	c.col, _, ok = number(rest, "]")
	return c, ok
}

// number reads digits that end in a mark.
func number(s, mark string) (int, string, bool) {
	digits, rest, ok := strings.Cut(s, mark)
	n := 0
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return 0, "", false
		}
		n = n*10 + int(d-'0')
	}
	return n, rest, ok && digits != ""
}

func (in *inspector) columnName(c cell) string {
	if t := in.n.Fund.Tables[c.table]; c.col < len(t.Columns) {
		return t.Columns[c.col].Name
	}
	return ""
}
