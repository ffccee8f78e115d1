// Package phrase finds where short Chinese texts may be broken without tearing a
// word: titles, lines of a board. It knows the words that public notices are
// made of and the way numbers, dates and names of places are written.
//
// It promises that the parts joined are the text, and that a cost is lower the
// better a line may end there. How wide anything is, is left to the caller.
package phrase

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed words.txt
var list string

// longest is the number of characters of the longest word.
const longest = 8

var known = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
})

const (
	closing = "，。、；：！？）》”’】〕」』,.;:!?)]%％℃"
	opening = "（《“‘【〔「『(["
	// units belong to the number before them.
	units = "年月日号时分秒个天元万亿户人项村亩名岁周度级条届点米里公次场件只头台辆"
	// places end with one of these.
	places = "省市县区乡镇村组社屯寨站所院校局委办厅部"
	// particles may begin or end a line as well as a word.
	particles = "的和与及或在于为把被向对从到至等将并"
)

func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

func isLatin(r rune) bool {
	return r < 0x2000 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-./:_@+", r)
}

// Parts splits text into what a line must not break: words, numbers with their
// units, names of places, and marks with what they belong to.
func Parts(text string) []string {
	runes := []rune(text)
	var out []string
	for i := 0; i < len(runes); {
		n := word(runes[i:])
		// Opening marks stay with what follows, closing ones with what is before.
		for strings.ContainsRune(opening, runes[i+n-1]) && i+n < len(runes) {
			n += word(runes[i+n:])
		}
		for i+n < len(runes) && strings.ContainsRune(closing, runes[i+n]) {
			n++
		}
		out = append(out, string(runes[i:i+n]))
		i += n
	}
	return out
}

// word returns how many of the first runes belong together.
func word(r []rune) int {
	if isLatin(r[0]) {
		n := 1
		for n < len(r) && (isLatin(r[n]) || r[n] == '%') {
			n++
		}
		if !isDigit(r[n-1]) {
			return n
		}
		// 2026年11月20日 is one thing.
		for n < len(r) && strings.ContainsRune(units, r[n]) {
			n++
			start := n
			for n < len(r) && isDigit(r[n]) {
				n++
			}
			if n == start {
				break
			}
		}
		return n
	}
	for n := min(longest, len(r)); n > 1; n-- {
		if known()[string(r[:n])] {
			return n
		}
	}
	// Two or three unknown characters before the word for a place are its name.
	if !strings.ContainsRune(particles, r[0]) && unicode.Is(unicode.Han, r[0]) {
		for n := 1; n < min(4, len(r)); n++ {
			if strings.ContainsRune(places, r[n]) {
				return n + 1
			}
			if !unicode.Is(unicode.Han, r[n]) || strings.ContainsRune(particles, r[n]) || known()[string(r[n:min(n+2, len(r))])] {
				break
			}
		}
	}
	return 1
}

// Cost says how badly a line ends between two parts: 0 after a mark, up to 160
// between two characters that may well be one word.
func Cost(before, after string) int {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case strings.ContainsRune(closing, last), strings.ContainsRune(opening, next):
		return 0
	case isLatin(last) && isLatin(next):
		return 160
	}
	if utf8.RuneCountInString(before) == 1 && strings.ContainsRune("的和与及或", last) && utf8.RuneCountInString(after) > 1 {
		return 8 // a line likes to end where a list or an attribute goes on
	}
	cost := 12
	for _, p := range []string{before, after} {
		switch r, n := utf8.DecodeRuneInString(p); {
		case n < len(p):
		case strings.ContainsRune(particles, r):
			cost += 4
		default:
			cost += 60
		}
	}
	if strings.ContainsRune("的和与及或、", next) {
		cost += 20 // better at the end of a line than at its beginning
	}
	return cost
}

// Fill sets parts on exactly lines lines of at most width, so that the sum of
// the costs and of the squared slack is least; nil when it cannot be done. Slack
// counts in half ems.
func Fill(parts []string, lines, width, em int, measure func(string) int) []string {
	const never = 1 << 40
	n := len(parts)
	least := make([][]int, lines+1)
	from := make([][]int, lines+1)
	for l := range least {
		least[l], from[l] = make([]int, n+1), make([]int, n+1)
		for i := range least[l] {
			least[l][i] = never
		}
	}
	least[0][0] = 0
	for l := 1; l <= lines; l++ {
		for i := 1; i <= n; i++ {
			for j := i - 1; j >= 0; j-- {
				w := measure(strings.Join(parts[j:i], ""))
				if w > width {
					break
				}
				if least[l-1][j] == never {
					continue
				}
				slack := (width - w) / max(em/2, 1)
				cost := least[l-1][j] + slack*slack
				if i < n {
					cost += Cost(parts[i-1], parts[i])
				}
				if cost < least[l][i] {
					least[l][i], from[l][i] = cost, j
				}
			}
		}
	}
	if n == 0 || lines == 0 || least[lines][n] == never {
		return nil
	}
	out := make([]string, lines)
	for l, i := lines, n; l > 0; l-- {
		j := from[l][i]
		out[l-1] = strings.Join(parts[j:i], "")
		i = j
	}
	return out
}
