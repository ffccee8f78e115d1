package playlist_test

import (
	"strings"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

func dividedBoard() playlist.Screen {
	return playlist.Screen{
		ID: "gate", Site: "hall", Kind: playlist.LED, Name: "大门屏", Pair: "damen",
		Panel: playlist.Panel{Width: 384, Height: 128, Colours: playlist.FullColour},
		Zones: []playlist.Zone{
			{Kind: playlist.NoticeZone, X: 0, Y: 0, Width: 250, Height: 100},
			{Kind: playlist.ClockZone, X: 256, Y: 0, Width: 128, Height: 24},
			{Kind: playlist.TextZone, X: 256, Y: 30, Width: 128, Height: 70, Column: "tianqi"},
			{Kind: playlist.AlertZone, X: 0, Y: 112, Width: 384, Height: 16},
		},
		Light: &playlist.Light{
			Day: 90, Night: 30, Sun: true, Cap: 35, Dark: &schedule.Span{From: 22 * 60, To: 6 * 60},
			Table: []playlist.LightPoint{{At: 6 * 60, Percent: 60}, {At: 18 * 60, Percent: 30}},
		},
	}
}

func TestValidateBoard(t *testing.T) {
	env := playlist.ValidateEnv{Columns: []playlist.Column{{ID: "tianqi", Name: "天气"}}}
	if got := playlist.ValidateScreen(dividedBoard(), env); len(got) > 0 {
		t.Fatalf("a good board is refused: %+v", got)
	}
	for name, c := range map[string]struct {
		spoil       func(*playlist.Screen)
		field, code string
	}{
		"two notice zones": {func(s *playlist.Screen) { s.Zones[3].Kind = playlist.NoticeZone }, "zones", "notices"},
		"no notice zone":   {func(s *playlist.Screen) { s.Zones[0].Kind = playlist.NameZone }, "zones", "notices"},
		"too many": {func(s *playlist.Screen) {
			for range 12 {
				s.Zones = append(s.Zones, s.Zones[1])
			}
		}, "zones", "too_many"},
		"unknown kind":     {func(s *playlist.Screen) { s.Zones[1].Kind = "video" }, "zones[1].kind", "unknown"},
		"overlap":          {func(s *playlist.Screen) { s.Zones[2].Y = 20 }, "zones[2].x", "overlap"},
		"too wide":         {func(s *playlist.Screen) { s.Zones[2].Width = 129 }, "zones[2].width", "outside"},
		"too low down":     {func(s *playlist.Screen) { s.Zones[3].Y = 113 }, "zones[3].height", "outside"},
		"off the board":    {func(s *playlist.Screen) { s.Zones[1].X = 400 }, "zones[1].x", "outside"},
		"negative":         {func(s *playlist.Screen) { s.Zones[0].Y = -1 }, "zones[0].y", "outside"},
		"flat":             {func(s *playlist.Screen) { s.Zones[1].Height = 11 }, "zones[1].height", "small"},
		"narrow":           {func(s *playlist.Screen) { s.Zones[1].Width = 20 }, "zones[1].width", "small"},
		"overflow":         {func(s *playlist.Screen) { s.Zones[1].Width = 1<<63 - 1 }, "zones[1].width", "outside"},
		"no column":        {func(s *playlist.Screen) { s.Zones[2].Column = "" }, "zones[2].column", "required"},
		"unknown column":   {func(s *playlist.Screen) { s.Zones[2].Column = "other" }, "zones[2].column", "unknown"},
		"needless column":  {func(s *playlist.Screen) { s.Zones[1].Column = "tianqi" }, "zones[1].column", "needless"},
		"pair":             {func(s *playlist.Screen) { s.Pair = "大门" }, "pair", "invalid"},
		"day":              {func(s *playlist.Screen) { s.Light.Day = 0 }, "light.day", "range"},
		"night":            {func(s *playlist.Screen) { s.Light.Night = 101 }, "light.night", "range"},
		"bright night":     {func(s *playlist.Screen) { s.Light.Night = 95 }, "light.night", "brighter"},
		"cap":              {func(s *playlist.Screen) { s.Light.Cap = -1 }, "light.cap", "range"},
		"table order":      {func(s *playlist.Screen) { s.Light.Table[1].At = 6 * 60 }, "light.table[1].at", "order"},
		"table time":       {func(s *playlist.Screen) { s.Light.Table[1].At = 24 * 60 }, "light.table[1].at", "range"},
		"table percentage": {func(s *playlist.Screen) { s.Light.Table[0].Percent = 0 }, "light.table[0].percent", "range"},
		"long table":       {func(s *playlist.Screen) { s.Light.Table = make([]playlist.LightPoint, 25) }, "light.table", "too_many"},
		"always dark":      {func(s *playlist.Screen) { s.Light.Dark.To = s.Light.Dark.From }, "light.dark", "always"},
		"dark all day":     {func(s *playlist.Screen) { *s.Light.Dark = schedule.Span{From: 0, To: 24 * 60} }, "light.dark", "always"},
		"dark range":       {func(s *playlist.Screen) { s.Light.Dark.From = 2000 }, "light.dark", "range"},
		"touch with zones": {func(s *playlist.Screen) {
			s.Kind, s.Panel = playlist.Touch, playlist.Panel{Width: 1080, Height: 1920, WidthMM: 500, HeightMM: 900}
		}, "zones", "touch"},
	} {
		s := dividedBoard()
		c.spoil(&s)
		found := false
		for _, p := range playlist.ValidateScreen(s, env) {
			if p.Field == c.field && p.Code == c.code {
				found = true
				if p.Message == "" || p.MessageEn == "" || strings.Contains(p.Message, "%!") || strings.Contains(p.MessageEn, "%!") {
					t.Errorf("%s: %q, %q", name, p.Message, p.MessageEn)
				}
			}
		}
		if !found {
			t.Errorf("%s: no problem %s of %s in %+v", name, c.code, c.field, playlist.ValidateScreen(s, env))
		}
	}
}

// A board that goes by the sun of a place nobody knows is worth a word.
func TestSunNeedsPlace(t *testing.T) {
	s := dividedBoard()
	s.Light.Table = nil
	for name, c := range map[string]struct {
		sites []playlist.Site
		want  bool
	}{
		"nowhere":    {[]playlist.Site{{ID: "county"}, {ID: "hall", Parent: "county"}}, true},
		"its own":    {[]playlist.Site{{ID: "county"}, {ID: "hall", Parent: "county", Latitude: 30}}, false},
		"the county": {[]playlist.Site{{ID: "county", Longitude: 117}, {ID: "hall", Parent: "county"}}, false},
	} {
		got := playlist.ValidateScreen(s, playlist.ValidateEnv{Sites: c.sites})
		if found := len(got) == 1 && got[0].Field == "light.sun" && got[0].Severity == playlist.Warning; found != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
