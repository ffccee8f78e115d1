package swarm_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"mingbai/cmd/internal/swarm"
	"mingbai/controller/publish"
	"mingbai/kiosk/link"
	"mingbai/playlist"
)

// TestTroubleOfATenth puts a tenth of the screens behind a line that flaps and
// resets. The others do not wait for them, and when the line is healed all have the
// newest soon.
func TestTroubleOfATenth(t *testing.T) {
	const all, bad = 200, 20
	o := open(t, all)
	zerolog.SetGlobalLevel(zerolog.Disabled)
	line := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "line", "127.0.0.1:0", strings.TrimPrefix(o.URL(), "http://"))
	if err := line.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	call := func(url string, first, count int) *swarm.Swarm {
		cfg := o.config(t, count)
		cfg.URL, cfg.First, cfg.Report, cfg.Ledger = url, first, 5*time.Second, 5*time.Second
		cfg.Backoff = link.Backoff{Min: 100 * time.Millisecond, Max: 5 * time.Second}
		s, err := swarm.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		running, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- s.Run(running) }()
		t.Cleanup(func() {
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		if err := s.Connected(ctx, count); err != nil {
			t.Fatal(err)
		}
		return s
	}
	good, troubled := call(o.URL(), bad, all-bad), call("http://"+line.Listen, 0, bad)

	reset := `{"name":"reset","type":"reset_peer","stream":"downstream","toxicity":0.5,"attributes":{"timeout":100}}`
	if _, err := line.Toxics.AddToxicJson(strings.NewReader(reset)); err != nil {
		t.Fatal(err)
	}
	titles := []string{"护林防火公告", "水渠清淤的安排", "国庆假期值班表", "关于本周六停电的公告"}
	var last publish.Receipt
	var slowest time.Duration
	for i := range titles {
		line.Stop() // the plug is loose
		ch := playlist.ChannelID{Site: swarm.County}
		state, err := o.Store.Channel(ctx, ch)
		if err != nil {
			t.Fatal(err)
		}
		watched := good.Watch(ch, state.Revision+1)
		n := swarm.Announcement(ch.Site, titles[i], 60)
		n.Announcement.Blocks = []playlist.Block{{Kind: playlist.Paragraph, Text: titles[i] + "，特此公告。"}}
		if last, err = o.Desk.Publish(ctx, publish.Who{Actor: "test"}, n); err != nil {
			t.Fatal(err)
		}
		if err := watched.Wait(ctx, all-bad); err != nil {
			t.Fatalf("%v: %+v", err, good.Stats())
		}
		slowest = max(slowest, watched.Times()[all-bad-1])
		watched.Stop()
		if err := line.Start(); err != nil {
			t.Fatal(err)
		}
	}
	late := troubled.Watch(last.Channel, last.Revision)
	began := time.Now()
	if err := line.Toxics.RemoveToxic(ctx, "reset"); err != nil {
		t.Fatal(err)
	}
	limit, end := context.WithTimeout(ctx, 3*time.Minute)
	defer end()
	if err := late.Wait(limit, bad); err != nil {
		t.Errorf("%v: %+v", err, troubled.Stats())
	}
	t.Logf("the last of %d good screens had each edition within %v; all %d troubled ones were right %v after healing",
		all-bad, slowest.Round(time.Millisecond), bad, time.Since(began).Round(time.Millisecond))
}
