package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// acceptanceRecord is one acceptance on paper.
type acceptanceRecord struct {
	frame
	Screen, Name, SiteName, Place, KindName, Size string
	Device, Program                               string
	Started, Finished, By                         string
	Passed, Open                                  bool
	Rows                                          []tryRow
	Failed, Skipped                               int
	Printed                                       string
	Tend                                          bool
	Others                                        []option // other records of the screen
}

// showAcceptanceRecord shows a record, to be read and printed.
func showAcceptanceRecord(v *visit) error {
	row, err := v.named()
	if err != nil {
		return err
	}
	a, err := v.Store.Acceptance(v.ctx, v.r.PathValue("acceptance"))
	if err != nil {
		return err
	}
	if a.Screen != row.ID {
		return store.ErrNotFound
	}
	full := func(t interface{ Format(string) string }) string { return t.Format("2006-01-02 15:04") }
	p := acceptanceRecord{
		frame: v.page(v.t("“%s”验收记录", row.Name)), Screen: string(row.ID), Name: row.Name, SiteName: v.siteName(row.Site), Place: row.Place,
		KindName: v.screenKind(row.Kind), Size: panelText(row.Panel), Device: a.Device, Program: a.Program, Started: full(v.local(a.Started)),
		By: v.personName(a.By), Open: a.Finished.IsZero(), Passed: a.Passed, Rows: v.tryRows(a), Printed: full(v.local(v.Now())), Tend: v.may(tends, row.Site),
	}
	if !p.Open {
		p.Finished, p.By = full(v.local(a.Finished)), v.personName(a.EndedBy)
	}
	for _, one := range a.Steps {
		switch one.Verdict {
		case store.Failed:
			p.Failed++
		case store.Skipped:
			p.Skipped++
		}
	}
	all, err := v.Store.AcceptancesOf(v.ctx, row.ID, 20)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != a.ID && !o.Finished.IsZero() {
			p.Others = append(p.Others, option{Value: "/screens/" + p.Screen + "/acceptance/" + o.ID, Label: full(v.local(o.Finished))})
		}
	}
	return v.show("acceptancepaper", p)
}

type acceptancesPage struct {
	frame
	Query, Which string
	Tabs         []option // value is the address
	Rows         []acceptanceRow
	Total        int
	First, Last  int
	Earlier      string
	Later        string
}

type acceptanceRow struct {
	ID                        playlist.ScreenID
	Name, SiteName, Kind      string
	Result, Tone, When, Since string
	Link, Deed                string
	Online                    bool
}

// How far the acceptance of a screen is.
const (
	acceptNone   = "none"
	acceptOpen   = "open"
	acceptFailed = "failed"
	acceptPassed = "passed"
)

// listAcceptances lists screens with a device by how far their acceptance is, those
// without one first.
func listAcceptances(v *visit) error {
	p := acceptancesPage{frame: v.page(v.t("验收")), Query: v.query("q"), Which: v.query("which")}
	if !slices.Contains([]string{acceptNone, acceptOpen, acceptFailed, acceptPassed}, p.Which) {
		p.Which = acceptNone
	}
	states, err := v.Fleet.List(v.ctx)
	if err != nil {
		return err
	}
	last, err := v.Store.LastAcceptances(v.ctx)
	if err != nil {
		return err
	}
	of := make(map[playlist.ScreenID]store.Acceptance, len(last))
	for _, a := range last {
		of[a.Screen] = a
	}
	counts := map[string]int{}
	var rows []acceptanceRow
	for _, s := range states {
		if !s.Paired() {
			continue
		}
		a, known := of[s.ID]
		which := acceptancePhase(a, known, s)
		counts[which]++
		if which != p.Which || !contains(p.Query, s.Name, string(s.ID), v.siteName(s.Site), s.Place) {
			continue
		}
		r := acceptanceRow{ID: s.ID, Name: s.Name, SiteName: v.siteName(s.Site), Kind: v.screenKind(s.Kind) + " " + panelText(s.Panel), Online: s.Online, Since: v.clock(s.Enrolled)}
		here := "/screens/" + string(s.ID) + "/acceptance"
		r.Result, r.Tone = v.acceptanceWords(which)
		switch which {
		case acceptPassed, acceptFailed:
			r.When, r.Link, r.Deed = v.clock(a.Finished), here+"/"+a.ID, v.t("看记录")
		case acceptOpen:
			r.When = v.clock(a.Started)
		}
		if r.Link == "" && v.may(tends, s.Site) {
			r.Link, r.Deed = here, v.t("去验收")
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b acceptanceRow) int { return strings.Compare(a.SiteName+a.Name, b.SiteName+b.Name) })
	at := func(which string, n int) string {
		q := url.Values{"which": {which}}
		if p.Query != "" {
			q.Set("q", p.Query)
		}
		if n > 0 {
			q.Set("from", strconv.Itoa(n))
		}
		return "/screens/acceptances?" + q.Encode()
	}
	for _, w := range []string{acceptNone, acceptOpen, acceptFailed, acceptPassed} {
		text, _ := v.acceptanceWords(w)
		p.Tabs = append(p.Tabs, option{Value: at(w, 0), Label: text + " " + strconv.Itoa(counts[w]), Chosen: w == p.Which})
	}
	p.Total = len(rows)
	from := min(v.count("from", 1<<20), max(len(rows)-1, 0))
	p.Rows = rows[from:min(from+perPage, len(rows))]
	p.First, p.Last = from+1, from+len(p.Rows)
	if from > 0 {
		p.Earlier = at(p.Which, max(from-perPage, 0))
	}
	if p.Last < p.Total {
		p.Later = at(p.Which, p.Last)
	}
	return v.show("acceptances", p)
}

// acceptancePhase is how far the acceptance of a screen is: that of another device
// is none.
func acceptancePhase(a store.Acceptance, known bool, s *fleet.State) string {
	switch {
	case !known:
		return acceptNone
	case a.Finished.IsZero():
		return acceptOpen
	case a.Device != fleet.Fingerprint(s.Key):
		return acceptNone
	case !a.Passed:
		return acceptFailed
	}
	return acceptPassed
}

func (v *visit) acceptanceWords(which string) (text, tone string) {
	switch which {
	case acceptOpen:
		return v.t("正在验收"), "warn"
	case acceptFailed:
		return v.t("验收不通过"), "bad"
	case acceptPassed:
		return v.t("通过验收"), "good"
	}
	return v.t("未验收"), "warn"
}
