package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

const password = "correct horse battery"

// everything is what one person may hold who has a hand in publishing.
var everything = append(slices.Clone(accounts.Publishing), accounts.Technician)

// office is a controller with a small county behind a server.
type office struct {
	*testing.T
	c    *controller.Controller
	base string
}

func open(t *testing.T, change func(*configs.Controller)) *office {
	t.Helper()
	return furnished(t, bare(t, change))
}

// empty is a controller on its first day, without a site.
func empty(t *testing.T) *office {
	t.Helper()
	return bare(t, nil)
}

// zone is where the office's days begin and end; this machine may be elsewhere.
func (o *office) zone() *time.Location {
	o.Helper()
	zone, err := o.c.Config.Location()
	if err != nil {
		o.Fatal(err)
	}
	return zone
}

func bare(t *testing.T, change func(*configs.Controller)) *office {
	t.Helper()
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	if change != nil {
		change(&cfg)
	}
	storetest.Put(t, cfg.DatabaseFile())
	c, err := controller.NewWith(cfg, slog.New(slog.DiscardHandler), controller.Options{Passwords: accounts.Cheap})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return &office{t, c, server.URL}
}

func furnished(t *testing.T, o *office) *office {
	t.Helper()
	ctx := context.Background()
	err := o.c.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.ReplaceColumns(ctx, []playlist.Column{{ID: "news", Name: "通知", NameEn: "News", Field: playlist.Government}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []playlist.Site{
		{ID: "qinghe", Kind: playlist.County, Name: "青禾县", NameEn: "Qinghe County", Hotline: "0000-12317"},
		{ID: "wangchuan", Parent: "qinghe", Kind: playlist.Town, Name: "望川镇"},
		{ID: "liuxi", Parent: "wangchuan", Kind: playlist.Village, Name: "柳溪村"},
		{ID: "shiling", Parent: "qinghe", Kind: playlist.Town, Name: "石岭镇"},
	} {
		if err := o.c.Desk.PutSite(ctx, publish.Who{Actor: "test"}, s); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// person is somebody with a browser.
type person struct {
	*office
	http.Client
	status int
	body   string
	path   string // of the page in the end
}

func (o *office) visitor() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.Fatal(err)
	}
	return &person{office: o, Client: http.Client{Jar: jar}}
}

// comes makes an account and signs in.
func (o *office) comes(login string, site playlist.SiteID, roles ...accounts.Role) *person {
	o.Helper()
	return o.arrives(accounts.Details{Login: login, Name: login, Site: site, Roles: roles})
}

// arrives is comes for somebody of whom more is to be said.
func (o *office) arrives(d accounts.Details) *person {
	o.Helper()
	if _, err := o.c.Accounts.Create(o.Context(), accounts.Person{Login: "test"}, d, password); err != nil {
		o.Fatal(err)
	}
	login := d.Login
	p := o.visitor()
	p.post("/signin", "login", login, "password", password)
	if p.status != 200 || p.path == "/signin" {
		o.Fatalf("%s cannot sign in: %d at %s", login, p.status, p.path)
	}
	return p
}

func (p *person) do(r *http.Request) *person {
	p.Helper()
	resp, err := p.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		p.Fatal(err)
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		p.Errorf("%s: the policy is %q", r.URL.Path, csp)
	}
	p.status, p.body, p.path = resp.StatusCode, string(data), resp.Request.URL.Path
	if strings.Contains(p.body, "<script>") || strings.Contains(p.body, " style=") || strings.Contains(p.body, " onclick=") {
		p.Errorf("%s has an inline script or style", r.URL.Path)
	}
	return p
}

func (p *person) get(path string) *person {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), "GET", p.base+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	return p.do(r)
}

func form(fields []string) io.Reader {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return strings.NewReader(v.Encode())
}

func (p *person) post(path string, fields ...string) *person {
	p.Helper()
	return p.do(p.request(path, fields...))
}

func (p *person) request(path string, fields ...string) *http.Request {
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+path, form(fields))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (p *person) wants(status int, texts ...string) {
	p.Helper()
	if p.status != status {
		p.Errorf("%s: status %d, want %d", p.path, p.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.Errorf("%s does not say %q", p.path, text)
		}
	}
}

var announcement = []string{
	"site", "liuxi", "column", "news", "genre", "通知", "title", "关于停水的通知", "issuer", "柳溪村村民委员会", "issued", "2026-11-20",
	"text", "全体村民：\n11月25日停水一天。\n# 范围\n- 一组", "led", "25日停水", "hotline", "0000-6210311",
}

