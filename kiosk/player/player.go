package player

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Mode says what kind of thing is on the screen when nobody touches it.
type Mode string

// The modes.
const (
	Loop     Mode = "loop"
	Alerting Mode = "alert"
	Fallback Mode = "fallback" // nothing valid: the site's own card
	Identify Mode = "identify" // the screen's own name, for a technician
)

// State is what plays.
type State struct {
	Mode   Mode
	Slot   playlist.Slot      // Loop: what is on; Slot.Notice is never nil there
	Alert  *playlist.Notice   // Alerting: the alert that is on
	Alerts []*playlist.Notice // Alerting: all of them, in order
	Since  time.Time          // when this came on
	Until  time.Time          // nothing changes before, unless Player is told something; zero is never
	Why    string             // Chinese, for the report to the controller
	Index  int                // Loop: place in the loop, from 0
	Count  int                // Loop: length of the loop
}

// Player decides which notice is on. It promises that a notice it names may be
// shown at that very moment, that alerts come and go at once, and that what is
// new in a generation comes on next. One goroutine uses it.
type Player struct {
	lib *playlist.Library

	loop    []playlist.Slot
	reason  string          // why the loop is as it is
	asOf    schedule.Moment // of loop
	recheck time.Time       // when loop must be asked for anew

	next      int           // place in loop of what comes after the current
	on        playlist.Slot // current; Notice is nil when there is none
	at        int           // place in loop at which on came on; a notice may be there twice
	fresh     bool          // the current one came on because it is new
	since     time.Time
	news      []name // new notices that have not been on, in order
	interrupt bool   // the first of news comes on without waiting

	alert      *playlist.Notice
	alerts     []name // those that were up at the last step
	alertSince time.Time

	identifyFrom, identifyUntil time.Time
	mode                        Mode
	modeSince                   time.Time
}

// name is one version of a notice.
type name struct {
	id      playlist.NoticeID
	version int
}

func nameOf(n *playlist.Notice) name { return name{n.ID, n.Version} }

// New makes a player; lib may be nil when there is nothing yet.
func New(lib *playlist.Library) *Player { return &Player{lib: lib} }

// Library returns the generation in use, nil when there is none.
func (p *Player) Library() *playlist.Library { return p.lib }

// SetLibrary changes to another generation. What is new in it and in the loop
// comes on at the next Step, or after the alerts.
func (p *Player) SetLibrary(lib *playlist.Library, m schedule.Moment) {
	former := p.lib
	p.lib = lib
	p.recheck = time.Time{}
	p.asOf = schedule.Moment{}
	if former == nil || lib == nil {
		p.news, p.interrupt = nil, false
		return
	}
	var news []name
	slots, _ := lib.Programme(m)
	for _, s := range slots {
		if !former.Holds(s.Notice.ID, s.Notice.Version) {
			news = append(news, nameOf(s.Notice))
		}
	}
	p.interrupt = p.interrupt || len(news) > 0
	// The latest comes first; what had not been on yet follows.
	for _, n := range p.news {
		if !slices.Contains(news, n) {
			news = append(news, n)
		}
	}
	p.news = news
}

// Identify shows the screen's name for d from m on.
func (p *Player) Identify(m schedule.Moment, d time.Duration) {
	p.identifyFrom, p.identifyUntil = m.Now, m.Now.Add(d)
}

// Step returns what is on at m.
func (p *Player) Step(m schedule.Moment) State {
	s := p.step(m)
	if s.Mode != p.mode {
		p.mode, p.modeSince = s.Mode, m.Now
	}
	if s.Since.IsZero() {
		s.Since = p.modeSince
	}
	return s
}

func (p *Player) step(m schedule.Moment) State {
	// A clock that is set back must not hold the name on screen for years.
	if m.Now.Before(p.identifyUntil) && !m.Now.Before(p.identifyFrom) {
		return State{Mode: Identify, Until: p.identifyUntil, Why: "技术人员要求显示屏幕名称"}
	}
	if p.lib == nil {
		return State{Mode: Fallback, Why: "还没有收到任何内容"}
	}
	p.refresh(m)
	if alerts := p.lib.Alerts(m); len(alerts) > 0 {
		return p.alerting(alerts, m)
	}
	if p.alert != nil {
		// What the alert pushed aside has its whole turn again.
		p.alert, p.alerts, p.since = nil, nil, m.Now
	}
	return p.looping(m)
}

