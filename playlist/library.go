package playlist

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
	_ "time/tzdata" // many halls' machines have no zone files

	"mingbai/playlist/schedule"
)

// Loaded is one edition with the notices that it lists, decoded.
type Loaded struct {
	Edition Edition
	Notices map[NoticeID]*Notice
}

// Library is what one screen may show: the editions on its path, merged. It is
// immutable and safe for any number of readers. Every question that depends on
// time takes a schedule.Moment, and no answer ever holds a notice outside its
// window or taken down.
type Library struct {
	settings  Settings
	pace      Pace // nil takes Dwell
	zone      *time.Location
	calendar  *schedule.Calendar
	sites     map[SiteID]SiteName
	channels  []channel // nearest site first
	byChannel map[ChannelID]int
	catalogue catalogue

	notices   []filed // all but alerts: newest first, of one day nearest first
	byID      map[NoticeID][]int32
	byColumn  map[ColumnID][]int32 // with sub-columns
	backlinks map[NoticeID][]int32
	postings  []int32 // nearest first
	rosters   []*Roster
	exposing  map[*Notice]bool // of which a board on the street shows totals only; nil on other screens
	alerts    []warned
	bounds    []schedule.Bound
	set       *schedule.Set // of bounds
	tags      []string
	edges     []time.Time // in order: every instant at which a window opens or closes
}

// channel is one edition and the places of its notices in Library.notices.
type channel struct {
	edition  *Edition
	distance int // of the site: 0 is the screen's own
	notices  []int32
	byID     map[NoticeID]int32
}

// filed is a notice with where it comes from.
type filed struct {
	notice  *Notice
	channel int
	posting PostingState // without Day; Of is 0 when there is none
}

// warned is an alert with where it comes from.
type warned struct {
	notice  *Notice
	channel int
	lifted  time.Time // zero while it is in force
}

// afterLift is how long a lifted alert stays on screen (DOMAIN V10).
const afterLift = 5 * time.Minute

// DefaultZone is the time zone of settings that name none.
const DefaultZone = "Asia/Shanghai"

// NewLibrary merges editions for one screen. Every edition must be granted by
// the settings, pass Check and come with all of its notices, each of which must
// match its entry. A granted channel without an edition is not an error: it has
// not come yet.
func NewLibrary(s Settings, loaded []Loaded, opts ...LibraryOption) (*Library, error) {
	l := &Library{
		settings:  s,
		sites:     make(map[SiteID]SiteName, len(s.Path)+len(s.Below)),
		byChannel: make(map[ChannelID]int, len(loaded)),
		byColumn:  map[ColumnID][]int32{},
		backlinks: map[NoticeID][]int32{},
	}
	for _, o := range opts {
		o(l)
	}
	if len(s.Path) == 0 {
		return nil, errors.New("library: the settings name no site")
	}
	var err error
	if l.zone, err = time.LoadLocation(cmp.Or(s.Zone, DefaultZone)); err != nil {
		return nil, fmt.Errorf("library: time zone of the settings: %w", err)
	}
	for _, of := range [][]SiteName{s.Below, s.Path} {
		for _, name := range of {
			l.sites[name.ID] = name
		}
	}
	if err := l.addChannels(loaded); err != nil {
		return nil, fmt.Errorf("library: %w", err)
	}
	l.addCommon()
	if err := l.addNotices(loaded); err != nil {
		return nil, fmt.Errorf("library: %w", err)
	}
	l.index()
	return l, nil
}

// addChannels orders the editions by the distance of their sites.
func (l *Library) addChannels(loaded []Loaded) error {
	for i := range loaded {
		e := &loaded[i].Edition
		granted := slices.ContainsFunc(l.settings.Channels, func(g ChannelGrant) bool { return g.Channel == e.Channel })
		if !granted {
			return fmt.Errorf("channel %s is not granted to screen %s", e.Channel, l.settings.Screen.ID)
		}
		if err := e.Check(); err != nil {
			return err
		}
		distance := slices.IndexFunc(l.settings.Path, func(n SiteName) bool { return n.ID == e.Channel.Site })
		if distance < 0 {
			distance = len(l.settings.Path)
		}
		l.channels = append(l.channels, channel{edition: e, distance: distance, byID: make(map[NoticeID]int32, len(e.Notices))})
	}
	slices.SortStableFunc(l.channels, func(a, b channel) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.edition.Channel.String(), b.edition.Channel.String()))
	})
	for i, c := range l.channels {
		if _, twice := l.byChannel[c.edition.Channel]; twice {
			return fmt.Errorf("channel %s is there twice", c.edition.Channel)
		}
		l.byChannel[c.edition.Channel] = i
	}
	return nil
}

