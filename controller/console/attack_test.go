package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

// token is a program that calls the API of an office.
type token struct {
	*office
	secret string
	ID     string
}

func (o *office) token(label string, site playlist.SiteID, roles ...accounts.Role) token {
	o.Helper()
	secret, row, err := o.c.Accounts.NewToken(o.Context(), accounts.Person{Login: "test"}, label, site, roles, time.Time{})
	if err != nil {
		o.Fatal(err)
	}
	return token{o, secret, row.ID}
}

// asks calls the API and returns the status and the body.
func (k token) asks(method, path string, body any) (int, string) {
	k.Helper()
	var data bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&data).Encode(body); err != nil {
			k.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(k.Context(), method, k.base+"/api/v1"+path, &data)
	if err != nil {
		k.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+k.secret)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		k.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		k.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestTownStaysInTheCounty has the administrator of a town try to get round the
// county's review and to reach beyond the town (C05, L24).
func TestTownStaysInTheCounty(t *testing.T) {
	o := under(t, review.County)
	o.departments()
	local := o.comes("local", "wangchuan", accounts.Administrator)
	bureau := o.arrives(accounts.Details{Login: "bureau", Name: "局", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Administrator}})
	boss := o.comes("boss", "", accounts.Administrator)
	inForce := func(site playlist.SiteID) string {
		t.Helper()
		p, err := o.c.Desk.Policy(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	local.post("/policies/wangchuan", "policy", "single").wants(422, "不能比上级的流程松")
	local.post("/policies/wangchuan", "policy", "town").wants(422, "不能比上级的流程松")
	local.post("/policies/wangchuan", "policy", "own", "step", "first_review", "people", "2").wants(422, "不能比上级的流程松")
	local.post("/policies/qinghe", "policy", "single").wants(403)
	bureau.post("/policies/qinghe", "policy", "single").wants(403)
	bureau.post("/policies/liuxi", "policy", "single").wants(403)
	if inForce("wangchuan") != "county" || inForce("qinghe") != "county" {
		t.Errorf("in force: %s, %s", inForce("wangchuan"), inForce("qinghe"))
	}
	boss.post("/policies/wangchuan", "policy", "town").wants(200) // the county may let a town of two
	local.post("/policies/liuxi", "policy", "single").wants(200)  // whose administrator decides below it
	local.post("/policies/wangchuan", "policy", "county").wants(200)
	local.post("/policies/wangchuan", "do", "follow").wants(200)
	if inForce("wangchuan") != "county" {
		t.Error("to follow is not the county's way")
	}
	for _, p := range []*person{local, bureau} {
		p.post("/columns/new", "id", "mine", "name", "我的", "field", "government").wants(403)
		p.post("/columns/news/edit", "name", "改了", "field", "government").wants(403)
		p.post("/columns/news/move", "way", "up").wants(403)
		p.post("/columns/news/remove").wants(403)
		p.post("/start", "do", "policy", "policy", "single").wants(403)
		p.get("/columns").lacks(`href="/columns/new"`)
	}
}

// TestProgramOfATown gives a token of one town every way to reach another one.
func TestProgramOfATown(t *testing.T) {
	o := under(t, review.County)
	mine := o.token("mine", "wangchuan", accounts.Administrator)
	other := o.token("other", "shiling", accounts.Administrator)
	whole := o.token("whole", "", accounts.Administrator)
	o.comes("shi", "shiling", accounts.Drafter)
	for what, ask := range map[string]struct {
		method, path string
		body         any
		want         int
	}{
		"pull a town below itself":      {"PUT", "/sites/shiling", playlist.Site{Kind: playlist.Village, Name: "石岭村", Parent: "wangchuan"}, 403},
		"pull the county below itself":  {"PUT", "/sites/qinghe", playlist.Site{Kind: playlist.Village, Name: "x", Parent: "wangchuan"}, 403},
		"make itself the root":          {"PUT", "/sites/wangchuan", playlist.Site{Kind: playlist.County, Name: "x"}, 400},
		"add a site elsewhere":          {"PUT", "/sites/cun", playlist.Site{Kind: playlist.Village, Name: "村", Parent: "shiling"}, 403},
		"revoke another's token":        {"DELETE", "/tokens/" + other.ID, nil, 404},
		"revoke the county's token":     {"DELETE", "/tokens/" + whole.ID, nil, 404},
		"make an account of the county": {"POST", "/accounts", map[string]any{"login": "mole", "name": "m", "roles": []string{"administrator"}, "password": password}, 403},
		"make an account elsewhere":     {"POST", "/accounts", map[string]any{"login": "mole", "name": "m", "site": "shiling", "roles": []string{"drafter"}, "password": password}, 403},
		"make a token of the county":    {"POST", "/tokens", map[string]any{"label": "x", "roles": []string{"administrator"}}, 403},
		"a token with everything":       {"POST", "/tokens", map[string]any{"label": "x", "site": "wangchuan", "roles": []string{"administrator", "releaser"}}, 422},
	} {
		if status, body := mine.asks(ask.method, ask.path, ask.body); status != ask.want {
			t.Errorf("%s: status %d, want %d: %s", what, status, ask.want, body)
		}
	}
	for path, hidden := range map[string]string{"/tokens": other.ID, "/accounts": `"shi"`, "/audit": `"shiling"`} {
		if status, body := mine.asks("GET", path, nil); status != 200 || strings.Contains(body, hidden) {
			t.Errorf("%s shows %s: status %d", path, hidden, status)
		}
		if status, body := whole.asks("GET", path, nil); status != 200 || !strings.Contains(body, hidden) {
			t.Errorf("%s does not show %s to the county: status %d", path, hidden, status)
		}
	}
	if status, _ := whole.asks("DELETE", "/tokens/"+other.ID, nil); status != 204 {
		t.Errorf("the county revokes a token: status %d", status)
	}
}

// TestProgramsDoNotSign gives a program every role of publishing: under a way of
// review it drafts and sends, and nothing of it reaches a screen (C05, C09).
func TestProgramsDoNotSign(t *testing.T) {
	o := under(t, review.County)
	k := o.token("robot", "", accounts.Publishing...)
	n := playlist.Notice{
		Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: "程序写的", Issuer: "村委会", Issued: schedule.Date{Year: 2026, Month: 11, Day: 20},
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "正文"}}},
	}
	if status, body := k.asks("POST", "/notices", map[string]any{"notice": n}); status != 409 {
		t.Errorf("it publishes at once: status %d: %s", status, body)
	}
	status, body := k.asks("POST", "/notices", map[string]any{"notice": n, "draft": true})
	var made struct{ Notice playlist.NoticeID }
	if err := json.Unmarshal([]byte(body), &made); status != 201 || err != nil {
		t.Fatal(status, body, err)
	}
	at := "/notices/" + string(made.Notice)
	if status, body := k.asks("POST", at+"/release", map[string]any{"version": 1}); status != 409 {
		t.Errorf("it releases a draft: status %d: %s", status, body)
	}
	if status, body := k.asks("POST", at+"/submit", map[string]any{"version": 1}); status != 200 {
		t.Errorf("it sends a draft: status %d: %s", status, body)
	}
	for what, want := range map[string]int{"release": 403, "approve": 404, "return": 404} {
		if status, body := k.asks("POST", at+"/"+what, map[string]any{"version": 1}); status != want {
			t.Errorf("%s: status %d: %s", what, status, body)
		}
	}
	// What is in review stays as it is.
	n.ID, n.Title = made.Notice, "审核中改的"
	for _, draft := range []bool{true, false} {
		if status, _ := k.asks("PUT", at, map[string]any{"notice": n, "draft": draft}); status != 409 {
			t.Errorf("it changes what is in review: status %d", status)
		}
		n.Version = 1
	}
	n.Kind, n.Announcement, n.Alert = playlist.KindAlert, nil, &playlist.Alert{Type: "暴雨"}
	for _, id := range []playlist.NoticeID{"", made.Notice} {
		n.ID = id
		if status, _ := k.asks("POST", "/notices", map[string]any{"notice": n}); status != 400 {
			t.Errorf("an alert as a notice: status %d", status)
		}
	}
	if status, _ := k.asks("POST", "/alerts", map[string]any{"id": made.Notice, "site": "liuxi", "title": "x", "minutes": 10, "alert": playlist.Alert{Type: "暴雨", Colour: "red", Action: "撤离"}}); status != 409 {
		t.Errorf("an alert over a notice: status %d", status)
	}
	row, err := o.c.Store.Notice(t.Context(), made.Notice)
	if err != nil || row.Live != 0 || row.Title != "程序写的" {
		t.Errorf("in the end it is %+v, %v", row, err)
	}
}

