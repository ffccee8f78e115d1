package led

import (
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
)

// board is what the layout needs to know of a panel.
type board struct {
	w, h  int
	strip bool // one line high
}

func boardOf(p playlist.Panel) board {
	return board{w: max(p.Width, 16), h: max(p.Height, 12), strip: p.Height < 48}
}

// lines returns how many lines of a size the board takes: three at most, with
// some dark between them where there is more than one.
func (b board) lines(size int) int {
	n := b.h / size
	if n > 1 && b.h-n*size < n-1 && b.h >= 48 {
		n--
	}
	return min(max(n, 1), 3)
}

// room is the width for text beside a band at the left of a strip.
func (b board) room(band *Band) int {
	if band == nil || !b.strip {
		return b.w - b.w%2
	}
	if b.h < 32 {
		return b.w - lowBandWidth(band) - 4
	}
	return b.w - bandWidth(band) - 8
}

// least is the smallest size that the board should show (V02: 16 dots).
func (b board) least() int {
	if b.h < 16 {
		return 12
	}
	return 16
}

// largest returns the largest size of which one line fits into high dots.
func largest(high int) int {
	for _, s := range []int{32, 24, 16} {
		if s <= high {
			return s
		}
	}
	return 12
}

// Dwell is how long a page of n characters stands: two seconds and a quarter
// for each character, not less than six (DOMAIN V03).
func Dwell(n int) time.Duration {
	return max(2*time.Second+time.Duration(n)*250*time.Millisecond, 6*time.Second)
}

// Paginate lays a notice out for a panel. Every notice gives at least one page.
func Paginate(n *playlist.Notice, panel playlist.Panel, o Options) []Page {
	b := boardOf(panel)
	var out []Page
	switch {
	case n.Alert != nil:
		out = b.alert(n)
	case n.Fund != nil:
		out = b.fund(n, o)
	case n.Guide != nil:
		out = b.guide(n)
	default:
		out = b.announcement(n)
	}
	if o.Exercise && n.Alert == nil {
		for i := range out {
			out[i].Band = &Band{Tone: AlertOrange, Exercise: true}
		}
	}
	return out
}

// put makes a page of lines with the dwell that its text needs.
func (b board) put(lines ...Line) Page {
	p := Page{Lines: lines}
	p.Dwell = Dwell(utf8.RuneCountInString(p.Text()))
	return p
}

// prose sets running text: large if that takes no more than three pages, else
// in the smallest size that can be read. A strip shows it as one passing line
// when it passes within thirty seconds.
func (b board) prose(text, end string, tone Tone, band *Band) []Page {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	width := b.room(band)
	if b.strip && band == nil {
		size := min(largest(b.h), 24)
		whole := strings.TrimRight(text, "。")
		if end != "" {
			whole += "　" + end
		}
		if measure(whole, size) > width && passes(whole, size, b.w) {
			return []Page{{Lines: []Line{{Text: whole, Size: size, Tone: tone, Align: Left}}, Marquee: true, Dwell: lap(whole, size, b.w)}}
		}
	}
	var sizes []int
	for _, s := range []int{24, 16, 12} {
		if s <= b.h && (s >= b.least() || b.h < s) {
			sizes = append(sizes, s)
		}
	}
	if len(sizes) == 0 {
		sizes = []int{12}
	}
	var set [][]string
	size := sizes[len(sizes)-1]
	for _, s := range sizes {
		var whole bool
		set, whole = pages(text, s, width, b.lines(s))
		size = s
		if whole && len(set) <= 4 {
			break
		}
	}
	var out []Page
	for _, lines := range set {
		var p []Line
		for _, l := range lines {
			p = append(p, Line{Text: l, Size: size, Tone: tone})
		}
		out = append(out, b.put(p...))
	}
	return out
}

// headline sets a title as large as it goes on one page.
func (b board) headline(title string, tone Tone) []Page {
	for _, s := range []int{32, 24, 16, 12} {
		if s > b.h || s < b.least() {
			continue
		}
		lines := wrap(title, s, b.w)
		if len(lines) <= b.lines(s) && !tooWide(lines, s, b.w) && (s < 32 || len(lines) == 1) {
			var p []Line
			for _, l := range lines {
				p = append(p, Line{Text: l, Size: s, Tone: tone})
			}
			return []Page{b.put(p...)}
		}
	}
	return b.prose(title, "", tone, nil)
}

// figure is a page with a question and its answer, the answer large and alone.
func (b board) figure(label, value string, tone Tone) Page {
	if b.strip {
		// Label and answer side by side on the one line.
		for _, s := range []int{min(largest(b.h), 24), 16} {
			if s <= b.h && measure(label+"　"+value, s) <= b.w {
				return b.put(Line{Text: label, End: value, Size: s, Tone: tone, Align: Spread})
			}
		}
		if b.h >= 32 && measure(value, 16) <= b.w {
			return b.put(Line{Text: label, Size: 16, Tone: Quiet}, Line{Text: value, Size: 16, Tone: tone})
		}
		return b.put(Line{Text: value, Size: b.fits(value, b.h), Tone: tone})
	}
	lab := Line{Text: label, Size: min(16, largest(b.h/3)), Tone: Plain}
	if len(wrap(label, lab.Size, b.w)) > 1 {
		lab.Size = 12
	}
	return b.put(lab, Line{Text: value, Size: b.fits(value, b.h-lab.Size-4), Tone: tone})
}

// fits returns the largest size in which text takes one line.
func (b board) fits(text string, high int) int {
	for _, s := range []int{32, 24, 16} {
		if s <= high && measure(text, s) <= b.w {
			return s
		}
	}
	return 12
}

func short(d interface{ Chinese() string }) string { return d.Chinese() }

// signature is who and when, on the last page.
func (b board) signature(n *playlist.Notice) []Page {
	if b.strip {
		both := n.Issuer + "　" + short(n.Issued)
		for _, s := range []int{24, 16, 12} {
			if s <= b.h && measure(both, s) <= b.w {
				return []Page{b.put(Line{Text: n.Issuer, End: short(n.Issued), Size: s, Align: Spread})}
			}
		}
		if who := wrap(n.Issuer, 12, b.w); b.h >= 2*12 && len(who) > 1 {
			// Too long for a line of any size: the day follows on a page of its own.
			return []Page{
				b.put(Line{Text: who[0], Size: 12}, Line{Text: who[1], Size: 12}),
				b.put(Line{Text: short(n.Issued), Size: b.fits(short(n.Issued), b.h), Tone: Quiet}),
			}
		}
		if b.h >= 2*12 {
			return []Page{b.put(b.both(n)...)}
		}
		return []Page{b.put(Line{Text: n.Issuer, Size: 12})}
	}
	size := 16
	who := wrap(n.Issuer, size, b.w)
	if len(who) > 2 {
		size = 12
		who = wrap(n.Issuer, size, b.w)
	}
	var p []Line
	for _, l := range who[:min(len(who), 2)] {
		p = append(p, Line{Text: l, Size: size})
	}
	return []Page{b.put(append(p, Line{Text: short(n.Issued), Size: 16, Tone: Quiet})...)}
}

// both is issuer over date on a strip.
func (b board) both(n *playlist.Notice) []Line {
	size := 16
	if b.h < 32 || measure(n.Issuer, 16) > b.w {
		size = 12
	}
	return []Line{{Text: n.Issuer, Size: size}, {Text: short(n.Issued), Size: size, Tone: Quiet}}
}
