package store_test

import (
	"context"
	"database/sql"
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
			return t.Audit(ctx, store.Record{At: t0, Actor: "test", Action: "test", Subject: "x"})
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

// BenchmarkUsageQuarter adds up a quarter of 100 screens, with 30 counts a day each,
// as the page of statistics does, and prints the ratio to the floor: reading the
// same rows' bytes without looking into them.
func BenchmarkUsageQuarter(b *testing.B) {
	ctx := context.Background()
	path := filepath.Join(b.TempDir(), "x.db")
	s, err := store.Open(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	first := schedule.Date{Year: 2026, Month: 1, Day: 1}
	const days, screens = 90, 100
	u := wire.Usage{Counts: map[string]uint64{}, Empty: []string{"gaolingbutie", "tudiqq"}}
	for i := range 25 {
		u.Counts[fmt.Sprintf("%sn-2026-%04d", wire.CountNotice, i)] = uint64(i + 1)
	}
	for _, key := range []string{wire.CountSession, wire.CountSearch, wire.CountQR, wire.CountAloud, wire.CountLarge} {
		u.Counts[key] = 7
	}
	err = s.Update(ctx, func(t *store.Tx) error {
		for d := range days {
			u.Day = first.AddDays(d)
			for i := range screens {
				if err := t.PutUsage(ctx, playlist.ScreenID(fmt.Sprintf("s-%03d", i)), "liuxi", u); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var floor, ours time.Duration
	for b.Loop() {
		t0 := time.Now()
		rows, err := db.QueryContext(ctx, `SELECT counts, empty FROM usage ORDER BY day, screen`)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			var counts, empty sql.RawBytes
			if err := rows.Scan(&counts, &empty); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		sum, err := s.Usage(ctx, store.UsageFilter{From: first, To: first.AddDays(days)})
		if err != nil || sum.Totals[wire.CountSession] != 7*days*screens {
			b.Fatalf("%v, %v", sum.Totals, err)
		}
		floor, ours = floor+t1.Sub(t0), ours+time.Since(t1)
	}
	b.ReportMetric(float64(ours)/float64(floor), "ratio")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/days/screens, "µs/row")
}
