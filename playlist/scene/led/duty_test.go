package led_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// TestGoldenDuty keeps the pages of rosters and of a text with a table on every
// size of board.
func TestGoldenDuty(t *testing.T) {
	for _, size := range boards {
		panel := playlist.Panel{Width: size.X, Height: size.Y, Colours: playlist.FullColour}
		if size.Y < 48 {
			panel.Colours = playlist.SingleColour
		}
		for _, s := range specimen.DutyBoards() {
			golden.Image(t, fmt.Sprintf("duty/%dx%d/%s", size.X, size.Y, s.Name), stacked(led.Paginate(s.Notice, panel, s.Options), panel), 0)
		}
	}
}

// A board names whoever is on duty at the instant, and nobody whose day is over.
func TestRosterOfTheDay(t *testing.T) {
	all := specimen.Duty()
	for _, c := range []struct {
		n         *playlist.Notice
		at        time.Time
		totals    bool
		says, not string
	}{
		{all[2], time.Date(2026, 11, 20, 9, 0, 0, 0, specimen.Zone), false, "今日带班 今日值班 刘国栋 吴强 0000-6212345 值班电话", "罗斌 马超 陈建平"},
		{all[2], time.Date(2026, 11, 20, 18, 0, 0, 0, specimen.Zone), false, "今晚带班 今晚值班 刘国栋 罗斌 0000-6212345", "吴强"},
		{all[2], time.Date(2026, 11, 21, 0, 0, 0, 0, specimen.Zone), false, "赵雪梅 马超", "刘国栋 罗斌"},
		{all[2], time.Date(2026, 11, 30, 0, 0, 0, 0, specimen.Zone), false, "0000-6212345", "今日 今晚 周敏"},
		{all[2], time.Date(2026, 11, 20, 9, 0, 0, 0, specimen.Zone), true, "0000-6212345", "刘国栋 吴强"},
		{all[3], time.Date(2026, 11, 20, 9, 0, 0, 0, specimen.Zone), false, "刘长根 0000-6210377", "带班 0000-6210311"},
		{all[3], time.Date(2026, 11, 18, 9, 0, 0, 0, specimen.Zone), false, "0000-6210311", "今日"}, // nobody is listed
	} {
		text := ""
		for _, p := range led.Paginate(c.n, specimen.Board, led.Options{Zone: specimen.Zone, Now: c.at, Totals: c.totals}) {
			text += p.Text() + "\n"
		}
		for _, want := range strings.Fields(c.says) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in %q", c.at, want, text)
			}
		}
		for _, not := range strings.Fields(c.not) {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q is in %q", c.at, not, text)
			}
		}
	}
}
