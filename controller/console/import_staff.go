package console

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingbai/configs/plain"
	"mingbai/controller/accounts"
	"mingbai/controller/listing"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// The fields of lists of departments and people.
const (
	staffName       listing.Field = "name"
	staffNameEn     listing.Field = "name_en"
	staffSite       listing.Field = "site"
	staffLead       listing.Field = "lead"
	staffPhone      listing.Field = "phone"
	staffLogin      listing.Field = "login"
	staffDepartment listing.Field = "department"
	staffRoles      listing.Field = "roles"
	staffOutside    listing.Field = "contractor"
)

// sitesByName finds a site of a list by its name or its ID, among those at which
// the visitor acts.
type sitesByName map[string][]playlist.SiteID

func (v *visit) sitesByName() (sitesByName, error) {
	own, err := v.own()
	if err != nil {
		return nil, err
	}
	out := sitesByName{}
	for _, s := range own {
		for _, key := range slices.Compact([]string{string(s.ID), s.Name, s.NameEn}) {
			if key = listing.TitleKey(key); key != "" && !slices.Contains(out[key], s.ID) {
				out[key] = append(out[key], s.ID)
			}
		}
	}
	return out, nil
}

// siteOf is the site that a row names, or the one that was chosen for rows that
// name none.
func (v *visit) siteOf(rec *listing.Record, sites sitesByName, chosen playlist.SiteID) (playlist.SiteID, string) {
	name := rec.Text[staffSite]
	if name == "" {
		return chosen, ""
	}
	switch found := sites[listing.TitleKey(name)]; len(found) {
	case 1:
		return found[0], ""
	case 0:
		return "", v.t("没有叫“%s”的站点，或者不归您管", name)
	}
	return "", v.t("叫“%s”的站点不止一个，请写站点编号", name)
}

// failedCells are reasons of cells that could not be read.
func (v *visit) failedCells(rec *listing.Record) (out []string) {
	for _, at := range rec.Failed {
		out = append(out, v.t("%s：%s", at, v.t("公式出错")))
	}
	return out
}

// tooLong adds a reason for texts that no page has room for.
func (v *visit) tooLong(rec *listing.Record, heads []listing.Described, most int) (out []string) {
	for _, d := range heads {
		if len([]rune(rec.Text[d.Field])) > most {
			out = append(out, v.t("%s太长，最多 %d 个字", v.fieldLabel(d), most))
		}
	}
	return out
}

// differs compares what a row says with what is there, field by field.
func (v *visit) differs(heads []listing.Described, before, after map[listing.Field]string) (out []dryChange) {
	for _, d := range heads {
		if a, b := before[d.Field], after[d.Field]; a != b {
			out = append(out, dryChange{Label: v.fieldLabel(d), Before: a, After: b})
		}
	}
	return out
}

var departmentHeads = []listing.Described{
	{Field: staffName, Heading: "部门名称", En: "Department", Sample: "县民政局", Words: regexp.MustCompile(`^(部门|单位|机构|科室)(名称|全称)?$|^名称$`)},
	{Field: staffSite, Heading: "站点", En: "Site", Sample: "", Words: regexp.MustCompile(`站点|所属(地区|区划|乡镇|街道|层级)|^(乡镇|街道|地区|区划)(名称)?$`)},
	{Field: staffLead, Heading: "分管领导", En: "Head", Sample: "李明", Words: regexp.MustCompile(`分管|领导|负责人`)},
	{Field: staffPhone, Heading: "电话", En: "Telephone", Sample: "0000-6208001", Words: regexp.MustCompile(`电话|联系方式|手机`)},
	{Field: staffNameEn, Heading: "英文名称", En: "English name", Sample: "", Words: regexp.MustCompile(`英文`)},
}

// departmentList brings the departments of a place.
func departmentList() *importKind {
	return &importKind{
		name: "departments", staff: true, heads: departmentHeads, must: []listing.Field{staffName},
		words: func(v *visit) importWords {
			return importWords{
				Name: v.t("部门"), Title: v.t("从表格导入部门"), Sentence: v.t("先试运行，看清楚会加哪些、改哪些；确认后才保存。"),
				Shapes:   []importShape{{v.t("一行一个部门"), v.t("第一行是表头：部门名称、站点、分管领导、电话。列的先后、叫法都可以不一样；没写站点的归到下一步选的站点。"), true}},
				Template: v.t("部门模板"), Row: v.t("部门"), Nameless: v.t("（没有名称）"),
				Do: func(n int) string { return v.t("保存 %d 个部门", n) },
				Done: func(made, mended, left int) string {
					return v.t("已保存：新增 %d 个，修改 %d 个；没有导入 %d 个。", made, mended, left)
				},
				After: v.t("去看部门"), AfterPath: "/people/departments",
			}
		},
		plan: planDepartments,
	}
}

