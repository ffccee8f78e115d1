package controller_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// TestBusyDesk posts more than the desk takes at once while its database is held:
// the rest is refused at once and says when to come again, and alerts and
// take-downs are let through before all that waits.
func TestBusyDesk(t *testing.T) {
	c, err := controller.NewWith(settings(t.TempDir()), quiet(t), controller.Options{AtOnce: 4, Unhurried: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	load(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- c.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	}()
	a := newClient(t, c)
	a.raw("GET", "/api/v1/status", "", nil) // the token's use is noted once in a while
	holding, let := make(chan struct{}), make(chan struct{})
	held := make(chan error, 1)
	go func() {
		held <- c.Store.Update(ctx, func(tx *store.Tx) error {
			close(holding)
			<-let
			wait(t, tx.Pressed) // the alert or the take-down is before the posts
			return nil
		})
	}()
	<-holding

	const posts = 6
	answers := make(chan answer, posts)
	for i := range posts {
		go func() {
			body, err := json.Marshal(map[string]any{"notice": announcement("qinghe", "news", fmt.Sprintf("第 %d 条", i))})
			if err != nil {
				t.Error(err)
			}
			answers <- a.raw("POST", "/api/v1/notices", "", body)
		}()
	}
	for range posts - 2 { // half of the four places are for programs
		r := <-answers
		var f struct {
			Error struct{ Code, Message string }
		}
		if err := json.Unmarshal(r.body, &f); err != nil || r.status != http.StatusServiceUnavailable || f.Error.Code != "busy" || f.Error.Message == "" || r.header.Get("Retry-After") == "" {
			t.Errorf("a post beyond the limit: %d %s, %v", r.status, r.body, err)
		}
	}
	urgent := make(chan answer, 2)
	go func() {
		urgent <- a.raw("POST", "/api/v1/notices/county-2/takedown", "", []byte(`{"reason":"有误"}`))
	}()
	go func() {
		urgent <- a.raw("POST", "/api/v1/alerts", "", []byte(`{"site":"qinghe","title":"暴雨红色预警","minutes":60,"alert":{"type":"暴雨","colour":"red","area":"全县","action":"立即转移到高处","exercise":true}}`))
	}()
	close(let)
	if err := <-held; err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r := <-urgent; r.status >= 300 {
			t.Errorf("an alert or a take-down was refused: %d %s", r.status, r.body)
		}
	}
	for range 2 {
		if r := <-answers; r.status != http.StatusCreated {
			t.Errorf("who waited: %d %s", r.status, r.body)
		}
	}
	if _, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("qinghe", "news", "后来的")); err != nil {
		t.Errorf("places were not given back: %v", err)
	}
}

// TestEditionsAreShared publishes many notices of one channel at once: all are
// answered with an edition that holds them, and one edition holds many.
func TestEditionsAreShared(t *testing.T) {
	c := openController(t, settings(t.TempDir()))
	load(t, c)
	ch := playlist.ChannelID{Site: "qinghe"}
	before, err := c.Store.Channel(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	const many = 40
	errs := make(chan error, many)
	for i := range many {
		go func() {
			r, err := c.Desk.Publish(t.Context(), publish.Who{Actor: "li"}, announcement("qinghe", "news", fmt.Sprintf("第 %d 条", i)))
			if err == nil && r.Revision <= before.Revision {
				err = fmt.Errorf("notice %s is said to be in edition %s", r.Notice, r.Revision)
			}
			errs <- err
		}()
	}
	for range many {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	after, err := c.Store.Channel(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	live, err := c.Store.LiveNotices(t.Context(), ch)
	if err != nil || len(live) != many+2 {
		t.Errorf("%d notices are in force, %v", len(live), err)
	}
	if made := after.Revision - before.Revision; after.Compiled != after.Wanted || made < 1 || made > many/2 {
		t.Errorf("%d editions were made for %d changes: %+v", made, many, after)
	} else {
		t.Logf("%d editions for %d changes", made, many)
	}
}
