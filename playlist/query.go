package playlist

import (
	"cmp"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

// Query selects notices. What is empty selects all; alerts are found by
// Library.Alerts only.
type Query struct {
	Column ColumnID // with its sub-columns
	Kinds  []Kind
	Sites  []SiteID
	Limit  int // at most so many; 0 is no limit
}

func (q *Query) selects(n *Notice) bool {
	return (len(q.Kinds) == 0 || slices.Contains(q.Kinds, n.Kind)) &&
		(len(q.Sites) == 0 || slices.Contains(q.Sites, n.Site))
}

// each calls with the notices that q selects and m allows, in order, until f
// returns false.
func (l *Library) each(q Query, m schedule.Moment, f func(*filed) bool) {
	if q.Column != "" {
		for _, i := range l.byColumn[q.Column] {
			if at := &l.notices[i]; q.selects(at.notice) && at.notice.Allows(m) && !f(at) {
				return
			}
		}
		return
	}
	for i := range l.notices {
		if at := &l.notices[i]; q.selects(at.notice) && at.notice.Allows(m) && !f(at) {
			return
		}
	}
}

// List returns the notices that q selects and m allows, newest first; of one
// day, those of near sites first.
func (l *Library) List(q Query, m schedule.Moment) []*Notice {
	var out []*Notice
	l.each(q, m, func(f *filed) bool {
		out = append(out, f.notice)
		return q.Limit <= 0 || len(out) < q.Limit
	})
	return out
}

// Count returns how many notices List would return without a limit.
func (l *Library) Count(q Query, m schedule.Moment) int {
	n := 0
	l.each(q, m, func(*filed) bool { n++; return true })
	return n
}

// Notice finds a notice that may be shown, with where it comes from. Alerts are
// found too. Of several with one name, the nearest site's counts.
func (l *Library) Notice(id NoticeID, m schedule.Moment) (*Notice, ChannelID, Revision, bool) {
	for _, i := range l.byID[id] {
		if f := &l.notices[i]; f.notice.Allows(m) {
			e := l.channels[f.channel].edition
			return f.notice, e.Channel, e.Revision, true
		}
	}
	for _, w := range l.alerts {
		if w.notice.ID == id && l.alerting(w, m) {
			e := l.channels[w.channel].edition
			return w.notice, e.Channel, e.Revision, true
		}
	}
	return nil, ChannelID{}, 0, false
}

// Ref returns the content address of a notice of the library, which is that of
// the bytes that were approved; false for any other notice.
func (l *Library) Ref(n *Notice) (assets.Ref, bool) {
	if n == nil {
		return assets.Ref{}, false
	}
	for _, i := range l.byID[n.ID] {
		if f := &l.notices[i]; f.notice == n {
			for _, e := range l.channels[f.channel].edition.Notices {
				if e.ID == n.ID {
					return e.Ref, true
				}
			}
		}
	}
	return assets.Ref{}, false
}

// postingOf works out a notice's posting period. The first day is From itself
// when it counts, else the first working day after it.
func (l *Library) postingOf(n *Notice) PostingState {
	p := n.Posting
	if p == nil || p.Days < 1 || !p.From.Valid() {
		return PostingState{}
	}
	days := min(p.Days, maxPostingDays)
	return PostingState{
		Of: days, Working: p.Working, From: p.From,
		Until: l.calendar.PeriodEnd(p.From, schedule.Period{Days: days, Working: p.Working}),
	}
}

// today is the civil date that the screen believes in.
func (l *Library) today(m schedule.Moment) schedule.Date { return schedule.DateOf(m.Now.In(l.zone)) }

func (l *Library) posted(s PostingState, today schedule.Date) PostingState {
	s.Over = today.After(s.Until)
	switch {
	case s.Over:
		s.Day = s.Of
	case today.Before(s.From):
	case s.Working:
		s.Day = l.calendar.WorkingDaysBetween(s.From.AddDays(-1), today)
	default:
		s.Day = today.DaysSince(s.From) + 1
	}
	return s
}

// Postings returns the notices in their posting period, near sites first.
func (l *Library) Postings(m schedule.Moment) []*Notice {
	today := l.today(m)
	var out []*Notice
	for _, i := range l.postings {
		f := &l.notices[i]
		if p := f.posting; !today.Before(p.From) && !today.After(p.Until) && f.notice.Allows(m) {
			out = append(out, f.notice)
		}
	}
	return out
}

// Posting says where a notice stands in its posting period; false when it has
// none.
func (l *Library) Posting(n *Notice, m schedule.Moment) (PostingState, bool) {
	s := l.postingOf(n)
	if s.Of == 0 {
		return PostingState{}, false
	}
	return l.posted(s, l.today(m)), true
}

// rank orders the colours of alerts, most urgent first.
func (c AlertColour) rank() int {
	return slices.Index([]AlertColour{Red, Orange, Yellow, Blue}, c)
}

// alerting reports whether an alert is on screen at m: in force, or lifted a
// short while ago. One that a later alert of its channel refers to is not.
func (l *Library) alerting(w warned, m schedule.Moment) bool {
	if !w.lifted.IsZero() {
		return w.notice.Allows(m) && m.Within(w.lifted, w.lifted.Add(afterLift), schedule.Ordinary)
	}
	if !w.notice.Allows(m) {
		return false
	}
	return !slices.ContainsFunc(l.alerts, func(o warned) bool {
		return o.channel == w.channel && o.notice.ID != w.notice.ID &&
			o.notice.Alert.Reference == string(w.notice.ID) && !m.Now.Before(o.notice.NotBefore)
	})
}

// Alerts returns the alerts in force, highest colour first and then nearest
// first, followed by those lifted in the last five minutes.
func (l *Library) Alerts(m schedule.Moment) []*Notice {
	var on []warned
	for _, w := range l.alerts {
		if l.alerting(w, m) {
			on = append(on, w)
		}
	}
	slices.SortStableFunc(on, func(a, b warned) int {
		if x, y := a.lifted.IsZero(), b.lifted.IsZero(); x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(a.notice.Alert.Colour.rank(), b.notice.Alert.Colour.rank()),
			cmp.Compare(l.channels[a.channel].distance, l.channels[b.channel].distance),
			b.notice.Alert.Start.Compare(a.notice.Alert.Start),
			cmp.Compare(a.notice.ID, b.notice.ID),
		)
	})
	var out []*Notice
	for _, w := range on {
		out = append(out, w.notice)
	}
	return out
}

