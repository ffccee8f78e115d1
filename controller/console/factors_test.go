package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/controller/store"
)

var keyGroups = regexp.MustCompile(`<i>([A-Z2-7]+)</i>`)

// enrols sets an authenticator up on the pages and returns its secret and the
// recovery codes.
func (p *person) enrols() (secret string, recovery []string) {
	p.Helper()
	p.post("/me", "do", "codes", "present", password).wants(200, "扫左边的二维码", "<svg")
	for _, m := range keyGroups.FindAllStringSubmatch(p.body, -1) {
		secret += m[1]
	}
	p.post("/me/codes", "otp", "000 000").wants(422, "验证码不对")
	p.post("/me/codes", "otp", p.code(secret, 0)).wants(200, "只显示这一次")
	for _, m := range regexp.MustCompile(`<b class="typed">([a-z2-7-]+)</b>`).FindAllStringSubmatch(p.body, -1) {
		recovery = append(recovery, m[1])
	}
	if len(secret) != 32 || len(recovery) != 10 {
		p.Fatalf("a secret of %d characters and %d recovery codes", len(secret), len(recovery))
	}
	return secret, recovery
}

func (p *person) code(secret string, off time.Duration) string {
	p.Helper()
	c, err := accounts.CodeAt(secret, time.Now().Add(off))
	if err != nil {
		p.Fatal(err)
	}
	return c
}

// cookie is the token of the session in the browser.
func (p *person) cookie() string {
	p.Helper()
	for _, c := range p.Jar.Cookies(p.request("/").URL) {
		if strings.HasSuffix(c.Name, "mingbai-session") {
			return c.Value
		}
	}
	return ""
}

// TestHalfSessionOpensNothing signs in with a password where a code is asked for
// too, and walks through all routes: to each the answer is that of a stranger.
func TestHalfSessionOpensNothing(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	secret, recovery := wang.enrols()
	before := wang.cookie()
	thief := o.visitor()
	thief.post("/signin", "login", "wang", "password", password).wants(200, "二次验证", "6 位数字")
	half := thief.cookie()
	if half == "" || half == before {
		t.Fatalf("the half session has the token %q", half)
	}
	thief.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	stranger := o.visitor()
	stranger.CheckRedirect = thief.CheckRedirect
	walked := 0
	for _, rt := range console.Table() {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		if rt.Open {
			continue
		}
		walked++
		path = inPath.ReplaceAllString(strings.TrimSuffix(path, "{$}"), "x")
		for _, p := range []*person{thief, stranger} {
			r := p.request(path)
			if r.Method = method; method == "GET" {
				r.Body, r.ContentLength = nil, 0
			}
			p.do(r)
		}
		if thief.status != stranger.status || thief.status != http.StatusSeeOther && thief.status != http.StatusUnauthorized {
			t.Errorf("%s: status %d with a half session, %d without one", rt.Pattern, thief.status, stranger.status)
		}
	}
	if walked < 100 {
		t.Errorf("only %d routes", walked)
	}
	r := thief.request("/api/v1/notices")
	r.Method, r.Body, r.ContentLength = "GET", nil, 0
	r.Header.Set("Authorization", "Bearer "+half)
	if resp, err := thief.Do(r); err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the API takes a half session: %v, %v", resp, err)
	}
	thief.CheckRedirect = nil
	// A code of the next half minute is newer than the one that set it up, whatever
	// the time is; it is good once, and no older one is after it.
	older, fresh := wang.code(secret, 0), wang.code(secret, 30*time.Second)
	thief.post("/signin/second", "otp", fresh).wants(200)
	if thief.cookie() == half || thief.cookie() == "" {
		t.Error("the whole session has the token of the half one")
	}
	late := o.visitor()
	late.post("/signin", "login", "wang", "password", password)
	late.post("/signin/second", "otp", older).wants(422, "已经用过")
	late.post("/signin/second", "otp", fresh).wants(422, "已经用过")
	late.post("/signin/second", "otp", strings.ToUpper(recovery[0])).wants(200)
	if late.path == "/signin/second" {
		t.Error("the recovery code led nowhere")
	}
	wang.get("/me").wants(200, "在哪里登录着", "身份验证器", "恢复码", "还有 9 个恢复码")
	wang.post("/me", "do", "others").wants(200, "别处的登录都已结束")
	late.get("/me").wants(200, "密码")
	if late.path != "/signin" {
		t.Errorf("another session goes on at %s", late.path)
	}
}

