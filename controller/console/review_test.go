package console_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// under opens an office where notices are reviewed.
func under(t *testing.T, policy review.Policy) *office {
	return open(t, func(c *configs.Controller) { c.Approvals.Policy = policy.ID })
}

// deed posts a form of a notice with the bytes that its page has.
func (p *person) deed(id playlist.NoticeID, what string, fields ...string) *person {
	p.Helper()
	row, err := p.c.Store.Notice(p.Context(), id)
	if err != nil {
		p.Fatal(err)
	}
	return p.post(fmt.Sprintf("/notices/%s/%s", id, what), append([]string{"version", fmt.Sprint(row.Version), "ref", p.ref(id)}, fields...)...)
}

// page opens the notice's own page.
func (p *person) page(id playlist.NoticeID) *person { return p.get("/notices/" + string(id)) }

func (p *person) reviewPage(id playlist.NoticeID) *person {
	return p.get("/notices/" + string(id) + "/review")
}

// ticks are the fields of the whole checklist.
func ticks(but ...review.Tick) []string {
	out := []string{"do", "approve", "capacity", string(review.SecrecyReview)}
	for _, tick := range review.Ticks {
		if len(but) == 0 || tick != but[0] {
			out = append(out, "tick."+string(tick), "1")
		}
	}
	return out
}

func (p *person) lacks(texts ...string) {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			p.Errorf("%s says %q", p.path, text)
		}
	}
}

func drafted(o *office, p *person) playlist.NoticeID {
	o.Helper()
	p.post("/write/announcement", with(announcement, "do", "draft")...).wants(200, "草稿已保存")
	return p.id()
}

// TestTownOfTwo takes a notice to the screens with two people, as a town may.
func TestTownOfTwo(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "wangchuan", accounts.Drafter, accounts.Releaser)
	li := o.comes("li", "wangchuan", accounts.FirstReviewer, accounts.Secrecy)
	id := drafted(o, wang)
	wang.page(id).wants(200, "送初审", `class="now"`)
	wang.lacks("发布第 1 版")
	wang.deed(id, "release").wants(409, "发布前要先审核")
	wang.deed(id, "submit", "note", "请尽快").wants(200, "已送审", "等待：li", "撤回修改")
	wang.lacks("/revise")
	wang.reviewPage(id).wants(200, "初审由有这个角色的同事来做")
	li.get("/notices/"+string(id)).wants(200, "去初审")
	li.reviewPage(id).wants(200, "起草人说：", "请尽快", "通过初审，签名", "退回起草人")
	li.deed(id, "approve", "capacity", "secrecy_review").wants(409, "现在不在这一步")
	// The same person holds the next capacity too, and is asked for it by itself.
	li.deed(id, "approve", "capacity", "first_review", "note", "没有错字").wants(200, "已签名", "保密审查清单", "没有国家秘密")
	if li.path != "/notices/"+string(id)+"/review" {
		t.Errorf("after the first review li is at %s", li.path)
	}
	li.deed(id, "approve", append(ticks(review.NoPrivacy), "note", "留着")...).wants(422, "请逐项核对", `class="tick open"`, `value="留着"`)
	li.deed(id, "approve", ticks()...).wants(200, "已签名")
	wang.page(id).wants(200, "去看一遍，发布", "没有错字")
	wang.reviewPage(id).wants(200, "发布到屏幕")
	wang.deed(id, "release").wants(200, "已发布", "发布中", "保密审查通过")
	if n, err := o.c.Store.Notice(t.Context(), id); err != nil || n.Live != 1 {
		t.Errorf("in the end it is %+v, %v", n, err)
	}
}

