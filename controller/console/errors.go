package console

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/backup"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/playlist/review"
)

// The kinds of errors that belong to pages.
var (
	errRole = errors.New("the visitor does not have the role that is needed")
	errSite = errors.New("the visitor does not act at this site")
	// errDepartment: published, and so seen, but for others to change.
	errDepartment = errors.New("the notice belongs to another department")
	// errMustChange: somebody else knows the password.
	errMustChange = errors.New("the visitor must choose a password first")
	// errMustEnrol: the role needs a second factor, and the time to set one up is over.
	errMustEnrol = errors.New("the visitor must set a second factor up first")
	// errAnother: a page that one person opened is used with the session of another.
	errAnother = errors.New("the form was opened by somebody else")
	// errNoPlace: the first site has not been named yet.
	errNoPlace = errors.New("there is no site yet")
	errOrigin  = errors.New("the request comes from another site")
	// errForm: what was sent is no form, or one of too many parts.
	errForm = errors.New("the form cannot be read")
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
	{errDepartment, http.StatusForbidden, "这条内容归别的部门", "请找写它的部门，或者找管全站的人（党政办）处理。"},
	{errMustChange, http.StatusForbidden, "请先换密码", "现在的密码别人也知道。换好以后就能接着用。"},
	{errMustEnrol, http.StatusForbidden, "请先设置二次验证", "您的角色登录时除了密码还要一道验证。设好以后就能接着用。"},
	{errAnother, http.StatusConflict, "现在登录的是另一个人", "请那位先退出，您再登录。"},
	{errOrigin, http.StatusForbidden, "这个请求来自别的网站，没有执行", "请回到本系统的页面再做一次。"},
	{errForm, http.StatusBadRequest, "发来的表单读不懂，没有收下", "请回到页面再填一次。"},
	{errNoPlace, http.StatusNotFound, "还没有站点", "请管理员先在“开始使用”里写下这是哪里。"},
	{os.ErrDeadlineExceeded, http.StatusRequestTimeout, "等了很久，没有收完", "网络可能断了一下。请回到页面再发一次。"},
	{store.ErrNotFound, http.StatusNotFound, "没有找到这个页面", "它可能已经删除，或者地址写错了。"},
	{assets.ErrNotFound, http.StatusNotFound, "没有找到这个页面", "它可能已经删除，或者地址写错了。"},
	{store.ErrConflict, http.StatusConflict, "别人刚刚改过，您的修改没有保存", "请打开最新的一版，再改一次。"},
	{publish.ErrSecondPerson, http.StatusConflict, "发布前要先审核", "草稿已保存。请打开它，点“送审”。"},
	{publish.ErrInReview, http.StatusConflict, "正在审核，不能修改", "要改的话，请起草人先撤回，或请审核人退回。"},
	{publish.ErrAuthor, http.StatusForbidden, "只有起草人或送审人能撤回", "审核人可以把它退回，并写明原因。"},
	{publish.ErrForged, http.StatusConflict, "审核记录与签名不符，没有发布", "有人改动过数据库。请立刻告诉技术人员，并退回重新审核。"},
	{review.ErrTurn, http.StatusConflict, "这一条现在不在这一步", "可能别人已经办过了，请打开它看现在到了哪一步。"},
	{review.ErrTwice, http.StatusConflict, "这两步须由不同的人做", "请另一位有这个角色的同事办理。"},
	{publish.ErrNotLive, http.StatusConflict, "这条内容不在发布中", "它可能刚刚被别人下架。"},
	{publish.ErrInUse, http.StatusConflict, "这个栏目正在用", "请先把里面的内容和下级栏目移到别的栏目。"},
	{publish.ErrBusy, http.StatusServiceUnavailable, "总台正忙，这次没有保存", "许多改动同时到了总台。请等几秒再做一次。"},
	{publish.ErrClosed, http.StatusServiceUnavailable, "总台正在停止", "请过一会儿再试。"},
	{fleet.ErrOffline, http.StatusConflict, "这块屏不在线，命令没有发出", "等它重新连上再试。"},
	{fleet.ErrTooMany, http.StatusTooManyRequests, "尝试太多", "请等一分钟再试。"},
	{fleet.ErrCode, http.StatusNotFound, "没有屏显示这个配对码", "请再看一眼屏幕：码会定时更换。"},
	{hub.ErrQueueFull, http.StatusConflict, "这块屏还有命令没有执行完", "请过一会儿再试。"},
	{rollout.ErrState, http.StatusConflict, "这个更新现在不能这样做", "它可能刚刚自己停下，或者被别人改过。请看它现在的状态。"},
	{rollout.ErrFormer, http.StatusConflict, "这里没有屏原来运行的那个版本的程序包", "请先上传旧版本的程序包。没有开始更新的屏仍运行旧版；失败的屏已自动换回。"},
	{backup.ErrBusy, http.StatusConflict, "正在备份或核对，这次没有开始", "等它做完（页面会自己更新）再点。"},
	{backup.ErrNotFound, http.StatusNotFound, "没有这份备份", "它可能已经过期清理，请看备份列表。"},
	{accounts.ErrBusy, http.StatusServiceUnavailable, "总台正忙，这次没有保存", "正在保存别的名单。请等几秒再按一次。"},
	{accounts.ErrNoSession, http.StatusUnauthorized, "需要先登录", "请登录后再试。"},
}

// explain finds the words for an error; ok is false for what only the operator
// can understand.
func explain(err error) (trouble, bool) {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return trouble{err, http.StatusRequestEntityTooLarge, "内容太大，没有收下", "请把正文分成几条发布。"}, true
	}
	var command *fleet.BadCommand
	if errors.As(err, &command) {
		if command.Field == "kind" {
			return trouble{err, http.StatusNotFound, command.Zh, "请回到这块屏的页面再选。"}, true
		}
		return trouble{err, http.StatusBadRequest, command.Zh, "请回到这块屏的页面改一下再发。"}, true
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
	if (errors.Is(err, errMustChange) || errors.Is(err, errMustEnrol)) && v.r.Method == http.MethodGet && !v.fragment() {
		http.Redirect(v.w, v.r, "/me", http.StatusSeeOther)
		return
	}
	if errors.Is(err, accounts.ErrNoSession) && v.r.Method == http.MethodPost && !v.fragment() {
		if err := v.expired(); err == nil {
			return
		}
	}
	if errors.Is(err, publish.ErrBusy) && !v.fragment() && v.busy() {
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
	if v.r.Method == http.MethodGet && strings.HasSuffix(p, "/check") {
		return false // the dry run of an import is a page
	}
	return slices.ContainsFunc([]string{"/live", ".png", "/check", "/autosave", "/paste", "/pictures"}, func(end string) bool { return strings.HasSuffix(p, end) })
}
