package page_test

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

func sheetsOf(t testing.TB, with ...*playlist.Notice) func(playlist.NoticeID) []*scene.Frame {
	b, lib := book(t, specimen.Portrait, with...)
	return func(id playlist.NoticeID) []*scene.Frame {
		n, _, _, ok := lib.Notice(id, specimen.Now())
		if !ok {
			t.Fatalf("no notice %s", id)
		}
		return b.Sheets(n, lib, specimen.Now())
	}
}

// The sheets of every kind of notice, as somebody has looked at them.
func TestGoldenSheets(t *testing.T) {
	sheets := sheetsOf(t)
	for _, id := range []playlist.NoticeID{specimen.GuideID, specimen.FundID, specimen.AnnouncementID} {
		for i, f := range sheets(id) {
			if raceOn && i > 0 {
				continue
			}
			golden.Frame(t, fmt.Sprintf("sheet-%s-%d", id, i+1), f, tolerance)
		}
	}
}

// Sheets are A4, black on white, and few, however long the notice is.
func TestSheets(t *testing.T) {
	sheets := sheetsOf(t, long(3000))
	for id, most := range map[playlist.NoticeID]int{
		specimen.GuideID: 2, specimen.LongGuideID: 2, specimen.FundID: 2, specimen.CultureID: 2,
		specimen.AnnouncementID: 3, specimen.MediaID: 2, "long": page.MaxSheets,
	} {
		all := sheets(id)
		if len(all) == 0 || len(all) > most {
			t.Errorf("%s takes %d sheets, at most %d are needed", id, len(all), most)
		}
		for i, f := range all {
			if f.Size.X != page.SheetWide || f.Size.Y != page.SheetHigh || f.Ground != scene.White {
				t.Errorf("sheet %d of %s is %v on %v", i+1, id, f.Size, f.Ground)
			}
			if len(f.Regions) != 0 {
				t.Errorf("sheet %d of %s answers touches", i+1, id)
			}
			for _, op := range f.Ops {
				if c := op.Color; op.Kind != scene.OpImage && (c.R != c.G || c.G != c.B) {
					t.Errorf("sheet %d of %s is printed in colour: %v", i+1, id, c)
					break
				}
			}
		}
	}
	if n := len(sheets("long")); n != page.MaxSheets {
		t.Errorf("three thousand rows take %d sheets", n)
	}
	alert := specimen.Alert()
	b, lib := book(t, specimen.Portrait, alert)
	if got := b.Sheets(alert, lib, specimen.Now()); got != nil {
		t.Error("a warning is printed")
	}
}

// The code on a sheet leads to the public address.
func TestSheetCode(t *testing.T) {
	all := sheetsOf(t)(specimen.FundID)
	said := strings.Join(scan(t, all[len(all)-1]), " ")
	if !strings.Contains(said, "https://www.qinghe.example/zijin/2026/gengdi.html#") {
		t.Errorf("the code on the last sheet says %q", said)
	}
}
