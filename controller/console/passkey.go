package console

import (
	"errors"
	"net"
	"net/http"
	"net/url"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// partPasskey begins to add a passkey.
const partPasskey = "passkey"

// party is the console as passkeys know it: by its public address, or as the
// request says. why says in words why browsers would refuse passkeys here, and is
// empty where they take them: they need https or this very machine, and a name.
func (v *visit) party() (p accounts.Party, why string) {
	base := v.PublicURL
	if base == "" {
		base = "http://" + v.r.Host
		if v.r.TLS != nil {
			base = "https://" + v.r.Host
		}
	}
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return p, v.t("通行密钥在这个地址用不了。")
	}
	p = accounts.Party{ID: u.Hostname(), Origin: u.Scheme + "://" + u.Host, Name: v.Office}
	switch {
	case u.Scheme != "https" && p.ID != "localhost":
		return p, v.t("通行密钥要通过 https 打开本系统才能用。请技术人员装好证书。")
	case net.ParseIP(p.ID) != nil:
		return p, v.t("通行密钥要用域名打开本系统才能用，不能用 IP 地址。")
	case v.PublicURL != "" && v.r.Host != u.Host:
		return p, v.t("请用 %s 打开本系统，才能用通行密钥。", p.Origin)
	}
	return p, ""
}

// askedAtSignIn is what the sign-in page asks a passkey for; nothing where there
// can be none.
func (v *visit) askedAtSignIn() (string, error) {
	p, why := v.party()
	if why != "" {
		return "", nil
	}
	return v.Accounts.AskPasskey(p)
}

// signInPage draws the sign-in page.
func (v *visit) signInPage(status int, p signInPage) error {
	var err error
	if p.Asked, err = v.askedAtSignIn(); err != nil {
		return err
	}
	p.frame = v.page(v.t("登录"))
	return v.showAs(status, "signin", p)
}

// enterPasskey signs in with a passkey alone.
func enterPasskey(v *visit) error {
	p := signInPage{Next: localPath(v.form("next")), Held: v.form("held"), Files: v.form("files"), Expired: v.form("held") != ""}
	party, why := v.party()
	if why != "" {
		p.Problem = why
		return v.signInPage(http.StatusUnprocessableEntity, p)
	}
	token, person, err := v.Accounts.EnterPasskey(v.ctx, party, v.r.PostFormValue("answer"))
	if err == nil {
		return v.enter(p, token, person)
	}
	if p.Problem = v.passkeyProblem(err); p.Problem == "" {
		return err
	}
	return v.signInPage(http.StatusUnprocessableEntity, p)
}

func (v *visit) passkeyProblem(err error) string {
	switch {
	case errors.Is(err, accounts.ErrStale):
		return v.t("这一页放得太久，请再试一次。")
	case errors.Is(err, accounts.ErrLocked):
		return v.locked(err)
	case errors.Is(err, accounts.ErrCode):
		v.Log.Info("a passkey was refused", "origin", v.person.Origin, "error", err)
		return v.t("这个通行密钥不能用：不是为本系统设的，或者已经删除。请用密码登录。")
	}
	return ""
}

type passkeyPage struct {
	frame
	Name, Asked string
}

// beginPasskey shows the page on which the browser makes a passkey.
func (v *visit) beginPasskey(present string) error {
	party, why := v.party()
	if why != "" {
		return sayError(why)
	}
	name := v.form("name")
	if name == "" {
		name = v.browserName(v.r.UserAgent())
	}
	asked, err := v.Accounts.BeginPasskey(v.ctx, v.person, party, present)
	if errors.Is(err, store.ErrConflict) {
		return sayError(v.t("通行密钥太多了，请先删掉不用的。"))
	}
	if err != nil {
		return err
	}
	return v.show("passkey", passkeyPage{frame: v.page(v.t("添加通行密钥")), Name: name, Asked: asked})
}

// addPasskey takes what the browser made.
func addPasskey(v *visit) error {
	party, why := v.party()
	if why != "" {
		return v.self(partPasskey, why)
	}
	codes, err := v.Accounts.AddPasskey(v.ctx, v.person, party, v.form("name"), v.r.PostFormValue("answer"))
	switch {
	case errors.Is(err, accounts.ErrStale):
		return v.self(partPasskey, v.t("这一页放得太久，请再试一次。"))
	case errors.Is(err, accounts.ErrCode), errors.Is(err, store.ErrConflict):
		v.Log.Info("a new passkey was refused", "origin", v.person.Origin, "error", err)
		return v.self(partPasskey, v.t("没有加上，请再试一次。"))
	case err != nil:
		return err
	case codes == nil:
		return v.to("/me", "done", "factor")
	}
	return v.showRecovery(codes)
}
