package browse_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"mingbai/cmd/internal/browse"
	"mingbai/controller/console"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestBarriersAreFound holds that the checker sees what it should: a page with a
// picture and a field that nobody can hear of.
func TestBarriersAreFound(t *testing.T) {
	b, err := browse.Start(t.Context(), "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	const page = `data:text/html,<!doctype html><html><head><title>x</title></head><body><main><h1>x</h1><img src="x.png"><input><p style="color:%23ccc">pale</p></main></body></html>`
	if err := b.Open(page); err != nil {
		t.Fatal(err)
	}
	found, err := b.Barriers()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []string{"image-alt", "label", "color-contrast", "html-has-lang"} {
		if !slices.ContainsFunc(found, func(x browse.Barrier) bool { return x.Rule == rule && x.Grave() }) {
			t.Errorf("%s is not found among %v", rule, found)
		}
	}
}

// elsewhere are the pages that need what only a journey of their own makes, and is
// looked for barriers there.
var elsewhere = []string{
	"GET /updates/{rollout}",                        // in rolledBack
	"GET /screens/{screen}/acceptance/{acceptance}", // in accepted
	"GET /signin/second", "GET /me/codes",           // TestSecondFactors
}

// TestNoPageKeepsPeopleOut walks every line of the table of pages and finds no
// barrier, not even a minor one, with a notice in each state of its way, with forms
// that are refused and with lists that find nothing.
func TestNoPageKeepsPeopleOut(t *testing.T) {
	o := bureau(t, "zh-CN")
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.barrierless("/signin")
	o.barrierless("/setup?token=none")

	wang, li := o.colleague("zhaomin"), o.colleague("lina")
	title, text := "关于县图书馆冬季%s的通知", "各位读者：\n# 时间\n12月1日起，县图书馆%s。\n- 周二至周日\n- 9:00 至 18:00\n| 馆 | 时间 |\n| --- | --- |\n| 总馆 | 9:00 |"
	var at []string // draft, in first review, returned, in secrecy review, to be released, published, taken down
	for _, what := range []string{"开放时间", "讲座安排", "借阅规则", "停车办法", "新书推荐", "亲子活动", "自习座位"} {
		at = append(at, wang.draft(fmt.Sprintf(title, what), fmt.Sprintf(text, what)))
	}
	for i, id := range at[1:] {
		wang.deed(id, "submit")
		if i == 1 {
			li.deed(id, "return", "reason", "没有写几点开始，请补上后再送。")
		}
		if i >= 2 {
			li.deed(id, "approve", "capacity", "first_review")
		}
		if i >= 3 {
			li.deed(id, "approve", append(ticks(), "capacity", "secrecy_review")...)
		}
		if i >= 4 {
			wang.deed(id, "release")
		}
	}
	wang.deed(at[6], "takedown", "reason", "活动已结束")
	fund := o.fundWithFindings()
	o.importing()
	o.must(o.Blind())
	voice, warning := o.troubled()

	walks := map[string][]string{
		"zhaomin":  append(slices.Clone(at), "/todo", fund, fund+"/revise", at[2]+"/revise", at[4]+"/review", "/write", "/write/announcement", "/write/guide", "/write/fund", "/write/media", "/write/led", "/write/roster", "/import", "/notices?q=没有这样的", "/columns/cunwu?from=9", "/me", "/"),
		"sunli":    {"/todo", "/notices?status=draft", "/register?q=没有这样的"}, // nothing waits
		"lina":     {"/todo", at[1] + "/review", at[3] + "/review", "/register", "/register/paper", "/columns/cunwu", "/columns/zijin-xiangmu"},
		"wangfang": append(console.Paths(), "/voices/"+voice, "/voices?state=none", "/warnings/"+warning, "/warnings/told", "/screens?q=none", "/screens/retired", "/screens/acceptances", "/lines", "/lines/liuxi", "/programme/qinghe", "/programme/calendar", "/programme/qinghe/calendar", "/programme/qinghe/rules/new", "/programme/qinghe/rules/shiwai-duanxun", "/programme/qinghe/lists/dengping", "/programme/qinghe/lists/new"),
		"liming":   append(console.AdminPaths(), "/people/departments/wenlvju", "/policies/wangchuan", "/columns/zijin-xiangmu/edit", "/columns/new", "/audit?q=没有这样的", "/people?q=没有这样的", "/nothing"),
	}
	screens, err := o.c.Store.Screens(o.Context())
	o.must(err)
	seen := map[string]bool{}
	for _, s := range screens {
		if !seen[string(s.Kind)] {
			seen[string(s.Kind)] = true
			for _, part := range []string{"", "/forecast", "/calendar", "/edit", "/events", "/log", "/replace", "/retire", "/acceptance", "/sure?kind=restart"} {
				walks["wangfang"] = append(walks["wangfang"], "/screens/"+string(s.ID)+part)
			}
		}
	}
	person, err := o.c.Store.AccountByLogin(o.Context(), "zhaomin")
	o.must(err)
	walks["liming"] = append(walks["liming"], "/people/"+person.ID)
	for _, id := range o.samples() {
		walks["wangfang"] = append(walks["wangfang"], "/notices/"+string(id))
	}
	for login, paths := range walks {
		o.as(login)
		for _, path := range paths {
			o.barrierless(path)
		}
		for _, path := range refusing[login] {
			o.refused(path)
		}
	}
	o.rolling()
	o.everywhere()

	// The main ones in English.
	for login, paths := range map[string][]string{
		"zhaomin": {"/todo", "/notices", at[2], "/write/announcement", fund + "/revise"},
		"lina":    {at[3] + "/review", "/register"},
		"liming":  {"/start", "/people", "/audit"},
	} {
		o.must(o.Open("about:blank")) // a page that is open would ask without a session
		o.must(o.Forget())
		o.must(o.Open(o.base + "/signin"))
		o.must(o.Press(`button[name="lang"][value=en]`))
		o.must(o.SignIn(o.base, login, password))
		for _, path := range paths {
			o.barrierless(path)
		}
	}
}

// refusing are forms that are sent as they stand, with nothing typed in.
var refusing = map[string][]string{
	"zhaomin":  {"/write/announcement", "/write/guide", "/write/led", "/import"},
	"wangfang": {"/pairing", "/alerts", "/programme/qinghe/rules/new", "/programme/qinghe/lists/new"},
	"liming":   {"/people/new", "/people/departments/new", "/columns/new"},
}

// refused sends the form of a page with nothing typed in, and looks for barriers on
// what comes back.
func (o *office) refused(path string) {
	o.Helper()
	o.must(o.Open(o.base + path))
	o.must(o.Until(`window.left = true`))
	_, err := o.Ask(`(HTMLFormElement.prototype.submit.call([...document.querySelectorAll("main form[method=post]")].filter(f => f.querySelector("input:not([type=hidden]), textarea")).at(-1)), "")`)
	o.must(err)
	o.must(o.Until(`!window.left && document.readyState === "complete"`))
	if said, err := o.Has(".finding, .box.bad, .bad"); err != nil || !said {
		o.Errorf("%s with nothing typed in is not refused in words (%v)", path, err)
	}
	o.barriers(path + " refused")
}

// barrierless opens a page and looks for what keeps people out.
func (o *office) barrierless(path string) {
	o.Helper()
	o.must(o.Open(o.base + path))
	o.must(o.Until(`[...document.querySelectorAll("form[data-check]")].every(f => f.dataset.checked) && document.fonts.status === "loaded"`))
	o.walked[path] = true
	o.barriers(path)
}

// barriers looks for them on the page that is open.
func (o *office) barriers(name string) {
	o.Helper()
	at, err := o.Path()
	o.must(err)
	o.walked[at] = true
	found, err := o.Barriers()
	o.must(err)
	for _, x := range found {
		o.Errorf("%s: %v", name, x)
	}
}

// everywhere fails for every line of the table of pages that was not walked.
func (o *office) everywhere() {
	o.Helper()
	left, mux := map[string]bool{}, http.NewServeMux()
	for _, pattern := range console.Patterns() {
		left[pattern] = true
		mux.HandleFunc(pattern, http.NotFound)
	}
	for path := range o.walked {
		at, err := url.Parse(path)
		o.must(err)
		_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: at})
		delete(left, pattern)
	}
	for _, pattern := range elsewhere {
		if !left[pattern] {
			o.Errorf("%s is walked here, or no page", pattern)
		}
		delete(left, pattern)
	}
	for pattern := range left {
		o.Errorf("no page of %s was looked at", pattern)
	}
}

