package led

import (
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/lunar"
	"mingbai/playlist/schedule"
)

// TakesOver reports whether an alert has the whole board: red and orange always,
// yellow and blue where the screen has no zone for them (L28).
func TakesOver(n *playlist.Notice, s playlist.Screen) bool {
	if n.Alert == nil {
		return false
	}
	if n.Alert.Colour == playlist.Red || n.Alert.Colour == playlist.Orange {
		return true
	}
	for _, z := range s.Zones {
		if z.Kind == playlist.AlertZone {
			return false
		}
	}
	return true
}

// ZonePages returns what a zone shows by itself, one page after the other, for
// ever; nothing for the notices, which the player chooses. They change with the
// day, with the library and with the moment's windows, so they are asked for
// anew at least every minute; lib may be nil.
func ZonePages(z playlist.Zone, s playlist.Settings, lib *playlist.Library, m schedule.Moment) []Page {
	b := box{w: z.Width, h: z.Height}
	switch z.Kind {
	case playlist.NameZone:
		return b.plate(siteName(s), Plain)
	case playlist.ClockZone:
		return b.clock()
	case playlist.DateZone:
		return b.date(schedule.DateOf(m.Now.In(zoneOf(s, lib))))
	case playlist.PhoneZone:
		return b.phone(s)
	case playlist.TextZone:
		if n := newest(z.Column, s.Screen, lib, m); n != nil {
			text := n.LED
			if text == "" {
				text = n.Title
			}
			return of(n, b.prose(text, Plain))
		}
		return b.plate(siteName(s), Quiet)
	case playlist.AlertZone:
		var out []Page
		if lib != nil {
			for _, n := range lib.Alerts(m) {
				if !TakesOver(n, s.Screen) {
					out = append(out, of(n, Paginate(n, zonePanel(s.Screen.Panel, z), OptionsFor(s, false)))...)
				}
			}
		}
		if out == nil {
			// A strip that is dark most of the year is better used for the
			// number that everybody should know (A21).
			return b.phone(s)
		}
		return out
	}
	return nil
}

// of says on pages whose they are, so that they are counted as shown.
func of(n *playlist.Notice, pages []Page) []Page {
	for i := range pages {
		pages[i].Notice = n
	}
	return pages
}

// newest is the newest notice of a column that may be shown. One with names of
// people in need is passed over where all the street can read it (V09).
func newest(column playlist.ColumnID, screen playlist.Screen, lib *playlist.Library, m schedule.Moment) *playlist.Notice {
	if lib == nil || column == "" {
		return nil
	}
	for _, n := range lib.List(playlist.Query{Column: column}, m) {
		if !screen.Outdoor || !n.Exposes() {
			return n
		}
	}
	return nil
}

func siteName(s playlist.Settings) string {
	if len(s.Path) > 0 {
		return s.Path[0].Name
	}
	return "明白"
}

func zoneOf(s playlist.Settings, lib *playlist.Library) *time.Location {
	if lib != nil {
		return lib.Zone()
	}
	name := s.Zone
	if name == "" {
		name = playlist.DefaultZone
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}

// PageAt returns which of pages is on after running, with how long it has been
// and how long it stays. After the last the first comes again. pages must not be
// empty.
func PageAt(pages []Page, running time.Duration) (page Page, elapsed, left time.Duration) {
	var total time.Duration
	for _, p := range pages {
		total += p.Dwell
	}
	if total <= 0 {
		return pages[0], running, time.Minute
	}
	in := running % total
	if in < 0 {
		in += total
	}
	for _, p := range pages {
		if in < p.Dwell {
			return p, in, p.Dwell - in
		}
		in -= p.Dwell
	}
	return pages[0], 0, pages[0].Dwell
}

func (b box) clock() []Page {
	size, _ := b.fit("00:00")
	return []Page{{Lines: []Line{{Text: "{time}", Clock: true, Size: size, Tone: Figure}}, Dwell: platesDwell}}
}

// phone is the number for complaints, with its label where there is room.
func (b box) phone(s playlist.Settings) []Page {
	number := s.Hotline
	if number == "" {
		return b.plate(siteName(s), Quiet)
	}
	const label = "监督电话"
	one, okOne := b.fit(label + " " + number)
	two, okTwo := b.fit(label, number)
	switch {
	case okTwo && (!okOne || two > one):
		p := still(two, Plain, label, number)
		p.Lines[1].Tone = Figure
		return []Page{p}
	case okOne:
		return []Page{still(one, Plain, label+" "+number)}
	}
	return b.prose(label+" "+number, Plain)
}

// date is the day, the day of the week, and the day of the farmers' calendar with
// what falls on it: a festival or a solar term.
func (b box) date(d schedule.Date) []Page {
	day := d.In(time.UTC)
	civil := clockText("{date}", day)
	week := clockText("{week}", day)
	farm := ""
	if l, ok := lunar.Of(d); ok {
		farm = l.String()
	}
	special := strings.TrimSpace(lunar.Festival(d) + " " + lunar.Term(d))
	// Sizes are those of the longest day of the year, so that they do not change
	// with the date.
	const longDay, longWeek, longFarm = "12月22日", "星期三", "闰十月廿三"
	type set struct{ lines, longest []string }
	sets := []set{
		{[]string{civil + " " + week, "农历" + farm}, []string{longDay + " " + longWeek, "农历" + longFarm}},
		{[]string{civil + " " + week, farm}, []string{longDay + " " + longWeek, longFarm}},
		{[]string{civil + " " + week + " " + farm}, []string{longDay + " " + longWeek + " " + longFarm}},
		{[]string{civil, week, farm}, []string{longDay, longWeek, longFarm}},
	}
	best, at := 0, -1
	for i, s := range sets {
		if size, ok := b.fit(s.longest...); ok && size > best {
			best, at = size, i
		}
	}
	if at < 0 || best < 16 {
		// The one after the other, if that is any larger.
		pages := [][]string{{civil + " " + week}, {strings.TrimSpace(farm + " " + special)}}
		if size, ok := b.fit(civil, week); ok && size > best {
			pages[0] = []string{civil, week}
		}
		var out []Page
		smallest := 1000
		for _, lines := range pages {
			if size, ok := b.fit(lines...); ok && lines[0] != "" {
				out = append(out, still(size, Plain, lines...))
				smallest = min(smallest, size)
			}
		}
		if len(out) > 0 && (at < 0 || smallest > best) {
			return out
		}
		if at < 0 {
			return b.prose(civil+" "+week, Plain)
		}
	}
	s := sets[at]
	p := still(best, Plain, s.lines...)
	last := len(s.lines) - 1
	p.Lines[last].Tone = Quiet
	if special == "" {
		return []Page{p}
	}
	if with := s.lines[last] + " " + special; measure(with, best) <= b.w {
		p.Lines[last].Text = with
		return []Page{p}
	}
	if measure(farm+" "+special, best) <= b.w && last > 0 {
		p.Lines[last].Text = farm + " " + special
		return []Page{p}
	}
	other := still(best, Plain, s.lines...)
	if measure(special, best) <= b.w {
		other.Lines[last].Text = special
		other.Lines[last].Tone = Figure
		return []Page{p, other}
	}
	return []Page{p}
}
