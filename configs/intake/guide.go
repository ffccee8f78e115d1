package intake

import (
	"regexp"
	"strconv"
	"strings"

	"mingbai/playlist"
)

// guideFile is a service guide. Steps are written 名称 | 说明 | 时限, materials
// 名称 | 原件1 复印2 | 说明 | 视情况.
type guideFile struct {
	head
	Who        string   `toml:"适用对象"`
	Basis      []string `toml:"依据"`
	Conditions []string `toml:"条件"`
	Quota      string   `toml:"数量限制"`
	Steps      []string `toml:"步骤"`
	Limit      string   `toml:"承诺时限"`
	LegalLimit string   `toml:"法定时限"`
	Materials  []string `toml:"材料"`
	Fee        string   `toml:"收费"`
	Place      string   `toml:"地点"`
	Hours      string   `toml:"时间"`
	Phone      string   `toml:"电话"`
	Complaint  string   `toml:"投诉"`
	Tips       []string `toml:"提示"`
}

func (f guideFile) guide(s *sheet) *playlist.Guide {
	g := &playlist.Guide{
		Who: tidy(f.Who), Basis: tidyAll(f.Basis), Conditions: tidyAll(f.Conditions), Quota: tidy(f.Quota),
		Limit: tidy(f.Limit), LegalLimit: tidy(f.LegalLimit), Fee: tidy(f.Fee), Place: tidy(f.Place),
		Hours: tidy(f.Hours), Phone: tidy(f.Phone), Complaint: tidy(f.Complaint), Tips: tidyAll(f.Tips),
	}
	for _, line := range f.Steps {
		p := append(fields(line), "", "")
		if len(p) > 5 || p[0] == "" {
			s.wrong("步骤", "「%s」应写成：名称 | 说明 | 时限", clip(line))
			continue
		}
		g.Steps = append(g.Steps, playlist.Step{Name: p[0], Detail: p[1], Limit: p[2]})
	}
	for _, line := range f.Materials {
		if m, ok := material(line); ok {
			g.Materials = append(g.Materials, m)
		} else {
			s.wrong("材料", "「%s」应写成：名称 | 原件1 复印2 | 说明 | 视情况", clip(line))
		}
	}
	return g
}

var pieces = regexp.MustCompile(`^(?:原件\s*(\d{1,2})\s*份?)?\s*(?:复印件?\s*(\d{1,2})\s*份?)?$`)

func material(line string) (playlist.Material, bool) {
	p := append(fields(line), "", "", "")
	if len(p) > 7 || p[0] == "" || p[3] != "" && p[3] != "视情况" {
		return playlist.Material{}, false
	}
	m := pieces.FindStringSubmatch(narrow(p[1]))
	if m == nil || p[1] == "" {
		return playlist.Material{}, false
	}
	originals, _ := strconv.Atoi(m[1]) // two digits or none
	copies, _ := strconv.Atoi(m[2])
	return playlist.Material{Name: p[0], Originals: originals, Copies: copies, Note: p[2], Optional: p[3] != ""}, true
}

// announcementFile is a text. In 正文 every line is a paragraph; "# " begins a
// heading, "- " an item of a list, "[图1] " shows the first picture with a
// caption; a first line that ends with a colon is whom it addresses.
type announcementFile struct {
	head
	Genre string   `toml:"体裁"`
	Body  string   `toml:"正文"`
	Sign  string   `toml:"落款"`
	Links []string `toml:"相关"`
}

var imageLine = regexp.MustCompile(`^\[图(\d{1,2})\]\s*(.*)$`)

func (f announcementFile) announcement(s *sheet) *playlist.Announcement {
	a := &playlist.Announcement{Genre: tidy(f.Genre), Sign: tidy(f.Sign)}
	for i, line := range lines(f.Body) {
		b := playlist.Block{Kind: playlist.Paragraph, Text: line}
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			b = playlist.Block{Kind: playlist.Heading, Text: tidy(rest)}
		} else if rest, ok := strings.CutPrefix(line, "- "); ok {
			b = playlist.Block{Kind: playlist.ListItem, Text: tidy(rest)}
		} else if m := imageLine.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[1]) // two digits
			if n < 1 || n > len(s.d.Pictures) {
				s.wrong("正文", "没有「图%d」，「图片」里列了 %d 张", n, len(s.d.Pictures))
				continue
			}
			b = playlist.Block{Kind: playlist.Image, Text: m[2], Picture: n - 1}
		} else if i == 0 && strings.HasSuffix(line, "：") && len(line) <= 120 {
			b.Kind = playlist.Salutation
		}
		a.Blocks = append(a.Blocks, b)
	}
	for _, link := range f.Links {
		id, err := playlist.ParseNoticeID(tidy(link))
		if err != nil {
			s.wrong("相关", "「%s」不是公告的编号", clip(link))
			continue
		}
		a.Links = append(a.Links, id)
		s.l.links = append(s.l.links, pending{s.file, id})
	}
	return a
}

// mediaFile is a page of pictures.
type mediaFile struct {
	head
	Text string `toml:"说明"`
}

// alertFile is a template of a warning; whoever raises it sets area and time.
type alertFile struct {
	head
	Type     string `toml:"类型"`
	Colour   string `toml:"颜色"`
	Area     string `toml:"区域"`
	Action   string `toml:"行动"`
	Measures string `toml:"措施"`
	Detail   string `toml:"详情"`
}

var colours = map[string]playlist.AlertColour{"红": playlist.Red, "橙": playlist.Orange, "黄": playlist.Yellow, "蓝": playlist.Blue}

func (f alertFile) alert(s *sheet) *playlist.Alert {
	a := &playlist.Alert{
		Type: tidy(f.Type), Colour: colours[strings.TrimSuffix(tidy(f.Colour), "色")], Area: tidy(f.Area),
		Action: tidy(f.Action), Measures: tidy(f.Measures), Detail: tidy(f.Detail),
	}
	if a.Colour == "" {
		s.wrong("颜色", "「%s」不是预警颜色，应为红、橙、黄、蓝", clip(f.Colour))
	}
	for key, v := range map[string]string{"类型": a.Type, "行动": a.Action} {
		if v == "" {
			s.wrong(key, "不能为空")
		}
	}
	return a
}

func tidyAll(in []string) []string {
	var out []string
	for _, s := range in {
		if s = tidy(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
