package console

import (
	"net/url"
	"reflect"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// TestHoursOfATouchscreen: what the form says of hours, brightness and volume is
// what the screen gets, and comes back into the form; half a pair of times is a
// mistake of the field.
func TestHoursOfATouchscreen(t *testing.T) {
	base := playlist.Screen{ID: "s1", Kind: playlist.Touch}
	form := url.Values{"name": {"大厅"}, "width": {"1080"}, "height": {"1920"}, "dark_to": {"08:30"}, "dark_from": {"17:30"}, "day": {"７０％"}, "volume": {"0"}}
	s, problems := readScreen(form).screen(base)
	mute := 0
	want := &playlist.Light{Day: 70, Night: 70, Dark: &schedule.Span{From: 17*60 + 30, To: 8*60 + 30}}
	if len(problems) > 0 || !reflect.DeepEqual(s.Light, want) || !reflect.DeepEqual(s.Volume, &mute) {
		t.Errorf("%+v and %v with %v", s.Light, s.Volume, problems)
	}
	if f := screenFormOf(s, ""); f.DarkFrom != "17:30" || f.DarkTo != "08:30" || f.Day != "70" || f.Volume != "0" {
		t.Errorf("the form shows %+v", f)
	}
	form.Del("dark_to")
	if _, problems := readScreen(form).screen(base); len(problems) != 1 || screenField(problems[0].Field) != "dark" {
		t.Errorf("half a pair of times is told as %v", problems)
	}
	for _, name := range []string{"dark_from", "day", "volume"} {
		form.Del(name)
	}
	if s, problems := readScreen(form).screen(base); len(problems) > 0 || s.Light != nil || s.Volume != nil {
		t.Errorf("a form without hours makes %+v, %v, %v", s.Light, s.Volume, problems)
	}
}