// TestGuessesSentTogether sends a hundred wrong passwords at once: they are worth
// no more than one after another.
func TestGuessesSentTogether(t *testing.T) {
	o := open(t, nil)
	o.comes("wang", "", accounts.Drafter)
	var wg sync.WaitGroup
	var mu sync.Mutex
	counts := map[string]int{}
	for i := range 100 {
		wg.Go(func() {
			_, _, err := o.c.Accounts.SignIn(context.Background(), "wang", fmt.Sprintf("wrong guess %d", i))
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, accounts.ErrLocked) { // it says until when
				err = accounts.ErrLocked
			}
			counts[fmt.Sprint(err)]++
		})
	}
	wg.Wait()
	if tried := counts[accounts.ErrSignIn.Error()]; tried < 5 || tried > 7 || counts[accounts.ErrLocked.Error()] != 100-tried {
		t.Errorf("of a hundred guesses: %v", counts)
	}
	rows, err := o.c.Store.FindRecords(t.Context(), store.AuditFilter{Kind: "session"})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, r := range rows {
		if r.Action == "session.refused" {
			refused++
		}
		if strings.Contains(fmt.Sprint(r), "guess") {
			t.Errorf("a password is on record: %+v", r)
		}
	}
	if refused < 5 {
		t.Errorf("%d refusals are on record", refused)
	}
}

