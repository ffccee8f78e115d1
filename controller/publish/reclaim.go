package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// reclaimNote stands in the approvals of what came back from a screen: they were
// lost with the database, the signature of the channel remains.
const reclaimNote = "从屏幕取回，原审批记录不在恢复的备份里 / recalled from a screen; the approvals were not in the backup"

// Reclaim takes back an edition that a screen kept while the controller's data
// was restored from an older backup (DOMAIN R20). The channel's own key must have
// signed it, so it is what was released. missing lists the blobs that must come
// first; it is empty when the edition was taken, or was not newer. Notices,
// take-downs and the programme are then as the edition says; what was published
// since the restore stays; and the next edition follows the one that screens have,
// so that they take it. The error is a *wire.Refusal when it is not believed.
func (d *Desk) Reclaim(ctx context.Context, who Who, ch playlist.ChannelID, env wire.Envelope) (missing []playlist.Blob, err error) {
	state, err := d.cfg.Store.Channel(ctx, ch)
	if err != nil {
		return nil, err
	}
	e, err := wire.OpenEdition(env, playlist.ChannelGrant{Channel: ch, Keys: [][]byte{state.Key}})
	if err != nil {
		return nil, err
	}
	if e.Revision <= state.Revision {
		return nil, nil
	}
	for b := range e.Needs {
		if !d.cfg.Blobs.Hold(b.Ref, b.Size) && !slices.Contains(missing, b) {
			missing = append(missing, b)
		}
	}
	if len(missing) > 0 {
		return missing, nil
	}
	r := Receipt{Channel: ch}
	if err := d.reclaim(ctx, who, &e, env, &r); err != nil {
		return nil, fmt.Errorf("take back edition %s of %s: %w", e.Revision, ch, err)
	}
	_, err = d.finish(ctx, r)
	return nil, err
}

