package console

import (
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"mingbai/controller/store"
)

const maxReason = 200

type retirePage struct {
	frame
	Screen, Name, SiteName string
	Reason, Problem        string
	Online                 bool
	Rows                   uint64 // of display that stay
}

type retiredPage struct {
	frame
	Query       string
	Rows        []retiredRow
	Total       int
	First, Last int
	Earlier     string
	Later       string
}

type retiredRow struct {
	store.Retired
	KindName, Size, SiteName, When string
	Tend                           bool
}

func (v *visit) retirePage() (retirePage, error) {
	row, err := v.tended()
	if err != nil {
		return retirePage{}, err
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return retirePage{}, err
	}
	return retirePage{
		frame: v.page(v.t("停用“%s”", s.Name)), Screen: string(s.ID), Name: s.Name, SiteName: v.siteName(s.Site), Online: s.Online, Rows: s.LedgerSeq,
	}, nil
}

func retireForm(v *visit) error {
	p, err := v.retirePage()
	if err != nil {
		return err
	}
	return v.show("retire", p)
}

// retireScreen takes a screen out of service. Why it went is asked for: years
// later somebody looks at a proof of display and wonders where it is.
func retireScreen(v *visit) error {
	p, err := v.retirePage()
	if err != nil {
		return err
	}
	p.Reason = v.form("reason")
	switch n := utf8.RuneCountInString(p.Reason); {
	case n == 0:
		p.Problem = v.t("请写明为什么停用")
	case n > maxReason:
		p.Problem = v.t("最多 %d 个字", maxReason)
	}
	if p.Problem != "" {
		return v.showAs(http.StatusUnprocessableEntity, "retire", p)
	}
	row, err := v.tended()
	if err != nil {
		return err
	}
	if err := v.Fleet.Retire(v.ctx, v.person.Login, row.ID, p.Reason); err != nil {
		return err
	}
	return v.to("/screens/retired", "done", "retired")
}

// listRetired lists the screens that are out of service, with the way back.
func listRetired(v *visit) error {
	p := retiredPage{frame: v.page(v.t("停用的屏幕")), Query: v.query("q")}
	all, err := v.Store.Retired(v.ctx)
	if err != nil {
		return err
	}
	var rows []retiredRow
	for _, r := range all {
		row := retiredRow{
			Retired: r, KindName: v.screenKind(r.Screen.Kind), Size: panelText(r.Screen.Panel), SiteName: v.siteName(r.Screen.Site),
			When: v.clock(r.At), Tend: v.may(tends, r.Screen.Site),
		}
		if contains(p.Query, r.Screen.Name, string(r.Screen.ID), row.SiteName, r.Screen.Place, r.Reason) {
			rows = append(rows, row)
		}
	}
	p.Total = len(rows)
	from := min(v.count("from", 1<<20), max(len(rows)-1, 0))
	p.Rows = rows[from:min(from+perPage, len(rows))]
	p.First, p.Last = from+1, from+len(p.Rows)
	at := func(n int) string {
		return "/screens/retired?" + url.Values{"q": {p.Query}, "from": {strconv.Itoa(n)}}.Encode()
	}
	if from > 0 {
		p.Earlier = at(max(from-perPage, 0))
	}
	if p.Last < p.Total {
		p.Later = at(p.Last)
	}
	return v.show("retired", p)
}
