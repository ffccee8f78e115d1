package fleet_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// sampled is a fleet with these screens on a database whose clock the caller sets;
// it can be opened again.
func sampled(tb testing.TB, path string, now *time.Time, screens ...playlist.ScreenID) (*fleet.Fleet, func()) {
	tb.Helper()
	s, err := store.Open(context.Background(), path)
	if err != nil {
		tb.Fatal(err)
	}
	err = s.Update(context.Background(), func(t *store.Tx) error {
		for _, id := range screens {
			screen := playlist.Screen{ID: id, Site: "liuxi", Kind: playlist.Touch}
			key := append(make([]byte, 32-len(id)), id...)
			if err := errors.Join(t.PutScreen(context.Background(), screen, "zh"), t.BindDevice(context.Background(), id, key, *now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	blobs, err := assets.Open(durable.OS, tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	f, err := fleet.New(context.Background(), fleet.Config{Store: s, Blobs: blobs, Root: key, Zone: time.UTC, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return *now }})
	if err != nil {
		tb.Fatal(err)
	}
	return f, func() {
		f.Close()
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	}
}

// TestSamplesOfReports makes minutes and five minutes of reports; a silence is a
// gap, and a start of the controller within an hour loses nothing of it.
func TestSamplesOfReports(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "x.db")
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	f, end := sampled(t, path, &now, "s")
	talk := func(minutes int, cpu float64) {
		for range minutes * 2 {
			now = now.Add(30 * time.Second)
			if err := f.Report(ctx, "s", wire.Report{Vitals: wire.Vitals{CPU: cpu, Line: wire.Line{Pings: 3, RTT: 20}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	talk(15, 20)
	now = now.Add(15 * time.Minute) // silence
	talk(5, 60)
	hour := f.Hour("s")
	if len(hour) < 20 || len(hour) > 22 {
		t.Fatalf("%d minutes", len(hour))
	}
	gaps := 0
	for i, s := range hour[1:] {
		if s.At.Sub(hour[i].At) > time.Minute {
			gaps++
		}
	}
	last := hour[len(hour)-1]
	if gaps != 1 || last.CPU.Mean != 60 || hour[0].CPU.Mean != 20 || last.RTT.Mean != 20 || last.Temperature.Known {
		t.Errorf("%d gaps, %+v to %+v", gaps, hour[0], last)
	}
	end()

	f, end = sampled(t, path, &now)
	defer end()
	talk(5, 40)
	now = now.Add(time.Second)
	fine, err := f.Samples(ctx, "s", now.Add(-2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range fine {
		got += fmt.Sprintf("%s %.0f, ", s.At.Format("15:04"), s.CPU.Mean)
	}
	if want := "08:00 20, 08:05 20, 08:10 20, 08:15 20, 08:30 60, 08:35 40, 08:40 40, "; got != want {
		t.Errorf("five minutes:\n%s\nwant\n%s", got, want)
	}
	if mixed, err := f.Samples(ctx, "s", now.Add(-time.Hour)); err != nil || mixed[0].Step != 300 || mixed[len(mixed)-1].Step != 60 {
		t.Errorf("the last hour after a start: %+v, %v", mixed, err)
	}
}

// BenchmarkHealthIngest takes five minutes of reports of ten thousand screens, with
// their samples written at the end. The ratio is to decoding the reports, which
// nothing can spare.
func BenchmarkHealthIngest(b *testing.B) {
	const screens, each = 10_000, 10
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	ids := make([]playlist.ScreenID, screens)
	for i := range ids {
		ids[i] = playlist.ScreenID(fmt.Sprintf("s-%05d", i))
	}
	f, end := sampled(b, filepath.Join(b.TempDir(), "x.db"), &now, ids...)
	data, err := json.Marshal(wire.Report{Time: now, Showing: wire.Showing{Notice: "n-abcdefgh", Page: "loop", Since: now, Why: "规则“日常”"}, Vitals: wire.Vitals{
		CPU: 12.5, MemoryUsed: 2 << 30, MemoryTotal: 4 << 30, DiskFree: 40 << 30, DiskTotal: 64 << 30, Temperature: 51, FrameP99: 8, Heartbeat: now, Line: wire.Line{RTT: 21, Pings: 20},
	}})
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	var floor time.Duration
	for b.Loop() {
		for range each {
			now = now.Add(30 * time.Second)
			for _, id := range ids {
				var r wire.Report
				b.StopTimer()
				start := time.Now()
				if err := json.Unmarshal(data, &r); err != nil {
					b.Fatal(err)
				}
				floor += time.Since(start)
				b.StartTimer()
				if err := f.Report(ctx, id, r); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	start := time.Now()
	end() // writes what is left
	total := b.Elapsed() + time.Since(start)
	b.ReportMetric(float64(total)/float64(floor), "ratio")
	b.ReportMetric(float64(total.Nanoseconds())/float64(b.N*screens*each), "ns/report")
}
