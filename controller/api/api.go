// Package api is the HTTP JSON API under /api/v1, for programs that carry a
// bearer token. The console's pages use the same desk and fleet directly.
//
// It promises that every route is in the OpenAPI description at
// /api/v1/openapi.json and the other way round, that errors say in two languages
// what is wrong and with which field, that what was sent is bounded in size, and
// that nobody without the right role and site changes anything. What is done is
// left to packages publish, fleet and accounts.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "embed" // for the description

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/controller/watch"
	"mingbai/playlist"
)

//go:embed openapi.json
var description []byte

// maxBody bounds JSON in a request, in bytes: a notice and some room.
const maxBody = playlist.MaxNotice + 64<<10

// Config is what the API works with; everything must be given.
type Config struct {
	Store    *store.Store
	Blobs    *assets.Store
	Accounts *accounts.Accounts
	Desk     *publish.Desk
	Fleet    *fleet.Fleet
	Hub      *hub.Hub
	Depot    *rollout.Depot
	Watch    *watch.Watch
	Office   string
	Version  string
	Zone     *time.Location
	Upload   int64 // largest picture, in bytes
	Package  int64 // largest package file, in bytes
	Proxy    bool  // the address of a request is what the proxy before it says
	Log      *slog.Logger
}

// route is one line of the table. Body and Answer are zero values of what is
// sent and answered, from which the description is made; nil is nothing, and a
// media is bytes.
type route struct {
	Method, Path string
	Name         string // operationId
	Summary      string
	Roles        []accounts.Role // any of them; none means anyone with a token
	Open         bool            // without a token
	Query        []param
	Body         any
	Answer       any
	Status       int // of success; 0 is 200
	Do           func(*call) (any, error)
}

type param struct{ Name, Type, Text string }

// media is a body or an answer that is not JSON.
type media struct {
	Type string
	Data io.Reader
	Size int64
}

// api serves the table.
type api struct {
	Config
	paces paces
}

// New returns the handler for everything under /api/v1/.
func New(cfg Config) http.Handler {
	a := &api{Config: cfg}
	mux := http.NewServeMux()
	for _, r := range a.routes() {
		mux.Handle(r.Method+" /api/v1"+r.Path, a.serve(r))
	}
	mux.HandleFunc("/api/v1/", func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, &failure{Status: 404, Code: "not_found", Zh: "没有这个地址，或方法不对", En: "there is no such address, or not with this method"})
	})
	return mux
}

// call is one request.
type call struct {
	api    *api
	ctx    context.Context
	w      http.ResponseWriter
	r      *http.Request
	person accounts.Person
	tree   *store.Tree   // read on first use
	sees   *store.Viewer // made on first use
}

func (a *api) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, ctx: store.WithOrigin(r.Context(), accounts.Origin(r, a.Proxy)), w: w, r: r}
		if slices.Contains(always, rt.Name) {
			c.ctx = store.Urgently(c.ctx) // from the look at the token on
		}
		answer, err := c.run(rt)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		status := rt.Status
		if status == 0 {
			status = http.StatusOK
		}
		a.answer(w, r, status, answer)
	})
}

func (c *call) run(rt route) (any, error) {
	if !rt.Open {
		token, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return nil, accounts.ErrNoSession
		}
		var err error
		if c.person, err = c.api.Accounts.Token(c.ctx, token); err != nil {
			return nil, err
		}
		c.person.Origin = accounts.Origin(c.r, c.api.Proxy)
		if len(rt.Roles) > 0 && !c.person.Has(rt.Roles...) {
			return nil, forbidden("这个令牌没有所需的角色", "this token does not have the role that is needed")
		}
	}
	if rt.paced() && !rt.Open {
		if err := c.api.paces.take(c.person.Login, time.Now()); err != nil {
			return nil, err
		}
	}
	if _, raw := rt.Body.(media); !raw {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxBody)
	}
	return rt.Do(c)
}

