package publish

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/wire"
)

// Signer signs in the name of persons. Keys does it with keys that lie on the
// controller; reviewers' own machines can take its place.
type Signer interface {
	// Sign puts a payload into an envelope with the signature of a person, named
	// by login.
	Sign(ctx context.Context, person, typ string, payload []byte) (wire.Envelope, error)
	// Public returns the key that the person's signatures fit.
	Public(ctx context.Context, person string) (ed25519.PublicKey, error)
}

// sign adds an approval in the name of who to the record.
func (d *Desk) sign(ctx context.Context, t *store.Tx, who Who, a review.Approval) error {
	a.Person, a.Name, a.For, a.ForName = who.Actor, cmp.Or(who.Name, who.Actor), who.For, who.ForName
	a.At = d.cfg.Now().UTC().Truncate(time.Millisecond)
	payload, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write an approval: %w", err)
	}
	env, err := d.cfg.Signer.Sign(ctx, who.Actor, wire.ApprovalType, payload)
	if err != nil {
		return fmt.Errorf("sign as %s: %w", who.Actor, err)
	}
	if err := d.enrol(ctx, t, who.Actor, a.At); err != nil {
		return err
	}
	return t.AddApproval(ctx, store.Approval{
		Notice: a.Notice, Version: a.Version, Ref: a.Ref, Capacity: a.Capacity, Person: a.Person, Deputy: a.For, At: a.At, Envelope: env,
	})
}

// enrol notes the public key of a person, vouched for by the root: a key that
// somebody writes into the database signs nothing.
func (d *Desk) enrol(ctx context.Context, t *store.Tx, person string, now time.Time) error {
	key, err := d.cfg.Signer.Public(ctx, person)
	if err != nil {
		return fmt.Errorf("key of %s: %w", person, err)
	}
	trusted, err := d.trust()
	if err != nil {
		return err
	}
	known, err := trusted.keysOf(ctx, t.Reader, person)
	if err != nil || slices.ContainsFunc(known, func(k []byte) bool { return bytes.Equal(k, key) }) {
		return err
	}
	payload, err := json.Marshal(review.Signer{Person: person, Key: key, Since: now})
	if err != nil {
		return fmt.Errorf("vouch for the key of %s: %w", person, err)
	}
	root, err := d.cfg.Keys.Root()
	if err != nil {
		return err
	}
	return t.AddSigner(ctx, store.Signer{Person: person, Key: key, Since: now, Envelope: wire.Sign(wire.SignerType, payload, root)})
}

// trust judges approvals by the public key of the root, which vouches for the keys
// of persons. It needs nothing that is secret: an auditor has it too.
type trust struct{ root []byte }

func (d *Desk) trust() (trust, error) {
	root, err := d.cfg.Keys.Root()
	if err != nil {
		return trust{}, err
	}
	return trust{pub(root.Seed())}, nil
}

// keysOf returns the keys of a person that the root vouches for.
func (tr trust) keysOf(ctx context.Context, r store.Reader, person string) ([][]byte, error) {
	rows, err := r.Signers(ctx, person)
	if err != nil {
		return nil, err
	}
	var keys [][]byte
	for _, row := range rows {
		if wire.Judge(row.Envelope, wire.Policy{Type: wire.SignerType, Keys: [][]byte{tr.root}, Threshold: 1}) != nil {
			continue
		}
		var s review.Signer
		if json.Unmarshal(row.Envelope.Payload, &s) == nil && s.Person == person && bytes.Equal(s.Key, row.Key) {
			keys = append(keys, s.Key)
		}
	}
	return keys, nil
}

// Checked is an approval with what its signature says of it.
type Checked struct {
	review.Approval
	Genuine bool `json:"genuine"` // the person signed exactly this
}

