package page_test

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

// tablet is ten inches across, on its side: it has neither height nor width to
// spare.
var tablet = playlist.Panel{Width: 1280, Height: 800, WidthMM: 217, HeightMM: 136}

// A small panel says what matters on the first screen, not only its title.
func TestTabletAnswersAtOnce(t *testing.T) {
	b, lib := book(t, tablet)
	_, warned := book(t, tablet, specimen.Alert())
	for _, c := range []struct {
		kind   page.Kind
		notice playlist.NoticeID
		says   []string
	}{
		{page.Attract, specimen.FundID, []string{"2026年耕地地力保护补贴发放公示", "3,289,470.00", "417,306.50", "公示期"}},
		{page.Attract, specimen.GuideID, []string{"个工作日", "不收费", "0000-6210345"}},
		{page.Attract, specimen.AnnouncementID, []string{"11月25日起可以缴2027年的养老保险"}},
		{page.Attract, specimen.AlertID, []string{"低洼处立即转移至望川镇中学"}},
		{page.NoticePage, specimen.FundID, []string{"3,289,470.00", "417,306.50", "公示期"}},
		{page.NoticePage, specimen.GuideID, []string{"个工作日", "不收费", "0000-6210345"}},
		{page.NoticePage, specimen.AnnouncementID, []string{"11月25日起可以缴2027年的养老保险"}},
	} {
		if raceOn && c.kind == page.NoticePage {
			continue
		}
		v := page.View{Kind: c.kind, Notice: c.notice, Slides: 6}
		use := lib
		if c.notice == specimen.AlertID {
			use = warned
		}
		_, info := b.Draw(v, use, specimen.Now(), specimen.Online())
		for _, text := range c.says {
			if !says(info, text) {
				t.Errorf("%s of %s does not say %q at once", c.kind, c.notice, text)
			}
		}
	}
}

// Where the money comes from is said once on a page, in its head or below.
func TestSourcesOnce(t *testing.T) {
	s := specimen.Settings("hall", specimen.Landscape)
	lib, err := specimen.Library(s)
	if err != nil {
		t.Fatal(err)
	}
	b := page.New(typeset.Default(), s, specimen.Pictures)
	seen := map[string]bool{}
	v := page.View{Kind: page.NoticePage, Notice: specimen.CultureID}
	heads := 0
	for range 9 {
		_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		for _, text := range info.Texts {
			seen[text.Text] = true
			if text.Text == "资金来源" && v.Scroll >= info.MaxScroll {
				heads++
			}
		}
		if v.Scroll >= info.MaxScroll {
			break
		}
		v.Scroll = info.Down
	}
	if !seen["资金来源"] || heads > 1 {
		t.Errorf("资金来源 stands %d times on the last screen", heads)
	}
}

// The face that was chosen is marked, and only that one.
func TestChosenFace(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	v := page.View{Kind: page.NoticePage, Notice: specimen.MediaID}
	_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
	v.Scroll = info.MaxScroll
	plain, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
	v.Rated = 3
	three, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
	v.Rated = 1
	one, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
	if plain.Equal(three) || three.Equal(one) {
		t.Error("a rated page looks like one that is not")
	}
}
