package durable_test

import (
	"os"
	"testing"
	"time"
)

const createNew = os.O_RDWR | os.O_CREATE | os.O_EXCL

// ratio runs work and floor in turns, so that both meet the same disk, and
// reports time of work over time of floor.
func ratio(b *testing.B, work, floor func() error) {
	var tw, tf time.Duration
	for b.Loop() {
		t0 := time.Now()
		if err := work(); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if err := floor(); err != nil {
			b.Fatal(err)
		}
		tw, tf = tw+t1.Sub(t0), tf+time.Since(t1)
	}
	b.ReportMetric(float64(tw)/float64(tf), "ratio")
}
