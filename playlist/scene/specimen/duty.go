package specimen

import (
	"fmt"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// The specimens with tables in their text, and the duty rosters.
const (
	TableID     playlist.NoticeID = "tingshui-anpai"
	WideTableID playlist.NoticeID = "jiandu-dianhua"
	RosterID    playlist.NoticeID = "xian-zhiban"
	VillageID   playlist.NoticeID = "liuxi-zhiban"
)

// Duty are the notices with tables and the rosters; they are not among Notices.
func Duty() []*playlist.Notice {
	water := short(TableID, "policy", "关于城东片区分时段停水的公告", "县自来水公司", "公告", day(11, 19),
		"因东门路供水主管道更换阀门，定于11月23日至25日分片停水。各片停水时间如下表，请提前储水。", nil)
	water.Summary = "11月23日至25日分片停水，每片不超过八小时，请提前储水。"
	water.Announcement.Blocks = append(water.Announcement.Blocks,
		playlist.Block{Kind: playlist.TableBlock, Text: "各片停水时间", Rows: [][]string{
			{"片区", "停水时间", "户数", "送水点"},
			{"东门路以东", "11月23日 8:00—16:00", "1240", "东门小学门口"},
			{"文昌街、北街", "11月24日 8:00—16:00", "986", "文昌广场"},
			{"滨河路（北街以南至滨河公园，含滨河小区一至三期）", "11月25日 9:00—15:00", "2105", "滨河公园北门、滨河小区二期大门"},
			{"县政务服务中心", "11月24日 22:00至次日 5:00", "—", "—"},
		}},
		playlist.Block{Kind: playlist.Paragraph, Text: "恢复供水初期可能有短时黄水，放流几分钟即可使用。服务电话：0000-6213911，24小时有人接听。"},
	)
	wide := short(WideTableID, "policy", "2026年县直部门监督电话和办公安排", "青禾县人民政府办公室", "公告", day(11, 17),
		"现将县直部门监督电话和办公安排公布如下。", nil)
	rows := [][]string{{"部门", "分管工作", "监督电话", "办公地点", "工作日", "周末", "受理期限", "负责人"}}
	for i, d := range []string{"县发展和改革局", "县教育局", "县公安局", "县民政局", "县财政局", "县人力资源和社会保障局", "县自然资源局", "县住房和城乡建设局", "县交通运输局", "县水利局", "县农业农村局", "县卫生健康局"} {
		rows = append(rows, []string{d, "群众来信来访和投诉举报", fmt.Sprintf("0000-62120%02d", i+1), fmt.Sprintf("政府大楼 %d 楼 %d 室", i%5+1, 101+i*7), "8:30—17:30", "值班室受理", "十五个工作日", "办公室主任"})
	}
	wide.Announcement.Blocks = append(wide.Announcement.Blocks, playlist.Block{Kind: playlist.TableBlock, Rows: rows})

	county := &playlist.Notice{
		ID: RosterID, Version: 1, Kind: playlist.KindRoster, Site: "qinghe", Column: "policy", Title: "青禾县人民政府11月下旬值班表", TitleEn: "County government: duty roster, late November",
		Issuer: "青禾县人民政府办公室", Issued: day(11, 18), Hotline: "0000-12345",
		Roster: &playlist.Roster{Place: "县政府大楼一楼值班室", Phone: "0000-6212345", Note: "紧急情况请直接拨打 110、119、120。"},
	}
	lead := []string{"陈建平 副县长", "周敏 副县长", "刘国栋 县委常委", "赵雪梅 副县长", "孙卫东 副县长"}
	staff := []string{"李明、王芳", "张伟、何静", "吴强、郑丽", "马超、唐琳"}
	night := []string{"胡军", "谢涛", "罗斌"}
	for i := range 12 {
		county.Roster.Shifts = append(county.Roster.Shifts, playlist.Shift{
			Day: day(11, 18).AddDays(i), Lead: lead[i%len(lead)], Staff: staff[i%len(staff)], Night: night[i%len(night)],
		})
	}
	village := &playlist.Notice{
		ID: VillageID, Version: 1, Kind: playlist.KindRoster, Site: "liuxi", Column: "village", Title: "柳溪村一周值班", Issuer: "柳溪村村民委员会", Issued: day(11, 16),
		Roster: &playlist.Roster{Place: "村便民服务站", Phone: "0000-6210311", Shifts: []playlist.Shift{
			{Day: day(11, 16), Staff: "陈大柱"}, {Day: day(11, 17), Staff: "周秀英"}, {Day: day(11, 20), Staff: "刘长根", Phone: "0000-6210377"},
			{Day: day(11, 21), Staff: "周秀英"}, {Day: day(11, 22), Staff: "陈大柱"},
		}},
	}
	return []*playlist.Notice{water, wide, county, village}
}

// DutyViews are the pages of Duty with the instants at which they are drawn, by
// name.
var DutyViews = []struct {
	Name string
	At   time.Time
	View page.View
}{
	{"table", friday(9), notice(TableID)},
	{"table-large", friday(9), page.View{Kind: page.NoticePage, Notice: TableID, Large: 2}},
	{"table-contrast", friday(9), page.View{Kind: page.NoticePage, Notice: TableID, HighContrast: true}},
	{"table-wide", friday(9), page.View{Kind: page.NoticePage, Notice: WideTableID, TableX: 300}},
	{"roster", friday(9), notice(RosterID)},
	{"roster-night", friday(20), notice(RosterID)},
	{"roster-over", friday(24 * 12), notice(RosterID)},
	{"roster-english", friday(9), page.View{Kind: page.NoticePage, Notice: RosterID, Lang: "en"}},
	{"roster-large", friday(9), page.View{Kind: page.NoticePage, Notice: RosterID, Large: 2}},
	{"roster-contrast", friday(9), page.View{Kind: page.NoticePage, Notice: RosterID, HighContrast: true}},
	{"roster-low", friday(9), page.View{Kind: page.NoticePage, Notice: RosterID, Low: true}},
	{"roster-village", friday(9), notice(VillageID)},
	{"roster-take", friday(9), page.View{Kind: page.NoticePage, Notice: RosterID, Sheet: page.TakeSheet}},
	{"attract-roster", friday(9), page.View{Kind: page.Attract, Notice: RosterID, Slide: 1, Slides: 6}},
	{"attract-table", friday(9), page.View{Kind: page.Attract, Notice: TableID, Slide: 2, Slides: 6}},
}

// friday is an hour of the specimens' day.
func friday(hour int) time.Time { return time.Date(2026, time.November, 20, hour, 30, 0, 0, Zone) }

// DutyLibrary is the library that has Duty.
func DutyLibrary(panel playlist.Panel) (*playlist.Library, error) {
	return Library(Settings("liuxi", panel), Duty()...)
}

// DutyPages draws DutyViews on a panel.
func DutyPages(setter *typeset.Setter, panel playlist.Panel) ([]Specimen, error) {
	lib, err := DutyLibrary(panel)
	if err != nil {
		return nil, fmt.Errorf("making the library of tables and rosters: %w", err)
	}
	b := page.New(setter, lib.Settings(), Pictures)
	var out []Specimen
	for _, v := range DutyViews {
		f, info := b.Draw(v.View, lib, schedule.Sure(v.At), online())
		out = append(out, Specimen{Name: fmt.Sprintf("%s-%dx%d", v.Name, panel.Width, panel.Height), Panel: panel, Frame: f, Info: info})
	}
	return out, nil
}

// DutyBoards are the rosters as boards show them by day, at night and after their
// last day, and a text with a table.
func DutyBoards() []Shown {
	at := func(hour int) led.Options {
		return led.Options{Own: []playlist.SiteID{"liuxi", "wangchuan", "qinghe"}, Zone: Zone, Now: friday(hour)}
	}
	street := at(9)
	street.Totals = true
	all := Duty()
	return []Shown{
		{"table", all[0], at(9)},
		{"roster", all[2], at(9)},
		{"roster-night", all[2], at(20)},
		{"roster-over", all[2], at(24 * 12)},
		{"roster-names", all[2], street},
		{"roster-village", all[3], at(9)},
	}
}
