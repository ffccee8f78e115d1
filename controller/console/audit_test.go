package console_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/playlist"
)

// TestAuditPage shows changes as differences, narrows and exports them, and
// tells when somebody wrote into the database past the program.
func TestAuditPage(t *testing.T) {
	o := open(t, nil)
	o.departments()
	boss := o.comes("boss", "", accounts.Administrator)
	du := o.comes("du", "", accounts.Auditor)
	boss.post("/people", "login", "zhao", "name", "赵敏", "site", "qinghe", "department", "wenlv", "role", "drafter", "phone", "0000-1").wants(200, "第一次用的密码")
	zhao, err := o.c.Store.AccountByLogin(t.Context(), "zhao")
	if err != nil || zhao.Department != "wenlv" || !zhao.MustChange {
		t.Fatal(zhao, err)
	}
	boss.post("/people/"+zhao.ID, "name", "赵小敏", "site", "qinghe", "department", "wenlv", "role", "first_reviewer").wants(200, "赵小敏")
	du.get("/audit?subject=zhao").wants(200, "改账号", "127.0.0.1", "<del>赵敏</del>", "<ins>赵小敏</ins>", "<del>起草</del>", "<ins>初审</ins>", "<del>0000-1</del>", "六个月")
	du.get("/audit?actor=boss&kind=account").wants(200, "建立账号")
	if strings.Contains(du.body, "<td class=\"whole\">登录</td>") {
		t.Error("another kind is listed")
	}
	du.get("/audit?from=2001-01-01&to=2001-01-02").wants(200, "没有记录")
	du.get("/audit?from=2026-11-30&to=2026-11-01").wants(200, "开始的日子在结束的日子之后")
	du.get("/audit.csv?subject=zhao").wants(200, "zhao", "127.0.0.1")
	du.get("/audit?kind=audit").wants(200, "导出审计")
	du.post("/audit/verify").wants(200, "全部对得上", `class="typed"`)

	// The head that is printed with the page of the day shows later that nothing was
	// cut off, which the chain alone does not.
	li := o.comes("li", "", everything...)
	li.get("/patrol").wants(200, "审计记录校验值")
	_, rest, _ := strings.Cut(li.body, `<b class="typed">`)
	noted, _, _ := strings.Cut(rest, "</b>")
	li.get("/patrol?day=2026-01-01")
	if strings.Contains(li.body, "审计记录校验值") {
		t.Error("a page of the past shows the end of the log of now")
	}
	line, hash, _ := strings.Cut(noted, " ")
	du.post("/audit/verify", "head", noted).wants(200, "全部对得上", "和抄下的一样：到第 "+line+" 行为止")
	du.post("/audit/verify", "head", line+": "+strings.ToUpper(strings.ReplaceAll(hash, " ", "-"))).wants(200, "和抄下的一样")
	du.post("/audit/verify", "head", "1 "+hash).wants(200, "和抄下的对不上：第 1 行")
	du.post("/audit/verify", "head", "很久以前").wants(422, "写成“行号 校验值”", `value="很久以前"`, `aria-invalid="true"`)

	db, err := sql.Open("sqlite", filepath.Join(o.c.Config.Data, "mingbai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `UPDATE audit SET detail = 'nothing happened' WHERE id = 3`); err == nil {
		t.Error("a line of the audit log can be changed")
	}
	for _, q := range []string{`DROP TRIGGER audit_no_delete`, `DELETE FROM audit WHERE id >= ` + line} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	du.post("/audit/verify").wants(200, "全部对得上")
	du.post("/audit/verify", "head", noted).wants(200, "和抄下的对不上：第 "+line+" 行")
	for _, q := range []string{`DROP TRIGGER audit_no_update`, `UPDATE audit SET detail = 'nothing happened' WHERE id = 3`} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	du.post("/audit/verify").wants(200, "记录被动过：第 3 行对不上", "前面的 2 行完好")
}

// TestFirstSignIn follows a colleague's account from its making to the first
// day of work.
func TestFirstSignIn(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	boss.post("/people", "login", "zhao", "name", "赵敏", "role", "drafter").wants(200, "第一次用的密码")
	_, rest, _ := strings.Cut(boss.body, `<b class="typed">`)
	first, _, ok := strings.Cut(rest, "</b>")
	if !ok || len(first) < 10 {
		t.Fatalf("the password is %q", first)
	}
	p := o.visitor()
	p.post("/signin", "login", "zhao", "password", first).wants(200, "请先换一个")
	if p.get("/notices"); p.path != "/me" {
		t.Errorf("with a password that others know one comes to %s", p.path)
	}
	p.post("/write/announcement", announcement...).wants(403, "请先换密码")
	p.post("/me", "do", "password", "present", first, "password", password, "again", "something else").wants(422, "不一样")
	p.post("/me", "do", "password", "present", "wrong wrong", "password", password, "again", password).wants(422, "现在的密码不对")
	p.post("/me", "do", "password", "present", first, "password", first, "again", first).wants(422, "和现在的一样")
	p.post("/me", "do", "password", "present", first, "password", password, "again", password).wants(200, "密码已换好")
	p.get("/write").wants(200)
	if strings.Contains(boss.get("/audit?subject=zhao").body, first) {
		t.Error("the password is in the audit log")
	}
}

// TestPeoplePages tries what is refused on the pages of people, each rule in its
// own words, and hands one person's work to another.
func TestPeoplePages(t *testing.T) {
	o := open(t, nil)
	o.departments()
	boss := o.comes("boss", "", accounts.Administrator)
	add := []string{"login", "zhao", "name", "赵敏"}
	boss.post("/people", append(add, "role", "administrator", "role", "releaser")...).wants(422, "管理员不能同时", "赵敏")
	boss.post("/people", append(add, "role", "auditor", "role", "drafter")...).wants(422, "督查人员不能同时")
	boss.post("/people", append(add, "role", "drafter", "role", "releaser", "contractor", "1")...).wants(422, "外聘人员只能起草")
	boss.post("/people", append(add, "role", "drafter", "site", "liuxi", "department", "wenlv")...).wants(422, "部门不属于")
	boss.post("/people", add...).wants(422, "请至少选一个角色")
	wen := o.arrives(accounts.Details{Login: "wen", Name: "文", Site: "qinghe", Department: "wenlv", Roles: everything})
	sun := o.arrives(accounts.Details{Login: "sun", Name: "孙", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Drafter}})
	o.arrives(accounts.Details{Login: "min", Name: "民", Site: "qinghe", Department: "minzheng", Roles: everything})
	wen.post("/write/announcement", with(announcement, "site", "qinghe", "do", "draft")...).wants(200)
	id := wen.id()
	acc, err := o.c.Store.AccountByLogin(t.Context(), "wen")
	if err != nil {
		t.Fatal(err)
	}
	page := "/people/" + acc.ID
	boss.get(page).wants(200, "他起草、还没发布", "1 条")
	boss.get("/people?q=wen").wants(200, "文化和旅游局", "第 1–1 人")
	boss.post(page, "do", "deputy", "deputy", "ghost", "from", "2027-01-01", "to", "2027-01-02", "role", "first_reviewer").wants(422, "没有这个人：ghost")
	boss.post(page, "do", "deputy", "deputy", "sun", "from", "x", "to", "2027-01-02", "role", "first_reviewer").wants(422, "请检查日期")
	wen.post("/me", "do", "deputy", "deputy", "sun", "from", "2020-01-01", "to", "2020-01-02", "role", "first_reviewer").wants(422, "请检查日期")
	boss.post(page, "do", "handover", "receiver", "min").wants(422, "接手人看不到")
	boss.post(page, "do", "handover", "receiver", "nobody").wants(422, "没有这个账号：nobody")
	boss.post(page, "do", "handover", "receiver", "sun", "roles", "1").wants(200, "已停用")
	if wen.get("/notices"); wen.path != "/signin" {
		t.Error("who handed over is still signed in")
	}
	row, err := o.c.Store.Notice(t.Context(), id)
	if err != nil || row.Author != "sun" {
		t.Errorf("the draft is %q's, %v", row.Author, err)
	}
	to, err := o.c.Store.AccountByLogin(t.Context(), "sun")
	if err != nil || len(to.Roles) != 5 {
		t.Errorf("who took over has %v, %v", to.Roles, err)
	}
	sun.get("/notices/" + string(id)).wants(200)
	boss.get("/audit?subject=wen").wants(200, "交接")

	// Departments.
	boss.post("/people/departments/new", "site", "qinghe", "name", "").wants(422, "请填写部门名称")
	boss.post("/people/departments/new", "site", "", "name", "水利局").wants(422, "请选择站点", "水利局")
	boss.post("/people/departments/new", "site", "qinghe", "name", "水利局", "lead", "王副县长").wants(200, "水利局")
	boss.get("/people/departments?q=%E7%8E%8B%E5%89%AF").wants(200, "水利局", "第 1–1 个")
	boss.post("/people/departments/wenlv", "name", "文旅局").wants(200, "文旅局")
	local := o.comes("local", "shiling", accounts.Administrator)
	local.post("/people/departments/wenlv", "name", "x").wants(403)
	local.get(page).wants(403)
	local.get("/people").wants(200, "local")
	if strings.Contains(local.body, "boss") {
		t.Error("an administrator of a town sees those of the county")
	}
}

