package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestRush lets a thousand screens speak ten times a second: nothing of it is written
// for seconds, then all of it all the same, and what they said last once they are calm.
func TestRush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "x.db"))
		began := time.Now()
		rush := func(settings uint64) {
			for i := range 1000 {
				id := playlist.ScreenID(fmt.Sprintf("s-%04d", i))
				s.RecordHealth(&store.Health{Screen: id, At: time.Now(), Report: wire.Report{LedgerHead: settings}})
			}
		}
		written := func() (heads []uint64) {
			all, err := s.Health(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range all {
				heads = append(heads, h.Report.LedgerHead)
			}
			return heads
		}
		var first time.Duration
		for n := range uint64(60) { // six seconds
			rush(n)
			<-time.After(100 * time.Millisecond) // of the bubble's clock, which nobody waits for
			if first == 0 && len(written()) > 0 {
				first = time.Since(began)
			}
		}
		if first < 3*time.Second || first > 5*time.Second {
			t.Errorf("of an endless rush the first was written after %s", first)
		}
		<-time.After(1200 * time.Millisecond)
		for _, head := range written() {
			if head != 59 {
				t.Fatalf("a screen said 59 last and %d is written", head)
			}
		}
		if n := len(written()); n != 1000 || s.Unwritten() != 0 {
			t.Errorf("%d screens are written after the rush, %d are not", n, s.Unwritten())
		}
		s.RecordHealth(&store.Health{Screen: "s-0000", At: time.Now(), Report: wire.Report{LedgerHead: 60}})
		<-time.After(600 * time.Millisecond)
		if heads := written(); heads[0] != 60 {
			t.Errorf("who speaks alone waits: %d is written", heads[0])
		}
	})
}
