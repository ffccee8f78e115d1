package console_test

import (
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// hostile is text that is a page's undoing where it is not escaped: in text, in an
// attribute, in an address, in JSON within a page. It begins a formula too.
const hostile = `=1+1"'><img src=x onerror=alert(1)></textarea></title><svg/onload=alert(1)>`

var unescaped = regexp.MustCompile(`<img src=x|<svg/onload|href="\s*javascript:|src="\s*javascript:`)

// TestHostileTextIsText writes it into every name, title, reason, remark, word and
// file, and looks at every page and every table that shows them.
func TestHostileTextIsText(t *testing.T) {
	o := under(t, review.Town)
	err := o.c.Store.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutSite(t.Context(), playlist.Site{ID: "liuxi", Parent: "wangchuan", Kind: playlist.Village, Name: hostile, NameEn: hostile, Hotline: hostile}); err != nil {
			return err
		}
		if err := tx.ReplaceColumns(t.Context(), []playlist.Column{{ID: "news", Name: hostile, NameEn: hostile, Hint: hostile, Field: playlist.Government}}); err != nil {
			return err
		}
		return tx.PutScreen(t.Context(), playlist.Screen{ID: "s-1", Site: "liuxi", Kind: playlist.Touch, Name: hostile, Place: hostile, Tags: []string{hostile}, Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}}, "zh")
	})
	if err != nil {
		t.Fatal(err)
	}
	boss := o.comes("boss", "", accounts.Administrator)
	du := o.comes("du", "", accounts.Auditor)
	boss.post("/people/departments/new", "site", "liuxi", "name", hostile, "name_en", hostile, "phone", hostile, "lead", hostile).wants(200)
	wang := o.arrives(accounts.Details{Login: "wang", Name: hostile, Phone: hostile, Roles: []accounts.Role{accounts.Drafter, accounts.Releaser, accounts.Technician}})
	li := o.arrives(accounts.Details{Login: "li", Name: hostile, Roles: []accounts.Role{accounts.FirstReviewer, accounts.Secrecy}})
	today := schedule.DateOf(time.Now().In(o.zone())).String()
	wang.post("/me", "do", "deputy", "deputy", "li", "from", today, "to", today, "role", "releaser", "reason", hostile).wants(200)
	wang.post("/words", "site", "liuxi", "text", "=柳西村<b>", "instead", "柳溪村<img src=x>", "note", "=1+1<img src=x>", "kind", "mistyped", "severity", "doubt", "do", "save")
	o.said("liuxi", wire.Opinion, hostile)
	fields := with(announcement, "title", hostile, "issuer", hostile, "text", hostile+"\n# "+hostile+"\n- "+hostile, "led", hostile, "hotline", "0000-6210311", "document", hostile, "do", "draft")
	wang.post("/write/announcement", fields...)
	if wang.status != 200 || !strings.HasPrefix(wang.path, "/notices/") {
		t.Fatalf("the draft is not kept: %d at %s", wang.status, wang.path)
	}
	id := wang.id()
	at := "/notices/" + string(id)
	wang.post("/write/announcement/autosave", with(fields, "once", "0123456789")...)
	plain := drafted(o, wang)
	wang.deed(plain, "submit", "note", hostile).wants(200)
	look := lookAt(t)
	li.deed(plain, "approve", "capacity", "first_review", "note", hostile).wants(200)
	li.deed(plain, "outside", "text", hostile).wants(200)
	li.deed(plain, "reply", "text", hostile).wants(200)
	li.deed(plain, "return", "reason", hostile).wants(200)
	wang.deed(plain, "submit").wants(200)
	li.deed(plain, "approve", "capacity", "first_review").wants(200)
	li.deed(plain, "approve", ticks()...).wants(200)
	wang.deed(plain, "release").wants(200)
	wang.post("/notices/"+string(plain)+"/takedown", "reason", hostile).wants(200)

	q := url.QueryEscape(hostile)
	for _, language := range []string{"zh", "en"} {
		for _, p := range []*person{boss, du, wang, li} {
			p.post("/language", "language", language, "back", "/me")
		}
		look(wang, "/todo", "/notices", at, "/notices/"+string(plain), at+"/review", at+"/revise", "/write", "/write/announcement", "/write/announcement?restore=new:announcement:0123456789", "/programme/liuxi", "/programme/liuxi/lists/new",
			"/programme/liuxi/rules/new", "/programme/liuxi/calendar", "/columns", "/columns/news", "/register", "/register/paper", "/alerts", "/voices", "/usage", "/screens", "/screens/live", "/screens/s-1", "/screens/s-1/live",
			"/screens/s-1/edit", "/screens/s-1/forecast", "/screens/s-1/calendar", "/pairing", "/words", "/words?list=own", "/me", "/import",
			"/notices?q="+q, "/notices?status="+q, "/words?q="+q, "/voices?q="+q, "/usage?from="+q, "/screens?q="+q, "/register?q="+q, "/nothing/"+q, "/write/"+q, "/programme/"+q, "/columns/"+q, "/screens/s-1/forecast?at="+q)
		look(boss, "/people", "/people/new", "/people/departments", "/people/deputies", "/policies", "/policies/liuxi", "/columns/news/edit", "/start", "/people?q="+q, "/people/departments?q="+q)
		look(du, "/audit", "/audit?actor="+q, "/audit?subject="+q, "/voices", at)
	}
	for _, a := range []string{"wang", "li"} {
		acc, err := o.c.Store.AccountByLogin(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		look(boss, "/people/"+acc.ID)
	}
	look(o.visitor(), "/signin?next="+q, "/setup?token="+q)
	// What scripts put into a page is escaped where it is made.
	wang.post("/write/announcement/check", with(fields, "title", "=柳西村<b>"+hostile, "site", "liuxi")...)
	if text := decoded(wang.body); unescaped.MatchString(text) && strings.Contains(wang.body, `"html"`) {
		var out struct {
			Problems map[string][]struct{ HTML string }
		}
		if err := json.Unmarshal([]byte(wang.body), &out); err != nil {
			t.Fatal(err)
		}
		for field, list := range out.Problems {
			for _, f := range list {
				if unescaped.MatchString(f.HTML) {
					t.Errorf("%s: %q", field, f.HTML)
				}
			}
		}
	}

	// In a table for a spreadsheet no cell begins a formula.
	for _, c := range []struct {
		p    *person
		path string
	}{{du, "/audit.csv"}, {wang, "/voices.csv"}, {wang, "/usage.csv"}, {wang, "/words.csv"}} {
		c.p.get(c.path).wants(200)
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.p.body, "\uFEFF")))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatal(c.path, len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Errorf("%s: the cell %q is a formula", c.path, cell)
				}
			}
		}
	}
	for _, path := range []string{"/register.xlsx", at + "/screens.xlsx"} {
		wang.get(path).wants(200)
		book, err := sheet.Read(strings.NewReader(wang.body), int64(len(wang.body)), "x.xlsx", sheet.Limits{})
		if err != nil {
			t.Fatal(path, err)
		}
		for i := range book.Sheets {
			for _, n := range book.Sheets[i].Notes {
				t.Errorf("%s: %v", path, n)
			}
		}
		if strings.Contains(wang.body, "<f>") {
			t.Errorf("%s has a formula", path)
		}
	}
}

