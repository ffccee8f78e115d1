package console

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/publish"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// Bounds of the register: rows on a page, on paper at once, in a file at once.
const (
	registerPrinted  = 2000
	registerExported = 20_000
	registerStep     = 500 // rows read at a time
)

type registerPage struct {
	frame
	Query       string
	Years       []option
	Quarters    []option
	Sites       []option
	Departments []option
	Columns     []option
	Rows        []registerRow
	Total       int
	First, Last int
	Older       string
	Newer       string
	Paper       string // address of the page to be printed
	Export      string
	Search      bool

	Heading string // on paper
	Period  string
	Printed string
	Cut     bool // not all of it fits
}

// registerRow is one line of the register, in words.
type registerRow struct {
	store.Entry
	Number              int
	ColumnName          string
	Where               string // 公开方式
	DepartmentName      string
	Drafted             signed
	First, Second       signed
	Secrecy             signed
	SecrecyNote         string
	Released, TakenDown signed
	Notes               []string
	Forged              bool
}

// signed is who did something, and when.
type signed struct{ Name, When string }

// registerFilter reads the address.
func (v *visit) registerFilter() (store.EntryFilter, error) {
	f := store.EntryFilter{Department: store.DepartmentID(v.query("department")), Column: playlist.ColumnID(v.query("column")), Text: v.query("q")}
	scope, err := v.watched()
	if err != nil {
		return f, err
	}
	f.Sites = scope.Sites
	if _, err := v.narrow(&f.Sites); err != nil {
		return f, err
	}
	if year := v.count("year", 9999); year > 0 {
		f.From, f.To = time.Date(year, 1, 1, 0, 0, 0, 0, v.Zone), time.Date(year+1, 1, 1, 0, 0, 0, 0, v.Zone)
		if q := v.count("quarter", 4); q > 0 {
			f.From = time.Date(year, time.Month(q*3-2), 1, 0, 0, 0, 0, v.Zone)
			f.To = f.From.AddDate(0, 3, 0)
		}
	}
	return f, nil
}

