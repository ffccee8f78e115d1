package console_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/playlist"
)

var inPath = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`)

// TestEveryRoleOnEveryRoute asks for every line of the table of pages in every
// role: who has none of its roles is refused, who has one is not, a stranger
// comes to the sign-in, and nothing breaks.
func TestEveryRoleOnEveryRoute(t *testing.T) {
	o := open(t, nil)
	o.departments()
	boss := o.comes("boss", "", everything...)
	boss.post("/write/announcement", announcement...).wants(200, "已发布")
	acc, err := o.c.Store.AccountByLogin(t.Context(), "boss")
	if err != nil {
		t.Fatal(err)
	}
	screen := playlist.Screen{ID: "liuxi-touch", Site: "liuxi", Kind: playlist.Touch, Name: "柳溪村触摸屏", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}}
	if _, err := o.c.Fleet.Add(t.Context(), "test", screen, ""); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{
		"notice": string(boss.id()), "screen": "liuxi-touch", "site": "qinghe", "form": "announcement", "rule": "new", "list": "new",
		"person": acc.ID, "department": "wenlv", "column": "news",
	}
	people := map[accounts.Role]*person{}
	for _, role := range accounts.Roles {
		people[role] = o.comes("only-"+string(role), "", role)
		people[role].CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	stranger := o.visitor()
	stranger.CheckRedirect = people[accounts.Drafter].CheckRedirect
	ask := func(p *person, pattern string) {
		t.Helper()
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.TrimSuffix(path, "{$}")
		path = inPath.ReplaceAllStringFunc(path, func(m string) string {
			if v := values[strings.Trim(m, "{}.")]; v != "" {
				return v
			}
			return "x"
		})
		r := p.request(path)
		if r.Method = method; method == "GET" {
			r.Body, r.ContentLength = nil, 0
		}
		p.do(r)
	}
	asked := 0
	table := console.Table()
	slices.SortStableFunc(table, func(a, b console.Route) int { return strings.Compare(a.Pattern[:3], b.Pattern[:3]) }) // what changes nothing first
	for _, rt := range table {
		if rt.Pattern == "POST /signout" {
			continue // tried elsewhere: it ends the session
		}
		for _, role := range accounts.Roles {
			p := people[role]
			ask(p, rt.Pattern)
			asked++
			may := len(rt.Roles) == 0 || slices.Contains(rt.Roles, role)
			if (p.status == http.StatusForbidden) == may || p.status == http.StatusUnauthorized || p.status >= 500 {
				t.Errorf("%s with the role %s: status %d, allowed %v", rt.Pattern, role, p.status, may)
			}
		}
		ask(stranger, rt.Pattern)
		want := http.StatusSeeOther
		switch method, path, _ := strings.Cut(rt.Pattern, " "); {
		case rt.Open:
			continue
		case method != "GET" || strings.HasSuffix(path, ".png") || strings.HasSuffix(path, "/live"):
			want = http.StatusUnauthorized
		}
		if stranger.status != want {
			t.Errorf("%s by a stranger: status %d, want %d", rt.Pattern, stranger.status, want)
		}
	}
	if asked < 8*60 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// TestContractor shows that somebody from outside drafts and does nothing else,
// whatever the database says.
func TestContractor(t *testing.T) {
	o := open(t, nil)
	p := o.arrives(accounts.Details{Login: "wai", Name: "外聘", Site: "liuxi", Contractor: true, Roles: []accounts.Role{accounts.Drafter}})
	p.post("/write/announcement", announcement...).wants(200, "草稿已保存")
	id := string(p.id())
	for _, path := range []string{"release", "takedown"} {
		p.post("/notices/"+id+"/"+path, "version", "1", "reason", "x").wants(403)
	}
	for _, path := range []string{"/people", "/audit", "/policies", "/pairing", "/start"} {
		p.get(path).wants(403)
	}
	if row, err := o.c.Store.Notice(t.Context(), playlist.NoticeID(id)); err != nil || row.Live != 0 {
		t.Errorf("it is in force: %+v, %v", row, err)
	}
}
