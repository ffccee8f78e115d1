package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"

	"mingbai/assets"
	"mingbai/assets/rendition"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/controller/watch"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/review"
)

// failure is an error that the caller is told of.
type failure struct {
	Status   int
	Code     string
	Zh, En   string
	Field    string
	Problems []playlist.Problem
}

func (f *failure) Error() string { return f.En }

// Failure is the body of every answer that is not a success.
type Failure struct {
	Error    Fault              `json:"error"`
	Problems []playlist.Problem `json:"problems,omitempty"` // with status 422
}

// Fault says what is wrong.
type Fault struct {
	Code      string `json:"code"` // stable, for programs
	Message   string `json:"message"`
	MessageEn string `json:"message_en"`
	Field     string `json:"field,omitempty"`
}

func badField(field, zh, en string) error {
	return &failure{Status: http.StatusBadRequest, Code: "bad_request", Zh: zh, En: en, Field: field}
}

func badBody(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return &failure{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Zh: "内容太大", En: "the body is too large"}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err // explain knows it
	}
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return &failure{Status: http.StatusBadRequest, Code: "bad_json", Zh: "这一项的类型不对", En: "this field has the wrong type: " + err.Error(), Field: typ.Field}
	}
	return &failure{Status: http.StatusBadRequest, Code: "bad_json", Zh: "请求的 JSON 读不懂", En: "the JSON body cannot be read: " + err.Error()}
}

func forbidden(zh, en string) error {
	return &failure{Status: http.StatusForbidden, Code: "forbidden", Zh: zh, En: en}
}

// known is what errors of the packages below mean to a caller.
var known = []struct {
	is     error
	status int
	code   string
	zh     string
}{
	{accounts.ErrNoSession, http.StatusUnauthorized, "unauthorized", "需要有效的令牌"},
	{accounts.ErrCommon, http.StatusUnprocessableEntity, "password_guessable", "密码容易猜中：里面有常用的词、人名、地名或连着的键；请换成几个互不相干的词"},
	{accounts.ErrPassword, http.StatusUnprocessableEntity, "password", "密码至少 10 个字符，且不能与账号相同"},
	{accounts.ErrAdministers, http.StatusUnprocessableEntity, "administrator", "管理员不能审核、发布：这几个角色不能由同一个人担任"},
	{accounts.ErrAudits, http.StatusUnprocessableEntity, "auditor", "督查人员不能起草、审核、发布，也不能管理账号"},
	{accounts.ErrContractor, http.StatusUnprocessableEntity, "contractor", "外聘人员只能起草"},
	{accounts.ErrDepartment, http.StatusUnprocessableEntity, "department", "部门不属于这个人的站点"},
	{accounts.ErrLastAdministrator, http.StatusUnprocessableEntity, "last_administrator", "这是最后一位管理全部站点的管理员"},
	{accounts.ErrInvalid, http.StatusUnprocessableEntity, "invalid", "账号、姓名或角色不合要求"},
	{watch.ErrTaken, http.StatusConflict, "taken", "别人刚刚接手了这条告警"},
	{watch.ErrClosed, http.StatusConflict, "closed", "这条告警已经解除，不用再接手"},
	{watch.ErrRemark, http.StatusUnprocessableEntity, "remark", "备注最多 500 个字"},
	{store.ErrNotFound, http.StatusNotFound, "not_found", "没有找到"},
	{store.ErrConflict, http.StatusConflict, "conflict", "别人先改过了，或已经存在；请重新读取"},
	{publish.ErrSecondPerson, http.StatusConflict, "second_person", "须先送审；草稿已保存"},
	{publish.ErrInReview, http.StatusConflict, "in_review", "正在审核，先撤回才能修改"},
	{publish.ErrAuthor, http.StatusForbidden, "author", "只有起草人或送审人能撤回"},
	{publish.ErrForged, http.StatusConflict, "forged", "审核记录与签名不符，不能发布"},
	{review.ErrTurn, http.StatusConflict, "turn", "这一条现在不在这一步"},
	{review.ErrTwice, http.StatusConflict, "twice", "这两步须由不同的人做"},
	{publish.ErrNotLive, http.StatusConflict, "not_live", "这条内容不在发布中"},
	{publish.ErrBusy, http.StatusServiceUnavailable, "busy", "总台正忙，这次没有保存；请按 Retry-After 的秒数等一等再发"},
	{publish.ErrClosed, http.StatusServiceUnavailable, "stopping", "总台正在停止"},
	{fleet.ErrCode, http.StatusNotFound, "code", "没有屏显示这个配对码，请再看一眼屏幕"},
	{fleet.ErrTooMany, http.StatusTooManyRequests, "too_many", "尝试太多，请等一分钟"},
	{fleet.ErrNote, http.StatusUnprocessableEntity, "note", "请写明怎么处理的，最多 1000 个字"},
	{fleet.ErrOffline, http.StatusConflict, "offline", "这块屏不在线"},
	{rollout.ErrFile, http.StatusUnprocessableEntity, "package", "这不是完整的程序包文件"},
	{rollout.ErrUnpinned, http.StatusConflict, "unpinned", "本总台还没有配置签名公钥，不能收程序包"},
	{rollout.ErrKnown, http.StatusConflict, "known", "这个版本的程序包已经在这里了"},
	{rollout.ErrBusy, http.StatusConflict, "busy", "这个程序正在更新，一次只能推一个版本"},
	{rollout.ErrState, http.StatusConflict, "state", "这次更新现在不能这样做"},
	{rollout.ErrFormer, http.StatusConflict, "former", "总台没有这些屏原来的程序包，退不回去"},
	{hub.ErrQueueFull, http.StatusConflict, "queue_full", "这块屏还有命令没有执行完"},
	{assets.ErrTooLarge, http.StatusRequestEntityTooLarge, "too_large", "内容太大"},
	{assets.ErrNotFound, http.StatusNotFound, "not_found", "没有找到"},
	{os.ErrDeadlineExceeded, http.StatusRequestTimeout, "slow", "等了很久，没有收完"},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "timeout", "没有及时完成；已保存的会继续处理"},
}

