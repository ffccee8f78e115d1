package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// BenchmarkDesk draws the pages of the desk with 100,000 notices on SQLite. The
// floor, in the same run, is one row by its key and the smallest page there is:
// that of somebody who is not signed in.
func BenchmarkDesk(b *testing.B) {
	ctx := context.Background()
	cfg := configs.DefaultController()
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = b.TempDir(), "127.0.0.1:0"
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	fillDesk(b, c, 100_000)
	cookie := signIn(b, c)
	ask := func(path string, signed bool) {
		b.Helper()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		if signed {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		c.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/todo", "/notices", "/register", "/register?q=99", "/columns", "/columns?view=missed"} {
		b.Run(strings.NewReplacer("/", "", "?", "-", "=", "-").Replace(path), func(b *testing.B) {
			var floor, real time.Duration
			ask(path, true) // as it is kept warm by everyone's pages
			for b.Loop() {
				start := time.Now()
				if _, err := c.Store.Notice(ctx, "n-050000"); err != nil {
					b.Fatal(err)
				}
				ask("/signin", false)
				floor += time.Since(start)
				start = time.Now()
				ask(path, true)
				real += time.Since(start)
			}
			b.ReportMetric(float64(real)/float64(floor), "ratio")
			b.ReportMetric(float64(real.Microseconds())/1000/float64(b.N), "ms/page")
		})
	}
}

func signIn(b *testing.B, c *controller.Controller) *http.Cookie {
	b.Helper()
	if _, err := c.Accounts.Create(context.Background(), accounts.Person{Login: "test"}, accounts.Details{Login: "wang", Name: "王芳", Roles: everything}, password); err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/signin", form([]string{"login", "wang", "password", password}))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if cookie.Value != "" {
			return cookie
		}
	}
	b.Fatal("nobody could sign in")
	return nil
}

// fillDesk adds notices of 250 villages: of a hundred, ninety-six are out, two
// wait for a review, one came back and one is a draft.
func fillDesk(b *testing.B, c *controller.Controller, many int) {
	b.Helper()
	ctx := context.Background()
	columns := []playlist.Column{}
	for i := range 60 {
		col := playlist.Column{ID: playlist.ColumnID(fmt.Sprintf("c-%02d", i)), Name: fmt.Sprintf("栏目 %d", i), Field: playlist.Government, Cadence: playlist.Monthly}
		if i < 6 {
			col.Kinds = []playlist.SiteKind{playlist.Village}
		}
		columns = append(columns, col)
	}
	sites := []playlist.Site{{ID: "county", Kind: playlist.County, Name: "青禾县"}}
	for i := range 250 {
		sites = append(sites, playlist.Site{ID: playlist.SiteID(fmt.Sprintf("v-%03d", i)), Parent: "county", Kind: playlist.Village, Name: fmt.Sprintf("%d 村", i)})
	}
	for _, s := range sites[:2] { // with channels; the others' would take long to make
		if err := c.Desk.PutSite(ctx, publish.Who{Actor: "test"}, s); err != nil {
			b.Fatal(err)
		}
	}
	now := time.Now()
	for from := 0; from < many; from += 5000 {
		err := c.Store.Update(ctx, func(t *store.Tx) error {
			if from == 0 {
				if err := t.ReplaceColumns(ctx, columns); err != nil {
					return err
				}
				for _, s := range sites {
					if err := t.PutSite(ctx, s); err != nil {
						return err
					}
				}
			}
			for i := from; i < from+5000; i++ {
				if err := putNotice(ctx, t, i, sites[1+i%250].ID, columns[i%60].ID, now.Add(-time.Duration(many-i)*3*time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func putNotice(ctx context.Context, t *store.Tx, i int, site playlist.SiteID, column playlist.ColumnID, at time.Time) error {
	n := playlist.Notice{
		ID: playlist.NoticeID(fmt.Sprintf("n-%06d", i)), Version: 1, Kind: playlist.KindAnnouncement, Site: site, Column: column, Title: fmt.Sprintf("第 %d 号通知", i), Issuer: "村委会",
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: strings.Repeat("各村民小组：请于本周内到村委会核对。", 12)}}},
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	row := store.Notice{ID: n.ID, Site: site, Kind: n.Kind, Column: column, Title: n.Title, Version: 1, Updated: at, Author: fmt.Sprintf("p-%d", i%300)}
	v := store.NoticeVersion{Notice: n.ID, Version: 1, Body: body, Ref: assets.RefOf(body), Author: row.Author, Saved: at, Edition: 1}
	switch i % 100 {
	case 0, 1:
		row.Status, row.Stage, row.Since, v.Status, v.Policy = store.InReview, review.Stage(review.FirstReview), at, store.InReview, &review.Town
		if err := t.AddApproval(ctx, store.Approval{Notice: n.ID, Version: 1, Ref: v.Ref, Capacity: review.Draft, Person: row.Author, At: at}); err != nil {
			return err
		}
	case 2:
		row.Status, row.Stage, row.Since, v.Status = store.Draft, review.Returned, at, store.Draft
	case 3:
		row.Status, v.Status = store.Draft, store.Draft
	default:
		row.Status, row.Live, row.ShownVersion, row.ShownTitle, v.Status, v.Published = store.Published, 1, 1, n.Title, store.Published, at
	}
	if err := t.PutNotice(ctx, row); err != nil {
		return err
	}
	return t.PutNoticeVersion(ctx, v)
}
