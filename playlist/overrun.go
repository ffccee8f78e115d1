package playlist

import (
	"slices"
	"time"

	"mingbai/playlist/schedule"
)

// Overrun is a stretch of time in which the fixed items of an LED board take
// longer than a round may (DOMAIN V08), or leave a channel no turn at all.
type Overrun struct {
	From, Until time.Time
	Length      time.Duration // of the fixed items together
	Starved     []ChannelID   // that have something to show and no turn, nearest first; Length is within MaxCycle then
	Items       []Slot        // the fixed items, in the order of the loop
}

// mayTake reports whether the fixed items of this board could ever take longer
// than a limit. It does not ask when rules hold, so it is quick, and true may
// prove to be a false alarm.
func (l *Library) mayTake(limit time.Duration) bool {
	if l.settings.Screen.Kind != LED {
		return false
	}
	total := map[schedule.Level]time.Duration{}
	seen := map[schedule.Level]map[*Notice]bool{}
	for _, b := range l.bounds {
		if slices.ContainsFunc(b.Rule.Tags, func(t string) bool { return !slices.Contains(l.tags, t) }) {
			continue
		}
		level := b.Rule.Level
		if level == "" {
			level = schedule.Normal
		}
		if seen[level] == nil {
			seen[level] = map[*Notice]bool{}
		}
		ch, err := ParseChannelID(b.Channel)
		if err != nil {
			continue
		}
		p, ok := l.Playlist(ch, b.Rule.Playlist)
		if !ok {
			continue
		}
		c := &l.channels[l.byChannel[ch]]
		for _, item := range p.Items {
			i, ok := c.byID[item.Notice]
			if !ok || seen[level][l.notices[i].notice] {
				continue
			}
			n := l.notices[i].notice
			seen[level][n] = true
			total[level] += time.Duration(item.Dwell)*time.Second + l.paced(n, l.settings.Screen.Outdoor && n.Sensitive)
		}
		if total[level] > limit {
			return true
		}
	}
	return false
}

// ample is how much of a round is enough for what channels select.
const ample = time.Minute

// Overruns returns when between two instants what must be shown on this board
// takes longer than a round may or nearly all of it, in order. Neighbouring
// stretches in which it is the same are one.
func (l *Library) Overruns(from, until time.Time) []Overrun {
	if !l.mayTake(MaxCycle - ample) {
		return nil
	}
	var out []Overrun
	for s := range l.Timeline(from, until) {
		var items []Slot
		seen := map[*Notice]bool{}
		for _, o := range s.Cycle.Slots {
			if o.Must && !seen[o.Notice] {
				seen[o.Notice] = true
				items = append(items, o)
			}
		}
		o := Overrun{From: s.From, Until: s.Until, Length: s.Cycle.Must(), Items: items}
		if o.Length <= MaxCycle && o.Length > MaxCycle-ample {
			o.Starved = s.Cycle.starved()
		}
		if o.Length <= MaxCycle && len(o.Starved) == 0 {
			continue
		}
		last := len(out) - 1
		if last >= 0 && out[last].Until.Equal(o.From) && slices.Equal(out[last].Items, items) && slices.Equal(out[last].Starved, o.Starved) {
			out[last].Until = o.Until
			continue
		}
		out = append(out, o)
	}
	return out
}

// starved returns the channels without a turn that have something which a round
// without others could take.
func (c *Cycle) starved() (out []ChannelID) {
	for _, s := range c.Shares {
		if s.Time == 0 && slices.ContainsFunc(c.LeftOut, func(o Slot) bool { return o.Channel == s.Channel && o.Dwell <= MaxCycle }) {
			out = append(out, s.Channel)
		}
	}
	return out
}
