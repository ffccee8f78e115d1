package led

import (
	"strings"
	"unicode/utf8"

	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/phrase"
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
)

// trimEnd drops the mark that a line's end makes needless.
func trimEnd(s string) string {
	return strings.TrimRight(strings.TrimSpace(s), "，。；、")
}

// wrap breaks a phrase into lines at most width dots wide: as few as possible,
// ending between words and where phrases do, and about equally long.
func wrap(text string, size, width int) []string {
	text = strings.TrimSpace(text)
	parts := phrase.Parts(text)
	fewest := fill(parts, size, width)
	if tooWide(fewest, size, width) {
		// A word longer than the board is torn.
		parts = strings.Split(text, "")
		fewest = fill(parts, size, width)
	}
	if len(fewest) < 2 {
		return fewest
	}
	lines := phrase.Fill(parts, len(fewest), width, size, func(s string) int { return measure(trimEnd(s), size) })
	for i := range lines {
		lines[i] = trimEnd(lines[i])
	}
	if lines == nil {
		return fewest
	}
	return lines
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
// does; only a phrase longer than a page goes on to the next, and then whole is
// false.
func pages(text string, size, width, most int) (out [][]string, whole bool) {
	whole = true
	held := ""
	flush := func() {
		if held == "" {
			return
		}
		lines := wrap(held, size, width)
		for len(lines) > most {
			whole = false
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
		if r, _ := utf8.DecodeLastRuneInString(p); strings.ContainsRune("。！？", r) {
			flush() // one idea a page
		}
	}
	flush()
	return out, whole
}
