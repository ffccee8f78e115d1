package fleet

import (
	"context"
	"fmt"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Forecast says what a screen plays at an instant, once it has everything, and
// why.
type Forecast struct {
	Screen  playlist.ScreenID `json:"screen"`
	At      time.Time         `json:"at"`
	Until   time.Time         `json:"until,omitzero"` // nothing changes by itself before
	Level   schedule.Level    `json:"level,omitempty"`
	Alerts  []ForecastNotice  `json:"alerts"`  // they take over the whole screen
	Slots   []ForecastNotice  `json:"slots"`   // the loop, in order
	Reasons []schedule.Reason `json:"reasons"` // what became of every rule
}

// ForecastNotice is one notice on screen.
type ForecastNotice struct {
	Notice   playlist.NoticeID  `json:"notice"`
	Version  int                `json:"version"`
	Title    string             `json:"title"`
	Kind     playlist.Kind      `json:"kind"`
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Seconds  float64            `json:"seconds,omitempty"`
	Rule     string             `json:"rule,omitempty"`
}

// Forecast tells what a screen plays at an instant and why. It is computed with
// the newest editions by the same code that runs on the screen.
func (f *Fleet) Forecast(ctx context.Context, id playlist.ScreenID, at time.Time) (Forecast, error) {
	lib, err := f.Library(ctx, id)
	if err != nil {
		return Forecast{}, err
	}
	m := schedule.Sure(at)
	slots, decision := lib.Programme(m)
	out := Forecast{
		Screen: id, At: at, Until: lib.NextChange(m), Level: decision.Level,
		Alerts: []ForecastNotice{}, Slots: []ForecastNotice{}, Reasons: decision.Reasons,
	}
	for _, n := range lib.Alerts(m) {
		_, ch, rev, _ := lib.Notice(n.ID, m)
		out.Alerts = append(out.Alerts, ForecastNotice{Notice: n.ID, Version: n.Version, Title: n.Title, Kind: n.Kind, Channel: ch, Revision: rev})
	}
	for _, s := range slots {
		out.Slots = append(out.Slots, ForecastNotice{
			Notice: s.Notice.ID, Version: s.Notice.Version, Title: s.Notice.Title, Kind: s.Notice.Kind,
			Channel: s.Channel, Revision: s.Revision, Seconds: s.Dwell.Seconds(), Rule: s.Rule,
		})
	}
	if out.Reasons == nil {
		out.Reasons = []schedule.Reason{}
	}
	return out, nil
}

// Library returns what a screen shows once it has everything, for previews.
func (f *Fleet) Library(ctx context.Context, id playlist.ScreenID) (*playlist.Library, error) {
	row, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return nil, err
	}
	doc, err := f.document(ctx, f.cfg.Store.Reader, row)
	if err != nil {
		return nil, err
	}
	doc.Revision = max(row.SettingsRevision, 1)
	var loaded []playlist.Loaded
	for _, grant := range doc.Channels {
		c, err := f.cfg.Store.Channel(ctx, grant.Channel)
		if err != nil {
			return nil, err
		}
		if c.Revision == 0 {
			continue
		}
		l, err := f.load(ctx, c, grant)
		if err != nil {
			return nil, err
		}
		loaded = append(loaded, l)
	}
	lib, err := playlist.NewLibrary(doc, loaded, playlist.WithPace(led.Pace(doc)))
	if err != nil {
		return nil, fmt.Errorf("gather what screen %s shows: %w", id, err)
	}
	return lib, nil
}

// load opens the newest edition of a channel as a screen does. Decoded editions
// are kept until a newer one is asked for.
func (f *Fleet) load(ctx context.Context, c store.Channel, grant playlist.ChannelGrant) (playlist.Loaded, error) {
	f.mu.Lock()
	have, ok := f.loaded[c.ID]
	f.mu.Unlock()
	if ok && have.Edition.Revision == c.Revision {
		return have, nil
	}
	row, err := f.cfg.Store.Edition(ctx, c.ID, c.Revision)
	if err != nil {
		return playlist.Loaded{}, err
	}
	edition, err := wire.OpenEdition(row.Envelope, grant)
	if err != nil {
		return playlist.Loaded{}, fmt.Errorf("open edition %s of %s: %w", c.Revision, c.ID, err)
	}
	l := playlist.Loaded{Edition: edition, Notices: make(map[playlist.NoticeID]*playlist.Notice, len(edition.Notices))}
	for _, e := range edition.Notices {
		data, err := f.cfg.Blobs.Read(e.Ref, e.Size)
		if err != nil {
			return playlist.Loaded{}, fmt.Errorf("read notice %s: %w", e.ID, err)
		}
		if l.Notices[e.ID], err = playlist.DecodeNotice(data); err != nil {
			return playlist.Loaded{}, fmt.Errorf("read notice %s: %w", e.ID, err)
		}
	}
	f.mu.Lock()
	f.loaded[c.ID] = l
	f.mu.Unlock()
	return l, nil
}