func departmentTexts(v *visit, d store.Department) map[listing.Field]string {
	return map[listing.Field]string{staffName: d.Name, staffNameEn: d.NameEn, staffSite: v.siteName(d.Site), staffLead: d.Lead, staffPhone: d.Phone}
}

func planDepartments(v *visit, d *dryRun) error {
	sites, err := v.sitesByName()
	if err != nil {
		return err
	}
	all, err := v.Store.Departments(v.ctx)
	if err != nil {
		return err
	}
	have := map[string]store.Department{}
	for _, dep := range all {
		have[departmentKey(dep.Site, dep.Name)] = dep
	}
	seen := map[string]int{}
	for _, rec := range listing.Records(d.sheet, &d.table, fieldsOf(d.upload.state.Use)) {
		row := dryRow{Row: rec.Row, Where: strconv.Itoa(rec.Row + 1), Title: rec.Text[staffName], State: rowNew, Reasons: append(v.failedCells(&rec), v.tooLong(&rec, departmentHeads, 120)...)}
		site, wrong := v.siteOf(&rec, sites, d.upload.state.Site)
		key := departmentKey(site, row.Title)
		switch {
		case row.Title == "":
			row.Reasons = append(row.Reasons, v.t("没有部门名称"))
		case wrong != "":
			row.Reasons = append(row.Reasons, wrong)
		case seen[key] > 0:
			row.Reasons = append(row.Reasons, v.t("和第 %d 行重复", seen[key]))
		default:
			seen[key] = rec.Row + 1
		}
		before, found := have[key]
		after := before
		if !found {
			after = store.Department{Site: site, Name: row.Title}
		}
		for f, to := range map[listing.Field]*string{staffNameEn: &after.NameEn, staffLead: &after.Lead, staffPhone: &after.Phone} {
			if rec.Has(f) {
				*to = rec.Text[f]
			}
		}
		switch {
		case !found:
			row.Changes = v.differs(departmentHeads, nil, departmentTexts(v, after))
		case after == before:
			row.State = rowSame
		default:
			row.State = rowChanged
			row.Changes = v.differs(departmentHeads, departmentTexts(v, before), departmentTexts(v, after))
		}
		if found {
			row.Path = "/people/departments/" + string(before.ID)
		}
		row.save = func() (bool, error) {
			_, err := v.Accounts.SaveDepartment(v.ctx, v.person, after)
			return err == nil, err
		}
		d.add(row)
	}
	return nil
}

func departmentKey(site playlist.SiteID, name string) string {
	return string(site) + "\x00" + listing.TitleKey(name)
}

var peopleHeads = []listing.Described{
	{Field: staffName, Heading: "姓名", En: "Name", Sample: "张三", Words: regexp.MustCompile(`^(人员|员工|用户)?姓名$|^名字$`)},
	{Field: staffLogin, Heading: "账号", En: "Login", Sample: "zhangsan", Words: regexp.MustCompile(`[账帐]号|登录名|用户名|工号`)},
	{Field: staffDepartment, Heading: "部门", En: "Department", Sample: "", Words: regexp.MustCompile(`^(所在|所属)?(部门|单位|机构|科室)(名称)?$`)},
	{Field: staffSite, Heading: "站点", En: "Site", Sample: "", Words: departmentHeads[1].Words},
	{Field: staffRoles, Heading: "角色", En: "Roles", Sample: "起草、初审", Words: regexp.MustCompile(`角色|权限|职责|岗位|分工`)},
	{Field: staffPhone, Heading: "电话", En: "Telephone", Sample: "", Words: departmentHeads[3].Words},
	{Field: staffOutside, Heading: "外聘", En: "Contractor", Sample: "否", Words: regexp.MustCompile(`外聘|外包|临聘`)},
}

// mostAccounts is how many accounts are entered at one press: the password of each
// costs a while on purpose, and cards are printed by the page.
const mostAccounts = 200

