package fleet

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// census keeps what every screen was judged to be. Whoever asks gets what is true at
// that moment: a screen is judged anew when its row, its site, an edition for it,
// what it said or the version that it should run is another one, and when time alone
// may have changed a word of it. All others are what they were.
type census struct {
	mu     sync.Mutex // guards what follows; never taken while Fleet.mu is held
	tree   *store.Tree
	latest map[playlist.ChannelID]playlist.Revision
	rows   []*store.Screen // that usual is of
	usual  map[string]string
	newest map[string]string
	places map[playlist.SiteID]*place
	judged map[playlist.ScreenID]*judged
	order  []*judged // as they were listed last
	common int       // counts what changed of tree, editions and versions
}

// place is what the screens of one site have in common. It is not changed any more.
type place struct {
	desired map[playlist.ChannelID]playlist.Revision
}

// judged is a screen with all that it was judged by.
type judged struct {
	*State
	row    *store.Screen
	place  *place
	known  known
	newest string    // the version that its program should have
	common int       // that place and newest are of
	from   time.Time // when it was judged
	until  time.Time // when time alone may change it
}

// known is what is known of a screen beyond its row, and all that a view takes of it:
// while it is the same, and the memory of reports changes only with them, nothing
// new is known.
type known struct {
	device    [32]byte
	online    bool
	since     time.Time
	remote    string
	why       string
	health    *store.Health
	adopted   *wire.Adopted
	at        time.Time
	refused   *wire.Refused
	refusedAt time.Time
	lagging   time.Time
	stranger  stranger
	patrol    *store.Patrol
	conduct   conducted
	starved   bool
}

func (l *live) known() known {
	return known{l.key, l.online, l.since, l.remote, l.why, l.health, l.adopted, l.at, l.refused, l.refusedAt, l.lagging, l.stranger, l.patrol, l.conduct.conducted(), l.starved}
}

// judgedTogether is how many screens are looked at before reports may go on.
const judgedTogether = 256

