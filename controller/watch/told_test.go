package watch_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/controller/watch"
	"mingbai/playlist/wire"
)

// TestTried: who is told, over what, and whether messages get there, can be seen and
// tried without a warning; what of an address is a secret is not shown.
func TestTried(t *testing.T) {
	o := newOffice(t)
	var mu sync.Mutex
	var events []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, r.URL.Path+" "+r.Header.Get("X-Mingbai-Event"))
		w.WriteHeader(http.StatusTeapot)
	}))
	defer srv.Close()
	c := newCounty(t, 2, 1)
	hook := srv.URL + "/robot-secret"
	c.cfg.Post = watch.Post{Office: "青禾县政务公开办", URL: "https://x.example", Mail: o.server(), Recipients: []watch.Recipient{
		{Site: "v0", Mail: []string{"li@example.gov.cn", "wang@example.gov.cn"}}, {Site: "v1", Mail: []string{"li@example.gov.cn"}}, {Webhook: hook}}}
	c.open()
	for _, d := range c.devices {
		c.connect(d)
	}
	ways := func() []watch.Way {
		t.Helper()
		all, err := c.Ways(t.Context())
		if err != nil || len(all) != 3 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all
	}
	li, wang, robot := ways()[0], ways()[1], ways()[2]
	if li.To != "li@example.gov.cn" || len(li.Sites) != 2 || !li.Mail || !li.Last.IsZero() || li.Waiting != 0 {
		t.Errorf("%+v", li)
	}
	if robot.Mail || robot.Sites != nil || strings.Contains(robot.To+robot.ID, "secret") {
		t.Errorf("%+v", robot)
	}
	for _, id := range []string{li.ID, robot.ID} {
		if err := c.Try(t.Context(), "zheng", id); err != nil {
			t.Fatal(err)
		}
		if err := c.Try(t.Context(), "zheng", id); !errors.Is(err, watch.ErrTrying) {
			t.Errorf("twice at once: %v", err)
		}
	}
	if err := c.Try(t.Context(), "zheng", "mail somebody@example.org"); !errors.Is(err, watch.ErrNoWay) {
		t.Errorf("a stranger's address: %v", err)
	}
	if got := ways()[0]; got.Waiting != 1 {
		t.Errorf("%+v", got)
	}
	c.deliver(10 * time.Second)
	subjects, texts := o.got(t)
	if len(subjects) != 1 || !strings.Contains(subjects[0], "试发") || !strings.Contains(texts[0], "https://x.example/warnings") || o.to[0] != li.To {
		t.Errorf("%q %q to %q", subjects, texts, o.to)
	}
	if got := ways()[0]; got.Last.IsZero() || got.Waiting != 0 || got.Error != "" {
		t.Errorf("%+v", got)
	}
	if got := ways()[1]; got.ID != wang.ID || !got.Last.IsZero() {
		t.Errorf("who was not tried: %+v", got)
	}
	got := ways()[2]
	mu.Lock()
	seen := slices.Clone(events)
	mu.Unlock()
	if len(seen) == 0 || seen[0] != "/robot-secret test" || !got.Last.IsZero() || got.Again.IsZero() || !strings.Contains(got.Error, "418") || strings.Contains(got.Error, "secret") {
		t.Errorf("%q, %+v", seen, got)
	}
	if to, err := c.Unbrought(t.Context()); err != nil || len(to) != 1 || to[0] != got.To {
		t.Errorf("%q, %v", to, err)
	}
	// A warning about a screen is as ever.
	c.devices[0].vitals = wire.Vitals{ClockOffset: 300}
	c.deliver(3 * time.Minute)
	if subjects, _ := o.got(t); len(subjects) != 3 {
		t.Errorf("%q", subjects)
	}
}