// lookAt opens pages and looks for text that became more than text.
func lookAt(t *testing.T) func(*person, ...string) {
	return func(p *person, paths ...string) {
		t.Helper()
		for _, path := range paths {
			p.get(path)
			if m := unescaped.FindStringIndex(p.body); m != nil || p.status >= 500 {
				from, to := 0, 0
				if m != nil {
					from, to = max(m[0]-80, 0), min(m[1]+40, len(p.body))
				}
				t.Errorf("%s: status %d: %q", path, p.status, p.body[from:to])
			}
		}
	}
}

// decoded is JSON with its escapes resolved, as a script sees it.
func decoded(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\"`, `"`).Replace(text)
}

// TestHeldFormsGoNowhereElse makes up forms that were never held: they lead to
// nothing that the person could not send by himself, and not away from here.
func TestHeldFormsGoNowhereElse(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	o.comes("boss", "", accounts.Administrator)
	held := func(to, by string, fields ...string) string {
		v := url.Values{}
		for i := 0; i+1 < len(fields); i += 2 {
			v.Add(fields[i], fields[i+1])
		}
		data, err := json.Marshal(map[string]any{"to": to, "by": by, "form": v.Encode()})
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	accountsNow := func() int64 {
		n, err := o.c.Store.CountAccounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := accountsNow()
	mole := []string{"login", "mole", "name", "m", "role", "administrator", "password", password}
	wang.post("/resume", "held", held("/people", "wang", mole...)).wants(403)
	wang.post("/signin", "login", "wang", "password", password, "held", held("/people", "wang", mole...)).wants(403)
	// The name in it is only a name: of somebody else, the person is asked first.
	boss := o.visitor()
	boss.post("/signin", "login", "boss", "password", password, "held", held("/people", "wang", mole...)).wants(200, "用我的名义提交")
	boss.post("/signin", "login", "boss", "password", password, "held", held("/people", "", mole...)).wants(200, "用我的名义提交")
	if accountsNow() != before {
		t.Error("an account was smuggled in")
	}
	deep := held("/signout", "wang")
	for range 20 {
		deep = held("/resume", "wang", "held", deep)
	}
	wang.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != strings.TrimPrefix(o.base, "http://") {
			t.Errorf("away to %s", r.URL)
		}
		return nil
	}
	for _, text := range []string{
		held("//evil.example/", "wang"), held("/\\evil.example", "wang"), held("https://evil.example", "wang"), held("/a\r\nSet-Cookie: x=1", "wang"), held("/%2f%2fevil.example", "wang"),
		held("/..//evil.example", "wang"), held("/api/v1/accounts", "wang", "x", "1"), held("/static/x", "wang"), held("/nowhere", "wang"), held("?x", "wang"), held("/notices/../people", "wang", mole...), deep,
	} {
		r := wang.request("/resume", "held", text)
		if wang.do(r); wang.status >= 500 || strings.Contains(wang.path, "evil") && wang.status == 200 {
			t.Errorf("%s: status %d at %s", text, wang.status, wang.path)
		}
		wang.post("/signin", "login", "wang", "password", password).wants(200)
	}
	if accountsNow() != before {
		t.Error("an account was smuggled in")
	}
	for _, next := range []string{"//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\tevil", "/\r\nX: y"} {
		wang.post("/signin", "login", "wang", "password", password, "next", next).wants(200)
		wang.post("/language", "language", "en", "back", next)
		if wang.status >= 500 {
			t.Errorf("back to %q: status %d", next, wang.status)
		}
	}
}

// TestSessionsOfOthers tries to set, keep and steal a session (L24).
func TestSessionsOfOthers(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	wang := o.comes("wang", "", everything...)
	acc, err := o.c.Store.AccountByLogin(t.Context(), "wang")
	if err != nil {
		t.Fatal(err)
	}
	// A session that somebody else chose is not taken over.
	v := o.visitor()
	at, err := url.Parse(o.base)
	if err != nil {
		t.Fatal(err)
	}
	v.Jar.SetCookies(at, []*http.Cookie{{Name: "mingbai-session", Value: "chosen", Path: "/"}})
	v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := v.Do(v.request("/signin", "login", "wang", "password", password))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Value == "chosen" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie %s", c)
		}
	}
	thief := o.visitor()
	thief.Jar.SetCookies(at, []*http.Cookie{{Name: "mingbai-session", Value: "chosen", Path: "/"}})
	if thief.get("/me"); thief.path != "/signin" {
		t.Error("a chosen session is somebody's")
	}
	// A role that is taken away is gone at once, a new password ends what there was.
	wang.get("/write/announcement").wants(200)
	boss.post("/people/"+acc.ID, "do", "details", "name", "wang", "role", "technician").wants(200)
	wang.get("/write/announcement").wants(403)
	boss.post("/people/"+acc.ID, "do", "password").wants(200)
	if wang.get("/me"); wang.path != "/signin" {
		t.Error("a session outlives the password")
	}
	first := regexp.MustCompile(`[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}`).FindString(boss.body)
	wang.post("/signin", "login", "wang", "password", first).wants(200, "换")
	for _, path := range []string{"/notices", "/screens", "/screens/live", "/"} {
		if wang.get(path); wang.path != "/me" && wang.status != 403 {
			t.Errorf("with the first password %s: status %d at %s", path, wang.status, wang.path)
		}
	}
	wang.post("/pairing", "code", "1").wants(403)
	wang.post("/resume", "held", "x").wants(403)
	boss.post("/people/"+acc.ID, "do", "details", "name", "wang", "role", "technician", "disabled", "1").wants(200)
	if wang.get("/me"); wang.path != "/signin" {
		t.Error("a session outlives the account")
	}
}

// TestPreviewsAreBounded asks for pictures of every size and number.
func TestPreviewsAreBounded(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	wang.post("/write/announcement", announcement...).wants(200)
	at := "/notices/" + string(wang.id()) + "/preview.png?"
	for _, q := range []string{
		"kind=touch&panel=100000x100000", "kind=touch&panel=-1x-1", "kind=touch&panel=0x0", "kind=led&panel=999999x16", "kind=led&panel=16x999999", "kind=led&panel=64x32&zoom=100000",
		"kind=led&panel=64x32&page=99999999999", "kind=led&panel=64x32&zoom=-5", "kind=touch&panel=9223372036854775807x2", "kind=x&panel=x", "screen=../../etc/passwd", "at=9999-12-31T23:59", "kind=touch&panel=1x1",
	} {
		begun := time.Now()
		if wang.get(at + q); wang.status >= 500 || len(wang.body) > 8<<20 || time.Since(begun) > 3*time.Minute {
			t.Errorf("%s: status %d, %d bytes, %v", q, wang.status, len(wang.body), time.Since(begun))
		}
	}
}
