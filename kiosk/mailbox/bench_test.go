package mailbox

import (
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets/durable"
	"mingbai/playlist/wire"
)

// BenchmarkPut prints the ratio of storing an opinion to the floor: appending as
// many bytes to a log that syncs. It is what a resident waits for.
func BenchmarkPut(b *testing.B) {
	dir := b.TempDir()
	m, err := Open(durable.OS, filepath.Join(dir, "mail"), quiet)
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	floor, err := durable.OpenLog(durable.OS, filepath.Join(dir, "floor"), func([]byte) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	defer floor.Close()
	var least, ours time.Duration
	at := noon
	for b.Loop() {
		v := opinion("村口的路灯坏了半个月了，晚上老人走路看不见，请派人来修。")
		at = at.Add(time.Hour)
		if len(m.Waiting(maxWaiting)) > maxWaiting/2 {
			if err := m.Heard(wire.Heard{Voices: ids(m.Waiting(maxWaiting))}); err != nil {
				b.Fatal(err)
			}
		}
		t0 := time.Now()
		if err := floor.Append(make([]byte, 300)); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if _, err := m.Put(v, at); err != nil {
			b.Fatal(err)
		}
		least, ours = least+t1.Sub(t0), ours+time.Since(t1)
	}
	b.ReportMetric(float64(ours)/float64(least), "ratio")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "µs/put")
}
