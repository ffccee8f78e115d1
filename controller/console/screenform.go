package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

// screenForm is the form of a screen's data, every field as it was typed.
type screenForm struct {
	Was              string // mark of the screen that the form was filled from
	Site             string
	Name, Place      string
	Outdoor          bool
	Language         string
	Width, Height    string // pixels or dots
	WidthMM, HighMM  string
	BottomMM         string
	Colours          string
	Tags             string
	Reader           string // metres
	Pair             string
	Division         string // a preset's ID, or drawn for the rows
	Weather, Slogan  string // columns of a preset's texts
	Zones            []zoneForm
	Light            string // always, sun or table
	Day, Night, Cap  string // per cent
	DarkFrom, DarkTo string
	Table            []lightForm
	Volume           string // per cent; nothing leaves it to the machine
}

type zoneForm struct{ Kind, X, Y, Width, Height, Column string }

type lightForm struct{ At, Percent string }

// drawn means that the zones are the rows of the form.
const drawn = "drawn"

// The ways in which a board knows how bright to be.
const (
	lightAlways = "always"
	lightSun    = "sun"
	lightTable  = "table"
)

// Room that a form has for zones and points of a timetable, at least.
const (
	zoneRows  = 4
	lightRows = 4
)

func readScreen(f url.Values) screenForm {
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	s := screenForm{
		Was: get("was"), Site: get("site"), Name: get("name"), Place: get("place"), Outdoor: get("outdoor") != "", Language: get("language"),
		Width: get("width"), Height: get("height"), WidthMM: get("width_mm"), HighMM: get("height_mm"), BottomMM: get("bottom_mm"),
		Colours: get("colours"), Tags: get("tags"), Reader: get("reader"), Pair: get("pair"), Division: get("division"),
		Weather: get("weather"), Slogan: get("slogan"), Light: get("light"), Day: get("day"), Night: get("night"), Cap: get("cap"),
		DarkFrom: get("dark_from"), DarkTo: get("dark_to"), Volume: get("volume"),
	}
	column := func(name string, i int) string {
		if all := f[name]; i < len(all) {
			return strings.TrimSpace(all[i])
		}
		return ""
	}
	for i := range f["zone_kind"] {
		s.Zones = append(s.Zones, zoneForm{column("zone_kind", i), column("zone_x", i), column("zone_y", i), column("zone_w", i), column("zone_h", i), column("zone_column", i)})
	}
	for i := range f["light_at"] {
		s.Table = append(s.Table, lightForm{column("light_at", i), column("light_percent", i)})
	}
	s.room()
	return s
}

// room drops what is empty and adds rows to fill in.
func (f *screenForm) room() {
	f.Zones = slices.DeleteFunc(f.Zones, func(z zoneForm) bool { return z.Kind == "" })
	for range zoneRows {
		f.Zones = append(f.Zones, zoneForm{})
	}
	f.Table = slices.DeleteFunc(f.Table, func(l lightForm) bool { return l == lightForm{} })
	for len(f.Table) < lightRows {
		f.Table = append(f.Table, lightForm{})
	}
}

// digits writes a number, and nothing for 0.
func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// screenFormOf fills the form from a screen.
func screenFormOf(s playlist.Screen, language string) screenForm {
	f := screenForm{
		Site: string(s.Site), Name: s.Name, Place: s.Place, Outdoor: s.Outdoor, Language: language,
		Width: digits(s.Panel.Width), Height: digits(s.Panel.Height), WidthMM: digits(s.Panel.WidthMM), HighMM: digits(s.Panel.HeightMM),
		BottomMM: digits(s.Panel.BottomMM), Colours: string(s.Panel.Colours), Tags: strings.Join(s.Tags, "、"), Reader: digits(s.ReaderM), Pair: s.Pair,
		Light: lightAlways, Day: "100", Night: "30",
	}
	if s.Volume != nil {
		f.Volume = strconv.Itoa(*s.Volume)
	}
	f.Division, f.Weather, f.Slogan = division(s)
	for _, z := range s.Zones {
		f.Zones = append(f.Zones, zoneForm{string(z.Kind), strconv.Itoa(z.X), strconv.Itoa(z.Y), strconv.Itoa(z.Width), strconv.Itoa(z.Height), string(z.Column)})
	}
	if l := s.Light; l != nil {
		f.Day, f.Night, f.Cap = strconv.Itoa(l.Day), digits(l.Night), digits(l.Cap)
		switch {
		case len(l.Table) > 0:
			f.Light = lightTable
		case l.Sun:
			f.Light = lightSun
		}
		for _, p := range l.Table {
			f.Table = append(f.Table, lightForm{p.At.String(), strconv.Itoa(p.Percent)})
		}
		if l.Dark != nil {
			f.DarkFrom, f.DarkTo = l.Dark.From.String(), l.Dark.To.String()
		}
	}
	f.room()
	return f
}

