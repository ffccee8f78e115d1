package console_test

import (
	"bytes"
	"image/color"
	"image/png"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
)

var (
	lastFriday = []string{
		"name", "每月安全日", "playlist", "cun", "level", "campaign", "pattern", "nth", "nth", "-1", "nth_day", "FR", "from", "2026-11-01", "ends", "never",
		"tag", "led", "share", "1",
	}
	ofRule = regexp.MustCompile(`/programme/liuxi/rules/(rule-[a-z0-9]+)"`)
	was    = regexp.MustCompile(`name="was" value="([0-9a-f]*)"`)
)

// board puts a board at a site.
func (o *office) board(site playlist.SiteID) {
	o.Helper()
	err := o.c.Store.Update(o.Context(), func(t *store.Tx) error {
		return t.PutScreen(o.Context(), playlist.Screen{
			ID: "s-gate", Site: site, Kind: playlist.LED, Name: "村口屏", Outdoor: true, Tags: []string{"室外"},
			Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.FullColour},
		}, "")
	})
	if err != nil {
		o.Fatal(err)
	}
}

func TestProgramme(t *testing.T) {
	o := open(t, nil)
	o.board("liuxi")
	p := o.comes("wang", "liuxi", accounts.Releaser)
	p.post("/write/announcement", announcement...).wants(200)
	notice := string(p.id())
	p.get("/programme").wants(200, "播放安排", "还没有规则", "还没有播放单")
	if p.path != "/programme/liuxi" {
		t.Errorf("the programme of one's own site is at %s", p.path)
	}

	// A playlist and a rule are added.
	p.post("/programme/liuxi/lists/new", "name", "村里的").wants(422, "播放单是空的", "村里的")
	p.post("/programme/liuxi/lists/new", "name", "村里的", "order-"+notice, "1", "dwell-"+notice, "20", "latest", "5", "kind", "announcement").wants(200, "新的安排正在送到屏幕", "村里的", "关于停水的通知（20 秒）", "最新 5 条公告", "没有规则用它")
	lists, err := o.c.Store.Playlists(o.Context(), "liuxi")
	if err != nil || len(lists) != 1 {
		t.Fatalf("playlists %+v, %v", lists, err)
	}
	rule := with(lastFriday, "playlist", lists[0].ID)
	p.post("/programme/liuxi/rules/new/check", rule...).wants(200, "每月最后一个星期五", "只在村口屏（柳溪村）上播", "没有发现问题")
	p.post("/programme/liuxi/rules/new", with(rule, "name", "", "from", "")...).wants(422, "请给规则起个名字", "请写从哪一天起", `value="-1" selected`)
	p.post("/programme/liuxi/rules/new", rule...).wants(200, "每月安全日", "每月最后一个星期五", "活动", "下一次")
	id := ofRule.FindStringSubmatch(p.body)
	if id == nil {
		t.Fatal("the programme does not lead to the rule")
	}
	at := "/programme/liuxi/rules/" + id[1]

	// The calendar knows its days, and the form of another rule what it clashes with.
	p.get("/programme/liuxi/calendar?day=2027-01-29").wants(200, "2027年1月", "每月安全日", "1月29日 周五")
	p.get("/programme/liuxi/calendar?day=2027-01-28").wants(200, "这一天没有规则")
	p.get("/screens/s-gate/calendar?day=2027-01-29").wants(200, "每月安全日")
	p.get("/programme/liuxi/calendar?day=nonsense").wants(200)
	p.get("/programme/calendar").wants(200)
	p.get("/programme/nowhere/calendar").wants(404)
	p.get("/screens/s-none/calendar").wants(404)
	everyDay := with(rule, "name", "日常", "level", "normal", "pattern", "every", "from", "2026-11-01")
	p.post("/programme/liuxi/rules/new/check", everyDay...).wants(200, "“每月安全日”（活动）级别更高，那时它让位")
	p.post("/programme/liuxi/rules/new/check", with(rule, "name", "又一条", "level", "normal")...).wants(200, "今后 30 天它一次也播不到")
	p.post("/programme/liuxi/rules/new/check", with(rule, "name", "同样的")...).wants(200, "有一条就够了")
	p.post("/programme/liuxi/rules/new/check", with(rule, "name", "紧急的", "level", "urgent")...).wants(200, "它压过“每月安全日”（活动）")

	// It is changed; who had the form open longer changes nothing.
	p.get(at).wants(200, "每月安全日")
	mark := was.FindStringSubmatch(p.body)[1]
	p.post(at, with(rule, "was", mark, "name", "每月平安日")...).wants(200, "每月平安日")
	p.post(at, with(rule, "was", mark, "name", "别的名字")...).wants(409, "别人刚刚改过")

	// What takes too long is refused and kept.
	p.get("/programme/liuxi/lists/"+lists[0].ID).wants(200, "关于停水的通知", "走一遍")
	mark = was.FindStringSubmatch(p.body)[1]
	long := []string{"was", mark, "name", "太长的", "order-" + notice, "1", "dwell-" + notice, "200"}
	p.post("/programme/liuxi/lists/"+lists[0].ID, long...).wants(422, "最多 3 分钟", "太长的", `value="200"`)
	if got, err := o.c.Store.Playlists(o.Context(), "liuxi"); err != nil || got[0].Items[0].Dwell != 20 {
		t.Errorf("what was refused is kept: %+v, %v", got, err)
	}
	p.post("/programme/liuxi/lists/"+lists[0].ID, "was", mark, "do", "delete").wants(422, "没有这个播放单") // a rule plays it
	p.get(at)
	p.post(at, "was", was.FindStringSubmatch(p.body)[1], "do", "delete").wants(200, "还没有规则")

	// Others look on only.
	q := o.comes("li", "wangchuan", accounts.Drafter)
	q.get("/programme/liuxi").wants(200, "村里的")
	if strings.Contains(q.body, "加一条规则") {
		t.Error("who may not publish is offered a rule")
	}
	q.post("/programme/liuxi/rules/new", rule...).wants(403)
	p.post("/programme/wangchuan/rules/new", rule...).wants(403, "这个站点不归您管")
	p.get("/programme/wangchuan/lists/new").wants(403)
	for _, path := range []string{"/programme/nowhere", "/programme/liuxi/rules/none", "/programme/liuxi/lists/none", "/programme/A%20B", "/programme?site=A+B"} {
		if p.get(path); p.status != 404 {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
}

func TestForecastPage(t *testing.T) {
	o := open(t, nil)
	o.board("liuxi")
	p := o.comes("wang", "", everything...)
	p.post("/write/announcement", announcement...).wants(200)
	p.get("/screens/s-gate/forecast").wants(200, "级别：日常", "本单位最新发布", "这一轮", "关于停水的通知", "今后 30 天")
	if n := strings.Count(p.body, `class="day`); n != 30 {
		t.Errorf("the overview has %d days", n)
	}
	now := p.body
	p.get("/screens/s-gate/forecast?at=1999-01-01T00:00").wants(200) // outside: now
	p.get("/screens/s-gate/forecast?at=nonsense&slot=-1").wants(200)
	p.get("/screens/s-none/forecast").wants(404)
	for _, src := range regexp.MustCompile(`src="(/screens/[^"]+)"`).FindAllStringSubmatch(now, -1) {
		p.get(strings.ReplaceAll(src[1], "&amp;", "&")).wants(200, "\x89PNG")
	}
}

// TestAlertsOnABoardWithZones says where an alert is on a board that has a zone
// for the yellow and the blue ones (L28).
func TestAlertsOnABoardWithZones(t *testing.T) {
	o := open(t, nil)
	err := o.c.Store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutScreen(t.Context(), playlist.Screen{
			ID: "s-square", Site: "liuxi", Kind: playlist.LED, Name: "广场屏", Panel: playlist.Panel{Width: 384, Height: 128},
			Zones: []playlist.Zone{{Kind: playlist.NoticeZone, Width: 384, Height: 100}, {Kind: playlist.AlertZone, Y: 104, Width: 384, Height: 24}},
		}, "")
	})
	if err != nil {
		t.Fatal(err)
	}
	p := o.comes("wang", "", everything...)
	p.post("/write/announcement", announcement...).wants(200)
	warning := []string{"site", "liuxi", "type", "大风", "colour", "yellow", "hours", "2", "action", "请远离临时搭建物"}
	p.post("/alerts", warning...).wants(200, "大风")
	p.get("/screens/s-square/forecast").wants(200, "在预警条里", "级别：日常")
	p.get("/screens/s-square/preview.png?slot=0&zoom=1").wants(200, "\x89PNG")
	strip := p.body
	p.post("/alerts", with(warning, "type", "山洪", "colour", "red")...).wants(200, "山洪")
	p.get("/screens/s-square/forecast").wants(200, "占满全屏", "级别：预警")
	p.get("/screens/s-square/preview.png?slot=0&zoom=1").wants(200, "\x89PNG")
	red := func(data string) (n int) {
		img, err := png.Decode(strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for x := range 384 {
			if r, g, _, _ := img.At(x, 2).RGBA(); r > 0xC000 && g < 0x4000 {
				n++
			}
		}
		return n
	}
	if red(strip) > 0 || red(p.body) < 200 {
		t.Errorf("the yellow alert has %d red dots at the top, the red one %d", red(strip), red(p.body))
	}
}

// TestBoardsAreRoundLamps looks at the pixels of a preview: as large as it says,
// black between the lamps, and lamps that are off are just to be seen.
func TestBoardsAreRoundLamps(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	for zoom, size := range map[string]int{"1": 192, "4": 768, "6": 1152} {
		p.post("/write/announcement/preview.png?"+url.Values{"kind": {"led"}, "panel": {"192x64"}, "zoom": {zoom}}.Encode(), announcement...).wants(200)
		img, err := png.Decode(bytes.NewReader([]byte(p.body)))
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds().Dx() != size || img.Bounds().Dy() != size/3 {
			t.Errorf("at zoom %s it is %v", zoom, img.Bounds())
		}
		if zoom == "1" {
			continue
		}
		grey := func(c color.Color) int { r, g, b, _ := c.RGBA(); return int(r+g+b) / 3 >> 8 }
		z := size / 192
		corner, off, lit := grey(img.At(0, 0)), 0, 0
		for y := range 64 {
			for x := range 192 {
				switch c := grey(img.At(x*z+z/2, y*z+z/2)); {
				case c > 80:
					lit++
				case c > corner+10:
					off++
				}
			}
		}
		if corner > 16 || off < 6000 || lit < 400 || lit+off != 192*64 {
			t.Errorf("at zoom %s: the corner is %d, %d lamps are off and %d lit", zoom, corner, off, lit)
		}
	}
}

func TestScreenData(t *testing.T) {
	o := open(t, nil)
	o.board("liuxi")
	p := o.comes("wu", "liuxi", accounts.Technician)
	p.get("/screens/s-gate/edit").wants(200, "村口屏", "点距 10 毫米", "全屏公告")
	mark := was.FindStringSubmatch(p.body)[1]
	sent := []string{
		"was", mark, "site", "liuxi", "name", "村口大屏", "width", "192", "height", "64", "width_mm", "1920", "height_mm", "640", "colours", "full",
		"reader", "40", "division", "clock", "light", "sun", "day", "80", "night", "20", "tags", "室外、村口",
	}
	p.post("/screens/s-gate/edit/check", sent...).wants(200, "建议字高", "没有发现问题")
	p.post("/screens/s-gate/edit/preview.png?zoom=2", sent...).wants(200, "\x89PNG")
	p.get("/screens/s-gate/preset.png?preset=clock&zoom=2").wants(200, "\x89PNG")
	p.get("/screens/s-gate/preset.png?preset=none").wants(404)
	p.post("/screens/s-gate/edit", with(sent, "reader", "900")...).wants(422, "认不出字", "村口大屏")
	p.post("/screens/s-gate/edit", with(sent, "width", "wide")...).wants(422, "不是整数", "wide")
	if strings.Contains(p.body, "0×64") {
		t.Error("a width that cannot be read is taken for none")
	}
	p.post("/screens/s-gate/edit", with(sent, "site", "shiling")...).wants(403)
	p.post("/screens/s-gate/edit", sent...).wants(200, "村口大屏", "设置正在送到屏幕")
	row, err := o.c.Store.Screen(t.Context(), "s-gate")
	if err != nil || row.ReaderM != 40 || len(row.Zones) != 3 || row.Light == nil || !row.Light.Sun || len(row.Tags) != 2 {
		t.Errorf("the screen is now %+v, %v", row.Screen, err)
	}
	p.post("/screens/s-gate/edit", with(sent, "name", "又一个名字")...).wants(409) // the form is older than the change
	o.comes("wang", "liuxi", accounts.Releaser).get("/screens/s-gate/edit").wants(403)
	o.comes("shi", "shiling", accounts.Technician).get("/screens/s-gate/edit").wants(403)
}

// TestStoppedRule stops a rule with one press and starts it again by its days.
func TestStoppedRule(t *testing.T) {
	o := open(t, nil)
	o.board("liuxi")
	p := o.comes("wang", "liuxi", accounts.Releaser)
	p.post("/programme/liuxi/lists/new", "name", "村里的", "latest", "5").wants(200)
	lists, err := o.c.Store.Playlists(o.Context(), "liuxi")
	if err != nil || len(lists) != 1 {
		t.Fatalf("playlists %+v, %v", lists, err)
	}
	rule := []string{"name", "全天", "playlist", lists[0].ID, "level", "normal", "pattern", "every", "from", "2026-01-05", "ends", "never", "tag", "led", "share", "1", "once", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
	p.post("/programme/liuxi/rules/new", rule...).wants(200, "现在在时间内")
	at := "/programme/liuxi/rules/" + ofRule.FindStringSubmatch(p.body)[1]
	p.post("/programme/liuxi/rules/new", rule...).wants(200, "已保存") // the back button and 保存 once more
	p.post("/programme/liuxi/rules/new", with(rule, "name", "整天")...).wants(200, "已保存", "整天")
	p.post("/programme/liuxi/rules/new", rule...).wants(200, "已保存", "全天")
	p.get(at).wants(200, "今天起停播")
	p.post(at, "was", was.FindStringSubmatch(p.body)[1], "do", "stop").wants(200, "已保存", "不会再播")
	rules, err := o.c.Store.Rules(o.Context(), "liuxi")
	if err != nil || len(rules) != 1 || rules[0].Name != "全天" || rules[0].Until.IsZero() || rules[0].From.String() != "2026-01-05" {
		t.Fatalf("the stopped rule is %+v, %v", rules, err)
	}
	p.get(at).wants(200, "删除这条规则")
	if strings.Contains(p.body, "今天起停播") {
		t.Error("what is stopped can be stopped")
	}
	p.post(at, with(rule, "once", "", "was", was.FindStringSubmatch(p.body)[1])...).wants(200, "现在在时间内")
}

// TestCrowdedScreen makes a board so small that what is planned for it takes too
// long: it is told and saved, for the board hangs there as it is.
func TestCrowdedScreen(t *testing.T) {
	o := open(t, nil)
	o.board("liuxi")
	r := o.comes("wang", "liuxi", accounts.Releaser)
	list := []string{"name", "满的"}
	for i := range 10 {
		r.post("/write/announcement", with(announcement, "once", "n"+strconv.Itoa(i), "title", "关于停水的通知"+strconv.Itoa(i))...).wants(200)
		list = append(list, "order-"+string(r.id()), strconv.Itoa(i+1))
	}
	r.post("/programme/liuxi/lists/new", list...).wants(200)
	lists, err := o.c.Store.Playlists(o.Context(), "liuxi")
	if err != nil || len(lists) != 1 {
		t.Fatalf("playlists %+v, %v", lists, err)
	}
	r.post("/programme/liuxi/rules/new", "name", "全天", "playlist", lists[0].ID, "level", "urgent", "pattern", "every", "ends", "never").wants(200)
	p := o.comes("wu", "liuxi", accounts.Technician)
	p.get("/screens/s-gate/edit").wants(200)
	sent := []string{"was", was.FindStringSubmatch(p.body)[1], "site", "liuxi", "name", "村口屏", "width", "192", "height", "64", "colours", "full", "division", "whole", "light", "always", "day", "100", "night", "30", "tags", "室外"}
	p.post("/screens/s-gate/edit/check", sent...).wants(200, "没有发现问题")
	if strings.Contains(p.body, "放不下") {
		t.Error("a board that is large enough is said to be too small")
	}
	small := with(sent, "width", "64", "height", "16")
	p.post("/screens/s-gate/edit/check", small...).wants(200, "这样的屏放不下现在的播放安排", "最多 3 分钟", "关于停水的通知")
	p.post("/screens/s-gate/edit", small...).wants(200, "注意：这块屏现在一轮超过 3 分钟")
}

func TestWhyANoticeDoesNotPlay(t *testing.T) {
	o := open(t, nil)
	o.board("liuxi")
	p := o.comes("wang", "liuxi", accounts.Releaser)
	p.post("/write/announcement", announcement...).wants(200)
	notice := string(p.id())
	p.get("/screens/s-gate/forecast").wants(200, "某一条为什么没播", `<option value="关于停水的通知">`)
	p.get("/screens/s-gate/forecast?about=停水").wants(200, "在播：一轮 1 条里的第 1 条")
	p.get("/screens/s-gate/forecast?about=没有这样的").wants(200, "这块屏收不到叫“没有这样的”的内容")

	// A rule of its own keeps it for one day of the month.
	day := strconv.Itoa(time.Now().UTC().AddDate(0, 0, 2).Day())
	p.post("/programme/liuxi/lists/new", "name", "安全", "order-"+notice, "1", "latest", "1", "kind", "guide").wants(200)
	lists, err := o.c.Store.Playlists(o.Context(), "liuxi")
	if err != nil || len(lists) != 1 {
		t.Fatalf("playlists %+v, %v", lists, err)
	}
	p.post("/programme/liuxi/rules/new", with(lastFriday, "playlist", lists[0].ID, "level", "normal", "from", "2020-01-01", "pattern", "monthday", "month_day", day)...).wants(200)
	p.get("/screens/s-gate/forecast?about="+notice).wants(200, "那时不播。", "下一次：", "由规则“每月安全日”", "只在每月"+day+"日播放", "去播放安排")
}
