package typeset

import (
	"testing"
	"unicode/utf8"
)

func FuzzParagraph(f *testing.F) {
	for _, s := range []string{
		"", "字", "一二三四五六七八九十", "上午9:00—17:30，（法定节假日除外）；", "https://a.example/b/c?d=e&f=g",
		"don’t “stop”", "e\u0301\u0301 \U0001F468\u200D\U0001F469", "《《《》》》，，，", "————……", "\xff\xfe", "a\u3000\t b", "\r\n\n\u2029x",
		"ا ل ع", "한국어", "漢\U000E0100字", "123456789012345678901234567890",
	} {
		f.Add(s, 200, 20, uint8(3), uint8(2))
		f.Add(s, 7, 32, uint8(1), uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, width, size int, align, indent uint8) {
		if len(text) > 2000 {
			return
		}
		st := Style{Size: size%80 + 1, Align: Align(align % 4), Role: Role(align % 3), Indent: int(indent % 3), Balance: indent%2 == 1}
		if st.Size < 1 {
			st.Size = 1
		}
		if width = width % 4000; width < 1 {
			width = 1 - width
		}
		p := Default().Paragraph(text, st, width)
		check(t, p, text, st, width)
		check(t, Default().Line(text, st), text, st, 1<<30)
	})
}

// check states what every set paragraph keeps: each character belongs to
// exactly one line, in order; lines are stacked; and nothing is wider than the
// measure but a character that alone is.
func check(t *testing.T, p *Para, text string, st Style, width int) {
	t.Helper()
	next := 0
	for i, l := range p.Lines {
		if l.Start != next || l.End < l.Start {
			t.Fatalf("%q at %d: line %d holds runes %d to %d, want from %d", text, width, i, l.Start, l.End, next)
		}
		next = l.End
		if l.Width > width && graphemes(l.Text) > 1 {
			t.Fatalf("%q at %d: line %d, %q, is %d wide", text, width, i, l.Text, l.Width)
		}
		// Italics aside, ink may overhang a glyph's own room by a little.
		slop := st.Size/2 + 1
		for _, g := range l.Glyphs {
			if l.Width <= width && (g.At.X < l.X-slop || g.At.X+g.Mask.W > l.X+l.Width+slop) {
				t.Fatalf("%q at %d: line %d has ink from %d to %d, the line is %d to %d", text, width, i,
					g.At.X, g.At.X+g.Mask.W, l.X, l.X+l.Width)
			}
		}
		if i > 0 && l.Top < p.Lines[i-1].Top+st.leading() {
			t.Fatalf("%q: line %d begins at %d above the foot of the last", text, i, l.Top)
		}
	}
	if n := utf8.RuneCountInString(text); next != n {
		t.Fatalf("%q at %d: lines hold %d of %d runes", text, width, next, n)
	}
}

// graphemes counts what cannot be cut: characters, not marks upon them, nor the
// marks that cling to a character at a line's end or start.
func graphemes(s string) int {
	n := 0
	runes := []rune(s)
	for i, r := range runes {
		if c := classify(r); c != ignored && c != space && (i == 0 || !clings(runes, i)) && !(c == letter && r > 0x2FF) {
			n++
		}
	}
	return n
}
