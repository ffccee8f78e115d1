package phrase

import "strings"

const (
	closingMarks = "”’）〕］｝》〉」』】〗、，。．；：！？)]},.;:!?"
	openingMarks = "“‘（〔［｛《〈「『【〖([{"
	commas       = "，。；：！？,;:!?"
)

// judge fills out with the cost of a break before every rune.
func (w *work) judge(out []uint8) {
	for i := range w.tokens {
		t := &w.tokens[i]
		w.inner(t, out)
		if i > 0 {
			out[t.start] = w.between(i)
		}
	}
	w.enclose(out)
	out[0], out[len(w.text)] = 0, 0
}

// inner judges the breaks within a token.
func (w *work) inner(t *token, out []uint8) {
	for j := t.start + 1; j < t.end; j++ {
		c := Inside
		switch {
		case t.class&docNumber != 0:
			c = Never
			if w.text[j] == '〔' {
				c = Bound // where no line holds the whole
			}
		case t.loose&(1<<(j-t.start)) != 0:
			c = Word + 4
		case t.joints&(1<<(j-t.start)) != 0:
			c = Close + 5
		case kindOf(w.text[j-1]) == isLatin && kindOf(w.text[j]) == isLatin:
			c = Never
		case t.class&timeWord != 0 && isDigit(w.text[j]):
			c = Bound // 11月25日|8时
			if w.text[j-1] != '日' && w.text[j-1] != '号' {
				c = Never
			}
		case t.class&(quantity|timeWord) != 0 && w.tail(j) == t.end:
			c = Bound // 100毫米|以上
			if t.end == j+1 {
				c = Inside
			}
		case t.class&(quantity|timeWord|foreign) != 0:
			c = Never
		case t.class&unknown != 0 && t.end-t.start == 4 && j-t.start == 2:
			c = Bound - 20 // as a rule two words of two
		case t.class&unknown != 0:
			c = Inside - 50
		}
		out[j] = c
	}
}

// between judges the break before token i.
func (w *work) between(i int) uint8 {
	l, r := &w.tokens[i-1], &w.tokens[i]
	a, b := w.text[l.end-1], w.text[r.start]
	switch {
	case r.class&blank != 0 || l.class&blank != 0:
		return w.blank(i)
	case l.class&mark != 0 || r.class&mark != 0:
		return marks(a, b)
	}
	left, right := l.class, r.class
	one := func(t *token) bool { return t.end == t.start+1 }
	final := i+1 == len(w.tokens) || w.tokens[i+1].class&mark != 0
	switch {
	case right&particle != 0 && one(r):
		if b == '的' && w.genreAt(i+1) {
			return 80 // 的通知 may stand on a line of its own when nothing else will do
		}
		return Inside
	case left&particle != 0:
		switch {
		case a == '的' && right&genre != 0 && final:
			return Bound + 50
		case one(r) && right&(noun|suffix|unknown) != 0:
			return Bound
		case a == '的':
			return 10
		case a == '了' || a == '等':
			return 28
		}
		return Close
	case right&suffix != 0 && one(r) && right&(noun|verb|prefix|preposition) == 0,
		right&suffix != 0 && one(r) && left&(noun|place|unknown|head|timeWord) != 0:
		return Inside - 10
	case right&suffix != 0 && right&timeWord == 0 && !one(r):
		return Bound
	case right&conjunction != 0:
		return 34
	case left&conjunction != 0:
		if one(l) && !strings.ContainsRune("和与及或并而且但", a) {
			return Bound
		}
		return 14
	case left&preposition != 0 && left&(light|noun|verb) == 0:
		switch {
		case one(l):
			return Bound + 30
		case a == '于': // 关于, 对于
			return 24
		}
		return Word + 5
	case right&preposition != 0 && right&(light|noun|verb) == 0:
		if strings.ContainsRune("至到", b) && left&(timeWord|quantity|foreign) != 0 {
			return Bound - 30 // 8时至15时
		}
		return 18
	case left&prefix != 0 && one(l):
		return Bound + 40
	case left&modifier != 0 && one(l):
		return Bound
	case final && right&genre != 0:
		return Close + 15
	case left&light != 0 && w.governs(i-1):
		return 12
	case left&modifier != 0 && left&(verb|noun|head|timeWord) == 0:
		return Close + 10
	}
	return w.numbersAndNames(l, r)
}

