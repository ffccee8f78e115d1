package console_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/wire"
)

// lived is an office in which everything that pages can show is there once. All
// of it is named in English, so that a Chinese character on an English page is
// one of the page's own.
type lived struct {
	*office
	values map[string]string // what stands for the parts of an address
}

func inhabited(t *testing.T) lived {
	t.Helper()
	o := bare(t, func(c *configs.Controller) { c.Office = "Office" })
	ctx := t.Context()
	for _, s := range []playlist.Site{
		{ID: "qinghe", Kind: playlist.County, Name: "Qinghe", NameEn: "Qinghe", Hotline: "0000-12317"},
		{ID: "liuxi", Parent: "qinghe", Kind: playlist.Village, Name: "Liuxi", NameEn: "Liuxi"},
	} {
		if err := o.c.Desk.PutSite(ctx, publish.Who{Actor: "test"}, s); err != nil {
			t.Fatal(err)
		}
	}
	err := o.c.Store.Update(ctx, func(tx *store.Tx) error {
		err := tx.ReplaceColumns(ctx, []playlist.Column{
			{ID: "news", Name: "News", NameEn: "News", Field: playlist.Government},
			{ID: "money", Name: "Money", NameEn: "Money", Field: playlist.Money, Cadence: playlist.Quarterly, Owner: "Finance"},
		})
		if err != nil {
			return err
		}
		for _, d := range []store.Department{{ID: "culture", Site: "qinghe", Name: "Culture", NameEn: "Culture"}, {ID: "welfare", Site: "qinghe", Name: "Welfare", NameEn: "Welfare"}} {
			if err := tx.PutDepartment(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []playlist.Screen{
		{ID: "touch-1", Site: "liuxi", Kind: playlist.Touch, Name: "Hall", Place: "Hall", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}},
		{ID: "led-1", Site: "liuxi", Kind: playlist.LED, Name: "Gate", Place: "Gate", Outdoor: true, Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.FullColour}},
	} {
		if _, err := o.c.Fleet.Add(ctx, "test", s, ""); err != nil {
			t.Fatal(err)
		}
	}
	english := func(n *playlist.Notice) {
		n.Issuer, n.Hotline = "Office", "0000-12317"
		n.Announcement.Blocks[0].Text = "The tanks are cleaned."
	}
	shown := o.publishes("liuxi", "news", "Water is cut on Monday", english)
	o.publishes("qinghe", "money", "Grants of the quarter", func(n *playlist.Notice) {
		english(n)
		n.Kind, n.Announcement = playlist.KindFund, nil
		n.Fund = &playlist.Fund{Period: "2026 Q3", Purpose: "Roads", Total: 1200, Sources: []playlist.FundSource{{Name: "County", Amount: 1200}}, Tables: []playlist.FundTable{{
			Title: "Items", By: "item",
			Columns: []playlist.FundColumn{{Name: "No", Type: playlist.NumberColumn}, {Name: "Amount", Unit: "元", Type: playlist.SumColumn, Money: true}}, Rows: [][]string{{"1", "12"}},
		}}}
	})
	err = o.c.Store.Update(ctx, func(tx *store.Tx) error {
		at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
		return tx.AddDisplay(ctx, store.DisplayDay{Notice: shown, Screen: "led-1", Day: "2026-11-20", Shown: time.Hour, Times: 12, First: at, Last: at.Add(time.Hour), Version: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	boss := o.arrives(accounts.Details{Login: "boss", Name: "Boss", Site: "", Roles: everything})
	boss.post("/language", "lang", "en", "back", "/")
	fields := with(announcement, "issuer", "Office", "text", "Water is cut.", "led", "", "genre", "通知")
	boss.post("/write/announcement", with(fields, "do", "draft", "title", "A draft")...).wants(200)
	boss.post("/programme/liuxi/lists/new", "name", "Village", "order-"+string(shown), "1", "latest", "5", "kind", "announcement").wants(200)
	lists, err := o.c.Store.Playlists(ctx, "liuxi")
	if err != nil || len(lists) != 1 {
		t.Fatal(len(lists), err)
	}
	boss.post("/programme/liuxi/rules/new", "name", "Mornings", "playlist", lists[0].ID, "level", "normal", "pattern", "every", "from", "2026-11-01", "ends", "never", "span_from", "08:30", "span_to", "11:30").wants(200)
	rules, err := o.c.Store.Rules(ctx, "liuxi")
	if err != nil || len(rules) != 1 {
		t.Fatal(len(rules), err)
	}
	boss.post("/alerts", "site", "liuxi", "type", "Rain", "colour", "yellow", "title", "Rain", "action", "Stay inside", "hours", "3").wants(200)
	boss.brings("guides.xlsx", guideList(t, "Name|Column|Office", "Digging|News|Works", "|News|Works")).wants(200)
	upload := strings.TrimPrefix(boss.path, "/import/")
	boss.post("/import/"+upload, "site", "qinghe", "column", "news", "issuer", "Office", "sheet", "0", "heading", "2", "found", "2", "do", "check", "use", "title", "use", "column", "use", "issuer").wants(200)

	// One waits for its review, the policy of the county being that of a town.
	if err := o.c.Accounts.SetPolicy(ctx, accounts.Person{Login: "test"}, "qinghe", &review.Town); err != nil {
		t.Fatal(err)
	}
	boss.post("/write/announcement", with(fields, "do", "draft", "title", "Bus times", "site", "qinghe")...).wants(200)
	waiting := boss.id()
	boss.deed(waiting, "submit").wants(200)
	o.arrives(accounts.Details{Login: "other", Name: "Other", Site: "liuxi", Department: "", Roles: []accounts.Role{accounts.Drafter}})
	acc, err := o.c.Store.AccountByLogin(ctx, "other")
	if err != nil {
		t.Fatal(err)
	}
	voice := wire.Voice{ID: rand.Text(), Kind: wire.Opinion, At: time.Now(), Text: "The lamp is broken", Contact: "13800000000"}
	if _, err := o.c.Fleet.Voices(ctx, "touch-1", []wire.Voice{voice}); err != nil {
		t.Fatal(err)
	}
	u := wire.Usage{Day: o.c.Fleet.Today(), Counts: map[string]uint64{wire.CountSession: 1}, Empty: []string{"zhaobudao"}}
	if err := o.c.Fleet.Usage(ctx, "touch-1", u); err != nil {
		t.Fatal(err)
	}
	return lived{o, map[string]string{
		"notice": string(shown), "screen": "led-1", "site": "liuxi", "form": "announcement", "rule": rules[0].ID, "list": lists[0].ID, "upload": upload,
		"person": acc.ID, "department": "culture", "column": "money", "voice": voice.ID, "waiting": string(waiting),
	}}
}

// address fills the parts of a pattern in.
func (l lived) address(pattern string) string {
	_, path, _ := strings.Cut(pattern, " ")
	return inPath.ReplaceAllStringFunc(strings.TrimSuffix(path, "{$}"), func(m string) string {
		if v := l.values[strings.Trim(m, "{}.")]; v != "" {
			return v
		}
		return "1"
	})
}

// pagesOf are the addresses of the pages for people, with all the views that they have.
func (l lived) pagesOf() (out []string) {
	for _, rt := range console.Table() {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		if method != "GET" || strings.HasSuffix(path, "/live") || strings.Contains(path, ".") || strings.HasSuffix(path, "/evidence/{file}") || strings.HasPrefix(path, "/write/pictures") {
			continue
		}
		out = append(out, l.address(rt.Pattern))
	}
	for _, form := range []string{"guide", "fund", "media", "led", "roster"} {
		out = append(out, "/write/"+form)
	}
	for _, kind := range []string{"", "/review", "/revise"} {
		out = append(out, "/notices/"+l.values["waiting"]+kind)
	}
	return append(out, "/programme/liuxi/rules/new", "/programme/liuxi/lists/new", "/people/departments/new", "/columns/new", "/notices?status=draft", "/notices?q=nothing-like-it", "/screens/touch-1", "/nothing-here", "/notices/nothing")
}

// routing finds the line of the table that answers an address.
type routing struct {
	mux   *http.ServeMux
	table map[string]console.Route
}

func routed() routing {
	r := routing{http.NewServeMux(), map[string]console.Route{}}
	for _, rt := range console.Table() {
		r.mux.HandleFunc(rt.Pattern, func(http.ResponseWriter, *http.Request) {})
		r.table[rt.Pattern] = rt
	}
	return r
}

func (r routing) of(method, address string) (console.Route, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return console.Route{}, false
	}
	_, pattern := r.mux.Handler(&http.Request{Method: method, URL: u, Host: "x"})
	rt, ok := r.table[pattern]
	return rt, ok
}

// menuOf is the menu that each role is to have, apart from the table of pages.
var menuOf = map[accounts.Role]string{
	accounts.Drafter:        "todo notices write programme columns register alerts voices usage screens words",
	accounts.FirstReviewer:  "todo notices programme columns register alerts voices usage screens words",
	accounts.SecondReviewer: "todo notices programme columns register alerts voices usage screens words",
	accounts.Secrecy:        "todo notices programme columns register alerts usage screens words",
	accounts.Releaser:       "todo notices write programme columns register alerts voices usage screens words",
	accounts.Auditor:        "todo notices programme columns register alerts voices usage screens warnings patrol words audit",
	accounts.Administrator:  "todo notices programme columns register alerts voices usage screens warnings patrol people policies words audit backups",
	accounts.Technician:     "notices programme alerts usage screens warnings patrol pairing updates backups",
}

// TestEveryPageForEveryRole reads every page in every role and both languages as
// a browser does: its frame, its menu, what it links to and what its forms send
// is all there for that role, and says what it is.
func TestEveryPageForEveryRole(t *testing.T) {
	l := inhabited(t)
	routes := routed()
	pages := l.pagesOf()
	began, read, followed := time.Now(), 0, 0
	told := map[string]bool{}
	tell := func(role accounts.Role, lang, page, what string) {
		if key := what + page; !told[key] {
			told[key] = true
			t.Errorf("%s in the role %s (%s): %s", page, role, lang, what)
		}
	}
	for i, role := range accounts.Roles {
		if i%min(oneOf, 4) != 0 {
			continue // two of the eight under the race detector
		}
		p := l.arrives(accounts.Details{Login: "only-" + string(role), Name: "Only", Roles: []accounts.Role{role}})
		may := func(rt console.Route) bool {
			return rt.Open || len(rt.Roles) == 0 || slices.Contains(rt.Roles, role)
		}
		answers := map[string]int{}
		for _, lang := range []string{"zh-CN", "en"} {
			p.post("/language", "lang", lang[:2], "back", "/me").wants(200)
			links := map[string][]string{} // addresses by route and the names of what they ask
			for _, page := range pages {
				rt, known := routes.of("GET", page)
				p.get(page)
				if read++; p.status >= 500 || (p.status == http.StatusForbidden) == (may(rt) || !known) {
					tell(role, lang, page, fmt.Sprint("status ", p.status))
				}
				m, err := parsed(p.body)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range m.faults() {
					tell(role, lang, page, f)
				}
				if got := attr(m.all("html")[0], "lang"); got != lang {
					tell(role, lang, page, "its language is "+got)
				}
				if lang == "en" {
					for _, text := range m.chinese(page == "/words" || strings.HasPrefix(page, "/audit")) {
						if !isData(page, text) {
							tell(role, lang, page, "it says "+text)
						}
					}
				}
				if p.path != "/signin" && p.path != "/setup" && !strings.HasSuffix(p.path, "/register/paper") {
					for _, f := range m.menu(strings.Fields(menuOf[role]), rt.Nav) {
						tell(role, lang, page, f)
					}
				}
				for _, f := range m.all("form") {
					method := strings.ToUpper(attr(f, "method"))
					for _, action := range m.actions(f, p.path) {
						if to, ok := routes.of(method, action); !ok || !may(to) {
							tell(role, lang, page, fmt.Sprintf("a form sends %s %s, which this role may not", method, action))
						}
					}
				}
				for _, a := range m.all("a") {
					if href := attr(a, "href"); strings.HasPrefix(href, "/") {
						key := href
						if u, err := url.Parse(href); err == nil {
							to, _ := routes.of("GET", href)
							key = fmt.Sprint(to.Pattern, slices.Sorted(func(yield func(string) bool) {
								for k := range u.Query() {
									if !yield(k) {
										return
									}
								}
							}))
						}
						if at := strings.IndexByte(href, '#'); at >= 0 {
							href = href[:at]
						}
						if !slices.Contains(links[key], href) {
							links[key] = append(links[key], href)
						}
					}
				}
			}
			for _, some := range links {
				for i, href := range some {
					if i == 3 || strings.Contains(href, ".png") || strings.Contains(href, ".pdf") || strings.Contains(href, ".wav") {
						break // others of the same route
					}
					if _, asked := answers[href]; asked {
						continue
					}
					followed++
					if answers[href] = p.get(href).status; p.status != http.StatusOK {
						tell(role, lang, href, fmt.Sprint("a page links to it, which answers ", p.status))
					}
				}
			}
		}
	}
	if read < 2*8*60/min(oneOf, 4) {
		t.Errorf("only %d pages were read", read)
	}
	t.Logf("%d pages and %d links in %v", read, followed, time.Since(began))
}

// menu says what is wrong with the menu of a page of an entry.
func (m markup) menu(want []string, nav string) (out []string) {
	at := slices.IndexFunc(m.all("nav"), func(n *html.Node) bool { return attr(n, "class") == "side" })
	if at < 0 {
		return []string{"it has no menu"}
	}
	var have, now []string
	for _, a := range (markup{m.all("nav")[at], ""}).all("a") {
		name := strings.TrimPrefix(attr(a, "href"), "/")
		if within(a, "li") != nil {
			have = append(have, name)
		}
		if attr(a, "aria-current") == "page" {
			now = append(now, name)
		}
	}
	if !slices.Equal(have, want) {
		out = append(out, fmt.Sprintf("the menu has %v, not %v", have, want))
	}
	if nav != "" && (slices.Contains(want, nav) || nav == "me") && !slices.Equal(now, []string{nav}) {
		out = append(out, fmt.Sprintf("the menu marks %v, not %s", now, nav))
	}
	return out
}

// actions are the addresses to which a form of a page may be sent.
func (m markup) actions(form *html.Node, page string) (out []string) {
	out = []string{page}
	if has(form, "action") {
		out[0] = attr(form, "action")
	}
	for _, b := range (markup{form, ""}).all("button", "input") {
		if has(b, "formaction") {
			out = append(out, attr(b, "formaction"))
		}
	}
	return out
}

// isData reports whether a Chinese text of an English page is data: the headings
// and units of a table of money, and who published in the name of the test.
func isData(page, text string) bool {
	return text == "试" || strings.ContainsAny(text, "元") || page == "/write/fund" && strings.ContainsAny(text, "项来金用")
}

// TestPagesTogether: three people read every page at the same time.
func TestPagesTogether(t *testing.T) {
	l := inhabited(t)
	pages := l.pagesOf()
	var all sync.WaitGroup
	for _, role := range []accounts.Role{accounts.Drafter, accounts.Administrator, accounts.Technician} {
		p := l.arrives(accounts.Details{Login: "with-" + string(role), Name: "With", Roles: []accounts.Role{role}})
		all.Go(func() {
			for _, page := range pages {
				if p.get(page); p.status >= 500 {
					t.Errorf("%s in the role %s: status %d", page, role, p.status)
				}
			}
		})
	}
	all.Wait()
}
