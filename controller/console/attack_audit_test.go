package console_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// quiet are the forms that change nothing of the office, and why.
var quiet = map[string]string{
	"POST /resume":                              "sends another form of this table",
	"POST /setup":                               "TestFirstAccount; only before there is anybody",
	"POST /language":                            "of one browser",
	"POST /signin/passkey":                      "needs an authenticator; accounts.TestPasskeys looks for its line",
	"POST /me/passkeys":                         "needs an authenticator; accounts.TestPasskeys looks for its line",
	"POST /me/here":                             "somebody is still there",
	"POST /screens/{screen}/command":            "needs a device that is connected; fleet records it",
	"POST /screens/{screen}/replace":            "needs a device that shows its code; fleet records it",
	"POST /updates":                             "needs a signed package; rollout records it, which TestRolloutStops of the controller looks for",
	"POST /updates/start":                       "needs a signed package; rollout records it, which TestRolloutStops of the controller looks for",
	"POST /updates/{rollout}":                   "needs a signed package; rollout records it, which TestRolloutStops of the controller looks for",
	"POST /screens/{screen}/acceptance":         "needs a device; TestAcceptance looks for its lines",
	"POST /backups/check":                       "needs a backup that is made; backup.Keeper records it as it does the making",
	"POST /backups/recall":                      "needs a device that knows more; fleet records the command and publish what came back",
	"POST /screens/pictures":                    "needs devices that are connected; fleet records each",
	"POST /pairing/found":                       "needs a device that shows an enrolment of before; fleet records it",
	"POST /warnings/told":                       "needs somebody who is told in the settings; TestTold looks for its line",
	"POST /pairing":                             "needs a device that shows its code; fleet records it",
	"POST /screens/{screen}/edit/check":         "looks",
	"POST /write/guide/rows":                    "draws the form again",
	"POST /write/{form}/autosave":               "what somebody types is nobody else's",
	"POST /write/{form}/discard":                "what somebody types is nobody else's",
	"POST /write/{form}/paste":                  "answers with text",
	"POST /write/{form}/pictures":               "stores bytes that nothing names yet",
	"POST /write/{form}/check":                  "looks",
	"POST /write/{form}/preview.png":            "draws",
	"POST /screens/{screen}/edit/preview.png":   "draws",
	"POST /import":                              "what somebody imports is nobody else's until it is done",
	"POST /import/{upload}":                     "what somebody imports is nobody else's until it is done",
	"POST /programme/{site}/rules/{rule}/check": "looks",
	"POST /programme/{site}/lists/{list}/check": "looks",
	"POST /alerts/check":                        "looks",
	"POST /alerts/preview.png":                  "draws",
	"POST /people/import":                       "what somebody imports is nobody else's until it is done",
	"POST /people/import/{upload}":              "what somebody imports is nobody else's until it is done",
	"POST /people/import/{upload}/finish":       "lets go of passwords that were shown",
	"POST /audit/verify":                        "looks",
	"POST /words/try":                           "looks",
	"POST /words/scan":                          "looks",
}

