package fleet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// checkList compares what is remembered of screens with what each is when it is
// judged by itself, from its row in the database.
func (y *yard) checkList(ctx context.Context) {
	y.t.Helper()
	list, err := y.List(ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	rows, err := y.store.Screens(ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	if len(list) != len(rows) {
		y.t.Fatalf("%d screens are listed, there are %d", len(list), len(rows))
	}
	for i, got := range list {
		want, err := y.StateOf(ctx, rows[i].ID)
		if err != nil {
			y.t.Fatal(err)
		}
		if !reflect.DeepEqual(*got, want) {
			y.t.Fatalf("at %v screen %s is remembered as\n%+v\nand is\n%+v", y.now, want.ID, *got, want)
		}
	}
}

// stir does something to a screen or to what all of them have in common, at random.
func (y *yard) stir(ctx context.Context, rnd *rand.Rand, known []wire.Hello, revs map[playlist.ChannelID]playlist.Revision) error {
	h := known[rnd.IntN(len(known))]
	site := []playlist.SiteID{"qinghe", "liuxi", "shiqiao"}[rnd.IntN(3)]
	ch := playlist.ChannelID{Site: site, Alert: rnd.IntN(2) == 0}
	have := map[playlist.ChannelID]playlist.Revision{}
	for c, rev := range revs {
		if have[c] = rev; rnd.IntN(6) == 0 {
			have[c] = rev + playlist.Revision(rnd.IntN(3)) - 1
		}
	}
	switch rnd.IntN(14) {
	case 0, 1, 2, 3:
		pick := func(a, b float64) float64 { return []float64{a, b}[rnd.IntN(2)] }
		r := wire.Report{Time: y.now, Showing: wire.Showing{Page: []string{"home", "fallback", wire.Dark}[rnd.IntN(3)], Since: y.now.Add(-time.Duration(rnd.IntN(900)) * time.Second)}}
		r.Vitals = wire.Vitals{Temperature: pick(40, 90), CPU: pick(10, 99), ContentAsOf: y.now.Add(-time.Duration(pick(1, 30)) * time.Hour), Heartbeat: y.now,
			Running: rnd.Int64N(5000), Uptime: 9000, ClockOffset: pick(0, 90)}
		r.Vitals.Output.DarkUntil = y.now.Add(time.Duration(rnd.IntN(200)) * time.Second)
		r.Vitals.Program.Version = []string{"1.2.0", "1.3.0"}[rnd.IntN(2)]
		return y.Report(ctx, h.Screen, r)
	case 4:
		return y.Adopted(ctx, h.Screen, wire.Adopted{Settings: playlist.Revision(rnd.IntN(3)), Have: have})
	case 5:
		return y.Refused(ctx, h.Screen, wire.Refused{Channel: ch, Reason: wire.ReasonStorage})
	case 6:
		y.Gone(h.Screen, y.now, []string{"EOF", "close 1000", "nothing came in time"}[rnd.IntN(3)])
	case 7:
		h.Host = fmt.Sprint("pc", rnd.IntN(2))
		h.Program = []string{"touch 1.2.0", "touch 1.3.0"}[rnd.IntN(2)]
		h.Settings, h.Have = playlist.Revision(rnd.IntN(2)), have
		_, err := y.Hello(ctx, h, fmt.Sprintf("10.0.0.%d:1", rnd.IntN(3)))
		return err
	case 8:
		h.Key = make([]byte, 32) // somebody else
		_, err := y.Hello(ctx, h, "10.9.9.9:1")
		return err
	case 9:
		revs[ch]++
		return y.store.Update(ctx, func(t *store.Tx) error {
			return t.PutReclaimed(ctx, store.Edition{Channel: ch, Revision: revs[ch], Created: y.now})
		})
	case 10:
		return y.store.Update(ctx, func(t *store.Tx) error {
			s, err := t.Site(ctx, site)
			if err != nil {
				return err
			}
			s.Hotline = fmt.Sprint("0000-", rnd.IntN(1000))
			return t.PutSite(ctx, s)
		})
	case 11:
		row, err := y.store.Screen(ctx, h.Screen)
		if err != nil {
			return err
		}
		row.Name = fmt.Sprint(rnd.IntN(1000), " 号屏")
		if rnd.IntN(3) == 0 {
			row.Screen.Site = site
		}
		_, err = y.Change(ctx, "li", row.Screen, "zh")
		return err
	case 12:
		found := wire.Patrol{At: y.now, Items: []wire.PatrolItem{{Check: wire.PatrolSound, OK: rnd.IntN(2) == 0, Zh: "没有声音", En: "no sound"}}}
		return y.Patrol(ctx, h.Screen, found)
	case 13:
		y.Misdeed(h.Screen, []hub.Deed{hub.Garbled, hub.Stalled, hub.Flapped}[rnd.IntN(3)], y.now)
	}
	return nil
}

// TestListIsNeverOld does everything that changes what screens are, in any order,
// with any time between, and finds in the list what each screen is by itself.
func TestListIsNeverOld(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	var known []wire.Hello
	for i := range 8 {
		h, _ := y.enrol([]playlist.SiteID{"liuxi", "shiqiao"}[i%2])
		known = append(known, h)
	}
	revs := map[playlist.ChannelID]playlist.Revision{}
	rnd := rand.New(rand.NewPCG(7, 22))
	waits := []time.Duration{0, 1, time.Second, 29 * time.Second, 30 * time.Second, 90 * time.Second, 90*time.Second + 1, time.Minute, 10 * time.Minute, 10*time.Minute + 1, 15 * time.Minute, 15*time.Minute + 1, 7 * time.Hour}
	for range 200 {
		for range 1 + rnd.IntN(3) {
			if err := y.stir(ctx, rnd, known, revs); err != nil {
				t.Fatal(err)
			}
		}
		if rnd.IntN(40) == 0 {
			y.Rolling([]map[playlist.ScreenKind]bool{nil, {playlist.Touch: true}}[rnd.IntN(2)])
		}
		y.set(y.now.Add(waits[rnd.IntN(len(waits)-rnd.IntN(2))]))
		if err := y.store.FlushHealth(ctx); err != nil {
			t.Fatal(err)
		}
		y.checkList(ctx)
		if rnd.IntN(4) == 0 { // only the clock goes on
			y.set(y.now.Add(waits[rnd.IntN(len(waits)-1)]))
			y.checkList(ctx)
		}
	}
	if err := y.Retire(ctx, "li", known[0].Screen, "坏了"); err != nil {
		t.Fatal(err)
	}
	y.checkList(ctx)
}

// TestListWhileAllReport asks for the list while all screens report, and finds every
// report in it when they are done.
func TestListWhileAllReport(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	var known []wire.Hello
	for range 6 {
		h, _ := y.enrol("liuxi")
		known = append(known, h)
	}
	var all sync.WaitGroup
	for _, h := range known {
		all.Go(func() {
			for i := range 20 {
				if err := y.Report(ctx, h.Screen, wire.Report{Time: y.now, Vitals: wire.Vitals{Temperature: 40 + float64(i)}}); err != nil {
					t.Error(err)
				}
				list, err := y.List(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				for _, s := range list {
					if s.ID == h.Screen && s.Report.Vitals.Temperature != 40+float64(i) {
						t.Errorf("report %d is not in the list that was asked for after it", i)
					}
				}
			}
		})
	}
	all.Wait()
	y.checkList(ctx)
}

// TestSamePointerSameState finds the same states as long as nothing happens, and
// another one of the screen that something happens to.
func TestSamePointerSameState(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	var ids []playlist.ScreenID
	for range 4 {
		h, s := y.enrol("liuxi")
		ids = append(ids, s.ID)
		if err := y.Adopted(ctx, h.Screen, wire.Adopted{Settings: s.SettingsRevision}); err != nil {
			t.Fatal(err)
		}
	}
	list := func() map[playlist.ScreenID]*fleet.State {
		all, err := y.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m := map[playlist.ScreenID]*fleet.State{}
		for _, s := range all {
			m[s.ID] = s
		}
		return m
	}
	if err := y.store.FlushHealth(ctx); err != nil {
		t.Fatal(err)
	}
	y.set(y.now.Add(time.Second))
	before := list()
	y.set(y.now.Add(time.Second))
	if err := y.Report(ctx, ids[2], wire.Report{Time: y.now}); err != nil {
		t.Fatal(err)
	}
	for id, s := range list() {
		if (s == before[id]) != (id != ids[2]) {
			t.Errorf("screen %s: the same pointer is %v", id, s == before[id])
		}
	}
}
