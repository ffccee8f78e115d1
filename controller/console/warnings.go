package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/controller/watch"
	"mingbai/playlist"
)

// siteScope begins the scope of a warning about the line of a site.
const siteScope = "site:"

// Bounds: closed warnings of one page, how many are looked at for it, screens
// that a row names, of how many a page says how they are, and how long a remark may
// be.
const (
	closedShown  = 50
	closedLooked = 1000
	screensNamed = 3
	statesShown  = 60
	maxRemark    = 500
)

type warningsPage struct {
	frame
	Closed   bool // the history, not what is open
	Query    string
	Grade    string
	Grades   []option
	Rows     []warningRow
	Open     int
	Free     int // that nobody took
	Urgent   int
	Later    string // address of older ones
	Sifted   bool
	Tend     bool
	Deaf     string // to whom messages do not get through
	Live     string // address of the list, which is refreshed
	LiveSums string // and of the figures above it
}

// warningRow is a warning in words.
type warningRow struct {
	store.Warning
	Grade, Tone        string
	Title, Cause, Next string
	SiteName, Since    string
	From, Until        string
	Named              []namedScreen
	More               int
	Call               string
	Taker, TakenAt     string
	Line               bool // of a site, not of one screen
}

// lasted is how long something had lasted when a title was written.
var lasted = regexp.MustCompile(`( \d+ (分钟|小时|天)| for \d+ (min|h|days))$`)

// bare is the title of a warning without the time that it had lasted when it was
// written: how long it lasts now stands beside it.
func bare(w store.Warning) (zh, en string) {
	if w.Kind == string(fleet.SignClock) {
		return w.TitleZh, w.TitleEn // by how much it is wrong
	}
	return lasted.ReplaceAllString(w.TitleZh, ""), lasted.ReplaceAllString(w.TitleEn, "")
}

// takerName is the name of who did something, empty when nobody did.
func (v *visit) takerName(login string) string {
	if login == "" {
		return ""
	}
	if p, err := v.Store.AccountByLogin(v.ctx, login); err == nil && p.Name != "" {
		return p.Name
	}
	return v.actor(login)
}

type namedScreen struct {
	ID   playlist.ScreenID
	Name string

	State, Tone string // now; empty when nobody looked
}

type warningPage struct {
	frame
	Row     warningRow
	All     []namedScreen
	Take    bool // the visitor may take it
	Mine    bool // and has
	Remark  string
	Problem string
	Other   []warningRow // earlier ones of the same scope and kind
}

// openWarnings are those of the sites that the visitor sees, the newest first.
func (v *visit) openWarnings(sees map[playlist.SiteID]bool) ([]store.Warning, error) {
	all, err := v.Store.OpenWarnings(v.ctx)
	if err != nil {
		return nil, err
	}
	words := map[string]store.Warning{} // as of now: how long a screen has been away is not stored anew each time
	for _, w := range v.Watch.Open() {
		words[w.ID] = w
	}
	for i, w := range all {
		if now, is := words[w.ID]; is {
			all[i] = now
		}
	}
	if sees == nil {
		return all, nil
	}
	return slices.DeleteFunc(all, func(w store.Warning) bool { return !sees[w.Site] }), nil
}

// freeWarnings counts the open ones that nobody took, for the menu.
func (v *visit) freeWarnings() int {
	if !v.has(watches) {
		return 0
	}
	sees, err := v.oversees()
	if err != nil {
		return 0 // the menu is no place to fail
	}
	open, _ := v.openWarnings(sees)
	n := 0
	for _, w := range open {
		if w.Acknowledged.IsZero() {
			n++
		}
	}
	return n
}

func (v *visit) gradeName(n int) (name, tone string) {
	switch fleet.Severity(n) {
	case fleet.Urgent:
		return v.t("紧急"), "bad"
	case fleet.Warn:
		return v.t("注意"), "warn"
	}
	return v.t("提示"), "quiet"
}

