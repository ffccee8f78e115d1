package publish

import (
	"context"
	"fmt"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// PutSite adds a site or changes one, with the channels that it publishes on.
func (d *Desk) PutSite(ctx context.Context, who Who, s playlist.Site) error {
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		sites, err := t.Sites(ctx)
		if err != nil {
			return err
		}
		known := false
		for i := range sites {
			if sites[i].ID == s.ID {
				sites[i], known = s, true
			}
		}
		if !known {
			sites = append(sites, s)
		}
		if problems := playlist.ValidateSites(sites); playlist.HasErrors(problems) {
			return &Invalid{problems}
		}
		if err := t.PutSite(ctx, s); err != nil {
			return err
		}
		if err := d.ensureChannels(ctx, t, s.ID); err != nil {
			return err
		}
		return t.Register(ctx, d.record(who, "site.put", string(s.ID), s.ID, s.Name))
	})
	if err != nil {
		return fmt.Errorf("save site %s: %w", s.ID, err)
	}
	return d.cfg.TreeChanged(ctx)
}