// numbersAndNames judges the joints that neither small words nor verbs decide.
func (w *work) numbersAndNames(l, r *token) uint8 {
	left, right := l.class, r.class
	one := func(t *token) bool { return t.end == t.start+1 }
	worst := uint8(0)
	if one(l) && left&verb != 0 {
		worst = Bound - 40
		if right&quantity != 0 {
			worst = Close - 5 // 留|一个心眼
		}
	}
	if one(l) && left&verb == 0 && left&(noun|unknown|suffix|head) != 0 || one(r) && right&(noun|unknown|head) != 0 {
		worst = Bound - 20
	}
	cost := Word
	switch {
	case left&timeWord != 0 && right&timeWord != 0:
		cost = Close + 25
		if isDigit(w.text[r.start]) {
			cost = Bound // 2026年11月25日
		}
	case left&(timeWord|quantity) == 0 && right&timeWord != 0, left&timeWord != 0 && right&quantity == 0:
		cost = Joint
	case left&quantity != 0 && right&(noun|head|genre|unknown|foreign) != 0:
		cost = Close
	case left&quantity != 0, right&quantity != 0:
		cost = 26
	case left&foreign != 0, right&foreign != 0:
		cost = Close - 10
	case left&place != 0 && right&place != 0:
		cost = Close
	case left&place != 0, right&place != 0:
		cost = 20
	case right&modifier != 0:
		cost = 22
	case right&head != 0 && right&(verb|light) == 0:
		cost = Close
	case right&(verb|light) != 0 && left&noun != 0:
		cost = 28
		if right&light != 0 && right&(verb|head|genre) == 0 {
			cost = 22
		}
	case left&head != 0:
		cost = 34
	case left&(verb|light) != 0 && right&noun != 0:
		cost = 42
	}
	return max(cost, worst)
}

// governs reports whether the light verb i stands where it rules what follows:
// at the start of a clause, or after words that lead up to it.
func (w *work) governs(i int) bool {
	if w.tokens[i].end-w.tokens[i].start < 2 {
		return false
	}
	if i == 0 {
		return w.tokens[i].class&(head|genre) == 0
	}
	return w.tokens[i-1].class&(preposition|modifier|conjunction|mark|blank|light) != 0
}

// genreAt reports whether token i names the kind of document and ends the title.
func (w *work) genreAt(i int) bool {
	return i < len(w.tokens) && w.tokens[i].class&genre != 0 &&
		(i+1 == len(w.tokens) || w.tokens[i+1].class&(mark|blank) != 0)
}

// blank judges a break beside the space before or at token i.
func (w *work) blank(i int) uint8 {
	p, n := i-1, i
	for p >= 0 && w.tokens[p].class&blank != 0 {
		p--
	}
	for n < len(w.tokens) && w.tokens[n].class&blank != 0 {
		n++
	}
	if p < 0 || n >= len(w.tokens) {
		return Mark
	}
	left, right := w.tokens[p].class, w.tokens[n].class
	a := w.text[w.tokens[p].end-1]
	switch {
	case strings.ContainsRune(commas, a):
		return Mark
	case left&preposition != 0 && w.tokens[p].end == w.tokens[p].start+1,
		strings.ContainsRune("至到", w.text[w.tokens[n].start]) && isDigit(a):
		return Bound - 30
	case left&timeWord != 0 && right&timeWord != 0 && isDigit(w.text[w.tokens[n].start]):
		return Bound
	case left&foreign != 0 && right&foreign != 0:
		return Joint
	case left&foreign != 0 && right&(timeWord|quantity) == 0 && isDigit(a):
		return Inside // 12 个 with a space between
	}
	return Joint
}

// marks judges a break at which a is before and b after, one of them a mark.
func marks(a, b rune) uint8 {
	switch {
	case strings.ContainsRune(closingMarks, b), strings.ContainsRune(openingMarks, a):
		return Never
	case strings.ContainsRune(commas, a):
		return Mark
	case a == '、':
		return 8
	case b == '〔', a == '〕' && isDigit(b):
		return Never
	case strings.ContainsRune(closingMarks, a) && strings.ContainsRune(openingMarks, b):
		return 30
	case strings.ContainsRune(openingMarks, b):
		return 20
	case strings.ContainsRune(closingMarks, a):
		return 30
	case a == b, b == '·', b == '%':
		return Never
	case b == '—':
		return 20
	}
	return 30
}

// enclose makes breaks within brackets and quotation marks dearer, the more so
// the shorter what they hold.
func (w *work) enclose(out []uint8) {
	for i, r := range w.text {
		k := strings.IndexRune("《（“「『〈【(", r)
		if k < 0 {
			continue
		}
		end := matching(w.text, i)
		if end < 0 {
			continue
		}
		more := 25
		if end-i <= 8 {
			more = 70
		}
		for j := i + 1; j <= end; j++ {
			if out[j] < Inside {
				out[j] = uint8(min(int(out[j])+more, int(Inside)-5))
			}
		}
	}
}

// maxEnclosed is how many characters brackets are thought to hold at most.
const maxEnclosed = 60

// matching returns where the bracket at i is closed, -1 when it is not soon.
func matching(text []rune, i int) int {
	open := text[i]
	shut := map[rune]rune{'《': '》', '（': '）', '“': '”', '「': '」', '『': '』', '〈': '〉', '【': '】', '(': ')'}[open]
	depth := 0
	for j := i; j < len(text) && j-i <= maxEnclosed; j++ {
		switch text[j] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return -1
}
