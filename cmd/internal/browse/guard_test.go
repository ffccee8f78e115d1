package browse_test

import (
	"strings"
)

// guarded: what a clerk types is looked over, its place is marked, and one click
// puts it right.
func (o *office) guarded() {
	t := o.T
	o.as("wangfang")
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=title]", "关于报送帐户信息的通知"))
	o.must(o.Fill("select[name=column]", "cunwu"))
	o.must(o.Fill("textarea[name=text]", "各村：\n请于11月30日（星期二）前报送张三（身份证号11010519491231002X）的账户信息。\n七、免费开放经费9万元\n八、送戏下乡补贴4万亿\n十、农村文化建设奖励资金30万元\n受理100件，已办结98件，办结率99.8%。"))
	o.must(o.Until(`document.querySelectorAll("[data-field=text] .finding[data-from]").length >= 5`))
	o.must(o.Until(`document.querySelectorAll("[data-field=text] .marks mark").length >= 5`))
	o.says("[data-field=title]", "帐户")
	o.says("[data-field=text]", "身份证号码")
	o.sound("guard")
	marked, err := o.Ask(`[...document.querySelectorAll("[data-field=text] .marks mark")].map(m => m.textContent).join("|")`)
	o.must(err)
	if want := "二|11010519491231002X|万亿|十|99.8"; marked != want {
		t.Errorf("marked is %q, not %q", marked, want)
	}
	// The marks lie where the words are.
	same, err := o.Ask(`(() => { const t = document.querySelector("textarea[name=text]"), m = t.parentElement.querySelector(".marks");
		return [t.getBoundingClientRect(), m.getBoundingClientRect()].map(r => [r.left, r.top, r.height].map(Math.round).join(",")).join(" "); })()`)
	o.must(err)
	if a, b, _ := strings.Cut(same, " "); a != b {
		t.Errorf("the field is at %s, its marks at %s", a, b)
	}
	// One click after the other.
	for _, label := range []string{"改为星期一", "改为 110105********002X", "改为万元", "重新编号", "改为 98.0%"} {
		o.must(o.Until(`(b => b && (b.click(), true))([...document.querySelectorAll("[data-field=text] .fix")].find(b => b.textContent === "` + label + `"))`))
	}
	o.must(o.Until(`document.querySelector("textarea[name=text]").value === "各村：\n请于11月30日（星期一）前报送张三（身份证号110105********002X）的账户信息。\n七、免费开放经费9万元\n八、送戏下乡补贴4万元\n九、农村文化建设奖励资金30万元\n受理100件，已办结98件，办结率98.0%。"`))
	o.must(o.Until(`document.querySelectorAll("[data-field=text] .finding").length === 0`))
	// What stays needs a reason.
	o.must(o.Press("button[value=publish]"))
	o.says("[data-field=title]", "保留，并说明理由")
	o.Complaints()
	o.must(o.Click("[data-field=title] .why summary"))
	o.must(o.Fill("[data-field=title] .why input", "原文如此"))
	o.sound("guard-reason")
	o.must(o.Press("button[value=publish]"))
	o.says("h1", "关于报送帐户信息的通知")
}
