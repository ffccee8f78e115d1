package intake

import (
	"path"
	"slices"

	"mingbai/configs/plain"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// rosterFile is a duty roster. Its days stand in the file as [["班"]], or as a
// table beside it.
type rosterFile struct {
	head
	Place  string      `toml:"地点"`
	Phone  string      `toml:"电话"`
	Night  string      `toml:"夜班开始"` // 18:00 when empty
	Note   string      `toml:"说明"`
	Shifts []shiftFile `toml:"班"`
	File   string      `toml:"文件"` // 日期,带班,值班,夜班,电话
}

type shiftFile struct {
	Day   day    `toml:"日期"`
	Lead  string `toml:"带班"`
	Staff string `toml:"值班"`
	Night string `toml:"夜班"`
	Phone string `toml:"电话"`
}

// shiftHeadings are the columns of a roster's table.
var shiftHeadings = []Heading{
	{Name: "日期", Filled: true}, {Name: "带班", Aliases: []string{"带班领导"}}, {Name: "值班", Aliases: []string{"值班人员", "白班"}, Filled: true},
	{Name: "夜班", Aliases: []string{"夜班人员", "夜间值班"}}, {Name: "电话", Aliases: []string{"值班电话", "当天电话"}},
}

// roster reads the days in whatever order they are kept.
func (f rosterFile) roster(s *sheet) *playlist.Roster {
	r := &playlist.Roster{Place: plain.Tidy(f.Place), Phone: plain.Tidy(f.Phone), Night: plain.Narrow(plain.Tidy(f.Night)), Note: plain.Tidy(f.Note)}
	for _, v := range f.Shifts {
		r.Shifts = append(r.Shifts, playlist.Shift{
			Day: s.l.shift(v.Day.Date), Lead: plain.Tidy(v.Lead), Staff: plain.Tidy(v.Staff), Night: plain.Tidy(v.Night), Phone: plain.Tidy(v.Phone),
		})
	}
	if f.File != "" {
		if len(f.Shifts) > 0 {
			s.wrong("文件", "班次写在「班」里，或者放在文件里，只用一种")
			return r
		}
		r.Shifts = s.shifts(path.Join(path.Dir(s.file), f.File))
	}
	slices.SortStableFunc(r.Shifts, func(a, b playlist.Shift) int { return a.Day.Compare(b.Day) })
	return r
}

// shifts reads the days of a roster from a table.
func (s *sheet) shifts(file string) []playlist.Shift {
	in, ok := s.l.open(file)
	if !ok {
		return nil
	}
	defer in.Close()
	var out []playlist.Shift
	seen := map[schedule.Date]int{}
	reader := Table{File: file, Headings: shiftHeadings, Problems: &s.l.problems}
	for row := range reader.Rows(in) {
		d := row.Date("日期")
		if before, twice := seen[d]; twice && !d.IsZero() {
			row.Wrong("日期", "%s 在第 %d 行已经排过了", d.Chinese(), before)
			continue
		}
		seen[d] = row.Line
		out = append(out, playlist.Shift{
			Day: s.l.shift(d), Lead: row.Text("带班"), Staff: row.Text("值班"), Night: row.Text("夜班"), Phone: row.Text("电话"),
		})
	}
	return out
}