// reclaim writes what an edition says, while nobody compiles its channel.
func (d *Desk) reclaim(ctx context.Context, who Who, e *playlist.Edition, env wire.Envelope, r *Receipt) error {
	l := d.line(e.Channel)
	select {
	case <-l.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()
	l.last = nil
	notices := make([]*playlist.Notice, len(e.Notices))
	for i, entry := range e.Notices {
		body, err := d.cfg.Blobs.Read(entry.Ref, entry.Size)
		if err != nil {
			return err
		}
		if notices[i], err = playlist.DecodeNotice(body); err != nil {
			return err
		}
		if err := e.Matches(entry, notices[i]); err != nil {
			return err
		}
	}
	return d.cfg.Store.UpdateLong(ctx, func(t *store.Tx) error {
		for i, entry := range e.Notices {
			if err := t.GiveWay(); err != nil {
				return err
			}
			if err := d.reclaimNotice(ctx, t, who, entry, notices[i]); err != nil {
				return fmt.Errorf("notice %s: %w", entry.ID, err)
			}
		}
		for _, down := range e.Takedowns {
			if err := d.reclaimTakedown(ctx, t, who, e.Channel, down); err != nil {
				return fmt.Errorf("take-down of %s: %w", down.Notice, err)
			}
		}
		if err := reclaimProgramme(ctx, t, e); err != nil {
			return err
		}
		if err := t.PutReclaimed(ctx, store.Edition{Channel: e.Channel, Revision: e.Revision, Created: e.Created, Envelope: env, Fresh: freshBlobs(nil, e)}); err != nil {
			return err
		}
		if err := t.MarkCarried(ctx, e.Channel, e.Revision); err != nil {
			return err
		}
		if err := d.want(ctx, t, r); err != nil {
			return err
		}
		return t.Audit(ctx, d.record(who, "channel.reclaim", e.Channel.String(), e.Channel.Site,
			fmt.Sprintf("第 %s 版，%d 条内容，%d 条下架", e.Revision, len(e.Notices), len(e.Takedowns))))
	})
}

// reclaimNotice puts a version into force that was in force on screens.
func (d *Desk) reclaimNotice(ctx context.Context, t *store.Tx, who Who, entry playlist.Entry, n *playlist.Notice) error {
	row, err := t.Notice(ctx, entry.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if row.Live == entry.Version {
		return nil
	}
	body, err := n.Encode()
	if err != nil {
		return err
	}
	if assets.RefOf(body) != entry.Ref {
		return errors.New("its text cannot be written again as it was signed")
	}
	var draft *store.NoticeVersion // that the office has under the same number
	v, err := t.NoticeVersion(ctx, entry.ID, entry.Version)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case v.Ref != entry.Ref:
		draft = &v
		fallthrough
	default:
		if err := t.SetVersionStatus(ctx, entry.ID, entry.Version, store.Draft); err != nil {
			return err
		}
	}
	now := d.cfg.Now()
	row = store.Notice{
		ID: entry.ID, Site: n.Site, Kind: n.Kind, Column: n.Column, Title: n.Title, Status: store.Draft, Version: entry.Version,
		Live: row.Live, Updated: now, NotAfter: n.NotAfter, Department: row.Department, Author: row.Author,
	}
	if err := t.PutNotice(ctx, row); err != nil {
		return err
	}
	if err := t.PutNoticeVersion(ctx, store.NoticeVersion{
		Notice: entry.ID, Version: entry.Version, Status: store.Draft, Body: body, Ref: entry.Ref, Author: who.Actor, Saved: now,
	}); err != nil {
		return err
	}
	if err := d.signAlone(ctx, t, who, entry.ID, entry.Version, nil, reclaimNote); err != nil {
		return err
	}
	if err := d.putInForce(ctx, t, who, "notice.reclaim", entry.ID, entry.Version); err != nil {
		return err
	}
	if draft == nil {
		return nil
	}
	return keepDraft(ctx, t, *draft)
}

// keepDraft keeps a draft whose number was taken as the next version: nothing
// that somebody wrote is lost.
func keepDraft(ctx context.Context, t *store.Tx, v store.NoticeVersion) error {
	n, err := v.Decode()
	if err != nil {
		return err
	}
	n.Version++
	if v.Body, err = n.Encode(); err != nil {
		return err
	}
	v.Version, v.Ref, v.Status, v.Policy, v.Published, v.Edition = n.Version, assets.RefOf(v.Body), store.Draft, nil, time.Time{}, 0
	if err := t.PutNoticeVersion(ctx, v); err != nil {
		return err
	}
	row, err := t.Notice(ctx, v.Notice)
	if err != nil {
		return err
	}
	row.Version, row.Title, row.Status, row.Stage = v.Version, n.Title, store.Draft, review.Idle
	return t.PutNotice(ctx, row)
}

// reclaimTakedown withdraws what was withdrawn on screens.
func (d *Desk) reclaimTakedown(ctx context.Context, t *store.Tx, who Who, ch playlist.ChannelID, down playlist.Takedown) error {
	if err := t.PutTakedown(ctx, ch, down, who.Actor); err != nil {
		return err
	}
	row, err := t.Notice(ctx, down.Notice)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || row.Live == 0 || row.Live > down.Version {
		return err
	}
	if err := t.SetVersionStatus(ctx, down.Notice, row.Live, store.TakenDown); err != nil {
		return err
	}
	if row.Version == row.Live {
		row.Status = store.TakenDown
	}
	row.Live, row.Updated = 0, d.cfg.Now()
	return t.PutNotice(ctx, row)
}

// reclaimProgramme takes back playlists and rules, columns and days, but those
// that the desk makes by itself.
func reclaimProgramme(ctx context.Context, t *store.Tx, e *playlist.Edition) error {
	if e.Channel.Alert {
		return nil
	}
	made := func(id string) bool { return id == newest || id == urgent }
	lists := slices.DeleteFunc(slices.Clone(e.Playlists), func(p playlist.Playlist) bool { return made(string(p.ID)) })
	rules := slices.DeleteFunc(slices.Clone(e.Rules), func(r schedule.Rule) bool { return made(r.ID) })
	if err := t.ReplaceProgramme(ctx, e.Channel.Site, lists, rules); err != nil {
		return err
	}
	if len(e.Columns) > 0 {
		if err := t.ReplaceColumns(ctx, e.Columns); err != nil {
			return err
		}
	}
	if len(e.Days) > 0 {
		return t.ReplaceDays(ctx, e.Days)
	}
	return nil
}
