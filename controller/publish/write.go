package publish

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Who asks for something. Request makes it idempotent for the same Actor; empty
// means that a repetition counts again.
type Who struct {
	Actor   string // as in the register
	Request string
}

// Receipt says what came of a request. Revision is the edition of Channel that
// holds it.
type Receipt struct {
	Notice   playlist.NoticeID  `json:"notice"`
	Version  int                `json:"version"`
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Problems []playlist.Problem `json:"problems,omitempty"` // warnings only
	Wanted   int64              `json:"wanted,omitempty"`   // the channel's change that it was
}

// next is the table of what may follow what for a notice.
var next = map[store.Status][]store.Status{
	"":               {store.Draft, store.Published},
	store.Draft:      {store.Draft, store.Published},
	store.Published:  {store.Published, store.TakenDown},
	store.TakenDown:  {store.Draft, store.Published},
	store.Superseded: nil,
}

func mayFollow(from, to store.Status) error {
	for _, s := range next[from] {
		if s == to {
			return nil
		}
	}
	return fmt.Errorf("a notice that is %q cannot become %q: %w", from, to, ErrNotLive)
}

// complete fills in what a person need not say.
func (d *Desk) complete(n *playlist.Notice) {
	now := d.cfg.Now()
	if n.ID == "" {
		n.ID = playlist.NoticeID("n-" + strings.ToLower(rand.Text()[:12]))
	}
	if n.Version == 0 {
		n.Version = 1
	}
	if n.Issued.IsZero() {
		n.Issued = schedule.DateOf(now.In(d.cfg.Zone))
	}
}

// Draft saves a notice as a draft, whatever is wrong with it, and returns it
// with its ID and version and what is wrong. A notice with a Version must be
// based on the newest one: otherwise store.ErrConflict.
func (d *Desk) Draft(ctx context.Context, who Who, n playlist.Notice) (playlist.Notice, []playlist.Problem, error) {
	var saved playlist.Notice
	var problems []playlist.Problem
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		var err error
		saved, problems, _, err = d.saveDraft(ctx, t, who, n, nil)
		return err
	})
	if err != nil {
		return n, nil, fmt.Errorf("save draft: %w", err)
	}
	return saved, problems, nil
}

// saveDraft stores the next version of a notice. It is compared with env, or
// with what the transaction sees when that is nil.
func (d *Desk) saveDraft(ctx context.Context, t *store.Tx, who Who, n playlist.Notice, env *playlist.ValidateEnv) (playlist.Notice, []playlist.Problem, store.Notice, error) {
	row := store.Notice{ID: n.ID, Site: n.Site, Kind: n.Kind}
	latest := store.NoticeVersion{}
	if n.ID != "" {
		have, err := t.Notice(ctx, n.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return n, nil, row, err
		case have.Site != n.Site || have.Kind != n.Kind:
			return n, nil, row, fmt.Errorf("notice %s cannot move to another site or kind: %w", n.ID, store.ErrConflict)
		default:
			row = have
			if n.Version != 0 && n.Version != row.Version {
				return n, nil, row, fmt.Errorf("notice %s is at version %d now: %w", n.ID, row.Version, store.ErrConflict)
			}
			if latest, err = t.NoticeVersion(ctx, row.ID, row.Version); err != nil {
				return n, nil, row, err
			}
		}
	}
	n.Version = row.Version
	if latest.Status != store.Draft {
		n.Version++ // a version that was published never changes
	}
	d.complete(&n)
	row.ID, row.Site, row.Kind = n.ID, n.Site, n.Kind
	row.Column, row.Title, row.Version, row.Updated, row.NotAfter = n.Column, n.Title, n.Version, d.cfg.Now(), n.NotAfter
	if row.Status == "" || row.Status == store.TakenDown && row.Live == 0 {
		row.Status = store.Draft
	}
	if env == nil {
		now, err := d.env(ctx, t.Reader)
		if err != nil {
			return n, nil, row, err
		}
		env = &now
	}
	problems := d.problems(&n, *env)
	body, err := n.Encode()
	if err != nil {
		return n, problems, row, fmt.Errorf("encode notice: %w", err)
	}
	if len(body) > playlist.MaxNotice {
		return n, problems, row, fmt.Errorf("notice %s has %d bytes, at most %d are allowed: %w", n.ID, len(body), playlist.MaxNotice, assets.ErrTooLarge)
	}
	v := store.NoticeVersion{
		Notice: n.ID, Version: n.Version, Status: store.Draft, Body: body, Ref: assets.RefOf(body), Author: who.Actor, Saved: d.cfg.Now(),
	}
	if err := t.PutNoticeVersion(ctx, v); err != nil {
		return n, problems, row, err
	}
	if err := t.PutNotice(ctx, row); err != nil {
		return n, problems, row, err
	}
	return n, problems, row, t.Register(ctx, d.record(who, "notice.draft", string(n.ID), n.Site, fmt.Sprintf("版本 %d 《%s》", n.Version, n.Title)))
}

