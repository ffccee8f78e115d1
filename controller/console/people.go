package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
)

type peoplePage struct {
	frame
	Query, State string
	Sites        []option
	Roles        []option
	States       []option
	Rows         []personRow
	Total        int
	First, Last  int
	Earlier      string
	Later        string
	Search       bool
}

type personRow struct {
	ID, Login, Name string
	Where           string // site and department
	Words           string // the roles in words
	State, Tone     string
	Seen            string
}

func (v *visit) roleName(r accounts.Role) string {
	switch r {
	case accounts.Drafter:
		return v.words("起草", "Drafter")
	case accounts.SecondReviewer:
		return v.words("复审", "Second reviewer")
	case accounts.FirstReviewer:
		return v.words("初审", "First reviewer")
	case accounts.Secrecy:
		return v.words("保密审查", "Secrecy reviewer")
	case accounts.Releaser:
		return v.words("发布", "Releaser")
	case accounts.Technician:
		return v.t("运维")
	case accounts.Auditor:
		return v.t("督查")
	case accounts.Administrator:
		return v.words("管理", "Administrator")
	}
	return string(r)
}

// roleDuty says in one sentence what a role may do.
func (v *visit) roleDuty(r accounts.Role) string {
	switch r {
	case accounts.Drafter:
		return v.t("写稿、改稿、送审。")
	case accounts.FirstReviewer:
		return v.t("看内容真不真、全不全，通过或退回。")
	case accounts.SecondReviewer:
		return v.t("分管领导把关，通过或退回。")
	case accounts.Secrecy:
		return v.t("逐项对照保密清单，通过、退回或送外部审查。")
	case accounts.Releaser:
		return v.t("最后放行上屏；下架、发预警、排播放。")
	case accounts.Technician:
		return v.t("配对屏幕、改屏幕设置、重启、截屏。")
	case accounts.Auditor:
		return v.t("只看不改：全部内容和审计记录。")
	case accounts.Administrator:
		return v.t("开账号、分角色、定审核流程；自己不审核、不发布。")
	}
	return ""
}

// roleChoice is a role with what it may do.
type roleChoice struct {
	Value, Label, Duty string
	Chosen             bool
}

func (v *visit) roleChoices(chosen []accounts.Role) (out []roleChoice) {
	for _, r := range accounts.Roles {
		out = append(out, roleChoice{string(r), v.roleName(r), v.roleDuty(r), slices.Contains(chosen, r)})
	}
	return out
}

func (v *visit) roleWords(roles []string) (words string) {
	for i, r := range roles {
		if i > 0 {
			words += v.t("、")
		}
		words += v.roleName(accounts.Role(r))
	}
	return words
}

// managed narrows a list to the people whom the visitor manages.
func (v *visit) managed(f *store.PeopleFilter) error {
	if v.person.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return err
		}
		f.Sites = tree.Subtree(v.person.Site)
	}
	if v.person.Department != "" {
		f.Department = v.person.Department
	}
	return nil
}

// manages checks that the visitor manages an account: at the own site or below,
// and of the own department where there is one.
func (v *visit) manages(a store.Account) error {
	if v.person.Department != "" && a.Department != v.person.Department {
		return errSite
	}
	if a.Site == "" {
		if v.person.Site != "" {
			return errSite
		}
		return nil
	}
	return v.reach(a.Site)
}

// The states that a list of people is narrowed by.
const (
	stateIdle     = "idle"
	stateDisabled = "disabled"
	stateLocked   = "locked"
)

func listPeople(v *visit) error {
	p := peoplePage{frame: v.page(v.t("人员与权限")), Query: v.query("q"), State: v.query("state")}
	site, role := playlist.SiteID(v.query("site")), v.query("role")
	f := store.PeopleFilter{Text: p.Query, Role: role, Offset: v.count("from", 1<<30), Limit: perPage}
	if err := v.managed(&f); err != nil {
		return err
	}
	if site != "" {
		if err := v.reach(site); err != nil {
			return err
		}
		f.Sites = []playlist.SiteID{site}
	}
	if d := store.DepartmentID(v.query("department")); d != "" && v.person.Department == "" {
		f.Department = d
	}
	switch p.State {
	case stateIdle:
		f.Idle = v.Now().AddDate(0, 0, -accounts.Idle)
	case stateDisabled:
		f.Disabled = true
	case stateLocked:
		f.Locked = v.Now()
	}
	rows, err := v.Store.People(v.ctx, f)
	if err != nil {
		return err
	}
	if p.Total, err = v.Store.CountPeople(v.ctx, f); err != nil {
		return err
	}
	names, err := v.departmentLabels()
	if err != nil {
		return err
	}
	for _, a := range rows {
		r := personRow{ID: a.ID, Login: a.Login, Name: a.Name, Where: v.placeOf(a, names), Words: v.roleWords(a.Roles), Seen: v.clock(a.Seen)}
		if a.Contractor {
			r.Words += v.t("（外聘）")
		}
		r.State, r.Tone = v.accountState(a)
		p.Rows = append(p.Rows, r)
	}
	own, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(own, site)
	for _, r := range accounts.Roles {
		p.Roles = append(p.Roles, option{Value: string(r), Label: v.roleName(r), Chosen: string(r) == role})
	}
	for _, s := range [][2]string{{stateIdle, v.t("%d 天没有登录", accounts.Idle)}, {stateLocked, v.t("已锁定")}, {stateDisabled, v.t("已停用")}} {
		p.States = append(p.States, option{Value: s[0], Label: s[1], Chosen: s[0] == p.State})
	}
	p.Search = p.Query != "" || site != "" || role != "" || p.State != "" || v.query("department") != ""
	if len(rows) > 0 {
		p.First, p.Last = f.Offset+1, f.Offset+len(rows)
	}
	p.Earlier, p.Later = v.around("/people", f.Offset, len(rows), p.Total, "q", "site", "role", "state", "department")
	return v.show("people", p)
}