// TestEveryPostFromElsewhere has another site send every form of the table with
// the cookies of somebody who may do everything there is.
func TestEveryPostFromElsewhere(t *testing.T) {
	o := open(t, nil)
	people := []*person{o.comes("wang", "", everything...), o.comes("boss", "", accounts.Administrator)}
	before, err := o.c.Store.CheckAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, rt := range console.Table() {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		if method == http.MethodGet {
			continue
		}
		path = inPath.ReplaceAllString(path, "x")
		for _, p := range people {
			for _, head := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "null"}, {"Origin", "https://evil.example"}} {
				r := p.request(path, "title", "x", "reason", "x")
				r.Header.Set(head[0], head[1])
				if p.do(r); p.status != http.StatusForbidden {
					t.Errorf("%s with %s: status %d", rt.Pattern, head, p.status)
				}
				tried++
			}
		}
	}
	after, err := o.c.Store.CheckAudit(t.Context())
	if err != nil || after != before || tried < 300 {
		t.Errorf("%d requests left %d lines, %v", tried, after-before, err)
	}
	for _, p := range people {
		p.get("/me").wants(200)
	}
}

// TestMultipartBombs sends forms of many small parts without a session: they are
// neither held nor kept in memory.
func TestMultipartBombs(t *testing.T) {
	o := open(t, nil)
	stranger := o.visitor()
	bomb := func(name func(int) string, file bool, n int) *http.Request {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for i := range n {
			var err error
			if file {
				_, err = w.CreateFormFile("files", name(i))
			} else {
				err = w.WriteField(name(i), "")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), "POST", o.base+"/write/announcement", &body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", w.FormDataContentType())
		return r
	}
	long := strings.Repeat("长", 200)
	for what, r := range map[string]*http.Request{
		"fields": bomb(func(i int) string { return fmt.Sprint("f", i) }, false, 100_000),
		"names":  bomb(func(i int) string { return fmt.Sprint(long, i) }, false, 20_000),
		"files":  bomb(func(i int) string { return fmt.Sprint(long, i, ".jpg") }, true, 100_000),
	} {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		stranger.do(r)
		runtime.ReadMemStats(&after)
		if stranger.status != http.StatusUnauthorized || heldField.MatchString(stranger.body) {
			t.Errorf("%s: status %d, held %v", what, stranger.status, heldField.MatchString(stranger.body))
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
			t.Errorf("%s: %d MiB more memory", what, grown>>20)
		}
		if len(stranger.body) > 1<<20 {
			t.Errorf("%s: a page of %d bytes", what, len(stranger.body))
		}
	}
	// The same with a session is refused by the form itself.
	wang := o.comes("wang", "", everything...)
	wang.do(bomb(func(i int) string { return fmt.Sprint("f", i) }, false, 10_000))
	if wang.status < 400 || wang.status >= 500 {
		t.Errorf("ten thousand parts: status %d", wang.status)
	}
}

// TestTakenDownStaysDown tries to bring a version back that was taken down.
func TestTakenDownStaysDown(t *testing.T) {
	for _, policy := range []review.Policy{review.Single, review.Town} {
		o := under(t, policy)
		wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
		li := o.comes("li", "", accounts.FirstReviewer, accounts.Secrecy)
		id := drafted(o, wang)
		if policy.ID != review.Single.ID {
			wang.deed(id, "submit").wants(200)
			li.deed(id, "approve", "capacity", "first_review").wants(200)
			li.deed(id, "approve", ticks()...).wants(200)
		}
		wang.deed(id, "release").wants(200, "已发布")
		wang.post("/notices/"+string(id)+"/takedown", "reason", "有误").wants(200)
		wang.deed(id, "release")
		wang.deed(id, "submit")
		row, err := o.c.Store.Notice(t.Context(), id)
		if err != nil || row.Live != 0 || row.Status != store.TakenDown {
			t.Errorf("under %s it is back: %+v, %v", policy.ID, row, err)
		}
		if k := o.token("robot", "", accounts.Releaser); row.Live == 0 {
			status, _ := k.asks("POST", "/notices/"+string(id)+"/release", map[string]any{"version": 1})
			if row, err = o.c.Store.Notice(t.Context(), id); err != nil || row.Live != 0 {
				t.Errorf("under %s a program brings it back: status %d, %+v, %v", policy.ID, status, row, err)
			}
		}
	}
}

// TestOthersThings asks for everything that has a number with the number of
// somebody else's: another department, another town, a contractor, an auditor of
// another town, a stranger (L22).
func TestOthersThings(t *testing.T) {
	o := under(t, review.Town)
	o.departments()
	wen := o.arrives(accounts.Details{Login: "wen", Name: "文", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Drafter, accounts.Releaser}})
	shen := o.arrives(accounts.Details{Login: "shen", Name: "审", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.FirstReviewer, accounts.Secrecy}})
	fields := with(announcement, "site", "qinghe", "title", "未定稿的方案", "once", "0123456789ABCDEF")
	wen.post("/write/announcement", with(fields, "do", "draft")...).wants(200)
	id := wen.id()
	wen.post("/write/announcement/autosave", with(fields, "id", string(id), "version", "1", "title", "半句秘密")...).wants(200)
	wen.deed(id, "submit").wants(200)
	shen.deed(id, "approve", "capacity", "first_review").wants(200)
	shen.deed(id, "outside", "text", "请保密局看").wants(200)
	shen.scan(id, "the scan of a secret letter").wants(200)
	at := "/notices/" + string(id)
	others := map[string]*person{
		"another department": o.arrives(accounts.Details{Login: "min", Name: "民", Site: "qinghe", Department: "minzheng", Roles: everything}),
		"another town":       o.comes("far", "shiling", everything...),
		"a contractor":       o.arrives(accounts.Details{Login: "wai", Name: "外", Site: "liuxi", Contractor: true, Roles: []accounts.Role{accounts.Drafter}}),
		"another's auditor":  o.comes("du", "shiling", accounts.Auditor),
		"another's boss":     o.comes("guan", "shiling", accounts.Administrator),
	}
	ref := o.ref(id)
	for name, p := range others {
		for _, path := range []string{"", "/preview.png?kind=touch&panel=1080x1920", "/speech.wav", "/review", "/revise", "/evidence/1", "/certificate.pdf", "/screens.xlsx", "/still/live"} {
			if p.get(at + path); p.status < 400 || strings.Contains(p.body, "未定稿") || strings.Contains(p.body, "secret letter") {
				t.Errorf("%s gets %s: status %d", name, path, p.status)
			}
		}
		for _, path := range []string{"submit", "withdraw", "approve", "return", "outside", "reply", "release", "takedown", "explain"} {
			if p.post(at+"/"+path, "version", "1", "ref", ref, "capacity", "first_review", "reason", "x", "text", "x"); p.status < 400 {
				t.Errorf("%s posts %s: status %d", name, path, p.status)
			}
		}
		for _, path := range []string{
			"/write/announcement?restore=notice:" + string(id), "/todo", "/notices", "/notices?status=in_review", "/register", "/register/paper", "/register.xlsx", "/columns/news",
			"/programme/qinghe/lists/new", "/audit", "/audit.csv", "/write", "/screens", "/usage",
		} {
			if p.get(path); strings.Contains(p.body, "未定稿") || strings.Contains(p.body, "半句秘密") || strings.Contains(p.body, ref) {
				t.Errorf("%s sees it on %s", name, path)
			}
		}
		if p.post("/write/announcement/autosave", with(fields, "id", string(id), "version", "1")...); p.status == 200 {
			p.get("/write/announcement?restore=notice:" + string(id))
			if strings.Contains(p.body, "半句秘密") {
				t.Errorf("%s reads what another types", name)
			}
		}
		if p.post("/write/announcement/check", with(fields, "id", string(id), "version", "1")...); p.status == 200 {
			t.Errorf("%s checks over it", name)
		}
	}
	stranger := o.visitor()
	for _, path := range []string{"", "/preview.png", "/evidence/1", "/certificate.pdf", "/screens.xlsx", "/speech.wav"} {
		if stranger.get(at + path); strings.Contains(stranger.body, "未定稿") || strings.Contains(stranger.body, "letter") {
			t.Errorf("a stranger gets %s", path)
		}
	}
	for _, k := range []token{o.token("far", "shiling", accounts.Drafter, accounts.Releaser), o.token("eye", "shiling", accounts.Auditor), o.token("nothing", "liuxi")} {
		for _, path := range []string{at, at + "/display", "/notices", "/notices?q=%E6%9C%AA%E5%AE%9A", "/notices?status=in_review", "/audit", "/alerts"} {
			if status, body := k.asks("GET", path, nil); strings.Contains(body, "未定稿") || strings.Contains(body, ref) {
				t.Errorf("a token sees it at %s: status %d", path, status)
			}
		}
		for _, path := range []string{"/submit", "/withdraw", "/release", "/takedown"} {
			if status, body := k.asks("POST", at+path, map[string]any{}); status < 400 {
				t.Errorf("a token posts %s: status %d: %s", path, status, body)
			}
		}
	}
}