func with(fields []string, changes ...string) []string {
	out := slices.Clone(fields)
	for i := 0; i+1 < len(changes); i += 2 {
		at := slices.Index(out, changes[i])
		if at < 0 {
			out = append(out, changes[i], changes[i+1])
		} else {
			out[at+1] = changes[i+1]
		}
	}
	return out
}

// id is the notice that the person's last page shows.
func (p *person) id() playlist.NoticeID {
	return playlist.NoticeID(strings.TrimPrefix(p.path, "/notices/"))
}

// ref is that of the newest version of a notice, as its page has it.
func (o *office) ref(id playlist.NoticeID) string {
	o.Helper()
	versions, err := o.c.Store.NoticeVersions(o.Context(), id)
	if err != nil || len(versions) == 0 {
		o.Fatal(id, err)
	}
	return versions[0].Ref.String()
}

func TestFirstAccount(t *testing.T) {
	o := open(t, nil)
	p := o.visitor()
	p.get("/notices").wants(200, "还没有人注册")
	if p.path != "/signin" {
		t.Errorf("a stranger is at %s", p.path)
	}
	token, needed, err := o.c.Accounts.SetupToken(t.Context())
	if err != nil || !needed {
		t.Fatal(needed, err)
	}
	fields := []string{"token", token, "login", "liming", "name", "李明", "password", password, "again", password}
	p.post("/setup", with(fields, "token", "guess")...).wants(422, "已经用过或过期")
	p.post("/setup", with(fields, "again", "other")...).wants(422, "不一样", "李明")
	p.post("/setup", with(fields, "password", "short", "again", "short")...).wants(422, "至少 10 个字符")
	p.post("/setup", fields...).wants(200, "账号已建立", "退出登录")
	q := o.visitor()
	q.get("/setup?token=" + token)
	if q.path != "/signin" {
		t.Errorf("after the first account the setup leads to %s", q.path)
	}
	q.post("/signin", "login", "liming", "password", "wrong wrong wrong").wants(422, "账号或密码不对", `value="liming"`)
	q.post("/signin", "login", "liming", "password", password, "next", "/alerts").wants(200)
	if q.path != "/alerts" {
		t.Errorf("signing in leads to %s", q.path)
	}
	q.post("/signin", "login", "liming", "password", password, "next", "//evil.example").wants(200)
	q.post("/signout").wants(200)
	q.get("/notices")
	if q.path != "/signin" {
		t.Error("signing out did not end the session")
	}
}

func TestRequestsFromElsewhereAreRefused(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	for _, head := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		for _, path := range []string{"/write/announcement", "/signout", "/alerts", "/pairing", "/people", "/signin", "/setup", "/language"} {
			r := p.request(path, announcement...)
			r.Header.Set(head[0], head[1])
			p.do(r).wants(403, "别的网站")
		}
	}
	if n, err := o.c.Store.CountNotices(t.Context(), store.NoticeFilter{}); err != nil || n != 0 {
		t.Errorf("%d notices were written, %v", n, err)
	}
	p.get("/notices").wants(200, "退出登录") // still signed in
}

