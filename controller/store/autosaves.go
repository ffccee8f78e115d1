package store

import (
	"context"
	"time"

	"mingbai/playlist"
)

// Autosave is a form that somebody is typing in, before it is a draft. Only that
// person sees it, on every device.
type Autosave struct {
	Person string // login
	Form   string // new:<form>:<once> or notice:<id>
	Kind   string // name of the form
	Notice playlist.NoticeID
	Title  string
	At     time.Time
	Body   []byte // the fields as they were sent, url-encoded; empty in lists
}

// mostAutosaves is how many a person has at most; older ones go.
const mostAutosaves = 30

func scanAutosave(s scanner) (Autosave, error) {
	var a Autosave
	var at int64
	err := s.Scan(&a.Person, &a.Form, &a.Kind, &a.Notice, &a.Title, &at, &a.Body)
	a.At = fromMillis(at)
	return a, err
}

// Autosave returns one of a person, or ErrNotFound.
func (r Reader) Autosave(ctx context.Context, person, form string) (Autosave, error) {
	return one(ctx, r.q, "autosave", scanAutosave, `SELECT person, form, kind, notice, title, at, body FROM autosaves WHERE person = $1 AND form = $2`, person, form)
}

// AutosavesOf lists what a person has not finished, without the fields, the
// newest first, at most limit.
func (r Reader) AutosavesOf(ctx context.Context, person string, limit int) ([]Autosave, error) {
	return collect(ctx, r.q, "autosaves", scanAutosave, `SELECT person, form, kind, notice, title, at, '' FROM autosaves WHERE person = $1 ORDER BY at DESC, form LIMIT $2`, person, limit)
}

// PutAutosave keeps what a person is typing, in place of what was kept of the
// same form.
func (t *Tx) PutAutosave(ctx context.Context, a Autosave) error {
	if _, err := exec(ctx, t.q, "keep an autosave", `INSERT INTO autosaves (person, form, kind, notice, title, at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (person, form) DO UPDATE SET kind = excluded.kind, notice = excluded.notice, title = excluded.title, at = excluded.at, body = excluded.body`,
		a.Person, a.Form, a.Kind, string(a.Notice), a.Title, millis(a.At), a.Body); err != nil {
		return err
	}
	_, err := exec(ctx, t.q, "forget old autosaves", `DELETE FROM autosaves WHERE person = $1 AND form NOT IN (SELECT form FROM autosaves WHERE person = $1 ORDER BY at DESC, form LIMIT $2)`, a.Person, mostAutosaves)
	return err
}

// DropAutosave forgets what was saved or is not wanted.
func (t *Tx) DropAutosave(ctx context.Context, person, form string) error {
	_, err := exec(ctx, t.q, "forget an autosave", `DELETE FROM autosaves WHERE person = $1 AND form = $2`, person, form)
	return err
}
