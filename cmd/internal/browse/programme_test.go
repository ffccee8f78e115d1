package browse_test

import (
	"fmt"
	"strings"
	"time"
)

// soon finds a day of the week whose last day in its month is near enough for a
// forecast: the last Friday, or in the last days of a month the day that it is.
func soon(now time.Time) (time.Weekday, time.Time) {
	last := func(w time.Weekday, month time.Time) time.Time {
		end := time.Date(month.Year(), month.Month()+1, 0, 10, 0, 0, 0, month.Location())
		return end.AddDate(0, 0, -int((end.Weekday()-w+7)%7))
	}
	w := time.Friday
	day := last(w, now)
	if day.YearDay() < now.YearDay() {
		w = now.Weekday() // of the last seven days of a month each is the last of its name
		day = last(w, now)
	}
	return w, day
}

// boards is a clerk's work for LED boards: a rule for the last Friday, a playlist
// that is too long, and what a technician says of a board.
func (o *office) boards() {
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.must(err)
	now := time.Now().In(zone)

	// Somebody adds a campaign for the last Friday, without knowing RFC 5545.
	w, day := soon(now)
	code := strings.ToUpper(w.String()[:2])
	o.must(o.Open(o.base + "/programme/qinghe"))
	o.says("main", "大屏短讯")
	o.says("main", "最多 3 分钟")
	o.must(o.Press(`a[href$="/rules/new"]`))
	o.must(o.Settle())
	o.sound("rule-new")
	o.must(o.Press("button[value=save]")) // without a name
	o.says("[data-field=name]", "请给规则起个名字")
	o.Complaints() // of the 422
	o.must(o.Fill("input[name=name]", "每月安全日"))
	o.must(o.Fill("select[name=playlist]", "dengping"))
	o.must(o.Fill(`input[name=level][value=campaign]`, "on"))
	o.must(o.Fill("select[name=nth_day]", code)) // who fills that in means that way
	o.must(o.Until(`document.querySelector("input[name=pattern]:checked").value === "nth"`))
	o.must(o.Fill(`input[name=tag][value="室外"]`, "on"))
	o.must(o.Until(`document.querySelector("[data-fact=words]").innerText.includes("每月最后一个")`))
	o.says("[data-fact=words]", "每月最后一个星期"+[]string{"日", "一", "二", "三", "四", "五", "六"}[w])
	o.says("[data-fact=words]", "LED 屏")
	o.sound("rule-last-friday")
	o.must(o.Press("button[value=save]"))
	o.says(".done", "已保存")
	o.says("table.rules", "每月安全日")
	o.sound("programme")

	// Somebody writes another one at the same time and is told at once.
	o.must(o.Open(o.base + "/programme/qinghe/rules/new"))
	o.must(o.Fill("input[name=name]", "平安日之外"))
	o.must(o.Fill(`input[name=tag][value="室外"]`, "on"))
	o.must(o.Until(`document.querySelector("[data-fact=clashes]").innerText.includes("“每月安全日”（活动）级别更高")`))
	o.sound("rule-clash")
	o.must(o.Until(`document.querySelector("#rule, form.form").dataset.unsaved = "" || true`))

	// The calendar has it on its day, and says what gives way.
	o.must(o.Open(o.base + "/programme/qinghe/calendar?day=" + day.Format("2006-01-02")))
	o.Complaints()
	o.says("td.chosen", "每月安全日")
	o.says(".clash", "“每月安全日”（活动）压过")
	o.sound("calendar")
	o.must(o.Open(o.base + "/screens/hall-led-gate/calendar?day=" + day.Format("2006-01-02")))
	o.says("td.chosen", "每月安全日")
	o.says("table.byhour", "每月安全日")
	o.sound("calendar-screen")

	// The forecast of that day says so, and what it beats.
	at := day.Format("2006-01-02T15:04")
	if day.Before(now) {
		at = now.Format("2006-01-02T15:04") // it is today
	}
	o.must(o.Open(o.base + "/screens/hall-led-gate/forecast?at=" + at))
	o.says(".words", "活动")
	o.says(".words", "每月安全日")
	o.says("table.reasons", "让位")
	if is, err := o.Has(".overview rect.campaign"); err != nil || !is {
		o.Errorf("no bar of the month is a campaign: %v", err)
	}
	o.sound("forecast")
	o.must(o.Until(`document.querySelector(".day a").focus() || document.querySelector("[data-said]").innerText.includes("日常") || document.querySelector("[data-said]").innerText.includes("活动")`))
	o.must(o.Until(`window.scrollTo(0, 9999) || true`))
	o.sound("forecast-month")
	o.must(o.Open(o.base + "/screens/hall-led-gate/forecast?at=" + day.AddDate(0, 0, 1).Format("2006-01-02T15:04")))
	text, err := o.Text(".words")
	o.must(err)
	if strings.Contains(text, "每月安全日") {
		o.Errorf("the day after it still plays: %s", text)
	}

	// A playlist that takes too long is refused, with what was typed.
	o.must(o.Open(o.base + "/programme/qinghe/lists/dengping"))
	o.must(o.Settle())
	// The order follows the arrows; what is added comes last.
	const order = `[...document.querySelectorAll("#items .chosen")].map(r => r.querySelector("input").name + "=" + r.querySelector("input").value).join(" ")`
	o.must(o.Until(order + `.startsWith("order-fanghuo-ling=1 ")`))
	o.must(o.Click(`#items .chosen:nth-child(1) [data-move=down]`))
	o.must(o.Until(order + `.includes(" order-fanghuo-ling=2 ") && document.activeElement.dataset.move === "down"`))
	o.must(o.Click(`#items .chosen:nth-child(2) [data-move=up]`))
	o.must(o.Click(`#items tr:not(.chosen) [data-move=add]`))
	o.must(o.Until(order + `.split(" ").length === 4`))
	o.must(o.Click(`#items .chosen:nth-child(4) [data-move=drop]`))
	o.must(o.Until(order + `.split(" ").length === 3 && ` + order + `.startsWith("order-fanghuo-ling=1 ")`))
	// So it does with the mouse: the first onto the last, and one from below.
	o.must(o.Settle()) // what is found wrong moves the rows
	o.must(o.Drag(`#items .chosen:nth-child(1) td:nth-child(4)`, `#items .chosen:nth-child(3) td:nth-child(4)`))
	o.must(o.Until(`!` + order + `.startsWith("order-fanghuo-ling=1 ") && ` + order + `.split(" ").length === 3`))
	o.must(o.Settle())
	o.must(o.Drag(`#items input[name="order-fanghuo-ling"]`, `#items .chosen:nth-child(1) td:nth-child(4)`))
	o.must(o.Until(order + `.split(" ").length === 3`))
	o.must(o.Fill(`input[name="dwell-fanghuo-ling"]`, "170"))
	o.must(o.Fill("input[name=name]", "大屏短讯（长）"))
	o.must(o.Until(`document.querySelector("#list").dataset.checked`))
	o.must(o.Press("button[value=save]"))
	o.says("#list", "最多 3 分钟")
	o.says("#list", "这一轮要")
	kept, err := o.Has(`input[name="dwell-fanghuo-ling"][value="170"]`)
	o.must(err)
	name, err := o.Has(`input[name=name][value="大屏短讯（长）"]`)
	o.must(err)
	if !kept || !name {
		o.Error("what was typed is lost")
	}
	o.Complaints()
	o.sound("list-overloaded")
	o.must(o.Fill(`input[name="dwell-fanghuo-ling"]`, "20"))
	o.must(o.Press("button[value=save]"))
	o.says(".done", "已保存")

	// One screen alone is chosen by its name.
	o.must(o.Open(o.base + "/programme/qinghe/rules/new"))
	o.must(o.Until(`[...document.querySelectorAll("[data-alone] option")].some(o => o.textContent.startsWith("大门 LED 屏"))`))
	o.must(o.Until(`(s => { s.selectedIndex = [...s.options].findIndex(o => o.textContent.startsWith("大门 LED 屏")); s.dispatchEvent(new Event("change", { bubbles: true })); return true })(document.querySelector("[data-alone] select"))`))
	o.must(o.Until(`document.querySelector("[data-fact=words]").innerText.includes("只在大门 LED 屏（青禾县政务服务中心）上播")`))
	o.must(o.Until(`[...document.querySelectorAll("input[name=tag]:checked")].length === 2`))

	// Why does a board not show something, and when will it?
	o.must(o.Open(o.base + "/screens/guangchang-led/forecast"))
	o.Complaints() // of a form that was left half filled in
	o.must(o.Fill("input[name=about]", "年度报告"))
	o.must(o.Press(".ask button"))
	o.says(".answer b", "年度报告")
	o.says(".answer", "播")
	o.sound("forecast-asked")
	o.must(o.Open(o.base + "/programme/qinghe"))

	// The rule goes again.
	o.must(o.Press(`table.rules a[href*="/rules/rule-"]`))
	o.says("h1", "改播放规则")
	o.must(o.Press("button[value=delete]"))
	if text, err := o.Text("table.rules"); err != nil || strings.Contains(text, "每月安全日") {
		o.Errorf("the rule is still there: %v", err)
	}
	o.technician()
}

