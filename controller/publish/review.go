package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// Stand is where a notice stands on its way.
type Stand struct {
	Notice  playlist.NoticeID `json:"notice"`
	Version int               `json:"version"` // the newest
	Ref     assets.Ref        `json:"ref,omitzero"`
	Status  store.Status      `json:"status"` // of that version
	Stage   review.Stage      `json:"stage,omitempty"`
}

func stand(row store.Notice, v store.NoticeVersion) Stand {
	return Stand{Notice: row.ID, Version: v.Version, Ref: v.Ref, Status: v.Status, Stage: row.Stage}
}

// text is how it stands in the audit log; nothing for what was not there.
func (s Stand) text() string {
	if s.Version == 0 {
		return ""
	}
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Sprintf("%+v", s)
	}
	return string(data)
}

func samePolicy(a, b review.Policy) bool { return reflect.DeepEqual(a, b) }

// newest returns a notice with its newest version, if that has the number and
// the bytes that the person looked at; otherwise somebody was quicker:
// store.ErrConflict. A zero ref is any.
func (d *Desk) newest(ctx context.Context, t *store.Tx, id playlist.NoticeID, version int, ref assets.Ref) (store.Notice, store.NoticeVersion, error) {
	row, err := t.Notice(ctx, id)
	if err != nil {
		return row, store.NoticeVersion{}, err
	}
	v, err := t.NoticeVersion(ctx, id, row.Version)
	if err != nil {
		return row, v, err
	}
	if row.Version != version || !ref.IsZero() && v.Ref != ref {
		return row, v, fmt.Errorf("notice %s is at version %d %s now: %w", id, v.Version, v.Ref.Short(), store.ErrConflict)
	}
	return row, v, nil
}

// step makes one step of the way in one transaction: do changes the row, and
// step saves it with the line of the audit log and the answer to the request.
func (d *Desk) step(ctx context.Context, who Who, action string, id playlist.NoticeID, version int, ref assets.Ref, detail string,
	do func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error) (Stand, error) {
	if done, s, err := answer[Stand](ctx, d, who); done || err != nil {
		return s, err
	}
	leave, err := d.enter(who)
	if err != nil {
		return Stand{}, fmt.Errorf("%s %s: %w", action, id, err)
	}
	defer leave()
	if err := d.look(ctx); err != nil {
		return Stand{}, fmt.Errorf("%s %s: %w", action, id, err)
	}
	var s Stand
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		row, v, err := d.newest(ctx, t, id, version, ref)
		if err != nil {
			return err
		}
		before := stand(row, v)
		if err := do(t, &row, &v); err != nil {
			return err
		}
		row.Updated = d.cfg.Now()
		if row.Stage != before.Stage {
			row.Since = row.Updated
		}
		if row.Live == 0 && row.Status != v.Status {
			if err := mayFollow(row.Status, v.Status); err != nil {
				return err
			}
			row.Status = v.Status
		}
		if err := t.PutNotice(ctx, row); err != nil {
			return err
		}
		s = stand(row, v)
		line := d.record(who, action, string(id), row.Site, strings.TrimSpace(fmt.Sprintf("版本 %d 《%s》 %s", version, row.Title, detail)))
		line.Before, line.After = before.text(), s.text()
		if err := t.Audit(ctx, line); err != nil {
			return err
		}
		return d.note(ctx, t, who, s)
	})
	if err != nil {
		return Stand{}, fmt.Errorf("%s %s: %w", action, id, err)
	}
	return s, d.cfg.Checkpoint("change committed")
}

// remark adds what was said to the record.
func (d *Desk) remark(ctx context.Context, t *store.Tx, who Who, v *store.NoticeVersion, kind store.RemarkKind, stage review.Stage, text string, ref assets.Ref) error {
	return t.AddRemark(ctx, store.Remark{
		Notice: v.Notice, Version: v.Version, At: d.cfg.Now(), Person: who.Actor, Kind: kind, Stage: stage, Text: strings.TrimSpace(text), Ref: ref,
	})
}

