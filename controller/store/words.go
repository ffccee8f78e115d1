package store

import (
	"context"
	"encoding/json"
	"fmt"

	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// SiteWord is a word that a site looks for, there and below.
type SiteWord struct {
	ID   int64           `json:"id"`
	Site playlist.SiteID `json:"site"`
	guard.Word
}

// WordFilter narrows a list of words. Empty fields do not narrow.
type WordFilter struct {
	Sites  []playlist.SiteID
	Text   string // anywhere in what is known of it
	Offset int
	Limit  int // 1 to 50,000; 0 is 100
}

func (f WordFilter) where() (string, []any) {
	var c conditions
	in(&c, "site", f.Sites)
	if f.Text != "" {
		c.add(`(text LIKE ? ESCAPE '\' OR CAST(body AS TEXT) LIKE ? ESCAPE '\')`, likely(f.Text))
	}
	return c.where(), c.args
}

func scanWord(s scanner) (SiteWord, error) {
	var w SiteWord
	var body []byte
	if err := s.Scan(&w.ID, &w.Site, &body); err != nil {
		return w, err
	}
	return w, json.Unmarshal(body, &w.Word)
}

// maxWords bounds what is read of the lists at once.
const maxWords = 50_000

// Words lists words, the last changed first.
func (r Reader) Words(ctx context.Context, f WordFilter) ([]SiteWord, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 || limit > maxWords {
		limit = 100
	}
	args = append(args, limit, max(f.Offset, 0))
	return collect(ctx, r.q, "words", scanWord, fmt.Sprintf(
		`SELECT id, site, body FROM words%s ORDER BY id DESC LIMIT $%d OFFSET $%d`, where, len(args)-1, len(args)), args...)
}

// CountWords counts what Words would list without Offset and Limit.
func (r Reader) CountWords(ctx context.Context, f WordFilter) (int, error) {
	where, args := f.where()
	n, err := one(ctx, r.q, "number of words", scanInt, `SELECT COUNT(*) FROM words`+where, args...)
	return int(n), err
}

// Word returns the word of a site with this text.
func (r Reader) Word(ctx context.Context, site playlist.SiteID, text string) (SiteWord, error) {
	return one(ctx, r.q, "word", scanWord, `SELECT id, site, body FROM words WHERE site = $1 AND text = $2`, string(site), text)
}

// WordsRevision changes whenever a word is put or dropped.
func (r Reader) WordsRevision(ctx context.Context) (string, error) {
	return one(ctx, r.q, "state of the words", func(s scanner) (string, error) {
		var n, last int64
		err := s.Scan(&n, &last)
		return fmt.Sprintf("%d/%d", n, last), err
	}, `SELECT COUNT(*), COALESCE(MAX(id), 0) FROM words`)
}

// PutWord adds a word to a site's list, or changes it. It gets a new ID, so that
// whoever keeps the lists knows that they changed.
func (t *Tx) PutWord(ctx context.Context, site playlist.SiteID, w guard.Word) error {
	if err := t.DropWord(ctx, site, w.Text); err != nil {
		return err
	}
	body, err := encode(w)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save a word", `INSERT INTO words (site, body, text) VALUES ($1, $2, $3)`, string(site), body, w.Text)
	return err
}

// DropWord removes a word from a site's list, if it is there.
func (t *Tx) DropWord(ctx context.Context, site playlist.SiteID, text string) error {
	_, err := exec(ctx, t.q, "drop a word", `DELETE FROM words WHERE site = $1 AND text = $2`, string(site), text)
	return err
}

// Live is which version of a notice is in force.
type Live struct {
	Notice  playlist.NoticeID
	Version int
}

// LiveRevision changes whenever a notice comes into force or ceases to be; it may
// change at other times too.
func (r Reader) LiveRevision(ctx context.Context) (string, error) {
	return one(ctx, r.q, "state of the notices in force", func(s scanner) (string, error) {
		var n, sum, last int64
		err := s.Scan(&n, &sum, &last)
		return fmt.Sprintf("%d/%d/%d", n, sum, last), err
	}, `SELECT COUNT(*), COALESCE(SUM(live), 0), COALESCE(MAX(updated), 0) FROM notices WHERE live > 0`)
}

// AllLive lists the notices in force of all sites, alerts left out, by ID.
func (r Reader) AllLive(ctx context.Context) ([]Live, error) {
	return collect(ctx, r.q, "notices in force", func(s scanner) (l Live, err error) {
		err = s.Scan(&l.Notice, &l.Version)
		return l, err
	}, `SELECT id, live FROM notices WHERE live > 0 AND kind <> $1 ORDER BY id`, string(playlist.KindAlert))
}