// TestRaces lets two people do the same at the same instant: one approval, one
// release, one edit counts (C05).
func TestRaces(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	var reviewers []*person
	for i := range 4 {
		reviewers = append(reviewers, o.comes(fmt.Sprint("li", i), "", accounts.FirstReviewer, accounts.Secrecy, accounts.Releaser, accounts.Drafter))
	}
	id := drafted(o, wang)
	wang.deed(id, "submit").wants(200)
	ref := o.ref(id)
	together := func(path string, fields func(i int) []string) []int {
		var wg sync.WaitGroup
		status := make([]int, len(reviewers))
		for i, p := range reviewers {
			r := p.request("/notices/"+string(id)+"/"+path, append([]string{"version", "1", "ref", ref}, fields(i)...)...)
			wg.Go(func() { status[i] = p.do(r).status })
		}
		wg.Wait()
		return status
	}
	won := func(status []int) (n int) {
		for _, s := range status {
			if s == 200 {
				n++
			}
		}
		return n
	}
	if s := together("approve", func(int) []string { return []string{"capacity", "first_review"} }); won(s) != 1 {
		t.Errorf("first review by four at once: %v", s)
	}
	if s := together("approve", func(int) []string { return ticks() }); won(s) != 1 {
		t.Errorf("secrecy review by four at once: %v", s)
	}
	if s := together("release", func(int) []string { return nil }); won(s) != 1 {
		t.Errorf("release by four at once: %v", s)
	}
	// Half approve what the other half returns.
	wang.post("/write/announcement", with(announcement, "id", string(id), "version", "1", "title", "第二版", "do", "draft")...).wants(200)
	wang.deed(id, "submit").wants(200)
	var wg sync.WaitGroup
	ref = o.ref(id)
	for i, p := range reviewers {
		what := []string{"approve", "return"}[i%2]
		r := p.request("/notices/"+string(id)+"/"+what, "version", "2", "ref", ref, "capacity", "first_review", "reason", "改")
		wg.Go(func() { p.do(r) })
	}
	wg.Wait()
	row, err := o.c.Store.Notice(t.Context(), id)
	if err != nil || row.Live != 1 || row.Version != 2 {
		t.Fatalf("in the end: %+v, %v", row, err)
	}
	all, err := o.c.Desk.Approvals(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, a := range all {
		if seen[fmt.Sprint(a.Version, a.Capacity)]++; !a.Genuine {
			t.Errorf("%+v is not genuine", a)
		}
	}
	for what, n := range seen {
		if n != 1 {
			t.Errorf("%s was signed %d times", what, n)
		}
	}
	if slices.Contains([]review.Stage{review.Stage(review.SecrecyReview), review.Returned}, row.Stage) == false {
		t.Errorf("it waits for %q", row.Stage)
	}
}
