package led

import (
	"strings"
	"unicode/utf8"

	"mingbai/playlist/scene/dotfont"
)

// box is the room of a zone.
type box struct{ w, h int }

// leading is the least dark between two lines of a size; cells of 16 dots bring
// their own.
func leading(size int) int {
	switch {
	case size < 16:
		return 1
	case size == 16:
		return 0
	}
	return size / 8
}

func highLines(lines, size int) int { return lines*size + (lines-1)*leading(size) }

// holds says whether lines fit at a size.
func (b box) holds(size int, lines ...string) bool {
	if highLines(len(lines), size) > b.h {
		return false
	}
	for _, l := range lines {
		// A character takes at least two fifths of its height: what is surely
		// too long need not open a face.
		if utf8.RuneCountInString(l)*size*2/5 > b.w || measure(l, size) > b.w {
			return false
		}
	}
	return true
}

// fit returns the largest size at which lines fit; ok is false when none does,
// and then it is the smallest.
func (b box) fit(lines ...string) (size int, ok bool) {
	sizes := dotfont.Sizes()
	for i := len(sizes) - 1; i >= 0; i-- {
		if b.holds(sizes[i], lines...) {
			return sizes[i], true
		}
	}
	return sizes[0], false
}

// still makes a page of lines of one size.
func still(size int, tone Tone, lines ...string) Page {
	p := Page{}
	for _, l := range lines {
		p.Lines = append(p.Lines, Line{Text: l, Size: size, Tone: tone})
	}
	p.Dwell = Dwell(utf8.RuneCountInString(strings.Join(lines, "")))
	return p
}

// plate sets a name as large as it goes, on two lines where that is larger.
func (b box) plate(text string, tone Tone) []Page {
	size, ok := b.fit(text)
	for s := size; s <= b.h; {
		next := larger(s)
		if next == s {
			break
		}
		s = next
		if two := wrap(text, s, b.w); len(two) == 2 && b.holds(s, two...) {
			return []Page{still(s, tone, two...)}
		}
	}
	if !ok {
		return b.prose(text, tone)
	}
	return []Page{still(size, tone, text)}
}

func larger(size int) int {
	for _, s := range dotfont.Sizes() {
		if s > size {
			return s
		}
	}
	return size
}

// prose sets running text as large as it goes on few pages; along a strip it
// passes where every character can be seen long enough.
func (b box) prose(text string, tone Tone) []Page {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	whole := strings.TrimRight(text, "。")
	sizes := dotfont.Sizes()
	var usable []int // largest first; below 16 only where 16 do not fit (V02)
	for i := len(sizes) - 1; i >= 0; i-- {
		if sizes[i] <= b.h && (sizes[i] >= 16 || b.h < 16) {
			usable = append(usable, sizes[i])
		}
	}
	if len(usable) == 0 {
		usable = sizes[:1]
	}
	line := usable[0]
	if b.h < highLines(2, 16) || b.h < highLines(2, line) && b.h < highLines(2, 24) {
		for _, s := range usable {
			if b.holds(s, whole) {
				return []Page{still(s, tone, whole)}
			}
		}
		if passes(whole, line, b.w) {
			return []Page{{Lines: []Line{{Text: whole, Size: line, Tone: tone, Align: Left}}, Marquee: true, Dwell: lap(whole, line, b.w)}}
		}
	}
	oneSentence := !strings.ContainsAny(whole, "。！？")
	for _, s := range usable {
		if oneSentence && b.holds(s, whole) {
			return []Page{still(s, tone, whole)}
		}
		// At the smallest size a sentence may go on to another page.
		if out := b.byPhrase(text, s, tone, s == usable[len(usable)-1]); out != nil {
			return out
		}
	}
	// Some phrase is longer than a line, at any size.
	var best []Page
	for _, s := range usable {
		if s*4 > b.w && s > 16 {
			continue // fewer than four characters a line keep no word together
		}
		set, complete := pages(text, s, b.w, b.lines(s))
		best = best[:0]
		for _, lines := range set {
			best = append(best, still(s, tone, lines...))
		}
		if complete && len(set) <= 2 {
			break
		}
	}
	return best
}

// lines returns how many lines of a size the zone takes, four at most.
func (b box) lines(size int) int {
	n := 1
	for n < 4 && highLines(n+1, size) <= b.h {
		n++
	}
	return n
}

// byPhrase sets every phrase on a line of its own and every sentence on a page of
// its own, or on several with spill, four pages at most; nil where that does not
// go at the size.
func (b box) byPhrase(text string, size int, tone Tone, spill bool) []Page {
	most := b.lines(size)
	var out []Page
	var lines []string
	turn := func() {
		if len(lines) > 0 {
			out = append(out, still(size, tone, lines...))
		}
		lines = nil
	}
	for _, p := range phrases(text) {
		line := trimEnd(p)
		if !b.holds(size, line) || len(lines) == most && !spill {
			return nil
		}
		if len(lines) == most {
			turn()
		}
		lines = append(lines, line)
		if strings.ContainsAny(p, "。！？") {
			turn()
		}
	}
	if turn(); len(out) > 4 {
		return nil
	}
	return out
}
