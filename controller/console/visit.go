package console

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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
	needs  []accounts.Role // of the route: any of them
	tree   *store.Tree     // read on first use

	inspected inspected     // what was found in the form that was sent
	sees      *store.Viewer // made on first use
}

const (
	sessionCookie  = "mingbai-session"
	languageCookie = "mingbai-language"
)

// secure reports whether people reach the console by https only.
func (v *visit) secure() bool {
	return v.r.TLS != nil || strings.HasPrefix(v.PublicURL, "https://")
}

// sessionName is the cookie of the session. With https its name promises that no
// other host and no page without https set it (RFC 6265bis, 4.1.3.2).
func (v *visit) sessionName() string {
	if v.secure() {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

func (v *visit) token() string {
	if c, err := v.r.Cookie(v.sessionName()); err == nil {
		return c.Value
	}
	return ""
}

// setSession gives the browser the token of a session, until it is closed; an
// empty one takes it away.
func (v *visit) setSession(token string) { v.setCookie(v.sessionName(), token, 0) }

// setCookie sets a cookie. Without an age it goes when the browser is closed.
func (v *visit) setCookie(name, value string, age time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: v.secure(), MaxAge: int(age / time.Second),
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
func (v *visit) query(name string) string {
	return strings.TrimSpace(textOnly(v.r.URL.Query().Get(name)))
}

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
	return publish.Who{Actor: v.person.Login, Name: v.person.Name, Origin: v.person.Origin, Request: once, Department: v.person.Department}
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

// reach checks that the person acts at a site, with a role that the route needs:
// himself or today for somebody else.
func (v *visit) reach(site playlist.SiteID) error {
	tree, err := v.sites()
	if err != nil {
		return err
	}
	if _, err := tree.Site(site); err != nil {
		return err
	}
	if !v.person.MayAt(tree.PathIDs(site), v.needs...) {
		return errSite
	}
	return nil
}

// viewer is what the person sees of notices.
func (v *visit) viewer() (*store.Viewer, error) {
	if v.sees == nil {
		tree, err := v.sites()
		if err != nil {
			return nil, err
		}
		v.sees = v.person.Viewer(tree)
	}
	return v.sees, nil
}

// noticeRow returns a notice as the person may see it: of another department or
// another site the version that is or was in force. A draft of others is
// store.ErrNotFound, as if it did not exist.
func (v *visit) noticeRow(id playlist.NoticeID) (store.Notice, error) {
	row, err := v.Store.Notice(v.ctx, id)
	if err != nil {
		return row, err
	}
	sees, err := v.viewer()
	if err != nil {
		return store.Notice{}, err
	}
	if !sees.Sees(row) {
		return store.Notice{}, fmt.Errorf("notice %s is of another department: %w", id, store.ErrNotFound)
	}
	return sees.Face(row), nil
}

// reachNotice checks that the person may change a notice: its site, and that it
// is of the own department.
func (v *visit) reachNotice(row store.Notice) error {
	if err := v.reach(row.Site); err != nil {
		return err
	}
	if len(v.needs) > 0 && !v.mayChange(v.needs, row) {
		return errDepartment
	}
	if sees, err := v.viewer(); err != nil || !sees.Whole(row) {
		return errors.Join(err, errDepartment)
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
		if v.person.MayAt(tree.PathIDs(s.ID), v.needs...) {
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
	Answer bool   // to a form that was sent: loaded again the page would be lost
	Wide   bool   // without the menu
	House  string // the place at the root of the tree
	Idle   int    // seconds without a use after which the session ends; 0 when nobody is signed in
	Enrol  string // until when a second factor is to be set up, a day
}

// page makes the frame of a page.
func (v *visit) page(title string) frame {
	f := frame{
		Title: title, Nav: v.nav, Lang: v.lang.tag(), Person: v.person, Office: v.Office, Done: v.done(), Answer: v.r.Method == http.MethodPost,
		Back: textOnly(v.r.URL.Path), Wide: v.person.ID == "" || v.person.MustChange || v.person.MustEnrol,
	}
	if v.person.ID != "" {
		f.Idle = int(v.Accounts.Idle() / time.Second)
	}
	if !v.person.EnrolBy.IsZero() && v.nav != "me" {
		f.Enrol = v.clock(v.person.EnrolBy)
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
	if v.person.Department != "" {
		if d, err := v.Store.Department(v.ctx, v.person.Department); err == nil { // the menu is no place to fail
			f.Office = v.words(d.Name, d.NameEn)
		}
	}
	if v.person.Department == "" && v.person.Site != "" {
		f.Office = v.siteName(v.person.Site)
	}
	f.House = v.Office
	if tree, err := v.sites(); err == nil {
		if root, err := tree.Root(); err == nil {
			f.House = v.siteLabel(root)
		}
	}
	f.Menu = v.menu(v.nav)
	return f
}

// has reports whether the visitor has one of the roles, himself or for somebody.
func (v *visit) has(roles []accounts.Role) bool { return v.person.May(roles...) }

// may reports whether the visitor has one of the roles and acts with it at the
// site.
func (v *visit) may(roles []accounts.Role, site playlist.SiteID) bool {
	tree, err := v.sites()
	if err != nil {
		return false // the page itself fails on it
	}
	return v.person.May(roles...) && v.person.MayAt(tree.PathIDs(site), roles...)
}

// mayChange is may for a notice, which has a department too: who stands in for
// somebody does there what he was named for and nothing else.
func (v *visit) mayChange(roles []accounts.Role, row store.Notice) bool {
	tree, err := v.sites()
	if err != nil {
		return false // the page itself fails on it
	}
	path := tree.PathIDs(row.Site)
	return slices.ContainsFunc(roles, func(r accounts.Role) bool {
		_, ok := v.person.As(r, row, path)
		return ok
	})
}

// local is an instant on the controller's clock.
func (v *visit) local(t time.Time) time.Time { return t.In(v.Zone) }

// contains says whether any text holds the words that were searched for.
func contains(words string, texts ...string) bool {
	words = strings.ToLower(words)
	return words == "" || slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), words) })
}