// Submit sends a draft on its way: who signs as its drafter, and from now on its
// bytes stay as they are. reasons say why findings stay. A draft with something
// wrong in it, or a finding without a reason, is *Invalid.
func (d *Desk) Submit(ctx context.Context, who Who, id playlist.NoticeID, version int, ref assets.Ref, reasons []review.Reason, note string) (Stand, error) {
	if err := said("note", note, false); err != nil {
		return Stand{}, err
	}
	return d.step(ctx, who, "notice.submit", id, version, ref, note, func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error {
		if v.Status != store.Draft {
			return fmt.Errorf("it is no draft: %w", review.ErrTurn)
		}
		if err := mayFollow(row.Status, store.InReview); err != nil && row.Live == 0 {
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
		given, wrong := answeredDoubts(d.problems(n, env), reasons)
		if wrong != nil {
			return wrong
		}
		policy, err := d.policyFor(ctx, t.Reader, row.Site, row.Kind)
		if err != nil {
			return err
		}
		v.Status, v.Policy = store.InReview, &policy
		if err := t.PutNoticeVersion(ctx, *v); err != nil {
			return err
		}
		err = d.sign(ctx, t, who, review.Approval{
			Notice: id, Version: version, Ref: v.Ref, Capacity: review.Draft, Reasons: given, Note: strings.TrimSpace(note), Policy: &policy,
		})
		if err != nil {
			return err
		}
		if err := d.remark(ctx, t, who, v, store.Submitted, row.Stage, note, assets.Ref{}); err != nil {
			return err
		}
		if err := d.keepReasons(ctx, t, who, *v, given); err != nil {
			return err
		}
		row.Stage = review.Stage(policy.Steps[0])
		return nil
	})
}

// Approval is what a reviewer says of a notice that he looked at.
type Approval struct {
	Capacity review.Capacity // FirstReview, SecondReview or SecrecyReview
	Ticks    []review.Tick   // with SecrecyReview: all of them
	Note     string
}

// Approve signs in a capacity and sends the notice on. review.ErrTurn means that
// it waits for something else, review.ErrTwice that the policy wants another
// person, ErrForged that an earlier approval was tampered with. An open line of
// the checklist is *Invalid.
func (d *Desk) Approve(ctx context.Context, who Who, id playlist.NoticeID, version int, ref assets.Ref, a Approval) (Stand, error) {
	if err := said("note", a.Note, false); err != nil {
		return Stand{}, err
	}
	if a.Capacity == review.SecrecyReview {
		if err := ticked(a.Ticks); err != nil {
			return Stand{}, err
		}
	} else {
		a.Ticks = nil
	}
	detail := string(a.Capacity)
	if who.For != "" {
		detail += " 代 " + who.For
	}
	return d.step(ctx, who, "notice.approve", id, version, ref, detail, func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error {
		if a.Capacity == review.Release || a.Capacity == review.Draft {
			return fmt.Errorf("%s: %w", a.Capacity, review.ErrTurn)
		}
		so, err := d.round(ctx, t.Reader, *v)
		if err != nil {
			return err
		}
		if err := d.maySign(*row, *v, so, who.Actor, who.For, a.Capacity); err != nil {
			return err
		}
		signed := review.Approval{
			Notice: id, Version: version, Ref: v.Ref, Capacity: a.Capacity, Ticks: a.Ticks, Note: strings.TrimSpace(a.Note),
		}
		if err := d.sign(ctx, t, who, signed); err != nil {
			return err
		}
		if a.Note != "" {
			if err := d.remark(ctx, t, who, v, store.Approved, row.Stage, a.Note, assets.Ref{}); err != nil {
				return err
			}
		}
		signed.Person, signed.For = who.Actor, who.For
		row.Stage, _ = v.Policy.Next(v.Ref, append(so, signed))
		return nil
	})
}

// maySign returns nil if a person may sign now in a capacity: the notice waits
// for it, in the database as well as by what was signed, and the policy lets
// this person do it. Who wrote the text counts as its drafter even if somebody
// else sent it.
func (d *Desk) maySign(row store.Notice, v store.NoticeVersion, so []review.Approval, person, deputyOf string, as review.Capacity) error {
	if v.Status != store.InReview || v.Policy == nil {
		return fmt.Errorf("notice %s version %d is not in review: %w", v.Notice, v.Version, review.ErrTurn)
	}
	if row.Stage != review.Stage(as) {
		return fmt.Errorf("it waits for %q: %w", row.Stage, review.ErrTurn)
	}
	if next, done := v.Policy.Next(v.Ref, so); done || next != row.Stage {
		return fmt.Errorf("notice %s waits for %q, by what was signed for %q: %w", v.Notice, row.Stage, next, ErrForged)
	}
	if err := v.Policy.May(v.Ref, so, person, as); err != nil {
		return err
	}
	if v.Policy.Keeps(review.Draft, as) && (v.Author == person || deputyOf != "" && v.Author == deputyOf) {
		return fmt.Errorf("%s wrote it: %w", v.Author, review.ErrTwice)
	}
	if deputyOf == "" {
		return nil
	}
	if err := v.Policy.May(v.Ref, so, deputyOf, as); err != nil && !errors.Is(err, review.ErrFew) {
		return err
	}
	return nil
}

// May returns nil if who may sign in the capacity that a notice waits for, and
// otherwise why not, for pages that offer it.
func (d *Desk) May(ctx context.Context, who Who, id playlist.NoticeID) error {
	return d.cfg.Store.View(ctx, func(r store.Reader) error {
		row, err := r.Notice(ctx, id)
		if err != nil {
			return err
		}
		as, ok := row.Stage.Capacity()
		if !ok {
			return review.ErrTurn
		}
		v, err := r.NoticeVersion(ctx, id, row.Version)
		if err != nil {
			return err
		}
		so, err := d.round(ctx, r, v)
		if err != nil {
			return err
		}
		return d.maySign(row, v, so, who.Actor, who.For, as)
	})
}

// ticked returns *Invalid for a checklist with an open line (L04).
func ticked(ticks []review.Tick) error {
	var open []playlist.Problem
	for _, t := range review.Ticks {
		if !slices.Contains(ticks, t) {
			open = append(open, playlist.Problem{
				Field: "ticks." + string(t), Code: "required", Severity: playlist.Wrong, Message: "请逐项核对，这一项还没有勾选", MessageEn: "this line of the checklist is open",
			})
		}
	}
	if open != nil {
		return &Invalid{open}
	}
	return nil
}

// said returns *Invalid for words that are missing or too long.
func said(field, text string, need bool) error {
	switch n := utf8.RuneCountInString(text); {
	case need && strings.TrimSpace(text) == "":
		return &Invalid{[]playlist.Problem{{Field: field, Code: "required", Severity: playlist.Wrong, Message: "请写明原因", MessageEn: "a reason is needed"}}}
	case n > maxReason:
		return &Invalid{[]playlist.Problem{{
			Field: field, Code: "too_long", Severity: playlist.Wrong,
			Message: fmt.Sprintf("有 %d 个字，最多 %d 个字", n, maxReason), MessageEn: fmt.Sprintf("it has %d characters, at most %d are allowed", n, maxReason),
		}}}
	}
	return nil
}

// back makes a version in review a draft again.
func (d *Desk) back(ctx context.Context, t *store.Tx, row *store.Notice, v *store.NoticeVersion, to review.Stage) error {
	if v.Status != store.InReview {
		return fmt.Errorf("notice %s version %d is not in review: %w", v.Notice, v.Version, review.ErrTurn)
	}
	v.Status, row.Stage = store.Draft, to
	return t.SetVersionStatus(ctx, v.Notice, v.Version, store.Draft)
}

// Return gives a notice back to its author with a reason. What was signed for it
// does not count any more when it is sent again.
func (d *Desk) Return(ctx context.Context, who Who, id playlist.NoticeID, version int, ref assets.Ref, reason string) (Stand, error) {
	if err := said("reason", reason, true); err != nil {
		return Stand{}, err
	}
	return d.step(ctx, who, "notice.return", id, version, ref, reason, func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error {
		at := row.Stage
		if err := d.back(ctx, t, row, v, review.Returned); err != nil {
			return err
		}
		return d.remark(ctx, t, who, v, store.ReturnedFor, at, reason, assets.Ref{})
	})
}

// ErrAuthor: only who wrote or sent a notice takes it back.
var ErrAuthor = errors.New("somebody else wrote and sent it")

// Withdraw takes a notice back before it is released: by who wrote it or who
// sent it, otherwise ErrAuthor.
func (d *Desk) Withdraw(ctx context.Context, who Who, id playlist.NoticeID, version int) (Stand, error) {
	return d.step(ctx, who, "notice.withdraw", id, version, assets.Ref{}, "", func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error {
		rows, err := t.Approvals(ctx, id, version)
		if err != nil {
			return err
		}
		sent := slices.ContainsFunc(rows, func(a store.Approval) bool {
			return a.Capacity == review.Draft && a.Person == who.Actor && a.Ref == v.Ref
		})
		if v.Author != who.Actor && !sent {
			return ErrAuthor
		}
		at := row.Stage
		if err := d.back(ctx, t, row, v, review.Idle); err != nil {
			return err
		}
		return d.remark(ctx, t, who, v, store.Withdrawn, at, "", assets.Ref{})
	})
}

// SendOutside stops the way at the secrecy review until others have answered
// whether the notice may be public (C03). text says who is asked and why.
func (d *Desk) SendOutside(ctx context.Context, who Who, id playlist.NoticeID, version int, ref assets.Ref, text string) (Stand, error) {
	if err := said("text", text, true); err != nil {
		return Stand{}, err
	}
	return d.step(ctx, who, "notice.outside", id, version, ref, text, func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error {
		if v.Status != store.InReview || row.Stage != review.Stage(review.SecrecyReview) {
			return fmt.Errorf("it waits for %q: %w", row.Stage, review.ErrTurn)
		}
		row.Stage = review.Outside
		return d.remark(ctx, t, who, v, store.SentOutside, review.Stage(review.SecrecyReview), text, assets.Ref{})
	})
}

// File is a file that belongs to a notice and is not shown. Its bytes are a blob.
type File struct {
	Name string
	Type string // media type
	Ref  assets.Ref
	Size int64 // bytes
}

// Reply notes what was answered from outside, with the answer's scan if there is
// one; the secrecy review goes on.
func (d *Desk) Reply(ctx context.Context, who Who, id playlist.NoticeID, version int, ref assets.Ref, text string, scan *File) (Stand, error) {
	if err := said("text", text, true); err != nil {
		return Stand{}, err
	}
	return d.step(ctx, who, "notice.reply", id, version, ref, text, func(t *store.Tx, row *store.Notice, v *store.NoticeVersion) error {
		if v.Status != store.InReview || row.Stage != review.Outside {
			return fmt.Errorf("it waits for %q: %w", row.Stage, review.ErrTurn)
		}
		row.Stage = review.Stage(review.SecrecyReview)
		var of assets.Ref
		if scan != nil {
			if !d.cfg.Blobs.Hold(scan.Ref, scan.Size) {
				return fmt.Errorf("the file of the reply: %w", assets.ErrNotFound)
			}
			of = scan.Ref
			err := t.AddEvidence(ctx, store.Evidence{
				Notice: id, Version: version, At: d.cfg.Now().UTC().Truncate(time.Millisecond), Person: who.Actor, Name: scan.Name, Type: scan.Type, Ref: scan.Ref, Size: scan.Size,
			})
			if err != nil {
				return err
			}
		}
		return d.remark(ctx, t, who, v, store.Replied, review.Outside, text, of)
	})
}
