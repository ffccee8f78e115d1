package playlist

import "strings"

// texts calls each with every text of the notice that a screen may draw and with
// the field that it is in.
func (n *Notice) texts(each func(field, text string)) {
	put := func(field, text string) {
		if text != "" {
			each(field, text)
		}
	}
	list := func(field string, of []string) {
		for i, s := range of {
			put(at(field, i), s)
		}
	}
	cells := func(field string, rows [][]string) {
		for i, row := range rows {
			list(at(field, i), row)
		}
	}
	put("title", n.Title)
	put("title_en", n.TitleEn)
	put("summary", n.Summary)
	put("led", n.LED)
	put("issuer", n.Issuer)
	put("index", n.Index)
	put("document", n.Document)
	put("hotline", n.Hotline)
	if n.Posting != nil {
		put("posting.objection", n.Posting.Objection)
	}
	for i, p := range n.Pictures {
		put(at("pictures", i)+".caption", p.Caption)
	}
	if a := n.Announcement; a != nil {
		put("announcement.genre", a.Genre)
		for i, b := range a.Blocks {
			put(at("announcement.blocks", i)+".text", b.Text)
			cells(at("announcement.blocks", i)+".rows", b.Rows)
		}
		put("announcement.sign", a.Sign)
	}
	if g := n.Guide; g != nil {
		put("guide.who", g.Who)
		list("guide.basis", g.Basis)
		list("guide.conditions", g.Conditions)
		put("guide.quota", g.Quota)
		for i, s := range g.Steps {
			put(at("guide.steps", i)+".name", s.Name)
			put(at("guide.steps", i)+".detail", s.Detail)
			put(at("guide.steps", i)+".limit", s.Limit)
		}
		put("guide.limit", g.Limit)
		put("guide.legal_limit", g.LegalLimit)
		for i, m := range g.Materials {
			put(at("guide.materials", i)+".name", m.Name)
			put(at("guide.materials", i)+".note", m.Note)
		}
		put("guide.fee", g.Fee)
		put("guide.place", g.Place)
		put("guide.hours", g.Hours)
		put("guide.phone", g.Phone)
		put("guide.complaint", g.Complaint)
		list("guide.tips", g.Tips)
	}
	if f := n.Fund; f != nil {
		put("fund.period", f.Period)
		put("fund.purpose", f.Purpose)
		put("fund.standard", f.Standard)
		for i, s := range f.Sources {
			put(at("fund.sources", i)+".name", s.Name)
		}
		for i, t := range f.Tables {
			field := at("fund.tables", i)
			put(field+".title", t.Title)
			for j, c := range t.Columns {
				put(at(field+".columns", j)+".name", c.Name)
				put(at(field+".columns", j)+".unit", c.Unit)
			}
			cells(field+".rows", t.Rows)
		}
		put("fund.approver", f.Approver)
		put("fund.status", f.Status)
	}
	if r := n.Roster; r != nil {
		put("roster.place", r.Place)
		put("roster.phone", r.Phone)
		for i, s := range r.Shifts {
			field := at("roster.shifts", i)
			put(field+".lead", s.Lead)
			put(field+".staff", s.Staff)
			put(field+".night", s.Night)
			put(field+".phone", s.Phone)
		}
		put("roster.note", r.Note)
	}
	if m := n.Media; m != nil {
		put("media.text", m.Text)
	}
	if a := n.Alert; a != nil {
		put("alert.type", a.Type)
		put("alert.area", a.Area)
		put("alert.action", a.Action)
		put("alert.measures", a.Measures)
		put("alert.detail", a.Detail)
	}
}

// PlainText returns every text of the notice that a screen may draw, one to a
// line, for search and for the check for missing glyphs.
func (n *Notice) PlainText() string {
	var b strings.Builder
	n.texts(func(_, text string) {
		b.WriteString(text)
		b.WriteByte('\n')
	})
	return b.String()
}
