package led

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/typeset/phrase"
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

func latin(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-./:%", r)
}

// mayBreak says whether the rules of marks allow a line to end between a and b.
func mayBreak(a, b rune) bool {
	return !strings.ContainsRune(closing, b) && !strings.ContainsRune(opening, a) && !(latin(a) && latin(b))
}

// atoms splits text into what those rules keep together.
func atoms(text string) []string {
	var out []string
	start := 0
	var last rune
	for i, r := range text {
		if i > start && mayBreak(last, r) {
			out = append(out, text[start:i])
			start = i
		}
		last = r
	}
	return append(out, text[start:])
}

// trimEnd drops the mark that a line's end makes needless.
func trimEnd(s string) string {
	return strings.TrimRight(strings.TrimSpace(s), "，。；、")
}

// wrap breaks a phrase into lines at most width dots wide: as few as possible,
// ending between words and where phrases do, and about equally long.
func wrap(text string, size, width int) []string {
	text = strings.TrimSpace(text)
	fewest := fill(atoms(text), size, width)
	if len(fewest) < 2 || tooWide(fewest, size, width) {
		return fewest
	}
	for k := len(fewest); k <= len(fewest)+1; k++ {
		if lines := even(text, k, size, width); lines != nil {
			return lines
		}
	}
	return fewest
}

// even sets text on k lines so that the sum of what the breaks cost and of the
// squared slack, in half characters, is least; the last line's slack counts
// half. It returns nil when that cannot be done.
func even(text string, k, size, width int) []string {
	const never = 1 << 40
	runes := []rune(text)
	costs := phrase.Costs(runes)
	n := len(runes)
	least := make([][]int, k+1)
	from := make([][]int, k+1)
	for l := range least {
		least[l], from[l] = make([]int, n+1), make([]int, n+1)
		for i := range least[l] {
			least[l][i] = never
		}
	}
	least[0][0] = 0
	for l := 1; l <= k; l++ {
		for i := 1; i <= n; i++ {
			if i < n && (costs[i] == phrase.Never || !mayBreak(runes[i-1], runes[i])) {
				continue
			}
			for j := i - 1; j >= 0; j-- {
				if least[l-1][j] == never {
					continue
				}
				w := measure(trimEnd(string(runes[j:i])), size)
				if w > width {
					break
				}
				slack := (width - w) / max(size/2, 1)
				cost := least[l-1][j] + slack*slack
				if i < n {
					cost += int(costs[i])
				} else {
					cost -= slack * slack / 2
				}
				if cost < least[l][i] {
					least[l][i], from[l][i] = cost, j
				}
			}
		}
	}
	if n == 0 || least[k][n] == never {
		return nil
	}
	out := make([]string, k)
	for l, i := k, n; l > 0; l-- {
		j := from[l][i]
		out[l-1] = trimEnd(string(runes[j:i]))
		i = j
	}
	return out
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

// pages puts phrases on pages of at most most lines. Every phrase begins a line
// of its own, unless it fits on the line of the one before; a page ends where a
// phrase does. Only a phrase longer than a page goes on to the next, and then
// whole is false.
func pages(text string, size, width, most int) (out [][]string, whole bool) {
	whole = true
	var page []string
	single := "" // the phrases of the page's last line, while they are on one line
	flush := func() {
		if len(page) > 0 {
			out = append(out, page)
		}
		page, single = nil, ""
	}
	for _, p := range phrases(text) {
		if single != "" && measure(trimEnd(single+p), size) <= width {
			single += p
			page[len(page)-1] = trimEnd(single)
		} else {
			lines := wrap(p, size, width)
			if len(page)+len(lines) > most {
				flush()
			}
			for len(lines) > most {
				// Two pages of about equal length read better than a full one
				// and a rest.
				whole = false
				n := min((len(lines)+1)/2, most)
				out = append(out, lines[:n])
				lines = lines[n:]
			}
			page = append(page, lines...)
			if single = ""; len(lines) == 1 {
				single = p
			}
		}
		if r, _ := utf8.DecodeLastRuneInString(p); strings.ContainsRune("。！？", r) {
			flush() // one idea a page
		}
	}
	flush()
	return out, whole
}
