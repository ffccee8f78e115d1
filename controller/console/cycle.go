package console

import (
	"errors"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// cycle is once round the loop of one board, drawn as a bar of three minutes.
type cycle struct {
	Screen   store.Screen
	SiteName string
	Total    string
	Over     bool    // longer than a board may take
	Limit    float64 // where three minutes are on the bar, 0 to 1000
	Turns    []turn
	LeftOut  []turn // chosen, but there is no time for it
}

// turn is one notice of a cycle.
type turn struct {
	Number  int
	Notice  playlist.NoticeID
	Title   string
	Seconds int
	X, W    float64 // on the bar
	Odd     bool
}

// barWidth is how many units a bar has.
const barWidth = 1000

// mostCycles is how many boards a page draws bars of.
const mostCycles = 4

// cycles lists what the boards among screens play now.
func (v *visit) cycles(screens []store.Screen) (out []cycle, more int, err error) {
	for _, s := range screens {
		if s.Kind != playlist.LED {
			continue
		}
		if len(out) == mostCycles {
			more++
			continue
		}
		f, err := v.Fleet.Forecast(v.ctx, s.ID, v.Now())
		if errors.Is(err, store.ErrNotFound) {
			continue // nothing was published yet
		}
		if err != nil {
			return nil, 0, err
		}
		c := v.forecastCycle(f)
		c.Screen, c.SiteName = s, v.siteName(s.Site)
		out = append(out, c)
	}
	return out, more, nil
}

// forecastCycle draws the loop of a forecast as a bar.
func (v *visit) forecastCycle(f fleet.Forecast) cycle {
	c := cycle{Total: v.minutes(time.Duration(f.Seconds * float64(time.Second))), Over: f.Over}
	whole := max(f.Seconds, playlist.MaxCycle.Seconds())
	at := 0.0
	for i, s := range f.Slots {
		w := s.Seconds / whole * barWidth
		c.Turns = append(c.Turns, turn{Number: i + 1, Notice: s.Notice, Title: s.Title, Seconds: int(s.Seconds + 0.5), X: at, W: max(w-1.5, 0.5), Odd: i%2 == 1})
		at += w
	}
	for _, s := range f.LeftOut {
		c.LeftOut = append(c.LeftOut, turn{Notice: s.Notice, Title: s.Title, Seconds: int(s.Seconds + 0.5)})
	}
	c.Limit = min(playlist.MaxCycle.Seconds()/whole*barWidth, barWidth-2)
	return c
}
