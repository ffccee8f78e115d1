package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// TestViewersSeeWhatTheyMay makes notices by chance and compares what lists and
// counts give each viewer with what the rules say of every single notice.
func TestViewersSeeWhatTheyMay(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	rng := rand.New(rand.NewPCG(5, 1))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	var all []store.Notice
	err := s.Update(ctx, func(tx *store.Tx) error {
		for i := range 400 {
			n := store.Notice{
				ID: playlist.NoticeID(fmt.Sprintf("n-%d", i)), Site: playlist.SiteID(pick("a", "b", "c")), Kind: playlist.KindAnnouncement,
				Department: store.DepartmentID(pick("", "x", "y")), Title: pick("红", "绿") + "一", Status: store.Draft, Version: 1, Author: "wang",
			}
			if rng.IntN(2) == 0 { // it is published
				n.Status, n.Live = store.Published, 1
				if err := tx.PutNotice(ctx, n); err != nil {
					return err
				}
				n.ShownVersion, n.ShownTitle = 1, n.Title
			}
			if n.Live > 0 && rng.IntN(2) == 0 { // and written anew
				n.Version, n.Title = 2, pick("红", "绿")+"二"
			}
			if n.Live > 0 && rng.IntN(4) == 0 {
				n.Status, n.Live = store.TakenDown, 0
			}
			if err := tx.PutNotice(ctx, n); err != nil {
				return err
			}
			all = append(all, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]*store.Viewer{
		"everything":   nil,
		"the office":   {Scopes: []store.Scope{{}}},
		"nobody":       {},
		"a department": {Scopes: []store.Scope{{Department: "x"}}},
		"a site":       {Scopes: []store.Scope{{Sites: []playlist.SiteID{"a", "b"}}}},
		"both":         {Scopes: []store.Scope{{Sites: []playlist.SiteID{"a"}, Department: "x"}, {Sites: []playlist.SiteID{"c"}, Department: "y"}}},
		"nowhere":      {Scopes: []store.Scope{{Sites: []playlist.SiteID{}}}},
	} {
		for _, text := range []string{"", "红", "绿一"} {
			for _, status := range []store.Status{"", store.Draft, store.Published} {
				f := store.NoticeFilter{Viewer: v, Text: text, Status: status, Kind: playlist.KindAnnouncement, Limit: 1000}
				rows, err := s.Notices(ctx, f)
				if err != nil {
					t.Fatal(err)
				}
				n, err := s.CountNotices(ctx, f)
				if err != nil || n != len(rows) {
					t.Errorf("%s: %d are counted, %d listed, %v", name, n, len(rows), err)
				}
				got := map[playlist.NoticeID]store.Notice{}
				for _, r := range rows {
					got[r.ID] = r
				}
				for _, n := range all {
					face := v.Face(n)
					want := v.Sees(n) && (text == "" || contains(face.Title, text)) && (status == "" || n.Status == status && face.Status == status)
					r, have := got[n.ID]
					if have != want {
						t.Errorf("%s, %q, %q: %+v is listed: %v", name, text, status, n, have)
					}
					if have && (r.Title != face.Title || r.Version != face.Version || r.Status != face.Status || r.Author != face.Author) {
						t.Errorf("%s: %+v is listed as %+v", name, n, r)
					}
					if have && !v.Whole(n) && r.Title != n.ShownTitle {
						t.Errorf("%s: the title of a draft is listed: %+v", name, r)
					}
				}
			}
		}
	}
}

func contains(text, part string) bool {
	return len(text) >= len(part) && text[:len(part)] == part
}
