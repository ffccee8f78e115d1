package console

import (
	"errors"
	"slices"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

type personPage struct {
	frame
	Receiver    string // of a hand-over that was refused
	ID, Login   string
	Form        accounts.Details
	State, Tone string
	Seen, Since string
	Where       string
	Words       string
	Waits       int   // notices that wait for one of the roles
	Unfinished  int64 // written and not in force yet
	Sites       []option
	Places      []option
	Roles       []roleChoice
	Deputies    []deputyRow
	Deputy      deputyForm
	Self        bool // the page of oneself
	Own         bool // an administrator looks at himself
	Must        bool // a password must be chosen first
	Problem     string
	Wrong       string // beside the part of the page that was sent
	Of          string // which part
	Second      secondView
	Sessions    int // that are open now
}

type deputyRow struct {
	store.Deputy
	PersonName, DeputyName string
	Words                  string
	Days                   string
	State, Tone            string
	CanEnd                 bool
}

type deputyForm struct {
	Login, From, To, Reason string
	Roles                   []roleChoice
}

// The parts of the page of a person that are sent by themselves.
const (
	partDetails  = "details"
	partPassword = "password"
	partHandOver = "handover"
	partDeputy   = "deputy"
	partEnd      = "end"
	partReset    = "reset"   // takes somebody's second factors away
	partSignOut  = "signout" // ends somebody's sessions
)

func (v *visit) account() (store.Account, error) {
	a, err := v.Store.Account(v.ctx, v.r.PathValue("person"))
	if err != nil {
		return a, err
	}
	return a, v.manages(a)
}

func (v *visit) personPage(a store.Account, d accounts.Details) (personPage, error) {
	p := personPage{
		Receiver: v.form("receiver"),
		frame:    v.page(a.Name), ID: a.ID, Login: a.Login, Form: d, Seen: v.clock(a.Seen), Since: v.local(a.Created).Format("2006-01-02"),
		Roles: v.roleChoices(d.Roles), Words: v.roleWords(a.Roles), Own: a.ID == v.person.ID,
	}
	p.State, p.Tone = v.accountState(a)
	names, err := v.departmentLabels()
	if err != nil {
		return p, err
	}
	p.Where = v.placeOf(a, names)
	own, err := v.own()
	if err != nil {
		return p, err
	}
	p.Sites = v.siteOptions(own, d.Site)
	if p.Places, err = v.departmentOptions(d.Department); err != nil {
		return p, err
	}
	if p.Unfinished, err = v.Store.CountUnfinished(v.ctx, a.Login); err != nil {
		return p, err
	}
	if p.Waits, err = v.waitsFor(a); err != nil {
		return p, err
	}
	if p.Second, err = v.secondView(a); err != nil {
		return p, err
	}
	open, err := v.Accounts.Sessions(v.ctx, a.ID)
	if err != nil {
		return p, err
	}
	p.Sessions = len(open)
	return p, v.deputiesOf(&p, a)
}

// stageOf is the stage in which a notice waits for a role.
var stageOf = map[accounts.Role]review.Stage{
	accounts.FirstReviewer: review.Stage(review.FirstReview), accounts.SecondReviewer: review.Stage(review.SecondReview),
	accounts.Secrecy: review.Stage(review.SecrecyReview), accounts.Releaser: review.Stage(review.Release),
}

// waitsFor counts the notices that wait for somebody with one of the roles of an
// account, where it acts.
func (v *visit) waitsFor(a store.Account) (int, error) {
	f := store.NoticeFilter{Department: a.Department}
	for _, r := range a.Roles {
		if s, ok := stageOf[accounts.Role(r)]; ok {
			f.Stages = append(f.Stages, s)
		}
	}
	if len(f.Stages) == 0 {
		return 0, nil
	}
	if a.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return 0, err
		}
		f.Sites = tree.Subtree(a.Site)
	}
	return v.Store.CountNotices(v.ctx, f)
}

// deputiesOf adds who stands in for whom, and an empty form for another
// arrangement.
func (v *visit) deputiesOf(p *personPage, a store.Account) error {
	rows, err := v.Accounts.Deputies(v.ctx, a.Login, 30)
	if err != nil {
		return err
	}
	if p.Deputies, err = v.deputyRows(rows, a.Login); err != nil {
		return err
	}
	var chosen []accounts.Role
	for _, r := range v.r.PostForm["role"] {
		chosen = append(chosen, accounts.Role(r))
	}
	p.Deputy = deputyForm{Login: v.form("deputy"), From: v.form("from"), To: v.form("to"), Reason: v.form("reason")}
	if p.Deputy.From == "" {
		p.Deputy.From = v.today().String()
	}
	for _, c := range v.roleChoices(chosen) {
		for _, r := range a.Roles {
			if string(c.Value) == r && (stageOf[accounts.Role(r)] != "" || r == string(accounts.Drafter)) {
				c.Chosen = c.Chosen || p.Of != partDeputy
				p.Deputy.Roles = append(p.Deputy.Roles, c)
			}
		}
	}
	return nil
}

