package main

import (
	"slices"
	"time"
)

// median is the middle of the values, the mean of the two middle ones when they
// are even in number; 0 of none. The values stay in their order.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// percentile is the smallest value that p per cent of all are not above (nearest
// rank); 0 of none.
func percentile(v []time.Duration, p float64) time.Duration {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	rank := int(p/100*float64(len(s))+0.999999) - 1
	return s[min(max(rank, 0), len(s)-1)]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// slowestOf gives the median of the measurements of each thing, and which is the
// largest.
func slowestOf(each [][]float64) (medians []float64, at int) {
	medians = make([]float64, len(each))
	for i, e := range each {
		medians[i] = median(e)
	}
	return medians, slices.Index(medians, slices.Max(medians))
}
