package fleet

import (
	"context"
	"fmt"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/light"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Forecast says what a screen plays at an instant, once it has everything, and
// why.
type Forecast struct {
	Screen       playlist.ScreenID `json:"screen"`
	At           time.Time         `json:"at"`
	Until        time.Time         `json:"until,omitzero"` // nothing changes by itself before
	Level        schedule.Level    `json:"level,omitempty"`
	Dark         bool              `json:"dark,omitempty"`          // a screen in its dark hours, of which nothing is to be seen
	Alerts       []ForecastNotice  `json:"alerts"`                  // they take over the screen, or the zone of a board that is for them
	Slots        []ForecastNotice  `json:"slots"`                   // the loop, in order; a notice may come twice
	Seconds      float64           `json:"seconds"`                 // once round
	LimitSeconds float64           `json:"limit_seconds,omitempty"` // that a round may take on a board
	Over         bool              `json:"over,omitempty"`          // what must be shown takes longer than that
	LeftOut      []ForecastNotice  `json:"left_out"`                // chosen, but there is no time for it
	Shares       []ForecastShare   `json:"shares"`                  // of the channels, nearest first
	Rules        []ForecastRule    `json:"rules"`                   // those that play, nearest first
	Reasons      []schedule.Reason `json:"reasons"`                 // what became of every rule
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
	Must     bool               `json:"must,omitempty"`   // a fixed item: never left out
	Totals   bool               `json:"totals,omitempty"` // shows totals only
}

// ForecastShare is the part of a channel in one round.
type ForecastShare struct {
	Channel playlist.ChannelID `json:"channel"`
	Weight  int                `json:"weight"` // against the others
	Seconds float64            `json:"seconds"`
}

// ForecastRule is a rule as people know it.
type ForecastRule struct {
	Channel string `json:"channel"`
	Rule    string `json:"rule"`
	Name    string `json:"name"`
	Summary string `json:"summary"` // when it holds, in Chinese
}

// Forecast tells what a screen plays at an instant and why. It is computed with
// the newest editions by the same code that runs on the screen.
func (f *Fleet) Forecast(ctx context.Context, id playlist.ScreenID, at time.Time) (Forecast, error) {
	lib, err := f.Library(ctx, id)
	if err != nil {
		return Forecast{}, err
	}
	out := ForecastOf(lib, at)
	out.Screen = id
	return out, nil
}

// ForecastOf is Forecast for a screen of which the library is at hand.
func ForecastOf(lib *playlist.Library, at time.Time) Forecast {
	m := schedule.Sure(at)
	c := lib.Loop(m)
	out := Forecast{
		Screen: lib.Settings().Screen.ID, At: at, Until: lib.NextChange(m), Level: c.Decision.Level,
		Alerts: alertsOf(lib, lib.Alerts(m), at), Slots: noticesOf(c.Slots), LeftOut: noticesOf(c.LeftOut), Shares: sharesOf(c), Rules: rulesOf(c.Decision.Chosen),
		Seconds: c.Length.Seconds(), LimitSeconds: c.Limit.Seconds(), Over: c.Over, Reasons: c.Decision.Reasons,
	}
	out.Dark = dark(lib, at)
	if out.Reasons == nil {
		out.Reasons = []schedule.Reason{}
	}
	return out
}

// dark reports whether a screen shows no light at an instant. A red or orange
// alert ends that.
func dark(lib *playlist.Library, at time.Time) bool {
	s := lib.Settings()
	if s.Screen.Light == nil {
		return false
	}
	level := light.At(s.Screen.Light, s.Place, lib.Zone(), at)
	if alerts := lib.Alerts(schedule.Sure(at)); len(alerts) > 0 {
		level = light.ForAlert(s.Screen.Light, s.Place, lib.Zone(), at, alerts[0].Alert.Colour) // the highest comes first
	}
	return level.Dark
}

func noticesOf(slots []playlist.Slot) []ForecastNotice {
	out := make([]ForecastNotice, 0, len(slots))
	for _, s := range slots {
		out = append(out, ForecastNotice{
			Notice: s.Notice.ID, Version: s.Notice.Version, Title: s.Notice.Title, Kind: s.Notice.Kind, Channel: s.Channel, Revision: s.Revision,
			Seconds: s.Dwell.Seconds(), Rule: s.Rule, Must: s.Must, Totals: s.Totals,
		})
	}
	return out
}

// Library returns what a screen shows once it has everything, for previews.
func (f *Fleet) Library(ctx context.Context, id playlist.ScreenID) (*playlist.Library, error) {
	row, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return nil, err
	}
	return f.library(ctx, f.look(), row)
}

// gather reads the settings and the newest editions of a screen.
func (f *Fleet) gather(ctx context.Context, l *look, row store.Screen) (playlist.Settings, []playlist.Loaded, error) {
	doc, err := f.settingsOf(ctx, l, row)
	if err != nil {
		return doc, nil, err
	}
	doc.Revision = max(row.SettingsRevision, 1)
	var loaded []playlist.Loaded
	for _, grant := range doc.Channels {
		c := l.channels[grant.Channel]
		if c.Revision == 0 {
			continue
		}
		one, err := f.load(ctx, c, grant)
		if err != nil {
			return doc, nil, err
		}
		loaded = append(loaded, one)
	}
	return doc, loaded, nil
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
