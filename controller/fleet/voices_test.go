package fleet_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

func said(kind wire.VoiceKind, at time.Time, text string) wire.Voice {
	return wire.Voice{ID: rand.Text(), Kind: kind, At: at, Notice: "n-1", Version: 2, Title: "公示", Score: map[wire.VoiceKind]int{wire.Rating: 3}[kind], Text: text, Contact: "13800000000"}
}

func (y *yard) voices(f store.VoiceFilter) []store.Voice {
	y.t.Helper()
	all, err := y.store.Voices(y.t.Context(), f)
	if err != nil {
		y.t.Fatal(err)
	}
	return all
}

func TestVoicesOnce(t *testing.T) {
	y := newYard(t)
	ctx := t.Context()
	_, liuxi := y.enrol("liuxi")
	_, shiqiao := y.enrol("shiqiao")
	batch := []wire.Voice{said(wire.Opinion, y.now, "路灯坏了"), said(wire.Objection, y.now, "金额不对"), said(wire.Rating, y.now, "")}
	for range 3 { // the acknowledgement was lost
		heard, err := y.Voices(ctx, liuxi.ID, batch)
		if err != nil || len(heard) != 3 || !slices.Contains(heard, batch[1].ID) {
			t.Fatalf("heard %v, %v", heard, err)
		}
	}
	// A restored image of the disk in another screen says it again.
	if heard, err := y.Voices(ctx, shiqiao.ID, batch[:1]); err != nil || len(heard) != 1 {
		t.Fatalf("heard %v, %v", heard, err)
	}
	all := y.voices(store.VoiceFilter{Urgent: true})
	if len(all) != 3 || all[0].Kind != wire.Objection || all[1].Kind != wire.Opinion || all[2].State != store.VoiceClosed {
		t.Fatalf("stored %+v", all)
	}
	if v := all[1]; v.Screen != liuxi.ID || v.Site != "liuxi" || v.State != store.VoiceNew || !v.Received.Equal(y.now) {
		t.Errorf("stored %+v", v)
	}
	if got := y.voices(store.VoiceFilter{Sites: []playlist.SiteID{"shiqiao"}}); len(got) != 0 {
		t.Errorf("shiqiao reads %+v", got)
	}
	if got := y.voices(store.VoiceFilter{Text: "金额"}); len(got) != 1 || got[0].Kind != wire.Objection {
		t.Errorf("search finds %+v", got)
	}
	if got := y.voices(store.VoiceFilter{Text: "%"}); len(got) != 0 {
		t.Errorf("a per cent sign finds %+v", got)
	}

	if err := y.Settle(ctx, "li", all[0].ID, store.VoiceNew, store.VoiceAnswered, "已核对，更正"); err != nil {
		t.Fatal(err)
	}
	if err := y.Settle(ctx, "wang", all[0].ID, store.VoiceNew, store.VoiceAnswered, "又一次"); !errors.Is(err, store.ErrConflict) {
		t.Errorf("settled twice: %v", err)
	}
	if err := y.Settle(ctx, "wang", rand.Text(), store.VoiceNew, store.VoiceClosed, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("settled what is not there: %v", err)
	}
	if _, err := y.Voices(ctx, liuxi.ID, batch); err != nil { // it comes again after it was answered
		t.Fatal(err)
	}
	for _, c := range []struct {
		before time.Duration
		want   string
	}{{-time.Hour, "13800000000"}, {time.Hour, ""}} {
		y.update(func(tx *store.Tx) error { return tx.ForgetContacts(ctx, y.now.Add(c.before)) })
		if v, err := y.store.Voice(ctx, all[0].ID); err != nil || v.Contact != c.want {
			t.Errorf("what was dealt with has the contact %q, want %q, %v", v.Contact, c.want, err)
		}
		if v, err := y.store.Voice(ctx, all[1].ID); err != nil || v.Contact == "" {
			t.Errorf("what waits has the contact %q, %v", v.Contact, err)
		}
	}
	v, err := y.store.Voice(ctx, all[0].ID)
	if err != nil || v.State != store.VoiceAnswered || v.Note != "已核对，更正" || v.Actor != "li" || !v.Handled.Equal(y.now) {
		t.Errorf("settled %+v, %v", v, err)
	}
	rec, err := y.store.Records(ctx, all[0].ID, 0, 10)
	if err != nil || len(rec) != 1 || rec[0].Action != "voice.answered" || rec[0].Site != "liuxi" || strings.Contains(rec[0].Detail, "金额") {
		t.Errorf("the register says %+v, %v", rec, err)
	}
}

