package playlist

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/playlist/schedule"
)

func listed(title, genre string, text ...string) *Notice {
	n := announcement("list", "qingshan")
	n.Title, n.Summary = title, ""
	n.Announcement = &Announcement{Genre: genre}
	for _, t := range text {
		n.Announcement.Blocks = append(n.Announcement.Blocks, Block{Kind: Paragraph, Text: t})
	}
	return n
}

func tabled(by, title string, columns ...string) *Notice {
	n := culture("qingshan")
	n.Fund.Tables = []FundTable{{Title: title, By: by}}
	for _, c := range columns {
		n.Fund.Tables[0].Columns = append(n.Fund.Tables[0].Columns, FundColumn{Name: c, Type: TextColumn})
	}
	return n
}

// The class rule goes by what a notice is; nobody need have marked it.
func TestExposesByClass(t *testing.T) {
	titled := func(n *Notice, title string) *Notice { n.Title = title; return n }
	for name, c := range map[string]struct {
		n    *Notice
		want bool
	}{
		"allowance by village":       {titled(culture("qingshan"), "2026年11月城乡居民最低生活保障金发放情况"), true},
		"kept persons":               {titled(culture("qingshan"), "2026年11月特困人员救助供养资金发放情况"), true},
		"disabled":                   {titled(culture("qingshan"), "困难残疾人生活补贴发放情况"), true},
		"poor students":              {titled(culture("qingshan"), "2026年秋季学期家庭经济困难学生资助资金发放情况"), true},
		"households of any fund":     {tabled("household", "到户名单", "户主", "金额"), true},
		"table with an unknown kind": {tabled("", "明细", "金额"), true},
		"table of orphans":           {tabled("item", "孤儿基本生活费", "金额"), true},
		"column of illness":          {tabled("item", "医疗补助", "病种", "金额"), true},
		"column of names":            {tabled("item", "补助", "姓名", "金额"), true},
		"list of relief":             {listed("2026年11月临时救助对象名单", "公示", "本月5户。"), true},
		"relief by genre":            {listed("关于拟纳入特困供养人员的情况", "公示", "本月5户。"), true},
		"masked names in the text":   {listed("11月工作情况", "通报", "低保复核：张*明、李*红。"), true},
		"identity number":            {listed("关于11010119900307721X的情况", "通报", "无。"), true},
		"flag alone":                 {func() *Notice { n := listed("其他", "通知", "无。"); n.Sensitive = true; return n }(), true},

		"farm subsidy by village": {titled(culture("qingshan"), "2026年耕地地力保护补贴发放公示"), false},
		"culture":                 {culture("qingshan"), false},
		"standard of allowance":   {listed("关于调整2026年城乡最低生活保障标准的通知", "通知", "每人每月690元。"), false},
		"water is cut":            {listed("关于停水的公告", "公告", "11月23日停水。"), false},
		"list of a job":           {listed("松林村护林员选聘结果公示", "公示", "张三、李四。"), false},
		"guide":                   {titled(guide("g", "qingshan"), "最低生活保障申请"), false},
		"office number":           {listed("供水服务", "通知", "咨询 0000-6210345，困难家庭可减免。"), false},
	} {
		if got := c.n.Exposes(); got != c.want {
			t.Errorf("%s: Exposes is %v, want %v", name, got, c.want)
		}
	}
}

func TestPublicTitleNamesNobody(t *testing.T) {
	for title, want := range map[string]string{
		"关于给予王小明临时救助的公示":           "公示",
		"张*明等3户低保名单公示":             "公示",
		"低保对象11010119900307721X公示": "公示",
		"李某困难救助公示":                 "公示",
		"2026年11月临时救助对象名单公示":       "2026年11月临时救助对象名单公示",
		"石桥村、龙潭村特困供养对象公示":          "石桥村、龙潭村特困供养对象公示",
		"高龄和失能老人、困难家庭补助名单公示":       "高龄和失能老人、困难家庭补助名单公示",
		"方案和名单公示（困难学生）":            "方案和名单公示（困难学生）",
		"关于13900001111困难补助名单公示的通知": "公示",
	} {
		n := listed(title, "公示", "无。")
		if got := n.PublicTitle(); got != want {
			t.Errorf("%q is shown on the street as %q, want %q", title, got, want)
		}
	}
	if n := listed("张三、李四获评劳动模范", "公示", "无。"); n.PublicTitle() != n.Title {
		t.Error("a title outside the class is changed")
	}
}

// A text for boards that names somebody of the class is refused or warned of.
func TestLEDTextOfTheClassIsChecked(t *testing.T) {
	for led, want := range map[string]Severity{
		"救助对象110101199003077213":  Wrong,
		"救助对象1101***********7213": Wrong,
		"电话139 0000 1111":         Wrong,
		"张*明、李*红领取救助":             Wrong,
		"张小红、李四领取救助":              Warning,
		"本月救助5户，共2.49万元":          "",
		"救助热线0000-12345":          "",
	} {
		n := listed("2026年11月临时救助对象名单", "公示", "本月5户。")
		n.LED = led
		var got Severity
		for _, p := range Validate(n, ValidateEnv{}) {
			if p.Field == "led" && p.Code == "personal" {
				got = p.Severity
			}
		}
		if got != want {
			t.Errorf("%q: severity %q, want %q", led, got, want)
		}
	}
	free := listed("停水通知", "通知", "无。")
	free.LED = "联系张三、李四"
	for _, p := range Validate(free, ValidateEnv{}) {
		if p.Code == "personal" {
			t.Errorf("outside the class: %v", p.Message)
		}
	}
}

// Slot.Totals follows the class on boards outdoors, whoever forgot the flag, and
// on no other screen.
func TestSlotTotalsFollowTheClass(t *testing.T) {
	fund := culture("qingshan")
	fund.ID, fund.Title = "relief", "2026年11月特困人员救助供养资金发放情况"
	free := announcement("water", "qingshan")
	for _, c := range []struct {
		kind    ScreenKind
		outdoor bool
		want    string
	}{{LED, true, "relief"}, {LED, false, ""}, {Touch, true, ""}} {
		s := settingsOf(c.kind)
		s.Screen.Outdoor = c.outdoor
		l := library(t, s, compiled(t, CompileInput{
			Channel: ChannelID{Site: "qingshan"}, Revision: 1, Created: at8("2026-11-20 08:00"), Notices: []*Notice{fund, free},
			Playlists: []Playlist{{ID: "day", Name: "白天", Items: []Item{{Notice: "relief"}, {Notice: "water"}}}},
			Rules:     []schedule.Rule{{ID: "day", Name: "每天", Playlist: "day", Level: schedule.Normal}},
		}))
		slots, _ := l.Programme(schedule.Sure(at8("2026-11-20 09:00")))
		var totals []string
		for _, s := range slots {
			if s.Totals {
				totals = append(totals, string(s.Notice.ID))
			}
		}
		if got := strings.Join(totals, " "); got != c.want || len(slots) != 2 {
			t.Errorf("%s", fmt.Sprintf("%s outdoors %v: totals only of %q of %d slots, want %q of 2", c.kind, c.outdoor, got, len(slots), c.want))
		}
	}
}
