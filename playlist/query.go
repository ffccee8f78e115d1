package playlist

import (
	"time"

	"mingbai/playlist/schedule"
)

// Query selects notices. What is empty selects all; alerts are found by
// Library.Alerts only, unless Kinds names them.
type Query struct {
	Column ColumnID // with its sub-columns
	Kinds  []Kind
	Sites  []SiteID
	Limit  int // at most so many; 0 is no limit
}

// PostingState is where a notice stands in its posting period.
type PostingState struct {
	Day, Of     int // 第 Day/Of 日; Day is 0 before the first day that counts
	Working     bool
	From, Until schedule.Date // first and last day
	Over        bool
}

// Slot is one turn of the loop.
type Slot struct {
	Notice   *Notice
	Channel  ChannelID
	Revision Revision
	Dwell    time.Duration
	Rule     string // the rule that chose it
	Totals   bool   // outdoor board and sensitive: draw totals only, never rows or names (V09)
}

// NewLibrary merges editions for one screen. Every edition must be granted by
// the settings, pass Check and come with all of its notices.
func NewLibrary(s Settings, loaded []Loaded) (*Library, error) { return nil, nil }

// Settings returns the screen's settings.
func (l *Library) Settings() Settings { return l.settings }

// Own returns the screen's own site.
func (l *Library) Own() SiteName { return SiteName{} }

// Site finds a site on the path or below the screen's own.
func (l *Library) Site(id SiteID) (SiteName, bool) { return SiteName{}, false }

// Calendar returns the working-day calendar.
func (l *Library) Calendar() *schedule.Calendar { return l.calendar }

// Zone returns the screen's time zone.
func (l *Library) Zone() *time.Location { return time.UTC }

// Revisions returns the generation: which revision of each channel is here.
func (l *Library) Revisions() map[ChannelID]Revision { return nil }

// Tiles returns the columns of the touchscreen's home, 8 at most, in order.
func (l *Library) Tiles() []Column { return nil }

// Columns returns the columns below parent in the order of the catalogue; ""
// asks for the top.
func (l *Library) Columns(parent ColumnID) []Column { return nil }

// Column finds a column.
func (l *Library) Column(id ColumnID) (Column, bool) { return Column{}, false }

// Path returns the columns from the top down to id, nil when there is no such
// column.
func (l *Library) Path(id ColumnID) []Column { return nil }

// List returns the notices that q selects and m allows, newest first; of one
// day, those of near sites first.
func (l *Library) List(q Query, m schedule.Moment) []*Notice { return nil }

// Count returns how many notices List would return without a limit.
func (l *Library) Count(q Query, m schedule.Moment) int { return 0 }

// Notice finds a notice that may be shown, with where it comes from.
func (l *Library) Notice(id NoticeID, m schedule.Moment) (*Notice, ChannelID, Revision, bool) {
	return nil, ChannelID{}, 0, false
}

// Postings returns the notices in their posting period, near sites first.
func (l *Library) Postings(m schedule.Moment) []*Notice { return nil }

// Posting says where a notice stands in its posting period; false when it has
// none.
func (l *Library) Posting(n *Notice, m schedule.Moment) (PostingState, bool) {
	return PostingState{}, false
}

// Alerts returns the alerts in force, highest colour first and then nearest
// first, followed by those lifted in the last five minutes.
func (l *Library) Alerts(m schedule.Moment) []*Notice { return nil }

// Links returns the notices that n links to or that link to n (政策 ↔ 解读).
func (l *Library) Links(n *Notice, m schedule.Moment) []*Notice { return nil }

// Decide resolves the rules of all channels for this screen.
func (l *Library) Decide(m schedule.Moment) schedule.Decision { return schedule.Decision{} }

// Playlist finds a playlist of a channel.
func (l *Library) Playlist(ch ChannelID, id string) (Playlist, bool) { return Playlist{}, false }

// Programme returns the loop as it is now, and the decision behind it.
func (l *Library) Programme(m schedule.Moment) ([]Slot, schedule.Decision) {
	return nil, schedule.Decision{}
}

// NextChange returns the next instant, on the scale of m.Now, at which any
// answer may change.
func (l *Library) NextChange(m schedule.Moment) time.Time { return time.Time{} }