// Publish saves a notice and puts it into the next edition of its channel, in
// one transaction. For a notice that exists it is a revision. If something is
// wrong with it the error is *Invalid, if another person has to release it
// ErrSecondPerson; what was written is kept as the draft that the receipt names.
func (d *Desk) Publish(ctx context.Context, who Who, n playlist.Notice) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	var r Receipt
	var kept error // why it stayed a draft
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		saved, problems, row, err := d.saveDraft(ctx, t, who, n, nil)
		if err != nil {
			return err
		}
		r = Receipt{Notice: saved.ID, Version: saved.Version, Channel: row.Channel(), Problems: problems}
		switch {
		case playlist.HasErrors(problems):
			kept = &Invalid{problems}
			return nil
		case d.cfg.TwoPerson && saved.Kind != playlist.KindAlert:
			kept = ErrSecondPerson
			return nil
		}
		return d.enforce(ctx, t, who, &saved, &r)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("publish notice: %w", err)
	}
	if kept != nil {
		return r, fmt.Errorf("publish notice %s: %w", r.Notice, kept)
	}
	r, err = d.finish(ctx, r)
	return d.warned(ctx, r), err
}

// Release publishes a draft as it is.
func (d *Desk) Release(ctx context.Context, who Who, id playlist.NoticeID, version int) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	var r Receipt
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		v, err := t.NoticeVersion(ctx, id, version)
		if err != nil {
			return err
		}
		n, err := v.Decode()
		if err != nil {
			return err
		}
		if d.cfg.TwoPerson && v.Author == who.Actor && n.Kind != playlist.KindAlert {
			return ErrSecondPerson
		}
		env, err := d.env(ctx, t.Reader)
		if err != nil {
			return err
		}
		problems := d.problems(n, env)
		if playlist.HasErrors(problems) {
			return &Invalid{problems}
		}
		r = Receipt{Notice: id, Version: version, Problems: problems}
		return d.enforce(ctx, t, who, n, &r)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("release notice %s: %w", id, err)
	}
	r, err = d.finish(ctx, r)
	return d.warned(ctx, r), err
}

// enforce puts a draft into force, asks for an edition and notes the answer to
// the request, all within the caller's transaction.
func (d *Desk) enforce(ctx context.Context, t *store.Tx, who Who, n *playlist.Notice, r *Receipt) error {
	if err := d.putInForce(ctx, t, who, n); err != nil {
		return err
	}
	r.Channel = playlist.ChannelID{Site: n.Site, Alert: n.Kind == playlist.KindAlert}
	if err := d.want(ctx, t, r); err != nil {
		return err
	}
	return d.answer(ctx, t, who, *r)
}

