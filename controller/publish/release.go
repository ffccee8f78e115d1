package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// alone reports whether one person may do everything.
func alone(p review.Policy) bool {
	return len(p.Steps) == 1 && p.People <= 1 && len(p.Apart) == 0
}

// policyFor is the policy for a notice: alerts have a lane of their own, in
// which one person is enough (L26).
func (d *Desk) policyFor(ctx context.Context, r store.Reader, site playlist.SiteID, kind playlist.Kind) (review.Policy, error) {
	if kind == playlist.KindAlert {
		return review.Single, nil
	}
	return d.policy(ctx, r, site)
}

// Publish saves a notice and puts it into the next edition of its channel, in
// one transaction, where the policy lets one person do it. For a notice that
// exists it is a revision. reasons say why findings stay. If something is wrong
// with it the error is *Invalid, if others have to review it ErrSecondPerson;
// what was written is kept as the draft that the receipt names.
func (d *Desk) Publish(ctx context.Context, who Who, n playlist.Notice, reasons ...review.Reason) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	var r Receipt
	var kept error // why it stayed a draft
	write := ctx
	if n.Kind == playlist.KindAlert {
		write = store.Urgently(ctx)
	} else {
		leave, err := d.enter(who)
		if err != nil {
			return Receipt{}, fmt.Errorf("publish notice: %w", err)
		}
		defer leave()
		if err := d.look(ctx); err != nil {
			return Receipt{}, fmt.Errorf("publish notice: %w", err)
		}
	}
	err := d.cfg.Store.Update(write, func(t *store.Tx) error {
		saved, problems, row, err := d.saveDraft(ctx, t, who, n, nil)
		if err != nil {
			return err
		}
		r = Receipt{Notice: saved.ID, Version: saved.Version, Channel: row.Channel(), Problems: problems}
		given, wrong := answeredDoubts(problems, reasons)
		if wrong != nil {
			kept = wrong
			return nil
		}
		policy, err := d.policyFor(ctx, t.Reader, saved.Site, saved.Kind)
		if err != nil {
			return err
		}
		if !alone(policy) {
			kept = ErrSecondPerson
			return nil
		}
		if err := d.signAlone(ctx, t, who, saved.ID, saved.Version, given, ""); err != nil {
			return err
		}
		return d.enforce(ctx, t, who, saved.ID, saved.Version, &r)
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

// Release signs in the capacity of release and puts a version into force: one
// for which all other approvals are there, or a draft where the policy lets one
// person do everything. ref is that of the bytes which the person looked at.
// reasons say why findings stay that the draft's do not speak of, because the
// lists changed meanwhile. Every signature is checked again.
func (d *Desk) Release(ctx context.Context, who Who, id playlist.NoticeID, version int, ref assets.Ref, reasons ...review.Reason) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	leave, err := d.enter(who)
	if err != nil {
		return Receipt{}, fmt.Errorf("release notice %s: %w", id, err)
	}
	defer leave()
	if err := d.look(ctx); err != nil {
		return Receipt{}, fmt.Errorf("release notice %s: %w", id, err)
	}
	var r Receipt
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		row, v, err := d.newest(ctx, t, id, version, ref)
		if err != nil {
			return err
		}
		n, err := v.Decode()
		if err != nil {
			return err
		}
		env, err := d.env(ctx, t.Reader)
		if err != nil {
			return err
		}
		problems := d.problems(n, env)
		r = Receipt{Notice: id, Version: version, Problems: problems}
		if v.Status == store.InReview {
			err = d.signRelease(ctx, t, who, row, v, problems, reasons)
		} else {
			err = d.releaseDraft(ctx, t, who, row, v, problems, reasons)
		}
		if err != nil {
			return err
		}
		return d.enforce(ctx, t, who, id, version, &r)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("release notice %s: %w", id, err)
	}
	r, err = d.finish(ctx, r)
	return d.warned(ctx, r), err
}

// releaseDraft signs for a draft that nobody else has to look at.
func (d *Desk) releaseDraft(ctx context.Context, t *store.Tx, who Who, row store.Notice, v store.NoticeVersion, problems []playlist.Problem, reasons []review.Reason) error {
	policy, err := d.policyFor(ctx, t.Reader, row.Site, row.Kind)
	if err != nil {
		return err
	}
	if !alone(policy) {
		return ErrSecondPerson
	}
	given, wrong := answeredDoubts(problems, reasons)
	if wrong != nil {
		return wrong
	}
	return d.signAlone(ctx, t, who, v.Notice, v.Version, given, "")
}

