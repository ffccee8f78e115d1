package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// visit is one request.
type visit struct {
	*console
	ctx    context.Context
	w      http.ResponseWriter
	r      *http.Request
	lang   language
	nav    string
	person accounts.Person // zero when nobody is signed in
	tree   *store.Tree     // read on first use
}

const (
	sessionCookie  = "mingbai-session"
	languageCookie = "mingbai-language"
)

func (v *visit) token() string {
	if c, err := v.r.Cookie(sessionCookie); err == nil {
		return c.Value
	}
	return ""
}

func (v *visit) setCookie(name, value string, age time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: v.r.TLS != nil || strings.HasPrefix(v.PublicURL, "https://"), MaxAge: int(age / time.Second),
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

// to sends the browser on after something was done.
func (v *visit) to(path string, query ...string) error {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// form returns a field as it was sent, without space around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// query returns a part of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// count reads a whole number of the address from 0 to limit; anything else is 0.
func (v *visit) count(name string, limit int) int {
	n, err := strconv.Atoi(v.query(name))
	if err != nil || n < 0 || n > limit {
		return 0
	}
	return n
}

// who is the actor. once is the form's own number, so that a form sent twice
// counts once.
func (v *visit) who() publish.Who {
	once := v.form("once")
	if len(once) > 40 {
		once = ""
	}
	return publish.Who{Actor: v.person.Login, Request: once}
}

// newOnce is the number of a fresh form.
func newOnce() string { return rand.Text() }

func (v *visit) sites() (*store.Tree, error) {
	if v.tree == nil {
		var err error
		if v.tree, err = v.Store.Tree(v.ctx); err != nil {
			return nil, err
		}
	}
	return v.tree, nil
}

// reach checks that the person acts at a site.
func (v *visit) reach(site playlist.SiteID) error {
	tree, err := v.sites()
	if err != nil {
		return err
	}
	if _, err := tree.Site(site); err != nil {
		return err
	}
	if !v.person.Reaches(tree.PathIDs(site)) {
		return errSite
	}
	return nil
}

// own lists the sites at which the person may act, the tree's order kept.
func (v *visit) own() ([]playlist.Site, error) {
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	var sites []playlist.Site
	for _, s := range tree.Sites() {
		if v.person.Reaches(tree.PathIDs(s.ID)) {
			sites = append(sites, s)
		}
	}
	return sites, nil
}

// option is one line of a select.
type option struct {
	Value, Label string
	Depth        int
	Chosen       bool
}

// siteOptions lists sites below their parents.
func (v *visit) siteOptions(sites []playlist.Site, chosen playlist.SiteID) []option {
	known := map[playlist.SiteID]bool{}
	for _, s := range sites {
		known[s.ID] = true
	}
	var out []option
	var walk func(parent playlist.SiteID, depth int)
	walk = func(parent playlist.SiteID, depth int) {
		for _, s := range sites {
			top := parent == "" && !known[s.Parent]
			if !top && (s.Parent != parent || parent == "") {
				continue
			}
			out = append(out, option{Value: string(s.ID), Label: v.siteLabel(s), Depth: depth, Chosen: s.ID == chosen})
			walk(s.ID, depth+1)
		}
	}
	walk("", 0)
	return out
}

func (v *visit) siteLabel(s playlist.Site) string {
	if v.lang == english && s.NameEn != "" {
		return s.NameEn
	}
	return s.Name
}

// siteName is the name of a site in the visitor's language, or its ID when it is
// gone.
func (v *visit) siteName(id playlist.SiteID) string {
	tree, err := v.sites()
	if err != nil {
		return string(id)
	}
	s, err := tree.Site(id)
	if err != nil {
		return string(id)
	}
	return v.siteLabel(s)
}

// columnOptions lists the catalogue.
func (v *visit) columnOptions(columns []playlist.Column, chosen playlist.ColumnID) []option {
	var out []option
	var walk func(parent playlist.ColumnID, depth int)
	walk = func(parent playlist.ColumnID, depth int) {
		for _, c := range columns {
			if c.Parent == parent {
				out = append(out, option{Value: string(c.ID), Label: v.columnLabel(c), Depth: depth, Chosen: c.ID == chosen})
				walk(c.ID, depth+1)
			}
		}
	}
	walk("", 0)
	return out
}

func (v *visit) columnLabel(c playlist.Column) string {
	if v.lang == english && c.NameEn != "" {
		return c.NameEn
	}
	return c.Name
}

// frame is what every page has around its content.
type frame struct {
	Title  string
	Nav    string
	Lang   string
	Person accounts.Person
	Office string
	Back   string // where the switch of language returns to
	Done   string // what was done just now
	Menu   []entry
	Wide   bool   // without the menu
	House  string // the place at the root of the tree
}

// entry is one line of the menu.
type entry struct {
	Name, Path, Label string
	Group             string // a heading above it
	Count             int    // things that wait
	Now               bool
}

// page makes the frame of a page.
func (v *visit) page(title string) frame {
	f := frame{
		Title: title, Nav: v.nav, Lang: v.lang.tag(), Person: v.person, Office: v.Office, Done: v.done(),
		Back: v.r.URL.Path, Wide: v.person.ID == "",
	}
	if v.r.Method != http.MethodGet || strings.HasSuffix(f.Back, "/live") {
		f.Back = "/"
	} else if q := v.r.URL.Query(); len(q) > 0 {
		q.Del("done")
		if len(q) > 0 {
			f.Back += "?" + q.Encode()
		}
	}
	if f.Wide {
		return f
	}
	f.House = v.Office
	if tree, err := v.sites(); err == nil {
		if root, err := tree.Root(); err == nil {
			f.House = v.siteLabel(root)
		}
	}
	add := func(name, label, group string, count int, roles ...accounts.Role) {
		if len(roles) == 0 || v.person.Has(roles...) {
			f.Menu = append(f.Menu, entry{Name: name, Path: "/" + name, Label: label, Group: group, Count: count, Now: name == v.nav})
		}
	}
	alerts, _ := v.Desk.ActiveAlerts(v.ctx) // the menu is no place to fail
	add("notices", v.t("公告与公示"), "", 0)
	add("write", v.t("发布公告"), "", 0, writes...)
	add("programme", v.t("播放安排"), "", 0)
	add("alerts", v.t("预警"), "", len(alerts))
	add("voices", v.t("群众意见"), "", v.waitingVoices(), hears...)
	add("usage", v.t("使用统计"), "", 0)
	add("screens", v.t("全部屏幕"), v.t("设备"), 0)
	add("pairing", v.t("配对新屏"), "", len(v.Fleet.Waiting()), tends...)
	first := len(f.Menu)
	add("register", v.t("登记簿"), "", 0, audits...)
	add("people", v.t("人员与权限"), "", 0, manages...)
	if first < len(f.Menu) {
		f.Menu[first].Group = v.t("管理")
	}
	return f
}

// has reports whether the visitor has one of the roles.
func (v *visit) has(roles []accounts.Role) bool { return v.person.Has(roles...) }

// may reports whether the visitor has one of the roles and acts at the site.
func (v *visit) may(roles []accounts.Role, site playlist.SiteID) bool {
	return v.person.Has(roles...) && v.reach(site) == nil
}

// local is an instant on the controller's clock.
func (v *visit) local(t time.Time) time.Time { return t.In(v.Zone) }

// contains says whether any text holds the words that were searched for.
func contains(words string, texts ...string) bool {
	words = strings.ToLower(words)
	return words == "" || slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), words) })
}
