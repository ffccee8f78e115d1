package console_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// rolled is a screen as a browser gets it for the list of all screens.
type rolled struct {
	ID      string `json:"id"`
	Name    string `json:"n"`
	Site    string `json:"s"`
	Place   string `json:"p,omitempty"`
	Kind    string `json:"k"`
	Device  string `json:"z"`
	Rank    int    `json:"r"`
	Since   int64  `json:"f,omitempty"`
	Tone    string `json:"o"`
	Title   string `json:"t"`
	Cause   string `json:"c,omitempty"`
	Next    string `json:"x,omitempty"`
	Showing string `json:"w,omitempty"`
	Notice  string `json:"i,omitempty"`
	Why     string `json:"y,omitempty"`
	Edition string `json:"e,omitempty"`
	Lag     string `json:"b,omitempty"`
	Version string `json:"v,omitempty"`
	Last    string `json:"l"`
	Seen    int64  `json:"m,omitempty"`
}

// rollAnswer is what a browser gets when it asks for the list.
type rollAnswer struct {
	Epoch string   `json:"epoch"`
	Seq   uint64   `json:"seq"`
	Rows  []rolled `json:"rows"`
}

// manyScreens is a controller with screens in 250 villages, one of ten with
// something wrong, and a person who is signed in.
type manyScreens struct {
	*controller.Controller
	cookie *http.Cookie
	all    []playlist.Screen
}

