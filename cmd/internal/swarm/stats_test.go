package swarm

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The histogram says what sorting says, but for the width of its buckets.
func TestHistogram(t *testing.T) {
	var h histogram
	if p := h.percentiles(); p != (Percentiles{}) {
		t.Errorf("of nothing %+v", p)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var times []time.Duration
	for range 20_000 {
		d := time.Duration(r.ExpFloat64() * float64(40*time.Millisecond))
		h.add(d)
		times = append(times, d)
	}
	got, want := h.percentiles(), Of(times)
	if got.N != want.N || got.Max != want.Max {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, c := range []struct{ got, want time.Duration }{{got.P50, want.P50}, {got.P90, want.P90}, {got.P99, want.P99}, {got.P999, want.P999}} {
		if c.got < c.want || float64(c.got) > 1.07*float64(c.want) {
			t.Errorf("%s, want %s to 7 %% more", c.got, c.want)
		}
	}
	for d := time.Duration(1); d < 1<<40; d = d*5/4 + 1 {
		if b := bound(bucketOf(d)); b < d || float64(b) > 1.07*float64(d)+1 {
			t.Errorf("%d is in the bucket up to %d", d, b)
		}
	}
}