// addCommon takes the catalogue and the days from the farthest channel that has
// them, which is the root's, and the rules from all.
func (l *Library) addCommon() {
	days := schedule.DefaultDays()
	var columns []Column
	for _, c := range l.channels {
		if len(c.edition.Columns) > 0 {
			columns = c.edition.Columns
		}
		if len(c.edition.Days) > 0 {
			days = c.edition.Days
		}
		for _, r := range c.edition.Rules {
			l.bounds = append(l.bounds, schedule.Bound{Rule: r, Channel: c.edition.Channel.String(), Distance: c.distance})
		}
	}
	l.calendar = schedule.NewCalendar(days)
	l.catalogue = newCatalogue(columns)
	l.tags = append(slices.Clone(l.settings.Screen.Tags), string(l.settings.Screen.Kind))
	l.set = schedule.NewSet(l.bounds, l.tags, l.calendar, l.zone)
}

func (l *Library) addNotices(loaded []Loaded) error {
	bodies := make(map[ChannelID]map[NoticeID]*Notice, len(loaded))
	count := 0
	for i := range loaded {
		bodies[loaded[i].Edition.Channel] = loaded[i].Notices
		count += len(loaded[i].Edition.Notices)
	}
	l.notices = make([]filed, 0, count)
	l.byID = make(map[NoticeID][]int32, count)
	l.edges = make([]time.Time, 0, 2*count)
	for i, c := range l.channels {
		e := c.edition
		for _, entry := range e.Notices {
			n := bodies[e.Channel][entry.ID]
			if n == nil {
				return fmt.Errorf("edition %s of %s: notice %s is not here", e.Revision, e.Channel, entry.ID)
			}
			if err := e.Matches(entry, n); err != nil {
				return fmt.Errorf("edition %s of %s: %w", e.Revision, e.Channel, err)
			}
			if n.Kind == KindNewer {
				continue // this program can not draw it
			}
			if err := n.Shape(); err != nil {
				return fmt.Errorf("edition %s of %s: %w", e.Revision, e.Channel, err)
			}
			if n.Kind != KindAlert {
				l.notices = append(l.notices, filed{notice: n, channel: i, posting: l.postingOf(n)})
				continue
			}
			w := warned{notice: n, channel: i}
			if n.Alert.Lifted {
				if w.lifted = n.NotBefore; w.lifted.IsZero() {
					w.lifted = e.Created
				}
			}
			l.alerts = append(l.alerts, w)
		}
	}
	return nil
}

