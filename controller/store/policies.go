package store

import (
	"context"
	"encoding/json"
	"errors"

	"mingbai/playlist"
	"mingbai/playlist/review"
)

// SitePolicy is the policy of review that was set for a site; it is in force
// there and below, as far as no site below has its own.
type SitePolicy struct {
	Site   playlist.SiteID `json:"site"`
	Policy review.Policy   `json:"policy"`
}

// Policies returns all that were set.
func (r Reader) Policies(ctx context.Context) ([]SitePolicy, error) {
	return collect(ctx, r.q, "policies of review", func(s scanner) (SitePolicy, error) {
		var p SitePolicy
		var body []byte
		if err := s.Scan(&p.Site, &body); err != nil {
			return p, err
		}
		return p, json.Unmarshal(body, &p.Policy)
	}, `SELECT site, body FROM policies ORDER BY site`)
}

// PolicyOf returns the policy of the first site of a path, from the site itself
// up to the root, for which one was set. ErrNotFound means none.
func (r Reader) PolicyOf(ctx context.Context, path []playlist.SiteID) (SitePolicy, error) {
	for _, site := range path {
		p, err := one(ctx, r.q, "policy of "+string(site), scanJSON[review.Policy], `SELECT body FROM policies WHERE site = $1`, string(site))
		if !errors.Is(err, ErrNotFound) {
			return SitePolicy{site, p}, err
		}
	}
	return SitePolicy{}, ErrNotFound
}

// PutPolicy sets the policy of a site and of all below.
func (t *Tx) PutPolicy(ctx context.Context, site playlist.SiteID, p review.Policy) error {
	data, err := encode(p)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "set the policy of "+string(site),
		`INSERT INTO policies (site, body) VALUES ($1, $2) ON CONFLICT (site) DO UPDATE SET body = excluded.body`, string(site), data)
	return err
}

// DropPolicy lets a site follow the one above again.
func (t *Tx) DropPolicy(ctx context.Context, site playlist.SiteID) error {
	_, err := exec(ctx, t.q, "drop the policy of "+string(site), `DELETE FROM policies WHERE site = $1`, string(site))
	return err
}