func (a *api) answer(w http.ResponseWriter, r *http.Request, status int, v any) {
	if m, ok := v.(media); ok {
		w.Header().Set("Content-Type", m.Type)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Length", strconv.FormatInt(m.Size, 10))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(status)
		if _, err := io.Copy(w, m.Data); err != nil {
			a.Log.Debug("a client went away", "path", r.URL.Path, "error", err)
		}
		if closer, ok := m.Data.(io.Closer); ok {
			closer.Close()
		}
		return
	}
	if v == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := json.Marshal(v)
	if err != nil {
		a.fail(w, r, fmt.Errorf("encode the answer: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		a.Log.Debug("a client went away", "path", r.URL.Path, "error", err)
	}
}

// read decodes the JSON body, strictly.
func (c *call) read(v any) error {
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badBody(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badBody(errors.New("there is more than one JSON value"))
	}
	return nil
}

// who is the actor with the request's Idempotency-Key.
func (c *call) who() (publish.Who, error) {
	key := c.r.Header.Get("Idempotency-Key")
	if len(key) > 200 {
		return publish.Who{}, badField("Idempotency-Key", "最长 200 个字符", "at most 200 characters")
	}
	return publish.Who{Actor: c.person.Login, Name: c.person.Name, Origin: c.person.Origin, Request: key, Department: c.person.Department, Program: true}, nil
}

// reach checks that the person acts at a site.
func (c *call) reach(site playlist.SiteID) error {
	tree, err := c.sites()
	if err != nil {
		return err
	}
	if _, err := tree.Site(site); err != nil {
		return badField("site", "没有这个站点", "there is no such site")
	}
	if !c.person.Reaches(tree.PathIDs(site)) {
		return forbidden("这个令牌不能管这个站点", "this token does not reach that site")
	}
	return nil
}

// viewer is what the token sees of notices: drafts only of its sites.
func (c *call) viewer() (*store.Viewer, error) {
	if c.sees == nil {
		tree, err := c.sites()
		if err != nil {
			return nil, err
		}
		c.sees = c.person.Viewer(tree)
	}
	return c.sees, nil
}

// noticeRow returns a notice as the token may see it. A draft of others is
// store.ErrNotFound, as if it did not exist.
func (c *call) noticeRow(id playlist.NoticeID) (store.Notice, error) {
	row, err := c.api.Store.Notice(c.ctx, id)
	if err != nil {
		return row, err
	}
	sees, err := c.viewer()
	if err != nil {
		return store.Notice{}, err
	}
	if !sees.Sees(row) {
		return store.Notice{}, fmt.Errorf("notice %s is not the token's: %w", id, store.ErrNotFound)
	}
	return sees.Face(row), nil
}

func (c *call) sites() (*store.Tree, error) {
	if c.tree == nil {
		var err error
		if c.tree, err = c.api.Store.Tree(c.ctx); err != nil {
			return nil, err
		}
	}
	return c.tree, nil
}

// number reads a whole number from the query, at least 0 and at most limit.
func (c *call) number(name string, otherwise, limit int) (int, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > limit {
		return 0, badField(name, fmt.Sprintf("应为 0 到 %d 的整数", limit), fmt.Sprintf("must be a whole number from 0 to %d", limit))
	}
	return n, nil
}

// instant reads a time from the query.
func (c *call) instant(name string, otherwise time.Time) (time.Time, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, badField(name, "时间应写成 2026-11-22T09:00:00+08:00", "a time is written 2026-11-22T09:00:00+08:00")
	}
	return t, nil
}

func (c *call) screenID() (playlist.ScreenID, error) {
	id, err := playlist.ParseScreenID(c.r.PathValue("screen"))
	if err != nil {
		return id, badField("screen", "屏的编号不对", err.Error())
	}
	return id, nil
}

func (c *call) noticeID() (playlist.NoticeID, error) {
	id, err := playlist.ParseNoticeID(c.r.PathValue("notice"))
	if err != nil {
		return id, badField("notice", "内容的编号不对", err.Error())
	}
	return id, nil
}
