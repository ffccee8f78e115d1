package specimen

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

func day(m time.Month, d int) schedule.Date { return schedule.Date{Year: 2026, Month: m, Day: d} }

// The specimens by kind.
const (
	AnnouncementID playlist.NoticeID = "tongzhi-yanglao"
	GuideID        playlist.NoticeID = "dibao-shenqing"
	FundID         playlist.NoticeID = "gengdi-butie"
	CultureID      playlist.NoticeID = "wenhua-zijin"
	MediaID        playlist.NoticeID = "titian-tupian"
	AlertID        playlist.NoticeID = "baoyu-hongse"
	ExerciseID     playlist.NoticeID = "senlin-yanlian"
	LongGuideID    playlist.NoticeID = "shuiwu-xuke"
	ExplanationID  playlist.NoticeID = "yanglao-jiedu"
)

// Notices are all specimens but the alerts.
func Notices() []*playlist.Notice {
	return []*playlist.Notice{
		announcement(), guide(), longGuide(), fund(), culture(), media(),
		short("dangyuan-fazhan", "party", "关于发展党员的公示", "望川镇党委", "公示", day(11, 16),
			"经支部大会讨论、党委审查，拟接收张*明等 3 名同志为中共预备党员。如有异议，请在公示期内向镇党委反映。", &playlist.Posting{From: day(11, 16), Days: 5, Working: true}),
		short("liuxi-sanji", "village", "柳溪村第三季度财务收支明细", "柳溪村村民委员会", "公示", day(11, 19),
			"第三季度收入 12.86 万元，支出 9.41 万元，结余 3.45 万元，经村务监督委员会审核。", &playlist.Posting{From: day(11, 19), Days: 10}),
		explanation(),
		short("yibao-jiedu", "policy", "2027年度城乡居民医疗保险缴费政策解读", "县医疗保障局", "解读", day(11, 12),
			"2027年度个人缴费标准为每人每年 400 元，集中缴费期到12月31日止。", nil),
		short("tingshui", "policy", "关于城东片区计划停水的通知", "县住房和城乡建设局", "通知", day(11, 19),
			"因供水管道改造，11月23日 8:00 至 18:00 城东片区停水，请提前储水。", nil),
		short("senlin-fanghuo", "policy", "关于加强今冬明春森林防火工作的通告", "青禾县人民政府", "通告", day(11, 10),
			"自即日起至2027年4月30日为森林防火期，防火区内严禁一切野外用火。", nil),
	}
}

func short(id playlist.NoticeID, col playlist.ColumnID, title, issuer, genre string, on schedule.Date, text string, p *playlist.Posting) *playlist.Notice {
	return &playlist.Notice{
		ID: id, Version: 1, Kind: playlist.KindAnnouncement, Site: "qinghe", Column: col,
		Title: title, Issuer: issuer, Issued: on, Posting: p,
		Announcement: &playlist.Announcement{Genre: genre, Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: text}}},
	}
}

// explanation says in plain words what the announcement says.
func explanation() *playlist.Notice {
	n := short(ExplanationID, "policy", "养老保险缴哪一档划算？三个问题说清楚", "县人力资源和社会保障局", "解读", day(11, 18),
		"手头宽裕多缴，手头紧少缴：每年缴 500 元、缴满 15 年，60 岁后每月大约领 270 元。", nil)
	n.Announcement.Links = []playlist.NoticeID{AnnouncementID}
	return n
}