// signRelease signs as the last one of the way.
func (d *Desk) signRelease(ctx context.Context, t *store.Tx, who Who, row store.Notice, v store.NoticeVersion, problems []playlist.Problem, reasons []review.Reason) error {
	so, err := d.round(ctx, t.Reader, v)
	if err != nil {
		return err
	}
	if err := d.maySign(row, v, so, who.Actor, who.For, review.Release); err != nil {
		return err
	}
	known := slices.Clone(reasons)
	for _, a := range so {
		known = append(known, a.Reasons...)
	}
	if _, wrong := answeredDoubts(problems, known); wrong != nil {
		return wrong
	}
	added, _ := answeredDoubts(problems, reasons)
	if err := d.sign(ctx, t, who, review.Approval{Notice: v.Notice, Version: v.Version, Ref: v.Ref, Capacity: review.Release, Reasons: added}); err != nil {
		return err
	}
	return d.keepReasons(ctx, t, who, v, added)
}

// enforce puts a version into force, asks for an edition and notes the answer to
// the request, all within the caller's transaction.
func (d *Desk) enforce(ctx context.Context, t *store.Tx, who Who, id playlist.NoticeID, version int, r *Receipt) error {
	if err := d.putInForce(ctx, t, who, "", id, version); err != nil {
		return err
	}
	row, err := t.Notice(ctx, id)
	if err != nil {
		return err
	}
	r.Channel = row.Channel()
	if err := d.want(ctx, t, r); err != nil {
		return err
	}
	return d.note(ctx, t, who, *r)
}

// putInForce is the one way into force. It judges the approvals as they lie in
// the database, whoever calls it. action is what the audit log calls it, by
// itself when empty.
func (d *Desk) putInForce(ctx context.Context, t *store.Tx, who Who, action string, id playlist.NoticeID, version int) error {
	row, err := t.Notice(ctx, id)
	if err != nil {
		return err
	}
	v, err := t.NoticeVersion(ctx, id, version)
	if err != nil {
		return err
	}
	if err := d.judge(ctx, t.Reader, v); err != nil {
		return err
	}
	if err := mayFollow(row.Status, store.Published); err != nil {
		return err
	}
	before := stand(row, v)
	if action == "" {
		action = "notice.publish"
		if row.Live > 0 {
			action = "notice.revise"
		}
	}
	if row.Live > 0 {
		if err := t.SetVersionStatus(ctx, id, row.Live, store.Superseded); err != nil {
			return err
		}
	}
	now := d.cfg.Now()
	if err := t.PublishVersion(ctx, id, version, now); err != nil {
		return err
	}
	row.Status, row.Live, row.Updated, row.Stage, row.Since = store.Published, version, now, review.Idle, now
	if err := t.PutNotice(ctx, row); err != nil {
		return err
	}
	if err := d.ensureChannels(ctx, t, row.Site); err != nil {
		return err
	}
	v.Status = store.Published
	line := d.record(who, action, string(id), row.Site, fmt.Sprintf("版本 %d 《%s》", version, row.Title))
	line.Before, line.After = before.text(), stand(row, v).text()
	return t.Audit(ctx, line)
}

// judge returns nil if a version may come into force by what people signed.
func (d *Desk) judge(ctx context.Context, r store.Reader, v store.NoticeVersion) error {
	trusted, err := d.trust()
	if err != nil {
		return err
	}
	return trusted.judge(ctx, r, v)
}

func (tr trust) judge(ctx context.Context, r store.Reader, v store.NoticeVersion) error {
	if v.Policy == nil {
		return fmt.Errorf("notice %s version %d was never sent for review: %w", v.Notice, v.Version, ErrForged)
	}
	so, err := tr.round(ctx, r, v)
	if err != nil {
		return err
	}
	if err := v.Policy.Judge(v.Ref, so); err != nil {
		return err
	}
	for _, a := range so { // the drafter's signature holds the policy
		if a.Capacity == review.Draft && a.Policy != nil && !samePolicy(*a.Policy, *v.Policy) {
			return fmt.Errorf("notice %s version %d was sent under another policy: %w", v.Notice, v.Version, ErrForged)
		}
		if a.Capacity == review.Draft && a.Policy == nil && !alone(*v.Policy) {
			return fmt.Errorf("notice %s version %d was sent under no policy: %w", v.Notice, v.Version, ErrForged)
		}
	}
	return nil
}

// maxReason bounds what somebody says, in characters.
const maxReason = 1000

// answeredDoubts returns the reasons for what was found and, as an error, what
// stops publication all the same.
func answeredDoubts(problems []playlist.Problem, reasons []review.Reason) ([]review.Reason, error) {
	var given []review.Reason
	var left []playlist.Problem
	stop := false
	for _, p := range problems {
		if p.Severity == playlist.Doubt {
			i := slices.IndexFunc(reasons, func(r review.Reason) bool {
				return r.Field == p.Field && r.Code == p.Code && strings.TrimSpace(r.Text) != "" && utf8.RuneCountInString(r.Text) <= maxReason
			})
			if i >= 0 {
				given = append(given, review.Reason{Field: p.Field, Code: p.Code, Found: p.Message, Text: strings.TrimSpace(reasons[i].Text)})
				continue
			}
		}
		stop = stop || p.Severity != playlist.Warning
		left = append(left, p)
	}
	if stop {
		return given, &Invalid{left}
	}
	return given, nil
}
