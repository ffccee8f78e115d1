package certificate

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"mingbai/controller/certificate/pdf"
)

// onFront is how many screens the first page lists at most, and rowRoom what a row
// of two lines takes.
const (
	onFront = 8
	rowRoom = 34.0
)

// front sets the first page.
func (s *sheet) front() {
	r := s.record
	s.page, s.y = s.doc.Page(), top
	s.page.Text(s.sans, 10, left, s.y, second, r.Office)
	s.flush(s.sans, 10, right, s.y, second, "编号 "+r.Name())
	s.y += 40
	s.page.Text(s.serif, 28, left, s.y, ink, "公示证明")
	s.y += 14
	s.page.Fill(left, s.y, right-left, 2.2, ink)
	s.y += 14
	for i, line := range broken(s.bold, 13, right-left, "《"+r.Title+"》") {
		x := left
		if i == 0 {
			x -= 6 // the mark hangs, so that the title stands on the line
		}
		s.y += 20
		s.page.Text(s.bold, 13, x, s.y, ink, line)
	}
	s.y += 4
	s.statement()
	s.y += 6
	s.kept()
	s.facts()
	s.screens()
	s.chain()
}

// statement says in one sentence what is certified.
func (s *sheet) statement() {
	r := s.record
	text := fmt.Sprintf("兹证明：上述内容自 %s 起，至 %s 止，在 %d 块电子屏上公开显示，有显示的共 %d 天，累计 %s 小时。",
		r.minute(r.First), r.minute(r.Until), len(r.Screens), r.Days, hours(r.Seconds))
	if r.Seconds == 0 {
		text = "截至打印时，还没有收到任何一块屏显示过上述内容的记录。"
	}
	s.lines(s.sans, 11, 18, left, right-left, ink, text)
}

// kept draws how much of the posting period was kept.
func (s *sheet) kept() {
	r := s.record
	if r.Wanted == 0 {
		return
	}
	tone, word := amber, "尚未满期"
	if r.Counted >= r.Wanted {
		tone, word = green, "已满期"
	} else if r.Last != "" && r.day(r.Printed) > r.Last {
		tone, word = red, "公示期已过而天数不够"
	}
	s.y += 42
	figure := fmt.Sprintf("%d", r.Counted)
	s.page.Text(s.bold, 30, left, s.y, tone, figure)
	x := left + s.bold.Width(30, figure) + 8
	s.page.Text(s.sans, 11, x, s.y, ink, fmt.Sprintf("%s，要求 %s", r.unit(), r.wanted()))
	s.flush(s.bold, 12, right, s.y, tone, word)
	s.y += 10
	s.page.Fill(left, s.y, right-left, 6, hair)
	s.page.Fill(left, s.y, (right-left)*float64(min(r.Counted, r.Wanted))/float64(r.Wanted), 6, tone)
	s.y += 16
}

// facts names the notice.
func (s *sheet) facts() {
	r := s.record
	s.y += 14
	half := (right - left) / 2
	for i, f := range [][2]string{
		{"发布机构", r.Issuer}, {"发布日期", r.Issued}, {"索引号", r.Index}, {"文号", r.Number}, {"栏目", r.Column}, {"公开范围", r.Site},
	} {
		x := left + half*float64(i%2)
		s.page.Text(s.sans, 9, x, s.y, second, f[0])
		s.page.Text(s.sans, 10, x+52, s.y, ink, s.clipped(s.sans, 10, half-58, dash(f[1])))
		if i%2 == 1 {
			s.y += 17
		}
	}
}

func dash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// The columns of the table of screens: where each ends, counted from the left.
var tableEnds = [...]float64{212, 306, 400, 436, 471}

func (s *sheet) tableHead() {
	s.page.Fill(left, s.y, right-left, 1.2, ink)
	s.y += 14
	s.page.Text(s.sans, 8.5, left, s.y, second, "屏幕")
	for i, text := range []string{"首次", "最近", "小时", "天数"} {
		s.flush(s.sans, 8.5, left+tableEnds[i+1], s.y, second, text)
	}
	s.y += 6
	s.page.Fill(left, s.y, right-left, 0.6, ink)
}