// List returns all screens with their state, by site and name. The states are shared
// and must not be changed; one that is another pointer than before may be another
// state, the same pointer is the same.
func (f *Fleet) List(ctx context.Context) ([]*State, error) {
	rows, err := f.cfg.Store.Roster(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := f.cfg.Store.Latest(ctx)
	if err != nil {
		return nil, err
	}
	c := &f.census
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle(tree, latest)
	newest := f.newestOf(c.usually(rows))
	if !maps.Equal(newest, c.newest) {
		c.newest = newest
		c.common++
	}
	states := make([]*State, 0, len(rows))
	if len(c.order) != len(rows) {
		c.order = make([]*judged, len(rows))
	}
	for part := range slices.Chunk(rows, judgedTogether) {
		now := f.cfg.Now()
		f.mu.Lock() // what is remembered of screens is read in place
		for _, row := range part {
			i := len(states)
			c.order[i] = f.counted(row, c.order[i], now)
			states = append(states, c.order[i].State)
		}
		f.mu.Unlock()
	}
	if len(c.judged) > len(rows) {
		c.forget(rows)
	}
	return states, nil
}

// settle takes sites and editions as they are. The caller holds mu.
func (c *census) settle(tree *store.Tree, latest map[playlist.ChannelID]playlist.Revision) {
	if c.tree != tree {
		c.common++
		c.tree, c.latest, c.places = tree, latest, map[playlist.SiteID]*place{}
	}
	if !maps.Equal(c.latest, latest) {
		c.common++
		for site, p := range c.places {
			if desired := desiredAt(tree, site, latest); !maps.Equal(desired, p.desired) {
				c.places[site] = &place{desired}
			}
		}
	}
	c.latest = latest
}

// at returns what screens of a site have in common.
func (c *census) at(site playlist.SiteID) *place {
	p := c.places[site]
	if p == nil {
		p = &place{desiredAt(c.tree, site, c.latest)}
		c.places[site] = p
	}
	return p
}

// desiredAt is the newest revision of every channel that screens of a site show.
func desiredAt(tree *store.Tree, site playlist.SiteID, latest map[playlist.ChannelID]playlist.Revision) map[playlist.ChannelID]playlist.Revision {
	desired := map[playlist.ChannelID]playlist.Revision{}
	for _, ch := range channelsOf(tree, site) {
		if rev := latest[ch]; rev > 0 {
			desired[ch] = rev
		}
	}
	return desired
}

// usually is usual, made anew when a screen changed.
func (c *census) usually(rows []*store.Screen) map[string]string {
	same := len(rows) == len(c.rows) && (len(rows) == 0 || &rows[0] == &c.rows[0])
	if !same || c.usual == nil {
		c.rows, c.usual = rows, usual(rows)
	}
	return c.usual
}

// counted returns a screen as it is. last is the one that stood in its place before,
// nil for none. The caller holds both locks.
func (f *Fleet) counted(row *store.Screen, last *judged, now time.Time) *judged {
	c := &f.census
	var is known
	l := f.live[row.ID]
	if l != nil {
		is = l.known()
	}
	j := last
	if j == nil || j.row != row {
		j = c.judged[row.ID]
	}
	if j != nil && j.row == row && j.known == is && now.Before(j.until) && !now.Before(j.from) && c.stands(j) {
		return j
	}
	p := c.at(row.Site)
	state, until := f.judge(row, l, c.tree, p.desired, c.newest, now)
	if l != nil {
		is = l.known() // since when it lags is found by judging
	}
	if c.judged == nil {
		c.judged = map[playlist.ScreenID]*judged{}
	}
	program, _ := programOf(row.Program)
	j = &judged{State: &state, row: row, place: p, known: is, newest: c.newest[program], common: c.common, from: now, until: until}
	c.judged[row.ID] = j
	return j
}

// stands reports whether what a screen has in common with others is what it was
// judged by.
func (c *census) stands(j *judged) bool {
	if j.common == c.common {
		return true
	}
	program, _ := programOf(j.row.Program)
	if c.at(j.row.Site) != j.place || c.newest[program] != j.newest {
		return false
	}
	j.common = c.common
	return true
}

// forget drops screens that are none any more. The caller holds mu.
func (c *census) forget(rows []*store.Screen) {
	there := make(map[playlist.ScreenID]bool, len(rows))
	for _, r := range rows {
		there[r.ID] = true
	}
	maps.DeleteFunc(c.judged, func(id playlist.ScreenID, _ *judged) bool { return !there[id] })
}

// moment is the time at which a screen is judged. It notes when what it was asked
// would have another answer, if only the clock goes on.
type moment struct {
	t     time.Time
	until time.Time // the answers are the same before it
}

// at begins to judge. Without a question the answers last for a day.
func at(t time.Time) moment { return moment{t: t, until: t.Add(24 * time.Hour)} }

// turns says that an answer is another one at an instant.
func (m *moment) turns(at time.Time) {
	if at.Before(m.until) {
		m.until = at
	}
}

// Sub is how long ago t is. It holds until the next full minute, which is as fine as
// lengths of time are told and compared.
func (m *moment) Sub(t time.Time) time.Duration {
	age := m.t.Sub(t)
	rest := age % time.Minute
	if rest < 0 {
		rest += time.Minute
	}
	if rest == 0 {
		m.turns(m.t) // the limits of signs lie here
	} else {
		m.turns(m.t.Add(time.Minute - rest))
	}
	return age
}

// Past reports whether t is over.
func (m *moment) Past(t time.Time) bool {
	if m.t.After(t) {
		return true
	}
	m.turns(t.Add(1))
	return false
}

// Reached reports whether t has come.
func (m *moment) Reached(t time.Time) bool {
	if !m.t.Before(t) {
		return true
	}
	m.turns(t)
	return false
}

// In is the moment on a clock of a zone, until that begins another day.
func (m *moment) In(zone *time.Location) time.Time {
	now := m.t.In(zone)
	y, month, day := now.Date()
	m.turns(time.Date(y, month, day+1, 0, 0, 0, 0, zone))
	return now
}
