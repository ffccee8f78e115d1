package guard

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

// style is a way to number paragraphs.
type style struct {
	name   string
	begin  *regexp.Regexp // at the beginning of a line; group 1 is the number
	inline *regexp.Regexp // within one, or nil
	han    bool
}

var styles = []style{
	{"第%s条", regexp.MustCompile(`^\s*第([一二三四五六七八九十百]{1,5})条`), nil, true},
	{"%s、", regexp.MustCompile(`^\s*([一二三四五六七八九十]{1,3})、`), nil, true},
	{"（%s）", regexp.MustCompile(`^\s*[（(]([一二三四五六七八九十]{1,3})[）)]`), regexp.MustCompile(`[：:；;。]\s*[（(]([一二三四五六七八九十]{1,3})[）)]`), true},
	{"%s.", regexp.MustCompile(`^\s*([0-9]{1,3})(?:[.．]\s*[^0-9\s]|、\s*[^0-9\s])`), regexp.MustCompile(`[：:；;。]\s*([0-9]{1,2})[.．]\s*[^0-9\s]`), false},
	{"（%s）", regexp.MustCompile(`^\s*[（(]([0-9]{1,3})[）)]`), regexp.MustCompile(`[：:；;。]\s*[（(]([0-9]{1,2})[）)]`), false},
}

// mark is the number of a paragraph where it stands.
type mark struct {
	style    int
	n        int
	field    string
	text     string
	from, to int // of the number
}

// open is a list that may go on.
type open struct {
	style int
	marks []mark
}

// order finds numbers that were skipped or stand twice: 8 then 10, 9 then 9,
// （一） then （三） (DOMAIN B22).
func (in *inspector) order() {
	var lists []open
	reset := func() {
		for _, l := range lists {
			in.list(l)
		}
		lists = nil
	}
	take := func(m mark) {
		at := -1
		for i, l := range lists {
			if l.style == m.style {
				at = i
			}
		}
		if at >= 0 && m.n != 1 {
			for _, l := range lists[at+1:] {
				in.list(l)
			}
			lists = lists[:at+1]
			lists[at].marks = append(lists[at].marks, m)
			return
		}
		if at >= 0 { // a list of this style begins anew
			for _, l := range lists[at:] {
				in.list(l)
			}
			lists = lists[:at]
		}
		lists = append(lists, open{style: m.style, marks: []mark{m}})
	}
	if a := in.n.Announcement; a != nil {
		for i, b := range a.Blocks {
			if b.Kind == playlist.TableBlock {
				reset()
				in.rowsInText(i, b)
				continue
			}
			marks := marksIn(fmt.Sprintf("announcement.blocks[%d].text", i), b.Text)
			if b.Kind == playlist.Heading && len(marks) == 0 {
				reset()
			}
			for _, m := range marks {
				take(m)
			}
		}
		reset()
	}
	in.n.Texts(func(field, text string) {
		if strings.HasPrefix(field, "announcement.blocks") || !utf8.ValidString(text) {
			return
		}
		if _, cell := tableCell(field); cell {
			return
		}
		for _, m := range marksIn(field, text) {
			take(m)
		}
		reset()
	})
}

// marksIn returns the numbers of paragraphs in a text, in their order.
func marksIn(field, text string) []mark {
	var out []mark
	start := 0
	for line := range strings.Lines(text) {
		at := 0
		for s, st := range styles {
			if m := st.begin.FindStringSubmatchIndex(line); m != nil {
				out = append(out, newMark(s, field, text, start+m[2], start+m[3]))
				at = m[3]
				break
			}
		}
		for at < len(line) {
			best, from, to := -1, len(line), 0
			for s, st := range styles {
				if st.inline == nil {
					continue
				}
				if m := st.inline.FindStringSubmatchIndex(line[at:]); m != nil && at+m[2] < from {
					best, from, to = s, at+m[2], at+m[3]
				}
			}
			if best < 0 {
				break
			}
			out = append(out, newMark(best, field, text, start+from, start+to))
			at = to
		}
		start += len(line)
	}
	return out
}

func newMark(s int, field, text string, from, to int) mark {
	m := mark{style: s, field: field, text: text, from: from, to: to}
	if styles[s].han {
		m.n = fromHan(text[from:to])
	} else {
		m.n, _ = strconv.Atoi(text[from:to])
	}
	return m
}

// list judges one list that is over. A list of which the numbers jump about is
// no list.
func (in *inspector) list(l open) {
	if len(l.marks) < 2 || l.marks[0].n > 1 && len(l.marks) < 3 {
		return
	}
	for i, m := range l.marks[1:] {
		before := l.marks[i].n
		if m.n == before+1 {
			continue
		}
		if m.n > before+20 || m.n < before-1 {
			return
		}
		name := func(n int) string { return fmt.Sprintf(styles[m.style].name, numeral(n, styles[m.style].han)) }
		w := say(fmt.Sprintf("序号从“%s”跳到“%s”，少一项还是编号写错？", name(before), name(m.n)), fmt.Sprintf("%d is followed by %d; is one missing?", before, m.n))
		if m.n <= before {
			w = say(fmt.Sprintf("序号“%s”之后又是“%s”", name(before), name(m.n)), fmt.Sprintf("%d is followed by %d", before, m.n))
		}
		fix := Fix{Label: "重新编号", LabelEn: "Number again", Text: numeral(before+1, styles[m.style].han)}
		for j, later := range l.marks[i+2:] {
			fix.More = append(fix.More, Edit{Field: later.field, From: later.from, To: later.to, Text: numeral(before+2+j, styles[m.style].han)})
		}
		in.add(playlist.Doubt, m.field, "sequence", m.text, m.from, m.to, w, fix)
		return
	}
}

const hanDigits = "零一二三四五六七八九"

func fromHan(s string) int {
	total, digit := 0, 0
	for _, r := range s {
		switch r {
		case '十':
			total += max(digit, 1) * 10
			digit = 0
		case '百':
			total += max(digit, 1) * 100
			digit = 0
		default:
			digit = max(strings.Index(hanDigits, string(r)), 0) / len("一")
		}
	}
	return total + digit
}

// numeral writes a number from 1 to 199 as lists do.
func numeral(n int, han bool) string {
	if !han {
		return strconv.Itoa(n)
	}
	digits := []rune(hanDigits)
	out := ""
	if n >= 100 {
		out = "一百"
		if n%100 > 0 && n%100 < 10 {
			out += "零"
		}
		if n %= 100; n >= 10 && n < 20 {
			out += "一"
		}
	}
	if n >= 20 {
		out += string(digits[n/10])
	}
	if n >= 10 {
		out += "十"
	}
	if n%10 > 0 {
		out += string(digits[n%10])
	}
	return out
}

// rowsInText looks at a table in running text: its own numbers, and 万亿 among
// 万元, as in a table of money.
func (in *inspector) rowsInText(block int, b playlist.Block) {
	if len(b.Rows) < 2 || len(b.Rows[0]) == 0 {
		return
	}
	field := func(row, col int) string { return fmt.Sprintf("announcement.blocks[%d].rows[%d][%d]", block, row, col) }
	for col, name := range b.Rows[0] {
		if numbering(name) {
			in.rowNumbers(b.Rows[1:], col, func(row int) string { return field(row+1, col) }, 1)
		}
		if strings.TrimSpace(name) == "单位" {
			in.unitColumn(b.Rows[1:], col, func(row int) string { return field(row+1, col) })
		}
	}
}
