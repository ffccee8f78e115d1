package intake

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"mingbai/configs/plain"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Bounds of what is read besides tables.
const (
	maxText    = 4 << 20
	maxPicture = 32 << 20
)

// County is everything that the files say.
type County struct {
	Name   string
	Zone   *time.Location
	Anchor schedule.Date // the day around which the files' dates are written; zero for a real county
	Days   int           // by how many days every date was shifted

	Sites       []playlist.Site // parents before children, as in the file
	Departments []Department
	Screens     []playlist.Screen
	Columns     []playlist.Column
	Holidays    []schedule.Exception
	Playlists   []Playlist
	Rules       []Rule
	Drafts      []Draft // guides, announcements, funds, media, rosters; by kind, then by file
	Alerts      []Draft // templates of warnings, not to be published as they are

	// Warnings is what a person should look at although it can be used.
	Warnings Problems
}

// Playlist is a playlist of a site's channel.
type Playlist struct {
	Site playlist.SiteID `toml:"site"`
	playlist.Playlist
}

// Rule is a rule of a site's channel.
type Rule struct {
	Site playlist.SiteID `toml:"site"`
	schedule.Rule
}

// loader reads one folder.
type loader struct {
	fsys     fs.FS
	problems Problems
	county   County
	zone     *time.Location
	days     int // shift

	seen  map[playlist.NoticeID]string   // notice -> file
	named map[string][]playlist.SiteID   // by name, and by the name behind the parent's
	filed map[string][]playlist.ColumnID // by ID and name
	links []pending
}

// pending is a link that is looked up when all notices are known.
type pending struct {
	file string
	to   playlist.NoticeID
}

// Load reads the county in fsys. When the county has an anchor and at is a day,
// every date of notices and rules is shifted by whole days from the anchor to
// at, so that the sample looks the same on any day; the calendar of holidays
// and dates inside texts stay as they are. The zero Date shifts nothing.
//
// An error is of type Problems and holds everything that is wrong. The county
// is what could be read all the same, for a look before an import; it is never
// nil.
func Load(fsys fs.FS, at schedule.Date) (*County, error) {
	l := &loader{
		fsys: fsys, zone: time.UTC,
		seen: map[playlist.NoticeID]string{}, named: map[string][]playlist.SiteID{}, filed: map[string][]playlist.ColumnID{},
	}
	l.head(at)
	l.sites()
	l.departments()
	l.columns()
	l.screens() // zones name columns
	l.holidays()
	c := &l.county
	for _, k := range []struct {
		dirs []string
		kind playlist.Kind
		into *[]Draft
	}{
		{[]string{"guides", "办事指南"}, playlist.KindGuide, &c.Drafts},
		{[]string{"announcements", "公告"}, playlist.KindAnnouncement, &c.Drafts},
		{[]string{"funds", "资金"}, playlist.KindFund, &c.Drafts},
		{[]string{"media", "图文"}, playlist.KindMedia, &c.Drafts},
		{[]string{"rosters", "值班"}, playlist.KindRoster, &c.Drafts},
		{[]string{"alerts", "预警"}, playlist.KindAlert, &c.Alerts},
	} {
		for _, dir := range k.dirs {
			*k.into = append(*k.into, l.notices(dir, k.kind)...)
		}
	}
	for _, link := range l.links {
		if _, ok := l.seen[link.to]; !ok {
			l.problems.wrong(link.file, 0, "相关", "没有编号为「%s」的公告", link.to)
		}
	}
	l.playlists()
	l.rules()
	c.Days, c.Zone = l.days, l.zone
	for _, p := range l.problems {
		if p.Warning {
			c.Warnings = append(c.Warnings, p)
		}
	}
	return c, l.problems.Err()
}

// env is what the domain compares notices with.
func (l *loader) env() playlist.ValidateEnv {
	return playlist.ValidateEnv{
		Columns: l.county.Columns, Sites: l.county.Sites, Zone: l.zone,
		Calendar: schedule.NewCalendar(l.county.Holidays),
	}
}

