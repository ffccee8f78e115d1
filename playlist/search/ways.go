package search

import "math/bits"

// ways says which texts of a shard may match an automaton. The keys are divided
// among characters in every way that there is; a text must have a character for
// every part and, by pinyin, the initials of every three parts in a row.
type ways struct {
	a      *automaton
	byMark bool // the parts are marked by their first letters
	ends   []uint64
	live   []bool // the goal can be reached from here
	runes  map[[2]int][]uint16
	steps  int
}

// maxSteps is how many parts are tried; what is left over is read.
const maxSteps = 4000

func newWays(a *automaton) *ways {
	w := &ways{a: a, byMark: a.classes.initials != nil, ends: make([]uint64, len(a.keys)), live: make([]bool, len(a.keys)+1), runes: map[[2]int][]uint16{}}
	w.live[len(a.keys)] = true
	for at := len(a.keys) - 1; at >= 0; at-- {
		for _, states := range a.reach[at] {
			w.ends[at] |= states
		}
		for e := w.ends[at]; e != 0; e &= e - 1 {
			w.live[at] = w.live[at] || w.live[bits.TrailingZeros64(e)]
		}
	}
	return w
}

// candidates returns which of count texts match surely and which may.
func (w *ways) candidates(of *filed, count int) (sure, maybe *set) {
	sure, maybe = new(set), new(set)
	if !w.live[0] {
		return sure, maybe
	}
	w.steps = maxSteps
	walk := &walk{ways: w, of: of, count: count, parts: map[[2]int]*set{}, sure: sure, maybe: maybe}
	walk.from(0, 0, 0, 0, true, nil)
	for i := range maybe {
		maybe[i] &^= sure[i]
	}
	return sure, maybe
}

// inText is candidates for the texts of a shard.
func (w *ways) inText(s *shard, count int) (sure, maybe *set) { return w.candidates(&s.inText, count) }

// walk is one walk over the ways of a shard's titles or texts.
type walk struct {
	*ways
	of    *filed
	count int
	parts map[[2]int]*set
	// What was found.
	sure, maybe *set
}

// from goes on from a key after depth parts, of which the last two begin with b
// and c (a to z as 1 to 26). loose says that all parts are single letters. so far
// are the texts that have them all; nil is every text.
func (w *walk) from(at, depth, b, c int, loose bool, soFar *set) {
	if w.steps--; w.steps < 0 {
		w.add(w.maybe, soFar)
		return
	}
	if at == len(w.a.keys) {
		w.arrive(depth, b, c, loose, soFar)
		return
	}
	letter := 0
	if w.byMark {
		letter = int(w.a.keys[at]-'a') + 1
	}
	for e := w.ends[at]; e != 0; e &= e - 1 {
		to := bits.TrailingZeros64(e)
		if !w.live[to] {
			continue
		}
		// A single letter that is not the last key stands for all characters with
		// this initial, which the threes in a row say better.
		single := w.byMark && to == at+1 && (to < len(w.a.keys) || depth > 0)
		now := soFar
		if !single {
			now = both(soFar, w.part(at, to))
		}
		if w.byMark && depth >= 2 {
			now = both(now, w.triples(triple(b, c, letter), triple(b, c, letter)+1))
		}
		if now != nil && *now == (set{}) {
			continue
		}
		w.from(to, depth+1, c, letter, loose && single, now)
	}
}

// arrive notes the texts that have all parts.
func (w *walk) arrive(depth, b, c int, loose bool, soFar *set) {
	switch {
	case depth == 1:
		w.add(w.sure, soFar)
	case !w.byMark:
		w.add(w.maybe, soFar)
	case depth == 2:
		soFar = both(soFar, w.triples(triple(b, c, 0), triple(b, c+1, 0)))
		fallthrough
	default:
		if loose && depth <= 3 {
			w.add(w.sure, soFar)
		} else {
			w.add(w.maybe, soFar)
		}
	}
}

func (w *walk) add(to, of *set) {
	if of == nil {
		for i := range w.count {
			to.add(uint16(i))
		}
		return
	}
	to.or(of)
}

// both returns what is in a and in b; a may be nil for everything.
func both(a, b *set) *set {
	if a == nil {
		return b
	}
	out := *a
	out.and(b)
	return &out
}

func (w *walk) triples(from, to int) *set {
	out := new(set)
	for key := from; key < to; key++ {
		w.of.triples.addTo(out, key)
	}
	return out
}

// members returns the runes that keys[at:to] can stand for.
func (w *ways) members(at, to int) []uint16 {
	part := [2]int{at, to}
	out, ok := w.runes[part]
	if !ok {
		for class, states := range w.a.reach[at] {
			if states&(1<<to) != 0 {
				out = append(out, w.a.classes.members[class]...)
			}
		}
		w.runes[part] = out
	}
	return out
}

// part returns the texts that have a character for keys[at:to].
func (w *walk) part(at, to int) *set {
	if out := w.parts[[2]int{at, to}]; out != nil {
		return out
	}
	out := new(set)
	for _, r := range w.members(at, to) {
		w.of.chars.addTo(out, int(r))
	}
	w.parts[[2]int{at, to}] = out
	return out
}
