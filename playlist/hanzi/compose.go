package hanzi

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// How much worse a word is, in steps of 1/8 of a doubling of its frequency.
const (
	costShort  = 18 // a character of which only the beginning was typed
	costOther  = 40 // a character in a reading that is not the one of this word
	costLonger = 12 // a character that was not typed at all
	impossible = 1 << 20
)

// typed is one row of letters, with how far every syllable leads from every
// letter.
type typed struct {
	keys  string
	table *word
	reach []uint64 // by syllable and letter
}

func newTyped(keys string, w *word) *typed {
	t := &typed{keys: keys, table: w, reach: make([]uint64, len(w.spelt)*len(keys))}
	for at := range keys {
		for _, s := range w.begun[keys[at]-'a'] {
			t.reach[int(s)*len(keys)+at] = Reach(keys, at, w.spelt[s])
		}
	}
	return t
}

// match is how well a word fits.
type match struct {
	word  int32
	used  int
	chars int // of the word that were typed
	short int // of these, those of which only the beginning was typed
	other int // and those in a reading that is not the one of this word
	cost  int
}

// best finds the cheapest way to read the characters from i on with the keys
// from at on. A way ends when the word is at its end or the keys are.
func (t *typed) best(from, i, end uint32, at int) (m match) {
	if i == end || at == len(t.keys) {
		return match{used: at, chars: int(i - from), cost: costLonger * int(end-i)}
	}
	m.cost = impossible
	own := t.table.syllable[i]
	for _, s := range t.table.used.of(rune(t.table.runes[i])) {
		extra, other := 0, 0
		if s != own {
			extra, other = costOther, 1
		}
		for reach := t.reach[int(s)*len(t.keys)+at]; reach != 0; reach &= reach - 1 {
			to, cost := bits.TrailingZeros64(reach), extra
			short := 0
			if to-at < len(t.table.spelt[s]) {
				short, cost = 1, cost+costShort
			}
			if next := t.best(from, i+1, end, to); next.cost < impossible {
				next.cost, next.short, next.other = next.cost+cost, next.short+short, next.other+other
				if m.cost == impossible || next.used > m.used || next.used == m.used && next.cost < m.cost {
					m = next
				}
			}
		}
	}
	return m
}

// FromPinyin returns what letters may mean, best first: whole words before
// characters, frequent before rare. It understands initials, full syllables and
// mixtures (women, wm, wom). A row that is no word is first put together from
// several; what takes fewer keys than there are comes last, so that a long row
// can also be chosen piece by piece. limit 0 takes 30.
func FromPinyin(letters string, limit int) []Candidate {
	keys := clean(letters, isLetter)
	if keys == "" {
		return nil
	}
	if limit <= 0 {
		limit = 30
	}
	t := newTyped(keys, words())
	return t.choose(t.find(limit), limit)
}

// found are the words that fit, by sort, each best first.
type found struct {
	whole  []match // words that are typed to their end
	spread []match // the same, when the keys are rather something else: 第二 for de
	longer []match // words that go on
	chars  []match
	part   []match // words and characters that do not take all of the keys
}

// find looks at every word with the first letter and keeps the best of each
// sort, limit at most.
func (t *typed) find(limit int) *found {
	f := &found{}
	cheaper := func(a, b match) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.word, b.word)) }
	further := func(a, b match) int { return cmp.Or(cmp.Compare(b.used, a.used), cheaper(a, b)) }
	keep := func(list *[]match, m match, order func(a, b match) int) {
		if n := len(*list); n == limit {
			if order(m, (*list)[n-1]) > 0 {
				return
			}
			*list = (*list)[:n-1]
		}
		at, _ := slices.BinarySearchFunc(*list, m, order)
		*list = slices.Insert(*list, at, m)
	}
	syllable := t.oneSyllable()
	w := t.table
	for _, i := range w.byLetter[t.keys[0]-'a'] {
		from, end := w.start[i], w.start[i+1]
		m := t.best(from, from, end, 0)
		if m.cost == impossible {
			continue
		}
		m.word = i
		m.cost -= int(w.weights[i])
		switch {
		case m.used < len(t.keys):
			keep(&f.part, m, further)
		case m.chars < int(end-from):
			keep(&f.longer, m, cheaper)
		case m.chars == 1:
			keep(&f.chars, m, cheaper)
		case syllable && m.short > 0 || m.other > 0:
			keep(&f.spread, m, cheaper)
		default:
			keep(&f.whole, m, cheaper)
		}
	}
	return f
}

// oneSyllable reports whether the keys are the beginning of one syllable and no
// more.
func (t *typed) oneSyllable() bool {
	return slices.ContainsFunc(t.table.spelt, func(s string) bool { return strings.HasPrefix(s, t.keys) })
}

// some is how many of a sort come before the next sort has its turn.
const some = 5

// choose puts the sorts together. One syllable is as likely a character as the
// beginning of a word, so both are in sight.
func (t *typed) choose(f *found, limit int) []Candidate {
	var out []Candidate
	seen := map[string]bool{}
	put := func(text string, used int) bool {
		if seen[text] {
			return false
		}
		seen[text] = true
		out = append(out, Candidate{text, used})
		return true
	}
	add := func(list []match, most int) []match {
		for len(list) > 0 && most > 0 && len(out) < limit {
			if put(t.table.text(list[0].word), list[0].used) {
				most--
			}
			list = list[1:]
		}
		return list
	}
	add(f.whole, limit)
	if t.oneSyllable() {
		f.chars = add(f.chars, some)
	}
	f.longer = add(f.longer, some)
	if len(out) == 0 {
		if text, used := t.sentence(); text != "" {
			put(text, used)
		}
	}
	f.spread = add(f.spread, some)
	add(f.chars, limit)
	add(f.part, limit)
	add(f.spread, limit)
	add(f.longer, limit)
	return out
}

// everything is the weight of all words together: a word of this weight would be the
// only one.
const everything = 208

// sentence puts together the likeliest row of words that are spelt out in full,
// as if words followed one another by chance. It goes as far as it can and says
// how many keys that took; nothing when that is no more than one word.
func (t *typed) sentence() (text string, used int) {
	type step struct {
		cost, from int
		word       int32
	}
	best := make([]step, len(t.keys)+1)
	for i := 1; i < len(best); i++ {
		best[i].cost = impossible
	}
	w := t.table
	for at := range t.keys {
		if best[at].cost == impossible {
			continue
		}
		for _, i := range w.byLetter[t.keys[at]-'a'] {
			to := at
			for k := w.start[i]; k < w.start[i+1]; k++ {
				s := w.spelt[w.syllable[k]]
				if !strings.HasPrefix(t.keys[to:], s) {
					to = 0
					break
				}
				to += len(s)
			}
			cost := best[at].cost + everything - int(w.weights[i])
			if to > 0 && cost < best[to].cost {
				best[to] = step{cost, at, i}
			}
		}
	}
	for used = len(t.keys); used > 0 && best[used].cost == impossible; used-- {
	}
	for at := used; at > 0; at = best[at].from {
		if best[at].from == 0 && at == used {
			return "", 0
		}
		text = w.text(best[at].word) + text
	}
	return text, used
}

func (w *word) text(i int32) string {
	runes := make([]rune, 0, 8)
	for _, r := range w.runes[w.start[i]:w.start[i+1]] {
		runes = append(runes, rune(r))
	}
	return string(runes)
}
