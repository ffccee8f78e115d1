package accounts

import (
	"context"
	"errors"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// SetPolicy says what a release needs at a site and below, as far as no site
// below says otherwise; nil lets the site follow the one above. A policy that is
// none is review.ErrPolicy. What is in review already goes the way on which it
// was sent.
func (a *Accounts) SetPolicy(ctx context.Context, by Person, site playlist.SiteID, p *review.Policy) error {
	if p != nil {
		if err := p.Check(); err != nil {
			return err
		}
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		r := store.Record{At: a.cfg.Now(), Actor: by.Login, Action: "policy.put", Subject: string(site), Site: site}
		was, err := t.PolicyOf(ctx, []playlist.SiteID{site})
		switch {
		case err == nil:
			if r.Before, err = shown(was.Policy); err != nil {
				return err
			}
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if p == nil {
			r.Action = "policy.drop"
			if err := t.DropPolicy(ctx, site); err != nil {
				return err
			}
			return t.Audit(ctx, r)
		}
		if err := t.PutPolicy(ctx, site, *p); err != nil {
			return err
		}
		if r.After, err = shown(*p); err != nil {
			return err
		}
		r.Detail = p.Name
		return t.Audit(ctx, r)
	})
}
