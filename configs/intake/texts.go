package intake

import (
	"regexp"
	"strconv"
	"strings"

	"mingbai/configs/plain"
	"mingbai/playlist"
)

// announcementFile is a text. In 正文 every line is a paragraph; "# " begins a
// heading, "- " an item of a list, "[图1] " shows the first picture with a
// caption; a first line that ends with a colon is whom it addresses. Lines that
// begin and end with | are the rows of a table, the first its heading; "[表] "
// before them is its caption.
type announcementFile struct {
	head
	Genre string   `toml:"体裁"`
	Body  string   `toml:"正文"`
	Sign  string   `toml:"落款"`
	Links []string `toml:"相关"`
}

var imageLine = regexp.MustCompile(`^\[图(\d{1,2})\]\s*(.*)$`)

var captionLine = regexp.MustCompile(`^\[表\]\s*(.*)$`)

// tableRow reads | 片区 | 时间 | as the cells of a row.
func tableRow(line string) ([]string, bool) {
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil, false
	}
	cells := strings.Split(line[1:len(line)-1], "|")
	for i := range cells {
		cells[i] = plain.Tidy(cells[i])
	}
	return cells, true
}

func (f announcementFile) announcement(s *sheet) *playlist.Announcement {
	a := &playlist.Announcement{Genre: plain.Tidy(f.Genre), Sign: plain.Tidy(f.Sign)}
	var rows *playlist.Block // the table that goes on
	for i, line := range lines(f.Body) {
		if cells, ok := tableRow(line); ok {
			if rows == nil {
				a.Blocks = append(a.Blocks, playlist.Block{Kind: playlist.TableBlock})
				rows = &a.Blocks[len(a.Blocks)-1]
			}
			rows.Rows = append(rows.Rows, cells)
			if n := len(rows.Rows[0]); len(cells) != n {
				s.wrong("正文", "表格的「%s」一行有 %d 格，表头有 %d 格", plain.Clip(line), len(cells), n)
			}
			continue
		}
		rows = nil
		if m := captionLine.FindStringSubmatch(line); m != nil {
			a.Blocks = append(a.Blocks, playlist.Block{Kind: playlist.TableBlock, Text: m[1]})
			rows = &a.Blocks[len(a.Blocks)-1]
			continue
		}
		b := playlist.Block{Kind: playlist.Paragraph, Text: line}
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			b = playlist.Block{Kind: playlist.Heading, Text: plain.Tidy(rest)}
		} else if rest, ok := strings.CutPrefix(line, "- "); ok {
			b = playlist.Block{Kind: playlist.ListItem, Text: plain.Tidy(rest)}
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
		id, err := playlist.ParseNoticeID(plain.Tidy(link))
		if err != nil {
			s.wrong("相关", "「%s」不是公告的编号", plain.Clip(link))
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
	Exercise bool   `toml:"演练"`
}

var colours = map[string]playlist.AlertColour{"红": playlist.Red, "橙": playlist.Orange, "黄": playlist.Yellow, "蓝": playlist.Blue}

func (f alertFile) alert(s *sheet) *playlist.Alert {
	a := &playlist.Alert{
		Type: plain.Tidy(f.Type), Colour: colours[strings.TrimSuffix(plain.Tidy(f.Colour), "色")], Area: plain.Tidy(f.Area),
		Action: plain.Tidy(f.Action), Measures: plain.Tidy(f.Measures), Detail: plain.Tidy(f.Detail), Exercise: f.Exercise,
	}
	if a.Colour == "" {
		s.wrong("颜色", "「%s」不是预警颜色，应为红、橙、黄、蓝", plain.Clip(f.Colour))
	}
	if a.Type == "" {
		s.wrong("类型", "不能为空")
	}
	if a.Action == "" {
		s.wrong("行动", "不能为空")
	}
	return a
}
