package console

import (
	"errors"
	"net/http"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// loginAge is how long a browser remembers who signed in last. The cookie of the
// session itself ends with the browser, and the session by its own rules.
const loginAge = 7 * 24 * time.Hour

type signInPage struct {
	frame
	Login, Next string
	Problem     string
	Setup       bool   // nobody has signed up yet
	Expired     bool   // something was sent without a session
	Held        string // and this is it
	Files       string // that must be chosen again
	Asked       string // what passkeys are asked for; empty where browsers have none
}

// home leads to what matters to the person most.
func home(v *visit) error {
	path, said := "/screens", []string(nil)
	if v.person.Has(staffed...) {
		path = "/todo"
	}
	if done := v.query("done"); done != "" {
		said = []string{"done", done}
	}
	return v.to(path, said...)
}

func signInForm(v *visit) error {
	if v.person.ID != "" {
		return v.to("/")
	}
	needs, err := v.Accounts.NeedsSetup(v.ctx)
	if err != nil {
		return err
	}
	return v.signInPage(http.StatusOK, signInPage{Next: localPath(v.query("next")), Setup: needs})
}

func signIn(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p := signInPage{Login: v.form("login"), Next: localPath(v.form("next")), Held: v.form("held"), Files: v.form("files"), Expired: v.form("held") != ""}
	token, person, err := v.Accounts.SignIn(v.ctx, p.Login, v.r.PostFormValue("password"))
	switch {
	case err == nil && person.Half:
		v.setSession(token)
		return v.secondStep(p, token)
	case err == nil:
		return v.enter(p, token, person)
	case errors.Is(err, accounts.ErrSignIn):
		p.Problem = v.t("账号或密码不对，请再试一次。")
	case errors.Is(err, accounts.ErrLocked):
		p.Problem = v.locked(err)
	default:
		return err
	}
	return v.signInPage(http.StatusUnprocessableEntity, p)
}

// enter lets somebody in whose session just began: to the page, or on with what
// was held.
func (v *visit) enter(p signInPage, token string, person accounts.Person) error {
	v.setSession(token)
	v.setCookie(loginCookie, person.Login, loginAge)
	if p.Held != "" {
		return v.resend(p.Held, token, person, false)
	}
	return v.to(p.Next)
}

// locked says until when nobody gets in.
func (v *visit) locked(err error) string {
	if e, ok := errors.AsType[*accounts.LockedError](err); ok {
		return v.t("错的次数太多，这个账号锁定到 %s，请那以后再试。不是您本人试的，请告诉管理员。", v.local(e.Until.Add(time.Minute-1)).Format("15:04"))
	}
	return v.t("错的次数太多，这个账号暂时锁定了，请过几分钟再试。")
}

func signOut(v *visit) error {
	if err := v.Accounts.SignOut(v.ctx, v.token()); err != nil {
		return err
	}
	v.setSession("")
	return v.to("/signin")
}

type setupPage struct {
	frame
	Token, Login, Name string
	Problem            string
}

func setupForm(v *visit) error {
	needs, err := v.Accounts.NeedsSetup(v.ctx)
	if err != nil {
		return err
	}
	if !needs {
		return v.to("/signin")
	}
	return v.show("setup", setupPage{frame: v.page(v.t("第一次使用")), Token: v.query("token")})
}

// setup makes the first account, with the token that only the operator saw.
func setup(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p := setupPage{Token: v.form("token"), Login: v.form("login"), Name: v.form("name")}
	password := v.r.PostFormValue("password")
	again := v.r.PostFormValue("again")
	var err error
	if password != again {
		p.Problem = v.t("两次输入的密码不一样。")
	} else if _, err = v.Accounts.SignUp(v.ctx, p.Token, p.Login, p.Name, password); err == nil {
		token, _, err := v.Accounts.SignIn(v.ctx, p.Login, password)
		if err != nil {
			return err
		}
		v.setSession(token)
		return v.to("/start", "done", "welcome")
	}
	switch {
	case err == nil:
	case errors.Is(err, accounts.ErrNoSession):
		p.Problem = v.t("这个地址已经用过或过期了。请用程序最近一次启动时打印的地址。")
	case errors.Is(err, store.ErrConflict):
		return v.to("/signin")
	default:
		if p.Problem = v.accountProblem(err); p.Problem == "" {
			return err
		}
	}
	p.frame = v.page(v.t("第一次使用"))
	return v.showAs(http.StatusUnprocessableEntity, "setup", p)
}

// weak says why a password is guessed soon, and what to do instead.
func (v *visit) weak(err error) string {
	instead := v.t("换成三四个互不相干的词，中间空一格，例如您自己才会想到的一句话；越长越好，不必加符号。")
	weak, ok := errors.AsType[*accounts.Weak](err)
	switch {
	case ok && weak.Why == accounts.WeakName && weak.Word != "":
		return v.t("密码里有“%s”：认识您或这个单位的人会先试它。", weak.Word) + instead
	case ok && weak.Why == accounts.WeakPattern:
		return v.t("这个密码是连着的数字、字母、键或日期，几下就能猜中。") + instead
	case ok && weak.Why == accounts.WeakShort:
		return v.t("这个密码太短，程序很快就能试出来。") + instead
	}
	return v.t("这个密码里是最常用的词，别人几次就能猜中。") + instead
}

// accountProblem says what is wrong with an account, or nothing if the error is
// of another kind.
func (v *visit) accountProblem(err error) string {
	switch {
	case errors.Is(err, accounts.ErrCommon):
		return v.weak(err)
	case errors.Is(err, accounts.ErrPassword):
		return v.t("密码至少 10 个字符，并且不能与账号相同。")
	case errors.Is(err, accounts.ErrAdministers):
		return v.t("管理员不能同时初审、复审、保密审查或发布：分配权限的人不经手内容。请另外给发布的人开账号。")
	case errors.Is(err, accounts.ErrAudits):
		return v.t("督查人员不能同时起草、审核、发布或管理账号：看记录的人不能自己留下记录。")
	case errors.Is(err, accounts.ErrContractor):
		return v.t("外聘人员只能起草，不能审核、发布，也不能有别的角色。")
	case errors.Is(err, accounts.ErrDepartment):
		return v.t("这个部门不属于所选的站点。")
	case errors.Is(err, accounts.ErrLastAdministrator):
		return v.t("这是最后一位管理全部站点的管理员，先让别人也担任管理员再改。")
	case errors.Is(err, accounts.ErrNoRole):
		return v.t("请至少选一个角色。")
	case errors.Is(err, accounts.ErrSame):
		return v.t("新密码和现在的一样，请换一个。")
	case errors.Is(err, accounts.ErrSelf):
		return v.t("不能是本人。")
	case errors.Is(err, accounts.ErrDays):
		return v.t("请检查日期：最后一天不能早于第一天和今天，最长一年。")
	case errors.Is(err, accounts.ErrNotTheirs):
		return v.t("请至少选一个角色；只能代办本人有的起草、审核、发布角色。")
	case errors.Is(err, accounts.ErrOverlap):
		return v.t("这几天里这个角色已经有人代办了。")
	case errors.Is(err, accounts.ErrChain):
		return v.t("这几天里代办人自己也请了人代办，或者本人正在替别人代办。请先结束那一项。")
	case errors.Is(err, accounts.ErrAway):
		return v.t("这个账号已停用。")
	case errors.Is(err, accounts.ErrReceiver):
		return v.t("接手人看不到这些稿子：他要管同一个部门、同一个站点，或者更大的范围。")
	case errors.Is(err, accounts.ErrNotAllowed):
		return v.t("只有本人和管理员可以安排。")
	case errors.Is(err, accounts.ErrInvalid):
		return v.t("账号要 2 到 40 个字符，不能有空格和冒号。")
	case errors.Is(err, store.ErrConflict):
		return v.t("这个账号已经有人用了。")
	}
	return ""
}

// done says what was done just before this page.
func (v *visit) done() string {
	switch v.query("done") {
	case "welcome":
		return v.t("账号已建立，欢迎使用。")
	case "published":
		return v.t("已发布，正在送到屏幕。")
	case "draft":
		return v.t("草稿已保存。")
	case "submitted":
		return v.t("已送审。审核通过或退回，都会在“待办”里告诉您。")
	case "withdrawn":
		return v.t("已撤回，可以修改了。")
	case "approved":
		return v.t("已签名，送到下一步。")
	case "returned":
		return v.t("已退回起草人，原因已经告诉他。")
	case "outside":
		return v.t("已送外部审查。收到答复以前，这一条不会往下走。")
	case "replied":
		return v.t("答复已记下，请继续做保密审查。")
	case "down":
		return v.t("已下架，屏幕马上换掉；离线的屏重新连上后立即执行。")
	case "paired":
		return v.t("配对成功，屏幕正在下载内容。")
	case "readmitted":
		return v.t("已找回，屏幕接着显示原来的内容。")
	case "readmitted-all":
		return v.t("能找回的都已找回，它们接着显示原来的内容。")
	case "readmitted-none":
		return v.t("这次没有找回：设备断开了，或者同事已经处理。现在的情形在下面。")
	case "replaced":
		return v.t("新设备接替了这块屏，正在下载内容。旧设备再连上来，会被告知停止。")
	case "retired":
		return v.t("已停用。它显示过什么，仍在公告的显示记录里。")
	case "raised":
		return v.t("预警已发出，正在占满范围内的所有屏幕。")
	case "lifted":
		return v.t("已发出解除，屏幕显示“解除”五分钟后恢复正常。")
	case "sent":
		return v.t("命令已发出，结果在下面。")
	case "acceptance":
		return v.t("验收完成，记录已保存。")
	case "backup":
		return v.t("已开始备份，进展在下面。")
	case "backup-check":
		return v.t("已开始核对，结果会出现在表里。")
	case "recalled":
		return v.t("已请屏幕交回，收到后自动放回并重新发布。")
	case "line-pass":
		return v.t("本月已放行，屏会在十分钟内接着下载。")
	case "line-hold":
		return v.t("已收回放行，大文件等到下月。")
	case "tried":
		return v.t("试发的已经上路，一两分钟内送到；结果看下面。")
	case "taken":
		return v.t("已接手，同事看得到。")
	case "pictures":
		return v.t("已请这些屏截屏，画面陆续换成新的。")
	case "programme":
		return v.t("已保存，新的安排正在送到屏幕。")
	case "crowded":
		return v.t("已保存，设置正在送到屏幕。注意：这块屏现在一轮超过 3 分钟，请看它的播放预报。")
	case "screen":
		return v.t("已保存，设置正在送到屏幕。")
	case "columns":
		return v.t("已保存，新的栏目正在送到屏幕。")
	case "words":
		return v.t("词表已保存，下一次检查就用新的。")
	case "package":
		return v.t("程序包已收下，签名正确。")
	case "rollout":
		return v.t("更新已开始，先推给少数几块屏。")
	case "rollout-pause":
		return v.t("已暂停，还没开始的屏先不更新。")
	case "rollout-resume":
		return v.t("已继续。")
	case "rollout-next":
		return v.t("已进入下一步。")
	case "rollout-stop":
		return v.t("已停下，还没开始的屏已撤回。")
	case "rollout-back":
		return v.t("正在请所有屏退回旧版；运行过新版的设备可能拒绝，原因写在下面。")
	case "password":
		return v.t("密码已换好。")
	case "person":
		return v.t("已保存。")
	case "factor":
		return v.t("二次验证已设好，下次登录起要用。")
	case "unfactor":
		return v.t("已删除。")
	case "others":
		return v.t("别处的登录都已结束。")
	case "reset":
		return v.t("二次验证已重置，他已退出登录。请让他马上登录，重新设置。")
	case "signedout":
		return v.t("他在所有地方的登录都已结束。")
	}
	return ""
}
