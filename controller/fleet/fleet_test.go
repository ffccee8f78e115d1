package fleet_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// yard is a fleet on a new database with two villages, and a clock that the
// test moves.
type yard struct {
	*fleet.Fleet
	t     *testing.T
	store *store.Store
	now   time.Time // written by set, because the fleet's own work reads it too
	tick  sync.Mutex
	log   bytes.Buffer
	path  string // of the database
	hub   *hub.Hub
	root  ed25519.PrivateKey
}

func (y *yard) clock() time.Time {
	y.tick.Lock()
	defer y.tick.Unlock()
	return y.now
}

// set moves the clock.
func (y *yard) set(now time.Time) {
	y.tick.Lock()
	defer y.tick.Unlock()
	y.now = now
}

func newYard(t *testing.T) *yard {
	t.Helper()
	ctx := context.Background()
	y := &yard{t: t, now: time.Date(2026, 11, 22, 15, 59, 30, 0, time.UTC)} // 23:59:30 in the office
	var err error
	y.path = filepath.Join(t.TempDir(), "x.db")
	y.store = storetest.Open(t, y.path)
	blobs, err := assets.Open(durable.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, root, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	y.root = root
	voices, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	y.Fleet, err = fleet.New(ctx, fleet.Config{Store: y.store, Blobs: blobs, Root: root, Voices: voices, Zone: zone, Language: "zh",
		Log: slog.New(slog.NewTextHandler(io.MultiWriter(t.Output(), &y.log), nil)), Now: y.clock})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(y.Fleet, hub.Options{})
	y.hub = h
	y.Attach(h)
	t.Cleanup(func() {
		if err := errors.Join(h.Close(ctx), closed(y.Fleet), y.store.Close()); err != nil {
			t.Error(err)
		}
	})
	y.update(func(tx *store.Tx) error {
		for _, s := range []playlist.Site{
			{ID: "qinghe", Kind: playlist.County, Name: "青禾县", Hotline: "0000-12345"},
			{ID: "liuxi", Parent: "qinghe", Kind: playlist.Village, Name: "柳溪村"},
			{ID: "shiqiao", Parent: "qinghe", Kind: playlist.Village, Name: "石桥村"},
		} {
			if err := tx.PutSite(ctx, s); err != nil {
				return err
			}
			for _, alert := range []bool{false, true} {
				if err := tx.AddChannel(ctx, playlist.ChannelID{Site: s.ID, Alert: alert}, make([]byte, 32)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return y
}

func closed(f *fleet.Fleet) error { f.Close(); return nil }

func (y *yard) update(do func(*store.Tx) error) {
	y.t.Helper()
	if err := y.store.Update(context.Background(), do); err != nil {
		y.t.Fatal(err)
	}
}

func hello(t *testing.T) wire.Hello {
	t.Helper()
	key, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Hello{Version: 1, Key: key, Program: "test 1", Host: "pc", Kind: playlist.LED, Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}}
}

// enrol pairs a device with a new screen at a site and connects it.
func (y *yard) enrol(site playlist.SiteID) (wire.Hello, store.Screen) {
	y.t.Helper()
	h := hello(y.t)
	v, err := y.Hello(y.t.Context(), h, "10.0.0.7:1")
	if err != nil || v.Screen != "" || len(v.Pairing.Code) != 6 {
		y.t.Fatalf("hello of a stranger: %+v, %v", v, err)
	}
	s, err := y.Confirm(y.t.Context(), "li", v.Pairing.Code, fleet.Enrolment{Site: site, Name: "村口 LED 屏"})
	if err != nil {
		y.t.Fatal(err)
	}
	h.Screen = s.ID
	if v, err = y.Hello(y.t.Context(), h, "10.0.0.7:2"); err != nil || v.Screen != s.ID {
		y.t.Fatalf("hello after enrolment: %+v, %v", v, err)
	}
	return h, s
}

func TestPairing(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	h := hello(t)
	first, err := y.Hello(ctx, h, "a")
	if err != nil {
		t.Fatal(err)
	}
	second, err := y.Hello(ctx, h, "a")
	if err != nil || second.Pairing != first.Pairing {
		t.Errorf("the same device gets another code: %+v, %v", second, err)
	}
	code := first.Pairing.Code
	if w := y.Waiting(); len(w) != 1 || w[0].Code != "" || len(w[0].Fingerprint) != 16 {
		t.Errorf("waiting: %+v", w)
	}
	var invalid *fleet.Invalid
	if _, err := y.Confirm(ctx, "li", code, fleet.Enrolment{Site: "nowhere", Name: "屏"}); !errors.As(err, &invalid) {
		t.Errorf("an unknown site: %v", err)
	}
	s, err := y.Confirm(ctx, "li", " "+code+" ", fleet.Enrolment{Site: "liuxi", Name: "村口 LED 屏"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.Confirm(ctx, "li", code, fleet.Enrolment{Site: "liuxi", Name: "屏"}); !errors.Is(err, fleet.ErrCode) {
		t.Errorf("a code is good once: %v", err)
	}
	set, err := y.Settings(ctx, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := wire.OpenSettings(set.Push.Envelope, y.RootKey())
	if err != nil || doc.Screen.ID != s.ID || doc.Hotline != "0000-12345" || len(doc.Channels) != 4 || doc.Path[1].ID != "qinghe" {
		t.Errorf("settings: %+v, %v", doc, err)
	}

	// A code that expires, and guessing.
	h = hello(t)
	v, err := y.Hello(ctx, h, "b")
	if err != nil {
		t.Fatal(err)
	}
	y.set(v.Pairing.Expires)
	if _, err := y.Lookup(v.Pairing.Code); !errors.Is(err, fleet.ErrCode) {
		t.Errorf("an expired code: %v", err)
	}
	if again, err := y.Hello(ctx, h, "b"); err != nil || !again.Pairing.Expires.After(y.now) {
		t.Errorf("a new code after the old one: %+v, %v", again, err)
	}
	for range 12 {
		_, err = y.Lookup("xxxxxx")
	}
	if !errors.Is(err, fleet.ErrTooMany) {
		t.Errorf("after many wrong codes: %v", err)
	}
	y.set(y.now.Add(2 * time.Minute))
	if _, err := y.Lookup("xxxxxx"); !errors.Is(err, fleet.ErrCode) {
		t.Errorf("two minutes later: %v", err)
	}
}

func TestRemovedAndReplaced(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	old, s := y.enrol("liuxi")
	fresh := hello(t)
	v, err := y.Hello(ctx, fresh, "b")
	if err != nil {
		t.Fatal(err)
	}
	token := mustHello(t, y, old).Welcome.BlobToken
	if !y.BlobAllowed(token) || y.BlobAllowed(token+"x") || y.BlobAllowed("") {
		t.Error("a screen's device fetches blobs, nobody else")
	}
	if _, err := y.Confirm(ctx, "li", v.Pairing.Code, fleet.Enrolment{Screen: s.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Hello(ctx, old, "a"); !errors.Is(err, hub.ErrRemoved) {
		t.Errorf("the replaced device: %v", err)
	}
	if y.BlobAllowed(token) {
		t.Error("the replaced device still fetches blobs")
	}
	fresh.Screen = s.ID
	mustHello(t, y, fresh)
	if err := y.Retire(ctx, "li", s.ID, "坏了"); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Hello(ctx, fresh, "b"); !errors.Is(err, hub.ErrRemoved) {
		t.Errorf("the removed device: %v", err)
	}
}

// TestRemovedScreenLeavesNothing lets the device of a screen go on talking that was
// taken out of service: nothing of it is kept.
func TestRemovedScreenLeavesNothing(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	_, s := y.enrol("liuxi")
	if err := y.Retire(ctx, "li", s.ID, "拆了"); err != nil {
		t.Fatal(err)
	}
	found := wire.Patrol{At: y.now, Items: []wire.PatrolItem{{Check: wire.PatrolClock, OK: true}}}
	err := errors.Join(y.Report(ctx, s.ID, wire.Report{Time: y.now}), y.Adopted(ctx, s.ID, wire.Adopted{Settings: 1}),
		y.Refused(ctx, s.ID, wire.Refused{Reason: wire.ReasonDamaged}), y.Patrol(ctx, s.ID, found), y.store.FlushHealth(ctx))
	if err != nil {
		t.Fatal(err)
	}
	health, err := y.store.Health(ctx)
	if err != nil || len(health) > 0 {
		t.Errorf("its health is kept: %+v, %v", health, err)
	}
	events, err := y.store.Events(ctx, s.ID, 0, 100)
	if err != nil || slices.ContainsFunc(events, func(e store.Event) bool { return e.Kind == store.EventRefused || e.Kind == store.EventPatrolled }) {
		t.Errorf("its events are kept: %+v, %v", events, err)
	}
}

// TestSettingsReachTheirScreen changes what settings are made of, and then who
// changed it closes the page or the controller dies before they are made.
func TestSettingsReachTheirScreen(t *testing.T) {
	y := newYard(t)
	_, s := y.enrol("liuxi")
	move := func(site playlist.SiteID) {
		screen := s.Screen
		screen.Site = site
		y.update(func(tx *store.Tx) error { return tx.PutScreen(t.Context(), screen, "zh") })
	}
	move("shiqiao")
	closed, cancel := context.WithCancel(t.Context())
	cancel()
	if err := y.RefreshAll(closed); err != nil {
		t.Fatal(err)
	}
	if at := y.signed(s.ID).Path[0].ID; at != "shiqiao" {
		t.Errorf("its settings are those of %s", at)
	}
	move("liuxi")
	y.Attach(y.hub) // as at the next start
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	limit, done := context.WithTimeout(t.Context(), 3*time.Minute)
	defer done()
	for y.signed(s.ID).Path[0].ID != "liuxi" {
		select {
		case <-limit.Done():
			t.Fatal("the screen keeps the settings of another site")
		case <-tick.C:
		}
	}
}

func mustHello(t *testing.T, y *yard, h wire.Hello) hub.Verdict {
	t.Helper()
	v, err := y.Hello(t.Context(), h, "x")
	if err != nil || v.Screen != h.Screen {
		t.Fatalf("hello: %+v, %v", v, err)
	}
	return v
}

// TestSettingsGoForward serves a device that has newer settings than a database
// that was restored.
func TestSettingsGoForward(t *testing.T) {
	y := newYard(t)
	h, _ := y.enrol("liuxi")
	h.Settings = 41
	if v := mustHello(t, y, h); v.Welcome.Settings != 42 {
		t.Errorf("settings are at %d, want 42", v.Welcome.Settings)
	}
}

// chainOf makes rows that follow one another.
type chain struct {
	seq  uint64
	last assets.Ref
}

func (c *chain) row(n playlist.NoticeID, from time.Time, long time.Duration) wire.Row {
	c.seq++
	r := wire.Row{Seq: c.seq, Notice: n, Version: 1, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, From: from, Until: from.Add(long), Page: "loop"}
	r.Chain = wire.Link(c.last, r)
	c.last = r.Chain
	return r
}

// shown sums what is on record of a notice: milliseconds by day.
func (y *yard) shown(n playlist.NoticeID) map[string]time.Duration {
	y.t.Helper()
	days, err := y.store.DisplayOf(y.t.Context(), n)
	if err != nil {
		y.t.Fatal(err)
	}
	sum := map[string]time.Duration{}
	for _, d := range days {
		sum[d.Day] += d.Shown
	}
	return sum
}

func (y *yard) take(s playlist.ScreenID, want uint64, rows ...wire.Row) {
	y.t.Helper()
	got, err := y.Ledger(y.t.Context(), s, rows)
	if err != nil || got != want {
		y.t.Errorf("taken %d, %v, want %d", got, err, want)
	}
}

func TestLedgerCountsOnce(t *testing.T) {
	y := newYard(t)
	_, s := y.enrol("liuxi")
	var c chain
	// From 23:59:30 to 00:00:30: half of it counts for the next day.
	one, two := c.row("n-1", y.now, time.Minute), c.row("n-1", y.now.Add(time.Minute), time.Minute)
	y.take(s.ID, 1, one)
	y.take(s.ID, 2, one, two)
	y.take(s.ID, 2, two)
	y.take(s.ID, 2, one)
	three := c.row("n-2", y.now, -time.Hour) // a clock that was set back
	four := c.row("n-2", y.now, 400*24*time.Hour)
	y.take(s.ID, 4, two, three, four)
	if got := y.shown("n-1"); got["2026-11-22"] != 30*time.Second || got["2026-11-23"] != 90*time.Second || len(got) != 2 {
		t.Errorf("shown: %v", got)
	}
	if got := y.shown("n-2"); len(got) != 0 {
		t.Errorf("impossible times count: %v", got)
	}
	if n, err := y.store.LedgerCount(t.Context(), s.ID); err != nil || n != 4 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestLedgerBreaks begins a new epoch where rows do not continue what is
// stored, keeps everything and counts nothing twice.
func TestLedgerBreaks(t *testing.T) {
	ctx := t.Context()
	for name, c := range map[string]struct {
		second func(first []wire.Row, c *chain, at time.Time) []wire.Row
		rows   int64
		shown  time.Duration
		why    string
	}{
		"lost its ledger": {func(_ []wire.Row, _ *chain, at time.Time) []wire.Row {
			var fresh chain
			at = at.Add(time.Minute)
			return []wire.Row{fresh.row("n-1", at, time.Second), fresh.row("n-1", at.Add(time.Second), time.Second)}
		}, 5, 5 * time.Second, "another one"},
		"rows are missing": {func(_ []wire.Row, c *chain, at time.Time) []wire.Row {
			c.row("n-1", at.Add(3*time.Second), time.Second)
			return []wire.Row{c.row("n-1", at.Add(4*time.Second), time.Second)}
		}, 4, 4 * time.Second, "missing"},
		"a row was changed": {func(_ []wire.Row, c *chain, at time.Time) []wire.Row {
			r := c.row("n-1", at.Add(3*time.Second), time.Second)
			r.Until = r.Until.Add(time.Hour)
			return []wire.Row{r}
		}, 4, 3*time.Second + time.Hour + time.Second, "chain"},
		"nothing new": {func(first []wire.Row, _ *chain, _ time.Time) []wire.Row { return first }, 3, 3 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			y.set(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
			_, s := y.enrol("liuxi")
			var ledger chain
			var first []wire.Row
			for i := range 3 {
				first = append(first, ledger.row("n-1", y.now.Add(time.Duration(i)*time.Second), time.Second))
			}
			y.take(s.ID, 3, first...)
			second := c.second(first, &ledger, y.now)
			y.take(s.ID, second[len(second)-1].Seq, second...)
			y.take(s.ID, second[len(second)-1].Seq, second...) // and again
			if n, err := y.store.LedgerCount(ctx, s.ID); err != nil || n != c.rows {
				t.Errorf("%d rows, %v, want %d", n, err, c.rows)
			}
			if got := y.shown("n-1")["2026-11-22"]; got != c.shown {
				t.Errorf("shown %v, want %v", got, c.shown)
			}
			records, err := y.store.Records(ctx, string(s.ID), 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			breaks := 0
			for _, r := range records {
				if r.Action == "ledger.break" {
					breaks++
					if !strings.Contains(r.Detail, c.why) {
						t.Errorf("the register says %q", r.Detail)
					}
				}
			}
			if want := map[bool]int{true: 1, false: 0}[c.why != ""]; breaks != want {
				t.Errorf("%d breaks in the register, want %d", breaks, want)
			}
		})
	}
}

func TestStateInWords(t *testing.T) {
	ctx := t.Context()
	y := newYard(t)
	if _, err := y.Add(ctx, "li", playlist.Screen{ID: "s-new", Site: "shiqiao", Kind: playlist.LED, Name: "新屏", Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}}, ""); err != nil {
		t.Fatal(err)
	}
	h, s := y.enrol("liuxi")
	is := func(id playlist.ScreenID, want fleet.Condition, title string) {
		t.Helper()
		st, err := y.StateOf(ctx, id)
		if err != nil || st.Condition != want || !strings.Contains(st.Title.Zh, title) {
			t.Errorf("%s is %s %q, %v, want %s %q", id, st.Condition, st.Title.Zh, err, want, title)
		}
		if want != fleet.Fine && (st.Cause.Zh == "" || st.Cause.En == "" || st.Next.Zh == "" || st.Next.En == "") {
			t.Errorf("%s: no cause or next step: %+v", want, st)
		}
	}
	report := func(v wire.Vitals) {
		t.Helper()
		if err := y.Report(ctx, s.ID, wire.Report{Time: y.now, Vitals: v}); err != nil {
			t.Fatal(err)
		}
	}
	adopted := func(settings playlist.Revision, rev playlist.Revision) {
		t.Helper()
		if err := y.Adopted(ctx, s.ID, wire.Adopted{Settings: settings, Have: map[playlist.ChannelID]playlist.Revision{{Site: "liuxi"}: rev}}); err != nil {
			t.Fatal(err)
		}
	}
	is("s-new", fleet.Pending, "待配对")
	adopted(0, 0)
	is(s.ID, fleet.Behind, "设置未更新")
	adopted(1, 0)
	report(wire.Vitals{})
	is(s.ID, fleet.Fine, "正常")
	y.update(func(tx *store.Tx) error {
		return tx.PutEdition(ctx, store.Edition{Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, Created: y.now}, 1)
	})
	is(s.ID, fleet.Behind, "内容未更新")
	if err := y.Refused(ctx, s.ID, wire.Refused{Reason: wire.ReasonStorage, Detail: "disk full"}); err != nil {
		t.Fatal(err)
	}
	is(s.ID, fleet.Refusing, "拒收")
	adopted(1, 1)
	is(s.ID, fleet.Fine, "正常")
	adopted(1, 2)
	is(s.ID, fleet.Behind, "高于总台")
	adopted(1, 1)
	report(wire.Vitals{ClockOffset: 4000})
	is(s.ID, fleet.Ailing, "时钟快 1 小时")
	report(wire.Vitals{OutputsLost: "192.168.1.51:4048"})
	is(s.ID, fleet.Ailing, "LED 控制器连不上")
	report(wire.Vitals{})
	y.set(y.now.Add(5 * time.Minute))
	is(s.ID, fleet.Offline, "离线 5 分钟")
	y.Gone(s.ID, y.now, "silent")
	y.set(y.now.Add(12 * time.Minute))
	is(s.ID, fleet.Offline, "离线 12 分钟")
	mustHello(t, y, h)
	is(s.ID, fleet.Behind, "")
}