func showRegister(v *visit) error {
	f, err := v.registerFilter()
	if err != nil {
		return err
	}
	p := registerPage{frame: v.page(v.t("登记簿")), Query: f.Text}
	if p.Total, err = v.Store.CountEntries(v.ctx, f); err != nil {
		return err
	}
	f.Offset, f.Limit = v.count("from", 1<<30), perPage
	entries, err := v.Store.Entries(v.ctx, f)
	if err != nil {
		return err
	}
	if p.Rows, err = v.registerRows(entries, func(i int) int { return p.Total - f.Offset - i }); err != nil {
		return err
	}
	if err := v.registerChoices(&p, f); err != nil {
		return err
	}
	if len(entries) > 0 {
		p.First, p.Last = f.Offset+1, f.Offset+len(entries)
	}
	q := v.r.URL.Query()
	q.Del("from")
	q.Del("done")
	p.Search = len(q) > 0
	at := func(path string, from int) string {
		q := url.Values(mapsClone(q))
		if from > 0 {
			q.Set("from", strconv.Itoa(from))
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	if f.Offset > 0 {
		p.Newer = at("/register", max(f.Offset-perPage, 0))
	}
	if p.Last < p.Total && len(entries) > 0 {
		p.Older = at("/register", f.Offset+perPage)
	}
	p.Paper, p.Export = at("/register/paper", 0), at("/register.xlsx", 0)
	return v.show("register", p)
}

func mapsClone(q url.Values) map[string][]string {
	out := map[string][]string{}
	for k, v := range q {
		out[k] = slices.Clone(v)
	}
	return out
}

// registerPaper is the register as it is printed and bound: the oldest first, on
// A4 across.
func registerPaper(v *visit) error {
	f, err := v.registerFilter()
	if err != nil {
		return err
	}
	p := registerPage{frame: v.page(v.t("登记簿")), Printed: v.local(v.Now()).Format("2006-01-02 15:04")}
	if p.Total, err = v.Store.CountEntries(v.ctx, f); err != nil {
		return err
	}
	f.Oldest = true
	rows, err := v.allRegisterRows(f, registerPrinted)
	if err != nil {
		return err
	}
	p.Rows, p.Cut = rows, len(rows) < p.Total
	p.Heading, p.Period = v.registerHeading(f)
	return v.show("registerpaper", p)
}

// registerHeading is the name of the book and of the time that it is about.
func (v *visit) registerHeading(f store.EntryFilter) (heading, period string) {
	site := playlist.SiteID(v.query("site"))
	if site == "" {
		site = v.person.Site
	}
	name := v.Office
	if site != "" {
		name = v.siteName(site)
	} else if tree, err := v.sites(); err == nil {
		if root, err := tree.Root(); err == nil {
			name = v.siteLabel(root)
		}
	}
	year, quarter := v.count("year", 9999), v.count("quarter", 4)
	switch {
	case year > 0 && quarter > 0:
		period = v.t("%d年第%d季度", year, quarter)
	case year > 0:
		period = v.t("%d年", year)
	}
	return v.t("%s政府信息公开登记簿", name), period
}

// allRegisterRows reads many rows step by step.
func (v *visit) allRegisterRows(f store.EntryFilter, limit int) ([]registerRow, error) {
	var out []registerRow
	for len(out) < limit {
		f.Offset, f.Limit = len(out), min(registerStep, limit-len(out))
		entries, err := v.Store.Entries(v.ctx, f)
		if err != nil {
			return nil, err
		}
		rows, err := v.registerRows(entries, func(i int) int { return f.Offset + i + 1 })
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		if len(entries) < f.Limit {
			break
		}
	}
	return out, nil
}

func (v *visit) registerChoices(p *registerPage, f store.EntryFilter) error {
	first, err := v.Store.FirstRelease(v.ctx)
	if err != nil {
		return err
	}
	year, quarter := v.count("year", 9999), v.count("quarter", 4)
	if !first.IsZero() {
		for y := v.today().Year; y >= v.local(first).Year(); y-- {
			p.Years = append(p.Years, option{Value: strconv.Itoa(y), Label: v.t("%d年", y), Chosen: y == year})
		}
	}
	for q := 1; q <= 4; q++ {
		p.Quarters = append(p.Quarters, option{Value: strconv.Itoa(q), Label: v.t("第 %d 季度", q), Chosen: q == quarter})
	}
	sites, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(sites, playlist.SiteID(v.query("site")))
	departments, err := v.Store.Departments(v.ctx)
	if err != nil {
		return err
	}
	for _, d := range departments {
		p.Departments = append(p.Departments, option{Value: string(d.ID), Label: v.words(d.Name, d.NameEn), Chosen: d.ID == f.Department})
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	p.Columns = v.columnOptions(columns, f.Column)
	return nil
}

// registerRows puts entries into words, with who signed what.
func (v *visit) registerRows(entries []store.Entry, number func(int) int) ([]registerRow, error) {
	var ids []playlist.NoticeID
	for _, e := range entries {
		ids = append(ids, e.Notice)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	approvals, err := v.Desk.ApprovalsOf(v.ctx, ids)
	if err != nil {
		return nil, err
	}
	remarks, err := v.Store.RemarksOf(v.ctx, ids)
	if err != nil {
		return nil, err
	}
	down, err := v.Store.TakedownsOf(v.ctx, ids)
	if err != nil {
		return nil, err
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return nil, err
	}
	departments, err := v.departmentNames()
	if err != nil {
		return nil, err
	}
	columnName := map[playlist.ColumnID]string{}
	for _, c := range columns {
		columnName[c.ID] = v.columnLabel(c)
	}
	type version struct {
		id playlist.NoticeID
		n  int
	}
	signedOf, saidOf := map[version][]publish.Checked{}, map[version][]store.Remark{}
	for _, a := range approvals {
		at := version{a.Notice, a.Version}
		signedOf[at] = append(signedOf[at], a)
	}
	for _, m := range remarks {
		at := version{m.Notice, m.Version}
		saidOf[at] = append(saidOf[at], m)
	}
	names := map[string]string{}
	name := func(login string) string {
		if names[login] == "" {
			names[login] = v.loginName(login)
		}
		return names[login]
	}
	out := make([]registerRow, 0, len(entries))
	for i, e := range entries {
		at := version{e.Notice, e.Version}
		r := registerRow{Entry: e, Number: number(i), ColumnName: columnName[e.Column], Where: v.shownAt(e.Site), DepartmentName: departments[string(e.Department)]}
		r.Drafted = signed{name(e.Author), v.toMinute(e.Saved)}
		r.Released.When = v.toMinute(e.Published)
		v.signatures(&r, publish.LastRound(signedOf[at]))
		v.registerNotes(&r, saidOf[at])
		v.imported(&r, signedOf[at])
		if w, ok := down[e.Notice]; ok && w.Version == e.Version {
			r.TakenDown = signed{name(w.Actor), v.toMinute(w.At)}
			reason := w.Reason
			for _, m := range saidOf[at] {
				if m.Kind == store.Explained { // whoever was in a hurry said why afterwards
					reason += v.t("；") + m.Text
				}
			}
			r.Notes = append(r.Notes, v.t("下架：%s", reason))
		}
		out = append(out, r)
	}
	return out, nil
}

// signatures fills in who signed in which capacity.
func (v *visit) signatures(r *registerRow, all []publish.Checked) {
	for _, a := range all {
		s := signed{a.Name, v.toMinute(a.At)}
		if a.Name == a.Person {
			s.Name = v.actor(a.Name) // what the program itself imported has no name
		}
		if a.ForName != "" {
			s.Name = v.t("%s（代%s）", a.Name, a.ForName)
		}
		r.Forged = r.Forged || !a.Genuine || a.Ref != r.Ref
		switch a.Capacity {
		case review.Draft:
			r.Drafted = s
			for _, why := range a.Reasons {
				r.Notes = append(r.Notes, v.t("保留“%s”：%s", why.Found, why.Text))
			}
		case review.FirstReview:
			r.First = s
		case review.SecondReview:
			r.Second = s
		case review.SecrecyReview:
			r.Secrecy = s
			r.SecrecyNote = a.Note
			if r.SecrecyNote == "" && len(a.Ticks) == len(review.Ticks) {
				r.SecrecyNote = v.t("逐项核对，可以公开")
			}
		case review.Release:
			r.Released = s
		}
	}
}

// imported fills the row of what the program brought in by itself: nobody here
// reviewed it, which a dash would leave open.
func (v *visit) imported(r *registerRow, all []publish.Checked) {
	if len(all) == 0 || slices.ContainsFunc(all, func(a publish.Checked) bool { return a.Person != "system" }) {
		return
	}
	word := v.t("导入")
	r.Drafted.Name, r.Released.Name = word, word
	for _, s := range []*signed{&r.First, &r.Second, &r.Secrecy} {
		s.Name = word
	}
}

func (v *visit) registerNotes(r *registerRow, said []store.Remark) {
	returned := 0
	for _, m := range said {
		switch m.Kind {
		case store.ReturnedFor:
			returned++
		case store.SentOutside:
			r.Notes = append(r.Notes, v.t("送外部审查"))
		}
	}
	if returned > 0 {
		r.Notes = append(r.Notes, v.t("退回 %d 次", returned))
	}
	if r.Forged {
		r.Notes = append(r.Notes, v.t("签名核对不符"))
	}
	if r.Status == store.Superseded {
		r.Notes = append(r.Notes, v.t("已替换"))
	}
	if r.Version > 1 {
		r.Notes = append(r.Notes, v.t("第 %d 版", r.Version))
	}
}

// shownAt is how and where something is made public.
func (v *visit) shownAt(site playlist.SiteID) string {
	tree, err := v.sites()
	if err != nil || len(tree.Below(site)) == 0 {
		return v.t("电子屏：%s", v.siteName(site))
	}
	return v.t("电子屏：%s及下属 %d 站", v.siteName(site), len(tree.Below(site)))
}

// toMinute is a day and a time of day, as registers have them.
func (v *visit) toMinute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return v.local(t).Format("2006-01-02 15:04")
}

// registerSheet sends the register as a file for Excel.
func registerSheet(v *visit) error {
	f, err := v.registerFilter()
	if err != nil {
		return err
	}
	f.Oldest = true
	rows, err := v.allRegisterRows(f, registerExported)
	if err != nil {
		return err
	}
	heading, period := v.registerHeading(f)
	p := sheet.Page{Name: v.t("登记簿"), Title: strings.TrimSpace(heading + " " + period), Headings: []string{
		v.t("序号"), v.t("标题"), v.t("索引号"), v.t("文号"), v.t("栏目"), v.t("公开属性"), v.t("公开方式"), v.t("责任部门"), v.t("起草人"), v.t("起草时间"),
		v.t("初审人"), v.t("初审时间"), v.t("复审人"), v.t("复审时间"), v.t("保密审查人"), v.t("保密审查时间"), v.t("保密审查意见"), v.t("发布人"), v.t("发布时间"), v.t("下架人"), v.t("下架时间"), v.t("备注"),
	}}
	for _, r := range rows {
		line := []sheet.Value{sheet.N(strconv.Itoa(r.Number), 0)}
		for _, text := range []string{
			r.Title, r.Index, r.Document, r.ColumnName, v.t("主动公开"), r.Where, r.DepartmentName, r.Drafted.Name, r.Drafted.When, r.First.Name, r.First.When, r.Second.Name, r.Second.When,
			r.Secrecy.Name, r.Secrecy.When, r.SecrecyNote, r.Released.Name, r.Released.When, r.TakenDown.Name, r.TakenDown.When, strings.Join(r.Notes, v.t("；")),
		} {
			line = append(line, sheet.T(text))
		}
		p.Rows = append(p.Rows, line)
	}
	return v.sheet(v.t("登记簿"), p)
}

// sheet sends a table as a file for Excel.
func (v *visit) sheet(name string, pages ...sheet.Page) error {
	var out bytes.Buffer
	if err := sheet.Write(&out, pages); err != nil {
		return err
	}
	return v.attach(name+"-"+v.local(v.Now()).Format("20060102")+".xlsx", sheet.Type, out.Bytes())
}

// attach sends a file that the browser saves.
func (v *visit) attach(name, kind string, data []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="mingbai`+name[strings.LastIndex(name, "."):]+`"; filename*=UTF-8''`+url.PathEscape(name))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if _, err := v.w.Write(data); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}
