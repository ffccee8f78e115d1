package console_test

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// BenchmarkScreenMonth draws the page of a screen with a month of samples. The
// floor, in the same run, is the smallest page there is and the reading of the
// samples.
func BenchmarkScreenMonth(b *testing.B) {
	ctx := context.Background()
	cfg := configs.DefaultController()
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = b.TempDir(), "127.0.0.1:0"
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	cookie := signIn(b, c)
	if err := c.Desk.PutSite(ctx, publish.Who{Actor: "test"}, playlist.Site{ID: "qinghe", Kind: playlist.County, Name: "青禾县"}); err != nil {
		b.Fatal(err)
	}
	if _, err := c.Fleet.Add(ctx, "test", playlist.Screen{ID: "hall", Site: "qinghe", Kind: playlist.Touch, Name: "大厅触摸屏", Panel: upright}, ""); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	err = c.Store.Update(ctx, func(tx *store.Tx) error {
		for h := now.Add(-30 * 24 * time.Hour).Truncate(time.Hour); h.Before(now); h = h.Add(time.Hour) {
			var body store.SampleHour
			for slot := range 12 {
				x := 50 + 40*math.Sin(float64(h.Unix()/3600)+float64(slot))
				f := store.Figure{Min: x, Mean: x, Max: x, Known: true}
				body.Set(slot, store.Sample{At: h.Add(time.Duration(slot) * store.SampleStep), Step: 300, Online: 1, CPU: f, Memory: f, Disk: f.Times(300), Temperature: f, RTT: f, Lost: f.Times(0.1), Frame: f})
			}
			if err := tx.PutSampleHour(ctx, "hall", h, body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Store.FoldSamples(ctx, now); err != nil {
		b.Fatal(err)
	}
	ask := func(path string) {
		b.Helper()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		if c.Handler().ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, w.Code)
		}
	}
	var floor, real time.Duration
	for b.Loop() {
		start := time.Now()
		samples, err := c.Fleet.Samples(ctx, "hall", now.Add(-30*24*time.Hour))
		if err != nil || len(samples) < 700 {
			b.Fatal(len(samples), err)
		}
		ask("/screens/retired")
		floor += time.Since(start)
		start = time.Now()
		ask("/screens/hall/live?part=charts&span=month")
		real += time.Since(start)
	}
	b.ReportMetric(float64(real)/float64(floor), "ratio")
	b.ReportMetric(float64(real.Microseconds())/1000/float64(b.N), "ms/page")
}
