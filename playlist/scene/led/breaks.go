package led

import (
	"strings"
	"unicode"
	"unicode/utf8"

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

// wrap breaks a phrase into lines at most width dots wide: as few as possible,
// ending where phrases do, and about equally long.
func wrap(text string, size, width int) []string {
	parts := atoms(strings.TrimSpace(text))
	fewest := fill(parts, size, width)
	if len(fewest) < 2 || tooWide(fewest, size, width) {
		return fewest
	}
	n, k := len(parts), len(fewest)
	const never = 1 << 40
	// least[l][i] is the least cost of setting the first i parts on l lines.
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
			for j := i - 1; j >= 0; j-- {
				w := measure(trimEnd(strings.Join(parts[j:i], "")), size)
				if w > width {
					break
				}
				if least[l-1][j] == never {
					continue
				}
				slack := (width - w) / max(size/2, 1)
				cost := least[l-1][j] + slack*slack
				if i < n {
					cost += endCost(parts[i-1], parts[i])
				}
				if cost < least[l][i] {
					least[l][i], from[l][i] = cost, j
				}
			}
		}
	}
	if least[k][n] == never {
		return fewest
	}
	out := make([]string, k)
	for l, i := k, n; l > 0; l-- {
		j := from[l][i]
		out[l-1] = trimEnd(strings.Join(parts[j:i], ""))
		i = j
	}
	return out
}

// endCost is how badly a line ends between two parts, in squared half ems of
// slack: best at a mark, well between figures and words, badly within a word.
func endCost(before, after string) int {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case strings.ContainsRune(closing, last), strings.ContainsRune(opening, next):
		return 0
	case latin(last) != latin(next), last == ' ':
		return 40
	case strings.ContainsRune("的和与及或在于为把被向对从到", last), strings.ContainsRune("和与及或在于为把被向对从到", next):
		return 60
	}
	return 160
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
