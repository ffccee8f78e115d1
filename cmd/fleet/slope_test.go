package main

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// sampled is a line with noise and, every so often, a wild value.
func sampled(n int, every time.Duration, level, perDay, noise float64, wild bool) (times []time.Time, values []float64) {
	r := rand.New(rand.NewPCG(7, 9))
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at := time.Duration(i) * every
		v := level + perDay*at.Hours()/24 + noise*r.NormFloat64()
		if wild && i%11 == 5 {
			v += 60 * noise
		}
		times, values = append(times, start.Add(at)), append(values, v)
	}
	return times, values
}

func TestSlope(t *testing.T) {
	for _, wild := range []bool{false, true} {
		s := slopeOf(sampled(500, time.Minute, 200, 24, .3, wild))
		if math.Abs(s.PerDay-24) > .5 || s.Low > 24 || s.High < 24 || s.High-s.Low > 2 {
			t.Errorf("wild %v: %+v, want 24 a day", wild, s)
		}
		if s.Noise < .2 || s.Noise > .5 || math.Abs(s.Level-204.2) > .3 || math.Abs(s.grown()-24*499./60/24) > .2 {
			t.Errorf("wild %v: %+v", wild, s)
		}
	}
	if s := slopeOf(sampled(2, time.Minute, 1, 1, 0, false)); s != (slope{}) {
		t.Errorf("two samples are a line: %+v", s)
	}
	same := time.Now()
	if s := slopeOf([]time.Time{same, same, same}, []float64{1, 2, 3}); s != (slope{}) {
		t.Errorf("one instant is a line: %+v", s)
	}
}

// What a soak is for: a leak is found, noise is not taken for one, in a long run
// and in a short one.
func TestLimits(t *testing.T) {
	memory := bound{perDay: 1, share: .05}
	for _, c := range []struct {
		name          string
		n             int
		every         time.Duration
		perDay, noise float64
		over          bool
	}{
		{"8 h, steady", 960, 30 * time.Second, 0, 2, false},
		{"8 h, 30 MiB a day", 960, 30 * time.Second, 30, 2, true},
		{"8 h, half a MiB a day", 960, 30 * time.Second, .5, .5, false},
		{"5 min, steady", 200, time.Second, 0, 3, false},
		{"5 min, a MiB a second", 200, time.Second, 86400, 3, true},
		{"5 min, 3 MiB in all", 200, time.Second, 3 * 86400 / 200, 1, false},
	} {
		s := slopeOf(sampled(c.n, c.every, 200, c.perDay, c.noise, true))
		limit, why := memory.limit(s)
		if s.over(limit) != c.over || why == "" {
			t.Errorf("%s: slope %.1f (%.1f to %.1f), limit %.1f", c.name, s.PerDay, s.Low, s.High, limit)
		}
	}
}
