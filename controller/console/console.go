// Package console is the web pages of staff and technicians: what waits for each
// person, writing with a form for every kind of notice, review from the draft to
// the release, tables and lists that come from Excel, the words that the guard
// knows, columns with their duties, the programme of a site and its calendar,
// screens with their live state and what they play over thirty days, where a
// notice was shown and the certificate of it, alerts, people and their rights,
// the register (登记簿) and the audit log.
//
// It promises that pages work with a keyboard at 1366 by 768 in Chinese and in
// English, that previews are the very pixels of package scene, that what a
// person typed is never lost to an error, that nothing is done for a request
// from another site or without the role and the site that it needs, and that no
// page runs a script or a style that is not a file of this package. What is done
// is left to packages publish, fleet and accounts.
package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/backup"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/controller/tidy"
	"mingbai/controller/watch"
)

// maxForm bounds what a form may send, in bytes: a notice of the largest size
// in the encoding of forms, where a Chinese character takes nine.
const maxForm = 12 << 20

// maxField bounds a field, in bytes, where no texts are written: names, reasons
// and remarks are kept for ever and stand on many pages.
const maxField = 64 << 10

// previewsAtOnce bounds how many pictures are drawn at the same time; each
// takes about 10 MiB.
const previewsAtOnce = 2

// Config is what the console works with. All but PublicURL, Language and Now
// must be given.
type Config struct {
	Store     *store.Store
	Blobs     *assets.Store
	Accounts  *accounts.Accounts
	Desk      *publish.Desk
	Fleet     *fleet.Fleet
	Depot     *rollout.Depot
	Watch     *watch.Watch
	Backups   *backup.Keeper
	Tidy      *tidy.Tidy // nil: the page of backups says nothing of the disk
	Package   int64      // the largest package file, in bytes
	Office    string     // stands above the menu
	Language  string     // where a browser asks for neither: zh (default) or en
	PublicURL string     // where people reach the console, if not as the request says
	Proxy     bool       // the address of a request is what the proxy before it says
	Zone      *time.Location
	Log       *slog.Logger
	Now       func() time.Time
}

// console serves the pages.
type console struct {
	Config
	files  *files
	mux    *http.ServeMux
	pages  pages
	drawer *drawer
	kept   *duties // how columns stand
	rolls  *rolls  // of the screens
	books  readBooks
}

// New returns the handler of all pages. It fails only if PublicURL is not the
// address of a site.
func New(cfg Config) (http.Handler, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	files := embedded()
	c := &console{Config: cfg, files: files, pages: parsed(), kept: &duties{}, rolls: &rolls{}}
	c.drawer = &drawer{console: c, slots: make(chan struct{}, previewsAtOnce)}
	mux := http.NewServeMux()
	c.mux = mux
	for _, rt := range c.routes() {
		mux.Handle(rt.pattern, c.serve(rt))
	}
	mux.Handle("GET /static/", files)
	mux.Handle("/", c.serve(route{open: true, do: func(*visit) error { return store.ErrNotFound }}))
	guard := http.NewCrossOriginProtection()
	if cfg.PublicURL != "" {
		if err := guard.AddTrustedOrigin(cfg.PublicURL); err != nil {
			return nil, fmt.Errorf("public address of the console: %w", err)
		}
	}
	guard.SetDenyHandler(c.serve(route{open: true, do: func(*visit) error { return errOrigin }}))
	return harden(guard.Handler(mux), strings.HasPrefix(cfg.PublicURL, "https://")), nil
}

// policy lets a page load nothing but what this package serves. Previews of
// what is being typed are blobs that the page's own script made.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// harden sets what keeps browsers from doing with a page what it is not for. Pages
// are not framed, not read by others and not guessed at; with secure they are not
// asked for without https for the next year.
func harden(next http.Handler, secure bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers without frame-ancestors
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)")
		if secure || r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// serve runs one route: who asks, may they, do it, or say why not.
