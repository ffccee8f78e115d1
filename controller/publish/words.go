package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// maxWordsAtOnce bounds what one request adds to a list.
const maxWordsAtOnce = 20_000

// PutWords adds words to the list of a site, or changes those with the same text.
// It returns how many were new. One that cannot be looked for is guard.ErrWord,
// and then nothing is changed.
func (d *Desk) PutWords(ctx context.Context, who Who, site playlist.SiteID, words []guard.Word) (added int, err error) {
	if len(words) > maxWordsAtOnce {
		return 0, fmt.Errorf("%d words at once, at most %d: %w", len(words), maxWordsAtOnce, guard.ErrWord)
	}
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		added = 0
		if _, err := t.Site(ctx, site); err != nil {
			return err
		}
		var before []guard.Word
		for _, w := range words {
			if err := w.Check(); err != nil {
				return err
			}
			have, err := t.Word(ctx, site, w.Text)
			switch {
			case errors.Is(err, store.ErrNotFound):
				added++
			case err != nil:
				return err
			default:
				before = append(before, have.Word)
			}
			if err := t.PutWord(ctx, site, w); err != nil {
				return err
			}
		}
		line := d.record(who, "words.put", string(site), site, fmt.Sprintf("错敏词 %d 个，新增 %d 个", len(words), added))
		line.Before, line.After = listed(before), listed(words)
		return t.Audit(ctx, line)
	})
	if err != nil {
		return 0, fmt.Errorf("put words of %s: %w", site, err)
	}
	return added, nil
}

// DropWord removes a word from the list of a site; store.ErrNotFound if it has no
// such word.
func (d *Desk) DropWord(ctx context.Context, who Who, site playlist.SiteID, text string) error {
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		have, err := t.Word(ctx, site, text)
		if err != nil {
			return err
		}
		if err := t.DropWord(ctx, site, text); err != nil {
			return err
		}
		line := d.record(who, "words.drop", string(site), site, "错敏词“"+text+"”")
		line.Before = listed([]guard.Word{have.Word})
		return t.Audit(ctx, line)
	})
	if err != nil {
		return fmt.Errorf("drop a word of %s: %w", site, err)
	}
	return nil
}

// listed is how words stand in the audit log; nothing for none.
func listed(words []guard.Word) string {
	if len(words) == 0 {
		return ""
	}
	data, err := json.Marshal(words)
	if err != nil {
		return fmt.Sprintf("%+v", words)
	}
	return string(data)
}

// FinderOf returns what looks for the words of a site: its own, those of the sites
// above it and what is built in.
func (d *Desk) FinderOf(ctx context.Context, site playlist.SiteID) (*guard.Words, error) {
	w, err := d.watch.at(ctx, d.cfg.Store.Reader, true)
	if err != nil {
		return nil, fmt.Errorf("words of %s: %w", site, err)
	}
	sites, err := d.cfg.Store.Sites(ctx)
	if err != nil {
		return nil, fmt.Errorf("words of %s: %w", site, err)
	}
	return w.words.finder(pathOf(sites, site)), nil
}
