package led

import (
	"slices"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

// turn is one notice's turn in what plays.
type turn struct {
	playlist.Slot
	phase  string // of a notice that changes by itself, playlist.Notice.Phase
	pages  []led.Page
	since  time.Time // when the notice became what it is, for boards of a pair the instant that both can keep
	length time.Duration
	again  bool // the notice has had a turn in this round
}

func (t *turn) name() name { return name{t.Channel, t.Notice.ID, t.Notice.Version, t.Totals} }

// laid is what pages were made of.
type laid struct {
	name
	phase string
}

func (t *turn) laid() laid { return laid{t.name(), t.phase} }

// name is one version of a notice as a board shows it.
type name struct {
	channel playlist.ChannelID
	notice  playlist.NoticeID
	version int
	totals  bool
}

// turns is what plays, round and round from an instant on. What is on at an
// instant follows from these and nothing else, so that two boards that know the
// same show the same, and a board that was started anew goes on where it would
// have been.
type turns struct {
	list   []turn
	origin time.Time
	total  time.Duration
}

// on is the page that is on at an instant.
type on struct {
	turn  int
	page  *led.Page
	began time.Time // when the page came on
	until time.Time // when the next one comes
}

// newTurns orders turns: what has become new within the last minutes before the
// newest comes first, the latest before all.
func newTurns(list []turn, origin time.Time) turns {
	for _, t := range list {
		if t.since.After(origin) {
			origin = t.since
		}
	}
	fresh := func(t *turn) bool { return !t.again && !t.since.IsZero() && origin.Sub(t.since) < playlist.MaxCycle }
	seen := map[name]bool{}
	for i := range list {
		n := list[i].name()
		list[i].again, seen[n] = seen[n], true
	}
	slices.SortStableFunc(list, func(a, b turn) int {
		switch x, y := fresh(&a), fresh(&b); {
		case x && y:
			return b.since.Compare(a.since)
		case x:
			return -1
		case y:
			return 1
		}
		return 0
	})
	t := turns{list: list, origin: origin}
	for i := range list {
		t.total += list[i].length
	}
	return t
}

func (t *turns) empty() bool { return len(t.list) == 0 || t.total <= 0 }

// same reports whether both play the same in the same order.
func (t *turns) same(o *turns) bool {
	return slices.EqualFunc(t.list, o.list, func(a, b turn) bool { return a.name() == b.name() && a.length == b.length })
}

// at returns what is on. Before the origin it is the first page.
func (t *turns) at(now time.Time) on {
	passed := max(now.Sub(t.origin), 0)
	began := t.origin.Add(passed - passed%t.total)
	passed %= t.total
	for i := range t.list {
		s := &t.list[i]
		if passed >= s.length {
			passed -= s.length
			began = began.Add(s.length)
			continue
		}
		end := began.Add(s.length)
		if whole := length(s.pages); whole > 0 {
			began = began.Add(passed - passed%whole)
			passed %= whole
		}
		for j := range s.pages {
			p := &s.pages[j]
			if passed < p.Dwell || j == len(s.pages)-1 {
				until := began.Add(p.Dwell)
				if until.After(end) || p.Dwell <= 0 || len(s.pages) == 1 && !p.Marquee {
					until = end
				}
				if len(s.pages) == 1 && !p.Marquee {
					began = end.Add(-s.length)
				}
				return on{turn: i, page: p, began: began, until: until}
			}
			passed -= p.Dwell
			began = began.Add(p.Dwell)
		}
	}
	return on{page: &t.list[0].pages[0], began: t.origin, until: t.origin.Add(t.total)}
}

// start returns how far into the round a turn begins.
func (t *turns) start(i int) (d time.Duration) {
	for _, s := range t.list[:i] {
		d += s.length
	}
	return d
}

// find returns the place of a name, -1 when it is not there.
func (t *turns) find(n name) int {
	return slices.IndexFunc(t.list, func(s turn) bool { return s.name() == n })
}

// follow sets the origin so that t goes on where old is at an instant: with the
// notice that is on, or else with the first that was to come after it.
func (t *turns) follow(old *turns, now time.Time) {
	if old.empty() || t.empty() {
		return
	}
	o := old.at(now)
	for i := range old.list {
		from := old.list[(o.turn+i)%len(old.list)].name()
		at := t.find(from)
		if at < 0 {
			continue
		}
		t.origin = now.Add(-t.start(at))
		if i == 0 {
			into := now.Sub(old.origin)%old.total - old.start(o.turn)
			t.origin = t.origin.Add(-max(into, 0) % max(t.list[at].length, 1))
		}
		return
	}
	t.origin = now
}

// forever makes turns of the pages of a zone, which has them for ever.
func forever(pages []led.Page, origin time.Time) turns {
	if len(pages) == 0 {
		return turns{}
	}
	t := turn{pages: pages, length: max(length(pages), time.Second)}
	return turns{list: []turn{t}, origin: origin, total: t.length}
}

// length is how long pages need once through.
func length(pages []led.Page) (total time.Duration) {
	for _, p := range pages {
		total += p.Dwell
	}
	return total
}

// most is how many changes of one day are looked through.
const most = 300

// began returns when the rules and windows of a library last changed what its
// loop is made of, midnight at the earliest: the instant from which every board
// with that library counts.
func began(lib *playlist.Library, now time.Time) time.Time {
	names := func(at time.Time) (out []name) {
		slots, _ := lib.Programme(schedule.Sure(at))
		for _, s := range slots {
			out = append(out, name{s.Channel, s.Notice.ID, s.Notice.Version, s.Totals})
		}
		return out
	}
	at := schedule.DateOf(now.In(lib.Zone())).In(lib.Zone())
	start, had := at, names(at)
	for range most {
		next := lib.NextChange(schedule.Sure(at))
		if next.After(now) {
			break
		}
		at = next
		if has := names(at); !slices.Equal(has, had) {
			start, had = at, has
		}
	}
	return start
}