// TestRoles walks through everything that changes something with everyone who
// may not.
func TestRoles(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", everything...)
	boss.post("/write/announcement", announcement...).wants(200, "已发布")
	notice := "/notices/" + string(boss.id())
	screen := playlist.Screen{ID: "liuxi-touch", Site: "liuxi", Kind: playlist.Touch, Name: "柳溪村触摸屏", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}}
	if _, err := o.c.Fleet.Add(t.Context(), "test", screen, ""); err != nil {
		t.Fatal(err)
	}
	need := map[string][]accounts.Role{
		"GET /write/announcement": {accounts.Drafter, accounts.Releaser}, "POST /write/announcement": {accounts.Drafter, accounts.Releaser},
		"POST /write/announcement/check": {accounts.Drafter, accounts.Releaser}, "POST /write/announcement/preview.png": {accounts.Drafter, accounts.Releaser},
		"GET " + notice + "/revise":    {accounts.Drafter, accounts.Releaser},
		"POST " + notice + "/takedown": {accounts.Releaser, accounts.FirstReviewer, accounts.SecondReviewer},
		"POST " + notice + "/release":  {accounts.Releaser},
		"POST /alerts":                 {accounts.Releaser}, "POST /alerts/check": {accounts.Releaser}, "POST " + strings.Replace(notice, "notices", "alerts", 1) + "/lift": {accounts.Releaser},
		"GET /pairing": {accounts.Technician}, "POST /pairing": {accounts.Technician}, "POST /screens/liuxi-touch/command": {accounts.Technician},
		"GET /audit": {accounts.Auditor, accounts.Administrator}, "GET /people": {accounts.Administrator}, "POST /people": {accounts.Administrator}, "POST /people/a-x": {accounts.Administrator},
	}
	open := []string{"GET /notices", "GET " + notice, "GET /screens", "GET /screens/liuxi-touch", "GET /alerts", "GET /screens/live"}
	for _, role := range accounts.Roles {
		p := o.comes("only-"+string(role), "", role)
		for what, roles := range need {
			if slices.Contains(roles, role) {
				continue
			}
			method, path, _ := strings.Cut(what, " ")
			r := p.request(path)
			if method == "GET" {
				p.get(path)
			} else {
				p.do(r)
			}
			if p.status != 403 {
				t.Errorf("%s with the role %s only: status %d", what, role, p.status)
			}
		}
		for _, what := range open {
			if p.get(strings.TrimPrefix(what, "GET ")); p.status != 200 {
				t.Errorf("%s with the role %s: status %d", what, role, p.status)
			}
		}
		// The menu has nothing that would be refused.
		for _, m := range regexp.MustCompile(`<li><a href="([^"]+)"`).FindAllStringSubmatch(p.get("/notices").body, -1) {
			if p.get(m[1]); p.status != 200 {
				t.Errorf("the menu of %s leads to %s: status %d", role, m[1], p.status)
			}
		}
	}
	stranger := o.visitor()
	for what := range need {
		method, path, _ := strings.Cut(what, " ")
		if method == "POST" {
			if stranger.post(path); stranger.status != 401 {
				t.Errorf("%s by a stranger: status %d", what, stranger.status)
			}
		}
	}
}

func TestSitesAreKept(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", everything...)
	boss.post("/write/announcement", announcement...).wants(200)
	id := boss.id()
	other := o.comes("other", "shiling", everything...)
	other.post("/write/announcement", announcement...).wants(403, "不归您管")
	other.post("/notices/"+string(id)+"/takedown", "reason", "试试").wants(403, "不归您管")
	other.get("/notices/" + string(id) + "/revise").wants(403)
	other.post("/alerts", "site", "liuxi", "type", "暴雨", "colour", "red", "action", "撤离", "hours", "1").wants(403)
	other.get("/notices/"+string(id)).wants(200, "关于停水的通知")
	if strings.Contains(other.body, "立即下架") {
		t.Error("the page offers what will be refused")
	}
	other.post("/people", "login", "mole", "name", "mole", "password", password, "role", "administrator").wants(403)
	deputy := o.comes("deputy", "shiling", accounts.Administrator)
	deputy.post("/people", "login", "mole", "name", "mole", "password", password, "role", "administrator").wants(403)
	near := o.comes("near", "wangchuan", everything...)
	near.post("/notices/"+string(id)+"/takedown", "reason", "").wants(422, "请写明下架原因")
	near.post("/notices/"+string(id)+"/takedown", "reason", "内容有误").wants(200, "已下架")
}

