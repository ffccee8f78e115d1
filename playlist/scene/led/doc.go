// Package led lays notices out for boards of LED dots: one idea a page, broken
// at phrases, in whole dots. Paginate turns a notice into pages with the time
// that each needs; Frame draws one page at an instant, one pixel a dot.
//
// It promises that no sentence is cut off, that an exercise says so on every
// page, and that notices with names of people are shown as totals only where the
// caller says that all the street can read them. Which notice is on and for how
// long the loop runs is left to the player.
package led

import (
	"time"

	"mingbai/playlist"
)

// Tone is what a colour means; the board decides how it looks.
type Tone uint8

// The tones. The alert tones are the official levels.
const (
	Plain Tone = iota
	Figure
	Quiet
	AlertRed
	AlertOrange
	AlertYellow
	AlertBlue
	Relief
)

// Align is where a line stands.
type Align uint8

// The alignments.
const (
	Centre Align = iota
	Left
	Spread // Text at the left, End at the right
)

// Line is one line of dots.
type Line struct {
	Text  string
	End   string // at the right, with Spread
	Size  int    // one of dotfont.Sizes
	Tone  Tone
	Align Align
	Clock bool   // Text is a layout for the time of the frame
	Cells []Cell // a row of a table instead of Text
}

// Cell is a part of a row that stands at a place of its own, so that the parts of
// several rows stand below one another.
type Cell struct {
	Text  string
	X     int  // dots from the left of the room that the page has, to the left edge
	Right bool // X is the right edge
	Rule  bool // instead of Text a rule from the top of the line to its foot
	Mark  bool // dark on a lit field: the board's own village
	Arrow bool // instead of Text an arrow at the name that follows: the board's own village
}

// Band is the field of a warning's level on each of its pages.
type Band struct {
	Tone     Tone
	Type     string // 暴雨
	Level    string // 红色预警
	Exercise bool
	Apart    bool // the board is too small for band and text at once: the band has a page of its own
	Alone    bool // and this is it: its words stand between two lit fields
}

// Page is what a board shows at once.
type Page struct {
	Lines   []Line
	Band    *Band
	Marquee bool // one line that passes from right to left
	Dwell   time.Duration
	Notice  *playlist.Notice // that a zone shows, on the pages of ZonePages; nil where the words are no notice's
}

// Text returns what the page says, lines joined by spaces.
func (p Page) Text() string {
	out := ""
	for _, l := range p.Lines {
		said := []string{l.Text, l.End}
		for _, c := range l.Cells {
			said = append(said, c.Text)
		}
		for _, t := range said {
			if t == "" || l.Clock {
				continue
			}
			if out != "" {
				out += " "
			}
			out += t
		}
	}
	return out
}

// Options is what a board needs to know beside the notice.
type Options struct {
	Totals   bool              // never names or rows, totals only (V09)
	Own      []playlist.SiteID // the board's own site and those above it: its village comes first
	Exercise bool              // an exercise runs: every page says 演练
	Zone     *time.Location    // in which times are said; nil says them as they are written
	Now      time.Time         // on the screen's clock, for what changes by itself; zero is as on its first day
	Least    int               // height in dots that the farthest reader needs, Screen.DotsFor(ReadWell); 0 is not known
}

// OptionsAt returns OptionsFor at an instant, which says who of a roster is on
// duty.
func OptionsAt(s playlist.Settings, totals bool, at time.Time) Options {
	o := OptionsFor(s, totals)
	zone := o.Zone
	if zone == nil {
		zone = zoneOf(s, nil)
	}
	o.Now = at.In(zone)
	return o
}

// OptionsFor returns the options of a screen for a notice that may show its
// totals only or all of it. OptionsAt knows the time besides.
func OptionsFor(s playlist.Settings, totals bool) Options {
	o := Options{Totals: totals, Least: s.Screen.DotsFor(playlist.ReadWell)}
	if s.Zone != "" {
		if zone, err := time.LoadLocation(s.Zone); err == nil {
			o.Zone = zone
		}
	}
	for _, site := range s.Path {
		o.Own = append(o.Own, site.ID)
	}
	return o
}

// Pace returns how long notices are on the board of these settings: as long as
// their pages need once through. It is what playlist.WithPace takes.
func Pace(s playlist.Settings) playlist.Pace {
	panel := NoticePanel(s.Screen, s.Screen.Panel)
	all, only := OptionsFor(s, false), OptionsFor(s, true)
	return func(n *playlist.Notice, totals bool) (total time.Duration) {
		o := all
		if totals {
			o = only
		}
		for _, p := range Paginate(n, panel, o) {
			total += p.Dwell
		}
		return total
	}
}

// NoticePanel returns the part of a panel on which notices run: their zone, or
// all of it.
func NoticePanel(s playlist.Screen, panel playlist.Panel) playlist.Panel {
	for _, z := range s.Zones {
		if z.Kind == playlist.NoticeZone {
			panel.WidthMM, panel.HeightMM = panel.WidthMM*z.Width/max(panel.Width, 1), panel.HeightMM*z.Height/max(panel.Height, 1)
			panel.Width, panel.Height = z.Width, z.Height
			break
		}
	}
	return panel
}

// Part is what one zone of a board shows.
type Part struct {
	Zone    playlist.Zone
	Page    Page
	Elapsed time.Duration // since the page came on
}
