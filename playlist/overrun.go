package playlist

import (
	"slices"
	"time"

	"mingbai/playlist/schedule"
)

// Overrun is a stretch of time in which the fixed items of an LED board take
// longer than a round may (DOMAIN V08).
type Overrun struct {
	From, Until time.Time
	Length      time.Duration // of the fixed items together
	Items       []Slot        // the fixed items, nearest channel first
}

// MayOverrun reports whether the fixed items of this board could ever take longer
// than a round may. It does not ask when rules hold, so it is quick, and true
// may prove to be a false alarm.
func (l *Library) MayOverrun() bool {
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
			total[level] += max(time.Duration(item.Dwell)*time.Second, l.paced(n, l.settings.Screen.Outdoor && n.Sensitive))
		}
		if total[level] > MaxCycle {
			return true
		}
	}
	return false
}

// Overruns returns when between two instants what must be shown on this board
// takes longer than a round may, in order. Neighbouring stretches in which it is
// the same are one.
func (l *Library) Overruns(from, until time.Time) []Overrun {
	if !l.MayOverrun() {
		return nil
	}
	var out []Overrun
	for at := from; at.Before(until); {
		m := schedule.Sure(at)
		next := l.NextChange(m)
		if next.After(until) {
			next = until
		}
		if items, length := l.must(m); length > MaxCycle {
			if last := len(out) - 1; last >= 0 && out[last].Until.Equal(at) && slices.EqualFunc(out[last].Items, items, func(a, b Slot) bool { return a == b }) {
				out[last].Until = next
			} else {
				out = append(out, Overrun{From: at, Until: next, Length: length, Items: items})
			}
		}
		at = next
	}
	return out
}

// must returns the fixed items that come round at a moment.
func (l *Library) must(m schedule.Moment) (items []Slot, length time.Duration) {
	parts, _ := l.parts(l.Decide(m).Chosen, m)
	for _, p := range parts {
		for _, s := range p.slots {
			if s.Must {
				items = append(items, s)
				length += s.Dwell
			}
		}
	}
	return items, length
}
