package watch

import (
	"cmp"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// The times of the engine.
const (
	// grace is how long screens have to come back after the controller was away:
	// all do within two minutes (DOMAIN R16). It counts for each screen until it
	// was seen.
	grace = 2 * time.Minute
	// gap between two looks after which the controller itself was away, because
	// its machine slept.
	gap = time.Minute
	// clearAfter is how long a sign must be gone until its warning closes.
	clearAfter = 10 * time.Second
	// relearn is how long a new controller leaves warnings alone that need minutes
	// of reports to be told again.
	relearn = 6 * time.Minute
	// together is the time within which screens go when one line is cut.
	together = 2 * time.Minute
)

// wait is the time to visible of a kind: how long a sign must last until it is a
// warning. What a screen's reports need to add up to a sign comes before.
func wait(kind fleet.Kind, s *fleet.State) time.Duration {
	switch kind {
	case fleet.SignOffline:
		switch {
		case s.Left:
			return grace // switched off in order: a machine that starts anew takes that long
		case s.Silent:
			return 4 * time.Second // nobody has heard it for 24 s before
		}
		return 10 * time.Second
	case fleet.SignOutputs, fleet.SignTouch:
		return 10 * time.Second
	case fleet.SignHeat:
		return 20 * time.Second
	case fleet.SignLine, fleet.SignRefused, fleet.SignAhead:
		return time.Minute
	}
	return 0
}

// slow reports whether a sign needs minutes of reports.
func slow(kind fleet.Kind) bool { return kind == fleet.SignCPU || kind == fleet.SignMemory }

// key names what is wrong where.
type key struct {
	scope string // a screen's id, or siteScope
	kind  fleet.Kind
}

// officeScope is of what is wrong with the controller itself.
const officeScope = "office"

const sitePrefix = "site:"

func siteScope(id playlist.SiteID) string { return sitePrefix + string(id) }

// siteOf returns the site of a scope that is one.
func siteOf(scope string) (playlist.SiteID, bool) {
	id, ok := strings.CutPrefix(scope, sitePrefix)
	return playlist.SiteID(id), ok
}

// entry is an open warning.
type entry struct {
	store.Warning
	gone time.Time // since when nothing of it is seen; zero while it lasts
}

// what happened to a warning in a look.
type what int

const (
	opened  what = iota
	changed      // other screens, or more severe
	closed
)

// change is one warning that opened, changed or closed.
type change struct {
	what    what
	warning store.Warning
	worse   bool                // of changed: it became more severe
	cleared []playlist.ScreenID // of changed: screens that it is not about any more
	warned  []playlist.ScreenID // of changed: screens that it was not about
}

// engine turns signs into warnings. It knows time only as what step is given,
// and nothing of where warnings are kept.
type engine struct {
	zone  *time.Location
	began time.Time
	last  time.Time
	due   time.Time // of the next look: something may open or close then by time alone
	open  map[key]*entry
}

// soon says that a look at an instant may find something.
func (e *engine) soon(at time.Time) {
	if at.Before(e.due) {
		e.due = at
	}
}

func newEngine(zone *time.Location, began time.Time, open []store.Warning) *engine {
	e := &engine{zone: zone, began: began, last: began, open: map[key]*entry{}}
	for _, w := range open {
		e.open[key{w.Scope, fleet.Kind(w.Kind)}] = &entry{Warning: w}
	}
	return e
}

// step looks at all screens once, and at what the controller says of itself, and
// returns what became of the warnings.
func (e *engine) step(now time.Time, states []*fleet.State, own []fleet.Sign, tree *store.Tree) []change {
	if now.Sub(e.last) > gap {
		e.began = now
	}
	e.last, e.due = now, now.Add(lookEvery)
	var out []change
	wanted := map[key]store.Warning{}
	lines, inLine := e.lines(now, states, tree)
	maps.Copy(wanted, lines)
	seen := make(map[string]*fleet.State, len(states))
	for i := range states {
		s := states[i]
		seen[string(s.ID)] = s
		for _, sign := range s.Signs {
			k := key{string(s.ID), sign.Kind}
			if sign.Severity < fleet.Warn || sign.Kind == fleet.SignOffline && (inLine[s.ID] || e.excused(now, s)) {
				continue
			}
			if _, is := e.open[k]; !is && now.Sub(sign.Since) < wait(sign.Kind, s) {
				e.soon(sign.Since.Add(wait(sign.Kind, s)))
				continue
			}
			wanted[k] = told(sign, string(s.ID), s.Site, []playlist.ScreenID{s.ID})
		}
	}
	for _, sign := range own {
		if sign.Site != "" {
			wanted[key{siteScope(sign.Site), sign.Kind}] = told(sign, siteScope(sign.Site), sign.Site, screensAt(states, sign.Site))
			continue
		}
		if root, err := tree.Root(); err == nil && sign.Severity >= fleet.Warn {
			wanted[key{officeScope, sign.Kind}] = told(sign, officeScope, root.ID, []playlist.ScreenID{})
		}
	}
	for k, w := range wanted {
		if c, is := e.keep(now, k, w); is {
			out = append(out, c)
		}
	}
	for k, o := range e.open {
		if _, is := wanted[k]; is {
			continue
		}
		merged := k.kind == fleet.SignOffline && len(o.Screens) > 0 && !slices.ContainsFunc(o.Screens, func(id playlist.ScreenID) bool { return !inLine[id] })
		if o.gone.IsZero() {
			o.gone = now
		}
		if at := o.gone.Add(clearAfter); at.After(now) {
			e.soon(at)
		}
		if merged || e.mended(now, k, o, seen) {
			o.Closed = now
			delete(e.open, k)
			out = append(out, change{what: closed, warning: o.Warning})
		}
	}
	slices.SortFunc(out, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.what, a.what), cmp.Compare(a.warning.Scope, b.warning.Scope), cmp.Compare(a.warning.Kind, b.warning.Kind))
	})
	return out
}

