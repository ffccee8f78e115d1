package playlist

import (
	"fmt"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

var shanghai = func() *time.Location {
	loc, err := time.LoadLocation(DefaultZone)
	if err != nil {
		panic(err)
	}
	return loc
}()

func at8(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) schedule.Date {
	d, err := schedule.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func amount(s string) Amount {
	a, err := ParseAmount(s)
	if err != nil {
		panic(err)
	}
	return a
}

func announcement(id string, site SiteID) *Notice {
	return &Notice{
		ID: NoticeID(id), Version: 1, Kind: KindAnnouncement, Site: site, Column: "notices",
		Title: "关于做好秋季农田水利设施检修的通知", Summary: "各村十一月底前检修好渠道和泵站。", Issuer: "青山县水利局", Index: "QS-2026-0412",
		Document: "青水发〔2026〕41号", Issued: day("2026-11-10"),
		Announcement: &Announcement{Genre: "通知", Blocks: []Block{
			{Kind: Salutation, Text: "各村（社区）："},
			{Kind: Paragraph, Text: "为保障冬春灌溉，现就秋季农田水利设施检修工作通知如下。"},
			{Kind: Heading, Text: "一、时间"},
			{Kind: ListItem, Text: "（1）十一月二十日前完成自查；"},
			{Kind: ListItem, Text: "（2）十一月三十日前完成检修。"},
		}},
	}
}

func guide(id string, site SiteID) *Notice {
	return &Notice{
		ID: NoticeID(id), Version: 1, Kind: KindGuide, Site: site, Column: "guides",
		Title: "最低生活保障申请", Issuer: "青山县民政局", Issued: day("2026-01-05"),
		Guide: &Guide{
			Who: "家庭人均收入低于本县低保标准的居民", Basis: []string{"《社会救助暂行办法》第九条"}, Conditions: []string{"持有本县户籍"},
			Quota: "无", Steps: []Step{{Name: "申请", Detail: "向镇民政办提交材料"}, {Name: "公示", Limit: "7个工作日"}},
			Limit: "20个工作日", LegalLimit: "30个工作日",
			Materials: []Material{{Name: "身份证", Originals: 1, Copies: 1}, {Name: "残疾证", Copies: 1, Note: "有残疾人的家庭", Optional: true}},
			Fee:       "不收费", Place: "县政务服务中心 3 号窗口", Hours: "工作日 8:30-17:30", Phone: "0571-6123456", Complaint: "12345",
		},
	}
}

// culture is the culture fund of the source documents: nine lines that add up to
// 313.4 万元, of which 10.4 provincial and 303 central.
func culture(site SiteID) *Notice {
	lines := []string{"公共文化服务体系建设", "42.5", "博物馆免费开放", "60", "图书馆免费开放", "35.4", "文化馆免费开放", "35", "乡镇文化站免费开放", "65",
		"农村文化活动", "28.1", "送戏下乡补贴", "4", "非物质文化遗产保护", "33", "广播电视节目覆盖", "10.4"}
	t := FundTable{Title: "资金分配表", By: "item", Columns: []FundColumn{
		{Name: "序号", Type: TextColumn}, {Name: "项目", Type: TextColumn}, {Name: "金额", Unit: "万元", Type: SumColumn, Decimals: 2, Money: true}}}
	for i := 0; i < len(lines); i += 2 {
		t.Rows = append(t.Rows, []string{fmt.Sprint(i/2 + 1), lines[i], lines[i+1]})
	}
	return &Notice{
		ID: "culture-fund-2024", Version: 1, Kind: KindFund, Site: site, Column: "funds", Title: "2024年文化专项资金分配公示", Issuer: "青山县文化和旅游局",
		Issued: day("2026-11-02"), Hotline: "0571-6120000",
		Posting: &Posting{From: day("2026-11-02"), Days: 7, Working: true, Objection: "公示期内可向县文化和旅游局提出，由局办公室答复"},
		Fund: &Fund{Period: "2024年度", Purpose: "公共文化服务", Total: amount("313.4万元"),
			Sources: []FundSource{{"省级", amount("10.4万元")}, {"中央", amount("303万元")}}, Tables: []FundTable{t}, Approver: "县财政局", Status: "已拨"},
	}
}

func households(site SiteID) *Notice {
	n := culture(site)
	n.ID, n.Title, n.Sensitive, n.NotAfter = "grain-subsidy-2026", "2026年耕地地力保护补贴发放公示", true, at8("2026-12-01 00:00")
	n.Fund.Total, n.Fund.Sources = amount("2450.75"), []FundSource{{"中央", amount("2450.75")}}
	n.Fund.Tables = []FundTable{{Title: "分户明细", By: "household", Columns: []FundColumn{
		{Name: "户主姓名", Type: TextColumn}, {Name: "面积", Unit: "亩", Type: SumColumn, Decimals: 2}, {Name: "标准", Unit: "元/亩", Type: NumberColumn, Decimals: 2},
		{Name: "金额", Unit: "元", Type: SumColumn, Decimals: 2, Money: true}},
		Rows:    [][]string{{"张*山", "10.5", "95", "997.50"}, {"李*", "15.30", "94.98", "1453.19"}, {"王*芳", "0", "95", "0.06"}},
		Product: nil}}
	return n
}

func media(id string, site SiteID) *Notice {
	ref := assets.RefOf([]byte("a picture"))
	return &Notice{
		ID: NoticeID(id), Version: 1, Kind: KindMedia, Site: site, Column: "notices", Title: "柳溪村新修的水渠", Issuer: "柳溪村村民委员会", Issued: day("2026-11-01"),
		Pictures: []Picture{{Caption: "水渠全长两公里", Renditions: []Rendition{{Ref: ref, Size: 9, Type: "image/jpeg", Width: 1600, Height: 900}}}},
		Media:    &Media{Text: "十月建成通水"},
	}
}

func alert(id string, site SiteID, colour AlertColour, from, to string) *Notice {
	return &Notice{
		ID: NoticeID(id), Version: 1, Kind: KindAlert, Site: site, Title: "暴雨预警", Issuer: "青山县气象台", Issued: day(from[:10]),
		NotBefore: at8(from), NotAfter: at8(to),
		Alert: &Alert{Type: "暴雨", Colour: colour, Area: "全县", Action: "立即转移至镇中学", Start: at8(from)},
	}
}

var catalogueOfCounty = []Column{
	{ID: "news", Name: "政务动态", Field: Government, Tile: 2},
	{ID: "notices", Parent: "news", Name: "通知公告", Field: Government},
	{ID: "guides", Name: "办事指南", Field: Government, Tile: 1},
	{ID: "money", Name: "财务公开", Field: Money, Tile: 3},
	{ID: "funds", Parent: "money", Name: "专项资金", Field: Money, Cadence: Quarterly},
}

var workRule = schedule.Rule{ID: "work", Name: "工作时间", Playlist: "day", Level: schedule.Normal, Days: schedule.WorkingDay,
	Spans: []schedule.Span{{From: 8*60 + 30, To: 17*60 + 30}}}

// county compiles qingshan's channel with the notices given.
func county(t testing.TB, revision Revision, notices []*Notice, takedowns ...Takedown) Loaded {
	return compiled(t, CompileInput{
		Channel: ChannelID{Site: "qingshan"}, Revision: revision, Created: at8("2026-11-15 09:00"), Notices: notices, Columns: catalogueOfCounty,
		Playlists: []Playlist{{ID: "day", Name: "白天", Latest: &Select{Count: 10, Kinds: []Kind{KindAnnouncement, KindMedia, KindFund}}}},
		Rules:     []schedule.Rule{workRule}, Takedowns: takedowns,
	})
}

func compiled(t testing.TB, in CompileInput) Loaded {
	t.Helper()
	e, blobs, err := Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	out := Loaded{Edition: e, Notices: map[NoticeID]*Notice{}}
	for _, entry := range e.Notices {
		n, err := DecodeNotice(blobs[entry.Ref])
		if err != nil {
			t.Fatal(err)
		}
		out.Notices[entry.ID] = n
	}
	return out
}

// settingsOf grants a touchscreen in liuxi all channels above it.
func settingsOf(kind ScreenKind) Settings {
	s := Settings{Revision: 1, Zone: DefaultZone,
		Screen: Screen{ID: "s-1", Site: "liuxi", Kind: kind, Name: "村部触摸屏", Panel: Panel{Width: 1080, Height: 1920, WidthMM: 600, HeightMM: 1060}},
		Path:   []SiteName{{ID: "liuxi", Kind: Village, Name: "柳溪村"}, {ID: "baita", Kind: Town, Name: "白塔镇"}, {ID: "qingshan", Kind: County, Name: "青山县"}},
	}
	for _, p := range s.Path {
		s.Channels = append(s.Channels, ChannelGrant{Channel: ChannelID{Site: p.ID}}, ChannelGrant{Channel: ChannelID{Site: p.ID, Alert: true}})
	}
	return s
}

func library(t testing.TB, s Settings, loaded ...Loaded) *Library {
	t.Helper()
	l, err := NewLibrary(s, loaded)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ids(notices []*Notice) string {
	s := ""
	for _, n := range notices {
		s += string(n.ID) + " "
	}
	return s
}

func fields(problems []Problem, sev Severity) string {
	s := ""
	for _, p := range problems {
		if p.Severity == sev {
			s += p.Field + ":" + p.Code + " "
		}
	}
	return s
}
