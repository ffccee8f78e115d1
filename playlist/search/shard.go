package search

import (
	"context"
	"hash/maphash"
	"math/bits"
	"strings"
	"sync"

	"mingbai/playlist"
)

// shard is up to perShard notices with what finds them. It never changes; an
// index is made of shards and of its own order of the notices in them.
type shard struct {
	sums    []uint64 // of what is searched, by notice
	titles  []uint16 // all titles one after the other, as places
	start   []uint32 // by notice, and the end
	inTitle filed
	inText  filed
	// Document and index numbers by rune.
	inNumbers lists
	digits    blob
	english   blob
}

// filed says what is in which titles or texts.
type filed struct {
	chars   lists // by rune
	triples lists // by three initials in a row
}

// blob is one short text for each notice.
type blob struct {
	all   string
	start []uint32
}

func (b *blob) of(i int) string { return b.all[b.start[i]:b.start[i+1]] }

// Initials are 1 to 26; 0 is the end of a run of characters.
const letterCount = 27

func triple(a, b, c int) int { return (a*letterCount+b)*letterCount + c }

var seed = maphash.MakeSeed()

// sum identifies what is searched of a notice, while the program runs.
func sum(n *playlist.Notice) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	put := func(text string) {
		h.WriteString(text)
		h.WriteByte(0)
	}
	put(n.Title)
	put(n.TitleEn)
	body(n, func(_, text string) bool { put(text); return true })
	numbers(n, func(_, text string) bool { put(text); return true })
	return h.Sum64()
}

// builder makes shards one after the other.
type builder struct {
	initials *[1 << 16]uint32 // by rune; 0 ends a run
	inTitle  filing
	inText   filing
	numbers  *pile // document and index numbers by rune
	titles   []uint16
	run      []uint32
}

// filing is filed while it grows.
type filing struct{ chars, triples *pile }

func newFiling() filing {
	return filing{newPile(1 << 16), newPile(letterCount * letterCount * letterCount)}
}

func (f filing) filed() filed { return filed{f.chars.lists(), f.triples.lists()} }

// passed marks a rune in builder.initials that is passed over.
const passed = 1 << 31

// initials has a bit for every letter that a reading of a rune begins with, from
// bit 1 on.
var initials = sync.OnceValue(func() *[1 << 16]uint32 {
	of := new([1 << 16]uint32)
	for r := range rune(1 << 16) {
		for _, s := range readingsOf(r) {
			of[r] |= 1 << (s[0] - 'a' + 1)
		}
	}
	for _, r := range skipped {
		of[r] = passed
	}
	return of
})

func newBuilder() *builder {
	return &builder{initials: initials(), inTitle: newFiling(), inText: newFiling(), numbers: newPile(1 << 16)}
}

// shard makes one of at most perShard notices.
func (b *builder) shard(ctx context.Context, notices []*playlist.Notice, sums []uint64) (*shard, error) {
	s := &shard{sums: sums}
	var digits, english strings.Builder
	b.titles = b.titles[:0]
	for i, n := range notices {
		if i%64 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		s.start = append(s.start, uint32(len(b.titles)))
		b.titles = runesOf(b.titles, n.Title)
		s.digits.start = append(s.digits.start, uint32(digits.Len()))
		writeDigits(&digits, n)
		s.english.start = append(s.english.start, uint32(english.Len()))
		if n.TitleEn != "" {
			english.WriteByte(' ')
			english.WriteString(lowered(n.TitleEn))
		}
		for _, number := range []string{n.Document, n.Index} {
			for _, r := range number {
				b.numbers.put(int(place(r)), uint16(i))
			}
		}
		b.file(b.inTitle, n.Title, uint16(i))
		body(n, func(_, text string) bool { b.file(b.inText, text, uint16(i)); return true })
	}
	s.start = append(s.start, uint32(len(b.titles)))
	s.titles = append([]uint16(nil), b.titles...)
	s.digits.start = append(s.digits.start, uint32(digits.Len()))
	s.digits.all = digits.String()
	s.english.start = append(s.english.start, uint32(english.Len()))
	s.english.all = english.String()
	s.inTitle, s.inText, s.inNumbers = b.inTitle.filed(), b.inText.filed(), b.numbers.lists()
	return s, nil
}

// file files one text of a notice.
func (b *builder) file(to filing, text string, id uint16) {
	b.run = b.run[:0]
	for _, r := range text {
		at := place(r)
		to.chars.put(int(at), id)
		switch of := b.initials[at]; of {
		case passed:
		case 0:
			b.triplesOf(to, id)
		default:
			b.run = append(b.run, of)
		}
	}
	b.triplesOf(to, id)
}

// triplesOf files every three initials of the run, in every reading, and ends it.
func (b *builder) triplesOf(to filing, id uint16) {
	const end = 1
	for i, first := range b.run {
		second, third := uint32(end), uint32(end)
		if i+1 < len(b.run) {
			second = b.run[i+1]
		}
		if i+2 < len(b.run) {
			third = b.run[i+2]
		}
		for x := first; x != 0; x &= x - 1 {
			for y := second; y != 0; y &= y - 1 {
				for z := third; z != 0; z &= z - 1 {
					to.triples.put(triple(bits.TrailingZeros32(x), bits.TrailingZeros32(y), bits.TrailingZeros32(z)), id)
				}
			}
		}
	}
	b.run = b.run[:0]
}

func (s *shard) title(i int) []uint16 { return s.titles[s.start[i]:s.start[i+1]] }

// bytes is about how much memory the shard takes.
func (s *shard) bytes() int {
	n := 8*len(s.sums) + 2*len(s.titles) + 4*len(s.start)
	for _, l := range []*lists{&s.inTitle.chars, &s.inTitle.triples, &s.inText.chars, &s.inText.triples, &s.inNumbers} {
		n += l.bytes()
	}
	for _, b := range []*blob{&s.digits, &s.english} {
		n += len(b.all) + 4*len(b.start)
	}
	return n
}

// The parts of a notice's digits.
const (
	numberPart = '#' // before a telephone, document or index number
	titlePart  = 'T' // before a number in the title
	bodyPart   = 'B' // before a long number in the texts
)

// longNumber is how many digits a number in the texts has at least to be found:
// telephones, not years.
const longNumber = 5

// writeDigits writes the digits of a notice, the best first.
func writeDigits(to *strings.Builder, n *playlist.Notice) {
	eachNumber(n.Title, 1, func(_ Span, digits string) bool {
		to.WriteByte(titlePart)
		to.WriteString(digits)
		return true
	})
	numbers(n, func(_, text string) bool {
		to.WriteByte(numberPart)
		to.WriteString(digitsOf(text))
		return true
	})
	body(n, func(_, text string) bool {
		eachNumber(text, longNumber, func(_ Span, digits string) bool {
			to.WriteByte(bodyPart)
			to.WriteString(digits)
			return true
		})
		return true
	})
}

// eachNumber calls yield with every run of digits, dashes among them left out,
// that has at least so many, and with the runes that it takes.
func eachNumber(text string, least int, yield func(at Span, digits string) bool) {
	if !strings.ContainsAny(text, "0123456789") {
		return
	}
	var digits []byte
	from, to, i := 0, 0, 0
	end := func() bool {
		ok := len(digits) < least || yield(Span{from, to}, string(digits))
		digits = digits[:0]
		return ok
	}
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if len(digits) == 0 {
				from = i
			}
			digits = append(digits, byte(r))
			to = i + 1
		case r == '-' && len(digits) > 0:
		case len(digits) > 0:
			if !end() {
				return
			}
		}
		i++
	}
	if len(digits) > 0 {
		end()
	}
}
