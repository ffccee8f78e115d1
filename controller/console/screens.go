package console

import (
	"cmp"
	"slices"

	"mingbai/controller/fleet"
	"mingbai/playlist"
)

// maxRows bounds the screens of one page; searching finds the others.
const maxRows = 300

type screensPage struct {
	frame
	Query, Only string
	Live        screenList
	Towns       []option // to narrow by part of the county
	Tend        bool
}

// screenList is the part of the page that is refreshed.
type screenList struct {
	Total, Fine, Away, Other, Pending int
	Incident                          *incident
	Rows                              []screenRow
	More                              int // screens that the page leaves out
	Waiting                           int // devices that show a code
	Tend                              bool
}

// incident is the site with the most screens offline.
type incident struct {
	Text, Detail, Call string
	Site               string
}

type screenRow struct {
	fleet.State
	KindName, Size, SiteName, Parent  string
	Title, Cause, Next, Tone, Showing string
	ShowingNotice                     playlist.NoticeID
	Behind                            int
	Seen                              string
	Load                              string
	Search                            string // what the filter looks into
	Filter                            string // the kinds of filter that it passes
}

// order is how bad a condition is.
var order = map[fleet.Condition]int{
	fleet.Offline: 0, fleet.Refusing: 1, fleet.Ailing: 2, fleet.Behind: 3, fleet.Fine: 4, fleet.Pending: 5,
}

func tone(c fleet.Condition) string {
	switch c {
	case fleet.Offline, fleet.Refusing:
		return "bad"
	case fleet.Behind, fleet.Ailing:
		return "warn"
	case fleet.Fine:
		return "good"
	}
	return "quiet"
}

func listScreens(v *visit) error {
	p := screensPage{frame: v.page(v.t("全部屏幕")), Query: v.query("q"), Only: v.query("only"), Tend: v.has(tends)}
	var err error
	if p.Live, err = v.screenList(); err != nil {
		return err
	}
	tree, err := v.sites()
	if err != nil {
		return err
	}
	for _, s := range tree.Sites() {
		if s.Kind == playlist.Town {
			p.Towns = append(p.Towns, option{Value: "site-" + string(s.ID), Label: v.siteLabel(s)})
		}
	}
	return v.show("screens", p)
}

func liveScreens(v *visit) error {
	list, err := v.screenList()
	if err != nil {
		return err
	}
	return v.part("screens", "live", list)
}

func (v *visit) screenList() (screenList, error) {
	out := screenList{Tend: v.has(tends), Waiting: len(v.Fleet.Waiting())}
	states, err := v.Fleet.List(v.ctx)
	if err != nil {
		return out, err
	}
	slices.SortStableFunc(states, func(a, b fleet.State) int { return cmp.Compare(order[a.Condition], order[b.Condition]) })
	away := map[playlist.SiteID][]fleet.State{}
	words := v.query("q")
	for _, s := range states {
		out.Total++
		switch s.Condition {
		case fleet.Fine:
			out.Fine++
		case fleet.Offline:
			out.Away++
			away[s.Site] = append(away[s.Site], s)
		case fleet.Pending:
			out.Pending++
		default:
			out.Other++
		}
		if len(out.Rows) >= maxRows {
			out.More++
			continue
		}
		row := v.screenRow(s)
		if contains(words, row.Search) {
			out.Rows = append(out.Rows, row)
		}
	}
	out.Incident = v.incident(away)
	return out, nil
}

// incident speaks of the site with the most screens offline, the longest one
// first among equals.
func (v *visit) incident(away map[playlist.SiteID][]fleet.State) *incident {
	var worst []fleet.State
	for _, group := range away {
		if len(group) > len(worst) || len(group) == len(worst) && group[0].Since.Before(worst[0].Since) {
			worst = group
		}
	}
	if len(worst) == 0 {
		return nil
	}
	first := slices.MinFunc(worst, func(a, b fleet.State) int { return a.Since.Compare(b.Since) })
	i := &incident{
		Text:   v.t("%s：%d 块屏幕离线 %s", v.siteName(first.Site), len(worst), v.span(v.Now().Sub(first.Since))),
		Detail: v.t("屏幕仍在显示断线前的内容（截至 %s）。请先看电源和网线。", v.clock(first.Since)),
		Site:   "site-" + string(first.Site),
	}
	if tree, err := v.sites(); err == nil {
		for _, s := range tree.Path(first.Site) {
			if s.Duty != "" || s.Hotline != "" {
				i.Call = v.t("联系：%s", cmp.Or(s.Duty, s.Hotline))
				break
			}
		}
	}
	return i
}

func (v *visit) screenRow(s fleet.State) screenRow {
	r := screenRow{
		State: s, KindName: v.screenKind(s.Kind), SiteName: v.siteName(s.Site),
		Title: v.said(s.Title), Cause: v.said(s.Cause), Next: v.said(s.Next), Tone: tone(s.Condition),
		Seen: v.ago(cmp.Or(s.Seen, s.Since)),
	}
	if s.Condition == fleet.Pending {
		r.Cause = "" // that it has no device is what to do about it
	}
	r.Size = panelText(s.Panel)
	r.Behind = behind(s)
	if s.Report != nil {
		r.Showing, r.ShowingNotice = v.showing(s)
		r.Load = v.load(s)
	}
	filter := "kind-" + string(s.Kind)
	if s.Condition != fleet.Fine && s.Condition != fleet.Pending {
		filter += " trouble"
	}
	if tree, err := v.sites(); err == nil {
		for i, site := range tree.Path(s.Site) {
			filter += " site-" + string(site.ID)
			if i == 1 {
				r.Parent = v.siteLabel(site)
			}
		}
	}
	r.Filter = filter
	r.Search = s.Name + " " + string(s.ID) + " " + r.SiteName + " " + r.Parent + " " + s.Place + " " + r.Title + " " + r.Cause + " " + r.KindName + " " + r.Size
	return r
}

// behind counts the editions that a screen does not have yet.
func behind(s fleet.State) int {
	n := 0
	for ch, want := range s.Desired {
		if have := s.Reported[ch]; have < want {
			n += int(want - have)
		}
	}
	return n
}

func (v *visit) screenKind(k playlist.ScreenKind) string {
	if k == playlist.LED {
		return v.t("LED 屏")
	}
	return v.t("触摸屏")
}

// showing says what is on the display, with the notice if it is one.
func (v *visit) showing(s fleet.State) (string, playlist.NoticeID) {
	show := s.Report.Showing
	if show.Notice != "" {
		if row, err := v.Store.Notice(v.ctx, show.Notice); err == nil {
			return row.Title, row.ID
		}
		return string(show.Notice), ""
	}
	switch show.Page {
	case "home":
		return v.t("首页（有人在用）"), ""
	case "column":
		return v.t("栏目（有人在用）"), ""
	case "pairing":
		return v.t("配对码"), ""
	case "fallback":
		return v.t("本站名片（没有可播的内容）"), ""
	case "identify":
		return v.t("识别画面"), ""
	case "dark":
		return v.t("熄屏时段"), ""
	}
	return show.Page, ""
}

// load is processor and temperature in a few characters.
func (v *visit) load(s fleet.State) string {
	m := s.Report.Vitals
	text := v.t("CPU %d%%", int(m.CPU+0.5))
	if m.Temperature > 0 {
		text += v.t(" · %d℃", int(m.Temperature+0.5))
	}
	return text
}