// explain turns an error into what the caller is told. What is not known is the
// operator's business: it is logged and only named.
func explain(err error) *failure {
	var f *failure
	var invalid *publish.Invalid
	var screen *fleet.Invalid
	var picture *rendition.Error
	var command *fleet.BadCommand
	var refusal *release.Refusal
	var fast *tooFast
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &invalid):
		return unprocessable(invalid.Problems)
	case errors.As(err, &screen):
		return unprocessable(screen.Problems)
	case errors.As(err, &command):
		return &failure{Status: http.StatusBadRequest, Code: "bad_request", Zh: command.Zh, En: command.En, Field: command.Field}
	case errors.As(err, &refusal):
		zh, en := rollout.Refused(refusal.Reason)
		return &failure{Status: http.StatusUnprocessableEntity, Code: "package_" + string(refusal.Reason), Zh: zh, En: en + ": " + refusal.Detail}
	case errors.As(err, &fast):
		return &failure{Status: http.StatusTooManyRequests, Code: "too_fast", Zh: "这个令牌一下子改得太多，这次没有保存；请按 Retry-After 的秒数等一等再发", En: fast.Error() + "; wait for the seconds of Retry-After and send it again"}
	case errors.As(err, &picture):
		return &failure{Status: http.StatusUnprocessableEntity, Code: "picture_" + string(picture.Kind), Zh: "图片不能用：" + rendition.KindOf(err).Advice(), En: picture.Reason, Field: "picture"}
	}
	for _, k := range known {
		if errors.Is(err, k.is) {
			return &failure{Status: k.status, Code: k.code, Zh: k.zh, En: err.Error()}
		}
	}
	return nil
}

func unprocessable(problems []playlist.Problem) *failure {
	f := &failure{Status: http.StatusUnprocessableEntity, Code: "invalid", Zh: "有几处需要改正", En: "some fields must be put right", Problems: problems}
	for _, p := range problems {
		if p.Severity == playlist.Wrong {
			f.Field, f.Zh, f.En = p.Field, p.Message, p.MessageEn
			break
		}
	}
	return f
}

func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := explain(err)
	if f == nil {
		if r.Context().Err() != nil {
			return // nobody is there to be told
		}
		a.Log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		f = &failure{Status: http.StatusInternalServerError, Code: "internal", Zh: "总台出了错，已记录", En: "the controller failed; it is logged"}
	}
	if wait := retryAfter(err); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	if f.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mingbai"`)
	}
	a.answer(w, r, f.Status, Failure{Error: Fault{Code: f.Code, Message: f.Zh, MessageEn: f.En, Field: f.Field}, Problems: f.Problems})
}