func (s *sheet) tableRow(c Screen) {
	r := s.record
	s.y += 15
	name := c.Name
	if !strings.HasPrefix(name, c.Site) {
		name = strings.TrimSpace(c.Site + " " + name)
	}
	if c.Place != "" && !strings.Contains(c.Name, c.Place) {
		name += "（" + c.Place + "）"
	}
	for i, text := range []string{r.minute(c.First), r.minute(c.Last), hours(c.Seconds), fmt.Sprint(len(c.Days))} {
		s.flush(s.sans, 9, left+tableEnds[i+1], s.y, ink, text)
	}
	s.y -= 12
	s.lines(s.sans, 9, 12, left, tableEnds[0]-4, ink, name)
	s.y += 5
	s.page.Fill(left, s.y, right-left, 0.4, hair)
}

func (s *sheet) screens() {
	all := s.record.Screens
	s.y += 12
	s.tableHead()
	end := pdf.Height - 270 - 12*float64(len(s.record.Approved)) // what follows needs the rest
	for s.listed < min(len(all), onFront) && (s.listed == 0 || s.y+rowRoom < end) {
		s.tableRow(all[s.listed])
		s.listed++
	}
	if len(all) > s.listed {
		s.y += 14
		s.page.Text(s.sans, 9, left, s.y, second, fmt.Sprintf("另有 %d 块屏，见附页。", len(all)-s.listed))
	}
}

// chain tells by what the certificate can be checked, beside a code with the
// content's address.
func (s *sheet) chain() {
	r := s.record
	const side = 84.0
	s.y += 26
	s.page.Text(s.bold, 10, left, s.y, ink, "凭据")
	s.y += 3
	up := s.y
	width := right - left - side - 18
	line := func(label, text string) {
		s.y += 15
		s.page.Text(s.sans, 8.5, left, s.y, second, label)
		s.y -= 12
		s.lines(s.sans, 8.5, 12, left+52, width-52, ink, text)
	}
	half := len(r.Hash) / 2
	line("内容指纹", "sha256  "+grouped(r.Hash[:half]))
	s.lines(s.sans, 8.5, 12, left+52+s.sans.Width(8.5, "sha256  "), width, ink, grouped(r.Hash[half:]))
	line("版次", fmt.Sprintf("第 %d 版，频道 %s 第 %d 期，签名密钥 %s", r.Version, r.Channel, r.Edition, strings.Join(r.Keys, " ")))
	for i, a := range r.Approved {
		text := a.Name
		if a.For != "" {
			text += "（代" + a.For + "）"
		}
		text += "，" + r.minute(a.At)
		if !a.Genuine {
			text += "（签名核对不符）"
		}
		if i > 0 {
			s.y -= 3
		}
		line(a.Capacity, text)
	}
	line("屏幕记录", fmt.Sprintf("%d 块屏各自的显示记录首尾相连，链头见附页；全部记录作为附件 record-%s.json 在本文件内。", len(r.Screens), r.Notice))
	line("打印", r.By+"，"+r.minute(r.Printed))
	s.code("sha256:"+r.Hash, right-side, up+2, side)
	s.y = max(s.y+36, pdf.Height-112)
	s.page.Text(s.sans, 10, left, s.y, ink, "经办人：")
	s.page.Text(s.sans, 10, left+190, s.y, ink, "（盖章）")
	s.flush(s.sans, 10, right, s.y, ink, "年      月      日")
}

// code draws a QR code with its quiet zone outside the box.
func (s *sheet) code(text string, x, y, side float64) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return // longer than any code: the address stands beside it in letters
	}
	step := side / float64(c.Size)
	for row := range c.Size {
		for col := 0; col < c.Size; {
			if !c.Black(col, row) {
				col++
				continue
			}
			from := col
			for col < c.Size && c.Black(col, row) {
				col++
			}
			s.page.Fill(x+float64(from)*step, y+float64(row)*step, float64(col-from)*step, step, ink)
		}
	}
}

// grouped writes a hash in groups of eight, so that people can compare it.
func grouped(hash string) string {
	var out []string
	for ; len(hash) > 8; hash = hash[8:] {
		out = append(out, hash[:8])
	}
	return strings.Join(append(out, hash), " ")
}

// flush writes a line that ends at x.
func (s *sheet) flush(f *pdf.Font, size, x, y float64, c pdf.Colour, text string) {
	s.page.Text(f, size, x-f.Width(size, text), y, c, text)
}
