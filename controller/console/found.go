package console

import (
	"errors"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// foundShown bounds the rows; the button takes all.
const foundShown = 100

// foundList is the devices that a restored controller does not know and that prove
// to be its screens, see fleet.Found.
type foundList struct {
	Rows  []foundRow
	Count int // of all that the visitor may take back or sees
	Ready int // that one button takes
	More  int
}

type foundRow struct {
	fleet.Found
	Where, KindName, Size string
	Enrolled, Since       string
	Trouble               string
	Ready                 bool
}

// foundForm asks to which site a device goes whose own is not in the backup.
type foundForm struct {
	Device, Name string
	Sites        []option
	Problem      string
}

// found returns the devices that the visitor may take back. One whose site is not
// known here is for everyone who tends screens.
func (v *visit) found() ([]fleet.Found, error) {
	all, err := v.Fleet.Found(v.ctx)
	if err != nil {
		return nil, err
	}
	var out []fleet.Found
	for _, d := range all {
		if d.SiteGone && v.has(tends) || v.may(tends, d.Screen.Site) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (v *visit) foundList() (foundList, error) {
	all, err := v.found()
	l := foundList{Count: len(all)}
	for _, d := range all {
		if d.Ready() {
			l.Ready++
		}
		if len(l.Rows) == foundShown {
			l.More++
			continue
		}
		r := foundRow{
			Found: d, Where: v.siteName(d.Screen.Site), KindName: v.screenKind(d.Screen.Kind), Size: panelText(d.Screen.Panel),
			Enrolled: v.clock(d.Enrolled), Since: v.ago(d.Since), Trouble: v.said(d.Trouble), Ready: d.Ready(),
		}
		if d.SiteGone {
			r.Where = d.SiteName
		}
		l.Rows = append(l.Rows, r)
	}
	return l, err
}

func liveFound(v *visit) error {
	l, err := v.foundList()
	if err != nil {
		return err
	}
	return v.part("pairing", "found", l)
}

// foundForm is the question for the device that the address names, nil for none.
func (v *visit) foundForm(device string) (*foundForm, error) {
	if device == "" {
		return nil, nil
	}
	all, err := v.found()
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.Fingerprint != device || !d.SiteGone {
			continue
		}
		sites, err := v.own()
		return &foundForm{Device: device, Name: d.Screen.Name, Sites: v.siteOptions(sites, "")}, err
	}
	return nil, nil
}

// readmit takes one device back, or all that can be.
func readmit(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	device, site := v.form("device"), playlist.SiteID(v.form("site"))
	if device == "" {
		return v.readmitAll()
	}
	all, err := v.found()
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Fingerprint != device {
			continue
		}
		if site == "" {
			site = d.Screen.Site
		}
		if d.SiteGone && site == d.Screen.Site {
			return v.to("/pairing", "device", device)
		}
		if err := v.mayReadmit(d, site); err != nil {
			return err
		}
		row, err := v.Fleet.Readmit(v.ctx, v.person.Login, device, site)
		if err == nil {
			return v.to("/screens/"+string(row.ID), "done", "readmitted")
		}
		if !overtaken(err) {
			return err
		}
	}
	return v.to("/pairing", "done", "readmitted-none")
}

// overtaken reports whether a device could not be taken back because of what happened
// after the page was made; the page says what.
func overtaken(err error) bool {
	_, changed := errors.AsType[*fleet.Invalid](err)
	return changed || errors.Is(err, store.ErrNotFound)
}

// mayReadmit refuses a site that is not the visitor's, the screen's own here too.
func (v *visit) mayReadmit(d fleet.Found, site playlist.SiteID) error {
	if err := v.reach(site); err != nil {
		return err
	}
	here, err := v.screenSite(d.Screen.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return v.reach(here)
}

// readmitAll takes back every device that is ready and the visitor's.
func (v *visit) readmitAll() error {
	all, err := v.found()
	if err != nil {
		return err
	}
	done := "readmitted-none"
	for _, d := range all {
		if !d.Ready() || v.mayReadmit(d, d.Screen.Site) != nil {
			continue
		}
		switch _, err := v.Fleet.Readmit(v.ctx, v.person.Login, d.Fingerprint, ""); {
		case err == nil:
			done = "readmitted-all"
		case !overtaken(err):
			return err
		}
	}
	return v.to("/pairing", "done", done)
}
