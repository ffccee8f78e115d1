package kiosk

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// A program ends for another version when nobody uses the screen and no warning is
// on it; only what residents should see counts as content.
func TestQuietAndContent(t *testing.T) {
	for page, want := range map[string]struct{ touch, led, content bool }{
		"loop":     {true, true, true},
		"home":     {false, true, true},
		"notice":   {false, true, true},
		"zone":     {false, true, true},
		"alert":    {false, false, true},
		"identify": {false, false, false},
		"fallback": {true, true, false},
		"pairing":  {true, true, false},
		wire.Dark:  {true, true, true},
		"":         {false, true, false}, // nothing was painted yet
	} {
		if got := quietPage(playlist.Touch, page); got != want.touch {
			t.Errorf("a touchscreen on %q is quiet: %v", page, got)
		}
		if got := quietPage(playlist.LED, page); got != want.led {
			t.Errorf("a board on %q is quiet: %v", page, got)
		}
		if got := contentPage(page); got != want.content {
			t.Errorf("%q is content: %v", page, got)
		}
	}
}
