package controller_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// TestTidyPacksLedgers lets a day go by over rows of display of months ago, and over those
// that the screen sends late: what the interface answers stays the same to the byte, as do
// the sums from which certificates are written.
func TestTidyPacksLedgers(t *testing.T) {
	ctx := t.Context()
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"门口"`)
	at := time.Now().AddDate(0, 0, -40).Truncate(time.Millisecond)
	send := func(n int) {
		t.Helper()
		var batch wire.Ledger
		for range n {
			batch.Rows = append(batch.Rows, d.row("gg-1", 1, at, 11*time.Minute))
			at = at.Add(11 * time.Minute)
		}
		d.send(wire.TypeLedger, batch)
		var taken wire.Taken
		if d.expect(wire.TypeTaken, &taken); taken.Seq != d.seq {
			t.Fatalf("taken up to %d of %d", taken.Seq, d.seq)
		}
	}
	answers := func() (all [][]byte) {
		t.Helper()
		screen := "/api/v1/screens/" + string(d.screen)
		for _, path := range []string{screen + "/ledger?limit=10000", screen + "/ledger?epoch=1&after=130&limit=150", screen + "/ledger?after=299", "/api/v1/ledger"} {
			r := a.try("GET", path, "")
			if r.status != 200 || len(r.body) < 10 {
				t.Fatalf("%s: %d %s", path, r.status, r.body)
			}
			all = append(all, r.body)
		}
		days, err := c.Store.DisplayOf(ctx, "gg-1")
		if err != nil || len(days) == 0 {
			t.Fatalf("%d days, %v", len(days), err)
		}
		sums, err := json.Marshal(days)
		if err != nil {
			t.Fatal(err)
		}
		return append(all, sums)
	}
	l := openLater(t, c, time.Now())
	for _, n := range []int{300, 200} {
		send(n)
		before := answers()
		l.day(t, nil)
		if screen, err := c.Store.UnpackedScreen(ctx, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("rows of %q are not packed: %v", screen, err)
		}
		for i, want := range before {
			if got := answers()[i]; !bytes.Equal(got, want) {
				t.Errorf("answer %d changed from %.300s to %.300s", i, want, got)
			}
		}
	}
	found, err := c.Store.CheckLedger(ctx, time.Now(), func(err error) { t.Error(err) })
	if err != nil || found.Rows != 500 {
		t.Errorf("walked %+v, %v", found, err)
	}
	for _, u := range l.State().Uses {
		if u.What == store.HeldPacks && (u.Count != 300 || u.Bytes == 0) { // those of the morning
			t.Errorf("packed: %+v", u)
		}
	}
	whole(t, c)
}
