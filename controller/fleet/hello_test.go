package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestHelloFollowsChanges asks after every change of what a hello is answered from,
// which is kept in memory, and expects the answer of the database.
func TestHelloFollowsChanges(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	h, s := y.enrol("liuxi")
	before := mustHello(t, y, h)
	at := func(v hub.Verdict, site playlist.SiteID) bool {
		return slices.Contains(v.Channels, playlist.ChannelID{Site: site, Alert: true})
	}
	if !at(before, "liuxi") || !at(before, "qinghe") {
		t.Fatalf("its channels are %v", before.Channels)
	}

	screen := s.Screen
	screen.Name = "东头 LED 屏"
	if _, err := y.Change(ctx, "li", screen, "zh"); err != nil {
		t.Fatal(err)
	}
	renamed := mustHello(t, y, h)
	if renamed.Welcome.Settings <= before.Welcome.Settings {
		t.Errorf("settings %s after it was renamed, %s before", renamed.Welcome.Settings, before.Welcome.Settings)
	}

	y.update(func(tx *store.Tx) error {
		return tx.PutSite(ctx, playlist.Site{ID: "shang", Parent: "qinghe", Kind: playlist.Village, Name: "上村"})
	})
	screen.Site = "shang"
	if _, err := y.Change(ctx, "li", screen, "zh"); err != nil {
		t.Fatal(err)
	}
	if moved := mustHello(t, y, h); at(moved, "liuxi") || !at(moved, "shang") || moved.Welcome.Settings <= renamed.Welcome.Settings {
		t.Errorf("after it was moved: %+v", moved)
	}

	ch := playlist.ChannelID{Site: "shang"}
	y.update(func(tx *store.Tx) error { return tx.AddChannel(ctx, ch, make([]byte, 32)) })
	for rev := playlist.Revision(1); rev <= 3; rev++ {
		y.update(func(tx *store.Tx) error { return tx.PutEdition(ctx, store.Edition{Channel: ch, Revision: rev}, 1) })
		if v := mustHello(t, y, h); v.Welcome.Latest[ch] != rev {
			t.Errorf("of a new channel revision %s is the newest, it is told %s", rev, v.Welcome.Latest[ch])
		}
	}

	y.update(func(tx *store.Tx) error { return tx.SetLedgerHead(ctx, s.ID, 7, "x") })
	if v := mustHello(t, y, h); v.Welcome.Ledger != 7 {
		t.Errorf("rows to 7 are stored, it is told %d", v.Welcome.Ledger)
	}
	undone := errors.New("it was not to be")
	err := y.store.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.SetLedgerHead(ctx, s.ID, 8, "x"), undone)
	})
	if v := mustHello(t, y, h); !errors.Is(err, undone) || v.Welcome.Ledger != 7 {
		t.Errorf("what was undone is told: rows to %d, %v", v.Welcome.Ledger, err)
	}
	h.Program = "test 2"
	mustHello(t, y, h)
	if row, err := y.store.Screen(ctx, s.ID); err != nil || row.Program != "test 2" {
		t.Errorf("its program is %q, %v", row.Program, err)
	}

	fresh := hello(t)
	v, err := y.Hello(ctx, fresh, "b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.Confirm(ctx, "li", v.Pairing.Code, fleet.Enrolment{Screen: s.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Hello(ctx, h, "a"); !errors.Is(err, hub.ErrRemoved) {
		t.Errorf("the device that was replaced: %v", err)
	}
	fresh.Screen = s.ID
	if v := mustHello(t, y, fresh); v.Welcome.Ledger != 0 {
		t.Errorf("a new device begins a new ledger, it is told %d", v.Welcome.Ledger)
	}
	if err := y.Retire(ctx, "li", s.ID, "坏了"); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Hello(ctx, fresh, "b"); !errors.Is(err, hub.ErrRemoved) {
		t.Errorf("the device of a retired screen: %v", err)
	}
}

// BenchmarkHello answers the hellos of a thousand devices, and prints the ratio to
// one question to the database for each.
func BenchmarkHello(b *testing.B) {
	f, kept, rows := bigCountyIn(b)
	ctx := b.Context()
	hellos := make([]wire.Hello, len(rows))
	err := kept.Update(ctx, func(t *store.Tx) error {
		for i, row := range rows {
			key := []byte(fmt.Sprintf("%032d", i))
			hellos[i] = wire.Hello{Version: 1, Key: key, Screen: row.ID, Settings: 1}
			if err := t.BindDevice(ctx, row.ID, key, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	ask := func() {
		for i, h := range hellos {
			if v, err := f.Hello(ctx, h, "10.0.0.7:1"); err != nil || v.Screen != rows[i].ID {
				b.Fatal(v, err)
			}
		}
	}
	ask() // signs their settings
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		for _, h := range hellos {
			if _, err := kept.Reader.ScreenByKey(context.Background(), h.Key); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(start)
		b.StartTimer()
		ask()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(hellos)), "µs/hello")
}

// TestHalfAnUpdate: while an update is under way half of the screens run another
// version than the rest on purpose. Nobody is called old then, and whoever is left
// behind is when it has come to its end.
func TestHalfAnUpdate(t *testing.T) {
	y := newYard(t)
	for i := range 10 {
		h, _ := y.enrol("liuxi")
		h.Program = "led 1.2.0"
		if i < 7 {
			h.Program = "led 1.3.0"
		}
		if v, err := y.Hello(t.Context(), h, "10.0.0.7:3"); err != nil || v.Screen == "" {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	old := func() (n int) {
		states, err := y.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range states {
			one, err := y.StateOf(t.Context(), s.ID)
			if err != nil {
				t.Fatal(err)
			}
			_, listed := has(s.Signs, fleet.SignVersion)
			if _, alone := has(one.Signs, fleet.SignVersion); alone != listed {
				t.Errorf("%s is old in the list: %v, by itself: %v", s.ID, listed, alone)
			}
			if listed {
				n++
			}
		}
		return n
	}
	if n := old(); n != 3 {
		t.Errorf("%d of 10 are old, want the 3 that were left behind", n)
	}
	y.Rolling(map[playlist.ScreenKind]bool{playlist.LED: true})
	if n := old(); n != 0 {
		t.Errorf("%d are called old in the middle of an update", n)
	}
	y.Rolling(map[playlist.ScreenKind]bool{playlist.Touch: true})
	if n := old(); n != 3 {
		t.Errorf("%d are old when it has come to its end, want 3", n)
	}
}
