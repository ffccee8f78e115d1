package fleet

import (
	"context"
	"time"

	"mingbai/playlist"
)

// Lag is which screens are behind on which channels.
type Lag map[playlist.ChannelID][]lagging

// lagging is one screen that has not the newest edition of a channel.
type lagging struct {
	have    playlist.Revision
	offline time.Time // since; zero when it is online
}

// Of returns how many screens do not have an edition of a channel or a later one,
// how many of them are offline, and since when the first of those is. Edition 0,
// one that is still being made, nobody has.
func (l Lag) Of(c playlist.ChannelID, edition playlist.Revision) (waiting, offline int, since time.Time) {
	for _, s := range l[c] {
		if edition > 0 && s.have >= edition {
			continue
		}
		waiting++
		if !s.offline.IsZero() {
			offline++
			if since.IsZero() || s.offline.Before(since) {
				since = s.offline
			}
		}
	}
	return waiting, offline, since
}

// Lagging returns which paired screens do not have the newest edition of a
// channel that they show.
func (f *Fleet) Lagging(ctx context.Context) (Lag, error) {
	states, err := f.List(ctx)
	if err != nil {
		return nil, err
	}
	lag := Lag{}
	for _, s := range states {
		if !s.Paired() {
			continue
		}
		for c, want := range s.Desired {
			if have := s.Reported[c]; have < want {
				l := lagging{have: have}
				if !s.Online {
					l.offline = s.Since
				}
				lag[c] = append(lag[c], l)
			}
		}
	}
	return lag, nil
}
