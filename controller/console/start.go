package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// startPage leads an administrator from an empty program to colleagues at work,
// in three steps of which each can be passed over and come back to.
type startPage struct {
	frame
	Place    string // the site at the root, empty while there is none
	Sites    int
	Kinds    []option
	Site     playlist.Site // as it was typed
	Policies []startPolicy
	Set      bool // somebody chose how many work here
	People   []startPerson
	Sets     []option
	Others   int // accounts besides the administrator's own
	Cards    []card
	Problem  string
	Of       string // the step that Problem is about
}

type startPolicy struct {
	ID, Label, Way, Warning string
	Chosen                  bool
}

// startPerson is one row of the colleagues.
type startPerson struct {
	Name, Login, Set string
	Problem          string
	Sets             []option
}

// colleagues is how many rows there are.
const colleagues = 5

// roleSets are the sets of roles that offices of different sizes divide their
// work into. What is alone in them is for trying out.
var roleSets = []struct {
	id    string
	roles []accounts.Role
}{
	{"write", []accounts.Role{accounts.Drafter, accounts.Releaser}},
	{"review", []accounts.Role{accounts.FirstReviewer, accounts.Secrecy}},
	{"draft", []accounts.Role{accounts.Drafter}},
	{"first", []accounts.Role{accounts.FirstReviewer}},
	{"second", []accounts.Role{accounts.SecondReviewer}},
	{"secrecy", []accounts.Role{accounts.Secrecy}},
	{"release", []accounts.Role{accounts.Releaser}},
	{"technician", []accounts.Role{accounts.Technician}},
	{"auditor", []accounts.Role{accounts.Auditor}},
}

func (v *visit) roleSetOptions(chosen string) (out []option) {
	for _, s := range roleSets {
		var names []string
		for _, r := range s.roles {
			names = append(names, string(r))
		}
		out = append(out, option{Value: s.id, Label: v.roleWords(names), Chosen: s.id == chosen})
	}
	return out
}

func (v *visit) startPage() (startPage, error) {
	p := startPage{frame: v.page(v.t("开始使用"))}
	tree, err := v.sites()
	if err != nil {
		return p, err
	}
	p.Sites = len(tree.Sites())
	var root playlist.SiteID
	if r, err := tree.Root(); err == nil {
		p.Place, root = v.siteLabel(r), r.ID
	}
	for _, k := range []playlist.SiteKind{playlist.County, playlist.Town, playlist.Village, playlist.Hall} {
		p.Kinds = append(p.Kinds, option{Value: string(k), Label: v.siteLevel(k), Chosen: string(k) == v.form("kind")})
	}
	now, err := v.Desk.Policy(v.ctx, root)
	if err != nil {
		return p, err
	}
	set, err := v.Store.Policies(v.ctx)
	if err != nil {
		return p, err
	}
	p.Set = len(set) > 0
	for _, c := range []struct {
		policy review.Policy
		label  string
	}{
		{review.Town, v.t("两三个人：一个写和发，另一个审核、保密审查")},
		{review.County, v.t("四个人以上：写、初审、复审、保密审查各有其人")},
		{review.Single, v.t("只有一个人：先试用")},
	} {
		p.Policies = append(p.Policies, startPolicy{c.policy.ID, c.label, v.policyWay(c.policy), v.policyWarning(c.policy), c.policy.ID == now.ID})
	}
	n, err := v.Store.CountPeople(v.ctx, store.PeopleFilter{Working: true})
	if err != nil {
		return p, err
	}
	p.Others = n - 1
	usual := []string{"write", "review", "draft", "draft", "technician"}
	if now.ID == review.County.ID {
		usual = []string{"draft", "first", "second", "secrecy", "release"}
	}
	for i := range colleagues {
		p.People = append(p.People, startPerson{Set: usual[i], Sets: v.roleSetOptions(usual[i])})
	}
	return p, nil
}

// whole checks that the visitor administers everything: the first steps are not
// for one site's administrator.
func (v *visit) whole() error {
	if v.person.Site != "" || v.person.Department != "" {
		return errSite
	}
	return nil
}

func showStart(v *visit) error {
	if err := v.whole(); err != nil {
		return err
	}
	p, err := v.startPage()
	if err != nil {
		return err
	}
	return v.show("start", p)
}

func saveStart(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	if err := v.whole(); err != nil {
		return err
	}
	step, problem := v.form("do"), ""
	var err error
	switch step {
	case "site":
		problem, err = v.startSite()
	case "policy":
		problem, err = v.startPolicy()
	case "people":
		return v.startPeople()
	default:
		return store.ErrNotFound
	}
	if err != nil {
		return err
	}
	if problem == "" {
		return v.to("/start", "done", "person")
	}
	p, err := v.startPage()
	if err != nil {
		return err
	}
	p.Of, p.Problem = step, problem
	p.Site = playlist.Site{Name: v.form("name"), Hotline: v.form("hotline")}
	return v.refused("start", p)
}

