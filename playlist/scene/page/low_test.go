package page_test

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

func TestLowFrom(t *testing.T) {
	for _, c := range []struct {
		name  string
		panel playlist.Panel
		row   int
		ok    bool
	}{
		// 650 mm above the floor, 952 mm high: the upper 502 mm are out of reach.
		{"43 inches", playlist.Panel{Width: 1080, Height: 1920, WidthMM: 535, HeightMM: 952, BottomMM: 650}, 1013, true},
		{"a table", playlist.Panel{Width: 1920, Height: 1080, WidthMM: 476, HeightMM: 268, BottomMM: 700}, 0, true},
		{"85 inches", playlist.Panel{Width: 2160, Height: 3840, WidthMM: 1058, HeightMM: 1882, BottomMM: 200}, 2004, true},
		// Its middle is taken to hang at 1,300 mm: 38 mm are within reach, which hold no page.
		{"21 inches, not measured", specimen.Portrait, 1920 - 900, false},
		{"no panel", playlist.Panel{}, 0, true},
	} {
		if row, ok := page.LowFrom(c.panel); row != c.row || ok != c.ok {
			t.Errorf("%s: from row %d (%v), want %d (%v)", c.name, row, ok, c.row, c.ok)
		}
	}
}

// In the low mode nothing that can be touched lies above 1,100 mm, on any page,
// at any size of text, and the caller is told the frame's coordinates.
func TestLowModeWithinReach(t *testing.T) {
	panel := hung
	b, lib := book(t, panel, specimen.Alert(), specimen.Exercise())
	row, _ := page.LowFrom(panel)
	for _, v := range specimen.Views() {
		for large := range 3 {
			if raceOn && large != 1 {
				continue
			}
			v.Low, v.Large = true, large
			f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
			switch v.Kind {
			case page.Attract, page.Pairing, page.Fallback, page.Identify:
				if info.Reach != 0 {
					t.Errorf("%s, which nobody has touched yet, moves down", label(v))
				}
				continue
			}
			if info.Reach != row || info.Controls.Min.Y < row || info.Controls.Max.Y > panel.Height {
				t.Errorf("%s: within reach is %d, want %d; controls at %v", label(v), info.Reach, row, info.Controls)
			}
			for _, r := range f.Regions {
				if r.Area.Min.Y < row {
					t.Errorf("%s: %s lies at %v, above row %d", label(v), r.Action, r.Area, row)
				}
			}
			if !info.Viewport.Empty() && info.Viewport.Min.Y < row || info.Page.Min.Y < row && v.Idle == 0 {
				t.Errorf("%s: page %v, viewport %v", label(v), info.Page, info.Viewport)
			}
		}
	}
}

// On a panel that is within reach as it is, the low mode changes nothing and is
// not offered.
func TestLowModeWhereNothingIsHigh(t *testing.T) {
	panel := playlist.Panel{Width: 1920, Height: 1080, WidthMM: 476, HeightMM: 268, BottomMM: 700}
	b, lib := book(t, panel)
	v := page.View{Kind: page.Home}
	plain, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
	v.Low = true
	low, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
	if !plain.Equal(low) || info.Reach != 0 {
		t.Error("the low mode changes a page of which all is within reach")
	}
	for _, v := range []page.View{{Kind: page.Home, Sheet: page.LookSheet}, {Kind: page.Attract, Notice: specimen.FundID}} {
		f, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
		for _, r := range f.Regions {
			if r.Action == string(page.DoLow) {
				t.Errorf("%s offers the low mode", label(v))
			}
		}
	}
}
