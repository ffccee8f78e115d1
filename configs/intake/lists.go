package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/configs/plain"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

var indexPath = regexp.MustCompile(`^[a-z]+\[(\d{1,6})\]\.?(.*)$`)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// head reads county.toml.
func (l *loader) head(at schedule.Date) {
	const file = "county.toml"
	data, ok := l.read(file)
	if !ok {
		return
	}
	var h struct {
		Name   string `toml:"name"`
		Zone   string `toml:"zone"`
		Anchor day    `toml:"anchor"`
	}
	if !l.problems.decode(file, data, &h) {
		return
	}
	if l.county.Name = plain.Tidy(h.Name); l.county.Name == "" {
		l.problems.wrong(file, 0, "name", "不能为空")
	}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil || h.Zone == "" {
		l.problems.wrong(file, 0, "zone", "「%s」不是时区，一般写 Asia/Shanghai", plain.Clip(h.Zone))
	} else {
		l.zone = zone
	}
	if l.county.Anchor = h.Anchor.Date; h.Anchor.set && !at.IsZero() {
		l.days = at.DaysSince(h.Anchor.Date)
	}
}

// table opens a CSV file and yields its rows.
func (l *loader) table(file string, headings []Heading, each func(Row)) {
	f, ok := l.open(file)
	if !ok {
		return
	}
	defer f.Close()
	t := Table{File: file, Headings: headings, Problems: &l.problems}
	for row := range t.Rows(f) {
		each(row)
	}
}

var siteKinds = []Word[playlist.SiteKind]{{"省", playlist.Province}, {"县", playlist.County}, {"镇", playlist.Town}, {"村", playlist.Village}, {"大厅", playlist.Hall}}

func (l *loader) sites() {
	const file = "sites.csv"
	names := map[playlist.SiteID]string{}
	var at []int
	l.table(file, []Heading{
		{Name: "编号", Filled: true}, {Name: "上级", Need: true}, {Name: "级别", Filled: true}, {Name: "名称", Filled: true},
		{Name: "英文名"}, {Name: "监督电话"}, {Name: "值守"}, {Name: "纬度"}, {Name: "经度"},
	}, func(r Row) {
		id, err := playlist.ParseSiteID(r.Text("编号"))
		if err != nil {
			r.Wrong("编号", "「%s」不能作编号：只能用小写字母、数字和中间的短横，最多 40 个", plain.Clip(r.Text("编号")))
			return
		}
		s := playlist.Site{
			ID: id, Parent: playlist.SiteID(r.Text("上级")), Kind: Choice(r, "级别", siteKinds), Name: r.Text("名称"),
			NameEn: r.Text("英文名"), Hotline: r.Text("监督电话"), Duty: r.Text("值守"),
			Latitude: r.Float("纬度"), Longitude: r.Float("经度"),
		}
		if _, twice := names[id]; twice {
			r.Wrong("编号", "「%s」出现了两次", id)
			return
		}
		if _, known := names[s.Parent]; !known && s.Parent != "" {
			r.Wrong("上级", "前面的行里没有编号为「%s」的站点", plain.Clip(string(s.Parent)))
		}
		names[id] = s.Name
		l.county.Sites = append(l.county.Sites, s)
		at = append(at, r.Line)
		for _, name := range slices.Compact([]string{s.Name, join(names[s.Parent], s.Name), string(id)}) {
			if !slices.Contains(l.named[name], id) {
				l.named[name] = append(l.named[name], id)
			}
		}
	})
	l.told(file, playlist.ValidateSites(l.county.Sites), lineOf(at))
}

func lineOf(at []int) func(int) int {
	return func(i int) int {
		if i < 0 || i >= len(at) {
			return 0
		}
		return at[i]
	}
}