// Approvals returns what was signed for a version of a notice, or for all of
// them when version is 0, in order, every signature checked.
func (d *Desk) Approvals(ctx context.Context, id playlist.NoticeID, version int) ([]Checked, error) {
	rows, err := d.cfg.Store.Approvals(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return d.checked(ctx, d.cfg.Store.Reader, rows)
}

// ApprovalsOf is Approvals for all versions of several notices.
func (d *Desk) ApprovalsOf(ctx context.Context, ids []playlist.NoticeID) ([]Checked, error) {
	rows, err := d.cfg.Store.ApprovalsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return d.checked(ctx, d.cfg.Store.Reader, rows)
}

func (d *Desk) checked(ctx context.Context, r store.Reader, rows []store.Approval) ([]Checked, error) {
	trusted, err := d.trust()
	if err != nil {
		return nil, err
	}
	return trusted.checked(ctx, r, rows)
}

func (tr trust) checked(ctx context.Context, r store.Reader, rows []store.Approval) ([]Checked, error) {
	keys := map[string][][]byte{}
	var out []Checked
	for _, row := range rows {
		if _, ok := keys[row.Person]; !ok {
			var err error
			if keys[row.Person], err = tr.keysOf(ctx, r, row.Person); err != nil {
				return nil, err
			}
		}
		out = append(out, checkedApproval(row, keys[row.Person]))
	}
	return out, nil
}

// checkedApproval reads one row. Whatever of it does not agree with what was
// signed makes it a forgery, and it shows as the row says.
func checkedApproval(row store.Approval, keys [][]byte) Checked {
	claimed := Checked{Approval: review.Approval{
		Notice: row.Notice, Version: row.Version, Ref: row.Ref, Capacity: row.Capacity, Person: row.Person, Name: row.Person, For: row.Deputy, At: row.At,
	}}
	if wire.Judge(row.Envelope, wire.Policy{Type: wire.ApprovalType, Keys: keys, Threshold: 1}) != nil {
		return claimed
	}
	var a review.Approval
	if err := json.Unmarshal(row.Envelope.Payload, &a); err != nil {
		return claimed
	}
	if a.Notice != row.Notice || a.Version != row.Version || a.Ref != row.Ref || a.Capacity != row.Capacity ||
		a.Person != row.Person || a.For != row.Deputy || !a.At.Equal(row.At) {
		return claimed
	}
	return Checked{a, true}
}

// round returns the approvals that count for bytes now: those since they were
// last sent. An approval that nobody signed is ErrForged.
func (tr trust) round(ctx context.Context, r store.Reader, v store.NoticeVersion) ([]review.Approval, error) {
	if assets.RefOf(v.Body) != v.Ref {
		return nil, fmt.Errorf("notice %s version %d does not have the bytes that it had: %w", v.Notice, v.Version, ErrForged)
	}
	rows, err := r.Approvals(ctx, v.Notice, v.Version)
	if err != nil {
		return nil, err
	}
	all, err := tr.checked(ctx, r, rows)
	if err != nil {
		return nil, err
	}
	var out []review.Approval
	for _, a := range LastRound(all) {
		if !a.Genuine || a.Ref != v.Ref {
			return nil, fmt.Errorf("%s as %s on notice %s version %d: %w", a.Person, a.Capacity, v.Notice, v.Version, ErrForged)
		}
		out = append(out, a.Approval)
	}
	return out, nil
}

func (d *Desk) round(ctx context.Context, r store.Reader, v store.NoticeVersion) ([]review.Approval, error) {
	trusted, err := d.trust()
	if err != nil {
		return nil, err
	}
	return trusted.round(ctx, r, v)
}

// LastRound returns the approvals of one version from the drafter's last
// signature on: what came back begins anew.
func LastRound(all []Checked) []Checked {
	for i, a := range slices.Backward(all) {
		if a.Capacity == review.Draft {
			return all[i:]
		}
	}
	return nil
}

// signAlone signs a draft and its release in the name of one person: under the
// policy Single, for alerts, and for what is imported.
func (d *Desk) signAlone(ctx context.Context, t *store.Tx, who Who, id playlist.NoticeID, version int, reasons []review.Reason, note string) error {
	v, err := t.NoticeVersion(ctx, id, version)
	if err != nil {
		return err
	}
	alone := review.Single
	v.Policy = &alone
	if err := t.PutNoticeVersion(ctx, v); err != nil {
		return err
	}
	for _, c := range []review.Capacity{review.Draft, review.Release} {
		a := review.Approval{Notice: id, Version: version, Ref: v.Ref, Capacity: c, Note: note}
		if c == review.Draft {
			a.Reasons = reasons
		}
		if err := d.sign(ctx, t, who, a); err != nil {
			return err
		}
	}
	return d.keepReasons(ctx, t, who, v, reasons)
}

// keepReasons notes why findings stay.
func (d *Desk) keepReasons(ctx context.Context, t *store.Tx, who Who, v store.NoticeVersion, reasons []review.Reason) error {
	for _, r := range reasons {
		text := r.Text
		if r.Found != "" {
			text = r.Found + "：" + r.Text
		}
		if err := t.AddRemark(ctx, store.Remark{Notice: v.Notice, Version: v.Version, At: d.cfg.Now(), Person: who.Actor, Kind: store.Overridden, Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// Policy returns what a release at a site needs: the policy of the nearest site
// on its path that has one, else that of the settings.
func (d *Desk) Policy(ctx context.Context, site playlist.SiteID) (review.Policy, error) {
	return d.policy(ctx, d.cfg.Store.Reader, site)
}

func (d *Desk) policy(ctx context.Context, r store.Reader, site playlist.SiteID) (review.Policy, error) {
	tree, err := r.Tree(ctx)
	if err != nil {
		return review.Policy{}, err
	}
	set, err := r.PolicyOf(ctx, tree.PathIDs(site))
	switch {
	case isNotFound(err):
		return d.cfg.Policy, nil
	case err != nil:
		return review.Policy{}, err
	}
	return set.Policy, set.Policy.Check()
}