// TestNextToSign: who has signed or returned one notice is led to the one that waits
// for him longest, and to nothing when there is none.
func TestNextToSign(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "wangchuan", accounts.Drafter, accounts.Releaser)
	li := o.comes("li", "wangchuan", accounts.FirstReviewer)
	zhao := o.comes("zhao", "wangchuan", accounts.Secrecy)
	var ids []playlist.NoticeID
	for range 3 {
		id := drafted(o, wang)
		wang.deed(id, "submit").wants(200)
		ids = append(ids, id)
	}
	const more = "还有等您审核的"
	li.page(ids[0]).lacks(more) // nothing was signed just now
	for i, what := range [][]string{{"approve", "capacity", "first_review"}, {"return", "reason", "日期写错了"}} {
		li.deed(ids[i], what[0], what[1:]...).wants(200, more, `href="/notices/`+string(ids[i+1])+`/review">去初审`)
	}
	li.deed(ids[2], "approve", "capacity", "first_review").wants(200, "已签名")
	li.lacks(more)
	zhao.deed(ids[0], "approve", ticks()...).wants(200, more, `href="/notices/`+string(ids[2])+`/review">去作保密审查`)
	zhao.deed(ids[2], "approve", ticks()...).wants(200, "已签名")
	zhao.lacks(more)
	wang.deed(ids[0], "release").wants(200, "已发布", more, `href="/notices/`+string(ids[2])+`/review">去发布`)
}

// TestNobodyTwiceOnPages has one person with every role try to do it all.
func TestNobodyTwiceOnPages(t *testing.T) {
	o := under(t, review.County)
	all := []accounts.Role{accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Secrecy, accounts.Releaser}
	wang, li, zhao, chen := o.comes("wang", "", all...), o.comes("li", "", all...), o.comes("zhao", "", all...), o.comes("chen", "", all...)
	id := drafted(o, wang)
	wang.deed(id, "submit").wants(200, "您已经起草过这一条，初审须由另一人做")
	wang.deed(id, "approve", "capacity", "first_review").wants(409, "您已经起草过这一条，初审须由另一人做")
	li.deed(id, "approve", "capacity", "first_review").wants(200, "您已经初审过这一条，复审须由另一人做")
	li.deed(id, "approve", "capacity", "second_review").wants(409, "您已经初审过这一条，复审须由另一人做")
	zhao.deed(id, "approve", "capacity", "second_review").wants(200, "您已经复审过这一条，保密审查须由另一人做")
	chen.deed(id, "approve", ticks()...).wants(200, "发布到屏幕")
	wang.deed(id, "release").wants(200, "已发布")
}

// TestReturnOnPages gives a notice back, has it changed and sent again.
func TestReturnOnPages(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	li := o.comes("li", "", accounts.FirstReviewer, accounts.Secrecy)
	id := drafted(o, wang)
	wang.deed(id, "submit").wants(200)
	li.deed(id, "return", "reason", " ").wants(422, "请写明原因")
	li.deed(id, "return", "usual", "有错别字", "usual", "别的", "reason", "停水日期写错了").wants(200, "已退回起草人")
	wang.page(id).wants(200, "有错别字；停水日期写错了", "初审退回", "送初审", "退回，待修改")
	stale := o.ref(id)
	wang.post("/write/announcement", with(announcement, "id", string(id), "version", "1", "text", "11月26日停水一天。", "do", "draft")...).wants(200)
	// Whoever still has the old page open signs nothing.
	wang.post("/notices/"+string(id)+"/submit", "version", "1", "ref", stale).wants(409, "别人刚刚改过")
	wang.post("/notices/"+string(id)+"/submit", "version", "1").wants(409)
	wang.deed(id, "submit").wants(200, "已送审")
	li.post("/notices/"+string(id)+"/approve", "version", "1", "ref", stale, "capacity", "first_review").wants(409, "别人刚刚改过")
	wang.deed(id, "withdraw").wants(200, "已撤回", "送初审", "/revise")
	li.deed(id, "approve", "capacity", "first_review").wants(409, "现在不在这一步")
	wang.deed(id, "submit").wants(200)
	li.deed(id, "withdraw").wants(403)
	li.deed(id, "approve", "capacity", "first_review").wants(200)
	li.deed(id, "approve", ticks()...).wants(200)
	wang.deed(id, "release").wants(200, "已发布")
	// A revision shows its reviewers what changed.
	wang.post("/write/announcement", with(announcement, "id", string(id), "version", "1", "text", "11月27日停水一天。\n# 原因\n管道检修", "do", "draft")...).wants(200)
	wang.deed(id, "submit").wants(200, "发布中")
	li.reviewPage(id).wants(200, "与发布中的第 1 版相比", "<del><b>删</b>11月26日停水一天。", "<ins><b>增</b>11月27日停水一天。", "<ins><b>增</b>管道检修")
	li.deed(id, "return", "reason", "再等一天").wants(200)
	if n, err := o.c.Store.Notice(t.Context(), id); err != nil || n.Live != 1 || n.Stage != review.Returned {
		t.Errorf("what was returned: %+v, %v", n, err)
	}
}

