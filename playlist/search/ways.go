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
	steps  int
}

// maxSteps is how many parts are tried; what is left over is read.
const maxSteps = 4000

func newWays(a *automaton) *ways {
	w := &ways{a: a, byMark: a.classes.initials != nil, ends: make([]uint64, len(a.keys)), live: make([]bool, len(a.keys)+1)}
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

// candidates returns the texts that match surely and those that may.
func (w *ways) candidates(s *shard) (sure, maybe *set) {
	sure, maybe = new(set), new(set)
	if !w.live[0] {
		return sure, maybe
	}
	w.steps = maxSteps
	walk := &walk{ways: w, shard: s, parts: map[[2]int]*set{}, sure: sure, maybe: maybe}
	walk.from(0, 0, 0, 0, true, nil)
	for i := range maybe {
		maybe[i] &^= sure[i]
	}
	return sure, maybe
}

// walk is one walk over the ways of a shard.
type walk struct {
	*ways
	shard *shard
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
		for i := range w.shard.sums {
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
	out.addAll(w.shard.triples.between(from, to))
	return out
}

// part returns the texts that have a character for keys[at:to].
func (w *walk) part(at, to int) *set {
	if out := w.parts[[2]int{at, to}]; out != nil {
		return out
	}
	out := new(set)
	row := w.a.reach[at]
	for class := int(firstClass); class < len(row); class++ {
		if row[class]&(1<<to) != 0 {
			for _, r := range w.a.classes.members[class] {
				out.addAll(w.shard.chars.of(int(r)))
			}
		}
	}
	w.parts[[2]int{at, to}] = out
	return out
}
