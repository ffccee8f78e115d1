package console

import (
	"mingbai/controller/store"
	"mingbai/playlist"
)

type departmentsPage struct {
	frame
	Query       string
	Sites       []option
	Rows        []departmentRow
	Total       int
	First, Last int
	Earlier     string
	Later       string
	Search      bool
}

type departmentRow struct {
	store.Department
	Label, SiteName string
	People          int
}

func (v *visit) departmentLabel(d store.Department) string { return v.words(d.Name, d.NameEn) }

// departmentLabels returns the name of every department.
func (v *visit) departmentLabels() (map[store.DepartmentID]string, error) {
	all, err := v.Store.Departments(v.ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[store.DepartmentID]string, len(all))
	for _, d := range all {
		names[d.ID] = v.departmentLabel(d)
	}
	return names, nil
}

// departmentOptions lists the departments that the visitor may put people into,
// each with its site.
func (v *visit) departmentOptions(chosen store.DepartmentID) ([]option, error) {
	all, err := v.Store.Departments(v.ctx)
	if err != nil {
		return nil, err
	}
	own, err := v.own()
	if err != nil {
		return nil, err
	}
	name := map[playlist.SiteID]string{}
	for _, s := range own {
		name[s.ID] = v.siteLabel(s)
	}
	var out []option
	for _, d := range all {
		if site, ok := name[d.Site]; ok && (v.person.Department == "" || v.person.Department == d.ID) {
			out = append(out, option{Value: string(d.ID), Label: site + " · " + v.departmentLabel(d), Chosen: d.ID == chosen})
		}
	}
	return out, nil
}

func listDepartments(v *visit) error {
	p := departmentsPage{frame: v.page(v.words("部门", "Departments")), Query: v.query("q")}
	own, err := v.own()
	if err != nil {
		return err
	}
	site := playlist.SiteID(v.query("site"))
	f := store.DepartmentFilter{Text: p.Query, Offset: v.count("from", 1<<30), Limit: perPage}
	if v.person.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return err
		}
		f.Sites = tree.Subtree(v.person.Site)
	}
	if site != "" {
		if err := v.reach(site); err != nil {
			return err
		}
		f.Sites = []playlist.SiteID{site}
	}
	rows, err := v.Store.FindDepartments(v.ctx, f)
	if err != nil {
		return err
	}
	if p.Total, err = v.Store.CountDepartments(v.ctx, f); err != nil {
		return err
	}
	heads, err := v.Store.Heads(v.ctx)
	if err != nil {
		return err
	}
	for _, d := range rows {
		p.Rows = append(p.Rows, departmentRow{d, v.departmentLabel(d), v.siteName(d.Site), heads[d.ID]})
	}
	p.Sites = v.siteOptions(own, site)
	p.Search = p.Query != "" || site != ""
	if len(rows) > 0 {
		p.First, p.Last = f.Offset+1, f.Offset+len(rows)
	}
	p.Earlier, p.Later = v.around("/people/departments", f.Offset, len(rows), p.Total, "q", "site")
	return v.show("departments", p)
}

type departmentPage struct {
	frame
	Form     store.Department
	SiteName string
	Sites    []option
	Problem  string
}

// newDepartment stands for a department that is not there yet.
const newDepartment = "new"

func (v *visit) departmentPage(d store.Department) (departmentPage, error) {
	title := v.t("加一个部门")
	if d.ID != "" {
		title = v.departmentLabel(d)
	}
	p := departmentPage{frame: v.page(title), Form: d, SiteName: v.siteName(d.Site)}
	own, err := v.own()
	p.Sites = v.siteOptions(own, d.Site)
	return p, err
}

// department finds the department of the address and checks that it is the
// visitor's to manage.
func (v *visit) department() (store.Department, error) {
	id := v.r.PathValue("department")
	if id == newDepartment {
		return store.Department{}, nil
	}
	d, err := v.Store.Department(v.ctx, store.DepartmentID(id))
	if err != nil {
		return d, err
	}
	return d, v.reach(d.Site)
}

func departmentForm(v *visit) error {
	d, err := v.department()
	if err != nil {
		return err
	}
	p, err := v.departmentPage(d)
	if err != nil {
		return err
	}
	return v.show("department", p)
}

func saveDepartment(v *visit) error {
	d, err := v.department()
	if err != nil {
		return err
	}
	d.Name, d.NameEn, d.Phone, d.Lead = v.form("name"), v.form("name_en"), v.form("phone"), v.form("lead")
	if d.ID == "" {
		d.Site = playlist.SiteID(v.form("site"))
	}
	again := func(problem string) error {
		p, err := v.departmentPage(d)
		if err != nil {
			return err
		}
		p.Problem = problem
		return v.refused("department", p)
	}
	switch {
	case d.Site == "":
		return again(v.t("请选择站点。"))
	case d.Name == "":
		return again(v.t("请填写部门名称。"))
	}
	if err := v.reach(d.Site); err != nil {
		return err
	}
	if _, err := v.Accounts.SaveDepartment(v.ctx, v.person, d); err != nil {
		return err
	}
	return v.to("/people/departments", "done", "person")
}
