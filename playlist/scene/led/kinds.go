package led

import (
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

// readThere is where people read what a board must not name.
const readThere = "请到便民服务中心，用触摸屏查看"

// readMore says so for what is meant; in a word on boards that show a few
// characters at once.
func (b board) readMore(what string) string {
	if b.tiny() {
		return "详见触摸屏"
	}
	return readThere + what
}

// A lead stands on a page or two, or not at all.
const leadChars = 64

func (b board) announcement(n *playlist.Notice, o Options, alone bool) []Page {
	t := tailOf(n)
	if o.Totals {
		out := b.headline(n.PublicTitle())
		return append(out, b.flow(b.readMore(""), &t, Plain, 1)...)
	}
	if n.LED != "" {
		pages := b.flow(n.LED, &t, Plain, fewPages)
		if alone && len(pages) > fewPages {
			if line := b.passing(n.LED, t); line != nil {
				return line
			}
		}
		return pages
	}
	said := lead(n)
	if hasTable(n) && !b.narrow() {
		if said != "" && !strings.HasSuffix(said, "。") {
			said += "。"
		}
		said += seeTouch
	}
	if b.lines(b.least) == 1 {
		// One line: title and lead follow each other.
		for _, s := range []string{titled(n.Title, said), n.Title} {
			pages := b.flow(s, &t, Plain, fewPages)
			if len(pages) <= fewPages {
				return pages
			}
			if line := b.passing(s, t); line != nil && alone {
				return line
			}
			if s == n.Title || said == "" {
				return pages
			}
		}
	}
	if said == "" {
		return b.flow(n.Title, &t, Plain, 1)
	}
	out := b.headline(n.Title)
	rest := b.flow(said, &t, Plain, 1)
	if len(rest) > fewPages {
		// What would take too long is left out whole: half of it says something else.
		if first := firstSentence(said); first != said && useful(first) {
			rest = b.flow(first, &t, Plain, 1)
		}
		if len(rest) > fewPages && !b.narrow() {
			return b.flow(n.Title, &t, Plain, 1)
		}
		if b.narrow() {
			return append(out, b.tailPages(t, b.least)...)
		}
	}
	return append(out, rest...)
}

// narrow boards show so little at once that a title is all they say.
func (b board) narrow() bool { return b.w < 8*b.least }

// tiny boards show one such line: every word more keeps people waiting for the
// first.
func (b board) tiny() bool { return b.narrow() && b.lines(b.least) == 1 }

func titled(title, lead string) string {
	if lead == "" {
		return title
	}
	return strings.TrimRight(title, "。") + "。" + lead
}

// lead returns the sentences that a board says after the title: the summary's,
// else the first of the text that say something, as many as people read in
// passing; none where even the first is too long.
func lead(n *playlist.Notice) string {
	var from []string
	switch {
	case n.Summary != "":
		from = []string{n.Summary}
	case n.Announcement != nil:
		for _, blk := range n.Announcement.Blocks {
			if blk.Kind == playlist.Paragraph {
				from = append(from, blk.Text)
			}
		}
	case n.Media != nil:
		from = []string{n.Media.Text}
	}
	for _, text := range from {
		out := ""
		for _, s := range sentences(text) {
			if !useful(s) || utf8.RuneCountInString(out+s) > leadChars {
				break
			}
			out += s
		}
		if out != "" {
			return out
		}
	}
	return ""
}

// useful says whether a sentence stands by itself: one that only announces what
// follows does not.
func useful(s string) bool {
	s = strings.TrimRight(s, "。：；！？ ")
	if utf8.RuneCountInString(s) < 4 {
		return false
	}
	for _, end := range []string{"如下", "下列", "以下", "通知", "公告"} {
		if strings.HasSuffix(s, end) {
			return false
		}
	}
	return true
}

// sentences splits text after full stops, but not inside brackets and quotes. A
// sentence that a colon ends is none.
func sentences(text string) []string {
	var out []string
	depth, start := 0, 0
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case strings.ContainsRune(opening, r):
			depth++
		case strings.ContainsRune("）》”’】〕」』)", r) && depth > 0:
			depth--
		case r == '\n' || depth == 0 && strings.ContainsRune("。！？", r):
			end := i + 1
			if r == '\n' {
				end = i
			}
			if s := strings.TrimSpace(string(runes[start:end])); s != "" {
				out = append(out, s)
			}
			start, depth = i+1, 0
		}
	}
	if s := strings.TrimSpace(string(runes[start:])); s != "" && !strings.HasSuffix(s, "：") {
		out = append(out, s)
	}
	return out
}

func firstSentence(text string) string {
	if all := sentences(text); len(all) > 0 {
		return all[0]
	}
	return text
}

// headline sets a title, as large as it goes on one page.
func (b board) headline(title string) []Page { return b.flow(title, nil, Plain, 1) }

// guide says what, where and when, and last whom to call.
func (b board) guide(n *playlist.Notice) []Page {
	g, t := n.Guide, tailOf(n)
	out := b.headline(n.Title)
	if place := tidy(g.Place); place != "" {
		hours := tidy(strings.ReplaceAll(g.Hours, "；", "，"))
		out = append(out, b.where(place, hours)...)
	}
	if g.Phone == "" {
		return b.under(out, t)
	}
	return b.under(append(out, b.answer("咨询电话", tidy(g.Phone), Figure)...), t)
}

// where is the place under its label, with the hours below it where all of it
// fits on the page.
func (b board) where(place, hours string) []Page {
	for _, labelled := range []bool{true, false} {
		for _, s := range sizesWithin(b.least, b.h/2) {
			if lines := b.whereLines(place, hours, s, labelled); lines != nil {
				return []Page{b.put(lines...)}
			}
			if labelled && s <= 24 {
				break // larger without the label
			}
		}
	}
	if measure(place, b.least) <= b.width(b.least) {
		if p := b.answer("在哪里办", place, Plain); len(p) == 1 {
			return p
		}
	}
	return b.prose("在哪里办："+place, Plain, 1)
}

// whereLines sets the place in a size with the hours below it and its label
// above, each on a line, or returns nil.
func (b board) whereLines(place, hours string, s int, labelled bool) []Line {
	if b.h < 48 || hours == "" || measure(place, s) > b.width(s) {
		return nil
	}
	for _, u := range sizesWithin(b.small, max(b.small, s*3/4)) {
		lines := []Line{{Text: place, Size: s}, {Text: hours, Size: u, Tone: Quiet}}
		if labelled {
			lines = append([]Line{{Text: "在哪里办", Size: u, Tone: Quiet}}, lines...)
		}
		if measure(hours, u) <= b.width(u) && heightOf(lines) <= b.h-b.margin() {
			return lines
		}
	}
	return nil
}
