package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/store"
)

// The kinds of errors that belong to pages.
var (
	errRole   = errors.New("the visitor does not have the role that is needed")
	errSite   = errors.New("the visitor does not act at this site")
	errOrigin = errors.New("the request comes from another site")
)

// trouble is what a person is told of an error.
type trouble struct {
	is     error
	status int
	what   string // in Chinese, a key of the message table
	next   string
}

// troubles is the one place that turns errors into words.
var troubles = []trouble{
	{errRole, http.StatusForbidden, "您没有做这件事的权限", "需要的话，请让管理员在“人员与权限”里给您加上角色。"},
	{errSite, http.StatusForbidden, "这个站点不归您管", "您只能管自己的站点和它下面的站点。"},
	{errOrigin, http.StatusForbidden, "这个请求来自别的网站，没有执行", "请回到本系统的页面再做一次。"},
	{store.ErrNotFound, http.StatusNotFound, "没有找到这个页面", "它可能已经删除，或者地址写错了。"},
	{assets.ErrNotFound, http.StatusNotFound, "没有找到这个页面", "它可能已经删除，或者地址写错了。"},
	{store.ErrConflict, http.StatusConflict, "别人刚刚改过，您的修改没有保存", "请打开最新的一版，再改一次。"},
	{publish.ErrSecondPerson, http.StatusConflict, "须由另一人发布", "草稿已保存，请另一位有发布权限的同事打开它并发布。"},
	{publish.ErrNotLive, http.StatusConflict, "这条内容不在发布中", "它可能刚刚被别人下架。"},
	{publish.ErrClosed, http.StatusServiceUnavailable, "总台正在停止", "请过一会儿再试。"},
	{fleet.ErrOffline, http.StatusConflict, "这块屏不在线，命令没有发出", "等它重新连上再试。"},
	{fleet.ErrTooMany, http.StatusTooManyRequests, "尝试太多", "请等一分钟再试。"},
	{fleet.ErrCode, http.StatusNotFound, "没有屏显示这个配对码", "请再看一眼屏幕：码会定时更换。"},
	{hub.ErrQueueFull, http.StatusConflict, "这块屏还有命令没有执行完", "请过一会儿再试。"},
	{accounts.ErrNoSession, http.StatusUnauthorized, "需要先登录", "请登录后再试。"},
}

// explain finds the words for an error; ok is false for what only the operator
// can understand.
func explain(err error) (trouble, bool) {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return trouble{err, http.StatusRequestEntityTooLarge, "内容太大，没有收下", "请把正文分成几条发布。"}, true
	}
	for _, t := range troubles {
		if errors.Is(err, t.is) {
			return t, true
		}
	}
	return trouble{err, http.StatusInternalServerError, "总台出了错", "已经记录，请告诉技术人员；稍后可以再试。"}, false
}

type errorPage struct {
	frame
	What, Next string
}

// fail shows what went wrong. Who is not signed in is led to the sign-in page,
// and from there back.
func (v *visit) fail(err error) {
	if errors.Is(err, accounts.ErrNoSession) && v.r.Method == http.MethodGet && !v.fragment() {
		next := "/signin"
		if v.r.URL.Path != "/" {
			next += "?next=" + url.QueryEscape(v.r.URL.RequestURI())
		}
		http.Redirect(v.w, v.r, next, http.StatusSeeOther)
		return
	}
	t, known := explain(err)
	if !known {
		if v.ctx.Err() != nil {
			return // nobody is there to be told
		}
		v.Log.Error("a page failed", "method", v.r.Method, "path", v.r.URL.Path, "error", err)
	}
	if v.fragment() {
		http.Error(v.w, v.t(t.what), t.status)
		return
	}
	p := errorPage{frame: v.page(v.t(t.what)), What: v.t(t.what), Next: v.t(t.next)}
	if err := v.showAs(t.status, "error", p); err != nil {
		v.Log.Error("the page of an error failed", "error", err)
		http.Error(v.w, v.t(t.what), t.status)
	}
}

// fragment reports whether a script asks, not a person.
func (v *visit) fragment() bool {
	p := v.r.URL.Path
	return strings.HasSuffix(p, "/live") || strings.HasSuffix(p, ".png") || strings.HasSuffix(p, "/check")
}
