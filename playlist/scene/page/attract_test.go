package page_test

import (
	"testing"

	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// A slide says what it is about, when the content is from, whom to call, what to
// do, and what else is new, this village's own before the county's (DOMAIN U06).
func TestLoopSaysEnough(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	f, info := b.Draw(page.View{Kind: page.Attract, Notice: specimen.AnnouncementID, Slides: 6}, lib, specimen.Now(), specimen.Online())
	for _, want := range []string{"09:30", "信息截至", "0000-12317", "轻触屏幕开始", "还有这些新消息", "柳溪村第三季度财务收支明细"} {
		if !says(info, want) {
			t.Errorf("the slide does not say %s", want)
		}
	}
	own, county := -1, -1
	for i, x := range info.Texts {
		switch x.Text {
		case "柳溪村第三季度财务收支明细":
			own = i
		case "关于城东片区计划停水的通知":
			county = i
		}
	}
	if own < 0 || county >= 0 && county < own {
		t.Errorf("the village's own news stands at %d, the county's at %d", own, county)
	}
	ways := map[string]bool{}
	for _, r := range f.Regions {
		ways[r.Action] = true
	}
	if !ways[string(page.DoStart)] || !ways[string(page.DoLow)] {
		t.Errorf("the slide answers to %v", ways)
	}
}
