package led

import (
	"math"
	"slices"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset/phrase"
)

// A page has at most three lines of sixteen characters, and a notice two pages
// where that can be done (V04).
const (
	mostLines = 3
	mostChars = 16
	fewPages  = 2
)

// board is the room that the layout has: a panel, or what a band leaves of it.
type board struct {
	w, h  int
	strip bool // too low for more than two lines
	least int  // what text is set in at least
	small int  // the same for labels, issuer and date
	head  int  // and for what stands above a table
}

// roomOf returns a room of w by h dots whose farthest reader needs characters of
// reader dots; 0 is not known.
func roomOf(w, h, reader int) board {
	b := board{w: w, h: h, strip: h < 48}
	// Never smaller than the farthest reader can see, where the room takes four
	// such characters in a line; nor small on a board with hundreds of rows.
	part := 6
	if h >= 96 {
		part = 5
	}
	b.least = min(atLeast(max(reader, 16, largest(h/part))), largest(h))
	for b.least > 16 && 4*b.least > w {
		b.least = largest(b.least - 1)
	}
	second := 16
	if w < 256 && h <= 64 {
		second = 12
	}
	b.small = min(b.least, atLeast(max(reader, second, largest(h/8))))
	if b.head = b.small; h <= 64 {
		b.head = min(b.small, atLeast(max(reader, 12)))
	}
	return b
}

// gap is the least dark between two lines: the small faces have it in their
// cells.
func gap(size int) int {
	if size <= 16 {
		return 0
	}
	return max(size/12, 2)
}

// lines returns how many lines of a size the room takes, three at most.
func (b board) lines(size int) int {
	n := 1
	for n < mostLines && (n+1)*size+n*gap(size) <= b.h-b.margin() {
		n++
	}
	return n
}

// margin is kept dark above and below together, where there is room for it.
func (b board) margin() int {
	if b.h < 48 {
		return 0
	}
	return b.h / 24
}

// width is how long a line of running text may be.
func (b board) width(size int) int { return min(b.w, mostChars*size) }

// fits returns the largest size in which text takes one line, high dots at most.
func (b board) fits(text string, high int) int {
	for _, s := range sizesWithin(12, high) {
		if measure(text, s) <= b.w {
			return s
		}
	}
	return 12
}

// Dwell is how long a page of n characters stands: two seconds and a quarter
// for each character, not less than six (DOMAIN V03).
func Dwell(n int) time.Duration {
	return max(reading(n), 6*time.Second)
}

// reading is how long n characters take to find and to read.
func reading(n int) time.Duration { return 2*time.Second + time.Duration(n)*250*time.Millisecond }

// Paginate lays a notice out for a panel. Every notice gives at least one page.
func Paginate(n *playlist.Notice, panel playlist.Panel, o Options) []Page {
	var band *Band
	if n.Alert != nil {
		band = bandFor(n)
	} else if o.Exercise {
		band = &Band{Tone: AlertOrange, Exercise: true}
	}
	w, h := max(panel.Width, 16), max(panel.Height, 12)
	b := roomOf(w, h, o.Least)
	if n.Alert != nil && !n.Alert.Exercise && b.tiny() {
		band.Apart = true
	} else if band != nil {
		room := bandBox(w, h, band).room
		b = roomOf(room.Dx(), room.Dy(), o.Least)
	}
	var out []Page
	switch {
	case n.Alert != nil:
		if b.w >= 96 && b.h >= 24 {
			b.small = max(b.small, min(b.least, 16)) // who warns is part of the warning
		}
		if band.Apart {
			out = b.alertApart(n, o, band)
		} else {
			out = b.alert(n, o, bandBox(w, h, band).left)
		}
	case n.Fund != nil:
		out = b.fund(n, o)
	case n.Guide != nil:
		out = b.guide(n)
	case n.Roster != nil:
		out = b.roster(n, o)
	default:
		out = b.announcement(n, o, band == nil)
	}
	for i := range out {
		if out[i].Band == nil {
			out[i].Band = band
		}
	}
	if n.Alert != nil {
		linger(out)
	}
	return out
}

