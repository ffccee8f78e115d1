package publish

import (
	"context"
	"encoding/json"
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
		line := d.record(who, "site.put", string(s.ID), s.ID, s.Name)
		known := false
		for i := range sites {
			if sites[i].ID == s.ID {
				was, err := json.Marshal(sites[i])
				if err != nil {
					return err
				}
				line.Before = string(was)
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
		now, err := json.Marshal(s)
		if err != nil {
			return err
		}
		line.After = string(now)
		return t.Audit(ctx, line)
	})
	if err != nil {
		return fmt.Errorf("save site %s: %w", s.ID, err)
	}
	return d.cfg.TreeChanged(ctx)
}