// startSite makes the site at the root.
func (v *visit) startSite() (string, error) {
	tree, err := v.sites()
	if err != nil || len(tree.Sites()) > 0 {
		return "", err
	}
	s := playlist.Site{ID: "root", Kind: playlist.SiteKind(v.form("kind")), Name: v.form("name"), Hotline: v.form("hotline")}
	if s.Name == "" {
		return v.t("请填写单位所在的地方，例如：望川镇。"), nil
	}
	err = v.Desk.PutSite(v.ctx, v.who(), s)
	if text, ok := v.invalid(err); ok {
		return text, nil
	}
	if err != nil {
		return "", err
	}
	return "", v.startColumns()
}

// firstColumns are what every office files its notices in; without a column
// nothing can be written.
var firstColumns = []playlist.Column{
	{ID: "tongzhi", Name: "通知公告", NameEn: "Notices", Field: playlist.Government, Tile: 1},
	{ID: "banshi", Name: "办事指南", NameEn: "Services", Field: playlist.Government, Tile: 2},
	{ID: "zijin", Name: "资金公示", NameEn: "Public funds", Field: playlist.Money, Tile: 3},
	{ID: "cunwu", Name: "村务公开", NameEn: "Village affairs", Field: playlist.VillageDo, Tile: 4},
	{ID: "dangwu", Name: "党务公开", NameEn: "Party affairs", Field: playlist.Party, Tile: 5},
}

// startColumns makes the first columns where there are none.
func (v *visit) startColumns() error {
	columns, err := v.Store.Columns(v.ctx)
	if err != nil || len(columns) > 0 {
		return err
	}
	for _, c := range firstColumns {
		who := v.who()
		who.Request = "" // each is a change of its own
		if _, err := v.Desk.ChangeColumns(v.ctx, who, publish.ColumnChange{Put: &c, Add: true}); err != nil {
			return err
		}
	}
	return nil
}

// siteLevel names what a site is.
func (v *visit) siteLevel(k playlist.SiteKind) string {
	switch k {
	case playlist.County:
		return v.t("县（区）")
	case playlist.Town:
		return v.t("镇（街道）")
	case playlist.Village:
		return v.t("村（社区）")
	case playlist.Hall:
		return v.t("大厅")
	}
	return string(k)
}

func (v *visit) startPolicy() (string, error) {
	policy, ok := review.Preset(v.form("policy"))
	if !ok {
		return v.t("请选择一种。"), nil
	}
	tree, err := v.sites()
	if err != nil {
		return "", err
	}
	root, err := tree.Root()
	if errors.Is(err, store.ErrNotFound) {
		return v.t("请先做第一步：填写地方。"), nil
	}
	if err != nil {
		return "", err
	}
	return "", v.Accounts.SetPolicy(v.ctx, v.person, root.ID, &policy)
}

// startPeople makes the accounts of the rows that were filled in. What is wrong
// stays in its row; passwords of those made are shown this once.
func (v *visit) startPeople() error {
	var cards []card
	var left []startPerson
	for i := range colleagues {
		n := strconv.Itoa(i)
		row := startPerson{Name: v.form("name" + n), Login: v.form("login" + n), Set: v.form("set" + n)}
		row.Sets = v.roleSetOptions(row.Set)
		if row.Name == "" && row.Login == "" {
			continue
		}
		made, password, err := v.startPerson(row)
		switch text := v.accountProblem(err); {
		case text != "":
			row.Problem = text
			left = append(left, row)
		case err != nil:
			return err
		default:
			cards = append(cards, v.card(made, password))
		}
	}
	p, err := v.startPage()
	if err != nil {
		return err
	}
	p.Cards = cards
	copy(p.People, left)
	status := http.StatusOK
	if len(left) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return v.showAs(status, "start", p)
}

func (v *visit) startPerson(row startPerson) (accounts.Person, string, error) {
	d := accounts.Details{Name: row.Name, Login: strings.ToLower(row.Login), MustChange: true}
	for _, s := range roleSets {
		if s.id == row.Set {
			d.Roles = s.roles
		}
	}
	if d.Roles == nil {
		return accounts.Person{}, "", accounts.ErrNoRole
	}
	password := accounts.FirstPassword()
	made, err := v.Accounts.Create(v.ctx, v.person, d, password)
	return made, password, err
}