// refresh asks for the loop when time, clock or library say that it may differ.
func (p *Player) refresh(m schedule.Moment) {
	if m.Now.Before(p.recheck) && !m.Now.Before(p.asOf.Now) && samePace(p.asOf, m) && p.allowed(m) {
		return
	}
	slots, d := p.lib.Programme(m)
	p.opened(slots)
	same := slices.EqualFunc(slots, p.loop, func(a, b playlist.Slot) bool { return nameOf(a.Notice) == nameOf(b.Notice) && a.Channel == b.Channel })
	var following name
	if p.next < len(p.loop) {
		following = nameOf(p.loop[p.next].Notice)
	}
	p.loop, p.reason = slots, Explain(d)
	p.asOf, p.recheck = m, p.lib.NextChange(m)

	// Go on from the same place where that is possible: after the current
	// notice, or where the loop was when something new came between.
	if same {
		if at := p.place(); at >= 0 && nameOf(p.loop[at].Notice) == nameOf(p.on.Notice) {
			p.on = p.loop[at]
		}
		return
	}
	p.next = max(p.find(following), 0)
	if p.on.Notice == nil {
		return
	}
	for i, s := range p.loop {
		if s.Notice.ID != p.on.Notice.ID || s.Channel != p.on.Channel {
			continue
		}
		if !p.fresh {
			p.next = (i + 1) % len(p.loop)
		}
		if p.at = i; nameOf(s.Notice) == nameOf(p.on.Notice) {
			p.on = s
		}
		return
	}
}

// find returns the place of a notice in the loop, or -1.
func (p *Player) find(n name) int {
	return slices.IndexFunc(p.loop, func(s playlist.Slot) bool { return nameOf(s.Notice) == n })
}

// opened treats a notice whose window has opened since the last time as new, so
// that what is released at nine is on at nine, on every screen.
func (p *Player) opened(slots []playlist.Slot) {
	if p.asOf.Now.IsZero() {
		return
	}
	for _, s := range slots {
		if n := nameOf(s.Notice); s.Notice.NotBefore.After(p.asOf.Now) && !slices.Contains(p.news, n) {
			p.news, p.interrupt = append(p.news, n), true
		}
	}
}

// samePace reports whether the bounds of b lie about Now as those of a do: only
// then do answers change at the expected time.
func samePace(a, b schedule.Moment) bool {
	if a.Hi.IsZero() != b.Hi.IsZero() {
		return false
	}
	near := func(x, y time.Time) bool { return (x.Sub(a.Now) - y.Sub(b.Now)).Abs() < 500*time.Millisecond }
	return near(a.Lo, b.Lo) && (a.Hi.IsZero() || near(a.Hi, b.Hi))
}

// allowed reports whether everything in the loop may still be shown.
func (p *Player) allowed(m schedule.Moment) bool {
	for _, s := range p.loop {
		if !s.Notice.Allows(m) {
			return false
		}
	}
	return true
}

// alerting takes the alerts in turn. One that has just come up comes on at once.
func (p *Player) alerting(alerts []*playlist.Notice, m schedule.Moment) State {
	screen := p.lib.Settings().Screen
	names := make([]name, len(alerts))
	for i, n := range alerts {
		names[i] = nameOf(n)
	}
	at := -1
	if p.alert != nil {
		at = slices.Index(names, nameOf(p.alert))
	}
	came := slices.IndexFunc(names, func(n name) bool { return !slices.Contains(p.alerts, n) })
	fresh := true
	switch {
	case came >= 0:
		at = came
	case at < 0:
		at = 0
	case m.Now.Before(p.alertSince):
	case len(alerts) > 1 && m.Now.Sub(p.alertSince) >= playlist.Dwell(alerts[at], &screen):
		at = (at + 1) % len(alerts)
	default:
		fresh = false
	}
	p.alerts, p.alert = names, alerts[at]
	if fresh {
		p.alertSince = m.Now
	}
	until := p.recheck
	if turn := p.alertSince.Add(playlist.Dwell(p.alert, &screen)); len(alerts) > 1 && turn.Before(until) {
		until = turn
	}
	return State{
		Mode: Alerting, Alert: p.alert, Alerts: alerts, Since: p.alertSince, Until: until,
		Why: "正在播放预警：" + p.alert.Title, Index: at, Count: len(alerts),
	}
}