func TestWritingLosesNothing(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	odd := with(announcement, "column", "", "title", `关于<b>"停水"</b>的通知`, "until", "someday", "posting_days", "x", "objection", "请打电话", "text", "第一段\n\n  - 一组  \n《》<script>", "led", "")
	p.post("/write/announcement", odd...).wants(422, "请选择栏目", "时间应写成", "天数应为整数", "&lt;b&gt;", "第一段\n\n  - 一组  \n《》&lt;script&gt;", `value="someday"`, `value="x"`, `value="请打电话"`)
	p.post("/write/announcement", with(announcement, "text", "第一行\n\n"+strings.Repeat("长", 4001))...).wants(422, "第 3 行：")
	p.post("/write/announcement/check", with(announcement, "text", "\U000F0001")...).wants(200, `"missing":["`)
	// A draft keeps what is not finished.
	p.post("/write/announcement", with(announcement, "column", "", "do", "draft")...).wants(200, "草稿已保存", "第 1 版是草稿")
	draft := p.id()
	p.get("/notices/"+string(draft)+"/revise").wants(200, "全体村民：\n11月25日停水一天。\n# 范围\n- 一组")
	p.post("/notices/"+string(draft)+"/release", "version", "1", "ref", o.ref(draft)).wants(422, "请选择栏目")
	// A form that is sent twice counts once.
	once := with(announcement, "once", "0123456789ABCDEF")
	first := p.post("/write/announcement", once...).id()
	if second := p.post("/write/announcement", once...).id(); second != first {
		t.Errorf("a form sent twice made %s and %s", first, second)
	}
	// Whoever comes second is told, with all that was typed.
	base := with(announcement, "id", string(first), "version", "1")
	p.post("/write/announcement", with(base, "title", "第一个改的人")...).wants(200, "第一个改的人")
	p.post("/write/announcement", with(base, "title", "第二个改的人")...).wants(409, "别人刚刚保存", "第二个改的人")
	n, err := o.c.Store.Notice(t.Context(), first)
	if err != nil || n.Title != "第一个改的人" || n.Version != 2 {
		t.Errorf("in the end it is %+v, %v", n, err)
	}
	o.comes("du", "", accounts.Auditor).get("/audit?subject="+string(first)).wants(200, "发布新版本", "wang")
}

func TestRevisingKeepsWhatTheFormDoesNotShow(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	n := playlist.Notice{
		Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: "旧标题", TitleEn: "Old title", Issuer: "村委会", Index: "QH-1",
		Issued:       schedule.Date{Year: 2026, Month: 11, Day: 20},
		Announcement: &playlist.Announcement{Sign: "柳溪村", Links: []playlist.NoticeID{"other"}, Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "正文"}}},
	}
	r, err := o.c.Desk.Publish(t.Context(), publish.Who{Actor: "test"}, n)
	if err != nil {
		t.Fatal(err)
	}
	p.post("/write/announcement", with(announcement, "id", string(r.Notice), "version", "1")...).wants(200, "已发布")
	v, err := o.c.Store.NoticeVersion(t.Context(), r.Notice, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if got.TitleEn != "Old title" || got.Index != "QH-1" || got.Announcement.Sign != "柳溪村" || len(got.Announcement.Links) != 1 || got.Title != "关于停水的通知" {
		t.Errorf("revised it is %+v %+v", got, got.Announcement)
	}
}

// TestUrgent shows that an urgent notice pushes the others aside, and that they
// come back.
func TestUrgent(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	screen := playlist.Screen{ID: "liuxi-touch", Site: "liuxi", Kind: playlist.Touch, Name: "柳溪村触摸屏", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}}
	if _, err := o.c.Fleet.Add(t.Context(), "test", screen, ""); err != nil {
		t.Fatal(err)
	}
	plays := func(at time.Time) (schedule.Level, int) {
		t.Helper()
		f, err := o.c.Fleet.Forecast(t.Context(), screen.ID, at)
		if err != nil {
			t.Fatal(err)
		}
		return f.Level, len(f.Slots)
	}
	p.post("/write/announcement", announcement...).wants(200, "已发布")
	p.post("/write/announcement", with(announcement, "title", "县里的通知", "site", "qinghe")...).wants(200, "已发布")
	now := time.Now()
	if level, n := plays(now); level != schedule.Normal || n != 2 {
		t.Errorf("at first level %s plays %d", level, n)
	}
	p.post("/write/announcement", with(announcement, "urgent", "1")...).wants(422, "必须写明下屏时间")
	until := func(d time.Duration) string {
		return now.Add(d).In(time.FixedZone("", 8*60*60)).Format("2006-01-02T15:04")
	}
	p.post("/write/announcement", with(announcement, "urgent", "1", "until", until(8*24*time.Hour))...).wants(422, "最长 7 天")
	p.post("/write/announcement", with(announcement, "title", "紧急停水", "urgent", "1", "until", until(2*time.Hour))...).wants(200, "已发布", "紧急")
	id := p.id()
	if level, n := plays(now); level != schedule.Urgent || n != 1 {
		t.Errorf("with an urgent notice level %s plays %d", level, n)
	}
	if level, n := plays(now.Add(3 * time.Hour)); level != schedule.Normal || n != 2 {
		t.Errorf("after it has ended level %s plays %d", level, n)
	}
	p.get("/screens/liuxi-touch").wants(200, "紧急停水", "让位给更高级别")
	p.post("/notices/"+string(id)+"/takedown", "reason", "修好了").wants(200)
	if level, n := plays(now); level != schedule.Normal || n != 2 {
		t.Errorf("after it was taken down level %s plays %d", level, n)
	}
}

