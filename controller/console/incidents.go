package console

import (
	"cmp"
	"slices"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// incidentsShown is how many lines stand above the list of screens at most.
const incidentsShown = 3

// incidents puts above the list what several screens share: the open warnings of
// that sort, or, as long as there are none, the site with the most screens offline.
// What one screen has stands in its row, and the worst rows come first.
func (v *visit) incidents(t *overviewTop, away map[playlist.SiteID][]*enrolment, sees map[playlist.SiteID]bool) error {
	open, err := v.openWarnings(sees)
	if err != nil {
		return err
	}
	var grave []store.Warning
	for _, w := range open {
		if strings.HasPrefix(w.Scope, siteScope) && w.Kind == string(fleet.SignOffline) {
			t.Lines++
		}
		if len(w.Screens) > 1 || w.Kind == string(fleet.SignOverload) {
			grave = append(grave, w)
		}
	}
	slices.SortStableFunc(grave, func(a, b store.Warning) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(len(b.Screens), len(a.Screens)), a.Opened.Compare(b.Opened))
	})
	for i, w := range grave {
		if i == incidentsShown {
			break
		}
		row := v.warningRow(w)
		one := incident{Text: v.t("%s，已经 %s", row.Title, row.Since), Detail: row.Cause, Call: row.Call, Tone: row.Tone}
		if w.Kind == string(fleet.SignVolume) { // whose title does not name the place
			one.Text = v.t("%s：%s，已经 %s", row.SiteName, row.Title, row.Since)
		}
		if v.has(watches) {
			one.Path = "/warnings/" + w.ID
		}
		t.Incidents = append(t.Incidents, one)
	}
	if v.has(watches) {
		t.More = len(open) - len(t.Incidents)
	}
	if len(grave) > 0 {
		return nil
	}
	if one := v.largest(away); one != nil {
		t.Incidents = []incident{*one}
	}
	return nil
}

// largest speaks of the site with the most screens offline, the longest one
// first among equals.
func (v *visit) largest(away map[playlist.SiteID][]*enrolment) *incident {
	var worst []*enrolment
	for _, group := range away {
		if len(group) > len(worst) || len(group) == len(worst) && group[0].Since < worst[0].Since {
			worst = group
		}
	}
	if len(worst) == 0 {
		return nil
	}
	first := slices.MinFunc(worst, func(a, b *enrolment) int { return cmp.Compare(a.Since, b.Since) })
	since := unix(first.Since)
	return &incident{
		Text:   v.t("%s：%d 块屏幕离线 %s", v.siteName(first.Site), len(worst), v.span(v.Now().Sub(since))),
		Detail: v.t("屏幕仍在显示断线前的内容（截至 %s）。请先看电源和网线。", v.clock(since)),
		Call:   v.call(first.Site), Tone: "bad", Path: sift{Site: first.Site, Only: onlyTrouble}.path(),
	}
}

// call is whom to telephone about a site: its duty or hotline, or that of the
// next one above that has one.
func (v *visit) call(site playlist.SiteID) string {
	tree, err := v.sites()
	if err != nil {
		return ""
	}
	for _, s := range tree.Path(site) {
		if s.Duty != "" || s.Hotline != "" {
			return v.t("电话：%s", strings.TrimSpace(s.Duty+" "+s.Hotline))
		}
	}
	return ""
}
