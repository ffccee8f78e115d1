package browse_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mingbai/controller"
	"mingbai/controller/accounts"
)

// TestFirstDay: a fresh install comes to work in a town of two people, from the
// address that the program printed to a notice that both have seen.
func TestFirstDay(t *testing.T) {
	t.Parallel()
	o := openWith(t, "zh-CN", "town", func(context.Context, *controller.Controller) error { return nil })
	first := o.firstSteps()
	o.firstSignIn("huangmei", first["huangmei"])
	o.firstSignIn("luojun", first["luojun"])
	o.town()
}

// own is the password that a colleague chooses.
const own = "willow bridge lantern"

// firstSteps makes the first account and goes through the three steps. It returns
// the first passwords, as they stood on the page.
func (o *office) firstSteps() map[string]string {
	o.Helper()
	o.must(o.Open(o.base + "/"))
	o.says("main", "还没有人注册")
	token, _, err := o.c.Accounts.SetupToken(o.Context())
	o.must(err)
	link := o.base + "/setup?token=" + token
	o.must(o.Open(link))
	o.sound("first-setup")
	for _, f := range [][2]string{{"name", "陈明"}, {"login", "chenming"}, {"password", password}, {"again", password + "!"}} {
		o.must(o.Fill("input[name="+f[0]+"]", f[1]))
	}
	o.must(o.Press("main button.primary"))
	o.says(".box.bad", "两次输入的密码不一样")
	o.Complaints() // a refused form is a 422, which the browser notes
	o.must(o.SetUp(link, "chenming", "陈明", password))
	o.says("h1", "三步就能开始发布")
	o.sound("first-start")

	// Where, how many people, who.
	o.must(o.Fill("input[name=name]", "望川镇"))
	o.must(o.Fill("select[name=kind]", "town"))
	o.must(o.Fill("input[name=hotline]", "0000-6200100"))
	o.must(o.Press(".start:nth-of-type(1) button.primary"))
	o.says("main", "✓ 望川镇")
	o.must(o.Click("input[name=policy][value=county]"))
	o.must(o.Press(`form:has(input[name=policy]) button.primary`))
	o.says("main", "✓ 已定")
	o.must(o.Click("input[name=policy][value=town]")) // they are two after all
	o.must(o.Press(`form:has(input[name=policy]) button.primary`))
	if is, err := o.Has("input[name=policy][value=town]:checked"); err != nil || !is {
		o.Errorf("the town of two is not chosen: %v", err)
	}
	o.sound("first-policy")
	for i, p := range [][3]string{{"黄梅", "huangmei", "write"}, {"罗军", "luo jun", "review"}} {
		n := string(rune('0' + i))
		o.must(o.Fill("input[name=name"+n+"]", p[0]))
		o.must(o.Fill("input[name=login"+n+"]", p[1]))
		o.must(o.Fill("select[name=set"+n+"]", p[2]))
	}
	o.must(o.Press(`form:has(input[name=name0]) button.primary`))
	o.says(".cards", "黄梅")
	o.says(".finding.stop", "不能有空格")
	o.Complaints() // a 422
	o.must(o.Until(`document.querySelector(".finding.stop").scrollIntoView({ block: "center" }) || true`))
	o.sound("first-colleague-refused")
	first := map[string]string{}
	o.keep(first)
	o.must(o.Fill("input[name=login0]", "luojun"))
	o.must(o.Press(`form:has(input[name=name0]) button.primary`))
	o.says(".cards", "罗军")
	o.keep(first)
	o.sound("first-cards")
	if len(first) != 2 {
		o.Fatalf("the first passwords of %d people were shown, not of two", len(first))
	}
	o.must(o.Open(o.base + "/start"))
	if again, err := o.Has(".cards"); err != nil || again {
		o.Errorf("the first passwords are shown a second time: %v", err)
	}
	o.says("main", "✓ 已有 2 位同事")
	o.must(o.Press(".head a.button"))
	o.sound("first-admin")
	return first
}

// keep reads the cards of new accounts as a person does who copies them.
func (o *office) keep(into map[string]string) {
	o.Helper()
	cards, err := o.Ask(`[...document.querySelectorAll(".cards .card")].map(c => [...c.querySelectorAll("dd b")].map(b => b.innerText).join(" ")).join("\n")`)
	o.must(err)
	for line := range strings.Lines(cards) {
		if login, word, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			into[login] = word
		}
	}
}

