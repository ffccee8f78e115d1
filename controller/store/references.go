package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// keepSchema is the first schema that knows since when a blob has a use.
const keepSchema = 15

// naming are the columns whose values can name blobs, whole or somewhere in them,
// besides notices (whose names are in blob_uses) and editions. A column that can
// name one and is not here would lose it: a test goes over the schema.
var naming = []struct{ table, column string }{
	{"evidence", "ref"}, {"remarks", "ref"}, {"speech", "ref"}, {"approvals", "ref"},
	{"autosaves", "body"}, {"uploads", "state"}, {"packages", "body"}, {"rollouts", "body"}, {"rollout_screens", "body"},
	{"sites", "body"}, {"columns", "body"}, {"days", "body"}, {"playlists", "body"}, {"rules", "body"},
	{"departments", "body"}, {"policies", "body"}, {"words", "body"}, {"mappings", "body"}, {"lines", "body"},
	{"screens", "body"}, {"retired_screens", "body"}, {"acceptances", "body"}, {"requests", "answer"},
}

// refMark begins the text of every reference.
var refMark = []byte("sha256-")

// refLength is how long that text is.
const refLength = 7 + 64

// refsIn calls do with every reference that stands anywhere in text.
func refsIn(text []byte, do func(assets.Ref)) {
	for {
		i := bytes.Index(text, refMark)
		if i < 0 || len(text) < i+refLength {
			return
		}
		if ref, err := assets.ParseRef(string(text[i : i+refLength])); err == nil {
			do(ref)
		}
		text = text[i+len(refMark):]
	}
}

// refsTogether is how many rows References reads in one go: between two it keeps
// nobody's state of the database alive.
const refsTogether = 500

// References calls do with every blob that a row names, some of them often: versions
// of notices, what somebody has uploaded or kept since an instant, forms that are
// being written, evidence, recordings, packages, what is set, and every edition that
// is here. It reads in many small steps: what is written meanwhile may be seen or
// not.
func (s *Store) References(ctx context.Context, since time.Time, do func(assets.Ref)) error {
	if err := s.usedBlobs(ctx, since, do); err != nil {
		return err
	}
	for _, n := range naming {
		query := fmt.Sprintf(`SELECT rowid, %[2]s FROM %[1]s WHERE rowid > $1 ORDER BY rowid LIMIT $2`, n.table, n.column)
		if err := s.eachText(ctx, "blobs that "+n.table+" name", query, do); err != nil {
			return err
		}
	}
	channels, err := s.Channels(ctx)
	if err != nil {
		return err
	}
	for _, c := range channels {
		if err := s.editionRefs(ctx, c.ID, do); err != nil {
			return err
		}
	}
	return nil
}

// usedBlobs are those of notices, and of persons since an instant.
func (s *Store) usedBlobs(ctx context.Context, since time.Time, do func(assets.Ref)) error {
	after := ""
	for {
		refs, err := collect(ctx, s.q, "blobs in use", func(r scanner) (ref string, err error) { err = r.Scan(&ref); return ref, err },
			`SELECT DISTINCT ref FROM blob_uses WHERE ref > $1 AND (notice <> '' OR at >= $2) ORDER BY ref LIMIT $3`, after, millis(since), 20*refsTogether)
		if err != nil || len(refs) == 0 {
			return err
		}
		for _, text := range refs {
			refsIn([]byte(text), do)
		}
		after = refs[len(refs)-1]
	}
}

// eachText goes over one column, in the order in which SQLite keeps the rows.
func (s *Store) eachText(ctx context.Context, what, query string, do func(assets.Ref)) error {
	after := int64(-1 << 63)
	for {
		rows, err := collect(ctx, s.q, what, func(r scanner) (id int64, err error) {
			var text []byte
			if err = r.Scan(&id, &text); err == nil {
				refsIn(text, do)
			}
			return id, err
		}, query, after, refsTogether)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1]
	}
}

// editionRefs are those of all editions of a channel that are here.
func (s *Store) editionRefs(ctx context.Context, id playlist.ChannelID, do func(assets.Ref)) error {
	times, err := s.EditionTimes(ctx, id)
	if err != nil {
		return err
	}
	for _, e := range times {
		row, err := s.Edition(ctx, id, e.Revision)
		if errors.Is(err, ErrNotFound) {
			continue // it was dropped meanwhile
		}
		if err != nil {
			return err
		}
		refsIn(row.Envelope.Payload, do)
		for _, b := range row.Fresh {
			do(b.Ref)
		}
	}
	return nil
}

// ForgetUploader forgets who uploaded a blob, if that was before an instant. It
// comes before the blob is removed: what a crash leaves is removed the next time.
func (t *Tx) ForgetUploader(ctx context.Context, ref assets.Ref, before time.Time) error {
	_, err := exec(ctx, t.q, "forget who uploaded a blob", `DELETE FROM blob_uses WHERE ref = $1 AND notice = '' AND at < $2`, ref.String(), millis(before))
	return err
}
