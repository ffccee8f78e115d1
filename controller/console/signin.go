package console

import (
	"errors"
	"net/http"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// sessionAge is how long a browser keeps the cookie; the session ends by its own
// rules before that.
const sessionAge = 7 * 24 * time.Hour

type signInPage struct {
	frame
	Login, Next string
	Problem     string
	Setup       bool // nobody has signed up yet
}

// home leads to what matters to the person most.
func home(v *visit) error {
	if v.person.Has(writes...) || !v.person.Has(tends...) {
		return v.to("/notices")
	}
	return v.to("/screens")
}

func signInForm(v *visit) error {
	if v.person.ID != "" {
		return v.to("/")
	}
	needs, err := v.Accounts.NeedsSetup(v.ctx)
	if err != nil {
		return err
	}
	return v.show("signin", signInPage{frame: v.page(v.t("登录")), Next: localPath(v.query("next")), Setup: needs})
}

func signIn(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	p := signInPage{Login: v.form("login"), Next: localPath(v.form("next"))}
	token, _, err := v.Accounts.SignIn(v.ctx, p.Login, v.r.PostFormValue("password"))
	switch {
	case err == nil:
		v.setCookie(sessionCookie, token, sessionAge)
		return v.to(p.Next)
	case errors.Is(err, accounts.ErrSignIn):
		p.Problem = v.t("账号或密码不对，请再试一次。")
	case errors.Is(err, accounts.ErrLocked):
		p.Problem = v.t("密码错的次数太多，这个账号暂时锁定了，请过几分钟再试。")
	default:
		return err
	}
	p.frame = v.page(v.t("登录"))
	return v.showAs(http.StatusUnprocessableEntity, "signin", p)
}

func signOut(v *visit) error {
	if err := v.Accounts.SignOut(v.ctx, v.token()); err != nil {
		return err
	}
	v.setCookie(sessionCookie, "", 0)
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
	if err := v.r.ParseForm(); err != nil {
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
		v.setCookie(sessionCookie, token, sessionAge)
		return v.to("/notices", "done", "welcome")
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

// accountProblem says what is wrong with an account, or nothing if the error is
// of another kind.
func (v *visit) accountProblem(err error) string {
	switch {
	case errors.Is(err, accounts.ErrPassword):
		return v.t("密码至少 10 个字符，并且不能与账号相同。")
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
	case "down":
		return v.t("已下架，屏幕马上换掉；离线的屏重新连上后立即执行。")
	case "paired":
		return v.t("配对成功，屏幕正在下载内容。")
	case "raised":
		return v.t("预警已发出，正在占满范围内的所有屏幕。")
	case "lifted":
		return v.t("已发出解除，屏幕显示“解除”五分钟后恢复正常。")
	case "sent":
		return v.t("命令已发出，结果在下面。")
	case "programme":
		return v.t("已保存，新的安排正在送到屏幕。")
	case "crowded":
		return v.t("已保存，设置正在送到屏幕。注意：这块屏现在一轮超过 3 分钟，请看它的播放预报。")
	case "screen":
		return v.t("已保存，设置正在送到屏幕。")
	case "person":
		return v.t("已保存。")
	}
	return ""
}
