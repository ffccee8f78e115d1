package store

import (
	"context"
	"time"
)

// Delivery is one message about a warning on its way to one address. The body is
// what package watch wrote; it is kept until it is delivered or given up.
type Delivery struct {
	ID      string
	Warning string // its id
	Way     string // "mail" or "webhook", a blank, and the address
	Due     time.Time
	Tries   int
	Done    time.Time // zero until delivered or given up
	Error   string    // of the last attempt; of a delivery that is done: why it was given up
	Body    []byte
}

// PutDelivery adds or changes a delivery.
func (t *Tx) PutDelivery(ctx context.Context, d Delivery) error {
	_, err := exec(ctx, t.q, "save delivery "+d.ID,
		`INSERT INTO deliveries (id, warning, way, due, tries, done, error, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		 ON CONFLICT (id) DO UPDATE SET due = excluded.due, tries = excluded.tries, done = excluded.done, error = excluded.error`,
		d.ID, d.Warning, d.Way, millis(d.Due), d.Tries, millis(d.Done), d.Error, d.Body)
	return err
}

func scanDelivery(s scanner) (Delivery, error) {
	var d Delivery
	var due, done int64
	err := s.Scan(&d.ID, &d.Warning, &d.Way, &due, &d.Tries, &done, &d.Error, &d.Body)
	d.Due, d.Done = fromMillis(due), fromMillis(done)
	return d, err
}

// DueDeliveries returns what is to be delivered by an instant over the ways that
// begin with way, the oldest first, at most limit.
func (r Reader) DueDeliveries(ctx context.Context, way string, by time.Time, limit int) ([]Delivery, error) {
	return collect(ctx, r.q, "due deliveries", scanDelivery, `SELECT id, warning, way, due, tries, done, error, body FROM deliveries
		WHERE done = 0 AND due <= $2 AND substr(way, 1, length($1)) = $1 ORDER BY due, id LIMIT $3`, way, millis(by), limit)
}

// Deliveries returns the deliveries about a warning, in the order of their times.
func (r Reader) Deliveries(ctx context.Context, warning string) ([]Delivery, error) {
	return collect(ctx, r.q, "deliveries of warning "+warning, scanDelivery,
		`SELECT id, warning, way, due, tries, done, error, body FROM deliveries WHERE warning = $1 ORDER BY due, id`, warning)
}

// TroubledDeliveries returns deliveries that have failed at least once: those
// that are tried again, and those that were given up since an instant; the newest
// first, at most limit.
func (r Reader) TroubledDeliveries(ctx context.Context, since time.Time, limit int) ([]Delivery, error) {
	return collect(ctx, r.q, "troubled deliveries", scanDelivery, `SELECT id, warning, way, due, tries, done, error, body FROM deliveries
		WHERE error <> '' AND (done = 0 OR done >= $1) ORDER BY due DESC, id LIMIT $2`, millis(since), limit)
}

// WayState is how deliveries over one way went.
type WayState struct {
	Last    time.Time // when one was brought, zero for never
	Waiting int       // that are not done
}

// WayStates returns that of every way over which there were deliveries.
func (r Reader) WayStates(ctx context.Context) (map[string]WayState, error) {
	type row struct {
		way string
		WayState
	}
	rows, err := collect(ctx, r.q, "ways of deliveries", func(s scanner) (row, error) {
		var one row
		var last int64
		err := s.Scan(&one.way, &last, &one.Waiting)
		one.Last = fromMillis(last)
		return one, err
	}, `SELECT way, MAX(CASE WHEN error = '' AND tries > 0 THEN done ELSE 0 END), SUM(CASE WHEN done = 0 THEN 1 ELSE 0 END) FROM deliveries GROUP BY way`)
	out := make(map[string]WayState, len(rows))
	for _, one := range rows {
		out[one.way] = one.WayState
	}
	return out, err
}

// CountDeliveries returns how many deliveries wait, and how many were given up.
func (r Reader) CountDeliveries(ctx context.Context) (waiting, givenUp int64, err error) {
	if waiting, err = one(ctx, r.q, "waiting deliveries", scanInt, `SELECT COUNT(*) FROM deliveries WHERE done = 0`); err != nil {
		return 0, 0, err
	}
	givenUp, err = one(ctx, r.q, "deliveries given up", scanInt, `SELECT COUNT(*) FROM deliveries WHERE done > 0 AND error <> ''`)
	return waiting, givenUp, err
}

// ForgetDeliveries drops deliveries that were done before an instant.
func (t *Tx) ForgetDeliveries(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget deliveries", `DELETE FROM deliveries WHERE done > 0 AND done < $1`, millis(before))
	return err
}