// division finds the preset that the zones of a screen come from, with the
// columns of its texts.
func division(s playlist.Screen) (id, weather, slogan string) {
	for _, p := range led.Presets(s.Panel) {
		same := slices.EqualFunc(p.Zones, s.Zones, func(a, b playlist.Zone) bool {
			b.Column = ""
			return a == b
		})
		if !same {
			continue
		}
		texts := 0
		for _, z := range s.Zones {
			if z.Kind != playlist.TextZone {
				continue
			}
			if texts++; texts == 1 {
				weather = string(z.Column)
			} else {
				slogan = string(z.Column)
			}
		}
		return p.ID, weather, slogan
	}
	return drawn, "", ""
}

// preset returns the zones of a preset with columns for its texts.
func preset(panel playlist.Panel, id, weather, slogan string) ([]playlist.Zone, bool) {
	for _, p := range led.Presets(panel) {
		if p.ID != id {
			continue
		}
		zones := slices.Clone(p.Zones)
		texts := 0
		for i := range zones {
			if zones[i].Kind != playlist.TextZone {
				continue
			}
			if texts++; texts == 1 {
				zones[i].Column = playlist.ColumnID(weather)
			} else {
				zones[i].Column = playlist.ColumnID(slogan)
			}
		}
		return zones, true
	}
	return nil, false
}

// reader reads numbers and times of a form and keeps what cannot be read.
type reader struct{ problems []playlist.Problem }

func (r *reader) wrong(field, zh, en string) {
	r.problems = append(r.problems, playlist.Problem{Field: field, Code: "invalid", Message: zh, MessageEn: en, Severity: playlist.Wrong})
}

// numeral makes what people type into a field for numbers a numeral: full-width
// digits as an input method leaves them, and the unit that the label names.
func numeral(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, text)
	for _, unit := range []string{"毫米", "mm", "米", "m", "％", "%", "分钟", "min", "秒", "天", "点", "条"} {
		if short, ok := strings.CutSuffix(text, unit); ok {
			return strings.TrimSpace(short)
		}
	}
	return text
}

// number reads a whole number; nothing is 0.
func (r *reader) number(field, text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(numeral(text))
	if err != nil {
		r.wrong(field, fmt.Sprintf("“%s”不是整数", text), fmt.Sprintf("%q is not a whole number", text))
	}
	return n
}

func (r *reader) clock(field, text string) schedule.Clock {
	c, err := schedule.ParseClock(text)
	if err != nil {
		r.wrong(field, "时刻应写成 18:30", "a time of day is written 18:30")
	}
	return c
}

// screen reads the form into a screen. base is what is changed; its ID and kind
// stay.
func (f screenForm) screen(base playlist.Screen) (playlist.Screen, []playlist.Problem) {
	var r reader
	s := playlist.Screen{
		ID: base.ID, Kind: base.Kind, Site: playlist.SiteID(f.Site), Name: f.Name, Place: f.Place, Outdoor: f.Outdoor,
		Panel: playlist.Panel{
			Width: r.number("panel.width", f.Width), Height: r.number("panel.width", f.Height),
			WidthMM: r.number("panel.width_mm", f.WidthMM), HeightMM: r.number("panel.width_mm", f.HighMM), BottomMM: r.number("panel.bottom_mm", f.BottomMM),
		},
		Tags: ruleForm{OtherTags: f.Tags}.tags(),
	}
	if s.Kind != playlist.LED {
		s.Light, s.Volume = f.hours(&r), f.volume(&r)
		return s, r.problems
	}
	s.Panel.Colours = playlist.LEDColours(f.Colours)
	s.ReaderM, s.Pair = r.number("reader_m", f.Reader), f.Pair
	if zones, ok := preset(s.Panel, f.Division, f.Weather, f.Slogan); ok {
		s.Zones = zones
	} else if f.Division == drawn {
		s.Zones = f.zones(&r)
	} else {
		r.wrong("zones", "这块屏太小，分不成这样", "the board is too small to be divided like this")
	}
	s.Light = f.light(&r)
	return s, r.problems
}

