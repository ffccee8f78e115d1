package console

import (
	"errors"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// The parts of the page of oneself that are sent by themselves, besides those of
// the page of a person.
const (
	partCodes    = "codes"    // begins to set an authenticator up
	partRecovery = "recovery" // new recovery codes
	partRemove   = "remove"   // takes a factor away
	partOthers   = "others"   // ends all other sessions
)

// selfPage is the page of oneself: who one is, the own password and second
// factors, where one is signed in, and who stands in while one is away.
type selfPage struct {
	personPage
	Present []sessionRow
	Recent  []recordRow // signing in and what belongs to it

	KeyName   string // of a passkey, as it was typed
	NoPasskey string // why browsers would refuse passkeys here
}

// sessionRow is a place where somebody is signed in.
type sessionRow struct {
	Browser, Origin, With string
	Since, Used           string
	Own                   bool // the one of this page
}

func showSelf(v *visit) error { return v.self("", "") }

func (v *visit) self(of, wrong string) error {
	a, err := v.Store.Account(v.ctx, v.person.ID)
	if err != nil {
		return err
	}
	p := selfPage{personPage: personPage{
		frame: v.page(v.t("我的账号")), ID: a.ID, Login: a.Login, Form: accounts.DetailsOf(a), Words: v.roleWords(a.Roles), Self: true, Must: a.MustChange, Of: of, Wrong: wrong,
	}}
	p.KeyName = v.form("name")
	_, p.NoPasskey = v.party()
	names, err := v.departmentLabels()
	if err != nil {
		return err
	}
	p.Where = v.placeOf(a, names)
	if err := v.deputiesOf(&p.personPage, a); err != nil {
		return err
	}
	if p.Second, err = v.secondView(a); err != nil {
		return err
	}
	if p.Present, err = v.sessionRows(); err != nil {
		return err
	}
	if p.Recent, err = v.signIns(a.Login); err != nil {
		return err
	}
	if wrong != "" {
		return v.refused("self", p)
	}
	return v.show("self", p)
}

// recentSignIns is how many lines of the audit log the page of oneself shows.
const recentSignIns = 8

// signIns lists what happened lately to a login when somebody signed in, or tried.
func (v *visit) signIns(login string) (out []recordRow, err error) {
	for _, kind := range []string{"session", "factor"} {
		rows, err := v.Store.FindRecords(v.ctx, store.AuditFilter{Subject: login, Kind: kind, Limit: recentSignIns})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, v.recordRow(r))
		}
	}
	sortRecords(out)
	return out[:min(len(out), recentSignIns)], nil
}

func changeSelf(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	part, done := v.form("do"), "person"
	a, err := v.Store.Account(v.ctx, v.person.ID)
	if err != nil {
		return err
	}
	present := v.r.PostFormValue("present")
	switch part {
	case partPassword:
		err = v.ownPassword()
		done = "password"
	case partDeputy:
		err = v.deputise(a)
	case partEnd:
		err = v.endDeputy(a.Login)
	case partCodes:
		if err = v.Accounts.BeginCodes(v.ctx, v.person, present); err == nil {
			return v.to("/me/codes")
		}
	case partPasskey:
		if err = v.beginPasskey(present); err == nil {
			return nil
		}
	case partRecovery:
		var codes []string
		if codes, err = v.Accounts.NewRecovery(v.ctx, v.person, present); err == nil {
			return v.showRecovery(codes)
		}
	case partRemove:
		err = v.Accounts.RemoveFactor(v.ctx, v.person, v.form("factor"), present)
		done = "unfactor"
	case partOthers:
		err = v.Accounts.EndOthers(v.ctx, v.person)
		done = "others"
	default:
		return store.ErrNotFound
	}
	var said sayError
	switch text := v.accountProblem(err); {
	case errors.As(err, &said):
		return v.self(part, string(said))
	case errors.Is(err, accounts.ErrSignIn):
		return v.self(part, v.t("现在的密码不对。"))
	case errors.Is(err, accounts.ErrLocked):
		return v.self(part, v.locked(err))
	case errors.Is(err, accounts.ErrRequired):
		return v.self(part, v.t("您的角色必须有二次验证，这是最后一个，不能删。先加一个别的，再删这个。"))
	case text != "":
		return v.self(part, text)
	case err != nil:
		return err
	}
	if done == "password" && v.person.MustChange {
		return v.to("/", "done", done)
	}
	return v.to("/me", "done", done)
}

func (v *visit) ownPassword() error {
	password := v.r.PostFormValue("password")
	if password != v.r.PostFormValue("again") {
		return sayError(v.t("两次输入的密码不一样。"))
	}
	token, err := v.Accounts.OwnPassword(v.ctx, v.person, v.r.PostFormValue("present"), password)
	if err != nil {
		return err
	}
	v.setSession(token)
	return nil
}