// warnWithin is how long a warning may take before it begins again: people who
// walk past must meet what to do.
const warnWithin = time.Minute

// linger gives the pages of a warning twice the time of others (V03). Where it
// takes so many pages that it would not come round within a minute, it is twice
// the time that the reading takes: a word of a sentence that stands for twelve
// seconds keeps people waiting for the next.
func linger(pages []Page) {
	var total time.Duration
	for _, p := range pages {
		total += 2 * p.Dwell
	}
	for i, p := range pages {
		pages[i].Dwell = 2 * p.Dwell
		if total > warnWithin {
			pages[i].Dwell = max(Dwell(0), 2*reading(chars(p.Text())))
		}
	}
}

// put makes a page of lines with the dwell that its text needs.
func (b board) put(lines ...Line) Page {
	p := Page{Lines: lines}
	p.Dwell = Dwell(chars(p.Text()))
	return p
}

// tail is what stands below the last lines of a notice: who and when.
type tail struct {
	who, when string
}

func tailOf(n *playlist.Notice) tail { return tail{tidy(n.Issuer), n.Issued.Chinese()} }

// lines sets the tail on as few lines as it takes below body of a size, or nil
// when it does not fit into high dots and most lines.
func (b board) tailLines(t tail, body, high, most int) []Line {
	if high < b.small || most < 1 {
		return nil
	}
	if t.who == "" || t.when == "" {
		for _, s := range sizesWithin(b.small, min(max(body*3/4, b.small), high)) {
			if said := t.who + t.when; s <= high && measure(said, s) <= b.width(s) {
				return []Line{{Text: said, Size: s, Tone: Quiet}}
			}
		}
		return nil
	}
	top := max(body*3/4, b.small)
	for _, s := range sizesWithin(b.small, min(top, high)) {
		if s <= high && b.beside(t, s) {
			return []Line{{Text: t.who, End: t.when, Size: s, Tone: Quiet, Align: Spread}}
		}
	}
	for _, s := range sizesWithin(b.small, top) {
		if lines := b.below(t, s, high, most); lines != nil {
			return lines
		}
	}
	return nil
}

// beside says whether both parts of the tail stand on one line.
func (b board) beside(t tail, size int) bool {
	return measure(t.who, size) <= b.width(size) && measure(t.who, size)+measure(t.when, size)+size+size/4 <= b.w
}

// below returns the tail on lines of its own size, one below the other, or nil.
func (b board) below(t tail, size, high, most int) []Line {
	who := wrap(t.who, size, b.width(size))
	if need := len(who) + 1; need <= most && need*size+(need-1)*gap(size) <= high && !tooWide(append(who, t.when), size, b.w) {
		return b.stack(append(who, t.when), size, Quiet)
	}
	// Several issuers: the day stands beside the last of them.
	n := len(who)
	if n == 0 || n > most || n*size+(n-1)*gap(size) > high || tooWide(who, size, b.w) || !b.beside(tail{who[n-1], t.when}, size) {
		return nil
	}
	out := b.stack(who, size, Quiet)
	out[n-1].End, out[n-1].Align = t.when, Spread
	return out
}

// stack makes a line of each text.
func (b board) stack(texts []string, size int, tone Tone) []Line {
	var out []Line
	for _, t := range texts {
		out = append(out, Line{Text: t, Size: size, Tone: tone})
	}
	return out
}

// tailPages is the tail on pages of its own, not larger than the text before it.
func (b board) tailPages(t tail, body int) []Page {
	if t.who == "" || t.when == "" {
		return b.prose(t.who+t.when, Quiet, 1)
	}
	for _, s := range sizesWithin(b.small, min(b.h, max(body, b.small))) {
		if b.beside(t, s) && b.h < 48 {
			return []Page{b.put(Line{Text: t.who, End: t.when, Size: s, Tone: Quiet, Align: Spread})}
		}
		if l := b.below(t, s, b.h-b.margin(), mostLines); l != nil {
			return []Page{b.put(l...)}
		}
	}
	// Too much for one page of this board: the day follows on one of its own.
	out := b.prose(t.who, Plain, 1)
	day := t.when
	if y := indexAfter(day, '年'); y > 0 && b.fits(day, b.h) < b.least {
		day = day[y:]
	}
	if measure(day, 12) > b.w {
		for _, part := range strings.SplitAfter(day, "日") {
			out = append(out, b.prose(part, Quiet, 1)...)
		}
		return out
	}
	return append(out, b.put(Line{Text: day, Size: b.fits(day, b.h), Tone: Quiet}))
}

