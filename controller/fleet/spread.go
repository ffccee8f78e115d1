package fleet

import (
	"context"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Spread is how an edition reached the screens that were connected when it was
// made.
type Spread struct {
	Channel  playlist.ChannelID
	Revision playlist.Revision
	Created  time.Time // when the edition was made
	Last     time.Time // when the last screen said that it shows it
	Waiting  int       // connected screens that do not yet
}

// spread is what is remembered of the newest edition of a channel.
type spread struct {
	rev         playlist.Revision
	first, last time.Time // of the screens' word
}

// spreading notes which editions a screen has now that it had not before. One that
// connected after others had an edition catches up, and is no measure of how fast
// editions spread. The caller holds mu.
func (f *Fleet) spreading(l *live, a *wire.Adopted, now time.Time) {
	if l.adopted == nil {
		return
	}
	for ch, rev := range a.Have {
		if rev <= l.adopted.Have[ch] {
			continue // most of its channels
		}
		s := f.spreads[ch]
		switch {
		case rev < s.rev:
		case rev > s.rev:
			f.spreads[ch] = spread{rev, now, now}
		case l.since.Before(s.first):
			s.last = now
			f.spreads[ch] = s
		}
	}
}

// LastSpread returns how the edition spread that screens took up last; its
// Revision is 0 when none has since the controller started.
func (f *Fleet) LastSpread(ctx context.Context) (Spread, error) {
	var out Spread
	var began time.Time
	f.mu.Lock()
	for ch, s := range f.spreads {
		if s.first.After(began) {
			began = s.first
			out = Spread{Channel: ch, Revision: s.rev, Last: s.last}
		}
	}
	if out.Revision > 0 {
		for _, l := range f.live {
			if l.online && l.adopted != nil && l.since.Before(began) {
				if have, shows := l.adopted.Have[out.Channel]; shows && have < out.Revision {
					out.Waiting++
				}
			}
		}
	}
	f.mu.Unlock()
	if out.Revision == 0 {
		return out, nil
	}
	heads, err := f.cfg.Store.Editions(ctx, out.Channel, 8)
	if err != nil {
		return Spread{}, err
	}
	for _, h := range heads {
		if h.Revision == out.Revision {
			out.Created = h.Created
			return out, nil
		}
	}
	return Spread{}, nil // the database is an older one
}
