// Package hanzi knows how Chinese characters are read and written: all readings
// of a character, the order of its strokes, and what a row of keys may mean when
// somebody composes text with them.
//
// It promises answers without a network from tables that are embedded with
// their licences. It leaves to others what is searched and how keys look.
package hanzi

// The five strokes as keys (一丨丿丶乛), in the order of every stroke pad.
const Strokes = "hspnz"

// Candidate is what keys may mean.
type Candidate struct {
	Text string
	Used int // how many of the keys it takes, from the first
}

// Readings returns all pinyin readings of a character without tones, ü as v,
// the most usual first; nil for what is not a Han character.
func Readings(r rune) []string { return nil }

// StrokeOrder returns the strokes of a character as letters of Strokes; empty
// when it is not known.
func StrokeOrder(r rune) string { return "" }

// FromPinyin returns what letters may mean, best first: whole words before
// characters, frequent before rare. It understands initials, full syllables and
// mixtures (women, wm, wom).
func FromPinyin(letters string, limit int) []Candidate { return nil }

// FromStrokes returns the characters that begin with these strokes, best first.
func FromStrokes(strokes string, limit int) []Candidate { return nil }
