package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rsc.io/qr"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// secondView is what an account has besides a password, in words.
type secondView struct {
	Codes    bool // an authenticator
	Rows     []factorRow
	Recovery int
	Required bool
	EnrolBy  string // until when one is to be set up
	Reset    string // when an administrator took them away
	ResetBy  string
}

type factorRow struct {
	ID, Kind, Name string
	Since, Used    string
}

func (v *visit) factorName(kind string) string {
	switch kind {
	case string(store.Codes):
		return v.t("身份验证器")
	case string(store.Passkey):
		return v.t("通行密钥")
	case accounts.Recovery:
		return v.t("恢复码")
	}
	return v.t("密码")
}

func (v *visit) secondView(a store.Account) (secondView, error) {
	s, err := v.Accounts.SecondOf(v.ctx, a)
	if err != nil {
		return secondView{}, err
	}
	out := secondView{Codes: s.Has(store.Codes), Recovery: s.Recovery, Required: s.Required}
	for _, f := range s.Factors {
		out.Rows = append(out.Rows, factorRow{ID: f.ID, Kind: v.factorName(string(f.Kind)), Name: f.Name, Since: v.clock(f.Created), Used: v.clock(f.Used)})
	}
	if len(s.Factors) == 0 && s.Required && !a.FactorDue.IsZero() {
		out.EnrolBy = v.clock(a.FactorDue)
	}
	if !a.ResetAt.IsZero() {
		out.Reset, out.ResetBy = v.clock(a.ResetAt), v.actor(a.ResetBy)
	}
	return out, nil
}

// sessionRows lists where the visitor is signed in.
func (v *visit) sessionRows() (out []sessionRow, err error) {
	all, err := v.Accounts.Sessions(v.ctx, v.person.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		out = append(out, sessionRow{
			Browser: v.browserName(s.Browser), Origin: s.Origin, With: v.factorName(s.Factor), Since: v.clock(s.Created), Used: v.clock(s.Used),
			Own: fmt.Sprintf("%x", s.Hash) == v.person.Session,
		})
	}
	slices.SortStableFunc(out, func(a, b sessionRow) int {
		switch {
		case a.Own == b.Own:
			return 0
		case a.Own:
			return -1
		}
		return 1
	})
	return out, nil
}

