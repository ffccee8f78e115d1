package intake

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"mingbai/configs/plain"
	"mingbai/configs/strict"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Draft is a notice as a file gives it, with its pictures still as bytes.
type Draft struct {
	File   string          // where it came from
	Notice playlist.Notice // Version 1; Pictures have roles and captions and no renditions yet
	// Pictures is parallel to Notice.Pictures.
	Pictures []Picture
}

// Picture is a picture file that a notice names.
type Picture struct {
	Name    string // in pictures/
	Caption string
	Data    []byte // PNG or JPEG as it lies there
}

// head is what every kind of notice file begins with.
type head struct {
	ID        string   `toml:"编号"`
	Site      string   `toml:"站点"`
	Column    string   `toml:"栏目"`
	Title     string   `toml:"标题"`
	TitleEn   string   `toml:"英文标题"`
	Summary   string   `toml:"摘要"`
	LED       string   `toml:"屏幕短讯"`
	Issuer    string   `toml:"发布机构"`
	Index     string   `toml:"索引号"`
	Document  string   `toml:"文号"`
	Issued    day      `toml:"发布日期"`
	Hotline   string   `toml:"监督电话"`
	Web       string   `toml:"网址"` // the same text on the web
	Sensitive bool     `toml:"含个人信息"`
	NotBefore instant  `toml:"上屏时间"`
	NotAfter  instant  `toml:"下屏时间"`
	Posting   *posting `toml:"公示期"`
	Pictures  []string `toml:"图片"` // 文件名 | 图注 | 原件 or 样表
}

type posting struct {
	From      day    `toml:"开始"`
	Days      int    `toml:"天数"`
	Working   bool   `toml:"按工作日"`
	Objection string `toml:"异议"`
}

// sheet is a notice file while it is read.
type sheet struct {
	l    *loader
	file string
	data []byte
	d    *Draft
	from []tableSource // of a fund's tables, to find cells again
}

// notices reads every notice file of a folder.
func (l *loader) notices(dir string, kind playlist.Kind) []Draft {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		return nil // a folder that is not there has no notices
	}
	var drafts []Draft
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".toml" {
			continue
		}
		file := path.Join(dir, e.Name())
		data, ok := l.read(file)
		if !ok {
			continue
		}
		s := &sheet{l: l, file: file, data: data, d: &Draft{File: file}}
		if s.read(kind) {
			drafts = append(drafts, *s.d)
		}
	}
	return drafts
}

// read decodes the file of that kind and fills the draft.
func (s *sheet) read(kind playlist.Kind) bool {
	n := &s.d.Notice
	n.Kind = kind
	switch kind {
	case playlist.KindGuide:
		var f guideFile
		if !s.l.problems.decode(s.file, s.data, &f) {
			return false
		}
		s.fill(f.head)
		n.Guide = f.guide(s)
	case playlist.KindFund:
		var f fundFile
		if !s.l.problems.decode(s.file, s.data, &f) {
			return false
		}
		s.fill(f.head)
		n.Fund = f.fund(s)
	case playlist.KindAlert:
		var f alertFile
		if !s.l.problems.decode(s.file, s.data, &f) {
			return false
		}
		s.fill(f.head)
		n.Alert = f.alert(s)
	case playlist.KindRoster:
		var f rosterFile
		if !s.l.problems.decode(s.file, s.data, &f) {
			return false
		}
		s.fill(f.head)
		n.Roster = f.roster(s)
	case playlist.KindMedia:
		var f mediaFile
		if !s.l.problems.decode(s.file, s.data, &f) {
			return false
		}
		s.fill(f.head)
		n.Media = &playlist.Media{Text: strings.Join(lines(f.Text), "\n")}
	default:
		var f announcementFile
		if !s.l.problems.decode(s.file, s.data, &f) {
			return false
		}
		s.fill(f.head)
		n.Announcement = f.announcement(s)
	}
	if kind != playlist.KindAlert { // a template has no start yet
		s.validate()
	}
	return true
}

func (s *sheet) wrong(key, format string, args ...any) {
	s.l.problems.wrong(s.file, strict.Line(s.data, key), key, format, args...)
}

