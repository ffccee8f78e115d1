package led

import (
	"strings"
	"unicode"

	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/typeset/phrase"
)

// What a text set on lines and pages costs, in the scale of phrase.Costs. The
// set that costs least is taken.
const (
	costPage     = 400   // one page more
	costTorn     = 200   // a page that ends inside a sentence, and pageTimes its break
	costComma    = 40    // a page that ends after a comma
	costSentence = 150   // a sentence that begins in the middle of a line
	costStraddle = 260   // a line with the end of one part and the beginning of another
	costLone     = 9000  // a line of one character
	costShort    = 300   // a line of two among longer ones
	costSliver   = 250   // a page of so little that it is not worth its time
	costForced   = 60000 // a break where none may be
	costStroke   = 4000  // a number that is longer than the board, after its stroke
	costInside   = 700   // a word
	never        = 1 << 40

	dateTorn = phrase.Word + 10

	pageTimes  = 4
	sliver     = 4 // characters
	lineEnough = 7 // a little for each line, so that two lines are not three
)

func latin(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-./:%", r)
}

// mayBreak says whether the rules of marks allow a line to end between a and b.
func mayBreak(a, b rune) bool {
	return !strings.ContainsRune(closing, b) && !strings.ContainsRune(opening, a) && !(latin(a) && latin(b))
}

// trimEnd drops the mark that a line's end makes needless.
func trimEnd(s string) string {
	return strings.TrimRight(strings.TrimSpace(s), "，。；、 　")
}

// text is a text ready to be set: where it may be broken and how wide it is.
type text struct {
	runes []rune
	cost  []uint8 // of a break before a rune, phrase.Never where none may be
	at    []int   // where a rune begins, in dots; one more than runes
	size  int
	// Counted before each rune: characters that are read, and places at which a
	// sentence or a part of one ends and another follows.
	read, stops, parts []int
	end                []ending // how the text before a rune ends
}

type ending uint8

const (
	inside   ending = iota
	item            // with the mark between the items of a list
	part            // with a comma
	sentence        // with a full stop
)

func newText(s string, size int) *text {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	n := len(runes) + 1
	t := &text{runes: runes, cost: phrase.Costs(runes), at: make([]int, n), size: size, read: make([]int, n), stops: make([]int, n), parts: make([]int, n), end: make([]ending, n)}
	f, err := dotfont.Face(size)
	depth := 0
	for i, r := range runes {
		adv := size
		if err == nil {
			adv = advance(f, r)
		}
		t.at[i+1] = t.at[i] + adv
		t.read[i+1], t.stops[i+1], t.parts[i+1] = t.read[i], t.stops[i], t.parts[i]
		if !unicode.IsSpace(r) {
			t.read[i+1]++
		}
		if t.end[i] == sentence && !strings.ContainsRune(closing, r) {
			t.stops[i+1]++
		}
		if t.end[i] >= part && !strings.ContainsRune(closing, r) {
			t.parts[i+1]++
		}
		switch {
		case strings.ContainsRune("。！？", r):
			t.end[i+1] = sentence
		case strings.ContainsRune("，；：", r):
			t.end[i+1] = part
		case r == '、':
			t.end[i+1] = item
		case strings.ContainsRune("”’）》 ", r):
			t.end[i+1] = t.end[i]
		}
		if i > 0 && !mayBreak(runes[i-1], r) {
			t.cost[i] = phrase.Never
		}
		if i > 0 && runes[i-1] == '日' && dated(runes[:i-1]) && t.cost[i] < dateTorn {
			t.cost[i] = dateTorn // a day alone does not say what happens on it
		}
		if i > 0 && strings.ContainsRune("和与及或", runes[i-1]) && t.cost[i] < phrase.Close {
			t.cost[i] = phrase.Close // it leans on what follows
		}
		if i > 0 && depth > 0 && t.cost[i] < phrase.Bound {
			t.cost[i] = max(t.cost[i], phrase.Close) // what brackets hold stays together
		}
		switch {
		case strings.ContainsRune(opening, r):
			depth++
		case strings.ContainsRune("）》”’】〕」』)", r) && depth > 0:
			depth--
		}
	}
	return t
}

// dated says whether a day's number ends what stands before its 日.
func dated(before []rune) bool {
	return len(before) > 0 && unicode.IsDigit(before[len(before)-1])
}

// line returns the bounds of the line from j to i without the marks and spaces
// at its ends that are not set.
func (t *text) line(j, i int) (int, int) {
	for j < i && t.runes[j] == ' ' {
		j++
	}
	for i > j && strings.ContainsRune("，。；、 　", t.runes[i-1]) {
		i--
	}
	return j, i
}

// setting is a text on pages of lines.
type setting struct {
	pages  [][]string
	worst  int  // the worst break of a line
	torn   int  // the worst break of a page
	forced bool // a break stands where none may
	lone   bool // a line has one character
	mixed  bool // a line straddles
}

// step is how the best setting comes to where it is.
type step struct {
	cost int
	from int // the rune at which its last line begins
	line int // the line before it on its page, 0 when it is the page's first
	prev int // lines of the page before, when it is the page's first
}