// TestPolicyPages sets ways of review and sees them in force where they should
// be, and bad ones refused with all that was chosen.
func TestPolicyPages(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	inForce := func(site playlist.SiteID) string {
		t.Helper()
		p, err := o.c.Desk.Policy(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	was := inForce("liuxi")
	boss.get("/policies").wants(200, "青禾县", "起草 →")
	boss.post("/policies/wangchuan", "policy", "town").wants(200, "望川镇", "两人分工", "起草的人不能再做初审、保密审查。")
	if inForce("liuxi") != "town" || inForce("shiling") != was {
		t.Errorf("in force: %s at the village, %s at the other town", inForce("liuxi"), inForce("shiling"))
	}
	boss.get("/policies/liuxi").wants(200, "跟随 望川镇")
	boss.post("/policies/liuxi", "policy", "own", "step", "first_review", "apart", "draft.second_review", "people", "2").wants(422, "“复审”没有选进步骤", `value="draft.second_review" checked`)
	boss.post("/policies/liuxi", "policy", "own", "step", "first_review", "people", "9").wants(422, "1 到 3 之间")
	boss.post("/policies/liuxi", "policy", "own", "step", "first_review", "people", "x").wants(422, "1 到 3 之间")
	boss.post("/policies/liuxi", "policy", "own", "step", "first_review", "apart", "draft.first_review", "people", "2").wants(200, "柳溪村", "自己定的流程")
	if inForce("liuxi") != "own" {
		t.Error("the village's own way is not in force")
	}
	boss.post("/policies/liuxi", "do", "follow").wants(200)
	if inForce("liuxi") != "town" {
		t.Error("the village does not follow the town")
	}
	boss.post("/policies/qinghe", "policy", "single").wants(200, "只适合试用")
	boss.get("/audit?kind=policy").wants(200, "定审核流程", "跟随上级流程")
	local := o.comes("local", "shiling", accounts.Administrator)
	local.post("/policies/wangchuan", "policy", "single").wants(403)
	local.get("/policies/qinghe").wants(403)
}

// TestStart leads a fresh administrator through the three steps, with mistakes.
func TestStart(t *testing.T) {
	o := open(t, nil)
	token, _, err := o.c.Accounts.SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := o.visitor()
	p.post("/setup", "token", token, "login", "liming", "name", "李明", "password", password, "again", password).wants(200, "开始使用", "账号已建立")
	if p.path != "/start" {
		t.Errorf("the first sign-in leads to %s", p.path)
	}
	p.post("/start", "do", "policy").wants(422, "请选择一种")
	p.post("/start", "do", "policy", "policy", "town").wants(200, "已定")
	if policy, err := o.c.Desk.Policy(t.Context(), "liuxi"); err != nil || policy.ID != "town" {
		t.Errorf("in force: %s, %v", policy.ID, err)
	}
	p.post("/start", "do", "people", "name0", "王芳", "login0", "wangfang", "set0", "write", "name1", "赵敏", "login1", "a b", "set1", "review", "name2", "孙", "login2", "sunli", "set2", "king").
		wants(422, "<b>wangfang</b>", "账号要 2 到 40 个字符", `value="a b"`, "请至少选一个角色", "已有 1 位同事")
	p.post("/start", "do", "people", "name0", "赵敏", "login0", "zhaomin", "set0", "review").wants(200, "<b>zhaomin</b>", "初审、保密审查", "已有 2 位同事")
	p.post("/start", "do", "people").wants(200)
	acc, err := o.c.Store.AccountByLogin(t.Context(), "wangfang")
	if err != nil || !acc.MustChange || strings.Join(acc.Roles, ",") != "drafter,releaser" {
		t.Errorf("made: %+v, %v", acc, err)
	}
	local := o.comes("local", "shiling", accounts.Administrator)
	local.get("/start").wants(403)
	local.post("/start", "do", "policy", "policy", "single").wants(403)
}

// TestStartWithoutSites makes the place where the office is.
func TestStartWithoutSites(t *testing.T) {
	o := empty(t)
	boss := o.comes("boss", "", accounts.Administrator)
	boss.get("/start").wants(200, "这是哪里")
	boss.post("/start", "do", "policy", "policy", "town").wants(422, "请先做第一步")
	boss.post("/start", "do", "site", "name", "", "kind", "town").wants(422, "请填写单位所在的地方")
	boss.post("/start", "do", "site", "name", "望川镇", "kind", "castle").wants(422, "望川镇")
	boss.post("/start", "do", "site", "name", "望川镇", "kind", "town", "hotline", "0000-12345").wants(200, "望川镇", "共 1 个站点")
	for _, path := range []string{"/people", "/people/new", "/people/departments", "/people/deputies", "/policies", "/audit", "/notices", "/me"} {
		boss.get(path).wants(200)
	}
}

// TestDeputyByName lets people name a deputy as they call each other; a name that
// two bear is no name.
func TestDeputyByName(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	o.arrives(accounts.Details{Login: "wen", Name: "文静", Site: "qinghe", Roles: everything})
	o.arrives(accounts.Details{Login: "sunli", Name: "孙丽", Site: "qinghe", Roles: everything})
	wen, err := o.c.Store.AccountByLogin(t.Context(), "wen")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	ask := func(deputy string) *person {
		return boss.post("/people/"+wen.ID, "do", "deputy", "deputy", deputy, "role", "first_reviewer",
			"from", now.AddDate(0, 0, 5).Format("2006-01-02"), "to", now.AddDate(0, 0, 6).Format("2006-01-02"))
	}
	ask("孙").wants(422, "没有这个人：孙")
	ask(" 孙丽 ").wants(200, "孙丽", "提前结束")
	o.arrives(accounts.Details{Login: "sunli2", Name: "孙丽", Site: "wangchuan", Roles: everything})
	ask("孙丽").wants(422, "有 2 个人叫孙丽，请填账号")
}