// index sorts the notices and makes the lists that queries walk.
func (l *Library) index() {
	slices.SortFunc(l.notices, func(a, b filed) int {
		return cmp.Or(
			b.notice.Issued.Compare(a.notice.Issued),
			cmp.Compare(l.channels[a.channel].distance, l.channels[b.channel].distance),
			cmp.Compare(a.notice.ID, b.notice.ID),
			cmp.Compare(a.channel, b.channel),
		)
	})
	paths := map[ColumnID][]Column{}
	edge := func(t time.Time) {
		if !t.IsZero() {
			l.edges = append(l.edges, t)
		}
	}
	if s := &l.settings.Screen; s.Kind == LED && s.Outdoor {
		l.exposing = map[*Notice]bool{}
		for _, f := range l.notices {
			if f.notice.Exposes() {
				l.exposing[f.notice] = true
			}
		}
	}
	for i, f := range l.notices {
		at := int32(i)
		n := f.notice
		c := &l.channels[f.channel]
		c.notices = append(c.notices, at)
		c.byID[n.ID] = at
		l.byID[n.ID] = append(l.byID[n.ID], at)
		path, known := paths[n.Column]
		if !known {
			path = l.catalogue.path(n.Column)
			paths[n.Column] = path
		}
		for _, col := range path {
			l.byColumn[col.ID] = append(l.byColumn[col.ID], at)
		}
		if n.Announcement != nil {
			for _, to := range n.Announcement.Links {
				l.backlinks[to] = append(l.backlinks[to], at)
			}
		}
		if f.posting.Of > 0 {
			l.postings = append(l.postings, at)
		}
		if n.Roster != nil {
			l.rosters = append(l.rosters, n.Roster)
		}
		edge(n.NotBefore)
		edge(n.NotAfter)
	}
	near := func(a, b int32) int {
		return cmp.Compare(l.channels[l.notices[a].channel].distance, l.channels[l.notices[b].channel].distance)
	}
	slices.SortStableFunc(l.postings, near)
	for _, list := range l.byID {
		slices.SortStableFunc(list, near)
	}
	for _, w := range l.alerts {
		edge(w.notice.NotBefore)
		edge(w.notice.NotAfter)
		if edge(w.lifted); !w.lifted.IsZero() {
			edge(w.lifted.Add(afterLift))
		}
	}
	slices.SortFunc(l.edges, time.Time.Compare)
	l.edges = slices.CompactFunc(l.edges, time.Time.Equal)
}

// Settings returns the screen's settings.
func (l *Library) Settings() Settings { return l.settings }

// Own returns the screen's own site.
func (l *Library) Own() SiteName { return l.settings.Path[0] }

// Site finds a site on the path or below the screen's own.
func (l *Library) Site(id SiteID) (SiteName, bool) {
	name, ok := l.sites[id]
	return name, ok
}

// Calendar returns the working-day calendar.
func (l *Library) Calendar() *schedule.Calendar { return l.calendar }

// Zone returns the screen's time zone.
func (l *Library) Zone() *time.Location { return l.zone }

// Revisions returns the generation: which revision of each channel is here.
func (l *Library) Revisions() map[ChannelID]Revision {
	out := make(map[ChannelID]Revision, len(l.channels))
	for _, c := range l.channels {
		out[c.edition.Channel] = c.edition.Revision
	}
	return out
}

// Glyphs returns the blobs with rare characters that the editions bring along,
// each once, nearest site first.
func (l *Library) Glyphs() []Blob {
	var out []Blob
	for _, c := range l.channels {
		if g := c.edition.Glyphs; g != nil && !slices.Contains(out, *g) {
			out = append(out, *g)
		}
	}
	return out
}

// Speech returns the recording of a version of a notice, if the office made one.
func (l *Library) Speech(id NoticeID, version int) (Blob, bool) {
	for _, c := range l.channels {
		if n, ok := c.edition.entry(id); ok && n.Version == version && n.Speech != nil {
			return *n.Speech, true
		}
	}
	return Blob{}, false
}

// Created returns when the newest of the editions was made: the screen's
// information is at least as old as that.
func (l *Library) Created() time.Time {
	var newest time.Time
	for _, c := range l.channels {
		if c.edition.Created.After(newest) {
			newest = c.edition.Created
		}
	}
	return newest
}

// Since returns when this version of a notice came into a channel; the zero time
// when that is not known, and for a version that the channel does not have.
func (l *Library) Since(ch ChannelID, n *Notice) time.Time {
	if c, ok := l.byChannel[ch]; ok {
		if e, ok := l.channels[c].edition.entry(n.ID); ok && e.Version == n.Version {
			return e.Since
		}
	}
	return time.Time{}
}

// All returns every notice but alerts in the order of List, whatever its window.
// It is for those who index the library and ask Notice.Allows before they show
// anything.
func (l *Library) All() iter.Seq[*Notice] {
	return func(yield func(*Notice) bool) {
		for i := range l.notices {
			if !yield(l.notices[i].notice) {
				return
			}
		}
	}
}

// Holds reports whether this version of a notice is here, whether or not it may
// be shown now.
func (l *Library) Holds(id NoticeID, version int) bool {
	for _, i := range l.byID[id] {
		if l.notices[i].notice.Version == version {
			return true
		}
	}
	for _, w := range l.alerts {
		if w.notice.ID == id && w.notice.Version == version {
			return true
		}
	}
	return false
}