// TestOutsideOnPages stops at the secrecy review until a reply is there.
func TestOutsideOnPages(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	li := o.comes("li", "", accounts.FirstReviewer, accounts.Secrecy)
	id := drafted(o, wang)
	wang.deed(id, "submit").wants(200)
	li.deed(id, "outside", "text", "请保密局看").wants(409)
	li.deed(id, "approve", "capacity", "first_review").wants(200)
	li.deed(id, "outside", "text", "").wants(422, "请写明原因")
	li.deed(id, "outside", "text", "送县保密局：附图是否涉密").wants(200, "已送外部审查", "记下答复")
	wang.page(id).wants(200, "等待外部审查的答复", "附图是否涉密")
	li.deed(id, "approve", ticks()...).wants(409)
	li.deed(id, "reply", "text", "").wants(422)
	li.scan(id, strings.Repeat("x", 11<<20)).wants(413)
	li.scan(id, "a scan of the reply").wants(200, "请继续做保密审查", "下载答复原件")
	at := regexp.MustCompile(`/notices/[^"]+/evidence/\d+`).FindString(li.body)
	wang.get(at).wants(200, "a scan of the reply")
	o.comes("far", "shiling", accounts.Drafter).get(at).wants(404)
	li.get(at + "9").wants(404)
	li.deed(id, "outside", "text", "再问一次").wants(200)
	li.deed(id, "reply", "text", "县保密局：可以公开").wants(200, "请继续做保密审查", "保密审查清单")
	li.deed(id, "approve", ticks()...).wants(200)
	wang.deed(id, "release").wants(200, "已发布", "县保密局：可以公开")
}

// scan notes a reply with a file.
func (p *person) scan(id playlist.NoticeID, data string) *person {
	p.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"version": "1", "ref": p.ref(id), "text": "答复见附件"} {
		if err := form.WriteField(name, value); err != nil {
			p.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", "答复.html")
	if err == nil {
		_, err = io.WriteString(file, data)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		p.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+"/notices/"+string(id)+"/reply", &body)
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return p.do(r)
}

// TestForgedOnPages shows what somebody changed in the database.
func TestForgedOnPages(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	li := o.comes("li", "", accounts.FirstReviewer, accounts.Secrecy)
	id := drafted(o, wang)
	wang.deed(id, "submit").wants(200)
	li.deed(id, "approve", "capacity", "first_review").wants(200)
	li.deed(id, "approve", ticks()...).wants(200)
	db, err := sql.Open("sqlite", o.c.Config.DatabaseFile())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`DROP TRIGGER approvals_no_update; UPDATE approvals SET person = 'zhao' WHERE capacity = 'first_review'`); err != nil {
		t.Fatal(err)
	}
	wang.page(id).wants(200, "签名不符")
	wang.lacks("去看一遍，发布")
	wang.deed(id, "release").wants(409, "审核记录与签名不符，没有发布")
	// It comes back and goes its way anew.
	wang.deed(id, "withdraw").wants(200)
	wang.deed(id, "submit").wants(200)
	li.deed(id, "approve", "capacity", "first_review").wants(200)
	li.deed(id, "approve", ticks()...).wants(200)
	wang.deed(id, "release").wants(200, "已发布")
}