func (l *loader) screens() {
	const file = "screens.toml"
	var f struct {
		Screens []playlist.Screen `toml:"screen"`
	}
	data, ok := l.read(file)
	if !ok || !l.problems.decode(file, data, &f) {
		return
	}
	seen := map[playlist.ScreenID]bool{}
	for _, s := range f.Screens {
		if _, err := playlist.ParseScreenID(string(s.ID)); err != nil {
			l.problems.wrong(file, 0, "id", "「%s」不能作屏幕编号", plain.Clip(string(s.ID)))
		}
		if seen[s.ID] {
			l.problems.wrong(file, 0, "id", "屏幕「%s」出现了两次", s.ID)
		}
		seen[s.ID] = true
		if !slices.ContainsFunc(l.county.Sites, func(x playlist.Site) bool { return x.ID == s.Site }) {
			l.problems.wrong(file, 0, "site", "屏幕「%s」的站点「%s」不存在", s.ID, plain.Clip(string(s.Site)))
		}
		for _, p := range playlist.ValidateScreen(s, l.env()) {
			l.problems.add(Problem{File: file, Column: p.Field, Text: "屏幕「" + string(s.ID) + "」" + p.Message, Warning: p.Severity == playlist.Warning})
		}
	}
	l.county.Screens = f.Screens
}

var columnFields = []Word[playlist.Field]{{"政务", playlist.Government}, {"党务", playlist.Party}, {"村务", playlist.VillageDo}, {"财务", playlist.Money}}

var cadences = []Word[playlist.Cadence]{{"", playlist.AdHoc}, {"随时", playlist.AdHoc}, {"每月", playlist.Monthly}, {"每季", playlist.Quarterly}, {"每年", playlist.Yearly}, {"常年", playlist.Standing}}

func (l *loader) columns() {
	const file = "columns.csv"
	var at []int
	known := map[playlist.ColumnID]bool{}
	l.table(file, []Heading{
		{Name: "编号", Filled: true}, {Name: "上级", Need: true}, {Name: "名称", Filled: true}, {Name: "英文名"}, {Name: "说明"},
		{Name: "领域", Filled: true}, {Name: "首页位置"}, {Name: "更新周期"}, {Name: "责任单位"},
		{Name: "应公开站点"}, {Name: "工作日"}, {Name: "最长未更新"},
	}, func(r Row) {
		id, err := playlist.ParseColumnID(r.Text("编号"))
		if err != nil || known[id] {
			r.Wrong("编号", "「%s」不能作编号，或者已经用过", plain.Clip(r.Text("编号")))
			return
		}
		c := playlist.Column{
			ID: id, Parent: playlist.ColumnID(r.Text("上级")), Name: r.Text("名称"), NameEn: r.Text("英文名"), Hint: r.Text("说明"),
			Field: Choice(r, "领域", columnFields), Tile: r.Int("首页位置"), Cadence: Choice(r, "更新周期", cadences), Owner: r.Text("责任单位"),
			Within: r.Int("工作日"), Fresh: r.Int("最长未更新"),
		}
		for name := range strings.FieldsSeq(strings.ReplaceAll(r.Text("应公开站点"), "、", " ")) {
			if i := slices.IndexFunc(siteKinds, func(w Word[playlist.SiteKind]) bool { return w.Chinese == name }); i >= 0 {
				c.Kinds = append(c.Kinds, siteKinds[i].Means)
			} else {
				r.Wrong("应公开站点", "「%s」不是站点级别，应写省、县、镇、村或大厅，几个之间用顿号", plain.Clip(name))
			}
		}
		if c.Parent != "" && !known[c.Parent] {
			r.Wrong("上级", "前面的行里没有编号为「%s」的栏目", plain.Clip(string(c.Parent)))
		}
		known[id] = true
		l.county.Columns = append(l.county.Columns, c)
		at = append(at, r.Line)
		l.filed[string(id)] = []playlist.ColumnID{id}
		l.filed[c.Name] = append(l.filed[c.Name], id)
	})
	l.told(file, playlist.ValidateColumns(l.county.Columns), lineOf(at))
}

