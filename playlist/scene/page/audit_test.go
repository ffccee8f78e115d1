package page_test

import (
	"fmt"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

// panels on which every page must hold: the two reference panels, larger ones,
// a desktop monitor turned on its side, and a small tablet.
var panels = map[string]playlist.Panel{
	"21-upright": specimen.Portrait,
	"21-wide":    specimen.Landscape,
	"32-upright": {Width: 1080, Height: 1920, WidthMM: 398, HeightMM: 708},
	"43-4k":      {Width: 2160, Height: 3840, WidthMM: 535, HeightMM: 952},
	"15-wide":    {Width: 1366, Height: 768, WidthMM: 344, HeightMM: 194},
	"10-wide":    {Width: 1280, Height: 800, WidthMM: 217, HeightMM: 136},
	"unknown":    {Width: 768, Height: 1366},
	"43-hung":    hung,
}

// hung is a panel of which somewhat more than a third is within reach of a wheelchair.
var hung = playlist.Panel{Width: 1080, Height: 1920, WidthMM: 535, HeightMM: 952, BottomMM: 650}

// modes are the ways to look at a page that every page is audited in, and more
// of them on the two reference panels.
func modes(panel playlist.Panel) []page.View {
	some := []page.View{{Large: 1}, {Large: 2, HighContrast: true, Lang: "en", Low: true}}
	switch panel {
	case specimen.Portrait, specimen.Landscape:
		some = append(some, page.View{}, page.View{Large: 2}, page.View{HighContrast: true}, page.View{Lang: "en"}, page.View{Low: true})
	case hung:
		some = append(some, page.View{Low: true}, page.View{Low: true, Large: 1}, page.View{Low: true, Large: 2})
	default:
		some = append(some, page.View{Large: 2})
	}
	if raceOn {
		some = some[:1]
	}
	return some
}

// TestAudit walks every page of the specimens from top to foot on every panel
// and at every size of text: nothing may be cut, overlap or be too small.
func TestAudit(t *testing.T) {
	for name, panel := range panels {
		if raceOn && name != "21-upright" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := specimen.Settings("liuxi", panel)
			lib, err := specimen.Library(settings)
			if err != nil {
				t.Fatal(err)
			}
			warned, err := specimen.Library(settings, specimen.Alert(), specimen.Exercise())
			if err != nil {
				t.Fatal(err)
			}
			b := page.New(typeset.Default(), settings, specimen.Pictures)
			for _, mode := range modes(panel) {
				audit(t, b, lib, warned, mode)
			}
		})
	}
}

func audit(t *testing.T, b *page.Book, lib, warned *playlist.Library, mode page.View) {
	t.Helper()
	panel := b.Settings().Screen.Panel
	for _, v := range specimen.Views() {
		v.Large, v.HighContrast, v.Low = mode.Large, mode.HighContrast, mode.Low || v.Low
		if mode.Lang != "" {
			v.Lang = mode.Lang
		}
		use := lib
		if v.Notice == specimen.AlertID || v.Notice == specimen.ExerciseID {
			use = warned
		}
		for turn := range 40 {
			f, info := b.Draw(v, use, specimen.Now(), specimen.Online())
			for _, problem := range page.Audit(f, info, panel) {
				t.Errorf("%s, page %d: %s", label(v), turn+1, problem)
			}
			if v.Scroll >= info.MaxScroll || v.Sheet != page.NoSheet {
				break
			}
			if info.Down <= v.Scroll {
				t.Errorf("%s: touching further down at %d of %d leads to %d", label(v), v.Scroll, info.MaxScroll, info.Down)
				break
			}
			v.Scroll = info.Down
		}
	}
}

func label(v page.View) string {
	return fmt.Sprintf("%s %s%s %s A%d contrast=%v low=%v %s", v.Kind, v.Column, v.Notice, v.Lang, v.Large, v.HighContrast, v.Low, v.Sheet)
}
