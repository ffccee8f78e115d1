package led

import (
	"strings"
	"unicode"

	"mingbai/playlist/scene/dotfont"
)

// measure returns how many dots text takes at a size.
func measure(text string, size int) int {
	f, err := dotfont.Face(size)
	if err != nil {
		return len([]rune(text)) * size
	}
	return f.Measure(text)
}

const (
	closing = "，。、；：！？）》”’】〕,.;:!?)%％"
	opening = "（《“‘【〔("
	// glued to the number before them, so that no page breaks 12月31日 apart
	units = "年月日号时分秒个天元万亿户人项村亩名岁周度级条届点米里"
)

func latin(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '-' || r == '.' || r == '/'
}

// mayBreak says whether a line may end between a and b.
func mayBreak(a, b rune) bool {
	switch {
	case strings.ContainsRune(closing, b), strings.ContainsRune(opening, a):
		return false
	case latin(a) && latin(b):
		return false
	case unicode.IsDigit(a) && strings.ContainsRune(units, b):
		return false
	case strings.ContainsRune("年月", a) && unicode.IsDigit(b):
		return false
	}
	return true
}

// atoms splits text into what a line must not break.
func atoms(text string) []string {
	var out []string
	var cur strings.Builder
	var last rune
	for _, r := range text {
		if last != 0 && mayBreak(last, r) {
			out = append(out, cur.String())
			cur.Reset()
		}
		cur.WriteRune(r)
		last = r
	}
	if cur.Len() > 0 {
		out = append(out, cur.String())
	}
	return out
}

// trimEnd drops the mark that a line's end makes needless.
func trimEnd(s string) string {
	return strings.TrimRight(strings.TrimSpace(s), "，。；、")
}

// wrap breaks a phrase into lines at most width dots wide, as few as possible
// and about equally long, so that none has a single character.
func wrap(text string, size, width int) []string {
	parts := atoms(strings.TrimSpace(text))
	greedy := fill(parts, size, width)
	if len(greedy) < 2 {
		return greedy
	}
	// The narrowest measure that takes no more lines gives the evenest ones.
	best := greedy
	for w := width - size/2; w > width/3; w -= size / 2 {
		next := fill(parts, size, w)
		if len(next) > len(greedy) || tooWide(next, size, width) {
			break
		}
		best = next
	}
	return best
}

func tooWide(lines []string, size, width int) bool {
	for _, l := range lines {
		if measure(l, size) > width {
			return true
		}
	}
	return false
}

// fill puts as many parts on a line as fit.
func fill(parts []string, size, width int) []string {
	var out []string
	line := ""
	for _, p := range parts {
		if line != "" && measure(trimEnd(line+p), size) > width {
			out = append(out, trimEnd(line))
			line = ""
		}
		line += p
	}
	if line = trimEnd(line); line != "" {
		out = append(out, line)
	}
	return out
}

// phrases splits text after commas and sentence ends, but not inside brackets or
// quotes.
func phrases(text string) []string {
	var out []string
	var cur strings.Builder
	depth := 0
	runes := []rune(strings.ReplaceAll(text, "\n", "。"))
	for i, r := range runes {
		cur.WriteRune(r)
		switch {
		case strings.ContainsRune(opening, r):
			depth++
		case strings.ContainsRune("）》”’】〕)", r) && depth > 0:
			depth--
		}
		end := strings.ContainsRune("，。；！？：", r) && depth == 0
		if end && i+1 < len(runes) && strings.ContainsRune(closing, runes[i+1]) {
			end = false
		}
		if end {
			if t := strings.TrimSpace(cur.String()); trimEnd(t) != "" {
				out = append(out, t)
			}
			cur.Reset()
		}
	}
	if t := strings.TrimSpace(cur.String()); trimEnd(t) != "" {
		out = append(out, t)
	}
	return out
}

// pages puts phrases on pages of at most most lines. A page ends where a phrase
// does; only a phrase longer than a page goes on to the next.
func pages(text string, size, width, most int) [][]string {
	var out [][]string
	held := ""
	flush := func() {
		if held == "" {
			return
		}
		lines := wrap(held, size, width)
		for len(lines) > most {
			// Two pages of about equal length read better than a full one and
			// a rest.
			n := (len(lines) + 1) / 2
			n = min(n, most)
			out = append(out, lines[:n])
			lines = lines[n:]
		}
		if len(lines) > 0 {
			out = append(out, lines)
		}
		held = ""
	}
	for _, p := range phrases(text) {
		if held != "" && len(wrap(held+p, size, width)) > most {
			flush()
		}
		held += p
	}
	flush()
	return out
}
