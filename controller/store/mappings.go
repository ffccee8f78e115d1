package store

import (
	"context"
	"encoding/json"
	"time"
)

// Mapping returns how the columns of a sheet were read the last time. owner is a
// department, or site:<id> for who belongs to none; shape is sheet.Shape of the
// headings. ErrNotFound: never.
func (r Reader) Mapping(ctx context.Context, owner, shape string) (json.RawMessage, error) {
	return one(ctx, r.q, "mapping of a sheet", scanRaw, `SELECT body FROM mappings WHERE department = $1 AND shape = $2`, owner, shape)
}

func scanRaw(r scanner) (json.RawMessage, error) {
	var body []byte
	err := r.Scan(&body)
	return body, err
}

// PutMapping remembers how the columns of a sheet are read.
func (t *Tx) PutMapping(ctx context.Context, owner, shape string, body json.RawMessage, used time.Time) error {
	_, err := exec(ctx, t.q, "remember a mapping",
		`INSERT INTO mappings (department, shape, used, body) VALUES ($1, $2, $3, $4)
		 ON CONFLICT (department, shape) DO UPDATE SET used = excluded.used, body = excluded.body`, owner, shape, millis(used), []byte(body))
	return err
}

// DropMapping forgets how the columns of a sheet were read.
func (t *Tx) DropMapping(ctx context.Context, owner, shape string) error {
	_, err := exec(ctx, t.q, "forget a mapping", `DELETE FROM mappings WHERE department = $1 AND shape = $2`, owner, shape)
	return err
}
