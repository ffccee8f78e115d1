package controller_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// BenchmarkPublish publishes one more notice on a channel of a thousand:
// validated, durable, compiled, signed, stored and announced. The floor is what
// the disk alone takes: two transactions of the same size and one blob.
func BenchmarkPublish(b *testing.B) {
	ctx := context.Background()
	dir := b.TempDir()
	blobs, err := assets.Open(durable.OS, filepath.Join(dir, "blobs"))
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(ctx, filepath.Join(dir, "mingbai.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	keys, err := publish.OpenKeys(durable.OS, filepath.Join(dir, "keys"))
	if err != nil {
		b.Fatal(err)
	}
	desk := publish.New(publish.Config{Store: s, Blobs: blobs, Keys: keys, Zone: time.UTC, Policy: review.Single})
	defer desk.Close()
	county := smallCounty()
	for i := range 1000 {
		d := county.Drafts[0]
		d.Notice.ID = playlist.NoticeID(fmt.Sprintf("b-%04d", i))
		d.Notice.Title = fmt.Sprintf("第 %d 号公告", i)
		county.Drafts = append(county.Drafts, d)
	}
	if _, err := desk.Import(ctx, publish.Who{Actor: "test"}, county); err != nil {
		b.Fatal(err)
	}
	ch := playlist.ChannelID{Site: "qinghe"}
	head, err := s.Channel(ctx, ch)
	if err != nil {
		b.Fatal(err)
	}
	edition, err := s.Edition(ctx, ch, head.Revision)
	if err != nil {
		b.Fatal(err)
	}
	copied := playlist.ChannelID{Site: "floor"}
	err = s.Update(ctx, func(t *store.Tx) error { return t.AddChannel(ctx, copied, head.Key) })
	if err != nil {
		b.Fatal(err)
	}
	var floor, real time.Duration
	n := 0
	for b.Loop() {
		n++
		start := time.Now()
		if _, err := blobs.PutBytes(fmt.Appendf(nil, "blob %d %d", n, start.UnixNano())); err != nil {
			b.Fatal(err)
		}
		edition.Channel, edition.Revision = copied, playlist.Revision(n)
		for _, do := range []func(*store.Tx) error{
			func(t *store.Tx) error {
				return t.Audit(ctx, store.Record{At: start, Actor: "li", Action: "x", Subject: "y"})
			},
			func(t *store.Tx) error { return t.PutEdition(ctx, edition, 0) },
		} {
			if err := s.Update(ctx, do); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(start)
		start = time.Now()
		if _, err := desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("qinghe", "news", fmt.Sprintf("再发一条 %d", n))); err != nil {
			b.Fatal(err)
		}
		real += time.Since(start)
	}
	b.ReportMetric(float64(real)/float64(floor), "ratio")
	b.ReportMetric(float64(real.Milliseconds())/float64(n), "ms/publish")
}

// BenchmarkScreens lists ten thousand screens with their state, as the console
// does. The floor is reading their rows.
func BenchmarkScreens(b *testing.B) {
	ctx := context.Background()
	cfg := settings(b.TempDir())
	c := openController(b, cfg)
	load(b, c)
	err := c.Store.Update(ctx, func(t *store.Tx) error {
		for i := range 10_000 {
			s := playlist.Screen{
				ID: playlist.ScreenID(fmt.Sprintf("s-%05d", i)), Site: "liuxi", Kind: playlist.LED, Name: fmt.Sprintf("%d 号屏", i),
				Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640},
			}
			if err := t.PutScreen(ctx, s, "zh"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var floor, real time.Duration
	n := 0
	for b.Loop() {
		n++
		start := time.Now()
		if _, err := c.Store.Screens(ctx); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(start)
		start = time.Now()
		states, err := c.Fleet.List(ctx)
		if err != nil || len(states) != 10_000 {
			b.Fatal(len(states), err)
		}
		real += time.Since(start)
	}
	b.ReportMetric(float64(real)/float64(floor), "ratio")
	b.ReportMetric(float64(real.Milliseconds())/float64(n), "ms/list")
}