func (d *Desk) putInForce(ctx context.Context, t *store.Tx, who Who, n *playlist.Notice) error {
	row, err := t.Notice(ctx, n.ID)
	if err != nil {
		return err
	}
	v, err := t.NoticeVersion(ctx, n.ID, n.Version)
	if err != nil {
		return err
	}
	if v.Status != store.Draft {
		return fmt.Errorf("version %d is not a draft: %w", n.Version, store.ErrConflict)
	}
	if err := mayFollow(row.Status, store.Published); err != nil {
		return err
	}
	action := "notice.publish"
	if row.Live > 0 {
		action = "notice.revise"
		if err := t.SetVersionStatus(ctx, n.ID, row.Live, store.Superseded); err != nil {
			return err
		}
	}
	v.Status, v.Published = store.Published, d.cfg.Now()
	if err := t.PutNoticeVersion(ctx, v); err != nil {
		return err
	}
	row.Status, row.Live, row.Updated = store.Published, n.Version, d.cfg.Now()
	if err := t.PutNotice(ctx, row); err != nil {
		return err
	}
	if err := d.ensureChannels(ctx, t, n.Site); err != nil {
		return err
	}
	return t.Register(ctx, d.record(who, action, string(n.ID), n.Site, fmt.Sprintf("版本 %d 《%s》", n.Version, n.Title)))
}

// problems is what is wrong with a notice, the pictures it names included.
func (d *Desk) problems(n *playlist.Notice, env playlist.ValidateEnv) []playlist.Problem {
	problems := playlist.Validate(n, env)
	for i, p := range n.Pictures {
		for j, size := range p.Renditions {
			if have, ok := d.cfg.Blobs.Size(size.Ref); !ok || have != size.Size {
				problems = append(problems, playlist.Problem{
					Field: fmt.Sprintf("pictures[%d].renditions[%d].ref", i, j), Code: "missing", Severity: playlist.Wrong,
					Message: "图片没有上传成功，请重新上传", MessageEn: "the picture is not on the controller; upload it again",
				})
			}
		}
	}
	return problems
}

func (d *Desk) want(ctx context.Context, t *store.Tx, r *Receipt) (err error) {
	r.Wanted, err = t.Want(ctx, r.Channel)
	return err
}

func (d *Desk) record(who Who, action, subject string, site playlist.SiteID, detail string) store.Record {
	return store.Record{At: d.cfg.Now(), Actor: who.Actor, Action: action, Subject: subject, Site: site, Detail: detail}
}

// finish waits for the edition that holds what a receipt speaks of.
func (d *Desk) finish(ctx context.Context, r Receipt) (Receipt, error) {
	if err := d.cfg.Checkpoint("change committed"); err != nil {
		return r, err
	}
	rev, err := d.settle(ctx, r.Channel, r.Wanted)
	r.Revision, r.Wanted = rev, 0
	return r, err
}

// warned adds to a receipt what became of boards since its edition is out. The
// notice is published whatever comes of it.
func (d *Desk) warned(ctx context.Context, r Receipt) Receipt {
	if d.cfg.Lengthened == nil || r.Revision == 0 || r.Channel.Alert {
		return r
	}
	more, err := d.cfg.Lengthened(ctx, r.Channel.Site, r.Notice)
	if err != nil {
		d.cfg.Log.Warn("It is not known whether boards can show a notice in time.", "notice", r.Notice, "error", err)
		return r
	}
	r.Problems = append(slices.Clip(r.Problems), more...)
	return r
}

// answered looks whether a request was carried out before, and if so finishes
// it if that is still needed and gives the same receipt.
func (d *Desk) answered(ctx context.Context, who Who) (bool, Receipt, error) {
	if who.Request == "" {
		return false, Receipt{}, nil
	}
	data, err := d.cfg.Store.Answer(ctx, who.key())
	if errors.Is(err, store.ErrNotFound) {
		return false, Receipt{}, nil
	}
	if err != nil {
		return false, Receipt{}, err
	}
	var r Receipt
	if err := json.Unmarshal(data, &r); err != nil {
		return false, r, fmt.Errorf("read the answer to a request: %w", err)
	}
	r, err = d.finish(ctx, r)
	return true, r, err
}

func (d *Desk) answer(ctx context.Context, t *store.Tx, who Who, r Receipt) error {
	if who.Request == "" {
		return nil
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("note the answer to a request: %w", err)
	}
	return t.PutAnswer(ctx, who.key(), d.cfg.Now(), data)
}

func (w Who) key() string { return w.Actor + "\n" + w.Request }

// KeepAnswers is how long a repeated request is recognised.
const KeepAnswers = 7 * 24 * time.Hour
