package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// BenchmarkAdmit verifies and admits an edition of 1,000 notices that all ride
// along, onto a real disk, until it is the generation on screen. The floor is
// what cannot be left out: one signature check and every byte hashed, written
// once into one file and synced.
func BenchmarkAdmit(b *testing.B) {
	county := newCounty(b)
	var notices []*playlist.Notice
	for i := range 1000 {
		notices = append(notices, notice(main, playlist.NoticeID(fmt.Sprintf("n-%04d", i)), 1))
	}
	push, blobs := county.edition(main, 1, nil, notices...)
	var all []byte
	for _, data := range blobs {
		all = append(all, data...)
	}
	var own, floor time.Duration
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		dir := b.TempDir()
		c, err := Open(durable.OS, dir, quiet)
		must(b, err)
		must(b, c.Enrol(county.identity()))
		must(b, c.Offer(county.settings(1), nil))
		b.StartTimer()

		begin := time.Now()
		must(b, c.Offer(push, blobs))
		if ok, err := c.Commit(); !ok || err != nil {
			b.Fatal(ok, err)
		}
		own += time.Since(begin)

		b.StopTimer()
		if got := len(shown(c)); got != 1000 {
			b.Fatalf("%d notices are shown", got)
		}
		begin = time.Now()
		must(b, wire.Judge(push.Envelope, wire.Policy{Type: wire.EditionType, Keys: [][]byte{public(county.keys[main])}, Threshold: 1}))
		for _, data := range blobs {
			if assets.RefOf(data).IsZero() {
				b.Fatal("no hash")
			}
		}
		f, err := os.Create(filepath.Join(dir, "floor"))
		must(b, err)
		_, err = f.Write(append(all, push.Envelope.Payload...))
		must(b, err)
		must(b, f.Sync())
		must(b, f.Close())
		floor += time.Since(begin)
		b.StartTimer()
	}
	b.ReportMetric(float64(own)/float64(floor), "ratio")
	b.ReportMetric(float64(own.Milliseconds())/float64(b.N), "ms/admit")
}
