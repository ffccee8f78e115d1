package pii

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a row of digits without anything between them.
type run struct {
	from, to int    // bytes in the text
	digits   string // in ASCII
}

// digit returns the ASCII digit that a character is, full-width ones included.
func digit(r rune) (byte, bool) {
	switch {
	case r >= '0' && r <= '9':
		return byte(r), true
	case r >= '０' && r <= '９':
		return byte(r - '０' + '0'), true
	}
	return 0, false
}

// invisible characters come along when text is pasted and hide nothing.
func invisible(r rune) bool { return r >= '\u200b' && r <= '\u200d' || r == '\u2060' || r == '\ufeff' }

// runs returns all rows of digits in a text.
func runs(text string) []run {
	var out []run
	var b strings.Builder
	from, end := -1, 0
	flush := func() {
		if from >= 0 {
			out = append(out, run{from, end, b.String()})
			b.Reset()
			from = -1
		}
	}
	for i, r := range text {
		if d, ok := digit(r); ok {
			if from < 0 {
				from = i
			}
			b.WriteByte(d)
			end = i + utf8.RuneLen(r)
		} else if from < 0 || !invisible(r) {
			flush()
		}
	}
	flush()
	return out
}

// gap judges what stands between two rows of digits: whether both may be parts
// of one number, with which mark, and whether a line ends there.
func gap(between string) (mark rune, line, ok bool) {
	if between == "" || len(between) > 9 {
		return 0, false, false
	}
	for _, r := range between {
		switch {
		case r == '\n' || r == '\r':
			line = true
		case r == '-' || r == '－' || r == '–' || r == '‐' || r == '‑':
			if mark == '-' {
				return 0, false, false
			}
			mark = '-'
		case r == ' ' || r == '\u00a0' || r == '\u3000' || r == '\t' || invisible(r):
			if mark == 0 {
				mark = ' '
			}
		default:
			return 0, false, false
		}
	}
	return mark, line, true
}

// numbers looks for long numbers before short ones, because a line's end may cut
// a mobile's out of an identity card's, and each in one row before in several.
func (s *scanner) numbers() {
	all := runs(s.text)
	used := make([]bool, len(all))
	for _, judge := range []judge{s.long, s.oldIdentity, s.mobile} {
		for i, r := range all {
			if !used[i] && len(r.digits) >= 11 && s.alone(r.from, r.to) {
				if m, ok := judge(r.digits, r.from, r.to); ok {
					used[i] = s.add(m)
				}
			}
		}
		for i := range all {
			if n, m, ok := s.joined(judge, all[i:], used[i:]); ok && s.add(m) {
				for j := range n {
					used[i+j] = true
				}
			}
		}
	}
}

// judge says whether digits at a span are somebody's number.
type judge func(digits string, from, to int) (Match, bool)

func (s *scanner) long(digits string, from, to int) (Match, bool) {
	if m, ok := s.identity(digits, from, to); ok {
		return m, true
	}
	return s.card(digits, from, to)
}

// joined looks for the longest number that begins with the first row and goes on
// in the next ones; it returns how many rows it takes.
func (s *scanner) joined(judge judge, all []run, used []bool) (rows int, found Match, ok bool) {
	if used[0] {
		return 0, Match{}, false
	}
	digits := all[0].digits
	shape := []int{len(digits)}
	var mark rune
	lines := 0
	for j := 1; j < len(all) && j < 7 && !used[j]; j++ {
		m, line, ok := gap(s.text[all[j-1].to:all[j].from])
		if !ok || line && lines > 0 || !line && mark != 0 && m != mark {
			break
		}
		if line {
			lines++
		} else {
			mark = m
		}
		digits += all[j].digits
		shape = append(shape, len(all[j].digits))
		if len(digits) > 21 {
			break
		}
		from, to := all[0].from, all[j].to
		if len(digits) < 11 || !s.alone(from, to) || !usual(shape, digits, lines) {
			continue
		}
		if match, ok := judge(digits, from, to); ok && match.Sure {
			rows, found = j+1, match
		}
	}
	return rows, found, rows > 0
}

// usual reports whether people write a number in such groups. A line's end may
// fall anywhere.
func usual(shape []int, digits string, lines int) bool {
	if lines > 0 && len(shape) == 2 {
		return true
	}
	least := 20
	for _, n := range shape[:len(shape)-1] {
		least = min(least, n)
	}
	switch n := len(digits); {
	case n == 11, n == 13 && strings.HasPrefix(digits, "86"):
		if n == 13 {
			if shape[0] != 2 {
				return false
			}
			shape = shape[1:]
		}
		return is(shape, 11) || is(shape, 3, 4, 4) || is(shape, 3, 8) || is(shape, 7, 4) || is(shape, 4, 3, 4)
	case is(shape, 6, 8, 4), is(shape, 6, 8, 3), is(shape, 6, 4, 4, 4), is(shape, 6, 4, 4, 3), is(shape, 6, 6, 3):
		return true
	case lines > 0: // and groups: only the most usual ones, for a list may go on in the next line
		return is(shape, 4, 4, 4, 4) || is(shape, 4, 4, 4, 4, 3)
	default:
		return least >= 2 && n >= 15
	}
}

func is(shape []int, want ...int) bool {
	if len(shape) != len(want) {
		return false
	}
	for i, n := range want {
		if shape[i] != n {
			return false
		}
	}
	return true
}

// alone reports whether no letter and no part of a longer number touches a span.
func (s *scanner) alone(from, to int) bool {
	before, after := s.text[:from], s.text[to:]
	if r, n := utf8.DecodeLastRuneInString(before); n > 0 {
		if letter(r) || r == '¥' || r == '￥' || r == '$' {
			return false
		}
		if r == '.' && decimals(before[:len(before)-n]) {
			return false
		}
	}
	if r, n := utf8.DecodeRuneInString(after); n > 0 {
		if letter(r) && r != 'X' && r != 'x' && r != 'Ｘ' && r != 'ｘ' || r == '%' || r == '％' {
			return false
		}
		if r == '.' && len(after) > 1 && after[1] >= '0' && after[1] <= '9' {
			return false
		}
	}
	return true
}

func letter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ'
}

// decimals reports whether what stands before a point is a number, other than
// the number of a paragraph at the beginning of its line.
func decimals(s string) bool {
	whole := strings.TrimRight(s, "0123456789")
	if len(whole) == len(s) {
		return false
	}
	return len(s)-len(whole) > 2 || strings.TrimRight(whole, " \t\u3000") != "" && !strings.HasSuffix(whole, "\n")
}

// before returns up to n characters before a byte, of the same line or the line
// above it.
func (s *scanner) before(from, n int) string {
	at := from
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s.text[:at])
		at -= size
	}
	return s.text[at:from]
}

// has reports whether one of the words is in a text, spaces left out.
func has(text string, words ...string) bool {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
