package led

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

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
