package console

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// warning is the form of an alert, as it was typed.
type warning struct {
	Once                    string
	Site, Type, Colour      string
	Title, Area, Action     string
	Measures, Detail, Phone string
	Hours                   string
	Exercise                bool
}

type alertsPage struct {
	frame
	Active   []activeAlert
	Form     warning
	Sites    []option
	Colours  []option
	Hours    []option
	Types    []string
	Problems map[string][]finding
	Wrong    int
	Previews []preview
	Raise    bool
}

type activeAlert struct {
	ID                  playlist.NoticeID
	Title, Colour       string
	Band                string // 暴雨红色预警
	SiteName, Since     string
	Until, Area, Action string
	Exercise, Lifted    bool
	Screens             int
	CanLift             bool
	Once                string
}

var (
	alertTypes = []string{"暴雨", "台风", "山洪", "大风", "高温", "寒潮", "暴雪", "道路结冰", "大雾", "森林火险", "地质灾害", "停水", "停电"}
	alertHours = []int{1, 2, 3, 6, 12, 24}
)

func (v *visit) colourName(c playlist.AlertColour) string {
	switch c {
	case playlist.Red:
		return v.t("红色预警")
	case playlist.Orange:
		return v.t("橙色预警")
	case playlist.Yellow:
		return v.t("黄色预警")
	case playlist.Blue:
		return v.t("蓝色预警")
	}
	return string(c)
}

func (v *visit) warning() warning {
	return warning{
		Once: v.form("once"), Site: v.form("site"), Type: v.form("type"), Colour: v.form("colour"), Title: v.form("title"), Area: v.form("area"),
		Action: v.form("action"), Measures: v.form("measures"), Detail: v.form("detail"), Phone: v.form("phone"), Hours: v.form("hours"), Exercise: v.form("exercise") != "",
	}
}

// request reads the form. What was left out takes the obvious.
func (v *visit) request(f warning) publish.AlertRequest {
	hours, _ := strconv.Atoi(f.Hours) // 0 is refused with the others
	now := v.Now()
	q := publish.AlertRequest{
		Site: playlist.SiteID(f.Site), Title: f.Title, Hotline: f.Phone, Until: now.Add(time.Duration(hours) * time.Hour),
		Alert: playlist.Alert{
			Type: f.Type, Colour: playlist.AlertColour(f.Colour), Area: f.Area, Action: f.Action, Measures: f.Measures, Detail: f.Detail,
			Start: now.UTC(), Exercise: f.Exercise,
		},
	}
	if tree, err := v.sites(); err == nil {
		if site, err := tree.Site(q.Site); err == nil {
			q.Issuer = site.Name
			q.Alert.Area = cmp.Or(q.Alert.Area, site.Name)
			q.Hotline = cmp.Or(q.Hotline, site.Hotline)
		}
	}
	if q.Title == "" && f.Type != "" {
		q.Title = q.Issuer + "发布" + f.Type + chinese.say(map[string]string{"red": "红色预警", "orange": "橙色预警", "yellow": "黄色预警", "blue": "蓝色预警"}[f.Colour])
	}
	return q
}

// draft is the notice that a request will become, for checks and previews.
func draft(q publish.AlertRequest) playlist.Notice {
	alert := q.Alert
	return playlist.Notice{
		Kind: playlist.KindAlert, Site: q.Site, Title: q.Title, Issuer: q.Issuer, Hotline: q.Hotline, NotAfter: q.Until.UTC(), Alert: &alert,
	}
}

// alertField maps the fields of an alert to those of the form.
var alertField = map[string]string{
	"alert.type": "type", "alert.colour": "colour", "alert.area": "area", "alert.action": "action", "alert.measures": "measures",
	"alert.detail": "detail", "not_after": "hours", "until": "hours", "hotline": "phone", "site": "site", "title": "title",
}

func (v *visit) alertFindings(problems []playlist.Problem) (map[string][]finding, int) {
	out, wrong := map[string][]finding{}, 0
	for _, p := range problems {
		field := cmp.Or(alertField[p.Field], "title")
		if field == "title" && p.Code == "required" && len(problems) > 1 {
			continue // it is made of what the others ask for
		}
		out[field] = append(out[field], finding{Text: v.problem(p), Stop: p.Severity == playlist.Wrong})
		if p.Severity == playlist.Wrong {
			wrong++
		}
	}
	return out, wrong
}