func announcement() *playlist.Notice {
	return &playlist.Notice{
		ID: AnnouncementID, Version: 1, Kind: playlist.KindAnnouncement, Site: "qinghe", Column: "social",
		Title: "关于做好2027年度城乡居民基本养老保险缴费工作的通知", TitleEn: "Pension contributions of residents for 2027",
		Summary: "11月25日起可以缴2027年的养老保险，12月31日前缴清；村里就能办，也可以让家人代办。",
		LED:     "2027年城乡居民养老保险11月25日开始缴费，12月31日截止，村便民服务站可办",
		Issuer:  "青禾县人力资源和社会保障局", Index: "QH-0211-2026-0093", Document: "青人社发〔2026〕58号", Issued: day(11, 18), Hotline: "0000-12333",
		Pictures: []playlist.Picture{picture("望川镇便民服务中心设立专窗，方便老年人现场缴费")},
		Announcement: &playlist.Announcement{
			Genre: "通知", Sign: "青禾县人力资源和社会保障局", Links: []playlist.NoticeID{"yibao-jiedu"},
			Blocks: []playlist.Block{
				{Kind: playlist.Salutation, Text: "各乡镇人民政府，各村（社区），全县城乡居民："},
				{Kind: playlist.Paragraph, Text: "根据《国务院关于建立统一的城乡居民基本养老保险制度的意见》和省、市有关规定，为切实保障城乡居民的养老权益，经县人民政府同意，现就做好2027年度城乡居民基本养老保险缴费工作的有关事项通知如下。"},
				{Kind: playlist.Heading, Text: "一、缴费对象"},
				{Kind: playlist.Paragraph, Text: "具有本县户籍，年满16周岁（不含在校学生），非国家机关和事业单位工作人员，以及不属于职工基本养老保险制度覆盖范围的城乡居民。"},
				{Kind: playlist.Heading, Text: "二、缴费标准和政府补贴"},
				{Kind: playlist.Paragraph, Text: "缴费标准分为200元至5000元共12个档次，由参保人自主选择，多缴多得、长缴多得。政府按所选档次给予30元至120元的缴费补贴；对低保对象、特困人员、重度残疾人，由县财政按最低标准全额代缴。"},
				{Kind: playlist.Image, Picture: 0},
				{Kind: playlist.Heading, Text: "三、缴费时间和方式"},
				{Kind: playlist.Paragraph, Text: "集中缴费期为2026年11月25日至12月31日。可以选择下列任何一种方式："},
				{Kind: playlist.ListItem, Text: "到本村（社区）便民服务站，由代办员协助缴费，当场打印凭证；"},
				{Kind: playlist.ListItem, Text: "到县农村信用社任一网点柜台缴费，或者签约代扣；"},
				{Kind: playlist.ListItem, Text: "通过“个人缴费”小程序自助缴费，家人可以代缴。"},
				{Kind: playlist.Heading, Text: "四、工作要求"},
				{Kind: playlist.Paragraph, Text: "各乡镇、各村（社区）要把缴费政策讲清楚，不得以任何理由搭车收费，不得要求群众重复提交材料。对行动不便的老年人、残疾人，要上门服务。缴费进度由县社会保险中心每周在政务公开栏和电子信息屏上公布，接受群众监督。"},
			},
		},
	}
}

func guide() *playlist.Notice {
	return &playlist.Notice{
		ID: GuideID, Version: 1, Kind: playlist.KindGuide, Site: "qinghe", Column: "relief",
		Web: "https://www.qinghe.example/zwfw/dibao-shenqing.html", Pictures: []playlist.Picture{form("低保申请书", playlist.Sample), form("家庭经济状况核对授权书", playlist.Sample)},
		Title: "最低生活保障申请", TitleEn: "Minimum living allowance", Issuer: "青禾县民政局", Index: "QH-0305-2026-0012", Issued: day(3, 2), Hotline: "0000-12345",
		Guide: &playlist.Guide{
			Who:        "家庭人均收入低于低保标准的本县户籍居民可以申请",
			Basis:      []string{"《社会救助暂行办法》第九条至第十三条", "《青禾县最低生活保障审核确认办法》（青政发〔2025〕14号）"},
			Conditions: []string{"共同生活的家庭成员人均收入低于每人每月 612 元", "家庭财产状况符合县里规定", "申请人具有本县户籍，或者持有本县居住证并连续居住一年以上"},
			Quota:      "无",
			Steps: []playlist.Step{
				{Name: "递交申请", Detail: "村服务站或镇窗口，当天受理"},
				{Name: "入户调查", Detail: "镇里两人上门", Limit: "10 个工作日内"},
				{Name: "村里公示", Detail: "7 天，可提异议"},
				{Name: "审核确认", Detail: "次月发到一卡通"},
			},
			Limit: "20 个工作日", LegalLimit: "45 个工作日",
			Materials: []playlist.Material{
				{Name: "户口簿", Originals: 1, Copies: 1, Note: "全家每页"},
				{Name: "身份证", Originals: 1, Copies: 1, Note: "共同生活的每个人"},
				{Name: "家庭经济状况核对授权书", Originals: 1, Note: "窗口领取，本机可打印样表"},
				{Name: "残疾证或诊断证明", Originals: 1, Copies: 1, Note: "有残疾或重病的带，没有不用带", Optional: true},
			},
			Fee: "不收费", Place: "本村便民服务站", Hours: "周一至周五 8:30–12:00，14:00–17:30", Phone: "0000-6210345", Complaint: "0000-12345",
		},
	}
}