// set breaks a text into lines at most width dots wide and pages of at most most
// lines, the last of at most last.
func (t *text) set(width, most, last int) setting {
	n := len(t.runes)
	if n == 0 {
		return setting{}
	}
	best := make([][]step, n+1) // by runes set and lines on the page
	for i := range best {
		best[i] = make([]step, most+1)
		for l := range best[i] {
			best[i][l].cost = never
		}
	}
	best[0][0].cost = 0
	for i := 1; i <= n; i++ {
		for j := i - 1; j >= 0; j-- {
			a, b := t.line(j, i)
			w := t.at[b] - t.at[a]
			if w > width && b-a > 1 {
				break
			}
			cost := t.lineCost(j, i, a, b, width-w)
			// The page's first line.
			for l := 0; l <= most; l++ {
				if prev := best[j][l].cost; prev < never && (j == 0) == (l == 0) {
					c := prev + cost + costPage
					if j > 0 {
						c += t.pageCost(j)
					}
					if c < best[i][1].cost {
						best[i][1] = step{c, j, 0, l}
					}
				}
			}
			for l := 2; l <= most && j > 0; l++ {
				if prev := best[j][l-1].cost; prev < never {
					c := prev + cost + t.breakCost(j)
					if c < best[i][l].cost {
						best[i][l] = step{c, j, l - 1, 0}
					}
				}
			}
		}
	}
	end := 0
	for l := 1; l <= min(most, max(last, 1)); l++ {
		if end == 0 || best[n][l].cost < best[n][end].cost {
			end = l
		}
	}
	return t.trace(best, end)
}

// trace follows the best steps back from the end.
func (t *text) trace(best [][]step, l int) setting {
	var out setting
	var page []string
	for i := len(t.runes); i > 0; {
		s := best[i][l]
		a, b := t.line(s.from, i)
		if b > a {
			page = append([]string{string(t.runes[a:b])}, page...)
			out.mixed = out.mixed || t.straddles(a, b, i)
			out.lone = out.lone || b-a == 1 && len(t.runes) > 1
		}
		c := int(t.cost[s.from])
		if s.from > 0 && c == int(phrase.Never) {
			out.forced = true
		}
		if s.line == 0 {
			if len(page) > 0 {
				out.pages = append([][]string{page}, out.pages...)
			}
			page = nil
			if s.from > 0 && t.end[s.from] == inside {
				out.torn = max(out.torn, c)
			}
			l = s.prev
		} else {
			out.worst = max(out.worst, c)
			l = s.line
		}
		i = s.from
	}
	return out
}

// lineCost is what the line from j to i costs by itself: the dark at its side,
// and how little there is on it.
func (t *text) lineCost(j, i, a, b, slack int) int {
	half := slack / max(t.size/2, 1)
	if i == len(t.runes) {
		half = half * 2 / 3 // a last line may be shorter
	}
	cost := half*half*2/3 + lineEnough
	n := t.read[b] - t.read[a]
	whole := len(t.runes)
	switch {
	case n <= 1 && whole > 1:
		cost += costLone
	case n == 2 && whole > 4:
		cost += costShort
	}
	if b > a {
		cost += costSentence * (t.stops[b] - t.stops[a+1])
	}
	if t.straddles(a, b, i) {
		cost += costStraddle
	}
	return cost
}

// straddles says whether the line from a to b, which the one from i follows, holds
// the end of one part of a sentence and only the beginning of the next.
func (t *text) straddles(a, b, i int) bool {
	return b > a && i < len(t.runes) && t.end[i] < part && t.parts[b] > t.parts[a+1]
}

func (t *text) breakCost(i int) int {
	switch c := t.cost[i]; {
	case c == phrase.Never && t.runes[i-1] == '-':
		return costStroke
	case c == phrase.Never:
		return costForced
	case c >= phrase.Inside:
		return costInside
	case c >= phrase.Bound:
		return 2 * int(c)
	case c > phrase.Close:
		return int(c) * 3 / 2
	default:
		return int(c)
	}
}

func (t *text) pageCost(i int) int {
	rest := 0
	if len(t.runes)-i <= sliver {
		rest = costSliver
	}
	switch t.end[i] {
	case sentence:
		return rest
	case part:
		return costComma + rest
	case item:
		return 4*costComma + rest
	}
	return costTorn + pageTimes*t.breakCost(i) + rest
}

// wrap breaks a phrase into as few lines as it needs, of about equal length,
// ending between words and where phrases do.
func wrap(s string, size, width int) []string {
	t := newText(s, size)
	most := 1 + t.at[len(t.runes)]/max(width, 1)*2 + 2
	out := t.set(width, min(most, 24), min(most, 24))
	var lines []string
	for _, p := range out.pages {
		lines = append(lines, p...)
	}
	return lines
}

// pages sets running text on pages of at most most lines; whole says that none
// of them ends inside a sentence's part.
func pages(s string, size, width, most int) (out [][]string, whole bool) {
	set := newText(s, size).set(width, most, most)
	return set.pages, set.torn == 0
}

// phrases splits text after commas and sentence ends, but not inside brackets or
// quotes.
func phrases(s string) []string {
	var out []string
	var cur strings.Builder
	depth := 0
	runes := []rune(strings.ReplaceAll(s, "\n", "。"))
	for i, r := range runes {
		cur.WriteRune(r)
		switch {
		case strings.ContainsRune(opening, r):
			depth++
		case strings.ContainsRune("）》”’】〕」』)", r) && depth > 0:
			depth--
		}
		end := strings.ContainsRune("，。；！？：", r) && depth == 0
		if end && i+1 < len(runes) && strings.ContainsRune(closing, runes[i+1]) {
			end = false
		}
		if end || i == len(runes)-1 {
			if t := strings.TrimSpace(cur.String()); trimEnd(t) != "" {
				out = append(out, t)
			}
			cur.Reset()
		}
	}
	return out
}