func (v *visit) alertsPage(f warning) (alertsPage, error) {
	p := alertsPage{frame: v.page(v.t("预警")), Form: f, Types: alertTypes, Raise: v.has(releases)}
	active, err := v.Desk.ActiveAlerts(v.ctx)
	if err != nil {
		return p, err
	}
	tree, err := v.sites()
	if err != nil {
		return p, err
	}
	screens, err := v.Store.Screens(v.ctx)
	if err != nil {
		return p, err
	}
	for _, a := range active {
		b := a.Body
		row := activeAlert{
			ID: b.ID, Title: b.Title, Colour: string(b.Alert.Colour), Band: b.Alert.Type + v.colourName(b.Alert.Colour),
			SiteName: v.siteName(b.Site), Since: v.clock(b.Alert.Start), Until: v.clock(b.NotAfter), Area: b.Alert.Area, Action: b.Alert.Action,
			Exercise: b.Alert.Exercise, Lifted: b.Alert.Lifted, CanLift: !b.Alert.Lifted && v.may(releases, b.Site), Once: newOnce(),
		}
		for _, s := range screens {
			for _, id := range tree.PathIDs(s.Site) {
				if id == b.Site {
					row.Screens++
				}
			}
		}
		p.Active = append(p.Active, row)
	}
	sites, err := v.own()
	if err != nil {
		return p, err
	}
	p.Sites = v.siteOptions(sites, playlist.SiteID(f.Site))
	for _, c := range []playlist.AlertColour{playlist.Red, playlist.Orange, playlist.Yellow, playlist.Blue} {
		p.Colours = append(p.Colours, option{Value: string(c), Label: v.colourName(c), Chosen: string(c) == f.Colour})
	}
	for _, h := range alertHours {
		p.Hours = append(p.Hours, option{Value: strconv.Itoa(h), Label: v.t("%d 小时", h), Chosen: strconv.Itoa(h) == f.Hours})
	}
	if p.Raise {
		n := draft(v.request(f))
		p.Previews, err = v.previews(playlist.SiteID(f.Site), "/alerts/preview.png", &n, v.label)
	}
	return p, err
}

func listAlerts(v *visit) error {
	f := warning{Once: newOnce(), Colour: string(playlist.Yellow), Hours: "3"}
	sites, err := v.own()
	if err != nil {
		return err
	}
	if len(sites) > 0 {
		f.Site = string(sites[0].ID)
	}
	p, err := v.alertsPage(f)
	if err != nil {
		return err
	}
	return v.show("alerts", p)
}

func raiseAlert(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.warning()
	q := v.request(f)
	again := func(problems []playlist.Problem) error {
		p, err := v.alertsPage(f)
		if err != nil {
			return err
		}
		p.Problems, p.Wrong = v.alertFindings(problems)
		return v.showAs(http.StatusUnprocessableEntity, "alerts", p)
	}
	if err := v.reach(q.Site); errors.Is(err, store.ErrNotFound) {
		return again([]playlist.Problem{{Field: "site", Message: "请选择站点", MessageEn: "choose a site", Severity: playlist.Wrong}})
	} else if err != nil {
		return err
	}
	problems, err := v.Desk.Check(v.ctx, draft(q))
	if err != nil {
		return err
	}
	if playlist.HasErrors(problems) { // before anything is kept: an alert has no drafts
		return again(problems)
	}
	_, err = v.Desk.RaiseAlert(v.ctx, v.who(), q)
	if found, ok := problemsOf(err); ok {
		return again(found)
	}
	if err != nil {
		return err
	}
	return v.to("/alerts", "done", "raised")
}

func checkAlert(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	n := draft(v.request(v.warning()))
	problems, err := v.Desk.Check(v.ctx, n)
	if err != nil {
		return err
	}
	out := checked{}
	var wrong int
	out.Problems, wrong = v.alertFindings(problems)
	if out.Previews, err = v.previews(n.Site, "/alerts/preview.png", &n, v.label); err != nil {
		return err
	}
	out.missing(v.Desk.Missing(n.PlainText()))
	if out.Summary = v.summary(wrong); wrong == 0 {
		count := 0
		targets, err := v.targets(n.Site)
		if err != nil {
			return err
		}
		for _, t := range targets {
			count += t.Count
		}
		out.Summary = v.t("发出后立即占满 %s 及以下的屏幕。", strings.TrimSpace(v.siteName(n.Site)))
	}
	return v.json(out)
}

func previewAlert(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	return v.drawNotice(draft(v.request(v.warning())))
}

func liftAlert(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reach(row.Site); err != nil {
		return err
	}
	if _, err := v.Desk.LiftAlert(v.ctx, v.who(), row.ID); err != nil {
		return err
	}
	return v.to("/alerts", "done", "lifted")
}
