package browse

import (
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/log"
)

// TestNetworkOfTheMachineChanges: what a browser gave up when the machine got another
// address is asked for again, and is no fault of the page. A picture that is missing
// for another reason stays missing.
func TestNetworkOfTheMachineChanges(t *testing.T) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/picture":
			if asked.Add(1) == 1 {
				w.WriteHeader(http.StatusNoContent) // a picture with nothing in it, as one that was cut off
				return
			}
			w.Header().Set("Content-Type", "image/png")
			if err := png.Encode(w, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
				t.Error(err)
			}
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<link rel=icon href="data:,"><img src=/picture>`)
		}
	}))
	defer srv.Close()
	b, err := Start(t.Context(), "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Open(srv.URL); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 1 {
		t.Fatalf("the picture was asked for %d times before anything changed", n)
	}
	b.hear(&log.EventEntryAdded{Entry: &log.Entry{Level: log.EntryLevelError, Text: "Failed to load resource: " + networkChanged, URL: srv.URL + "/picture"}})
	if err := b.Settle(); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the picture was asked for %d times, not once more", n)
	}
	for _, c := range b.Complaints() {
		t.Errorf("the page complains: %s", c)
	}
}
