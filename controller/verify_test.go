package controller_test

import (
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/assets"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/wire"
)

// TestVerify publishes by the full way, copies the database and changes the copy as
// somebody does who has the machine: an auditor who knows the root's public key
// finds it, whatever the programs say (SEC-29, SEC-30).
func TestVerify(t *testing.T) {
	ctx := t.Context()
	w := setOff(t, review.County, "wang")
	w.does("wang", review.Draft, nil)
	w.does("li", review.FirstReview, nil)
	w.does("zhao", review.SecondReview, nil)
	w.does("chen", review.SecrecyReview, nil)
	w.does("wang", review.Release, nil)
	w.o.check(t)
	live, err := sql.Open("sqlite", filepath.Join(w.dir, "mingbai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	private, err := w.o.keys.Root()
	if err != nil {
		t.Fatal(err)
	}
	root := private.Public().(ed25519.PublicKey)
	_, stranger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	run := func(query string, args ...any) func(*testing.T, *sql.DB) {
		return func(t *testing.T, db *sql.DB) {
			t.Helper()
			r, err := db.Exec(query, args...)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := r.RowsAffected(); err != nil || n == 0 {
				t.Fatalf("nothing was changed: %v", err)
			}
		}
	}
	village := playlist.ChannelID{Site: "liuxi"}
	// edition signs the newest edition of the village anew with the channel's own
	// key, as a program does that somebody took over.
	edition := func(change func(*playlist.Edition)) func(*testing.T, *sql.DB) {
		return func(t *testing.T, db *sql.DB) {
			t.Helper()
			c, err := w.o.store.Channel(ctx, village)
			if err != nil {
				t.Fatal(err)
			}
			row, err := w.o.store.Edition(ctx, village, c.Revision)
			if err != nil {
				t.Fatal(err)
			}
			e, err := wire.OpenEdition(row.Envelope, playlist.ChannelGrant{Channel: village, Keys: [][]byte{c.Key}})
			if err != nil {
				t.Fatal(err)
			}
			change(&e)
			payload, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			key, err := w.o.keys.Channel(village)
			if err != nil {
				t.Fatal(err)
			}
			env, err := json.Marshal(wire.Sign(row.Envelope.Type, payload, key))
			if err != nil {
				t.Fatal(err)
			}
			run(`UPDATE editions SET envelope = $1 WHERE channel = $2 AND revision = $3`, env, village.String(), int64(c.Revision))(t, db)
		}
	}
	mine := func(e *playlist.Edition) *playlist.Entry {
		for i := range e.Notices {
			if e.Notices[i].ID == w.id {
				return &e.Notices[i]
			}
		}
		t.Fatalf("the edition has no %s", w.id)
		return nil
	}
	for name, c := range map[string]struct {
		attack func(*testing.T, *sql.DB)
		root   []byte
		want   error // nil: nothing is wrong
		all    bool  // of every notice
		closed bool  // the edition itself cannot be opened
	}{
		"nothing":            {},
		"another root":       {root: stranger.Public().(ed25519.PublicKey), want: publish.ErrForged, all: true},
		"an approval away":   {attack: run(`DELETE FROM approvals WHERE capacity = 'secrecy_review'`), want: review.ErrTurn},
		"the person":         {attack: run(`UPDATE approvals SET person = 'zhou' WHERE capacity = 'second_review'`), want: publish.ErrForged},
		"the bytes signed":   {attack: run(`UPDATE approvals SET ref = 'sha256:` + strings.Repeat("ab", 32) + `' WHERE capacity = 'second_review'`), want: publish.ErrForged},
		"the keys away":      {attack: run(`DELETE FROM signers WHERE person = 'li'`), want: publish.ErrForged},
		"a lighter policy":   {attack: run(`UPDATE notice_versions SET policy = '{"id":"single","name":"x","steps":["release"],"people":1}' WHERE notice = $1`, string(w.id)), want: publish.ErrForged},
		"the body":           {attack: run(`UPDATE notice_versions SET body = REPLACE(body, '村道', '国道') WHERE notice = $1`, string(w.id)), want: publish.ErrForged},
		"no version of it":   {attack: run(`UPDATE notice_versions SET notice = 'other' WHERE notice = $1`, string(w.id)), want: publish.ErrForged},
		"other bytes":        {attack: edition(func(e *playlist.Edition) { mine(e).Ref = assets.RefOf([]byte("nobody saw this")) }), want: publish.ErrOther},
		"another version":    {attack: edition(func(e *playlist.Edition) { mine(e).Version = 2 }), want: publish.ErrForged},
		"a notice of nobody": {attack: edition(func(e *playlist.Edition) { mine(e).ID = "nobody-wrote-this" }), want: publish.ErrForged},
		"signed by nobody":   {attack: run(`UPDATE editions SET envelope = REPLACE(envelope, '"sig":"', '"sig":"AAAA') WHERE channel = $1`, village.String()), closed: true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.db")
			if _, err := live.Exec(`VACUUM INTO $1`, path); err != nil {
				t.Fatal(err)
			}
			if c.attack != nil {
				db, err := sql.Open("sqlite", path)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := db.Exec(`DROP TRIGGER approvals_no_update; DROP TRIGGER approvals_no_delete`); err != nil {
					t.Fatal(err)
				}
				c.attack(t, db)
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			by := c.root
			if by == nil {
				by = root
			}
			var found publish.Verified
			err := store.Inspect(ctx, path, func(r store.Reader) (err error) {
				found, err = publish.Verify(ctx, r, by)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			if c.all {
				want = found.Notices
			} else if c.want != nil || c.closed {
				want = 1
			}
			if len(found.Faults) != want || found.Channels == 0 || found.Notices == 0 {
				t.Fatalf("%d notices of %d channels, faults %v", found.Notices, found.Channels, found.Faults)
			}
			for _, f := range found.Faults {
				_, refused := errors.AsType[*wire.Refusal](f)
				if c.closed != refused || !c.closed && !errors.Is(f, c.want) || f.Channel == (playlist.ChannelID{}) {
					t.Errorf("the fault is %v, want %v", f, c.want)
				}
			}
		})
	}
}
