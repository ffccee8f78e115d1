package console

import (
	"errors"
	"regexp"
	"slices"
	"strconv"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// columnForm is the form of a column, every field as it was typed.
type columnForm struct {
	ID, Parent, Name, NameEn, Hint string
	Field, Cadence                 string
	Owner, Department              string
	Kinds                          []string
	Within, Fresh, Tile            string
}

type columnFormPage struct {
	frame
	Form        columnForm
	New         bool
	Once        string
	Parents     []option
	Fields      []option
	Cadences    []option
	Departments []option
	Kinds       []option
	Problems    map[string][]finding
	Problem     string
	InUse       bool // notices are filed there or columns stand below
}

func (v *visit) columnForm() columnForm {
	return columnForm{
		ID: v.form("id"), Parent: v.form("parent"), Name: v.form("name"), NameEn: v.form("name_en"), Hint: v.form("hint"),
		Field: v.form("field"), Cadence: v.form("cadence"), Owner: v.form("owner"), Department: v.form("department"),
		Kinds: v.r.PostForm["kinds"], Within: v.form("within"), Fresh: v.form("fresh"), Tile: v.form("tile"),
	}
}

func columnFormOf(c playlist.Column) columnForm {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	f := columnForm{
		ID: string(c.ID), Parent: string(c.Parent), Name: c.Name, NameEn: c.NameEn, Hint: c.Hint, Field: string(c.Field), Cadence: string(c.Cadence),
		Owner: c.Owner, Department: c.Department, Within: number(c.Within), Fresh: number(c.Fresh), Tile: number(c.Tile),
	}
	for _, k := range c.Kinds {
		f.Kinds = append(f.Kinds, string(k))
	}
	return f
}

// column reads the form; problems are of what cannot be read.
func (f columnForm) column(v *visit) (playlist.Column, map[string][]finding) {
	problems := map[string][]finding{}
	number := func(field, text string) int {
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			problems[field] = append(problems[field], finding{Text: v.t("请填整数，或者留空"), Stop: true})
		}
		return n
	}
	c := playlist.Column{
		ID: playlist.ColumnID(f.ID), Parent: playlist.ColumnID(f.Parent), Name: f.Name, NameEn: f.NameEn, Hint: f.Hint, Field: playlist.Field(f.Field),
		Cadence: playlist.Cadence(f.Cadence), Owner: f.Owner, Department: f.Department,
		Within: number("within", f.Within), Fresh: number("fresh", f.Fresh), Tile: number("tile", f.Tile),
	}
	for _, k := range f.Kinds {
		c.Kinds = append(c.Kinds, playlist.SiteKind(k))
	}
	return c, problems
}

func newColumn(v *visit) error {
	return v.showColumnForm(200, columnForm{Parent: v.query("parent"), Field: string(playlist.Government)}, true, nil, "")
}

func editColumn(v *visit) error {
	c, _, err := v.column()
	if err != nil {
		return err
	}
	return v.showColumnForm(200, columnFormOf(c), false, nil, "")
}

