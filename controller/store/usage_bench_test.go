package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// BenchmarkUsage stores a day of 100 screens with 100 counts each in one
// transaction, as they come when a county's line is back, and prints the ratio
// to the floor: a transaction that writes one row.
func BenchmarkUsage(b *testing.B) {
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	day := schedule.Date{Year: 2026, Month: 1, Day: 1}
	u := wire.Usage{Counts: map[string]uint64{}}
	for i := range 100 {
		u.Counts[fmt.Sprintf("%sn-2026-%04d", wire.CountNotice, i)] = uint64(i + 1)
	}
	var floor, ours time.Duration
	for b.Loop() {
		day = day.AddDays(1)
		u.Day = day
		t0 := time.Now()
		err := s.Update(ctx, func(t *store.Tx) error {
			return t.Register(ctx, store.Record{At: t0, Actor: "test", Action: "test", Subject: "x"})
		})
		if err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		err = s.Update(ctx, func(t *store.Tx) error {
			for i := range 100 {
				if err := t.PutUsage(ctx, playlist.ScreenID(fmt.Sprintf("s-%03d", i)), "liuxi", u); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		floor, ours = floor+t1.Sub(t0), ours+time.Since(t1)
	}
	b.ReportMetric(float64(ours)/float64(floor), "ratio")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/100, "µs/screen")
}
