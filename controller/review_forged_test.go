package controller_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/assets"
	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/wire"
)

// TestForgedApprovals changes what was signed behind the program's back, past the
// triggers: nothing is released (SEC-30).
func TestForgedApprovals(t *testing.T) {
	forged := func(change func(*review.Approval), by string) func(*testing.T, *way, *sql.DB) {
		return func(t *testing.T, w *way, db *sql.DB) {
			_, v := w.newest()
			a := review.Approval{Notice: w.id, Version: v.Version, Ref: v.Ref, Capacity: review.SecrecyReview, Person: "chen", Ticks: review.Ticks}
			rows, err := w.o.store.Approvals(t.Context(), w.id, 1)
			if err != nil {
				t.Fatal(err)
			}
			a.At = rows[len(rows)-1].At
			change(&a)
			payload, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			env, err := w.o.keys.Sign(t.Context(), by, wire.ApprovalType, payload)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(env)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`UPDATE approvals SET envelope = $1 WHERE capacity = 'secrecy_review'`, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	run := func(query string) func(*testing.T, *way, *sql.DB) {
		return func(t *testing.T, w *way, db *sql.DB) {
			if r, err := db.Exec(query); err != nil {
				t.Fatal(err)
			} else if n, err := r.RowsAffected(); err != nil || n == 0 {
				t.Fatalf("nothing was changed: %v", err)
			}
		}
	}
	for name, attack := range map[string]func(*testing.T, *way, *sql.DB){
		"nothing":             func(*testing.T, *way, *sql.DB) {},
		"the envelope":        run(`UPDATE approvals SET envelope = '{}' WHERE capacity = 'first_review'`),
		"another's envelope":  run(`UPDATE approvals SET envelope = (SELECT envelope FROM approvals WHERE capacity = 'draft' AND person = 'wang') WHERE capacity = 'first_review'`),
		"the capacity":        run(`UPDATE approvals SET capacity = 'second_review' WHERE capacity = 'first_review'`),
		"the drafter's":       run(`UPDATE approvals SET capacity = 'first_review' WHERE capacity = 'draft' AND person = 'wang'`),
		"the person":          run(`UPDATE approvals SET person = 'zhou' WHERE capacity = 'second_review'`),
		"the deputy":          run(`UPDATE approvals SET deputy = 'zhou' WHERE capacity = 'second_review'`),
		"the bytes signed":    run(`UPDATE approvals SET ref = 'sha256:` + strings.Repeat("ab", 32) + `' WHERE capacity = 'second_review'`),
		"the hour":            run(`UPDATE approvals SET at = at + 1 WHERE capacity = 'second_review'`),
		"the version":         run(`UPDATE approvals SET version = 7 WHERE capacity = 'secrecy_review'`),
		"an approval away":    run(`DELETE FROM approvals WHERE capacity = 'secrecy_review'`),
		"the stage":           run(`UPDATE notices SET stage = 'secrecy_review' WHERE stage = 'release'`),
		"the body":            run(`UPDATE notice_versions SET body = REPLACE(body, '村道', '国道') WHERE status = 'in_review'`),
		"body and hash":       rewritten,
		"the policy":          run(`UPDATE notice_versions SET policy = '{"id":"single","name":"x","steps":["release"],"people":1}' WHERE status = 'in_review'`),
		"a key of his own":    ownKey,
		"the keys away":       run(`DELETE FROM signers WHERE person = 'li'`),
		"ticks left out":      forged(func(a *review.Approval) { a.Ticks = a.Ticks[1:] }, "chen"),
		"signed by another":   forged(func(*review.Approval) {}, "zhou"),
		"for another notice":  forged(func(a *review.Approval) { a.Notice = "village-1" }, "chen"),
		"in another capacity": forged(func(a *review.Approval) { a.Capacity = review.SecondReview }, "chen"),
		"signed anew, whole":  forged(func(*review.Approval) {}, "chen"),
	} {
		t.Run(name, func(t *testing.T) {
			w := setOff(t, review.County, "wang")
			w.does("wang", review.Draft, nil)
			w.does("li", review.FirstReview, nil)
			w.does("zhao", review.SecondReview, nil)
			w.does("chen", review.SecrecyReview, nil)
			db, err := sql.Open("sqlite", filepath.Join(w.dir, "mingbai.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(`DROP TRIGGER approvals_no_update; DROP TRIGGER approvals_no_delete`); err != nil {
				t.Fatal(err)
			}
			attack(t, w, db)
			row, v := w.newest()
			_, err = w.o.desk.Release(t.Context(), as("wang"), w.id, v.Version, v.Ref)
			if harmless := name == "nothing" || name == "signed anew, whole"; harmless != (err == nil) {
				t.Fatalf("released: %v", err)
			}
			if err == nil {
				return
			}
			if !errors.Is(err, publish.ErrForged) && !errors.Is(err, review.ErrTurn) {
				t.Errorf("the reason is %v", err)
			}
			if now, _ := w.newest(); now.Live != 0 || now.Stage != row.Stage {
				t.Errorf("it stands at %q with version %d in force", now.Stage, now.Live)
			}
			if c, err := w.o.store.Channel(context.Background(), playlist.ChannelID{Site: "liuxi"}); err != nil || c.Wanted != c.Compiled {
				t.Errorf("the channel: %+v, %v", c, err)
			}
		})
	}
}

// rewritten changes the body of a notice and its hash with it.
func rewritten(t *testing.T, w *way, db *sql.DB) {
	_, v := w.newest()
	body := strings.ReplaceAll(string(v.Body), "村道", "国道")
	if _, err := db.Exec(`UPDATE notice_versions SET body = $1, ref = $2 WHERE notice = $3`, []byte(body), assets.RefOf([]byte(body)).String(), string(w.id)); err != nil {
		t.Fatal(err)
	}
}

// ownKey puts a key of the attacker's in the place of a reviewer's, with an
// approval signed by it.
func ownKey(t *testing.T, w *way, db *sql.DB) {
	rows, err := w.o.store.Approvals(t.Context(), w.id, 1)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := w.o.keys.Public(t.Context(), "mallory")
	if err != nil {
		t.Fatal(err)
	}
	env, err := w.o.keys.Sign(t.Context(), "mallory", wire.ApprovalType, rows[1].Envelope.Payload)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(env)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE approvals SET envelope = $1 WHERE capacity = 'first_review'`, data); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE signers SET public_key = $1 WHERE person = 'li'`, []byte(mine)); err != nil {
		t.Fatal(err)
	}
}
