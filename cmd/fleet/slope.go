package main

import (
	"math"
	"slices"
	"time"
)

// slope is a straight line through samples that wild ones do not bend: the median
// of the slopes between all pairs (Theil 1950), with the bounds within which the
// true slope lies with 95 % if the samples are independent (Sen 1968).
type slope struct {
	PerDay, Low, High float64
	Level             float64 // in the middle of the time
	Noise             float64 // standard deviation around the line, from the median of the deviations
	Samples           int
	Over              time.Duration // from the first sample to the last
}

// z95 is the quantile of the normal distribution that 2.5 % are above.
const z95 = 1.959964

// madToSigma makes the median of absolute deviations the standard deviation of a
// normal distribution.
const madToSigma = 1.4826

// slopeOf fits a line to values at times, at least three of them in ascending
// order; it is zero of fewer.
func slopeOf(times []time.Time, values []float64) slope {
	n := len(times)
	if n < 3 || n != len(values) {
		return slope{}
	}
	day := func(i int) float64 { return times[i].Sub(times[0]).Hours() / 24 }
	pairs := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			if dt := day(j) - day(i); dt > 0 {
				pairs = append(pairs, (values[j]-values[i])/dt)
			}
		}
	}
	if len(pairs) == 0 {
		return slope{}
	}
	slices.Sort(pairs)
	s := slope{PerDay: median(pairs), Samples: n, Over: times[n-1].Sub(times[0])}
	f := float64(n)
	c := z95 * math.Sqrt(f*(f-1)*(2*f+5)/18)
	at := func(rank float64) float64 { return pairs[min(max(int(rank), 0), len(pairs)-1)] }
	s.Low, s.High = at((float64(len(pairs))-c)/2), at((float64(len(pairs))+c)/2)
	rest := make([]float64, n)
	for i := range n {
		rest[i] = values[i] - s.PerDay*day(i)
	}
	base := median(rest)
	for i := range rest {
		rest[i] = math.Abs(rest[i] - base)
	}
	s.Noise = madToSigma * median(rest)
	s.Level = base + s.PerDay*day(n-1)/2
	return s
}

// grown is how much the line rises over the samples.
func (s slope) grown() float64 { return s.PerDay * s.Over.Hours() / 24 }

// bound is what a quantity may grow.
type bound struct {
	perDay float64 // in a run that is long enough to tell
	share  float64 // of its level, during a shorter run
}

// longRun is from when on a run tells slopes a day: the noise of a controller
// under load, some MiB, is then less than the limit that it is held against.
const longRun = 6 * time.Hour

// limit is the slope a day that is allowed, and in words why.
func (b bound) limit(s slope) (perDay float64, why string) {
	if s.Over >= longRun {
		return b.perDay, "a long run"
	}
	days := max(s.Over.Hours()/24, 1e-9)
	grow, why := b.share*math.Abs(s.Level), "a short run may grow by a part of its level"
	if noise := 3 * s.Noise; noise > grow {
		grow, why = noise, "a short run cannot tell less than three times its noise"
	}
	return grow / days, why
}

// over reports whether it grows more than it may, and not by chance.
func (s slope) over(limit float64) bool { return s.Low > limit }
