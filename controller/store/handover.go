package store

import "context"

// unfinished is the condition for notices whose newest version never was in
// force.
const unfinished = `version > shown_version`

// CountUnfinished counts the notices whose newest version somebody wrote and
// that never was in force: drafts, what came back and what is on its way.
func (r Reader) CountUnfinished(ctx context.Context, author string) (int64, error) {
	return one(ctx, r.q, "unfinished notices", scanInt, `SELECT COUNT(*) FROM notices WHERE author = $1 AND `+unfinished, author)
}

// HandOver gives what one person wrote and did not finish to another: notices,
// whose number it returns, and what is half typed. Versions keep their authors.
func (t *Tx) HandOver(ctx context.Context, from, to string) (int64, error) {
	n, err := exec(ctx, t.q, "hand notices over", `UPDATE notices SET author = $2 WHERE author = $1 AND `+unfinished, from, to)
	if err != nil {
		return 0, err
	}
	_, err = exec(ctx, t.q, "hand over what is half typed",
		`UPDATE autosaves SET person = $2 WHERE person = $1 AND form NOT IN (SELECT form FROM autosaves WHERE person = $2)`, from, to)
	if err != nil {
		return n, err
	}
	_, err = exec(ctx, t.q, "hand over what was uploaded",
		`INSERT INTO blob_uses (ref, notice, version, actor) SELECT ref, notice, version, $2 FROM blob_uses WHERE actor = $1 ON CONFLICT DO NOTHING`, from, to)
	return n, err
}