func (c *console) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := accounts.Origin(r, c.Proxy)
		v := &visit{console: c, ctx: accounts.WithBrowser(store.WithOrigin(r.Context(), origin), r.UserAgent()), w: w, r: r, lang: c.language(r), nav: rt.nav, needs: rt.roles}
		v.person.Origin = origin
		if slices.Contains(hurries, rt.pattern) {
			v.ctx = store.Urgently(v.ctx)
		}
		w.Header().Set("Cache-Control", "no-store")
		most := int64(maxForm)
		if rt.most > 0 && multipartForm(r) {
			most = rt.most
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if err := v.admit(rt); err != nil {
			v.fail(err)
			return
		}
		if r.Method == http.MethodPost {
			err := v.parse()
			if err == nil && !rt.long() && overlong(r.PostForm) {
				err = &http.MaxBytesError{Limit: maxField}
			}
			if err != nil {
				v.fail(err)
				return
			}
		}
		if err := rt.do(v); err != nil {
			v.fail(err)
		}
	})
}

// long reports whether texts of any length are sent to a route: what is written,
// lists that are pasted, and forms that wait for a sign-in.
func (rt route) long() bool {
	return slices.ContainsFunc([]string{"POST /write/", "POST /import", "POST /resume", "POST /signin", "POST /words"}, func(s string) bool { return strings.HasPrefix(rt.pattern, s) })
}

// hurries are the routes that wait for no import and no batch of rows, from the
// look at the session on.
var hurries = []string{"POST /alerts", "POST /alerts/{notice}/lift", "POST /notices/{notice}/takedown"}

func overlong(form url.Values) bool {
	for name, values := range form {
		if len(name) > maxField || slices.ContainsFunc(values, func(s string) bool { return len(s) > maxField }) {
			return true
		}
	}
	return false
}

// unchanged is what somebody may do whose password somebody else knows.
var unchanged = []string{"GET /me", "POST /me", "POST /signout"}

// unenrolled is what somebody may do besides who must set a second factor up
// first.
var unenrolled = []string{"GET /me/codes", "POST /me/codes", "POST /me/passkeys", "POST /me/here"}

// admit finds out who the visitor is and whether the route is for them.
func (v *visit) admit(rt route) error {
	find := v.Accounts.Session
	if v.r.Method == http.MethodGet && v.fragment() {
		find = v.Accounts.Glance // a page that refreshes itself keeps nobody signed in
	}
	person, err := find(v.ctx, v.token())
	switch {
	case err == nil:
		person.Origin = v.person.Origin
		v.person = person
	case !errors.Is(err, accounts.ErrNoSession):
		return err
	case !rt.open:
		return accounts.ErrNoSession
	}
	if v.person.MustChange && !rt.open && !slices.Contains(unchanged, rt.pattern) {
		return errMustChange
	}
	if v.person.MustEnrol && !rt.open && !slices.Contains(unchanged, rt.pattern) && !slices.Contains(unenrolled, rt.pattern) {
		return errMustEnrol
	}
	if len(rt.roles) > 0 && !v.person.May(rt.roles...) {
		return errRole
	}
	return nil
}

// show writes a page.
func (v *visit) show(name string, data any) error { return v.showAs(http.StatusOK, name, data) }

// showAs writes a page with a status.
func (v *visit) showAs(status int, name string, data any) error {
	return v.execute(status, name, "base", data)
}

// part writes a piece of a page, for a script that puts it in place.
func (v *visit) part(name, piece string, data any) error {
	return v.execute(http.StatusOK, name, piece, data)
}

func (v *visit) execute(status int, name, piece string, data any) error {
	tmpl := v.pages.of(v.lang, name)
	if tmpl == nil {
		return fmt.Errorf("there is no page %s", name)
	}
	var out bytes.Buffer // so that a page is sent whole or not at all
	if err := tmpl.ExecuteTemplate(&out, piece, data); err != nil {
		return fmt.Errorf("draw page %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.lang.tag())
	v.w.WriteHeader(status)
	if _, err := v.w.Write(out.Bytes()); err != nil && !errors.Is(v.ctx.Err(), context.Canceled) {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}
