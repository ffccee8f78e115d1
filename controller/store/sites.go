package store

import (
	"context"
	"fmt"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Sites returns all sites in the order in which they were put, parents first.
func (r Reader) Sites(ctx context.Context) ([]playlist.Site, error) {
	return collect(ctx, r.q, "sites", scanJSON[playlist.Site], `SELECT body FROM sites ORDER BY position, id`)
}

// Site returns one site.
func (r Reader) Site(ctx context.Context, id playlist.SiteID) (playlist.Site, error) {
	return one(ctx, r.q, fmt.Sprintf("site %s", id), scanJSON[playlist.Site], `SELECT body FROM sites WHERE id = $1`, string(id))
}

// Columns returns the catalogue in its order.
func (r Reader) Columns(ctx context.Context) ([]playlist.Column, error) {
	return collect(ctx, r.q, "columns", scanJSON[playlist.Column], `SELECT body FROM columns ORDER BY position, id`)
}

// Days returns the holidays and make-up working days by date.
func (r Reader) Days(ctx context.Context) ([]schedule.Exception, error) {
	return collect(ctx, r.q, "days", scanJSON[schedule.Exception], `SELECT body FROM days ORDER BY date`)
}

// Playlists returns the playlists of a site in their order.
func (r Reader) Playlists(ctx context.Context, site playlist.SiteID) ([]playlist.Playlist, error) {
	return collect(ctx, r.q, "playlists", scanJSON[playlist.Playlist],
		`SELECT body FROM playlists WHERE site = $1 ORDER BY position, id`, string(site))
}

// Rules returns the rules of a site in their order.
func (r Reader) Rules(ctx context.Context, site playlist.SiteID) ([]schedule.Rule, error) {
	return collect(ctx, r.q, "rules", scanJSON[schedule.Rule],
		`SELECT body FROM rules WHERE site = $1 ORDER BY position, id`, string(site))
}

// PutSite adds or changes a site. A new one goes to the end.
func (t *Tx) PutSite(ctx context.Context, s playlist.Site) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save site "+string(s.ID),
		`INSERT INTO sites (id, parent, position, body) VALUES ($1, $2, (SELECT COUNT(*) FROM sites), $3)
		 ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, body = excluded.body`,
		string(s.ID), string(s.Parent), body)
	return err
}

// ReplaceColumns sets the whole catalogue.
func (t *Tx) ReplaceColumns(ctx context.Context, columns []playlist.Column) error {
	if _, err := exec(ctx, t.q, "replace columns", `DELETE FROM columns`); err != nil {
		return err
	}
	for i, c := range columns {
		body, err := encode(c)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, t.q, "save column "+string(c.ID),
			`INSERT INTO columns (id, position, body) VALUES ($1, $2, $3)`, string(c.ID), i, body); err != nil {
			return err
		}
	}
	return nil
}

// ReplaceDays sets the whole calendar.
func (t *Tx) ReplaceDays(ctx context.Context, days []schedule.Exception) error {
	if _, err := exec(ctx, t.q, "replace days", `DELETE FROM days`); err != nil {
		return err
	}
	for _, d := range days {
		body, err := encode(d)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, t.q, "save day", `INSERT INTO days (date, body) VALUES ($1, $2)`,
			fmt.Sprintf("%04d-%02d-%02d", d.Date.Year, d.Date.Month, d.Date.Day), body); err != nil {
			return err
		}
	}
	return nil
}

// ReplaceProgramme sets all playlists and rules of a site.
func (t *Tx) ReplaceProgramme(ctx context.Context, site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule) error {
	for _, table := range []string{"playlists", "rules"} {
		if _, err := exec(ctx, t.q, "replace "+table, `DELETE FROM `+table+` WHERE site = $1`, string(site)); err != nil {
			return err
		}
	}
	for i, l := range lists {
		body, err := encode(l)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, t.q, "save playlist "+l.ID,
			`INSERT INTO playlists (site, id, position, body) VALUES ($1, $2, $3, $4)`, string(site), l.ID, i, body); err != nil {
			return err
		}
	}
	for i, rule := range rules {
		body, err := encode(rule)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, t.q, "save rule "+rule.ID,
			`INSERT INTO rules (site, id, position, body) VALUES ($1, $2, $3, $4)`, string(site), rule.ID, i, body); err != nil {
			return err
		}
	}
	return nil
}