// looping walks the loop.
func (p *Player) looping(m schedule.Moment) State {
	if m.Now.Before(p.since) {
		p.since = m.Now // the clock was set back
	}
	turnOver := p.place() < 0 || m.Now.Sub(p.since) >= p.on.Dwell
	if s, ok := p.takeNew(turnOver); ok {
		at := p.find(nameOf(s.Notice))
		p.show(s, at, true, m)
		if at == p.next {
			p.next = (p.next + 1) % len(p.loop)
		}
	} else if turnOver {
		if len(p.loop) == 0 {
			return p.lastGood(m)
		}
		p.show(p.loop[p.next], p.next, false, m)
		p.next = (p.next + 1) % len(p.loop)
	}
	s := State{
		Mode: Loop, Slot: p.on, Since: p.since, Until: p.since.Add(p.on.Dwell), Why: p.reason,
		Index: max(p.place(), 0), Count: len(p.loop),
	}
	if p.fresh {
		s.Why = "刚刚发布，立即播放；" + p.reason
	}
	if p.recheck.Before(s.Until) {
		s.Until = p.recheck
	}
	return s
}

// takeNew takes the next new notice that is in the loop, when it is its turn:
// at once for the first of a generation, then one after the other.
func (p *Player) takeNew(turnOver bool) (playlist.Slot, bool) {
	if !p.interrupt && !turnOver {
		return playlist.Slot{}, false
	}
	p.interrupt = false
	for len(p.news) > 0 {
		first := p.news[0]
		p.news = p.news[1:]
		if at := p.find(first); at >= 0 {
			return p.loop[at], true
		}
	}
	return playlist.Slot{}, false
}

func (p *Player) show(s playlist.Slot, at int, fresh bool, m schedule.Moment) {
	p.on, p.at, p.fresh, p.since = s, at, fresh, m.Now
}

// place finds the current notice in the loop, -1 when it is not there any more.
func (p *Player) place() int {
	if p.on.Notice == nil {
		return -1
	}
	is := func(s playlist.Slot) bool {
		return nameOf(s.Notice) == nameOf(p.on.Notice) && s.Channel == p.on.Channel
	}
	if p.at < len(p.loop) && is(p.loop[p.at]) {
		return p.at
	}
	return slices.IndexFunc(p.loop, is)
}

// lastGood keeps what was on while nothing else is valid and it may be shown
// still; after that only the site's own card is left.
func (p *Player) lastGood(m schedule.Moment) State {
	if p.on.Notice != nil {
		n, ch, rev, ok := p.lib.Notice(p.on.Notice.ID, m)
		if ok && ch == p.on.Channel && n.Kind != playlist.KindAlert && nameOf(n) == nameOf(p.on.Notice) {
			p.on.Notice, p.on.Revision, p.fresh = n, rev, false
			return State{Mode: Loop, Slot: p.on, Since: p.since, Until: p.recheck, Why: "此刻没有内容可播，保留上一条；" + p.reason, Count: 1}
		}
		p.on, p.fresh = playlist.Slot{}, false
	}
	return State{Mode: Fallback, Until: p.recheck, Why: "此刻没有内容可播；" + p.reason}
}

// Explain puts a decision into one line of Chinese.
func Explain(d schedule.Decision) string {
	names := map[string]string{} // by channel and rule, as the office calls them
	for _, b := range d.Chosen {
		names[b.Channel+"/"+b.Rule.ID] = b.Rule.Name
	}
	var parts []string
	for _, r := range d.Reasons {
		if len(d.Chosen) == 0 || r.Verdict == schedule.Chosen {
			parts = append(parts, "规则“"+cmp.Or(names[r.Channel+"/"+r.Rule], r.Rule)+"”："+r.Detail)
		}
		if len(parts) == 3 {
			break
		}
	}
	if len(parts) == 0 {
		return "没有播放规则"
	}
	return strings.Join(parts, "；")
}
