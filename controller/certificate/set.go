package certificate

import (
	"fmt"
	"strings"
	"unicode"

	"mingbai/controller/certificate/pdf"
)

// Characters that must not begin a line, and those that must not end one.
const (
	notFirst = "，。、；：？！）》〉】」』”’％%,.;:?!)]}…—·"
	notLast  = "（《〈【「『“‘([{"
)

// broken cuts a text into lines of at most width. Words of letters and digits stay
// whole where they fit into a line.
func broken(f *pdf.Font, size, width float64, text string) []string {
	var lines []string
	var line []rune
	used := 0.0
	for _, word := range pieces(text) {
		w := f.Width(size, word)
		if used > 0 && used+w > width {
			line, word = carried(line, word)
			lines = append(lines, strings.TrimRight(string(line), " "))
			line, used = nil, 0
			word = strings.TrimLeft(word, " ")
			w = f.Width(size, word)
		}
		for used == 0 && w > width && len([]rune(word)) > 1 { // longer than a line by itself
			runes := []rune(word)
			n := len(runes) - 1
			for n > 1 && f.Width(size, string(runes[:n])) > width {
				n--
			}
			lines = append(lines, string(runes[:n]))
			word = string(runes[n:])
			w = f.Width(size, word)
		}
		line = append(line, []rune(word)...)
		used += w
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	return lines
}

// carried takes characters over to the next line that must not end this one, or
// the one before a character that must not begin the next.
func carried(line []rune, word string) (kept []rune, next string) {
	next = word
	for len(line) > 1 {
		last := line[len(line)-1]
		first := []rune(next)[0]
		if !strings.ContainsRune(notLast, last) && !strings.ContainsRune(notFirst, first) {
			break
		}
		line, next = line[:len(line)-1], string(last)+next
	}
	return line, next
}

// pieces cuts a text where lines may be broken: around every ideograph and every
// space.
func pieces(text string) []string {
	var out []string
	word := ""
	for _, r := range text {
		if r > 0x2000 || unicode.IsSpace(r) {
			if word != "" {
				out = append(out, word)
				word = ""
			}
			out = append(out, string(r))
			continue
		}
		word += string(r)
	}
	if word != "" {
		out = append(out, word)
	}
	return out
}

// lines sets a text in as many lines as it needs, the first baseline leading
// below where the pen is.
func (s *sheet) lines(f *pdf.Font, size, leading, x, width float64, c pdf.Colour, text string) {
	for _, line := range broken(f, size, width, text) {
		s.y += leading
		s.page.Text(f, size, x, s.y, c, line)
	}
}

// clipped shortens a text to a width, with a sign that it goes on; the whole of it
// is in the attached record.
func (s *sheet) clipped(f *pdf.Font, size, width float64, text string) string {
	if f.Width(size, text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && f.Width(size, string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// appendix sets the record behind the certificate: every screen, then the ends of
// their ledgers.
func (s *sheet) appendix() {
	r := s.record
	if len(r.Screens) == 0 {
		return
	}
	if len(r.Screens) > s.listed {
		s.begin("附页：各屏显示记录")
		s.tableHead()
		for _, c := range r.Screens {
			if s.y+rowRoom > bottom {
				s.begin("附页：各屏显示记录（续）")
				s.tableHead()
			}
			s.tableRow(c)
		}
	}
	if s.y += 30; len(r.Screens) <= s.listed || s.y+60 > bottom {
		s.begin("附页：显示记录的链头")
	} else {
		s.page.Text(s.bold, 11, left, s.y, ink, "显示记录的链头")
		s.y += 8
	}
	for _, c := range r.Screens {
		if s.y+32 > bottom {
			s.begin("附页：显示记录的链头（续）")
		}
		s.y += 15
		s.page.Text(s.sans, 8.5, left, s.y, ink, s.clipped(s.sans, 8.5, 300, strings.TrimSpace(c.Site+" "+c.Name)))
		s.flush(s.sans, 8.5, right, s.y, second, fmt.Sprintf("第 %d 本第 %d 行", c.Epoch, c.Row))
		s.y += 12
		s.page.Text(s.sans, 8, left, s.y, second, dash(grouped(c.Chain)))
		s.y += 4
		s.page.Fill(left, s.y, right-left, 0.4, hair)
	}
}

// begin starts a further page.
func (s *sheet) begin(title string) {
	s.page, s.y = s.doc.Page(), top
	s.page.Text(s.bold, 11, left, s.y, ink, title)
	s.flush(s.sans, 9, right, s.y, second, "编号 "+s.record.Name())
	s.y += 10
}

// feet numbers the pages.
func (s *sheet) feet() {
	pages := s.doc.Pages()
	for i, p := range pages {
		s.page = p
		p.Fill(left, pdf.Height-46, right-left, 0.4, hair)
		p.Text(s.sans, 8, left, pdf.Height-34, second, "由明白信息发布系统按屏幕自己的显示记录生成。")
		s.flush(s.sans, 8, right, pdf.Height-34, second, fmt.Sprintf("第 %d 页，共 %d 页", i+1, len(pages)))
	}
}
