package console

import (
	"fmt"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// hoursAtOnce bounds of how many screens a browser asks the last hour at a time:
// more are not in view.
const hoursAtOnce = 60

// hour is the last hour of a screen as a row of the list has it.
type hour struct {
	CPU   string `json:"cpu,omitempty"`  // path in a box of 240 by 32
	Heat  string `json:"heat,omitempty"` // the same of the temperature
	Words string `json:"words"`
}

// liveHours sends the last hour of the screens that are in view. It is apart from
// the rows because it changes all the time, and because of ten thousand screens
// twenty are looked at.
func liveHours(v *visit) error {
	sees, err := v.oversees()
	if err != nil {
		return err
	}
	out := map[playlist.ScreenID]hour{}
	for i, name := range v.r.URL.Query()["screen"] {
		id, err := playlist.ParseScreenID(name)
		if err != nil || i >= hoursAtOnce {
			continue
		}
		s, err := v.Fleet.StateOf(v.ctx, id)
		if err != nil || sees != nil && !sees[s.Site] {
			continue // it was removed meanwhile
		}
		var h hour
		if s.Report != nil {
			h.Words = v.load(s)
		}
		samples := v.Fleet.Hour(id)
		h.CPU = spark(samples, v.Now(), func(x store.Sample) store.Figure { return x.CPU })
		h.Heat = spark(samples, v.Now(), func(x store.Sample) store.Figure { return x.Temperature })
		out[id] = h
	}
	return v.json(out)
}

// spark draws the last hour of a figure from 0 to 100 as a line in a box of 240 by
// 32. A time in which nothing is known is a gap.
func spark(samples []store.Sample, now time.Time, of func(store.Sample) store.Figure) string {
	var b strings.Builder
	var last time.Time
	for _, s := range samples {
		f := of(s)
		at := s.At.Add(time.Duration(s.Step) * time.Second / 2)
		x := 240 * (1 - now.Sub(at).Hours())
		if !f.Known || x < 0 {
			continue
		}
		letter := 'L'
		if last.IsZero() || at.Sub(last) > 3*time.Duration(s.Step)*time.Second {
			letter = 'M'
		}
		last = at
		fmt.Fprintf(&b, "%c%.1f %.1f", letter, x, 31-30*min(max(f.Mean/100, 0), 1))
	}
	if strings.Count(b.String(), "L") == 0 {
		return "" // no two of them make a line
	}
	return b.String()
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }
