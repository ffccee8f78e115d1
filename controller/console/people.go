package console

import (
	"net/http"
	"slices"

	"mingbai/controller/accounts"
	"mingbai/playlist"
)

type peoplePage struct {
	frame
	Rows        []personRow
	Sites       []option
	Roles       []option
	Login, Name string
	Problem     string
	ProblemOf   string // the account that Problem speaks of, empty for a new one
}

type personRow struct {
	ID, Login, Name string
	Roles           []option
	Sites           []option
	SiteName        string
	Words           string // the roles in words
	Disabled, Self  bool
	Locked          string
}

func (v *visit) roleName(r accounts.Role) string {
	switch r {
	case accounts.Drafter:
		return v.t("起草")
	case accounts.Reviewer:
		return v.t("审核")
	case accounts.Secrecy:
		return v.t("保密审查")
	case accounts.Releaser:
		return v.t("发布")
	case accounts.Technician:
		return v.t("运维")
	case accounts.Auditor:
		return v.t("督查")
	case accounts.Administrator:
		return v.t("管理")
	}
	return string(r)
}

func (v *visit) roleOptions(chosen []accounts.Role) (out []option) {
	for _, r := range accounts.Roles {
		out = append(out, option{Value: string(r), Label: v.roleName(r), Chosen: slices.Contains(chosen, r)})
	}
	return out
}

func (v *visit) peoplePage() (peoplePage, error) {
	p := peoplePage{frame: v.page(v.t("人员与权限")), Login: v.form("login"), Name: v.form("name")}
	tree, err := v.sites()
	if err != nil {
		return p, err
	}
	rows, err := v.Accounts.List(v.ctx)
	if err != nil {
		return p, err
	}
	for _, a := range rows {
		var roles []accounts.Role
		r := personRow{ID: a.ID, Login: a.Login, Name: a.Name, Disabled: a.Disabled, Self: a.ID == v.person.ID, SiteName: v.t("全部站点")}
		for _, name := range a.Roles {
			role := accounts.Role(name)
			roles = append(roles, role)
			if r.Words != "" {
				r.Words += v.t("、")
			}
			r.Words += v.roleName(role)
		}
		if a.Site != "" {
			r.SiteName = v.siteName(a.Site)
		}
		if v.Now().Before(a.Locked) {
			r.Locked = v.clock(a.Locked)
		}
		r.Roles, r.Sites = v.roleOptions(roles), v.siteOptions(tree.Sites(), a.Site)
		p.Rows = append(p.Rows, r)
	}
	p.Sites, p.Roles = v.siteOptions(tree.Sites(), ""), v.roleOptions(v.roles())
	return p, nil
}

// roles reads the roles that were ticked.
func (v *visit) roles() (out []accounts.Role) {
	for _, name := range v.r.PostForm["role"] {
		out = append(out, accounts.Role(name))
	}
	return out
}

func listPeople(v *visit) error {
	p, err := v.peoplePage()
	if err != nil {
		return err
	}
	return v.show("people", p)
}

// siteChosen checks the site of an account; empty is everywhere, which only
// those give who act everywhere themselves.
func (v *visit) siteChosen() (playlist.SiteID, error) {
	site := playlist.SiteID(v.form("site"))
	if site == "" {
		if v.person.Site != "" {
			return "", errSite
		}
		return "", nil
	}
	return site, v.reach(site)
}

func (v *visit) peopleAgain(of, problem string) error {
	p, err := v.peoplePage()
	if err != nil {
		return err
	}
	p.Problem, p.ProblemOf = problem, of
	return v.showAs(http.StatusUnprocessableEntity, "people", p)
}

func addPerson(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	site, err := v.siteChosen()
	if err != nil {
		return err
	}
	_, err = v.Accounts.Create(v.ctx, v.person, v.form("login"), v.form("name"), site, v.roles(), v.r.PostFormValue("password"))
	if text := v.accountProblem(err); text != "" {
		return v.peopleAgain("", text)
	}
	if err != nil {
		return err
	}
	return v.to("/people", "done", "person")
}

// changePerson changes name, site, roles, or sets a new password. Nobody takes
// the administration from themselves: someone must be left who can give it back.
func changePerson(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	id := v.r.PathValue("person")
	rows, err := v.Accounts.List(v.ctx)
	if err != nil {
		return err
	}
	for _, a := range rows {
		if a.ID == id && a.Site != "" {
			if err := v.reach(a.Site); err != nil {
				return err
			}
		} else if a.ID == id && v.person.Site != "" {
			return errSite
		}
	}
	if password := v.r.PostFormValue("password"); password != "" {
		err := v.Accounts.SetPassword(v.ctx, v.person, id, password)
		if text := v.accountProblem(err); text != "" {
			return v.peopleAgain(id, text)
		}
		if err != nil {
			return err
		}
	}
	site, err := v.siteChosen()
	if err != nil {
		return err
	}
	roles, disabled := v.roles(), v.form("disabled") != ""
	if id == v.person.ID && (disabled || site != v.person.Site || !slices.Contains(roles, accounts.Administrator)) {
		return v.peopleAgain(id, v.t("不能停用自己，也不能去掉自己的管理权限。"))
	}
	name := v.form("name")
	if name == "" {
		return v.peopleAgain(id, v.t("请填写姓名。"))
	}
	err = v.Accounts.Change(v.ctx, v.person, id, name, site, roles, disabled)
	if text := v.accountProblem(err); text != "" {
		return v.peopleAgain(id, text)
	}
	if err != nil {
		return err
	}
	return v.to("/people", "done", "person")
}
