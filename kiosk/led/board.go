package led

import (
	"image"
	"math"
	"slices"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/light"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// view is what has the board, or its zone of notices, at an instant.
type view struct {
	page  *led.Page
	plate string    // of a page that is no notice's
	began time.Time // when the page came on
	until time.Time // when another comes
	whole bool      // it has the whole board, whatever its zones
	alert playlist.AlertColour
	show  wire.Showing
}

// plate is a page of the board's own.
func plate(name, why string, page led.Page, at time.Time) view {
	return view{page: &page, plate: name + page.Text(), began: at, until: at.Add(heartbeat), show: wire.Showing{Page: name, Why: why}}
}

// choose decides what is on.
func (p *Program) choose(status kiosk.Status, m schedule.Moment, at time.Time) view {
	w := &p.plays
	whole := func(v view) view { v.whole = true; return v }
	switch {
	case status.Identify.After(m.Now):
		return whole(plate("identify", "技术人员要求显示屏幕名称", led.Identify(p.settings), at))
	case p.lib == nil && !status.Enrolled:
		return whole(plate("pairing", "", led.Pairing(p.panel, status.Code), at))
	case p.lib == nil:
		return whole(plate("fallback", "还没有收到任何内容", led.Idle(p.settings), at))
	case !w.alerts.empty():
		v, t := p.view(&w.alerts, at, "alert")
		v.alert, v.show.Why = t.Notice.Alert.Colour, "正在播放预警："+t.Notice.Title
		return whole(v)
	case !w.loop.empty():
		v, t := p.view(&w.loop, at, "loop")
		if v.show.Why = w.reason; at.Sub(t.since) < playlist.MaxCycle {
			v.show.Why = "刚刚发布，立即播放；" + w.reason
		}
		last := *t
		w.last = &last
		return v
	}
	if t := p.lasting(m); t != nil {
		alone := newTurns([]turn{*t}, schedule.DateOf(m.Now.In(p.zone)).In(p.zone))
		v, _ := p.view(&alone, at, "loop")
		v.show.Why = "此刻没有内容可播，保留上一条；" + w.reason
		return v
	}
	room := p.settings
	room.Screen.Panel = led.NoticePanel(room.Screen, room.Screen.Panel)
	return plate("fallback", "此刻没有内容可播；"+w.reason, led.Idle(room), at)
}

// view is what of some turns is on.
func (p *Program) view(t *turns, at time.Time, page string) (view, *turn) {
	o := t.at(at)
	s := &t.list[o.turn]
	return view{page: o.page, began: o.began, until: o.until, show: wire.Showing{
		Page: page, Notice: s.Notice.ID, Version: s.Notice.Version, Channel: s.Channel, Revision: s.Revision,
	}}, s
}

// fits reports whether the zones of a screen lie on its panel. The dots of the
// machine count, not those that somebody wrote into a form.
func fits(s playlist.Screen) bool {
	board := image.Rect(0, 0, s.Panel.Width, s.Panel.Height)
	notices := 0
	for _, z := range s.Zones {
		area := image.Rect(z.X, z.Y, z.X+z.Width, z.Y+z.Height)
		if z.Width <= 0 || z.Height <= 0 || !area.In(board) {
			return false
		}
		if z.Kind == playlist.NoticeZone {
			notices++
		}
	}
	return len(s.Zones) == 0 || notices == 1
}

// zones are the pages of a board's zones, made anew with the minute and with
// what plays.
type zones struct {
	lib    *playlist.Library
	minute time.Time
	asOf   time.Time
	list   []turns                           // by zone; that of the notices is empty
	shows  map[*playlist.Notice]wire.Showing // what to say of the notices that zones show
}

func (p *Program) refreshZones(m schedule.Moment) {
	k := &p.zones
	minute := m.Now.Truncate(time.Minute)
	if k.lib == p.lib && k.minute.Equal(minute) && k.asOf.Equal(p.plays.asOf.Now) {
		return
	}
	k.lib, k.minute, k.asOf, k.list = p.lib, minute, p.plays.asOf.Now, k.list[:0]
	k.shows = map[*playlist.Notice]wire.Showing{}
	for _, z := range p.settings.Screen.Zones {
		origin := epoch
		if z.Kind == playlist.AlertZone && !p.plays.strip.IsZero() {
			origin = p.plays.strip
		}
		pages := led.ZonePages(z, p.settings, p.lib, m)
		k.note(pages, m)
		k.list = append(k.list, forever(pages, origin))
	}
}

// part is one page on the board.
type part struct {
	zone playlist.Zone
	page *led.Page
	on   on
}

// parts returns the pages that are on the board at an instant.
func (p *Program) parts(v view, m schedule.Moment, at time.Time) []part {
	main := part{page: v.page, on: on{page: v.page, began: v.began, until: v.until}}
	p.now = p.now[:0]
	if v.whole || len(p.settings.Screen.Zones) == 0 {
		return append(p.now, main)
	}
	p.refreshZones(m)
	for i, z := range p.settings.Screen.Zones {
		switch {
		case z.Kind == playlist.NoticeZone:
			main.zone = z
			p.now = append(p.now, main)
		case !p.zones.list[i].empty():
			o := p.zones.list[i].at(at)
			p.now = append(p.now, part{zone: z, page: o.page, on: o})
		}
	}
	return p.now
}

// drawn says of what a picture is.
type drawn struct {
	of      []what
	whole   bool
	lib     *playlist.Library
	percent float64
	rare    bool // with all rare characters
}

// what is one page in a picture.
type what struct {
	page   *led.Page
	plate  string        // in place of page, for pages that are made anew every time
	passed time.Duration // of a page that moves
	minute time.Time     // of a page with a clock
}

func (d *drawn) same(o *drawn) bool {
	return d.whole == o.whole && d.lib == o.lib && d.percent == o.percent && d.rare == o.rare && slices.Equal(d.of, o.of)
}

// draw returns the picture of some parts, the last one when nothing in it has
// changed.
func (p *Program) draw(v view, parts []part, percent float64, m schedule.Moment, at time.Time) *scene.Frame {
	d := drawn{whole: v.whole, lib: p.lib, percent: percent, rare: p.rare.whole, of: make([]what, 0, len(parts))}
	for _, t := range parts {
		w := what{page: t.page}
		if t.page == v.page && v.plate != "" {
			w = what{plate: v.plate}
		}
		if t.page.Marquee {
			w.passed = at.Sub(t.on.began)
		}
		if clock(t.page) {
			w.minute = m.Now.Truncate(time.Minute)
		}
		d.of = append(d.of, w)
	}
	if p.picture != nil && d.same(&p.drawn) {
		return p.picture
	}
	p.drawn = d
	panel := p.settings.Screen.Panel
	if percent <= 0 {
		p.picture = led.Dim(&scene.Frame{Size: image.Pt(panel.Width, panel.Height)}, 0)
		return p.picture
	}
	var f *scene.Frame
	if v.whole || len(p.settings.Screen.Zones) == 0 {
		f = led.Frame(*parts[0].page, panel, at.Sub(parts[0].on.began), m, p.zone)
	} else {
		list := make([]led.Part, len(parts))
		for i, t := range parts {
			list[i] = led.Part{Zone: t.zone, Page: *t.page, Elapsed: at.Sub(t.on.began)}
		}
		f = led.Compose(panel, list, m, p.zone)
	}
	p.picture = led.Dim(f, percent)
	return p.picture
}

// clock reports whether a page shows the time.
func clock(p *led.Page) bool {
	return slices.ContainsFunc(p.Lines, func(l led.Line) bool { return l.Clock })
}

// lamps is how bright the board is. The light is asked for once a second: the
// sun is no faster.
type lamps struct {
	ramp  light.Ramp
	asked int64 // the second
	alert playlist.AlertColour
	level light.Level
	wish  wish
	shown float64 // per cent, at the last look
}

// full reports whether a board without settings of light has nothing to come back
// from.
func (k *lamps) full() bool { return k.asked == 0 || k.wish == wish{} && k.shown >= 100 }

// level is how bright the board should be at m: by its settings, and by what a
// technician asked for since. Who darkened the board did not mean red and orange
// alerts.
func (p *Program) level(l *playlist.Light, v view, status kiosk.Status, m schedule.Moment) light.Level {
	level := light.At(l, p.settings.Place, p.zone, m.Now)
	if v.alert != "" {
		level = light.ForAlert(l, p.settings.Place, p.zone, m.Now, v.alert)
	}
	if status.Brightness > 0 && !level.Dark {
		level.Percent = float64(status.Brightness)
	}
	if status.Dark.After(m.Now) && v.alert != playlist.Red && v.alert != playlist.Orange {
		level.Percent, level.Dark = 0, true
	}
	return level
}

// shine returns how bright the board is, in half per cent, and when it wants to
// be drawn again because that changes. dark says that nothing is to be seen.
func (p *Program) shine(v view, status kiosk.Status, m schedule.Moment, now time.Time) (percent float64, again time.Duration, dark bool) {
	l, k := p.settings.Screen.Light, &p.lamps
	asked := wish{status.Dark.After(m.Now), status.Brightness}
	if l == nil {
		if asked == (wish{}) && k.full() {
			p.lamps = lamps{}
			return 100, 0, false
		}
		if k.asked == 0 {
			k.ramp.Alert(100, now) // it was bright until now
			k.level.Percent = 100
		}
	}
	if second := m.Now.Unix(); second != k.asked || v.alert != k.alert || asked != k.wish {
		before := k.level.Percent
		k.asked, k.alert, k.wish = second, v.alert, asked
		if k.level = p.level(l, v, status, m); math.Abs(k.level.Percent-before) > 2 {
			k.ramp.Toward(before, now) // it begins to change now, not at the last look
		}
	}
	switch {
	case v.alert != "":
		percent, again = k.ramp.Alert(k.level.Percent, now)
	case v.whole:
		// A technician or nobody's board yet: what stands there must be read.
		percent, again = k.ramp.Alert(max(k.level.Percent, 10), now)
		k.shown = percent
		return math.Ceil(percent*2) / 2, again, false
	default:
		percent, again = k.ramp.Toward(k.level.Percent, now)
	}
	k.shown = percent
	return math.Ceil(percent*2) / 2, again, k.level.Dark
}

// wish is what a technician asked for.
type wish struct {
	dark       bool
	brightness int
}

// board keeps the dots that the machine was configured with: they are where the
// sending card reads them.
func (p *Program) board(asked playlist.Panel) playlist.Panel {
	asked.Width, asked.Height = p.panel.Width, p.panel.Height
	if asked.Colours == "" {
		asked.Colours = p.panel.Colours
	}
	return asked
}

var _ player.Program = (*Program)(nil)
