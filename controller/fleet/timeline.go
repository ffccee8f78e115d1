package fleet

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// LongestTimeline is how far a timeline goes.
const LongestTimeline = 30 * 24 * time.Hour

// Timeline says what a screen plays over some days, once it has everything.
type Timeline struct {
	Screen    playlist.ScreenID `json:"screen"`
	From      time.Time         `json:"from"`
	Until     time.Time         `json:"until"`
	Stretches []Stretch         `json:"stretches"` // without gaps
}

// Stretch is a time through which a screen plays the same.
type Stretch struct {
	From         time.Time        `json:"from"`
	Until        time.Time        `json:"until"` // not included
	Level        schedule.Level   `json:"level,omitempty"`
	Alerts       []ForecastNotice `json:"alerts"` // they take over the screen, or the zone of a board that is for them
	Rules        []ForecastRule   `json:"rules"`  // that play, nearest first
	Beaten       []ForecastRule   `json:"beaten"` // that hold at some time of it, but lose to those
	Notices      []TimedNotice    `json:"notices"`
	Seconds      float64          `json:"seconds"`                 // once round
	LimitSeconds float64          `json:"limit_seconds,omitempty"` // that a round may take on a board
	Over         bool             `json:"over,omitempty"`          // what must be shown takes longer than that
	LeftOut      int              `json:"left_out,omitempty"`      // notices for which there is no time
	Shares       []ForecastShare  `json:"shares"`
}

// TimedNotice is one notice of a loop, once.
type TimedNotice struct {
	Notice  playlist.NoticeID  `json:"notice"`
	Version int                `json:"version"`
	Title   string             `json:"title"`
	Channel playlist.ChannelID `json:"channel"`
	Rule    string             `json:"rule"`
	Turns   int                `json:"turns"`   // in one round
	Seconds float64            `json:"seconds"` // of one turn
	Must    bool               `json:"must,omitempty"`
}

// Timeline tells what a screen plays from an instant on, for LongestTimeline at
// most. At any instant of it Forecast answers the same.
func (f *Fleet) Timeline(ctx context.Context, id playlist.ScreenID, from time.Time, length time.Duration) (Timeline, error) {
	row, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return Timeline{}, err
	}
	out, err := f.Timelines(ctx, []store.Screen{row}, from, length)
	if err != nil {
		return Timeline{}, err
	}
	return out[0], nil
}

// Timelines is Timeline for many screens, in their order. Those that play the
// same share one computation, and their stretches.
func (f *Fleet) Timelines(ctx context.Context, screens []store.Screen, from time.Time, length time.Duration) ([]Timeline, error) {
	until := from.Add(min(length, LongestTimeline))
	look := f.look()
	known := map[string]*[]Stretch{}
	answers := make([]*[]Stretch, len(screens))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0)) // laying pages out is work
	var failed error
	for i, row := range screens {
		key, err := alike(row.Screen)
		if err != nil {
			failed = err
			break
		}
		if answers[i] = known[key]; answers[i] != nil {
			continue
		}
		lib, err := f.library(inner, look, row)
		if err != nil {
			failed = err
			break
		}
		into := new([]Stretch)
		known[key], answers[i] = into, into
		group.Go(func() (err error) {
			*into, err = stretchesOf(inner, lib, from, until)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	out := make([]Timeline, len(screens))
	for i, row := range screens {
		out[i] = Timeline{Screen: row.ID, From: from, Until: until, Stretches: *answers[i]}
	}
	return out, nil
}

func stretchesOf(ctx context.Context, lib *playlist.Library, from, until time.Time) ([]Stretch, error) {
	out := []Stretch{}
	for s := range lib.Timeline(from, until) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := s.Cycle
		one := Stretch{
			From: s.From, Until: s.Until, Level: c.Decision.Level, Alerts: alertsOf(lib, s.Alerts, s.From), Rules: rulesOf(c.Decision.Chosen), Beaten: rulesOf(s.Beaten),
			Notices: []TimedNotice{}, Seconds: c.Length.Seconds(), LimitSeconds: c.Limit.Seconds(), Over: c.Over, LeftOut: len(c.LeftOut), Shares: sharesOf(c),
		}
		at := map[*playlist.Notice]int{}
		for _, slot := range c.Slots {
			if i, twice := at[slot.Notice]; twice {
				one.Notices[i].Turns++
				continue
			}
			at[slot.Notice] = len(one.Notices)
			one.Notices = append(one.Notices, TimedNotice{
				Notice: slot.Notice.ID, Version: slot.Notice.Version, Title: slot.Notice.Title, Channel: slot.Channel, Rule: slot.Rule,
				Turns: 1, Seconds: slot.Dwell.Seconds(), Must: slot.Must,
			})
		}
		out = append(out, one)
	}
	return out, nil
}

func alertsOf(lib *playlist.Library, alerts []*playlist.Notice, at time.Time) []ForecastNotice {
	out := []ForecastNotice{}
	for _, n := range alerts {
		_, ch, rev, _ := lib.Notice(n.ID, schedule.Sure(at))
		out = append(out, ForecastNotice{Notice: n.ID, Version: n.Version, Title: n.Title, Kind: n.Kind, Channel: ch, Revision: rev})
	}
	return out
}

func sharesOf(c playlist.Cycle) []ForecastShare {
	out := []ForecastShare{}
	for _, s := range c.Shares {
		out = append(out, ForecastShare{Channel: s.Channel, Weight: s.Weight, Seconds: s.Time.Seconds()})
	}
	return out
}

func rulesOf(bounds []schedule.Bound) []ForecastRule {
	out := []ForecastRule{}
	for _, b := range bounds {
		out = append(out, ForecastRule{Channel: b.Channel, Rule: b.Rule.ID, Name: b.Rule.Name, Summary: b.Rule.Summary()})
	}
	return out
}

// library is what a screen shows once it has everything.
func (f *Fleet) library(ctx context.Context, l *look, row store.Screen) (*playlist.Library, error) {
	doc, loaded, err := f.gather(ctx, l, row)
	if err != nil {
		return nil, err
	}
	lib, err := playlist.NewLibrary(doc, loaded, playlist.WithPace(f.paces.of(doc)))
	if err != nil {
		return nil, fmt.Errorf("gather what screen %s shows: %w", row.ID, err)
	}
	return lib, nil
}
