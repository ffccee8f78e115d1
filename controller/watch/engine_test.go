package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// county is a county with two towns of two villages each, three screens in every
// village and two in the county's hall, and an engine that looks at them.
type county struct {
	*testing.T
	now    time.Time
	tree   *store.Tree
	states map[playlist.ScreenID]*fleet.State
	engine *engine
	all    []change // of the last look
}

func newCounty(t *testing.T) *county {
	sites := []playlist.Site{{ID: "x", Kind: playlist.County, Name: "青禾县"}}
	for i := range 2 {
		town := playlist.SiteID(fmt.Sprint("t", i))
		sites = append(sites, playlist.Site{ID: town, Parent: "x", Kind: playlist.Town, Name: fmt.Sprint("镇", i)})
		for j := range 2 {
			sites = append(sites, playlist.Site{ID: playlist.SiteID(fmt.Sprintf("v%d%d", i, j)), Parent: town, Kind: playlist.Village, Name: fmt.Sprintf("村%d%d", i, j), Duty: "值班室", Hotline: "0000-1"})
		}
	}
	c := &county{T: t, now: noon, tree: store.NewTree(sites), states: map[playlist.ScreenID]*fleet.State{}}
	for _, s := range sites {
		n := map[playlist.SiteKind]int{playlist.County: 2, playlist.Village: 3}[s.Kind]
		for k := range n {
			id := playlist.ScreenID(fmt.Sprint(s.ID, "-", k))
			st := &fleet.State{Online: true, Since: noon.Add(-time.Hour), Seen: noon, Remote: fmt.Sprintf("10.0.%d.%d:1", len(c.states), k)}
			st.ID, st.Site, st.Key = id, s.ID, make([]byte, 32)
			c.states[id] = st
		}
	}
	c.engine = newEngine(time.UTC, noon.Add(-time.Hour), nil)
	c.engine.last = noon
	return c
}

// look lets time pass and looks every five seconds; it returns what changed.
func (c *county) look(d time.Duration) []change {
	c.Helper()
	c.all = nil
	for end := c.now.Add(d); ; c.now = c.now.Add(5 * time.Second) {
		var states []*fleet.State
		for _, s := range c.states {
			if s.Online {
				s.Seen = c.now
			}
			one := *s
			states = append(states, &one)
		}
		slices.SortFunc(states, func(a, b *fleet.State) int { return strings.Compare(string(a.ID), string(b.ID)) })
		c.all = append(c.all, c.engine.step(c.now, states, nil, c.tree)...)
		c.check()
		if !c.now.Before(end) {
			return c.all
		}
	}
}

// check holds what is always so: no screen is in two warnings about lines, or in
// one and alone.
func (c *county) check() {
	c.Helper()
	in := map[playlist.ScreenID]string{}
	for k, o := range c.engine.open {
		if k.kind != fleet.SignOffline || !o.gone.IsZero() {
			continue
		}
		for _, id := range o.Screens {
			if in[id] != "" {
				c.Errorf("%s is in %s and %s", id, in[id], k.scope)
			}
			in[id] = k.scope
		}
	}
}

func (c *county) gone(ids ...playlist.ScreenID) {
	for _, id := range ids {
		s := c.states[id]
		s.Online, s.Since = false, c.now
		s.Signs = []fleet.Sign{{Kind: fleet.SignOffline, Severity: fleet.Warn, Since: c.now}}
	}
}

func (c *county) back(ids ...playlist.ScreenID) {
	for _, id := range ids {
		s := c.states[id]
		s.Online, s.Since, s.Left, s.Signs = true, c.now, false, nil
	}
}

func (c *county) village(id string) (ids []playlist.ScreenID) {
	for k := range 3 {
		ids = append(ids, playlist.ScreenID(fmt.Sprint(id, "-", k)))
	}
	return ids
}

// open is what is open, by scope and kind.
func (c *county) open() (out []string) {
	for k := range c.engine.open {
		out = append(out, k.scope+" "+string(k.kind))
	}
	slices.Sort(out)
	return out
}