func longGuide() *playlist.Notice {
	return &playlist.Notice{
		ID: LongGuideID, Version: 1, Kind: playlist.KindGuide, Site: "qinghe", Column: "papers",
		Title: "取水许可证核发（新办）", Issuer: "青禾县水利局", Issued: day(4, 8), Hotline: "0000-12345",
		Guide: &playlist.Guide{
			Who:        "需要直接从江河、湖泊或者地下取用水资源的单位和个人",
			Basis:      []string{"《中华人民共和国水法》第七条、第四十八条"},
			Conditions: []string{"符合县水资源综合规划和用水总量控制要求", "退水方案可行，不损害第三者合法权益"},
			Quota:      "县年度用水总量控制指标以内",
			Steps: []playlist.Step{
				{Name: "申请", Detail: "网上或者窗口提交全部材料", Limit: "随时"},
				{Name: "受理", Detail: "材料不全的一次性告知", Limit: "当天"},
				{Name: "现场勘验", Detail: "核对取水口位置和计量设施", Limit: "5 个工作日"},
				{Name: "专家评审", Detail: "对水资源论证报告书组织评审，时间不计入承诺时限", Limit: "15 个工作日"},
				{Name: "决定与送达", Detail: "窗口领取或者免费邮寄", Limit: "3 个工作日"},
			},
			Limit: "12 个工作日", LegalLimit: "45 个工作日",
			Materials: []playlist.Material{
				{Name: "取水许可申请书", Originals: 1, Note: "法定代表人签字并加盖公章"},
				{Name: "建设项目水资源论证报告书及其技术审查意见", Originals: 1, Copies: 2},
				{Name: "营业执照", Copies: 1, Note: "单位申请的提供", Optional: true},
			},
			Fee: "不收费（水资源费另按用水量依法征收）", Place: "青禾县政务服务中心二楼 23 号水利窗口", Hours: "周一至周五 8:30–12:00，14:00–17:30",
			Phone: "0000-6210567", Complaint: "0000-6210999",
			Tips: []string{"家庭生活和零星散养、圈养畜禽饮用等少量取水的，不需要申请取水许可。"},
		},
	}
}

// villages of the fund specimen: name, site, households, area in mu.
var villages = []struct {
	name, site, homes, mu, yuan string
}{
	{"东岭村", "dongling", "412", "3906.2", "371089.00"},
	{"柳溪村", "liuxi", "468", "4392.7", "417306.50"},
	{"石桥村", "shiqiao", "355", "3127.0", "297065.00"},
	{"望川社区", "wangchuan-sq", "126", "684.5", "65027.50"},
	{"小河村", "xiaohe", "298", "2760.4", "262238.00"},
	{"上坪村", "shangping", "331", "2988.6", "283917.00"},
	{"下坪村", "xiaping", "287", "2514.3", "238858.50"},
	{"青石村", "qingshi", "402", "3675.9", "349210.50"},
	{"白云村", "baiyun", "219", "1980.0", "188100.00"},
	{"竹园村", "zhuyuan", "376", "3402.8", "323266.00"},
	{"大湾村", "dawan", "264", "2317.5", "220162.50"},
	{"龙潭村", "longtan", "318", "2876.1", "273229.50"},
}

