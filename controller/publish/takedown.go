package publish

import (
	"context"
	"fmt"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// TakeDown withdraws a notice in force, with every version so far and for ever:
// screens that were offline drop it when they come back. One person is enough.
// Taking down twice gives the same receipt.
func (d *Desk) TakeDown(ctx context.Context, who Who, id playlist.NoticeID, reason string) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	var r Receipt
	err := d.cfg.Store.Update(store.Urgently(ctx), func(t *store.Tx) error {
		row, err := t.Notice(ctx, id)
		if err != nil {
			return err
		}
		r = Receipt{Notice: id, Version: row.Version, Channel: row.Channel()}
		if row.Status == store.TakenDown && row.Live == 0 {
			c, err := t.Channel(ctx, r.Channel)
			r.Wanted = c.Wanted // whatever the first one asked for is in it
			return err
		}
		if row.Live == 0 {
			return ErrNotLive
		}
		if err := mayFollow(row.Status, store.TakenDown); err != nil {
			return err
		}
		r.Version = row.Live
		if err := t.PutTakedown(ctx, r.Channel, playlist.Takedown{Notice: id, Version: row.Live, At: d.cfg.Now().UTC(), Reason: reason}, who.Actor); err != nil {
			return err
		}
		if err := t.SetVersionStatus(ctx, id, row.Live, store.TakenDown); err != nil {
			return err
		}
		row.Status, row.Live, row.Updated = store.TakenDown, 0, d.cfg.Now()
		if err := t.PutNotice(ctx, row); err != nil {
			return err
		}
		detail := strings.TrimSpace(fmt.Sprintf("版本 %d 《%s》 %s", r.Version, row.Title, reason))
		line := d.record(who, "notice.take_down", string(id), row.Site, detail)
		line.Before, line.After = Stand{Notice: id, Version: r.Version, Status: store.Published}.text(), Stand{Notice: id, Version: r.Version, Status: store.TakenDown}.text()
		if err := t.Audit(ctx, line); err != nil {
			return err
		}
		if err := d.want(ctx, t, &r); err != nil {
			return err
		}
		return d.note(ctx, t, who, r)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("take down notice %s: %w", id, err)
	}
	return d.finish(ctx, r)
}

// Explain notes why a notice was taken down, for who was in a hurry then. For a
// notice that was not taken down the error is ErrNotLive.
func (d *Desk) Explain(ctx context.Context, who Who, id playlist.NoticeID, text string) error {
	if err := said("reason", text, true); err != nil {
		return err
	}
	if done, _, err := answer[Stand](ctx, d, who); done || err != nil {
		return err
	}
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		row, err := t.Notice(ctx, id)
		if err != nil {
			return err
		}
		if row.Status != store.TakenDown {
			return ErrNotLive
		}
		text := strings.TrimSpace(text)
		if err := t.AddRemark(ctx, store.Remark{Notice: id, Version: row.Version, At: d.cfg.Now(), Person: who.Actor, Kind: store.Explained, Text: text}); err != nil {
			return err
		}
		if err := t.Audit(ctx, d.record(who, "notice.explain", string(id), row.Site, fmt.Sprintf("《%s》 %s", row.Title, text))); err != nil {
			return err
		}
		return d.note(ctx, t, who, Stand{Notice: id})
	})
	if err != nil {
		return fmt.Errorf("explain the take-down of %s: %w", id, err)
	}
	return nil
}
