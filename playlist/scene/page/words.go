package page

import (
	"fmt"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// words are the pages' own words in one language. What a notice says is never
// translated: where it has no English, the Chinese stands.
type words struct {
	en bool

	frame  frameWords // bar, sheets, loop, home
	typed  typedWords // keypads, search, forms
	read   readWords  // notices, taking away, printing
	duties dutyWords  // duty rosters

	home, back, end, otherLang string

	asOf, offlineAsOf, offlineLong, hotline, duty, call string
	exercise, exerciseLine                              string
	start                                               string

	posting, latest, allPostings, allLatest, more, moreItems, moreRows, backTop string
	older, olderSearch, items, nothing, nothingHint, subColumns, noneHere       string

	howLong, fee, where, who, complaint, legal, hours          string
	bring, bringNone, optional, original, copies               string
	steps, conditions, quota, basis, tips, supervision, ground string
	document, index, issued, signed, links, inShort            string
	total, source, purpose, standard, approver, status         string
	checked, checkedProduct, mismatch, sum, tableMoves         string
	postingOver, postingFrom, noHotline                        string
	area, since, measures, detail, warning, lifted, looks      string
	stillThere, stillLine, goOn, endNow                        string
	pairTitle                                                  string
	pairSteps                                                  [3]string
	cardTitle, cardHours, cardDuty, cardHotline                string
	identify                                                   string
	picture                                                    string
	field                                                      map[playlist.Field]string
	short                                                      map[playlist.Field]string
	kind                                                       map[playlist.Kind]string
	level                                                      map[playlist.AlertColour]string
	hazard                                                     map[string]string // of the kinds of warnings that weather offices issue, in capitals
}

func wordsFor(lang string) *words {
	if lang == "en" {
		return &english
	}
	return &chinese
}

var chinese = words{
	frame: frameChinese, typed: typedChinese, read: readChinese, duties: dutiesChinese,

	home: "首页", back: "返回", end: "结束", otherLang: "English",

	asOf: "信息截至 %s", offlineAsOf: "暂时连不上网络，内容截至 %s",
	offlineLong: "暂时连不上网络，内容截至 %s，办事请拨 %s", hotline: "监督电话 %s", duty: "值班电话 %s", call: "办事请拨 %s",
	exercise: "演练", exerciseLine: "这是一次演练，不是真实预警",
	start: "轻触屏幕开始",

	posting: "正在公示", latest: "最新发布", allPostings: "全部 %d 条", allLatest: "全部 %d 条",
	more: "往下看", moreItems: "下面还有 %d 条", moreRows: "下面还有 %d 行", backTop: "回到开头",
	older: "这里列出最近的 %d 条，更早的可以查找。", olderSearch: "查找",
	items: "%d 条", nothing: "这里暂时没有内容", nothingHint: "需要了解，请拨 %s。", subColumns: "分类", noneHere: "目前没有正在公示的事项",

	howLong: "多久办好", fee: "收费", where: "在哪里办", who: "问谁", complaint: "投诉 %s", legal: "法定 %s", hours: "办理时间",
	bring: "要带什么（%d 样）", bringNone: "不用带材料", optional: "视情况", original: "原件 %d", copies: "复印 %d",
	steps: "怎么办", conditions: "办理条件", quota: "数量限制", basis: "依据与监督", tips: "提醒", supervision: "监督电话", ground: "依据",
	document: "文号", index: "索引号 %s", issued: "%s发布", signed: "", links: "相关文件", inShort: "简单说",
	total: "合计", source: "资金来源", purpose: "用途", standard: "补助标准", approver: "审批", status: "拨付情况",
	checked: "本机已逐行核算，合计相符", checkedProduct: "本机已逐行核算：%s × %s ＝ %s，合计相符", mismatch: "合计不符：表中各行相加为 %s，与公布的合计不同",
	sum: "合计", tableMoves: "表格较宽，可左右移动",
	postingOver: "公示期已满", postingFrom: "%s起公示", noHotline: "",
	area: "影响范围", since: "开始时间", measures: "政府措施", detail: "详细情况", warning: "预警", lifted: "预警解除", looks: "查看",
	stillThere: "还在使用吗？", stillLine: "%d 秒后回到首页，已填内容会清除", goOn: "继续使用", endNow: "结束",
	pairTitle: "登记这块屏幕",
	pairSteps: [3]string{"在办公电脑上打开明白的管理页面，登录后选“配对新屏”", "输入下面的六位数字", "核对地点和名称，点“确认配对”，这里随即显示内容"},
	cardTitle: "欢迎前来办事", cardHours: "开放时间", cardDuty: "值班", cardHotline: "监督电话",
	identify: "这块屏幕是", picture: "第 %d / %d 张",
	field: map[playlist.Field]string{playlist.Government: "政务公开", playlist.Party: "党务公开", playlist.VillageDo: "村务公开", playlist.Money: "资金公示"},
	short: map[playlist.Field]string{playlist.Government: "政务", playlist.Party: "党务", playlist.VillageDo: "村务", playlist.Money: "资金"},
	kind: map[playlist.Kind]string{
		playlist.KindAnnouncement: "公告", playlist.KindGuide: "办事指南", playlist.KindFund: "资金公示", playlist.KindMedia: "图文", playlist.KindRoster: "值班表", playlist.KindAlert: "预警",
	},
	level: map[playlist.AlertColour]string{playlist.Red: "红色预警", playlist.Orange: "橙色预警", playlist.Yellow: "黄色预警", playlist.Blue: "蓝色预警"},
}

var english = words{
	en:    true,
	frame: frameEnglish, typed: typedEnglish, read: readEnglish, duties: dutiesEnglish,

	home: "Home", back: "Back", end: "Finish", otherLang: "中文",

	asOf: "As of %s", offlineAsOf: "No connection for now, as of %s",
	offlineLong: "No connection for now. Content as of %s. For service call %s", hotline: "Hotline %s", duty: "On duty %s", call: "For service call %s",
	exercise: "演练 DRILL", exerciseLine: "This is an exercise, not a real warning",
	start: "Touch to start",

	posting: "On public notice", latest: "Latest", allPostings: "All %d", allLatest: "All %d",
	more: "Further down", moreItems: "%d more below", moreRows: "%d more rows", backTop: "Back to top",
	older: "These are the latest %d. Older ones can be found by searching.", olderSearch: "Search",
	items: "%d items", nothing: "Nothing here for now", nothingHint: "For questions call %s.", subColumns: "Sections", noneHere: "No notice period is running now",

	howLong: "How long", fee: "Fee", where: "Where", who: "Phone", complaint: "Complaints %s", legal: "By law %s", hours: "Hours",
	bring: "What to bring (%d)", bringNone: "Nothing to bring", optional: "if it applies", original: "Original %d", copies: "Copies %d",
	steps: "Steps", conditions: "Conditions", quota: "Quota", basis: "Legal basis", tips: "Good to know", supervision: "Complaints", ground: "Basis",
	document: "Document", index: "Index %s", issued: "Issued %s", signed: "", links: "Related", inShort: "In short",
	total: "Total", source: "Source", purpose: "Purpose", standard: "Standard", approver: "Approved by", status: "Payment",
	checked: "Recomputed on this machine, sums agree", checkedProduct: "Recomputed on this machine: %s × %s = %s, sums agree", mismatch: "Sums disagree: the rows add up to %s, not to the published total",
	sum: "Sum", tableMoves: "Wide table, moves sideways",
	postingOver: "Notice period completed", postingFrom: "From %s",
	area: "Area", since: "From", measures: "Measures", detail: "Details", warning: "warning", lifted: "Warning lifted", looks: "View",
	stillThere: "Still there?", stillLine: "Starting over in %d s. What you entered will be cleared.", goOn: "Continue", endNow: "Finish",
	pairTitle: "Enrol this screen",
	pairSteps: [3]string{"On an office computer open the Mingbai console, sign in and choose Pair a screen", "Enter the six digits below", "Check place and name and confirm: content appears here at once"},
	cardTitle: "Welcome", cardHours: "Opening hours", cardDuty: "On duty", cardHotline: "Hotline",
	identify: "This screen is", picture: "%d / %d",
	field: map[playlist.Field]string{playlist.Government: "Government", playlist.Party: "Party", playlist.VillageDo: "Village", playlist.Money: "Funds"},
	short: map[playlist.Field]string{playlist.Government: "Gov", playlist.Party: "Party", playlist.VillageDo: "Village", playlist.Money: "Funds"},
	kind: map[playlist.Kind]string{
		playlist.KindAnnouncement: "Notice", playlist.KindGuide: "Service guide", playlist.KindFund: "Funds", playlist.KindMedia: "Pictures", playlist.KindRoster: "Duty roster", playlist.KindAlert: "Warning",
	},
	level: map[playlist.AlertColour]string{playlist.Red: "RED WARNING", playlist.Orange: "ORANGE WARNING", playlist.Yellow: "YELLOW WARNING", playlist.Blue: "BLUE WARNING"},
	hazard: map[string]string{
		"台风": "TYPHOON", "暴雨": "RAINSTORM", "暴雪": "SNOWSTORM", "寒潮": "COLD WAVE", "大风": "GALE", "沙尘暴": "SANDSTORM", "高温": "HEAT", "干旱": "DROUGHT",
		"雷电": "LIGHTNING", "冰雹": "HAIL", "霜冻": "FROST", "大雾": "FOG", "霾": "HAZE", "道路结冰": "ICY ROAD", "地震": "EARTHQUAKE", "洪水": "FLOOD",
		"山洪": "FLASH FLOOD", "山洪灾害": "FLASH FLOOD", "地质灾害": "LANDSLIDE", "森林火险": "FOREST FIRE",
	},
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// day is a date as people say it, without the year when it is the moment's.
func (w *words) day(d schedule.Date, year int) string {
	switch {
	case d == (schedule.Date{}):
		return ""
	case w.en && d.Year == year:
		return fmt.Sprintf("%d %s", d.Day, d.Month.String()[:3])
	case w.en:
		return fmt.Sprintf("%d %s %d", d.Day, d.Month.String()[:3], d.Year)
	case d.Year == year:
		return fmt.Sprintf("%d月%d日", d.Month, d.Day)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day)
}

// fullDay is a date with its year, as documents are dated.
func (w *words) fullDay(d schedule.Date) string { return w.day(d, -1) }

func (w *words) weekday(t time.Time) string {
	if w.en {
		return t.Weekday().String()
	}
	return "星期" + weekdays[t.Weekday()]
}

// shortDay is the day of the week where there is little room.
func (w *words) shortDay(t time.Time) string {
	if w.en {
		return t.Weekday().String()[:3]
	}
	return "周" + weekdays[t.Weekday()]
}

// instant is a day and a time of day.
func (w *words) instant(t time.Time, year int) string {
	return w.day(dateOf(t), year) + " " + t.Format("15:04")
}

func dateOf(t time.Time) schedule.Date {
	y, m, d := t.Date()
	return schedule.Date{Year: y, Month: m, Day: d}
}

// dayCount is how far a posting period is: 第 3 / 7 个工作日.
func (w *words) dayCount(day, total int, working bool) string {
	switch {
	case w.en && working:
		return fmt.Sprintf("day %d of %d (working)", day, total)
	case w.en:
		return fmt.Sprintf("day %d of %d", day, total)
	case working:
		return fmt.Sprintf("第 %d / %d 个工作日", day, total)
	}
	return fmt.Sprintf("第 %d / %d 天", day, total)
}

// dayLine is the same as a sentence for the posting panel.
func (w *words) dayLine(day, total int, working bool) string {
	switch {
	case w.en && working:
		return fmt.Sprintf("Public notice: working day %d of %d", day, total)
	case w.en:
		return fmt.Sprintf("Public notice: day %d of %d", day, total)
	case working:
		return fmt.Sprintf("公示期：第 %d 个工作日，共 %d 个", day, total)
	}
	return fmt.Sprintf("公示期：第 %d 天，共 %d 天", day, total)
}