func (c *county) is(want ...string) {
	c.Helper()
	if got := c.open(); !slices.Equal(got, want) {
		c.Errorf("open: %q, want %q", got, want)
	}
}

func TestOfflineIsVisibleAndCloses(t *testing.T) {
	c := newCounty(t)
	c.look(time.Minute)
	c.is()
	c.gone("v00-0")
	c.look(5 * time.Second)
	c.back("v00-0") // a reconnect
	c.look(time.Minute)
	c.is()
	c.gone("v00-0")
	at := c.now
	c.look(15 * time.Second)
	c.is("v00-0 offline")
	if w := c.all[0].warning; w.Opened != at || w.Shown.Sub(at) > 15*time.Second || w.Site != "v00" {
		t.Errorf("%+v", w)
	}
	c.back("v00-0")
	c.look(5 * time.Second)
	c.is("v00-0 offline") // it may go again
	c.look(15 * time.Second)
	c.is()
	if len(c.all) != 1 || c.all[0].what != closed || c.all[0].warning.Closed.IsZero() {
		t.Errorf("%+v", c.all)
	}
}

func TestRebootIsNoWarning(t *testing.T) {
	c := newCounty(t)
	c.gone("v00-0", "v00-1", "v00-2") // a technician starts a village's machines anew
	for _, id := range c.village("v00") {
		c.states[id].Left = true
	}
	c.look(100 * time.Second)
	c.is()
	c.back(c.village("v00")...)
	c.look(time.Minute)
	c.is()
	c.gone(c.village("v00")...)
	for _, id := range c.village("v00") {
		c.states[id].Left = true
	}
	c.look(130 * time.Second)
	c.is("site:v00 offline")
	if w := c.engine.open[key{"site:v00", fleet.SignOffline}]; !strings.Contains(w.TitleZh, "一起关机") {
		t.Error(w.TitleZh)
	}
}

// TestLineIsOneWarning: a village goes within two minutes, one screen after the
// other.
func TestLineIsOneWarning(t *testing.T) {
	c := newCounty(t)
	c.gone("v00-0")
	c.look(20 * time.Second)
	c.is("v00-0 offline")
	c.gone("v00-1")
	c.look(5 * time.Second)
	c.is("site:v00 offline")
	c.gone("v00-2")
	c.look(42 * time.Minute)
	c.is("site:v00 offline")
	w := c.engine.open[key{"site:v00", fleet.SignOffline}]
	if len(w.Screens) != 3 || w.TitleZh != "村00线路中断，3 块屏幕离线 42 分钟" || !strings.Contains(w.NextZh, "值班室 0000-1") {
		t.Errorf("%+v", w.Warning)
	}
	c.back("v00-1", "v00-2") // one stays away: that is its own trouble
	c.look(20 * time.Second)
	c.is("v00-0 offline")
	c.back("v00-0")
	c.look(20 * time.Second)
	c.is()
}

func TestTownIsOneWarning(t *testing.T) {
	c := newCounty(t)
	c.gone(c.village("v00")...)
	c.look(30 * time.Second)
	c.is("site:v00 offline")
	c.gone(c.village("v01")...)
	c.look(15 * time.Second)
	c.is("site:t0 offline")
	if w := c.engine.open[key{"site:t0", fleet.SignOffline}]; len(w.Screens) != 6 {
		t.Errorf("%v", w.Screens)
	}
	c.back(c.village("v01")...)
	c.look(30 * time.Second)
	c.is("site:v00 offline")
	c.gone("x-0", "x-1") // a line of its own, an hour later
	c.now = c.now.Add(50 * time.Second)
	c.look(30 * time.Second)
	c.is("site:v00 offline", "site:x offline")
	c.back(c.village("v00")...)
	c.back("x-0", "x-1")
	c.look(30 * time.Second)
	c.is()
	for id := range c.states {
		c.gone(id)
	}
	c.look(15 * time.Second)
	c.is("site:x offline")
	if w := c.engine.open[key{"site:x", fleet.SignOffline}]; len(w.Screens) != len(c.states) || w.Severity != int(fleet.Urgent) {
		t.Errorf("%+v", w.Warning)
	}
}

