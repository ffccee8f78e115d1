package specimen

import (
	"fmt"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
)

// The columns of the texts that run in zones of their own.
const (
	WeatherColumn playlist.ColumnID = "weather"
	SloganColumn  playlist.ColumnID = "slogan"
)

// Weather and Slogan are the notices of those columns.
func Weather() *playlist.Notice {
	n := short("tianqi-1120", WeatherColumn, "今天天气", "青禾县气象台", "通知", day(time.November, 20), "今天多云转晴，最高气温16度，最低气温7度，东北风2级。", nil)
	n.Site, n.LED = "qinghe", "今天多云转晴，7到16度，东北风2级。明天晴，5到17度。"
	return n
}

// Slogan is a text that is approved like any other.
func Slogan() *playlist.Notice {
	n := short("biaoyu-2026", SloganColumn, "森林防火人人有责", "青禾县人民政府", "公告", day(time.November, 1), "森林防火，人人有责。", nil)
	n.Site, n.LED = "qinghe", "森林防火，人人有责"
	return n
}

// Banner is a yellow alert, which has a strip of its own where a board has one.
func Banner() *playlist.Notice {
	n := Alert()
	a := *n.Alert
	a.Colour, a.Type, a.Action, a.Area = playlist.Yellow, "大风", "加固棚架，远离广告牌和高大树木", "望川镇、石岭镇"
	n.ID, n.Title, n.Alert = "dafeng-1120", "大风黄色预警", &a
	return n
}

// Zoned are the settings of a board that is divided as a preset says.
func Zoned(panel playlist.Panel, preset string) (playlist.Settings, error) {
	s := Settings("hall", panel)
	s.Screen.Kind = playlist.LED
	for _, p := range led.Presets(panel) {
		if p.ID != preset {
			continue
		}
		texts := []playlist.ColumnID{WeatherColumn, SloganColumn}
		for _, z := range p.Zones {
			if z.Kind == playlist.TextZone && len(texts) > 0 {
				z.Column, texts = texts[0], texts[1:]
			}
			s.Screen.Zones = append(s.Screen.Zones, z)
		}
		return s, nil
	}
	return s, fmt.Errorf("a board of %d×%d dots has no division %q", panel.Width, panel.Height, preset)
}

// ZonedLibrary is Library with the weather and the slogan.
func ZonedLibrary(s playlist.Settings, with ...*playlist.Notice) (*playlist.Library, error) {
	columns := append(Columns(),
		playlist.Column{ID: WeatherColumn, Name: "天气", Field: playlist.Government},
		playlist.Column{ID: SloganColumn, Name: "标语", Field: playlist.Government})
	return library(s, columns, append([]*playlist.Notice{Weather(), Slogan()}, with...))
}

// Zones draws a board that is divided as a preset says, with one page of notices.
// with adds notices, for example an alert.
func Zones(panel playlist.Panel, preset string, with ...*playlist.Notice) (Specimen, error) {
	s, err := Zoned(panel, preset)
	if err != nil {
		return Specimen{}, err
	}
	lib, err := ZonedLibrary(s, with...)
	if err != nil {
		return Specimen{}, err
	}
	notices := led.Paginate(announcement(), led.NoticePanel(s.Screen, panel), led.OptionsFor(s, false))
	var zones led.Zones
	page, elapsed := notices[0], time.Duration(0)
	if page.Marquee {
		elapsed = 5 * time.Second
	}
	parts, _ := zones.Parts(s, lib, Now(), 5*time.Second, page, elapsed)
	name := fmt.Sprintf("zones-%s-%dx%d-%s", preset, panel.Width, panel.Height, panel.Colours)
	if len(with) > 0 {
		name += "-alert"
	}
	return Specimen{Name: name, Panel: panel, LED: true, Frame: led.Compose(panel, parts, Now(), Zone)}, nil
}
