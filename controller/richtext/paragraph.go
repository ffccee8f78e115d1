package richtext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai/playlist"
)

// paragraph is one that is being read, from HTML or from a file.
type paragraph struct {
	text    strings.Builder
	bold    int // characters that are bold
	letters int
	heading bool
	title   bool
	item    bool   // of a list with bullets
	number  string // that its list gave it
}

// write adds text with its space as the source has it.
func (p *paragraph) write(s string, bold bool) {
	p.text.WriteString(s)
	for _, r := range s {
		if !unicode.IsSpace(r) && r != '\u3000' {
			p.letters++
			if bold {
				p.bold++
			}
		}
	}
}

// numbered are the headings that people make by hand: 一、 or （一） and bold.
var numbered = regexp.MustCompile(`^([一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节条部])`)

const longestHeading = 60 // characters of a bold line that is taken for a heading

// block makes a block of what was read; before are those before it.
func (p *paragraph) block(before []playlist.Block) (playlist.Block, bool) {
	text := squeeze(p.text.String())
	if text == "" {
		return playlist.Block{}, false
	}
	b := playlist.Block{Kind: playlist.Paragraph, Text: text}
	size := utf8.RuneCountInString(text)
	boldLine := p.letters > 0 && p.bold == p.letters && size <= longestHeading && !strings.HasSuffix(text, "。")
	switch {
	case p.item:
		b.Kind = playlist.ListItem
	case p.number != "":
		b.Text = number(p.number, text)
		if p.heading || boldLine && numbered.MatchString(b.Text) {
			b.Kind = playlist.Heading
		}
	case p.heading || boldLine && numbered.MatchString(text):
		b.Kind = playlist.Heading
	case salutes(text) && !begun(before):
		b.Kind = playlist.Salutation
	}
	return b, true
}

// begun tells whether a text has begun that a salutation would have to precede.
func begun(blocks []playlist.Block) bool {
	for _, b := range blocks {
		if b.Kind != playlist.Heading {
			return true
		}
	}
	return false
}

// number puts the number of a list before its text: 一、 stands close to it, 1. does not.
func number(n, text string) string {
	r, _ := utf8.DecodeLastRuneInString(n)
	if r < 0x80 {
		return n + " " + text
	}
	return n + text
}

// squeeze takes space off that only the source's layout made: runs become one
// space, and between Chinese characters a line break becomes none.
func squeeze(s string) string {
	var out strings.Builder
	var last rune
	gap, broken := false, false
	for _, r := range trim(s) {
		switch {
		case r == '\u00ad' || r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || r == utf8.RuneError:
			continue
		case r == '\n' || r == '\r':
			gap, broken = true, true
			continue
		case r == '\u00a0' || r == '\u2028' || r == '\u2029' || unicode.IsSpace(r):
			gap = true
			continue
		case unicode.IsControl(r) || unicode.Is(unicode.Co, r): // symbols of typefaces mean nothing elsewhere
			continue
		}
		if gap && last != 0 && !(broken && wide(last) && wide(r)) {
			out.WriteByte(' ')
		}
		gap, broken = false, false
		out.WriteRune(r)
		last = r
	}
	return out.String()
}

// wide tells whether a character is set full width, as Chinese ones are.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3001 && r <= 0x30ff || r >= 0xff01 && r <= 0xff60 || r >= 0x2018 && r <= 0x201d
}

// cellText puts the paragraphs of a cell into one line.
func cellText(text string) string {
	out := ""
	for _, l := range strings.Split(text, "\n") {
		last, _ := utf8.DecodeLastRuneInString(out)
		if l = trim(l); l != "" && out != "" && !unicode.IsPunct(last) {
			out += " "
		}
		out += l
	}
	return out
}