func indexAfter(s string, mark rune) int {
	for i, r := range s {
		if r == mark {
			return i + len(string(r))
		}
	}
	return 0
}

// heightOf is how many dots lines take with the least dark between them.
func heightOf(lines []Line) int {
	n := 0
	for i, l := range lines {
		n += l.Size
		if i > 0 {
			n += gap(max(l.Size, lines[i-1].Size))
		}
	}
	return n
}

// choice is running text in one size, with the tail where it stands below it.
type choice struct {
	size  int
	set   setting
	tail  []Line
	pages int // in all, the tail's own too
}

// grade says how good the breaks are: 0 is without fault, higher is worse.
func (c choice) grade() int {
	switch worst := max(c.set.worst, c.set.torn); {
	case c.set.forced, c.set.lone:
		return 3
	case worst >= int(phrase.Bound):
		return 2
	case worst > int(phrase.Close) || c.set.torn > 0 || c.set.mixed:
		return 1
	}
	return 0
}

// choose sets running text as large as it goes on at most few pages without
// breaking where it hurts; else in the size that costs its readers least.
func (b board) choose(s string, t *tail, few int) choice {
	var all []choice
	sizes := sizesWithin(b.floor(), b.h)
	for i, size := range sizes {
		if i < len(sizes)-1 && (2*size > b.w || measure(s, size) > 4*(few+1)*b.width(size)*b.lines(size)) {
			continue // it takes many more pages than few
		}
		all = append(all, b.at(s, t, size))
	}
	best := func(grade int) (choice, bool) {
		for _, with := range []bool{true, false} { // the tail's page counted, and not
			for _, c := range all {
				if n := len(c.set.pages); (c.pages <= few || !with && n <= few) && c.grade() <= grade {
					return c, true
				}
			}
		}
		return choice{}, false
	}
	for grade := range 3 {
		c, ok := best(grade)
		if !ok {
			continue
		}
		// A break that is not the best is worth characters larger by a third.
		if next, ok := best(1); ok && grade == 0 && 3*next.size >= 4*c.size && next.pages <= c.pages {
			return next
		}
		return c
	}
	// Smaller characters are worth it where they save more pages than dots.
	cost := func(c choice) float64 {
		return float64(c.pages) * (1 + 0.5*float64(c.grade())) / math.Pow(float64(c.size), 1.2)
	}
	return slices.MinFunc(all, func(x, y choice) int {
		if cost(x) < cost(y) {
			return -1
		}
		return 1
	})
}

// floor is the smallest size of running text: on a board of one short line also
// the smallest face, where the reader is near enough.
func (b board) floor() int {
	if b.h < 24 && b.w < 96 {
		return b.small
	}
	return b.least
}

// at sets running text in one size.
func (b board) at(s string, t *tail, size int) choice {
	most := b.lines(size)
	txt := newText(s, size)
	alone := choice{size: size, set: txt.set(b.width(size), most, most)}
	alone.pages = len(alone.set.pages)
	if t == nil {
		return alone
	}
	alone.pages += len(b.tailPages(*t, size))
	for last := most; last > 0; last-- {
		used := last*size + (last-1)*gap(size)
		lines := b.tailLines(*t, size, b.h-b.margin()-used-gap(size), mostLines-last)
		if lines == nil {
			continue
		}
		c := choice{size: size, set: txt.set(b.width(size), most, last), tail: lines}
		if c.pages = len(c.set.pages); c.pages < alone.pages && c.grade() <= max(alone.grade(), 1) {
			return c
		}
	}
	return alone
}

// prose sets running text, without more.
func (b board) prose(s string, tone Tone, few int) []Page { return b.flow(s, nil, tone, few) }