// screensAt are the screens of a site.
func screensAt(states []*fleet.State, site playlist.SiteID) []playlist.ScreenID {
	out := []playlist.ScreenID{}
	for i := range states {
		if states[i].Site == site {
			out = append(out, states[i].ID)
		}
	}
	return out
}

// told is the warning of a sign.
func told(s fleet.Sign, scope string, site playlist.SiteID, screens []playlist.ScreenID) store.Warning {
	return store.Warning{
		Scope: scope, Site: site, Screens: screens, Kind: string(s.Kind), Severity: int(s.Severity), Opened: s.Since,
		TitleZh: s.Title.Zh, TitleEn: s.Title.En, CauseZh: s.Cause.Zh, CauseEn: s.Cause.En, NextZh: s.Next.Zh, NextEn: s.Next.En,
	}
}

// keep opens a warning or brings an open one up to date.
func (e *engine) keep(now time.Time, k key, w store.Warning) (change, bool) {
	o := e.open[k]
	if o == nil {
		w.ID, w.Shown = "w-"+strings.ToLower(rand.Text()[:16]), now
		e.open[k] = &entry{Warning: w}
		return change{what: opened, warning: w}, true
	}
	was := o.Warning
	o.gone = time.Time{}
	o.TitleZh, o.TitleEn, o.CauseZh, o.CauseEn, o.NextZh, o.NextEn = w.TitleZh, w.TitleEn, w.CauseZh, w.CauseEn, w.NextZh, w.NextEn
	o.Severity, o.Screens, o.Site = w.Severity, w.Screens, w.Site
	if was.Severity == w.Severity && slices.Equal(was.Screens, w.Screens) {
		return change{}, false
	}
	return change{what: changed, warning: o.Warning, worse: w.Severity > was.Severity,
		cleared: without(was.Screens, w.Screens), warned: without(w.Screens, was.Screens)}, true
}

// mended reports whether a warning of which nothing is seen may close. Of a
// screen that is away nobody knows whether its other troubles are over.
func (e *engine) mended(now time.Time, k key, o *entry, seen map[string]*fleet.State) bool {
	if _, line := siteOf(k.scope); line || k.scope == officeScope {
		return now.Sub(o.gone) >= clearAfter
	}
	s := seen[k.scope]
	if s == nil || !s.Paired() {
		return true // removed
	}
	if now.Sub(o.gone) < clearAfter {
		return false
	}
	if k.kind == fleet.SignOffline || k.kind == fleet.SignWrongKey {
		return s.Online || k.kind == fleet.SignWrongKey
	}
	if !s.Online || !s.Seen.After(o.gone.Add(-clearAfter)) && !s.Seen.After(e.began) {
		return false
	}
	return !slow(k.kind) || now.Sub(e.began) >= relearn
}

// excused reports whether an offline screen has still time to come back after
// the controller was away. One whose warning is open has not.
func (e *engine) excused(now time.Time, s *fleet.State) bool {
	if s.Since.After(e.began) || now.Sub(e.began) >= grace {
		return false
	}
	return e.open[key{string(s.ID), fleet.SignOffline}] == nil
}

// without returns what is in a and not in b.
func without(a, b []playlist.ScreenID) (out []playlist.ScreenID) {
	in := make(map[playlist.ScreenID]bool, len(b))
	for _, id := range b {
		in[id] = true
	}
	for _, id := range a {
		if !in[id] {
			out = append(out, id)
		}
	}
	return out
}
