package search

import (
	"math/bits"
	"strings"

	"mingbai/playlist/hanzi"
)

// fewForNext is how many notices are looked through for the keys that lead on.
const fewForNext = 150

// keySet is a set of keys: a bit for each of 0 to 9 and a to z.
type keySet uint64

// allDigits are ten keys.
const allDigits keySet = 1<<10 - 1

// lead notes that a key leads on to something; what is no key is left out.
func (f *finding) lead(key byte) {
	switch {
	case key >= '0' && key <= '9':
		f.leads |= 1 << (key - '0')
	case key >= 'a' && key <= 'z':
		f.leads |= 1 << (key - 'a' + 10)
	}
}

func (s keySet) keys() map[byte]bool {
	out := map[byte]bool{}
	for i := range 36 {
		if s&(1<<i) != 0 {
			out["0123456789abcdefghijklmnopqrstuvwxyz"[i]] = true
		}
	}
	return out
}

// next finds the keys that lead on to something without any tolerance. With
// automata that takes another look at all that was found, so it is left out when
// that is much.
func (f *finding) next() map[byte]bool {
	a := f.automata[exact]
	if a == nil {
		if f.query.Mode != Digits || !f.any() {
			return nil
		}
		return f.leads.keys()
	}
	if len(a.keys) >= maxKeys || f.more != [groups]bool{} {
		return nil
	}
	var few []int32
	for i, t := range f.tiers {
		if t == 0 || t > tiersOf || !f.allows(int32(i)) {
			continue
		}
		if len(few) == fewForNext {
			return nil
		}
		few = append(few, int32(i))
	}
	if len(few) == 0 {
		return nil
	}
	names := map[int32]bool{}
	var runes []uint16
	for _, i := range few {
		d := &f.x.documents[i]
		f.leadsIn(a, f.x.shards[d.shard].title(int(d.local)))
		names[d.issuer], names[d.column] = true, true
		body(d.notice, func(_, of string) bool {
			if a.inString(of) {
				runes = runesOf(runes[:0], of)
				f.leadsIn(a, runes)
			}
			return true
		})
		f.leadsInEnglish(lowered(d.notice.TitleEn))
	}
	for n := range names {
		f.leadsIn(a, f.x.names[n].runes)
	}
	return f.leads.keys()
}

func (f *finding) any() bool {
	for i, t := range f.tiers {
		if t != 0 && f.allows(int32(i)) {
			return true
		}
	}
	return false
}

// leadsIn notes the keys that lead on from every match in a text.
func (f *finding) leadsIn(a *automaton, text []uint16) {
	goal := a.goal()
	for from := range text {
		states := uint64(1)
		for i := from; i < len(text) && states != 0; i++ {
			class := a.classes.of[text[i]]
			if class == skip && i > from {
				continue
			}
			for s := states; s != 0 && class >= firstClass; s &= s - 1 {
				if at := bits.TrailingZeros64(s); a.reach[at] != nil && a.reach[at][class]&goal != 0 {
					f.leadsFrom(a, at, text[i:])
				}
			}
			states = a.step(states, class) &^ goal
		}
	}
}

// leadsFrom notes the keys that lead on when keys[at:] are the first character of
// a text: the rest of the character or the beginning of the next.
func (f *finding) leadsFrom(a *automaton, at int, text []uint16) {
	rest := a.keys[at:]
	class := a.classes.of[text[0]]
	whole := false
	for _, s := range a.spellings(class) {
		if len(s) > len(rest) && strings.HasPrefix(s, rest) {
			f.lead(s[len(rest)])
		}
		whole = whole || s == rest || a.classes.initials != nil &&
			(rest == s[:1] || len(rest) == 2 && len(s) > 2 && rest == s[:2] && s[1] == 'h')
	}
	if !whole {
		return
	}
	for _, r := range text[1:] {
		class := a.classes.of[r]
		if class == skip {
			continue
		}
		for _, s := range a.spellings(class) {
			f.lead(s[0])
		}
		return
	}
}

// spellings are what a character of a class is typed as.
func (a *automaton) spellings(class uint16) []string {
	if class < firstClass {
		return nil
	}
	if a.classes.initials == nil {
		order, _ := hanzi.ByStrokeRank(int(class-firstClass) + 1)
		return []string{order}
	}
	var out []string
	for _, s := range a.classes.readings[class] {
		syllable := a.classes.syllables[s].text
		out = append(out, syllable)
		if len(syllable) == 3 && syllable[1:] == "ve" {
			out = append(out, syllable[:1]+"ue")
		}
	}
	return out
}

// leadsInEnglish notes the letters that go on in words of an English title.
func (f *finding) leadsInEnglish(title string) {
	if f.english == "" {
		return
	}
	for words := range strings.FieldsSeq(title) {
		if strings.HasPrefix(words, f.english) && len(words) > len(f.english) {
			f.lead(words[len(f.english)])
		}
	}
}
