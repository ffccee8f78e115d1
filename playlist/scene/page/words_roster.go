package page

import "time"

// zoneless is where a civil day has the same day of the week everywhere.
var zoneless = time.UTC

// dutyWords are the words of a duty roster.
type dutyWords struct {
	today, phone, phoneShort, place           string
	lead, daytime, allDay, tonight, staff     string
	from, night, date, coming                 string
	ended, begins, nobody, inCode, comingName string
}

var dutiesChinese = dutyWords{
	today: "今天", phone: "值班电话", phoneShort: "电话", place: "值班地点",
	lead: "带班", daytime: "白天值班", allDay: "值班", tonight: "今晚值班", staff: "值班",
	from: "%s（%s 起）", night: "夜班", date: "日期", coming: "往后几天",
	ended: "值班表排到%s，已经结束。新的值班表公布前，请打上面的电话。", begins: "值班表从%s开始，在此之前请打上面的电话。", nobody: "今天没有排班，请打上面的电话。",
	inCode: "今天谁值班", comingName: "往后几天的值班表",
}

var dutiesEnglish = dutyWords{
	today: "Today", phone: "Duty phone", phoneShort: "Phone", place: "Where",
	lead: "In charge", daytime: "By day", allDay: "On duty", tonight: "Tonight", staff: "On duty",
	from: "%s (from %s)", night: "Night", date: "Day", coming: "The days that follow",
	ended: "The roster ended on %s. Until there is a new one, call the number above.", begins: "The roster begins on %s. Until then call the number above.", nobody: "Nobody is listed today. Call the number above.",
	inCode: "who is on duty today", comingName: "the days that follow",
}
