package playlist

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

// Slot is one turn of the loop.
type Slot struct {
	Notice   *Notice
	Channel  ChannelID
	Revision Revision
	Dwell    time.Duration
	Rule     string // the rule that chose it
	Totals   bool   // outdoor board, and Notice.Exposes: draw totals only, never rows or names (V09)
	Must     bool   // a fixed item of its playlist: never left out
}

// Decide resolves the rules of all channels for this screen. A rule whose
// playlist has nothing that may be shown now is passed over: it must not push
// aside what a lower level has, for there is always something on screen.
func (l *Library) Decide(m schedule.Moment) schedule.Decision {
	return l.set.Among(m.Now, l.playing(m))
}

// playing says which rules have anything to play now.
func (l *Library) playing(m schedule.Moment) []bool {
	plays := make([]bool, len(l.bounds))
	for i, b := range l.bounds {
		plays[i] = l.plays(b, m)
	}
	return plays
}

// Playlist finds a playlist of a channel.
func (l *Library) Playlist(ch ChannelID, id string) (Playlist, bool) {
	c, ok := l.byChannel[ch]
	if !ok {
		return Playlist{}, false
	}
	lists := l.channels[c].edition.Playlists
	i, ok := slices.BinarySearchFunc(lists, id, func(p Playlist, id string) int { return cmp.Compare(p.ID, id) })
	if !ok {
		return Playlist{}, false
	}
	return lists[i], true
}

// Programme returns the loop as it is now, and the decision behind it; Loop says
// more.
func (l *Library) Programme(m schedule.Moment) ([]Slot, schedule.Decision) {
	c := l.Loop(m)
	return c.Slots, c.Decision
}

// picks calls with every notice that one rule would play now, in order: fixed
// items first, with the seconds that they ask for. It stops when f returns false.
func (l *Library) picks(b schedule.Bound, m schedule.Moment, f func(n *Notice, fixed bool, dwell time.Duration) bool) {
	ch, err := ParseChannelID(b.Channel)
	if err != nil {
		return
	}
	p, ok := l.Playlist(ch, b.Rule.Playlist)
	if !ok {
		return
	}
	c := &l.channels[l.byChannel[ch]]
	fixed := make(map[NoticeID]bool, len(p.Items))
	for _, item := range p.Items {
		if fixed[item.Notice] {
			continue // it is there twice
		}
		fixed[item.Notice] = true
		if i, ok := c.byID[item.Notice]; ok && l.notices[i].notice.Allows(m) && !f(l.notices[i].notice, true, time.Duration(item.Dwell)*time.Second) {
			return
		}
	}
	if p.Latest == nil {
		return
	}
	left := p.Latest.Count
	q := Query{Kinds: p.Latest.Kinds}
	for _, i := range c.notices {
		if left <= 0 {
			break
		}
		n := l.notices[i].notice
		if fixed[n.ID] || !q.selects(n) || !l.inColumns(n, p.Latest.Columns) || !n.Allows(m) {
			continue
		}
		if left--; !f(n, false, 0) {
			return
		}
	}
}

// plays reports whether a rule has anything to play now.
func (l *Library) plays(b schedule.Bound, m schedule.Moment) (any bool) {
	l.picks(b, m, func(*Notice, bool, time.Duration) bool { any = true; return false })
	return any
}

// slots returns what one chosen rule plays.
func (l *Library) slots(b schedule.Bound, m schedule.Moment) []Slot {
	ch, err := ParseChannelID(b.Channel)
	if err != nil {
		return nil
	}
	at, ok := l.byChannel[ch]
	if !ok {
		return nil
	}
	screen := &l.settings.Screen
	var out []Slot
	l.picks(b, m, func(n *Notice, fixed bool, dwell time.Duration) bool {
		s := Slot{Notice: n, Channel: ch, Revision: l.channels[at].edition.Revision, Dwell: dwell, Rule: b.Rule.ID, Totals: l.exposing[n], Must: fixed}
		switch {
		case dwell <= 0:
			s.Dwell = l.paced(n, s.Totals)
		case screen.Kind == LED && l.pace != nil:
			// Whole rounds of its pages: anything else would cut the last page off.
			once := l.paced(n, s.Totals)
			s.Dwell = (dwell + once - 1) / once * once
		}
		out = append(out, s)
		return true
	})
	return out
}

// paced returns how long a notice is on when its playlist does not say.
func (l *Library) paced(n *Notice, totals bool) time.Duration {
	screen := &l.settings.Screen
	if l.pace == nil || screen.Kind != LED {
		return Dwell(n, screen)
	}
	if d := l.pace(n, totals); d > 0 {
		return d
	}
	return Dwell(n, screen)
}

// inColumns reports whether n is filed in one of the columns or below them.
func (l *Library) inColumns(n *Notice, columns []ColumnID) bool {
	if len(columns) == 0 || slices.Contains(columns, n.Column) {
		return true
	}
	return slices.ContainsFunc(l.catalogue.path(n.Column), func(c Column) bool { return slices.Contains(columns, c.ID) })
}

// Lead returns the first words of a notice after its title: the summary, or else
// what says the most in its body.
func (n *Notice) Lead() string {
	switch {
	case n.Summary != "":
		return n.Summary
	case n.Announcement != nil:
		for _, b := range n.Announcement.Blocks {
			if b.Kind == Paragraph && b.Text != "" {
				return b.Text
			}
		}
	case n.Guide != nil:
		return n.Guide.Who
	case n.Fund != nil:
		return n.Fund.Purpose
	case n.Media != nil:
		return n.Media.Text
	case n.Roster != nil:
		return n.Roster.Note
	case n.Alert != nil:
		return n.Alert.Action
	}
	return ""
}

// What Dwell reckons with. A board's character is about 24 dots wide and 32 with
// its line space; a page has at most 48 characters (V04).
const (
	charWidth   = 24
	charHeight  = 32
	pageChars   = 48
	leadChars   = 60 // of the lead, on a board without its own short text
	slideChars  = 160
	minDwell    = 6 * time.Second
	alertFactor = 2
)

// Dwell returns how long a notice stays when its playlist does not say: for
// every page 2 s and a quarter of a second for each character, at least 6 s
// (DOMAIN V03); alerts twice that.
func Dwell(n *Notice, screen *Screen) time.Duration {
	chars := utf8.RuneCountInString(n.Title) + utf8.RuneCountInString(n.Lead())
	page := slideChars
	if screen.Kind == LED {
		page = min(max(screen.Panel.Width/charWidth, 1)*max(screen.Panel.Height/charHeight, 1), pageChars)
		chars = utf8.RuneCountInString(n.Title) + min(utf8.RuneCountInString(n.Lead()), leadChars)
		if n.LED != "" {
			chars = utf8.RuneCountInString(n.LED)
		}
	} else {
		chars = min(chars, slideChars)
	}
	var total time.Duration
	for left := max(chars, 1); left > 0; left -= page {
		total += max(minDwell, 2*time.Second+time.Duration(min(left, page))*time.Second/4)
	}
	if n.Kind == KindAlert {
		total *= alertFactor
	}
	return total
}
