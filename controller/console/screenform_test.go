package console

import (
	"net/url"
	"reflect"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

func (f screenForm) values() url.Values {
	v := url.Values{
		"site": {f.Site}, "name": {f.Name}, "place": {f.Place}, "language": {f.Language}, "width": {f.Width}, "height": {f.Height},
		"width_mm": {f.WidthMM}, "height_mm": {f.HighMM}, "bottom_mm": {f.BottomMM}, "colours": {f.Colours}, "tags": {f.Tags}, "reader": {f.Reader},
		"pair": {f.Pair}, "division": {f.Division}, "weather": {f.Weather}, "slogan": {f.Slogan}, "light": {f.Light}, "day": {f.Day}, "night": {f.Night},
		"cap": {f.Cap}, "dark_from": {f.DarkFrom}, "dark_to": {f.DarkTo},
	}
	if f.Outdoor {
		v.Set("outdoor", "1")
	}
	for _, z := range f.Zones {
		for name, value := range map[string]string{"zone_kind": z.Kind, "zone_x": z.X, "zone_y": z.Y, "zone_w": z.Width, "zone_h": z.Height, "zone_column": z.Column} {
			v.Add(name, value)
		}
	}
	for _, p := range f.Table {
		v.Add("light_at", p.At)
		v.Add("light_percent", p.Percent)
	}
	return v
}

// TestScreenFormKeepsScreens fills the form from a screen, sends it unchanged and
// wants the same screen back.
func TestScreenFormKeepsScreens(t *testing.T) {
	board := playlist.Screen{
		ID: "s", Site: "liuxi", Kind: playlist.LED, Name: "门口屏", Place: "大门", Outdoor: true, Tags: []string{"村", "室外"}, ReaderM: 40, Pair: "门口",
		Panel: playlist.Panel{Width: 384, Height: 128, WidthMM: 3840, HeightMM: 1280, BottomMM: 3000, Colours: playlist.DualColour},
	}
	with := func(change func(*playlist.Screen)) playlist.Screen {
		s := board
		change(&s)
		return s
	}
	dark := schedule.Span{From: 22 * 60, To: 6 * 60}
	cases := map[string]struct {
		division string
		screen   playlist.Screen
	}{
		"touchscreen": {"whole", playlist.Screen{ID: "s", Site: "liuxi", Kind: playlist.Touch, Name: "触摸屏", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476, BottomMM: 800}, Tags: []string{"村"}}},
		"board":       {"whole", board},
		"drawn": {drawn, with(func(s *playlist.Screen) {
			s.Zones = []playlist.Zone{{Kind: playlist.NoticeZone, X: 0, Y: 0, Width: 384, Height: 96}, {Kind: playlist.TextZone, X: 0, Y: 100, Width: 384, Height: 28, Column: "news"}}
		})},
		"sun": {"whole", with(func(s *playlist.Screen) {
			s.Light = &playlist.Light{Day: 80, Night: 20, Sun: true, Cap: 30, Dark: &dark}
		})},
		"table": {"whole", with(func(s *playlist.Screen) {
			s.Light = &playlist.Light{Day: 100, Night: 30, Table: []playlist.LightPoint{{At: 6 * 60, Percent: 80}, {At: 18 * 60, Percent: 30}, {At: 20 * 60, Percent: 20}, {At: 22 * 60, Percent: 10}, {At: 23 * 60, Percent: 5}}}
		})},
	}
	for _, p := range led.Presets(board.Panel) {
		zones, ok := preset(board.Panel, p.ID, "weather", "slogan")
		if !ok {
			t.Fatalf("there is no preset %s", p.ID)
		}
		cases["preset "+p.ID] = struct {
			division string
			screen   playlist.Screen
		}{p.ID, with(func(s *playlist.Screen) { s.Zones = zones })}
	}
	if len(cases) < 8 {
		t.Errorf("a board of 384 by 128 dots has only %d presets", len(cases)-5)
	}
	for name, c := range cases {
		f := screenFormOf(c.screen, "en")
		if f.Division != c.division {
			t.Errorf("%s: divided as %s, want %s", name, f.Division, c.division)
		}
		got, problems := readScreen(f.values()).screen(c.screen)
		if len(problems) > 0 || !reflect.DeepEqual(got, c.screen) {
			t.Errorf("%s: it came back as\n%+v with %v, want\n%+v", name, got, problems, c.screen)
		}
	}
}

func TestScreenFormSaysWhatCannotBeRead(t *testing.T) {
	s := playlist.Screen{ID: "s", Kind: playlist.LED, Name: "屏", Panel: playlist.Panel{Width: 64, Height: 16}}
	good := screenFormOf(s, "")
	for field, spoil := range map[string]func(*screenForm){
		"panel.width": func(f *screenForm) { f.Width = "wide" },
		"reader_m":    func(f *screenForm) { f.Reader = "4O" },
		"zones":       func(f *screenForm) { f.Division = "six" },
		"light.table": func(f *screenForm) { f.Light = lightTable },
		"light.dark":  func(f *screenForm) { f.DarkFrom, f.DarkTo = "22:00", "25:00" },
	} {
		f := good
		spoil(&f)
		_, problems := f.screen(s)
		if len(problems) == 0 || problems[0].Field != field {
			t.Errorf("%s: %v", field, problems)
		}
	}
}

func TestNumeralsAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{"60": "60", "６０": "60", "60米": "60", "60 m": "60", "80%": "80", "1920 毫米": "1920", "米": "", "六十": "六十"} {
		if got := numeral(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}