// Links returns the notices that n links to and then those that link to n
// (政策 ↔ 解读), each once.
func (l *Library) Links(n *Notice, m schedule.Moment) []*Notice {
	var out []*Notice
	put := func(o *Notice) {
		if o.ID != n.ID && o.Allows(m) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	if n.Announcement != nil {
		for _, id := range n.Announcement.Links {
			if o, _, _, ok := l.Notice(id, m); ok {
				put(o)
			}
		}
	}
	for _, i := range l.backlinks[n.ID] {
		put(l.notices[i].notice)
	}
	return out
}

// NextChange returns the next instant, on the scale of m.Now, at which any
// answer may change by itself: a window opens or closes, a rule begins or ends,
// a day begins, a night shift. It is always after m.Now.
func (l *Library) NextChange(m schedule.Moment) time.Time {
	tomorrow := l.today(m).AddDays(1).In(l.zone)
	next := tomorrow
	for _, r := range l.rosters {
		if until := r.At(m.Now.In(l.zone)).Until; until.Before(next) {
			next = until
		}
	}
	if until := l.Decide(m).Until; !until.IsZero() && until.Before(next) {
		next = until
	}
	// A window's edges are compared with the lower and the upper bound of the
	// moment as well, and all three go on at the same pace.
	for _, t := range []time.Time{m.Lo, m.Hi, m.Now} {
		if t.IsZero() {
			continue
		}
		i, found := slices.BinarySearchFunc(l.edges, t, time.Time.Compare)
		if found {
			i++
		}
		if i < len(l.edges) {
			if at := m.Now.Add(l.edges[i].Sub(t)); at.Before(next) {
				next = at
			}
		}
	}
	return next
}

// PostingState is where a notice stands in its posting period.
type PostingState struct {
	Day, Of     int // 第 Day/Of 日; Day is 0 before the first day that counts
	Working     bool
	From, Until schedule.Date // first and last day
	Over        bool
}
