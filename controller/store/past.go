package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// PastEdition is what stays of an edition whose bytes were dropped: which bytes
// they were, and who signed them. Whoever has kept the edition can show that it is
// the one.
type PastEdition struct {
	Channel    playlist.ChannelID `json:"channel"`
	Revision   playlist.Revision  `json:"revision"`
	Created    time.Time          `json:"created"`
	Dropped    time.Time          `json:"dropped"`
	Bytes      int64              `json:"bytes"` // of the payload
	Hash       assets.Ref         `json:"hash"`  // of the payload
	Signatures []wire.Signature   `json:"signatures"`
}

// PastEdition returns what stays of an edition; ErrNotFound for one that is here
// whole, or never was.
func (r Reader) PastEdition(ctx context.Context, id playlist.ChannelID, rev playlist.Revision) (PastEdition, error) {
	return one(ctx, r.q, fmt.Sprintf("what stays of edition %s of %s", rev, id), func(s scanner) (PastEdition, error) {
		p := PastEdition{Channel: id, Revision: rev}
		var created, dropped int64
		var hash string
		var signatures []byte
		if err := s.Scan(&created, &dropped, &p.Bytes, &hash, &signatures); err != nil {
			return p, err
		}
		p.Created, p.Dropped = fromMillis(created), fromMillis(dropped)
		if err := p.Hash.UnmarshalText([]byte(hash)); err != nil {
			return p, err
		}
		return p, json.Unmarshal(signatures, &p.Signatures)
	}, `SELECT created, dropped, bytes, hash, signatures FROM past_editions WHERE channel = $1 AND revision = $2`, id.String(), int64(rev))
}

// EditionTime is when an edition was made.
type EditionTime struct {
	Revision playlist.Revision
	Created  time.Time
}

// EditionTimes lists the editions of a channel that are here whole, the newest first.
func (r Reader) EditionTimes(ctx context.Context, id playlist.ChannelID) ([]EditionTime, error) {
	return collect(ctx, r.q, fmt.Sprintf("times of the editions of %s", id), func(s scanner) (e EditionTime, err error) {
		var created int64
		err = s.Scan(&e.Revision, &created)
		e.Created = fromMillis(created)
		return e, err
	}, `SELECT revision, created FROM editions WHERE channel = $1 ORDER BY revision DESC`, id.String())
}

// DropEdition drops the bytes of an edition and keeps what they were. The newest of
// a channel stays: ErrConflict.
func (t *Tx) DropEdition(ctx context.Context, id playlist.ChannelID, rev playlist.Revision, at time.Time) error {
	what := fmt.Sprintf("drop edition %s of %s", rev, id)
	c, err := t.Channel(ctx, id)
	if err != nil {
		return err
	}
	if rev >= c.Revision {
		return fmt.Errorf("%s: it is the newest: %w", what, ErrConflict)
	}
	e, err := t.Edition(ctx, id, rev)
	if err != nil {
		return err
	}
	signatures, err := encode(e.Envelope.Signatures)
	if err != nil {
		return err
	}
	if _, err := exec(ctx, t.q, what,
		`INSERT INTO past_editions (channel, revision, created, dropped, bytes, hash, signatures) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id.String(), int64(rev), millis(e.Created), millis(at), len(e.Envelope.Payload), assets.RefOf(e.Envelope.Payload).String(), signatures); err != nil {
		return err
	}
	return change(ctx, t.q, what, `DELETE FROM editions WHERE channel = $1 AND revision = $2`, id.String(), int64(rev))
}
