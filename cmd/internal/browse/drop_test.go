package browse_test

import (
	"os"
	"time"

	"mingbai/cmd/internal/browse"
	"mingbai/controller/store"
)

// dropped: files are let fall on the form of a fund notice. A picture comes in with
// its progress to be seen, what is refused says why, and nothing is lost by either.
func (o *office) dropped() {
	o.as("zhaomin")
	o.must(o.Open(o.base + "/write/fund"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=title]", "文化站补助资金使用情况"))
	o.must(o.Fill(cell(0, 0), "设备"))
	img, err := os.ReadFile(picture(o.T, "一.png"))
	o.must(err)
	o.must(o.Until(`(window.bars = {}, new MutationObserver(l => l.forEach(m => { const b = m.target.matches("progress") && m.target; if (b) bars[b.ariaLabel] = Math.max(bars[b.ariaLabel] || 0, b.value); }))
		.observe(document.querySelector(".uploads"), { subtree: true, attributes: true }), true)`))
	o.must(o.Drop("h1", "批准文件.png", img))
	o.must(o.Until(`document.querySelectorAll(".thumb").length === 1 && !document.querySelector(".uploads li") && bars["批准文件.png"] === 100`))
	magic := map[string]string{"说明.pdf": "%PDF-1.7", "说明.doc": "\xD0\xCF\x11\xE0", "名单.xls": "\xD0\xCF\x11\xE0"}
	for name, why := range map[string]string{"说明.pdf": "另存为图片", "说明.doc": "文字文档", "名单.xls": "把它拖到表格上"} {
		o.must(o.Drop("h1", name, []byte(magic[name])))
		o.must(o.Until(`(t => t.includes("“` + name + `”") && t.includes("` + why + `"))(document.querySelector(".uploads").innerText)`))
	}
	o.Complaints() // of three 422
	o.must(o.Until(`document.querySelector(".uploads").scrollIntoView({ block: "center" }) || true`))
	o.sound("drop-refused")

	// What falls on the table and is no sheet says so; a sheet comes in.
	o.must(o.Drop("#table0", "补助.pdf", []byte("%PDF-1.7")))
	o.must(o.Until(`document.querySelector("#table0 .box.bad") && document.readyState === "complete"`))
	o.Complaints() // of a 422
	o.must(o.Settle())
	o.sound("drop-no-sheet")
	for selector, want := range map[string]string{"input[name=title]": "文化站补助资金使用情况", cell(0, 0): "设备"} {
		if got, err := o.Ask(`document.querySelector("` + selector + `").value`); err != nil || got != want {
			o.Errorf("after a refused file %s has %q, %v", selector, got, err)
		}
	}
	o.must(o.Until(`document.querySelectorAll(".thumb").length === 1`))
	sheet := []byte("项目,来源,金额（万元）,用途与去向\n设备,省级,6.4,文化站\n图书,中央,12,书屋\n合计,,18.4,\n")
	o.must(o.Drop("#table0", "补助.csv", sheet))
	o.comesIn()
	if got, err := o.Ask(`document.querySelector("input[name=title]").value + document.querySelectorAll(".thumb").length`); err != nil || got != "文化站补助资金使用情况1" {
		o.Errorf("after the import the form has %q, %v", got, err)
	}
	o.must(o.Press("button[value=draft]")) // refused for want of a column, or kept: the form is left either way
	o.Complaints()

	// Beside a table in which there is nothing yet a sheet can mean only that.
	o.must(o.Open(o.base + "/write/fund"))
	o.must(o.Drop("h1", "补助.csv", sheet))
	o.comesIn()

	// What falls on a form that takes no files leaves the page as it is.
	o.must(o.Open(o.base + "/write/roster"))
	o.must(o.Drop("h1", "值班表.xlsx", []byte("PK")))
	o.Complaints()
}

// comesIn waits until a sheet that fell is in the table. What its columns are is asked
// for the first time.
func (o *office) comesIn() {
	o.Helper()
	o.must(o.Until(`document.querySelector("form.mapping, .told") && document.readyState === "complete"`))
	if asks, err := o.Has("form.mapping"); err != nil || asks {
		o.must(err)
		o.must(o.Press("main button.primary"))
	}
	o.must(o.Settle())
	o.says("#table0 tfoot", "18.4")
}

// idle: the page warns before the session ends without a use, one button keeps it,
// and after the end nothing that was typed is lost. The page's clock is set ahead.
func (o *office) idle() {
	o.as("zhaomin")
	limit := o.c.Accounts.Idle()
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=title]", "关于图书馆闭馆一天的通知"))
	o.must(o.Focus("input[name=title]"))
	if shown, err := o.Has(`.idle:not([hidden])`); err != nil || shown {
		o.Errorf("it warns at once: %v", err)
	}
	o.must(o.Ahead(limit - 90*time.Second))
	o.must(o.Until(`document.querySelector(".idle:not([hidden])")`))
	o.says(".idle", "马上要自动退出登录")
	o.says(".idle", "1:")
	o.must(o.Until(`document.querySelector(".idle").getAttribute("role") === "alert" && document.querySelector("[data-left]").getAttribute("aria-live") === "off"`))
	o.sound("idle-soon")
	o.barriers("the warning before the end of a session")

	// The button: the controller hears of it, and the focus is where it was.
	o.must(o.Until(`(window.asked = [], window.trueFetch = fetch, window.fetch = async (...a) => { const r = await trueFetch(...a); asked.push(a[0]); return r; }, true)`))
	o.must(o.Click("[data-stay]"))
	o.must(o.Until(`document.querySelector(".idle").hidden && asked.includes("/me/here")`))
	o.must(o.Until(at("input[name=title]")))
	// A key is a use too, without a word.
	o.must(o.Ahead(2*limit - 3*time.Minute))
	o.must(o.Until(`document.querySelector(".idle:not([hidden])")`))
	o.must(o.Type(browse.Right))
	o.must(o.Until(`document.querySelector(".idle").hidden`))
	o.must(o.Until(`asked.filter(a => a === "/me/here").length === 2 && document.querySelector("#writing").dataset.kept === "all"`))

	// Nobody is there. The controller ends the session, the page says so and keeps all.
	acc, err := o.c.Store.AccountByLogin(o.Context(), "zhaomin")
	o.must(err)
	sessions, err := o.c.Store.Sessions(o.Context(), acc.ID)
	o.must(err)
	for _, s := range sessions {
		o.must(o.c.Store.Update(o.Context(), func(t *store.Tx) error {
			return t.TouchSession(o.Context(), s.Hash, time.Now().Add(-limit))
		}))
	}
	o.must(o.Fill("textarea[name=text]", "各位读者：12月3日闭馆一天。"))
	o.must(o.Ahead(4 * limit))
	o.must(o.Until(`!document.querySelector(".idle").hidden && !document.querySelector("[data-over]").hidden`))
	o.says(".idle", "填的内容还在这一页上")
	o.must(o.Fill("select[name=column]", "dongtai-tongzhi"))
	o.must(o.Press("button[value=draft]")) // leads to the sign-in, which holds what was sent
	o.Complaints()                         // a 401
	o.says("main", "登录")
	o.must(o.Fill("input[name=login]", "zhaomin"))
	o.must(o.Fill("input[name=password]", password))
	o.must(o.Press("main button.primary"))
	o.says("h1", "关于图书馆闭馆一天的通知")
	o.says("main", "12月3日闭馆一天")

	// What came back as an answer would be lost if the page were asked for again.
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Fill("input[name=title]", "关于停车场的通知"))
	o.must(o.Press("button[value=submit]"))
	o.Complaints() // a 422, for want of a column
	o.must(o.Ahead(4 * limit))
	o.must(o.Until(`!document.querySelector("[data-over]").hidden && document.querySelector("input[name=title]").value === "关于停车场的通知"`))
	o.must(o.Until(`document.querySelector("#writing").addEventListener("submit", e => e.preventDefault()), document.querySelector("#writing").requestSubmit(), true`))
}

// counts: what waits is counted in the menu of a page that stays open.
func (o *office) counts() {
	o.as("lina")
	o.must(o.Open(o.base + "/me"))
	count := `(document.querySelector("nav a[href='/todo'] .count")?.innerText || "0")`
	before, err := o.Ask(count)
	o.must(err)
	o.must(o.Focus("nav a[href='/notices']"))
	wang := o.colleague("zhaomin")
	wang.deed(wang.draft("关于书画展的通知", "各位市民：12月5日起书画展在县文化馆展出。"), "submit")
	o.must(o.Until(`document.dispatchEvent(new Event("visibilitychange")), ` + count + ` === String(` + before + ` + 1)`))
	o.must(o.Until(at("nav a[href='/notices']") + ` && document.querySelector("nav a[href='/me'][aria-current]")`))
}
