package typeset

import (
	"strings"
	"unicode"
)

// class is what a character is to a compositor.
type class uint8

const (
	other   class = iota // symbols, and marks that are neither of the next
	ideo                 // ideographs, kana and the like: one em, may break on both sides
	opening              // full-width marks whose ink is on the right
	closing              // full-width marks whose ink is on the left
	letter               // letters of alphabets
	digit                // 0 to 9
	space
	ignored // steers text, is never drawn
)

// The full-width marks that are squeezed and may not end or start a line.
const (
	openingMarks = "“‘（〔［｛《〈「『【〖"
	closingMarks = "”’）〕］｝》〉」』】〗、，。．；：！？"
)

// notFirst may not start a line, besides the closing marks.
const notFirst = "·•・‧%％‰℃°′″…～〜–-々ー)]}!,.:;?»›"

// notLast may not end a line, besides the opening marks.
const notLast = "([{«‹￥¥$＄№#＃"

// joins stand between the two numbers of a range or a ratio.
const joins = "—–－～〜~-‐/∕:："

func classify(r rune) class {
	switch {
	case r >= '0' && r <= '9':
		return digit
	case r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'):
		return letter
	case isSpace(r):
		return space
	case ignorable(r):
		return ignored
	case strings.ContainsRune(openingMarks, r):
		return opening
	case strings.ContainsRune(closingMarks, r):
		return closing
	case isIdeograph(r):
		return ideo
	case r >= 0xFF00 && r <= 0xFFEF: // the other full-width forms stand alone
		return other
	case unicode.IsLetter(r), unicode.IsMark(r):
		return letter
	}
	return other
}

func isSpace(r rune) bool {
	return r == ' ' || r == '\t' || r == '\u00A0' || r == '\u3000' || r >= 0x2000 && r <= 0x200A || r == 0x202F
}

func isIdeograph(r rune) bool {
	switch {
	case r >= 0x3400 && r <= 0x4DBF, r >= 0x4E00 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF,
		r >= 0x20000 && r <= 0x3FFFF, r >= 0x3041 && r <= 0x30FF, r >= 0x3105 && r <= 0x312F,
		r >= 0x2E80 && r <= 0x2FDF, r == '〇', r == '々', r >= 0x3200 && r <= 0x33FF:
		return true
	}
	return false
}

// ignorable reports the characters that are never drawn: controls, joiners,
// direction marks, variation selectors.
func ignorable(r rune) bool {
	switch {
	case r == '\u00AD', r == '\uFEFF', r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x206F, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}
