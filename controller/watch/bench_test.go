package watch_test

import (
	"encoding/json"
	"testing"
	"time"

	"mingbai/playlist/wire"
)

// BenchmarkLook is one look at ten thousand screens, ten of which are in trouble.
// The ratio is to reading their states alone.
func BenchmarkLook(b *testing.B) {
	c := newCounty(b, 1000, 10)
	for i, d := range c.devices {
		c.connect(d)
		if i%1000 == 0 {
			d.vitals = wire.Vitals{ClockOffset: 300}
		}
		c.report(d)
	}
	if err := c.Look(b.Context(), c.now); err != nil { // rows are read, and the warnings open
		b.Fatal(err)
	}
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		if _, err := c.fleet.List(b.Context()); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(start)
		b.StartTimer()
		if err := c.Look(b.Context(), c.now); err != nil {
			b.Fatal(err)
		}
	}
	if len(c.Open()) != 10 {
		b.Fatalf("%d warnings", len(c.Open()))
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
}

// BenchmarkIngest takes a report of each of ten thousand screens. The ratio is to
// decoding their JSON, which comes before.
func BenchmarkIngest(b *testing.B) {
	c := newCounty(b, 1000, 10)
	text, err := json.Marshal(wire.Report{Time: c.now, Vitals: wire.Vitals{CPU: 3, MemoryTotal: 1 << 30, DiskTotal: 1 << 40, DiskFree: 1 << 39, Heartbeat: c.now, Line: wire.Line{Pings: 60}}})
	if err != nil {
		b.Fatal(err)
	}
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		c.now = c.now.Add(30 * time.Second)
		start := time.Now()
		var r wire.Report
		for range c.devices {
			if err := json.Unmarshal(text, &r); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(start)
		b.StartTimer()
		for _, d := range c.devices {
			if err := c.fleet.Report(b.Context(), d.id, r); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
}
