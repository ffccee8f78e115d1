package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Channel is the state of a channel. Wanted > Compiled means that a change is
// not in an edition yet.
type Channel struct {
	ID       playlist.ChannelID `json:"id"`
	Key      []byte             `json:"key"` // public, 32 bytes
	Revision playlist.Revision  `json:"revision"`
	Wanted   int64              `json:"wanted"`
	Compiled int64              `json:"compiled"`
}

// Edition is a signed edition as it was sent. Fresh are the blobs that the
// revision before did not have.
type Edition struct {
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Created  time.Time          `json:"created"`
	Envelope wire.Envelope      `json:"envelope"`
	Fresh    []playlist.Blob    `json:"fresh"`
}

const channelColumns = `id, public_key, revision, wanted, compiled`

func scanChannel(r scanner) (Channel, error) {
	var c Channel
	var id string
	if err := r.Scan(&id, &c.Key, &c.Revision, &c.Wanted, &c.Compiled); err != nil {
		return c, err
	}
	var err error
	c.ID, err = playlist.ParseChannelID(id)
	return c, err
}

// Channels returns all channels by name.
func (r Reader) Channels(ctx context.Context) ([]Channel, error) {
	return collect(ctx, r.q, "channels", scanChannel, `SELECT `+channelColumns+` FROM channels ORDER BY id`)
}

// Channel returns one channel.
func (r Reader) Channel(ctx context.Context, id playlist.ChannelID) (Channel, error) {
	return one(ctx, r.q, fmt.Sprintf("channel %s", id), scanChannel, `SELECT `+channelColumns+` FROM channels WHERE id = $1`, id.String())
}

// AddChannel makes a channel without editions. If it is there already nothing
// changes.
func (t *Tx) AddChannel(ctx context.Context, id playlist.ChannelID, key []byte) error {
	_, err := exec(ctx, t.q, fmt.Sprintf("add channel %s", id),
		`INSERT INTO channels (`+channelColumns+`) VALUES ($1, $2, 0, 0, 0) ON CONFLICT (id) DO NOTHING`, id.String(), key)
	return err
}

// Want counts one more change of a channel, which the next edition must hold,
// and returns the count.
func (t *Tx) Want(ctx context.Context, id playlist.ChannelID) (int64, error) {
	return one(ctx, t.q, fmt.Sprintf("ask for an edition of %s", id), scanInt,
		`UPDATE channels SET wanted = wanted + 1 WHERE id = $1 RETURNING wanted`, id.String())
}

// PutEdition stores the next edition, which holds the changes up to wanted. If
// the channel's revision is not e.Revision-1 the error is ErrConflict.
func (t *Tx) PutEdition(ctx context.Context, e Edition, wanted int64) error {
	what := fmt.Sprintf("save edition %s of %s", e.Revision, e.Channel)
	envelope, err := encode(e.Envelope)
	if err != nil {
		return err
	}
	fresh, err := encode(e.Fresh)
	if err != nil {
		return err
	}
	n, err := exec(ctx, t.q, what, `UPDATE channels SET revision = $2, compiled = $3 WHERE id = $1 AND revision = $4`,
		e.Channel.String(), int64(e.Revision), wanted, int64(e.Revision)-1)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%s: %w", what, ErrConflict)
	}
	_, err = exec(ctx, t.q, what, `INSERT INTO editions (channel, revision, created, envelope, fresh) VALUES ($1, $2, $3, $4, $5)`,
		e.Channel.String(), int64(e.Revision), millis(e.Created), envelope, fresh)
	return err
}

// PutReclaimed stores an edition that came back from a screen, newer than the
// channel's. If the channel has it or a later one the error is ErrConflict.
func (t *Tx) PutReclaimed(ctx context.Context, e Edition) error {
	what := fmt.Sprintf("take back edition %s of %s", e.Revision, e.Channel)
	envelope, err := encode(e.Envelope)
	if err != nil {
		return err
	}
	fresh, err := encode(e.Fresh)
	if err != nil {
		return err
	}
	n, err := exec(ctx, t.q, what, `UPDATE channels SET revision = $2 WHERE id = $1 AND revision < $2`, e.Channel.String(), int64(e.Revision))
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%s: %w", what, ErrConflict)
	}
	_, err = exec(ctx, t.q, what, `INSERT INTO editions (channel, revision, created, envelope, fresh) VALUES ($1, $2, $3, $4, $5)`,
		e.Channel.String(), int64(e.Revision), millis(e.Created), envelope, fresh)
	return err
}

