package store

import (
	"context"
	"strings"
	"time"

	"mingbai/playlist/schedule"
)

// Deputy is somebody who stands in for another one on some days (A/B 角).
type Deputy struct {
	ID      string        `json:"id"`
	Person  string        `json:"person"` // login of who is away
	Deputy  string        `json:"deputy"` // login of who stands in
	Roles   []string      `json:"roles"`
	From    schedule.Date `json:"from"`
	To      schedule.Date `json:"to"` // the last day
	Reason  string        `json:"reason,omitempty"`
	Actor   string        `json:"actor"` // login of who arranged it
	Created time.Time     `json:"created"`
	Ended   time.Time     `json:"ended,omitzero"` // before its last day
}

// On reports whether it holds on a day.
func (d Deputy) On(day schedule.Date) bool {
	return d.Ended.IsZero() && d.From.Compare(day) <= 0 && day.Compare(d.To) <= 0
}

const deputyColumns = `id, person, deputy, roles, from_day, to_day, reason, actor, created, ended`

func scanDeputy(s scanner) (Deputy, error) {
	var d Deputy
	var roles, from, to string
	var created, ended int64
	if err := s.Scan(&d.ID, &d.Person, &d.Deputy, &roles, &from, &to, &d.Reason, &d.Actor, &created, &ended); err != nil {
		return d, err
	}
	d.Roles, d.Created, d.Ended = splitRoles(roles), fromMillis(created), fromMillis(ended)
	if err := d.From.UnmarshalText([]byte(from)); err != nil {
		return d, err
	}
	return d, d.To.UnmarshalText([]byte(to))
}

// Deputy returns one arrangement.
func (r Reader) Deputy(ctx context.Context, id string) (Deputy, error) {
	return one(ctx, r.q, "deputy", scanDeputy, `SELECT `+deputyColumns+` FROM deputies WHERE id = $1`, id)
}

// DeputiesOf returns the arrangements in which a login stands on either side and
// that end on a day or later, also those that were ended early; the empty login
// is everybody. The first to begin comes first.
func (r Reader) DeputiesOf(ctx context.Context, login string, since schedule.Date) ([]Deputy, error) {
	if login == "" {
		return collect(ctx, r.q, "deputies", scanDeputy, `SELECT `+deputyColumns+` FROM deputies WHERE to_day >= $1 ORDER BY from_day, created LIMIT 1000`, since.String())
	}
	return collect(ctx, r.q, "deputies", scanDeputy,
		`SELECT `+deputyColumns+` FROM deputies WHERE to_day >= $1 AND (person = $2 OR deputy = $2) ORDER BY from_day, created LIMIT 1000`, since.String(), login)
}

// StandsIn returns the arrangements by which a login stands in for others on a
// day.
func (r Reader) StandsIn(ctx context.Context, login string, day schedule.Date) ([]Deputy, error) {
	return collect(ctx, r.q, "deputies", scanDeputy,
		`SELECT `+deputyColumns+` FROM deputies WHERE deputy = $1 AND from_day <= $2 AND to_day >= $2 AND ended = 0 ORDER BY from_day, created`, login, day.String())
}

// PutDeputy adds an arrangement, or notes its end.
func (t *Tx) PutDeputy(ctx context.Context, d Deputy) error {
	_, err := exec(ctx, t.q, "save deputy",
		`INSERT INTO deputies (`+deputyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		 ON CONFLICT (id) DO UPDATE SET ended = excluded.ended`,
		d.ID, d.Person, d.Deputy, strings.Join(d.Roles, ","), d.From.String(), d.To.String(), d.Reason, d.Actor, millis(d.Created), millis(d.Ended))
	return err
}
