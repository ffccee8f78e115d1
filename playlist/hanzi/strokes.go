package hanzi

import (
	_ "embed"
	"encoding/binary"
	"slices"
	"sort"
	"strings"
	"sync"
)

// strokeTable holds, for each character in the order of code points: the step
// from the one before it (uvarint), the number of its strokes (one byte), and the
// strokes, three to a byte in base five, the first in the lowest place.
//
//go:embed strokes.bin
var strokeTable []byte

// stroke is the table unpacked: all characters in the order of their strokes.
type stroke struct {
	order  []string // sorted
	chars  []rune   // parallel to order
	byRune map[rune]uint16
}

var strokes = sync.OnceValue(func() *stroke {
	type pair struct {
		r rune
		s string
	}
	var all []pair
	r := rune(0)
	for b := strokeTable; len(b) > 0; {
		step, n := binary.Uvarint(b)
		r += rune(step)
		count := int(b[n])
		b = b[n+1:]
		s := make([]byte, count)
		for i := range s {
			v := b[i/3]
			for range i % 3 {
				v /= 5
			}
			s[i] = Strokes[v%5]
		}
		b = b[(count+2)/3:]
		all = append(all, pair{r, string(s)})
	}
	slices.SortStableFunc(all, func(a, b pair) int { return strings.Compare(a.s, b.s) })
	t := &stroke{order: make([]string, len(all)), chars: make([]rune, len(all)), byRune: make(map[rune]uint16, len(all))}
	for i, p := range all {
		t.order[i], t.chars[i], t.byRune[p.r] = p.s, p.r, uint16(i)
	}
	return t
})

// StrokeOrder returns the strokes of a character as letters of Strokes; empty
// when it is not known.
func StrokeOrder(r rune) string {
	t := strokes()
	i, ok := t.byRune[r]
	if !ok {
		return ""
	}
	return t.order[i]
}

// StrokeRank numbers the known characters from 1 in the order of their strokes,
// so that those that begin alike lie together; 0 when the strokes are not known.
func StrokeRank(r rune) int {
	i, ok := strokes().byRune[r]
	if !ok {
		return 0
	}
	return int(i) + 1
}

// StrokeRange returns the ranks [from, to) of the characters that begin with
// these strokes.
func StrokeRange(keys string) (from, to int) {
	t := strokes()
	i, n := t.beginning(keys)
	return i + 1, i + n + 1
}

// ByStrokeRank returns the strokes of the character with a rank, and how many
// ranks there are: 1 to count.
func ByStrokeRank(rank int) (order string, count int) {
	t := strokes()
	if rank < 1 || rank > len(t.order) {
		return "", len(t.order)
	}
	return t.order[rank-1], len(t.order)
}

// beginning finds the first of the characters that begin with keys, and how many
// there are.
func (t *stroke) beginning(keys string) (at, count int) {
	at = sort.SearchStrings(t.order, keys)
	count = sort.Search(len(t.order)-at, func(i int) bool { return !strings.HasPrefix(t.order[at+i], keys) })
	return at, count
}

// familiar is the weight above which a character that has exactly the strokes
// typed comes before more frequent ones that go on.
const familiar = 80

// FromStrokes returns the characters that begin with these strokes, best first:
// familiar ones that are complete, then frequent before rare; a rare one that is
// complete stands eighth. When no character begins so, those are
// returned whose strokes are the beginning of the keys, which is how one goes on
// typing without choosing. limit 0 takes 30.
func FromStrokes(keys string, limit int) []Candidate {
	keys = clean(keys, isStroke)
	if keys == "" {
		return nil
	}
	if limit <= 0 {
		limit = 30
	}
	t := strokes()
	var out []Candidate
	if at, count := t.beginning(keys); count > 0 {
		for _, i := range t.ranked(at, count, len(keys))[:min(count, limit)] {
			out = append(out, Candidate{string(t.chars[i]), len(keys)})
		}
		return out
	}
	for used := len(keys) - 1; used > 0 && len(out) < limit; used-- {
		at, count := t.beginning(keys[:used])
		whole := sort.Search(count, func(i int) bool { return len(t.order[at+i]) > used })
		for _, i := range t.ranked(at, whole, used)[:min(whole, limit-len(out))] {
			out = append(out, Candidate{string(t.chars[i]), used})
		}
	}
	return out
}

// Where complete characters stand that are rare, and those that are no words at
// all (讠, 扌).
const (
	placeOfRare  = 7
	placeOfParts = 20
)

// ranked orders the characters [at, at+count) for keys of a length.
func (t *stroke) ranked(at, count, length int) []int {
	w := words()
	var familiars, rares, parts, others []int
	for i := at; i < at+count; i++ {
		complete, weight := len(t.order[i]) == length, w.weight(t.chars[i])
		switch {
		case !complete:
			others = append(others, i)
		case weight >= familiar:
			familiars = append(familiars, i)
		case weight > 0:
			rares = append(rares, i)
		default:
			parts = append(parts, i)
		}
	}
	for _, list := range [][]int{familiars, rares, others} {
		slices.SortStableFunc(list, func(a, b int) int { return int(w.weight(t.chars[b])) - int(w.weight(t.chars[a])) })
	}
	out := append(familiars, others...)
	out = slices.Insert(out, min(len(out), max(placeOfRare, len(familiars))), rares...)
	return slices.Insert(out, min(len(out), max(placeOfParts, len(familiars)+len(rares))), parts...)
}