func fund() *playlist.Notice {
	t := playlist.FundTable{
		Title: "各村（社区）发放情况", By: "village",
		Columns: []playlist.FundColumn{
			{Name: "村（社区）", Type: playlist.TextColumn},
			{Name: "户数", Type: playlist.SumColumn},
			{Name: "面积", Unit: "亩", Type: playlist.SumColumn, Decimals: 1},
			{Name: "标准", Unit: "元/亩", Type: playlist.NumberColumn, Decimals: 2},
			{Name: "金额", Unit: "元", Type: playlist.SumColumn, Decimals: 2, Money: true},
		},
		Product: &playlist.Product{Quantity: 2, Rate: 3, Result: 4},
	}
	var total playlist.Amount
	for _, v := range villages {
		t.Rows = append(t.Rows, []string{v.name, v.homes, v.mu, "95.00", v.yuan})
		t.Sites = append(t.Sites, playlist.SiteID(v.site))
		a, err := playlist.ParseAmount(v.yuan)
		if err != nil {
			panic(err)
		}
		total += a
	}
	return &playlist.Notice{
		ID: FundID, Version: 1, Kind: playlist.KindFund, Site: "qinghe", Column: "funds-farm",
		Title: "2026年耕地地力保护补贴发放公示", TitleEn: "Farmland protection subsidy 2026", Issuer: "县农业农村局", Index: "QH-0307-2026-0118", Document: "青农发〔2026〕41号",
		Issued: day(11, 18), Hotline: "0000-12317", Web: "https://www.qinghe.example/zijin/2026/gengdi.html",
		Pictures: []playlist.Picture{form("青农发〔2026〕41号 第1页", playlist.Scan), form("青农发〔2026〕41号 第2页", playlist.Scan)},
		Posting:  &playlist.Posting{From: day(11, 18), Days: 7, Working: true, Objection: "对名单或金额有异议，请拨打 0000-12317，或到望川镇农业综合服务中心当面提出，3 个工作日内答复。"},
		Fund: &playlist.Fund{
			Period: "2026年", Purpose: "补贴给拥有耕地承包权的种地农民，用于保护耕地地力", Standard: "每亩 95 元，全县统一",
			Total: total, Sources: []playlist.FundSource{{Name: "中央", Amount: total}},
			Tables: []playlist.FundTable{t}, Approver: "县农业农村局、县财政局", Status: "公示无异议后通过一卡通发放",
		},
	}
}

func culture() *playlist.Notice {
	rows := [][]string{
		{"1", "三馆一站免费开放补助", "中央", "86.0", "县图书馆、文化馆、博物馆和各镇文化站"},
		{"2", "村级文化服务中心运行补助", "中央", "66.0", "22 个村（社区），每村 3 万元"},
		{"3", "农村电影放映补助", "中央", "52.8", "每村每月一场，全年 264 场"},
		{"4", "农家书屋图书更新", "中央", "22.0", "22 个农家书屋，每个 1 万元"},
		{"5", "戏曲进乡村", "中央", "33.0", "66 场，每场 5000 元"},
		{"6", "体育设施维护", "中央", "13.2", "村健身器材维修更换"},
		{"7", "非遗传承人补助", "省级", "6.4", "8 名传承人，每人 8000 元"},
		{"8", "送戏下乡补贴", "省级", "4.0", "县剧团演出补贴"},
		{"9", "农村文化建设奖励", "中央", "30.0", "按考核结果奖补"},
	}
	return &playlist.Notice{
		ID: CultureID, Version: 1, Kind: playlist.KindFund, Site: "qinghe", Column: "funds-culture",
		Title: "公共文化服务专项资金使用情况公示", Issuer: "县文化和旅游局", Index: "QH-0309-2026-0027", Issued: day(11, 10), Hotline: "0000-6210888",
		Posting: &playlist.Posting{From: day(11, 13), Days: 10, Objection: "对使用情况有异议，请拨打 0000-6210888。"},
		Fund: &playlist.Fund{
			Period: "2026年", Purpose: "公共文化服务体系建设", Total: 31340 * playlist.Wan / 100,
			Sources: []playlist.FundSource{{Name: "中央", Amount: 303 * playlist.Wan}, {Name: "省级", Amount: 1040 * playlist.Wan / 100}},
			Tables: []playlist.FundTable{{
				Title: "分项使用情况", By: "item", Rows: rows,
				Columns: []playlist.FundColumn{
					{Name: "序号", Type: playlist.TextColumn}, {Name: "项目", Type: playlist.TextColumn}, {Name: "来源", Type: playlist.TextColumn},
					{Name: "金额", Unit: "万元", Type: playlist.SumColumn, Decimals: 1, Money: true}, {Name: "用途与去向", Type: playlist.TextColumn},
				},
			}},
			Approver: "县文化和旅游局党组会", Status: "已拨付",
		},
	}
}