// open opens a file that must be there.
func (l *loader) open(file string) (fs.File, bool) {
	if !fs.ValidPath(file) {
		l.problems.wrong(file, 0, "", "文件名不对，只能用本文件夹里的文件")
		return nil, false
	}
	f, err := l.fsys.Open(file)
	if err != nil {
		l.problems.wrong(file, 0, "", "找不到这个文件")
		return nil, false
	}
	return f, true
}

// bytes reads a whole file of at most limit bytes.
func (l *loader) bytes(file string, limit int64) ([]byte, bool) {
	f, ok := l.open(file)
	if !ok {
		return nil, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		l.problems.wrong(file, 0, "", "读不出来：%v", err)
		return nil, false
	}
	if int64(len(data)) > limit {
		l.problems.wrong(file, 0, "", "文件太大，最多 %d MB", limit>>20)
		return nil, false
	}
	return data, true
}

// read reads a text file in whatever encoding it is.
func (l *loader) read(file string) ([]byte, bool) {
	raw, ok := l.bytes(file, maxText)
	if !ok {
		return nil, false
	}
	data, err := io.ReadAll(plain.Reader(bytes.NewReader(raw)))
	if err != nil {
		l.problems.wrong(file, 0, "", "编码不对，请另存为 UTF-8：%v", err)
		return nil, false
	}
	return data, true
}

// picture reads a picture. Only its first bytes are looked at; decoding is for
// those who store it.
func (l *loader) picture(s *sheet, name string) []byte {
	if name == "" || name != path.Base(name) {
		s.wrong("图片", "「%s」不是文件名，图片都放在 pictures 文件夹里", plain.Clip(name))
		return nil
	}
	file := path.Join("pictures", name)
	if _, err := fs.Stat(l.fsys, file); err != nil {
		s.wrong("图片", "找不到图片「%s」", plain.Clip(name))
		return nil
	}
	data, ok := l.bytes(file, maxPicture)
	if !ok {
		return nil
	}
	if !bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) && !bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
		s.wrong("图片", "「%s」不是 PNG 或 JPEG 图片", plain.Clip(name))
		return nil
	}
	return data
}

// site finds a site by its ID or name.
func (l *loader) site(s *sheet, name string) playlist.SiteID {
	name = plain.Tidy(name)
	ids := l.named[name]
	switch {
	case name == "":
		s.wrong("站点", "不能为空，应写发布这份材料的站点")
	case len(ids) == 0:
		s.wrong("站点", "没有叫「%s」的站点", plain.Clip(name))
	case len(ids) > 1:
		s.wrong("站点", "有 %d 个叫「%s」的站点，请写编号", len(ids), plain.Clip(name))
	default:
		return ids[0]
	}
	return ""
}

// column finds a column by its ID or name.
func (l *loader) column(s *sheet, name string, kind playlist.Kind) playlist.ColumnID {
	name = plain.Tidy(name)
	ids := l.filed[name]
	switch {
	case name == "" && kind == playlist.KindAlert:
	case name == "":
		s.wrong("栏目", "不能为空")
	case len(ids) == 0:
		s.wrong("栏目", "没有叫「%s」的栏目", plain.Clip(name))
	case len(ids) > 1:
		s.wrong("栏目", "有 %d 个叫「%s」的栏目，请写编号", len(ids), plain.Clip(name))
	default:
		return ids[0]
	}
	return ""
}

// told carries problems of the domain about a list over to its file. line tells
// where an element stands.
func (l *loader) told(file string, problems []playlist.Problem, line func(index int) int) {
	for _, p := range problems {
		out := Problem{File: file, Column: p.Field, Text: p.Message, Warning: p.Severity == playlist.Warning}
		if m := indexPath.FindStringSubmatch(p.Field); m != nil {
			out.Line, out.Column = line(atoi(m[1])), m[2]
		}
		l.problems.add(out)
	}
}

// noticeIDs are the notices that playlists may name.
func (l *loader) noticeIDs() []playlist.NoticeID {
	var ids []playlist.NoticeID
	for id := range l.seen {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b playlist.NoticeID) int { return cmp.Compare(a, b) })
	return ids
}

func join(parent, name string) string { return strings.TrimSpace(parent + name) }
