package phrase

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed lexicon.txt
var lexiconText string

// class says what a word may do in a phrase; a word can be of several.
type class uint32

const (
	preposition class = 1 << iota
	conjunction
	particle
	light // verbs that open a title and rule all that follows: 做好, 加强
	verb
	modifier
	timeWord
	genre // what a title calls its document: 通知, 公示
	head  // what ends a compound: 工作, 情况, 资金
	noun
	suffix
	prefix
	quantity
	place
	foreign // letters and digits without a unit
	unknown
	mark
	blank
	single // of one character
	docNumber
)

var sections = map[string]class{
	"preposition": preposition, "conjunction": conjunction, "particle": particle, "light": light,
	"verb": verb, "modifier": modifier, "time": timeWord, "genre": genre, "head": head, "noun": noun,
	"suffix": suffix, "prefix": prefix,
}

// trie holds words by their runes. Its edges are one open table of single words
// of memory, for it is filled while somebody waits for the first page.
type trie struct {
	edges []uint64 // key, which is a node and a rune, and below it the node that it leads to
	words []word   // by node; node 0 is the root
}

// nodeBits of an edge name the node that it leads to.
const (
	nodeBits = 20
	maxNodes = 1 << nodeBits
)

// word is what ends at a node. The zero value is no word.
type word struct {
	class  class
	joints uint32 // bit k: may be broken before rune k when nothing better is near
	loose  uint32 // those of the joints at which two words of their own meet
}

func newTrie(words int) *trie {
	size := 64
	for size < words*8 {
		size *= 2
	}
	return &trie{edges: make([]uint64, size), words: make([]word, 1, words*4)}
}

// slot returns where the edge from node by r is, or belongs, and its key.
func (t *trie) slot(node uint32, r rune) (int, uint64) {
	key := uint64(node)<<21 | uint64(uint32(r)&0x1FFFFF)
	mask := len(t.edges) - 1
	i := int(key*0x9E3779B97F4A7C15>>32) & mask
	for t.edges[i] != 0 && t.edges[i]>>nodeBits != key {
		i = (i + 1) & mask
	}
	return i, key
}

func (t *trie) step(node uint32, r rune) (uint32, bool) {
	i, _ := t.slot(node, r)
	return uint32(t.edges[i] & (maxNodes - 1)), t.edges[i] != 0
}

// lead returns the node that r leads to, made when there is none.
func (t *trie) lead(node uint32, r rune) uint32 {
	i, key := t.slot(node, r)
	if t.edges[i] != 0 {
		return uint32(t.edges[i] & (maxNodes - 1))
	}
	to := uint64(len(t.words))
	t.words = append(t.words, word{})
	t.edges[i] = key<<nodeBits | to
	if len(t.words)*2 > len(t.edges) {
		t.grow()
	}
	return uint32(to)
}

// grow doubles the table.
func (t *trie) grow() {
	old := t.edges
	t.edges = make([]uint64, 2*len(old))
	for _, e := range old {
		if e == 0 {
			continue
		}
		key := e >> nodeBits
		i, _ := t.slot(uint32(key>>21), rune(key&0x1FFFFF))
		t.edges[i] = e
	}
}

// add enters a word in which "/" marks the joints.
func (t *trie) add(text string, c class) {
	node, n := uint32(0), 0
	var joints uint32
	for _, r := range text {
		if r == '/' && utf8.RuneCountInString(text) > 1 {
			joints |= 1 << n
			continue
		}
		node, n = t.lead(node, r), n+1
	}
	if node == 0 {
		return
	}
	w := &t.words[node]
	w.class |= c
	w.joints |= joints
	if n == 1 {
		w.class |= single
	}
}

// at returns the word that text is, the zero value when it is none.
func (t *trie) at(text []rune) word {
	node := uint32(0)
	for _, r := range text {
		var ok bool
		if node, ok = t.step(node, r); !ok {
			return word{}
		}
	}
	return t.words[node]
}

// loosen finds the joints of a compound at which two words of three characters
// or more meet, and takes away those before a mere ending.
func (t *trie) loosen(text string) {
	runes := make([]rune, 0, maxWord)
	for _, r := range text {
		if r != '/' {
			runes = append(runes, r)
		}
	}
	node := uint32(0)
	for _, r := range runes {
		node, _ = t.step(node, r)
	}
	w := &t.words[node]
	for k := 1; k < len(runes); k++ {
		bit := uint32(1) << k
		if w.joints&bit == 0 {
			continue
		}
		if k >= 3 && len(runes)-k >= 3 && t.at(runes[:k]).class != 0 && t.at(runes[k:]).class != 0 {
			w.loose |= bit
		}
		if c := t.at(runes[k : k+1]).class; c&suffix != 0 && (k+1 == len(runes) || w.joints&(bit<<1) != 0) {
			w.joints &^= bit
		}
	}
}

// find returns the runes of the longest word that text starts with, 0 for none.
func (t *trie) find(text []rune) int {
	node, best := uint32(0), 0
	for i, r := range text {
		var ok bool
		if node, ok = t.step(node, r); !ok {
			break
		}
		if t.words[node].class != 0 {
			best = i + 1
		}
	}
	return best
}

// lexicon is the words, the units that numbers are counted in, and the words
// that end the name of a place.
type lexicon struct{ words, units, places *trie }

var load = sync.OnceValue(func() *lexicon {
	l, err := parseLexicon(lexiconText)
	if err != nil {
		panic("phrase: the embedded lexicon: " + err.Error())
	}
	return l
})

func parseLexicon(text string) (*lexicon, error) {
	l := &lexicon{words: newTrie(6144), units: newTrie(256), places: newTrie(32)}
	into, c := (*trie)(nil), class(0)
	n := 0
	var compounds []string
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "= "); ok {
			switch name {
			case "measure":
				into, c = l.units, quantity
			case "place":
				into, c = l.places, place
			default:
				into, c = l.words, sections[name]
				if c == 0 {
					return nil, fmt.Errorf("line %d opens an unknown section %q", n, name)
				}
			}
			continue
		}
		if into == nil {
			return nil, fmt.Errorf("line %d stands before the first section", n)
		}
		for w := range strings.FieldsSeq(line) {
			if utf8.RuneCountInString(w) > maxWord {
				return nil, fmt.Errorf("line %d holds a word of more than %d characters, %s", n, maxWord, w)
			}
			into.add(w, c)
			if strings.Contains(w, "/") && into == l.words {
				compounds = append(compounds, w)
			}
		}
	}
	for _, w := range compounds {
		l.words.loosen(w)
	}
	return l, nil
}

// maxWord is the longest word, joints included: what the bits of joints hold.
const maxWord = 31