func TestAlerts(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	raise := []string{"site", "wangchuan", "type", "暴雨", "colour", "red", "action", "立即转移", "hours", "3", "exercise", "1"}
	p.post("/alerts", with(raise, "action", "")...).wants(422, "暴雨", "请填写该怎么做")
	p.post("/alerts", with(raise, "type", "", "title", "")...).wants(422, "请填写预警种类")
	if strings.Contains(p.body, "请填写标题") {
		t.Error("a title is asked for that is made of the kind")
	}
	p.post("/alerts", with(raise, "hours", "48")...).wants(422)
	p.post("/alerts", with(raise, "hours", "")...).wants(422)
	p.post("/alerts/check", raise...).wants(200, "望川镇")
	p.post("/alerts", raise...).wants(200, "预警已发出", "望川镇发布暴雨红色预警", "演练")
	active, err := o.c.Desk.ActiveAlerts(t.Context())
	if err != nil || len(active) != 1 || !active[0].Body.Alert.Exercise || active[0].Body.Alert.Area != "望川镇" {
		t.Fatalf("in force: %+v, %v", active, err)
	}
	p.post("/alerts/"+string(active[0].ID)+"/lift").wants(200, "已解除")
}

func TestPreviews(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	for _, q := range []string{"kind=touch&panel=1080x1920", "kind=touch&panel=1920x1080", "kind=led&panel=192x64", "kind=led&panel=320x32&colours=single"} {
		p.post("/write/announcement/preview.png?"+q, announcement...).wants(200, "\x89PNG")
		p.post("/alerts/preview.png?"+q, "site", "liuxi", "type", "大风", "colour", "blue", "hours", "1").wants(200, "\x89PNG")
	}
	for _, q := range []string{"", "kind=touch&panel=1x1", "kind=touch&panel=99999x99999", "kind=tv&panel=1080x1920", "kind=led&panel=-1x64"} {
		if p.post("/write/announcement/preview.png?"+q, announcement...); p.status != 404 {
			t.Errorf("a preview of %q: status %d", q, p.status)
		}
	}
	p.post("/write/announcement/preview.png?kind=touch&panel=1080x1920").wants(200, "\x89PNG") // nothing is written yet
	p.post("/write/announcement", announcement...).wants(200)
	p.get("/notices/"+string(p.id())+"/preview.png?kind=led&panel=192x64").wants(200, "\x89PNG")
}

func TestPeople(t *testing.T) {
	o := open(t, nil)
	p := o.comes("boss", "", accounts.Administrator)
	add := []string{"login", "zhao", "name", "赵敏", "password", password, "site", "liuxi", "role", "drafter"}
	p.post("/people", with(add, "password", "short")...).wants(422, "至少 10 个字符", "赵敏")
	p.post("/people", add...).wants(200, "赵敏", "起草")
	p.post("/people", add...).wants(422, "已经有人用了")
	rows, err := o.c.Accounts.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range rows {
		if a.Login == "boss" {
			p.post("/people/"+a.ID, "name", "boss", "role", "drafter").wants(422, "不能停用自己")
		} else {
			q := o.visitor()
			q.post("/signin", "login", "zhao", "password", password).wants(200)
			p.post("/people/"+a.ID, "name", "赵敏", "site", "liuxi", "role", "drafter", "disabled", "1").wants(200, "已停用")
			if q.get("/notices"); q.path != "/signin" {
				t.Error("who was disabled is still signed in")
			}
		}
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	o := open(t, nil)
	p := o.comes("boss", "", everything...)
	for _, path := range []string{"/nothing", "/notices/no-such", "/notices/NO%20", "/screens/no-such", "/screens/no-such/live", "/screens/no-such/preview.png", "/notices/no-such/preview.png", "/notices/x/revise", "/screens/no-such/shot.png"} {
		if p.get(path); p.status != 404 {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
	big := strings.Repeat("长", 5<<20)
	p.post("/write/announcement", with(announcement, "text", big)...).wants(413, "内容太大")
	p.post("/language", "lang", "en", "back", "/usage").wants(200, "Usage")
	if p.path != "/usage" {
		t.Errorf("the switch of language leads to %s", p.path)
	}
	p.get("/nothing").wants(404, "This page was not found")
}
