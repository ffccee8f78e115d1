package intake

import (
	"errors"
	"io/fs"
	"regexp"

	"mingbai/configs/plain"
	"mingbai/playlist"
)

// Department is an office of a site that writes notices.
type Department struct {
	ID     string // lower-case letters, digits and hyphens, at most 40
	Site   playlist.SiteID
	Name   string
	NameEn string
	Phone  string
	Lead   string // 分管领导
}

var departmentID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// departments reads departments.csv, which a county may leave out.
func (l *loader) departments() {
	const file = "departments.csv"
	if _, err := fs.Stat(l.fsys, file); errors.Is(err, fs.ErrNotExist) {
		return
	}
	known := map[string]bool{}
	for _, s := range l.county.Sites {
		known["site "+string(s.ID)] = true
	}
	l.table(file, []Heading{
		{Name: "编号", Filled: true}, {Name: "站点", Filled: true}, {Name: "名称", Filled: true}, {Name: "英文名"}, {Name: "电话"}, {Name: "分管领导"},
	}, func(r Row) {
		d := Department{ID: r.Text("编号"), Site: playlist.SiteID(r.Text("站点")), Name: r.Text("名称"), NameEn: r.Text("英文名"), Phone: r.Text("电话"), Lead: r.Text("分管领导")}
		switch {
		case !departmentID.MatchString(d.ID) || known[d.ID]:
			r.Wrong("编号", "「%s」不能作编号，或者已经用过", plain.Clip(d.ID))
		case !known["site "+string(d.Site)]:
			r.Wrong("站点", "没有编号为「%s」的站点", plain.Clip(string(d.Site)))
		default:
			known[d.ID] = true
			l.county.Departments = append(l.county.Departments, d)
		}
	})
}