func (v *visit) warningRow(w store.Warning) warningRow {
	r := warningRow{
		Warning: w, SiteName: v.siteName(w.Site), From: v.clock(w.Opened), Line: strings.HasPrefix(w.Scope, siteScope), Call: v.call(w.Site),
		Title: sentence(v.words(bare(w))), Cause: sentence(v.words(w.CauseZh, w.CauseEn)), Next: sentence(v.words(w.NextZh, w.NextEn)),
	}
	r.Grade, r.Tone = v.gradeName(w.Severity)
	r.Since = v.span(v.Now().Sub(w.Opened))
	if !w.Closed.IsZero() {
		r.Since, r.Until, r.Tone = v.span(w.Closed.Sub(w.Opened)), v.clock(w.Closed), "quiet"
	}
	for i, id := range w.Screens {
		if i == screensNamed {
			r.More = len(w.Screens) - i
			break
		}
		r.Named = append(r.Named, namedScreen{ID: id, Name: v.screenName(id)})
	}
	if !w.Acknowledged.IsZero() {
		r.Taker, r.TakenAt = v.takerName(w.Actor), v.clock(w.Acknowledged)
	}
	return r
}

func listWarnings(v *visit) error {
	p, err := v.warningsPage()
	if err != nil {
		return err
	}
	if p.Deaf, err = v.deaf(); err != nil {
		return err
	}
	return v.show("warnings", p)
}

func liveWarnings(v *visit) error {
	p, err := v.warningsPage()
	if err != nil {
		return err
	}
	if v.query("part") == "sums" {
		return v.part("warnings", "sums", p)
	}
	return v.part("warnings", "live", p)
}

func (v *visit) warningsPage() (warningsPage, error) {
	sees, err := v.oversees()
	if err != nil {
		return warningsPage{}, err
	}
	p := warningsPage{frame: v.page(v.t("告警")), Closed: v.query("state") == "closed", Query: v.query("q"), Grade: v.query("grade"), Tend: v.has(tends)}
	open, err := v.openWarnings(sees)
	if err != nil {
		return p, err
	}
	q := url.Values{}
	for k, value := range map[string]string{"state": v.query("state"), "q": p.Query, "grade": p.Grade, "before": v.query("before")} {
		if value != "" {
			q.Set(k, value)
		}
	}
	p.Live, p.LiveSums = "/warnings/live?"+q.Encode(), "/warnings/live?part=sums"
	for _, w := range open {
		p.Open++
		if w.Acknowledged.IsZero() {
			p.Free++
		}
		if w.Severity >= int(fleet.Urgent) {
			p.Urgent++
		}
	}
	grades := map[string]int{"urgent": int(fleet.Urgent), "warn": int(fleet.Warn), "note": int(fleet.Note)}
	for _, g := range []string{"urgent", "warn", "note"} {
		name, _ := v.gradeName(grades[g])
		p.Grades = append(p.Grades, option{Value: g, Label: name, Chosen: g == p.Grade})
	}
	fits := func(r warningRow) bool {
		if n, ok := grades[p.Grade]; ok && r.Severity != n {
			return false
		}
		texts := []string{r.Title, r.Cause, r.SiteName, r.ID, r.Remark, r.Taker}
		for _, id := range r.Screens {
			texts = append(texts, string(id), v.screenName(id))
		}
		return contains(p.Query, texts...)
	}
	p.Sifted = p.Query != "" || grades[p.Grade] > 0
	if !p.Closed {
		slices.SortStableFunc(open, func(a, b store.Warning) int {
			return cmp.Or(taken(a)-taken(b), cmp.Compare(b.Severity, a.Severity), b.Shown.Compare(a.Shown))
		})
		for _, w := range open {
			if r := v.warningRow(w); fits(r) {
				p.Rows = append(p.Rows, r)
			}
		}
		return p, nil
	}
	before := v.Now().Add(time.Hour)
	if at, err := time.Parse(time.RFC3339Nano, v.query("before")); err == nil {
		before = at
	}
	closed, err := v.Store.ClosedWarnings(v.ctx, before, closedLooked)
	if err != nil {
		return p, err
	}
	for i, w := range closed {
		if sees == nil || sees[w.Site] {
			if r := v.warningRow(w); fits(r) {
				p.Rows = append(p.Rows, r)
			}
		}
		if len(p.Rows) == closedShown && i+1 < len(closed) || i+1 == closedLooked {
			q.Set("before", w.Shown.UTC().Format(time.RFC3339Nano))
			p.Later = "/warnings?" + q.Encode()
			break
		}
	}
	return p, nil
}