// browserName puts what a browser calls itself into words: the program and what
// it runs on, as far as that can be told.
func (v *visit) browserName(agent string) string {
	find := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	program := find("Edg/", "Edge", "QQBrowser", "QQ", "360SE", "360", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	name := strings.Trim(program+" · "+system, " ·")
	return cmp.Or(name, v.t("不认识的浏览器"))
}

func sortRecords(rows []recordRow) {
	slices.SortFunc(rows, func(a, b recordRow) int { return cmp.Compare(b.ID, a.ID) })
}

// wayIn puts the detail of a line about signing in into words.
func (v *visit) wayIn(r store.Record) string {
	kind, name, _ := strings.Cut(r.Detail, " ")
	switch r.Action {
	case "session.begin":
		return v.factorName(kind)
	case "session.refused":
		if kind == "code" {
			return v.t("验证码")
		}
		return v.t("密码")
	case "factor.add", "factor.remove":
		return strings.TrimSpace(v.factorName(kind) + " " + name)
	case "factor.reset":
		return ""
	}
	return r.Detail
}

// --- the second step of signing in

type secondPage struct {
	frame
	Name, Next, Held, Files string
	Codes                   bool
	Recovery                int
	Problem                 string
	Asked                   string // what passkeys are asked for; empty: nothing
}

// secondStep leads on from a password that was right.
func (v *visit) secondStep(p signInPage, token string) error {
	if p.Held == "" {
		if p.Next == "/" {
			return v.to("/signin/second")
		}
		return v.to("/signin/second", "next", p.Next)
	}
	person, s, err := v.Accounts.Half(v.ctx, token)
	if err != nil {
		return err
	}
	return v.showSecond(http.StatusOK, token, person, s, secondPage{Next: p.Next, Held: p.Held, Files: p.Files})
}

func (v *visit) showSecond(status int, token string, person accounts.Person, s accounts.Second, p secondPage) (err error) {
	if party, why := v.party(); why == "" && s.Has(store.Passkey) {
		if p.Asked, err = v.Accounts.AskStep(v.ctx, token, party); err != nil {
			return err
		}
	}
	p.frame = v.page(v.t("二次验证"))
	p.Name, p.Codes, p.Recovery = person.Name, s.Has(store.Codes), s.Recovery
	return v.showAs(status, "second", p)
}

func secondForm(v *visit) error {
	person, s, err := v.Accounts.Half(v.ctx, v.token())
	if errors.Is(err, accounts.ErrNoSession) {
		return v.to("/signin")
	}
	if err != nil {
		return err
	}
	return v.showSecond(http.StatusOK, v.token(), person, s, secondPage{Next: localPath(v.query("next"))})
}

func second(v *visit) error {
	p := secondPage{Next: localPath(v.form("next")), Held: v.form("held"), Files: v.form("files")}
	in := signInPage{Next: p.Next, Held: p.Held, Files: p.Files, Expired: p.Held != ""}
	person, s, err := v.Accounts.Half(v.ctx, v.token())
	if err == nil {
		var token string
		token, person, err = v.step(person)
		if err == nil {
			return v.enter(in, token, person)
		}
	}
	switch {
	case errors.Is(err, accounts.ErrNoSession):
		in.Problem = v.t("两步之间隔得太久，请从密码开始再登录一次。")
		return v.signInPage(http.StatusUnprocessableEntity, in)
	case errors.Is(err, accounts.ErrCode) && v.form("answer") != "", errors.Is(err, accounts.ErrStale):
		p.Problem = v.passkeyProblem(err)
	case errors.Is(err, accounts.ErrCode):
		p.Problem = v.t("验证码不对，或者已经用过。验证码每 30 秒换一个，请用新的；手机时间不准也会这样。")
	case errors.Is(err, accounts.ErrLocked):
		p.Problem = v.locked(err)
	default:
		return err
	}
	return v.showSecond(http.StatusUnprocessableEntity, v.token(), person, s, p)
}

// step takes the second step with what was sent.
func (v *visit) step(half accounts.Person) (string, accounts.Person, error) {
	var token string
	var person accounts.Person
	var err error
	if answer := v.r.PostFormValue("answer"); answer != "" {
		party, _ := v.party() // of another one no passkey is good
		token, person, err = v.Accounts.StepPasskey(v.ctx, v.token(), party, answer)
	} else {
		token, person, err = v.Accounts.Step(v.ctx, v.token(), v.form("otp"))
	}
	if err != nil {
		return "", half, err
	}
	return token, person, nil
}

// --- setting an authenticator up

type codesPage struct {
	frame
	Picture qrPicture
	Groups  []string // the key to be typed
	Login   string
	Wrong   string
}

// qrPicture is a QR code as a drawing: one path over squares of one unit.
type qrPicture struct {
	Size int
	Path string
}

// quiet is the margin around a QR code in modules (ISO/IEC 18004, 9.1).
const quiet = 4

func drawQR(text string) (qrPicture, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrPicture{}, fmt.Errorf("make a QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return qrPicture{Size: code.Size + 2*quiet, Path: path.String()}, nil
}

func codesForm(v *visit) error { return v.codes("") }

func (v *visit) codes(wrong string) error {
	e, err := v.Accounts.PendingCodes(v.ctx, v.person, v.Office)
	if errors.Is(err, accounts.ErrStale) {
		return v.to("/me")
	}
	if err != nil {
		return err
	}
	p := codesPage{frame: v.page(v.t("设置身份验证器")), Login: v.person.Login, Wrong: wrong}
	if p.Picture, err = drawQR(e.Address); err != nil {
		return err
	}
	for rest := e.Secret; rest != ""; {
		n := min(4, len(rest))
		p.Groups, rest = append(p.Groups, rest[:n]), rest[n:]
	}
	if wrong != "" {
		return v.refused("codes", p)
	}
	return v.show("codes", p)
}

func confirmCodes(v *visit) error {
	codes, err := v.Accounts.ConfirmCodes(v.ctx, v.person, v.form("otp"))
	switch {
	case errors.Is(err, accounts.ErrCode):
		return v.codes(v.t("验证码不对。请看手机上这一项现在的 6 位数字；一直不对的话，请看手机时间准不准。"))
	case errors.Is(err, accounts.ErrStale):
		return v.to("/me")
	case err != nil:
		return err
	}
	if codes == nil {
		return v.to("/me", "done", "factor")
	}
	return v.showRecovery(codes)
}

type recoveryPage struct {
	frame
	Login string
	Codes []string
	On    string
}

// showRecovery shows recovery codes this once.
func (v *visit) showRecovery(codes []string) error {
	v.person.EnrolBy, v.person.MustEnrol = time.Time{}, false // that is done
	p := recoveryPage{frame: v.page(v.t("恢复码")), Login: v.person.Login, Codes: codes, On: v.local(v.Now()).Format("2006-01-02")}
	return v.show("recovery", p)
}
