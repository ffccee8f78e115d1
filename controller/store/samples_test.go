package store_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// TestSamplesFold keeps five minutes for two days and hours for sixty: what is
// read is the same before and after, a silence stays one, and a figure that is not
// known stays unknown.
func TestSamplesFold(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	now := time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	put := func(hour time.Time, slots ...int) {
		var body store.SampleHour
		for i, slot := range slots {
			x := store.FiguresOf(&wire.Vitals{CPU: 10 + 20*float64(i), MemoryUsed: 1 << 30, MemoryTotal: 4 << 30, DiskFree: 300 << 30, DiskTotal: 500 << 30})
			x.Online = 1
			body.Set(slot, x)
		}
		if err := s.Update(ctx, func(tx *store.Tx) error { return tx.PutSampleHour(ctx, "s", hour, body) }); err != nil {
			t.Fatal(err)
		}
	}
	old, recent := now.Add(-72*time.Hour).Truncate(time.Hour), now.Add(-2*time.Hour).Truncate(time.Hour)
	put(old, 0, 1, 2)
	put(old.Add(2*time.Hour), 5) // and an hour of silence between
	put(recent, 0, 11)
	put(now.Add(-61*24*time.Hour), 3)
	read := func() []store.Sample {
		got, err := s.HourSamples(ctx, "s", now.Add(-30*24*time.Hour), now)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	before := read()
	for range 2 { // the second time there is nothing to do
		if err := s.FoldSamples(ctx, now); err != nil {
			t.Fatal(err)
		}
	}
	after := read()
	if len(before) != 3 || len(after) != 3 || before[0].CPU != after[0].CPU || !before[1].At.Equal(after[1].At) {
		t.Fatalf("folding changes what is read: %+v, then %+v", before, after)
	}
	first := after[0]
	if !first.At.Equal(old) || first.CPU != (store.Figure{Min: 10, Mean: 30, Max: 50, Known: true}) || math.Abs(first.Online-0.25) > 0.01 {
		t.Errorf("the first hour is %+v", first)
	}
	if first.Disk.Mean != 300<<10 || first.Memory.Mean != 25 || first.Temperature.Known || first.RTT.Known {
		t.Errorf("figures: %+v", first)
	}
	if !after[1].At.Equal(old.Add(2 * time.Hour)) {
		t.Errorf("the silence is gone: %v", after[1].At)
	}
	fine, err := s.FineSamples(ctx, "s", now.Add(-24*time.Hour), now)
	if err != nil || len(fine) != 2 || !fine[1].At.Equal(recent.Add(55*time.Minute)) || fine[1].CPU.Mean != 30 {
		t.Errorf("the fine ones: %+v, %v", fine, err)
	}
	if err := s.FoldSamples(ctx, now.Add(70*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left, err := s.HourSamples(context.Background(), "s", old, now.Add(time.Hour)); err != nil || len(left) != 0 {
		t.Errorf("after seventy days %d hours are left, %v", len(left), err)
	}
}