func picture(caption string) playlist.Picture {
	return playlist.Picture{Caption: caption, Renditions: []playlist.Rendition{{Ref: PictureRef, Size: 1, Type: "image/jpeg", Width: 1200, Height: 800}}}
}

// form is a page of paper: a scanned document or a filled-in form.
func form(caption string, role playlist.PictureRole) playlist.Picture {
	return playlist.Picture{Role: role, Caption: caption, Renditions: []playlist.Rendition{
		{Ref: FormRef, Size: 1, Type: "image/png", Width: 1654, Height: 2339},
	}}
}

func media() *playlist.Notice {
	return &playlist.Notice{
		ID: MediaID, Version: 1, Kind: playlist.KindMedia, Site: "qinghe", Column: "village",
		Title: "望川梯田高标准农田建设完工", Issuer: "望川镇人民政府", Issued: day(11, 15),
		Pictures: []playlist.Picture{picture("柳溪村梯田，新修机耕路 4.6 公里，灌渠 7.2 公里"), picture("东岭村蓄水池，可灌溉 320 亩")},
		Media:    &playlist.Media{Text: "望川镇高标准农田项目于11月12日通过县级验收，惠及柳溪、东岭、石桥三个村 1,186 户。项目总投资 862 万元，新增有效灌溉面积 2,140 亩。管护责任落实到村，管护员名单张贴在各村公开栏。"},
	}
}

// Alert is a warning in force at Now.
func Alert() *playlist.Notice {
	return &playlist.Notice{
		ID: AlertID, Version: 1, Kind: playlist.KindAlert, Site: "qinghe", Title: "暴雨红色预警信号", Issuer: "青禾县气象台", Issued: day(11, 20), Hotline: "0000-6213377",
		NotAfter: time.Date(2026, time.November, 20, 15, 0, 0, 0, Zone),
		Alert: &playlist.Alert{
			Type: "暴雨", Colour: playlist.Red, Area: "望川镇柳溪村、石桥村、小河村沿河地带",
			Action: "低洼处立即转移至望川镇中学", Measures: "镇干部和民兵已到村组织转移，沿河道路临时封闭，安置点备有食宿和药品。",
			Detail: "预计未来 3 小时降雨量将达 100 毫米以上，小流域山洪和地质灾害风险很高。",
			Start:  time.Date(2026, time.November, 20, 9, 12, 0, 0, Zone),
		},
	}
}

// Exercise is a drill in force at Now.
func Exercise() *playlist.Notice {
	return &playlist.Notice{
		ID: ExerciseID, Version: 1, Kind: playlist.KindAlert, Site: "qinghe", Title: "森林火险橙色预警", Issuer: "青禾县应急管理局", Issued: day(11, 20),
		NotAfter: time.Date(2026, time.November, 20, 12, 0, 0, 0, Zone),
		Alert: &playlist.Alert{
			Type: "森林火险", Colour: playlist.Orange, Area: "望川镇全域", Action: "禁止一切野外用火", Exercise: true,
			Measures: "护林员上岗巡查，扑火队集结待命。", Start: time.Date(2026, time.November, 20, 9, 0, 0, 0, Zone),
		},
	}
}
