// Package hanzi knows how Chinese characters are read and written: all readings
// of a character, the order of its strokes, and what a row of keys may mean when
// somebody composes text with them.
//
// It promises answers without a network from tables that are embedded with
// their licences (LICENSES), within 5 ms a key. The tables are unpacked when they
// are first asked for, which takes some 50 ms: a program that has a screen calls
// Warm in the background. It leaves to others what is searched and how keys look.
package hanzi

// The five strokes as keys (一丨丿丶乛), in the order of every stroke pad.
const Strokes = "hspnz"

// maxKeys is how many keys are looked at; nobody types more for one word.
const maxKeys = 60

// Candidate is what keys may mean.
type Candidate struct {
	Text string
	Used int // how many of the keys it takes, from the first
}

// Warm unpacks the tables, so that the first key does not wait for them.
func Warm() {
	readings()
	strokes()
	words()
}

// clean keeps the letters that allowed allows, as lower case, and at most
// maxKeys of them.
func clean(keys string, allowed func(byte) bool) string {
	out := make([]byte, 0, min(len(keys), maxKeys))
	for i := 0; i < len(keys) && len(out) < maxKeys; i++ {
		c := keys[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if allowed(c) {
			out = append(out, c)
		}
	}
	return string(out)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

func isStroke(c byte) bool {
	return c == 'h' || c == 's' || c == 'p' || c == 'n' || c == 'z'
}
