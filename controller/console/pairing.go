package console

import (
	"cmp"
	"errors"
	"net/http"

	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

type pairingPage struct {
	frame
	Code, Screen, Site, Name, Place string
	Outdoor                         bool
	Problems                        map[string]string
	Sites                           []option
	Screens                         []option // that wait for a device
	Live                            pairingList
	Found                           foundList
	Ask                             *foundForm
}

type pairingList struct{ Waiting []waitingRow }

type waitingRow struct {
	fleet.Waiting
	KindName, Size, Since, Left string
}

func (v *visit) pairingPage() (pairingPage, error) {
	p := pairingPage{frame: v.page(v.t("配对新屏")), Live: v.pairingList(), Problems: map[string]string{}}
	var err error
	if p.Found, err = v.foundList(); err != nil {
		return p, err
	}
	if p.Ask, err = v.foundForm(v.query("device")); err != nil {
		return p, err
	}
	sites, err := v.own()
	if err != nil {
		return p, err
	}
	p.Site = v.form("site")
	p.Sites = v.siteOptions(sites, playlist.SiteID(p.Site))
	p.Screen = cmp.Or(v.form("screen"), v.query("screen"))
	rows, err := v.Store.Screens(v.ctx)
	if err != nil {
		return p, err
	}
	for _, s := range rows {
		if s.Key == nil && v.reach(s.Site) == nil {
			p.Screens = append(p.Screens, option{Value: string(s.ID), Label: v.siteName(s.Site) + " · " + s.Name + " " + panelText(s.Panel), Chosen: string(s.ID) == p.Screen})
		}
	}
	gone, err := v.Store.Retired(v.ctx)
	if err != nil {
		return p, err
	}
	for _, r := range gone { // a device brings them back
		if s := r.Screen; v.reach(s.Site) == nil {
			label := v.t("停用的：%s", v.siteName(s.Site)+" · "+s.Name+" "+panelText(s.Panel))
			p.Screens = append(p.Screens, option{Value: string(s.ID), Label: label, Chosen: string(s.ID) == p.Screen})
		}
	}
	return p, nil
}

func (v *visit) pairingList() pairingList {
	var out pairingList
	for _, w := range v.Fleet.Waiting() {
		out.Waiting = append(out.Waiting, waitingRow{
			Waiting: w, KindName: v.screenKind(w.Kind), Size: panelText(w.Panel), Since: v.ago(w.Since), Left: v.span(w.Expires.Sub(v.Now())),
		})
	}
	return out
}

func pairingForm(v *visit) error {
	p, err := v.pairingPage()
	if err != nil {
		return err
	}
	return v.show("pairing", p)
}

func livePairing(v *visit) error { return v.part("pairing", "live", v.pairingList()) }

// pair binds the device that shows a code.
func pair(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p, err := v.pairingPage()
	if err != nil {
		return err
	}
	p.Code, p.Name, p.Place, p.Outdoor = v.form("code"), v.form("name"), v.form("place"), v.form("outdoor") != ""
	code := codeDigits(p.Code)
	if len(code) != 6 {
		p.Problems["code"] = v.t("请输入屏上显示的六位数字")
	}
	if p.Screen == "" && p.Name == "" {
		p.Problems["name"] = v.t("请给这块屏起个名字，例如“一楼大厅 1 号触摸屏”")
	}
	site := playlist.SiteID(p.Site)
	if p.Screen != "" {
		if site, err = v.screenSite(playlist.ScreenID(p.Screen)); err != nil {
			return err
		}
	}
	if site == "" {
		p.Problems["site"] = v.t("请选择站点")
	} else if err := v.reach(site); err != nil {
		return err
	}
	if len(p.Problems) > 0 {
		return v.showAs(http.StatusUnprocessableEntity, "pairing", p)
	}
	row, err := v.Fleet.Confirm(v.ctx, v.person.Login, code, fleet.Enrolment{
		Screen: playlist.ScreenID(p.Screen), Site: site, Name: p.Name, Place: p.Place, Outdoor: p.Outdoor,
	})
	switch {
	case err == nil:
		return v.to("/screens/"+string(row.ID), "done", "paired")
	case errors.Is(err, fleet.ErrCode):
		p.Problems["code"] = v.t("没有屏显示这个配对码，请再看一眼屏幕：码会定时更换。")
	case errors.Is(err, fleet.ErrTooMany):
		p.Problems["code"] = v.t("尝试太多，请等一分钟再试。")
	default:
		problems, ok := problemsOf(err)
		if !ok {
			return err
		}
		for _, x := range problems {
			if x.Severity == playlist.Wrong {
				p.Problems[pairingField(x.Field)] = v.problem(x)
			}
		}
	}
	return v.showAs(http.StatusUnprocessableEntity, "pairing", p)
}

// screenSite is the site of a screen, in service or retired.
func (v *visit) screenSite(id playlist.ScreenID) (playlist.SiteID, error) {
	row, err := v.Store.Screen(v.ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		gone, err := v.Store.RetiredScreen(v.ctx, id)
		return gone.Screen.Site, err
	}
	return row.Site, err
}

// pairingField finds the field of the form beside which a problem stands.
func pairingField(field string) string {
	switch field {
	case "name", "place", "site":
		return field
	}
	return "code"
}

// problemsOf returns the problems that an error carries, if it does.
func problemsOf(err error) ([]playlist.Problem, bool) {
	var document *publish.Invalid
	var screen *fleet.Invalid
	switch {
	case errors.As(err, &document):
		return document.Problems, true
	case errors.As(err, &screen):
		return screen.Problems, true
	}
	return nil, false
}
