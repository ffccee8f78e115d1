package led

import (
	"maps"
	"slices"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

// notice is how long after an edition was made boards of a pair begin with what
// is new in it: both have it by then, and begin in the same frame.
const notice = time.Second

// plays is what a board may show of its library until a certain instant: the
// loop, and the alerts. It is made anew when time, clock or library say that it
// may differ.
type plays struct {
	lib    *playlist.Library
	asOf   schedule.Moment
	until  time.Time
	loop   turns
	alerts turns     // those that have the whole board
	strip  time.Time // since when the newest alert of the alerts' own zone stands; zero when there is none
	reason string
	last   *turn // that was on last, for hours in which nothing is
	asked  bool  // what was on last was asked for
}

// paired reports whether another board runs in step with this one.
func (p *Program) paired() bool { return p.settings.Screen.Pair != "" }

// refresh makes sure that what plays is of now.
func (p *Program) refresh(m schedule.Moment) {
	w := &p.plays
	if w.lib == p.lib && m.Now.Before(w.until) && !m.Now.Before(w.asOf.Now) && samePace(w.asOf, m) && w.allowed(m) {
		return
	}
	slots, d := p.lib.Programme(m)
	list := make([]turn, len(slots))
	for i, s := range slots {
		list[i] = p.turn(s, m)
	}
	loop := newTurns(list, began(p.lib, m.Now))
	alerts, strip := p.warnings(m)
	if !p.paired() && w.lib != nil {
		// Alone, a board begins with what is new when it comes, and goes on with
		// what is on when it is not.
		p.alone(&loop, &w.loop, m)
		p.alone(&alerts, &w.alerts, m)
		if !strip.IsZero() && w.strip.IsZero() {
			strip = m.Now
		}
		if alerts.empty() && !w.alerts.empty() && loop.same(&w.loop) && !loop.empty() {
			// What the alert pushed aside has its whole turn again.
			loop.origin = m.Now.Add(-loop.start(loop.at(m.Now).turn))
		}
	}
	w.asked = w.asked && w.lib == p.lib
	w.lib, w.asOf, w.until = p.lib, m, p.lib.NextChange(m)
	w.loop, w.alerts, w.strip, w.reason = loop, alerts, strip, player.Explain(d)
	p.forget()
}

// warnings returns the alerts that take the board over. Where one does, those
// that have a zone of their own take their turns with it, for the zone is not to
// be seen then (L28). strip is since when there is one in the zone.
func (p *Program) warnings(m schedule.Moment) (over turns, strip time.Time) {
	var list []turn
	takes := false
	for _, n := range p.lib.Alerts(m) {
		s := playlist.Slot{Notice: n}
		_, s.Channel, s.Revision, _ = p.lib.Notice(n.ID, m)
		t := p.turn(s, m)
		list = append(list, t)
		if takes = takes || led.TakesOver(n, p.settings.Screen); t.since.After(strip) {
			strip = t.since
		}
	}
	today := schedule.DateOf(m.Now.In(p.zone)).In(p.zone)
	if !takes {
		if len(list) > 0 && strip.IsZero() {
			strip = today
		}
		return turns{}, strip
	}
	return newTurns(list, today), time.Time{}
}

// alone sets when a board that stands for itself begins with what plays now.
func (p *Program) alone(now, before *turns, m schedule.Moment) {
	switch {
	case now.empty():
	case now.same(before):
		now.origin = before.origin
	case before.empty() || before.find(now.list[0].name()) < 0 && now.list[0].since.After(p.plays.asOf.Now.Add(-playlist.MaxCycle)):
		now.origin = m.Now
	default:
		now.follow(before, m.Now)
	}
}

// turn makes the turn of a notice: as long as the playlist says, in whole rounds
// of its pages, so that it stays until its last page was read.
func (p *Program) turn(s playlist.Slot, m schedule.Moment) turn {
	t := turn{Slot: s, phase: s.Notice.Phase(m.Now.In(p.zone))}
	t.pages = p.paginate(t.laid(), s.Notice, m)
	if t.phase != "" && s.Dwell > 0 {
		t.pages = paced(t.pages, s.Dwell)
	}
	t.length = max(length(t.pages), time.Second)
	if s.Notice.Kind != playlist.KindAlert && s.Dwell > t.length {
		if t.length *= (s.Dwell + t.length - 1) / t.length; len(t.pages) == 1 && !t.pages[0].Marquee {
			t.length = s.Dwell
		}
	}
	if t.since = p.lib.Since(s.Channel, s.Notice); !t.since.IsZero() && p.paired() && s.Notice.Kind != playlist.KindAlert {
		t.since = t.since.Add(notice)
	}
	if s.Notice.NotBefore.After(t.since) {
		t.since = s.Notice.NotBefore
	}
	return t
}

// paginate lays a notice out, once for as long as it plays, also when editions
// come and go meanwhile.
func (p *Program) paginate(n laid, of *playlist.Notice, m schedule.Moment) []led.Page {
	pages, ok := p.pages[n]
	if !ok {
		pages = lay(of, n.totals, p.settings, m)
		p.pages[n] = pages
	}
	return pages
}

// paced gives pages that change by themselves the time that the loop reckons with,
// which is the same on every day.
func paced(pages []led.Page, total time.Duration) []led.Page {
	sum := length(pages)
	if sum <= 0 {
		return pages
	}
	once := total / max((total+sum/2)/sum, 1)
	if 4*once < 3*sum {
		return pages // there is no time to read them in
	}
	out := slices.Clone(pages)
	left := once
	for i := range out {
		if i == len(out)-1 {
			out[i].Dwell = left
			break
		}
		out[i].Dwell = time.Duration(float64(once) * float64(out[i].Dwell) / float64(sum)).Truncate(time.Millisecond)
		left -= out[i].Dwell
	}
	return out
}

func lay(of *playlist.Notice, totals bool, s playlist.Settings, m schedule.Moment) []led.Page {
	panel := s.Screen.Panel
	if of.Kind != playlist.KindAlert {
		panel = led.NoticePanel(s.Screen, panel)
	}
	if pages := led.Paginate(of, panel, led.OptionsAt(s, totals, m.Now)); len(pages) > 0 {
		return pages
	}
	return []led.Page{led.Idle(s)}
}

// forget drops the pages of notices that do not play any more.
func (p *Program) forget() {
	keep := map[laid][]led.Page{}
	for _, of := range [][]turn{p.plays.loop.list, p.plays.alerts.list} {
		for _, t := range of {
			keep[t.laid()] = t.pages
		}
	}
	p.pages = keep
}

// allowed reports whether everything that plays may still be shown.
func (w *plays) allowed(m schedule.Moment) bool {
	for _, of := range [][]turn{w.loop.list, w.alerts.list} {
		for i := range of {
			if !of[i].Notice.Allows(m) {
				return false
			}
		}
	}
	return true
}

// lasting returns what was on last, if it may be shown still, for hours in which
// no rule plays anything.
func (p *Program) lasting(m schedule.Moment) *turn {
	w := &p.plays
	if w.last == nil && !w.asked {
		w.last, w.asked = p.recall(m), true
	}
	t := w.last
	if t == nil {
		return nil
	}
	n, ch, rev, ok := p.lib.Notice(t.Notice.ID, m)
	if !ok || ch != t.Channel || n.Kind == playlist.KindAlert || n.Version != t.Notice.Version {
		p.plays.last = nil
		return nil
	}
	t.Revision = rev
	if n.Phase(m.Now.In(p.zone)) != t.phase {
		now := p.turn(t.Slot, m)
		t, w.last = &now, &now
	}
	return t
}

// recall returns what must have been on when the loop ended, today or yesterday:
// a board that was started since shows it as well as one that was on.
func (p *Program) recall(m schedule.Moment) *turn {
	end := began(p.lib, m.Now)
	for range 2 {
		at := end.Add(-1)
		if slots, _ := p.lib.Programme(schedule.Sure(at)); len(slots) > 0 {
			list := make([]turn, len(slots))
			for i, s := range slots {
				list[i] = p.turn(s, schedule.Sure(at))
			}
			was := newTurns(list, began(p.lib, at))
			return &was.list[was.at(at).turn]
		}
		end = began(p.lib, at)
	}
	return nil
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

// settle takes a new library over. Boards of a pair do so at the instant that
// both keep, unless what is on may not be shown any more or there is an alert.
func (p *Program) settle(lib *playlist.Library, m schedule.Moment) (wait time.Time) {
	if lib == p.lib {
		p.next = nil
		return time.Time{}
	}
	if p.lib != nil && lib != nil && p.paired() && lib.Settings().Revision == p.settings.Revision {
		if p.next == nil {
			p.since = m.Now
		}
		if p.next != lib {
			p.prepare(lib, m)
		}
		at := lib.Created().Add(notice)
		if m.Now.Before(at) && at.Sub(p.since) <= 4*notice && p.harmless(lib, m) {
			return at
		}
	}
	former := p.settings.Revision
	p.lib, p.next = lib, nil
	p.settings = playlist.Settings{Screen: playlist.Screen{Kind: playlist.LED, Panel: p.panel}}
	p.zone = time.FixedZone("", 8*60*60)
	if lib != nil {
		p.settings, p.zone = lib.Settings(), lib.Zone()
		p.settings.Screen.Panel = p.board(p.settings.Screen.Panel)
		if p.unfit = !fits(p.settings.Screen); p.unfit {
			p.settings.Screen.Zones = nil
		}
	}
	if p.settings.Revision != former {
		clear(p.pages)
	} else if r := p.prepared; r.of == lib && r.pages != nil {
		select {
		case pages := <-r.pages:
			maps.Copy(p.pages, pages)
		default: // it takes longer than the boards wait
		}
	}
	p.prepared = prepared{}
	return time.Time{}
}

// prepared is a library whose new notices are being laid out.
type prepared struct {
	of    *playlist.Library
	pages chan map[laid][]led.Page // capacity 1
}

// prepare lays out what is new in lib while the board goes on with what it has:
// both boards of a pair shall be ready at the instant that they keep.
func (p *Program) prepare(lib *playlist.Library, m schedule.Moment) {
	r := prepared{lib, make(chan map[laid][]led.Page, 1)}
	p.prepared = r
	have := make(map[laid]bool, len(p.pages))
	for n := range p.pages {
		have[n] = true
	}
	settings, zone := p.settings, p.zone
	p.work.Go(func() {
		out := map[laid][]led.Page{}
		slots, _ := lib.Programme(m)
		for _, s := range slots {
			t := turn{Slot: s, phase: s.Notice.Phase(m.Now.In(zone))}
			if n := t.laid(); !have[n] && out[n] == nil {
				out[n] = lay(s.Notice, s.Totals, settings, m)
			}
		}
		r.pages <- out
	})
}

// harmless reports whether the board may go on for a moment without taking lib
// over: everything that plays is in it, and its alerts are the same.
func (p *Program) harmless(lib *playlist.Library, m schedule.Moment) bool {
	if p.next != lib {
		p.next, p.calm = lib, p.unchanged(lib, m)
	}
	return p.calm
}

func (p *Program) unchanged(lib *playlist.Library, m schedule.Moment) bool {
	alerts := lib.Alerts(m)
	if len(alerts) != len(p.plays.alerts.list) {
		return false
	}
	for i := range p.plays.alerts.list {
		if !lib.Holds(p.plays.alerts.list[i].Notice.ID, p.plays.alerts.list[i].Notice.Version) {
			return false
		}
	}
	for i := range p.plays.loop.list {
		t := &p.plays.loop.list[i]
		if n, _, _, ok := lib.Notice(t.Notice.ID, m); !ok || n.Version != t.Notice.Version {
			return false
		}
	}
	return true
}