// TestHostileVoices shows what a device in wrong hands achieves: nothing beyond
// its bounds, and nothing that is logged.
func TestHostileVoices(t *testing.T) {
	y := newYard(t)
	ctx := t.Context()
	_, s := y.enrol("liuxi")
	bad := []wire.Voice{
		{ID: "x", Kind: wire.Opinion, At: y.now, Text: "秘密"},
		said(wire.Opinion, y.now, strings.Repeat("长", wire.MaxVoiceText+1)),
		said("Drop Table", y.now, "秘密"),
		said(wire.Rating, time.Time{}, ""),
	}
	heard, err := y.Voices(ctx, s.ID, bad)
	if err != nil || len(heard) != len(bad) || len(y.voices(store.VoiceFilter{})) != 0 {
		t.Errorf("heard %v, %v, stored %d", heard, err, len(y.voices(store.VoiceFilter{})))
	}
	future := said(wire.Opinion, y.now.AddDate(50, 0, 0), "将来")
	if _, err := y.Voices(ctx, s.ID, []wire.Voice{future}); err != nil {
		t.Fatal(err)
	}
	if v := y.voices(store.VoiceFilter{}); len(v) != 1 || !v[0].At.Equal(y.now) {
		t.Errorf("from the future: %+v", v)
	}
	total, first := 0, y.now
	for range 3 {
		batch := make([]wire.Voice, 1000)
		for i := range batch {
			batch[i] = said(wire.Opinion, y.now, fmt.Sprint("刷屏", i))
		}
		heard, err := y.Voices(ctx, s.ID, batch)
		if err != nil {
			t.Fatal(err)
		}
		total += len(heard)
		y.set(y.now.Add(time.Hour))
	}
	if total+1 != 2500 {
		t.Errorf("%d of 3,000 were taken in a day", total)
	}
	for _, secret := range []string{"秘密", "刷屏", "长长", "13800000000"} {
		if strings.Contains(y.log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	if !strings.Contains(y.log.String(), "dropped") || !strings.Contains(y.log.String(), "says more") {
		t.Errorf("the log says %s", y.log.String())
	}
	y.set(first.Add(25 * time.Hour))
	if heard, err := y.Voices(ctx, s.ID, []wire.Voice{said(wire.Opinion, y.now, "明天")}); err != nil || len(heard) != 1 {
		t.Errorf("the next day: %v, %v", heard, err)
	}
}

func TestUsage(t *testing.T) {
	y := newYard(t)
	ctx := t.Context()
	_, liuxi := y.enrol("liuxi")
	_, shiqiao := y.enrol("shiqiao")
	today := schedule.Date{Year: 2026, Month: 11, Day: 22}
	say := func(id playlist.ScreenID, day schedule.Date, sessions uint64, empty ...string) {
		t.Helper()
		err := y.Usage(ctx, id, wire.Usage{Day: day, Empty: empty, Counts: map[string]uint64{
			wire.CountSession: sessions, wire.CountNotice + "n-1": 2 * sessions, "bad key": 1,
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	say(liuxi.ID, today, 5, "ylbx", "13800000000")
	say(liuxi.ID, today, 7, "ylbx", "dibao")
	say(liuxi.ID, today, 6) // an older state that came late
	say(liuxi.ID, today.AddDays(-1), 1, "ylbx")
	say(shiqiao.ID, today, 100, "ylbx")
	say(liuxi.ID, today.AddDays(90), 1000) // a clock that is wrong
	say(liuxi.ID, schedule.Date{}, 1000)
	sum := func(f store.UsageFilter) store.Usage {
		t.Helper()
		u, err := y.store.Usage(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	f := store.UsageFilter{From: today.AddDays(-1), To: today.AddDays(400)}
	u := sum(f)
	if u.Totals[wire.CountSession] != 108 || u.Totals["notice:n-1"] != 216 || len(u.Totals) != 2 {
		t.Errorf("totals %v", u.Totals)
	}
	if len(u.Screens) != 2 || u.Screens[0].Counts[wire.CountSession]+u.Screens[1].Counts[wire.CountSession] != 108 || len(u.Screens[0].Counts) != 1 {
		t.Errorf("by screen %+v", u.Screens)
	}
	want := store.EmptySearch{Typed: "ylbx", Days: 2, Screens: 2, Last: "2026-11-22"}
	if len(u.Empty) != 2 || u.Empty[0] != want {
		t.Errorf("searches without a result %+v", u.Empty)
	}
	f.Sites = []playlist.SiteID{"liuxi"}
	if days := sum(f).Days; len(days) != 2 || days[1].Day != "2026-11-22" || days[1].Counts[wire.CountSession] != 7 {
		t.Errorf("by day %+v", days)
	}
	if u := sum(store.UsageFilter{From: today, To: today, Screen: shiqiao.ID}); u.Totals[wire.CountSession] != 100 {
		t.Errorf("of one screen %+v", u)
	}
	n := 0
	for ; n < 5000; n++ {
		if err := y.Usage(ctx, liuxi.ID, wire.Usage{Day: today}); err != nil {
			break
		}
	}
	if n >= 1000 {
		t.Errorf("a screen sent its counts %d times in an hour", n)
	}
	y.set(y.now.Add(time.Hour))
	say(liuxi.ID, today, 8)
}

func TestScores(t *testing.T) {
	y := newYard(t)
	_, s := y.enrol("liuxi")
	var batch []wire.Voice
	for score, n := range map[int]int{1: 2, 2: 3, 3: 5} {
		for range n {
			v := said(wire.Rating, y.now, "")
			v.Score = score
			batch = append(batch, v)
		}
	}
	other := said(wire.Rating, y.now, "")
	other.Notice, other.Title = "", ""
	if _, err := y.Voices(t.Context(), s.ID, append(batch, other)); err != nil {
		t.Fatal(err)
	}
	got, err := y.store.Scores(t.Context(), store.VoiceFilter{})
	want := []store.Scores{{Notice: "n-1", Title: "公示", Bad: 2, Fair: 3, Good: 5}, {Good: 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("scores %+v, %v", got, err)
	}
}

// TestSealedVoices opens what was sealed for this office, and puts on record
// what was sealed for another.
func TestSealedVoices(t *testing.T) {
	y := newYard(t)
	ctx := t.Context()
	_, s := y.enrol("liuxi")
	v := said(wire.Opinion, y.now, "只给办公室看")
	closed, err := v.Seal(y.signed(s.ID).VoiceKey)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	lost, err := said(wire.Opinion, y.now, "给别处的").Seal(stranger.PublicKey().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	heard, err := y.Voices(ctx, s.ID, []wire.Voice{closed, lost})
	if err != nil || len(heard) != 2 {
		t.Errorf("heard %v, %v", heard, err)
	}
	if _, err := y.Voices(ctx, s.ID, []wire.Voice{lost}); err != nil {
		t.Fatal(err)
	}
	if all := y.voices(store.VoiceFilter{}); len(all) != 1 || all[0].Text != v.Text || all[0].ID != v.ID {
		t.Errorf("stored %+v", all)
	}
	rec, err := y.store.Records(ctx, string(s.ID), 0, 2)
	if err != nil || rec[1].Action == "voice.unreadable" || rec[0].Action != "voice.unreadable" || rec[0].Detail != "1" {
		t.Errorf("the register says %+v, %v", rec, err)
	}
}

// TestDamagedRow shows that a screen whose row in the database is damaged keeps
// nobody else from being stored.
func TestDamagedRow(t *testing.T) {
	y := newYard(t)
	ctx := t.Context()
	_, bad := y.enrol("liuxi")
	_, good := y.enrol("shiqiao")
	u := wire.Usage{Day: y.Today(), Counts: map[string]uint64{wire.CountSession: 1}}
	if err := y.Usage(ctx, bad.ID, u); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", y.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `UPDATE usage SET counts = 'x' WHERE screen = $1`, string(bad.ID)); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for range 20 {
		work.Go(func() {
			if err := y.Usage(ctx, bad.ID, u); err == nil {
				t.Error("a damaged row was added to")
			}
		})
		work.Go(func() {
			if heard, err := y.Voices(ctx, good.ID, []wire.Voice{said(wire.Opinion, y.now, "好")}); err != nil || len(heard) != 1 {
				t.Errorf("heard %v, %v", heard, err)
			}
		})
	}
	work.Wait()
	if n := len(y.voices(store.VoiceFilter{})); n != 20 {
		t.Errorf("%d of 20 voices are stored", n)
	}
}

// TestKeyForOldScreens brings the key for voices to a screen whose settings were
// signed by a program that knew none.
func TestKeyForOldScreens(t *testing.T) {
	y := newYard(t)
	ctx := t.Context()
	_, s := y.enrol("liuxi")
	old := y.signed(s.ID)
	if len(old.VoiceKey) != 32 {
		t.Fatalf("a new screen has the key %x", old.VoiceKey)
	}
	old.Revision, old.VoiceKey = old.Revision+1, nil
	payload, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	y.update(func(tx *store.Tx) error {
		return tx.PutSettings(ctx, s.ID, old.Revision, wire.Envelope{Type: wire.SettingsType, Payload: payload})
	})
	y.Attach(y.hub) // as at the next start
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	limit, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for y.row(s.ID).SettingsRevision == old.Revision {
		select {
		case <-limit.Done():
			t.Fatal("the screen never gets the key")
		case <-tick.C:
		}
	}
	if got := y.signed(s.ID); len(got.VoiceKey) != 32 || got.Revision != old.Revision+1 {
		t.Errorf("settings %+v", got)
	}
}

// signed opens the settings of a screen.
func (y *yard) signed(id playlist.ScreenID) playlist.Settings {
	y.t.Helper()
	set, err := y.Settings(y.t.Context(), id)
	if err != nil {
		y.t.Fatal(err)
	}
	s, err := wire.OpenSettings(set.Push.Envelope, y.RootKey())
	if err != nil {
		y.t.Fatal(err)
	}
	return s
}

func (y *yard) row(id playlist.ScreenID) store.Screen {
	y.t.Helper()
	row, err := y.store.Screen(y.t.Context(), id)
	if err != nil {
		y.t.Fatal(err)
	}
	return row
}