// TestNotALine: screens that go one after the other over hours, and one of three.
func TestNotALine(t *testing.T) {
	c := newCounty(t)
	for _, id := range c.village("v00") {
		c.gone(id)
		c.look(5 * time.Minute)
	}
	c.is("v00-0 offline", "v00-1 offline", "v00-2 offline")
}

// TestOneAddress: two screens of two villages behind one address.
func TestOneAddress(t *testing.T) {
	c := newCounty(t)
	for _, id := range []playlist.ScreenID{"v00-0", "v10-0"} {
		c.states[id].Remote = "203.0.113.9:77"
		c.gone(id)
	}
	c.look(15 * time.Second)
	c.is("site:x offline")
	for _, id := range []playlist.ScreenID{"v00-0", "v10-0"} {
		c.back(id)
	}
	c.look(30 * time.Second)
	c.is()
	for _, id := range []playlist.ScreenID{"v00-0", "v10-0"} { // the same machine is no line
		c.states[id].Remote = "127.0.0.1:77"
		c.gone(id)
	}
	c.look(15 * time.Second)
	c.is("v00-0 offline", "v10-0 offline")
}

// TestControllerWasAway: nobody is warned of before the screens had time to come
// back, and what was open before is open afterwards, once.
func TestControllerWasAway(t *testing.T) {
	c := newCounty(t)
	c.gone(c.village("v00")...)
	c.gone("v10-0")
	c.look(time.Minute)
	c.is("site:v00 offline", "v10-0 offline")
	var open []store.Warning
	for _, o := range c.engine.open {
		open = append(open, o.Warning)
	}
	last := c.now
	for _, s := range c.states { // all are offline for a controller that starts
		s.Online = false
		s.Since = last
		s.Signs = []fleet.Sign{{Kind: fleet.SignOffline, Severity: fleet.Warn, Since: last}}
	}
	c.now = c.now.Add(10 * time.Minute)
	c.engine = newEngine(time.UTC, c.now, open)
	if got := c.look(30 * time.Second); len(got) > 0 {
		t.Errorf("after a start: %+v", got)
	}
	for id, s := range c.states {
		if s.Site != "v00" && id != "v10-0" && id != "v11-0" {
			c.back(id)
		}
	}
	if got := c.look(80 * time.Second); len(got) > 0 {
		t.Errorf("screens come back: %+v", got)
	}
	c.look(time.Minute)
	c.is("site:v00 offline", "v10-0 offline", "v11-0 offline") // the last had its two minutes
}

// TestSleep: the machine of the controller sleeps for an hour.
func TestSleep(t *testing.T) {
	c := newCounty(t)
	c.look(time.Minute)
	c.now = c.now.Add(time.Hour)
	for id := range c.states {
		c.gone(id)
		c.states[id].Since = c.now.Add(-time.Second)
		c.states[id].Signs[0].Since = c.now.Add(-time.Hour)
	}
	if got := c.look(time.Minute); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

// TestOtherTroubleWaitsForTheScreen: what was wrong with a screen that went away
// stays open until it says that it is well.
func TestOtherTroubleWaitsForTheScreen(t *testing.T) {
	c := newCounty(t)
	s := c.states["v00-0"]
	s.Signs = []fleet.Sign{{Kind: fleet.SignBlack, Severity: fleet.Urgent, Since: c.now}, {Kind: fleet.SignVersion, Severity: fleet.Note, Since: c.now}}
	c.look(0)
	c.is("v00-0 black") // at once, and notes are none
	c.gone("v00-0")
	c.look(time.Minute)
	c.is("v00-0 black", "v00-0 offline")
	c.back("v00-0")
	c.look(time.Minute)
	c.is()
	s.Signs = []fleet.Sign{{Kind: fleet.SignClock, Severity: fleet.Warn, Since: c.now}}
	c.look(0)
	c.is("v00-0 clock")
	s.Signs[0].Severity = fleet.Urgent
	if got := c.look(0); len(got) != 1 || got[0].what != changed || !got[0].worse {
		t.Errorf("%+v", got)
	}
	delete(c.states, "v00-0") // a screen that is removed
	c.look(0)
	c.is()
}
