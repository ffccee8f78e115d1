package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/wire"
)

// Approval is one signed approval. All but Envelope are there to be searched
// by; what counts is what was signed.
type Approval struct {
	ID       int64
	Notice   playlist.NoticeID
	Version  int
	Ref      assets.Ref // of the notice's bytes
	Capacity review.Capacity
	Person   string // login of who signed
	Deputy   string // login of the person for whom he signed, or empty
	At       time.Time
	Envelope wire.Envelope // of a review.Approval
}

const approvalColumns = `id, notice, version, ref, capacity, person, deputy, at, envelope`

func scanApproval(r scanner) (Approval, error) {
	var a Approval
	var ref string
	var at int64
	var envelope []byte
	if err := r.Scan(&a.ID, &a.Notice, &a.Version, &ref, &a.Capacity, &a.Person, &a.Deputy, &at, &envelope); err != nil {
		return a, err
	}
	a.At = fromMillis(at)
	if err := json.Unmarshal(envelope, &a.Envelope); err != nil {
		a.Envelope = wire.Envelope{} // somebody changed it; nobody's signature fits nothing
	}
	if err := a.Ref.UnmarshalText([]byte(ref)); err != nil {
		a.Ref = assets.Ref{}
	}
	return a, nil
}

// Approvals returns the approvals of one version of a notice, or of all versions
// when version is 0, in the order in which they were given.
func (r Reader) Approvals(ctx context.Context, id playlist.NoticeID, version int) ([]Approval, error) {
	return collect(ctx, r.q, fmt.Sprintf("approvals of notice %s", id), scanApproval,
		`SELECT `+approvalColumns+` FROM approvals WHERE notice = $1 AND ($2 = 0 OR version = $2) ORDER BY id`, string(id), version)
}

// ApprovalsBy returns what a person signed, the newest first, at most limit.
func (r Reader) ApprovalsBy(ctx context.Context, person string, limit int) ([]Approval, error) {
	return collect(ctx, r.q, "approvals of "+person, scanApproval,
		`SELECT `+approvalColumns+` FROM approvals WHERE person = $1 ORDER BY at DESC, id DESC LIMIT $2`, person, limit)
}

// AddApproval appends an approval. Approvals can be neither changed nor removed.
func (t *Tx) AddApproval(ctx context.Context, a Approval) error {
	envelope, err := encode(a.Envelope)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "add an approval of notice "+string(a.Notice),
		`INSERT INTO approvals (notice, version, ref, capacity, person, deputy, at, envelope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(a.Notice), a.Version, a.Ref.String(), string(a.Capacity), a.Person, a.Deputy, millis(a.At), envelope)
	return err
}

// Signer is a public key with which a person signs approvals.
type Signer struct {
	Person   string
	Key      []byte // 32 bytes, ed25519
	Since    time.Time
	Envelope wire.Envelope // of a review.Signer, by the key of the root
}

// Signers returns the keys of a person, the oldest first.
func (r Reader) Signers(ctx context.Context, person string) ([]Signer, error) {
	return collect(ctx, r.q, "keys of "+person, func(s scanner) (Signer, error) {
		var k Signer
		var since int64
		var envelope []byte
		if err := s.Scan(&k.Person, &k.Key, &since, &envelope); err != nil {
			return k, err
		}
		k.Since = fromMillis(since)
		if err := json.Unmarshal(envelope, &k.Envelope); err != nil {
			k.Envelope = wire.Envelope{}
		}
		return k, nil
	}, `SELECT person, public_key, since, envelope FROM signers WHERE person = $1 ORDER BY since, public_key`, person)
}

// AddSigner notes a key of a person; one that is there stays as it is.
func (t *Tx) AddSigner(ctx context.Context, k Signer) error {
	envelope, err := encode(k.Envelope)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "note a key of "+k.Person,
		`INSERT INTO signers (person, public_key, since, envelope) VALUES ($1, $2, $3, $4) ON CONFLICT (person, public_key) DO NOTHING`,
		k.Person, k.Key, millis(k.Since), envelope)
	return err
}