// deputyRows puts arrangements into words. login may end his own.
func (v *visit) deputyRows(rows []store.Deputy, login string) (out []deputyRow, err error) {
	names := map[string]string{}
	name := func(login string) string {
		if names[login] == "" {
			names[login] = login
			if a, err := v.Store.AccountByLogin(v.ctx, login); err == nil {
				names[login] = a.Name
			}
		}
		return names[login]
	}
	today := v.today()
	for _, d := range rows {
		r := deputyRow{Deputy: d, PersonName: name(d.Person), DeputyName: name(d.Deputy), Words: v.roleWords(d.Roles), Days: v.t("%s 至 %s", d.From.String(), d.To.String())}
		switch {
		case !d.Ended.IsZero():
			r.State, r.Tone = v.t("提前结束于 %s", v.clock(d.Ended)), "quiet"
		case d.On(today):
			r.State, r.Tone = v.t("正在代办"), "good"
		case today.Compare(d.To) > 0:
			r.State, r.Tone = v.t("已到期"), "quiet"
		default:
			r.State, r.Tone = v.t("还没开始"), "warn"
		}
		r.CanEnd = d.Ended.IsZero() && today.Compare(d.To) <= 0 && (v.person.Has(accounts.Administrator) || v.person.Login == d.Person || v.person.Login == d.Deputy)
		out = append(out, r)
	}
	return out, nil
}

func showPerson(v *visit) error {
	a, err := v.account()
	if err != nil {
		return err
	}
	p, err := v.personPage(a, accounts.DetailsOf(a))
	if err != nil {
		return err
	}
	return v.show("person", p)
}

// changePerson does what one of the forms of the page asks for.
func changePerson(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	a, err := v.account()
	if err != nil {
		return err
	}
	part, done := v.form("do"), "person"
	if part == "" {
		part = partDetails
	}
	d := accounts.DetailsOf(a)
	again := func(problem string) error {
		p, err := v.personPage(a, d)
		if err != nil {
			return err
		}
		p.Wrong, p.Of = problem, part
		if part == partDeputy {
			if err := v.deputiesOf(&p, a); err != nil {
				return err
			}
		}
		return v.refused("person", p)
	}
	switch part {
	case partDetails:
		if d, err = v.details(); err != nil {
			return err
		}
		err = v.saveDetails(a, &d)
	case partPassword:
		return v.newPassword(a)
	case partHandOver:
		err = v.handOver(a)
	case partDeputy:
		err = v.deputise(a)
	case partEnd:
		err = v.endDeputy(a.Login)
	case partReset:
		done, err = "reset", v.Accounts.ResetFactors(v.ctx, v.person, a.ID)
	case partSignOut:
		done, err = "signedout", v.Accounts.EndSessions(v.ctx, v.person, a.ID)
	default:
		return store.ErrNotFound
	}
	var said sayError
	switch text := v.accountProblem(err); {
	case errors.As(err, &said):
		return again(string(said))
	case text != "":
		return again(text)
	case err != nil:
		return err
	}
	return v.to("/people/"+a.ID, "done", done)
}

// sayError is an error that the page says as it is.
type sayError string

func (e sayError) Error() string { return string(e) }

func (v *visit) saveDetails(a store.Account, d *accounts.Details) error {
	d.Login, d.MustChange = a.Login, a.MustChange
	administers := false
	for _, r := range d.Roles {
		administers = administers || r == accounts.Administrator
	}
	switch {
	case d.Name == "":
		return sayError(v.t("请填写姓名。"))
	case len(d.Roles) == 0:
		return sayError(v.t("请至少选一个角色。"))
	case a.ID == v.person.ID && (d.Disabled || d.Site != v.person.Site || !administers):
		return sayError(v.t("不能停用自己，也不能去掉自己的管理权限。"))
	}
	return v.Accounts.Change(v.ctx, v.person, a.ID, *d)
}