func (f screenForm) zones(r *reader) []playlist.Zone {
	var out []playlist.Zone
	for _, z := range f.Zones {
		if z.Kind == "" {
			continue
		}
		out = append(out, playlist.Zone{
			Kind: playlist.ZoneKind(z.Kind), X: r.number("zones", z.X), Y: r.number("zones", z.Y),
			Width: r.number("zones", z.Width), Height: r.number("zones", z.Height), Column: playlist.ColumnID(z.Column),
		})
	}
	return out
}

// hours reads how bright a touchscreen is, and when; nil for full brightness
// always.
func (f screenForm) hours(r *reader) *playlist.Light {
	l := &playlist.Light{Day: 100}
	if f.Day != "" {
		l.Day = r.number("light.day", f.Day)
	}
	l.Night = l.Day
	switch {
	case f.DarkFrom == "" && f.DarkTo == "":
	case f.DarkFrom == "" || f.DarkTo == "":
		r.wrong("light.dark", "开屏时间和关屏时间要一起填，或者都不填", "fill in both when it comes on and when it goes off, or neither")
	default:
		l.Dark = &schedule.Span{From: r.clock("light.dark", f.DarkFrom), To: r.clock("light.dark", f.DarkTo)}
	}
	if l.Day == 100 && l.Dark == nil {
		return nil
	}
	return l
}

// volume reads how loud a touchscreen is; nil leaves it to the machine.
func (f screenForm) volume(r *reader) *int {
	if f.Volume == "" {
		return nil
	}
	n := r.number("volume", f.Volume)
	return &n
}

// light reads how bright the board is; nil for full brightness always.
func (f screenForm) light(r *reader) *playlist.Light {
	l := &playlist.Light{Day: r.number("light.day", f.Day), Night: r.number("light.night", f.Night), Cap: r.number("light.cap", f.Cap)}
	switch f.Light {
	case lightSun:
		l.Sun = true
	case lightTable:
		for _, p := range f.Table {
			if p != (lightForm{}) {
				l.Table = append(l.Table, playlist.LightPoint{At: r.clock("light.table", p.At), Percent: r.number("light.table", p.Percent)})
			}
		}
		if len(l.Table) == 0 {
			r.wrong("light.table", "请写时间表，至少一行", "a timetable has at least one line")
		}
		slices.SortStableFunc(l.Table, func(a, b playlist.LightPoint) int { return int(a.At - b.At) })
	}
	if f.DarkFrom != "" || f.DarkTo != "" {
		l.Dark = &schedule.Span{From: r.clock("light.dark", f.DarkFrom), To: r.clock("light.dark", f.DarkTo)}
	}
	if !l.Sun && len(l.Table) == 0 && l.Day == 100 && l.Cap == 0 && l.Dark == nil {
		return nil
	}
	return l
}

// screenField maps the fields of a screen to those of its form.
func screenField(field string) string {
	switch name, rest, _ := strings.Cut(field, "."); {
	case strings.HasPrefix(name, "zones"):
		return "zones"
	case name == "light" && strings.HasPrefix(rest, "table"):
		return "table"
	case name == "light" && strings.HasPrefix(rest, "dark"):
		return "dark"
	case name == "light":
		if rest == "night" || rest == "cap" {
			return rest
		}
		return "day"
	case name == "panel":
		switch rest {
		case "width", "height":
			return "width"
		case "width_mm", "height_mm":
			return "width_mm"
		}
		return rest
	case strings.HasPrefix(name, "tags"):
		return "tags"
	case name == "reader_m":
		return "reader"
	case slices.Contains([]string{"site", "name", "place", "pair", "language", "volume"}, name):
		return name
	}
	return "name"
}
