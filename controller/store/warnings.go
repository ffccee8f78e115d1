package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"mingbai/playlist"
)

// Warning is something that a technician should look at: a sign of one screen
// that lasted, or one that several screens of a site share.
type Warning struct {
	ID       string              `json:"id"`
	Scope    string              `json:"scope"` // a screen's id, "site:" and the id of a site whose line is down, or "office" for the controller itself
	Site     playlist.SiteID     `json:"site"`
	Screens  []playlist.ScreenID `json:"screens"`  // that it is about; none for the office
	Kind     string              `json:"kind"`     // fleet.Kind
	Severity int                 `json:"severity"` // fleet.Severity
	Opened   time.Time           `json:"opened"`   // since when it is wrong
	Shown    time.Time           `json:"shown"`    // when it became a warning
	Closed   time.Time           `json:"closed,omitzero"`

	Acknowledged time.Time `json:"acknowledged,omitzero"` // a person took it
	Actor        string    `json:"actor,omitempty"`       // login of that person
	Remark       string    `json:"remark,omitempty"`      // what they wrote

	TitleZh string `json:"title_zh"`
	TitleEn string `json:"title_en"`
	CauseZh string `json:"cause_zh"`
	CauseEn string `json:"cause_en"`
	NextZh  string `json:"next_zh"`
	NextEn  string `json:"next_en"`
}

// PutWarning adds a warning or changes what is known of it. Who took an earlier one
// and what they wrote is left as it is: TakeWarning changes that, so that a warning
// may close in the moment in which somebody takes it.
func (t *Tx) PutWarning(ctx context.Context, w Warning) error {
	body, err := encode(w)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save warning "+w.ID,
		`INSERT INTO warnings (id, scope, site, kind, severity, opened, shown, closed, acknowledged, actor, body, remark)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		 ON CONFLICT (id) DO UPDATE SET site = excluded.site, severity = excluded.severity, closed = excluded.closed, body = excluded.body`,
		w.ID, w.Scope, string(w.Site), w.Kind, w.Severity, millis(w.Opened), millis(w.Shown), millis(w.Closed), millis(w.Acknowledged), w.Actor, body, w.Remark)
	return err
}

// TakeWarning notes who takes care of a warning and what they write about it.
// ErrNotFound for a warning that there is not.
func (t *Tx) TakeWarning(ctx context.Context, id, actor, remark string, at time.Time) error {
	return change(ctx, t.q, "take warning "+id,
		`UPDATE warnings SET acknowledged = $2, actor = $3, remark = $4 WHERE id = $1`, id, millis(at), actor, remark)
}

const warningColumns = `body, acknowledged, actor, remark`

func scanWarning(s scanner) (Warning, error) {
	var w Warning
	var body []byte
	var at int64
	var actor string
	var remark sql.NullString
	if err := s.Scan(&body, &at, &actor, &remark); err != nil {
		return w, err
	}
	if err := json.Unmarshal(body, &w); err != nil {
		return w, err
	}
	w.Acknowledged, w.Actor = fromMillis(at), actor
	if remark.Valid {
		w.Remark = remark.String
	}
	return w, nil
}

// Warning returns one warning.
func (r Reader) Warning(ctx context.Context, id string) (Warning, error) {
	return one(ctx, r.q, "warning "+id, scanWarning, `SELECT `+warningColumns+` FROM warnings WHERE id = $1`, id)
}

// OpenWarnings returns the warnings that are not closed, the newest first.
func (r Reader) OpenWarnings(ctx context.Context) ([]Warning, error) {
	return collect(ctx, r.q, "open warnings", scanWarning, `SELECT `+warningColumns+` FROM warnings WHERE closed = 0 ORDER BY shown DESC, id`)
}

// ClosedWarnings returns closed warnings that were shown before an instant, the
// newest first, at most limit.
func (r Reader) ClosedWarnings(ctx context.Context, before time.Time, limit int) ([]Warning, error) {
	return collect(ctx, r.q, "closed warnings", scanWarning,
		`SELECT `+warningColumns+` FROM warnings WHERE closed > 0 AND shown < $1 ORDER BY shown DESC, id LIMIT $2`, millis(before), limit)
}

// ForgetWarnings drops warnings that were closed before an instant.
func (t *Tx) ForgetWarnings(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget warnings", `DELETE FROM warnings WHERE closed > 0 AND closed < $1`, millis(before))
	return err
}