func fillScreens(b *testing.B, many int) *manyScreens {
	b.Helper()
	ctx := context.Background()
	cfg := configs.DefaultController()
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = b.TempDir(), "127.0.0.1:0"
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	m := &manyScreens{Controller: c, cookie: signIn(b, c)}
	err = c.Store.Update(ctx, func(t *store.Tx) error {
		sites := []playlist.Site{{ID: "county", Kind: playlist.County, Name: "青禾县"}}
		for i := range 250 {
			sites = append(sites, playlist.Site{ID: playlist.SiteID(fmt.Sprintf("v-%03d", i)), Parent: "county", Kind: playlist.Village, Name: fmt.Sprintf("%d 村", i)})
		}
		for _, s := range sites {
			if err := t.PutSite(ctx, s); err != nil {
				return err
			}
		}
		for i := range many {
			s := playlist.Screen{ID: playlist.ScreenID(fmt.Sprintf("s-%05d", i)), Site: sites[1+i%250].ID, Kind: playlist.Touch, Name: fmt.Sprintf("服务站 %d 号屏", i), Place: "便民服务站一楼", Panel: upright}
			if err := t.PutScreen(ctx, s, "zh"); err != nil {
				return err
			}
			if err := t.BindDevice(ctx, s.ID, keyOf(s.ID), time.Now().AddDate(0, 0, -40)); err != nil {
				return err
			}
			if err := t.PutSettings(ctx, s.ID, 1, wire.Envelope{}); err != nil {
				return err
			}
			if err := t.SetProgram(ctx, s.ID, "kiosk 1.4.0", "linux/amd64", string(s.ID)); err != nil {
				return err
			}
			m.all = append(m.all, s)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for i, s := range m.all {
		hello := wire.Hello{Key: keyOf(s.ID), Screen: s.ID, Program: "kiosk 1.4.0", System: "linux/amd64", Kind: s.Kind, Panel: s.Panel, Host: string(s.ID), Settings: 1}
		if _, err := c.Fleet.Hello(ctx, hello, "10.20.0.9:4711"); err != nil {
			b.Fatal(err)
		}
		heat := 46.0
		if i%10 == 3 {
			heat = 91
		}
		m.says(b, s.ID, heat)
	}
	return m
}

func keyOf(id playlist.ScreenID) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:]
}

// says lets a screen report, with its temperature in degrees Celsius.
func (m *manyScreens) says(b *testing.B, id playlist.ScreenID, heat float64) {
	b.Helper()
	at := time.Now()
	err := m.Fleet.Report(context.Background(), id, wire.Report{Time: at, Showing: wire.Showing{Page: "home", Since: at.Add(-time.Minute), Why: "有人在用"}, Vitals: wire.Vitals{
		CPU: 12, MemoryUsed: 1 << 30, MemoryTotal: 4 << 30, DiskFree: 20 << 30, DiskTotal: 60 << 30, Temperature: heat, Uptime: 83 * 86400, Running: 83 * 86400,
		Heartbeat: at, ContentAsOf: at, Output: wire.Output{Display: wire.Plugged, Touch: wire.Plugged, Brightness: 80, Volume: 40},
		Picture: wire.Picture{At: at, Luma: 120, Changed: at}, Program: wire.Program{Version: "1.4.0", Starts: 1, Before: wire.EndedPower}, Line: wire.Line{RTT: 18, Pings: 60},
	}})
	if err != nil {
		b.Fatal(err)
	}
}

// ask returns what a browser gets at an address.
func (m *manyScreens) ask(b *testing.B, path string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.AddCookie(m.cookie)
	w := httptest.NewRecorder()
	if m.Handler().ServeHTTP(w, r); w.Code != http.StatusOK {
		b.Fatalf("%s: %d", path, w.Code)
	}
	return w
}

// rows unpacks the answer to who asks for the list.
func rows(b *testing.B, w *httptest.ResponseRecorder) (a rollAnswer) {
	b.Helper()
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		b.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&a); err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkScreens draws the list of 10,000 screens: the page, which judges all of
// them anew, the same with words to search for, the rows that its script takes, and
// what the script takes every five seconds when one screen has changed, as the first
// who asks and after another one. The floor, in the same run, is to write the same
// 10,000 rows as JSON.
func BenchmarkScreens(b *testing.B) {
	const many = 10_000
	m := fillScreens(b, many)
	m.ask(b, "/screens")
	all := rows(b, m.ask(b, "/screens/live")).Rows
	if len(all) != many {
		b.Fatalf("%d rows", len(all))
	}
	troubled := 0
	for _, r := range all {
		if r.Tone != "good" {
			troubled++
		}
	}
	if troubled != many/10 {
		b.Fatalf("%d screens have trouble", troubled)
	}
	// against runs real beside the floor; before prepares it and is not counted.
	against := func(b *testing.B, before, real func()) {
		var floor, took time.Duration
		for b.Loop() {
			b.StopTimer()
			before()
			start := time.Now()
			if _, err := json.Marshal(all); err != nil {
				b.Fatal(err)
			}
			floor += time.Since(start)
			b.StartTimer()
			start = time.Now()
			real()
			took += time.Since(start)
		}
		b.ReportMetric(float64(took)/float64(floor), "ratio")
		b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), "ms/answer")
	}
	for _, page := range []struct{ name, path, has string }{
		{"page", "/screens", "服务站 3 号屏"}, {"filter", "/screens?q=9997", "服务站 9997 号屏"}, {"filter-many", "/screens?q=" + "%E6%B8%A9%E5%BA%A6", "温度"},
		{"site", "/screens?site=v-007", "服务站 9757 号屏"},
	} {
		b.Run(page.name, func(b *testing.B) {
			against(b, func() {}, func() {
				if w := m.ask(b, page.path); !strings.Contains(w.Body.String(), page.has) {
					b.Fatalf("%s does not say %s", page.path, page.has)
				}
			})
		})
	}
	heat := 46.0
	turn := func() { // the first screen is too hot and well by turns
		heat = 137 - heat
		m.says(b, m.all[0].ID, heat)
	}
	b.Run("rows", func(b *testing.B) {
		against(b, func() {
			turn()
			m.ask(b, "/screens") // somebody's page makes the list; it is not written out yet
		}, func() {
			if w := m.ask(b, "/screens/live"); w.Body.Len() < many {
				b.Fatalf("%d bytes", w.Body.Len())
			}
		})
	})
	b.Run("rows-again", func(b *testing.B) {
		against(b, func() {}, func() { m.ask(b, "/screens/live") })
	})
	for _, d := range []struct {
		name  string
		ready func()
	}{
		{"delta", func() { m.ask(b, "/screens") }},                // somebody's page made the list
		{"delta-first", func() { <-time.After(2 * time.Second) }}, // nobody asked for as long as a list counts as new
	} {
		b.Run(d.name, func(b *testing.B) {
			path := ""
			against(b, func() {
				m.ask(b, "/screens")
				had := rows(b, m.ask(b, "/screens/live"))
				path = fmt.Sprintf("/screens/live?epoch=%s&since=%d", had.Epoch, had.Seq)
				turn()
				d.ready()
			}, func() {
				if got := rows(b, m.ask(b, path)); len(got.Rows) != 1 || got.Rows[0].ID != string(m.all[0].ID) {
					b.Fatalf("one screen changed, %d rows came", len(got.Rows))
				}
			})
		})
	}
}