// taken orders what nobody took before the rest.
func taken(w store.Warning) int {
	if w.Acknowledged.IsZero() {
		return 0
	}
	return 1
}

// warningNamed finds that of the address. One of a site that the visitor does not see
// is not found.
func (v *visit) warningNamed() (store.Warning, error) {
	w, err := v.Store.Warning(v.ctx, v.r.PathValue("warning"))
	if err != nil {
		return w, err
	}
	sees, err := v.oversees()
	if err != nil {
		return w, err
	}
	if sees != nil && !sees[w.Site] {
		return w, store.ErrNotFound
	}
	if w.Closed.IsZero() {
		for _, now := range v.Watch.Open() {
			if now.ID == w.ID {
				return now, nil
			}
		}
	}
	return w, nil
}

func liveWarning(v *visit) error {
	w, err := v.warningNamed()
	if err != nil {
		return err
	}
	p, err := v.warningPage(w)
	if err != nil {
		return err
	}
	if v.query("part") == "head" {
		return v.part("warning", "head", p)
	}
	return v.part("warning", "live", p)
}

func showWarning(v *visit) error {
	w, err := v.warningNamed()
	if err != nil {
		return err
	}
	p, err := v.warningPage(w)
	if err != nil {
		return err
	}
	return v.show("warning", p)
}

func (v *visit) warningPage(w store.Warning) (warningPage, error) {
	p := warningPage{Row: v.warningRow(w), Take: v.may(tends, w.Site) && w.Closed.IsZero(), Mine: w.Actor == v.person.Login}
	title := p.Row.Title
	if len(w.Screens) == 1 {
		title = v.t("%s：%s", v.screenName(w.Screens[0]), title)
	}
	p.frame = v.page(title)
	for i, id := range w.Screens {
		one := namedScreen{ID: id, Name: v.screenName(id)}
		if i < statesShown && w.Closed.IsZero() {
			switch s, err := v.Fleet.StateOf(v.ctx, id); {
			case err == nil:
				one.State, one.Tone = v.said(s.Title), tone(s.Condition)
			case !errors.Is(err, store.ErrNotFound): // it was taken out of service meanwhile
				return p, err
			}
		}
		p.All = append(p.All, one)
	}
	earlier, err := v.Store.ClosedWarnings(v.ctx, w.Shown, closedLooked)
	if err != nil {
		return p, err
	}
	for _, e := range earlier {
		if e.Scope == w.Scope && len(p.Other) < 5 {
			p.Other = append(p.Other, v.warningRow(e))
		}
	}
	return p, nil
}

// takeWarning notes that a person looks after a warning, and what they say.
func takeWarning(v *visit) error {
	w, err := v.warningNamed()
	if err != nil {
		return err
	}
	if err := v.reach(w.Site); err != nil {
		return err
	}
	_, err = v.Watch.Acknowledge(v.ctx, v.person.Login, w.ID, v.form("was"), v.form("remark"))
	switch {
	case err == nil:
		return v.to("/warnings/"+w.ID, "done", "taken")
	case errors.Is(err, watch.ErrRemark):
		return v.notTaken(http.StatusUnprocessableEntity, func(store.Warning) string { return v.t("最多 %d 个字。", maxRemark) })
	case errors.Is(err, watch.ErrTaken):
		return v.notTaken(http.StatusConflict, func(w store.Warning) string {
			return v.t("%s 刚刚接手了。要换人，请再按一次。", v.takerName(w.Actor))
		})
	case errors.Is(err, watch.ErrClosed):
		return v.notTaken(http.StatusConflict, func(store.Warning) string {
			return v.t("这条告警已经解除，不用再接手。")
		})
	}
	return err
}

// notTaken shows the warning as it is by now, with what was typed and beside it why
// the visitor did not get it.
func (v *visit) notTaken(status int, why func(store.Warning) string) error {
	w, err := v.warningNamed()
	if err != nil {
		return err
	}
	p, err := v.warningPage(w)
	if err != nil {
		return err
	}
	p.Remark, p.Problem = v.form("remark"), why(w)
	return v.showAs(status, "warning", p)
}
