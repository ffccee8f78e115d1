package console_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/playlist"
)

// TestMisbehavingScreensAreListed lets one of two screens do two things that it
// should not: the choice lists it alone, with the second in words, and the search
// finds it by that.
func TestMisbehavingScreensAreListed(t *testing.T) {
	o := open(t, nil)
	o.hall()
	if _, err := o.c.Fleet.Add(t.Context(), "test", playlist.Screen{ID: "door", Site: "liuxi", Kind: playlist.Touch, Name: "门口触摸屏", Panel: upright}, ""); err != nil {
		t.Fatal(err)
	}
	tech := o.comes("jishu", "liuxi", accounts.Technician)
	if page := tech.get("/screens?only=conduct").body; strings.Contains(page, `id="row-`) || strings.Contains(page, "块屏行为异常") {
		t.Error("screens that do nothing wrong are listed")
	}
	o.c.Fleet.Misdeed("hall", hub.Stormed, time.Now())
	o.c.Fleet.Misdeed("hall", fleet.Greedy, time.Now())
	for _, path := range []string{"/screens?only=conduct", "/screens?only=conduct&q=反复下载", "/screens?q=反复下载", "/screens?q=报告太多"} {
		page := tech.get(path).body
		if !strings.Contains(page, `id="row-hall"`) || strings.Contains(page, `id="row-door"`) {
			t.Errorf("%s lists other screens", path)
		}
		for _, want := range []string{"1 块屏行为异常", "报告太多 1</a>", "反复下载 1</a>", "另有：", `行为异常<b class="many">1</b>`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %s", path, want)
			}
		}
	}
	if page := tech.get("/screens?only=conduct&q=收不下数据").body; strings.Contains(page, `id="row-`) {
		t.Error("a sign that no screen has finds one")
	}
}
