package controller_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/controller"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// testWarningRoutes has one open and one closed warning, and takes the open one.
func testWarningRoutes(t *testing.T, a *client, c *controller.Controller, screen playlist.ScreenID, root playlist.Site) {
	now := time.Now().Truncate(time.Second)
	one := store.Warning{ID: "w-one", Scope: string(screen), Site: root.ID, Screens: []playlist.ScreenID{screen}, Kind: "disk", Severity: 2, Opened: now, Shown: now, TitleZh: "磁盘将满"}
	two := one
	two.ID, two.Closed = "w-two", now
	if err := c.Store.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutWarning(t.Context(), one); err != nil {
			return err
		}
		return tx.PutWarning(t.Context(), two)
	}); err != nil {
		t.Fatal(err)
	}
	list := func(query string) string {
		t.Helper()
		var answer struct{ Items []store.Warning }
		a.do("GET", "/api/v1/warnings"+query, "", &answer)
		var ids []string
		for _, w := range answer.Items {
			if strings.HasPrefix(w.ID, "w-one") || strings.HasPrefix(w.ID, "w-two") { // the watch has its own
				ids = append(ids, w.ID)
			}
		}
		return strings.Join(ids, " ")
	}
	for query, want := range map[string]string{
		"": "w-one", "?state=open&screen=" + string(screen): "w-one", "?state=closed": "w-two", "?state=closed&before=2020-01-01T00:00:00Z": "",
		"?screen=nobody": "", "?site=nowhere": "", "?state=closed&limit=0": "", "?site=" + string(root.ID): "w-one",
	} {
		if got := list(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	a.refused("GET", "/api/v1/warnings?state=lost", "", 400, "bad_request")
	a.refused("GET", "/api/v1/warnings/w-none", "", 404, "not_found")
	a.refused("POST", "/api/v1/warnings/w-one/acknowledge", `{"remark":"`+strings.Repeat("长", 501)+`"}`, 422, "remark")
	a.refused("POST", "/api/v1/warnings/w-two/acknowledge", `{"remark":"已报修"}`, 409, "closed")
	var got store.Warning
	a.do("POST", "/api/v1/warnings/w-one/acknowledge", `{"remark":"已报修"}`, &got)
	if got.Actor == "" || got.Remark != "已报修" || got.Acknowledged.IsZero() {
		t.Errorf("%+v", got)
	}
	var again store.Warning
	if a.do("GET", "/api/v1/warnings/w-one", "", &again); again.Remark != got.Remark || again.TitleZh != one.TitleZh {
		t.Errorf("%+v", again)
	}
}