// troubled is what residents said, and a warning: sample counties have neither.
func (o *office) troubled() (voice, warning string) {
	o.Helper()
	screens, err := o.c.Store.Screens(o.Context())
	o.must(err)
	voice, warning = rand.Text(), "w-disk"
	at := time.Now().Add(-26 * time.Hour)
	_, err = o.c.Fleet.Voices(o.Context(), screens[0].ID, []wire.Voice{{ID: voice, Kind: wire.Opinion, At: at, Text: "村口的路灯坏了", Contact: "13800000000"}})
	o.must(err)
	o.must(o.c.Store.Update(o.Context(), func(t *store.Tx) error {
		return t.PutWarning(o.Context(), store.Warning{
			ID: warning, Scope: string(screens[0].ID), Site: screens[0].Site, Screens: []playlist.ScreenID{screens[0].ID}, Kind: string(fleet.SignDisk), Severity: int(fleet.Warn),
			Opened: at, Shown: at, TitleZh: "磁盘将满", TitleEn: "the disk is filling", CauseZh: "只剩 1.0 GB，占 2%", CauseEn: "1.0 GB free, 2 %", NextZh: "请清理或更换磁盘", NextEn: "clean or change the disk",
		})
	}))
	return voice, warning
}

// rolling walks the steps in which the people of an office come in from a sheet.
func (o *office) rolling() {
	o.Helper()
	o.as("liming")
	o.must(o.Open(o.base + "/people/import?kind=people"))
	o.must(o.Fill("textarea[name=paste]", "姓名\t账号\t角色\t站点\n甲\tjia\t起草\t青禾县\n"))
	o.must(o.Press("main button.primary"))
	o.barriers("the columns of a sheet of people")
	o.must(o.Press("main button.primary"))
	o.barriers("what a sheet of people would change")
	o.must(o.Press("main button.primary"))
	o.barriers("people on their way in")
}

