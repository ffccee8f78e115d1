package led

import (
	"slices"
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

// Marquee speed: one dot in each frame of sixty a second, so every character of
// 24 dots is seen for as long as a board of 12 characters is wide.
const (
	dotsPerSecond = 60
	longestLap    = 30 * time.Second
)

// lap is how long text takes from the right edge until it is gone.
func (b board) lap(text string, size int) time.Duration {
	return time.Duration(measure(text, size)+b.w) * time.Second / dotsPerSecond
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
		if measure(whole, size) > width && b.lap(whole, size) <= longestLap {
			return []Page{{Lines: []Line{{Text: whole, Size: size, Tone: tone, Align: Left}}, Marquee: true, Dwell: b.lap(whole, size)}}
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

func (b board) announcement(n *playlist.Notice) []Page {
	end := n.Issuer + "　" + short(n.Issued)
	text := n.LED
	var out []Page
	if text == "" {
		lead := n.Summary
		if lead == "" && n.Announcement != nil {
			for _, blk := range n.Announcement.Blocks {
				if blk.Kind == playlist.Paragraph {
					lead = blk.Text
					break
				}
			}
		}
		if lead == "" && n.Media != nil {
			lead = firstSentence(n.Media.Text)
		}
		// A lead that would fill more pages than people wait for is left out,
		// whole: half a sentence says something else.
		if utf8.RuneCountInString(lead) > 90 {
			lead = firstSentence(lead)
		}
		if utf8.RuneCountInString(lead) > 90 {
			lead = ""
		}
		if !b.strip {
			out = append(b.headline(n.Title, Plain), b.prose(lead, "", Plain, nil)...)
			return append(out, b.signature(n)...)
		}
		text = n.Title
		if lead != "" {
			text += "。" + lead
		}
	}
	out = b.prose(text, end, Plain, nil)
	if len(out) == 1 && out[0].Marquee {
		return out
	}
	return append(out, b.signature(n)...)
}

// firstSentence returns text up to its first full stop.
func firstSentence(text string) string {
	if i := strings.Index(text, "。"); i >= 0 {
		return text[:i]
	}
	return text
}

func (b board) guide(n *playlist.Notice) []Page {
	g := n.Guide
	out := b.headline(n.Title, Plain)
	if g.Place != "" {
		lines := []Line{{Text: "在哪里办", Size: 16, Tone: Quiet}}
		for _, l := range wrap(g.Place, 16, b.w) {
			lines = append(lines, Line{Text: l, Size: 16})
		}
		switch {
		case measure(g.Place, 24) <= b.w && !b.strip, measure("在哪里办　"+g.Place, 16) <= b.w:
			out = append(out, b.figure("在哪里办", g.Place, Plain))
		case len(lines) <= min(b.h/16, 3):
			out = append(out, b.put(lines...))
		default:
			out = append(out, b.prose("在哪里办："+g.Place, "", Plain, nil)...)
		}
	}
	if g.Phone != "" {
		out = append(out, b.figure("咨询电话", g.Phone, Figure))
	}
	return out
}

func (b board) fund(n *playlist.Notice, o Options) []Page {
	f := n.Fund
	title := n.LED
	if title == "" {
		title = n.Title
	}
	out := b.headline(title, Plain)
	label := "合计"
	if f.Period != "" {
		label = f.Period + "合计"
	}
	total := b.figure(label, money(f.Total, false), Figure)
	out = append(out, total)
	if !n.Sensitive && !o.Totals {
		out = append(out, b.villages(f, o)...)
	}
	if n.Hotline != "" {
		out = append(out, b.figure("监督电话", n.Hotline, Figure))
	}
	return append(out, b.signature(n)...)
}

// money writes an amount without spaces, in 万元 where that is exact with two
// decimals and yuan is not asked for.
func money(a playlist.Amount, yuan bool) string {
	if !yuan && a%(playlist.Wan/100) == 0 {
		return strings.ReplaceAll(a.Short(), " ", "")
	}
	if yuan {
		return a.String() + "元" // in a list, points stand below one another
	}
	return strings.TrimSuffix(a.String(), ".00") + "元"
}

// inYuan says whether any village's amount needs the finer unit; then all have
// it, so that they can be compared.
func inYuan(f *playlist.Fund) bool {
	for i := range f.Tables {
		t := &f.Tables[i]
		for c, col := range t.Columns {
			for _, row := range t.Rows {
				if !col.Money || c >= len(row) {
					continue
				}
				if a, err := playlist.ParseAmount(row[c] + col.Unit); err == nil && a%(playlist.Wan/100) != 0 {
					return true
				}
			}
		}
	}
	return false
}

// villages are what every village got, the board's own first. Households never
// stand on a board.
func (b board) villages(f *playlist.Fund, o Options) []Page {
	var rows []Line
	size := 16
	if b.h < 16 {
		size = 12
	}
	yuan := inYuan(f)
	for i := range f.Tables {
		t := &f.Tables[i]
		paid := slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return c.Money })
		if t.By != "village" || paid < 0 {
			continue
		}
		var own, other []Line
		for r, row := range t.Rows {
			if paid >= len(row) {
				continue
			}
			a, err := playlist.ParseAmount(row[paid] + t.Columns[paid].Unit)
			if err != nil {
				continue
			}
			l := Line{Text: row[0], End: money(a, yuan), Size: size, Align: Spread}
			if r < len(t.Sites) && slices.Contains(o.Own, t.Sites[r]) {
				l.Tone = Figure
				own = append(own, l)
			} else {
				other = append(other, l)
			}
		}
		rows = append(rows, append(own, other...)...)
	}
	per := b.lines(size)
	var out []Page
	for _, l := range rows {
		if measure(l.Text+l.End, size)+8 > b.w {
			size = 12 // one size for all of them
		}
	}
	for i := range rows {
		rows[i].Size = size
		if l := rows[i]; measure(l.Text+l.End, size)+4 > b.w {
			return b.stacked(rows)
		}
	}
	for len(rows) > 0 {
		// The last pages are as full as the others: no page of one line.
		n := min(per, len(rows))
		if left := len(rows) - n; left == 1 && n > 2 {
			n--
		}
		out = append(out, b.put(rows[:n]...))
		rows = rows[n:]
	}
	return out
}

// stacked shows one village a page, its amount below its name, on boards too
// narrow for both.
func (b board) stacked(rows []Line) []Page {
	var out []Page
	for _, l := range rows {
		out = append(out, b.figure(l.Text, l.End, l.Tone))
	}
	return out
}

// tones of the levels.
var tones = map[playlist.AlertColour]Tone{
	playlist.Red: AlertRed, playlist.Orange: AlertOrange, playlist.Yellow: AlertYellow, playlist.Blue: AlertBlue,
}

var levels = map[playlist.AlertColour]string{
	playlist.Red: "红色预警", playlist.Orange: "橙色预警", playlist.Yellow: "黄色预警", playlist.Blue: "蓝色预警",
}

// alert puts level and type in a band on every page, what to do on the first.
// Its pages stand twice as long as others (V03).
func (b board) alert(n *playlist.Notice) []Page {
	a := n.Alert
	band := &Band{Tone: tones[a.Colour], Type: a.Type, Level: levels[a.Colour], Exercise: a.Exercise}
	texts := []string{a.Action, a.Area}
	if a.Lifted {
		band.Tone, band.Level = Relief, "预警解除"
		texts = []string{n.Title}
	}
	var out []Page
	inner := b
	if !b.strip {
		inner.h -= bandHeight(b.h) + 2
	}
	for i, t := range texts {
		tone := Plain
		if i == 0 {
			tone = Figure
		}
		out = append(out, inner.framed(t, tone, band, b)...)
	}
	// Issuer and day last, a line each where there is height for two.
	who := inner.framed(n.Issuer, Plain, band, b)
	if day := (Line{Text: short(n.Issued), Size: 16, Tone: Quiet}); len(who) == 1 && len(who[0].Lines) == 1 && inner.h >= 32 {
		who[0].Lines[0].Size = 16
		who[0] = inner.put(who[0].Lines[0], day)
	} else {
		who = append(who, inner.put(day))
	}
	out = append(out, who...)
	for i := range out {
		out[i].Band = band
		out[i].Dwell *= 2
	}
	return out
}

// framed sets text in what a band leaves of the board, as large as one page
// takes it.
func (b board) framed(text string, tone Tone, band *Band, whole board) []Page {
	width := whole.room(band)
	for _, s := range []int{32, 24, 16} {
		if s > b.h {
			continue
		}
		set, _ := pages(text, s, width, max(b.h/s, 1))
		if len(set) == 1 || s == 16 {
			var out []Page
			for _, lines := range set {
				var p []Line
				for _, l := range lines {
					p = append(p, Line{Text: l, Size: s, Tone: tone})
				}
				out = append(out, b.put(p...))
			}
			return out
		}
	}
	return nil
}
