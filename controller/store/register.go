package store

import (
	"context"
	"fmt"
	"time"

	"mingbai/playlist"
)

// Record is one line of the register (登记簿): who did what to what, when.
type Record struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`   // login of an account, "token:label", or "system"
	Action  string          `json:"action"`  // for example notice.publish
	Subject string          `json:"subject"` // id of a notice, a screen, an account
	Site    playlist.SiteID `json:"site,omitempty"`
	Detail  string          `json:"detail,omitempty"`
}

// Register appends a line. Lines can be neither changed nor removed.
func (t *Tx) Register(ctx context.Context, r Record) error {
	_, err := exec(ctx, t.q, "write the register",
		`INSERT INTO register (at, actor, action, subject, site, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
		millis(r.At), r.Actor, r.Action, r.Subject, string(r.Site), r.Detail)
	return err
}

// Records returns the newest lines first: those about subject unless it is
// empty, before the line before unless that is 0, at most limit.
func (r Reader) Records(ctx context.Context, subject string, before int64, limit int) ([]Record, error) {
	return collect(ctx, r.q, "the register", func(s scanner) (Record, error) {
		var rec Record
		var at int64
		err := s.Scan(&rec.ID, &at, &rec.Actor, &rec.Action, &rec.Subject, &rec.Site, &rec.Detail)
		rec.At = fromMillis(at)
		return rec, err
	}, `SELECT id, at, actor, action, subject, site, detail FROM register
	    WHERE ($1 = '' OR subject = $1) AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, subject, before, limit)
}

// Answer returns what was answered to a request before. ErrNotFound means that
// it is new.
func (r Reader) Answer(ctx context.Context, request string) ([]byte, error) {
	return one(ctx, r.q, "answer to request", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return b, err },
		`SELECT answer FROM requests WHERE id = $1`, request)
}

// PutAnswer notes what is answered to a request, in the transaction that does
// what it asks for. If it was answered before the error is ErrConflict.
func (t *Tx) PutAnswer(ctx context.Context, request string, at time.Time, answer []byte) error {
	_, err := exec(ctx, t.q, "note the answer to a request",
		`INSERT INTO requests (id, at, answer) VALUES ($1, $2, $3)`, request, millis(at), answer)
	return err
}

// ForgetAnswers drops answers given before an instant.
func (t *Tx) ForgetAnswers(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget answers", `DELETE FROM requests WHERE at < $1`, millis(before))
	return err
}

// Secret returns a random value that the controller made for itself, making it
// with fill if it is missing.
func (s *Store) Secret(ctx context.Context, name string, fill func() []byte) ([]byte, error) {
	var value []byte
	err := s.Update(ctx, func(t *Tx) error {
		if _, err := exec(ctx, t.q, "make secret "+name,
			`INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, fill()); err != nil {
			return err
		}
		var err error
		value, err = one(ctx, t.q, "secret "+name, func(r scanner) (b []byte, err error) { err = r.Scan(&b); return b, err },
			`SELECT value FROM secrets WHERE name = $1`, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	return value, nil
}
