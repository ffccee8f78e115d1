// Package console is the web pages of staff and technicians: screens with their
// live state, their data and what they play over thirty days, notices and where
// they were shown, writing and publishing, the programme of a site, alerts, and
// the register.
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
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
)

// maxForm bounds what a form may send, in bytes: a notice of the largest size
// in the encoding of forms, where a Chinese character takes nine.
const maxForm = 12 << 20

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
	Office    string // stands above the menu
	Language  string // where a browser asks for neither: zh (default) or en
	PublicURL string // where people reach the console, if not as the request says
	Zone      *time.Location
	Log       *slog.Logger
	Now       func() time.Time
}

// console serves the pages.
type console struct {
	Config
	files  *files
	pages  map[language]map[string]*template.Template
	drawer *drawer
}

// New returns the handler of all pages. It fails only if PublicURL is not the
// address of a site.
func New(cfg Config) (http.Handler, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	files := embedded()
	c := &console{Config: cfg, files: files, pages: parsed()}
	c.drawer = &drawer{console: c, slots: make(chan struct{}, previewsAtOnce)}
	mux := http.NewServeMux()
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
	return harden(guard.Handler(mux)), nil
}

// policy lets a page load nothing but what this package serves. Previews of
// what is being typed are blobs that the page's own script made.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		next.ServeHTTP(w, r)
	})
}

// serve runs one route: who asks, may they, do it, or say why not.
func (c *console) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{console: c, ctx: r.Context(), w: w, r: r, lang: c.language(r), nav: rt.nav}
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := v.admit(rt); err != nil {
			v.fail(err)
			return
		}
		if err := rt.do(v); err != nil {
			v.fail(err)
		}
	})
}

// admit finds out who the visitor is and whether the route is for them.
func (v *visit) admit(rt route) error {
	person, err := v.Accounts.Session(v.ctx, v.token())
	switch {
	case err == nil:
		v.person = person
	case !errors.Is(err, accounts.ErrNoSession):
		return err
	case !rt.open:
		return accounts.ErrNoSession
	}
	if len(rt.roles) > 0 && !v.person.Has(rt.roles...) {
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
	tmpl := v.pages[v.lang][name]
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
