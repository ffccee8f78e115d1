package store

import (
	"context"
	"encoding/json"
	"time"
)

// Upload is a file that somebody is importing, until he is done or forgets it.
type Upload struct {
	ID     string
	Person string // login; nobody else sees it
	At     time.Time
	Name   string          // of the file, or empty for a paste
	Kind   string          // of the list
	State  json.RawMessage // what was said about it so far
}

// KeepUploads is how long an upload stays, and maxUploads how many of a person.
const (
	KeepUploads = 48 * time.Hour
	maxUploads  = 5
)

// Upload returns an upload of a person, without its data.
func (r Reader) Upload(ctx context.Context, id, person string) (Upload, error) {
	return one(ctx, r.q, "upload "+id, func(s scanner) (u Upload, err error) {
		var at int64
		var state []byte
		err = s.Scan(&u.ID, &u.Person, &at, &u.Name, &u.Kind, &state)
		u.At, u.State = fromMillis(at), state
		return u, err
	}, `SELECT id, person, at, name, kind, state FROM uploads WHERE id = $1 AND person = $2`, id, person)
}

// UploadData returns the bytes of an upload of a person.
func (r Reader) UploadData(ctx context.Context, id, person string) ([]byte, error) {
	return one(ctx, r.q, "upload "+id, scanBytes, `SELECT data FROM uploads WHERE id = $1 AND person = $2`, id, person)
}

// AddUpload keeps a file, and drops what is older than KeepUploads or one too
// many of the person.
func (t *Tx) AddUpload(ctx context.Context, u Upload, data []byte) error {
	if _, err := exec(ctx, t.q, "drop old uploads", `DELETE FROM uploads WHERE at < $1`, millis(u.At.Add(-KeepUploads))); err != nil {
		return err
	}
	if _, err := exec(ctx, t.q, "drop uploads", `DELETE FROM uploads WHERE person = $1 AND id NOT IN
		(SELECT id FROM uploads WHERE person = $1 ORDER BY at DESC, id LIMIT $2)`, u.Person, maxUploads-1); err != nil {
		return err
	}
	_, err := exec(ctx, t.q, "keep upload", `INSERT INTO uploads (id, person, at, name, kind, state, data) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		u.ID, u.Person, millis(u.At), u.Name, u.Kind, []byte(u.State), data)
	return err
}

// SetUpload keeps what was said about an upload.
func (t *Tx) SetUpload(ctx context.Context, id, person string, state json.RawMessage) error {
	_, err := exec(ctx, t.q, "change upload", `UPDATE uploads SET state = $3 WHERE id = $1 AND person = $2`, id, person, []byte(state))
	return err
}

// DropUpload forgets an upload that is done.
func (t *Tx) DropUpload(ctx context.Context, id, person string) error {
	_, err := exec(ctx, t.q, "drop upload", `DELETE FROM uploads WHERE id = $1 AND person = $2`, id, person)
	return err
}