// technician says how far away a board is read and how it is divided.
func (o *office) technician() {
	const board = "/screens/hall-led-gate"
	o.must(o.Open(o.base + board + "/edit"))
	o.must(o.Settle())
	o.says("[data-fact=reader]", "点距 10 毫米")
	o.must(o.Fill("input[name=reader]", "60"))
	o.must(o.Until(`document.querySelector("[data-fact=reader]").innerText.includes("24 点")`))
	o.must(o.Fill("input[name=reader]", "180"))
	o.must(o.Until(`document.querySelector("[data-field=reader] .finding.look")`))
	o.says("[data-field=reader] .finding", "吃力")
	o.must(o.Fill("input[name=reader]", "900"))
	o.must(o.Until(`document.querySelector("[data-field=reader] .finding.stop")`))
	o.must(o.Press("main button.primary"))
	o.says("[data-field=reader]", "认不出字")
	o.Complaints()
	o.must(o.Fill("input[name=reader]", "40"))
	before, err := o.Has(`input[name=division][value=clock]`)
	o.must(err)
	if !before {
		o.Fatal("there is no division with a clock")
	}
	o.must(o.Fill(`input[name=division][value=clock]`, "on"))
	o.must(o.Fill(`input[name=light][value=sun]`, "on"))
	o.must(o.Fill("input[name=night]", "20"))
	o.must(o.Settle())
	o.must(o.Until(`document.querySelector("[data-previews=led] img").naturalWidth === 576`))
	o.sound("screen-edit")
	o.must(o.Press("main button.primary"))
	o.says(".done", "已保存")
	row, err := o.c.Store.Screen(o.Context(), "hall-led-gate")
	o.must(err)
	kinds := fmt.Sprint(len(row.Zones), row.ReaderM, row.Light != nil && row.Light.Sun && row.Light.Night == 20)
	if kinds != "3 40 true" {
		o.Errorf("the board is now %+v", row.Screen)
	}
	o.sound("screen-zones")

	// A clerk sees beside the short text how long it takes.
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Fill("input[name=title]", "停水通知"))
	o.must(o.Fill("input[name=led]", "11月25日8时至18时停水"))
	o.must(o.Settle())
	o.must(o.Until(`/192×64：[1-3] 页 \d+ 秒/.test(document.querySelector("[data-fact=led]").innerText)`))
	o.must(o.Fill("input[name=led]", strings.Repeat("请大家提前储水，注意用水的安全。", 10)))
	o.must(o.Until(`document.querySelector("[data-field=led]").innerText.includes("别的内容要等很久")`))
	o.must(o.Until(`window.scrollTo(0, 300) || true`))
	o.sound("write-led")
	o.must(o.Press("button[value=draft]"))
}