// firstSignIn lets a colleague come for the first time: the password that others
// know goes, and nothing waits.
func (o *office) firstSignIn(login, given string) {
	o.Helper()
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.Open(o.base + "/signin"))
	o.must(o.Fill("input[name=login]", login))
	o.must(o.Fill("input[name=password]", given))
	o.must(o.Press("main button.primary"))
	path, err := o.Path()
	o.must(err)
	if path != "/me" {
		o.Errorf("%s came to %s with a password that others know", login, path)
	}
	o.must(o.Open(o.base + "/notices")) // there is no way round
	o.says("main", "先换一个只有您自己知道的密码")
	o.sound("first-password-" + login)
	for _, f := range [][2]string{{"present", given}, {"password", given}, {"again", given}} {
		o.must(o.Fill("input[name="+f[0]+"]", f[1]))
	}
	o.must(o.Press("main button.primary"))
	o.says(".box.bad", "新密码和现在的一样")
	o.Complaints() // a 422
	for _, f := range [][2]string{{"present", given}, {"password", own}, {"again", own}} {
		o.must(o.Fill("input[name="+f[0]+"]", f[1]))
	}
	o.must(o.Press("main button.primary"))
	o.says(".done", "密码已换好")
	o.must(o.Open(o.base + "/"))
	o.says("h1", "待办")
	o.says("main", "没有要办的事")
	o.sound("first-todo-" + login)
	if _, _, err := o.c.Accounts.SignIn(o.Context(), login, given); err == nil {
		o.Errorf("%s can still come in with the first password", login)
	}
}

// town is the notice of two people: one writes and publishes, the other reviews
// it and looks after secrets, and neither does what is the other's.
func (o *office) town() {
	o.Helper()
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.SignIn(o.base, "huangmei", own))
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=title]", "关于望川镇自来水管道检修的通知"))
	o.must(o.Fill("textarea[name=text]", "全镇居民：\n因主管道老化，11月25日上午8时至下午6时检修，请提前储水。\n恢复供水后请先放水一分钟。"))
	o.must(o.Press("button[value=submit]"))
	o.says("[data-field=column]", "请选择栏目")
	o.Complaints() // a 422
	o.must(o.Fill("select[name=column]", "tongzhi"))
	o.must(o.Settle())
	o.sound("town-write")
	o.must(o.Press("button[value=submit]"))
	o.says(".done", "已送审")
	o.says(".way", "等待：罗军")
	page, err := o.Path()
	o.must(err)
	o.sound("town-sent")

	// Another's part is not hers, and with the role it is not hers either.
	o.must(o.Open(o.base + page + "/review"))
	o.says("#verdict", "初审由有这个角色的同事来做")
	boss := accounts.Person{Login: "chenming"}
	her, err := o.c.Store.AccountByLogin(o.Context(), "huangmei")
	o.must(err)
	o.must(o.c.Accounts.Change(o.Context(), boss, her.ID, accounts.Details{Name: "黄梅", Login: "huangmei", Roles: accounts.Publishing}))
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.SignIn(o.base, "huangmei", own))
	o.must(o.Open(o.base + page))
	o.says(".deeds", "您已经起草过这一条，初审须由另一人做。")
	o.must(o.Open(o.base + page + "/review"))
	o.says("#verdict", "您已经起草过这一条，初审须由另一人做。")
	if is, err := o.Has(`form[action$="/approve"]`); err != nil || is {
		o.Errorf("who wrote it is asked to review it: %v", err)
	}
	o.sound("town-refused")

	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.SignIn(o.base, "luojun", own))
	o.says("main", "关于望川镇自来水管道检修的通知")
	o.sound("town-todo")
	o.must(o.Press("section.todo .act"))
	o.says("h1", "初审：关于望川镇自来水管道检修的通知")
	o.sound("town-first")
	o.must(o.Press("#verdict button.primary"))
	o.says("h1", "保密审查：关于望川镇自来水管道检修的通知") // the next is hers too, and asked for by itself
	o.tick(6)
	o.must(o.Click("#verdict button.primary")) // the browser holds it back
	if is, err := o.Has("#verdict :invalid"); err != nil || !is {
		o.Errorf("nothing says that a line is open: %v", err)
	}
	o.must(o.Until(`document.querySelector("#verdict").scrollIntoView() || true`))
	o.sound("town-secrecy")
	o.tick(7)
	o.must(o.Press("#verdict button.primary"))
	o.says(".way", "等待：黄梅")
	if is, err := o.Has(`form[action$="/release"]`); err != nil || is {
		o.Errorf("who reviewed it is asked to publish it: %v", err)
	}

	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.SignIn(o.base, "huangmei", own))
	o.must(o.Press("section.todo .act"))
	o.sound("town-release")
	o.must(o.Press("#verdict button.primary"))
	o.says(".done", "已发布")
	o.sound("town-published")
}

// tick ticks the first lines of the secrecy reviewer's list.
func (o *office) tick(n int) {
	o.Helper()
	o.must(o.Until(fmt.Sprintf(`(boxes => boxes.length === 7 && boxes.forEach((b, i) => { b.checked = i < %d }) === undefined)([...document.querySelectorAll(".checklist input")])`, n)))
}