// TestFindingsThatStay sends a notice over a finding only with a reason, which
// its reviewers read.
func TestFindingsThatStay(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	li := o.comes("li", "", accounts.FirstReviewer, accounts.Secrecy)
	wang.post("/write/announcement", with(announcement, "text", "自来水覆盖率为120%。", "do", "draft")...).wants(200)
	id := wang.id()
	input := regexp.MustCompile(`name="(reason\.[^"]+)"`).FindStringSubmatch(wang.page(id).body)
	if input == nil {
		t.Fatal("no finding may stay")
	}
	wang.deed(id, "submit", "note", "x").wants(422, "有几处还没有写理由")
	wang.deed(id, "submit", input[1], "  ").wants(422)
	wang.deed(id, "submit", input[1], "上级下达的计划数").wants(200, "已送审", "保留并说明理由")
	li.reviewPage(id).wants(200, "保留的疑点和理由", "120%", "上级下达的计划数")
}

// TestTakeDownTellsWhere shows after a take-down that no screen is left, and why
// it was done.
func TestTakeDownTellsWhere(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", accounts.Releaser)
	wang.post("/write/announcement", announcement...).wants(200, "已发布")
	id := wang.id()
	wang.get("/notices/" + string(id) + "/still/live").wants(404)
	wang.post("/notices/"+string(id)+"/takedown", "why", "涉及个人信息", "reason", "第三段").wants(200, "已从所有屏幕撤下", "涉及个人信息；第三段")
	wang.get("/notices/"+string(id)+"/still/live").wants(200, "已从所有屏幕撤下")
}

// TestReviewIsOfOnesOwnSite has reviewers of another town and without the role.
func TestReviewIsOfOnesOwnSite(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "wangchuan", accounts.Drafter, accounts.Releaser)
	far := o.comes("far", "shiling", accounts.FirstReviewer, accounts.Secrecy, accounts.Releaser)
	clerk := o.comes("clerk", "wangchuan", accounts.Drafter)
	secrecy := o.comes("secrecy", "wangchuan", accounts.Secrecy)
	id := drafted(o, wang)
	for _, what := range []string{"submit", "approve", "return", "release", "withdraw", "outside", "reply"} {
		if far.deed(id, what, "capacity", "first_review", "reason", "x", "text", "x"); far.status != 404 && far.status != 403 {
			t.Errorf("%s by another town: status %d", what, far.status)
		}
	}
	far.reviewPage(id).wants(404)
	wang.deed(id, "submit").wants(200)
	for _, what := range []string{"approve", "return", "outside", "reply"} {
		clerk.deed(id, what, "capacity", "first_review", "reason", "x", "text", "x").wants(403)
	}
	secrecy.deed(id, "approve", "capacity", "first_review").wants(403)
	secrecy.deed(id, "return", "reason", "x").wants(403)
	secrecy.reviewPage(id).wants(200, "由有这个角色的同事来做")
	secrecy.lacks("通过初审")
	if n, err := o.c.Store.Notice(t.Context(), id); err != nil || n.Stage != "first_review" {
		t.Errorf("it waits for %q, %v", n.Stage, err)
	}
}

// TestNobodyHasTheRole says plainly why nothing moves.
func TestNobodyHasTheRole(t *testing.T) {
	o := under(t, review.Town)
	wang := o.comes("wang", "", accounts.Drafter, accounts.Releaser)
	id := drafted(o, wang)
	wang.deed(id, "submit").wants(200, "还没有人有这个角色")
	if m := regexp.MustCompile(`<li class="now"[^>]*><b>初审`); !m.MatchString(wang.body) {
		t.Error("the bar does not stand at the first review")
	}
	wang.get("/notices?status=in_review").wants(200, "等待初审")
}