func scanEdition(r scanner) (Edition, error) {
	var e Edition
	var channel string
	var created int64
	var envelope, fresh []byte
	if err := r.Scan(&channel, &e.Revision, &created, &envelope, &fresh); err != nil {
		return e, err
	}
	e.Created = fromMillis(created)
	var err error
	if e.Channel, err = playlist.ParseChannelID(channel); err != nil {
		return e, err
	}
	if err := json.Unmarshal(envelope, &e.Envelope); err != nil {
		return e, err
	}
	return e, json.Unmarshal(fresh, &e.Fresh)
}

// Edition returns one edition of a channel.
func (r Reader) Edition(ctx context.Context, id playlist.ChannelID, rev playlist.Revision) (Edition, error) {
	return one(ctx, r.q, fmt.Sprintf("edition %s of %s", rev, id), scanEdition,
		`SELECT channel, revision, created, envelope, fresh FROM editions WHERE channel = $1 AND revision = $2`, id.String(), int64(rev))
}

// EditionHead says when an edition was made, without its bytes. Dropped is when these
// were dropped; then Hash says what they were, and Bytes is the length of the payload.
type EditionHead struct {
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Created  time.Time          `json:"created"`
	Bytes    int64              `json:"bytes"` // length of the stored envelope
	Dropped  time.Time          `json:"dropped,omitzero"`
	Hash     assets.Ref         `json:"hash,omitzero"` // of the payload, when it was dropped
}

// Editions lists the newest editions of a channel, newest first, at most limit.
func (r Reader) Editions(ctx context.Context, id playlist.ChannelID, limit int) ([]EditionHead, error) {
	return collect(ctx, r.q, fmt.Sprintf("editions of %s", id), func(s scanner) (EditionHead, error) {
		h := EditionHead{Channel: id}
		var created, dropped int64
		var hash string
		if err := s.Scan(&h.Revision, &created, &h.Bytes, &dropped, &hash); err != nil {
			return h, err
		}
		h.Created, h.Dropped = fromMillis(created), fromMillis(dropped)
		return h, h.Hash.UnmarshalText([]byte(hash))
	}, `SELECT revision, created, LENGTH(envelope), 0, '' FROM editions WHERE channel = $1
	    UNION ALL SELECT revision, created, bytes, dropped, hash FROM past_editions WHERE channel = $1
	    ORDER BY 1 DESC LIMIT $2`, id.String(), limit)
}

// Takedowns returns the take-downs of a channel, by notice.
func (r Reader) Takedowns(ctx context.Context, id playlist.ChannelID) ([]playlist.Takedown, error) {
	return collect(ctx, r.q, fmt.Sprintf("take-downs of %s", id), func(s scanner) (playlist.Takedown, error) {
		var d playlist.Takedown
		var at int64
		err := s.Scan(&d.Notice, &d.Version, &at, &d.Reason)
		d.At = fromMillis(at)
		return d, err
	}, `SELECT notice, version, at, reason FROM takedowns WHERE channel = $1 ORDER BY notice`, id.String())
}

// PutTakedown withdraws every version of a notice up to d.Version, for ever. A
// later take-down can only reach higher versions.
func (t *Tx) PutTakedown(ctx context.Context, id playlist.ChannelID, d playlist.Takedown, actor string) error {
	_, err := exec(ctx, t.q, "take down "+string(d.Notice),
		`INSERT INTO takedowns (notice, channel, version, at, reason, actor) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (notice) DO UPDATE SET version = excluded.version, at = excluded.at, reason = excluded.reason, actor = excluded.actor
		 WHERE excluded.version > takedowns.version`,
		string(d.Notice), id.String(), d.Version, millis(d.At), d.Reason, actor)
	return err
}

// FreshSince returns the blobs that were new in any edition after a revision.
// Some may not be in the newest edition any more.
func (r Reader) FreshSince(ctx context.Context, id playlist.ChannelID, since playlist.Revision) ([]playlist.Blob, error) {
	lists, err := collect(ctx, r.q, fmt.Sprintf("new blobs of %s", id), scanJSON[[]playlist.Blob],
		`SELECT fresh FROM editions WHERE channel = $1 AND revision > $2 ORDER BY revision DESC`, id.String(), int64(since))
	var all []playlist.Blob
	for _, l := range lists {
		all = append(all, l...)
	}
	return all, err
}

// Revisions returns the newest revision of each of the given channels that has
// an edition.
func (r Reader) Revisions(ctx context.Context, ids []playlist.ChannelID) (map[playlist.ChannelID]playlist.Revision, error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id.String()
	}
	latest := make(map[playlist.ChannelID]playlist.Revision, len(ids))
	if len(ids) == 0 {
		return latest, nil
	}
	channels, err := collect(ctx, r.q, "revisions of channels", scanChannel,
		`SELECT `+channelColumns+` FROM channels WHERE revision > 0 AND id IN (`+strings.Join(marks, ", ")+`)`, args...)
	for _, c := range channels {
		latest[c.ID] = c.Revision
	}
	return latest, err
}