// TestHeldThroughBothSteps sends a form after the session ended: it goes on after
// the second step, and not before.
func TestHeldThroughBothSteps(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	_, recovery := wang.enrols()
	if err := o.c.Accounts.EndSessions(t.Context(), accounts.Person{Login: "test"}, o.account("wang")); err != nil {
		t.Fatal(err)
	}
	wang.post("/write/announcement", announcement...).wants(401, "没有丢")
	held := heldField.FindStringSubmatch(wang.body)
	if held == nil {
		t.Fatal("nothing is held")
	}
	wang.post("/signin", "login", "wang", "password", password, "held", held[1]).wants(200, "6 位数字")
	if again := heldField.FindStringSubmatch(wang.body); again == nil || again[1] != held[1] {
		t.Error("the page of the second step does not hold it")
	}
	wang.post("/signin/second", "otp", recovery[1], "held", held[1]).wants(200, "已发布")
}

func (o *office) account(login string) string {
	o.Helper()
	acc, err := o.c.Store.AccountByLogin(o.Context(), login)
	if err != nil {
		o.Fatal(err)
	}
	return acc.ID
}

// TestLostPhone lets an administrator reset somebody's factors: both see it, the
// one who lost them must set up a new one, and nobody does it for himself.
func TestLostPhone(t *testing.T) {
	o := open(t, func(c *configs.Controller) { c.SignIn.SecondFactor = []string{"administrator", "releaser"} })
	boss := o.comes("boss", "", accounts.Administrator)
	wang := o.comes("wang", "", everything...)
	wang.get("/todo").wants(200, "前设好")
	wang.enrols()
	wang.get("/todo").wants(200)
	if strings.Contains(wang.body, "前设好") {
		t.Error("it is asked for although it is there")
	}
	id := o.account("wang")
	boss.get("/people/"+id).wants(200, "身份验证器", "重置二次验证")
	boss.post("/people/"+id, "do", "reset").wants(200, "二次验证已重置", "由 boss 重置")
	boss.post("/people/"+o.account("boss"), "do", "reset").wants(422, "不能是本人")
	wang.get("/todo").wants(200)
	if wang.path != "/signin" {
		t.Errorf("the session goes on at %s", wang.path)
	}
	wang.post("/signin", "login", "wang", "password", password)
	if wang.path != "/me" {
		t.Errorf("without a second factor it opens %s", wang.path)
	}
	wang.wants(200, "boss 把您的二次验证重置了", "期限已经到了")
	wang.post("/write/announcement", announcement...).wants(403, "请先设置二次验证")
	wang.enrols()
	wang.get("/todo").wants(200)
	boss.get("/audit?kind=factor").wants(200, "重置他人的二次验证", "设置二次验证")
	boss.post("/people/"+id, "do", "signout").wants(200, "都已结束")
	wang.get("/todo")
	if wang.path != "/signin" {
		t.Error("signed out everywhere, and still in")
	}
}

// TestLockedPeopleReadUntilWhen guesses codes, with a fresh password in between.
func TestLockedPeopleReadUntilWhen(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	wang.enrols()
	thief := o.visitor()
	thief.post("/signin", "login", "wang", "password", password)
	for range 3 {
		thief.post("/signin/second", "otp", "123456").wants(422, "验证码不对")
	}
	thief.post("/signin", "login", "wang", "password", password)
	for range 2 {
		thief.post("/signin/second", "otp", "123456").wants(422, "验证码不对")
	}
	thief.post("/signin/second", "otp", "123456").wants(422, "锁定到 ")
	o.visitor().post("/signin", "login", "wang", "password", password).wants(422, "锁定到 ")
}

// TestHeadersOfPages looks at what a browser is told besides the page.
func TestHeadersOfPages(t *testing.T) {
	o := open(t, func(c *configs.Controller) { c.PublicURL = "https://gongkai.example" })
	resp, err := http.Get(o.base + "/signin")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for name, want := range map[string]string{
		"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "same-origin",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	p := o.visitor()
	if _, err := o.c.Accounts.Create(t.Context(), accounts.Person{Login: "test"}, accounts.Details{Login: "wang", Name: "wang", Roles: everything}, password); err != nil {
		t.Fatal(err)
	}
	p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err = p.Do(p.request("/signin", "login", "wang", "password", password))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Name == "mingbai-session" || c.Name == "__Host-mingbai-session" && (!c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode) {
			t.Errorf("the cookie of the session is %+v", c)
		}
	}
}

// TestAccountsUsedWhereTheyWereMade shows the auditor an account that somebody
// signed in to from the address of who made it.
func TestAccountsUsedWhereTheyWereMade(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	boss.get("/audit").wants(200)
	if strings.Contains(boss.body, "同一个地址") {
		t.Error("it is said of nobody")
	}
	d := accounts.Details{Login: "wang", Name: "王芳", Roles: []accounts.Role{accounts.Releaser}}
	if _, err := o.c.Accounts.Create(store.WithOrigin(t.Context(), "127.0.0.1"), accounts.Person{Login: "boss"}, d, password); err != nil {
		t.Fatal(err)
	}
	o.visitor().post("/signin", "login", "wang", "password", password).wants(200)
	boss.get("/audit").wants(200, "boss 建立的账号 wang 在 24 小时内从同一个地址登录")
}