// peopleList brings accounts.
func peopleList() *importKind {
	return &importKind{
		name: "people", staff: true, heads: peopleHeads, must: []listing.Field{staffName, staffLogin, staffRoles}, roll: true,
		words: func(v *visit) importWords {
			return importWords{
				Name: v.t("人员"), Title: v.t("从表格导入人员"), Sentence: v.t("先试运行，看清楚会开哪些账号；确认后显示第一次用的密码，只显示一次，可以打印。"),
				Shapes: []importShape{
					{v.t("一行一个人"), v.t("第一行是表头：姓名、账号、部门、站点、角色、电话。角色用字写：起草、初审、复审、保密审查、发布、运维、督查、管理，几个角色用顿号隔开。"), true},
					{v.t("部门要先有"), v.t("部门按名称找，要先导入或加上。已有的账号按表修改，密码不变。一次最多保存 %d 个账号，多的接着按一次。", mostAccounts), false},
				},
				Template: v.t("人员模板"), Row: v.t("姓名"), Nameless: v.t("（没有姓名）"),
				Do: func(n int) string { return v.t("保存 %d 个账号", n) },
				Done: func(made, mended, left int) string {
					return v.t("已保存：新增 %d 个，修改 %d 个；没有导入 %d 个。", made, mended, left)
				},
				After: v.t("去看人员"), AfterPath: "/people",
			}
		},
		plan: planPeople,
	}
}

// roleNames are other words for roles than those of the pages.
var roleNames = map[string]accounts.Role{
	"起草": accounts.Drafter, "拟稿": accounts.Drafter, "写稿": accounts.Drafter, "经办": accounts.Drafter,
	"初审": accounts.FirstReviewer, "一审": accounts.FirstReviewer, "审核": accounts.FirstReviewer,
	"复审": accounts.SecondReviewer, "二审": accounts.SecondReviewer, "终审": accounts.SecondReviewer,
	"保密审查": accounts.Secrecy, "保密": accounts.Secrecy, "保密员": accounts.Secrecy,
	"发布": accounts.Releaser, "签发": accounts.Releaser,
	"运维": accounts.Technician, "技术": accounts.Technician,
	"督查": accounts.Auditor, "审计": accounts.Auditor,
	"管理": accounts.Administrator,
}

// rolesOf reads roles in words; unknown is the first that is none.
func (v *visit) rolesOf(text string) (roles []accounts.Role, unknown string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；;/／+＋ ", r) }) {
		role, ok := roleNames[word]
		if !ok {
			role, ok = roleNames[strings.TrimSuffix(strings.TrimSuffix(word, "员"), "人")]
		}
		for _, r := range accounts.Roles {
			if !ok && (strings.EqualFold(word, string(r)) || strings.EqualFold(word, v.roleName(r))) {
				role, ok = r, true
			}
		}
		if !ok {
			return nil, word
		}
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	slices.SortFunc(roles, func(a, b accounts.Role) int {
		return slices.Index(accounts.Roles, a) - slices.Index(accounts.Roles, b)
	})
	return roles, ""
}

func (v *visit) detailTexts(d accounts.Details, departments map[store.DepartmentID]string) map[listing.Field]string {
	var roles []string
	for _, r := range d.Roles {
		roles = append(roles, string(r))
	}
	outside := ""
	if d.Contractor {
		outside = v.t("是")
	}
	place := v.t("全部站点")
	if d.Site != "" {
		place = v.siteName(d.Site)
	}
	return map[listing.Field]string{staffName: d.Name, staffLogin: d.Login, staffDepartment: departments[d.Department], staffSite: place, staffRoles: v.roleWords(roles), staffPhone: d.Phone, staffOutside: outside}
}

