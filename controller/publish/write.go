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
	Actor   string // login, as in the audit log
	Name    string // of the person, as people read it
	Origin  string // address that the request came from
	Request string
	// For is the login of the person in whose place he acts today, with the name;
	// empty when he acts for himself.
	For, ForName string
	// Department of the person; what he writes anew belongs to it.
	Department store.DepartmentID
	// Program says that no person waits for the answer: programs get only half of
	// the desk's places, see ErrBusy.
	Program bool
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
	store.Draft:      {store.Draft, store.InReview, store.Published},
	store.InReview:   {store.Draft, store.Published},
	store.Published:  {store.Published, store.TakenDown},
	store.TakenDown:  {store.Draft, store.InReview, store.Published},
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
// based on the newest one: otherwise store.ErrConflict. One that is in review
// stays as it is: ErrInReview.
func (d *Desk) Draft(ctx context.Context, who Who, n playlist.Notice) (playlist.Notice, []playlist.Problem, error) {
	leave, err := d.enter(who)
	if err != nil {
		return n, nil, fmt.Errorf("save draft: %w", err)
	}
	defer leave()
	if err := d.look(ctx); err != nil {
		return n, nil, fmt.Errorf("save draft: %w", err)
	}
	var saved playlist.Notice
	var problems []playlist.Problem
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
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
func (d *Desk) saveDraft(ctx context.Context, t *store.Tx, who Who, n playlist.Notice, env *surroundings) (playlist.Notice, []playlist.Problem, store.Notice, error) {
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
	if latest.Status == store.InReview {
		return n, nil, row, fmt.Errorf("notice %s version %d: %w", row.ID, row.Version, ErrInReview)
	}
	before := stand(row, latest)
	n.Version = row.Version
	if latest.Status != store.Draft {
		n.Version++ // a version that was published never changes
	}
	d.complete(&n)
	if row.ID == "" || row.Version == 0 {
		row.Department = who.Department
	}
	row.ID, row.Site, row.Kind, row.Author = n.ID, n.Site, n.Kind, who.Actor
	row.Column, row.Title, row.Version, row.Updated, row.NotAfter = n.Column, n.Title, n.Version, d.cfg.Now(), n.NotAfter
	if row.Status == "" || row.Status == store.TakenDown && row.Live == 0 {
		row.Status = store.Draft
	}
	if env == nil {
		now, err := d.envFor(ctx, t.Reader, n.Kind)
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
	if err := t.SetPosting(ctx, n.ID, d.postingEnd(&n, env.Calendar)); err != nil {
		return n, problems, row, err
	}
	line := d.record(who, "notice.draft", string(n.ID), n.Site, fmt.Sprintf("版本 %d 《%s》", n.Version, n.Title))
	line.Before, line.After = before.text(), stand(row, v).text()
	return n, problems, row, t.Audit(ctx, line)
}

// postingEnd is when the posting period of a notice ends, zero for none.
func (d *Desk) postingEnd(n *playlist.Notice, cal *schedule.Calendar) time.Time {
	if n.Posting == nil || !n.Posting.From.Valid() || n.Posting.Days < 1 {
		return time.Time{}
	}
	last := cal.PeriodEnd(n.Posting.From, schedule.Period{Days: n.Posting.Days, Working: n.Posting.Working})
	return last.AddDays(1).In(d.cfg.Zone)
}

func (d *Desk) want(ctx context.Context, t *store.Tx, r *Receipt) (err error) {
	r.Wanted, err = t.Want(ctx, r.Channel)
	return err
}

func (d *Desk) record(who Who, action, subject string, site playlist.SiteID, detail string) store.Record {
	return store.Record{At: d.cfg.Now(), Actor: who.Actor, Origin: who.Origin, Action: action, Subject: subject, Site: site, Detail: detail}
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
	done, r, err := answer[Receipt](ctx, d, who)
	if !done || err != nil {
		return done, r, err
	}
	r, err = d.finish(ctx, r)
	return true, r, err
}

// answer returns what was answered to a request before, if it was.
func answer[T any](ctx context.Context, d *Desk, who Who) (done bool, was T, err error) {
	if who.Request == "" {
		return false, was, nil
	}
	data, err := d.cfg.Store.Answer(ctx, who.key(was))
	if errors.Is(err, store.ErrNotFound) {
		return false, was, nil
	}
	if err != nil {
		return false, was, err
	}
	if err := json.Unmarshal(data, &was); err != nil {
		return false, was, fmt.Errorf("read the answer to a request: %w", err)
	}
	return true, was, nil
}

// note keeps what is answered to a request: a Receipt or a Stand.
func (d *Desk) note(ctx context.Context, t *store.Tx, who Who, answer any) error {
	if who.Request == "" {
		return nil
	}
	data, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("note the answer to a request: %w", err)
	}
	return t.PutAnswer(ctx, who.key(answer), d.cfg.Now(), data)
}

// key is under what an answer is kept: a form sends several kinds of requests with
// one number, to be reviewed and then to be published for example, and the answer
// to one is none to the other.
func (w Who) key(answer any) string {
	key := w.Actor + "\n" + w.Request
	if _, ok := answer.(Receipt); ok {
		return key
	}
	return fmt.Sprintf("%s\n%T", key, answer)
}

// KeepAnswers is how long a repeated request is recognised.
const KeepAnswers = 7 * 24 * time.Hour