// fill copies the head into the notice.
func (s *sheet) fill(h head) {
	n := &s.d.Notice
	id := h.ID
	if id == "" {
		id = strings.TrimSuffix(path.Base(s.file), ".toml")
	}
	var err error
	if n.ID, err = playlist.ParseNoticeID(id); err != nil {
		s.wrong("编号", "「%s」不能作编号：只能用小写字母、数字和中间的短横，最多 64 个（不写「编号」时用文件名）", plain.Clip(id))
	}
	if other, twice := s.l.seen[n.ID]; twice {
		s.wrong("编号", "与 %s 的编号相同：%s", other, n.ID)
	}
	if err == nil {
		s.l.seen[n.ID] = s.file
	}
	n.Version = 1
	n.Site = s.l.site(s, h.Site)
	n.Column = s.l.column(s, h.Column, n.Kind)
	n.Title, n.TitleEn, n.Summary, n.LED = plain.Tidy(h.Title), plain.Tidy(h.TitleEn), plain.Tidy(h.Summary), plain.Tidy(h.LED)
	n.Issuer, n.Index, n.Document, n.Hotline = plain.Tidy(h.Issuer), plain.Tidy(h.Index), plain.Tidy(h.Document), plain.Tidy(h.Hotline)
	n.Web = plain.Tidy(h.Web)
	n.Sensitive = h.Sensitive
	n.Issued = s.l.shift(h.Issued.Date)
	n.NotBefore = h.NotBefore.at(s.l.days, s.l.zone)
	n.NotAfter = h.NotAfter.at(s.l.days, s.l.zone)
	if p := h.Posting; p != nil {
		n.Posting = &playlist.Posting{From: s.l.shift(p.From.Date), Days: p.Days, Working: p.Working, Objection: plain.Tidy(p.Objection)}
	}
	for _, line := range h.Pictures {
		part := append(fields(line), "", "")
		role, known := roles[part[2]]
		if len(part) > 5 || !known {
			s.wrong("图片", "「%s」应写成：文件名 | 图注，或者 文件名 | 图注 | 原件（或样表）", plain.Clip(line))
			continue
		}
		pic := Picture{Name: part[0], Caption: part[1]}
		pic.Data = s.l.picture(s, pic.Name)
		s.d.Pictures = append(s.d.Pictures, pic)
		n.Pictures = append(n.Pictures, playlist.Picture{Role: role, Caption: pic.Caption})
	}
}

// roles are the clerks' names of what a picture is for.
var roles = map[string]playlist.PictureRole{
	"": playlist.Illustration, "插图": playlist.Illustration, "原件": playlist.Scan, "样表": playlist.Sample,
}

// keys are the clerks' names of the fields that Validate speaks of.
var keys = map[string]string{
	"id": "编号", "site": "站点", "column": "栏目", "title": "标题", "title_en": "英文标题", "summary": "摘要",
	"led": "屏幕短讯", "issuer": "发布机构", "index": "索引号", "document": "文号", "issued": "发布日期",
	"hotline": "监督电话", "web": "网址", "sensitive": "含个人信息", "not_before": "上屏时间", "not_after": "下屏时间",
	"posting": "公示期", "pictures": "图片",
	"announcement.genre": "体裁", "announcement.blocks": "正文", "announcement.sign": "落款", "announcement.links": "相关",
	"guide.who": "适用对象", "guide.basis": "依据", "guide.conditions": "条件", "guide.quota": "数量限制",
	"guide.steps": "步骤", "guide.limit": "承诺时限", "guide.legal_limit": "法定时限", "guide.materials": "材料",
	"guide.fee": "收费", "guide.place": "地点", "guide.hours": "时间", "guide.phone": "电话",
	"guide.complaint": "投诉", "guide.tips": "提示",
	"fund.period": "时期", "fund.purpose": "用途", "fund.standard": "标准", "fund.total": "总金额",
	"fund.sources": "来源", "fund.tables": "表", "fund.approver": "审核", "fund.status": "拨付情况",
	"media.text":   "说明",
	"roster.place": "地点", "roster.phone": "电话", "roster.night": "夜班开始", "roster.shifts": "班", "roster.note": "说明",
}

var cellPath = regexp.MustCompile(`^fund\.tables\[(\d+)\](?:\.rows\[(\d+)\](?:\[(\d+)\])?)?`)
var fieldPath = regexp.MustCompile(`^([a-z_]+)(?:\.([a-z_]+))?`)

// validate asks the domain and carries what it finds back to the file.
func (s *sheet) validate() {
	n := s.d.Notice
	n.Pictures = nil // they get their sizes only when they are stored
	if n.Announcement != nil {
		// Blocks that show pictures cannot be judged without them.
		a := *n.Announcement
		a.Blocks = nil
		for _, b := range n.Announcement.Blocks {
			if b.Kind != playlist.Image {
				a.Blocks = append(a.Blocks, b)
			}
		}
		n.Announcement = &a
	}
	if n.Media != nil {
		return // nothing but pictures
	}
	for _, p := range playlist.Validate(&n, s.l.env()) {
		out := Problem{File: s.file, Text: p.Message, Warning: p.Severity == playlist.Warning}
		if file, line, column, ok := s.cell(p.Field); ok {
			if s.l.problems.about(file, line) {
				continue // follows from what was told when the table was read
			}
			out.File, out.Line, out.Column = file, line, column
		} else {
			out.Column = p.Field
			m := fieldPath.FindStringSubmatch(p.Field)
			for _, name := range []string{first(m, 0), first(m, 1)} {
				if key := keys[name]; key != "" {
					out.Column, out.Line = key, strict.Line(s.data, key)
					break
				}
			}
		}
		s.l.problems.add(out)
	}
}

func first(m []string, i int) string {
	if i < len(m) {
		return m[i]
	}
	return ""
}

// shift moves a date of the files to the day for which they are loaded.
func (l *loader) shift(d schedule.Date) schedule.Date {
	if d.IsZero() || l.days == 0 {
		return d
	}
	return d.AddDays(l.days)
}