func planPeople(v *visit, d *dryRun) error {
	sites, err := v.sitesByName()
	if err != nil {
		return err
	}
	all, err := v.Store.Departments(v.ctx)
	if err != nil {
		return err
	}
	departments, labels := map[string][]store.Department{}, map[store.DepartmentID]string{}
	for _, dep := range all {
		for _, name := range slices.Compact([]string{dep.Name, dep.NameEn}) {
			departments[listing.TitleKey(name)] = append(departments[listing.TitleKey(name)], dep)
		}
		labels[dep.ID] = v.departmentLabel(dep)
	}
	seen := map[string]int{}
	for _, rec := range listing.Records(d.sheet, &d.table, fieldsOf(d.upload.state.Use)) {
		row := dryRow{Row: rec.Row, Where: strconv.Itoa(rec.Row + 1), Title: rec.Text[staffName], State: rowNew, Reasons: append(v.failedCells(&rec), v.tooLong(&rec, peopleHeads, 120)...)}
		login, err := accounts.LoginOf(rec.Text[staffLogin])
		switch {
		case err != nil:
			row.Reasons = append(row.Reasons, v.accountProblem(err))
		case seen[login] > 0:
			row.Reasons = append(row.Reasons, v.t("账号和第 %d 行一样", seen[login]))
		default:
			seen[login] = rec.Row + 1
		}
		var before accounts.Details
		account, err := v.Store.AccountByLogin(v.ctx, login)
		found := err == nil && login != ""
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if found {
			before = accounts.DetailsOf(account)
			before.MustChange = account.MustChange
		}
		after := v.detailsOf(&rec, before, found, &row, login, sites, departments, d.upload.state.Site)
		switch {
		case found && v.manages(account) != nil:
			row.Reasons = append(row.Reasons, v.t("这个账号已经有人用了。"))
		case !found:
			row.Changes = v.differs(peopleHeads, nil, v.detailTexts(after, labels))
		default:
			row.Path = "/people/" + account.ID
			row.Changes = v.differs(peopleHeads, v.detailTexts(before, labels), v.detailTexts(after, labels))
			row.State = rowChanged
			if len(row.Changes) == 0 {
				row.State = rowSame
			} else if account.ID == v.person.ID {
				row.Reasons = append(row.Reasons, v.t("不能这样修改自己的账号"))
			}
		}
		row.enter = &accounts.Entry{ID: account.ID, Details: after}
		d.add(row)
	}
	return nil
}

// detailsOf reads an account from a row; what the row does not speak of stays.
func (v *visit) detailsOf(rec *listing.Record, before accounts.Details, found bool, row *dryRow, login string, sites sitesByName, departments map[string][]store.Department, chosen playlist.SiteID) accounts.Details {
	after := before
	if !found {
		after = accounts.Details{Login: login, Site: chosen, MustChange: true}
	}
	if rec.Has(staffName) {
		after.Name = rec.Text[staffName]
	} else if !found {
		row.Reasons = append(row.Reasons, v.t("没有姓名"))
	}
	if rec.Has(staffPhone) {
		after.Phone = rec.Text[staffPhone]
	}
	if rec.Has(staffOutside) {
		text := strings.ToLower(plain.Narrow(rec.Text[staffOutside]))
		after.Contractor = !slices.Contains([]string{"否", "不是", "无", "no", "0", "×", "x"}, text)
	}
	if rec.Has(staffSite) {
		site, wrong := v.siteOf(rec, sites, chosen)
		if wrong != "" {
			row.Reasons = append(row.Reasons, wrong)
			return after
		}
		if site != after.Site {
			after.Site, after.Department = site, ""
		}
	}
	if rec.Has(staffDepartment) {
		name := rec.Text[staffDepartment]
		var here []store.Department
		for _, dep := range departments[listing.TitleKey(name)] {
			// Where the row names no site the department says it.
			if dep.Site == after.Site || !rec.Has(staffSite) && v.reach(dep.Site) == nil {
				here = append(here, dep)
			}
		}
		if at := slices.IndexFunc(here, func(dep store.Department) bool { return dep.Site == after.Site }); at >= 0 {
			here = here[at : at+1]
		}
		switch {
		case len(here) == 0:
			row.Reasons = append(row.Reasons, v.t("没有叫“%s”的部门，请先导入部门", name))
		case len(here) > 1 && here[0].Site != after.Site:
			row.Reasons = append(row.Reasons, v.t("几个站点都有“%s”，请写明站点", name))
		default:
			after.Site, after.Department = here[0].Site, here[0].ID
		}
	}
	if roles, unknown := v.rolesOf(rec.Text[staffRoles]); unknown != "" {
		row.Reasons = append(row.Reasons, v.t("没有叫“%s”的角色", unknown))
	} else {
		if rec.Has(staffRoles) {
			after.Roles = roles
		}
		if err := accounts.Lawful(after.Roles, after.Contractor); err != nil {
			row.Reasons = append(row.Reasons, v.accountProblem(err))
		}
	}
	if v.manages(store.Account{Site: after.Site, Department: after.Department}) != nil {
		row.Reasons = append(row.Reasons, v.t("不归您管的站点或部门"))
	}
	return after
}
