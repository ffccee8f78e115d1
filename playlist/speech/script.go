package speech

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// maxScript is how many characters are read of a notice: about three minutes.
const maxScript = 700

// The rest of a long notice is read by the person alone.
const rest = "其余内容请看屏幕。"

// maxLine is how many characters a line has before it is cut at a comma: what is
// marked on the page at once should be found at a glance.
const maxLine = 60

// Script returns what is read aloud of a notice, in order: the title, then what
// people came for, then the text; tables are summed up, never recited. What
// stands last, whom to call, is read even where the text is cut short.
func Script(n *playlist.Notice) []Line {
	s := &script{}
	switch {
	case n.Alert != nil:
		s.alert(n)
	case n.Guide != nil:
		s.title(n)
		s.guide(n.Guide)
	case n.Fund != nil:
		s.title(n)
		s.fund(n)
	case n.Announcement != nil:
		s.title(n)
		s.announcement(n)
	case n.Roster != nil:
		s.title(n)
		s.roster(n.Roster)
	case n.Media != nil:
		s.title(n)
		s.text(n.Media.Text)
		for i, p := range n.Pictures {
			before := len(s.head)
			s.text(p.Caption)
			// The page shows one picture at a time, the first to begin with.
			for j := range s.head[before:] {
				if i > 0 {
					s.head[before+j].Text = ""
				}
			}
		}
		s.hotline(n, "监督电话")
	}
	return s.lines()
}

// script collects lines; those of tail are read in any case.
type script struct{ head, tail []Line }

func (s *script) lines() []Line {
	left := maxScript
	for _, l := range s.tail {
		left -= utf8.RuneCountInString(l.Say)
	}
	for i, l := range s.head {
		left -= utf8.RuneCountInString(l.Say)
		// The title is always read.
		if left < 0 && i > 0 {
			return append(append(s.head[:i:i], Line{Say: rest}), s.tail...)
		}
	}
	return append(s.head, s.tail...)
}

// say adds one line: text as it stands, read after the words that introduce it.
func (s *script) say(intro, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	said := Spoken(text)
	if said == "" {
		return
	}
	s.head = append(s.head, Line{Text: text, Say: intro + said})
}

// text adds running text, a line for every sentence. The first is read after
// intro.
func (s *script) text(text string, intro ...string) {
	first := strings.Join(intro, "")
	for _, part := range Sentences(text) {
		before := len(s.head)
		s.say(first, part)
		if len(s.head) > before {
			first = ""
		}
	}
}

func (s *script) title(n *playlist.Notice) {
	said := Spoken(n.Title)
	if said != "" {
		s.head = append(s.head, Line{Text: n.Title, Say: said})
	}
}

// hotline is read last, and in any case.
func (s *script) hotline(n *playlist.Notice, label string) {
	if n.Hotline != "" {
		s.tail = append(s.tail, Line{Text: n.Hotline, Say: label + "，" + phone(n.Hotline)})
	}
}

// phone reads a telephone number, also one of few figures.
func phone(text string) string {
	return strings.TrimPrefix(Spoken("电话 "+text), "电话")
}

func (s *script) announcement(n *playlist.Notice) {
	s.text(n.Summary, "简单说，")
	s.posting(n)
	for _, b := range n.Announcement.Blocks {
		switch b.Kind {
		case playlist.Image:
		case playlist.TableBlock:
			s.table(b)
		default:
			s.text(b.Text)
		}
	}
	s.hotline(n, "监督电话")
}

// table says that there is one and what it is about: nobody can follow rows by
// ear. Its first row is its heading.
func (s *script) table(b playlist.Block) {
	said := "下面有一张表"
	if b.Text != "" {
		said = Spoken(b.Text)
	}
	rows := max(len(b.Rows)-1, 1)
	s.head = append(s.head, Line{Text: b.Text, Say: fmt.Sprintf("%s，共%s行，请看屏幕", said, measured(cardinal(intOf(rows)), "行"))})
}

// roster says whom to call and where; who is on duty differs from day to day and
// the recording does not.
func (s *script) roster(r *playlist.Roster) {
	s.say("在哪里值班，", r.Place)
	s.text(r.Note)
	s.head = append(s.head, Line{Say: "今天谁值班，请看屏幕。"})
	if r.Phone != "" {
		s.tail = append(s.tail, Line{Text: r.Phone, Say: "值班电话，" + phone(r.Phone)})
	}
}

// guide answers what people come with, in the order in which they ask (U05): for
// whom, what to bring, how long, how much, where, whom to call.
func (s *script) guide(g *playlist.Guide) {
	s.text(g.Who, "谁可以办，")
	if len(g.Materials) == 0 {
		s.head = append(s.head, Line{Say: "不用带材料。"})
	}
	for i, m := range g.Materials {
		intro := ""
		if i == 0 {
			intro = "要带" + measured(cardinal(intOf(len(g.Materials))), "样") + "样。"
		}
		if len(g.Materials) > 1 {
			intro += "第" + cardinal(intOf(i+1)) + "，"
		}
		before := len(s.head)
		s.say(intro, m.Name)
		if len(s.head) > before {
			s.head[before].Say += sheets(m)
		}
	}
	s.say("多久办好，", g.Limit)
	s.text(g.Fee, "收费，")
	s.say("在哪里办，", g.Place)
	s.say("办理时间，", g.Hours)
	for _, t := range g.Tips {
		s.text(t, "提醒，")
	}
	if g.Phone != "" {
		s.tail = append(s.tail, Line{Text: g.Phone, Say: "不清楚的请打电话，" + phone(g.Phone)})
	}
}