func (v *visit) showColumnForm(status int, f columnForm, fresh bool, problems map[string][]finding, problem string) error {
	p := columnFormPage{frame: v.page(v.t("添加栏目")), Form: f, New: fresh, Once: newOnce(), Problems: problems, Problem: problem}
	if !fresh {
		p.Title = v.t("修改栏目")
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	used, err := v.Store.ColumnsInUse(v.ctx)
	if err != nil {
		return err
	}
	p.InUse = used[playlist.ColumnID(f.ID)] || isBranch(columns, playlist.ColumnID(f.ID))
	below := slices.DeleteFunc(slices.Clone(columns), func(c playlist.Column) bool { return !fresh && standsBelow(columns, c.ID, playlist.ColumnID(f.ID)) })
	p.Parents = v.columnOptions(below, playlist.ColumnID(f.Parent))
	for _, x := range []struct{ value, label string }{
		{string(playlist.Government), v.t("政务")}, {string(playlist.Party), v.t("党务")}, {string(playlist.VillageDo), v.t("村务")}, {string(playlist.Money), v.t("财务")},
	} {
		p.Fields = append(p.Fields, option{Value: x.value, Label: x.label, Chosen: x.value == f.Field})
	}
	for _, c := range []playlist.Cadence{playlist.AdHoc, playlist.Monthly, playlist.Quarterly, playlist.Yearly, playlist.Standing} {
		label := v.t("随时（形成后按期公开）")
		if c != playlist.AdHoc {
			label = v.dutyWords(playlist.Column{Cadence: c})
		}
		p.Cadences = append(p.Cadences, option{Value: string(c), Label: label, Chosen: string(c) == f.Cadence})
	}
	departments, err := v.Store.Departments(v.ctx)
	if err != nil {
		return err
	}
	for _, d := range departments {
		p.Departments = append(p.Departments, option{Value: string(d.ID), Label: v.words(d.Name, d.NameEn), Chosen: string(d.ID) == f.Department})
	}
	for _, k := range []playlist.SiteKind{playlist.County, playlist.Town, playlist.Village, playlist.Hall} {
		p.Kinds = append(p.Kinds, option{Value: string(k), Label: v.siteKind(k), Chosen: slices.Contains(f.Kinds, string(k))})
	}
	return v.showAs(status, "columnform", p)
}

// standsBelow reports whether a column is another or stands somewhere below it.
func standsBelow(columns []playlist.Column, id, top playlist.ColumnID) bool {
	for range len(columns) {
		if id == top {
			return true
		}
		i := slices.IndexFunc(columns, func(c playlist.Column) bool { return c.ID == id })
		if i < 0 {
			return false
		}
		id = columns[i].Parent
	}
	return false
}

// catalogue checks that the visitor administers the whole office: the catalogue is
// that of all sites, and not for one town's administrator to change.
func (v *visit) catalogue() error {
	if v.person.Department != "" {
		return errSite
	}
	if v.person.Site == "" {
		return nil
	}
	tree, err := v.sites()
	if err != nil {
		return err
	}
	root, err := tree.Root()
	if err != nil {
		return err
	}
	return v.reach(root.ID)
}

func addColumn(v *visit) error { return v.saveColumn(true) }

func saveColumn(v *visit) error { return v.saveColumn(false) }

var columnField = regexp.MustCompile(`^columns\[\d+\]\.(\w+)`)

func (v *visit) saveColumn(fresh bool) error {
	if err := v.catalogue(); err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	f := v.columnForm()
	if !fresh {
		f.ID = v.r.PathValue("column")
	}
	c, problems := f.column(v)
	if c.Department != "" {
		if _, err := v.Store.Department(v.ctx, store.DepartmentID(c.Department)); errors.Is(err, store.ErrNotFound) {
			problems["department"] = append(problems["department"], finding{Text: v.t("没有这个部门"), Stop: true})
		} else if err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return v.showColumnForm(422, f, fresh, problems, "")
	}
	_, err := v.Desk.ChangeColumns(v.ctx, v.who(), publish.ColumnChange{Put: &c, Add: fresh})
	if found, ok := problemsOf(err); ok {
		for _, p := range found {
			field := "name"
			if m := columnField.FindStringSubmatch(p.Field); m != nil {
				field = m[1]
			}
			problems[field] = append(problems[field], finding{Text: v.problem(p), Stop: p.Severity == playlist.Wrong})
		}
		return v.showColumnForm(422, f, fresh, problems, "")
	}
	if err != nil {
		return err
	}
	return v.to("/columns/"+string(c.ID), "done", "columns")
}

func moveColumn(v *visit) error {
	if err := v.catalogue(); err != nil {
		return err
	}
	by := 1
	if v.form("way") == "up" {
		by = -1
	}
	id := playlist.ColumnID(v.r.PathValue("column"))
	if _, err := v.Desk.ChangeColumns(v.ctx, v.who(), publish.ColumnChange{Move: id, By: by}); err != nil {
		return err
	}
	return v.to("/columns/"+string(id)+"/edit", "done", "columns")
}

func removeColumn(v *visit) error {
	if err := v.catalogue(); err != nil {
		return err
	}
	c, _, err := v.column()
	if err != nil {
		return err
	}
	_, err = v.Desk.ChangeColumns(v.ctx, v.who(), publish.ColumnChange{Remove: c.ID})
	if errors.Is(err, publish.ErrInUse) {
		return v.showColumnForm(409, columnFormOf(c), false, nil, v.t("这个栏目里有内容或下级栏目，不能删除。请先把它们移到别的栏目。"))
	}
	if err != nil {
		return err
	}
	return v.to("/columns", "done", "columns")
}
