package listing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mingbai/configs/plain"
	"mingbai/playlist"
)

// numbering is what stands before an item in a text that was pasted.
var numbering = regexp.MustCompile(`^(?:[（(]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[）)]|\d{1,2}\s*[）)、．]|\d{1,2}\s*\.(?:\s|$|[^\d\s])|[一二三四五六七八九十]{1,3}[、．.]|[①-⑳]|[-•·●◆■]\s)`)

// Lines takes a list that was typed or pasted: one item on a line, its number
// dropped, because screens number the items themselves.
func Lines(text string) []string {
	var out []string
	for _, l := range strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if l = unnumbered(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func unnumbered(l string) string {
	l = plain.Tidy(l)
	m := numbering.FindString(l)
	if i := strings.IndexByte(m, '.'); i >= 0 {
		m = m[:i+1] // the pattern looks one character further, so that 3.5 stays a number
	}
	return plain.Tidy(l[len(m):])
}

var inline = regexp.MustCompile(`[；;]|\s+\d{1,2}[、．.]|[；;。]?\s*[①-⑳]|[（(]\d{1,2}[）)]`)

// items splits a cell into its items: on lines, or else where an office numbers
// or parts them within one line.
func items(text string) []string {
	out := Lines(text)
	if len(out) != 1 || strings.ContainsAny(out[0], "|｜") {
		return out
	}
	var parts []string
	for _, p := range inline.Split(unnumbered(text), -1) {
		if p = unnumbered(p); p != "" {
			parts = append(parts, strings.TrimRight(p, "。；;"))
		}
	}
	return parts
}

func fields(s string) []string {
	parts := strings.Split(strings.ReplaceAll(s, "｜", "|"), "|")
	for i := range parts {
		parts[i] = plain.Tidy(parts[i])
	}
	return parts
}

var (
	arrow    = regexp.MustCompile(`\s*(?:→|—+>|-+>|=>|➔|⇒)\s*`)
	inTime   = regexp.MustCompile(`^(.+?)[（(]([^（）()]*(?:日|天|小时|分钟|当场|即时|即办)[^（）()]*)[）)]$`)
	nameThen = regexp.MustCompile(`^([^：:，,。]{1,12})[：:]\s*(.+)$`)
)

// ParseSteps reads steps: 名称 | 说明 | 时限 on lines, 受理：窗口收件（当场）, or
// 受理→审核→发证.
func ParseSteps(text string) []playlist.Step {
	var out []playlist.Step
	for _, l := range items(text) {
		parts := []string{l}
		if !strings.ContainsAny(l, "|｜") {
			parts = arrow.Split(l, -1)
		}
		for _, p := range parts {
			if p = plain.Tidy(p); p == "" {
				continue
			}
			if f := fields(p); len(f) > 1 {
				f = append(f, "", "")
				out = append(out, playlist.Step{Name: f[0], Detail: f[1], Limit: f[2]})
				continue
			}
			var s playlist.Step
			if m := inTime.FindStringSubmatch(strings.TrimRight(p, "。")); m != nil {
				p, s.Limit = m[1], m[2]
			}
			if m := nameThen.FindStringSubmatch(p); m != nil {
				s.Name, s.Detail = m[1], m[2]
			} else if s.Name = p; len([]rune(p)) > 20 {
				s.Name, s.Detail = fmt.Sprintf("第%d步", len(out)+1), p
			}
			out = append(out, s)
		}
	}
	return out
}

var (
	originals  = regexp.MustCompile(`原件\s*(?:各|一式)?\s*(\d{1,2}|[一二两三四五六七八九十])?\s*份?`)
	copies     = regexp.MustCompile(`复印件?\s*(?:各|一式)?\s*(\d{1,2}|[一二两三四五六七八九十])?\s*份?`)
	both       = regexp.MustCompile(`原(?:件[和及、]|、)复印件?\s*(?:各)?\s*(\d{1,2}|[一二两三四五六七八九十])?\s*份?`)
	sets       = regexp.MustCompile(`^(.*?)[，,\s]*(?:一式)?(\d{1,2}|[一二两三四五六七八九十])\s*份$`)
	sometimes  = regexp.MustCompile(`视情况|如有|非必[须要]|可选|需要时|有的(?:提供|带)`)
	emptyMarks = regexp.MustCompile(`[（(][，,、；;\s]*[）)]`)
)

func count(s string) int {
	if s == "" {
		return 1
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	for i, d := range []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"} {
		if s == d {
			return i + 1
		}
	}
	return 2 // 两
}

// ParseMaterial reads 名称 | 原件1 复印2 | 备注 | 视情况, or what offices write:
// 户口簿（原件及复印件各1份）, 结婚证复印件2份, 申请表一式三份.
func ParseMaterial(text string) (m playlist.Material, ok bool) {
	if f := fields(plain.Narrow(text)); len(f) > 1 {
		f = append(f, "", "")
		m.Originals, m.Copies, f[1] = pieces(f[1])
		m.Name, m.Note, m.Optional = f[0], f[2], sometimes.MatchString(f[3])
		return m, m.Name != "" && f[1] == ""
	}
	rest := ""
	m.Originals, m.Copies, rest = pieces(plain.Tidy(text))
	if m.Originals+m.Copies == 0 {
		if s := sets.FindStringSubmatch(rest); s != nil {
			rest, m.Originals = s[1], count(s[2])
		}
	}
	if m.Originals+m.Copies == 0 {
		m.Originals = 1 // a material without a number is shown
	}
	m.Optional = sometimes.MatchString(rest)
	rest = plain.Tidy(strings.Trim(emptyMarks.ReplaceAllString(rest, ""), "，,、；;。 "))
	if at := strings.IndexAny(rest, "（("); at > 0 {
		m.Note = strings.TrimRight(strings.TrimLeft(rest[at:], "（("), "）)")
		rest = plain.Tidy(rest[:at])
	}
	m.Name = strings.TrimSuffix(rest, "的")
	return m, m.Name != "" && m.Originals <= 99 && m.Copies <= 99
}

// pieces takes the numbers of originals and copies out of a text.
func pieces(s string) (original, copied int, rest string) {
	s = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
	take := func(re *regexp.Regexp) int {
		m := re.FindStringSubmatchIndex(s)
		if m == nil {
			return 0
		}
		n := ""
		if m[2] >= 0 {
			n = s[m[2]:m[3]]
		}
		s = s[:m[0]] + s[m[1]:]
		return count(n)
	}
	if n := take(both); n > 0 {
		return n, n, plain.Tidy(s)
	}
	copied = take(copies)
	original = take(originals)
	return original, copied, plain.Tidy(s)
}
