package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func update(t *testing.T, s *store.Store, do func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

// TestNewerSchema refuses a database of a later program, and says why.
func TestNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b#c%.db") // a name that an address would misread
	open(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO schema_version (version) VALUES (999)`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "999") {
		t.Errorf("open: %v", err)
	}
}

// TestUpdateIsAllOrNothing looks at what a failed transaction leaves.
func TestUpdateIsAllOrNothing(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	boom := errors.New("boom")
	err := s.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutSite(ctx, playlist.Site{ID: "a", Kind: playlist.County, Name: "甲县"}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("update: %v", err)
	}
	if _, err := s.Site(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("site after a failed update: %v", err)
	}
}

// TestRegisterOnlyGrows tries to change history behind the program's back.
func TestRegisterOnlyGrows(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, path)
	update(t, s, func(tx *store.Tx) error {
		return tx.Audit(ctx, store.Record{At: time.Now(), Actor: "li", Action: "notice.publish", Subject: "n-1"})
	})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{`UPDATE audit SET actor = 'wang'`, `DELETE FROM audit`} {
		if _, err := db.Exec(q); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
	records, err := s.Records(ctx, "n-1", 0, 10)
	if err != nil || len(records) != 1 || records[0].Actor != "li" {
		t.Errorf("records: %+v, %v", records, err)
	}
}

// TestAuditIsChained takes a line out and changes one, past the triggers.
func TestAuditIsChained(t *testing.T) {
	ctx := t.Context()
	for _, q := range []string{`DELETE FROM audit WHERE id = 2`, `UPDATE audit SET after = 'x' WHERE id = 2`, `UPDATE audit SET at = at + 1 WHERE id = 3`, ``} {
		path := filepath.Join(t.TempDir(), "x.db")
		s := open(t, path)
		for i := range 4 {
			update(t, s, func(tx *store.Tx) error {
				return tx.Audit(ctx, store.Record{At: time.Now(), Actor: "li", Origin: "10.0.0.7", Action: "notice.draft", Subject: "n-1", Before: "a", After: strconv.Itoa(i)})
			})
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(`DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; ` + q); err != nil {
			t.Fatal(err)
		}
		n, err := s.CheckAudit(ctx)
		if q == "" && (n != 4 || err != nil) || q != "" && !errors.Is(err, store.ErrBroken) {
			t.Errorf("after %q: %d lines, %v", q, n, err)
		}
	}
}

// TestPublishedVersionNeverChanges tries to write over a version in force.
func TestPublishedVersionNeverChanges(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	v := store.NoticeVersion{Notice: "n-1", Version: 1, Status: store.Draft, Body: []byte(`{"a":1}`), Ref: assets.RefOf([]byte(`{"a":1}`)), Saved: time.Now()}
	for _, status := range []store.Status{store.Draft, store.Draft, store.Published} {
		v.Status = status
		update(t, s, func(tx *store.Tx) error { return tx.PutNoticeVersion(ctx, v) })
	}
	v.Body = []byte(`{"a":2}`)
	if err := s.Update(ctx, func(tx *store.Tx) error { return tx.PutNoticeVersion(ctx, v) }); !errors.Is(err, store.ErrConflict) {
		t.Errorf("write over a published version: %v", err)
	}
	got, err := s.NoticeVersion(ctx, "n-1", 1)
	if err != nil || string(got.Body) != `{"a":1}` || got.Ref != assets.RefOf(got.Body) {
		t.Errorf("version: %s, %v", got.Body, err)
	}
}

// TestUnspoken lists what has no recording: alerts first, then the newest, nothing
// that has expired, and what another voice recorded.
func TestUnspoken(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	now := time.Now()
	for i, n := range []store.Notice{
		{ID: "old", Site: "a", Kind: playlist.KindGuide, Live: 1},
		{ID: "new", Site: "a", Kind: playlist.KindGuide, Live: 1},
		{ID: "alert", Site: "a", Kind: playlist.KindAlert, Live: 1, NotAfter: now.Add(time.Hour)},
		{ID: "over", Site: "a", Kind: playlist.KindAlert, Live: 1, NotAfter: now.Add(-time.Hour)},
		{ID: "draft", Site: "a", Kind: playlist.KindGuide},
	} {
		n.Version, n.Status = 1, store.Published
		v := store.NoticeVersion{Notice: n.ID, Version: 1, Status: store.Draft, Body: []byte(`{}`), Ref: assets.RefOf([]byte(`{}`)), Saved: now, Published: now.Add(time.Duration(i) * time.Minute)}
		if n.ID == "alert" {
			v.Published = now.Add(-time.Hour)
		}
		update(t, s, func(tx *store.Tx) error { return errors.Join(tx.PutNotice(ctx, n), tx.PutNoticeVersion(ctx, v)) })
	}
	check := func(voice string, want ...playlist.NoticeID) {
		t.Helper()
		rows, err := s.Unspoken(ctx, voice, now, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []playlist.NoticeID
		for _, r := range rows {
			got = append(got, r.Notice)
		}
		if !slices.Equal(got, want) {
			t.Errorf("to be recorded by %s: %v, want %v", voice, got, want)
		}
	}
	check("wang", "alert", "new", "old")
	row := store.Speech{Notice: "new", Version: 1, Voice: "wang", Script: "s", Blob: playlist.Blob{Ref: assets.RefOf(nil), Size: 7}, Length: 1500 * time.Millisecond, Made: time.UnixMilli(now.UnixMilli()).UTC()}
	update(t, s, func(tx *store.Tx) error { return tx.PutSpeech(ctx, row) })
	check("wang", "alert", "old")
	check("li", "alert", "new", "old")
	got, err := s.Speech(ctx, "new", 1)
	same, serr := s.SpeechOfScript(ctx, "s")
	if err != nil || serr != nil || got != row || same != row {
		t.Errorf("the recording reads %+v, %v and %+v, %v", got, err, same, serr)
	}
	update(t, s, func(tx *store.Tx) error { return tx.ForgetSpeech(ctx, "new", 1) })
	if _, err := s.Speech(ctx, "new", 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a forgotten recording: %v", err)
	}
	check("wang", "alert", "new", "old")
}

// TestEditionsGoUpByOne refuses gaps, repetitions and going back.
func TestEditionsGoUpByOne(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	ch := playlist.ChannelID{Site: "a"}
	update(t, s, func(tx *store.Tx) error { return tx.AddChannel(ctx, ch, make([]byte, 32)) })
	put := func(rev playlist.Revision) error {
		return s.Update(ctx, func(tx *store.Tx) error {
			return tx.PutEdition(ctx, store.Edition{Channel: ch, Revision: rev, Created: time.Now(), Envelope: wire.Envelope{Payload: []byte("x")}}, 1)
		})
	}
	for _, c := range []struct {
		rev playlist.Revision
		ok  bool
	}{{2, false}, {1, true}, {1, false}, {3, false}, {2, true}, {1, false}} {
		if err := put(c.rev); c.ok != (err == nil) || err != nil && !errors.Is(err, store.ErrConflict) {
			t.Errorf("edition %d: %v", c.rev, err)
		}
	}
}

// TestHealthIsBatched takes more reports than a batch and keeps the newest of
// each screen.
func TestHealthIsBatched(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	const screens, reports = 1500, 3
	for r := range reports {
		for i := range screens {
			at := start.Add(time.Duration(r) * time.Minute)
			s.RecordHealth(&store.Health{Screen: playlist.ScreenID(fmt.Sprintf("s-%04d", i)), At: at, Online: true, Report: wire.Report{Time: at}})
		}
	}
	if err := s.Close(); err != nil { // writes what is pending
		t.Fatal(err)
	}
	s = open(t, path)
	rows, err := s.Health(ctx)
	if err != nil || len(rows) != screens {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, h := range rows {
		if want := start.Add((reports - 1) * time.Minute); !h.At.Equal(want) {
			t.Fatalf("%s: newest report at %v, want %v", h.Screen, h.At, want)
		}
	}
}

// TestSigned is what a screen that connects is sent.
func TestSigned(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	if _, err := s.Signed(ctx, "s-1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no screen: %v", err)
	}
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.PutSite(ctx, playlist.Site{ID: "a", Kind: playlist.County, Name: "甲县"}), tx.PutScreen(ctx, playlist.Screen{ID: "s-1", Site: "a"}, "zh"))
	})
	if now, err := s.Signed(ctx, "s-1"); err != nil || now.Site != "a" || now.Revision != 0 || now.Envelope.Payload != nil {
		t.Errorf("before the first settings: %+v, %v", now, err)
	}
	env := wire.Envelope{Type: wire.SettingsType, Payload: []byte("{}"), Signatures: []wire.Signature{{Key: "k", Sig: []byte("s")}}}
	update(t, s, func(tx *store.Tx) error { return tx.PutSettings(ctx, "s-1", 7, env) })
	if now, err := s.Signed(ctx, "s-1"); err != nil || now.Site != "a" || now.Revision != 7 || !reflect.DeepEqual(now.Envelope, env) {
		t.Errorf("settings: %+v, %v", now, err)
	}
}

// TestBackupWhileWriting copies a database that is being written, and opens the
// copy.
func TestBackupWhileWriting(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "x.db"))
	done := make(chan error, 1)
	stop := make(chan struct{})
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			err := s.Update(ctx, func(tx *store.Tx) error {
				return tx.Audit(ctx, store.Record{At: time.Now(), Actor: "li", Action: "x", Subject: fmt.Sprint(i)})
			})
			if err != nil {
				done <- err
				return
			}
		}
	}()
	copied := filepath.Join(dir, "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Error(err)
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := open(t, copied).Records(ctx, "", 0, 10); err != nil {
		t.Error(err)
	}
	if err := s.Backup(ctx, copied); err == nil {
		t.Error("a backup wrote over an existing file")
	}
}