// around returns the addresses of the pages before and after one of a list, with
// the parts of the address that narrow it.
func (v *visit) around(path string, offset, shown, total int, keep ...string) (earlier, later string) {
	at := func(from int) string {
		q := url.Values{}
		for _, name := range keep {
			if value := v.query(name); value != "" {
				q.Set(name, value)
			}
		}
		q.Set("from", strconv.Itoa(from))
		return path + "?" + q.Encode()
	}
	if offset > 0 {
		earlier = at(max(offset-perPage, 0))
	}
	if offset+shown < total {
		later = at(offset + perPage)
	}
	return earlier, later
}

// placeOf says for what part of the office an account is.
func (v *visit) placeOf(a store.Account, names map[store.DepartmentID]string) string {
	place := v.t("全部站点")
	if a.Site != "" {
		place = v.siteName(a.Site)
	}
	if a.Department != "" {
		place += " · " + names[a.Department]
	}
	return place
}

// accountState says what keeps an account from being used, or that it is not.
func (v *visit) accountState(a store.Account) (state, tone string) {
	last := a.Seen
	if last.IsZero() {
		last = a.Created
	}
	switch {
	case a.Disabled:
		return v.t("已停用"), "quiet"
	case v.Now().Before(a.Locked):
		return v.t("锁定到 %s", v.clock(a.Locked)), "bad"
	case v.Now().Sub(last) > accounts.Idle*24*time.Hour:
		return v.t("%d 天没有登录", int(v.Now().Sub(last)/(24*time.Hour))), "warn"
	case a.Seen.IsZero():
		return v.t("还没登录过"), "quiet"
	}
	return "", ""
}

type newPersonPage struct {
	frame
	Form    accounts.Details
	Sites   []option
	Places  []option
	Roles   []roleChoice
	Problem string
}

func newPerson(v *visit) error {
	p, err := v.newPersonPage(accounts.Details{Roles: []accounts.Role{accounts.Drafter}, Site: v.person.Site, Department: v.person.Department})
	if err != nil {
		return err
	}
	return v.show("newperson", p)
}

func (v *visit) newPersonPage(d accounts.Details) (newPersonPage, error) {
	p := newPersonPage{frame: v.page(v.t("开一个账号")), Form: d, Roles: v.roleChoices(d.Roles)}
	own, err := v.own()
	if err != nil {
		return p, err
	}
	p.Sites = v.siteOptions(own, d.Site)
	p.Places, err = v.departmentOptions(d.Department)
	return p, err
}

// details reads the form of a person.
func (v *visit) details() (accounts.Details, error) {
	d := accounts.Details{
		Login: v.form("login"), Name: v.form("name"), Site: playlist.SiteID(v.form("site")), Department: store.DepartmentID(v.form("department")),
		Contractor: v.form("contractor") != "", Phone: v.form("phone"), Disabled: v.form("disabled") != "",
	}
	for _, name := range v.r.PostForm["role"] {
		d.Roles = append(d.Roles, accounts.Role(name))
	}
	return d, v.manages(store.Account{Site: d.Site, Department: d.Department})
}

type cardsPage struct {
	frame
	Cards []card
	Next  string
	Start bool

	// Of a list: it can be looked at again until then, or until Finish is sent.
	Finish string
	Until  string
	Left   int // rows that were not entered
}

// card is what a colleague is given to sign in for the first time.
type card struct {
	Name, Login, Password, Words string
	Address                      string
}

// address is where people open the console.
func (v *visit) address() string {
	if v.PublicURL != "" {
		return v.PublicURL
	}
	if v.r.TLS != nil {
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}

// addPerson makes an account and shows its first password this once.
func addPerson(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	d, err := v.details()
	if err != nil {
		return err
	}
	d.MustChange = true
	again := func(problem string) error {
		p, err := v.newPersonPage(d)
		if err != nil {
			return err
		}
		p.Problem = problem
		return v.refused("newperson", p)
	}
	if len(d.Roles) == 0 {
		return again(v.t("请至少选一个角色。"))
	}
	password := v.r.PostFormValue("password")
	if password == "" {
		password = accounts.FirstPassword()
	}
	made, err := v.Accounts.Create(v.ctx, v.person, d, password)
	if text := v.accountProblem(err); text != "" {
		return again(text)
	}
	if err != nil {
		return err
	}
	p := cardsPage{frame: v.page(v.t("账号已建立")), Next: "/people/" + made.ID}
	p.Cards = []card{v.card(made, password)}
	return v.showAs(http.StatusOK, "cards", p)
}

func (v *visit) card(p accounts.Person, password string) card {
	var roles []string
	for _, r := range p.Roles {
		roles = append(roles, string(r))
	}
	return card{Name: p.Name, Login: p.Login, Password: password, Words: v.roleWords(roles), Address: v.address()}
}
