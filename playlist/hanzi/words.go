package hanzi

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"io"
	"slices"
	"sync"
)

// wordTable is a DEFLATE stream of the words in the order of their text, written
// by gen: the number of words and of runes, then one run of bytes for each of:
// how many runes a word shares with the one before, how many follow, the high
// and the low bytes of these, the weights (8 × log2 of the frequency), the words
// that are not read as their characters usually are, and for every word of one
// character which of its readings are in use.
//
//go:embed words.bin
var wordTable []byte

// word is the table unpacked.
type word struct {
	runes    []uint16
	start    []uint32    // word i is runes[start[i]:start[i+1]]
	weights  []uint8     // parallel to words
	syllable []uint16    // parallel to runes: how it is read here, an index into spelt
	byLetter [26][]int32 // words by every first letter of their first character
	chars    map[rune]uint8
	spelt    []string       // every syllable
	begun    [26][]uint16   // those that begin with a letter
	used     spread[uint16] // the syllables of a character that are in use, in the order of Readings
	inUse    spread[string] // the same
}

// spread is a list for each rune of the first plane, all in one: a map of lists
// would be several times as large.
type spread[T any] struct {
	at   []uint32 // where the list of a rune begins, and how long it is
	list []T
}

const spreadBits = 5 // of the length; no character has so many readings

func newSpread[T any]() spread[T] { return spread[T]{at: make([]uint32, 1<<16)} }

// add appends to the list of r, which is the last that was begun.
func (s *spread[T]) add(r rune, v T) {
	if s.at[r] == 0 {
		s.at[r] = uint32(len(s.list)) << spreadBits
	}
	s.at[r]++
	s.list = append(s.list, v)
}

func (s *spread[T]) of(r rune) []T {
	if r < 0 || int(r) >= len(s.at) {
		return nil
	}
	from, n := s.at[r]>>spreadBits, s.at[r]&(1<<spreadBits-1)
	return s.list[from : from+n : from+n]
}

var words = sync.OnceValue(func() *word {
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(wordTable)))
	if err != nil {
		panic("hanzi: the embedded words: " + err.Error())
	}
	w := &word{chars: map[rune]uint8{}, used: newSpread[uint16](), inUse: newSpread[string]()}
	count := int(binary.BigEndian.Uint32(raw))
	runes := int(binary.BigEndian.Uint32(raw[4:]))
	unusual := int(binary.BigEndian.Uint32(raw[8:]))
	raw = raw[12:]
	take := func(n int) []byte {
		part := raw[:n]
		raw = raw[n:]
		return part
	}
	shared, more := take(count), take(count)
	high, low := take(runes), take(runes)
	w.weights = bytes.Clone(take(count))
	w.start = make([]uint32, 1, count+1)
	w.runes = make([]uint16, 0, 3*count)
	for i, at := 0, 0; i < count; i++ {
		if i > 0 {
			w.runes = append(w.runes, w.runes[w.start[i-1]:w.start[i-1]+uint32(shared[i])]...)
		}
		for range more[i] {
			w.runes = append(w.runes, uint16(high[at])<<8|uint16(low[at]))
			at++
		}
		w.start = append(w.start, uint32(len(w.runes)))
	}
	w.read(raw[:unusual], w.use(raw[unusual:]))
	w.used.list, w.inUse.list = slices.Clip(w.used.list), slices.Clip(w.inUse.list)
	return w
})

// use notes which syllables of every character are in use, and returns all of them in
// the order of Readings.
func (w *word) use(masks []byte) (all spread[uint16]) {
	number := map[string]uint16{} // of a syllable in spelt
	all = newSpread[uint16]()
	for i := range w.weights {
		if w.start[i+1] != w.start[i]+1 {
			continue
		}
		r := rune(w.runes[w.start[i]])
		mask := masks[0]
		masks = masks[1:]
		for at, s := range Readings(r) {
			n, ok := number[s]
			if !ok {
				n = uint16(len(w.spelt))
				number[s] = n
				w.spelt = append(w.spelt, s)
				w.begun[s[0]-'a'] = append(w.begun[s[0]-'a'], n)
			}
			all.add(r, n)
			if mask == 0xFF || at < 8 && mask&(1<<at) != 0 {
				w.used.add(r, n)
				w.inUse.add(r, s)
			}
		}
	}
	return all
}

// ReadingsInUse returns the readings of a character that people know, the most
// usual first: of a character of everyday words those that any word, surname or
// place has, else all.
func ReadingsInUse(r rune) []string {
	if of := words().inUse.of(r); len(of) > 0 {
		return of
	}
	return Readings(r)
}

// read gives every character of every word its syllable and files the words by
// their first letters.
func (w *word) read(unusual []byte, all spread[uint16]) {
	w.syllable = make([]uint16, len(w.runes))
	for i, r := range w.runes {
		w.syllable[i] = all.of(rune(r))[0]
	}
	for i := 0; len(unusual) > 0; {
		step, n := binary.Uvarint(unusual)
		unusual = unusual[n:]
		i += int(step)
		for at := w.start[i]; at < w.start[i+1]; at++ {
			w.syllable[at] = all.of(rune(w.runes[at]))[unusual[0]]
			unusual = unusual[1:]
		}
	}
	for i, weight := range w.weights {
		at := w.start[i]
		first := rune(w.runes[at])
		if w.start[i+1] == at+1 {
			w.chars[first] = weight
		}
		var filed uint32
		for _, s := range w.used.of(first) {
			if letter := w.spelt[s][0] - 'a'; filed&(1<<letter) == 0 {
				filed |= 1 << letter
				w.byLetter[letter] = append(w.byLetter[letter], int32(i))
			}
		}
	}
}

// weight says how frequent a character is: 8 × log2 of its frequency.
func (w *word) weight(r rune) uint8 { return w.chars[r] }
