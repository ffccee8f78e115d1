// Package phrase says where a line of Chinese may end without hurting the
// reader: between the phrases of a title, between words, or only inside one.
//
// It cuts text into words with a small lexicon of official and everyday
// Chinese, into numbers with their units, dates, names of places and numbers of
// documents, and judges every joint by what meets there. It promises an answer
// for any text, the same each time, in time linear in the text, and it knows no
// measure: how long lines are, and whether a rule of marks forbids a break, is
// left to whoever sets the text.
package phrase

import "sync"

// Costs of a break, from the best to the worst. Values between them occur.
const (
	Mark   uint8 = 0   // after a comma or a full stop
	Joint  uint8 = 15  // between phrases
	Word   uint8 = 40  // between words that could stand apart
	Close  uint8 = 65  // between words that belong together
	Bound  uint8 = 120 // a word from the one that it leans on
	Inside uint8 = 200 // within a word
	Never  uint8 = 255 // within a number and its unit, or letters
)

// token is a word, a number with its unit, a mark, or what is none of them.
type token struct {
	start, end int
	word
}

// work is what one call needs; it is used again.
type work struct {
	lex    *lexicon
	text   []rune
	best   []step
	tokens []token
}

type step struct {
	cost int
	from int
	word
}

var pool = sync.Pool{New: func() any { return new(work) }}

// Costs returns, for every i from 0 to len(text), what it costs to end a line
// before text[i]. The ends of the text cost nothing.
func Costs(text []rune) []uint8 {
	out := make([]uint8, len(text)+1)
	w := pool.Get().(*work)
	w.lex, w.text = load(), text
	w.segment()
	w.judge(out)
	w.text = nil
	pool.Put(w)
	return out
}

// Break is a place between two characters and what a break costs there.
type Break struct {
	Index int // the rune that the next line would start with
	Cost  uint8
}

// Breaks returns the places at which words of text meet, best known as the
// breaks that cost less than Inside.
func Breaks(text string) []Break {
	costs := Costs([]rune(text))
	var out []Break
	for i := 1; i < len(costs)-1; i++ {
		if costs[i] < Inside {
			out = append(out, Break{i, costs[i]})
		}
	}
	return out
}

// Words returns the words that text is cut into, marks among them. Joined they
// are text.
func Words(text []rune) []string {
	w := pool.Get().(*work)
	w.lex, w.text = load(), text
	w.segment()
	var out []string
	for _, t := range w.tokens {
		out = append(out, string(text[t.start:t.end]))
	}
	w.text = nil
	pool.Put(w)
	return out
}

// What the kinds of tokens cost: the cut with the least sum is taken, so few
// long words beat many short ones, and known words beat guesses.
const (
	costKnown   = 100
	costRune    = 3  // for each rune of a known word, so that of two cuts the even one wins
	costAlone   = 14 // for a word of one rune, twice for a mere ending
	costNumber  = 100
	costUnknown = 240
	costPlace   = 140 // and costPlaceRune for each rune of the name proper
	costPlace1  = 210 // a name proper of one rune
	costPlaceR  = 55
	costDoc     = 100
	costDocRune = 60
)

// segment cuts w.text into w.tokens.
func (w *work) segment() {
	n := len(w.text)
	if cap(w.best) < n+1 {
		w.best = make([]step, n+1)
	}
	w.best = w.best[:n+1]
	for i := range w.best {
		w.best[i] = step{cost: 1 << 60}
	}
	w.best[0] = step{}
	for i := 0; i < n; i++ {
		if w.best[i].cost < 1<<60 {
			w.reach(i)
		}
	}
	w.tokens = w.tokens[:0]
	for i := n; i > 0; i = w.best[i].from {
		w.tokens = append(w.tokens, token{w.best[i].from, i, w.best[i].word})
	}
	for i, j := 0, len(w.tokens)-1; i < j; i, j = i+1, j-1 {
		w.tokens[i], w.tokens[j] = w.tokens[j], w.tokens[i]
	}
	w.merge()
}

// offer proposes a token from i to end.
func (w *work) offer(i, end, cost int, what word) {
	if cost += w.best[i].cost; cost < w.best[end].cost {
		w.best[end] = step{cost, i, what}
	}
}

// reach offers every token that starts at i.
func (w *work) reach(i int) {
	text := w.text
	r := text[i]
	switch kindOf(r) {
	case isBlank:
		w.offer(i, i+1, costKnown, word{class: blank})
		return
	case isMark:
		if end, ok := w.quoted(i); ok { // “三公”经费 is one word
			w.offer(i, end.end, costKnown, end.word)
		}
		w.offer(i, i+1, costKnown, word{class: mark})
		return
	case isLatin:
		end, c := w.latin(i)
		w.offer(i, end, costNumber, word{class: c})
		return
	}
	w.offer(i, i+1, costUnknown, word{class: unknown | single})
	node := uint32(0)
	for j := i; j < len(text); j++ {
		var ok bool
		if node, ok = w.lex.words.step(node, text[j]); !ok {
			break
		}
		if word := w.lex.words.words[node]; word.class != 0 {
			// The square spreads ties: 2+2 beats 3+1.
			cost := costKnown + costRune*(j-i)*(j-i)/4
			if j == i {
				cost += costAlone
				if word.class&^(suffix|single) == 0 {
					cost += costAlone
				}
			}
			w.offer(i, j+1, cost, word)
		}
	}
	if end, c := w.numeral(i); end > i {
		w.offer(i, end, costNumber+8, word{class: c})
	}
	w.named(i)
}

// quoted returns the word that starts with the quotation mark at i.
func (w *work) quoted(i int) (token, bool) {
	node := uint32(0)
	var t token
	for j := i; j < len(w.text); j++ {
		var ok bool
		if node, ok = w.lex.words.step(node, w.text[j]); !ok {
			break
		}
		if word := w.lex.words.words[node]; word.class != 0 {
			t = token{i, j + 1, word}
		}
	}
	return t, t.end > i
}

// merge joins neighbouring characters that no word holds: they are a name, or a
// word that the lexicon lacks.
func (w *work) merge() {
	out := w.tokens[:0]
	for _, t := range w.tokens {
		if n := len(out); n > 0 && t.class == unknown|single && out[n-1].class&unknown != 0 && t.start-out[n-1].start < 4 {
			out[n-1].end, out[n-1].class = t.end, unknown|noun
			continue
		}
		out = append(out, t)
	}
	w.tokens = out
}