// newPassword makes a password for one sign-in and shows it this once.
func (v *visit) newPassword(a store.Account) error {
	password := accounts.FirstPassword()
	if err := v.Accounts.SetPassword(v.ctx, v.person, a.ID, password); err != nil {
		return err
	}
	p := cardsPage{frame: v.page(v.t("新密码")), Next: "/people/" + a.ID}
	p.Cards = []card{{Name: a.Name, Login: a.Login, Password: password, Words: v.roleWords(a.Roles), Address: v.address()}}
	return v.show("cards", p)
}

func (v *visit) handOver(a store.Account) error {
	if a.ID == v.person.ID {
		return sayError(v.t("不能停用自己，也不能去掉自己的管理权限。"))
	}
	login := v.form("receiver")
	to, err := v.Store.AccountByLogin(v.ctx, login)
	if errors.Is(err, store.ErrNotFound) || err == nil && v.manages(to) != nil {
		return sayError(v.t("没有这个账号：%s。请填接手人的账号。", login))
	}
	if err != nil {
		return err
	}
	_, err = v.Accounts.HandOver(v.ctx, v.person, a.ID, login, v.form("roles") != "")
	return err
}

func (v *visit) deputise(a store.Account) error {
	d := store.Deputy{Person: a.Login, Deputy: v.form("deputy"), Roles: v.r.PostForm["role"], Reason: v.form("reason")}
	from, to := schedule.Date{}, schedule.Date{}
	if from.UnmarshalText([]byte(v.form("from"))) != nil || to.UnmarshalText([]byte(v.form("to"))) != nil {
		return accounts.ErrDays
	}
	d.From, d.To = from, to
	if len([]rune(d.Reason)) > 100 {
		return sayError(v.t("原因最多 100 个字。"))
	}
	var err error
	d.Deputy, err = v.loginOf(d.Deputy)
	if err == nil {
		_, err = v.Accounts.Deputise(v.ctx, v.person, d)
	}
	if errors.Is(err, store.ErrNotFound) {
		return sayError(v.t("没有这个人：%s。请填代办人的姓名或账号。", d.Deputy))
	}
	return err
}

// loginOf finds the login of whom somebody calls by name or login. A name that
// several people bear is an error that asks for the login.
func (v *visit) loginOf(called string) (string, error) {
	called = strings.TrimSpace(called)
	_, err := v.Store.AccountByLogin(v.ctx, strings.ToLower(called))
	if called == "" || !errors.Is(err, store.ErrNotFound) {
		return called, err
	}
	rows, err := v.Store.People(v.ctx, store.PeopleFilter{Text: called, Limit: 1000})
	if err != nil {
		return called, err
	}
	rows = slices.DeleteFunc(rows, func(a store.Account) bool { return a.Name != called })
	switch len(rows) {
	case 0:
		return called, store.ErrNotFound
	case 1:
		return rows[0].Login, nil
	}
	return called, sayError(v.t("有 %d 个人叫%s，请填账号。", len(rows), called))
}

// endDeputy ends an arrangement in which a login stands on either side.
func (v *visit) endDeputy(login string) error {
	d, err := v.Store.Deputy(v.ctx, v.form("arrangement"))
	if err != nil {
		return err
	}
	if d.Person != login && d.Deputy != login {
		return store.ErrNotFound
	}
	return v.Accounts.EndDeputy(v.ctx, v.person, d.ID)
}

type deputiesPage struct {
	frame
	Rows []deputyRow
	Past bool
}

// listDeputies shows who stands in for whom at the visitor's sites.
func listDeputies(v *visit) error {
	p := deputiesPage{frame: v.page(v.t("代办")), Past: v.query("past") != ""}
	days := 0
	if p.Past {
		days = 400
	}
	rows, err := v.Accounts.Deputies(v.ctx, "", days)
	if err != nil {
		return err
	}
	var mine []store.Deputy
	reached := map[string]bool{}
	for _, d := range rows {
		if _, known := reached[d.Person]; !known {
			a, err := v.Store.AccountByLogin(v.ctx, d.Person)
			reached[d.Person] = err == nil && v.manages(a) == nil
		}
		if reached[d.Person] && (p.Past || d.Ended.IsZero()) {
			mine = append(mine, d)
		}
	}
	p.Rows, err = v.deputyRows(mine, "")
	if err != nil {
		return err
	}
	for i := range p.Rows {
		if a, err := v.Store.AccountByLogin(v.ctx, p.Rows[i].Person); err == nil {
			p.Rows[i].ID = a.ID // the page of the person
		}
	}
	return v.show("deputies", p)
}
