package tidy

import (
	"context"
	"errors"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Which editions are kept whole. Nothing needs an old one to go on: a device is sent
// the newest, whole or as a difference from the one that it says it has; checks,
// backups and forecasts open the newest; a certificate names who signed the one that
// first carried a notice, which past editions keep. What is kept is for people who
// ask what screens were sent.
const (
	keepNewest = 32                   // of every channel, however old: patches for devices that were away shortly
	keepAll    = 60 * 24 * time.Hour  // every edition
	keepDaily  = 400 * 24 * time.Hour // the last of each day: a year's inspection and a month
	editionsAt = 4                    // dropped in one transaction
)

// surplus returns the editions of a channel that are not kept: those that are not
// among the newest 32, nor of the last 60 days, nor the last of their day in the last
// 400 days, and that no screen says it has. times are the newest first.
func surplus(times []store.EditionTime, has map[playlist.Revision]bool, now time.Time, zone *time.Location) []playlist.Revision {
	var out []playlist.Revision
	days := map[string]bool{}
	for i, e := range times {
		age, day := now.Sub(e.Created), e.Created.In(zone).Format("2006-01-02")
		last := !days[day]
		days[day] = true
		if i < keepNewest || age < keepAll || last && age < keepDaily || has[e.Revision] {
			continue
		}
		out = append(out, e.Revision)
	}
	return out
}

// editions drops the editions that are not kept, the oldest first.
func (t *Tidy) editions(ctx context.Context, now time.Time) error {
	screens, err := t.cfg.Store.Screens(ctx)
	if err != nil {
		return err
	}
	has := map[playlist.ChannelID]map[playlist.Revision]bool{}
	for _, s := range screens {
		for ch, rev := range s.Reported {
			if has[ch] == nil {
				has[ch] = map[playlist.Revision]bool{}
			}
			has[ch][rev] = true
		}
	}
	channels, err := t.cfg.Store.Channels(ctx)
	if err != nil {
		return err
	}
	for _, c := range channels {
		times, err := t.cfg.Store.EditionTimes(ctx, c.ID)
		if err != nil {
			return err
		}
		left := surplus(times, has[c.ID], now, t.cfg.Zone)
		for len(left) > 0 {
			if left, err = t.drop(ctx, c.ID, left, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop drops a few editions, or one when something urgent waits, and returns those
// that are left.
func (t *Tidy) drop(ctx context.Context, c playlist.ChannelID, revs []playlist.Revision, now time.Time) ([]playlist.Revision, error) {
	done := 0
	err := t.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		for done = 0; done < min(editionsAt, len(revs)) && (done == 0 || !tx.Pressed()); done++ {
			err := tx.DropEdition(ctx, c, revs[len(revs)-1-done], now)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return revs, err
	}
	return revs[:len(revs)-done], breathe(ctx)
}
