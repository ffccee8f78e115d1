package search

import "strings"

// editedReach says how far keys lead from at when one letter of what stands for
// the syllable is wrong, missing or too many.
func editedReach(keys string, at int, s *syllable) uint64 {
	syllable := s.text
	var reach uint64
	try := func(form string) {
		for n := max(0, len(form)-1); n <= len(form)+1 && at+n <= len(keys); n++ {
			if n == 0 && at == 0 {
				continue // a character that nobody typed begins no match
			}
			if oneEdit(keys[at:at+n], form) {
				reach |= 1 << (at + n)
			}
		}
	}
	try(syllable[:1])
	if len(syllable) > 1 && syllable[1] == 'h' {
		try(syllable[:2])
	}
	try(syllable)
	for n := 2; n < len(syllable); n++ { // the beginning of a syllable ends the keys
		if d := len(keys) - at - n; d >= -1 && d <= 1 && oneEdit(keys[at:], syllable[:n]) {
			reach |= 1 << len(keys)
		}
	}
	return reach
}

// oneEdit reports whether a becomes b by one letter changed, put in or left out.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	same := 0
	for same < len(a) && a[same] == b[same] {
		same++
	}
	if len(a) == len(b) {
		return same < len(a) && a[same+1:] == b[same+1:]
	}
	return strings.HasSuffix(b, a[same:]) && b[same+1:] == a[same:]
}