// flow sets running text with the tail below its end or on pages of its own.
func (b board) flow(s string, t *tail, tone Tone, few int) []Page {
	s = tidy(s)
	var out []Page
	size := b.least
	if trimEnd(s) != "" {
		c := b.choose(s, t, few)
		size = c.size
		for i, lines := range c.set.pages {
			p := b.stack(lines, c.size, tone)
			if i == len(c.set.pages)-1 && c.tail != nil {
				return append(out, b.put(append(p, c.tail...)...))
			}
			out = append(out, b.put(p...))
		}
	}
	if t != nil {
		out = append(out, b.tailPages(*t, size)...)
	}
	return out
}

// passing returns text as one line that passes along a strip of one line, or nil
// where the room takes two lines, or it would pass too fast or too long (V05).
func (b board) passing(s string, t tail) []Page {
	if b.lines(b.least) > 1 {
		return nil
	}
	whole := trimEnd(tidy(s)) + "　" + t.who + "　" + t.when
	for _, size := range sizesWithin(b.least, b.h) {
		if passes(whole, size, b.w) {
			return []Page{{Lines: []Line{{Text: whole, Size: size, Align: Left}}, Marquee: true, Dwell: lap(whole, size, b.w)}}
		}
	}
	return nil
}

func tooWide(lines []string, size, width int) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return measure(l, size) > width })
}

// answer is a page with a question and its answer, the answer large and alone;
// where both do not fit on one, the answer has its own.
func (b board) answer(label, value string, tone Tone) []Page {
	if b.h < 48 {
		for _, s := range sizesWithin(max(b.small, min(b.least, 16)), b.h) {
			if (s > 16 || b.lines(s) == 1) && measure(label, s)+measure(value, s)+s <= b.w {
				return []Page{b.put(Line{Text: label, End: value, Size: s, Tone: tone, Align: Spread})}
			}
		}
	}
	if b.lines(b.small) > 1 {
		for _, v := range sizesWithin(b.small, b.h-b.small) {
			lab := max(min(largest(v*2/3), largest(b.h/3)), b.small)
			for ; lab > b.small && measure(label, lab) > b.w; lab = largest(lab - 1) {
			}
			lines := []Line{{Text: label, Size: lab, Tone: Quiet}, {Text: value, Size: v, Tone: tone}}
			if measure(value, v) <= b.w && measure(label, lab) <= b.w && heightOf(lines) <= b.h {
				return []Page{b.put(lines...)}
			}
		}
	}
	if measure(value, 12) > b.w {
		return append(b.prose(label, Quiet, 1), b.prose(value, tone, 1)...)
	}
	return append(b.prose(label, Quiet, 1), b.put(Line{Text: value, Size: b.fits(value, b.h), Tone: tone}))
}

// under puts the tail below the last of pages where it fits there, the large
// figure made smaller if need be, and on pages of its own where not.
func (b board) under(pages []Page, t tail) []Page {
	if len(pages) == 0 {
		return b.tailPages(t, b.least)
	}
	last := pages[len(pages)-1]
	for first := true; len(last.Lines) < mostLines; first = false {
		lines := slices.Clone(last.Lines)
		big := 0
		for i, l := range lines {
			if l.Size > lines[big].Size {
				big = i
			}
		}
		if !first {
			// A size smaller, but still the largest.
			s := largest(lines[big].Size - 1)
			if s < max(b.least, 24) || s == lines[big].Size {
				break
			}
			lines[big].Size = s
			for i := range lines {
				lines[i].Size = min(lines[i].Size, max(b.small, largest(s*2/3)))
				if i == big {
					lines[i].Size = s
				}
			}
			last.Lines = lines
		}
		room := b.h - b.margin() - heightOf(lines) - 2*gap(24)
		if below := b.tailLines(t, min(lines[big].Size, 2*b.small), room, mostLines-len(lines)); below != nil {
			return append(pages[:len(pages)-1:len(pages)-1], b.put(append(lines, below...)...))
		}
	}
	return append(pages, b.tailPages(t, max(b.least, largest(b.h/3)))...)
}