func (l *loader) holidays() {
	seen := map[schedule.Date]bool{}
	l.table("holidays.csv", []Heading{{Name: "日期", Filled: true}, {Name: "类型", Filled: true}, {Name: "名称", Need: true}}, func(r Row) {
		e := schedule.Exception{Date: r.Date("日期"), Working: Choice(r, "类型", []Word[bool]{{"放假", false}, {"上班", true}}), Name: r.Text("名称")}
		if e.Date.IsZero() {
			return // already told
		}
		if seen[e.Date] {
			r.Wrong("日期", "%s 出现了两次", e.Date)
			return
		}
		seen[e.Date] = true
		l.county.Holidays = append(l.county.Holidays, e)
	})
	slices.SortFunc(l.county.Holidays, func(a, b schedule.Exception) int { return a.Date.Compare(b.Date) })
}

func (l *loader) playlists() {
	const file = "playlists.toml"
	var f struct {
		Playlists []Playlist `toml:"playlist"`
	}
	data, ok := l.read(file)
	if !ok || !l.problems.decode(file, data, &f) {
		return
	}
	env := l.env()
	env.Notices = l.noticeIDs()
	for _, p := range f.Playlists {
		l.onSite(file, p.Site, "播放单「"+plain.Clip(p.ID)+"」")
		for _, item := range p.Items {
			if _, ok := l.seen[item.Notice]; !ok {
				l.problems.wrong(file, 0, "items", "播放单「%s」里的「%s」不存在", plain.Clip(p.ID), plain.Clip(string(item.Notice)))
			}
		}
		for _, one := range playlist.ValidatePlaylist(p.Playlist, env) {
			l.problems.add(Problem{File: file, Column: one.Field, Text: "播放单「" + plain.Clip(p.ID) + "」" + one.Message, Warning: one.Severity == playlist.Warning})
		}
	}
	l.county.Playlists = f.Playlists
}

func (l *loader) onSite(file string, site playlist.SiteID, what string) {
	if !slices.ContainsFunc(l.county.Sites, func(x playlist.Site) bool { return x.ID == site }) {
		l.problems.wrong(file, 0, "site", "%s的站点「%s」不存在", what, plain.Clip(string(site)))
	}
}

// ruleFile is a rule with dates as people write them.
type ruleFile struct {
	Site     playlist.SiteID  `toml:"site"`
	ID       string           `toml:"id"`
	Name     string           `toml:"name"`
	Playlist string           `toml:"playlist"`
	Level    schedule.Level   `toml:"level"`
	From     day              `toml:"from"`
	Until    day              `toml:"until"`
	Spans    []schedule.Span  `toml:"spans"`
	Weekdays []time.Weekday   `toml:"weekdays"`
	Days     schedule.DayKind `toml:"days"`
	Tags     []string         `toml:"tags"`

	Period     *schedule.Period `toml:"period"`
	Weeks      int              `toml:"weeks"`
	Recurrence string           `toml:"recurrence"`
	Share      int              `toml:"share"`
}

func (l *loader) rules() {
	const file = "rules.toml"
	var f struct {
		Rules []ruleFile `toml:"rule"`
	}
	data, ok := l.read(file)
	if !ok || !l.problems.decode(file, data, &f) {
		return
	}
	for _, r := range f.Rules {
		l.onSite(file, r.Site, "规则「"+plain.Clip(r.ID)+"」")
		l.county.Rules = append(l.county.Rules, Rule{Site: r.Site, Rule: schedule.Rule{
			ID: r.ID, Name: r.Name, Playlist: r.Playlist, Level: r.Level, From: l.shift(r.From.Date), Until: l.shift(r.Until.Date),
			Spans: r.Spans, Weekdays: r.Weekdays, Days: r.Days, Tags: r.Tags,
			Period: r.Period, Weeks: r.Weeks, Recurrence: r.Recurrence, Share: r.Share,
		}})
	}
	for _, s := range l.county.Sites {
		var rules []schedule.Rule
		for _, r := range l.county.Rules {
			if r.Site == s.ID {
				rules = append(rules, r.Rule)
			}
		}
		var lists []playlist.Playlist
		for _, p := range l.county.Playlists {
			if p.Site == s.ID {
				lists = append(lists, p.Playlist)
			}
		}
		for _, one := range playlist.ValidateRules(rules, lists) {
			l.problems.add(Problem{File: file, Column: one.Field, Text: s.Name + "的规则：" + one.Message, Warning: one.Severity == playlist.Warning})
		}
	}
}