// fundWithFindings saves a fund notice with what is still to be mended: a unit
// that does not fit, a number that is missing, a sum that does not agree. On the
// way it is asked what the columns are.
func (o *office) fundWithFindings() string {
	o.Helper()
	const rows = "序号\t项目\t来源\t金额\t单位\t用途与去向\n7\t三馆一站免费开放经费\t中央\t9\t万元\t水电、人员、活动\n8\t送戏下乡补贴\t省级\t4\t万亿\t22 个村每村 2 场\n10\t农村文化建设奖励资金\t中央\t30\t万元\t按考核结果奖补\n合计\t\t\t320\t万元\t"
	o.as("zhaomin")
	o.must(o.Open(o.base + "/write/fund"))
	o.must(o.Settle())
	for _, f := range [][2]string{{"input[name=title]", "2026年公共文化服务专项资金使用情况"}, {"select[name=column]", "zijin-xiangmu"}, {"input[name=purpose]", "公共文化设施免费开放"}, {"textarea[name='t0.paste']", rows}} {
		o.must(o.Fill(f[0], f[1]))
	}
	o.must(o.Until(`document.querySelectorAll("details:has(textarea[name='t0.paste'])").forEach(d => { d.open = true }), true`))
	o.must(o.Press("button.take"))
	o.says("main", "请核对")
	o.barriers("the columns of a fund table")
	o.must(o.Press("main button.primary"))
	o.must(o.Settle())
	o.barriers("a fund table with findings")
	o.must(o.Press("button[value=draft]"))
	path, err := o.Path()
	o.must(err)
	return path
}

// importing walks the steps in which a sheet of service guides comes in.
func (o *office) importing() {
	o.Helper()
	o.must(o.Open(o.base + "/import"))
	o.must(o.Fill("textarea[name=paste]", "事项名称\t承诺时限\t申请材料\t办理窗口\n图书证办理\t当场\t身份证\t一楼 3 号\n文物鉴定预约\t5 个工作日\t申请表；照片\t二楼 1 号\n"))
	o.must(o.Press("main button.primary"))
	o.barriers("the columns of a sheet of guides")
	o.must(o.Fill("select[name=column]", "shebao-canbao"))
	o.must(o.Press("main button.primary"))
	o.says("main", "图书证办理")
	o.barriers("what a sheet of guides would change")
}
