package hanzi

import (
	"slices"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// The characters of the first block of CJK are kept ready; the rarer ones are
// looked up each time.
const (
	firstCommon = 0x4E00
	lastCommon  = 0x9FFF
)

// reading is the table of the common characters: the readings of character i
// are list[start[i]:start[i+1]].
type reading struct {
	start []uint16
	list  []string
}

var readings = sync.OnceValue(func() *reading {
	t := &reading{start: make([]uint16, 0, lastCommon-firstCommon+2)}
	same := map[string]string{} // one copy of each syllable
	for r := rune(firstCommon); r <= lastCommon; r++ {
		t.start = append(t.start, uint16(len(t.list)))
		for _, s := range lookUp(r) {
			one, ok := same[s]
			if !ok {
				one = strings.Clone(s)
				same[one] = one
			}
			t.list = append(t.list, one)
		}
	}
	t.start = append(t.start, uint16(len(t.list)))
	t.list = slices.Clip(t.list)
	return t
})

// lookUp reads the module's table, whose syllables have tone marks and stand
// most usual first.
func lookUp(r rune) []string {
	marked, ok := pinyin.PinyinDict[int(r)]
	if !ok {
		return nil
	}
	var out []string
	for s := range strings.SplitSeq(marked, ",") {
		if s = Toneless(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Toneless takes the tone marks of a syllable away and writes ü as v.
func Toneless(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case strings.ContainsRune("āáǎà", r):
			b.WriteByte('a')
		case strings.ContainsRune("ēéěèêếề", r):
			b.WriteByte('e')
		case strings.ContainsRune("īíǐì", r):
			b.WriteByte('i')
		case strings.ContainsRune("ōóǒò", r):
			b.WriteByte('o')
		case strings.ContainsRune("ūúǔù", r):
			b.WriteByte('u')
		case strings.ContainsRune("üǖǘǚǜ", r):
			b.WriteByte('v')
		case strings.ContainsRune("ńňǹ", r):
			b.WriteByte('n')
		case r == 'ḿ':
			b.WriteByte('m')
		}
	}
	return b.String()
}

// Readings returns all pinyin readings of a character without tones, ü as v,
// the most usual first; nil for what is not a Han character. The slice is not
// to be changed.
func Readings(r rune) []string {
	if r < firstCommon || r > lastCommon {
		return lookUp(r)
	}
	t := readings()
	i := r - firstCommon
	from, to := t.start[i], t.start[i+1]
	if from == to {
		return nil
	}
	return t.list[from:to:to]
}
