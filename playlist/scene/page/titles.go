package page

import (
	"strings"
	"unicode/utf8"

	"mingbai/playlist/scene/phrase"
	"mingbai/playlist/scene/typeset"
)

// short sets a short text, such as a title, so that its lines end between words.
// It takes as many lines as it would anyway.
func (x *ctx) short(text string, st typeset.Style, width int) *typeset.Para {
	plain := st
	plain.Balance = true
	p := x.set(text, plain, width)
	k := len(p.Lines)
	if k < 2 || k > 6 || strings.Contains(text, "\n") || utf8.RuneCountInString(text) > 80 || x.w.en && !hasHan(text) {
		return p
	}
	// Widths are reckoned, not shaped: the setter has the last word below.
	reckon := func(s string) int {
		w := 0
		for _, r := range s {
			switch {
			case r < 0x2000 && r != ' ':
				w += st.Size * 57 / 100
			case r == ' ':
				w += st.Size / 4
			default:
				w += st.Size
			}
		}
		return w
	}
	lines := phrase.Fill(phrase.Parts(text), k, width, st.Size, reckon)
	if lines == nil {
		return p
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	st.Balance = false
	q := x.set(strings.Join(lines, "\n"), st, width)
	if len(q.Lines) != k {
		return p
	}
	return q
}

func hasHan(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x2E80 }) >= 0
}
