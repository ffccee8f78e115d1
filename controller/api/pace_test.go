package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"mingbai/controller/publish"
)

// TestPace changes more than one token may: it is told when to come again, which
// is then true, and others are not disturbed.
func TestPace(t *testing.T) {
	var p paces
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for i := range atOnce {
		if err := p.take("token:villages", now); err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
	}
	err := p.take("token:villages", now)
	fast, ok := err.(*tooFast)
	if !ok {
		t.Fatalf("one more: %v", err)
	}
	if err := p.take("token:office", now); err != nil {
		t.Errorf("another token: %v", err)
	}
	if err := p.take("token:villages", now.Add(fast.wait)); err != nil {
		t.Errorf("after the wait that was named: %v", err)
	}
	taken := 0
	for i := range 10 * perSecond { // ten times as fast as allowed, for a second
		if p.take("token:villages", now.Add(fast.wait+time.Duration(i)*time.Second/(10*perSecond))) == nil {
			taken++
		}
	}
	if taken < perSecond-2 || taken > perSecond+2 {
		t.Errorf("%d changes in a second", taken)
	}
}

// TestPacedRoutes looks at which routes count: no reading, no alert, no
// take-down.
func TestPacedRoutes(t *testing.T) {
	counted := 0
	for _, rt := range (&api{}).routes() {
		paced := rt.paced()
		if paced {
			counted++
		}
		if free := rt.Method == http.MethodGet || rt.Path == "/alerts" || rt.Path == "/alerts/{notice}/lift" || rt.Path == "/notices/{notice}/takedown"; paced == free {
			t.Errorf("%s %s: counted %v", rt.Method, rt.Path, paced)
		}
	}
	if counted < 10 {
		t.Errorf("%d routes count", counted)
	}
}

// TestRefusedForTooMuch looks at what is answered to who comes too fast or when
// the desk is full.
func TestRefusedForTooMuch(t *testing.T) {
	a := &api{Config: Config{Log: slog.New(slog.DiscardHandler)}}
	for _, tt := range []struct {
		err    error
		status int
		code   string
		wait   string
	}{
		{&tooFast{1200 * time.Millisecond}, http.StatusTooManyRequests, "too_fast", "2"},
		{publish.ErrBusy, http.StatusServiceUnavailable, "busy", "1"},
		{publish.ErrNotLive, http.StatusConflict, "not_live", ""},
	} {
		w := httptest.NewRecorder()
		a.fail(w, httptest.NewRequest(http.MethodPost, "/api/v1/notices", nil), tt.err)
		var f Failure
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != tt.status || f.Error.Code != tt.code || f.Error.Message == "" || w.Header().Get("Retry-After") != tt.wait {
			t.Errorf("%v: %d %s, Retry-After %q, %v", tt.err, w.Code, w.Body, w.Header().Get("Retry-After"), err)
		}
	}
}