// sheets says how many originals and copies of a material there must be.
func sheets(m playlist.Material) string {
	said := ""
	if m.Originals > 0 {
		said += "，原件" + measured(cardinal(intOf(m.Originals)), "份") + "份"
	}
	if m.Copies > 0 {
		said += "，复印" + measured(cardinal(intOf(m.Copies)), "份") + "份"
	}
	switch {
	case m.Note != "":
		said += "，" + Spoken(m.Note)
	case m.Optional:
		said += "，视情况"
	}
	return said
}

// fund says how much in all, from whom, for what, how long it is on public
// notice and how to object. The rows are for the eye: nobody can follow a table
// by ear.
func (s *script) fund(n *playlist.Notice) {
	f := n.Fund
	s.text(n.Summary)
	figure := shown(f.Total)
	total := "一共" + money(f.Total)
	if f.Period != "" {
		total = Spoken(f.Period) + "，" + total
	}
	s.head = append(s.head, Line{Text: figure, Say: total})
	for i, src := range f.Sources {
		intro := ""
		if i == 0 {
			intro = "钱从哪里来，"
		}
		s.head = append(s.head, Line{Text: src.Name, Say: intro + Spoken(src.Name) + "，" + money(src.Amount)})
	}
	s.posting(n)
	s.text(f.Purpose, "用途，")
	s.text(f.Standard, "补助标准，")
	s.text(f.Status, "拨付情况，")
	for _, t := range f.Tables {
		if len(t.Rows) > 0 && t.Title != "" {
			s.head = append(s.head, Line{Text: t.Title, Say: fmt.Sprintf("%s，共%s行，请看屏幕", Spoken(t.Title), measured(cardinal(intOf(len(t.Rows))), "行"))})
		}
	}
	s.hotline(n, "监督电话")
}

// shown is how a fund page writes its total: in 万元 with two decimals, and
// beside it in 元 where that is not exact.
func shown(a playlist.Amount) string {
	digits, _, _ := strings.Cut(a.Short(), " ")
	if _, part, _ := strings.Cut(digits, "."); len(part) > 2 {
		return a.String() + " 元"
	}
	return digits
}

// money reads an amount with its unit.
func money(a playlist.Amount) string {
	sign := ""
	if a < 0 {
		sign, a = "负", -a
	}
	digits, unit, _ := strings.Cut(a.Short(), " ")
	return sign + measured(cardinal(digits), unit) + unit
}

// posting says how long a notice is up and how to object (L12, U14). The last day
// depends on the calendar, so it is left to the page.
func (s *script) posting(n *playlist.Notice) {
	p := n.Posting
	if p == nil {
		return
	}
	unit := "天"
	if p.Working {
		unit = "个工作日"
	}
	s.head = append(s.head, Line{
		Text: fmt.Sprintf("%d月%d日", p.From.Month, p.From.Day),
		Say:  "公示期从" + day(p.From) + "起，" + measured(cardinal(intOf(p.Days)), unit) + unit,
	})
	s.text(p.Objection)
}

func day(d schedule.Date) string { return Spoken(fmt.Sprintf("%d月%d日", d.Month, d.Day)) }

// colours of alerts as they are said.
var colours = map[playlist.AlertColour]string{
	playlist.Red: "红色预警", playlist.Orange: "橙色预警", playlist.Yellow: "黄色预警", playlist.Blue: "蓝色预警",
}

// alert says what to do before anything else.
func (s *script) alert(n *playlist.Notice) {
	a := n.Alert
	drill := ""
	if a.Exercise {
		drill = "演练，演练。"
	}
	level := a.Type + colours[a.Colour]
	if a.Lifted {
		s.say(drill, n.Title)
		s.text(a.Detail)
		s.hotline(n, "值班电话")
		return
	}
	s.text(a.Action, drill)
	s.head = append(s.head, Line{Say: Spoken(level)}) // it stands in the band above the page
	s.text(a.Area, "影响范围，")
	s.text(a.Detail)
	s.text(a.Measures, "政府措施，")
	s.hotline(n, "值班电话")
	if drill != "" {
		s.tail = append(s.tail, Line{Say: "这是一次演练，不是真实预警。"})
	}
}

// Sentences cuts running text into pieces that are read and marked one after the
// other: at the ends of sentences and of paragraphs, and where a sentence is long
// at its semicolons and commas. Every piece is a part of the text as it is.
func Sentences(text string) []string {
	var out []string
	for _, para := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		for _, sentence := range cutAfter(para, "。！？!?") {
			if utf8.RuneCountInString(sentence) <= maxLine {
				out = append(out, sentence)
				continue
			}
			out = append(out, join(cutAfter(sentence, "；;，,：:"))...)
		}
	}
	kept := out[:0]
	for _, s := range out {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// cutAfter cuts after every mark that is not between figures, with the closing
// quotes and brackets that follow it.
func cutAfter(s, marks string) []string {
	var out []string
	from, ended, last := 0, false, rune(0)
	for i, r := range s {
		if ended && !strings.ContainsRune("”’』」）)》"+marks, r) {
			if !(digit(last) && digit(r) && i > 0 && strings.ContainsRune(",:", rune(s[i-1]))) {
				out = append(out, s[from:i])
				from = i
			}
			ended = false
		}
		if strings.ContainsRune(marks, r) {
			ended = true
		} else if !ended {
			last = r
		}
	}
	return append(out, s[from:])
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// join puts pieces together as long as a line stays short.
func join(pieces []string) []string {
	var out []string
	long := 0
	for _, p := range pieces {
		n := utf8.RuneCountInString(p)
		if len(out) > 0 && long+n <= maxLine {
			out[len(out)-1] += p
			long += n
			continue
		}
		out = append(out, p)
		long = n
	}
	return out
}
