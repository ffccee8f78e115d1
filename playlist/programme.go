package playlist

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

// Pace says how long a notice is on one LED board; totals is Slot.Totals. It
// must give the same answer for the same notice always.
type Pace func(n *Notice, totals bool) time.Duration

// LibraryOption changes how a library is made.
type LibraryOption func(*Library)

// WithPace makes the library reckon the loop of an LED board with the time that
// its pages really need. Without it Dwell is used.
func WithPace(p Pace) LibraryOption { return func(l *Library) { l.pace = p } }

// MaxCycle is the longest that the loop of an LED board may take, so that every
// item of it comes round in that time (DOMAIN V08).
const MaxCycle = 3 * time.Minute

// Slot is one turn of the loop.
type Slot struct {
	Notice   *Notice
	Channel  ChannelID
	Revision Revision
	Dwell    time.Duration
	Rule     string // the rule that chose it
	Totals   bool   // outdoor board and sensitive: draw totals only, never rows or names (V09)
}

// Decide resolves the rules of all channels for this screen. A rule whose
// playlist has nothing that may be shown now is passed over: it must not push
// aside what a lower level has, for there is always something on screen.
func (l *Library) Decide(m schedule.Moment) schedule.Decision {
	var full []schedule.Bound
	plays := make([]bool, len(l.bounds))
	for i, b := range l.bounds {
		if plays[i] = len(l.slots(b, m)) > 0; plays[i] {
			full = append(full, b)
		}
	}
	d := schedule.Resolve(full, l.tags, l.calendar, m.Now, l.zone)
	if len(full) == len(l.bounds) {
		return d
	}
	reasons := make([]schedule.Reason, len(l.bounds))
	at := 0
	for i, b := range l.bounds {
		if plays[i] {
			reasons[i] = d.Reasons[at]
			at++
			continue
		}
		alone := schedule.Resolve([]schedule.Bound{b}, l.tags, l.calendar, m.Now, l.zone)
		if reasons[i] = alone.Reasons[0]; reasons[i].Verdict == schedule.Chosen {
			reasons[i].Verdict, reasons[i].Detail = schedule.Nothing, "播放单里现在没有可以显示的内容"
		}
	}
	d.Reasons = reasons
	return d
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

// Programme returns the loop as it is now, and the decision behind it. The
// chosen playlists are interleaved so that each is spread evenly over the loop,
// nearest site first; a notice that several choose comes once.
func (l *Library) Programme(m schedule.Moment) ([]Slot, schedule.Decision) {
	d := l.Decide(m)
	type turn struct {
		slot  Slot
		place float64 // in the loop, 0 to 1
	}
	var turns []turn
	seen := map[*Notice]bool{}
	for _, b := range d.Chosen {
		var own []Slot
		for _, s := range l.slots(b, m) {
			if !seen[s.Notice] {
				seen[s.Notice] = true
				own = append(own, s)
			}
		}
		for i, s := range own {
			turns = append(turns, turn{s, float64(i) / float64(len(own))})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.place, b.place) })
	out := make([]Slot, len(turns))
	for i, t := range turns {
		out[i] = t.slot
	}
	return out, d
}

// slots returns what one chosen rule plays.
func (l *Library) slots(b schedule.Bound, m schedule.Moment) []Slot {
	ch, err := ParseChannelID(b.Channel)
	if err != nil {
		return nil
	}
	p, ok := l.Playlist(ch, b.Rule.Playlist)
	if !ok {
		return nil
	}
	c := &l.channels[l.byChannel[ch]]
	screen := &l.settings.Screen
	outdoor := screen.Kind == LED && screen.Outdoor
	var out []Slot
	put := func(n *Notice, dwell time.Duration) {
		totals := outdoor && n.Sensitive
		if dwell <= 0 {
			dwell = l.paced(n, screen, totals)
		}
		out = append(out, Slot{
			Notice: n, Channel: ch, Revision: c.edition.Revision, Dwell: dwell, Rule: b.Rule.ID,
			Totals: totals,
		})
	}
	fixed := map[NoticeID]bool{}
	for _, item := range p.Items {
		fixed[item.Notice] = true
		if i, ok := c.byID[item.Notice]; ok && l.notices[i].notice.Allows(m) {
			put(l.notices[i].notice, time.Duration(item.Dwell)*time.Second)
		}
	}
	if p.Latest == nil {
		return out
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
		put(n, 0)
		left--
	}
	return out
}

// paced returns how long a notice is on.
func (l *Library) paced(n *Notice, screen *Screen, totals bool) time.Duration {
	if l.pace != nil && screen.Kind == LED {
		return l.pace(n, totals)
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