// TestNothingIsDoneWithoutALine sends every form of the table that changes
// something, as somebody who may: the audit log has a line for it with who, from
// where, and what it was before and after (L24). A new route must be added here.
func TestNothingIsDoneWithoutALine(t *testing.T) {
	o := under(t, review.Town)
	o.departments()
	const secret = "neither in a line nor in a log"
	boss := o.comes("boss", "", accounts.Administrator)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser, accounts.Technician)
	li := o.comes("li", "", accounts.FirstReviewer, accounts.Secrecy)
	o.comes("leaving", "", accounts.Drafter)
	screen := playlist.Screen{ID: "liuxi-touch", Site: "liuxi", Kind: playlist.Touch, Name: "触摸屏", Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}}
	if _, err := o.c.Fleet.Add(t.Context(), "test", screen, ""); err != nil {
		t.Fatal(err)
	}
	voice := o.said("liuxi", wire.Opinion, "路灯坏了")
	done := map[string]bool{}
	// does sends a form and wants the actions that come of it, the newest last; a
	// + after one means that before and after are both there, a > only after, a <
	// only before.
	does := func(pattern string, p *person, actor, path string, fields []string, want ...string) {
		t.Helper()
		done[pattern] = true
		last, err := o.c.Store.FindRecords(t.Context(), store.AuditFilter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if p.post(path, fields...); p.status >= 400 {
			t.Errorf("%s: status %d", pattern, p.status)
		}
		rows, err := o.c.Store.FindRecords(t.Context(), store.AuditFilter{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			if len(last) > 0 && r.ID == last[0].ID {
				break
			}
			mark := ""
			switch {
			case r.Before != "" && r.After != "":
				mark = "+"
			case r.After != "":
				mark = ">"
			case r.Before != "":
				mark = "<"
			}
			got = append([]string{r.Action + mark}, got...)
			if r.Actor != actor || r.Origin != "127.0.0.1" || time.Since(r.At) > time.Hour || r.Subject == "" {
				t.Errorf("%s: the line is %+v", pattern, r)
			}
			for _, hidden := range []string{secret, password, "argon2"} {
				if strings.Contains(fmt.Sprint(r), hidden) {
					t.Errorf("%s: a secret is in %+v", pattern, r)
				}
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: the lines are %q, want %q", pattern, got, want)
		}
	}
	list := func(fields ...string) []string { return fields }
	seen := func(id playlist.NoticeID, fields ...string) []string {
		row, err := o.c.Store.Notice(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return append([]string{"version", fmt.Sprint(row.Version), "ref", o.ref(id)}, fields...)
	}

	does("POST /write/{form}", wang, "wang", "/write/announcement", with(announcement, "do", "draft"), "notice.draft>")
	id := wang.id()
	at := "/notices/" + string(id)
	does("POST /notices/{notice}/submit", wang, "wang", at+"/submit", seen(id), "notice.submit+")
	does("POST /notices/{notice}/withdraw", wang, "wang", at+"/withdraw", seen(id), "notice.withdraw+")
	wang.deed(id, "submit").wants(200)
	does("POST /notices/{notice}/return", li, "li", at+"/return", seen(id, "reason", "再看看"), "notice.return+")
	wang.deed(id, "submit").wants(200)
	does("POST /notices/{notice}/approve", li, "li", at+"/approve", seen(id, "capacity", "first_review"), "notice.approve+")
	does("POST /notices/{notice}/outside", li, "li", at+"/outside", seen(id, "text", "请保密局看"), "notice.outside+")
	does("POST /notices/{notice}/reply", li, "li", at+"/reply", seen(id, "text", "可以公开"), "notice.reply+")
	li.deed(id, "approve", ticks()...).wants(200)
	does("POST /notices/{notice}/release", wang, "wang", at+"/release", seen(id), "notice.publish+")
	does("POST /notices/{notice}/takedown", wang, "wang", at+"/takedown", list("reason", "有误"), "notice.take_down+")
	does("POST /notices/{notice}/explain", wang, "wang", at+"/explain", list("reason", "日期写错", "text", "日期写错"), "notice.explain")

	does("POST /alerts", wang, "wang", "/alerts", list("site", "liuxi", "type", "暴雨", "colour", "red", "title", "暴雨红色预警", "action", "撤离", "hours", "1"), "notice.draft>", "notice.publish+")
	alerts, err := o.c.Desk.ActiveAlerts(t.Context())
	if err != nil || len(alerts) != 1 {
		t.Fatal(alerts, err)
	}
	does("POST /alerts/{notice}/lift", wang, "wang", "/alerts/"+string(alerts[0].ID)+"/lift", nil, "notice.draft+", "notice.revise+")

	does("POST /programme/{site}/lists/{list}", wang, "wang", "/programme/liuxi/lists/new", list("name", "村里的", "latest", "5", "kind", "announcement"), "programme.put+")
	lists, err := o.c.Store.Playlists(t.Context(), "liuxi")
	if err != nil || len(lists) != 1 {
		t.Fatal(lists, err)
	}
	does("POST /programme/{site}/rules/{rule}", wang, "wang", "/programme/liuxi/rules/new", list("name", "日常", "playlist", lists[0].ID, "level", "normal", "pattern", "every", "ends", "never"), "programme.put+")
	was := regexp.MustCompile(`name="was" value="([^"]*)"`).FindStringSubmatch(wang.get("/screens/liuxi-touch/edit").body)
	if was == nil {
		t.Fatal("the form of a screen has no mark")
	}
	does("POST /screens/{screen}/edit", wang, "wang", "/screens/liuxi-touch/edit", list("was", was[1], "site", "liuxi", "name", "大厅的触摸屏", "width", "1080", "height", "1920", "width_mm", "268", "height_mm", "476", "bottom_mm", "800", "language", "zh"), "screen.change+")
	old := playlist.Screen{ID: "liuxi-old", Site: "liuxi", Kind: playlist.Touch, Name: "旧触摸屏", Panel: screen.Panel}
	if _, err := o.c.Fleet.Add(t.Context(), "test", old, ""); err != nil {
		t.Fatal(err)
	}
	does("POST /screens/{screen}/retire", wang, "wang", "/screens/liuxi-old/retire", list("reason", "坏了"), "screen.remove<")
	err = o.c.Store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutWarning(t.Context(), store.Warning{ID: "w-1", Scope: "liuxi-touch", Site: "liuxi", Screens: []playlist.ScreenID{"liuxi-touch"}, Kind: "disk", Severity: 2, Opened: time.Now(), Shown: time.Now(), TitleZh: "磁盘将满"})
	})
	if err != nil {
		t.Fatal(err)
	}
	does("POST /warnings/{warning}", wang, "wang", "/warnings/w-1", list("remark", "下午去清理"), "warning.take>")
	does("POST /voices/{voice}", wang, "wang", "/voices/"+voice.ID, list("from", "new", "state", "answered", "note", "已修"), "voice.answered+")
	does("POST /words", wang, "wang", "/words", list("site", "wangchuan", "text", "柳西村", "instead", "柳溪村", "kind", "mistyped", "severity", "doubt", "do", "save"), "words.put>")

	does("POST /columns/new", boss, "boss", "/columns/new", list("id", "budget", "name", "预算", "field", "money"), "column.add>")
	does("POST /columns/{column}/edit", boss, "boss", "/columns/budget/edit", list("name", "预算与决算", "field", "money"), "column.change+")
	does("POST /columns/{column}/move", boss, "boss", "/columns/budget/move", list("way", "up"), "column.move+")
	does("POST /columns/{column}/remove", boss, "boss", "/columns/budget/remove", nil, "column.remove<")
	does("POST /policies/{site}", boss, "boss", "/policies/wangchuan", list("policy", "county"), "policy.put>")
	does("POST /policies/{site}", boss, "boss", "/policies/wangchuan", list("policy", "town"), "policy.put+")
	does("POST /lines/{site}", wang, "wang", "/lines/wangchuan", list("do", "save", "rate", "2000", "volume", "500"), "line.put>")
	does("POST /lines/{site}", wang, "wang", "/lines/wangchuan", list("do", "pass"), "line.pass")
	does("POST /lines/{site}", wang, "wang", "/lines/wangchuan", list("do", "hold"), "line.hold")
	does("POST /lines/{site}", wang, "wang", "/lines/wangchuan", list("do", "follow"), "line.drop<")
	does("POST /policies/{site}", boss, "boss", "/policies/wangchuan", list("do", "follow"), "policy.drop<")
	does("POST /start", boss, "boss", "/start", list("do", "policy", "policy", "town"), "policy.put>")
	does("POST /people/departments/{department}", boss, "boss", "/people/departments/new", list("site", "liuxi", "name", "村委"), "department.create>")
	does("POST /people/departments/{department}", boss, "boss", "/people/departments/wenlv", list("name", "文旅局"), "department.change+")
	does("POST /people", boss, "boss", "/people", list("login", "second", "name", "管理员的另一个账号", "password", secret, "role", "releaser", "role", "drafter"), "account.create>")
	acc, err := o.c.Store.AccountByLogin(t.Context(), "leaving")
	if err != nil {
		t.Fatal(err)
	}
	person := "/people/" + acc.ID
	today := schedule.DateOf(time.Now().In(o.zone())).AddDays(1).String()
	does("POST /people/{person}", boss, "boss", person, list("do", "details", "name", "要走的人", "role", "drafter"), "account.change+")
	does("POST /people/{person}", boss, "boss", person, list("do", "password"), "account.password")
	does("POST /people/{person}", boss, "boss", person, list("do", "deputy", "deputy", "wang", "from", today, "to", today, "role", "drafter"), "deputy.name>")
	deputies, err := o.c.Accounts.Deputies(t.Context(), "leaving", 0)
	if err != nil || len(deputies) != 1 {
		t.Fatal(deputies, err)
	}
	does("POST /people/{person}", boss, "boss", person, list("do", "end", "arrangement", deputies[0].ID), "deputy.end+")
	does("POST /people/{person}", boss, "boss", person, list("do", "handover", "receiver", "wang"), "account.change+", "account.hand_over")
	does("POST /me", wang, "wang", "/me", list("do", "deputy", "deputy", "second", "from", today, "to", today, "role", "releaser"), "deputy.name>")
	does("POST /me", wang, "wang", "/me", list("do", "password", "present", password, "password", secret, "again", secret), "account.password", "session.begin")
	does("POST /signout", wang, "wang", "/signout", nil, "session.end")
	does("POST /signin", wang, "wang", "/signin", list("login", "wang", "password", secret), "session.begin")
	wang.post("/me", "do", "codes", "present", secret).wants(200)
	key := ""
	for _, m := range keyGroups.FindAllStringSubmatch(wang.body, -1) {
		key += m[1]
	}
	does("POST /me/codes", wang, "wang", "/me/codes", list("otp", wang.code(key, 0)), "factor.add")
	does("POST /me", wang, "wang", "/me", list("do", "others"), "session.others")
	does("POST /me", wang, "wang", "/me", list("do", "recovery", "present", secret), "factor.recovery")
	wang.post("/signout")
	does("POST /signin", wang, "wang", "/signin", list("login", "wang", "password", secret), "session.half")
	does("POST /signin/second", wang, "wang", "/signin/second", list("otp", wang.code(key, 30*time.Second)), "session.begin")
	factors, err := o.c.Store.Factors(t.Context(), o.account("wang"))
	if err != nil || len(factors) != 1 {
		t.Fatal(factors, err)
	}
	does("POST /me", wang, "wang", "/me", list("do", "remove", "factor", factors[0].ID, "present", secret), "factor.remove")
	does("POST /people/{person}", boss, "boss", "/people/"+o.account("wang"), list("do", "reset"), "factor.reset")
	does("POST /signin", wang, "wang", "/signin", list("login", "wang", "password", secret), "session.begin")
	does("POST /people/{person}", boss, "boss", "/people/"+o.account("wang"), list("do", "signout"), "session.all")
	does("POST /signin", wang, "wang", "/signin", list("login", "wang", "password", secret), "session.begin")
	wang.post("/import", "paste", "事项名称\t承诺时限\n老年证办理\t3天").wants(200)
	upload := strings.Split(strings.TrimPrefix(wang.path, "/import/"), "/")[0]
	wang.post("/import/"+upload, "site", "liuxi", "column", "news", "issuer", "村委会", "sheet", "0", "use", "title", "use", "limit", "do", "check").wants(200)
	does("POST /import/{upload}/do", wang, "wang", "/import/"+upload+"/do", nil, "notice.draft>")

	boss.bringsTo("/people/import", "departments", "部门.csv", []byte("部门,分管领导,电话\n县档案局,赵六,\n")).agrees()
	does("POST /people/import/{upload}/do", boss, "boss", strings.TrimSuffix(boss.path, "/check")+"/do", nil, "department.create>")

	does("POST /backups", boss, "boss", "/backups", nil, "backup.ask")

	for _, rt := range console.Table() {
		if strings.HasPrefix(rt.Pattern, http.MethodGet) {
			continue
		}
		if _, ok := quiet[rt.Pattern]; ok == done[rt.Pattern] {
			t.Errorf("%s: sent %v, quiet %v; say which lines it leaves or why none", rt.Pattern, done[rt.Pattern], ok)
		}
	}
	if _, err := o.c.Store.CheckAudit(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestTamperedWithSQL changes tables past their triggers and says what finds it,
// and what nothing on this machine finds (SEC-29, SEC-30). The audit log has a
// hash of every line over the one before, not a key: who can write the whole
// database can write the whole log anew. Only its head, kept elsewhere, tells.
func TestTamperedWithSQL(t *testing.T) {
	for what, c := range map[string]struct {
		query string
		found bool
	}{
		"nothing":             {`UPDATE audit SET id = id`, false},
		"who":                 {`UPDATE audit SET actor = 'li' WHERE id = 3`, true},
		"when":                {`UPDATE audit SET at = at + 1 WHERE id = 3`, true},
		"from where":          {`UPDATE audit SET origin = '1.2.3.4' WHERE id = 3`, true},
		"what it was after":   {`UPDATE audit SET after = '{}' WHERE id = 4`, true},
		"a line away":         {`DELETE FROM audit WHERE id = 3`, true},
		"the first line away": {`DELETE FROM audit WHERE id = 1`, true},
		"two lines swapped":   {`UPDATE audit SET id = 1000 - id WHERE id IN (3, 4); UPDATE audit SET id = id - 993 WHERE id > 900`, true},
		"a hash":              {`UPDATE audit SET hash = x'00' WHERE id = 3`, true},
		"the last lines away": {`DELETE FROM audit WHERE id > (SELECT MAX(id) - 2 FROM audit)`, false},
	} {
		o := open(t, nil)
		wang := o.comes("wang", "", everything...)
		wang.post("/write/announcement", announcement...).wants(200)
		db, err := sql.Open("sqlite", o.c.Config.DatabaseFile())
		if err != nil {
			t.Fatal(err)
		}
		before, err := o.c.Store.CheckAudit(t.Context())
		if err != nil || before < 5 {
			t.Fatal(before, err)
		}
		if _, err := db.Exec(`DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; ` + c.query); err != nil {
			t.Fatal(what, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := o.c.Store.CheckAudit(t.Context())
		if (err != nil) != c.found {
			t.Errorf("%s: %v", what, err)
		}
		if what == "the last lines away" && after != before-2 {
			t.Errorf("the number of lines does not tell either: %d, %d", before, after)
		}
	}
}
