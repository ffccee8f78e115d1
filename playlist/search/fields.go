package search

import (
	"unicode/utf8"

	"mingbai/playlist"
)

// What a snippet is from.
const (
	WhereIssuer   = "部门"
	WhereColumn   = "栏目"
	WhereEnglish  = "英文"
	WhereSummary  = "摘要"
	WhereText     = "正文"
	WhereWho      = "申请条件"
	WhereMaterial = "材料"
	WhereStep     = "流程"
	WhereFee      = "收费"
	WherePlace    = "地点"
	WhereTable    = "明细"
	WherePurpose  = "用途"
	WhereCaption  = "图片"
	WhereBasis    = "依据"
	WhereNumber   = "文号"
	WhereIndex    = "索引号"
	WherePhone    = "电话"
	WhereDuty     = "值班"
)

// maxBody is how many bytes of a notice's texts count: 2,000 Han characters.
const maxBody = 6000

// texts calls yield with the texts of a notice beside title, issuer and column,
// the most telling first, until it returns false.
func texts(n *playlist.Notice, yield func(where, text string) bool) {
	put := func(where string, of ...string) bool {
		for _, text := range of {
			if text != "" && !yield(where, text) {
				return false
			}
		}
		return true
	}
	ok := put(WhereSummary, n.Summary)
	if a := n.Announcement; a != nil {
		for i := 0; ok && i < len(a.Blocks); i++ {
			ok = put(WhereText, a.Blocks[i].Text)
			for j := 0; ok && j < len(a.Blocks[i].Rows); j++ {
				ok = put(WhereTable, a.Blocks[i].Rows[j]...)
			}
		}
		ok = ok && put(WhereIssuer, a.Sign)
	}
	if g := n.Guide; ok && g != nil {
		ok = guideTexts(g, put)
	}
	if f := n.Fund; ok && f != nil {
		ok = fundTexts(f, put)
	}
	if r := n.Roster; ok && r != nil {
		ok = rosterTexts(r, put)
	}
	if m := n.Media; ok && m != nil {
		ok = put(WhereText, m.Text)
	}
	for i := 0; ok && i < len(n.Pictures); i++ {
		ok = put(WhereCaption, n.Pictures[i].Caption)
	}
	if p := n.Posting; ok && p != nil {
		put(WhereText, p.Objection)
	}
}

func guideTexts(g *playlist.Guide, put func(where string, of ...string) bool) bool {
	if !put(WhereWho, g.Who) || !put(WhereWho, g.Conditions...) {
		return false
	}
	for _, m := range g.Materials {
		if !put(WhereMaterial, m.Name, m.Note) {
			return false
		}
	}
	for _, s := range g.Steps {
		if !put(WhereStep, s.Name, s.Detail, s.Limit) {
			return false
		}
	}
	return put(WhereStep, g.Limit, g.LegalLimit) && put(WhereFee, g.Fee) && put(WherePlace, g.Place, g.Hours) &&
		put(WhereText, g.Tips...) && put(WhereWho, g.Quota) && put(WhereBasis, g.Basis...)
}

func fundTexts(f *playlist.Fund, put func(where string, of ...string) bool) bool {
	if !put(WherePurpose, f.Purpose, f.Standard, f.Period) {
		return false
	}
	for _, s := range f.Sources {
		if !put(WherePurpose, s.Name) {
			return false
		}
	}
	for _, t := range f.Tables {
		if !put(WhereTable, t.Title) {
			return false
		}
		for _, c := range t.Columns {
			if !put(WhereTable, c.Name) {
				return false
			}
		}
		for _, row := range t.Rows {
			if !put(WhereTable, row...) {
				return false
			}
		}
	}
	return put(WhereText, f.Approver, f.Status)
}

// rosterTexts are place and note, then the people by day.
func rosterTexts(r *playlist.Roster, put func(where string, of ...string) bool) bool {
	if !put(WherePlace, r.Place) || !put(WhereText, r.Note) {
		return false
	}
	for _, s := range r.Shifts {
		if !put(WhereDuty, s.Lead, s.Staff, s.Night) {
			return false
		}
	}
	return true
}

// body calls yield with the texts that count: of the last, no more than is left
// of maxBody.
func body(n *playlist.Notice, yield func(where, text string) bool) {
	left := maxBody
	texts(n, func(where, text string) bool {
		if len(text) > left {
			for left > 0 && !utf8.RuneStart(text[left]) {
				left--
			}
			text = text[:left]
		}
		left -= len(text)
		return text != "" && yield(where, text)
	})
}

// numbers calls yield with the numbers of a notice that people type as they
// stand, dashes and brackets left out.
func numbers(n *playlist.Notice, yield func(where, text string) bool) {
	put := func(where, text string) bool { return text == "" || yield(where, text) }
	ok := put(WherePhone, n.Hotline) && put(WhereNumber, n.Document) && put(WhereIndex, n.Index)
	if r := n.Roster; ok && r != nil {
		ok = put(WherePhone, r.Phone)
	}
	if g := n.Guide; ok && g != nil {
		_ = put(WherePhone, g.Phone) && put(WherePhone, g.Complaint)
	}
}

// group is a place in Result.Groups.
type group uint8

const (
	guides group = iota
	funds
	announcements
	groups
)

func groupOf(k playlist.Kind) group {
	switch k {
	case playlist.KindGuide:
		return guides
	case playlist.KindFund:
		return funds
	}
	return announcements
}

var kindsOf = [groups][]playlist.Kind{
	guides:        {playlist.KindGuide},
	funds:         {playlist.KindFund},
	announcements: {playlist.KindAnnouncement, playlist.KindMedia, playlist.KindRoster},
}
